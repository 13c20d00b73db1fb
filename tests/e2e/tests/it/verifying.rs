//! `qaqpa verify FILE`: whatever `qaqpa sign` makes is told by its bytes and judged good, and its capsule gives the same report.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use qaqpa_runner::Endpoints;
use qaqpa_wire::namespace::DOCUMENT;
use serde_json::Value;

use crate::signing::{Desk, ENVELOPE};
use crate::stand;

const ONE: &str = "<m Id=\"m1\"><a Id=\"a1\">one</a></m>";
const TWO: &str = "<m><a Id=\"a1\">931002451325</a><b Id=\"b1\">two</b></m>";

/// Every kind of key, in the core and in a pack.
const KINDS: [&str; 4] = [
    "citizen-1",
    "gost-2015-sign",
    "gost-2004-sign",
    "ecdsa-sign",
];

impl Desk {
    fn verify(&self, file: &Path, more: &[&str]) -> Output {
        let arguments = [&["verify", file.to_str().unwrap()], more].concat();
        stand::qaqpa(&self.stand.data, &arguments)
    }

    /// The verdicts about a file, and the report again from its capsule.
    #[track_caller]
    fn judged(&self, case: &str, signed: &[u8], more: &[&str]) -> Vec<Value> {
        let file = self.write("signed", signed);
        let capsule = self.path("capsule.json");
        let capsule = capsule.to_str().unwrap();
        let asked = ["--format", "json", "--write-capsule", capsule];
        let output = self.verify(&file, &[more, &asked].concat());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            errors.matches("WARNING: a capsule holds").count(),
            1,
            "{case}: {errors}"
        );
        let mode = std::fs::metadata(capsule).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{case}");
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{case}: {error}: {errors}"));
        let trust = qaqpa_transport::paths::trust_signature(&self.stand.data);
        let again = ["--capsule", "--trust", trust.to_str().unwrap()];
        let again = self.verify(
            Path::new(capsule),
            &[&again[..], &["--format", "json"]].concat(),
        );
        assert_eq!(
            again.status.code(),
            output.status.code(),
            "{case}: {again:?}"
        );
        assert!(
            again.stdout == output.stdout,
            "{case}: the capsule gives another report:\n{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&again.stdout)
        );
        let verdicts = match report {
            Value::Array(verdicts) => verdicts,
            verdict => vec![verdict],
        };
        let passed = verdicts.iter().all(|v| v["indication"] == "TOTAL-PASSED");
        assert_eq!(passed, output.status.success(), "{case}: {errors}");
        verdicts
    }

    #[track_caller]
    fn passes(&self, case: &str, signed: &[u8], more: &[&str], subject: &str, count: usize) {
        let verdicts = self.judged(case, signed, more);
        assert_eq!(verdicts.len(), count, "{case}");
        for verdict in verdicts {
            let why = (&verdict["label"], &verdict["checks"]);
            assert_eq!(verdict["indication"], "TOTAL-PASSED", "{case}: {why:?}");
            assert_eq!(verdict["subject"], subject, "{case}");
        }
    }
}

