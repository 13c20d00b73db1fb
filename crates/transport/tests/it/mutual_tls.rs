//! Who may come in where, proven by certificates of the simulator's own TLS authority.

use axum::Router;
use axum::routing::get;
use qaqpa_model::{Actor, ActorName, Limits};
use qaqpa_transport::{
    ClientLimits, ClientTls, HttpClient, HttpError, ListenLimits, Listener, PeerActor,
    PeerCertificate, PeerIdentity, Peers, Shutdown, TlsAuthority,
};
use tempfile::TempDir;

struct Stand {
    _dir: TempDir,
    authority: TlsAuthority,
    url: String,
}

async fn stand(peers: Peers) -> Stand {
    let dir = tempfile::tempdir().unwrap();
    let authority = TlsAuthority::open_or_create(dir.path()).unwrap();
    let router = Router::new().route(
        "/",
        get(
            |PeerActor(peer): PeerActor, PeerCertificate(shown): PeerCertificate| async move {
                match (peer, shown) {
                    (Some(actor), _) => actor.to_string(),
                    (None, Some(shown)) => format!("nobody, who shows {} bytes", shown.len()),
                    (None, None) => "nobody".to_owned(),
                }
            },
        ),
    );
    let listener = Listener::bind(0).await.unwrap();
    let url = format!("{}/", listener.https());
    let security = authority.server(Actor::Portal, peers).unwrap();
    let limits = ListenLimits::from(&Limits::default());
    tokio::spawn(listener.serve(router, security, limits, Shutdown::new()));
    Stand {
        _dir: dir,
        authority,
        url,
    }
}

impl Stand {
    async fn ask(&self, tls: &ClientTls) -> Result<String, HttpError> {
        let client = HttpClient::new(tls, ClientLimits::default());
        client.get(&self.url).await.map(|answer| answer.text())
    }

    async fn ask_as(&self, actor: Option<Actor>) -> Result<String, HttpError> {
        self.ask(&self.authority.client(actor).unwrap()).await
    }
}

fn refused_by_alert(answer: &Result<String, HttpError>, alert: &str) {
    assert!(
        matches!(answer, Err(HttpError::Network(why)) if why.contains(alert)),
        "{answer:?}"
    );
}

#[tokio::test]
async fn the_gateway_comes_in_where_the_gateway_is_asked_for() {
    let stand = stand(Peers::Required(vec![Actor::Gateway])).await;
    assert_eq!(
        stand.ask_as(Some(Actor::Gateway)).await.as_deref(),
        Ok("gateway")
    );
}

#[tokio::test]
async fn the_wrong_actor_is_refused_in_the_handshake() {
    let stand = stand(Peers::Required(vec![Actor::Gateway])).await;
    for actor in [
        Actor::Portal,
        Actor::RegionalGateway,
        Actor::Nca,
        Actor::Console,
    ] {
        refused_by_alert(&stand.ask_as(Some(actor)).await, "AccessDenied");
    }
}

#[tokio::test]
async fn nobody_is_refused_where_an_actor_is_asked_for() {
    let stand = stand(Peers::Required(vec![Actor::Gateway])).await;
    refused_by_alert(&stand.ask_as(None).await, "CertificateRequired");
}

#[tokio::test]
async fn an_optional_door_lets_anybody_in_and_knows_actors() {
    let stand = stand(Peers::Optional).await;
    assert_eq!(stand.ask_as(None).await.as_deref(), Ok("nobody"));
    assert_eq!(
        stand.ask_as(Some(Actor::RegionalGateway)).await.as_deref(),
        Ok("regional-gateway")
    );
}

/// A certificate that nobody has vouched for, in this name: the client's side of TLS, and the certificate.
fn self_made(stand: &Stand, name: &str) -> (ClientTls, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let root = stand.authority.root_pem().as_bytes();
    let key = made.signing_key.serialize_der();
    let tls = ClientTls::showing(root, made.cert.der(), &key).unwrap();
    (tls, made.cert.der().to_vec())
}

