//! Everything that `--format json` shows is of the shape that docs/schema says.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use qaqpa_model::{Actor, RefusalLabel};
use qaqpa_regulations::Channel;
use qaqpa_transport::ControlClient;

use crate::clients::{python, script, top};
use crate::stand::{self, SERVICE};

#[test]
fn every_json_is_of_its_schema_and_every_schema_is_used() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let signed = stand::signed_application(stand, "citizen-1", folder.path());
    let signed = signed.to_str().unwrap();
    let password = folder.path().join("password");
    std::fs::write(&password, "Qwerty12\n").unwrap();
    let key = folder.path().join("new.p12");
    let json = |arguments: &[&str]| {
        let output = stand::qaqpa(&stand.data, &[arguments, &["--format", "json"]].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let issue = json(&[
        "ca",
        "issue",
        "schema-1",
        "--iin",
        "931002451325",
        "--name",
        "ТЕСТОВА СХЕМА",
        "--password-file",
        password.to_str().unwrap(),
        "--out",
        key.to_str().unwrap(),
    ]);
    let list = json(&["journal", "list", "--actor", "gateway"]);
    let first: serde_json::Value = serde_json::from_str(&list).unwrap();
    let entry = first
        .as_array()
        .and_then(|list| list.first())
        .map(|entry| entry["id"].as_str().unwrap().to_owned());
    let capsule = folder.path().join("capsule.json");
    json(&[
        "verify",
        signed,
        "--write-capsule",
        capsule.to_str().unwrap(),
    ]);
    let capsule = std::fs::read_to_string(capsule).unwrap();
    let shown = [
        (
            "endpoints",
            std::fs::read_to_string(stand.data.join("endpoints.json")).unwrap(),
        ),
        ("services", json(&["services"])),
        ("service", json(&["services", "show", SERVICE])),
        ("scenario-list", json(&["scenario", "list"])),
        (
            "scenario-report",
            json(&["scenario", "run", "guardianship-wrong-password"]),
        ),
        ("conform", json(&crate::conforming::ARGUMENTS)),
        ("scenario-protocol", crate::protocols::protocol_json()),
        ("scenario-replay", crate::protocols::replayed_json()),
        ("send", json(&["send", signed])),
        ("verdict", json(&["verify", signed])),
        ("report", json(&["verify", signed, "--report", "simple"])),
        ("capsule", capsule),
        ("ca-issue", issue),
        ("ca-certificate", json(&["ca", "suspend", "schema-1"])),
        ("ca-status", json(&["ca", "status"])),
        ("ca-people", json(&["ca", "people"])),
        ("ca-trust", json(&["ca", "trust"])),
        ("attack-list", json(&["attack", "list"])),
        (
            "attack-report",
            json(&["attack", "run", "--family", "time"]),
        ),
        ("bench", crate::bench::json().to_owned()),
        ("clock", json(&["clock", "show"])),
        ("clock-days", json(&["clock", "days", "2024"])),
        ("systems", systems(&stand.data)),
        ("doctor", json(&["doctor", "--quick"])),
        ("doctor-message", doctor_message(&stand.data)),
        ("journal-list", list),
        ("journal-verify", json(&["journal", "verify"])),
        ("journal-prune", crate::journal::pruned_json()),
        ("outbox-list", json(&["outbox", "list"])),
        ("outbox-resend", json(&["outbox", "resend", "--all"])),
        (
            "journal-entry",
            json(&[
                "journal",
                "show",
                &entry.unwrap_or_else(|| "gateway:1".to_owned()),
            ]),
        ),
    ];
    let controls = crate::controls::shown().iter().cloned();
    let shown: Vec<_> = shown.into_iter().chain(controls).collect();
    let schemas = top().join("docs/schema");
    for (name, text) in &shown {
        validate(&schemas.join(format!("{name}.schema.json")), text);
    }
    let used: BTreeSet<String> = shown
        .iter()
        .map(|(name, _)| format!("{name}.schema.json"))
        .collect();
    let there: BTreeSet<String> = std::fs::read_dir(&schemas)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        // Beside them stands a folder of XML Schemas.
        .filter(|name| name.ends_with(".json"))
        // What people write, and not what is shown: see below.
        .filter(|name| name != SCENARIO_FILE)
        .collect();
    assert_eq!(used, there);
}

const SCENARIO_FILE: &str = "scenario-file.schema.json";

#[test]
fn every_scenario_is_of_the_schema_that_editors_read_and_what_is_none_is_not() {
    let schema = top().join("docs/schema").join(SCENARIO_FILE);
    let read = |text: &str| toml::from_str::<serde_json::Value>(text).unwrap();
    let mut files = 0;
    for entry in std::fs::read_dir(top().join("tests/scenarios")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "toml") {
            validate(
                &schema,
                &read(&std::fs::read_to_string(path).unwrap()).to_string(),
            );
            files += 1;
        }
    }
    assert!(files > 20, "{files}");
    let happy = top().join("tests/scenarios/guardianship-happy.toml");
    let happy = std::fs::read_to_string(happy).unwrap();
    for (from, to) in [
        ("\"receive\"", "\"vanish\""),
        ("do = \"prepare\"", "do = \"prepare\", loudly = true"),
        ("channel = \"portal\"", "channel = \"post\""),
        ("end = \"delivered\"", "end = \"refused\"\nlabel = \"nope\""),
        ("kk = ", "kz = "),
    ] {
        assert!(happy.contains(from), "{from}");
        let wrong = read(&happy.replacen(from, to, 1)).to_string();
        assert!(!is_valid(&schema, &wrong).0, "{to}");
    }
    let schema = std::fs::read_to_string(schema).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    // The page for people has every step.
    let page = std::fs::read_to_string(top().join("docs/SCENARIOS.md")).unwrap();
    let (_, steps) = page.split_once("## Steps").unwrap();
    for step in schema["properties"]["step"]["items"]["oneOf"]
        .as_array()
        .unwrap()
    {
        let name = step["properties"]["do"]["const"].as_str().unwrap();
        assert!(steps.contains(&format!("`{name}`")), "{name}");
    }
    let labels: Vec<&str> = RefusalLabel::ALL.iter().map(|one| one.as_str()).collect();
    let of = &schema["properties"]["expect"]["properties"]["label"]["enum"];
    assert_eq!(*of, serde_json::json!(labels));
    let channels: Vec<&str> = Channel::ALL.iter().map(|one| one.as_str()).collect();
    let of = &schema["properties"]["channel"]["enum"];
    assert_eq!(*of, serde_json::json!(channels));
}

