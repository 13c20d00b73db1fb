//! The schemas: the channel's types, and the simulator's own documents.

use qaqpa_model::ServiceAtAct;

/// The types of the synchronous channel, for `?xsd=types`.
#[must_use]
pub const fn types() -> &'static str {
    include_str!("../assets/types.xsd")
}

/// The application for one service.
///
/// Stable: the submitter's IIN stands at `/application/submitter/iin`, the applicant's at
/// `/application/applicant/iin`.
#[must_use]
pub fn application(service: &ServiceAtAct) -> String {
    include_str!("../assets/application.xsd").replace("{service}", &service.to_string())
}

/// The result of any service.
#[must_use]
pub const fn result() -> &'static str {
    include_str!("../assets/result.xsd")
}
