//! Questions to registers: put at once, and answered only with what the register's own system signed about them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use qaqpa_channel::{Answer, Answers, Examining, Inbox, Refused, SystemKeys};
use qaqpa_gateway::Config;
use qaqpa_model::{Actor, Limits, MessageId, RefusalLabel};
use qaqpa_store::{Store, StoreConfig};
use qaqpa_transport::{
    ActorStart, ClientLimits, Hall, HttpClient, PeerActor, Peers, Place, Running, control,
};
use qaqpa_wire::register::person::{self, PersonAnswer};
use qaqpa_wire::register::{AnswerHead, Question, Root};
use qaqpa_wire::{BusinessData, DataForm, SendMessageRequest, SendMessageResponse, StatusCode};

use crate::authority::Signatory;
use crate::messages::{message, new_id, noon, seal, sign, valid};
use crate::siblings;
use crate::stand::{Reply, Stand, client};

/// What the register does with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    /// Answers as it should.
    Answer,
    /// Answers another question.
    OtherQuestion,
    /// Says that the question is none.
    Refuse,
    /// Signs its answer with the key of another system.
    OtherKey,
    /// Answers, and the connection breaks in the midst of it.
    Break,
    /// Does not sign its answer.
    Unsigned,
}

/// A regional gateway with one register, as the gateway meets it.
struct Register {
    shared: Arc<Shared>,
    _running: Running,
}

struct Shared {
    inbox: Inbox,
    own: Signatory,
    other: Signatory,
    deed: Mutex<Deed>,
    asked: Mutex<Vec<SendMessageRequest>>,
}

impl Register {
    async fn start(stand: &Stand) -> Self {
        let (dir, actor) = (stand.dir.path(), Actor::RegionalGateway);
        let start = ActorStart {
            clock: stand.clock.clone(),
            ..ActorStart::in_folder(dir)
        };
        let mut hall = Hall::enter(start, actor).await.unwrap();
        let store = Store::open(&StoreConfig::in_folder(hall.folder()), actor)
            .await
            .unwrap();
        let examining = Examining::new(
            dir,
            HttpClient::plain(ClientLimits::default()),
            Limits::default(),
            stand.clock.clone(),
        );
        let shared = Arc::new(Shared {
            inbox: Inbox {
                store,
                clock: stand.clock.clone(),
                limits: Limits::default(),
                keys: SystemKeys::new(dir, "system-regional-gateway"),
                examining,
            },
            own: stand.authority.signatory("system-regional-gateway").clone(),
            other: stand.authority.signatory("system-integrator-1").clone(),
            deed: Mutex::new(Deed::Answer),
            asked: Mutex::default(),
        });
        let listener = hall.bind(Place::RegionalChannel).await.unwrap();
        hall.announce("registers", format!("{}/registers/", listener.https()));
        let security = hall
            .tls()
            .server(actor, Peers::Required(vec![Actor::Gateway]))
            .unwrap();
        let router = Router::new()
            .route("/registers/", post(receive))
            .with_state(Arc::clone(&shared));
        hall.serve(listener, router, security);
        let on_clock = control::clock_hook(|_| async { Ok(()) });
        hall.control(Place::RegionalControl, Router::new(), on_clock)
            .await
            .unwrap();
        Self {
            shared,
            _running: hall.open().await.unwrap(),
        }
    }

    fn will(&self, deed: Deed) {
        *self.shared.deed.lock().unwrap() = deed;
    }

    fn asked(&self) -> Vec<SendMessageRequest> {
        self.shared.asked.lock().unwrap().clone()
    }
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    PeerActor(peer): PeerActor,
    body: Bytes,
) -> Answer {
    let letter = match shared.inbox.receive(peer, &body).await {
        Ok(letter) => letter,
        Err(answer) => return answer,
    };
    let request = letter.request().clone();
    // A register that remembers, as any receiver may: an id that came before is not answered.
    {
        let mut asked = shared.asked.lock().unwrap();
        assert!(asked.iter().all(|one| one.message_id != request.message_id));
        asked.push(request.clone());
    }
    let deed = *shared.deed.lock().unwrap();
    let answers = Answers::new(shared.inbox.keys.clone(), shared.inbox.limits);
    if deed == Deed::Refuse {
        let refused = Refused::new(RefusalLabel::ApplicationMalformed, "as the test wants it");
        let session = Answers::new_session();
        return answers.reject(&refused.into(), &session, noon()).await;
    }
    let head = AnswerHead {
        message_id: "{answer}".to_owned(),
        message_date: noon(),
        request_id: match deed {
            Deed::OtherQuestion => "2".to_owned(),
            _ => "1".to_owned(),
        },
        sender: "GBDFL-TEST".to_owned(),
        receiver: "integrator-1".to_owned(),
    };
    let persons = Vec::new();
    let unsigned = PersonAnswer { head, persons }.to_xml(Root::of(request.data.form));
    let bytes = match deed {
        Deed::Unsigned => unsigned,
        Deed::OtherKey => sign(&unsigned, &shared.other),
        _ => sign(&unsigned, &shared.own),
    };
    let response = SendMessageResponse {
        message_id: new_id(),
        correlation_id: Some(request.message_id.clone()),
        response_date: noon(),
        status: StatusCode::Success,
        status_message: "ok".to_owned(),
        session_id: None,
        data: Some(BusinessData {
            bytes,
            form: request.data.form,
        }),
    };
    let mut answer = answers.acknowledge(&response.write()).await.unwrap();
    if deed == Deed::Break {
        answer.body.truncate(40);
    }
    answer
}

