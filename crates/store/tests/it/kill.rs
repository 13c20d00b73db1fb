//! A killed process loses nothing that it has acknowledged, and doubles nothing.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use qaqpa_model::Actor;
use qaqpa_store::{
    Acceptance, Conclusion, JournalFilter, OutboxState, Store, StoreConfig, no_judge,
};

use crate::stand::{at, incoming};

/// Set for the child only: the folder of the store that it works on.
const FOLDER: &str = "QAQPA_STORE_KILL_FOLDER";
const ROUND: &str = "QAQPA_STORE_KILL_ROUND";
const ROUNDS: u32 = 20;
const LEASE: Duration = Duration::from_secs(5);

#[test]
fn twenty_kills_lose_nothing_and_double_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut accepted = BTreeSet::new();
    let mut delivered = BTreeSet::new();
    for round in 0..ROUNDS {
        let mut child = start(dir.path(), round);
        let said = listen_and_kill(&mut child, 3 + round as usize);
        for line in said {
            match line.split_once(' ') {
                Some(("accepted", id)) => assert!(accepted.insert(id.to_owned()), "{id} twice"),
                Some(("delivered", id)) => assert!(delivered.insert(id.to_owned()), "{id} twice"),
                _ => {}
            }
        }
    }
    assert!(accepted.len() >= 20 && !delivered.is_empty());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(survey(
        &StoreConfig::in_folder(dir.path()),
        &accepted,
        &delivered,
    ));
}

/// What the child said is true, and every message stands in messages, journal and outbox exactly once.
async fn survey(config: &StoreConfig, accepted: &BTreeSet<String>, delivered: &BTreeSet<String>) {
    let store = Store::open(config, Actor::Gateway).await.unwrap();
    let proof = store.journal().verify(&no_judge).await.unwrap();
    assert_eq!(proof.finding, None);
    let filter = JournalFilter {
        kind: Some("accepted".to_owned()),
        ..JournalFilter::default()
    };
    let journal = store.journal().list(&filter, 1_000_000).await.unwrap();
    let in_journal: Vec<_> = journal
        .iter()
        .map(|entry| entry.message_id.as_ref().unwrap().to_string())
        .collect();
    let outbox = store.exchange().outbox(1_000_000).await.unwrap();
    let in_outbox: BTreeSet<_> = outbox
        .iter()
        .map(|entry| entry.message_id.to_string())
        .collect();
    assert_eq!(in_outbox.len(), outbox.len(), "an outbox entry twice");
    assert_eq!(in_journal.len(), outbox.len());
    assert_eq!(in_journal.into_iter().collect::<BTreeSet<_>>(), in_outbox);
    assert!(
        accepted.is_subset(&in_outbox),
        "an accepted message is lost"
    );
    for id in &in_outbox {
        let steps = store
            .trace()
            .of(&crate::stand::message_id(id))
            .await
            .unwrap();
        assert_eq!(steps.len(), 1, "{id}");
    }
    let done: BTreeSet<_> = outbox
        .iter()
        .filter(|entry| entry.state == OutboxState::Done)
        .map(|entry| entry.message_id.to_string())
        .collect();
    assert!(delivered.is_subset(&done), "a delivery is forgotten");
    // What was claimed by a killed process is claimed again.
    store.exchange().take_over(at(0), LEASE).await.unwrap();
    let rest = store
        .exchange()
        .claim(at(0), 1_000_000, LEASE)
        .await
        .unwrap();
    assert_eq!(rest.len() + done.len(), outbox.len());
}

fn start(dir: &std::path::Path, round: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "kill::child_that_works_until_it_is_killed",
            "--exact",
            "--nocapture",
        ])
        .env(FOLDER, dir)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the child (SIGKILL) after so many lines, and gives all that it had said by then.
fn listen_and_kill(child: &mut Child, lines: usize) -> Vec<String> {
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut said = Vec::new();
    let mut line = String::new();
    let is_news = |line: &str| line.starts_with("accepted ") || line.starts_with("delivered ");
    while reader.read_line(&mut line).unwrap() > 0 {
        said.extend(is_news(&line).then(|| line.trim().to_owned()));
        line.clear();
        if said.len() == lines {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    said
}

/// Not a test by itself: without the folder it has nothing to do. The parent runs it as its child.
#[test]
fn child_that_works_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let round = std::env::var(ROUND).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let config = StoreConfig::in_folder(folder);
        let store = Store::open(&config, Actor::Gateway).await.unwrap();
        store.exchange().take_over(at(0), LEASE).await.unwrap();
        let deliverer = tokio::spawn(deliver(store.clone()));
        for turn in 0..100_000 {
            let id = format!("m-{round}-{turn}");
            let outcome = store.exchange().accept(incoming(&id)).await.unwrap();
            assert_eq!(outcome, Acceptance::Accepted);
            say(&format!("accepted {id}"));
        }
        deliverer.abort();
    });
}

async fn deliver(store: Store) {
    loop {
        for claimed in store.exchange().claim(at(0), 2, LEASE).await.unwrap() {
            let conclusion = Conclusion::at(at(0));
            if store
                .exchange()
                .complete(claimed.ticket, conclusion)
                .await
                .unwrap()
            {
                say(&format!("delivered {}", claimed.message.message_id));
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
