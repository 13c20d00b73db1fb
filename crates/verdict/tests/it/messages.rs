//! CMS messages: judged by the same questions as documents, a verdict for each signature.

use qaqpa_ades::cms::{self, Bounds, NewSigner, Place, add_timestamp, co_sign, counter_sign};
use qaqpa_crypto::{DigestAlgorithm, PrivateKey};
use qaqpa_model::{Limits, Moment, RefusalLabel as L};
use qaqpa_verdict::{
    Capsule, Cause, CheckId, Examination, Known, Level, Matter, Need, Policy, Progress, Received,
    Rule, RuleOutcome, SignedMessage, SubIndication as S, SubjectKind, Verdict, worst,
};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::tsp::{self, Imprint, Signing, StampToIssue};
use qaqpa_x509::{Certificate, RevocationReason, oid};

use crate::stand::{
    Answer, IIN, Judged, OTHER_IIN, SEED, Stand, by_issuer, citizen_spec, days, iin, in_force_by,
    judged, keys, noon, person_name, ten_years,
};

const CONTENT: &[u8] = b"TEST scan \x00\xff\r\n";

fn signing() -> Moment {
    noon().minus(days(10))
}

fn signer<'a>(key: &'a PrivateKey, certificate: &'a Certificate) -> NewSigner<'a> {
    NewSigner::new(key, certificate, signing())
}

fn message(stand: &Stand, place: Place) -> Vec<u8> {
    let citizen = signer(&keys().citizen, &stand.citizen);
    cms::sign(CONTENT, place, &[citizen], &[]).unwrap()
}

/// Somebody else with a certificate of the same authority.
fn other(stand: &Stand, change: impl Fn(&mut CertificateSpec)) -> Certificate {
    let mut spec = CertificateSpec {
        subject: person_name(OTHER_IIN),
        spki_der: keys().stranger.spki_der().to_vec(),
        serial: vec![0x55],
        ..citizen_spec()
    };
    change(&mut spec);
    issue::issue(&spec, stand.issuer()).unwrap()
}

fn with_other(message: &[u8], certificate: &Certificate) -> Vec<u8> {
    let second = signer(&keys().stranger, certificate);
    co_sign(message, None, &second, &[], &Bounds::default()).unwrap()
}

/// Judges every signature; the content that is proven, where one is.
fn each(
    message: &[u8],
    content: Option<&[u8]>,
    known: &Known,
    meet: impl FnMut(&Need) -> Received,
) -> Vec<(Verdict, Option<Vec<u8>>)> {
    each_by(message, content, known, &Policy::default(), meet)
}

fn each_by(
    message: &[u8],
    content: Option<&[u8]>,
    known: &Known,
    policy: &Policy,
    mut meet: impl FnMut(&Need) -> Received,
) -> Vec<(Verdict, Option<Vec<u8>>)> {
    let limits = Limits::default();
    let message = SignedMessage::read(message, content, &limits);
    let judge = |subject| {
        let mut examination = Examination::begin(subject, known, policy, &limits, noon(), SEED);
        while let Progress::Wants(needs) = examination.advance() {
            for need in needs {
                examination.feed(need.id(), &meet(&need));
            }
        }
        let (verdict, proven) = examination.finish_content();
        (
            verdict,
            proven.map(|proven| proven.content.bytes().to_vec()),
        )
    };
    message.subjects().map(judge).collect()
}

fn examine(stand: &Stand, message: &[u8], content: Option<&[u8]>) -> Verdict {
    only(each(message, content, &stand.known(), |need| {
        in_force_by(stand, need)
    }))
}

fn examine_by(stand: &Stand, message: &[u8], policy: &Policy) -> Verdict {
    let meet = |need: &Need| in_force_by(stand, need);
    only(each_by(message, None, &stand.known(), policy, meet))
}

fn only(all: Vec<(Verdict, Option<Vec<u8>>)>) -> Verdict {
    let [(verdict, proven)] = &all[..] else {
        panic!("one signature, not {}", all.len())
    };
    assert_eq!(
        proven.is_some(),
        verdict.is_passed(),
        "{}",
        verdict.to_text()
    );
    verdict.clone()
}

