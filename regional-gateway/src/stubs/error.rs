//! Why a stub is none, with what can be done.

use std::time::Duration;

use thiserror::Error;

/// Why a stub is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StubError {
    /// The catalogue has no such channel.
    #[error(
        "there is no channel {name:?}: portal, service-centre, state-corporation, executive-body, provider-office"
    )]
    ChannelUnknown {
        /// What is written.
        name: String,
    },
    /// The service's result has no such field.
    #[error("the result of {service} has no field {name:?}: {known}")]
    ContentUnknown {
        /// The service.
        service: String,
        /// What is written.
        name: String,
        /// The fields that it has.
        known: String,
    },
    /// The service's form has no such field.
    #[error("the form of {service} has no field {name:?}: {known}")]
    FieldUnknown {
        /// The service.
        service: String,
        /// What is written.
        name: String,
        /// The fields that it has.
        known: String,
    },
    /// The service has no such ground for a refusal.
    #[error("{service} has no ground {name:?}: {known}")]
    GroundUnknown {
        /// The service.
        service: String,
        /// What is written.
        name: String,
        /// The grounds that it has.
        known: String,
    },
    /// An id with other characters than letters, digits, `-`, `_`, `.`, or too long.
    #[error("{id:?} is not an id: 1 to 64 letters, digits, hyphens, dots, underscores")]
    Id {
        /// What is written.
        id: String,
    },
    /// An id that is a word of the control port.
    #[error("{id:?} is what a route of the control port is called: give another id")]
    IdOfRoute {
        /// What is written.
        id: String,
    },
    /// Two stubs of one name.
    #[error("there is a stub {id:?} already: remove it first, or give another id")]
    IdTaken {
        /// The name.
        id: String,
    },
    /// An answer that nobody will wait for.
    #[error("delay_ms is more than {} days", max.as_secs() / 86_400)]
    Late {
        /// How late it may be.
        max: Duration,
    },
    /// More stubs than are looked through for one application.
    #[error("there are {max} stubs, which is the most: remove some")]
    Many {
        /// How many there may be.
        max: usize,
    },
    /// A number that is no IIN or BIN.
    #[error("{key}: {why}")]
    Number {
        /// The key.
        key: &'static str,
        /// Why.
        why: String,
    },
    /// A place that nothing fills.
    #[error("nothing fills {{{{{name}}}}}: GET /stubs/places lists what a text may name")]
    PlaceUnknown {
        /// What is written.
        name: String,
    },
    /// A key that belongs to another answer.
    #[error("{key} is for the answer {of}: leave it out, or answer {of}")]
    OtherAnswer {
        /// The key.
        key: &'static str,
        /// Whose it is.
        of: &'static str,
    },
    /// A key that means something in one service only.
    #[error("{key} differs from service to service: say the service")]
    ServiceMissing {
        /// The key.
        key: &'static str,
    },
    /// The catalogue has the service, and nothing here plays it.
    #[error("{why}")]
    ServiceNotPlayed {
        /// What the catalogue says of it.
        why: String,
    },
    /// The catalogue has no such service.
    #[error("the catalogue has no service {name:?}: `qaqpa services` lists them")]
    ServiceUnknown {
        /// What is written.
        name: String,
    },
    /// Nobody can sign.
    #[error("{why}")]
    Signer {
        /// Why.
        why: String,
    },
    /// A text that is too long.
    #[error("a text has at most {max} characters")]
    TextLong {
        /// How many it may have.
        max: usize,
    },
    /// A place that does not end.
    #[error("{text:?}: a place ends with two closing braces")]
    TextOpen {
        /// What is written.
        text: String,
    },
    /// A stub that never answers.
    #[error("times = 0 never answers: leave it out, or say how many applications are answered")]
    TimesZero,
    /// Too many entries under a key.
    #[error("{key} has more than {max} entries")]
    Wide {
        /// The key.
        key: &'static str,
        /// How many it may have.
        max: usize,
    },
}
