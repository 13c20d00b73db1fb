//! The transport signature: WS-Security over the Body, with the certificate in it or named by issuer and serial number.

use qaqpa_crypto::SignatureAlgorithm;
use qaqpa_model::RefusalLabel as L;
use qaqpa_verdict::{CheckId, Known, Policy, Received, SubIndication as S, Subject, Verdict};
use qaqpa_x509::Certificate;
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, System, Validity};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Signer, WsseKeyInfo, sign_wsse};

use crate::stand::{Judged, Stand, citizen_spec, days, judged, keys, noon, one_year, run, seconds};

const UUID: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const OID: &str = "1.2.398.3.10.9.1";

fn envelope(content: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <soapenv:Header></soapenv:Header><soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>"
    )
}

fn content() -> String {
    "<m:SendMessage xmlns:m=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request>1</request></m:SendMessage>"
        .to_owned()
}

/// A sender's system certificate for the citizen's key of the stand.
fn system(stand: &Stand, validity: Validity) -> Certificate {
    let system = System {
        name: "TEST SENDER".to_owned(),
        oid: OID.to_owned(),
        organization: None,
    };
    issue::system(
        &system,
        keys().citizen.spki_der(),
        validity,
        Addresses::default(),
        stand.issuer(),
    )
    .unwrap()
}

fn sign(xml: &str, certificate: &Certificate, key_info: WsseKeyInfo) -> String {
    let signer = Signer {
        key: &keys().citizen,
        certificate_der: certificate.der(),
        algorithm: SignatureAlgorithm::RsaSha256,
    };
    let bytes = sign_wsse(
        xml.as_bytes(),
        &signer,
        key_info,
        UUID,
        &XmlLimits::default(),
    )
    .unwrap();
    String::from_utf8(bytes).unwrap()
}

fn named(certificate: &Certificate) -> WsseKeyInfo {
    WsseKeyInfo::IssuerSerial {
        issuer_name: certificate.issuer_name(),
        serial_decimal: certificate.serial_decimal(),
    }
}

/// Examines an envelope; the citizen of the stand is the sender's system.
fn examine(stand: &Stand, known: &Known, xml: &str) -> (Verdict, Option<String>) {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default())
        .unwrap_or_else(|error| panic!("{error}\n{xml}"));
    let subject = Subject::Transport(&document);
    let (verdict, proven, _) = run(subject, known, &Policy::default(), noon(), |need| {
        stand.all_good(need)
    });
    let body = proven.map(|proven| proven.covered.root().name().to_owned());
    (verdict, body)
}

fn stand() -> Stand {
    let stand = Stand::new();
    let citizen = system(&stand, one_year());
    Stand { citizen, ..stand }
}

#[test]
fn a_certificate_that_is_named_by_its_thumbprint_or_stands_in_a_token_is_found() {
    let stand = stand();
    let known = stand.known();
    let by = |key_info| sign(&envelope(&content()), &stand.citizen, key_info);
    let (verdict, body) = examine(&stand, &known, &by(WsseKeyInfo::BinarySecurityToken));
    assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    assert_eq!(body.as_deref(), Some("Body"));

    let by_thumbprint = by(WsseKeyInfo::ThumbprintSha1);
    let (verdict, _) = examine(&stand, &known, &by_thumbprint);
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::TransportSignatureInvalid, S::NoSigningCertificateFound),
        "a thumbprint leads nowhere where the certificate is not known"
    );
    let mut known = known;
    known.pool.push(stand.citizen.clone());
    let (verdict, body) = examine(&stand, &known, &by_thumbprint);
    assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    assert_eq!(body.as_deref(), Some("Body"));
}

#[test]
fn a_signed_body_passes_with_the_certificate_inside_and_with_its_name() {
    let stand = stand();
    let known = stand.known();
    let inside = sign(
        &envelope(&content()),
        &stand.citizen,
        WsseKeyInfo::KeyIdentifier,
    );
    let (verdict, body) = examine(&stand, &known, &inside);
    assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    assert_eq!(body.as_deref(), Some("Body"));
    let signer = verdict.proven_signer().unwrap();
    assert_eq!(signer.uid.as_deref(), Some(OID));
    assert_eq!(signer.iin, None);

    let by_name = sign(&envelope(&content()), &stand.citizen, named(&stand.citizen));
    let (verdict, _) = examine(&stand, &known, &by_name);
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::TransportSignatureInvalid, S::NoSigningCertificateFound),
        "a name leads nowhere where the certificate is not known"
    );
    let mut known = known;
    known.pool.push(stand.citizen.clone());
    let (verdict, body) = examine(&stand, &known, &by_name);
    assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    assert_eq!(body.as_deref(), Some("Body"));
}

