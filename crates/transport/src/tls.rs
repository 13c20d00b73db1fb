//! The TLS authority of one simulator, and the identities that it gives to actors.
//!
//! It has nothing to do with the national authority: its only word is "this is the gateway of this
//! simulator". Its key stays in `DIR/tls`, its root in `DIR/trust/tls.pem`. TLS lives in real time.

mod authority;
mod client;
mod peer;

pub use authority::TlsAuthority;
pub use client::ClientTls;
pub use peer::Peers;
pub(crate) use peer::{actor_of, is_of};

use thiserror::Error;

use crate::files::FileError;

/// What went wrong with TLS identities or trust.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A certificate could not be made, or the stored authority cannot be read.
    #[error("TLS authority: {0}")]
    Authority(String),
    /// A TLS configuration was refused by rustls.
    #[error("TLS configuration: {0}")]
    Config(#[from] rustls::Error),
    /// A file of the data folder could not be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The trust file has no certificate, or one that cannot be read.
    #[error("trust file: {0}")]
    Trust(String),
}

impl From<rcgen::Error> for TlsError {
    fn from(error: rcgen::Error) -> Self {
        Self::Authority(error.to_string())
    }
}

/// The cryptography of every TLS connection, handed over explicitly: no process-wide default.
pub(crate) fn provider() -> std::sync::Arc<rustls::crypto::CryptoProvider> {
    std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// The versions that are spoken.
pub(crate) const VERSIONS: &[&rustls::SupportedProtocolVersion] =
    &[&rustls::version::TLS13, &rustls::version::TLS12];

/// Reads every certificate of a PEM text.
pub(crate) fn roots(pem: &[u8]) -> Result<rustls::RootCertStore, TlsError> {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| TlsError::Trust(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| TlsError::Trust(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(TlsError::Trust("no certificate in it".to_owned()));
    }
    Ok(roots)
}
