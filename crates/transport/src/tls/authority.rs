//! Making the authority, and leaves for servers and clients.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use qaqpa_model::{Actor, ActorName};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::client::ClientTls;
use super::peer::{PeerVerifier, Peers, client_name, own_name};
use super::{TlsError, VERSIONS, provider};
use crate::clock::real_unix_ms;
use crate::files::{self, FileLock};
use crate::listener::Security;
use crate::paths;
use crate::random::random_hex;

/// A leaf lives so long, in real time; every start makes a new one.
const LEAF_DAYS: u64 = 397;
const DAY: Duration = Duration::from_secs(86_400);

/// The TLS authority of one simulator. Clones share the key.
#[derive(Clone)]
pub struct TlsAuthority {
    issuer: Arc<Issuer<'static, KeyPair>>,
    root_pem: Arc<str>,
    /// How servers are called beside this machine's own names.
    names: Arc<[SanType]>,
}

impl TlsAuthority {
    /// Reads the authority from `DIR/tls`, or makes it: whoever comes first, under a lock. Blocks.
    ///
    /// Writes its root to `DIR/trust/tls.pem`.
    ///
    /// # Errors
    /// [`TlsError::File`], [`TlsError::Authority`] where the stored files cannot be read.
    pub fn open_or_create(dir: &Path) -> Result<Self, TlsError> {
        let folder = paths::tls(dir);
        let _lock = FileLock::wait(&folder.join("lock"))?;
        let (key_file, root_file) = (folder.join("ca.key.pem"), folder.join("ca.pem"));
        let stored = (
            files::read_if_there(&key_file)?,
            files::read_if_there(&root_file)?,
        );
        let (key, root_pem) = match stored {
            (Some(key), Some(root)) => {
                let text = |bytes| {
                    String::from_utf8(bytes).map_err(|error| TlsError::Authority(error.to_string()))
                };
                (KeyPair::from_pem(&text(key)?)?, text(root)?)
            }
            _ => {
                let (key, root_pem) = make_root()?;
                files::write_private(&key_file, key.serialize_pem().as_bytes())?;
                files::write_private(&root_file, root_pem.as_bytes())?;
                (key, root_pem)
            }
        };
        let trust = paths::trust_tls(dir);
        if files::read_if_there(&trust)?.as_deref() != Some(root_pem.as_bytes()) {
            files::write_private(&trust, root_pem.as_bytes())?;
        }
        Ok(Self {
            issuer: Arc::new(Issuer::from_ca_cert_pem(&root_pem, key)?),
            root_pem: root_pem.into(),
            names: Arc::new([]),
        })
    }

    /// The same, whose servers are called by these hosts, too: names and addresses of this machine.
    ///
    /// # Errors
    /// [`TlsError::Authority`] where a host cannot stand in a certificate.
    pub fn naming(self, hosts: &[String]) -> Result<Self, TlsError> {
        let name = |host: &String| match host.parse() {
            Ok(address) => Ok(SanType::IpAddress(address)),
            Err(_) => Ok::<_, TlsError>(SanType::DnsName(host.as_str().try_into()?)),
        };
        let names: Result<Vec<_>, TlsError> = hosts.iter().map(name).collect();
        Ok(Self {
            names: names?.into(),
            ..self
        })
    }

    /// The root as PEM: what clients trust.
    #[must_use]
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// A server's identity for `localhost`, `127.0.0.1`, `::1` and what else it is called, and whom it lets in.
    ///
    /// # Errors
    /// [`TlsError::Authority`], [`TlsError::Config`].
    pub fn server(&self, actor: Actor, peers: Peers) -> Result<Security, TlsError> {
        let mut names = vec![
            SanType::DnsName("localhost".try_into()?),
            SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        ];
        for name in self.names.iter() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        let (chain, key) = self.leaf(actor, names, ExtendedKeyUsagePurpose::ServerAuth)?;
        let builder =
            ServerConfig::builder_with_provider(provider()).with_protocol_versions(VERSIONS)?;
        let builder = match peers {
            Peers::None => builder.with_no_client_auth(),
            peers => builder
                .with_client_cert_verifier(Arc::new(PeerVerifier::new(&self.root_pem, peers)?)),
        };
        let mut config = builder.with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Security::Tls(Arc::new(config)))
    }

    /// A client that trusts this authority, and says who it is if it is an actor: the one of its kind without a name.
    ///
    /// # Errors
    /// [`TlsError::Authority`], [`TlsError::Config`].
    pub fn client(&self, actor: Option<Actor>) -> Result<ClientTls, TlsError> {
        match actor {
            None => ClientTls::new(self.root_pem.as_bytes(), None),
            Some(actor) => self.client_named(&actor.into()),
        }
    }

    /// A client that trusts this authority and says which actor it is, also where there are several of its kind.
    ///
    /// # Errors
    /// [`TlsError::Authority`], [`TlsError::Config`].
    pub fn client_named(&self, name: &ActorName) -> Result<ClientTls, TlsError> {
        let names = vec![
            SanType::DnsName(client_name(name.actor()).try_into()?),
            SanType::DnsName(own_name(name).try_into()?),
        ];
        let identity = self.leaf(name.actor(), names, ExtendedKeyUsagePurpose::ClientAuth)?;
        ClientTls::new(self.root_pem.as_bytes(), Some(identity))
    }

    fn leaf(
        &self,
        actor: Actor,
        names: Vec<SanType>,
        usage: ExtendedKeyUsagePurpose,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, actor.name());
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Qaqpa TEST");
        params.subject_alt_names = names;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let now = Duration::from_millis(u64::try_from(real_unix_ms()).unwrap_or(0));
        let epoch = date_time_ymd(1970, 1, 1);
        // A day back: clocks of browsers in containers are not always right.
        params.not_before = epoch + now.saturating_sub(DAY);
        params.not_after = epoch + now + DAY * u32::try_from(LEAF_DAYS).unwrap_or(u32::MAX);
        let certificate = params.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Ok((vec![certificate.der().clone()], key))
    }
}

