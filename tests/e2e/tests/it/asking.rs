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
fn an_application_that_does_not_read_is_undecided_whoever_names_the_submitter() {
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
        ("citizen-1", "iin-mismatch"),
        ("citizen-2", "application-malformed"),
    ] {
        let asked = verdict(&desk, &file, &["--submitter", &of(who)]);
        assert_eq!(asked["label"], label, "{who}");
        assert_eq!(outcome(&asked, "bin"), "not-asked", "{who}");
    }
}

/// The same verdict from the capsule of a file, by the reader's own anchors.
fn again(desk: &Desk, file: &Path, more: &[&str]) -> (Output, Value) {
    let capsule = desk.path("capsule.json");
    let write = [
        "--format",
        "json",
        "--write-capsule",
        capsule.to_str().unwrap(),
    ];
    let first = verify(desk, file, &[more, &write].concat());
    let trust = qaqpa_transport::paths::trust_signature(&desk.stand.data);
    let read = ["--capsule", "--trust", trust.to_str().unwrap()];
    let output = verify(desk, &capsule, &[&read[..], &["--format", "json"]].concat());
    assert!(
        output.stdout == first.stdout,
        "the capsule gives another report"
    );
    let verdicts = serde_json::from_slice(&output.stdout).unwrap();
    (output, verdicts)
}

#[test]
fn an_application_is_asked_for_its_submitter_by_whatever_profile_and_from_a_capsule() {
    let desk = Desk::new();
    let unsigned = stand::qaqpa_yes(&desk.stand.data, &["sample", SERVICE]);
    let asked = ["--profile", "enveloped"];
    for (who, label, iin, code) in [
        ("citizen-1", Value::Null, "pass", 0),
        ("citizen-2", Value::from("iin-mismatch"), "fail", 1),
    ] {
        let signed = desk.signed(unsigned.as_bytes(), who, &[]);
        let file = desk.write("application.xml", &signed);
        for more in [&asked[..], &[]] {
            let output = verify(&desk, &file, more);
            assert_eq!(output.status.code(), Some(code), "{who} {more:?}");
            let (output, verdict) = again(&desk, &file, more);
            assert_eq!(output.status.code(), Some(code), "{who} {more:?}");
            assert_eq!(verdict["label"], label, "{who} {more:?}");
            assert_eq!(outcome(&verdict, "iin"), iin, "{who} {more:?}");
        }
        let own = desk.endpoints.identity(who).unwrap().iin.clone();
        let named = verify(&desk, &file, &[&asked[..], &["--submitter", &own]].concat());
        assert_eq!(named.status.code(), Some(64), "{who}");
        let errors = String::from_utf8_lossy(&named.stderr).into_owned();
        assert!(errors.contains("names its submitter itself"), "{errors}");
    }
    // Each signature of an application is asked: who co-signs is not the submitter.
    let first = desk.signed(unsigned.as_bytes(), "citizen-1", &["--co-sign"]);
    let both = desk.signed(&first, "citizen-2", &["--co-sign"]);
    let file = desk.write("both.xml", &both);
    let (output, verdicts) = again(&desk, &file, &asked);
    assert_eq!(output.status.code(), Some(1));
    let labels: Vec<_> = (0..2).map(|place| &verdicts[place]["label"]).collect();
    assert_eq!(labels, [&Value::Null, &Value::from("iin-mismatch")]);
}

