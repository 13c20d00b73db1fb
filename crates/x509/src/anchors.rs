//! What is trusted: roots, and the intermediate authorities that came with them.

use crate::{Certificate, CertificateError};

/// Trust anchors: self-issued authorities' certificates that somebody decided to trust.
///
/// Intermediate certificates of the same file are kept as candidates for paths; they are not
/// trusted by being here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustAnchors {
    roots: Vec<Certificate>,
    intermediates: Vec<Certificate>,
}

impl TrustAnchors {
    /// Sorts certificates into roots (self-issued) and intermediates.
    #[must_use]
    pub fn new(certificates: impl IntoIterator<Item = Certificate>) -> Self {
        let (roots, intermediates) = certificates
            .into_iter()
            .partition(Certificate::is_self_issued);
        Self {
            roots,
            intermediates,
        }
    }

    /// Reads a PEM file such as `DIR/trust/signature.pem`.
    ///
    /// # Errors
    /// [`CertificateError`] where a block is not a certificate or there is none.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        Certificate::chain_from_pem(pem).map(Self::new)
    }

    /// Reads a file of certificates: one in DER, or a PEM text.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn from_file(bytes: &[u8]) -> Result<Self, CertificateError> {
        Certificate::chain_from_file(bytes).map(Self::new)
    }

    /// The roots: paths end here.
    #[must_use]
    pub fn roots(&self) -> &[Certificate] {
        &self.roots
    }

    /// Certificates of authorities below the roots, to build paths with.
    #[must_use]
    pub fn intermediates(&self) -> &[Certificate] {
        &self.intermediates
    }

    /// Whether this very certificate is a root.
    #[must_use]
    pub fn contains(&self, certificate: &Certificate) -> bool {
        self.roots.contains(certificate)
    }
}
