//! The keeper of a journal over a real store, with an authority that comes and goes.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use qaqpa_channel::keeping::control::{PruneOrder, SealOrder, Sealed};
use qaqpa_channel::{JournalKeeper, stamp_judge, views};
use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::{Actor, Limits, Moment};
use qaqpa_store::{
    CLOCK_SET_BACK, Direction, DoubtKind, FindingKind, Indication, JournalEntry, JournalProof,
    Store, StoreConfig,
};
use qaqpa_transport::control::ControlToken;
use qaqpa_transport::{ActorRecord, Clock, ControlClient, Shutdown, files, paths, registry};
use qaqpa_x509::issue::{self, Addresses, Issuer, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::tsp::{self, Accuracy, Signing, StampRequest, StampToIssue};
use qaqpa_x509::{Certificate, oid};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// A time-stamping authority below a root of its own.
struct Tsa {
    root: Certificate,
    certificate: Certificate,
    key: PrivateKey,
    clock: Clock,
}

impl Tsa {
    fn new(now: Moment) -> Self {
        Self::at(Clock::at(now))
    }

    /// An authority that stamps by this clock.
    fn at(clock: Clock) -> Self {
        let name = |text: &str| NameToWrite::new().with(oid::COMMON_NAME, text);
        let life = Validity {
            not_before: Moment::ROOT_BEGIN,
            not_after: Moment::ROOT_END,
        };
        let [root_key, key] = [(); 2].map(|()| PrivateKey::generate(KeyKind::Ecdsa).unwrap());
        let root = issue::root(name("TEST ROOT"), &root_key, life).unwrap();
        let by = Issuer {
            certificate: &root,
            key: &root_key,
        };
        let certificate = issue::timestamper(
            name("TEST TSA"),
            key.spki_der(),
            life,
            Addresses::default(),
            by,
        )
        .unwrap();
        Self {
            root,
            certificate,
            key,
            clock,
        }
    }
}

impl Respond for Tsa {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let asked = StampRequest::decode(&request.body).unwrap();
        let stamp = StampToIssue {
            imprint: asked.imprint,
            policy: oid::POLICY_TSP_RSA,
            serial: vec![1],
            gen_time: self.clock.now(),
            accuracy: Some(Accuracy::seconds(1)),
            ordering: false,
            nonce: asked.nonce,
            names_tsa: false,
        };
        let chain = [self.certificate.clone()];
        let signing = Signing::by(&self.certificate, &self.key).with_certificates(&chain);
        let token = tsp::issue(&stamp, &signing).unwrap();
        ResponseTemplate::new(200).set_body_raw(tsp::granted(&token), "application/timestamp-reply")
    }
}

fn now() -> Moment {
    Moment::parse("2026-11-22T10:00:00+05:00").unwrap()
}

const DAY_MS: i64 = 24 * 3600 * 1000;

struct Stand {
    dir: tempfile::TempDir,
    store: Store,
    clock: Clock,
    keeper: JournalKeeper,
}

impl Stand {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = StoreConfig::in_folder(dir.path().join("gateway"));
        let store = Store::open(&config, Actor::Gateway).await.unwrap();
        let clock = Clock::at(now());
        let keeper =
            JournalKeeper::new(store.clone(), dir.path(), clock.clone(), Limits::default());
        Self {
            dir,
            store,
            clock,
            keeper,
        }
    }

    /// An entry of long ago: its segment is due at once.
    async fn write(&self) {
        self.write_at(now().minus(Duration::from_secs(3600)), "sent")
            .await;
    }

    async fn write_at(&self, at: Moment, kind: &str) {
        let entry = JournalEntry {
            at,
            kind: kind.to_owned(),
            message_id: None,
            direction: Direction::Out,
            label: None,
            raw: None,
            // Of entries that tell of the clock; the others say nothing by it.
            summary: serde_json::json!({ "moved_ms": -30 * DAY_MS }),
        };
        self.store.journal().append(entry).await.unwrap();
    }

    fn trust(&self, root: &Certificate) {
        let path = paths::trust_signature(self.dir.path());
        files::create_private_dir(path.parent().unwrap()).unwrap();
        files::write_private(&path, root.to_pem().as_bytes()).unwrap();
    }

    async fn proof(&self) -> JournalProof {
        let judge = stamp_judge(&paths::trust_signature(self.dir.path()), Limits::default());
        self.store.journal().verify(&judge).await.unwrap()
    }
}

fn register(dir: &Path, tsp: &str) {
    let record = ActorRecord {
        actor: Actor::Nca,
        pid: 1,
        instance: "test".to_owned(),
        control: String::new(),
        addresses: BTreeMap::from([("tsp".to_owned(), tsp.to_owned())]),
    };
    files::create_private_dir(&paths::actors(dir)).unwrap();
    registry::write(dir, &record).unwrap();
}

