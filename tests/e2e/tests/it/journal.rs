//! The journal of a whole simulator, as the command line proves and shows it.

mod database;

use std::path::{Path, PathBuf};

use qaqpa_model::Actor;
use qaqpa_store::{Direction, JournalEntry, Store, StoreConfig};
use serde_json::Value;

use crate::stand;

/// A data folder that nobody works in, with a journal of the gateway's: three entries with raw bytes.
fn folder(name: &str) -> PathBuf {
    folder_of(name, 0)
}

/// The same with raw bytes so long that they lie in files.
fn folder_with_files(name: &str) -> PathBuf {
    folder_of(name, 70_000)
}

fn folder_of(name: &str, more: usize) -> PathBuf {
    let data = stand::fresh_folder(name);
    on_store(&data, async |store| {
        for number in 1..=3 {
            let entry = JournalEntry {
                at: qaqpa_model::Moment::parse("2026-11-22T10:00:00+05:00").unwrap(),
                kind: "received".to_owned(),
                message_id: None,
                direction: Direction::In,
                label: None,
                raw: Some(
                    format!("<password>Qwerty{number}</password>{}", " ".repeat(more)).into_bytes(),
                ),
                summary: serde_json::json!({ "iin": "931002451325" }),
            };
            store.journal().append(entry).await.unwrap();
        }
    });
    data
}

fn on_store(data: &Path, work: impl AsyncFnOnce(&Store)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let config = StoreConfig::in_folder(data.join("gateway"));
        let store = Store::open(&config, Actor::Gateway).await.unwrap();
        work(&store).await;
        store.close().await;
    });
}

/// What `journal prune --format json` shows, of a folder where nobody works.
pub(crate) fn pruned_json() -> String {
    let data = folder("journal-schema");
    stand::qaqpa_yes(
        &data,
        &[
            "journal",
            "prune",
            "--before",
            "2100-01-01",
            "--format",
            "json",
        ],
    )
}

fn verified(data: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let all = [&["journal", "verify", "--format", "json"], arguments].concat();
    let output = stand::qaqpa(data, &all);
    let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code(), json)
}

#[test]
fn a_running_simulators_journals_hold_by_the_folder_and_by_the_control_ports() {
    let stand = stand::shared();
    for how in [&[][..], &["--running"]] {
        let (_, shown) = verified(&stand.data, how);
        let journals = shown["journals"].as_array().unwrap();
        assert_eq!(journals.len(), 5, "{shown}");
        for journal in journals {
            assert_eq!(journal["broken"], Value::Null, "{journal}");
        }
    }
    let (_, one) = verified(&stand.data, &["--actor", "nca"]);
    assert_eq!(one["journals"][0]["writer"], "nca");
}

#[test]
fn verify_is_exit_0_1_or_2_and_names_the_entry() {
    let data = folder_with_files("journal-exits");
    let (code, shown) = verified(&data, &[]);
    // It holds together, but nobody vouches for it yet.
    assert_eq!((code, &shown["indication"]), (Some(2), &"undecided".into()));
    assert_eq!(shown["journals"][0]["unsealed"], 3);
    assert_eq!(shown["journals"][0]["doubts"][0]["kind"], "nothing-vouched");
    // Sealed, and the authority was never there to stamp it.
    on_store(&data, async |store| {
        let later = qaqpa_model::Moment::parse("2026-11-23").unwrap();
        assert!(store.journal().seal_due(later).await.unwrap().is_some());
    });
    let (code, shown) = verified(&data, &[]);
    assert_eq!((code, &shown["indication"]), (Some(2), &"undecided".into()));
    // One raw file is taken away.
    let digest = {
        let entry = stand::qaqpa_yes(&data, &["journal", "export", "gateway:2"]);
        let entry: Value = serde_json::from_str(&entry).unwrap();
        entry["raw"].as_str().unwrap().to_owned()
    };
    let blobs = data.join("gateway/blobs");
    std::fs::remove_file(blobs.join(&digest[..2]).join(&digest)).unwrap();
    let (code, shown) = verified(&data, &[]);
    let broken = &shown["journals"][0]["broken"];
    assert_eq!((code, &shown["indication"]), (Some(1), &"broken".into()));
    assert_eq!(
        (&broken["entry"], &broken["kind"]),
        (&2.into(), &"raw-missing".into())
    );
    let text = stand::qaqpa(&data, &["journal", "verify"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.contains("raw-missing: entry 2, in segment 1"),
        "{text}"
    );
    let nobody = stand::qaqpa(&data, &["journal", "verify", "--actor", "portal"]);
    assert_eq!(nobody.status.code(), Some(64));
}

#[test]
fn a_journal_whose_store_is_gone_is_broken_and_named() {
    let data = folder("journal-gone");
    for file in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"] {
        let _ = std::fs::remove_file(data.join("gateway").join(file));
    }
    for actor in [&[][..], &["--actor", "gateway"]] {
        let (code, shown) = verified(&data, actor);
        assert_eq!((code, &shown["indication"]), (Some(1), &"broken".into()));
        assert_eq!(shown["gone"], serde_json::json!(["gateway"]));
    }
}