fn question() -> Question {
    Question {
        message_id: "1".to_owned(),
        message_date: "2026-11-22T12:00:00.000+05:00".to_owned(),
        sender_code: "integrator-1".to_owned(),
        criteria: vec![("iin".to_owned(), "931002451325".to_owned())],
    }
}

fn request(bytes: Vec<u8>, form: DataForm) -> SendMessageRequest {
    let mut message = message("integrator-1", Vec::new());
    message.service_id = person::SERVICE.to_owned();
    message.data = BusinessData { bytes, form };
    message
}

async fn send(stand: &Stand, request: &SendMessageRequest) -> Reply {
    let envelope = seal(
        &request.write(),
        stand.authority.signatory("system-integrator-1"),
    );
    stand.post(envelope).await
}

/// As public clients write it: typed `data`, values without a name space, no signature of its own.
fn usual() -> SendMessageRequest {
    request(
        question().to_xml(Root::Data, person::SPACE),
        DataForm::Children,
    )
}

#[tokio::test]
async fn a_question_as_clients_write_it_is_answered_at_once_and_a_repeat_gets_the_same_answer() {
    let stand = Stand::start().await;
    let register = Register::start(&stand).await;
    let usual = usual();
    let reply = send(&stand, &usual).await;
    stand.assert_signed_by_the_gateway(&reply);
    let answer = reply.acknowledgement();
    assert_eq!(answer.status, StatusCode::Success);
    assert_eq!(answer.correlation_id.as_ref(), Some(&usual.message_id));
    let data = answer.data.clone().unwrap();
    assert_eq!(data.form, DataForm::Children);
    let text = String::from_utf8(data.bytes).unwrap();
    assert!(text.contains("<requestId>1</requestId>"), "{text}");
    assert!(text.contains("SignatureValue"), "{text}");
    let asked = register.asked();
    assert_ne!(asked[0].message_id, usual.message_id);
    assert_eq!(asked[0].data.bytes, usual.data.bytes);

    let again = send(&stand, &usual).await.acknowledgement();
    assert_eq!(again, answer);
    assert_eq!(register.asked().len(), 1);
    let journal = stand.control("/journal?kind=accepted").await;
    assert_eq!(journal[0]["summary"]["kind"], "question");
    assert_eq!(
        journal[0]["summary"]["asked-by"],
        serde_json::json!(["iin"])
    );
    assert!(!journal.to_string().contains("931002451325"));
    assert_eq!(
        journal[0]["summary"]["asked-as"],
        asked[0].message_id.as_str()
    );
    assert_eq!(stand.control("/outbox").await, serde_json::json!([]));
}

#[tokio::test]
async fn a_question_whose_answer_was_lost_is_asked_again_and_answered_whenever_it_is_repeated() {
    let stand = Stand::start().await;
    let register = Register::start(&stand).await;
    let usual = usual();
    register.will(Deed::Break);
    let lost = send(&stand, &usual).await;
    assert_eq!(lost.fault().detail.unwrap().error_code, "SCE909");
    // In another second, so that an envelope that is made anew is not the same.
    stand
        .clock
        .set(noon().plus(Duration::from_secs(2)))
        .unwrap();
    register.will(Deed::Answer);
    let reply = send(&stand, &usual).await;
    assert!(reply.acknowledgement().data.is_some());
    assert_eq!(register.asked().len(), 2);
}

#[tokio::test]
async fn what_a_register_told_lies_nowhere_in_the_clear_and_is_told_again_for_a_day_only() {
    let stand = Stand::start().await;
    let register = Register::start(&stand).await;
    let usual = usual();
    let answer = send(&stand, &usual).await.acknowledgement();
    let folder = stand.dir.path().join("gateway");
    for file in ["store.sqlite", "store.sqlite-wal"] {
        let bytes = std::fs::read(folder.join(file)).unwrap_or_default();
        let told = b"GBDFL-TEST";
        assert!(
            !bytes.windows(told.len()).any(|part| part == told),
            "{file}"
        );
    }
    let hours = |n: u64| noon().plus(Duration::from_secs(n * 3600));
    stand.clock.set(hours(24)).unwrap();
    assert_eq!(send(&stand, &usual).await.acknowledgement(), answer);
    stand.clock.set(hours(25)).unwrap();
    let late = send(&stand, &usual).await;
    assert_eq!(late.label(), Some(RefusalLabel::Replayed));
    assert!(late.http.text().contains("ask with another messageId"));
    assert_eq!(register.asked().len(), 1);
}

