//! An envelope asks whether this system may send now: its stamp proves when it was signed, and moves nothing.

use qaqpa_model::Lang;
use qaqpa_verdict::{Cause, Outcome, report};
use qaqpa_xmldsig::find_wsse;

use super::*;

/// A signature with a stamp over the Body of an envelope, made beside the Body and put into the Header.
fn envelope(stand: &Stand, stamped_at: Moment) -> String {
    let plain = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
                 <soapenv:Header></soapenv:Header><soapenv:Body Id=\"b1\"><a/></soapenv:Body></soapenv:Envelope>";
    let signer = Signer::of(&keys().citizen, stand.citizen.der());
    let limits = XmlLimits::default();
    let settings = Settings::new("s1", signing());
    let content = Content::ById("b1".to_owned());
    let beside = xades::sign_b_b(plain.as_bytes(), &content, &signer, &settings, &limits).unwrap();
    let beside = String::from_utf8(beside).unwrap();
    let start = beside.find("<ds:Signature ").unwrap();
    let end = beside.rfind("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = &beside[start..end];
    let header = "<soapenv:Header>";
    let xml = beside
        .replace(signature, "")
        .replace(header, &format!("{header}{signature}"));
    let document = Document::parse(xml.as_bytes(), &limits).unwrap();
    let found = find_wsse(&document, &Bounds::default()).unwrap();
    let octets = xades::stamped_octets(&found, &Method::exclusive()).unwrap();
    let token = token(&octets, stamped_at, &tsa(stand), &keys().stranger);
    let stamped = xades::add_timestamp(xml.as_bytes(), Profile::Wsse, 0, &token, &limits);
    String::from_utf8(stamped.unwrap()).unwrap()
}

fn judge(stand: &Stand) -> Verdict {
    let xml = envelope(stand, signing().plus(seconds(60)));
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
    let subject = Subject::Transport(&document);
    let (verdict, ..) = run_all(
        subject,
        &stand.known(),
        &Policy::default(),
        noon(),
        |need| {
            if !matches!(need, Need::Ocsp { .. }) {
                return Received::unavailable("status 503", noon());
            }
            Received::bytes(by_issuer(need, &Answer::good().archived()), noon())
        },
    );
    verdict
}

#[test]
fn an_envelope_is_judged_as_of_now_and_no_report_says_that_its_stamp_moved_the_moment() {
    let verdict = judge(&expired());
    let text = verdict.to_text();
    let stamp = verdict.check(CheckId::Timestamp).unwrap();
    assert_eq!(stamp.outcome, Outcome::Pass, "{text}");
    assert_eq!(verdict.cause(), Some(Cause::CertificateExpired), "{text}");
    assert_eq!(verdict.best_signature_time, None, "{text}");
    assert!(!text.contains("judged as of then"), "{text}");
    let simple = report::simple(&verdict, Lang::En);
    assert_eq!(
        simple.reasons,
        [
            "The system's certificate had expired at the moment judged: whether it may send is asked as of then, whenever the envelope was signed."
        ]
    );
    assert_eq!(
        simple.remedies,
        ["Obtain a new certificate of the system and sign the envelope with it."]
    );
    for (lang, line) in [
        (
            Lang::Kk,
            "Дәлелденген уақыты (уақыт белгісі бойынша): уақыт белгісі бар",
        ),
        (
            Lang::Ru,
            "Доказанное время (по метке времени): метка времени есть",
        ),
        (
            Lang::En,
            "Proven time (by a time stamp): there is a time stamp, but an envelope",
        ),
    ] {
        let all = std::slice::from_ref(&verdict);
        let shown = report::text(report::Kind::Simple, all, lang);
        assert!(shown.contains(line), "{shown}");
        assert!(!shown.contains("proves nothing"), "{shown}");
    }
}
