//! A certificate, read once.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use der::pem::LineEnding;
use der::{Decode, Encode};
use qaqpa_crypto::{CryptoError, IdentifierError, PublicKey, SignatureAlgorithm, sha256, verify};
use qaqpa_model::{Iin, Moment};
use thiserror::Error;
use x509_cert::certificate::Version;

use crate::asn1::{Tbs, positive, split_signed};
use crate::extensions::Extensions;
use crate::matching::NameKey;
use crate::{IinError, KeyUsage, ObjectIdentifier, SubjectName, name, time};

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

/// Why bytes are not a certificate that is read here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The algorithm inside the signed part is not the one outside it (RFC 5280 §4.1.1.2).
    #[error("the signed and the outer signature algorithm differ")]
    AlgorithmMismatch,
    /// An extension occurs twice (RFC 5280 §4.2).
    #[error("the extension {oid} occurs twice")]
    DuplicateExtension {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// An extension that is read here has not its ASN.1 form.
    #[error("the extension {oid} is malformed")]
    Extension {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// The bytes are not the DER of a certificate.
    #[error("not the DER of a certificate: {why}")]
    Malformed {
        /// What the reader said.
        why: String,
    },
    /// The text holds no PEM block with a certificate, or one that is broken.
    #[error("not a PEM certificate")]
    Pem,
    /// The serial number is zero, negative or longer than 20 bytes (RFC 5280 §4.1.2.2).
    #[error("the serial number is zero, negative or longer than 20 bytes")]
    Serial,
    /// More than 64 KiB, or more than 64 extensions.
    #[error("the certificate is too long")]
    TooLong,
}

/// Bytes of one certificate: those of the profile have about 1500.
const CERTIFICATE_BYTES_MAX: usize = 64 * 1024;

/// Certificates in one PEM text.
const PEM_CERTIFICATES_MAX: usize = 64;

impl Certificate {
    /// Reads one certificate; nothing may follow it.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > CERTIFICATE_BYTES_MAX {
            return Err(CertificateError::TooLong);
        }
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
            subject: SubjectName::from_der(&subject_der).map_err(malformed)?,
            subject_key: NameKey::from_der(&subject_der).map_err(malformed)?,
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

    /// Reads the only certificate of a PEM text.
    ///
    /// # Errors
    /// [`CertificateError`]; [`CertificateError::Pem`] where there is not exactly one.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        let mut chain = Self::chain_from_pem(pem)?;
        match (chain.pop(), chain.pop()) {
            (Some(only), None) => Ok(only),
            _ => Err(CertificateError::Pem),
        }
    }

    /// Reads every `CERTIFICATE` block of a PEM text, in order; at least one, at most 64.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn chain_from_pem(pem: &[u8]) -> Result<Vec<Self>, CertificateError> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        const END: &str = "-----END CERTIFICATE-----";
        let mut rest = std::str::from_utf8(pem).map_err(|_| CertificateError::Pem)?;
        let mut chain = Vec::new();
        while let Some(begin) = rest.find(BEGIN) {
            rest = &rest[begin..];
            let end = rest.find(END).ok_or(CertificateError::Pem)? + END.len();
            if chain.len() == PEM_CERTIFICATES_MAX || end > 2 * CERTIFICATE_BYTES_MAX {
                return Err(CertificateError::TooLong);
            }
            let (_, der) =
                der::pem::decode_vec(&rest.as_bytes()[..end]).map_err(|_| CertificateError::Pem)?;
            chain.push(Self::from_der(&der)?);
            rest = &rest[end..];
        }
        if chain.is_empty() {
            return Err(CertificateError::Pem);
        }
        Ok(chain)
    }

    /// The certificate as a PEM block with a line end.
    #[must_use]
    pub fn to_pem(&self) -> String {
        der::pem::encode_string("CERTIFICATE", LineEnding::LF, self.der()).unwrap_or_default()
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

    /// The issuer's name as text by RFC 4514, for `ds:X509IssuerName`.
    #[must_use]
    pub fn issuer_name(&self) -> String {
        name::text(&self.0.issuer)
    }

    /// The serial number: big-endian, without leading zeros, 1 to 20 bytes.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// The serial number in lower-case hexadecimal.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        hex::encode(&self.0.serial)
    }

    /// The serial number in decimal, for `ds:X509SerialNumber`.
    #[must_use]
    pub fn serial_decimal(&self) -> String {
        decimal(&self.0.serial)
    }

    /// Whether `ds:X509IssuerSerial` means this certificate: the issuer's name attribute by
    /// attribute (in either order, spaces after commas allowed) and the serial number in decimal.
    #[must_use]
    pub fn matches_issuer_serial(&self, issuer_name: &str, serial_decimal: &str) -> bool {
        issuer_name.len() <= 4096
            && serial_decimal.trim() == self.serial_decimal()
            && name::text_means(issuer_name, &self.0.issuer)
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

    /// The subject's key, read once for all clones of this certificate.
    ///
    /// # Errors
    /// [`CryptoError`], where the key is not one that is verified by here (see [`qaqpa_crypto::public::check_key`]).
    pub fn public_key(&self) -> Result<&PublicKey, CryptoError> {
        let key = &self.0.verifier;
        key.get_or_init(|| PublicKey::from_spki_der(&self.0.spki))
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Verifies the certificate's signature by the key of another certificate, which is only one of the conditions of a
    /// path.
    ///
    /// # Errors
    /// As [`Certificate::verify_signature`].
    pub fn verify_signed_by(&self, issuer: &Self) -> Result<(), CryptoError> {
        let algorithm = self.0.signature_algorithm.clone()?;
        issuer
            .public_key()?
            .verify(algorithm, self.tbs_der(), &self.0.signature)
    }

    /// Verifies the certificate's signature by a key, which is only one of the conditions of a path.
    ///
    /// # Errors
    /// [`CryptoError`]; [`CryptoError::Unsupported`] where the algorithm is not recognised.
    pub fn verify_signature(&self, issuer_spki_der: &[u8]) -> Result<(), CryptoError> {
        let algorithm = self.0.signature_algorithm.clone()?;
        verify(
            issuer_spki_der,
            algorithm,
            self.tbs_der(),
            &self.0.signature,
        )
    }

    /// SHA-256 of the whole certificate in lower-case hexadecimal.
    #[must_use]
    pub fn fingerprint_sha256_hex(&self) -> String {
        hex::encode(sha256(self.der()))
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

/// Big-endian bytes in decimal.
fn decimal(bytes: &[u8]) -> String {
    let mut digits = vec![0_u8];
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            let value = u32::from(*digit) * 256 + carry;
            *digit = u8::try_from(value % 10).unwrap_or(0);
            carry = value / 10;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 10).unwrap_or(0));
            carry /= 10;
        }
    }
    digits
        .iter()
        .rev()
        .map(|digit| char::from(b'0' + digit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_shown_in_decimal() {
        assert_eq!(decimal(&[0x7b]), "123");
        assert_eq!(
            decimal(&[1, 0, 0, 0, 0, 0, 0, 0, 0]),
            "18446744073709551616"
        );
    }

    #[test]
    fn bytes_and_texts_that_are_no_certificate_are_refused() {
        assert!(matches!(
            Certificate::from_der(b""),
            Err(CertificateError::Malformed { .. })
        ));
        assert_eq!(
            Certificate::from_der(&[0x30; CERTIFICATE_BYTES_MAX + 1]).unwrap_err(),
            CertificateError::TooLong
        );
        for text in ["", "-----BEGIN CERTIFICATE-----\nAAAA", "\u{feff}"] {
            assert_eq!(
                Certificate::from_pem(text.as_bytes()).unwrap_err(),
                CertificateError::Pem
            );
        }
    }
}
