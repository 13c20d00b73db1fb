//! Deliberate faults on the way onward: what a receiver sees of each, and what becomes of the message.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use qaqpa_channel::envelope::{bounds, xml_limits};
use qaqpa_model::{Actor, MessageId};
use qaqpa_wire::asynchronous::MessageState;
use qaqpa_wire::{Application, Property};
use qaqpa_xml::Document;
use qaqpa_xmldsig::find_wsse;
use serde_json::{Value, json};

use crate::endpoint::{Endpoint, Manner};
use crate::messages::{application, message, seal, sign, valid};
use crate::neighbour::Neighbour;
use crate::stand::{Stand, eventually};

async fn regional(stand: &Stand) -> Neighbour {
    Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await
}

async fn send(stand: &Stand) -> MessageId {
    let (message, envelope) = valid(&stand.authority);
    stand.post(envelope).await.acknowledgement();
    message.message_id
}

fn ids(of: &Neighbour) -> Vec<MessageId> {
    let accepted = of.accepted().into_iter();
    accepted.map(|message| message.message_id).collect()
}

/// The outbox's entry of a message.
async fn entry(stand: &Stand, id: &MessageId) -> Value {
    let outbox = stand.control("/outbox").await;
    let mut all = outbox.as_array().unwrap().iter();
    let found = all.find(|entry| entry["message"] == id.as_str());
    found.cloned().unwrap_or(Value::Null)
}

async fn done(stand: &Stand, id: &MessageId) {
    eventually("the delivery", async || {
        (entry(stand, id).await["state"] == "done").then_some(())
    })
    .await;
}

async fn faults(stand: &Stand) -> Vec<String> {
    let marks = stand.marks().await.into_iter();
    let name = |mark: Value| mark["summary"]["fault"].as_str().unwrap().to_owned();
    marks.map(name).collect()
}

#[tokio::test]
async fn a_delivery_that_is_late_lost_doubled_put_back_or_not_heard_is_made_once() {
    let stand = Stand::start().await;
    let regional = regional(&stand).await;
    for (rule, came) in [
        (
            json!({"faults": [{"fault": "delay", "ms": 600}], "at": "delivery", "first": 1}),
            1,
        ),
        (json!({"faults": ["drop"], "at": "delivery", "first": 2}), 1),
        (json!({"faults": ["duplicate"], "at": "delivery"}), 2),
        (json!({"faults": ["reorder"]}), 1),
        (
            json!({"faults": ["close"], "at": "delivery", "first": 1}),
            2,
        ),
        (
            json!({"faults": ["down"], "at": "delivery", "first": 2, "to": "regional-gateway"}),
            1,
        ),
    ] {
        let (before, known) = (regional.came(), ids(&regional).len());
        stand.mischief(rule.clone()).await.unwrap();
        let begun = Instant::now();
        let id = send(&stand).await;
        done(&stand, &id).await;
        if rule["faults"][0]["fault"] == "delay" {
            assert!(begun.elapsed() >= Duration::from_millis(600));
        }
        assert_eq!(regional.came() - before, came, "{rule}");
        assert_eq!(ids(&regional)[known..], [id], "{rule}");
        stand.no_mischief().await;
    }
    let marked = [
        "delay",
        "drop",
        "drop",
        "duplicate",
        "reorder",
        "close",
        "down",
        "down",
    ];
    assert_eq!(faults(&stand).await, marked);
    let marks = stand.marks().await;
    assert_eq!(marks[1]["summary"]["detail"]["sender"], "integrator-1");
    assert_eq!(marks[1]["summary"]["detail"]["to"], "regional-gateway");
    assert_eq!(marks[1]["summary"]["detail"]["at"], "delivery");
}

/// A message of integrator-1 with this property.
async fn send_marked(stand: &Stand, value: &str) -> (Application, MessageId) {
    let citizen = stand.authority.signatory("citizen-1");
    let application = application();
    let mut marked = message("integrator-1", sign(&application.to_xml(), citizen));
    marked.properties = vec![Property {
        key: "trial".to_owned(),
        value: value.to_owned(),
    }];
    let integrator = stand.authority.signatory("system-integrator-1");
    let envelope = seal(&marked.write(), integrator);
    stand.post(envelope).await.acknowledgement();
    (application, marked.message_id)
}

#[tokio::test]
async fn deliveries_are_chosen_by_a_property_of_the_message_or_of_the_one_that_began_its_exchange()
{
    let stand = Stand::start().await;
    let regional = regional(&stand).await;
    for fault in ["down", "reorder", "duplicate"] {
        let rule = json!({
            "id": "chosen", "faults": [fault], "at": "delivery", "times": 1,
            "property": {"key": "trial", "value": "3"},
        });
        stand.mischief(rule).await.unwrap();
        let before = stand.marks().await.len();
        let (_, other) = send_marked(&stand, "4").await;
        done(&stand, &other).await;
        assert_eq!(stand.marks().await.len(), before, "{fault}");
        let (_, chosen) = send_marked(&stand, "3").await;
        done(&stand, &chosen).await;
        let marks = stand.marks().await;
        assert_eq!(marks.len(), before + 1, "{fault}");
        let mark = marks.last().unwrap();
        assert_eq!(mark["summary"]["fault"], fault);
        assert_eq!(mark["message"], chosen.as_str(), "{fault}");
        // However often it came, it was taken once.
        let taken = ids(&regional);
        assert_eq!(taken.iter().filter(|id| **id == chosen).count(), 1);
        stand.no_mischief().await;
    }
}

