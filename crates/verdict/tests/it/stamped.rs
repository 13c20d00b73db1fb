//! Best signature time: signed and stamped while good stays good; a stamp that proves nothing is refused.

mod envelopes;
mod evidence;

use qaqpa_ades::xades::{self, Content, Settings};
use qaqpa_crypto::{DigestAlgorithm, PrivateKey};
use qaqpa_model::{Moment, RefusalLabel as L};
use qaqpa_verdict::{
    Capsule, CheckId, Matter, Need, Policy, Received, SubIndication as S, Subject, Verdict,
};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::tsp::{self, Imprint, Signing, StampToIssue};
use qaqpa_x509::{Certificate, RevocationReason as Why, oid};
use qaqpa_xml::c14n::Method;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, Profile, Signer, find_enveloped};

use crate::stand::{
    Answer, Judged, SEED, Stand, application, by_issuer, citizen_spec, days, judged, keys, noon,
    run_all, seconds, ten_years,
};

/// When the citizen signed: ten days before the moment judged.
fn signing() -> Moment {
    noon().minus(days(10))
}

/// A citizen whose certificate ended five days ago.
fn expired() -> Stand {
    let mut spec = citizen_spec();
    spec.validity.not_after = noon().minus(days(5));
    Stand::new().with_citizen(&spec)
}

fn tsa_name() -> NameToWrite {
    NameToWrite::new()
        .with(oid::COMMON_NAME, "QAQPA TEST TSA")
        .with(oid::COUNTRY, "KZ")
}

fn tsa_within(stand: &Stand, validity: Validity) -> Certificate {
    let spki = keys().stranger.spki_der();
    issue::timestamper(
        tsa_name(),
        spki,
        validity,
        Addresses::default(),
        stand.issuer(),
    )
    .unwrap()
}

fn tsa(stand: &Stand) -> Certificate {
    tsa_within(stand, ten_years())
}

fn signed(stand: &Stand) -> String {
    let signer = Signer::of(&keys().citizen, stand.citizen.der());
    let xml = xades::sign_b_b(
        application().as_bytes(),
        &Content::Enveloped,
        &signer,
        &Settings::new("s1", signing()),
        &XmlLimits::default(),
    );
    String::from_utf8(xml.unwrap()).unwrap()
}

fn token(octets: &[u8], at: Moment, tsa: &Certificate, key: &PrivateKey) -> Vec<u8> {
    let stamp = StampToIssue {
        imprint: Imprint::of(DigestAlgorithm::Sha256, octets),
        policy: "1.2.398.3.3.2.6.2".parse().unwrap(),
        serial: vec![7],
        gen_time: at,
        accuracy: None,
        ordering: false,
        nonce: None,
        names_tsa: true,
    };
    let chain = [tsa.clone()];
    tsp::issue(&stamp, &Signing::by(tsa, key).with_certificates(&chain)).unwrap()
}

fn octets(xml: &str) -> Vec<u8> {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    xades::stamped_octets(&found, &Method::exclusive()).unwrap()
}

fn with_token(xml: &str, token: &[u8]) -> String {
    let limits = XmlLimits::default();
    let bytes = xades::add_timestamp(xml.as_bytes(), Profile::Enveloped, 0, token, &limits);
    String::from_utf8(bytes.unwrap()).unwrap()
}

fn stamped(stand: &Stand, at: Moment) -> String {
    let xml = signed(stand);
    let token = token(&octets(&xml), at, &tsa(stand), &keys().stranger);
    with_token(&xml, &token)
}

/// Good answers by the issuers themselves, which forget nobody, but for what `said` has for a certificate.
fn examine(
    stand: &Stand,
    xml: &str,
    at: Moment,
    said: impl Fn(&Certificate) -> Option<Answer>,
) -> Verdict {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
    let subject = Subject::Document(&document);
    let (verdict, ..) = run_all(subject, &stand.known(), &Policy::default(), at, |need| {
        if !matches!(need, Need::Ocsp { .. }) {
            return Received::unavailable("status 503", noon());
        }
        let answer = said(need.certificate()).unwrap_or_else(Answer::good);
        Received::bytes(by_issuer(need, &answer.archived()), noon())
    });
    verdict
}

