//! The main road: an application arrives, is checked, and is answered with a signed document.

use qaqpa_model::{Limits, RefusalLabel};
use qaqpa_wire::{Outcome, ResultDocument, SendMessageRequest};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, find_enveloped};

use crate::authority::{HEAD, OFFICER};
use crate::gateway::Gateway;
use crate::stand::{GRANT, SERVICE, Stand, application, eventually, message_id};

/// The one result that the gateway took, read from what the officer's key covers.
pub(crate) async fn result_of(
    stand: &Stand,
    gateway: &Gateway,
    signer: &str,
) -> (SendMessageRequest, ResultDocument) {
    let taken = eventually("a result at the gateway", async || {
        gateway.taken().into_iter().next()
    })
    .await;
    let result = read_result(stand, &taken, signer);
    (taken, result)
}

/// A result, read from what that signer's key covers.
pub(crate) fn read_result(
    stand: &Stand,
    taken: &SendMessageRequest,
    signer: &str,
) -> ResultDocument {
    let document = Document::parse(&taken.data.bytes, &XmlLimits::default()).unwrap();
    let limits = Limits::default();
    let bounds = Bounds {
        references_max: limits.references_max,
        transforms_max: limits.transforms_max,
    };
    let certificate = &stand.authority.signatory(signer).certificate;
    let found = find_enveloped(&document, &bounds).unwrap();
    assert_eq!(found.certificates(), [certificate.der().to_vec()]);
    let covered = found.cover(certificate.spki_der()).unwrap();
    ResultDocument::read(&covered).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_checked_granted_signed_and_sent() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let card = stand.card(1).await;
    assert_eq!(stand.way(&message_id(1)).await, ["process-6:done"]);

    let mut officer = stand.member("officer-1", OFFICER).await;
    let queue = officer.open("/queue").await.expect(200);
    assert_eq!(queue.attribute("data-card"), card);
    assert_eq!(queue.attribute("data-message-id"), message_id(1).as_str());
    assert_eq!(queue.attribute("data-action"), "action-1");
    assert_eq!(queue.attribute("data-overdue"), "no");
    // Source: zhambyl-2019-23, annex 1, item 8: 30 minutes.
    let deadline = queue.attribute("data-deadline");
    assert!(deadline.starts_with("2026-11-20T12:30:"), "{deadline}");

    let path = format!("/cards/{card}");
    let page = officer.open(&path).await.expect(200);
    assert_eq!(page.attribute("data-may-act"), "yes");
    assert_eq!(page.attribute("data-next"), "check");
    assert_eq!(page.attribute("data-verdict"), "TOTAL-PASSED");
    assert!(page.has("ДАНИЯР &#60;&#38;&#62;") && page.has("Taraz city"));

    let check = format!("{path}/check");
    let page = officer.post(&check, &check, &GRANT).await.expect(303);
    assert_eq!(page.location(), format!("{path}/result"));
    let preview = officer.open(&format!("{path}/result")).await.expect(200);
    assert_eq!(preview.attribute("data-outcome"), "granted");
    assert_eq!(preview.attribute("data-signed"), "no");
    // Nothing is recorded before the action ends.
    assert_eq!(stand.way(&message_id(1)).await, ["process-6:done"]);

    let signed = officer
        .upload(
            &format!("{path}/result"),
            &format!("{path}/sign"),
            &[("key_password", "key-password")],
            Some(("key_file", &stand.key_file("officer-1"))),
        )
        .await
        .expect(303);
    assert_eq!(signed.location(), path);
    let (message, result) = result_of(&stand, &gateway, "officer-1").await;
    assert_eq!(message.correlation_id, Some(message_id(1)));
    assert_ne!(message.message_id, message_id(1));
    assert_eq!(message.service_id, SERVICE);
    assert_eq!(result.outcome, Outcome::Granted);
    assert_eq!(result.message_id, message_id(1));
    assert_eq!(result.application_id, "a-1");
    assert_eq!(result.submitter.reveal(), OFFICER);
    assert_eq!(result.applicant, application(SERVICE).applicant);
    assert_eq!(result.grounds, None);
    let content: Vec<_> = result
        .content
        .iter()
        .map(|field| (field.name.as_str(), field.value.as_str()))
        .collect();
    assert_eq!(content[0], ("guardian-iin", "931002451325"));
    assert_eq!(content[1], ("guardian", "ТЕСТОВА АЙГҮЛ СЫНАҚҚЫЗЫ"));
    assert_eq!(content[4], ("child-given-name", "ДАНИЯР <&>"));

    assert_eq!(
        stand.way(&message_id(1)).await,
        ["process-6:done", "condition-3:yes"]
    );
    let page = officer.open(&path).await.expect(200);
    assert_eq!(page.attribute("data-state"), "granted");
    assert_eq!(page.attribute("data-delivery"), "done");
    assert_eq!(page.attribute("data-may-act"), "no");
    let result = officer.open(&format!("{path}/result")).await.expect(200);
    assert_eq!(result.attribute("data-signed"), "yes");
    let xml = officer
        .open(&format!("{path}/result.xml"))
        .await
        .expect(200);
    assert_eq!(xml.http.body, message.data.bytes);
    let queue = officer.open("/queue").await.expect(200);
    assert!(!queue.has("data-card="));
    let journal = stand.control("/journal/verify").await;
    assert!(journal["broken"].is_null(), "{journal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_cites_its_ground_and_ends_the_flow() {
    for (n, ground, label, kind) in [
        (
            1,
            "documents-incomplete",
            "documents-refused",
            RefusalLabel::DocumentsRefused,
        ),
        (
            2,
            "not-guardian",
            "grounds-absent",
            RefusalLabel::GroundsAbsent,
        ),
    ] {
        let stand = Stand::start().await;
        let gateway = stand.gateway().await;
        let card = stand.card(n).await;
        let path = format!("/cards/{card}");
        let mut officer = stand.member("officer-1", OFFICER).await;
        let check = format!("{path}/check");
        let answers = [
            ("document.child-birth-certificate", "fault"),
            ("document.guardianship-decision", "ok"),
            ("document.other", "ok"),
            ("decision", "refuse"),
            ("ground", ground),
            ("comment", "Бірінші бет <оқылмайды>"),
        ];
        officer.post(&check, &check, &answers).await.expect(303);
        let preview = officer.open(&format!("{path}/result")).await.expect(200);
        assert_eq!(preview.attribute("data-outcome"), "refused");
        officer
            .upload(
                &format!("{path}/result"),
                &format!("{path}/sign"),
                &[("key_password", "key-password")],
                Some(("key_file", &stand.key_file("officer-1"))),
            )
            .await
            .expect(303);
        let (_, result) = result_of(&stand, &gateway, "officer-1").await;
        assert_eq!(result.outcome, Outcome::Refused);
        assert!(result.content.is_empty());
        let grounds = result.grounds.unwrap();
        assert_eq!(grounds.label, kind);
        assert!(grounds.text.ends_with(". Бірінші бет <оқылмайды>"));
        let condition = format!("condition-3:no:{label}");
        assert_eq!(
            stand.way(&message_id(n)).await,
            ["process-6:done", &condition, "process-7:done"]
        );
        let cards = stand.control("/cards").await;
        assert_eq!(cards[0]["state"], "refused");
        assert_eq!(cards[0]["label"], label);
        let page = officer.open(&path).await.expect(200);
        assert_eq!(page.attribute("data-label"), label);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decided_card_takes_no_second_decision() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let card = stand.card(1).await;
    let path = format!("/cards/{card}");
    let check = format!("{path}/check");
    let (result, sign) = (format!("{path}/result"), format!("{path}/sign"));
    let mut officer = stand.member("officer-1", OFFICER).await;
    officer.post(&check, &check, &GRANT).await.expect(303);
    let key = stand.key_file("officer-1");
    let password = [("key_password", "key-password")];
    for expected in [303, 409] {
        // The form's token is of the session: the page that it stood on is out of date the second time.
        let page = officer
            .upload("/login", &sign, &password, Some(("key_file", &key)))
            .await
            .expect(expected);
        if expected == 409 {
            assert_eq!(page.header("x-qaqpa-label"), Some("card-decided"));
        }
    }
    officer.post("/login", &check, &GRANT).await.expect(409);
    assert!(!officer.open(&result).await.expect(200).has("key_file"));
    eventually("a result at the gateway", async || {
        (!gateway.taken().is_empty()).then_some(())
    })
    .await;
    assert_eq!(gateway.taken().len(), 1);
    let mut head = stand.member("head-1", HEAD).await;
    let page = head.open(&path).await.expect(200);
    assert_eq!(page.attribute("data-may-act"), "no");
}
