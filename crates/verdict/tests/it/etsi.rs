//! The ETSI TS 119 102-2 report of every indication holds by the schema (docs/schema/etsi), as libxml2 judges.

use std::io::Write as _;
use std::process::{Command, Stdio};

use qaqpa_verdict::report::etsi;
use qaqpa_verdict::{Indication, Policy, Received, Subject, Verdict};
use qaqpa_x509::RevocationReason as Why;
use qaqpa_xml::{Document, Element, XmlLimits};

use crate::reports::verdicts;
use crate::stamped;
use crate::stand::{Answer, Stand, application, days, examine, noon, run};
use crate::words;

fn schema() -> String {
    format!(
        "{}/../../docs/schema/etsi/validation-report.xsd",
        env!("CARGO_MANIFEST_DIR")
    )
}

/// What xmllint says where the report does not hold.
fn faults(report: &str) -> Result<(), String> {
    let mut child = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema", &schema(), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint is installed (scripts/setup test)");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(report.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn holds(name: &str, verdicts: &[Verdict]) -> Document {
    let report = etsi(verdicts, noon());
    assert_eq!(faults(&report), Ok(()), "{name}\n{report}");
    Document::parse(report.as_bytes(), &XmlLimits::default()).unwrap()
}

/// The texts of the elements of that name, in order.
fn texts(document: &Document, name: &str) -> Vec<String> {
    let root = document.root();
    let named = |element: &Element<'_>| element.name() == name;
    root.descendants()
        .filter(named)
        .map(|e| e.text().into_owned())
        .collect()
}

fn revoked() -> Verdict {
    let stand = Stand::new();
    let document = Document::parse(
        stand.signed(&application()).as_bytes(),
        &XmlLimits::default(),
    );
    let document = document.unwrap();
    let answer = Answer::revoked(noon().minus(days(3)), Some(Why::KeyCompromise));
    let (verdict, ..) = run(
        Subject::Document(&document),
        &stand.known(),
        &Policy::default(),
        noon(),
        |need| Received::bytes(stand.ocsp(need, &answer), noon()),
    );
    verdict
}

#[test]
fn reports_of_every_indication_hold_by_the_schema() {
    let mut all = verdicts();
    all.push(("stamped", stamped::passed()));
    all.push(("revoked", revoked()));
    all.push(("capsule", words::by_capsule()));
    let indications: Vec<_> = all.iter().map(|(_, verdict)| verdict.indication).collect();
    for indication in [
        Indication::TotalPassed,
        Indication::TotalFailed,
        Indication::Indeterminate,
    ] {
        assert!(indications.contains(&indication), "{indication}");
    }
    for (name, verdict) in &all {
        holds(name, std::slice::from_ref(verdict));
        holds(name, &[verdict.shown()]);
    }
    // Several signatures in one report; what they share stands in it once.
    let several: Vec<_> = all.into_iter().map(|(_, verdict)| verdict).collect();
    let document = holds("several", &several);
    assert_eq!(texts(&document, "ValidationTime").len(), several.len());
}

#[test]
fn indications_times_and_the_chain_are_told_by_the_standards_addresses() {
    let (verdict, _) = examine(&Stand::new(), &Stand::new().signed(&application()));
    let document = holds("passed", std::slice::from_ref(&verdict));
    let main = texts(&document, "MainIndication");
    assert_eq!(
        main.last().unwrap(),
        "urn:etsi:019102:mainindication:total-passed"
    );
    assert_eq!(texts(&document, "SubIndication"), Vec::<String>::new());
    assert_eq!(texts(&document, "ValidationTime"), ["2026-11-22T07:00:00Z"]);
    assert_eq!(texts(&document, "POETime")[0], "2026-11-22T07:00:00Z");
    let kinds = texts(&document, "ObjectType");
    let of = |kind: &str| kinds.iter().filter(|k| k.ends_with(kind)).count();
    assert_eq!((of(":certificate"), of(":OCSPResponse")), (3, 2));
    // The certificates below the anchor are whole; the anchor is the reader's own, by its digest.
    assert_eq!(texts(&document, "base64").len(), 4);
    let shown = holds("shown", &[verdict.shown()]);
    assert_eq!(texts(&shown, "base64").len(), 0);
    assert_eq!(
        texts(&document, "Algorithm"),
        [verdict.scope.unwrap().algorithm]
    );
}

#[test]
fn a_stamp_is_the_proof_of_the_best_signature_time() {
    let verdict = stamped::passed();
    let best = verdict.best_signature_time.unwrap().to_utc_string();
    let claimed = verdict.claimed_signing_time.unwrap().to_utc_string();
    let document = holds("stamped", &[verdict]);
    assert_eq!(texts(&document, "POETime")[0], best);
    assert_eq!(texts(&document, "TimeStampValue"), [best]);
    assert_eq!(texts(&document, "Time"), [claimed]);
    let process = texts(&document, "SignatureValidationProcessID");
    assert_eq!(process, ["urn:etsi:019102:validationprocess:LTVM"]);
}

#[test]
fn a_revocation_is_told_with_its_moment_its_reason_and_its_object() {
    let document = holds("revoked", &[revoked()]);
    assert_eq!(texts(&document, "RevocationTime"), ["2026-11-19T07:00:00Z"]);
    let reason = texts(&document, "RevocationReason");
    assert_eq!(reason, ["urn:etsi:019102:revocationReason:keyCompromise"]);
    let sub = texts(&document, "SubIndication");
    assert!(
        sub.iter()
            .all(|sub| sub == "urn:etsi:019102:subindication:REVOKED"),
        "{sub:?}"
    );
}

/// The schema can refuse: each of these bends one thing.
#[test]
fn the_schema_finds_what_is_wrong() {
    let (verdict, _) = examine(&Stand::new(), &Stand::new().signed(&application()));
    let report = etsi(&[verdict], noon());
    let first = report.find("id=\"C-").unwrap();
    let id = &report[first + 4..first + 4 + 66];
    for (from, to) in [
        ("total-passed", "total-fine"),
        ("constraintStatus:applied", "constraintStatus:tried"),
        ("07:00:00Z", "12:00:00+05:00"),
        ("<HashOnly>false</HashOnly>", ""),
        (&format!("id=\"{id}\""), "id=\"C-gone\""),
        ("https://qaqpa.invalid/constraint/", "urn:x:"),
    ] {
        let bent = report.replace(from, to);
        assert_ne!(bent, report, "{from}");
        assert!(faults(&bent).is_err(), "{from} → {to}");
    }
}
