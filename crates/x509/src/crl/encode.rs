//! Making a CRL.

use der::asn1::{AnyRef, Int, OctetString};
use der::{Decode, Encode, Sequence};
use qaqpa_crypto::PrivateKey;
use qaqpa_model::Moment;
use spki::AlgorithmIdentifierRef;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::AuthorityKeyIdentifier;
use x509_cert::time::Time;

use super::RevokedEntry;
use crate::asn1::{extension, identifier, integer, sign};
use crate::issue::{IssueError, distribution_points};
use crate::reason::raw_reason;
use crate::time::time_of;
use crate::{Certificate, ObjectIdentifier, RevocationReason, oid};

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

/// Signs a list by the authority.
///
/// # Errors
/// [`IssueError`].
pub fn issue(
    list: &CrlToIssue,
    issuer: &Certificate,
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    issue_with(list, &[], issuer, key)
}

/// Signs a list with more extensions (OID, criticality, DER of the value): tests make wrong lists with it.
///
/// # Errors
/// [`IssueError`].
pub fn issue_with(
    list: &CrlToIssue,
    more: &[(ObjectIdentifier, bool, Vec<u8>)],
    issuer: &Certificate,
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    let mut extensions = Vec::new();
    if let Some(id) = issuer.ski() {
        let value = AuthorityKeyIdentifier {
            key_identifier: Some(OctetString::new(id)?),
            ..AuthorityKeyIdentifier::default()
        };
        extensions.push(extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &value)?);
    }
    extensions.push(extension(oid::CRL_NUMBER, false, &list.number)?);
    if let Some(url) = &list.freshest_crl_url {
        let value = distribution_points(url)?;
        extensions.push(extension(oid::FRESHEST_CRL, false, &value)?);
    }
    for (oid, critical, value) in more {
        extensions.push(extension(*oid, *critical, &AnyRef::from_der(value)?)?);
    }
    sign(&content(list, issuer, extensions, key)?, key)
}

/// The list's signed part with these extensions.
fn content(
    list: &CrlToIssue,
    issuer: &Certificate,
    extensions: Vec<Extension>,
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    let mut entries = Vec::with_capacity(list.entries.len());
    for entry in &list.entries {
        entries.push(RawEntry {
            serial: Int::new(&integer(&entry.serial))?,
            at: time_of(entry.at)?,
            extensions: match entry.reason {
                // RFC 5280 §5.3.1: absent rather than unspecified.
                None | Some(RevocationReason::Unspecified) => None,
                Some(reason) => Some(vec![extension(
                    oid::REASON_CODE,
                    false,
                    &raw_reason(reason),
                )?]),
            },
        });
    }
    let content = RawList {
        version: Version::V2,
        algorithm: identifier(key.kind().signature_algorithm()),
        issuer: AnyRef::from_der(issuer.subject_der())?,
        this_update: time_of(list.this_update)?,
        next_update: Some(time_of(list.next_update)?),
        // RFC 5280 §5.1.2.6: absent rather than empty.
        entries: (!entries.is_empty()).then_some(entries),
        extensions: Some(extensions),
    };
    Ok(content.to_der()?)
}

#[derive(Sequence)]
struct RawList<'a> {
    version: Version,
    algorithm: AlgorithmIdentifierRef<'a>,
    issuer: AnyRef<'a>,
    this_update: Time,
    next_update: Option<Time>,
    entries: Option<Vec<RawEntry>>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct RawEntry {
    serial: Int,
    at: Time,
    extensions: Option<Vec<Extension>>,
}