#[test]
fn what_is_damaged_is_named_and_the_rest_is_exported_all_the_same() {
    let data = folder_with_files("journal-damaged");
    let entry = stand::qaqpa_yes(&data, &["journal", "export", "gateway:2"]);
    let entry: Value = serde_json::from_str(&entry).unwrap();
    let digest = entry["raw"].as_str().unwrap();
    std::fs::remove_file(data.join("gateway/blobs").join(&digest[..2]).join(digest)).unwrap();
    let out = data.join("out");
    let arguments = ["journal", "export", "--raw", "--all", out.to_str().unwrap()];
    let output = stand::qaqpa(&data, &arguments);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("gateway:2: "), "{said}");
    let lines = std::fs::read_to_string(out.join("gateway.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 3);
    assert!(out.join("gateway/1.raw").exists() && out.join("gateway/3.raw").exists());
}

#[test]
fn raw_bytes_are_shown_when_asked_for_with_a_warning_and_never_else() {
    let data = folder("journal-export");
    let raw = stand::qaqpa(&data, &["journal", "export", "--raw", "gateway:2"]);
    assert_eq!(raw.stdout, b"<password>Qwerty2</password>");
    let said = String::from_utf8(raw.stderr).unwrap();
    assert!(
        said.contains("WARNING") && said.contains("passwords"),
        "{said}"
    );
    let masked = stand::qaqpa_yes(&data, &["journal", "export", "gateway:2"]);
    assert!(
        masked.contains("93********25") && !masked.contains("Qwerty"),
        "{masked}"
    );

    let out = data.join("out");
    let out_text = out.to_str().unwrap();
    stand::qaqpa_yes(&data, &["journal", "export", "--all", out_text]);
    let lines = std::fs::read_to_string(out.join("gateway.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 3);
    assert!(!out.join("gateway").exists());
    let again = stand::qaqpa(&data, &["journal", "export", "--all", out_text]);
    assert_eq!(again.status.code(), Some(64));
    let out = data.join("raw");
    stand::qaqpa_yes(
        &data,
        &["journal", "export", "--raw", "--all", out.to_str().unwrap()],
    );
    let third = std::fs::read(out.join("gateway/3.raw")).unwrap();
    assert_eq!(third, b"<password>Qwerty3</password>");
    // Nothing of it lies open in the data folder.
    let found = std::process::Command::new("grep")
        .args(["-r", "-l", "Qwerty3"])
        .arg(data.join("gateway"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout), "");
}

#[test]
fn prune_waits_for_stamps_and_a_running_actor_does_it_itself() {
    let stand = stand::shared();
    let prune = ["journal", "prune", "--before", "2020-01-01"];
    let running = stand::qaqpa_yes(&stand.data, &[&prune[..], &["--format", "json"]].concat());
    let running: Value = serde_json::from_str(&running).unwrap();
    let journals = running["journals"].as_array().unwrap();
    assert_eq!(journals.len(), 5, "{running}");
    for journal in journals {
        for field in ["removed", "broken", "failed"] {
            assert_eq!(journal[field], Value::Null, "{journal}");
        }
    }
    let data = folder("journal-prune");
    let said = stand::qaqpa_yes(&data, &["journal", "prune", "--before", "2100-01-01"]);
    assert!(said.contains("no sealed and stamped segment"), "{said}");
}

#[test]
fn an_entry_that_is_not_there_is_named_with_the_way_to_find_others() {
    let stand = stand::shared();
    let shown = stand::qaqpa(&stand.data, &["journal", "show", "gateway:999999"]);
    assert_eq!(shown.status.code(), Some(1));
    let said = String::from_utf8(shown.stderr).unwrap();
    assert!(
        said.contains("there is no entry gateway:999999") && said.contains("journal list"),
        "{said}"
    );
}

#[test]
fn evidence_is_shown_by_its_digest_and_put_back_when_asked_for_with_a_warning() {
    let data = folder("journal-evidence");
    // `IIN931002451325` in UTF-8, in hexadecimal, as a certificate's subject has it.
    let der = "300f0c0d49494e393331303032343531333235";
    on_store(&data, async |store| {
        let entry = JournalEntry {
            at: qaqpa_model::Moment::parse("2026-11-22T10:00:01+05:00").unwrap(),
            kind: "refused".to_owned(),
            message_id: None,
            direction: Direction::In,
            label: None,
            raw: None,
            summary: serde_json::json!({ "verdict": { "dossier": { "path": [der] } } }),
        };
        store.journal().append(entry).await.unwrap();
    });
    let masked = stand::qaqpa_yes(&data, &["journal", "export", "gateway:4"]);
    assert!(!masked.contains("49494e"), "{masked}");
    let masked: Value = serde_json::from_str(&masked).unwrap();
    let shown = &masked["summary"]["verdict"]["dossier"]["path"][0];
    assert_eq!(shown["bytes"], der.len() / 2);
    let whole = stand::qaqpa(&data, &["journal", "show", "gateway:4", "--raw"]);
    assert!(String::from_utf8_lossy(&whole.stderr).contains("WARNING"));
    let whole: Value = serde_json::from_slice(&whole.stdout).unwrap();
    assert_eq!(whole["summary"]["verdict"]["dossier"]["path"][0], der);
    let found = std::process::Command::new("grep")
        .args(["-r", "-l", "49494e39"])
        .arg(data.join("gateway"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout), "");
}
