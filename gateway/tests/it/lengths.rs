//! What is accepted can be delivered, also where it is nearly as long as it may be.

use qaqpa_gateway::Config;
use qaqpa_model::{Actor, Limits, RefusalLabel as L};
use qaqpa_wire::Attachment;

use crate::messages::{application, message, seal, sign};
use crate::neighbour::Neighbour;
use crate::stand::{Stand, eventually};

/// A message whose signed envelope has this length: the attachment's name gives what base64 cannot.
fn of_length(stand: &Stand, length: usize) -> (qaqpa_model::MessageId, Vec<u8>) {
    let with = |bytes: usize, letters: usize| {
        let mut application = application();
        application.attachments = vec![Attachment {
            name: format!("{}.pdf", "a".repeat(letters)),
            bytes: vec![7; bytes],
            ..application.attachments.remove(0)
        }];
        let document = sign(
            &application.to_xml(),
            stand.authority.signatory("citizen-1"),
        );
        let message = message("integrator-1", document);
        let integrator = stand.authority.signatory("system-integrator-1");
        (
            message.message_id.clone(),
            seal(&message.write(), integrator),
        )
    };
    let (_, least) = with(3, 1);
    let more = length - least.len();
    let (id, envelope) = with(3 + more / 4 * 3, 1 + more % 4);
    assert_eq!(envelope.len(), length);
    (id, envelope)
}

#[tokio::test]
async fn a_message_that_no_receiver_would_take_is_refused_and_one_that_is_shorter_arrives() {
    let limits = Limits {
        body_bytes_max: 256 * 1024,
        ..Limits::default()
    };
    let stand = Stand::start_with(Config::default(), limits).await;
    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    for length in [256 * 1024, 256 * 1024 - 1, 256 * 1024 - 8 * 1024] {
        let (_, envelope) = of_length(&stand, length);
        let reply = stand.post(envelope).await;
        assert_eq!(reply.label(), Some(L::BodyTooLarge), "{length}");
        assert_eq!(reply.http.status, 500);
    }
    assert_eq!(stand.control("/outbox").await, serde_json::json!([]));
    let (id, envelope) = of_length(&stand, 256 * 1024 - 24 * 1024);
    stand.post(envelope).await.acknowledgement();
    let arrived = eventually("the letter", async || regional.accepted().pop()).await;
    assert_eq!(arrived.message_id, id);
}
