//! `qaqpa doctor`: what it finds where all is well, where somebody is gone, and about a message.

use qaqpa_model::Actor;
use qaqpa_transport::registry;
use serde_json::{Value, json};

use crate::stand;

fn doctor(data: &std::path::Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = stand::qaqpa(data, &[&["doctor", "--format", "json"], arguments].concat());
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (output.status.code(), report)
}

#[test]
fn where_all_is_well_the_doctor_says_yes_to_every_actor() {
    let stand = stand::shared();
    let (exit, report) = doctor(&stand.data, &["--quick"]);
    assert_eq!(exit, Some(0), "{report:#}");
    let findings = report["findings"].as_array().unwrap();
    let about = |check: &str| -> Vec<&str> {
        let of = findings.iter().filter(|finding| finding["check"] == check);
        of.map(|finding| finding["about"].as_str().unwrap())
            .collect()
    };
    for check in ["up", "ready", "clock"] {
        assert_eq!(
            about(check),
            ["console", "nca", "gateway", "regional-gateway", "portal"],
            "{check}"
        );
    }
    assert_eq!(about("certificates").len(), 4, "{report:#}");
    assert_eq!((about("evidence").len(), about("disk").len()), (1, 1));
    assert!(about("tls").len() >= 5, "{report:#}");
    for finding in findings {
        assert_eq!(
            finding["state"] == "ok",
            finding["remedy"].is_null(),
            "{finding}"
        );
    }
}

#[test]
fn a_probe_asks_one_actor_alone_and_one_process_by_its_control_port() {
    let stand = stand::shared();
    let ready = |arguments: &[&str]| {
        let (exit, report) = doctor(&stand.data, &[&["--ready", "gateway"], arguments].concat());
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1, "{report:#}");
        let found = &findings[0];
        assert_eq!(
            (&found["check"], &found["about"]),
            (&json!("ready"), &json!("gateway"))
        );
        (exit, found["state"].as_str().unwrap().to_owned())
    };
    assert_eq!(ready(&[]), (Some(0), "ok".to_owned()));
    let record = registry::read(&stand.data, Actor::Gateway)
        .unwrap()
        .unwrap();
    let (_, port) = record.control.rsplit_once(':').unwrap();
    assert_eq!(ready(&["--control-port", port]), (Some(0), "ok".to_owned()));
    // Nobody listens at port 1.
    assert_eq!(
        ready(&["--control-port", "1"]),
        (Some(2), "unknown".to_owned())
    );
    let folder = tempfile::tempdir().unwrap();
    let (exit, report) = doctor(folder.path(), &["--ready", "gateway"]);
    assert_eq!(
        (exit, report["findings"].as_array().unwrap().len()),
        (Some(1), 1)
    );
}

#[test]
fn without_a_simulator_every_actor_is_missing_and_the_remedy_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (exit, report) = doctor(folder.path(), &[]);
    assert_eq!(exit, Some(1));
    let missing: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["check"] == "up")
        .collect();
    assert_eq!(missing.len(), 5);
    for finding in missing {
        assert_eq!(finding["state"], "failed");
        assert!(
            finding["remedy"].as_str().unwrap().contains("qaqpa up"),
            "{finding}"
        );
    }
}

#[test]
fn a_refused_message_is_told_with_its_check_its_evidence_and_the_remedy_in_each_language() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let revoked = stand::signed_application(stand, "revoked", folder.path());
    let sent = stand::qaqpa(&stand.data, &["send", revoked.to_str().unwrap()]);
    assert_eq!(sent.status.code(), Some(1));
    let list = stand::qaqpa_yes(
        &stand.data,
        &["journal", "list", "--actor", "gateway", "--format", "json"],
    );
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    let refused = list
        .iter()
        .find(|entry| entry["label"] == "certificate-revoked")
        .unwrap();
    let (exit, told) = doctor(
        &stand.data,
        &["--for", refused["message"].as_str().unwrap()],
    );
    assert_eq!(exit, Some(1), "{told:#}");
    assert_eq!(told["became"], "refused");
    assert_eq!(told["by"], refused["id"]);
    assert_eq!(told["label"], "certificate-revoked");
    assert_eq!(told["check"]["id"], "revocation", "{told:#}");
    assert_eq!(told["cause"], "certificate-revoked", "{told:#}");
    let evidence = told["evidence"].as_array().unwrap();
    assert!(
        evidence.iter().any(|one| one["standing"] == "revoked"),
        "{told:#}"
    );
    for lang in ["kk", "ru", "en"] {
        assert!(!told["reason"][lang].as_str().unwrap().is_empty(), "{lang}");
        assert!(!told["remedy"][lang].as_str().unwrap().is_empty(), "{lang}");
    }
    let text = stand::qaqpa(
        &stand.data,
        &[
            "--lang",
            "ru",
            "doctor",
            "--for",
            refused["message"].as_str().unwrap(),
        ],
    );
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.contains(told["remedy"]["ru"].as_str().unwrap()),
        "{text}"
    );
}

#[test]
fn an_accepted_message_is_told_as_accepted_and_an_unknown_one_is_a_no() {
    let stand = stand::shared();
    let folder = tempfile::tempdir().unwrap();
    let good = stand::signed_application(stand, "citizen-1", folder.path());
    let sent = stand::qaqpa_yes(
        &stand.data,
        &["send", good.to_str().unwrap(), "--format", "json"],
    );
    let sent: Value = serde_json::from_str(&sent).unwrap();
    let (exit, told) = doctor(&stand.data, &["--for", sent["messageId"].as_str().unwrap()]);
    assert_eq!(exit, Some(0), "{told:#}");
    assert!(
        told["became"] == "accepted" || told["became"] == "delivered",
        "{told:#}"
    );
    let unknown = stand::qaqpa(
        &stand.data,
        &["doctor", "--for", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"],
    );
    assert_eq!(unknown.status.code(), Some(1));
    let told = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(told.contains("qaqpa journal list"), "{told}");
}
