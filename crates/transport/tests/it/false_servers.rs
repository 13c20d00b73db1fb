//! Servers that are not who is called: our client breaks the handshake off, and sends nothing. (P08)

use std::sync::Arc;

use qaqpa_transport::{ClientLimits, ClientTls, HttpClient, HttpError};
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// An authority that the client trusts.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2045, 1, 1);
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::from_ca_cert_pem(&pem, key).unwrap(),
            pem,
        }
    }

    /// A server's identity that is right.
    fn server(&self) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::IpAddress([127, 0, 0, 1].into())];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2045, 1, 1);
        params
    }

    fn accept(&self, params: &CertificateParams) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// What the client says of a server with this identity, and what the server has read of it.
async fn meet(authority: &Authority, params: &CertificateParams) -> (String, Vec<u8>) {
    let acceptor = authority.accept(params);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.unwrap();
        let mut read = vec![0; 64];
        match acceptor.accept(tcp).await {
            Ok(mut tls) => {
                let bytes = tls.read(&mut read).await.unwrap_or(0);
                read.truncate(bytes);
            }
            Err(_) => read.clear(),
        }
        read
    });
    let tls = ClientTls::trusting_pem(authority.pem.as_bytes()).unwrap();
    let client = HttpClient::new(&tls, ClientLimits::default());
    let error = match client.get(&url).await.unwrap_err() {
        HttpError::Network(why) => why,
        other => format!("{other:?}"),
    };
    (error, server.await.unwrap())
}

#[tokio::test]
async fn an_expired_a_future_a_borrowed_and_a_clients_certificate_are_no_servers_and_are_told_nothing()
 {
    let authority = Authority::new();
    let right = authority.server();
    let mut expired = right.clone();
    expired.not_after = date_time_ymd(2026, 1, 1);
    let mut future = right.clone();
    future.not_before = date_time_ymd(2044, 1, 1);
    let mut borrowed = right.clone();
    borrowed.subject_alt_names = vec![SanType::DnsName("gateway.example".try_into().unwrap())];
    let mut of_a_client = right.clone();
    of_a_client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    for (name, params, told) in [
        ("expired", expired, "certificate expired"),
        ("future", future, "certificate not valid yet"),
        ("borrowed", borrowed, "certificate not valid for name"),
        (
            "of a client",
            of_a_client,
            "certificate does not allow extended key usage",
        ),
    ] {
        let (why, read) = meet(&authority, &params).await;
        assert!(why.contains(told), "{name}: {why}");
        assert_eq!(read, b"", "{name}");
    }
    // The right one is told everything; this server answers nothing.
    let (_, read) = meet(&authority, &right).await;
    assert!(read.starts_with(b"GET / HTTP/1.1\r\n"), "{read:?}");
}
