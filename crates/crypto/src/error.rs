//! What can go wrong with a key or a signature.

use thiserror::Error;

use crate::IdentifierError;

/// Why a signature was not made or not accepted, or a key not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CryptoError {
    /// The signature's value is not one of this key over this message.
    #[error("the signature is not one of this key over this message")]
    BadSignature,
    /// The bytes are not a key that can be used.
    #[error("the key cannot be used: {why}")]
    KeyUnusable {
        /// What is wrong with it.
        why: &'static str,
    },
    /// The algorithm is not one that this simulator offers.
    #[error("the algorithm {oid} is not supported")]
    Unsupported {
        /// The OID of the algorithm, in dotted form; of RSASSA-PSS what is other in its parameters.
        oid: String,
    },
    /// The algorithm or the key is known and too weak; nothing was verified.
    #[error("too weak: {why}")]
    Weak {
        /// What is weak.
        why: &'static str,
    },
}

impl From<IdentifierError> for CryptoError {
    fn from(error: IdentifierError) -> Self {
        match error {
            IdentifierError::Parameters { oid } | IdentifierError::Unknown { oid } => {
                Self::Unsupported {
                    oid: oid.to_string(),
                }
            }
            IdentifierError::Pss { .. } => Self::Unsupported {
                oid: error.to_string(),
            },
            IdentifierError::Weak { why } => Self::Weak { why },
        }
    }
}