#[tokio::test]
async fn seals_wait_while_the_authority_is_away_and_are_stamped_when_it_comes_back() {
    let stand = Stand::new().await;
    let tsa = Tsa::new(now());
    stand.trust(&tsa.root);
    for _ in 0..2 {
        stand.write().await;
        stand.keeper.round().await.unwrap();
    }
    let proof = stand.proof().await;
    assert_eq!((proof.segments, proof.waiting, proof.vouched), (2, 2, None));
    assert_eq!(proof.indication(), Indication::Undecided);

    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(tsa)
        .mount(&server)
        .await;
    register(stand.dir.path(), &server.uri());
    stand.keeper.round().await.unwrap();
    let proof = stand.proof().await;
    assert_eq!((proof.segments, proof.waiting), (2, 0));
    let vouched = proof.vouched.unwrap();
    assert_eq!((vouched.segment, vouched.entry), (2, 2));
    assert_eq!(proof.indication(), Indication::Proven);
    // Nothing is asked for twice.
    stand.keeper.round().await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_stamp_of_somebody_who_is_not_trusted_is_not_kept() {
    let stand = Stand::new().await;
    stand.trust(&Tsa::new(now()).root);
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(Tsa::new(now()))
        .mount(&server)
        .await;
    register(stand.dir.path(), &server.uri());
    stand.write().await;
    stand.keeper.round().await.unwrap();
    let waiting = stand.store.journal().unstamped(9).await.unwrap();
    assert_eq!(waiting.len(), 1);
}

#[tokio::test]
async fn a_stamp_is_wrong_over_another_seal_and_unknown_without_trust() {
    let stand = Stand::new().await;
    let tsa = Tsa::new(now());
    stand.trust(&tsa.root);
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(tsa)
        .mount(&server)
        .await;
    register(stand.dir.path(), &server.uri());
    stand.write().await;
    stand.keeper.round().await.unwrap();
    let first = stand.store.journal().seals(1).await.unwrap().remove(0);
    stand.write().await;
    let second = stand.store.journal().seal(now()).await.unwrap().unwrap();
    let token = first.stamp.unwrap();
    assert_eq!(stand.store.journal().stamp(&second, token).await, Ok(true));
    let finding = stand.proof().await.finding.unwrap();
    assert_eq!((finding.entry, finding.kind), (2, FindingKind::StampWrong));

    std::fs::remove_file(paths::trust_signature(stand.dir.path())).unwrap();
    let proof = stand.proof().await;
    assert_eq!((&proof.finding, proof.waiting), (&None, 2));
    assert!(proof.unjudged.unwrap().contains("signature.pem"));
}

/// A simulator whose clock is moved by so many days: the doubts about its journal, sealed before the move or not.
async fn doubts_after_a_move(days: i64, told: &str, sealed_before: bool) -> Vec<DoubtKind> {
    let stand = Stand::new().await;
    let tsa = Tsa::at(stand.clock.clone());
    stand.trust(&tsa.root);
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(tsa)
        .mount(&server)
        .await;
    register(stand.dir.path(), &server.uri());
    stand.write_at(stand.clock.now(), "sent").await;
    let sealed = if sealed_before {
        stand.keeper.seal(stand.clock.now()).await.unwrap()
    } else {
        // As it was before: closed when it was full, and stamped in the next round.
        let sealed = stand.store.journal().seal(stand.clock.now()).await.unwrap();
        Sealed {
            sealed: sealed.map(|seal| seal.segment),
            waiting: false,
        }
    };
    let expected = Sealed {
        sealed: Some(1),
        waiting: false,
    };
    assert_eq!(sealed, expected);
    let moved = Moment::from_unix_ms(stand.clock.now().unix_ms() + days * DAY_MS);
    stand.clock.set(moved).unwrap();
    stand.write_at(moved, told).await;
    stand.keeper.seal(stand.clock.now()).await.unwrap();
    let proof = stand.proof().await;
    assert_eq!((&proof.finding, proof.segments), (&None, 2));
    proof.doubts.iter().map(|doubt| doubt.kind).collect()
}

#[tokio::test]
async fn a_journal_that_was_sealed_before_the_clock_was_moved_stays_proven() {
    let proven = Vec::<DoubtKind>::new();
    assert_eq!(doubts_after_a_move(30, "clock-set", true).await, proven);
    assert_eq!(doubts_after_a_move(-30, CLOCK_SET_BACK, true).await, proven);
    // Otherwise the stamp is of another time than its seal.
    assert_eq!(
        doubts_after_a_move(30, "clock-set", false).await,
        [DoubtKind::StampLag]
    );
    // And whoever does not tell that the clock was set back is not believed.
    assert_eq!(
        doubts_after_a_move(-30, "clock-set", true).await,
        [DoubtKind::EntriesBackwards, DoubtKind::StampsBackwards]
    );
}

#[tokio::test]
async fn old_segments_are_removed_through_the_control_port_while_the_actor_works() {
    let stand = Stand::new().await;
    let tsa = Tsa::at(stand.clock.clone());
    stand.trust(&tsa.root);
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(tsa)
        .mount(&server)
        .await;
    register(stand.dir.path(), &server.uri());
    stand.write().await;
    stand.write().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = views::routes(stand.store.clone(), stand.dir.path());
    let served = tokio::spawn(async move { axum::serve(listener, router).await });
    let token = ControlToken::open_or_create(stand.dir.path()).unwrap();
    let control = ControlClient::new(&address, token);
    let order = SealOrder {
        at: now().to_string(),
    };
    let sealed: Sealed = control.post("/journal/seal", &order).await.unwrap();
    assert_eq!((sealed.sealed, sealed.waiting), (Some(1), false));
    stand.write_at(now(), "sent").await;
    let order = PruneOrder {
        before: now().to_string(),
        despite_doubts: false,
    };
    let pruned: serde_json::Value = control.post("/journal/prune", &order).await.unwrap();
    assert_eq!(pruned["writer"], "gateway");
    assert_eq!(
        pruned["removed"],
        serde_json::json!({ "segments": 1, "entries": 2, "last": 2, "files": 0 })
    );
    let again: serde_json::Value = control.post("/journal/prune", &order).await.unwrap();
    assert_eq!(again["removed"], serde_json::Value::Null);
    let proof = stand.proof().await;
    assert_eq!((&proof.finding, proof.pruned), (&None, 2));
    // What cannot be a moment is refused by name.
    let wrong = PruneOrder {
        before: "yesterday".to_owned(),
        despite_doubts: false,
    };
    let refused = control
        .post::<_, serde_json::Value>("/journal/prune", &wrong)
        .await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .starts_with("request-malformed: ")
    );
    served.abort();
}

