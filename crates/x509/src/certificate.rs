//! A certificate, read once.

mod error;
mod pem;
mod text;
mod verify;

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use der::{Decode, Encode};
use qaqpa_crypto::{CryptoError, IdentifierError, PublicKey, SignatureAlgorithm};
use qaqpa_model::{Iin, Moment};
use x509_cert::certificate::Version;
use x509_cert::name::RdnSequence;

use crate::asn1::{Tbs, positive, split_signed};
use crate::extensions::Extensions;
use crate::matching::NameKey;
use crate::{IinError, KeyUsage, ObjectIdentifier, SubjectName, memo, time};

pub use error::CertificateError;

/// A certificate (куәлік / регистрационное свидетельство): the bytes and what they say.
///
/// Having one proves nothing but its shape: not that anybody trusted signed it, nor that it is in
/// force ([`crate::path`]), nor that it may be used for signing ([`crate::profile`]). Clones are cheap.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    tbs: Range<usize>,
    spki: Vec<u8>,
    public_key: Vec<u8>,
    issuer: Vec<u8>,
    issuer_key: NameKey,
    subject_der: Vec<u8>,
    subject_key: NameKey,
    subject: SubjectName,
    serial: Vec<u8>,
    not_before: Moment,
    not_after: Moment,
    signature_oid: ObjectIdentifier,
    signature_algorithm: Result<SignatureAlgorithm, IdentifierError>,
    /// The subject's key, when it was first asked for.
    verifier: OnceLock<Result<PublicKey, CryptoError>>,
    signature: Vec<u8>,
    extensions: Extensions,
}

/// Bytes of one certificate: those of the profile have about 1500.
const CERTIFICATE_BYTES_MAX: usize = 64 * 1024;

