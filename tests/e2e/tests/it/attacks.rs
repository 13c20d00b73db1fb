//! The corpus of attacks through the command line: a running simulator, a program that takes all, one that takes none.

use serde_json::Value;

use crate::stand;

#[test]
fn a_running_simulator_refuses_every_attack_with_its_label_and_takes_every_control() {
    let stand = stand::shared();
    let endpoints = stand.data.join("endpoints.json");
    let arguments = [
        "attack",
        "run",
        "--against",
        endpoints.to_str().unwrap(),
        "--format",
        "json",
    ];
    let output = stand::qaqpa(&stand.data, &arguments);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let cases = report["cases"].as_array().unwrap();
    let wrong: Vec<_> = cases.iter().filter(|case| case["ok"] != true).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(output.status.code(), Some(0));
    let count = |expected: &str| {
        cases
            .iter()
            .filter(|case| case["expected"] == expected)
            .count()
    };
    assert!(count("refuse") >= 150, "{}", count("refuse"));
    assert!(count("accept") >= 8, "{}", count("accept"));
}

#[test]
fn a_program_that_takes_everything_is_told_what_that_means() {
    let stand = stand::shared();
    let arguments = [
        "attack",
        "run",
        "--family",
        "wrapping",
        "--command",
        "true {file}",
    ];
    let output = stand::qaqpa(&stand.data, &arguments);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("FAIL wrapping/w04-evil-around"), "{text}");
    assert!(
        text.contains("whoever has one signed application can write any other"),
        "{text}"
    );
}

#[test]
fn a_program_that_refuses_everything_shows_nothing() {
    let stand = stand::shared();
    let arguments = [
        "attack",
        "run",
        "--family",
        "controls",
        "--command",
        "false {file} {trust}",
    ];
    let output = stand::qaqpa(&stand.data, &arguments);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("accepted none of the controls"), "{text}");
}

#[test]
fn xmlsec1_takes_a_control_and_refuses_changed_content() {
    let stand = stand::shared();
    let run = |case: &str| {
        let line = "xmlsec1 --verify --trusted-pem {trust} --untrusted-pem {pool} {file}";
        stand::qaqpa(
            &stand.data,
            &["attack", "run", "--case", case, "--command", line],
        )
    };
    for case in ["ok00-plain", "c10-content-changed"] {
        let output = run(case);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}
