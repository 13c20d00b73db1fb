//! The client believes only the answer of the system that it called, about the message that it sent.

use std::path::Path;
use std::sync::{Arc, Mutex};

use qaqpa_channel::answer::fault_of;
use qaqpa_channel::envelope::xml_limits;
use qaqpa_channel::{Answers, ChannelClient, Refused, Rejection, SendError, SystemKeys};
use qaqpa_model::{Limits, MessageId, Moment, RefusalLabel, SenderId};
use qaqpa_transport::{ClientLimits, Clock, HttpClient};
use qaqpa_wire::{BusinessData, SendMessageRequest, StatusCode};
use qaqpa_xml::Document;
use qaqpa_xmldsig::{WsseKeyInfo, sign_wsse};
use tempfile::TempDir;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::method};

use crate::authority::{Authority, Signatory};

fn noon() -> Moment {
    Moment::parse("2026-11-22T12:00:00+05:00").unwrap()
}

struct Stand {
    dir: TempDir,
    authority: Authority,
    server: MockServer,
    client: ChannelClient,
    received: Arc<Mutex<Vec<Vec<u8>>>>,
}

fn request() -> SendMessageRequest {
    SendMessageRequest {
        message_id: MessageId::parse("{3f2504e0-4f89-41d3-9a0c-0305e82c3301}").unwrap(),
        correlation_id: None,
        service_id: "s".to_owned(),
        message_date: noon(),
        route_id: None,
        sender: None,
        properties: Vec::new(),
        session_id: None,
        data: BusinessData::new(b"<a/>".to_vec()),
    }
}

fn client_of(dir: &Path, id: &str) -> ChannelClient {
    ChannelClient::new(
        HttpClient::plain(ClientLimits::default()),
        SystemKeys::new(dir, id),
        Limits::default(),
    )
}

impl Stand {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::start(dir.path(), &Clock::at(noon())).await;
        let client = client_of(dir.path(), "system-portal");
        Self {
            dir,
            authority,
            server: MockServer::start().await,
            client,
            received: Arc::default(),
        }
    }

    /// What the client makes of this answer.
    async fn answered(&self, status: u16, body: Vec<u8>) -> Result<StatusCode, SendError> {
        self.server.reset().await;
        let received = Arc::clone(&self.received);
        Mock::given(method("POST"))
            .respond_with(move |request: &Request| {
                received.lock().unwrap().push(request.body.clone());
                ResponseTemplate::new(status).set_body_bytes(body.clone())
            })
            .mount(&self.server)
            .await;
        self.client
            .send(
                &self.server.uri(),
                &SenderId::parse("gateway").unwrap(),
                &request(),
            )
            .await
            .map(|sent| sent.response.status)
    }

    fn signed(&self, unsigned: &[u8], by: &str) -> Vec<u8> {
        let signatory = self.authority.signatory(by);
        sign(unsigned, signatory, WsseKeyInfo::KeyIdentifier)
    }
}

fn sign(unsigned: &[u8], by: &Signatory, key_info: WsseKeyInfo) -> Vec<u8> {
    let limits = xml_limits(&Limits::default());
    sign_wsse(unsigned, &by.signer(), key_info, "seed", &limits).unwrap()
}

fn acknowledgement(request: &SendMessageRequest) -> Vec<u8> {
    Answers::acknowledgement(request, "{3f2504e0-4f89-41d3-9a0c-0305e82c3303}", noon())
}

