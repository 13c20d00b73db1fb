//! Making a CRL.

use qaqpa_crypto::PrivateKey;
use qaqpa_model::Moment;

use super::RevokedEntry;
use crate::Certificate;
use crate::issue::IssueError;

/// A complete list to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlToIssue {
    /// The cRLNumber: greater than every earlier one's.
    pub number: u64,
    /// When it is made.
    pub this_update: Moment,
    /// When the next one is due.
    pub next_update: Moment,
    /// Everything revoked or suspended.
    pub entries: Vec<RevokedEntry>,
    /// Where the delta is, for freshestCRL.
    pub freshest_crl_url: Option<String>,
}

/// Signs a list by the authority (RSA with SHA-256).
///
/// # Errors
/// [`IssueError`].
pub fn issue(
    list: &CrlToIssue,
    issuer: &Certificate,
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    let _ = (list, issuer, key);
    todo!()
}
