//! Why properties were not read, confirmed or made.

use qaqpa_x509::CertificateError;
use qaqpa_xml::XmlError;
use qaqpa_xmldsig::{SignError, SignatureError};
use thiserror::Error;

/// Why qualifying properties were not read, not confirmed, or not made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum XadesError {
    /// The signature has no qualifying properties.
    #[error("the signature has no qualifying properties")]
    Absent,
    /// The signing certificate is no certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The name and number of the certificate are not those of the signing certificate.
    #[error("IssuerSerialV2 is not of the certificate whose key signed")]
    IssuerSerialWrong,
    /// More than a limit.
    #[error("more than {max} {what}")]
    Limit {
        /// Of what.
        what: &'static str,
        /// The limit.
        max: usize,
    },
    /// The properties have not the structure of the standard.
    #[error("the properties are malformed: {why}")]
    Malformed {
        /// What is wrong with them.
        why: String,
    },
    /// The proof that was given does not cover these properties.
    #[error("the proof does not cover the signed properties")]
    NotCovered,
    /// The document was not signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A signature of the document was not read.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// There is no signature of that place.
    #[error("there is no signature number {place}")]
    SignatureMissing {
        /// The place, from 0.
        place: usize,
    },
    /// The signed properties do not name the signing certificate.
    #[error("the signed properties have no SigningCertificateV2")]
    SigningCertificateMissing,
    /// The signed properties name another certificate.
    #[error("SigningCertificateV2 is of another certificate than the one whose key signed")]
    SigningCertificateWrong,
    /// A certificate is named by a digest that is too weak.
    #[error("SigningCertificateV2 by {uri} is too weak")]
    Weak {
        /// The digest's URI.
        uri: String,
    },
    /// What was added would break a signature that is there.
    #[error("a signature that is there would be broken")]
    WouldBreak,
    /// The document is not XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

impl XadesError {
    pub(super) fn malformed(why: impl Into<String>) -> Self {
        Self::Malformed { why: why.into() }
    }
}
