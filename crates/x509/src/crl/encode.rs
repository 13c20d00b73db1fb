//! Making a CRL: its DER is written straight through, so that a million entries cost their bytes and little more.

use std::iter;

use der::asn1::{AnyRef, OctetString};
use der::{Decode, Encode};
use qaqpa_crypto::PrivateKey;
use qaqpa_model::Moment;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::AuthorityKeyIdentifier;

use super::{RevokedEntry, sorted};
use crate::asn1::{extension, sign, write_length};
use crate::issue::{IssueError, distribution_points};
use crate::time::{generalized_of, time_of};
use crate::{Certificate, ObjectIdentifier, RevocationReason, oid};

/// A list to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlToIssue {
    /// The cRLNumber: greater than every earlier one's. Complete and delta lists share one sequence; a complete list and
    /// a delta of the same moment have the same number (RFC 5280 §5.2.3).
    pub number: u64,
    /// When it is made.
    pub this_update: Moment,
    /// When the next one is due.
    pub next_update: Moment,
    /// Everything revoked or suspended; of a delta, what changed since its base. In any order: the list is written sorted
    /// by serial number.
    pub entries: Vec<RevokedEntry>,
    /// Where the delta is, for freshestCRL; a delta has none (RFC 5280 §5.2.6).
    pub freshest_crl_url: Option<String>,
}

/// Signs a complete list by the authority.
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

/// Signs a delta: what changed since the complete list whose number is `base` (RFC 5280 §5.2.4).
///
/// A certificate that was suspended in the base and is not any more has the reason
/// [`RevocationReason::RemoveFromCrl`].
///
/// # Errors
/// [`IssueError`]; [`IssueError::Encoding`] where the base is not older than the delta, or the delta names another delta.
pub fn issue_delta(
    base: u64,
    changes: &CrlToIssue,
    issuer: &Certificate,
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    issue_delta_with(base, changes, &[], issuer, key)
}

/// [`issue_delta`], with more extensions (OID, criticality, DER of the value).
///
/// # Errors
/// As [`issue_delta`].
pub fn issue_delta_with(
    base: u64,
    changes: &CrlToIssue,
    more: &[(ObjectIdentifier, bool, Vec<u8>)],
    issuer: &Certificate,
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    let refuse = |why: &str| {
        Err(IssueError::Encoding {
            why: why.to_owned(),
        })
    };
    if base >= changes.number {
        return refuse("a delta is newer than its base");
    }
    if changes.freshest_crl_url.is_some() {
        return refuse("a delta has no freshestCRL");
    }
    let indicator = (oid::DELTA_CRL_INDICATOR, true, base.to_der()?);
    let extensions: Vec<_> = iter::once(indicator).chain(more.iter().cloned()).collect();
    issue_with(changes, &extensions, issuer, key)
}

/// The extension expiredCertsOnCRL, for [`issue_with`] and [`issue_delta_with`]: the list keeps the entries of certificates that
/// expired at that moment or later, so that it speaks for them still.
///
/// # Errors
/// [`IssueError::Encoding`] where the moment has no GeneralizedTime.
///
/// Source: X.509 §8.5.2.12; never critical.
pub fn expired_certs_on_crl(
    since: Moment,
) -> Result<(ObjectIdentifier, bool, Vec<u8>), IssueError> {
    let value = generalized_of(since)?.to_der()?;
    Ok((oid::EXPIRED_CERTS_ON_CRL, false, value))
}

/// Signs a list with more extensions (OID, criticality, DER of the value).
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
    sign(&content(list, issuer, &extensions, key)?, key)
}

/// The list's signed part with these extensions: `TBSCertList` (RFC 5280 §5.1).
fn content(
    list: &CrlToIssue,
    issuer: &Certificate,
    extensions: &[Extension],
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    let mut head = Version::V2.to_der()?;
    head.extend(key.signature_algorithm().identifier_der());
    head.extend(AnyRef::from_der(issuer.subject_der())?.to_der()?);
    head.extend(time_of(list.this_update)?.to_der()?);
    head.extend(time_of(list.next_update)?.to_der()?);
    let extensions = extensions.to_vec().to_der()?;

    let sorted = sorted(&list.entries);
    // The lengths in front are known once everything was written once.
    let mut scratch = Vec::with_capacity(64);
    let mut entries_len = 0;
    for entry in &sorted {
        scratch.clear();
        write_entry(entry, &mut scratch)?;
        entries_len += scratch.len();
    }
    drop(scratch);
    // RFC 5280 §5.1.2.6: absent rather than empty.
    let entries_whole = if sorted.is_empty() {
        0
    } else {
        tlv_len(entries_len)
    };
    let body = head.len() + entries_whole + tlv_len(extensions.len());

    let mut out = Vec::with_capacity(tlv_len(body));
    write_header(SEQUENCE, body, &mut out);
    out.extend(head);
    if !sorted.is_empty() {
        write_header(SEQUENCE, entries_len, &mut out);
        for entry in sorted {
            write_entry(entry, &mut out)?;
        }
    }
    write_header(EXTENSIONS, extensions.len(), &mut out);
    out.extend(extensions);
    Ok(out)
}