#[tokio::test]
async fn whose_service_was_withdrawn_gets_no_answer_again_and_gets_it_when_it_is_given_back() {
    let stand = Stand::start().await;
    let register = Register::start(&stand).await;
    let usual = usual();
    let answer = send(&stand, &usual).await.acknowledgement();
    let services = |services: &str| {
        format!("[[system]]\nsender = \"integrator-1\"\nservices = [{services}]\n")
    };
    stand.register(&services("")).await.unwrap();
    let reply = send(&stand, &usual).await;
    assert_eq!(reply.label(), Some(RefusalLabel::SenderUnknown));
    assert!(!reply.http.text().contains("responseData"));
    let named = format!("\"{}\"", person::SERVICE);
    stand.register(&services(&named)).await.unwrap();
    assert_eq!(send(&stand, &usual).await.acknowledgement(), answer);
    assert_eq!(register.asked().len(), 1);
}

/// A register of systems that names a certificate makes the gateway know more, not forget what it has just learnt.
#[tokio::test]
async fn evidence_is_kept_from_message_to_message_though_a_system_has_a_certificate_of_its_own() {
    let stand = Stand::start().await;
    let register = Register::start(&stand).await;
    let own = stand.authority.signatory("citizen-2").certificate.to_pem();
    let system = format!(
        "[[system]]\nsender = \"clinic-7\"\npassword = \"p\"\ncertificate = '''\n{own}'''\n"
    );
    stand.register(&system).await.unwrap();
    assert!(
        send(&stand, &usual())
            .await
            .acknowledgement()
            .data
            .is_some()
    );
    let once = stand.authority.asked();
    assert!(once > 0);
    for _ in 0..2 {
        assert!(
            send(&stand, &usual())
                .await
                .acknowledgement()
                .data
                .is_some()
        );
    }
    assert_eq!(register.asked().len(), 3);
    assert_eq!(stand.authority.asked(), once);
}