#[tokio::test]
async fn entries_go_by_themselves_when_they_are_older_than_is_kept_by_the_simulators_clock() {
    let stand = Stand::new().await;
    let tsa = Tsa::at(stand.clock.clone());
    stand.trust(&tsa.root);
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(tsa)
        .mount(&server)
        .await;
    register(stand.dir.path(), &server.uri());
    stand.write_at(now(), "sent").await;
    stand.write_at(now(), "sent").await;
    stand.keeper.seal(now()).await.unwrap();
    let day = Duration::from_secs(24 * 3600);
    // Nobody said how long: everything is kept.
    stand.clock.set(now().plus(day * 400)).unwrap();
    assert_eq!(stand.keeper.prune_old().await, Ok(0));
    stand.clock.set(now().plus(day * 2)).unwrap();
    let keeper = stand.keeper.clone().keeping_for(Some(day * 3));
    assert_eq!(keeper.prune_old().await, Ok(0));
    stand.clock.set(now().plus(day * 4)).unwrap();
    assert_eq!(keeper.prune_old().await, Ok(2));
    assert_eq!(keeper.prune_old().await, Ok(0));
    let proof = stand.proof().await;
    assert_eq!((&proof.finding, proof.pruned), (&None, 2));

    // By its own worker, at its start.
    stand.keeper.seal(stand.clock.now()).await.unwrap();
    stand.clock.set(now().plus(day * 9)).unwrap();
    let shutdown = Shutdown::new();
    let working = tokio::spawn(keeper.run(shutdown.clone()));
    for _ in 0..500 {
        if stand.proof().await.pruned > 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    shutdown.begin();
    working.await.unwrap();
    let proof = stand.proof().await;
    assert_eq!((&proof.finding, proof.pruned), (&None, 3));
}

/// Every process looks each hour whether anything is old: everything that is stored is looked at once a day, by one.
#[tokio::test]
async fn what_a_killed_process_left_behind_is_looked_for_once_a_day_and_not_at_each_look() {
    let stand = Stand::new().await;
    let tsa = Tsa::at(stand.clock.clone());
    stand.trust(&tsa.root);
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(tsa)
        .mount(&server)
        .await;
    register(stand.dir.path(), &server.uri());
    stand.write_at(now(), "sent").await;
    stand.keeper.seal(now()).await.unwrap();
    let day = Duration::from_secs(24 * 3600);
    let keeper = stand.keeper.clone().keeping_for(Some(day * 400));
    let folder = stand.dir.path().join("gateway/blobs/00");
    std::fs::create_dir_all(&folder).unwrap();
    let stray = |number: u8| {
        let file = folder.join(format!("{number:064x}"));
        std::fs::write(&file, b"x").unwrap();
        let before = std::fs::metadata(&file).unwrap().modified().unwrap();
        let open = std::fs::File::options().write(true).open(&file).unwrap();
        open.set_modified(before - Duration::from_secs(7200))
            .unwrap();
        file
    };
    let first = stray(1);
    assert_eq!(keeper.prune_old().await, Ok(0));
    assert!(!first.exists(), "nobody has looked before");
    let second = stray(2);
    assert_eq!(keeper.prune_old().await, Ok(0));
    // Setting the simulated clock makes no day.
    stand.clock.set(now().plus(day * 3)).unwrap();
    assert_eq!(keeper.prune_old().await, Ok(0));
    assert!(second.exists());
    let yesterday = Clock::real().now().minus(day).unix_ms() - 1000;
    let (settings, yesterday) = (stand.store.settings(), yesterday.to_string());
    settings.write("journal-swept", &yesterday).await.unwrap();
    assert_eq!(keeper.prune_old().await, Ok(0));
    assert!(!second.exists());
}
