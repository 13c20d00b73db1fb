//! Two processes of one actor over one database: one is killed again and again, the other works on.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use qaqpa_model::{Actor, Moment};
use qaqpa_store::{
    Acceptance, Backend, Conclusion, Effect, PostgresAddress, Store, StoreConfig, no_judge,
};

use crate::server::server;
use crate::stand::{at, card, incoming, message_id};

/// Set for the children only.
const ADDRESS: &str = "QAQPA_STORE_TWO_ADDRESS";
const SCHEMA: &str = "QAQPA_STORE_TWO_SCHEMA";
const FOLDER: &str = "QAQPA_STORE_TWO_FOLDER";
const NAME: &str = "QAQPA_STORE_TWO_NAME";
const BEGUN_MS: &str = "QAQPA_STORE_TWO_BEGUN_MS";

const KILLS: usize = 20;
const LEASE: Duration = Duration::from_millis(1500);

fn config(url: &str, schema: &str, dir: &Path) -> StoreConfig {
    StoreConfig {
        backend: Backend::Postgres(PostgresAddress::new(url, schema).unwrap()),
        ..StoreConfig::in_folder(dir)
    }
}

/// What a child said, and which.
type Said = (usize, String);

#[test]
fn one_of_two_processes_is_killed_twenty_times_and_every_message_has_its_one_effect() {
    let dir = tempfile::tempdir().unwrap();
    let (url, schema) = (server().url(), server().schema());
    let folders = [dir.path().join("0"), dir.path().join("1")];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // The first machine makes the key; the second gets it.
    runtime.block_on(async {
        let first = config(&url, &schema, &folders[0]);
        let store = Store::open(&first, Actor::Gateway).await.unwrap();
        store.close().await;
    });
    std::fs::create_dir(&folders[1]).unwrap();
    std::fs::copy(folders[0].join("raw.key"), folders[1].join("raw.key")).unwrap();

    let begun = Instant::now();
    let (tell, hear) = channel();
    let start = |number: usize, life: usize| {
        let (folder, name) = (&folders[number], format!("{number}-{life}"));
        start(&url, &schema, folder, &name, number, begun, &tell)
    };
    let mut children = [start(0, 0), start(1, 0)];
    let mut heard = Heard::default();
    for life in 1..=KILLS {
        let victim = life % 2;
        heard.listen(&hear, 12 + life);
        children[victim].kill().unwrap();
        children[victim].wait().unwrap();
        // The other works on, alone.
        heard.listen_to(&hear, 1 - victim, 6);
        children[victim] = start(victim, life);
    }
    for child in &mut children {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    drop(tell);
    while let Ok(said) = hear.recv() {
        heard.note(&said);
    }
    assert!(
        heard.of_the_other > 0,
        "nobody delivered what the other had accepted"
    );
    runtime.block_on(survey(&config(&url, &schema, &folders[0]), &heard));
}

/// What the children said.
#[derive(Default)]
struct Heard {
    accepted: BTreeSet<String>,
    delivered: BTreeSet<String>,
    of_the_other: usize,
}

impl Heard {
    fn note(&mut self, (number, line): &Said) {
        match line.split_once(' ') {
            Some(("accepted", id)) => {
                assert!(self.accepted.insert(id.to_owned()), "{id} accepted twice");
            }
            Some(("delivered", id)) => {
                assert!(self.delivered.insert(id.to_owned()), "{id} delivered twice");
                let own = id.starts_with(&format!("m-{number}-"));
                self.of_the_other += usize::from(!own && !id.starts_with("both-"));
            }
            _ => panic!("{line}"),
        }
    }

    fn listen(&mut self, hear: &Receiver<Said>, lines: usize) {
        for _ in 0..lines {
            let said = hear.recv_timeout(Duration::from_secs(60));
            self.note(&said.expect("two processes at work"));
        }
    }

    fn listen_to(&mut self, hear: &Receiver<Said>, number: usize, mut lines: usize) {
        while lines > 0 {
            let said = hear.recv_timeout(Duration::from_secs(60));
            let said = said.expect("the other process at work");
            lines -= usize::from(said.0 == number);
            self.note(&said);
        }
    }
}

/// The rest is delivered; then every message stands in messages, outbox and cards exactly once, and every chain holds.
async fn survey(config: &StoreConfig, heard: &Heard) {
    let store = Store::open(config, Actor::Gateway).await.unwrap();
    let late = at(1_000_000);
    // What the killed had in hand is free when their leases end.
    tokio::time::sleep(LEASE).await;
    loop {
        let claimed = store.exchange().claim(late, 100, LEASE).await.unwrap();
        if claimed.is_empty() {
            break;
        }
        for entry in claimed {
            let id = entry.message.message_id.to_string();
            let done = store
                .exchange()
                .complete(entry.ticket, effect(&id, late))
                .await;
            assert_eq!(done, Ok(true), "{id}");
            assert!(!heard.delivered.contains(&id), "{id} was delivered before");
        }
    }
    let outbox = store.exchange().outbox(1_000_000).await.unwrap();
    let ids: BTreeSet<_> = outbox
        .iter()
        .map(|entry| entry.message_id.to_string())
        .collect();
    assert_eq!(ids.len(), outbox.len(), "an outbox entry twice");
    assert!(
        heard.accepted.is_subset(&ids),
        "an accepted message is lost"
    );
    assert!(heard.delivered.is_subset(&ids));
    for id in &ids {
        let card = store.cards().by_message(&message_id(id)).await.unwrap();
        assert!(card.is_some(), "{id} has no effect");
    }
    let cards = store
        .cards()
        .list(qaqpa_store::CardFilter::default(), 1_000_000)
        .await;
    assert_eq!(cards.unwrap().len(), ids.len(), "an effect twice");
    let chains = store.journal().chains().await.unwrap();
    assert!(chains.len() > 1, "{chains:?}");
    for chain in &chains {
        let proof = store.journal().of(chain).verify(&no_judge).await.unwrap();
        assert_eq!(proof.finding, None, "{chain}");
    }
    store.close().await;
}

/// What a delivery does: a card, which cannot be registered twice.
fn effect(id: &str, now: Moment) -> Conclusion {
    Conclusion {
        effects: vec![Effect::Card(card(id))],
        ..Conclusion::at(now)
    }
}

fn start(
    url: &str,
    schema: &str,
    folder: &Path,
    name: &str,
    number: usize,
    begun: Instant,
    tell: &Sender<Said>,
) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "two_processes::child_that_shares_the_work_until_it_is_killed",
            "--exact",
            "--nocapture",
        ])
        .env(ADDRESS, url)
        .env(SCHEMA, schema)
        .env(FOLDER, folder)
        .env(NAME, name)
        .env(BEGUN_MS, begun.elapsed().as_millis().to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (out, tell) = (child.stdout.take().unwrap(), tell.clone());
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if line.starts_with("accepted ") || line.starts_with("delivered ") {
                let _ = tell.send((number, line));
            }
        }
    });
    child
}

