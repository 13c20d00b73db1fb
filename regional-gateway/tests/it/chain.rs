//! A chain of actions: the worker prepares, the head signs with the head's own key, the worker sends.

use std::path::PathBuf;

use qaqpa_model::Actor;
use qaqpa_transport::ControlClient;
use qaqpa_wire::{Application, FormField, Outcome};
use serde_json::{Value, json};

use crate::authority::{CLERK, CLERK_ELSEWHERE, HEAD, OFFICER};
use crate::road::result_of;
use crate::stand::{Stand, application, attachment, eventually, message_id};

/// Source: zhambyl-2019-23, annex 3, item 8: worker 1wd, head 1wd, sent 1wd.
const SERVICE: &str = "minor-property-added@zhambyl-2019-23";

async fn stand() -> Stand {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../regulations/tests/fixtures/minor-property");
    Stand::start_with(vec![folder]).await
}

fn property() -> Application {
    let mut application = application(SERVICE);
    application.form = vec![FormField {
        name: "property".to_owned(),
        value: "пәтер".to_owned(),
    }];
    application
}

async fn registered(stand: &Stand) -> String {
    let request = stand.request(1, &property());
    stand.send(&request).await.unwrap();
    format!("/cards/{}", stand.card_of(&message_id(1)).await)
}

