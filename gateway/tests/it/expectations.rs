//! What came, counted: history, expectations and near misses at the control port.

use std::time::Duration;

use http::StatusCode;
use qaqpa_model::{Actor, Iin};
use qaqpa_transport::{ControlClient, ControlError};
use qaqpa_wire::asynchronous::Request;
use serde_json::{Value, json};

use crate::authority::{CITIZEN_1, OFFICER_1};
use crate::messages::{SERVICE, application, noon, sign, valid};
use crate::stand::Stand;
use crate::visits::left;

pub(crate) struct Controls(ControlClient);

impl Controls {
    pub(crate) fn of(stand: &Stand) -> Self {
        Self(ControlClient::of(stand.dir.path(), Actor::Gateway).unwrap())
    }

    async fn verify(&self, wish: Value) -> Value {
        self.0.post("/expectations/verify", &wish).await.unwrap()
    }

    pub(crate) async fn standing(&self, wish: Value) -> (Value, Value) {
        let mut view = self.verify(wish).await;
        (view["standing"].take(), view["found"].take())
    }

    async fn refused(&self, wish: Value) -> (StatusCode, String) {
        match self.0.post::<_, Value>("/expectations", &wish).await {
            Err(ControlError::Refused { status, label, .. }) => (status, label),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn exactly_one_request_with_this_iin_is_met_until_a_second_comes() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    let wish = json!({"when": {"type": "REQUEST", "applicant": CITIZEN_1}, "exactly": 1});
    assert_eq!(
        controls.standing(wish.clone()).await,
        (json!("waiting"), json!(0))
    );
    let (message, envelope) = valid(&stand.authority);
    for _ in 0..2 {
        // A repeat is the same message.
        stand.post(envelope.clone()).await;
    }
    let met = controls.verify(wish.clone()).await;
    assert_eq!(
        (&met["standing"], &met["found"]),
        (&json!("met"), &json!(1))
    );
    let told = &met["messages"][0];
    assert_eq!(told["message"], message.message_id.as_str());
    assert_eq!(told["sender"], "integrator-1");
    assert_eq!(told["service"], SERVICE);
    assert_eq!(told["outcome"], "accepted");
    let masked = Iin::parse(CITIZEN_1).unwrap().masked();
    assert_eq!(told["applicant"], masked);
    assert_eq!(met["near"], json!([]));

    stand.post(valid(&stand.authority).1).await;
    assert_eq!(controls.standing(wish).await, (json!("broken"), json!(2)));
}

#[tokio::test]
async fn what_was_repeated_and_refused_is_counted_by_its_outcome() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    let (_, envelope) = valid(&stand.authority);
    stand.post(envelope.clone()).await;
    stand.post(envelope.clone()).await;
    let text = String::from_utf8(envelope).unwrap();
    stand
        .post(text.replacen("password-of-", "password-off-", 1))
        .await;
    stand.post("<no-envelope/>").await;
    let count = |outcome| json!({"when": {"outcome": outcome}, "exactly": 1});
    for outcome in ["accepted", "repeated"] {
        assert_eq!(
            controls.standing(count(outcome)).await,
            (json!("met"), json!(1)),
            "{outcome}"
        );
    }
    let refused = json!({"when": {"outcome": "refused"}, "exactly": 2});
    assert_eq!(controls.standing(refused).await, (json!("met"), json!(2)));
    let labelled = json!({"when": {"outcome": "refused", "label": "envelope-malformed"}});
    assert_eq!(controls.standing(labelled).await, (json!("met"), json!(1)));

    let history: Value = controls.0.get("/history").await.unwrap();
    let outcomes: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["refused", "refused", "repeated", "accepted"]);
    let some: Value = controls
        .0
        .get("/history?outcome=accepted&sender=integrator-1&limit=1")
        .await
        .unwrap();
    assert_eq!(some.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_repeated_is_of_its_sender_and_service_and_of_the_first_message_on_both_channels()
{
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    let (_, envelope) = valid(&stand.authority);
    stand.post(envelope.clone()).await.acknowledgement();
    stand.post(envelope).await.acknowledgement();
    let citizen = stand.authority.signatory("citizen-1");
    let mut message = left(sign(&application().to_xml(), citizen));
    let first = stand.ask(Request::SendMessage(message.clone())).await;
    // Another moment in the same application's envelope, as stacks write it into each attempt.
    message.message.info.message_date = noon().plus(Duration::from_secs(1));
    let second = stand.ask(Request::SendMessage(message)).await;
    let id = first.taken().message_id;
    assert_eq!(second.taken().message_id, id);

    let repeated = json!({"outcome": "repeated", "sender": "integrator-1", "service": SERVICE});
    let both = json!({"when": repeated, "exactly": 2});
    assert_eq!(controls.standing(both).await, (json!("met"), json!(2)));
    for outcome in ["accepted", "repeated"] {
        let wish = json!({
            "when": {
                "outcome": outcome, "sender": "integrator-1", "service": SERVICE, "message": id.as_str(),
                "type": "REQUEST", "applicant": CITIZEN_1,
            },
            "exactly": 1,
        });
        assert_eq!(
            controls.standing(wish).await,
            (json!("met"), json!(1)),
            "{outcome}"
        );
    }
}

#[tokio::test]
async fn what_was_expected_and_did_not_come_is_told_with_what_came_nearest() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    let (message, envelope) = valid(&stand.authority);
    stand.post(envelope).await;
    let missed = controls
        .verify(json!({
            "when": {"type": "REQUEST", "applicant": OFFICER_1, "sender": "integrator-1"},
            "exactly": 1,
        }))
        .await;
    assert_eq!(missed["standing"], "waiting");
    let near = &missed["near"][0];
    assert_eq!(near["message"], message.message_id.as_str());
    let masked = Iin::parse(CITIZEN_1).unwrap().masked();
    assert_eq!(
        near["differs"],
        json!([{"part": "applicant", "asked_for": OFFICER_1, "found": masked}])
    );
}

#[tokio::test]
async fn what_was_turned_away_is_nearer_than_what_came_for_another_person() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    let (turned_away, envelope) = valid(&stand.authority);
    let text = String::from_utf8(envelope).unwrap();
    stand
        .post(text.replacen("password-of-", "password-off-", 1))
        .await;
    for _ in 0..2 {
        stand.post(valid(&stand.authority).1).await;
    }
    let missed = controls
        .verify(json!({"when": {"type": "REQUEST", "applicant": OFFICER_1}, "exactly": 1}))
        .await;
    let near = &missed["near"];
    assert_eq!(near[0]["message"], turned_away.message_id.as_str());
    assert_eq!(
        near[0]["differs"],
        json!([
            {"part": "outcome", "asked_for": "accepted", "found": "refused"},
            {"part": "type", "asked_for": "REQUEST", "found": "not known"},
            {"part": "applicant", "asked_for": OFFICER_1, "found": "not known"},
        ])
    );
    assert_eq!(near[1]["differs"][0]["part"], "applicant");
}

