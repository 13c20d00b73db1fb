//! Bad input and load: slow clients, floods, storms of connections, huge and tiny messages. Whatever is shed is told to
//! come again, and nothing that was accepted suffers.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::future::join_all;
use qaqpa_gateway::Config;
use qaqpa_model::{Actor, Limits, RefusalLabel};
use qaqpa_transport::{ControlClient, HttpAnswer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::doors::{connect, head};
use crate::messages::valid;
use crate::neighbour::Neighbour;
use crate::stand::{Stand, client, eventually};

/// A gateway that works on four requests at once, and waits two seconds for a request.
async fn narrow() -> Stand {
    let limits = Limits {
        requests_at_once_max: 4,
        request_seconds_max: 2,
        ..Limits::default()
    };
    Stand::start_with(Config::default(), limits).await
}

fn is_shed(answer: &HttpAnswer) -> bool {
    if answer.status == 200 {
        return false;
    }
    assert_eq!(answer.status, 503, "{}", answer.text());
    let seconds = answer.header("retry-after").unwrap();
    assert!(seconds.parse::<u32>().unwrap() >= 1);
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_flood_every_message_is_answered_and_what_is_accepted_arrives_once() {
    let stand = narrow().await;
    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    let mut posts = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let (message, envelope) = valid(&stand.authority);
        // A connection each: nobody waits for the answer to another's.
        let client = client(stand.dir.path(), None);
        let address = stand.sync().to_owned();
        posts.spawn(async move {
            let answer = client.post(&address, "text/xml", envelope.clone()).await;
            (message.message_id, envelope, answer.unwrap())
        });
    }
    let mut accepted = BTreeSet::new();
    let mut shed = Vec::new();
    while let Some(post) = posts.join_next().await {
        let (id, envelope, answer) = post.unwrap();
        if is_shed(&answer) {
            shed.push((id, envelope));
        } else {
            accepted.insert(id);
        }
    }
    assert!(accepted.len() >= 4, "{}", accepted.len());
    // Who comes again is heard.
    for (id, envelope) in shed {
        stand.post(envelope).await.acknowledgement();
        accepted.insert(id);
    }
    assert_eq!(accepted.len(), 100);
    eventually("all letters", async || {
        (regional.accepted().len() >= 100).then_some(())
    })
    .await;
    let arrived: Vec<_> = regional.accepted();
    let names: BTreeSet<_> = arrived.iter().map(|it| it.message_id.clone()).collect();
    assert_eq!((arrived.len(), names), (100, accepted));
}

#[tokio::test]
async fn slow_clients_do_not_keep_others_from_being_answered() {
    let stand = narrow().await;
    let (_, envelope) = valid(&stand.authority);
    let mut slow = Vec::new();
    for n in 0..12 {
        let mut connection = connect(&stand).await;
        let whole = format!("{}{}", head(envelope.len()), "<a");
        // Some never end their head, others never end their body.
        let end = if n % 2 == 0 { whole.len() } else { 40 };
        let said = &whole.as_bytes()[..end];
        connection.write_all(said).await.unwrap();
        slow.push(connection);
    }
    let begun = Instant::now();
    stand.post(envelope).await.acknowledgement();
    assert!(begun.elapsed() < Duration::from_secs(2));
    for mut connection in slow {
        let mut answer = Vec::new();
        let heard = connection.read_to_end(&mut answer);
        tokio::time::timeout(Duration::from_secs(10), heard)
            .await
            .unwrap()
            .ok();
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

#[tokio::test]
async fn more_connections_than_there_is_room_for_are_told_to_come_again() {
    let stand = narrow().await;
    let (_, envelope) = valid(&stand.authority);
    // Sixteen connections have a place; these say nothing.
    let mut idle = Vec::new();
    for _ in 0..16 {
        idle.push(connect(&stand).await);
    }
    let begun = Instant::now();
    let outsider = client(stand.dir.path(), None);
    let answer = outsider.post(stand.sync(), "text/xml", envelope.clone());
    let answer = answer.await.unwrap();
    assert!(is_shed(&answer));
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(answer.header("x-qaqpa-label"), Some("busy"));
    drop(idle);
    eventually("a place", async || {
        let outsider = client(stand.dir.path(), None);
        let answer = outsider.post(stand.sync(), "text/xml", envelope.clone());
        (answer.await.ok()?.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn messages_that_are_huge_or_tiny_are_refused_each_with_its_label() {
    let stand = narrow().await;
    let limit = stand.limits.body_bytes_max;
    let outsider = client(stand.dir.path(), None);
    let attributes: String = (0..65).map(|n| format!(" a{n}=\"\"")).collect();
    let elements = format!("<a>{}</a>", "<b/>".repeat(100_000));
    for (name, body, status, label) in [
        ("nothing", Vec::new(), 500, "xml-malformed"),
        ("one byte", b"<".to_vec(), 500, "xml-malformed"),
        ("a null", vec![0], 500, "xml-malformed"),
        ("too long", vec![b' '; limit + 1], 413, "body-too-large"),
        ("white space", vec![b' '; limit], 500, "xml-malformed"),
        (
            "many attributes",
            format!("<a{attributes}/>").into_bytes(),
            500,
            "limit-exceeded",
        ),
        (
            "many elements",
            elements.into_bytes(),
            500,
            "limit-exceeded",
        ),
    ] {
        let answer = outsider.post(stand.sync(), "text/xml", body).await.unwrap();
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
        assert_eq!(answer.header("x-qaqpa-label"), Some(label), "{name}");
    }
    let (_, envelope) = valid(&stand.authority);
    stand.post(envelope).await.acknowledgement();
}

/// What the journal holds of requests that were turned away, and how many it says that it does not hold.
struct Sampled {
    told: Vec<Value>,
    untold: u64,
}

impl Sampled {
    /// Waits until so many are told, or told of.
    async fn of(stand: &Stand, refused: u64) -> Self {
        eventually("all that were turned away", async || {
            let sampled = Self::read(stand).await;
            (sampled.told.len() as u64 + sampled.untold >= refused).then_some(sampled)
        })
        .await
    }

    async fn read(stand: &Stand) -> Self {
        let list = async |kind: &str| -> Vec<Value> {
            let path = format!("/journal?kind={kind}&limit=500");
            let listed = stand.control(&path).await;
            listed.as_array().unwrap().clone()
        };
        let untold = list("refusals-untold").await;
        let untold = untold
            .iter()
            .map(|entry| entry["summary"]["untold"].as_u64().unwrap());
        Self {
            told: list("refused").await,
            untold: untold.sum(),
        }
    }

    /// All were turned away within this time.
    fn assert_a_sample_of(&self, refused: u64, within: Duration) {
        let told = self.told.len() as u64;
        assert_eq!(told + self.untold, refused);
        assert!(self.untold > 0, "{told} were told");
        let seconds = within.as_secs() + 2;
        assert!(told <= 50 * seconds, "{told} in {seconds} s");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_strangers_leaves_a_sample_in_the_journal_that_says_how_many_it_leaves_out() {
    let stand = Stand::start().await;
    let begun = Instant::now();
    let posts = (0..200).map(|_| stand.post("<no-envelope/>"));
    for reply in join_all(posts).await {
        assert_eq!(reply.label(), Some(RefusalLabel::EnvelopeMalformed));
    }
    let within = begun.elapsed();
    let (_, envelope) = valid(&stand.authority);
    stand.post(envelope).await.acknowledgement();
    // Nobody else needs to come for it to be told.
    let sampled = Sampled::of(&stand, 200).await;
    sampled.assert_a_sample_of(200, within);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_beyond_its_measure_is_told_of_in_a_sample_and_without_its_bytes() {
    let stand = Stand::start().await;
    let agreed = "[[system]]\nsender = \"integrator-1\"\nper_minute_max = 1\n";
    stand.register(agreed).await.unwrap();
    let (_, envelope) = valid(&stand.authority);
    stand.post(envelope.clone()).await.acknowledgement();
    let begun = Instant::now();
    let posts = (0..200).map(|_| stand.post(envelope.clone()));
    for reply in join_all(posts).await {
        assert_eq!(reply.label(), Some(RefusalLabel::LimitExceeded));
        assert!(is_shed(&reply.http));
    }
    let within = begun.elapsed();
    let sampled = Sampled::of(&stand, 200).await;
    sampled.assert_a_sample_of(200, within);
    for entry in &sampled.told {
        assert_eq!(entry["summary"]["sender"], "integrator-1");
        assert_eq!(entry["summary"]["raw-left-out"], envelope.len());
        assert_eq!(entry["raw"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_expected_of_refusals_is_undecided_where_the_journal_holds_a_sample_of_them() {
    let stand = Stand::start().await;
    let posts = (0..200).map(|_| stand.post("<no-envelope/>"));
    join_all(posts).await;
    let verify = async |wish: Value| -> (Value, u64) {
        let control = ControlClient::of(stand.dir.path(), Actor::Gateway).unwrap();
        let mut view: Value = control.post("/expectations/verify", &wish).await.unwrap();
        let found = view["found"].as_u64().unwrap() + view["untold"].as_u64().unwrap();
        (view["standing"].take(), found)
    };
    let refused = json!({"outcome": "refused", "label": "envelope-malformed"});
    let all = verify(json!({"when": refused, "exactly": 200})).await;
    assert_eq!(all, (json!("undecided"), 200));
    let more = verify(json!({"when": refused, "exactly": 201})).await;
    assert_eq!(more, (json!("waiting"), 200));
    let few = verify(json!({"when": refused, "at_least": 50})).await;
    assert_eq!(few, (json!("met"), 200));
    // None of those was accepted.
    let accepted = verify(json!({"when": {}, "exactly": 0})).await;
    assert_eq!(accepted, (json!("met"), 0));
}