/// Whatever stands before it: an application that is signed is asked for whom it names.
#[test]
fn an_application_beside_other_parts_is_asked_for_its_submitter_too() {
    let desk = Desk::new();
    let unsigned = stand::qaqpa_yes(&desk.stand.data, &["sample", SERVICE]);
    let root = unsigned.find("<application").unwrap() + "<application".len();
    let application = format!("<application Id=\"a1\"{}", &unsigned[root..]);
    let note = "<note Id=\"n1\">for information</note>";
    let own = desk.endpoints.identity("citizen-2").unwrap().iin.clone();
    for holder in [
        format!("<holder>{note}{application}</holder>"),
        format!("<holder>{application}{note}</holder>"),
    ] {
        for (who, label, iin, code) in [
            ("citizen-1", Value::Null, "pass", 0),
            ("citizen-2", Value::from("iin-mismatch"), "fail", 1),
        ] {
            let signed = desk.signed(holder.as_bytes(), who, &["--profile", "detached"]);
            let file = desk.write("holder.xml", &signed);
            let (output, verdict) = again(&desk, &file, &[]);
            assert_eq!(output.status.code(), Some(code), "{who}");
            assert_eq!(verdict["label"], label, "{who}");
            assert_eq!(outcome(&verdict, "iin"), iin, "{who}");
            let named = verify(&desk, &file, &["--submitter", &own]);
            assert_eq!(named.status.code(), Some(64), "{who}");
        }
    }
    // Two that name different people: for whom the signature is, nobody knows.
    let other = application
        .replace("a1", "a2")
        .replace(&desk.endpoints.identity("citizen-1").unwrap().iin, &own);
    let both = format!("<holder>{application}{other}</holder>");
    let signed = desk.signed(both.as_bytes(), "citizen-1", &["--profile", "detached"]);
    let file = desk.write("both.xml", &signed);
    let (output, verdict) = again(&desk, &file, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(verdict["label"], "application-malformed");
}

/// The gateway takes every root for an application that is no result.
#[test]
fn what_is_called_an_application_in_another_name_space_is_undecided() {
    let desk = Desk::new();
    let own = desk.endpoints.identity("citizen-1").unwrap().iin.clone();
    for root in [
        "<application><submitter/></application>",
        "<result xmlns=\"urn:other\"/>",
        "<result xmlns=\"urn:qaqpa:document:1\"/>",
    ] {
        let signed = desk.signed(root.as_bytes(), "citizen-1", &[]);
        let file = desk.write("other.xml", &signed);
        for more in [
            &[][..],
            &["--submitter", &own],
            &["--profile", "enveloped", "--submitter", &own],
        ] {
            let output = verify(&desk, &file, more);
            assert_eq!(output.status.code(), Some(2), "{root} {more:?}");
            let (output, verdict) = again(&desk, &file, more);
            assert_eq!(output.status.code(), Some(2), "{root} {more:?}");
            assert_eq!(verdict["label"], "application-malformed", "{root} {more:?}");
        }
    }
}

/// A capsule brings along the limits within which its document was read.
#[test]
fn what_an_application_does_not_read_for_has_the_gateways_label_whatever_the_readers_limits() {
    let desk = Desk::new();
    let unsigned = stand::qaqpa_yes(&desk.stand.data, &["sample", SERVICE]);
    // Whatever is wrong, the label is the gateway's.
    let digest = unsigned.find("sha256=\"").unwrap() + "sha256=\"".len();
    let mut other_digest = unsigned.clone();
    other_digest.replace_range(digest..digest + 4, "0000");
    let own = desk.endpoints.identity("citizen-1").unwrap().iin.clone();
    let wrong = format!("{}0", &own[..11]);
    let wrong = match wrong == own {
        true => format!("{}1", &own[..11]),
        false => wrong,
    };
    for (case, text, label) in [
        ("a digest", other_digest, "application-malformed"),
        ("an IIN", unsigned.replace(&own, &wrong), "iin-invalid"),
        (
            "a field",
            unsigned.replace("<channel>", "<channels/><channel>"),
            "application-malformed",
        ),
    ] {
        assert_ne!(text, unsigned, "{case}");
        let signed = desk.signed(text.as_bytes(), "citizen-1", &[]);
        let file = desk.write("application.xml", &signed);
        let told = verdict(&desk, &file, &[]);
        assert_eq!(told["label"], label, "{case}");
        assert_eq!(told["sub_indication"], "DOCUMENT_UNREAD", "{case}");
    }
    let signed = desk.signed(unsigned.as_bytes(), "citizen-1", &[]);
    let file = desk.write("application.xml", &signed);
    let config = desk.write("qaqpa.toml", b"[limits]\nattachment-bytes-max = 2\n");
    let config = ["--config", config.to_str().unwrap()];
    assert_eq!(verify(&desk, &file, &[]).status.code(), Some(0));
    let (output, verdict) = again(&desk, &file, &config);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(verdict["label"], "limit-exceeded");
}

#[test]
fn what_the_maker_of_a_capsule_chose_is_said_in_the_language_that_is_asked_for() {
    let desk = Desk::new();
    let own = desk.endpoints.identity("citizen-1").unwrap().iin.clone();
    let signed = desk.signed(TWO.as_bytes(), "citizen-1", &[]);
    let file = desk.write("signed.xml", &signed);
    let capsule = desk.path("capsule.json");
    let write = ["--write-capsule", capsule.to_str().unwrap()];
    let config = desk.write("narrow.toml", b"[limits]\nattachment-bytes-max = 2\n");
    let config = ["--config", config.to_str().unwrap()];
    for (lang, more, said) in [
        ("en", &config[..], "the policy, limits of its own\n"),
        (
            "en",
            &[][..],
            "whoever made it chose: the profile enveloped, the moment, the policy\n",
        ),
        ("en", &["--submitter", &own], "the policy, the submitter\n"),
        (
            "ru",
            &["--submitter", &own],
            "её составитель выбрал: профиль enveloped, момент, политику, подающего\n",
        ),
        (
            "kk",
            &[],
            "капсуланы жасаған адам таңдаған: enveloped профилі, тексерілетін сәт, саясат\n",
        ),
    ] {
        verify(&desk, &file, &[more, &write].concat());
        let output = verify(&desk, &capsule, &["--capsule", "--lang", lang]);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(errors.contains(said), "{errors}");
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
