//! Stubs: applications that are answered without a person.

use http::StatusCode;
use qaqpa_model::{Actor, Iin, RefusalLabel};
use qaqpa_store::{Store, StoreConfig};
use qaqpa_transport::{ControlClient, ControlError};
use qaqpa_wire::{Outcome, Property, ResultDocument, SendMessageRequest};
use serde_json::{Value, json};

use crate::authority::{CITIZEN, HEAD, OFFICER};
use crate::gateway::Gateway;
use crate::road::{read_result, result_of};
use crate::stand::{GRANT, SERVICE, Stand, application, eventually, message_id};

struct Controls(ControlClient);

impl Controls {
    fn of(stand: &Stand) -> Self {
        Self(ControlClient::of(stand.dir.path(), Actor::RegionalGateway).unwrap())
    }

    async fn add(&self, stub: Value) -> Value {
        self.0.post("/stubs", &stub).await.unwrap()
    }

    async fn refused(&self, stub: Value) -> (StatusCode, String) {
        match self.0.post::<_, Value>("/stubs", &stub).await {
            Err(ControlError::Refused { status, label, .. }) => (status, label),
            other => panic!("{other:?}"),
        }
    }

    async fn get(&self, path: &str) -> Value {
        self.0.get(path).await.unwrap()
    }
}

/// What the gateway took, once there is so much of it.
async fn taken(gateway: &Gateway, count: usize) -> Vec<SendMessageRequest> {
    eventually("results at the gateway", async || {
        let taken = gateway.taken();
        (taken.len() >= count).then_some(taken)
    })
    .await
}

