//! A list that was read: its parts, before anything is believed.

use der::asn1::{AnyRef, Uint};
use der::{Decode, Reader, SliceReader, Tag, TagMode, TagNumber};
use qaqpa_model::Moment;
use spki::AlgorithmIdentifierRef;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::AuthorityKeyIdentifier;

use super::entries::{Entries, EntryRules};
use super::scope::Scope;
use super::{CrlError, CrlPolicy};
use crate::asn1::{check_signature, split_signed};
use crate::time::{moment_of, moment_of_extension};
use crate::{Certificate, KeyUsage, ObjectIdentifier, Waivable, oid};

/// The parts of a `CertificateList` (RFC 5280 §5.1); its entries are not read yet.
pub(super) struct RawList<'a> {
    content: &'a [u8],
    algorithm: AlgorithmIdentifierRef<'a>,
    signature: &'a [u8],
    pub(super) issuer: &'a [u8],
    pub(super) this_update: Moment,
    pub(super) next_update: Option<Moment>,
    /// `revokedCertificates` with its SEQUENCE, if there are any.
    entries: Option<&'a [u8]>,
    pub(super) extensions: ListExtensions,
}

/// What a list's own extensions say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ListExtensions {
    pub(super) number: Option<Vec<u8>>,
    /// BaseCRLNumber: the list is a delta.
    pub(super) base: Option<Vec<u8>>,
    pub(super) scope: Option<Scope>,
    pub(super) authority_key_id: Option<Vec<u8>>,
    /// expiredCertsOnCRL: entries of certificates that expired since then are still there.
    pub(super) keeps_expired_since: Option<Moment>,
    /// A critical extension that is not read here.
    pub(super) unknown_critical: Option<ObjectIdentifier>,
}

impl<'a> RawList<'a> {
    pub(super) fn read(crl_der: &'a [u8]) -> Result<Self, CrlError> {
        Self::parts(crl_der).map_err(|_| CrlError::Malformed)
    }

    fn parts(crl_der: &'a [u8]) -> der::Result<Self> {
        let (content, algorithm, signature) = split_signed(crl_der)?;
        let mut reader = SliceReader::new(content)?;
        let list = reader.sequence(|reader| {
            if Version::decode(reader)? != Version::V2 {
                return Err(Tag::Integer.value_error().into());
            }
            // RFC 5280 §5.1.1.2: the same inside and outside.
            if AlgorithmIdentifierRef::decode(reader)? != algorithm {
                return Err(Tag::Sequence.value_error().into());
            }
            let issuer = reader.tlv_bytes()?;
            let this_update = moment_of(&AnyRef::decode(reader)?)?;
            let next_update = match next_tag(reader)? {
                Some(Tag::UtcTime | Tag::GeneralizedTime) => {
                    Some(moment_of(&AnyRef::decode(reader)?)?)
                }
                _ => None,
            };
            let entries = match next_tag(reader)? {
                Some(Tag::Sequence) => Some(reader.tlv_bytes()?),
                _ => None,
            };
            let extensions = reader
                .context_specific::<Vec<Extension>>(TagNumber(0), TagMode::Explicit)?
                .unwrap_or_default();
            Ok::<_, der::Error>(Self {
                content,
                algorithm,
                signature,
                issuer,
                this_update,
                next_update,
                entries,
                extensions: ListExtensions::read(&extensions)?,
            })
        })?;
        reader.finish()?;
        Ok(list)
    }

    /// Reads the entries.
    pub(super) fn entries(&self, rules: EntryRules) -> Result<Entries, CrlError> {
        match self.entries {
            Some(entries) => Entries::read(entries, rules),
            None => Ok(Entries::default()),
        }
    }

    /// Whether the certificate's key signed the list, and may (RFC 5280 §6.3.3 (f) and (g)).
    pub(super) fn check_signer(&self, signer: &Certificate) -> Result<(), CrlError> {
        check_may_sign(signer)?;
        let spki = signer.spki_der();
        check_signature(spki, &self.algorithm, self.content, self.signature)?;
        Ok(())
    }

    /// thisUpdate and nextUpdate, where the list is in its time.
    pub(super) fn check_times(
        &self,
        at: Moment,
        policy: &CrlPolicy,
    ) -> Result<(Moment, Moment), CrlError> {
        check_times(self.this_update, self.next_update, at, policy)
    }
}

/// Whether a certificate's key usage lets its key sign lists (RFC 5280 §6.3.3 (f)).
pub(super) fn check_may_sign(signer: &Certificate) -> Result<(), CrlError> {
    match signer.key_usage() {
        Some(usage) if !usage.has(KeyUsage::CRL_SIGN) => Err(CrlError::CrlSign),
        _ => Ok(()),
    }
}

/// thisUpdate and nextUpdate, where a list is in its time at this moment.
pub(super) fn check_times(
    this_update: Moment,
    next_update: Option<Moment>,
    at: Moment,
    policy: &CrlPolicy,
) -> Result<(Moment, Moment), CrlError> {
    let is_due = !policy.waived.has(Waivable::CrlFresh);
    let next_update = match next_update {
        None if !is_due => this_update,
        next_update => next_update.ok_or(CrlError::NextUpdateMissing)?,
    };
    if this_update > at.plus(policy.ahead_max) && !policy.waived.has(Waivable::CrlNotYet) {
        return Err(CrlError::NotYet {
            moment: this_update,
        });
    }
    if next_update < this_update {
        return Err(CrlError::Malformed);
    }
    if next_update.unix_s() < at.unix_s() && is_due {
        return Err(CrlError::Stale {
            moment: next_update,
        });
    }
    Ok((this_update, next_update))
}

impl ListExtensions {
    fn read(list: &[Extension]) -> der::Result<Self> {
        let mut read = Self::default();
        for (index, extension) in list.iter().enumerate() {
            let oid = extension.extn_id;
            if list[..index].iter().any(|earlier| earlier.extn_id == oid) {
                return Err(Tag::Sequence.value_error().into());
            }
            let value = extension.extn_value.as_bytes();
            match oid {
                oid::CRL_NUMBER => read.number = Some(number(value)?),
                oid::DELTA_CRL_INDICATOR => read.base = Some(number(value)?),
                oid::ISSUING_DISTRIBUTION_POINT => read.scope = Some(Scope::from_der(value)?),
                oid::AUTHORITY_KEY_IDENTIFIER => {
                    read.authority_key_id = AuthorityKeyIdentifier::from_der(value)?
                        .key_identifier
                        .map(|id| id.as_bytes().to_vec());
                }
                oid::EXPIRED_CERTS_ON_CRL => {
                    read.keeps_expired_since = Some(moment_of_extension(value)?);
                }
                oid::FRESHEST_CRL | oid::AUTHORITY_INFO_ACCESS => {}
                oid if extension.critical && read.unknown_critical.is_none() => {
                    read.unknown_critical = Some(oid);
                }
                _ => {}
            }
        }
        Ok(read)
    }
}

/// A CRLNumber: big-endian, without leading zeros, so that longer is greater.
fn number(der: &[u8]) -> der::Result<Vec<u8>> {
    Ok(Uint::from_der(der)?.as_bytes().to_vec())
}

/// CRLNumbers in their order.
pub(super) fn number_order(number: &[u8]) -> (usize, &[u8]) {
    let digits = &number[number.iter().take_while(|byte| **byte == 0).count()..];
    (digits.len(), digits)
}

fn next_tag(reader: &SliceReader<'_>) -> der::Result<Option<Tag>> {
    if reader.is_finished() {
        Ok(None)
    } else {
        Tag::peek(reader).map(Some)
    }
}