#[test]
fn a_message_proves_its_content_whether_in_it_or_beside_it() {
    let stand = Stand::new();
    for (place, content, position) in [
        (Place::Attached, None, "its place in the message"),
        (
            Place::Detached,
            Some(CONTENT),
            "the file beside the message",
        ),
    ] {
        let message = message(&stand, place);
        let all = each(&message, content, &stand.known(), |need| {
            in_force_by(&stand, need)
        });
        let [(verdict, proven)] = &all[..] else {
            panic!("one signature")
        };
        assert_eq!(judged(verdict), Judged::Passed, "{}", verdict.to_text());
        assert_eq!(proven.as_deref(), Some(CONTENT));
        assert_eq!(verdict.subject, SubjectKind::Cms);
        assert_eq!(verdict.claimed_signing_time, Some(signing()));
        let rules = verdict.checks.iter().flat_map(|check| &check.rules);
        let passed = rules.filter(|rule| rule.outcome == RuleOutcome::Passed);
        let passed: Vec<_> = passed.map(|rule| rule.id.id()).collect();
        for of_messages in [
            "message-readable",
            "signed-attributes",
            "content-given",
            "digest",
        ] {
            assert!(passed.contains(&of_messages), "{of_messages}");
        }
        assert!(!passed.contains(&"xml-readable") && !passed.contains(&"scope-covered"));
        let scope = verdict.scope.as_ref().unwrap();
        let covered = "the content, 14 bytes of type 1.2.840.113549.1.7.1";
        assert_eq!(scope.covered.as_deref(), Some(covered));
        assert_eq!(scope.position.as_deref(), Some(position));
        let submitter = verdict.clone().with_submitter(&iin(IIN));
        assert!(submitter.is_passed());
    }
}

/// CAdES demands the attribute (EN 319 122-1 §5.2.2); a plain message may do without, and every report of it warns.
#[test]
fn a_message_that_names_no_certificate_is_warned_of_and_a_stricter_policy_refuses_it() {
    let stand = Stand::new();
    let message = |signing_certificate| {
        let citizen = NewSigner {
            signing_certificate,
            ..signer(&keys().citizen, &stand.citizen)
        };
        cms::sign(CONTENT, Place::Attached, &[citizen], &[]).unwrap()
    };
    let outcomes = |verdict: &Verdict| {
        let rules = &verdict.check(CheckId::Structure).unwrap().rules;
        let of = |id| rules.iter().find(|rule| rule.id == id).unwrap().outcome;
        let rules = [
            Rule::SigningCertificateNamed,
            Rule::SigningCertificateStated,
        ];
        rules.map(of)
    };
    let verdict = examine(&stand, &message(None), None);
    assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
    assert_eq!(
        outcomes(&verdict),
        [RuleOutcome::NotAsked, RuleOutcome::Warned]
    );
    let text = verdict.to_text();
    assert!(text.contains("signing-certificate-stated"), "{text}");

    let level = Policy::default().with_level(Rule::SigningCertificateStated, Level::Fail);
    let strict = level.unwrap();
    let refused = examine_by(&stand, &message(None), &strict);
    assert_eq!(
        judged(&refused),
        Judged::Refused(L::SignatureMalformed, S::SigConstraintsFailure)
    );
    assert_eq!(refused.cause(), Some(Cause::CertificateUnstated));
    assert!(refused.proven_signer().is_none());
    assert_eq!(
        outcomes(&refused),
        [RuleOutcome::NotAsked, RuleOutcome::Failed]
    );
    for named in [cms::SigningCertificate::V1, cms::SigningCertificate::V2] {
        for verdict in [
            examine(&stand, &message(Some(named)), None),
            examine_by(&stand, &message(Some(named)), &strict),
        ] {
            assert_eq!(judged(&verdict), Judged::Passed, "{}", verdict.to_text());
            assert_eq!(
                outcomes(&verdict),
                [RuleOutcome::Passed, RuleOutcome::Passed]
            );
        }
    }
}