#[tokio::test]
async fn a_question_that_its_sender_signed_is_taken_and_one_that_somebody_else_signed_is_not() {
    let stand = Stand::start().await;
    let register = Register::start(&stand).await;
    let unsigned = question().to_xml(Root::Response, person::SPACE);
    let own = sign(&unsigned, stand.authority.signatory("system-integrator-1"));
    let reply = send(&stand, &request(own.clone(), DataForm::TypedText)).await;
    assert!(reply.acknowledgement().data.is_some());

    let foreign = sign(&unsigned, stand.authority.signatory("citizen-1"));
    let reply = send(&stand, &request(foreign, DataForm::Child)).await;
    assert_eq!(reply.label(), Some(RefusalLabel::SenderCertificateMismatch));
    let reply = send(&stand, &request(unsigned, DataForm::TypedText)).await;
    assert_eq!(reply.label(), Some(RefusalLabel::SignatureMissing));
    let changed = String::from_utf8(own)
        .unwrap()
        .replace("931002451325", "061211600012");
    let reply = send(&stand, &request(changed.into_bytes(), DataForm::Child)).await;
    assert_eq!(reply.label(), Some(RefusalLabel::ContentChanged));
    assert_eq!(register.asked().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_not_the_registers_own_about_this_question_is_never_passed_on() {
    let stand = Stand::start().await;
    let register = Register::start(&stand).await;
    for (deed, why) in [
        (Deed::OtherKey, "it is signed by"),
        (Deed::OtherQuestion, "it answers another question"),
        (Deed::Unsigned, "is not passed on"),
    ] {
        register.will(deed);
        let reply = send(&stand, &usual()).await;
        assert_eq!(
            reply.fault().detail.unwrap().error_code,
            "SCE909",
            "{deed:?}"
        );
        assert!(!reply.http.text().contains("responseData"));
        let journal = stand.control("/journal?kind=faulted&limit=1").await;
        let told = journal[0]["summary"]["why"].as_str().unwrap();
        assert!(told.contains(why), "{deed:?}: {told}");
    }
    register.will(Deed::Refuse);
    let reply = send(&stand, &usual()).await;
    assert_eq!(reply.label(), Some(RefusalLabel::ApplicationMalformed));
    register.will(Deed::Answer);
    assert!(
        send(&stand, &usual())
            .await
            .acknowledgement()
            .data
            .is_some()
    );
}

#[tokio::test]
async fn a_register_that_is_down_is_our_fault_and_one_that_nobody_has_is_no_service() {
    let stand = Stand::start().await;
    let first = usual();
    let reply = send(&stand, &first).await;
    assert_eq!(reply.fault().detail.unwrap().error_code, "SCE909");
    let register = Register::start(&stand).await;
    let reply = send(&stand, &first).await;
    assert!(
        reply.acknowledgement().data.is_some(),
        "nothing was accepted before"
    );
    assert_eq!(register.asked().len(), 1);

    let mut unknown = usual();
    unknown.service_id = "GBDUL_UniversalServiceSync".to_owned();
    let reply = send(&stand, &unknown).await;
    assert_eq!(reply.label(), Some(RefusalLabel::ServiceUnknown));
    let mut malformed = usual();
    malformed.message_id = MessageId::parse("{00000000-0000-4000-8000-000000000001}").unwrap();
    malformed.data.bytes = b"<data><iin>931002451325</iin><messageId>1</messageId></data>".to_vec();
    let reply = send(&stand, &malformed).await;
    assert_eq!(reply.label(), Some(RefusalLabel::ApplicationMalformed));
}

#[tokio::test]
async fn a_register_that_counts_as_down_is_our_fault_until_the_rule_is_off() {
    let stand = Stand::start().await;
    let register = Register::start(&stand).await;
    let usual = usual();
    for fault in ["down", "drop"] {
        let rule = serde_json::json!({"faults": [fault], "at": "register", "service": person::SERVICE, "first": 1});
        stand.mischief(rule).await.unwrap();
        let reply = send(&stand, &usual).await;
        assert_eq!(
            reply.fault().detail.unwrap().error_code,
            "SCE909",
            "{fault}"
        );
        let marks = stand.marks().await;
        let mark = &marks.last().unwrap()["summary"];
        assert_eq!(mark["fault"], fault);
        assert_eq!(mark["detail"]["to"], "regional-gateway");
        assert_eq!(mark["detail"]["service"], person::SERVICE);
        stand.no_mischief().await;
    }
    assert_eq!(register.asked().len(), 0);
    let rule = serde_json::json!({"faults": [{"fault": "delay", "ms": 500}], "at": "register"});
    stand.mischief(rule).await.unwrap();
    let begun = std::time::Instant::now();
    assert!(send(&stand, &usual).await.acknowledgement().data.is_some());
    assert!(begun.elapsed() >= Duration::from_millis(500));
    assert_eq!(register.asked().len(), 1);
}

#[tokio::test]
async fn a_register_that_says_nothing_leaves_every_question_to_the_one_beside_it() {
    let stand = Stand::start().await;
    let register = Register::start(&stand).await;
    let mute = siblings::mute();
    siblings::beside(&stand, "registers", &mute);
    for asked in 1..=10 {
        let reply = send(&stand, &usual()).await;
        assert!(reply.acknowledgement().data.is_some());
        assert_eq!(register.asked().len(), asked);
    }
}

#[tokio::test]
async fn a_flood_of_questions_to_a_register_that_says_nothing_takes_no_place_of_a_message() {
    let limits = Limits {
        requests_at_once_max: 8,
        ..Limits::default()
    };
    let config = Config {
        sender_at_once_max: Some(1000),
        ..Config::default()
    };
    let stand = Stand::start_with(config, limits).await;
    let mute = siblings::mute();
    siblings::beside(&stand, "registers", &mute);
    let signatory = stand.authority.signatory("system-integrator-1");
    let mut questions = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let envelope = seal(&usual().write(), signatory);
        let client = client(stand.dir.path(), None);
        let address = stand.sync().to_owned();
        questions.spawn(async move {
            let answer = client.post(&address, "text/xml", envelope).await.unwrap();
            let header = |name| answer.header(name).map(str::to_owned);
            (
                answer.status,
                header("x-qaqpa-label"),
                header("retry-after"),
            )
        });
    }
    // Two wait until it is plain that nobody answers; the other four are told to come later, and no message waits for any.
    let mut messages = 0;
    while questions.len() > 2 {
        let (_, envelope) = valid(&stand.authority);
        stand.post(envelope).await.acknowledgement();
        messages += 1;
        while let Some(shed) = questions.try_join_next() {
            let (status, label, retry) = shed.unwrap();
            assert_eq!(status, 503);
            assert_eq!(label.as_deref(), Some("limit-exceeded"));
            assert_eq!(retry.as_deref(), Some("5"));
        }
    }
    assert!(messages > 0);
    let (_, envelope) = valid(&stand.authority);
    stand.post(envelope).await.acknowledgement();
    assert_eq!(questions.len(), 2, "these still wait");
    for (status, label, retry) in questions.join_all().await {
        assert_eq!((status.as_u16(), label, retry), (500, None, None));
    }
}