#[tokio::test]
async fn a_result_is_chosen_by_a_property_of_its_application() {
    let stand = Stand::start().await;
    let _regional = regional(&stand).await;
    let endpoint = Endpoint::start(&stand.authority, Manner::Signed).await;
    let system = format!(
        "[[system]]\nsender = \"integrator-1\"\npush = \"{}\"\nnotify = false\n",
        endpoint.address
    );
    stand.register(&system).await.unwrap();
    let rule = json!({
        "faults": ["duplicate"], "to": "integrator-1", "property": {"key": "trial", "value": "3"},
    });
    stand.mischief(rule).await.unwrap();
    for (value, times) in [("4", 1), ("3", 2)] {
        let before = endpoint.messages().len();
        let (application, id) = send_marked(&stand, value).await;
        let (result, _) = stand.bring_result(&application, &id).await;
        done(&stand, &result).await;
        assert_eq!(endpoint.messages().len() - before, times, "trial = {value}");
    }
}

#[tokio::test]
async fn a_message_that_is_put_back_lets_those_behind_it_go_first() {
    let stand = Stand::start().await;
    let regional = regional(&stand).await;
    let (first, envelope) = valid(&stand.authority);
    let rule = json!({"faults": ["reorder"], "message": first.message_id.as_str()});
    stand.mischief(rule).await.unwrap();
    stand.post(envelope).await.acknowledgement();
    let second = send(&stand).await;
    done(&stand, &first.message_id).await;
    done(&stand, &second).await;
    assert_eq!(ids(&regional), [second, first.message_id]);
    assert_eq!(faults(&stand).await, ["reorder"]);
}

#[tokio::test]
async fn a_spoilt_message_is_refused_by_its_receiver_and_stops_until_an_operator_sends_it_again() {
    let stand = Stand::start().await;
    let regional = regional(&stand).await;
    let mut sent = Vec::new();
    for (fault, label) in [
        ("corrupt-byte", "transport-signature-invalid"),
        ("unsigned", "transport-signature-missing"),
        ("other-key", "transport-signature-invalid"),
        ("wrong-namespace", ""),
    ] {
        let rule = json!({"faults": [fault], "at": "delivery", "first": 1, "seed": 3});
        stand.mischief(rule).await.unwrap();
        let id = send(&stand).await;
        let stopped = eventually("it is parked or delivered", async || {
            let entry = entry(&stand, &id).await;
            (entry["state"] == "parked" || entry["state"] == "done").then_some(entry)
        })
        .await;
        assert_eq!(stopped["state"], "parked", "{fault}: {stopped}");
        assert!(stopped.to_string().contains(label), "{fault}: {stopped}");
        assert_eq!(ids(&regional), sent, "{fault}");
        let state = stand.status(&id).await.message_state;
        assert_eq!(state, MessageState::DeliveryStopped, "{fault}");
        stand
            .order(&format!("/outbox/{}/resend", stopped["id"]))
            .await;
        done(&stand, &id).await;
        sent.push(id);
        assert_eq!(ids(&regional), sent, "{fault}");
        stand.no_mischief().await;
    }
    assert_eq!(
        faults(&stand).await,
        ["corrupt-byte", "unsigned", "other-key", "wrong-namespace"]
    );
    for mark in stand.marks().await {
        assert_eq!(mark["summary"]["detail"]["changed"], true, "{mark}");
    }
}

#[tokio::test]
async fn a_message_without_what_a_fault_changes_arrives_and_is_marked_as_not_changed() {
    let stand = Stand::start().await;
    let regional = regional(&stand).await;
    let rule = json!({"faults": ["wrong-correlation"], "at": "delivery"});
    stand.mischief(rule).await.unwrap();
    let id = send(&stand).await;
    done(&stand, &id).await;
    assert_eq!(ids(&regional), [id]);
    assert_eq!(faults(&stand).await, ["wrong-correlation"]);
    let marks = stand.marks().await;
    assert_eq!(marks[0]["summary"]["detail"]["changed"], false);
}

