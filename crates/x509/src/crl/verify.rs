//! Judging a CRL: signed evidence only.

use std::time::Duration;

use der::asn1::{AnyRef, IntRef, Uint};
use der::{Decode, Reader, Sequence, SliceReader, Tag, TagMode, TagNumber};
use qaqpa_crypto::CryptoError;
use qaqpa_model::Moment;
use spki::AlgorithmIdentifierRef;
use thiserror::Error;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::CrlReason;
use x509_cert::time::Time;

use super::{Crl, RevokedEntry, order};
use crate::asn1::{positive, signature_algorithm, split_signed};
use crate::reason::reason_of;
use crate::time::moment_of;
use crate::{Certificate, KeyUsage, ObjectIdentifier, RevocationReason, oid};

/// How new a list may be, and how many entries are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlPolicy {
    /// How far after the moment of judgement `thisUpdate` may lie: the clocks' skew, and more where a past
    /// moment is judged by a list of today.
    pub ahead_max: Duration,
    /// Entries of one list.
    pub entries_max: usize,
}

impl Default for CrlPolicy {
    /// Clocks five minutes apart at most; a million entries (8 MiB hold about 200 000).
    fn default() -> Self {
        Self {
            ahead_max: Duration::from_secs(5 * 60),
            entries_max: 1_000_000,
        }
    }
}

/// Why a CRL is no evidence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CrlError {
    /// The list's signature is not the issuer's.
    #[error("the list's signature is wrong")]
    BadSignature,
    /// The issuer's key usage lacks cRLSign.
    #[error("the issuer may not sign lists")]
    CrlSign,
    /// The list or an entry has a critical extension that is not read here.
    #[error("unknown critical extension {oid}")]
    Critical {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// The list is a delta: it says nothing without its base.
    #[error("a delta list without its base")]
    Delta,
    /// The bytes are not the DER of a list of version 2.
    #[error("not the DER of a revocation list")]
    Malformed,
    /// The list has no nextUpdate, so that nothing says when it is out of date.
    #[error("the list has no nextUpdate")]
    NextUpdateMissing,
    /// The list is from the future.
    #[error("the list is of {moment}, which has not come yet")]
    NotYet {
        /// `thisUpdate`.
        moment: Moment,
    },
    /// The list has no cRLNumber.
    #[error("the list has no number")]
    NumberMissing,
    /// The list is for some certificates or reasons only, or speaks for other issuers.
    #[error("the list is partitioned or indirect")]
    Partitioned,
    /// `nextUpdate` is past.
    #[error("the list is out of date since {moment}")]
    Stale {
        /// `nextUpdate`.
        moment: Moment,
    },
    /// More entries than the limit.
    #[error("more than {max} entries")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// Signed by an algorithm that is not known here.
    #[error("the list is signed with {oid}, which is not supported")]
    Unsupported {
        /// The algorithm.
        oid: String,
    },
    /// The signature or the key is too weak.
    #[error("{why}")]
    Weak {
        /// What is weak.
        why: &'static str,
    },
    /// The list is another issuer's.
    #[error("the list is another issuer's")]
    WrongIssuer,
}

/// Judges a list of an issuer at a moment, by the default policy.
///
/// # Errors
/// [`CrlError`], the first that applies.
///
/// Source: RFC 5280 §6.3, for complete lists of the issuer itself.
pub fn verify(crl_der: &[u8], issuer: &Certificate, at: Moment) -> Result<Crl, CrlError> {
    verify_within(crl_der, issuer, at, &CrlPolicy::default())
}

/// Judges a list of an issuer at a moment.
///
/// # Errors
/// [`CrlError`], the first that applies.
pub fn verify_within(
    crl_der: &[u8],
    issuer: &Certificate,
    at: Moment,
    policy: &CrlPolicy,
) -> Result<Crl, CrlError> {
    let malformed = |_: der::Error| CrlError::Malformed;
    let (content, algorithm, signature) = split_signed(crl_der).map_err(malformed)?;
    let list = RawList::read(content, policy.entries_max)?;
    if list.algorithm != algorithm {
        return Err(CrlError::Malformed);
    }
    if list.issuer != issuer.subject_der() {
        return Err(CrlError::WrongIssuer);
    }
    if issuer
        .key_usage()
        .is_some_and(|usage| !usage.has(KeyUsage::CRL_SIGN))
    {
        return Err(CrlError::CrlSign);
    }
    check_value(issuer, &algorithm, content, signature)?;
    let number = check_extensions(&list.extensions)?;
    let (this_update, next_update) = check_times(&list, at, policy)?;
    let mut entries = list.entries;
    entries.sort_by(|left, right| order(&left.serial).cmp(&order(&right.serial)));
    Ok(Crl {
        number,
        this_update,
        next_update,
        entries,
    })
}

struct RawList<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    issuer: &'a [u8],
    this_update: Time,
    next_update: Option<Time>,
    entries: Vec<RevokedEntry>,
    extensions: Vec<Extension>,
}

