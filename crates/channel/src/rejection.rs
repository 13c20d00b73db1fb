//! The two doors out: a refusal (the message is wrong) and a fault (we could not work).

use qaqpa_model::RefusalLabel;
use qaqpa_wire::FaultCode;

/// A check or a rule says no. The sender is told, with the label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The stable name of the reason.
    pub label: RefusalLabel,
    /// What was found, for an integrator; no personal data.
    pub why: String,
    /// Facts for the answer's `errorData` and for the journal, as `key=value`.
    pub facts: Vec<(&'static str, String)>,
    /// More facts, for the journal alone: they may be long.
    pub journal: Vec<(&'static str, String)>,
    /// Whose turn it is: the sender's, or, where evidence was missing, ours.
    pub code: FaultCode,
    /// Where the same message is welcome later: in how many seconds.
    pub retry_seconds: Option<u32>,
}

impl Refused {
    /// A refusal with its reason.
    #[must_use]
    pub fn new(label: RefusalLabel, why: impl Into<String>) -> Self {
        // Undecided is refused, but the same message may pass when the evidence is there again.
        let code = match label {
            RefusalLabel::RevocationUnknown => FaultCode::Server,
            _ => FaultCode::Client,
        };
        Self {
            label,
            why: why.into(),
            facts: Vec::new(),
            journal: Vec::new(),
            code,
            retry_seconds: None,
        }
    }

    /// With one fact more for the answer and the journal.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((key, value.into()));
        self
    }

    /// With one fact more for the journal alone.
    #[must_use]
    pub fn with_journal(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.journal.push((key, value.into()));
        self
    }

    /// The same message is welcome in so many seconds: a limit that is full now is not full for ever.
    #[must_use]
    pub const fn come_again_in(mut self, seconds: u32) -> Self {
        self.code = FaultCode::Server;
        self.retry_seconds = Some(seconds);
        self
    }

    /// With another SOAP fault code.
    #[must_use]
    pub const fn with_code(mut self, code: FaultCode) -> Self {
        self.code = code;
        self
    }
}

/// We could not work. The sender may send the same message again; nothing was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faulted {
    /// What failed, for the log; the sender is not told.
    pub why: String,
}

/// Why a message was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The message is wrong.
    Refused(Refused),
    /// We could not work.
    Faulted(Faulted),
}

impl Rejection {
    /// A fault of our own.
    #[must_use]
    pub fn faulted(error: impl std::fmt::Display) -> Self {
        Self::Faulted(Faulted {
            why: error.to_string(),
        })
    }

    /// The label, where it is a refusal.
    #[must_use]
    pub const fn label(&self) -> Option<RefusalLabel> {
        match self {
            Self::Refused(refused) => Some(refused.label),
            Self::Faulted(_) => None,
        }
    }
}

impl From<Refused> for Rejection {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Faulted> for Rejection {
    fn from(faulted: Faulted) -> Self {
        Self::Faulted(faulted)
    }
}
