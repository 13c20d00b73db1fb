//! OCSP requests (RFC 6960 §4.1).

use qaqpa_crypto::DigestAlgorithm;
use thiserror::Error;

use crate::{Certificate, ObjectIdentifier};

/// Which certificate is meant: digests of the issuer's name and key, and a serial number.
///
/// Two ids of the same certificate by different digest algorithms are unequal; ask [`CertId::matches`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertId {
    pub(crate) der: Vec<u8>,
    pub(crate) algorithm: ObjectIdentifier,
    pub(crate) issuer_name_hash: Vec<u8>,
    pub(crate) issuer_key_hash: Vec<u8>,
    pub(crate) serial: Vec<u8>,
}

/// A request about one or more certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The certificates asked about, in order; at least one.
    pub cert_ids: Vec<CertId>,
    /// 1 to 128 bytes that the answer must repeat (RFC 9654).
    pub nonce: Option<Vec<u8>>,
}

/// Why bytes are not an OCSP request that is answered here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RequestError {
    /// An extension is critical and not known here.
    #[error("unknown critical extension {oid}")]
    Critical {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// The bytes are not the DER of an OCSPRequest.
    #[error("not the DER of an OCSP request")]
    Malformed,
    /// The nonce occurs twice, is no OCTET STRING, or has not 1 to 128 bytes.
    #[error("the nonce occurs twice or has not 1 to 128 bytes")]
    Nonce,
    /// More certificates are asked about, or more bytes sent, than the limit.
    #[error("more than {max} certificates or bytes")]
    TooLong {
        /// The limit.
        max: usize,
    },
}

impl CertId {
    /// The id of a certificate under its issuer.
    #[must_use]
    pub fn new(
        algorithm: DigestAlgorithm,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Self {
        Self::for_serial(algorithm, issuer, certificate.serial())
    }

    /// The id of a serial number (big-endian, positive) under an issuer.
    #[must_use]
    pub fn for_serial(algorithm: DigestAlgorithm, issuer: &Certificate, serial: &[u8]) -> Self {
        let _ = (algorithm, issuer, serial);
        todo!()
    }

    /// The serial number: big-endian, without leading zeros.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// The digest algorithm, if it is one that is recognised.
    #[must_use]
    pub fn algorithm(&self) -> Option<DigestAlgorithm> {
        DigestAlgorithm::from_oid(&self.algorithm)
    }

    /// Whether name and key digests are those of this issuer; an unknown algorithm never matches.
    #[must_use]
    pub fn names_issuer(&self, issuer: &Certificate) -> bool {
        self.algorithm().is_some_and(|algorithm| {
            algorithm.digest(issuer.subject_der()) == self.issuer_name_hash
                && algorithm.digest(issuer.public_key_bytes()) == self.issuer_key_hash
        })
    }

    /// Whether exactly this certificate of this issuer is meant.
    #[must_use]
    pub fn matches(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        self.serial == certificate.serial() && self.names_issuer(issuer)
    }
}

impl Request {
    /// A request about one certificate, with SHA-256 as the national authority's clients do.
    #[must_use]
    pub fn about(certificate: &Certificate, issuer: &Certificate, nonce: Option<&[u8]>) -> Self {
        Self {
            cert_ids: vec![CertId::new(DigestAlgorithm::Sha256, certificate, issuer)],
            nonce: nonce.map(<[u8]>::to_vec),
        }
    }

    /// The request as DER.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        todo!()
    }

    /// Reads a request; a requestor's signature is not looked at.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn decode(der: &[u8], cert_ids_max: usize) -> Result<Self, RequestError> {
        let _ = (der, cert_ids_max);
        todo!()
    }
}