fn documents(decision: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("document.child-birth-certificate", "ok"),
        ("decision", decision),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn three_members_actions_make_one_result() {
    let stand = stand().await;
    let gateway = stand.gateway().await;
    let path = registered(&stand).await;
    let (check, result) = (format!("{path}/check"), format!("{path}/result"));
    let (sign, complete) = (format!("{path}/sign"), format!("{path}/complete"));
    let password = [("key_password", "key-password")];
    let officer_key = stand.key_file("officer-1");
    let head_key = stand.key_file("head-1");

    let mut officer = stand.member("officer-1", OFFICER).await;
    let mut head = stand.member("head-1", HEAD).await;
    let page = officer.open("/queue").await.expect(200);
    // Friday noon and one working day: Monday noon.
    let deadline = page.attribute("data-deadline");
    assert!(deadline.starts_with("2026-11-23T12:0"), "{deadline}");
    officer
        .post(&check, &check, &documents("grant"))
        .await
        .expect(303);
    // Preparing is not signing.
    let page = officer
        .upload("/login", &sign, &password, Some(("key_file", &officer_key)))
        .await
        .expect(409);
    assert_eq!(page.header("x-qaqpa-label"), Some("not-to-be-signed"));
    officer.post(&result, &complete, &[]).await.expect(303);
    assert_eq!(
        stand.way(&message_id(1)).await,
        ["process-6:done", "condition-3:yes"]
    );
    assert_eq!(officer.open(&path).await.attribute("data-may-act"), "no");

    let page = head.open("/queue").await.expect(200);
    assert_eq!(page.attribute("data-action"), "action-2");
    assert_eq!(head.open(&path).await.attribute("data-next"), "result");
    // The head decides nothing, and signs with the head's own key.
    let page = head.open(&check).await.expect(303);
    assert_eq!(page.location(), result);
    let page = head
        .upload(&result, &sign, &password, Some(("key_file", &officer_key)))
        .await
        .expect(422);
    assert_eq!(page.header("x-qaqpa-label"), Some("iin-mismatch"));
    head.upload(&result, &sign, &password, Some(("key_file", &head_key)))
        .await
        .expect(303);
    assert!(gateway.taken().is_empty(), "signed is not yet sent");

    let page = officer.open("/queue").await.expect(200);
    assert_eq!(page.attribute("data-action"), "action-3");
    assert_eq!(officer.open(&path).await.attribute("data-next"), "complete");
    officer.post(&result, &complete, &[]).await.expect(303);
    let (message, document) = result_of(&stand, &gateway, "head-1").await;
    assert_eq!(message.correlation_id, Some(message_id(1)));
    assert_eq!(document.outcome, Outcome::Granted);
    assert_eq!(document.submitter.reveal(), HEAD);
    assert_eq!(stand.control("/cards").await[0]["state"], "granted");
    assert_eq!(
        stand.way(&message_id(1)).await,
        ["process-6:done", "condition-3:yes"]
    );
    let journal = stand.control("/journal?kind=task-done").await;
    assert_eq!(journal.as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_needs_the_heads_signature_and_goes_out_with_it() {
    let stand = stand().await;
    let gateway = stand.gateway().await;
    let path = registered(&stand).await;
    let (check, result) = (format!("{path}/check"), format!("{path}/result"));
    let mut officer = stand.member("officer-1", OFFICER).await;
    let page = officer.open(&check).await.expect(200);
    let ground = page.attribute("name=\"ground\" value");
    let mut answers = documents("refuse");
    answers.push(("ground", &ground));
    officer.post(&check, &check, &answers).await.expect(303);
    officer
        .post(&result, &format!("{path}/complete"), &[])
        .await
        .expect(303);
    let way = stand.way(&message_id(1)).await;
    assert_eq!(way.len(), 2);
    assert!(way[1].starts_with("condition-3:no:"), "{way:?}");

    let mut head = stand.member("head-1", HEAD).await;
    head.upload(
        &result,
        &format!("{path}/sign"),
        &[("key_password", "key-password")],
        Some(("key_file", &stand.key_file("head-1"))),
    )
    .await
    .expect(303);
    let (_, document) = result_of(&stand, &gateway, "head-1").await;
    assert_eq!(document.outcome, Outcome::Refused);
    let way = stand.way(&message_id(1)).await;
    assert_eq!(way.last().map(String::as_str), Some("process-7:done"));
    assert_eq!(stand.control("/cards").await[0]["state"], "refused");
    assert!(!officer.open("/queue").await.expect(200).has("data-card="));
}

/// Source: zhambyl-2019-23, item 2, new item 8: office 1h, head 2h, worker 2h, head 2h, office 1h.
const ALLOWANCE: &str = "guardian-allowance@zhambyl-2019-23";

const GRANT: [(&str, &str); 5] = [
    ("document.application", "ok"),
    ("document.identity", "ok"),
    ("document.guardianship", "ok"),
    ("document.bank", "ok"),
    ("decision", "grant"),
];

fn allowance() -> Application {
    let mut application = application(ALLOWANCE);
    let documents = ["application", "identity", "guardianship", "bank"];
    application.attachments = documents
        .map(|document| attachment(document, &format!("{document}.pdf"), b"%PDF-1.4"))
        .to_vec();
    application
}

#[tokio::test(flavor = "multi_thread")]
async fn five_actions_go_through_the_hands_of_office_head_worker_head_and_office() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let request = stand.request(1, &allowance());
    stand.send(&request).await.unwrap();
    let path = format!("/cards/{}", stand.card_of(&message_id(1)).await);
    let (check, result) = (format!("{path}/check"), format!("{path}/result"));
    let (sign, complete) = (format!("{path}/sign"), format!("{path}/complete"));
    let password = [("key_password", "key-password")];
    let head_key = stand.key_file("head-1");
    let mut clerk = stand.member("clerk-1", CLERK).await;
    let mut head = stand.member("head-1", HEAD).await;
    let mut officer = stand.member("officer-1", OFFICER).await;

    // The office has it for an hour: it registers, and decides nothing.
    let page = clerk.open("/queue").await.expect(200);
    assert_eq!(page.attribute("data-action"), "action-1");
    let deadline = page.attribute("data-deadline");
    assert!(deadline.starts_with("2026-11-20T13:0"), "{deadline}");
    // Neither another role of the unit nor the same role of another unit sees it or does it.
    let mut elsewhere = stand.member("clerk-2", CLERK_ELSEWHERE).await;
    for member in [&mut head, &mut officer, &mut elsewhere] {
        assert!(!member.open("/queue").await.expect(200).has("data-card="));
    }
    elsewhere.open(&path).await.expect(404);
    elsewhere.post("/queue", &complete, &[]).await.expect(404);
    let page = head.post("/queue", &complete, &[]).await.expect(403);
    assert_eq!(page.header("x-qaqpa-label"), Some("task-of-others"));
    // Who does not decide is led back to the card.
    assert_eq!(clerk.open(&check).await.expect(303).location(), result);
    assert_eq!(clerk.open(&result).await.expect(303).location(), path);
    let page = clerk.post(&path, &check, &GRANT).await.expect(409);
    assert_eq!(page.header("x-qaqpa-label"), Some("card-decided"));
    assert_eq!(clerk.open(&path).await.attribute("data-next"), "complete");
    clerk.post(&path, &complete, &[]).await.expect(303);
    assert_eq!(clerk.open(&path).await.attribute("data-may-act"), "no");

    // The head's resolution: it signs nothing.
    let page = head.open("/queue").await.expect(200);
    assert_eq!(page.attribute("data-action"), "action-2");
    let page = head
        .upload(&path, &sign, &password, Some(("key_file", &head_key)))
        .await
        .expect(409);
    assert_eq!(page.header("x-qaqpa-label"), Some("not-to-be-signed"));
    head.post(&path, &complete, &[]).await.expect(303);
    assert_eq!(stand.way(&message_id(1)).await, ["process-6:done"]);

    // The worker decides; the action does not end without it.
    assert_eq!(officer.open(&path).await.attribute("data-next"), "check");
    let page = officer.post(&path, &complete, &[]).await.expect(303);
    assert_eq!(page.location(), check);
    officer.post(&check, &check, &GRANT).await.expect(303);
    officer.post(&result, &complete, &[]).await.expect(303);
    assert_eq!(
        stand.way(&message_id(1)).await,
        ["process-6:done", "condition-3:yes"]
    );

    assert_eq!(head.open(&path).await.attribute("data-next"), "result");
    head.upload(&result, &sign, &password, Some(("key_file", &head_key)))
        .await
        .expect(303);
    assert!(gateway.taken().is_empty(), "signed is not yet sent");
    assert_eq!(clerk.open(&path).await.attribute("data-next"), "complete");
    clerk.post(&result, &complete, &[]).await.expect(303);

    let (_, document) = result_of(&stand, &gateway, "head-1").await;
    assert_eq!(document.outcome, Outcome::Granted);
    assert_eq!(document.submitter.reveal(), HEAD);
    assert_eq!(stand.control("/cards").await[0]["state"], "granted");
    let journal = stand.control("/journal?kind=task-done").await;
    assert_eq!(journal.as_array().unwrap().len(), 5);
    // The work began with the office's hand, and was told once.
    let told = eventually("statuses", async || {
        let told = gateway.told();
        (told.len() >= 2).then_some(told)
    })
    .await;
    let words: Vec<_> = told.iter().map(|(_, word)| word.as_str()).collect();
    assert_eq!(words, ["received", "in-work"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promised_answer_goes_on_where_the_office_has_left_off() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let control = ControlClient::of(stand.dir.path(), Actor::RegionalGateway).unwrap();
    let stub = json!({"answer": "refuse", "ground": "no-ground", "service": ALLOWANCE, "delay_ms": 60_000});
    let _: Value = control.post("/stubs", &stub).await.unwrap();
    stand.send(&stand.request(1, &allowance())).await.unwrap();
    let path = format!("/cards/{}", stand.card_of(&message_id(1)).await);
    let mut clerk = stand.member("clerk-1", CLERK).await;
    clerk
        .post(&path, &format!("{path}/complete"), &[])
        .await
        .expect(303);
    stand
        .clock
        .set_offset(stand.clock.offset_ms() + 60_000)
        .unwrap();

    let (_, document) = result_of(&stand, &gateway, "head-1").await;
    assert_eq!(document.outcome, Outcome::Refused);
    assert_eq!(
        stand.way(&message_id(1)).await,
        [
            "process-6:done",
            "condition-3:no:grounds-absent",
            "process-7:done"
        ]
    );
    // Office, head, worker and head; a refusal goes out with the signature.
    let journal = stand.control("/journal?kind=task-done").await;
    assert_eq!(journal.as_array().unwrap().len(), 4);
}
