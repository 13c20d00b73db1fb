//! Why a case has no outcome.

use thiserror::Error;

use crate::forge::ForgeError;

/// Why a case was not run to its end: never an answer of the verifier.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AttackError {
    /// The verifier cannot be asked: it is not there, or lacks what the case needs.
    #[error("{0}")]
    Asking(String),
    /// The case cannot be built: the corpus's own fault.
    #[error(transparent)]
    Forge(#[from] ForgeError),
}

impl From<String> for AttackError {
    fn from(why: String) -> Self {
        Self::Asking(why)
    }
}

impl From<&str> for AttackError {
    fn from(why: &str) -> Self {
        Self::Asking(why.to_owned())
    }
}