/// A story of one's own, and what a wrong one is told.
#[test]
fn a_scenario_of_ones_own_is_run_by_its_path_and_a_wrong_one_is_refused_with_its_line() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.toml");
    // The example of the documents.
    let page = std::fs::read_to_string(top().join("docs/SCENARIOS.md")).unwrap();
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    std::fs::write(&file, text).unwrap();
    for path in [file.as_path(), folder.path()] {
        let path = path.to_str().unwrap();
        let output = stand::qaqpa_yes(&stand.data, &["scenario", "run", path]);
        assert!(output.starts_with("ok   my-story — "), "{output}");
        assert!(output.contains("\n1 played, 0 failed\n"), "{output}");
    }
    let line = 1 + text
        .lines()
        .position(|line| line.starts_with("path"))
        .unwrap();
    std::fs::write(&file, text.replace("\"process-4\"", "\"process-44\"")).unwrap();
    let path = file.to_str().unwrap();
    let output = stand::qaqpa(&stand.data, &["scenario", "run", path]);
    assert_eq!(output.status.code(), Some(64));
    let told = String::from_utf8(output.stderr).unwrap();
    let expected = format!("{path}:{line}: the flow has no process-44; it has process-1, ");
    assert!(told.contains(&expected), "{told}");
    assert!(
        told.contains("docs/schema/scenario-file.schema.json"),
        "{told}"
    );
}

/// What the doctor says of the newest message that the gateway's journal names.
fn doctor_message(data: &Path) -> String {
    let list = ["journal", "list", "--actor", "gateway", "--format", "json"];
    let list: serde_json::Value = serde_json::from_str(&stand::qaqpa_yes(data, &list)).unwrap();
    let mut messages = list.as_array().unwrap().iter();
    let message = messages
        .find_map(|entry| entry["message"].as_str())
        .unwrap();
    let output = stand::qaqpa(data, &["doctor", "--for", message, "--format", "json"]);
    String::from_utf8(output.stdout).unwrap()
}

/// What the gateway's control port shows of a register with one system, who is taken out again.
fn systems(data: &Path) -> String {
    let gateway = ControlClient::of(data, Actor::Gateway).unwrap();
    let register = serde_json::json!({
        "toml": "version = 1\n[[system]]\nsender = \"schema-1\"\npush = \"http://127.0.0.1:9/\"\n",
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let view: serde_json::Value = gateway.put("/systems", &register).await.unwrap();
        let _: serde_json::Value = gateway.delete("/systems").await.unwrap();
        view.to_string()
    })
}

fn validate(schema: &Path, json: &str) {
    let (is_valid, why) = is_valid(schema, json);
    assert!(is_valid, "{}: {why}\n{json}", schema.display());
}

/// Whether it is of the schema, and what the judge says.
fn is_valid(schema: &Path, json: &str) -> (bool, String) {
    let mut child = Command::new(python())
        .arg(script("validate.py"))
        .arg(schema)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(json.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), why)
}
