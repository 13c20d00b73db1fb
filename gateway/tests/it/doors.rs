//! The doors: descriptions, the channel that is not offered, slow and cut requests, the control port.

use std::sync::Arc;
use std::time::Duration;

use qaqpa_gateway::Config;
use qaqpa_model::{Limits, RefusalLabel as L};
use qaqpa_transport::paths;
use qaqpa_xml::{Document, XmlLimits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use crate::messages::{SERVICE, valid};
use crate::stand::{Stand, eventually};

#[tokio::test]
async fn wsdl_and_schemas_are_served_where_they_say() {
    let stand = Stand::start().await;
    let base = stand.gateway.address("base").unwrap();
    let sync = stand.sync().to_owned();
    let later = stand.gateway.address("async").unwrap();
    let push = stand.gateway.address("push-description").unwrap();
    for (address, port) in [
        (later, later),
        (push, "https://localhost/your-own-endpoint/"),
    ] {
        let wsdl = stand.get(&format!("{address}?wsdl")).await.text();
        let expected = format!(r#"<soap:address location="{port}"/>"#);
        assert!(wsdl.contains(&expected), "{wsdl}");
    }
    let wsdl = stand.get(&format!("{sync}?wsdl")).await;
    assert_eq!(wsdl.status, 200);
    assert_eq!(wsdl.header("content-type"), Some("text/xml; charset=utf-8"));
    assert!(
        wsdl.text()
            .contains(&format!(r#"<soap:address location="{sync}"/>"#))
    );
    for url in [
        format!("{sync}?wsdl=ISyncChannel"),
        format!("{sync}?xsd=types"),
        format!("{later}?wsdl"),
        format!("{later}?wsdl=IAsyncChannel"),
        format!("{later}?xsd=types"),
        format!("{later}?xsd=itypes"),
        format!("{later}?xsd=common"),
        format!("{push}?wsdl"),
        format!("{push}?wsdl=IAsyncChannelClient"),
        format!("{push}?xsd=client-types"),
        format!("{base}/xsd/{SERVICE}.xsd"),
        format!("{base}/xsd/result.xsd"),
        format!("{base}/xsd/status.xsd"),
        format!("{base}/xsd/register.xsd"),
    ] {
        let answer = stand.get(&url).await;
        assert_eq!(answer.status, 200, "{url}");
        Document::parse(&answer.body, &XmlLimits::default()).unwrap();
    }
    for url in [
        format!("{base}/xsd/no-such@act.xsd"),
        format!("{base}/xsd/..%2Fresult.xsd"),
        format!("{base}/nothing"),
    ] {
        assert_eq!(stand.get(&url).await.status, 404, "{url}");
    }
    for channel in [sync.as_str(), later] {
        assert_eq!(stand.get(channel).await.status, 405);
    }
    assert_eq!(stand.get(push).await.status, 404);
    let health = stand.get(&format!("{base}/health")).await;
    assert_eq!(health.status, 200);
    assert!(health.text().contains("TEST"));
}

#[tokio::test]
async fn a_request_of_another_media_type_or_action_is_refused() {
    let stand = Stand::start().await;
    let (_, envelope) = valid(&stand.authority);
    let client = crate::stand::client(stand.dir.path(), None);
    for (content_type, action, label) in [
        ("application/json", "", L::EnvelopeMalformed),
        ("text/xml; charset=utf-16", "", L::XmlMalformed),
        ("text/xml", "\"getMessages\"", L::EnvelopeMalformed),
    ] {
        let request = http::Request::post(stand.sync())
            .header("content-type", content_type)
            .header("soapaction", action)
            .body(bytes::Bytes::from(envelope.clone()))
            .unwrap();
        let answer = client.request(request).await.unwrap();
        assert_eq!(
            answer.header("x-qaqpa-label"),
            Some(label.as_str()),
            "{content_type} {action}"
        );
    }
    let request = http::Request::post(stand.sync())
        .header("content-type", "application/xml")
        .header("soapaction", "SendMessage")
        .body(bytes::Bytes::from(envelope))
        .unwrap();
    assert_eq!(client.request(request).await.unwrap().status, 200);
}

/// A TLS connection that is not an HTTP client.
pub(crate) async fn connect(stand: &Stand) -> TlsStream<tokio::net::TcpStream> {
    let pem = std::fs::read(paths::trust_tls(stand.dir.path())).unwrap();
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = stand
        .gateway
        .address("base")
        .unwrap()
        .strip_prefix("https://")
        .unwrap();
    let tcp = tokio::net::TcpStream::connect(address).await.unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(ServerName::try_from("localhost").unwrap(), tcp)
        .await
        .unwrap()
}

pub(crate) fn head(length: usize) -> String {
    format!(
        "POST /bip-sync-wss-gost/ HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/xml\r\ncontent-length: {length}\r\n\r\n"
    )
}

#[tokio::test]
async fn a_slow_request_gets_its_label_and_a_cut_one_changes_nothing() {
    let limits = Limits {
        request_seconds_max: 1,
        ..Limits::default()
    };
    let stand = Stand::start_with(Config::default(), limits).await;
    let (_, envelope) = valid(&stand.authority);

    let mut slow = connect(&stand).await;
    slow.write_all(head(envelope.len()).as_bytes())
        .await
        .unwrap();
    slow.write_all(&envelope[..100]).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(10), slow.read_to_end(&mut answer))
        .await
        .unwrap()
        .ok();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(
        answer.contains("x-qaqpa-label: request-timeout"),
        "{answer}"
    );
    assert!(answer.contains("label=request-timeout"), "{answer}");

    let mut cut = connect(&stand).await;
    cut.write_all(head(envelope.len()).as_bytes())
        .await
        .unwrap();
    cut.write_all(&envelope[..envelope.len() - 1])
        .await
        .unwrap();
    drop(cut);

    eventually("the journal's entry", async || {
        let journal = stand.control("/journal?kind=refused-at-the-door").await;
        journal
            .as_array()
            .unwrap()
            .iter()
            .any(|entry| entry["label"] == "request-timeout")
            .then_some(())
    })
    .await;
    assert_eq!(
        stand.control("/journal?kind=accepted").await,
        serde_json::json!([])
    );
    assert_eq!(stand.control("/outbox").await, serde_json::json!([]));
    stand.post(envelope).await.acknowledgement();
}

#[tokio::test]
async fn the_clock_can_be_set_and_setting_it_back_is_marked() {
    let stand = Stand::start().await;
    let control =
        qaqpa_transport::ControlClient::of(stand.dir.path(), qaqpa_model::Actor::Gateway).unwrap();
    let offset = stand.clock.offset_ms();
    control.set_clock(offset + 60_000).await.unwrap();
    control.set_clock(offset).await.unwrap();
    let kinds: Vec<_> = stand
        .control("/journal")
        .await
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["clock-set-back", "clock-set"]);
    let pem = std::fs::read_to_string(paths::trust_gateway(stand.dir.path())).unwrap();
    assert_eq!(
        pem,
        stand
            .authority
            .signatory("system-gateway")
            .certificate
            .to_pem()
    );
}