/// `SEQUENCE`.
const SEQUENCE: u8 = 0x30;
/// `[0] EXPLICIT`, constructed.
const EXTENSIONS: u8 = 0xa0;
/// `INTEGER`.
const INTEGER: u8 = 0x02;

/// What follows a time in an entry with a reason, but for the reason's code: `Extensions` with one reasonCode
/// (2.5.29.21), an ENUMERATED of one byte.
pub(super) const REASON: [u8; 13] = [
    0x30, 12, 0x30, 10, 0x06, 3, 0x55, 0x1d, 0x15, 0x04, 3, 0x0a, 1,
];

/// One entry: `SEQUENCE { userCertificate, revocationDate, crlEntryExtensions OPTIONAL }`.
fn write_entry(entry: &RevokedEntry, out: &mut Vec<u8>) -> Result<(), IssueError> {
    let at = time_of(entry.at)?;
    let at_len = usize::try_from(at.encoded_len()?).unwrap_or_default();
    // RFC 5280 §5.3.1: absent rather than unspecified.
    let reason = entry
        .reason
        .filter(|reason| *reason != RevocationReason::Unspecified);
    let reason_len = reason.map_or(0, |_| REASON.len() + 1);
    let digits = &entry.serial[entry.serial.iter().take_while(|byte| **byte == 0).count()..];
    // A zero in front where the top bit is set, or where there is nothing else.
    let zero = digits.first().is_none_or(|first| first & 0x80 != 0);
    let serial_len = digits.len() + usize::from(zero);

    write_header(SEQUENCE, tlv_len(serial_len) + at_len + reason_len, out);
    write_header(INTEGER, serial_len, out);
    if zero {
        out.push(0);
    }
    out.extend_from_slice(digits);
    at.encode_to_vec(out)?;
    if let Some(reason) = reason {
        out.extend_from_slice(&REASON);
        out.push(reason.code());
    }
    Ok(())
}

/// Tag and length, the length in its shortest form.
fn write_header(tag: u8, len: usize, out: &mut Vec<u8>) {
    out.push(tag);
    write_length(len, out);
}

/// Bytes of a value of that length with its tag and length.
fn tlv_len(len: usize) -> usize {
    let long = (usize::BITS - len.leading_zeros()).div_ceil(8) as usize;
    1 + if len < 0x80 { 1 } else { 1 + long } + len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_in_their_shortest_form() {
        for (len, header) in [
            (0, &[0x30, 0][..]),
            (127, &[0x30, 127]),
            (128, &[0x30, 0x81, 128]),
            (255, &[0x30, 0x81, 255]),
            (256, &[0x30, 0x82, 1, 0]),
            (65_536, &[0x30, 0x83, 1, 0, 0]),
        ] {
            let mut out = Vec::new();
            write_header(SEQUENCE, len, &mut out);
            assert_eq!(out, header);
            assert_eq!(tlv_len(len), header.len() + len);
        }
    }

    #[test]
    fn an_entry_has_its_reason_only_where_one_is_given() {
        let mut entry = RevokedEntry {
            serial: vec![0x80],
            at: Moment::parse("2026-11-22T05:00:00Z").unwrap(),
            reason: Some(RevocationReason::Unspecified),
        };
        let written = |entry: &RevokedEntry| {
            let mut out = Vec::new();
            write_entry(entry, &mut out).unwrap();
            out
        };
        let plain = b"\x30\x13\x02\x02\x00\x80\x17\x0d261122050000Z";
        assert_eq!(written(&entry), plain);
        entry.reason = None;
        assert_eq!(written(&entry), plain);
        entry.reason = Some(RevocationReason::CertificateHold);
        let with = [
            b"\x30\x21\x02\x02\x00\x80\x17\x0d261122050000Z".as_slice(),
            b"\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x06",
        ]
        .concat();
        assert_eq!(written(&entry), with);
    }
}
