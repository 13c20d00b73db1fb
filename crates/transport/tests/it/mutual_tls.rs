//! Who may come in where, proven by certificates of the simulator's own TLS authority.

use axum::Router;
use axum::routing::get;
use qaqpa_model::{Actor, Limits};
use qaqpa_transport::{
    ClientLimits, ClientTls, HttpClient, HttpError, ListenLimits, Listener, PeerActor, Peers,
    Shutdown, TlsAuthority,
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
        get(|PeerActor(peer): PeerActor| async move {
            peer.map_or("nobody".to_owned(), |actor| actor.to_string())
        }),
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
    let answer = stand.ask(&other.client(None).unwrap()).await;
    refused_by_alert(&answer, "UnknownIssuer");
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