/// W09, W10, K13 and what else an envelope can hold.
#[test]
fn an_envelope_whose_body_is_not_the_signed_one_is_refused() {
    let stand = stand();
    let known = stand.known();
    let signed = sign(
        &envelope(&content()),
        &stand.citizen,
        WsseKeyInfo::KeyIdentifier,
    );
    let invalid = |sub| Judged::Refused(L::TransportSignatureInvalid, sub);
    let evil_body = "<soapenv:Body><m:SendMessage xmlns:m=\"http://bip.bee.kz/SyncChannel/v10/Types\"><request>2</request></m:SendMessage></soapenv:Body>";
    let begin = signed.find("<soapenv:Body").unwrap();
    let end = signed.find("</soapenv:Body>").unwrap() + "</soapenv:Body>".len();
    let body = signed[begin..end].to_owned();
    let header_end = "</soapenv:Header>";
    let in_header = signed.replace(&body, evil_body).replace(
        header_end,
        &format!("<w xmlns=\"urn:w\">{body}</w>{header_end}"),
    );
    let security_end = "</wsse:Security>";
    assert!(signed.contains(security_end), "{signed}");
    let in_security = signed
        .replace(&body, evil_body)
        .replace(security_end, &format!("{body}{security_end}"));
    let same_id = in_header.replace(
        "<soapenv:Body><m:",
        &format!("<soapenv:Body Id=\"id-{UUID}\"><m:"),
    );
    #[rustfmt::skip]
    let table: Vec<(&str, String, Judged)> = vec![
        ("nothing is changed",                          signed.clone(),                                        Judged::Passed),
        ("OK11 an unsigned header more",                signed.replace(header_end, &format!("<x xmlns=\"urn:x\"/>{header_end}")), Judged::Passed),
        ("W09 the signed Body moved into a header",     in_header,                                             invalid(S::SignedScopeMismatch)),
        ("W09 the same, both with the Id",              same_id,                                               invalid(S::SignedDataNotFound)),
        ("W10 the signed Body moved into Security",     in_security,                                           invalid(S::SignedScopeMismatch)),
        ("the Body changed",                            signed.replace("<request>1<", "<request>2<"),          invalid(S::HashFailure)),
        ("two Bodies",                                  signed.replace(&body, &format!("{body}{evil_body}")),  invalid(S::FormatFailure)),
        ("no signature",                                envelope(&content()),                                  Judged::Refused(L::TransportSignatureMissing, S::FormatFailure)),
        ("no envelope",                                 content(),                                             invalid(S::FormatFailure)),
    ];
    for (case, xml, expected) in table {
        let (verdict, _) = examine(&stand, &known, &xml);
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
    }
}

#[test]
fn a_refused_certificate_of_a_sender_is_told_as_that_with_its_cause_beside() {
    let refused = |sub| Judged::Refused(L::TransportCertificateRefused, sub);
    let base = stand();
    let ended = Validity {
        not_after: noon().minus(seconds(1)),
        ..one_year()
    };
    let early = Validity {
        not_before: noon().plus(days(1)),
        ..one_year()
    };
    let auth = issue::issue(
        &CertificateSpec {
            extended_key_usage: vec![qaqpa_x509::oid::EKU_CLIENT_AUTH],
            ..citizen_spec()
        },
        base.issuer(),
    )
    .unwrap();
    #[rustfmt::skip]
    let table: Vec<(&str, Certificate, Judged, CheckId, L)> = vec![
        ("expired",        system(&base, ended), refused(S::Expired),                 CheckId::Validity, L::CertificateExpired),
        ("not yet valid",  system(&base, early), refused(S::NotYetValid),             CheckId::Validity, L::CertificateNotYetValid),
        ("for logging in", auth,                 refused(S::WrongCertificatePurpose), CheckId::Purpose,  L::CertificatePurpose),
    ];
    for (case, certificate, expected, id, cause) in table {
        let signed = sign(
            &envelope(&content()),
            &certificate,
            WsseKeyInfo::KeyIdentifier,
        );
        let (verdict, _) = examine(&base, &base.known(), &signed);
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
        assert_eq!(verdict.check(id).unwrap().label, Some(cause), "{case}");
    }
}

#[test]
fn undecided_revocation_of_a_sender_stays_undecided() {
    let stand = stand();
    let signed = sign(
        &envelope(&content()),
        &stand.citizen,
        WsseKeyInfo::KeyIdentifier,
    );
    let document = Document::parse(signed.as_bytes(), &XmlLimits::default()).unwrap();
    let (verdict, proven, _) = run(
        Subject::Transport(&document),
        &stand.known(),
        &Policy::default(),
        noon(),
        |_| Received::unavailable("status 503", noon()),
    );
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::RevocationUnknown, S::TryLater)
    );
    assert!(proven.is_none());
}

/// A system's certificate was made anew for the same key: both bear the same issuer and serial number.
#[test]
fn of_two_certificates_of_one_name_the_one_in_force_is_meant() {
    let stand = stand();
    let ended = Validity {
        not_after: noon().minus(seconds(1)),
        ..one_year()
    };
    let old = system(&stand, ended);
    assert_eq!(old.serial(), stand.citizen.serial());
    let signed = sign(&envelope(&content()), &stand.citizen, named(&stand.citizen));
    for pool in [[&old, &stand.citizen], [&stand.citizen, &old]] {
        let mut known = stand.known();
        known.pool.extend(pool.into_iter().cloned());
        let (verdict, _) = examine(&stand, &known, &signed);
        assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    }
    let mut known = stand.known();
    known.pool.push(old);
    let (verdict, _) = examine(&stand, &known, &signed);
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::TransportCertificateRefused, S::Expired)
    );
}
