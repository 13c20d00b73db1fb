//! Journals in a database: listed, shown, exported and pruned while nobody runs, and beside whoever does.

use std::path::Path;

use qaqpa::simulator::start_actor;
use qaqpa_channel::JournalKeeper;
use qaqpa_model::{Actor, Limits};
use qaqpa_store::{Direction, JournalEntry, Store, StoreConfig};
use qaqpa_transport::{Clock, Shutdown};
use serde_json::{Value, json};

use crate::server::Server;
use crate::stand;

async fn open(data: &Path, url: &str) -> Store {
    let config = StoreConfig::by_address(Some(url), data.join("gateway"), "gateway").unwrap();
    Store::open(&config, Actor::Gateway).await.unwrap()
}

async fn write(store: &Store, raw: &str) {
    let entry = JournalEntry {
        at: Clock::real().now(),
        kind: "received".to_owned(),
        message_id: None,
        direction: Direction::In,
        label: None,
        raw: Some(raw.as_bytes().to_vec()),
        summary: json!({ "iin": "931002451325" }),
    };
    store.journal().append(entry).await.unwrap();
}

/// The command line over that database; its exit code and what it wrote as JSON.
fn asked(data: &Path, url: &str, arguments: &[&str]) -> (Option<i32>, Value) {
    let all = [&["--store", url, "--format", "json"], arguments].concat();
    let output = stand::qaqpa(data, &all);
    let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code(), json)
}

/// What became of each chain, by its name: how many entries were removed, or why none.
fn pruned(data: &Path, url: &str) -> (Option<i32>, Vec<(String, Value)>) {
    let prune = [
        "journal",
        "prune",
        "--before",
        "2100-01-01",
        "--actor",
        "gateway",
    ];
    let (code, shown) = asked(data, url, &prune);
    let journals = shown["journals"].as_array().unwrap().iter();
    let of_each = journals.map(|journal| {
        let name = journal["writer"].as_str().unwrap().to_owned();
        let became = match &journal["failed"] {
            Value::Null => journal["removed"]["entries"].clone(),
            why => why.clone(),
        };
        (name, became)
    });
    (code, of_each.collect())
}

#[test]
fn chains_of_all_processes_are_listed_shown_exported_and_pruned_while_nobody_runs() {
    let server = Server::start();
    let url = server.url();
    let data = stand::fresh_folder("journal-database");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let settings = stand::settings(&data);
        let nca = start_actor(&settings, Actor::Nca, Shutdown::new());
        let nca = nca.await.unwrap();
        let (one, two) = (open(&data, &url).await, open(&data, &url).await);
        write(&one, "<first/>").await;
        write(&two, "<second/>").await;
        for store in [&one, &two] {
            let (store, clock) = (store.clone(), Clock::real());
            let now = clock.now();
            let keeper = JournalKeeper::new(store, &data, clock, Limits::default());
            let sealed = keeper.seal(now).await.unwrap();
            assert_eq!((sealed.sealed, sealed.waiting), (Some(1), false));
        }
        // Both are being written, and by nobody who could be asked.
        let why = json!(
            "a process writes it that does not answer here: prune on its machine, or let [journal] keep-days do it"
        );
        let written = ["gateway", "gateway-2"].map(|name| (name.to_owned(), why.clone()));
        assert_eq!(pruned(&data, &url), (Some(2), written.to_vec()));
        one.close().await;
        two.close().await;
        nca.stop().await;
    });

    let (code, listed) = asked(&data, &url, &["journal", "list", "--actor", "gateway"]);
    let mut ids: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    ids.sort_by_key(|id| id.to_string());
    assert_eq!(
        (code, ids),
        (Some(0), vec![&json!("gateway-2:1"), &json!("gateway:1")])
    );
    let (code, shown) = asked(&data, &url, &["journal", "show", "gateway-2:1"]);
    assert_eq!((code, &shown["writer"]), (Some(0), &json!("gateway-2")));
    assert_eq!(shown["summary"]["iin"], "93********25");
    assert_eq!(
        asked(&data, &url, &["journal", "show", "gateway-3:1"]).0,
        Some(1)
    );

    let store = ["--store", url.as_str(), "journal", "export"];
    let raw = stand::qaqpa(&data, &[&store[..], &["--raw", "gateway-2:1"]].concat());
    assert_eq!(raw.stdout, b"<second/>");
    let out = data.join("out");
    let all = [
        "--raw",
        "--actor",
        "gateway",
        "--all",
        out.to_str().unwrap(),
    ];
    stand::qaqpa_yes(&data, &[&store[..], &all].concat());
    for (file, text) in [
        ("gateway/1.raw", "<first/>"),
        ("gateway-2/1.raw", "<second/>"),
    ] {
        assert_eq!(std::fs::read_to_string(out.join(file)).unwrap(), text);
    }
    for file in ["gateway.jsonl", "gateway-2.jsonl"] {
        let lines = std::fs::read_to_string(out.join(file)).unwrap();
        assert_eq!(lines.lines().count(), 1, "{file}");
    }

    let removed = ["gateway", "gateway-2"].map(|name| (name.to_owned(), json!(1)));
    assert_eq!(pruned(&data, &url), (Some(0), removed.to_vec()));
    let verify = ["journal", "verify", "--actor", "gateway"];
    let (_, proof) = asked(&data, &url, &verify);
    for journal in proof["journals"].as_array().unwrap() {
        assert_eq!(
            (&journal["broken"], &journal["pruned"]),
            (&Value::Null, &json!(1))
        );
    }
    std::fs::remove_dir_all(&data).ok();
    drop(server);
}

#[test]
fn a_journal_in_files_is_listed_and_shown_while_nobody_runs() {
    let data = super::folder("journal-at-rest");
    let list = ["journal", "list", "--format", "json"];
    let listed = stand::qaqpa_yes(&data, &list);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let ids: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(ids, ["gateway:3", "gateway:2", "gateway:1"]);
    let shown = stand::qaqpa_yes(&data, &["journal", "show", "gateway:2"]);
    assert!(shown.contains("93********25"), "{shown}");
    let nobody = stand::qaqpa(&data, &["journal", "list", "--actor", "portal"]);
    assert_eq!(nobody.status.code(), Some(64));
}
