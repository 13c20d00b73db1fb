//! What `qaqpa verify` asks of the signer, what it says where it asked nothing, and what `sign` does not make.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::signing::Desk;
use crate::stand::{self, SERVICE};

const TWO: &str = "<m><a Id=\"a1\">one</a><b Id=\"b1\">two</b></m>";

fn verify(desk: &Desk, file: &Path, more: &[&str]) -> Output {
    let arguments = [&["verify", file.to_str().unwrap()], more].concat();
    stand::qaqpa(&desk.stand.data, &arguments)
}

fn verdict(desk: &Desk, file: &Path, more: &[&str]) -> Value {
    let output = verify(desk, file, &[more, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The outcome of one question of a verdict.
fn outcome(verdict: &Value, id: &str) -> String {
    let checks = verdict["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["id"] == id);
    check.unwrap()["outcome"].as_str().unwrap().to_owned()
}

#[test]
fn an_application_is_asked_what_the_gateway_asks_it() {
    let desk = Desk::new();
    // The submitter is citizen-1.
    let unsigned = stand::qaqpa_yes(&desk.stand.data, &["sample", SERVICE]);
    for (who, label, iin) in [
        ("citizen-1", Value::Null, "pass"),
        ("citizen-2", Value::from("iin-mismatch"), "fail"),
    ] {
        let signed = desk.signed(unsigned.as_bytes(), who, &[]);
        let file = desk.write("application.xml", &signed);
        let verdict = verdict(&desk, &file, &[]);
        assert_eq!(verdict["label"], label, "{who}");
        assert_eq!(outcome(&verdict, "iin"), iin, "{who}");
    }
    let file = desk.path("application.xml");
    let named = verify(&desk, &file, &["--submitter", "931002451325"]);
    assert_eq!(named.status.code(), Some(64));
    let errors = String::from_utf8_lossy(&named.stderr).into_owned();
    assert!(errors.contains("names its submitter itself"), "{errors}");
}

#[test]
fn an_application_that_does_not_read_is_undecided_unless_somebody_names_the_submitter() {
    let desk = Desk::new();
    let unsigned = stand::qaqpa_yes(&desk.stand.data, &["sample", SERVICE]);
    let more = unsigned.replace("</application>", "<more>1</more></application>");
    assert_ne!(more, unsigned);
    // The submitter is citizen-1: by this document nobody can say that it was not somebody else's to sign.
    let signed = desk.signed(more.as_bytes(), "citizen-2", &[]);
    let file = desk.write("application.xml", &signed);
    let output = verify(&desk, &file, &[]);
    assert_eq!(output.status.code(), Some(2));
    let undecided = verdict(&desk, &file, &[]);
    assert_eq!(undecided["label"], "application-malformed");
    assert_eq!(outcome(&undecided, "iin"), "undecided");
    let of = |who: &str| desk.endpoints.identity(who).unwrap().iin.clone();
    for (who, label) in [
        ("citizen-1", Value::from("iin-mismatch")),
        ("citizen-2", Value::Null),
    ] {
        let asked = verdict(&desk, &file, &["--submitter", &of(who)]);
        assert_eq!(asked["label"], label, "{who}");
        assert_eq!(outcome(&asked, "bin"), "not-asked", "{who}");
    }
}

#[test]
fn of_another_file_it_is_asked_what_somebody_names_and_said_where_nobody_does() {
    let desk = Desk::new();
    let signed = desk.signed(TWO.as_bytes(), "citizen-1", &[]);
    let file = desk.write("signed.xml", &signed);
    let unasked = verdict(&desk, &file, &[]);
    assert_eq!(unasked["indication"], "TOTAL-PASSED");
    assert_eq!(outcome(&unasked, "iin"), "not-asked");
    let of = |who: &str| desk.endpoints.identity(who).unwrap().iin.clone();
    for (who, label, iin) in [
        ("citizen-1", Value::Null, "pass"),
        ("citizen-2", Value::from("iin-mismatch"), "fail"),
    ] {
        let asked = verdict(&desk, &file, &["--submitter", &of(who)]);
        assert_eq!(asked["label"], label, "{who}");
        assert_eq!(outcome(&asked, "iin"), iin, "{who}");
    }
    let wrong = verify(&desk, &file, &["--submitter", "1"]);
    assert_eq!(wrong.status.code(), Some(64));
}

#[test]
fn formats_and_reports_that_a_file_has_none_of_are_told() {
    let desk = Desk::new();
    let message = desk.signed(b"scan\n", "citizen-1", &["--profile", "cms"]);
    let file = desk.write("message.p7s", &message);
    for format in ["junit", "sarif"] {
        let output = verify(&desk, &file, &["--format", format]);
        assert_eq!(output.status.code(), Some(64), "{format}");
        assert!(output.stdout.is_empty(), "{format}");
    }
    let drawn = verify(&desk, &file, &["--report", "scope"]);
    let text = String::from_utf8_lossy(&drawn.stdout).into_owned();
    assert!(text.contains("No tree can be drawn"), "{text}");
    let folder = desk.path("octets");
    let output = verify(&desk, &file, &["--canonical", folder.to_str().unwrap()]);
    assert!(output.status.success());
    assert_eq!(
        std::fs::read(folder.join("content.bin")).unwrap(),
        b"scan\n"
    );
    assert!(folder.join("signature-1-attributes.der").is_file());
    let text = desk.write("text", b"Dear Sirs");
    let nowhere = desk.path("nowhere");
    let output = verify(&desk, &text, &["--canonical", nowhere.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.contains("nothing is written"), "{errors}");
    assert!(!nowhere.exists());
}

#[test]
fn a_signature_that_nobody_could_accept_is_not_made() {
    let desk = Desk::new();
    let file = desk.write("two.xml", TWO.as_bytes());
    for profile in ["by-id", "xades"] {
        let output = desk.sign(&file, "citizen-1", &["--profile", profile, "--id", "a1"]);
        assert_eq!(output.status.code(), Some(1), "{profile}");
        assert!(output.stdout.is_empty(), "{profile}");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(errors.contains("other elements stand beside"), "{errors}");
    }
}
