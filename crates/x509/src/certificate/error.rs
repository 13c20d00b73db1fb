//! Why bytes are not a certificate that is read here.

use thiserror::Error;

use crate::ObjectIdentifier;

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
