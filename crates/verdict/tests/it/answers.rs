//! OCSP answers about the signer: family R of the corpus. The certificate is good in every row; the evidence is not.

use qaqpa_crypto::PrivateKey;
use qaqpa_model::{Lang, Moment};
use qaqpa_verdict::report::simple;
use qaqpa_verdict::{
    Capsule, CheckId, Evidence, Matter, Need, NeedId, Nonce, OCSP_AGE_MAX, Policy, Question,
    Received, Rule, RuleOutcome, SKEW_MAX, Subject,
};
use qaqpa_x509::issue::{self, CertificateSpec, Issuer, Validity};
use qaqpa_x509::{Certificate, KeyUsage, RevocationReason as Why, ocsp, oid};

use crate::sources::{REVOKED, SUSPENDED, UNKNOWN, by_ocsp, examine_with, hour_ago};
use crate::stand::{
    Answer, Judged, SEED, Stand, application, citizen_spec, days, in_force_by, judged, keys, noon,
    one_year, responder_name, root_named, seconds,
};

/// How a row answers a need.
type Make<'s> = Box<dyn Fn(&Need) -> Vec<u8> + 's>;

#[test]
fn the_status_of_a_live_answer_decides() {
    let stand = Stand::new();
    let unknown = Answer {
        status: ocsp::CertStatus::Unknown,
        ..Answer::good()
    };
    let epoch = Moment::from_unix_ms(0);
    let never_issued = Answer::revoked(epoch, Some(Why::CertificateHold));
    let without_extension = Answer {
        extended_revoke: false,
        ..never_issued.clone()
    };
    #[rustfmt::skip]
    let table: Vec<(&str, Answer, Judged)> = vec![
        ("good",                                        Answer::good(),                                               Judged::Passed),
        ("OK8 no nextUpdate, fresh",                    Answer { next_update: None, ..Answer::good() },               Judged::Passed),
        ("R07 unknown",                                 unknown,                                                      UNKNOWN),
        ("R07 revoked",                                 Answer::revoked(hour_ago(), Some(Why::KeyCompromise)),        REVOKED),
        ("R07 revoked without a reason",                Answer::revoked(hour_ago(), None),                            REVOKED),
        ("R07 revoked with removeFromCRL",              Answer::revoked(hour_ago(), Some(Why::RemoveFromCrl)),        REVOKED),
        ("R07 certificateHold",                         Answer::revoked(hour_ago(), Some(Why::CertificateHold)),      SUSPENDED),
        ("R07 revoked this very moment",                Answer::revoked(noon(), Some(Why::KeyCompromise)),            REVOKED),
        ("R07 revoked a day ahead",                     Answer::revoked(noon().plus(days(1)), Some(Why::KeyCompromise)), REVOKED),
        ("never issued (RFC 6960 §2.2)",                never_issued,                                                 REVOKED),
        ("hold of 1970 without the extension",          without_extension,                                            SUSPENDED),
    ];
    for (case, answer, expected) in table {
        let verdict = by_ocsp(&stand, noon(), |need| stand.ocsp(need, &answer));
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
    }
}

/// R04: boundary pairs of freshness; X.509 counts whole seconds.
#[test]
fn an_answer_is_fresh_to_the_second() {
    let stand = Stand::new();
    let good = Answer::good;
    let s = seconds(1);
    let old = noon().minus(OCSP_AGE_MAX);
    let ahead = noon().plus(SKEW_MAX);
    #[rustfmt::skip]
    let table: Vec<(&str, Answer, Judged)> = vec![
        ("thisUpdate and producedAt at the limit of age", Answer { this_update: old, produced_at: old, ..good() },                        Judged::Passed),
        ("thisUpdate a second too old",                   Answer { this_update: old.minus(s), produced_at: old, ..good() },               UNKNOWN),
        ("the same without nextUpdate",                   Answer { this_update: old.minus(s), produced_at: old, next_update: None, ..good() }, UNKNOWN),
        ("producedAt a second too old",                   Answer { this_update: old.minus(s), produced_at: old.minus(s), ..good() },      UNKNOWN),
        ("thisUpdate ahead by the clocks' allowance",     Answer { this_update: ahead, produced_at: ahead, ..good() },                    Judged::Passed),
        ("thisUpdate a second further ahead",             Answer { this_update: ahead.plus(s), produced_at: ahead, ..good() },            UNKNOWN),
        ("producedAt a second further ahead",             Answer { produced_at: ahead.plus(s), ..good() },                                UNKNOWN),
        ("nextUpdate this very second",                   Answer { next_update: Some(noon()), ..good() },                                 Judged::Passed),
        ("nextUpdate a second ago",                       Answer { this_update: hour_ago().plus(s), next_update: Some(noon().minus(s)), ..good() }, UNKNOWN),
    ];
    for (case, answer, expected) in table {
        let verdict = by_ocsp(&stand, noon(), |need| stand.ocsp(need, &answer));
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
        if expected == UNKNOWN {
            assert_eq!(verdict.evidence[0].standing, "no-evidence", "{case}");
            assert!(
                verdict.why().contains(&verdict.evidence[0].why),
                "{case}: it is named\n{}",
                verdict.to_text()
            );
        }
    }
}

