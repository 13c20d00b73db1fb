//! The real gateway and the real regional gateways: what registers are asked, and whose word counts for a region.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use qaqpa::simulator::{Simulator, start_named};
use qaqpa_channel::{ChannelClient, SendError, Sent, SystemKeys};
use qaqpa_model::{Actor, ActorName, Lang, Limits, MessageId, SenderId};
use qaqpa_regulations::Catalogue;
use qaqpa_runner::{Endpoints, Scenario, Stand, play};
use qaqpa_transport::{ClientLimits, ClientTls, Clock, ControlClient, HttpClient, registry};
use qaqpa_wire::register::person;
use qaqpa_wire::register::{Question, Root};
use qaqpa_wire::{BusinessData, DataForm, SendMessageRequest};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::stand;

const TARAZ: &str = r#"
version = 1
[[actor]]
name = "regional-gateway"
[[actor]]
name = "regional-gateway.taraz"
[[route]]
direction = "to-provider"
service = "*"
to = "regional-gateway.taraz"
[[route]]
direction = "to-applicant"
service = "*"
to = "sender"
[[route]]
direction = "to-register"
service = "GBDFL_UniversalServiceSync"
to = "regional-gateway"
[[route]]
direction = "to-register"
service = "QAQPA_NotaryRegister"
to = "regional-gateway.taraz"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn registers_answer_after_an_answer_was_lost_and_a_branch_does_its_work_under_its_own_name() {
    let data = stand::fresh_folder("registers");
    let settings = stand::settings(&data);
    let simulator = Simulator::start(&settings, |_| {}).await.unwrap();
    let taraz = ActorName::parse("regional-gateway.taraz").unwrap();
    let shutdown = simulator.shutdown().child();
    let branch = start_named(&settings, &taraz, shutdown).await.unwrap();
    let path = data.clone();
    let endpoints = tokio::task::spawn_blocking(move || stand::wait_for_endpoints(&path))
        .await
        .unwrap();

    a_question_is_asked_again(&data, &endpoints).await;

    let control = ControlClient::of(&data, Actor::Gateway).unwrap();
    let _: Value = control
        .put("/routes", &json!({"toml": TARAZ}))
        .await
        .unwrap();
    let question = question(
        "QAQPA_NotaryRegister",
        "number",
        "TEST-2025-0001",
        qaqpa_wire::register::SPACE,
    );
    let told = ask(&data, &endpoints, &question).await.unwrap();
    let told = String::from_utf8(told.response.data.unwrap().bytes).unwrap();
    assert!(told.contains("TEST-2025-0001"), "{told}");

    // The whole road, by the officer of the branch.
    let mut its = endpoints.clone();
    its.workplace = branch.address("workplace").unwrap().to_owned();
    let actors = &mut its.control.actors;
    actors.insert(
        "regional-gateway".to_owned(),
        branch.record().control.clone(),
    );
    let catalogue = Catalogue::embedded().unwrap();
    let scenarios = Scenario::embedded(&catalogue).unwrap();
    let happy = scenarios
        .into_iter()
        .find(|one| one.id == "guardianship-happy");
    let runner = Stand::new(its, catalogue, Lang::En).unwrap();
    let played = play(&runner, &happy.unwrap()).await;
    assert_eq!(
        played.differences,
        Vec::<String>::new(),
        "{}",
        played.path()
    );
    let of_branch = ControlClient::of_named(&data, &taraz).unwrap();
    let cards: Value = of_branch.get("/cards").await.unwrap();
    assert_eq!(cards.as_array().unwrap().len(), 1, "{cards}");
    assert_eq!(cards[0]["state"], "granted");
    let whole = ControlClient::of(&data, Actor::RegionalGateway).unwrap();
    let cards: Value = whole.get("/cards").await.unwrap();
    assert_eq!(cards, json!([]));
    let kept: Value = control.get("/journal?kind=accepted").await.unwrap();
    let senders: Vec<_> = kept
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["summary"]["sender"])
        .collect();
    assert!(
        senders.contains(&&json!("regional-gateway.taraz")),
        "{senders:?}"
    );
    branch.stop().await;
    simulator.stop().await;
}

