//! Deliberate faults at the public door: what a client sees of each, and what becomes of its message.

mod answers;

use std::time::{Duration, Instant};

use qaqpa_gateway::Config;
use qaqpa_gateway::mischief::grammar::WrittenRule;
use qaqpa_gateway::mischief::kind::Kind;
use qaqpa_gateway::mischief::page;
use qaqpa_model::{Actor, Limits, MessageId};
use qaqpa_transport::{ActorStart, ControlClient, ControlError, HttpAnswer, HttpError};
use qaqpa_wire::{Property, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::doors::{connect, head};
use crate::messages::{application, message, seal, sign, valid};
use crate::neighbour::Neighbour;
use crate::stand::{Stand, client, eventually};

impl Stand {
    pub(crate) fn gateways_control(&self) -> ControlClient {
        ControlClient::of(self.dir.path(), Actor::Gateway).unwrap()
    }

    /// Switches a rule on.
    pub(crate) async fn mischief(&self, rule: Value) -> Result<Value, ControlError> {
        self.gateways_control().post("/mischief", &rule).await
    }

    pub(crate) async fn no_mischief(&self) {
        let _: Value = self.gateways_control().delete("/mischief").await.unwrap();
    }

    /// The faults that the journal marks, oldest first, each with what was told of it.
    pub(crate) async fn marks(&self) -> Vec<Value> {
        let entries = self.control("/journal?kind=mischief").await;
        let mut marks: Vec<Value> = entries.as_array().unwrap().clone();
        marks.reverse();
        marks
    }

    async fn try_post(&self, envelope: &[u8]) -> Result<HttpAnswer, HttpError> {
        let address = self.sync().to_owned();
        let client = client(self.dir.path(), None);
        client.post(&address, "text/xml", envelope.to_vec()).await
    }

    async fn count(&self, kind: &str) -> usize {
        let entries = self.control(&format!("/journal?kind={kind}")).await;
        entries.as_array().unwrap().len()
    }

    /// After the fault: the same envelope again gets the honest answer of the first time, and has arrived once.
    async fn is_recognized_and_arrives_once(&self, id: &MessageId, envelope: &[u8]) {
        self.no_mischief().await;
        let regional = Neighbour::start(self.dir.path(), &self.clock, Actor::RegionalGateway).await;
        let again = self.post(envelope.to_vec()).await;
        self.assert_signed_by_the_gateway(&again);
        let honest = again.acknowledgement();
        assert_eq!(honest.correlation_id.as_ref(), Some(id));
        assert_eq!(honest.status, StatusCode::Success);
        eventually("the message", async || regional.accepted().pop()).await;
        assert_eq!(self.count("accepted").await, 1);
        assert_eq!(regional.accepted().len(), 1);
        regional.stop().await;
    }
}

/// Head and body as they come over a TLS connection that is not an HTTP client's.
async fn raw(stand: &Stand, envelope: &[u8]) -> (String, Vec<u8>) {
    let mut stream = connect(stand).await;
    stream
        .write_all(head(envelope.len()).as_bytes())
        .await
        .unwrap();
    stream.write_all(envelope).await.unwrap();
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => break,
            Ok(bytes) => all.extend_from_slice(&piece[..bytes]),
        }
        let text = String::from_utf8_lossy(&all).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        if body.len() == announced(head) {
            break;
        }
    }
    let end = all.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.map_or(all.len(), |at| at + 4);
    let body = all.split_off(end);
    (String::from_utf8(all).unwrap(), body)
}

fn announced(head: &str) -> usize {
    let mut lines = head.lines();
    lines
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(usize::MAX, |length| length.parse().unwrap())
}

