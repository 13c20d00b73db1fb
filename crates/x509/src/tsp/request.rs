//! Time-stamp requests (RFC 3161 §2.4.1).

use der::asn1::{AnyRef, IntRef, OctetStringRef};
use der::{Decode, Encode};
use qaqpa_crypto::DigestAlgorithm;
use spki::AlgorithmIdentifierRef;
use thiserror::Error;

use super::Failure;
use super::asn1::{RawImprint, RawRequest};
use crate::ObjectIdentifier;
use crate::asn1::integer;

/// The digest of what is stamped, with its algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imprint {
    algorithm: DigestAlgorithm,
    digest: Vec<u8>,
    /// As it came: an answer repeats it byte by byte, parameters NULL or absent.
    der: Vec<u8>,
}

/// A request for a time stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampRequest {
    /// What is to be stamped.
    pub imprint: Imprint,
    /// The policy that is asked for; any where it is absent.
    pub policy: Option<ObjectIdentifier>,
    /// The bytes of the INTEGER that the token must repeat, 1 to 65: a number of at most 64 bytes.
    pub nonce: Option<Vec<u8>>,
    /// Whether the token is to hold the authority's certificate.
    pub cert_req: bool,
}

/// Bytes of one request: those of RFC 3161's own clients take about 100.
pub const REQUEST_BYTES_MAX: usize = 8 * 1024;

/// Bytes of a nonce's INTEGER: RFC 3161 names 64 bits; a digest of 512 bits fits, with the zero that keeps it positive.
pub(super) const NONCE_BYTES_MAX: usize = 65;

/// Why bytes are not a request that is answered here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The imprint's digest algorithm is unknown, or has parameters.
    #[error("the imprint's digest algorithm {oid} is not known, or has parameters")]
    Algorithm {
        /// The algorithm.
        oid: ObjectIdentifier,
    },
    /// The imprint's digest algorithm is too weak to say what was stamped.
    #[error("an imprint with {algorithm} is too weak")]
    AlgorithmWeak {
        /// The algorithm.
        algorithm: DigestAlgorithm,
    },
    /// There is an extension; none is known here.
    #[error("unknown extension {oid}")]
    Extension {
        /// The first one.
        oid: ObjectIdentifier,
    },
    /// The imprint has not its algorithm's length.
    #[error("an imprint of {found} bytes where its algorithm has {expected}")]
    ImprintLength {
        /// The algorithm's bytes.
        expected: usize,
        /// The imprint's bytes.
        found: usize,
    },
    /// The bytes are not the DER of a TimeStampReq.
    #[error("not the DER of a time-stamp request")]
    Malformed,
    /// The nonce is an INTEGER of more than 65 bytes: a number of more than 64.
    #[error("the nonce is an integer of more than 65 bytes")]
    Nonce,
    /// More bytes than [`REQUEST_BYTES_MAX`].
    #[error("more than {max} bytes")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// The version is not 1.
    #[error("version {version} instead of 1")]
    Version {
        /// The version.
        version: u8,
    },
}

impl RequestError {
    /// The failure that the answer names (RFC 3161 §2.4.2).
    #[must_use]
    pub const fn failure(&self) -> Failure {
        match self {
            Self::Algorithm { .. } | Self::AlgorithmWeak { .. } => Failure::BadAlg,
            Self::Extension { .. } => Failure::UnacceptedExtension,
            Self::ImprintLength { .. } | Self::Malformed => Failure::BadDataFormat,
            Self::Nonce | Self::TooLong { .. } | Self::Version { .. } => Failure::BadRequest,
        }
    }
}

impl Imprint {
    /// The imprint of data.
    #[must_use]
    pub fn of(algorithm: DigestAlgorithm, data: &[u8]) -> Self {
        Self::from_digest(algorithm, algorithm.digest(data))
    }

    /// The imprint with this digest, whatever its length.
    #[must_use]
    pub fn from_digest(algorithm: DigestAlgorithm, digest: Vec<u8>) -> Self {
        let der = encode_imprint(algorithm, &digest);
        Self {
            der: der.expect("an OID and a digest have a DER form"),
            algorithm,
            digest,
        }
    }

