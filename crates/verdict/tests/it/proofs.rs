//! What holds for any input: properties, and the text of the report.

use proptest::prelude::*;
use qaqpa_verdict::{Need, Policy, Received, SubIndication as S, Subject};
use qaqpa_x509::issue::CertificateSpec;
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::oid;
use qaqpa_xml::{Document, XmlLimits};

use crate::forge::{Forge, HERE};
use crate::stand::{
    IIN, Judged, Stand, application, citizen_spec, examine, examine_certificate, judged, noon, run,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Bytes from anywhere in the place of evidence: no panic, and never a pass.
    #[test]
    fn rubbish_is_never_evidence(
        ocsp in proptest::collection::vec(any::<u8>(), 0..200),
        crl in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let stand = stand();
        let subject = Subject::Certificate { certificate_der: stand.citizen.der(), pool_der: &[] };
        let (verdict, ..) = run(subject, &stand.known(), &Policy::default(), noon(), |need| match need {
            Need::Ocsp { .. } => Received::bytes(ocsp.clone(), noon()),
            Need::Crl { .. } | Need::DeltaCrl { .. } => Received::bytes(crl.clone(), noon()),
        });
        prop_assert_eq!(judged(&verdict), Judged::Refused(qaqpa_model::RefusalLabel::RevocationUnknown, S::TryLater));
    }

    /// Bytes from anywhere in the place of a certificate: no panic, and never a pass.
    #[test]
    fn rubbish_is_never_a_certificate(der in proptest::collection::vec(any::<u8>(), 0..300)) {
        let stand = stand();
        let subject = Subject::Certificate { certificate_der: &der, pool_der: &[] };
        let (verdict, _, met) = run(subject, &stand.known(), &Policy::default(), noon(), |need| stand.all_good(need));
        prop_assert!(!verdict.is_passed());
        prop_assert_eq!(met, 0);
    }

    /// One byte of a signed document changed to another printable one: passed only where what is read is the same.
    #[test]
    fn one_changed_byte_never_changes_what_is_read(place in 0..20_000_usize, byte in 0x20..0x7f_u8) {
        let stand = stand();
        let signed = signed();
        let mut bytes = signed.clone().into_bytes();
        let place = place % bytes.len();
        bytes[place] = byte;
        let Ok(document) = Document::parse(&bytes, &XmlLimits::default()) else { return Ok(()) };
        let (_, proven, _) = run(
            Subject::Document(&document), &stand.known(), &Policy::default(), noon(),
            |need| stand.all_good(need),
        );
        if let Some(proven) = proven {
            let read: Vec<_> = proven.covered.root().descendants()
                .map(|element| (element.name().to_owned(), element.text().into_owned())).collect();
            let original = Document::parse(signed.as_bytes(), &XmlLimits::default()).unwrap();
            let expected: Vec<_> = original.root().descendants()
                .filter(|element| !within_signature(*element))
                .map(|element| (element.name().to_owned(), element.text().into_owned())).collect();
            prop_assert_eq!(read, expected);
        }
    }
}

fn within_signature(element: qaqpa_xml::Element<'_>) -> bool {
    let mut here = Some(element);
    while let Some(element) = here {
        if element.name() == "Signature" {
            return true;
        }
        here = element.parent();
    }
    false
}

/// One stand for all cases of a property.
fn stand() -> &'static Stand {
    static STAND: std::sync::OnceLock<Stand> = std::sync::OnceLock::new();
    STAND.get_or_init(Stand::new)
}

fn signed() -> &'static String {
    static SIGNED: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    SIGNED.get_or_init(|| stand().signed(&application()))
}

#[test]
fn the_text_of_a_pass_says_what_was_signed_by_whom_and_on_what_evidence() {
    let stand = Stand::new();
    let (verdict, _) = examine(&stand, &stand.signed(&application()));
    let text = verdict.to_text();
    for line in [
        "TOTAL-PASSED\n",
        "subject document, profile enveloped, judged at 2026-11-22T12:00:00+05:00\n",
        "\nWhat was signed\n  {urn:qaqpa:document:1}application at line 1, column 1, and nothing else\n",
        "\nSigned by\n  ТЕСТОВ ТЕСТ\n  IIN 93********25\n",
        "\nChecks\n  yes structure\n",
        "\nPath (signer first, trust anchor last)\n  ТЕСТОВ ТЕСТ (",
        "\nEvidence\n  OCSP about 2a17: good\n    OCSP, signed by QAQPA TEST OCSP, says: not revoked\n",
    ] {
        assert!(text.contains(line), "{line}\n---\n{text}");
    }
    assert!(!text.contains(IIN), "{text}");
}

#[test]
fn the_text_of_a_refusal_begins_with_the_reason_and_the_label() {
    let stand = Stand::new();
    let changed = stand.signed(&application()).replace("Тараз", "Шу");
    let (verdict, _) = examine(&stand, &changed);
    let text = verdict.to_text();
    assert!(
        text.starts_with("TOTAL-FAILED / HASH_FAILURE   label: content-changed\nthe digest of Reference URI=\"\" differs: signed\n"),
        "{text}"
    );
    assert!(
        text.contains("Signed by (as the certificate says; not believed)"),
        "{text}"
    );
    assert!(
        text.contains("\nEvidence\n  none was asked for\n"),
        "{text}"
    );
}

#[test]
fn a_name_in_a_certificate_cannot_write_lines_of_the_report() {
    let name = "X\nTOTAL-PASSED\u{1b}[2J\u{202e}";
    let spec = CertificateSpec {
        subject: NameToWrite::new()
            .with(oid::COMMON_NAME, name)
            .with(oid::COUNTRY, "KZ"),
        ..citizen_spec()
    };
    let stand = Stand::new().with_citizen(&spec);
    let (verdict, _) = examine_certificate(&stand, &stand.known());
    let text = verdict.to_text();
    assert!(
        text.chars()
            .all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')),
        "{text:?}"
    );
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("TOTAL-PASSED"))
            .count(),
        1,
        "{text}"
    );
}

#[test]
fn what_a_signature_holds_cannot_write_lines_of_the_report() {
    let stand = Stand::new();
    let mut forge = Forge::new(&stand);
    forge.method = "x&#10;TOTAL-PASSED".to_owned();
    let template = application().replace("</application>", &format!("{HERE}</application>"));
    let (verdict, _) = examine(&stand, &forge.sign(&template));
    let text = verdict.to_text();
    assert!(
        text.starts_with("INDETERMINATE / CRYPTO_CONSTRAINTS_FAILURE   label: algorithm-unknown\n"),
        "{text}"
    );
    assert!(
        !text.lines().any(|line| line.starts_with("TOTAL-PASSED")),
        "{text}"
    );
}
