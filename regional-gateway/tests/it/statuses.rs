//! Whoever sent an application is told where it stands, before its result.

use qaqpa_model::{Limits, RequestStatus};
use qaqpa_wire::StatusDocument;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, find_enveloped};

use crate::authority::OFFICER;
use crate::gateway::Gateway;
use crate::road::result_of;
use crate::stand::{GRANT, Stand, eventually, message_id, noon};

async fn told(gateway: &Gateway, number: usize) -> Vec<String> {
    let told = eventually("statuses", async || {
        let told = gateway.told();
        (told.len() >= number).then_some(told)
    })
    .await;
    let mut words = Vec::new();
    for (about, word) in told {
        assert_eq!(about, Some(message_id(1)));
        words.push(word);
    }
    words
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_received_in_work_and_then_its_result_comes_in_this_order() {
    let stand = Stand::start().await;
    // Nobody takes them in at first: the order is that of the outbox, not of luck.
    let card = stand.card(1).await;
    let mut officer = stand.member("officer-1", OFFICER).await;
    let (path, check) = (format!("/cards/{card}"), format!("/cards/{card}/check"));
    officer.post(&check, &check, &GRANT).await.expect(303);
    // Who thinks again begins no second time.
    officer.post(&check, &check, &GRANT).await.expect(303);
    officer
        .upload(
            &format!("{path}/result"),
            &format!("{path}/sign"),
            &[("key_password", "key-password")],
            Some(("key_file", &stand.key_file("officer-1"))),
        )
        .await
        .expect(303);
    let page = officer.open(&path).await.expect(200);
    assert_eq!(page.attribute("data-delivery"), "pending");

    let gateway = stand.gateway().await;
    let (result, _) = result_of(&stand, &gateway, "officer-1").await;
    assert_eq!(told(&gateway, 2).await, ["received", "in-work"]);
    let came = gateway.came();
    assert_eq!(came.len(), 3);
    assert_eq!(came[2].message_id, result.message_id);

    // The system has signed it, and it says when.
    let document = Document::parse(&came[0].data.bytes, &XmlLimits::default()).unwrap();
    let limits = Limits::default();
    let bounds = Bounds {
        references_max: limits.references_max,
        transforms_max: limits.transforms_max,
    };
    let system = stand.authority.signatory("system-regional-gateway");
    let found = find_enveloped(&document, &bounds).unwrap();
    let covered = found.cover(system.certificate.spki_der()).unwrap();
    let status = StatusDocument::read(&covered).unwrap();
    assert_eq!(status.status, RequestStatus::Received);
    assert_eq!(status.application_id, "a-1");
    assert_eq!(status.message_id, message_id(1));
    assert_eq!(status.changed_at.since(noon()).as_secs() / 60, 0);
}