#[tokio::test]
async fn nothing_is_on_and_the_catalogue_lists_every_fault() {
    let stand = Stand::start().await;
    let board = stand.control("/mischief").await;
    assert_eq!(board, json!({"calm": false, "rules": []}));
    let catalogue = stand.control("/mischief/catalogue").await;
    assert_eq!(catalogue.as_array().unwrap().len(), Kind::ALL.len());
    let named = stand
        .mischief(json!({"faults": ["drop"], "at": "answer"}))
        .await;
    assert_eq!(named.unwrap()["rule"]["id"], "rule-1");
    let refused = stand
        .mischief(json!({"faults": ["dorp"]}))
        .await
        .unwrap_err();
    let ControlError::Refused { label, meaning, .. } = refused else {
        panic!("{refused}");
    };
    assert_eq!(label, "mischief-malformed");
    assert!(
        meaning.starts_with("there is no fault \"dorp\"; perhaps \"drop\"?"),
        "{meaning}"
    );
    let taken = stand
        .mischief(json!({"id": "rule-1", "faults": ["drop"]}))
        .await;
    assert!(
        taken
            .unwrap_err()
            .to_string()
            .starts_with("mischief-id-taken")
    );
    let control = stand.gateways_control();
    let left: Value = control.delete("/mischief/rule-1").await.unwrap();
    assert_eq!(left["rules"], json!([]));
    assert!(control.delete::<Value>("/mischief/rule-1").await.is_err());
    let rules =
        json!({"seed": 7, "rules": [{"faults": ["half"]}, {"faults": ["down"], "seed": 9}]});
    let put: Value = control.put("/mischief", &rules).await.unwrap();
    assert_eq!(put["rules"][0]["rule"]["seed"], 7);
    assert_eq!(
        put["rules"][1]["rule"]["at"],
        json!(["delivery", "register"])
    );
}

#[tokio::test]
async fn calm_forbids_every_fault_and_a_file_beside_it_keeps_the_gateway_from_starting() {
    let dir = tempfile::tempdir().unwrap();
    let clock = qaqpa_transport::Clock::at(crate::messages::noon());
    let _authority = crate::authority::Authority::start(dir.path(), &clock).await;
    let start = |calm, rules: &str| {
        let file = dir.path().join("rules.toml");
        std::fs::write(&file, rules).unwrap();
        ActorStart {
            clock: clock.clone(),
            calm,
            mischief: (!rules.is_empty()).then_some(file),
            ..ActorStart::in_folder(dir.path())
        }
    };
    let rules =
        "[[gateway]]\nid = \"a\"\nfaults = [\"drop\"]\n[[rule]]\nfaults = [\"try-later\"]\n";
    for (calm, rules, why) in [
        (true, rules, "--mischief and --calm contradict each other"),
        (
            false,
            "[[gateway]]\nfaults = [\"x\"]\n",
            "line 1: there is no fault \"x\"",
        ),
    ] {
        let refused = qaqpa_gateway::start_with(start(calm, rules), Config::default()).await;
        let told = refused.unwrap_err().to_string();
        assert!(told.contains(why), "{told}");
    }
    let calm = qaqpa_gateway::start_with(start(true, ""), Config::default())
        .await
        .unwrap();
    let control = ControlClient::of(dir.path(), Actor::Gateway).unwrap();
    let rule = json!({"faults": ["drop"]});
    let refused = control
        .post::<_, Value>("/mischief", &rule)
        .await
        .unwrap_err();
    assert!(refused.to_string().starts_with("calm: "), "{refused}");
    calm.stop().await;
    let up = qaqpa_gateway::start_with(start(false, rules), Config::default())
        .await
        .unwrap();
    let control = ControlClient::of(dir.path(), Actor::Gateway).unwrap();
    let board: Value = control.get("/mischief").await.unwrap();
    assert_eq!(board["rules"][0]["rule"]["id"], "a");
    up.stop().await;
}

#[tokio::test]
async fn drop_throws_a_request_away_before_it_is_looked_at() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    stand
        .mischief(json!({"faults": ["drop"], "at": "answer", "first": 1}))
        .await
        .unwrap();
    let dropped = raw(&stand, &envelope).await;
    assert_eq!(
        dropped,
        (String::new(), Vec::new()),
        "not a byte of an answer"
    );
    assert_eq!(stand.count("accepted").await, 0);
    let marks = stand.marks().await;
    assert_eq!(marks[0]["message"], message.message_id.as_str());
    let detail = json!({
        "rule": "rule-1", "request": 1, "at": "answer", "to": null, "sender": "integrator-1",
        "service": message.service_id,
    });
    assert_eq!(
        marks[0]["summary"],
        json!({"fault": "drop", "detail": detail})
    );
    // The rule has had its one; what comes again is a first time.
    stand.post(envelope.clone()).await.acknowledgement();
    stand
        .is_recognized_and_arrives_once(&message.message_id, &envelope)
        .await;
}