#[test]
fn content_that_is_missing_doubled_or_other_is_told_apart() {
    let stand = Stand::new();
    let attached = message(&stand, Place::Attached);
    let detached = message(&stand, Place::Detached);
    for (message, content, id, label, sub) in [
        (
            &detached,
            None,
            CheckId::Scope,
            L::ReferenceRefused,
            S::SignedDataNotFound,
        ),
        (
            &attached,
            Some(CONTENT),
            CheckId::Scope,
            L::SignatureScope,
            S::SignedScopeMismatch,
        ),
        (
            &detached,
            Some(&b"other"[..]),
            CheckId::Content,
            L::ContentChanged,
            S::HashFailure,
        ),
        (
            &detached,
            Some(&b""[..]),
            CheckId::Content,
            L::ContentChanged,
            S::HashFailure,
        ),
    ] {
        let verdict = examine(&stand, message, content);
        assert_eq!(judged(&verdict), Judged::Refused(label, sub));
        assert_eq!(verdict.check(id).unwrap().label, Some(label));
        assert!(verdict.evidence.is_empty(), "nobody is asked");
    }
}

#[test]
fn a_changed_message_is_refused_for_what_was_changed() {
    let stand = Stand::new();
    let good = message(&stand, Place::Attached);
    let at = good.windows(4).position(|four| four == b"TEST").unwrap();
    let changed = |place: usize| {
        let mut message = good.clone();
        message[place] ^= 1;
        judged(&examine(&stand, &message, None))
    };
    assert_eq!(
        changed(at),
        Judged::Refused(L::ContentChanged, S::HashFailure)
    );
    assert_eq!(
        changed(good.len() - 1),
        Judged::Refused(L::SignatureValueWrong, S::SigCryptoFailure)
    );
    for bytes in [&b""[..], b"<a/>", &good[..good.len() - 1], &[0x30, 0x80]] {
        let verdict = examine(&stand, bytes, None);
        assert_eq!(
            judged(&verdict),
            Judged::Refused(L::SignatureMalformed, S::FormatFailure)
        );
        let rules = &verdict.check(CheckId::Structure).unwrap().rules;
        let failed = rules
            .iter()
            .find(|rule| rule.outcome == RuleOutcome::Failed);
        assert_eq!(failed.unwrap().id.id(), "message-readable");
    }
}

#[test]
fn the_certificate_is_judged_as_a_documents_is() {
    let stand = Stand::new();
    let for_login = Stand::new().with_citizen(&CertificateSpec {
        extended_key_usage: vec![oid::EKU_CLIENT_AUTH],
        ..citizen_spec()
    });
    let purpose = examine(&for_login, &message(&for_login, Place::Attached), None);
    assert_eq!(
        judged(&purpose),
        Judged::Refused(L::CertificatePurpose, S::WrongCertificatePurpose)
    );
    let revoked = each(
        &message(&stand, Place::Attached),
        None,
        &stand.known(),
        |need| {
            let answer = Answer::revoked(signing(), Some(RevocationReason::KeyCompromise));
            match need.id().place() {
                0 => Received::bytes(stand.ocsp(need, &answer), noon()),
                _ => in_force_by(&stand, need),
            }
        },
    );
    assert_eq!(
        judged(&revoked[0].0),
        Judged::Refused(L::CertificateRevoked, S::Revoked)
    );
    let mut foreign = stand.known();
    foreign.anchors = qaqpa_x509::TrustAnchors::default();
    let untrusted = each(&message(&stand, Place::Attached), None, &foreign, |_| {
        panic!("an untrusted signer sends nobody anywhere")
    });
    assert_eq!(
        judged(&untrusted[0].0),
        Judged::Refused(L::IssuerUntrusted, S::NoCertificateChainFound)
    );
}

/// The same message without the certificates in it.
fn bare(message: &[u8]) -> Vec<u8> {
    use qaqpa_x509::cms::parts::{context, inside, sequence, tag_of, tlv, value_of};
    let tag = tag_of(message).unwrap();
    let outer = inside(tag, message, 2).unwrap();
    let signed_data = value_of(context(0), outer[1]).unwrap();
    let parts = inside(tag, signed_data, 6).unwrap();
    let kept: Vec<_> = parts
        .into_iter()
        .filter(|part| tag_of(part).unwrap() != context(0))
        .collect();
    let inner = tlv(context(0), &sequence(&kept).unwrap()).unwrap();
    sequence(&[outer[0], &inner]).unwrap()
}