    /// The digest's algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The digest.
    #[must_use]
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// The MessageImprint as it came or was made.
    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    /// Reads a MessageImprint: an algorithm that is known, strong and without parameters, and a digest of its length.
    ///
    /// SHA-1 is refused (RFC 3161 §2.4.1: where the algorithm "is known to be weak", the authority "SHOULD refuse"):
    /// two documents with one digest would share a stamp, and nothing in this simulator believes a SHA-1 digest.
    pub(super) fn read(raw: &RawImprint<'_>) -> Result<Self, RequestError> {
        let oid = raw.algorithm.oid;
        let plain = raw.algorithm.parameters.is_none_or(AnyRef::is_null);
        let algorithm = DigestAlgorithm::from_oid(&oid)
            .filter(|_| plain)
            .ok_or(RequestError::Algorithm { oid })?;
        if algorithm.is_weak() {
            return Err(RequestError::AlgorithmWeak { algorithm });
        }
        let digest = raw.digest.as_bytes().to_vec();
        if digest.len() != algorithm.value_bytes() {
            return Err(RequestError::ImprintLength {
                expected: algorithm.value_bytes(),
                found: digest.len(),
            });
        }
        Ok(Self {
            algorithm,
            digest,
            der: raw.to_der().map_err(|_| RequestError::Malformed)?,
        })
    }
}

impl StampRequest {
    /// A request for this imprint: any policy, no nonce, with the certificate.
    #[must_use]
    pub const fn new(imprint: Imprint) -> Self {
        Self {
            imprint,
            policy: None,
            nonce: None,
            cert_req: true,
        }
    }

    /// With a nonce: a positive number, big-endian, at most 64 bytes.
    #[must_use]
    pub fn with_nonce(self, magnitude: &[u8]) -> Self {
        Self {
            nonce: Some(integer(magnitude)),
            ..self
        }
    }

    /// For one policy only.
    #[must_use]
    pub fn with_policy(self, policy: ObjectIdentifier) -> Self {
        Self {
            policy: Some(policy),
            ..self
        }
    }

    /// The request as DER.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.try_encode().expect(
            "an imprint and a nonce in memory are shorter than the 256 MiB that a length can say",
        )
    }

    fn try_encode(&self) -> der::Result<Vec<u8>> {
        RawRequest {
            version: VERSION,
            imprint: RawImprint::from_der(self.imprint.der())?,
            policy: self.policy,
            nonce: self.nonce.as_deref().map(IntRef::new).transpose()?,
            cert_req: self.cert_req.then_some(true),
            extensions: None,
        }
        .to_der()
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`RequestError`], the first that applies.
    pub fn decode(der: &[u8]) -> Result<Self, RequestError> {
        if der.len() > REQUEST_BYTES_MAX {
            return Err(RequestError::TooLong {
                max: REQUEST_BYTES_MAX,
            });
        }
        let raw = RawRequest::from_der(der).map_err(|_| RequestError::Malformed)?;
        if raw.version != VERSION {
            return Err(RequestError::Version {
                version: raw.version,
            });
        }
        if raw.cert_req == Some(false) {
            return Err(RequestError::Malformed);
        }
        let imprint = Imprint::read(&raw.imprint)?;
        let nonce = raw.nonce.map(|nonce| nonce.as_bytes().to_vec());
        if nonce.as_ref().is_some_and(|n| n.len() > NONCE_BYTES_MAX) {
            return Err(RequestError::Nonce);
        }
        // RFC 3161 §2.4.1: "If an extension, whether it is marked critical or not critical, is used by a requester but
        // is not recognized by a time-stamping server, the server SHALL not issue a token".
        if let Some(extension) = raw.extensions.as_deref().and_then(<[_]>::first) {
            return Err(RequestError::Extension {
                oid: extension.extn_id,
            });
        }
        Ok(Self {
            imprint,
            policy: raw.policy,
            nonce,
            cert_req: raw.cert_req.is_some(),
        })
    }
}

/// RFC 3161 §2.4.1: "currently v1".
pub(super) const VERSION: u8 = 1;

fn encode_imprint(algorithm: DigestAlgorithm, digest: &[u8]) -> der::Result<Vec<u8>> {
    RawImprint {
        algorithm: AlgorithmIdentifierRef {
            oid: algorithm.oid(),
            parameters: Some(AnyRef::NULL),
        },
        digest: OctetStringRef::new(digest)?,
    }
    .to_der()
}