/// A stamp of after the moment judged.
pub(crate) fn not_yet() -> Verdict {
    let stand = Stand::new();
    let xml = stamped(&stand, noon().plus(days(1)));
    examine(&stand, &xml, noon(), nobody)
}

/// A stamp of after the end of the signer's certificate.
pub(crate) fn too_late() -> Verdict {
    let stand = expired();
    let xml = stamped(&stand, noon().minus(days(2)));
    examine(&stand, &xml, noon(), nobody)
}

/// A verdict about a stamped signature, for the reports.
pub(crate) fn passed() -> Verdict {
    let stand = Stand::new();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let verdict = examine(&stand, &xml, noon(), nobody);
    assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    verdict
}

fn revoked_from(since: Moment, of: &Certificate) -> impl Fn(&Certificate) -> Option<Answer> {
    let of = of.clone();
    move |about| {
        let answer = Answer::revoked(since, Some(Why::KeyCompromise));
        (*about == of).then_some(answer)
    }
}

fn nobody(_: &Certificate) -> Option<Answer> {
    None
}

#[test]
fn a_signature_that_was_stamped_while_its_certificate_was_good_stays_good() {
    let stand = expired();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let verdict = examine(&stand, &xml, noon(), nobody);
    assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    assert_eq!(
        verdict.best_signature_time,
        Some(signing().plus(seconds(60)))
    );
    assert!(verdict.check(CheckId::Timestamp).is_some());
    let since = examine(
        &stand,
        &xml,
        noon(),
        revoked_from(noon().minus(days(6)), &stand.citizen),
    );
    assert_eq!(judged(&since), Judged::Passed, "revoked after the stamp");
}

/// Clocks may differ by five minutes, but a stamp only moves the moment back.
#[test]
fn a_stamp_does_not_move_the_moment_forward() {
    let mut spec = citizen_spec();
    spec.validity.not_before = noon().plus(seconds(120));
    let stand = Stand::new().with_citizen(&spec);
    let xml = stamped(&stand, noon().plus(seconds(180)));
    let verdict = examine(&stand, &xml, noon(), nobody);
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::CertificateNotYetValid, S::NotYetValid),
        "{}",
        verdict.to_text()
    );
    assert_eq!(verdict.best_signature_time, Some(noon()));
}

#[test]
fn without_a_stamp_the_moment_judged_counts() {
    let stand = expired();
    let verdict = examine(&stand, &signed(&stand), noon(), nobody);
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::CertificateExpired, S::Expired)
    );
    assert_eq!(verdict.best_signature_time, None);
    assert!(verdict.check(CheckId::Timestamp).is_none());
    let then = examine(&stand, &signed(&stand), signing(), nobody);
    assert_eq!(judged(&then), Judged::Passed);
}

#[test]
fn a_certificate_that_was_revoked_before_the_stamp_is_refused() {
    let stand = Stand::new();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let verdict = examine(
        &stand,
        &xml,
        noon(),
        revoked_from(signing(), &stand.citizen),
    );
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::CertificateRevoked, S::Revoked)
    );
}

