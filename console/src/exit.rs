//! Exit codes and failures: what a script sees, and what a person reads.

use std::fmt;
use std::process::ExitCode;

/// How a command ended, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: yes.
    Yes,
    /// 1: no: refused or failed.
    No,
    /// 2: undecided: it could not be found out.
    Undecided,
    /// 64: the command line or the configuration is wrong (`EX_USAGE` of sysexits).
    Usage,
    /// 70: a fault of our own (`EX_SOFTWARE`).
    Own,
}

impl Exit {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::No => 1,
            Self::Undecided => 2,
            Self::Usage => 64,
            Self::Own => 70,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command did not do its work: one sentence, and the remedy where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What went wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Failure {
    /// A "no": the thing was tried and refused.
    pub fn no(message: impl fmt::Display) -> Self {
        Self {
            exit: Exit::No,
            message: message.to_string(),
            remedy: None,
        }
    }

    /// The command line or the configuration is wrong.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.to_string(),
            remedy: None,
        }
    }

    /// A fault of our own, or of the machine.
    pub fn own(message: impl fmt::Display) -> Self {
        Self {
            exit: Exit::Own,
            message: message.to_string(),
            remedy: None,
        }
    }

    /// The same failure with what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl fmt::Display) -> Self {
        self.remedy = Some(remedy.to_string());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        if let Some(remedy) = &self.remedy {
            write!(f, "\n  help: {remedy}")?;
        }
        Ok(())
    }
}

/// What a command gives back.
pub type Outcome = Result<Exit, Failure>;