/// A desk whose people have every kind of key.
fn desk() -> Desk {
    let mut desk = Desk::new();
    stand::qaqpa_yes(&desk.stand.data, &["ca", "people", "--pack", "keys"]);
    let path = desk.stand.data.join("endpoints.json");
    for _ in 0..100 {
        let now = Endpoints::read(&path).unwrap();
        if now.identity("ecdsa-sign").is_some() {
            desk.endpoints = now;
            return desk;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("endpoints.json does not name the people of the pack");
}

#[test]
fn everything_that_is_signed_in_any_profile_by_any_key_is_told_and_judged_good() {
    let desk = desk();
    #[rustfmt::skip]
    let table: [(&str, &str, &[&str], &str); 10] = [
        ("enveloped", TWO, &[], "document"),
        ("the root by its Id", ONE, &["--profile", "by-id"], "document"),
        ("one by its Id", ONE, &["--profile", "by-id", "--id", "a1"], "document"),
        ("several beside it", TWO, &["--profile", "detached"], "document"),
        ("an envelope", ENVELOPE, &["--profile", "wsse"], "transport"),
        ("XAdES", TWO, &["--profile", "xades"], "document"),
        ("XAdES by Id", ONE, &["--profile", "xades", "--id", "a1"], "document"),
        ("XAdES with a stamp", TWO, &["--profile", "xades", "--timestamp"], "document"),
        ("a message", TWO, &["--profile", "cms"], "cms"),
        ("a message with a stamp", TWO, &["--profile", "cms", "--timestamp"], "cms"),
    ];
    for identity in KINDS {
        for (case, content, more, subject) in table {
            let signed = desk.signed(content.as_bytes(), identity, more);
            let case = format!("{case}, by {identity}");
            desk.passes(&case, &signed, &[], subject, 1);
        }
    }
}

#[test]
fn co_signatures_are_judged_one_by_one_and_the_worst_decides() {
    let desk = desk();
    for more in [
        &["--co-sign"][..],
        &["--co-sign", "--profile", "detached"],
        &["--co-sign", "--profile", "xades"],
        &["--co-sign", "--profile", "xades", "--timestamp"],
    ] {
        let first = desk.signed(TWO.as_bytes(), "citizen-1", more);
        let both = desk.signed(&first, "gost-2015-sign", more);
        desk.passes(&format!("{more:?}"), &both, &[], "document", 2);
        let changed = String::from_utf8(both).unwrap().replace("two", "three");
        for verdict in desk.judged("changed", changed.as_bytes(), &[]) {
            assert_eq!(verdict["label"], "content-changed", "{more:?}");
        }
    }
    // One who is known to be revoked spoils the file, wherever he stands.
    let first = desk.signed(TWO.as_bytes(), "citizen-1", &["--co-sign"]);
    let both = desk.signed(&first, "revoked", &["--co-sign"]);
    let verdicts = desk.judged("one is revoked", &both, &[]);
    let labels: Vec<_> = verdicts.iter().map(|verdict| &verdict["label"]).collect();
    assert_eq!(labels, [&Value::Null, &Value::from("certificate-revoked")]);
    let file = desk.write("both.xml", &both);
    assert_eq!(desk.verify(&file, &[]).status.code(), Some(1));
}

#[test]
fn a_message_without_its_content_is_judged_with_the_file_that_is_named() {
    let desk = desk();
    let content = desk.write("scan.pdf", b"TEST \x00\xFF bytes\r\n");
    let other = desk.write("other.pdf", b"other bytes");
    let [content, other] = [&content, &other].map(|path| path.to_str().unwrap());
    for identity in KINDS {
        for more in [&[][..], &["--timestamp"]] {
            let options = [&["--profile", "cms", "--without-content"], more].concat();
            let bytes = std::fs::read(content).unwrap();
            let signed = desk.signed(&bytes, identity, &options);
            let beside = ["--content", content];
            desk.passes(&format!("{identity}, {more:?}"), &signed, &beside, "cms", 1);
            let verdicts = desk.judged("another file", &signed, &["--content", other]);
            assert_eq!(verdicts[0]["label"], "content-changed");
            let missing = desk.judged("no file", &signed, &[]);
            assert_eq!(missing[0]["sub_indication"], "SIGNED_DATA_NOT_FOUND");
        }
    }
    let signed = desk.signed(
        b"x",
        "citizen-1",
        &["--profile", "cms", "--without-content"],
    );
    let file = desk.write("message.p7s", &signed);
    let remedy = "What to do: Name the file that was signed: `--content FILE`.";
    let output = desk.verify(&file, &[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains(remedy), "{text}");
    // Beside data, which do not say it, and in the language that is asked for.
    let output = desk.verify(&file, &["--format", "json"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains(remedy), "{errors}");
    let output = desk.verify(&file, &["--format", "json", "--lang", "ru"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("Что делать: Укажите файл"), "{errors}");
}

#[test]
fn a_signer_who_is_only_named_is_looked_up_among_certificates_that_are_given() {
    let desk = Desk::new();
    let pem = desk.certificate("citizen-1").to_pem();
    let pem = desk.write("signer.pem", pem.as_bytes());
    for form in ["issuer-serial", "thumbprint"] {
        let options = ["--profile", "wsse", "--key-info", form];
        let signed = desk.signed(ENVELOPE.as_bytes(), "citizen-1", &options);
        let unknown = desk.judged(form, &signed, &[]);
        assert_eq!(unknown[0]["sub_indication"], "NO_SIGNING_CERTIFICATE_FOUND");
        let given = ["--certificates", pem.to_str().unwrap()];
        desk.passes(form, &signed, &given, "transport", 1);
    }
}

#[test]
fn what_is_neither_a_document_nor_a_message_is_refused_with_a_remedy() {
    let desk = Desk::new();
    for (bytes, label, remedy) in [
        (
            &b"%PDF-1.7"[..],
            "xml-malformed",
            "Give the signed file: XML, or CMS in DER, PEM or base64.",
        ),
        (b"", "xml-malformed", "Obtain the file again"),
        (b"<m/>", "signature-missing", "Sign the document"),
        (b"0\x80", "signature-malformed", "Obtain the message again"),
    ] {
        let verdicts = desk.judged("neither", bytes, &[]);
        assert_eq!(verdicts[0]["label"], label);
        assert_eq!(verdicts[0]["indication"], "TOTAL-FAILED");
        let file = desk.write("file", bytes);
        let output = desk.verify(&file, &[]);
        assert_eq!(output.status.code(), Some(1), "{bytes:?}");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains(remedy), "{bytes:?}: {text}");
    }
    let signed = desk.signed(TWO.as_bytes(), "citizen-1", &[]);
    let file = desk.write("signed.xml", &signed);
    let output = desk.verify(&file, &["--content", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(64));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("--content is for a CMS message"),
        "{errors}"
    );
}

#[test]
fn a_signature_about_a_part_is_good_for_whoever_asks_for_that_part_alone() {
    let desk = Desk::new();
    for (content, more, profile, root) in [
        (
            ONE,
            &["--profile", "by-id", "--id", "a1"][..],
            "by-id",
            "<m ",
        ),
        (TWO, &["--profile", "detached"], "detached", "<m"),
    ] {
        let signed = desk.signed(content.as_bytes(), "citizen-1", more);
        let signed = String::from_utf8(signed).unwrap();
        let dressed = signed.replacen(root, &format!("{} status=\"granted\" ", root.trim()), 1);
        let refused = desk.judged("dressed", dressed.as_bytes(), &[]);
        assert_eq!(refused[0]["label"], "signature-scope", "{dressed}");
        assert_eq!(refused[0]["sub_indication"], "SIGNED_SCOPE_MISMATCH");
        let file = desk.write("dressed.xml", dressed.as_bytes());
        let output = desk.verify(&file, &[]);
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let remedy = format!("--profile {profile}");
        assert!(text.contains(&remedy), "{text}");
        let asked = ["--profile", profile];
        desk.passes("asked for", dressed.as_bytes(), &asked, "document", 1);
        let output = desk.verify(&file, &[&asked[..], &["--report", "simple"]].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("nobody's word"), "{text}");
        assert!(text.contains("/m/@status"), "{text}");
    }
}

#[test]
fn an_application_is_judged_as_the_gateway_takes_it() {
    let desk = Desk::new();
    for name in ["application", "result"] {
        let one = format!("<{name} xmlns=\"{DOCUMENT}\"><a Id=\"a1\">one</a></{name}>");
        let part = desk.signed(
            one.as_bytes(),
            "citizen-1",
            &["--profile", "by-id", "--id", "a1"],
        );
        let verdicts = desk.judged("a part", &part, &[]);
        assert_eq!(verdicts[0]["label"], "signature-scope");
        let both = desk.signed(one.as_bytes(), "citizen-1", &["--co-sign"]);
        let both = desk.signed(&both, "citizen-2", &["--co-sign"]);
        let verdicts = desk.judged("two", &both, &[]);
        assert_eq!(verdicts.len(), 1);
        assert_eq!(verdicts[0]["label"], "signature-multiple");
        // Nobody reads in it for whom it is.
        let verdicts = desk.judged("asked for", &both, &["--profile", "enveloped"]);
        assert_eq!(verdicts.len(), 2);
        for verdict in verdicts {
            assert_eq!(verdict["label"], "application-malformed");
        }
    }
}

#[test]
fn a_file_is_one_certificate_or_refused_and_one_that_is_too_long_is_never_cut_off() {
    let desk = Desk::new();
    let pem = desk.certificate("citizen-1").to_pem();
    desk.passes("alone", pem.as_bytes(), &[], "certificate", 1);
    for more in [pem.as_str(), "<application>granted</application>"] {
        let bytes = format!("{pem}{more}");
        let verdicts = desk.judged("more", bytes.as_bytes(), &[]);
        assert_eq!(verdicts[0]["label"], "xml-malformed");
        let file = desk.write("more.pem", bytes.as_bytes());
        let output = desk.verify(&file, &[]);
        assert_eq!(output.status.code(), Some(1));
        let report = String::from_utf8_lossy(&output.stdout);
        assert!(report.contains("Give one PEM block"), "{report}");
    }
    let long = desk.path("long");
    let file = std::fs::File::create(&long).unwrap();
    file.set_len(64 * 1024 * 1024 + 1).unwrap();
    let output = desk.verify(&long, &[]);
    assert_eq!(output.status.code(), Some(64));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("longer than 67108864 bytes"), "{errors}");
}
