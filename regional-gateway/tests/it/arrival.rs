//! What the channel takes in, and what it turns away.

use qaqpa_channel::SendError;
use qaqpa_model::{Actor, RefusalLabel, ServiceAtAct};
use qaqpa_wire::SendMessageRequest;
use qaqpa_x509::RevocationReason;
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::sign_enveloped;

use crate::stand::{SERVICE, Stand, application, message_id};

async fn label(stand: &Stand, request: &SendMessageRequest) -> Option<RefusalLabel> {
    match stand.send(request).await {
        Ok(_) => None,
        Err(error) => Some(error.label().unwrap_or_else(|| panic!("{error}"))),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_gets_its_answer_and_no_second_card() {
    let stand = Stand::start().await;
    let request = stand.request(1, &application(SERVICE));
    let first = stand.send(&request).await.unwrap();
    let again = stand.send(&request).await.unwrap();
    assert_eq!(first.response, again.response);
    assert_eq!(stand.control("/cards").await.as_array().unwrap().len(), 1);
    assert_eq!(stand.way(&message_id(1)).await, ["process-6:done"]);

    let mut other = application(SERVICE);
    other.application_id = "a-2".to_owned();
    let reused = stand.request(1, &other);
    assert_eq!(
        label(&stand, &reused).await,
        Some(RefusalLabel::MessageIdReused)
    );
    let replayed = SendMessageRequest {
        message_id: message_id(2),
        ..request
    };
    assert_eq!(label(&stand, &replayed).await, Some(RefusalLabel::Replayed));
    assert_eq!(stand.control("/cards").await.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_examined_again_and_refused_with_its_label() {
    let stand = Stand::start().await;
    let good = application(SERVICE);
    let signed = stand.request(1, &good).data.bytes;
    let text = String::from_utf8(signed).unwrap();
    let with = |n, document: String| stand.request_with(n, &good.service, document.into_bytes());

    let altered = with(1, text.replacen("taraz", "merki", 1));
    assert_eq!(
        label(&stand, &altered).await,
        Some(RefusalLabel::ContentChanged)
    );
    let unsigned = with(2, String::from_utf8(good.to_xml()).unwrap());
    assert_eq!(
        label(&stand, &unsigned).await,
        Some(RefusalLabel::SignatureMissing)
    );
    let broken = with(3, text.replacen("</application>", "", 1));
    assert_eq!(
        label(&stand, &broken).await,
        Some(RefusalLabel::XmlMalformed)
    );

    let of_another = stand.authority.signatory("officer-1").signer();
    let document = sign_enveloped(&good.to_xml(), &of_another, &XmlLimits::default()).unwrap();
    let mismatch = stand.request_with(4, &good.service, document);
    assert_eq!(
        label(&stand, &mismatch).await,
        Some(RefusalLabel::IinMismatch)
    );

    let other = ServiceAtAct::parse("guardian-allowance@zhambyl-2019-23").unwrap();
    let document = stand.request(5, &good).data.bytes;
    let elsewhere = stand.request_with(5, &other, document);
    assert_eq!(
        label(&stand, &elsewhere).await,
        Some(RefusalLabel::ApplicationMalformed)
    );
    let mut on_paper = application(SERVICE);
    on_paper.channel = "provider-office".to_owned();
    let on_paper = stand.request(6, &on_paper);
    assert_eq!(
        label(&stand, &on_paper).await,
        Some(RefusalLabel::ServiceNotInSource)
    );

    let mut undated = stand.request(7, &good);
    undated.properties.clear();
    assert_eq!(
        label(&stand, &undated).await,
        Some(RefusalLabel::EnvelopeMalformed)
    );
    stand
        .authority
        .revoke("citizen-1", RevocationReason::KeyCompromise);
    let revoked = stand.request(9, &good);
    assert_eq!(
        label(&stand, &revoked).await,
        Some(RefusalLabel::CertificateRevoked)
    );

    assert_eq!(stand.control("/cards").await.as_array().unwrap().len(), 0);
    let journal = stand.control("/journal?kind=refused").await;
    assert_eq!(journal.as_array().unwrap().len(), 8, "each is journalled");
}

#[tokio::test]
async fn a_letter_that_was_judged_before_the_clock_was_set_back_is_judged_as_of_now() {
    let stand = Stand::start().await;
    let mut tomorrow = stand.request(1, &application(SERVICE));
    tomorrow.properties[0].value = "2026-11-21T12:00:00+05:00".to_owned();
    stand.send(&tomorrow).await.unwrap();
    assert_eq!(stand.control("/cards").await.as_array().unwrap().len(), 1);
    // As of now, and not as of then: what is revoked today is not accepted for tomorrow's sake.
    stand
        .authority
        .revoke("citizen-1", RevocationReason::KeyCompromise);
    let mut revoked = stand.request(2, &application(SERVICE));
    revoked.properties[0].value = "2026-11-21T12:00:00+05:00".to_owned();
    assert_eq!(
        label(&stand, &revoked).await,
        Some(RefusalLabel::CertificateRevoked)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_gateway_may_call() {
    let stand = Stand::start().await;
    let request = stand.request(1, &application(SERVICE));
    // Another actor does not even get through the door.
    let portal = stand
        .send_as(Actor::Portal, "system-portal", &request)
        .await;
    assert!(
        matches!(portal, Err(SendError::Unreachable(_))),
        "{portal:?}"
    );
    // Who has stolen the gateway's TLS identity has not its signing key.
    let stolen = stand
        .send_as(Actor::Gateway, "system-portal", &request)
        .await;
    assert_eq!(
        stolen.unwrap_err().label(),
        Some(RefusalLabel::SenderUnknown)
    );
    assert_eq!(stand.control("/cards").await.as_array().unwrap().len(), 0);
}