#[tokio::test]
async fn close_does_everything_and_says_nothing() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    stand
        .mischief(json!({"faults": ["close"], "at": "answer"}))
        .await
        .unwrap();
    let closed = raw(&stand, &envelope).await;
    assert_eq!(
        closed,
        (String::new(), Vec::new()),
        "not a byte of an answer"
    );
    assert_eq!(stand.count("accepted").await, 1);
    let closed = stand.try_post(&envelope).await;
    assert!(matches!(closed, Err(HttpError::Network(_))), "{closed:?}");
    assert_eq!(stand.count("repeated").await, 1);
    stand
        .is_recognized_and_arrives_once(&message.message_id, &envelope)
        .await;
}

#[tokio::test]
async fn delay_and_duplicate_change_nothing_but_the_time_and_the_journal() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    let rule = json!({"faults": [{"fault": "delay", "ms": 700}, "duplicate"], "at": "answer"});
    stand.mischief(rule).await.unwrap();
    let begun = Instant::now();
    let reply = stand.post(envelope.clone()).await;
    assert!(begun.elapsed() >= Duration::from_millis(700));
    stand.assert_signed_by_the_gateway(&reply);
    reply.acknowledgement();
    assert_eq!(stand.count("repeated").await, 1);
    let marks = stand.marks().await;
    let names: Vec<_> = marks.iter().map(|mark| &mark["summary"]["fault"]).collect();
    assert_eq!(names, ["duplicate", "delay"]);
    stand
        .is_recognized_and_arrives_once(&message.message_id, &envelope)
        .await;
}

#[tokio::test]
async fn duplicate_is_recognized_also_for_a_sender_with_one_request_at_once() {
    let one = Config {
        sender_at_once_max: Some(1),
        ..Config::default()
    };
    let stand = Stand::start_with(one, Limits::default()).await;
    let (message, envelope) = valid(&stand.authority);
    stand
        .mischief(json!({"faults": ["duplicate"], "at": "answer"}))
        .await
        .unwrap();
    stand.post(envelope.clone()).await.acknowledgement();
    let counts = [
        stand.count("accepted").await,
        stand.count("repeated").await,
        stand.count("refused").await,
    ];
    assert_eq!(counts, [1, 1, 0]);
    stand
        .is_recognized_and_arrives_once(&message.message_id, &envelope)
        .await;
}

#[tokio::test]
async fn what_cannot_be_marked_is_not_done() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    let faults = json!([
        "drop", "close", "duplicate", "unsigned", {"fault": "delay", "ms": 20_000}, {"fault": "http-status", "status": 503},
    ]);
    for fault in faults.as_array().unwrap() {
        let rule = json!({"faults": [fault], "at": "answer"});
        stand.mischief(rule).await.unwrap();
    }
    // The journal takes every entry but a mark.
    let store = stand.dir.path().join("gateway/store.sqlite");
    let store = rusqlite::Connection::open(store).unwrap();
    store.busy_timeout(Duration::from_secs(10)).unwrap();
    store
        .execute_batch(
            "CREATE TRIGGER no_mark BEFORE INSERT ON journal WHEN NEW.kind = 'mischief'
             BEGIN SELECT RAISE(ABORT, 'no mark'); END",
        )
        .unwrap();
    let begun = Instant::now();
    let reply = stand.post(envelope.clone()).await;
    assert_eq!(reply.http.status, 200);
    stand.assert_signed_by_the_gateway(&reply);
    reply.acknowledgement();
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_eq!(stand.marks().await, Vec::<Value>::new());
    assert_eq!(
        (stand.count("accepted").await, stand.count("repeated").await),
        (1, 0)
    );
    // With its mark it is done.
    store.execute_batch("DROP TRIGGER no_mark").unwrap();
    let dropped = raw(&stand, &envelope).await;
    assert_eq!(dropped, (String::new(), Vec::new()));
    assert_eq!(stand.marks().await.len(), 1);
    stand
        .is_recognized_and_arrives_once(&message.message_id, &envelope)
        .await;
}

