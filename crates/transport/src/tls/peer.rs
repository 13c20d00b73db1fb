//! Who the other side is: an actor of this simulator, or nobody.

use std::sync::Arc;

use qaqpa_model::{Actor, ActorName};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use super::{TlsError, provider, roots};

/// Whom a TLS door lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peers {
    /// Anybody; nobody is asked who they are.
    None,
    /// Anybody; an actor may say who it is (see [`PeerActor`](crate::PeerActor)).
    Optional,
    /// Only these actors; all others fail in the handshake.
    Required(Vec<Actor>),
    /// Anybody; an actor may say who it is, and anybody else may show a certificate of whatever authority. The
    /// handshake proves that the other side has its key, and no more: whoever serves compares it with the one that it
    /// expects (see [`PeerCertificate`](crate::PeerCertificate)).
    Shown,
}

/// The name in the client certificates of a kind of actor; server certificates have others, so neither serves as the
/// other.
pub(super) fn client_name(actor: Actor) -> String {
    format!("{actor}.actor.qaqpa.test")
}

/// The name in the client certificate of one actor, beside that of its kind: branches of a kind are told apart by it.
///
/// The branch stands between letters, since a label of DNS may not end in a hyphen and a branch may.
pub(super) fn own_name(name: &ActorName) -> String {
    match name.branch() {
        None => format!("{}.name.qaqpa.test", name.actor()),
        Some(branch) => format!("b-{branch}-b.{}.name.qaqpa.test", name.actor()),
    }
}

/// Whether a client certificate that was verified is that very actor's.
pub(crate) fn is_of(certificate: &CertificateDer<'_>, name: &ActorName) -> bool {
    ParsedCertificate::try_from(certificate).is_ok_and(|parsed| bears(&parsed, own_name(name)))
}

fn bears(certificate: &ParsedCertificate<'_>, name: String) -> bool {
    ServerName::try_from(name)
        .is_ok_and(|name| rustls::client::verify_server_name(certificate, &name).is_ok())
}

/// The actor of a client certificate that was verified: a certificate with an actor's name that is not of our own
/// authority fails in every handshake.
pub(crate) fn actor_of(certificate: &CertificateDer<'_>) -> Option<Actor> {
    let parsed = ParsedCertificate::try_from(certificate).ok()?;
    Actor::ALL
        .into_iter()
        .find(|actor| bears(&parsed, client_name(*actor)))
}

/// Asks webpki whether the certificate is ours, then whether its actor may come in here.
#[derive(Debug)]
pub(super) struct PeerVerifier {
    webpki: Arc<dyn ClientCertVerifier>,
    peers: Peers,
}

impl PeerVerifier {
    pub(super) fn new(root_pem: &str, peers: Peers) -> Result<Self, TlsError> {
        let roots = Arc::new(roots(root_pem.as_bytes())?);
        let webpki = WebPkiClientVerifier::builder_with_provider(roots, provider())
            .build()
            .map_err(|error| TlsError::Authority(error.to_string()))?;
        Ok(Self { webpki, peers })
    }
}

impl ClientCertVerifier for PeerVerifier {
    fn client_auth_mandatory(&self) -> bool {
        matches!(self.peers, Peers::Required(_))
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        match self.peers {
            // Clients show only what one of the named authorities has issued: none is named.
            Peers::Shown => &[],
            _ => self.webpki.root_hint_subjects(),
        }
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if self.peers == Peers::Shown && actor_of(end_entity).is_none() {
            return Ok(ClientCertVerified::assertion());
        }
        let verified = self
            .webpki
            .verify_client_cert(end_entity, intermediates, now)?;
        let Some(actor) = actor_of(end_entity) else {
            return Err(CertificateError::ApplicationVerificationFailure.into());
        };
        match &self.peers {
            Peers::Required(actors) if !actors.contains(&actor) => {
                tracing::warn!(peer = %actor, "an actor that has no business at this door");
                Err(CertificateError::ApplicationVerificationFailure.into())
            }
            _ => Ok(verified),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}
