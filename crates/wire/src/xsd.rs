//! The schemas: the channels' types, and the simulator's own documents.

use qaqpa_model::ServiceAtAct;
use qaqpa_xml::write::escape_attribute;

use crate::Channel;
use crate::namespace::{ASYNC_TYPES, CLIENT_TYPES, SYNC_TYPES};

/// The types of the synchronous channel, for `?xsd=types`.
#[must_use]
pub const fn types() -> &'static str {
    include_str!("../assets/sync-types.xsd")
}

/// The schema of a channel by its name in the query, `types` where there is none; `None` for a name that it has not.
///
/// `description` is the URL without a query at which the schemas that it imports are served.
#[must_use]
pub fn of(channel: Channel, name: &str, description: &str) -> Option<String> {
    let text = match (channel, name) {
        (Channel::Sync, "" | "types") => types(),
        (Channel::Asynchronous | Channel::Push, "" | "types") => {
            include_str!("../assets/async-types.xsd")
        }
        (Channel::Asynchronous | Channel::Push, "itypes") => {
            include_str!("../assets/async-itypes.xsd")
        }
        (Channel::Asynchronous | Channel::Push, "common") => {
            include_str!("../assets/common-types.xsd")
        }
        (Channel::Push, "client-types") => include_str!("../assets/client-types.xsd"),
        _ => return None,
    };
    Some(text.replace("{address}", &escape_attribute(description)))
}

/// The names of a channel's schemas, as [`of`] takes them.
#[must_use]
pub const fn names(channel: Channel) -> &'static [&'static str] {
    match channel {
        Channel::Sync => &["types"],
        Channel::Asynchronous => &["types", "itypes", "common"],
        Channel::Push => &["types", "itypes", "common", "client-types"],
    }
}

/// The name spaces of a channel's wrappers, and the schemas that have them.
pub(crate) const fn wrappers(channel: Channel) -> &'static [(&'static str, &'static str)] {
    match channel {
        Channel::Sync => &[(SYNC_TYPES, "types")],
        Channel::Asynchronous => &[(ASYNC_TYPES, "types")],
        Channel::Push => &[(ASYNC_TYPES, "types"), (CLIENT_TYPES, "client-types")],
    }
}

/// The application for one service.
///
/// Stable: the submitter's IIN stands at `/application/submitter/iin`, the applicant's at
/// `/application/applicant/iin`.
#[must_use]
pub fn application(service: &ServiceAtAct) -> String {
    include_str!("../assets/application.xsd").replace("{service}", &service.to_string())
}

/// What the simulator's own registers are asked and answer.
#[must_use]
pub const fn register() -> &'static str {
    include_str!("../assets/register.xsd")
}

/// The status of any application.
#[must_use]
pub const fn status() -> &'static str {
    include_str!("../assets/status.xsd")
}

/// The result of any service.
#[must_use]
pub const fn result() -> &'static str {
    include_str!("../assets/result.xsd")
}