#[tokio::test]
async fn a_rule_befalls_whom_it_names_and_a_share_of_them_by_its_seed() {
    let stand = Stand::start().await;
    let send = async |trial: Option<&str>| {
        let document = sign(
            &application().to_xml(),
            stand.authority.signatory("citizen-1"),
        );
        let mut message = message("integrator-1", document);
        message.properties.extend(trial.map(|value| Property {
            key: "trial".to_owned(),
            value: value.to_owned(),
        }));
        let key = stand.authority.signatory("system-integrator-1");
        let envelope = seal(&message.write(), key);
        u16::from(stand.try_post(&envelope).await.unwrap().status)
    };
    let lie = |status: u16, whom: Value| {
        let mut rule = json!({"faults": [{"fault": "http-status", "status": status}]});
        rule.as_object_mut()
            .unwrap()
            .extend(whom.as_object().unwrap().clone());
        rule
    };
    for (whom, hit) in [
        (json!({"sender": "integrator-1"}), true),
        (json!({"sender": ["portal", "integrator-2"]}), false),
        (json!({"service": crate::messages::SERVICE}), true),
        (json!({"service": "GBDFL_UniversalServiceSync"}), false),
        (json!({"operation": "SendMessage"}), true),
        (json!({"operation": "getMessages"}), false),
        (json!({"property": {"key": "trial", "value": "3"}}), true),
        (json!({"property": {"key": "trial", "value": "4"}}), false),
        (
            json!({"message": "{3f2504e0-4f89-41d3-9a0c-0305e82c3301}"}),
            false,
        ),
        (json!({"until": "2026-11-22T23:59:59+05:00"}), true),
    ] {
        stand.mischief(lie(299, whom.clone())).await.unwrap();
        assert_eq!(send(Some("3")).await, if hit { 299 } else { 200 }, "{whom}");
        stand.no_mischief().await;
    }
    // A rule that is over is refused anew; among others that are set again it may be over, and befalls nobody.
    let over = lie(299, json!({"until": "2026-11-22T11:59:59+05:00"}));
    let refused = stand.mischief(over.clone()).await.unwrap_err().to_string();
    assert!(refused.starts_with("mischief-malformed"), "{refused}");
    let rules = json!({"rules": [over]});
    let _: Value = stand
        .gateways_control()
        .put("/mischief", &rules)
        .await
        .unwrap();
    assert_eq!(send(Some("3")).await, 200);
    stand.no_mischief().await;
    let mut shares = Vec::new();
    for seed in [1, 1, 2] {
        stand
            .mischief(lie(
                299,
                json!({"id": "share", "probability": 0.5, "seed": seed}),
            ))
            .await
            .unwrap();
        let mut hits = Vec::new();
        for _ in 0..10 {
            hits.push(send(None).await == 299);
        }
        let board = stand.control("/mischief").await;
        let counted = hits.iter().filter(|hit| **hit).count();
        assert_eq!(board["rules"][0]["hits"], counted);
        assert_eq!(board["rules"][0]["asked"], 10);
        shares.push(hits);
        stand.no_mischief().await;
    }
    assert_eq!(shares[0], shares[1]);
    assert_ne!(shares[0], shares[2]);
}

#[test]
fn the_page_is_written_from_the_catalogue() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/GATEWAY-MISCHIEF.md");
    if std::env::var_os("QAQPA_WRITE_MISCHIEF").is_some() {
        std::fs::write(&file, page::markdown()).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&file).unwrap_or_default(),
        page::markdown(),
        "docs/GATEWAY-MISCHIEF.md is out of date; make it anew with QAQPA_WRITE_MISCHIEF=1"
    );
}

/// The gateway's steps of scenarios are rules of this grammar.
#[test]
fn every_scenario_speaks_the_grammar() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    let mut rules = 0;
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let scenario: toml::Table = text.parse().unwrap();
        for step in scenario["step"].as_array().unwrap() {
            let mut step = step.as_table().unwrap().clone();
            let of = step.remove("actor");
            if of.and_then(|of| of.as_str().map(str::to_owned)).as_deref() != Some("gateway") {
                continue;
            }
            step.remove("do");
            let written: WrittenRule = step.try_into().unwrap();
            let rule = written.rule(0, "rule-1");
            assert!(rule.is_ok(), "{}: {rule:?}", path.display());
            rules += 1;
        }
    }
    assert!(rules >= 3, "{rules} rules in scenarios");
}
