//! Why a signature was not accepted, or not made.

use std::fmt;

use qaqpa_crypto::CryptoError;
use qaqpa_xml::XmlError;
use qaqpa_xml::c14n::C14nError;
use thiserror::Error;

/// Why a signature was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// An algorithm that is not known here: canonicalization, signature or digest.
    #[error("the algorithm {uri:?} is not known")]
    AlgorithmUnknown {
        /// Its URI (or the OID of the key's algorithm).
        uri: String,
    },
    /// An algorithm or a key that is known and too weak.
    #[error("too weak: {uri}")]
    AlgorithmWeak {
        /// Its URI.
        uri: String,
    },
    /// The content of a reference is not the one that was signed.
    #[error(
        "the digest of Reference URI={uri:?} differs: signed {}, found {}",
        hex(expected),
        hex(actual)
    )]
    DigestMismatch {
        /// The reference's URI.
        uri: String,
        /// The digest that was signed.
        expected: Vec<u8>,
        /// The digest of what the document holds.
        actual: Vec<u8>,
        /// The canonical octets that gave `actual`, from their beginning, at most
        /// [`SignatureError::CANONICAL_SHOWN_BYTES_MAX`]: compare them with the signer's. They hold
        /// people's data: for the sender to see, never for a log.
        canonical: Vec<u8>,
    },
    /// A limit was exceeded.
    #[error("more than {max} {what}")]
    Limit {
        /// Which limit.
        what: SignatureLimit,
        /// Its value.
        max: usize,
    },
    /// The signature has not the structure that XMLDSig or the profile asks.
    #[error("the signature is malformed: {why}")]
    Malformed {
        /// What is wrong with it.
        why: String,
    },
    /// There is no signature at all.
    #[error("there is no signature")]
    Missing,
    /// There are more signatures than the profile has.
    #[error("{n} signatures where one belongs")]
    Multiple {
        /// How many.
        n: usize,
    },
    /// A reference that does not lead, without doubt, to a part of this document.
    #[error("Reference URI={uri:?} is refused: {why}")]
    ReferenceRefused {
        /// The reference's URI; empty if there is none.
        uri: String,
        /// Why.
        why: &'static str,
    },
    /// The signature is not about what the recipient would read.
    #[error("the signature does not cover what is read here: {why}; it covers {covered:?}")]
    Scope {
        /// What is missing.
        why: &'static str,
        /// The names and places of what the references cover.
        covered: Vec<String>,
    },
    /// A transform that the profile does not allow, or not at this place.
    #[error("the transform {uri:?} is refused")]
    TransformRefused {
        /// Its URI.
        uri: String,
    },
    /// The value is not one of this key over this `SignedInfo`.
    #[error("the signature's value is not one of this key over this SignedInfo")]
    ValueWrong,
}

impl SignatureError {
    /// How many canonical octets [`SignatureError::DigestMismatch`] shows at most.
    pub const CANONICAL_SHOWN_BYTES_MAX: usize = 64 * 1024;

    pub(crate) fn malformed(why: impl Into<String>) -> Self {
        Self::Malformed { why: why.into() }
    }
}

/// Which limit a signature exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureLimit {
    /// Characters of one certificate in base64.
    CertificateCharacters,
    /// Certificates of one `KeyInfo`.
    Certificates,
    /// Prefixes of one `InclusiveNamespaces`.
    Prefixes,
    /// References of one signature.
    References,
    /// Signatures of one document.
    Signatures,
    /// Canonical octets of `SignedInfo`.
    SignedInfoOctets,
    /// Transforms of one reference.
    Transforms,
}

impl fmt::Display for SignatureLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CertificateCharacters => "characters of one certificate",
            Self::Certificates => "certificates of one KeyInfo",
            Self::Prefixes => "prefixes of one InclusiveNamespaces",
            Self::References => "references of one signature",
            Self::Signatures => "signatures of one document",
            Self::SignedInfoOctets => "canonical octets of SignedInfo",
            Self::Transforms => "transforms of one reference",
        })
    }
}

/// Why a document was not signed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignError {
    /// The document has a signature where this one would go.
    #[error("the document is signed already")]
    AlreadySigned,
    /// The document cannot be made canonical.
    #[error(transparent)]
    Canonicalization(#[from] C14nError),
    /// The key refused.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The document has not the structure that the profile signs.
    #[error("the document cannot be signed: {why}")]
    Structure {
        /// What is wrong with it.
        why: &'static str,
    },
    /// The document is not XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