/// R01–R03, R05, R06: answers that are not evidence about this certificate from somebody entitled.
#[test]
fn an_answer_that_cannot_be_believed_is_no_evidence() {
    let stand = Stand::new();
    let other_certificate = issue::issue(
        &CertificateSpec {
            serial: vec![0x77],
            ..citizen_spec()
        },
        stand.issuer(),
    )
    .unwrap();
    let foreign_root = root_named("SOMEBODY ELSE TEST ROOT", &keys().stranger);
    let foreign = Issuer {
        certificate: &foreign_root,
        key: &keys().stranger,
    };
    let make = |spec: &CertificateSpec, issuer: Issuer<'_>| issue::issue(spec, issuer).unwrap();
    let ocsp_spec = || CertificateSpec {
        subject: responder_name(),
        spki_der: keys().responder.spki_der().to_vec(),
        serial: vec![0x0e],
        validity: one_year(),
        key_usage: Some(KeyUsage::DIGITAL_SIGNATURE),
        extended_key_usage: vec![oid::EKU_OCSP_SIGNING],
        ocsp_nocheck: true,
        ..citizen_spec()
    };
    let foreign_responder = make(&ocsp_spec(), foreign);
    let no_eku = make(
        &CertificateSpec {
            extended_key_usage: vec![oid::EKU_EMAIL_PROTECTION],
            ..ocsp_spec()
        },
        stand.issuer(),
    );
    let no_nocheck = make(
        &CertificateSpec {
            ocsp_nocheck: false,
            ..ocsp_spec()
        },
        stand.issuer(),
    );
    let root_issuer = Issuer {
        certificate: &stand.root,
        key: &keys().root,
    };
    let sibling = make(&ocsp_spec(), root_issuer);
    let ended = Validity {
        not_after: noon().minus(seconds(1)),
        ..one_year()
    };
    let expired = make(
        &CertificateSpec {
            validity: ended,
            ..ocsp_spec()
        },
        stand.issuer(),
    );
    let by_hand = make(&ocsp_spec(), stand.issuer());

    let key = &keys().responder;
    let by = |responder: &Certificate, key: &PrivateKey| {
        let (responder, key) = (responder.clone(), key.clone());
        let stand = &stand;
        Box::new(move |need: &Need| stand.ocsp_by(need, &Answer::good(), &responder, &key))
            as Make<'_>
    };
    let flipped = |from_end: usize| -> Make<'_> {
        let stand = &stand;
        Box::new(move |need| {
            // Answered by the authority itself, so that the signature's place does not hang on a certificate behind it.
            let mut bytes = stand.ocsp(need, &Answer::good());
            let place = bytes.len() - from_end;
            bytes[place] ^= 1;
            bytes
        })
    };
    let response = |change: &'static dyn Fn(&mut ocsp::Response)| -> Make<'_> {
        let (stand, other) = (&stand, other_certificate.clone());
        Box::new(move |need| {
            let Need::Ocsp {
                certificate,
                issuer,
                nonce,
                ..
            } = need
            else {
                panic!("{need:?}")
            };
            let about = |certificate: &Certificate| ocsp::SingleAnswer {
                cert_id: ocsp::CertId::new(
                    qaqpa_crypto::DigestAlgorithm::Sha256,
                    certificate,
                    issuer,
                ),
                status: ocsp::CertStatus::Good,
                this_update: noon(),
                next_update: None,
            };
            let mut response = ocsp::Response {
                answers: vec![about(certificate), about(&other)],
                nonce: nonce.map(|nonce| nonce.to_vec()),
                produced_at: noon(),
                extended_revoke: false,
            };
            change(&mut response);
            ocsp::respond(&response, &stand.responder, key).unwrap()
        })
    };
    let status =
        |status: ocsp::ResponseStatus| -> Make<'_> { Box::new(move |_| ocsp::failure(status)) };
    let fixed = |bytes: &'static [u8]| -> Make<'_> { Box::new(|_| bytes.to_vec()) };
    use ocsp::ResponseStatus as R;
    #[rustfmt::skip]
    let table: Vec<(&str, Make<'_>, Judged)> = vec![
        ("OK7 a delegated responder with nocheck",         by(&by_hand, key),                                    Judged::Passed),
        ("the authority itself",                           by(&stand.issuing, &keys().issuing),                  Judged::Passed),
        ("two certificates asked for, ours first",         response(&|_| ()),                                    Judged::Passed),
        ("R03 ours last",                                  response(&|r| r.answers.reverse()),                   Judged::Passed),
        ("R03 another serial number only",                 response(&|r| { r.answers.remove(0); }),              UNKNOWN),
        ("R03 ours twice",                                 response(&|r| { let a = r.answers[0].clone(); r.answers.push(a); }), UNKNOWN),
        ("R03 nothing at all",                             response(&|r| r.answers.clear()),                     UNKNOWN),
        ("R01 the last bit flipped",                       flipped(1),                                           UNKNOWN),
        ("R01 signed by another key",                      by(&stand.responder, &keys().stranger),               UNKNOWN),
        ("R02 an unrelated authority's responder",         by(&foreign_responder, key),                          UNKNOWN),
        ("R02 without id-kp-OCSPSigning",                  by(&no_eku, key),                                     UNKNOWN),
        ("R02 without nocheck",                            by(&no_nocheck, key),                                 UNKNOWN),
        ("R02 the responder of a sibling authority",       by(&sibling, key),                                    UNKNOWN),
        ("R02 an expired responder",                       by(&expired, key),                                    UNKNOWN),
        ("R02 the root in the issuing authority's place",  by(&stand.root, &keys().root),                        UNKNOWN),
        ("R02 the citizen himself",                        by(&stand.citizen, &keys().citizen),                  UNKNOWN),
        ("R05 no nonce",                                   response(&|r| r.nonce = None),                        UNKNOWN),
        ("R05 another nonce",                              response(&|r| r.nonce = Some(vec![9; 32])),           UNKNOWN),
        ("R05 the nonce cut short",                        response(&|r| r.nonce = r.nonce.take().map(|n| n[..31].to_vec())), UNKNOWN),
        ("R06 malformedRequest",                           status(R::MalformedRequest),                          UNKNOWN),
        ("R06 internalError",                              status(R::InternalError),                             UNKNOWN),
        ("R06 tryLater",                                   status(R::TryLater),                                  UNKNOWN),
        ("R06 sigRequired",                                status(R::SigRequired),                               UNKNOWN),
        ("R06 unauthorized",                               status(R::Unauthorized),                              UNKNOWN),
        ("R06 4",                                          status(R::Other(4)),                                  UNKNOWN),
        ("R06 99",                                         status(R::Other(99)),                                 UNKNOWN),
        ("R06 successful with no bytes",                   fixed(&[0x30, 0x03, 0x0a, 0x01, 0x00]),               UNKNOWN),
        ("R08 nothing",                                    fixed(b""),                                           UNKNOWN),
        ("R08 a page",                                     fixed(b"<html>Log in to the airport</html>"),         UNKNOWN),
    ];
    for (case, make, expected) in table {
        let verdict = by_ocsp(&stand, noon(), make);
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
        let standing = if expected == Judged::Passed {
            "good"
        } else {
            "no-evidence"
        };
        assert_eq!(verdict.evidence[0].standing, standing, "{case}");
    }
}