#[tokio::test]
async fn a_kept_expectation_counts_from_its_moment_and_is_broken_when_its_time_is_over() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    stand.post(valid(&stand.authority).1).await;
    stand
        .clock
        .set_offset(stand.clock.offset_ms() + 1000)
        .unwrap();
    let wish = json!({"when": {"sender": "integrator-1"}, "exactly": 1, "within_ms": 60_000});
    let kept: Value = controls.0.post("/expectations", &wish).await.unwrap();
    assert_eq!(kept["id"], "expectation-1");
    let stand = stand.kill_and_restart().await;
    let controls = Controls::of(&stand);
    let standing = async |stand: &Stand| {
        let list: Value = Controls::of(stand).0.get("/expectations").await.unwrap();
        (list[0]["standing"].clone(), list[0]["found"].clone())
    };
    assert_eq!(standing(&stand).await, (json!("waiting"), json!(0)));
    let minutes = stand.clock.offset_ms() + 120_000;
    stand.clock.set_offset(minutes).unwrap();
    stand.post(valid(&stand.authority).1).await;
    assert_eq!(standing(&stand).await, (json!("broken"), json!(0)));

    let removed: Value = controls
        .0
        .delete("/expectations/expectation-1")
        .await
        .unwrap();
    assert_eq!(removed, json!({"removed": 1}));
    let unknown = controls
        .0
        .delete::<Value>("/expectations/expectation-1")
        .await;
    assert!(
        matches!(&unknown, Err(ControlError::Refused { label, .. }) if label == "expectation-unknown"),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn what_came_before_a_reset_does_not_count() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    stand.post(valid(&stand.authority).1).await;
    let all = json!({"when": {}, "exactly": 1});
    assert_eq!(
        controls.standing(all.clone()).await,
        (json!("met"), json!(1))
    );
    controls
        .0
        .post::<_, Value>("/expectations", &all)
        .await
        .unwrap();
    controls
        .0
        .post::<_, Value>("/history/reset", &json!({}))
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(
        controls.standing(all.clone()).await,
        (json!("waiting"), json!(0))
    );
    let list: Value = controls.0.get("/expectations").await.unwrap();
    assert_eq!(list, json!([]));
    let history: Value = controls.0.get("/history").await.unwrap();
    assert_eq!(history, json!([]));
    stand.post(valid(&stand.authority).1).await;
    assert_eq!(controls.standing(all).await, (json!("met"), json!(1)));
    // Nothing was deleted.
    let journal = stand.control("/journal?kind=accepted").await;
    assert_eq!(journal.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_counts_after_a_reset_is_what_came_after_it_whatever_the_clock_said() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    let today = stand.clock.offset_ms();
    stand.clock.set_offset(today + 3 * 86_400_000).unwrap();
    stand.post(valid(&stand.authority).1).await;
    controls
        .0
        .post::<_, Value>("/history/reset", &json!({}))
        .await
        .unwrap();
    let one = json!({"when": {"outcome": "any"}, "exactly": 1});
    let kept: Value = controls.0.post("/expectations", &one).await.unwrap();
    assert_eq!(kept["id"], "expectation-1");
    stand.clock.set_offset(today).unwrap();
    assert_eq!(
        controls.standing(one.clone()).await,
        (json!("waiting"), json!(0))
    );
    stand.post(valid(&stand.authority).1).await;
    assert_eq!(controls.standing(one).await, (json!("met"), json!(1)));
    let list: Value = controls.0.get("/expectations").await.unwrap();
    assert_eq!(list[0]["standing"], "met");
    assert_eq!(list[0]["found"], 1);
    let history: Value = controls.0.get("/history").await.unwrap();
    assert_eq!(history.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_expectation_that_is_none_is_refused() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    let malformed = (
        StatusCode::UNPROCESSABLE_ENTITY,
        "expectation-malformed".to_owned(),
    );
    for wish in [
        json!({"when": {"type": "LETTER"}}),
        json!({"when": {"iin": CITIZEN_1}}),
        json!({"exactly": 1, "at_most": 1}),
        json!({"since": "yesterday"}),
        json!({"id": "a b"}),
        json!({"id": "verify"}),
    ] {
        assert_eq!(controls.refused(wish.clone()).await, malformed, "{wish}");
    }
    let kept: Value = controls
        .0
        .post("/expectations", &json!({"id": "a"}))
        .await
        .unwrap();
    assert_eq!(kept["id"], "a");
    assert_eq!(
        controls.refused(json!({"id": "a"})).await,
        (StatusCode::CONFLICT, "expectation-id-taken".to_owned())
    );
}

#[tokio::test]
async fn a_message_is_found_by_its_id_with_braces_or_without() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    let (message, envelope) = valid(&stand.authority);
    stand.post(envelope).await;
    let whole = message.message_id.as_str();
    let bare = whole.trim_matches(['{', '}']);
    for id in [bare.to_owned(), format!("{{{bare}}}")] {
        let wish = json!({"when": {"message": id}, "exactly": 1});
        let standing = controls.standing(wish).await;
        assert_eq!(standing, (json!("met"), json!(1)), "{id}");
    }
}

#[tokio::test]
async fn a_history_that_cannot_be_asked_for_is_refused_with_a_label() {
    let stand = Stand::start().await;
    let controls = Controls::of(&stand);
    for query in ["limit=abc", "type=LETTER", "iin=1", "since=yesterday"] {
        let refused = controls.0.get::<Value>(&format!("/history?{query}")).await;
        assert!(
            matches!(&refused, Err(ControlError::Refused { status, label, .. })
                if *status == StatusCode::UNPROCESSABLE_ENTITY && label == "expectation-malformed"),
            "{query}: {refused:?}"
        );
    }
}
