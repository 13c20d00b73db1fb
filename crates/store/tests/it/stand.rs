//! What a backend gives to the contract: a fresh place, opened as often as asked. And builders that
//! default to valid.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use qaqpa_model::{Actor, BodyDigest, ElementId, Iin, MessageId, Moment, SenderId, ServiceAtAct};
use qaqpa_store::{
    Backend, Direction, Failure, Heard, Incoming, JournalEntry, NewAccount, NewCard, NewTask,
    OutgoingMessage, PersonName, Said, SegmentRule, Store, StoreConfig, TraceEntry, TraceOutcome,
    Visit, Word,
};

/// One backend under the contract. PostgreSQL will give a schema of its own per stand.
pub(crate) trait Stand {
    fn fresh() -> Self;
    /// Opens the same place, again if it was closed.
    fn open(&self) -> impl Future<Output = Store> + Send;
}

pub(crate) struct SqliteStand {
    pub(crate) dir: tempfile::TempDir,
}

impl SqliteStand {
    pub(crate) fn config(&self) -> StoreConfig {
        StoreConfig {
            dir: self.dir.path().join("gateway"),
            backend: Backend::Sqlite,
            replay_window: Duration::from_secs(3600),
            // Small, so that every test that writes a few entries crosses the border of segments.
            segments: SegmentRule {
                entries_max: 4,
                age_max: Duration::from_secs(600),
            },
        }
    }
}

impl Stand for SqliteStand {
    fn fresh() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    async fn open(&self) -> Store {
        Store::open(&self.config(), Actor::Gateway).await.unwrap()
    }
}

pub(crate) const IIN: &str = "931002451325";

pub(crate) fn at(seconds: i64) -> Moment {
    Moment::from_unix_ms(1_790_000_000_000 + seconds * 1000)
}

pub(crate) fn message_id(text: &str) -> MessageId {
    MessageId::parse(text).unwrap()
}

pub(crate) fn service() -> ServiceAtAct {
    ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap()
}

pub(crate) fn iin() -> Iin {
    Iin::parse(IIN).unwrap()
}

pub(crate) fn other_iin() -> Iin {
    Iin::parse("061211600012").unwrap()
}

pub(crate) fn step(message: &str, element: &str) -> TraceEntry {
    TraceEntry {
        message: message_id(message),
        at: at(0),
        element: ElementId::parse(element).unwrap(),
        meaning: "register".to_owned(),
        outcome: TraceOutcome::Done,
        label: None,
    }
}

pub(crate) fn outgoing(id: &str) -> OutgoingMessage {
    OutgoingMessage {
        destination: "regional-gateway".to_owned(),
        message_id: message_id(id),
        correlation: None,
        body: format!("<body>{id}</body>").into_bytes(),
    }
}

/// An attempt that failed at the beginning; the next one may be made then.
pub(crate) fn failure(next: Moment, why: &str) -> Failure {
    Failure {
        at: at(0),
        next,
        why: why.to_owned(),
    }
}

pub(crate) fn incoming(id: &str) -> Incoming {
    Incoming {
        business_signature: Some(digest_of(id)),
        raw: format!("<raw>{id}</raw>").into_bytes(),
        response: format!("<answer>{id}</answer>").into_bytes(),
        summary: serde_json::json!({ "applicant": IIN }),
        outbox: Some(outgoing(id)),
        trace: vec![step(id, "process-6")],
        ..Incoming::new(
            SenderId::parse("portal").unwrap(),
            message_id(id),
            BodyDigest(digest_of(id)),
            at(0),
        )
    }
}

pub(crate) fn card(id: &str) -> NewCard {
    NewCard {
        id: format!("card-{id}"),
        message_id: message_id(id),
        service: service(),
        channel: "portal".to_owned(),
        sender: SenderId::parse("portal").unwrap(),
        applicant_iin: iin(),
        applicant_name: name(),
        document: format!("<application>{id}</application>").into_bytes(),
        at: at(0),
        tasks: vec![task("officer", 100)],
    }
}

pub(crate) fn task(role: &str, deadline: i64) -> NewTask {
    NewTask {
        unit: "education-department".to_owned(),
        role: role.to_owned(),
        action: "action-1".to_owned(),
        deadline: at(deadline),
        at: at(0),
    }
}

pub(crate) fn account(iin: Iin) -> NewAccount {
    NewAccount {
        iin,
        password_hash: "$argon2id$test".to_owned(),
        roles: vec!["officer".to_owned()],
        name: name(),
        unit: Some("education-department".to_owned()),
        at: at(0),
    }
}

pub(crate) fn name() -> PersonName {
    PersonName {
        surname: "ТЕСТОВА".to_owned(),
        given: "ӘСЕЛ".to_owned(),
        patronymic: None,
    }
}

/// A receiver's word about a message, in a request that never came before.
pub(crate) fn said(destination: &str, id: &str, word: Word) -> Said {
    static REQUESTS: AtomicU64 = AtomicU64::new(1);
    let mut signed = [0; 32];
    signed[..8].copy_from_slice(&REQUESTS.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    Said {
        destination: destination.to_owned(),
        message_id: message_id(id),
        word,
        at: at(0),
        visit: Visit {
            sender: SenderId::parse("integrator-1").unwrap(),
            signed,
            answer: format!("<answer>{id}</answer>").into_bytes(),
            at: at(0),
            keep_until: at(1_000_000),
        },
        note: JournalEntry {
            at: at(0),
            kind: "delivery-notification".to_owned(),
            message_id: None,
            direction: Direction::In,
            label: None,
            raw: Some(b"<request/>".to_vec()),
            summary: serde_json::json!({ "sender": "integrator-1" }),
        },
    }
}

/// Says it, and whether that changed anything.
pub(crate) async fn say(store: &Store, destination: &str, id: &str, word: Word) -> bool {
    let heard = store.exchange().hear(said(destination, id, word)).await;
    match heard.unwrap() {
        Heard::Now { changed } => changed,
        Heard::Before(earlier) => panic!("{earlier:?}"),
    }
}

/// A digest that only depends on the text: enough to tell texts apart.
pub(crate) fn digest_of(text: &str) -> [u8; 32] {
    let mut digest = [0; 32];
    for (at, byte) in text.bytes().enumerate() {
        digest[at % 32] ^= byte.rotate_left(u32::try_from(at / 32).unwrap());
    }
    digest
}
