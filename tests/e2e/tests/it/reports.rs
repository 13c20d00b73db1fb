//! The reports of `qaqpa verify` on the command line: three levels, three languages, four formats, one verdict.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::stand;

/// A signed application, and the same one indented on its way.
fn documents(folder: &Path) -> (PathBuf, PathBuf) {
    let signed = stand::signed_application(stand::shared(), "citizen-1", folder);
    let text = std::fs::read_to_string(&signed).unwrap();
    let indented = folder.join("indented.xml");
    std::fs::write(&indented, text.replacen("<channel>", "\n  <channel>", 1)).unwrap();
    (signed, indented)
}

fn verify(file: &Path, options: &[&str]) -> Output {
    let arguments = [&["verify", file.to_str().unwrap()][..], options].concat();
    stand::qaqpa(&stand::shared().data, &arguments)
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_simple_report_speaks_the_language_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (signed, indented) = documents(folder.path());
    for (lang, yes, no, remedy) in [
        (
            "kk",
            "Қолтаңба жарамды",
            "Қолтаңба жарамсыз",
            "pretty-print баптауын",
        ),
        (
            "ru",
            "Подпись действительна",
            "Подпись недействительна",
            "отключите pretty-print",
        ),
        (
            "en",
            "The signature is valid",
            "The signature is not valid",
            "pretty-printing off",
        ),
    ] {
        let output = verify(&signed, &["--report", "simple", "--lang", lang]);
        assert_eq!(output.status.code(), Some(0));
        assert!(said(&output).contains(yes), "{output:?}");
        let output = verify(&indented, &["--report", "simple", "--lang", lang]);
        assert_eq!(output.status.code(), Some(1));
        let text = said(&output);
        assert!(text.contains(no) && text.contains(remedy), "{text}");
    }
}

#[test]
fn by_default_text_is_the_simple_report_the_signed_scope_and_each_check() {
    let folder = tempfile::tempdir().unwrap();
    let (signed, _) = documents(folder.path());
    let text = said(&verify(&signed, &[]));
    let places = [
        "Simple report on the validation of a signature",
        "What the signature covers",
        "Detailed report: every check",
    ]
    .map(|heading| text.find(heading));
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{text}"
    );
    // What the gateway would read of it is marked, with the reference that covers it; the person's number is masked.
    assert!(text.contains("1=     iin: "), "{text}");
    assert!(!text.contains("Elements read: 0"), "{text}");
    let json: Value = serde_json::from_str(&said(&verify(&signed, &["--format", "json"]))).unwrap();
    let consumed = json["consumed"].as_array().unwrap();
    assert!(
        consumed
            .iter()
            .any(|e| e["path"] == "/application/submitter/iin")
    );
    assert!(consumed.iter().all(|element| element["reference"] == 1));
}

#[test]
fn a_digest_that_differs_is_explained_and_its_octets_are_written_for_comparison() {
    let folder = tempfile::tempdir().unwrap();
    let (signed, indented) = documents(folder.path());
    let octets = |file: &Path, name: &str| {
        let folder = folder.path().join(name);
        verify(file, &["--canonical", folder.to_str().unwrap()]);
        std::fs::read_to_string(folder.join("signature-1-reference-1.c14n")).unwrap()
    };
    let (right, wrong) = (octets(&signed, "right"), octets(&indented, "wrong"));
    assert_eq!(wrong.replacen("\n  <channel>", "<channel>", 1), right);
    let output = verify(&indented, &["--report", "detailed"]);
    let text = said(&output);
    assert!(text.contains("reindented: "), "{text}");
    let json: Value =
        serde_json::from_str(&said(&verify(&indented, &["--format", "json"]))).unwrap();
    assert_eq!(
        json["diagnosis"]["causes"],
        serde_json::json!(["reindented"])
    );
    assert_eq!(json["diagnosis"]["octets"], wrong.len());
}

#[test]
fn the_etsi_report_and_the_page_are_written_and_other_commands_have_neither() {
    let folder = tempfile::tempdir().unwrap();
    let (signed, indented) = documents(folder.path());
    let output = verify(&signed, &["--format", "etsi"]);
    assert!(said(&output).contains("urn:etsi:019102:mainindication:total-passed"));
    let output = verify(&indented, &["--format", "html", "--lang", "kk"]);
    assert_eq!(output.status.code(), Some(1));
    let page = said(&output);
    assert!(
        page.starts_with("<!doctype html>\n<html lang=\"kk\">"),
        "{page}"
    );
    assert!(page.contains("<code>reindented</code>"), "{page}");
    for format in ["etsi", "html"] {
        let output = stand::qaqpa(folder.path(), &["services", "--format", format]);
        assert_eq!(output.status.code(), Some(64));
        let output = verify(&signed, &["--format", format, "--report", "simple"]);
        assert_eq!(output.status.code(), Some(64));
    }
}