/// An answer of before is held against the nonce of its own request, and no other; and a capsule says the same of it.
#[test]
fn an_answer_of_before_is_held_against_the_nonce_of_then() {
    let stand = Stand::new();
    let then = Question {
        seed: [7; 32],
        need: NeedId(0),
    };
    let other = Question {
        seed: [9; 32],
        ..then
    };
    let about_another = Question {
        need: NeedId(2),
        ..then
    };
    for (answered, asked, expected) in [
        (Some(then.nonce().to_vec()), then, Judged::Passed),
        (Some(vec![9; 32]), then, UNKNOWN),
        (None, then, UNKNOWN),
        (Some(then.nonce().to_vec()), other, UNKNOWN),
        (Some(then.nonce().to_vec()), about_another, UNKNOWN),
        // The nonce itself is no seed: whoever has an answer cannot make its question.
        (Some(vec![9; 32]), other, UNKNOWN),
    ] {
        let meet = |need: &Need| match need {
            Need::Ocsp {
                certificate,
                issuer,
                nonce: Some(_),
                ..
            } => {
                let id =
                    ocsp::CertId::new(qaqpa_crypto::DigestAlgorithm::Sha256, certificate, issuer);
                let response = ocsp::Response {
                    answers: vec![ocsp::SingleAnswer {
                        cert_id: id,
                        status: ocsp::CertStatus::Good,
                        this_update: noon(),
                        next_update: None,
                    }],
                    nonce: answered.clone(),
                    produced_at: noon(),
                    extended_revoke: false,
                };
                let key = &keys().responder;
                let bytes = ocsp::respond(&response, &stand.responder, key).unwrap();
                Received {
                    evidence: Evidence::Answer {
                        bytes,
                        question: asked,
                    },
                    ..Received::unavailable("", noon())
                }
            }
            Need::Ocsp { .. } => in_force_by(&stand, need),
            _ => Received::unavailable("status 503", noon()),
        };
        let (verdict, _) = examine_with(&stand, &Policy::default(), noon(), meet);
        assert_eq!(judged(&verdict), expected, "{}", verdict.to_text());
        let signed = Matter::Document(stand.signed(&application()).into_bytes());
        let capsule = Capsule::new(signed, stand.known(), noon(), SEED).fed_by(meet);
        let read = Capsule::parse(capsule.to_json().as_bytes()).unwrap();
        assert_eq!(read.judge().to_json(), capsule.judge().to_json());
        assert_eq!(
            judged(&read.judge()),
            expected,
            "{}",
            read.judge().to_text()
        );
    }
}