#[tokio::test]
async fn a_door_that_is_shown_certificates_tells_strangers_from_actors_and_lets_no_name_be_borrowed()
 {
    let stand = stand(Peers::Shown).await;
    assert_eq!(stand.ask_as(None).await.as_deref(), Ok("nobody"));
    assert_eq!(
        stand.ask_as(Some(Actor::Portal)).await.as_deref(),
        Ok("portal")
    );
    let (tls, certificate) = self_made(&stand, "clinic.example");
    let answer = stand.ask(&tls).await;
    let expected = format!("nobody, who shows {} bytes", certificate.len());
    assert_eq!(answer.as_deref(), Ok(expected.as_str()));
    // An actor's name in a certificate of one's own making.
    let (tls, _) = self_made(&stand, "portal.actor.qaqpa.test");
    refused_by_alert(&stand.ask(&tls).await, "UnknownCA");
}

#[tokio::test]
async fn several_of_a_kind_are_let_in_as_one_and_told_apart_by_their_names() {
    let dir = tempfile::tempdir().unwrap();
    let authority = TlsAuthority::open_or_create(dir.path()).unwrap();
    let named = |name: &str| ActorName::parse(name).unwrap();
    let names = [
        "regional-gateway",
        "regional-gateway.taraz",
        "regional-gateway.taraz-",
        "regional-gateway.0",
    ]
    .map(named);
    let all = names.clone();
    let tell = move |PeerActor(peer): PeerActor, identity: PeerIdentity| async move {
        let is: Vec<String> = all
            .iter()
            .filter(|name| identity.is(name))
            .map(ToString::to_string)
            .collect();
        format!("{} {}", peer.map_or("nobody", Actor::name), is.join(" "))
    };
    let listener = Listener::bind(0).await.unwrap();
    let url = format!("{}/", listener.https());
    let security = authority.server(Actor::Gateway, Peers::Shown).unwrap();
    let limits = ListenLimits::from(&Limits::default());
    let router = Router::new().route("/", get(tell));
    tokio::spawn(listener.serve(router, security, limits, Shutdown::new()));
    let ask = async |tls: &ClientTls| {
        let client = HttpClient::new(tls, ClientLimits::default());
        client.get(&url).await.map(|answer| answer.text()).unwrap()
    };
    for name in &names {
        let answer = ask(&authority.client_named(name).unwrap()).await;
        assert_eq!(answer, format!("regional-gateway {name}"));
    }
    assert_eq!(ask(&authority.client(None).unwrap()).await, "nobody ");
    // A stranger who has put the name of a branch into a certificate of his own is a stranger.
    let name = "b-taraz-b.regional-gateway.name.qaqpa.test".to_owned();
    let made = rcgen::generate_simple_self_signed(vec![name]).unwrap();
    let key = made.signing_key.serialize_der();
    let root = authority.root_pem().as_bytes();
    let tls = ClientTls::showing(root, made.cert.der(), &key).unwrap();
    assert_eq!(ask(&tls).await, "nobody ");
}

#[tokio::test]
async fn a_public_door_asks_nobody() {
    let stand = stand(Peers::None).await;
    assert_eq!(stand.ask_as(None).await.as_deref(), Ok("nobody"));
    assert_eq!(
        stand.ask_as(Some(Actor::Gateway)).await.as_deref(),
        Ok("nobody")
    );
}

#[tokio::test]
async fn a_client_of_another_simulator_does_not_trust_this_one() {
    let stand = stand(Peers::Optional).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let other = TlsAuthority::open_or_create(elsewhere.path()).unwrap();
    // It breaks the handshake off itself: nothing was sent.
    let answer = stand.ask(&other.client(None).unwrap()).await;
    assert!(
        matches!(&answer, Err(HttpError::Unconnected(why)) if why.contains("UnknownIssuer")),
        "{answer:?}"
    );
}

#[tokio::test]
async fn tls_1_2_and_1_3_are_spoken_and_nothing_older() {
    use rustls::pki_types::ServerName;
    let stand = stand(Peers::None).await;
    let address = stand.url["https://".len()..]
        .trim_end_matches('/')
        .to_owned();
    let mut roots = rustls::RootCertStore::empty();
    for certificate in
        rustls::pki_types::pem::PemObject::pem_slice_iter(stand.authority.root_pem().as_bytes())
    {
        roots.add(Result::unwrap(certificate)).unwrap();
    }
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let config = rustls::ClientConfig::builder_with_provider(provider.into())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots.clone())
            .with_no_client_auth();
        let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
        let stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = connector.connect(name, stream).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
    }
}