impl Certificate {
    /// Reads one certificate; nothing may follow it.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > CERTIFICATE_BYTES_MAX {
            return Err(CertificateError::TooLong);
        }
        memo::certificate(der, || Self::read(der))
    }

    fn read(der: &[u8]) -> Result<Self, CertificateError> {
        let malformed = |error: der::Error| CertificateError::Malformed {
            why: error.to_string(),
        };
        let (tbs_der, algorithm, signature) = split_signed(der).map_err(malformed)?;
        let tbs = Tbs::from_der(tbs_der).map_err(malformed)?;
        if tbs.signature != algorithm {
            return Err(CertificateError::AlgorithmMismatch);
        }
        if tbs.version != Version::V3 && tbs.extensions.is_some() {
            return Err(CertificateError::Malformed {
                why: "extensions in a certificate that is not of version 3".to_owned(),
            });
        }
        let public_key = tbs
            .spki
            .decode_as::<spki::SubjectPublicKeyInfoRef<'_>>()
            .map_err(malformed)?
            .subject_public_key
            .raw_bytes()
            .to_vec();
        let subject_der = tbs.subject.to_der().map_err(malformed)?;
        let subject = RdnSequence::from_der(&subject_der).map_err(malformed)?;
        let issuer = tbs.issuer.to_der().map_err(malformed)?;
        let (not_before, not_after) = time::period(&tbs.validity).map_err(malformed)?;
        let start = offset_in(der, tbs_der);
        Ok(Self(Arc::new(Inner {
            der: der.to_vec(),
            tbs: start..start + tbs_der.len(),
            spki: tbs.spki.to_der().map_err(malformed)?,
            public_key,
            issuer_key: NameKey::from_der(&issuer).map_err(malformed)?,
            issuer,
            subject: SubjectName::of(&subject, &subject_der),
            subject_key: NameKey::of(&subject).map_err(malformed)?,
            subject_der,
            serial: positive(tbs.serial.as_bytes()).ok_or(CertificateError::Serial)?,
            not_before,
            not_after,
            signature_oid: algorithm.oid,
            signature_algorithm: SignatureAlgorithm::from_identifier(&algorithm),
            verifier: OnceLock::new(),
            signature: signature.to_vec(),
            extensions: Extensions::read(tbs.extensions.as_deref().unwrap_or_default())?,
        })))
    }

    /// The whole certificate.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The signed part, byte by byte as it came.
    #[must_use]
    pub fn tbs_der(&self) -> &[u8] {
        &self.0.der[self.0.tbs.clone()]
    }

    /// The SubjectPublicKeyInfo, for [`qaqpa_crypto::verify`].
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki
    }

    /// The bytes of the key's BIT STRING: what OCSP's issuerKeyHash and key identifiers are made of.
    #[must_use]
    pub fn public_key_bytes(&self) -> &[u8] {
        &self.0.public_key
    }

    /// The subject by the national profile.
    #[must_use]
    pub fn subject(&self) -> &SubjectName {
        &self.0.subject
    }

    /// The individual identification number (ЖСН / ИИН) in the subject.
    ///
    /// # Errors
    /// [`IinError`] where the subject has not exactly one.
    pub fn iin(&self) -> Result<Iin, IinError> {
        self.0.subject.iin()
    }

    /// The subject's name.
    #[must_use]
    pub fn subject_der(&self) -> &[u8] {
        &self.0.subject_der
    }

    /// The issuer's name.
    #[must_use]
    pub fn issuer_der(&self) -> &[u8] {
        &self.0.issuer
    }

    /// The serial number: big-endian, without leading zeros, 1 to 20 bytes.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// The first moment of validity.
    #[must_use]
    pub fn not_before(&self) -> Moment {
        self.0.not_before
    }

    /// The last second of validity (it belongs to it).
    #[must_use]
    pub fn not_after(&self) -> Moment {
        self.0.not_after
    }

    /// Whether a moment is within the certificate's period. The last second belongs to it (RFC 5280 §4.1.2.5), whatever
    /// the moment's fraction.
    #[must_use]
    pub fn is_in_force(&self, at: Moment) -> bool {
        self.not_before() <= at && at.unix_s() <= self.not_after().unix_s()
    }

    /// The keyUsage extension, if there is one.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.0.extensions.key_usage
    }

    /// The extKeyUsage extension, if there is one.
    #[must_use]
    pub fn extended_key_usage(&self) -> Option<&[ObjectIdentifier]> {
        self.0.extensions.extended_key_usage.as_deref()
    }

    /// Whether extKeyUsage is there and names this purpose.
    #[must_use]
    pub fn has_extended_key_usage(&self, purpose: ObjectIdentifier) -> bool {
        self.extended_key_usage()
            .is_some_and(|purposes| purposes.contains(&purpose))
    }

    /// Whether extKeyUsage is marked critical: a time-stamping authority's must be (RFC 3161 §2.3).
    #[must_use]
    pub fn is_extended_key_usage_critical(&self) -> bool {
        self.0.extensions.extended_key_usage_critical
    }

    /// The certificate policies.
    #[must_use]
    pub fn policies(&self) -> &[ObjectIdentifier] {
        &self.0.extensions.policies
    }

    /// Where the issuer's CRL is said to be.
    #[must_use]
    pub fn crl_urls(&self) -> &[String] {
        &self.0.extensions.crl_urls
    }

    /// Where the issuer's delta CRL is said to be.
    #[must_use]
    pub fn freshest_crl_urls(&self) -> &[String] {
        &self.0.extensions.freshest_crl_urls
    }

    /// Where the issuer's OCSP responder is said to be.
    #[must_use]
    pub fn ocsp_urls(&self) -> &[String] {
        &self.0.extensions.ocsp_urls
    }

    /// Where the issuer's certificate is said to be.
    #[must_use]
    pub fn ca_issuer_urls(&self) -> &[String] {
        &self.0.extensions.ca_issuer_urls
    }

    /// The subject key identifier.
    #[must_use]
    pub fn ski(&self) -> Option<&[u8]> {
        self.0.extensions.subject_key_id.as_deref()
    }

    /// The authority key identifier.
    #[must_use]
    pub fn aki(&self) -> Option<&[u8]> {
        self.0.extensions.authority_key_id.as_deref()
    }

    /// Whether basicConstraints say that this is an authority's certificate.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.0.extensions.basic.is_some_and(|basic| basic.ca)
    }

    /// Whether it constrains the names of what is below it (RFC 5280 §4.2.1.10).
    #[must_use]
    pub fn has_name_constraints(&self) -> bool {
        self.extensions().name_constraints.is_some()
    }

    /// Whether it demands or forbids policies of what is below it: policyConstraints, policyMappings, inhibitAnyPolicy
    /// (RFC 5280 §4.2.1.5, §4.2.1.11, §4.2.1.14).
    #[must_use]
    pub fn constrains_policies(&self) -> bool {
        let extensions = self.extensions();
        extensions.policy_constraints.is_some()
            || extensions.inhibit_any_policy.is_some()
            || !extensions.policy_mappings.is_empty()
    }

    /// How many intermediate certificates may stand below it.
    #[must_use]
    pub fn path_len(&self) -> Option<u8> {
        self.0.extensions.basic.and_then(|basic| basic.path_len)
    }

    /// Whether it has id-pkix-ocsp-nocheck: a responder's own revocation is not asked (RFC 6960 §4.2.2.2.1).
    #[must_use]
    pub fn has_ocsp_nocheck(&self) -> bool {
        self.0.extensions.ocsp_nocheck
    }

    /// Critical extensions that are not read here; one is enough to refuse the certificate.
    #[must_use]
    pub fn unknown_critical(&self) -> &[ObjectIdentifier] {
        &self.0.extensions.unknown_critical
    }

    /// The OID of the algorithm that the issuer signed with.
    #[must_use]
    pub fn signature_oid(&self) -> ObjectIdentifier {
        self.0.signature_oid
    }

    /// The algorithm that the issuer signed with, if it is one that is recognised.
    #[must_use]
    pub fn signature_algorithm(&self) -> Option<SignatureAlgorithm> {
        self.0.signature_algorithm.as_ref().ok().copied()
    }

    /// The issuer's signature over [`Certificate::tbs_der`].
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.0.signature
    }

    /// Whether subject and issuer are the same name (RFC 5280 §7.1: whatever the case, the spaces and the types of its
    /// strings); says nothing about whose signature it bears.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.0.subject_key == self.0.issuer_key
    }

    /// Whether the other's subject is the name that this certificate's issuer bears (RFC 5280 §7.1); says nothing about
    /// whose signature it bears.
    #[must_use]
    pub fn names_as_issuer(&self, other: &Self) -> bool {
        self.0.issuer_key == other.0.subject_key
    }

    pub(crate) fn subject_key(&self) -> &NameKey {
        &self.0.subject_key
    }

    pub(crate) fn issuer_key(&self) -> &NameKey {
        &self.0.issuer_key
    }

    pub(crate) fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", self.subject())
            .field("serial", &self.serial_hex())
            .finish_non_exhaustive()
    }
}

fn offset_in(whole: &[u8], part: &[u8]) -> usize {
    // `part` was cut out of `whole` by the reader, so the difference of addresses is the offset.
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize)
}