#[test]
fn a_signer_is_looked_up_among_the_known_and_must_be_the_one_that_is_named() {
    let stand = Stand::new();
    let bare = bare(&message(&stand, Place::Attached));
    let nobody = examine(&stand, &bare, None);
    assert_eq!(
        judged(&nobody),
        Judged::Refused(L::SignatureMalformed, S::NoSigningCertificateFound)
    );
    let mut spec = citizen_spec();
    spec.subject = person_name(OTHER_IIN);
    let namesake = Stand::new().with_citizen(&spec).citizen;
    for (certificate, expected) in [
        (stand.citizen.clone(), Judged::Passed),
        // The same issuer, number and key, and another person's name: the signed attribute names the other one. (K12)
        (
            namesake,
            Judged::Refused(L::SignatureMalformed, S::NoSigningCertificateFound),
        ),
    ] {
        let mut known = stand.known();
        known.pool.push(certificate);
        let all = each(&bare, None, &known, |need| in_force_by(&stand, need));
        assert_eq!(judged(&all[0].0), expected, "{}", all[0].0.to_text());
    }
}

#[test]
fn each_of_several_signers_has_a_verdict_and_the_worst_decides() {
    let stand = Stand::new();
    let good = other(&stand, |_| {});
    let for_login = other(&stand, |spec| {
        spec.extended_key_usage = vec![oid::EKU_CLIENT_AUTH]
    });
    let purpose = Judged::Refused(L::CertificatePurpose, S::WrongCertificatePurpose);
    for (second, expected) in [(good, Judged::Passed), (for_login, purpose)] {
        let both = with_other(&message(&stand, Place::Attached), &second);
        let all = each(&both, None, &stand.known(), |need| {
            in_force_by(&stand, need)
        });
        let verdicts: Vec<_> = all.into_iter().map(|(verdict, _)| verdict).collect();
        let told: Vec<_> = verdicts.iter().map(judged).collect();
        assert_eq!(told.len(), 2);
        assert!(
            told.contains(&Judged::Passed) && told.contains(&expected),
            "{told:?}"
        );
        assert_eq!(worst(&verdicts).map(judged), Some(expected));
    }
}

#[test]
fn a_counter_signature_says_whose_value_it_signs_and_proves_no_content() {
    let stand = Stand::new();
    let by = other(&stand, |_| {});
    let signed = message(&stand, Place::Attached);
    let bounds = Bounds::default();
    let second = signer(&keys().stranger, &by);
    let countered = counter_sign(&signed, 0, &second, &[], &bounds).unwrap();
    let all = each(&countered, None, &stand.known(), |need| {
        in_force_by(&stand, need)
    });
    let [(first, content), (second, nothing)] = &all[..] else {
        panic!("two signatures")
    };
    assert_eq!(
        [judged(first), judged(second)],
        [Judged::Passed, Judged::Passed]
    );
    assert_eq!(
        (content.as_deref(), nothing.as_deref()),
        (Some(CONTENT), None)
    );
    let counters = |verdict: &Verdict| verdict.scope.as_ref().unwrap().counter_signs;
    assert_eq!((counters(first), counters(second)), (None, Some(0)));
    assert!(
        second
            .to_text()
            .contains("a counter-signature of signature 1")
    );
}

fn token(octets: &[u8], policy: &str, tsa: &Certificate) -> Vec<u8> {
    let stamp = StampToIssue {
        imprint: Imprint::of(DigestAlgorithm::Sha256, octets),
        policy: policy.parse().unwrap(),
        serial: vec![7],
        gen_time: signing(),
        accuracy: None,
        ordering: false,
        nonce: None,
        names_tsa: true,
    };
    let chain = [tsa.clone()];
    let signing = Signing::by(tsa, &keys().stranger).with_certificates(&chain);
    tsp::issue(&stamp, &signing).unwrap()
}