impl<'a> RawList<'a> {
    /// `TBSCertList` (RFC 5280 §5.1), entry by entry, so that the number of entries is bounded while reading.
    fn read(content: &'a [u8], entries_max: usize) -> Result<Self, CrlError> {
        let mut refusal = None;
        let read = read_whole(content, |reader| {
            if Version::decode(reader)? != Version::V2 {
                return Err(Tag::Integer.value_error().into());
            }
            let algorithm = AlgorithmIdentifierRef::decode(reader)?;
            let issuer = reader.tlv_bytes()?;
            let this_update = Time::decode(reader)?;
            let next_update = match next_tag(reader)? {
                Some(Tag::UtcTime | Tag::GeneralizedTime) => Some(Time::decode(reader)?),
                _ => None,
            };
            let mut entries = Vec::new();
            if next_tag(reader)? == Some(Tag::Sequence) {
                refusal =
                    read_entries(AnyRef::decode(reader)?.value(), entries_max, &mut entries).err();
            }
            let extensions = reader
                .context_specific::<Vec<Extension>>(TagNumber(0), TagMode::Explicit)?
                .unwrap_or_default();
            Ok(Self {
                algorithm,
                issuer,
                this_update,
                next_update,
                entries,
                extensions,
            })
        });
        match refusal {
            Some(refusal) => Err(refusal),
            None => read.map_err(|_| CrlError::Malformed),
        }
    }
}

fn next_tag(reader: &SliceReader<'_>) -> der::Result<Option<Tag>> {
    if reader.is_finished() {
        Ok(None)
    } else {
        Tag::peek(reader).map(Some)
    }
}

fn read_whole<'a, T>(
    content: &'a [u8],
    read: impl FnOnce(&mut SliceReader<'a>) -> der::Result<T>,
) -> der::Result<T> {
    let mut reader = SliceReader::new(content)?;
    let value = reader.sequence(read)?;
    reader.finish()?;
    Ok(value)
}

fn read_entries(
    bytes: &[u8],
    entries_max: usize,
    entries: &mut Vec<RevokedEntry>,
) -> Result<(), CrlError> {
    let malformed = |_: der::Error| CrlError::Malformed;
    let mut reader = SliceReader::new(bytes).map_err(malformed)?;
    while !reader.is_finished() {
        if entries.len() == entries_max {
            return Err(CrlError::TooLong { max: entries_max });
        }
        let entry = RawEntry::decode(&mut reader).map_err(malformed)?;
        entries.push(RevokedEntry {
            serial: positive(entry.serial.as_bytes()).ok_or(CrlError::Malformed)?,
            at: moment_of(entry.at),
            reason: entry_reason(entry.extensions.as_deref().unwrap_or_default())?,
        });
    }
    Ok(())
}

#[derive(Sequence)]
struct RawEntry<'a> {
    serial: IntRef<'a>,
    at: Time,
    extensions: Option<Vec<Extension>>,
}

fn entry_reason(extensions: &[Extension]) -> Result<Option<RevocationReason>, CrlError> {
    let mut reason = None;
    for extension in extensions {
        match extension.extn_id {
            oid::REASON_CODE => {
                let raw = CrlReason::from_der(extension.extn_value.as_bytes())
                    .map_err(|_| CrlError::Malformed)?;
                reason = Some(reason_of(raw));
            }
            oid::CERTIFICATE_ISSUER => return Err(CrlError::Partitioned),
            oid::INVALIDITY_DATE => {}
            oid if extension.critical => return Err(CrlError::Critical { oid }),
            _ => {}
        }
    }
    // RFC 5280 §5.3.1: removeFromCRL appears in delta lists only.
    if reason == Some(RevocationReason::RemoveFromCrl) {
        return Err(CrlError::Malformed);
    }
    Ok(reason)
}

fn check_value(
    issuer: &Certificate,
    algorithm: &AlgorithmIdentifierRef<'_>,
    content: &[u8],
    signature: &[u8],
) -> Result<(), CrlError> {
    let unsupported = |oid: String| CrlError::Unsupported { oid };
    let algorithm =
        signature_algorithm(algorithm).ok_or_else(|| unsupported(algorithm.oid.to_string()))?;
    match qaqpa_crypto::verify(issuer.spki_der(), algorithm, content, signature) {
        Ok(()) => Ok(()),
        Err(CryptoError::Weak { why }) => Err(CrlError::Weak { why }),
        Err(CryptoError::Unsupported { oid }) => Err(unsupported(oid)),
        Err(_) => Err(CrlError::BadSignature),
    }
}

/// The list's own extensions: complete, for everything, of this issuer; gives back the number.
fn check_extensions(extensions: &[Extension]) -> Result<Vec<u8>, CrlError> {
    let mut number = None;
    for extension in extensions {
        match extension.extn_id {
            oid::CRL_NUMBER if number.is_some() => return Err(CrlError::Malformed),
            oid::CRL_NUMBER => {
                let value = Uint::from_der(extension.extn_value.as_bytes())
                    .map_err(|_| CrlError::Malformed)?;
                number = Some(value.as_bytes().to_vec());
            }
            oid::DELTA_CRL_INDICATOR => return Err(CrlError::Delta),
            oid::ISSUING_DISTRIBUTION_POINT => return Err(CrlError::Partitioned),
            oid::AUTHORITY_KEY_IDENTIFIER | oid::FRESHEST_CRL | oid::AUTHORITY_INFO_ACCESS => {}
            oid if extension.critical => return Err(CrlError::Critical { oid }),
            _ => {}
        }
    }
    number.ok_or(CrlError::NumberMissing)
}

fn check_times(
    list: &RawList<'_>,
    at: Moment,
    policy: &CrlPolicy,
) -> Result<(Moment, Moment), CrlError> {
    let this_update = moment_of(list.this_update);
    let next_update = moment_of(list.next_update.ok_or(CrlError::NextUpdateMissing)?);
    if this_update > at.plus(policy.ahead_max) {
        return Err(CrlError::NotYet {
            moment: this_update,
        });
    }
    if next_update < this_update {
        return Err(CrlError::Malformed);
    }
    if next_update.unix_s() < at.unix_s() {
        return Err(CrlError::Stale {
            moment: next_update,
        });
    }
    Ok((this_update, next_update))
}
