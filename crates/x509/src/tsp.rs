//! The time-stamp protocol (RFC 3161): requests, answers with tokens, and judging tokens.

mod asn1;
mod error;
mod request;
mod response;
mod said;
mod signed_data;
mod token;
mod trusted;
mod verify;

pub use error::StampError;
pub use request::{Imprint, REQUEST_BYTES_MAX, RequestError, StampRequest};
pub use response::{Failure, Response, Status, granted, rejected};
pub use said::{SaidStamp, said};
pub use token::{Signing, StampToIssue, issue};
pub use trusted::{Unproven, verify_kept};
pub use verify::{ACCURACY_MAX, Stamp, Stamped, Wanted, check_order, verify};

use std::time::Duration;

/// How far the true moment may lie from `genTime`, in either direction (RFC 3161 §2.4.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accuracy {
    /// Whole seconds.
    pub seconds: u64,
    /// Thousandths of a second, 0 to 999.
    pub millis: u16,
    /// Millionths of a second, 0 to 999.
    pub micros: u16,
}

impl Accuracy {
    /// So many whole seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self {
            seconds,
            millis: 0,
            micros: 0,
        }
    }

    /// The same as a duration.
    #[must_use]
    pub const fn duration(self) -> Duration {
        let nanos = self.millis as u32 * 1_000_000 + self.micros as u32 * 1_000;
        Duration::new(self.seconds, nanos)
    }
}