/// Not a test by itself: without the address it has nothing to do. The parent runs it as its child.
#[test]
fn child_that_shares_the_work_until_it_is_killed() {
    let Ok(url) = std::env::var(ADDRESS) else {
        return;
    };
    let [schema, folder, name, begun] =
        [SCHEMA, FOLDER, NAME, BEGUN_MS].map(|name| std::env::var(name).unwrap());
    let (here, before) = (Instant::now(), begun.parse::<u64>().unwrap());
    // The clocks of the two are a hundred seconds apart: a lease is longer for neither.
    let ahead = Duration::from_secs(if name.starts_with("1-") { 100 } else { 0 });
    let now = move || at(0).plus(ahead + here.elapsed() + Duration::from_millis(before));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let config = config(&url, &schema, Path::new(&folder));
        let store = Store::open(&config, Actor::Gateway).await.unwrap();
        store.exchange().take_over(now(), LEASE).await.unwrap();
        let deliverer = tokio::spawn(deliver(store.clone(), now));
        for turn in 0..100_000 {
            // Of its own, and one that the other process may get at the same time.
            for id in [format!("m-{name}-{turn}"), format!("both-{turn}")] {
                let mut new = incoming(&id);
                new.at = now();
                if let Ok(Acceptance::Accepted) = store.exchange().accept(new).await {
                    say(&format!("accepted {id}"));
                }
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        deliverer.abort();
    });
}

async fn deliver(store: Store, now: impl Fn() -> Moment) {
    loop {
        for claimed in store.exchange().claim(now(), 2, LEASE).await.unwrap() {
            let id = claimed.message.message_id.to_string();
            let done = store
                .exchange()
                .complete(claimed.ticket, effect(&id, now()))
                .await;
            if done.unwrap() {
                say(&format!("delivered {id}"));
            }
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

/// One write a line: a line is said wholly or not at all.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}
