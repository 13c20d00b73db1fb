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

#[test]
fn a_run_that_asks_nobody_is_no_success() {
    let stand = stand::shared();
    let run = |arguments: &[&str]| {
        let all = [&["attack", "run"], arguments].concat();
        let output = stand::qaqpa(&stand.data, &all);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    };
    let (code, said) = run(&["--family", "no-such-family"]);
    assert_eq!(code, Some(64), "{said}");
    assert!(said.contains("no case of that family"), "{said}");
    let (code, said) = run(&["--case", "no-such-case"]);
    assert_eq!(code, Some(64), "{said}");
    // What OCSP says cannot be handed to a program: nothing is run, and nothing shown.
    let (code, said) = run(&["--case", "r07-revoked", "--command", "true {file}"]);
    assert_eq!(code, Some(1), "{said}");
    let (code, said) = run(&[
        "--case",
        "ok00-plain",
        "--command",
        "no-such-program {file}",
    ]);
    assert_eq!(code, Some(64), "{said}");
    let (code, said) = run(&["--against", "no-such-file.json"]);
    assert_eq!(code, Some(64), "{said}");
}

#[test]
fn each_format_of_a_run_is_what_its_readers_read() {
    let stand = stand::shared();
    let run = |format: &str| {
        let arguments = [
            "attack",
            "run",
            "--case",
            "ok00-plain",
            "--command",
            "false {file}",
            "--format",
            format,
        ];
        let output = stand::qaqpa(&stand.data, &arguments);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stdout).unwrap()
    };
    let sarif: Value = serde_json::from_str(&run("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "ok00-plain");
    let junit = run("junit");
    assert!(
        junit.contains("<testsuite name=\"controls\" tests=\"1\" failures=\"1\""),
        "{junit}"
    );
    assert!(run("text").starts_with("FAIL controls/ok00-plain"));
}
