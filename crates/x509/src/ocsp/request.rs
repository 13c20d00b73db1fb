//! OCSP requests (RFC 6960 §4.1).

use der::asn1::{AnyRef, IntRef, OctetString, OctetStringRef};
use der::{Decode, Encode};
use qaqpa_crypto::DigestAlgorithm;
use spki::AlgorithmIdentifierRef;
use thiserror::Error;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;

use super::asn1::{OcspRequest, RawCertId, SingleRequest, TbsRequest};
use crate::asn1::{extension, integer, positive, unknown_critical};
use crate::{Certificate, ObjectIdentifier, oid};

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
        let issuer_name_hash = algorithm.digest(issuer.subject_der());
        let issuer_key_hash = algorithm.digest(issuer.public_key_bytes());
        let serial = positive(&integer(serial)).unwrap_or_default();
        let der = encode_id(algorithm, &issuer_name_hash, &issuer_key_hash, &serial);
        Self {
            der: der.expect("digests and a serial number have a DER form"),
            algorithm: algorithm.oid(),
            issuer_name_hash,
            issuer_key_hash,
            serial,
        }
    }

    pub(super) fn read(id: AnyRef<'_>) -> der::Result<Self> {
        let raw = id.decode_as::<RawCertId<'_>>()?;
        let serial = positive(raw.serial.as_bytes())
            .filter(|serial| serial.len() <= SERIAL_BYTES_MAX)
            .ok_or_else(|| der::Tag::Integer.value_error())?;
        Ok(Self {
            der: id.to_der()?,
            algorithm: raw.algorithm.oid,
            issuer_name_hash: raw.issuer_name_hash.as_bytes().to_vec(),
            issuer_key_hash: raw.issuer_key_hash.as_bytes().to_vec(),
            serial,
        })
    }

    /// The id as it came.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether both name the same issuer by the same digest algorithm.
    #[must_use]
    pub fn same_issuer(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm
            && self.issuer_name_hash == other.issuer_name_hash
            && self.issuer_key_hash == other.issuer_key_hash
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
        self.try_encode()
            .expect("ids and a nonce in memory are shorter than the 256 MiB that a length can say")
    }

    fn try_encode(&self) -> der::Result<Vec<u8>> {
        let mut requests = Vec::with_capacity(self.cert_ids.len());
        for id in &self.cert_ids {
            requests.push(SingleRequest {
                cert_id: AnyRef::from_der(&id.der)?,
                extensions: None,
            });
        }
        let request = OcspRequest {
            tbs_request: TbsRequest {
                version: Version::V1,
                requestor: None,
                requests,
                extensions: match &self.nonce {
                    Some(nonce) => Some(vec![nonce_extension(nonce)?]),
                    None => None,
                },
            },
            signature: None,
        };
        request.to_der()
    }

    /// Reads a request; a requestor's name and signature are not looked at.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn decode(der: &[u8], cert_ids_max: usize) -> Result<Self, RequestError> {
        let request = OcspRequest::from_der(der).map_err(|_| RequestError::Malformed)?;
        let tbs = request.tbs_request;
        if tbs.version != Version::V1 || tbs.requests.is_empty() {
            return Err(RequestError::Malformed);
        }
        if tbs.requests.len() > cert_ids_max {
            return Err(RequestError::TooLong { max: cert_ids_max });
        }
        let mut cert_ids = Vec::with_capacity(tbs.requests.len());
        for single in &tbs.requests {
            refuse_critical(single.extensions.as_deref(), &[])?;
            cert_ids.push(CertId::read(single.cert_id).map_err(|_| RequestError::Malformed)?);
        }
        refuse_critical(tbs.extensions.as_deref(), &[oid::OCSP_NONCE])?;
        let nonces = nonces(tbs.extensions.as_deref()).map_err(|()| RequestError::Nonce)?;
        let nonce = match nonces.as_slice() {
            [] => None,
            [only] if (1..=NONCE_BYTES_MAX).contains(&only.len()) => Some(only.clone()),
            _ => return Err(RequestError::Nonce),
        };
        Ok(Self { cert_ids, nonce })
    }
}

/// RFC 5280 §4.1.2.2: no certificate has a longer one.
const SERIAL_BYTES_MAX: usize = 20;

/// RFC 9654 §2.1: a nonce has 1 to 128 bytes.
const NONCE_BYTES_MAX: usize = 128;

/// The nonce extension: an OCTET STRING in the extension's own (RFC 8954 §2.1).
pub(super) fn nonce_extension(nonce: &[u8]) -> der::Result<Extension> {
    extension(oid::OCSP_NONCE, false, &OctetString::new(nonce)?)
}

/// Every nonce among the extensions; an error where one is no OCTET STRING.
pub(super) fn nonces(extensions: Option<&[Extension]>) -> Result<Vec<Vec<u8>>, ()> {
    extensions
        .unwrap_or_default()
        .iter()
        .filter(|extension| extension.extn_id == oid::OCSP_NONCE)
        .map(|extension| {
            OctetString::from_der(extension.extn_value.as_bytes())
                .map(|nonce| nonce.as_bytes().to_vec())
                .map_err(|_| ())
        })
        .collect()
}

fn refuse_critical(
    extensions: Option<&[Extension]>,
    known: &[ObjectIdentifier],
) -> Result<(), RequestError> {
    match unknown_critical(extensions, known) {
        Some(oid) => Err(RequestError::Critical { oid }),
        None => Ok(()),
    }
}

fn encode_id(
    algorithm: DigestAlgorithm,
    issuer_name_hash: &[u8],
    issuer_key_hash: &[u8],
    serial: &[u8],
) -> der::Result<Vec<u8>> {
    RawCertId {
        algorithm: AlgorithmIdentifierRef {
            oid: algorithm.oid(),
            parameters: Some(AnyRef::NULL),
        },
        issuer_name_hash: OctetStringRef::new(issuer_name_hash)?,
        issuer_key_hash: OctetStringRef::new(issuer_key_hash)?,
        serial: IntRef::new(&integer(serial))?,
    }
    .to_der()
}
