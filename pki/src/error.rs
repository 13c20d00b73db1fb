//! What can go wrong inside the authority.

use qaqpa_crypto::CryptoError;
use qaqpa_model::Moment;
use qaqpa_store::StoreError;
use qaqpa_transport::files::FileError;
use qaqpa_x509::CertificateError;
use qaqpa_x509::issue::IssueError;
use qaqpa_x509::pkcs12::Pkcs12Error;
use thiserror::Error;

/// Why the authority could not do its work; never a refusal by rule (see [`crate::authority::Refused`]).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PkiError {
    /// A stored certificate does not read.
    #[error("a certificate of the register does not read: {0}")]
    Certificate(#[from] CertificateError),
    /// A file of the data folder could not be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// A certificate, a list or an answer could not be made.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// A key could not be made or read.
    #[error(transparent)]
    Key(#[from] CryptoError),
    /// A key file could not be written.
    #[error(transparent)]
    KeyFile(#[from] Pkcs12Error),
    /// The clock shows a moment at which the root is not valid.
    #[error(
        "the authority's root lives from 2010-01-01 to 2045-01-01: at {0} it can issue nothing"
    )]
    OutsideRootLife(Moment),
    /// The register could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A task ended before its work was done.
    #[error("a task of the authority was cut off")]
    Task,
    /// A text of the ready-made list, or a stored one, is not what it should be.
    #[error("{what} cannot be read")]
    Unreadable {
        /// What it is.
        what: &'static str,
    },
}
