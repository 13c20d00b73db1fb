//! `qaqpa scenario conform`: event logs as an analyst holds them against the act.

use crate::stand::{self, SERVICE};

const LOG: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../regulations/tests/fixtures/logs/guardianship.csv"
);

/// The command line whose JSON is held by its schema.
pub(crate) const ARGUMENTS: [&str; 6] = ["scenario", "conform", "--log", LOG, "--service", SERVICE];

/// Exit code, standard output and standard error.
fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = stand::qaqpa(folder.path(), arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

const SAID: &str = "\
17 (guardianship-certificate@zhambyl-2019-23, portal): conforms, delivered
    overdue    action 1 — Documents are accepted and registered, the signed result is sent: 30m from \
2019-05-06T10:21:30+06:00, due 2019-05-06T10:51:30+06:00, finished 2019-05-06T11:05:00+06:00 (line 10) \
[printed: zhambyl-2019-23, annex 1, item 8, line 322]
18 (guardianship-certificate@zhambyl-2019-23, portal): leaves the regulation at event 4 (line 14)
    came       process-5, 2019-05-06T11:10:30+06:00, Serik, \"the quick\"
    which is   process 5 — The request is signed and sent [printed: zhambyl-2019-23, annex 1, item 10, 8), line 367]
    expected   condition 2 = yes or no — Is the certificate in force, and the applicant's own? \
[printed: zhambyl-2019-23, annex 1, item 10, 6), line 358]
    why        it is not its turn
19 (guardianship-certificate@zhambyl-2019-23, portal): conforms, refused: certificate-revoked
20 (guardianship-certificate@zhambyl-2019-23, portal): conforms so far
    waits for  process 2 — Refusal of authorisation [printed: zhambyl-2019-23, annex 1, item 10, 4), line 347]
    waits for  process 3 — Choice of the service, form, documents and certificate \
[printed: zhambyl-2019-23, annex 1, item 10, 5), line 350]
4 cases: 2 conform and ended, 1 conform so far, 1 leave the regulation; steps overdue: 1
";

#[test]
fn a_log_is_told_case_by_case_with_the_paragraph_of_the_act() {
    let (code, out, error) = run(&[&ARGUMENTS[..], &["--lang", "en"]].concat());
    assert_eq!((code, out.as_str(), error.as_str()), (Some(1), SAID, ""));
}

#[test]
fn a_log_that_conforms_is_exit_0_and_one_with_its_own_words_is_mapped() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let log = path("log.csv", "CaseID;What\nA-1;Enters\nA-1;Prints\n");
    let map = path("map.toml", "Enters = \"process-1\"\nPrints = \"ignore\"\n");
    let common = ["scenario", "conform", "--log", &log, "--service", SERVICE];
    let columns = ["--column", "case=CaseID", "--column", "activity=What"];
    // Log lines are asked for before the command, or by another name after it.
    let by_map = ["--map", &map, "--log-lines", "json", "--lang", "en"];
    let (code, out, _) = run(&[&["--log", "json"], &common[..], &columns, &by_map].concat());
    let said = "A-1 (guardianship-certificate@zhambyl-2019-23, portal): conforms so far\n    \
        waits for  condition 1 = yes or no — ";
    assert!(out.starts_with(said), "{out}");
    assert_eq!(code, Some(0), "{out}");

    let (code, _, error) = run(&common);
    let said = format!(
        "error: {log}: line 1, column \"activity\": no such column; the header has \"CaseID\", \"What\"; \
         `--column activity=NAME` says what the file calls it\n"
    );
    assert_eq!((code, error), (Some(64), said));
    let wrong = path("wrong.toml", "Enters = \"process-99\"\n");
    let (code, _, error) = run(&[&common[..], &columns, &["--map", &wrong]].concat());
    let said = format!(
        "error: {wrong}: line 1, \"Enters\": no flow of these cases has a step process-99; there are "
    );
    assert!(error.starts_with(&said), "{error}");
    assert_eq!(code, Some(64));
    let (code, _, error) = run(&["scenario", "conform", "--log", &log, "--column", "x=y"]);
    assert!(
        error.contains("no column \"x\"; there are activity, case, "),
        "{error}"
    );
    assert_eq!(code, Some(64));
}