#[test]
fn a_stamp_over_the_value_proves_when_it_was_signed_and_another_proves_nothing() {
    let mut spec = citizen_spec();
    spec.validity.not_after = noon().minus(days(5));
    let expired = Stand::new().with_citizen(&spec);
    let name = NameToWrite::new()
        .with(oid::COMMON_NAME, "QAQPA TEST TSA")
        .with(oid::COUNTRY, "KZ");
    let spki = keys().stranger.spki_der();
    let tsa = issue::timestamper(
        name,
        spki,
        ten_years(),
        Addresses::default(),
        expired.issuer(),
    );
    let tsa = tsa.unwrap();
    let bounds = Bounds::default();
    let plain = message(&expired, Place::Attached);
    let value = {
        let found = cms::read(&plain, None, &bounds).unwrap();
        let signer = found.signers().next().unwrap();
        signer.signature_value().unwrap().to_vec()
    };
    let by = |octets: &[u8], policy: &str| {
        add_timestamp(&plain, 0, &token(octets, policy, &tsa), &bounds).unwrap()
    };
    let stamped = |octets: &[u8]| by(octets, "1.2.398.3.3.2.6.2");
    let ended = Judged::Refused(L::CertificateExpired, S::Expired);
    let other = || Judged::Refused(L::SignatureMalformed, S::NoPoe);
    for (message, best, expected) in [
        (plain.clone(), None, ended),
        (stamped(&value), Some(signing()), Judged::Passed),
        (stamped(CONTENT), None, other()),
        (by(&value, "1.2.398.3.3.2.6.3"), None, other()),
    ] {
        let all = each(&message, None, &expired.known(), |need| match need {
            Need::Ocsp { .. } => {
                Received::bytes(by_issuer(need, &Answer::good().archived()), noon())
            }
            _ => Received::unavailable("status 503", noon()),
        });
        let verdict = &all[0].0;
        assert_eq!(judged(verdict), expected, "{}", verdict.to_text());
        assert_eq!(verdict.best_signature_time, best);
    }
}

#[test]
fn a_capsule_of_a_message_gives_the_reports_of_its_signatures_byte_for_byte() {
    let stand = Stand::new();
    let by = other(&stand, |_| {});
    let both = with_other(&message(&stand, Place::Attached), &by);
    let matter = Matter::Cms {
        message: both.clone(),
        content: None,
    };
    let verdicts: Vec<_> = each(&both, None, &stand.known(), |need| {
        in_force_by(&stand, need)
    })
    .into_iter()
    .map(|(verdict, _)| verdict)
    .collect();
    let (policy, limits) = (Policy::default(), Limits::default());
    let known = stand.known();
    let nothing = qaqpa_verdict::NoShelf;
    let capsule = Capsule::record_each(matter, &known, &policy, &limits, &verdicts, &nothing)
        .unwrap()
        .to_json();
    let read = Capsule::parse(capsule.as_bytes()).unwrap();
    assert_eq!(read.to_json(), capsule);
    let again = read.judge_each_trusting(&known.anchors);
    let texts = |all: &[Verdict]| all.iter().map(Verdict::to_json).collect::<Vec<_>>();
    assert_eq!(texts(&again), texts(&verdicts));
    assert!(read.judge_trusting(&known.anchors).is_passed());
    // Whoever leaves the second one's evidence out gets no answer about it.
    let mut json: serde_json::Value = serde_json::from_str(&capsule).unwrap();
    json["signatures"].as_array_mut().unwrap().pop();
    let shorter = Capsule::parse(json.to_string().as_bytes()).unwrap();
    let told: Vec<_> = shorter.judge_each().iter().map(judged).collect();
    assert_eq!(
        told,
        [
            Judged::Passed,
            Judged::Refused(L::RevocationUnknown, S::TryLater)
        ]
    );
    // A capsule of several signatures has no evidence without a signature.
    json["signatures"] = serde_json::json!([]);
    assert!(Capsule::parse(json.to_string().as_bytes()).is_err());
}