fn make_root() -> Result<(KeyPair, String), TlsError> {
    // Two simulators must not share the name: a client that trusts one would blame the other's signature.
    let id = random_hex::<4>();
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, format!("Qaqpa TEST TLS root {id}"));
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Qaqpa TEST");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2045, 1, 1);
    let root = params.self_signed(&key)?;
    Ok((key, root.pem()))
}

impl fmt::Debug for TlsAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsAuthority")
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use axum::Router;
    use axum::routing::get;
    use qaqpa_model::Limits;

    use super::*;
    use crate::{ClientLimits, HttpClient, HttpError, ListenLimits, Listener, Shutdown};

    /// A door of `authority` for any actor; what a client with this identity hears there.
    async fn ask(
        authority: &TlsAuthority,
        identity: (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>),
    ) -> Result<String, HttpError> {
        let peers = Peers::Required(Actor::ALL.to_vec());
        let security = authority.server(Actor::Gateway, peers).unwrap();
        let listener = Listener::bind(0).await.unwrap();
        let url = listener.https();
        let router = Router::new().route("/", get(|| async { "in" }));
        let limits = ListenLimits::from(&Limits::default());
        tokio::spawn(listener.serve(router, security, limits, Shutdown::new()));
        let tls = ClientTls::new(authority.root_pem().as_bytes(), Some(identity)).unwrap();
        let client = HttpClient::new(&tls, ClientLimits::default());
        client.get(&url).await.map(|answer| answer.text())
    }

    fn client_leaf(
        authority: &TlsAuthority,
        name: &str,
        usage: ExtendedKeyUsagePurpose,
    ) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let names = vec![SanType::DnsName(name.try_into().unwrap())];
        authority.leaf(Actor::Portal, names, usage).unwrap()
    }

    #[tokio::test]
    async fn only_our_own_client_certificates_of_actors_come_in() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let ours = TlsAuthority::open_or_create(here.path()).unwrap();
        let other = TlsAuthority::open_or_create(there.path()).unwrap();
        let name = client_name(Actor::Portal);
        let client = || ExtendedKeyUsagePurpose::ClientAuth;
        let good = client_leaf(&ours, &name, client());
        assert_eq!(ask(&ours, good).await.as_deref(), Ok("in"));
        for (identity, alert) in [
            (client_leaf(&other, &name, client()), "UnknownCA"),
            (
                client_leaf(&ours, &name, ExtendedKeyUsagePurpose::ServerAuth),
                "UnsupportedCertificate",
            ),
            (client_leaf(&ours, "localhost", client()), "AccessDenied"),
        ] {
            let answer = ask(&ours, identity).await;
            assert!(
                matches!(&answer, Err(HttpError::Network(why)) if why.contains(alert)),
                "{alert}: {answer:?}"
            );
        }
    }

    #[test]
    fn those_who_start_together_share_one_authority_whose_key_is_the_owners() {
        let dir = tempfile::tempdir().unwrap();
        let roots: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..5)
                .map(|_| scope.spawn(|| TlsAuthority::open_or_create(dir.path()).unwrap()))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap().root_pem().to_owned())
                .collect()
        });
        assert!(roots.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(
            std::fs::read_to_string(paths::trust_tls(dir.path())).unwrap(),
            roots[0]
        );
        let key = paths::tls(dir.path()).join("ca.key.pem");
        assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