fn unbelievable(result: Result<StatusCode, SendError>) -> String {
    match result {
        Err(error @ SendError::Answer { .. }) => {
            assert!(error.is_transient());
            error.to_string()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_gateways_signed_acknowledgement_is_believed_in_both_forms() {
    let stand = Stand::new().await;
    let unsigned = acknowledgement(&request());
    let gateway = stand.authority.signatory("system-gateway");
    let by_serial = WsseKeyInfo::IssuerSerial {
        issuer_name: gateway.certificate.issuer_name(),
        serial_decimal: gateway.certificate.serial_decimal(),
    };
    for key_info in [by_serial, WsseKeyInfo::KeyIdentifier] {
        let body = sign(&unsigned, gateway, key_info);
        assert_eq!(stand.answered(200, body).await, Ok(StatusCode::Success));
    }
    let answers = Answers::new(
        SystemKeys::new(stand.dir.path(), "system-gateway"),
        Limits::default(),
    );
    let answer = answers.acknowledge(&unsigned).await.unwrap();
    assert_eq!(answers.acknowledge(&unsigned).await.unwrap(), answer);
    assert_eq!(
        stand.answered(200, answer.body).await,
        Ok(StatusCode::Success)
    );
}

#[tokio::test]
async fn what_is_sent_names_the_sender_and_is_the_same_at_every_attempt() {
    let stand = Stand::new().await;
    let body = stand.signed(&acknowledgement(&request()), "system-gateway");
    for _ in 0..2 {
        stand.answered(200, body.clone()).await.unwrap();
    }
    let received = stand.received.lock().unwrap().clone();
    assert_eq!(received[0], received[1]);
    let document = Document::parse(&received[0], &xml_limits(&Limits::default())).unwrap();
    let sent = SendMessageRequest::read(&document).unwrap();
    let sender = sent.sender.clone().unwrap();
    assert_eq!(sender.id.as_str(), "portal");
    assert_eq!(sender.password.as_deref(), Some("password-of-portal"));
    assert_eq!(sent.message_id, request().message_id);
}

#[tokio::test]
async fn an_answer_that_another_signed_or_nobody_or_that_was_changed_is_not_believed() {
    let stand = Stand::new().await;
    let unsigned = acknowledgement(&request());
    let why = unbelievable(stand.answered(200, unsigned.clone()).await);
    assert!(why.contains("there is no signature"), "{why}");
    let by_another = stand.signed(&unsigned, "system-integrator-1");
    let why = unbelievable(stand.answered(200, by_another).await);
    assert!(why.contains("names another certificate"), "{why}");
    let gateway = stand.authority.signatory("system-gateway");
    let pretending = Signatory {
        key: stand.authority.signatory("system-integrator-1").key.clone(),
        certificate: gateway.certificate.clone(),
    };
    let why = unbelievable(
        stand
            .answered(
                200,
                sign(&unsigned, &pretending, WsseKeyInfo::KeyIdentifier),
            )
            .await,
    );
    assert!(why.contains("HTTP 200 OK: "), "{why}");
    let good = String::from_utf8(stand.signed(&unsigned, "system-gateway")).unwrap();
    let changed = good.replace("12:00:00", "12:00:01");
    assert_ne!(changed, good);
    unbelievable(stand.answered(200, changed.into_bytes()).await);
}

#[tokio::test]
async fn an_answer_about_another_message_or_without_success_is_no_acknowledgement() {
    let stand = Stand::new().await;
    let mut other = request();
    other.message_id = MessageId::parse("other").unwrap();
    let body = stand.signed(&acknowledgement(&other), "system-gateway");
    let why = unbelievable(stand.answered(200, body).await);
    assert!(why.contains("about another message"), "{why}");
    let text = String::from_utf8(acknowledgement(&request())).unwrap();
    let body = stand.signed(
        text.replace("SCSS001", "SCSE001").as_bytes(),
        "system-gateway",
    );
    let why = unbelievable(stand.answered(200, body).await);
    assert!(why.contains("the status is SCSE001"), "{why}");
}

#[tokio::test]
async fn rubbish_is_not_believed_and_never_panics() {
    let stand = Stand::new().await;
    for body in [
        &b""[..],
        b"<a/>",
        b"<html>captive</html>",
        &[0xff, 0xfe, 0x00],
    ] {
        unbelievable(stand.answered(200, body.to_vec()).await);
    }
}

#[tokio::test]
async fn a_signed_refusal_is_final_and_an_unsigned_one_is_not_believed() {
    let stand = Stand::new().await;
    let refused = Refused::new(RefusalLabel::CertificateRevoked, "revoked at noon");
    let fault = fault_of(&refused.into(), "{x}", noon()).write();
    let why = unbelievable(stand.answered(500, fault.clone()).await);
    assert!(why.contains("there is no signature"), "{why}");
    let body = stand.signed(&fault, "system-gateway");
    let error = stand.answered(500, body).await.unwrap_err();
    assert!(!error.is_transient());
    assert_eq!(error.label(), Some(RefusalLabel::CertificateRevoked));
    assert_eq!(
        error.to_string(),
        "refused: certificate-revoked: The certificate is revoked. revoked at noon"
    );
}

#[tokio::test]
async fn a_fault_of_the_other_side_and_undecided_revocation_are_tried_again() {
    let stand = Stand::new().await;
    let undecided = Refused::new(RefusalLabel::RevocationUnknown, "OCSP is down");
    for rejection in [Rejection::faulted("disk"), undecided.into()] {
        let body = stand.signed(
            &fault_of(&rejection, "{x}", noon()).write(),
            "system-gateway",
        );
        let error = stand.answered(500, body).await.unwrap_err();
        assert!(matches!(error, SendError::Unavailable { .. }), "{error:?}");
        assert!(error.is_transient());
        assert_eq!(error.label(), rejection.label());
    }
}

#[tokio::test]
async fn nobody_there_is_tried_again() {
    let stand = Stand::new().await;
    let error = stand
        .client
        .send(
            "http://127.0.0.1:1/",
            &SenderId::parse("gateway").unwrap(),
            &request(),
        )
        .await
        .unwrap_err();
    assert!(matches!(error, SendError::Unreachable(_)), "{error:?}");
    assert!(error.is_transient());
}

#[tokio::test]
async fn a_system_that_the_authority_did_not_make_cannot_send_yet() {
    let stand = Stand::new().await;
    let nobody = client_of(stand.dir.path(), "system-nobody");
    let error = nobody.sign(&request()).await.unwrap_err();
    assert_eq!(error.to_string(), "the authority has made no system-nobody");
    assert!(error.is_transient());
}