/// The register answers, and the connection breaks on the way; the same bytes later are answered.
async fn a_question_is_asked_again(data: &Path, endpoints: &Endpoints) {
    let name = ActorName::from(Actor::RegionalGateway);
    let honest = registry::read_named(data, &name).unwrap().unwrap();
    let road = Road::before(&honest.addresses["registers"]).await;
    let mut record = honest.clone();
    record
        .addresses
        .insert("registers".to_owned(), road.address.clone());
    registry::write_named(data, &name, &record).unwrap();

    let citizen = endpoints.identity("citizen-1").unwrap();
    let question = question(person::SERVICE, "iin", &citizen.iin, person::SPACE);
    road.breaks.store(true, Ordering::SeqCst);
    let lost = ask(data, endpoints, &question).await.unwrap_err();
    assert!(matches!(lost, SendError::Unavailable { .. }), "{lost}");
    assert_eq!(road.broken.load(Ordering::SeqCst), 1);
    let regional = ControlClient::of(data, Actor::RegionalGateway).unwrap();
    let told: Value = regional.get("/journal?kind=register-answer").await.unwrap();
    assert_eq!(told.as_array().unwrap().len(), 1, "it was answered: {told}");

    road.breaks.store(false, Ordering::SeqCst);
    // In another second than the first time: dates of envelopes have seconds.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let answered = ask(data, endpoints, &question).await.unwrap();
    let told = String::from_utf8(answered.response.data.unwrap().bytes).unwrap();
    assert!(told.contains(&citizen.iin), "{told}");
    registry::write_named(data, &name, &honest).unwrap();
}

fn question(service: &str, by: &str, value: &str, space: &'static str) -> SendMessageRequest {
    let question = Question {
        message_id: "1".to_owned(),
        message_date: "2026-11-22T12:00:00.000+05:00".to_owned(),
        sender_code: "integrator-1".to_owned(),
        criteria: vec![(by.to_owned(), value.to_owned())],
    };
    let guid = format!("{{3f2504e0-4f89-41d3-9a0c-{:012x}}}", service.len());
    SendMessageRequest {
        message_id: MessageId::parse(&guid).unwrap(),
        correlation_id: None,
        service_id: service.to_owned(),
        message_date: Clock::real().now(),
        route_id: None,
        sender: None,
        properties: Vec::new(),
        session_id: None,
        data: BusinessData {
            bytes: question.to_xml(Root::Data, space),
            form: DataForm::Children,
        },
    }
}

/// Asks as integrator-1 does.
async fn ask(
    data: &Path,
    endpoints: &Endpoints,
    question: &SendMessageRequest,
) -> Result<Sent, SendError> {
    let tls = ClientTls::trusting_file(&endpoints.trust.tls).unwrap();
    let client = ChannelClient::new(
        HttpClient::new(&tls, ClientLimits::default()),
        SystemKeys::new(data, "system-integrator-1"),
        Limits::default(),
    );
    let peer = SenderId::parse("gateway").unwrap();
    let address = registry::read(data, Actor::Gateway)
        .unwrap()
        .unwrap()
        .addresses["sync"]
        .clone();
    client.send(&address, &peer, question).await
}

/// A road to a TLS door on which connections break once a whole request has gone there.
struct Road {
    address: String,
    breaks: Arc<AtomicBool>,
    broken: Arc<AtomicUsize>,
}

/// More bytes than a handshake with a client certificate has, and fewer than a signed question.
const HANDSHAKE_BYTES_MAX: usize = 4_500;

/// More bytes than a server says of its own accord after a handshake, and fewer than a signed answer.
const TICKETS_BYTES_MAX: usize = 2_000;

impl Road {
    async fn before(address: &str) -> Self {
        let (door, path) = address
            .strip_prefix("https://")
            .unwrap()
            .split_once('/')
            .unwrap();
        let door = door.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let road = Self {
            address: format!("https://127.0.0.1:{port}/{path}"),
            breaks: Arc::default(),
            broken: Arc::default(),
        };
        let (breaks, broken) = (Arc::clone(&road.breaks), Arc::clone(&road.broken));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&door).await.unwrap();
                let (breaks, broken) = (Arc::clone(&breaks), Arc::clone(&broken));
                tokio::spawn(async move {
                    if pass(client, server, &breaks).await {
                        broken.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        road
    }
}

/// Passes bytes on both ways; whether it broke off when the answer came.
async fn pass(mut client: TcpStream, mut server: TcpStream, breaks: &AtomicBool) -> bool {
    let (mut up, mut down) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let (mut asked, mut swallowed) = (0, 0);
    loop {
        tokio::select! {
            read = client.read(&mut up) => match read {
                Ok(bytes) if bytes > 0 => {
                    asked += bytes;
                    if server.write_all(&up[..bytes]).await.is_err() {
                        return false;
                    }
                }
                _ => return false,
            },
            read = server.read(&mut down) => match read {
                Ok(bytes) if bytes > 0 => {
                    if breaks.load(Ordering::SeqCst) && asked > HANDSHAKE_BYTES_MAX {
                        swallowed += bytes;
                        if swallowed > TICKETS_BYTES_MAX {
                            return true;
                        }
                        continue;
                    }
                    if client.write_all(&down[..bytes]).await.is_err() {
                        return false;
                    }
                }
                _ => return false,
            },
        }
    }
}
