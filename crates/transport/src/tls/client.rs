//! What a client trusts, and who it says it is.

use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::{TlsError, VERSIONS, provider, roots};
use crate::files;

/// The authorities that a Debian or Ubuntu system trusts (package ca-certificates).
const SYSTEM_TRUST: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The TLS side of an [`HttpClient`](crate::HttpClient): trusted roots, and perhaps an identity.
#[derive(Clone, Debug)]
pub struct ClientTls {
    pub(crate) config: Arc<ClientConfig>,
}

impl ClientTls {
    /// Trusts the certificates of this PEM text and has no identity: the outsider's client.
    ///
    /// # Errors
    /// [`TlsError::Trust`] where there is no certificate in it.
    pub fn trusting_pem(pem: &[u8]) -> Result<Self, TlsError> {
        Self::new(pem, None)
    }

    /// Trusts the certificates of this PEM file (`DIR/trust/tls.pem`) and has no identity.
    ///
    /// # Errors
    /// [`TlsError::File`], [`TlsError::Trust`].
    pub fn trusting_file(path: &Path) -> Result<Self, TlsError> {
        let pem = files::read_if_there(path)?
            .ok_or_else(|| TlsError::Trust(format!("{} is missing", path.display())))?;
        Self::trusting_pem(&pem)
    }

    /// Trusts what this system trusts, and has no identity. What of it cannot be read is left out: the
    /// list is long, and not ours.
    ///
    /// # Errors
    /// [`TlsError::File`], [`TlsError::Trust`] where the system has no such list, or nothing in it can be read.
    pub(crate) fn trusting_system() -> Result<Self, TlsError> {
        let none = || TlsError::Trust(format!("{SYSTEM_TRUST} is missing, or holds nothing"));
        let pem = files::read_if_there(Path::new(SYSTEM_TRUST))?.ok_or_else(none)?;
        let mut trusted = rustls::RootCertStore::empty();
        trusted.add_parsable_certificates(CertificateDer::pem_slice_iter(&pem).flatten());
        if trusted.is_empty() {
            return Err(none());
        }
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(VERSIONS)?
            .with_root_certificates(trusted)
            .with_no_client_auth();
        Ok(Self {
            config: Arc::new(config),
        })
    }

    /// Trusts the certificates of this PEM text and shows this certificate (DER), whose key (PKCS#8, DER) it has: an
    /// information system's client.
    ///
    /// # Errors
    /// [`TlsError::Trust`] where there is no certificate in the text; [`TlsError::Config`] where the key is not one
    /// that TLS uses, or is another's.
    pub fn showing(
        trusted_pem: &[u8],
        certificate: &[u8],
        pkcs8_der: &[u8],
    ) -> Result<Self, TlsError> {
        let chain = vec![CertificateDer::from(certificate.to_vec())];
        let key = PrivatePkcs8KeyDer::from(pkcs8_der.to_vec());
        Self::new(trusted_pem, Some((chain, key.into())))
    }

    /// The same identity, and trust in the certificates of this PEM text alone: for a peer that is under another
    /// authority.
    ///
    /// # Errors
    /// [`TlsError::Trust`] where there is no certificate in the text.
    pub fn trusting_instead(&self, pem: &[u8]) -> Result<Self, TlsError> {
        let mut config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(VERSIONS)?
            .with_root_certificates(roots(pem)?)
            .with_no_client_auth();
        config.client_auth_cert_resolver = Arc::clone(&self.config.client_auth_cert_resolver);
        Ok(Self {
            config: Arc::new(config),
        })
    }

    /// Trusts nothing: for plain HTTP only.
    pub(crate) fn trusting_nothing() -> Result<Self, TlsError> {
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(VERSIONS)?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        Ok(Self {
            config: Arc::new(config),
        })
    }

    pub(super) fn new(
        root_pem: &[u8],
        identity: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    ) -> Result<Self, TlsError> {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(VERSIONS)?
            .with_root_certificates(roots(root_pem)?);
        let config = match identity {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => builder.with_client_auth_cert(chain, key)?,
        };
        Ok(Self {
            config: Arc::new(config),
        })
    }
}