#[test]
fn without_a_nonce_in_the_request_none_is_asked_of_the_answer() {
    let stand = Stand::new();
    let policy = Policy::default().with_nonce(Nonce::Omitted);
    let (verdict, _) = examine_with(&stand, &policy, noon(), |need| {
        let Need::Ocsp {
            nonce, request_der, ..
        } = need
        else {
            panic!("{need:?}")
        };
        assert_eq!(*nonce, None);
        assert_eq!(ocsp::Request::decode(request_der, 1).unwrap().nonce, None);
        Received::bytes(stand.ocsp(need, &Answer::good()), noon())
    });
    assert_eq!(judged(&verdict), Judged::Passed);
}

/// Weaker than the default: no report by such a policy looks like one by the default.
#[test]
fn a_policy_without_nonces_is_warned_of_in_every_report() {
    let stand = Stand::new();
    let policy = Policy::default().with_nonce(Nonce::Omitted);
    let nonce = |policy: &Policy, meet: &dyn Fn(&Need) -> Received| {
        let (verdict, _) = examine_with(&stand, policy, noon(), meet);
        let rules = &verdict.check(CheckId::Revocation).unwrap().rules;
        let rule = rules
            .iter()
            .find(|rule| rule.id == Rule::OcspNonce)
            .unwrap();
        (verdict.clone(), rule.clone())
    };
    let good = |need: &Need| Received::bytes(stand.ocsp(need, &Answer::good()), noon());
    let none = |need: &Need| match need {
        Need::Ocsp { .. } => Received::unavailable("status 503", noon()),
        _ => Received::bytes(stand.crl(Vec::new()), noon()),
    };
    let meets: [&dyn Fn(&Need) -> Received; 2] = [&good, &none];
    for meet in meets {
        let (verdict, rule) = nonce(&policy, meet);
        assert_eq!(judged(&verdict), Judged::Passed);
        assert_eq!(rule.outcome, RuleOutcome::Warned);
        let why = "the policy asks for no nonce, which is weaker than the default: an answer of up to 3600 s may be given again";
        assert_eq!(rule.why.as_deref(), Some(why));
        assert!(verdict.to_text().contains("warning: ocsp-nonce"));
        assert!(verdict.to_json().contains(why));
        let simple = simple(&verdict, Lang::En);
        assert!(simple.remarks.iter().any(|remark| remark.contains(why)));
        let (by_default, rule) = nonce(&Policy::default(), meet);
        assert_ne!(rule.outcome, RuleOutcome::Warned);
        assert!(!by_default.to_text().contains("warning"));
    }
}

#[test]
fn every_need_has_a_nonce_of_its_own_made_from_the_seed() {
    let stand = Stand::new();
    let nonce_of = |seed: u8| {
        let subject = Subject::Certificate {
            certificate_der: stand.citizen.der(),
            pool_der: &[],
        };
        let examination = qaqpa_verdict::Examination::begin(
            subject,
            &stand.known(),
            &Policy::default(),
            &qaqpa_model::Limits::default(),
            noon(),
            [seed; 32],
        );
        match examination.advance() {
            qaqpa_verdict::Progress::Wants(needs) => match &needs[..] {
                [
                    Need::Ocsp {
                        nonce: Some(nonce),
                        request_der,
                        ..
                    },
                    // About the authority: an answer that may be kept.
                    Need::Ocsp { nonce: None, .. },
                ] => {
                    let request = ocsp::Request::decode(request_der, 1).unwrap();
                    assert_eq!(request.nonce.as_deref(), Some(&nonce[..]));
                    *nonce
                }
                other => panic!("{other:?}"),
            },
            qaqpa_verdict::Progress::Done => panic!("nothing was wanted"),
        }
    };
    assert_eq!(nonce_of(1), nonce_of(1));
    assert_ne!(nonce_of(1), nonce_of(2));
    assert_ne!(nonce_of(1), [1; 32], "the seed itself is not sent");
}