/// T01.
#[test]
fn a_stamp_that_proves_nothing_is_refused_with_its_reason() {
    let stand = expired();
    let xml = signed(&stand);
    let at = signing().plus(seconds(60));
    let stranger = &keys().stranger;
    let by = |octets: &[u8], at: Moment, tsa: &Certificate| {
        with_token(&xml, &token(octets, at, tsa, stranger))
    };
    let mine = octets(&xml);
    let good = tsa(&stand);
    let not_stamping = issue::issue(
        &CertificateSpec {
            spki_der: stranger.spki_der().to_vec(),
            serial: vec![0x66],
            ..citizen_spec()
        },
        stand.issuer(),
    )
    .unwrap();
    let ended = tsa_within(
        &stand,
        Validity {
            not_after: noon().minus(days(1)),
            ..ten_years()
        },
    );
    let foreign_root = crate::stand::root_named("SOMEBODY ELSE TEST ROOT", stranger);
    let foreign = issue::timestamper(
        tsa_name(),
        stranger.spki_der(),
        ten_years(),
        Addresses::default(),
        issue::Issuer {
            certificate: &foreign_root,
            key: stranger,
        },
    )
    .unwrap();
    let two = with_token(
        &by(&mine, at.plus(days(2)), &good),
        &token(&mine, at, &good, stranger),
    );
    #[rustfmt::skip]
    let table = [
        ("good",                                  by(&mine, at, &good),                                    None),
        ("about something else",                  by(b"something else", at, &good),                        Some(S::NoPoe)),
        ("by a key of another certificate",       with_token(&xml, &token(&mine, at, &good, &keys().citizen)), Some(S::NoPoe)),
        ("by a certificate that is not for it",   by(&mine, at, &not_stamping),                            Some(S::NoPoe)),
        ("by an authority that nobody trusts",    by(&mine, at, &foreign),                                 Some(S::NoPoe)),
        ("by an authority that has ended since",  by(&mine, at, &ended),                                   Some(S::OutOfBoundsNoPoe)),
        ("an hour before the signing time",       by(&mine, signing().minus(seconds(3600)), &good),        Some(S::TimestampOrderFailure)),
        ("an hour after the moment judged",       by(&mine, noon().plus(seconds(3600)), &good),            Some(S::TimestampOrderFailure)),
        ("the later one first",                   two,                                                     Some(S::TimestampOrderFailure)),
        ("rubbish",                               with_token(&xml, b"rubbish"),                            Some(S::NoPoe)),
    ];
    for (case, xml, sub) in table {
        let verdict = examine(&stand, &xml, noon(), nobody);
        let expected = match sub {
            None => Judged::Passed,
            Some(sub) => Judged::Refused(L::SignatureMalformed, sub),
        };
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
    }
}

#[test]
fn the_revocation_of_the_stamps_authority_is_asked_about() {
    let stand = expired();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let revoked = examine(
        &stand,
        &xml,
        noon(),
        revoked_from(noon().minus(days(1)), &tsa(&stand)),
    );
    assert_eq!(
        judged(&revoked),
        Judged::Refused(L::SignatureMalformed, S::RevokedNoPoe),
        "{}",
        revoked.to_text()
    );
    assert_eq!(
        revoked.best_signature_time, None,
        "such a stamp proves no moment"
    );
    let unknown = examine(&stand, &xml, noon(), |about| {
        let answer = Answer {
            status: qaqpa_x509::ocsp::CertStatus::Unknown,
            ..Answer::good()
        };
        (*about == tsa(&stand)).then_some(answer)
    });
    assert_eq!(
        judged(&unknown),
        Judged::Refused(L::RevocationUnknown, S::TryLater)
    );
    assert_eq!(unknown.best_signature_time, None);
}

/// K12.
#[test]
fn properties_that_name_another_certificate_are_refused() {
    let stand = Stand::new();
    let other = Stand::new().with_citizen(&CertificateSpec {
        serial: vec![0x77],
        ..citizen_spec()
    });
    let xml = signed(&stand);
    // The same key, another certificate in KeyInfo: the value still fits.
    let encode = |stand: &Stand| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(stand.citizen.der())
    };
    let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
    let written = document
        .root()
        .descendants()
        .find(|element| element.name() == "X509Certificate")
        .unwrap();
    let text = &xml[written.content_span().unwrap()];
    let swapped = xml.replacen(text, &encode(&other), 1);
    let verdict = examine(&stand, &swapped, signing(), nobody);
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::SignatureMalformed, S::NoSigningCertificateFound),
        "{}",
        verdict.to_text()
    );
}

#[test]
fn a_stamped_verdict_is_reached_again_from_its_capsule() {
    let stand = expired();
    let xml = stamped(&stand, signing().plus(seconds(60)));
    let capsule =
        Capsule::new(Matter::Document(xml.into()), stand.known(), noon(), SEED).fed_by(|need| {
            match need {
                Need::Ocsp { .. } => {
                    Received::bytes(by_issuer(need, &Answer::good().archived()), noon())
                }
                _ => Received::unavailable("status 503", noon()),
            }
        });
    let read = Capsule::parse(capsule.to_json().as_bytes()).unwrap();
    let verdict = read.judge();
    assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    assert!(verdict.to_text().contains("proven to have existed at"));
    assert_eq!(verdict.to_json(), capsule.judge().to_json());
}