fn content<'r>(result: &'r ResultDocument, name: &str) -> Option<&'r str> {
    let field = result.content.iter().find(|field| field.name == name);
    field.map(|field| field.value.as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stub_grants_with_the_catalogues_document_signed_by_the_officer_of_the_act() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let controls = Controls::of(&stand);
    let added = controls
        .add(json!({"answer": "grant", "service": SERVICE}))
        .await;
    assert_eq!(
        added,
        json!({"id": "stub-1", "answer": "grant", "service": SERVICE, "answered": 0})
    );

    let card = stand.card(1).await;
    let (message, result) = result_of(&stand, &gateway, "officer-1").await;
    assert_eq!(message.correlation_id, Some(message_id(1)));
    assert_eq!(result.outcome, Outcome::Granted);
    assert_eq!(result.submitter.reveal(), OFFICER);
    assert_eq!(result.message_id, message_id(1));
    assert_eq!(content(&result, "guardian-iin"), Some(CITIZEN));
    assert_eq!(content(&result, "child-given-name"), Some("ДАНИЯР <&>"));
    assert_eq!(
        stand.way(&message_id(1)).await,
        ["process-6:done", "condition-3:yes"]
    );
    assert_eq!(controls.get("/stubs").await["stubs"][0]["answered"], 1);

    // The card is the register's, and nobody is to act on it.
    let cards = stand.control("/cards").await;
    assert_eq!(
        (&cards[0]["id"], &cards[0]["state"]),
        (&json!(card), &json!("granted"))
    );
    assert_eq!(cards[0]["tasks"][0]["state"], "done");
    let mut officer = stand.member("officer-1", OFFICER).await;
    let page = officer
        .open(&format!("/cards/{card}/result"))
        .await
        .expect(200);
    assert_eq!(page.attribute("data-signed"), "yes");
    let queue = officer.open("/queue").await.expect(200);
    assert!(!queue.has("data-card="));
    let journal = stand.control("/journal?kind=accepted").await;
    assert_eq!(journal[0]["summary"]["stub"]["id"], "stub-1");
    assert_eq!(journal[0]["summary"]["stub"]["outcome"], "granted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_letter_is_answered_once() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let controls = Controls::of(&stand);
    controls.add(json!({"answer": "grant"})).await;
    let request = stand.request(1, &application(SERVICE));
    for _ in 0..3 {
        stand.send(&request).await.unwrap();
    }
    taken(&gateway, 1).await;
    assert_eq!(controls.get("/stubs").await["stubs"][0]["answered"], 1);
    let outbox = stand.control("/outbox").await;
    assert_eq!(outbox.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stubs_own_values_are_filled_from_the_application() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let controls = Controls::of(&stand);
    let text = "{{applicant.surname}}/{{form.district}}/{{property.case}}/{{sender}}/{{today}}/<&>";
    controls
        .add(json!({
            "answer": "grant",
            "service": SERVICE,
            "content": {"purpose": text, "child-iin": "", "issuer": "TEST"},
        }))
        .await;
    let mut request = stand.request(1, &application(SERVICE));
    for (key, value) in [("sender", "integrator-1"), ("case", "7")] {
        let (key, value) = (key.to_owned(), value.to_owned());
        request.properties.push(Property { key, value });
    }
    stand.send(&request).await.unwrap();
    let (_, result) = result_of(&stand, &gateway, "officer-1").await;
    assert_eq!(
        content(&result, "purpose"),
        Some("ТЕСТОВА/taraz/7/integrator-1/2026-11-20/<&>")
    );
    assert_eq!(content(&result, "child-iin"), None);
    assert_eq!(content(&result, "issuer"), Some("TEST"));
    assert_eq!(content(&result, "child-surname"), Some("ТЕСТОВ"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stub_refuses_with_a_ground_of_the_catalogue_and_its_own_words() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let controls = Controls::of(&stand);
    controls
        .add(json!({
            "answer": "refuse",
            "service": SERVICE,
            "ground": "not-guardian",
            "comment": "TEST {{form.child-surname}}",
        }))
        .await;
    stand.card(1).await;
    let (_, result) = result_of(&stand, &gateway, "officer-1").await;
    assert_eq!(result.outcome, Outcome::Refused);
    let grounds = result.grounds.unwrap();
    assert_eq!(grounds.label, RefusalLabel::GroundsAbsent);
    assert!(grounds.text.ends_with(". TEST ТЕСТОВ"), "{}", grounds.text);
    assert_eq!(
        stand.way(&message_id(1)).await,
        [
            "process-6:done",
            "condition-3:no:grounds-absent",
            "process-7:done"
        ]
    );
    let cards = stand.control("/cards").await;
    assert_eq!(cards[0]["label"], "grounds-absent");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_stub_by_priority_and_then_the_latest_answers_as_often_as_it_may() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let controls = Controls::of(&stand);
    controls.add(json!({"id": "old", "answer": "refuse"})).await;
    controls
        .add(json!({"id": "all", "answer": "grant", "signer": "head-1"}))
        .await;
    controls
        .add(json!({"id": "once", "answer": "grant", "times": 1, "priority": 1}))
        .await;
    let order: Vec<_> = controls.get("/stubs").await["stubs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stub| stub["id"].clone())
        .collect();
    assert_eq!(order, ["once", "all", "old"]);
    stand.card(1).await;
    let mut other = application(SERVICE);
    other.application_id = "a-2".to_owned();
    stand.send(&stand.request(2, &other)).await.unwrap();
    let results = taken(&gateway, 2).await;
    for result in results {
        let signer = match result.correlation_id == Some(message_id(1)) {
            true => "officer-1",
            false => "head-1",
        };
        let read = read_result(&stand, &result, signer);
        assert_eq!(read.outcome, Outcome::Granted);
        let iin = if signer == "head-1" { HEAD } else { OFFICER };
        assert_eq!(read.submitter.reveal(), iin);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_what_was_not_taken_is_not_counted() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let controls = Controls::of(&stand);
    controls.add(json!({"answer": "grant", "times": 2})).await;
    let request = stand.request(1, &application(SERVICE));
    stand.send(&request).await.unwrap();
    // The same signed document under another id is a conflict, which only the store sees.
    let mut again = request;
    again.message_id = message_id(2);
    stand.send(&again).await.unwrap_err();
    assert_eq!(controls.get("/stubs").await["stubs"][0]["answered"], 1);
    let mut other = application(SERVICE);
    other.application_id = "a-2".to_owned();
    stand.send(&stand.request(3, &other)).await.unwrap();
    assert_eq!(taken(&gateway, 2).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_stub_answers_waits_for_people_and_is_told_with_what_differs() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    controls
        .add(json!({
            "id": "near",
            "answer": "grant",
            "service": SERVICE,
            "when": {"applicant": OFFICER, "form": {"district": "taraz"}},
        }))
        .await;
    controls
        .add(json!({
            "id": "far",
            "answer": "grant",
            "when": {"applicant": OFFICER, "sender": "portal"},
        }))
        .await;
    stand.card(1).await;
    assert_eq!(stand.way(&message_id(1)).await, ["process-6:done"]);
    let mut officer = stand.member("officer-1", OFFICER).await;
    assert!(officer.open("/queue").await.expect(200).has("data-card="));
    let misses = controls.get("/stubs/misses").await;
    let masked = Iin::parse(CITIZEN).unwrap().masked();
    assert_eq!(misses[0]["message"], message_id(1).as_str());
    assert_eq!(
        misses[0]["nearest"],
        json!([
            {"stub": "near", "used_up": false, "differs": [
                {"part": "applicant", "asked_for": OFFICER, "found": masked},
            ]},
            {"stub": "far", "used_up": false, "differs": [
                {"part": "sender", "asked_for": "portal", "found": ""},
                {"part": "applicant", "asked_for": OFFICER, "found": masked},
            ]},
        ])
    );
    let cleared: Value = controls.0.post("/stubs/reset", &json!({})).await.unwrap();
    assert_eq!(cleared["stubs"].as_array().unwrap().len(), 2);
    assert_eq!(controls.get("/stubs/misses").await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_may_be_left_to_people_beside_a_stub_for_all() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    controls.add(json!({"answer": "grant"})).await;
    controls
        .add(json!({"answer": "leave", "priority": 9, "when": {"applicant": CITIZEN}}))
        .await;
    let gateway = stand.gateway().await;
    stand.card(1).await;
    let cards = stand.control("/cards").await;
    assert_eq!(cards[0]["state"], "open");
    // Nobody answers; that it has come is told.
    let told = eventually("a status", async || gateway.told().pop()).await;
    assert_eq!(told, (Some(message_id(1)), "received".to_owned()));
    assert_eq!(stand.control("/outbox").await.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn stubs_outlive_the_process_and_are_removed_one_by_one_or_all() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    for id in ["a", "b", "c"] {
        controls.add(json!({"id": id, "answer": "grant"})).await;
    }
    let before = controls.get("/stubs").await;
    let stand = stand.kill_and_restart().await;
    let controls = Controls::of(&stand);
    assert_eq!(controls.get("/stubs").await, before);
    let gateway = stand.gateway().await;
    stand.card(1).await;
    taken(&gateway, 1).await;

    let left: Value = controls.0.delete("/stubs/b").await.unwrap();
    let ids: Vec<_> = left["stubs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stub| &stub["id"])
        .collect();
    assert_eq!(ids, ["c", "a"]);
    let unknown = controls.0.delete::<Value>("/stubs/b").await;
    assert!(
        matches!(&unknown, Err(ControlError::Refused { label, .. }) if label == "stub-unknown"),
        "{unknown:?}"
    );
    let left: Value = controls.0.delete("/stubs").await.unwrap();
    assert_eq!(left, json!({"seed": null, "stubs": []}));
}

/// The store of the regional gateway, as another process of it has it.
async fn beside(stand: &Stand) -> Store {
    let folder = stand.dir.path().join("regional-gateway");
    let config = StoreConfig::in_folder(folder);
    Store::open(&config, Actor::RegionalGateway).await.unwrap()
}

fn ids(stubs: &Value) -> Vec<&str> {
    let stubs = stubs["stubs"].as_array().unwrap().iter();
    stubs.map(|stub| stub["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_has_just_set_is_not_lost_by_the_next_change() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    controls.add(json!({"id": "a", "answer": "grant"})).await;
    let other = beside(&stand).await;
    let set = async |all: Value| {
        let text = all.to_string();
        other.settings().write("stubs", &text).await.unwrap();
    };
    let (a, b) = (
        json!({"id": "a", "answer": "grant"}),
        json!({"id": "b", "answer": "leave"}),
    );
    // Nobody has looked since when the next change comes.
    set(json!({"stubs": [a, b]})).await;
    controls.add(json!({"id": "c", "answer": "grant"})).await;
    let all = controls.get("/stubs").await;
    assert_eq!(ids(&all), ["c", "b", "a"]);
    set(json!({"seed": 7, "stubs": [a, b]})).await;
    let left: Value = controls.0.delete("/stubs/a").await.unwrap();
    assert_eq!((ids(&left), &left["seed"]), (vec!["b"], &json!(7)));
    let kept = other.settings().read("stubs").await.unwrap().unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept, json!({"seed": 7, "stubs": [b]}));
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stubs_that_cannot_be_used_any_more_are_not_overwritten_by_one_more() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    let other = beside(&stand).await;
    let gone = json!({"stubs": [{"id": "a", "answer": "grant", "service": "gone@act-1"}]});
    let text = gone.to_string();
    other.settings().write("stubs", &text).await.unwrap();
    let refused = controls
        .refused(json!({"id": "b", "answer": "grant"}))
        .await;
    let unusable = (StatusCode::CONFLICT, "stubs-unusable".to_owned());
    assert_eq!(refused, unusable);
    let kept = other.settings().read("stubs").await.unwrap();
    assert_eq!(kept.as_deref(), Some(text.as_str()));
    let _: Value = controls.0.delete("/stubs").await.unwrap();
    controls.add(json!({"id": "b", "answer": "grant"})).await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stub_is_not_called_as_a_route_is() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    let malformed = (
        StatusCode::UNPROCESSABLE_ENTITY,
        "stub-malformed".to_owned(),
    );
    for id in ["answered", "misses", "places", "reset"] {
        let stub = json!({"id": id, "answer": "grant"});
        assert_eq!(controls.refused(stub).await, malformed, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn how_often_a_stub_has_answered_can_be_told_to_it_again() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let controls = Controls::of(&stand);
    controls
        .add(json!({"id": "all", "answer": "refuse", "priority": -1}))
        .await;
    controls
        .add(json!({"id": "once", "answer": "grant", "times": 1}))
        .await;
    let told: Value = controls
        .0
        .put("/stubs/answered", &json!({"once": 1, "gone": 7}))
        .await
        .unwrap();
    assert_eq!(told["stubs"][0]["answered"], 1);
    stand.card(1).await;
    let (_, result) = result_of(&stand, &gateway, "officer-1").await;
    assert_eq!(result.outcome, Outcome::Refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_seed_the_ids_of_an_answer_can_be_had_again() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let stand = Stand::start().await;
        let gateway = stand.gateway().await;
        let controls = Controls::of(&stand);
        let stubs = json!({"seed": 7, "stubs": [{"answer": "grant"}]});
        let set: Value = controls.0.put("/stubs", &stubs).await.unwrap();
        assert_eq!(set["seed"], 7);
        stand.card(1).await;
        let (message, result) = result_of(&stand, &gateway, "officer-1").await;
        ids.push((message.message_id, result.result_id));
    }
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stub_that_is_none_is_refused_and_none_is_set() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    let malformed = (
        StatusCode::UNPROCESSABLE_ENTITY,
        "stub-malformed".to_owned(),
    );
    for stub in [
        json!({}),
        json!({"answer": "perhaps"}),
        json!({"answer": "grant", "servise": SERVICE}),
        json!({"answer": "grant", "content": {"purpose": "x"}}),
        json!({"answer": "grant", "service": SERVICE, "content": {"purpose": "{{nobody}}"}}),
        json!({"answer": "grant", "service": SERVICE, "signer": "nobody"}),
    ] {
        assert_eq!(controls.refused(stub.clone()).await, malformed, "{stub}");
    }
    controls.add(json!({"id": "a", "answer": "grant"})).await;
    assert_eq!(
        controls
            .refused(json!({"id": "a", "answer": "refuse"}))
            .await,
        (StatusCode::CONFLICT, "stub-id-taken".to_owned())
    );
    let twice = json!({"stubs": [{"id": "b", "answer": "grant"}, {"id": "b", "answer": "grant"}]});
    let put = controls.0.put::<_, Value>("/stubs", &twice).await;
    assert!(matches!(put, Err(ControlError::Refused { .. })), "{put:?}");
    assert_eq!(controls.get("/stubs").await["stubs"][0]["id"], "a");
    let places = controls.get("/stubs/places").await;
    assert!(places.as_array().unwrap().len() > 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delayed_answer_is_given_when_the_clock_says_so_and_outlives_a_kill() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    controls
        .add(json!({
            "answer": "grant",
            "service": SERVICE,
            "times": 1,
            "delay_ms": 7_200_000,
            "content": {"purpose": "{{property.case}} {{sender}} {{today}}"},
        }))
        .await;
    let mut request = stand.request(1, &application(SERVICE));
    for (key, value) in [("sender", "integrator-1"), ("case", "7")] {
        let (key, value) = (key.to_owned(), value.to_owned());
        request.properties.push(Property { key, value });
    }
    stand.send(&request).await.unwrap();
    let stand = stand.kill_and_restart().await;
    let gateway = stand.gateway().await;
    // What becomes of the stub later changes no promise.
    let _: Value = Controls::of(&stand).0.delete("/stubs").await.unwrap();
    let cards = stand.control("/cards").await;
    assert_eq!(cards[0]["state"], "open");
    let journal = stand.control("/journal?kind=accepted").await;
    let due = journal[0]["summary"]["stub"]["due"].as_str().unwrap();
    assert!(due.starts_with("2026-11-20T14:00:"), "{due}");

    let offset = |ms: i64| {
        stand
            .clock
            .set_offset(stand.clock.offset_ms() + ms)
            .unwrap()
    };
    offset(3_600_000);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(gateway.taken(), []);
    offset(3_600_000);
    let (message, result) = result_of(&stand, &gateway, "officer-1").await;
    assert_eq!(message.correlation_id, Some(message_id(1)));
    assert_eq!(
        content(&result, "purpose"),
        Some("7 integrator-1 2026-11-20")
    );
    assert!(
        result
            .issued_at
            .to_string()
            .starts_with("2026-11-20T14:00:")
    );
    assert_eq!(
        stand.way(&message_id(1)).await,
        ["process-6:done", "condition-3:yes"]
    );
    let cards = stand.control("/cards").await;
    assert_eq!(cards[0]["state"], "granted");
    assert_eq!(cards[0]["tasks"][0]["state"], "done");
    let journal = stand.control("/journal?kind=task-done").await;
    assert_eq!(journal[0]["summary"]["more"]["stub"]["outcome"], "granted");
    assert_eq!(gateway.taken().len(), 1);
    // Who has to wait is told that the application has come.
    let told = [(Some(message_id(1)), "received".to_owned())];
    assert_eq!(gateway.told(), told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_is_faster_than_a_promise_answers_instead() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let controls = Controls::of(&stand);
    controls
        .add(json!({"answer": "refuse", "service": SERVICE, "delay_ms": 3_600_000}))
        .await;
    let card = stand.card(1).await;
    let path = format!("/cards/{card}");
    let mut officer = stand.member("officer-1", OFFICER).await;
    let check = format!("{path}/check");
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
    stand
        .clock
        .set_offset(stand.clock.offset_ms() + 7_200_000)
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let taken = taken(&gateway, 1).await;
    assert_eq!(taken.len(), 1);
    assert_eq!(
        read_result(&stand, &taken[0], "officer-1").outcome,
        Outcome::Granted
    );
}