#[tokio::test]
async fn two_rules_with_one_fault_are_marked_once_each_with_their_own_numbers() {
    let stand = Stand::start().await;
    for at in ["answer", "delivery"] {
        for (id, ms) in [("a", 100), ("b", 200)] {
            let rule = json!({
                "id": format!("{id}-{at}"), "faults": [{"fault": "delay", "ms": ms}], "at": at, "first": 1,
            });
            stand.mischief(rule).await.unwrap();
        }
    }
    let regional = regional(&stand).await;
    let id = send(&stand).await;
    done(&stand, &id).await;
    assert_eq!(ids(&regional), [id]);
    let told = |mark: &Value| {
        let detail = &mark["summary"]["detail"];
        let rule = detail["rule"].as_str().unwrap().to_owned();
        (rule, detail["amount"].as_u64().unwrap())
    };
    let mut marks: Vec<_> = stand.marks().await.iter().map(told).collect();
    marks.sort();
    let own = [
        ("a-answer", 100),
        ("a-delivery", 100),
        ("b-answer", 200),
        ("b-delivery", 200),
    ];
    assert_eq!(marks, own.map(|(rule, ms)| (rule.to_owned(), ms)));
}

/// An application of the portal, and its result.
async fn of_the_portal(stand: &Stand) -> (MessageId, MessageId) {
    let application = application();
    let document = sign(
        &application.to_xml(),
        stand.authority.signatory("citizen-1"),
    );
    let asked = message("portal", document);
    let key = stand.authority.signatory("system-portal");
    let envelope = seal(&asked.write(), key);
    stand
        .post_as(Actor::Portal, envelope)
        .await
        .acknowledgement();
    let (answered, _) = stand.bring_result(&application, &asked.message_id).await;
    (asked.message_id, answered)
}

#[tokio::test]
async fn a_result_of_another_exchange_reaches_the_portal_under_the_gateways_good_signature() {
    let stand = Stand::start().await;
    let portal = Neighbour::start(stand.dir.path(), &stand.clock, Actor::Portal).await;
    let rule = json!({"faults": ["wrong-correlation"], "at": "delivery", "to": "portal"});
    stand.mischief(rule).await.unwrap();
    let (asked, answered) = of_the_portal(&stand).await;
    let arrived = eventually("the result", async || portal.accepted().pop()).await;
    assert_eq!(arrived.message_id, answered);
    assert_ne!(arrived.correlation_id.unwrap(), asked);
    assert_eq!(faults(&stand).await, ["wrong-correlation"]);
    let marks = stand.marks().await;
    assert_eq!(marks[0]["summary"]["detail"]["changed"], true);
}

/// An endpoint of integrator-1 that keeps what comes, and has no time: each attempt brings another envelope.
async fn recorder(stand: &Stand) -> Arc<Mutex<Vec<Vec<u8>>>> {
    let came: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let kept = Arc::clone(&came);
    let keep = move |body: Bytes| {
        kept.lock().unwrap().push(body.to_vec());
        async { StatusCode::SERVICE_UNAVAILABLE }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(keep))).await });
    let system = format!("[[system]]\nsender = \"integrator-1\"\npush = \"{address}\"\n");
    stand.register(&system).await.unwrap();
    came
}

#[tokio::test]
async fn what_is_handed_over_at_a_systems_own_endpoint_is_spoilt_in_the_named_way_alone() {
    let stand = Stand::start().await;
    let came = recorder(&stand).await;
    let (application, id) = stand.leave().await;
    let rules = [
        "unsigned",
        "other-key",
        "wrong-correlation",
        "wrong-namespace",
    ];
    let rules: Vec<Value> = rules
        .iter()
        .zip(1..)
        .map(|(fault, nth)| {
            json!({"faults": [fault], "at": "delivery", "to": "integrator-1", "message": id.as_str(), "nth": [nth]})
        })
        .collect();
    let board = stand.gateways_control();
    let _: Value = board
        .put("/mischief", &json!({"rules": rules}))
        .await
        .unwrap();
    stand.bring_result(&application, &id).await;
    let bodies = eventually("five attempts", async || {
        let came = came.lock().unwrap();
        (came.len() >= 5).then(|| came.clone())
    })
    .await;
    let gateway = &stand.authority.signatory("system-gateway").certificate;
    let seen: Vec<(bool, bool, bool)> = bodies[..5]
        .iter()
        .map(|body| {
            let text = String::from_utf8(body.clone()).unwrap();
            let document = Document::parse(body, &xml_limits(&stand.limits)).unwrap();
            let found = find_wsse(&document, &bounds(&stand.limits));
            let genuine = found.is_ok_and(|found| found.cover(gateway.spki_der()).is_ok());
            let about_it = text.contains(&format!("<correlationId>{id}</correlationId>"));
            (genuine, about_it, text.contains("AsyncChannel/v10/Types"))
        })
        .collect();
    assert_eq!(
        seen,
        [
            (false, true, true),
            (false, true, true),
            (true, false, true),
            (true, true, false),
            (true, true, true),
        ]
    );
    assert!(!String::from_utf8_lossy(&bodies[0]).contains("<ds:Signature"));
    assert!(String::from_utf8_lossy(&bodies[1]).contains("<ds:Signature"));
    let marks = stand.marks().await;
    assert_eq!(marks.len(), 4);
    let one = &marks[0]["summary"]["detail"];
    assert_eq!(
        (&one["to"], &one["sender"]),
        (&json!("integrator-1"), &json!("regional-gateway"))
    );
}
