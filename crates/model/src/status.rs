//! The statuses that people see.

use std::fmt;

/// The status of a request, as the cabinet and the workplace show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RequestStatus {
    /// Filled in and not yet sent.
    Draft,
    /// Received (келіп түсті / поступило).
    Received,
    /// In work (жұмыста / в работе).
    InWork,
    /// Completed: the result is delivered (орындалды / исполнено).
    Completed,
    /// Refused (бас тартылды / отказано).
    Refused,
}

impl RequestStatus {
    /// Every status, in the order of a request's life.
    pub const ALL: [Self; 5] = [
        Self::Draft,
        Self::Received,
        Self::InWork,
        Self::Completed,
        Self::Refused,
    ];

    /// The name in files and in text keys: `in-work`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Received => "received",
            Self::InWork => "in-work",
            Self::Completed => "completed",
            Self::Refused => "refused",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl fmt::Display for RequestStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
