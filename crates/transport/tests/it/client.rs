//! The HTTP client against servers that misbehave.

use std::time::Duration;

use qaqpa_transport::{ClientLimits, HttpClient, HttpError};
use wiremock::matchers::{body_bytes, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let server = MockServer::start().await;
    Mock::given(path("/"))
        .respond_with(ResponseTemplate::new(302).insert_header("location", "/secret"))
        .mount(&server)
        .await;
    Mock::given(path("/secret"))
        .respond_with(ResponseTemplate::new(200))
        .expect(0)
        .mount(&server)
        .await;
    let client = HttpClient::plain(ClientLimits::default());
    let answer = client.get(&server.uri()).await.unwrap();
    assert_eq!(answer.status, 302);
    assert_eq!(answer.header("location"), Some("/secret"));
}

#[tokio::test]
async fn an_answer_of_the_limit_is_read_and_one_byte_more_is_not() {
    let server = MockServer::start().await;
    for (name, length) in [("/fits", 1000), ("/long", 1001)] {
        Mock::given(path(name))
            .respond_with(ResponseTemplate::new(200).set_body_bytes(vec![0; length]))
            .mount(&server)
            .await;
    }
    let client = HttpClient::plain(ClientLimits {
        answer_bytes_max: 1000,
        ..ClientLimits::default()
    });
    let ask = |name: &str| {
        let url = format!("{}{name}", server.uri());
        let client = client.clone();
        async move { client.get(&url).await.map(|answer| answer.body.len()) }
    };
    assert_eq!(ask("/fits").await, Ok(1000));
    assert_eq!(
        ask("/long").await,
        Err(HttpError::AnswerTooLarge { bytes_max: 1000 })
    );
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_a_timeout() {
    let server = MockServer::start().await;
    Mock::given(path("/"))
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(30)))
        .mount(&server)
        .await;
    let client = HttpClient::plain(ClientLimits {
        seconds_max: 1,
        ..ClientLimits::default()
    });
    assert_eq!(
        client.get(&server.uri()).await,
        Err(HttpError::Timeout { seconds: 1 })
    );
}

#[tokio::test]
async fn a_post_carries_its_type_and_bytes() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(header("content-type", "application/ocsp-request"))
        .and(body_bytes(b"\x30\x03"))
        .respond_with(ResponseTemplate::new(200).set_body_string("ok"))
        .mount(&server)
        .await;
    let client = HttpClient::plain(ClientLimits::default());
    let answer = client
        .post(&server.uri(), "application/ocsp-request", &b"\x30\x03"[..])
        .await
        .unwrap();
    assert_eq!(
        (answer.status.as_u16(), answer.text()),
        (200, "ok".to_owned())
    );
}

#[tokio::test]
async fn nobody_at_the_port_is_a_network_error() {
    let client = HttpClient::plain(ClientLimits::default());
    // Bound and dropped: a port where nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let answer = client.get(&format!("http://127.0.0.1:{port}/")).await;
    assert!(
        matches!(&answer, Err(HttpError::Unconnected(why)) if why.contains("refused")),
        "{answer:?}"
    );
}
