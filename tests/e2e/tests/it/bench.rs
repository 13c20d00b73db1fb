//! Load: `qaqpa bench` against a simulator of its own, whose applications are answered by a stub.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::Value;

use crate::stand::{self, SERVICE};

/// What `bench --format json` shows.
pub(crate) fn json() -> &'static str {
    &bench().0
}

/// What it shows, and the file that it writes the stages into.
fn bench() -> &'static (String, PathBuf) {
    static SHOWN: OnceLock<(String, PathBuf)> = OnceLock::new();
    SHOWN.get_or_init(|| {
        let stand = stand::started("bench");
        stand::qaqpa_yes(&stand.data, &["stub", "add", SERVICE]);
        let table = stand.data.join("stages.md");
        let bench = ["bench", "--seconds", "4", "--requests", "100"];
        let told = ["--format", "json", "--table", table.to_str().unwrap()];
        let shown = stand::qaqpa_yes(&stand.data, &[&bench[..], &told].concat());
        (shown, table)
    })
}

/// The road of one application that is answered by a stub: to the gateway, to the regional gateway, and its result to the gateway,
/// where it waits for the sender.
#[test]
fn a_bench_counts_every_hop_verification_and_signature_of_the_road() {
    let shown: Value = serde_json::from_str(json()).unwrap();
    assert_eq!(shown["ok"], true, "{shown}");
    let accepted: u64 = ["fast", "half"]
        .iter()
        .map(|part| shown[part]["accepted"].as_u64().unwrap())
        .sum();
    assert!((4..=100).contains(&accepted), "{shown}");
    let counts = &shown["cpu"]["counts"];
    assert_eq!(counts["hops"], 3.0, "{shown}");
    // An answer at each hop, an envelope at each but the sender's, and the result.
    assert_eq!(counts["signatures"], 6.0, "{shown}");
    // An envelope at each hop; the application at both gateways and the result; the answers to both.
    assert_eq!(counts["verifications"], 8.0, "{shown}");
    for term in ["hop", "verification", "signature"] {
        assert!(
            shown["cpu"]["terms"][term].as_f64().unwrap() > 0.0,
            "{shown}"
        );
    }
    assert!(!shown["stages"].as_array().unwrap().is_empty(), "{shown}");
    let disk = |key| shown["disk"][key].as_f64().unwrap();
    assert!(disk("count") >= 1.0, "{shown}");
    assert!(
        disk("p50") > 0.0 && disk("p50") <= disk("p99") && disk("p99") <= disk("max"),
        "{shown}"
    );
}

#[test]
fn a_bench_writes_the_stages_of_half_the_rate_as_a_table() {
    let (shown, table) = bench();
    let shown: Value = serde_json::from_str(shown).unwrap();
    let table = std::fs::read_to_string(table).unwrap();
    let stages = shown["stages"].as_array().unwrap();
    // Two lines above the table's own two.
    assert_eq!(table.lines().count(), 4 + stages.len(), "{table}");
    let half = shown["half"]["accepted"].as_u64().unwrap();
    for stage in stages {
        let begin = format!(
            "| {} | `{}` | {} | ",
            stage["actor"].as_str().unwrap(),
            stage["stage"].as_str().unwrap(),
            stage["count"]
        );
        assert!(table.contains(&begin), "{begin} is not in\n{table}");
    }
    // Of the second part alone: the gateway has read each of its applications once, and each result.
    let read = stages
        .iter()
        .find(|stage| stage["actor"] == "gateway" && stage["stage"] == "open_envelope")
        .unwrap();
    assert_eq!(read["count"].as_u64(), Some(half * 2), "{shown}");
}
