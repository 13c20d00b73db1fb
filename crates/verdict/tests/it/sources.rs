//! Revocation: family R of the corpus. The signer's certificate is good in every row; the evidence is not.

use std::cell::RefCell;

use qaqpa_crypto::PrivateKey;
use qaqpa_model::{Moment, RefusalLabel as L};
use qaqpa_verdict::{
    CheckId, EvidenceKind, Need, Nonce, OCSP_AGE_MAX, Outcome, Policy, Received, SKEW_MAX, Sources,
    SubIndication as S, Subject, Verdict,
};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer, Validity};
use qaqpa_x509::{Certificate, KeyUsage, RevocationReason as Why, crl, ocsp, oid};

use crate::stand::{
    Answer, Judged, Stand, addresses, authority_spec, by_issuer, citizen_spec, days,
    is_about_an_authority, judged, keys, noon, one_year, responder_name, root_named, run, run_all,
    seconds,
};

/// How a row answers a need.
type Make<'s> = Box<dyn Fn(&Need) -> Vec<u8> + 's>;

const REVOKED: Judged = Judged::Refused(L::CertificateRevoked, S::Revoked);
const SUSPENDED: Judged = Judged::Refused(L::CertificateSuspended, S::TryLater);
const UNKNOWN: Judged = Judged::Refused(L::RevocationUnknown, S::TryLater);

/// Examines the citizen's certificate; `meet` gives the evidence. The verdict and the kinds asked for.
fn examine_with(
    stand: &Stand,
    policy: &Policy,
    at: Moment,
    meet: impl Fn(&Need) -> Received,
) -> (Verdict, Vec<EvidenceKind>) {
    let asked = RefCell::new(Vec::new());
    let subject = Subject::Certificate {
        certificate_der: stand.citizen.der(),
        pool_der: &[],
    };
    let (verdict, ..) = run(subject, &stand.known(), policy, at, |need| {
        asked.borrow_mut().push(match need {
            Need::Ocsp { .. } => EvidenceKind::Ocsp,
            Need::Crl { .. } | Need::DeltaCrl { .. } => EvidenceKind::Crl,
        });
        meet(need)
    });
    (verdict, asked.into_inner())
}

/// OCSP gives these bytes, and the CRL is not to be had.
fn by_ocsp(stand: &Stand, at: Moment, make: impl Fn(&Need) -> Vec<u8>) -> Verdict {
    let (verdict, asked) = examine_with(stand, &Policy::default(), at, |need| match need {
        Need::Ocsp { .. } => Received::bytes(make(need), noon()),
        Need::Crl { .. } | Need::DeltaCrl { .. } => Received::unavailable("status 503", noon()),
    });
    assert_eq!(asked.first(), Some(&EvidenceKind::Ocsp), "OCSP first");
    // Where OCSP said something definite, nobody else is asked; else the CRL is.
    let definite = matches!(
        verdict.evidence[0].standing.as_str(),
        "good" | "revoked" | "suspended"
    );
    assert_eq!(
        asked.len(),
        if definite { 1 } else { 2 },
        "{}",
        verdict.to_text()
    );
    verdict
}

/// OCSP is not to be had, and the CRL gives these bytes.
fn by_crl(stand: &Stand, bytes: &[u8]) -> Verdict {
    let (verdict, asked) = examine_with(stand, &Policy::default(), noon(), |need| match need {
        Need::Ocsp { .. } => Received::unavailable("no answer within 5 s", noon()),
        Need::Crl { .. } | Need::DeltaCrl { .. } => Received::bytes(bytes.to_vec(), noon()),
    });
    assert_eq!(asked, [EvidenceKind::Ocsp, EvidenceKind::Crl]);
    verdict
}

fn hour_ago() -> Moment {
    noon().minus(seconds(3600))
}

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

/// R09: lists, where OCSP cannot answer.
#[test]
fn the_list_decides_where_ocsp_cannot() {
    let stand = Stand::new();
    let list = |change: &dyn Fn(&mut crl::CrlToIssue)| {
        let mut list = stand.list(Vec::new());
        change(&mut list);
        crl::issue(&list, &stand.issuing, &keys().issuing).unwrap()
    };
    let entries = |entries: Vec<crl::RevokedEntry>| stand.crl(entries);
    let others = || -> Vec<crl::RevokedEntry> {
        (0..50u8)
            .map(|n| crl::RevokedEntry {
                serial: vec![0x40 + n, n + 1],
                at: hour_ago(),
                reason: None,
            })
            .collect()
    };
    let with_ours = |reason| {
        let mut all = others();
        all.insert(25, stand.listed(reason));
        all
    };
    let later = crl::RevokedEntry {
        at: noon().plus(days(1)),
        ..stand.listed(None)
    };
    let by_root = crl::issue(&stand.list(Vec::new()), &stand.root, &keys().root).unwrap();
    let forged = crl::issue(&stand.list(Vec::new()), &stand.issuing, &keys().stranger).unwrap();
    let mut flipped = entries(Vec::new());
    *flipped.last_mut().unwrap() ^= 1;
    let cut = entries(others())[..200].to_vec();
    #[rustfmt::skip]
    let table: Vec<(&str, Vec<u8>, Judged)> = vec![
        ("an empty list",                            entries(Vec::new()),                                  Judged::Passed),
        ("a list of others",                         entries(others()),                                    Judged::Passed),
        ("listed",                                   entries(with_ours(Some(Why::KeyCompromise))),         REVOKED),
        ("listed without a reason",                  entries(with_ours(None)),                             REVOKED),
        ("listed with certificateHold",              entries(with_ours(Some(Why::CertificateHold))),       SUSPENDED),
        ("removeFromCRL in a full list: no such list", entries(with_ours(Some(Why::RemoveFromCrl))),         UNKNOWN),
        ("listed from tomorrow",                     entries(vec![later]),                                 REVOKED),
        ("nextUpdate this very second",              list(&|l| l.next_update = noon()),                    Judged::Passed),
        ("R09 nextUpdate a second ago",              list(&|l| l.next_update = noon().minus(seconds(1))),  UNKNOWN),
        ("thisUpdate ahead by the allowance",        list(&|l| l.this_update = noon().plus(SKEW_MAX)),     Judged::Passed),
        ("R09 thisUpdate a second further",          list(&|l| l.this_update = noon().plus(SKEW_MAX + seconds(1))), UNKNOWN),
        ("R09 the last bit flipped",                 flipped,                                              UNKNOWN),
        ("R09 signed by another key",                forged,                                               UNKNOWN),
        ("R09 another issuer's list",                by_root,                                              UNKNOWN),
        ("R09 cut short",                            cut,                                                  UNKNOWN),
        ("R09 a page",                               b"<html></html>".to_vec(),                            UNKNOWN),
        ("R09 nothing",                              Vec::new(),                                           UNKNOWN),
    ];
    for (case, bytes, expected) in table {
        let verdict = by_crl(&stand, &bytes);
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
    }
}

#[test]
fn neither_source_at_hand_is_undecided_and_never_a_pass() {
    let stand = Stand::new();
    let (verdict, asked) = examine_with(&stand, &Policy::default(), noon(), |_| {
        Received::unavailable("no answer within 5 s", noon())
    });
    assert_eq!(asked, [EvidenceKind::Ocsp, EvidenceKind::Crl]);
    assert_eq!(judged(&verdict), UNKNOWN);
    let check = verdict.check(CheckId::Revocation).unwrap();
    assert_eq!(check.outcome, Outcome::Undecided);
    assert_eq!(
        check.why,
        "ТЕСТОВ ТЕСТ (2a17): OCSP counts as no evidence: no answer within 5 s; \
         the CRL counts as no evidence: no answer within 5 s"
    );
    assert_eq!(verdict.proven_signer(), None);
}

#[test]
fn an_examination_that_is_finished_early_is_undecided() {
    let stand = Stand::new();
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
        [1; 32],
    );
    let (verdict, proven) = examination.finish();
    assert_eq!(judged(&verdict), UNKNOWN);
    assert!(proven.is_none());
}

/// R10: where both are asked, the worse counts.
#[test]
fn two_sources_that_contradict_each_other_say_the_worse() {
    let stand = Stand::new();
    let policy = Policy::default().with_sources(Sources::OcspAndCrl);
    let good = Answer::good();
    let revoked = Answer::revoked(hour_ago(), Some(Why::KeyCompromise));
    let hold = Answer::revoked(hour_ago(), Some(Why::CertificateHold));
    let listed = |reason| stand.crl(vec![stand.listed(Some(reason))]);
    #[rustfmt::skip]
    let table: Vec<(&str, &Answer, Vec<u8>, Judged)> = vec![
        ("both good",                     &good,    stand.crl(Vec::new()),          Judged::Passed),
        ("R10 OCSP good, listed",         &good,    listed(Why::KeyCompromise),     REVOKED),
        ("R10 OCSP revoked, not listed",  &revoked, stand.crl(Vec::new()),          REVOKED),
        ("OCSP good, listed as held",     &good,    listed(Why::CertificateHold),   SUSPENDED),
        ("OCSP held, listed as revoked",  &hold,    listed(Why::KeyCompromise),     REVOKED),
    ];
    for (case, answer, list, expected) in table {
        let (verdict, asked) = examine_with(&stand, &policy, noon(), |need| match need {
            Need::Ocsp { .. } => Received::bytes(stand.ocsp(need, answer), noon()),
            Need::Crl { .. } | Need::DeltaCrl { .. } => Received::bytes(list.clone(), noon()),
        });
        assert_eq!(asked, [EvidenceKind::Ocsp, EvidenceKind::Crl], "{case}");
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
    }
}

#[test]
fn unknown_to_the_responder_is_not_mended_by_a_list_that_is_silent() {
    let stand = Stand::new();
    let unknown = Answer {
        status: ocsp::CertStatus::Unknown,
        ..Answer::good()
    };
    let judge = |entries: Vec<crl::RevokedEntry>| {
        let (verdict, _) = examine_with(&stand, &Policy::default(), noon(), |need| match need {
            Need::Ocsp { .. } => Received::bytes(stand.ocsp(need, &unknown), noon()),
            Need::Crl { .. } | Need::DeltaCrl { .. } => {
                Received::bytes(stand.crl(entries.clone()), noon())
            }
        });
        judged(&verdict)
    };
    assert_eq!(judge(Vec::new()), UNKNOWN);
    assert_eq!(judge(vec![stand.listed(None)]), REVOKED);
}

/// A past moment is judged by evidence of today: what was revoked since then does not count.
#[test]
fn a_moment_in_the_past_is_judged_as_it_was() {
    let stand = Stand::new();
    let accepted = noon().minus(days(2));
    let s = seconds(1);
    let judge = |revoked_at: Moment| {
        let answer = Answer::revoked(revoked_at, Some(Why::KeyCompromise));
        judged(&by_ocsp(&stand, accepted, |need| stand.ocsp(need, &answer)))
    };
    assert_eq!(
        judge(accepted.plus(s)),
        Judged::Passed,
        "revoked a second after"
    );
    assert_eq!(judge(accepted), REVOKED, "revoked in that second");
    assert_eq!(judge(accepted.minus(s)), REVOKED, "revoked a second before");
    assert_eq!(
        judge(noon().plus(s)),
        REVOKED,
        "a date ahead of the answer is no knowledge of the past"
    );
}

/// A moment ahead can be judged only as far as the evidence reaches.
#[test]
fn a_moment_ahead_of_the_evidence_is_undecided() {
    let stand = Stand::new();
    let judge = |ahead: u64, next_update: Option<Moment>| {
        let answer = Answer {
            next_update,
            ..Answer::good()
        };
        judged(&by_ocsp(&stand, noon().plus(seconds(ahead)), |need| {
            stand.ocsp(need, &answer)
        }))
    };
    let until = Some(noon().plus(seconds(600)));
    assert_eq!(judge(600, until), Judged::Passed);
    assert_eq!(judge(601, until), UNKNOWN);
    assert_eq!(judge(3600, None), Judged::Passed);
    assert_eq!(judge(3601, None), UNKNOWN);
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

/// A stand whose authority's certificate names what `addresses` says, judged by these answers about it.
fn judge_authority(
    addresses: Addresses,
    at: Moment,
    meet: impl Fn(&Need) -> Received,
) -> (Verdict, Vec<EvidenceKind>) {
    let base = Stand::new();
    let by = Issuer {
        certificate: &base.root,
        key: &keys().root,
    };
    let spec = CertificateSpec {
        addresses,
        ..authority_spec("QAQPA TEST CA", &keys().issuing)
    };
    let stand = Stand {
        issuing: issue::issue(&spec, by).unwrap(),
        ..base
    };
    let subject = Subject::Certificate {
        certificate_der: stand.citizen.der(),
        pool_der: &[],
    };
    let mut asked = Vec::new();
    let (verdict, ..) = run_all(subject, &stand.known(), &Policy::default(), at, |need| {
        if !is_about_an_authority(need) {
            return stand.all_good(need);
        }
        assert_eq!(
            (need.certificate(), need.issuer()),
            (&stand.issuing, &stand.root)
        );
        assert_eq!(need.urls().is_empty(), stand.issuing.ocsp_urls().is_empty());
        asked.push(match need {
            Need::Ocsp { .. } => EvidenceKind::Ocsp,
            Need::Crl { .. } | Need::DeltaCrl { .. } => EvidenceKind::Crl,
        });
        meet(need)
    });
    (verdict, asked)
}

/// A list of the root with these entries.
fn root_list(entries: Vec<crl::RevokedEntry>) -> Received {
    let stand = Stand::new();
    let bytes = crl::issue(&stand.list(entries), &stand.root, &keys().root).unwrap();
    Received::bytes(bytes, noon())
}

fn authority_entry(reason: Option<Why>) -> crl::RevokedEntry {
    crl::RevokedEntry {
        serial: vec![0x0c, 0x01],
        at: hour_ago(),
        reason,
    }
}

const AUTHORITY_REVOKED: Judged = Judged::Refused(L::AuthorityRevoked, S::RevokedCaNoPoe);

/// K08: the authority between signer and anchor, by its root's word.
#[test]
fn a_revoked_authority_is_refused_by_ocsp_and_by_its_roots_list() {
    let ocsp = |answer: Answer| {
        judge_authority(addresses(), noon(), move |need| match need {
            Need::Ocsp { .. } => Received::bytes(by_issuer(need, &answer), noon()),
            Need::Crl { .. } | Need::DeltaCrl { .. } => Received::unavailable("status 503", noon()),
        })
    };
    let list = |entries: Vec<crl::RevokedEntry>| {
        judge_authority(addresses(), noon(), move |need| match need {
            Need::Ocsp { .. } => Received::unavailable("no answer within 5 s", noon()),
            Need::Crl { .. } | Need::DeltaCrl { .. } => root_list(entries.clone()),
        })
    };
    let revoked = |reason| Answer::revoked(hour_ago(), Some(reason));
    let unknown = Answer {
        status: ocsp::CertStatus::Unknown,
        ..Answer::good()
    };
    let (once, twice) = (
        vec![EvidenceKind::Ocsp],
        vec![EvidenceKind::Ocsp, EvidenceKind::Crl],
    );
    #[rustfmt::skip]
    let table = [
        ("good by OCSP",       ocsp(Answer::good()),                                   Judged::Passed,    once.clone()),
        ("revoked by OCSP",    ocsp(revoked(Why::CaCompromise)),                       AUTHORITY_REVOKED, once.clone()),
        ("on hold by OCSP",    ocsp(revoked(Why::CertificateHold)),                    AUTHORITY_REVOKED, once),
        ("unknown to OCSP",    ocsp(unknown),                                          UNKNOWN,           twice.clone()),
        ("not on the list",    list(Vec::new()),                                       Judged::Passed,    twice.clone()),
        ("revoked by list",    list(vec![authority_entry(Some(Why::CaCompromise))]),   AUTHORITY_REVOKED, twice.clone()),
        ("on hold by list",    list(vec![authority_entry(Some(Why::CertificateHold))]), AUTHORITY_REVOKED, twice),
    ];
    for (case, (verdict, asked), expected, kinds) in table {
        assert_eq!(judged(&verdict), expected, "{case}");
        assert_eq!(asked, kinds, "{case}");
        let about: Vec<_> = verdict.evidence.iter().map(|one| &one.about[..]).collect();
        assert_eq!(
            about[..2],
            ["2a17", "0c01"],
            "{case}: both are in the report"
        );
    }
}

/// R11 for the authority: silence is no "yes", whoever is asked about.
#[test]
fn an_authority_that_nobody_speaks_for_is_undecided() {
    for named in [addresses(), Addresses::default()] {
        let (verdict, asked) = judge_authority(named, noon(), |_| {
            Received::unavailable("there is no address to ask", noon())
        });
        assert_eq!(judged(&verdict), UNKNOWN);
        assert_eq!(asked, [EvidenceKind::Ocsp, EvidenceKind::Crl]);
        let why = verdict.why();
        assert!(why.starts_with("QAQPA TEST CA (0c01): "), "{why}");
    }
}

/// R07 for the authority: what is judged is a moment.
#[test]
fn an_authority_that_was_revoked_after_the_moment_judged_vouches_for_it() {
    let answer = Answer::revoked(hour_ago(), Some(Why::CaCompromise));
    let judge = |at| {
        let answer = answer.clone();
        let (verdict, _) = judge_authority(addresses(), at, move |need| {
            Received::bytes(by_issuer(need, &answer), noon())
        });
        judged(&verdict)
    };
    assert_eq!(judge(hour_ago()), AUTHORITY_REVOKED);
    assert_eq!(judge(hour_ago().minus(seconds(1))), Judged::Passed);
}

/// R02 for the authority: its own responder cannot speak for it.
#[test]
fn an_authority_cannot_speak_for_itself() {
    let stand = Stand::new();
    let (verdict, _) = judge_authority(addresses(), noon(), |need| match need {
        Need::Ocsp { .. } => Received::bytes(stand.ocsp(need, &Answer::good()), noon()),
        Need::Crl { .. } | Need::DeltaCrl { .. } => Received::bytes(stand.crl(Vec::new()), noon()),
    });
    assert_eq!(judged(&verdict), UNKNOWN);
}

#[test]
fn what_was_not_asked_for_is_left_aside() {
    let stand = Stand::new();
    let subject = Subject::Certificate {
        certificate_der: stand.citizen.der(),
        pool_der: &[],
    };
    let mut examination = qaqpa_verdict::Examination::begin(
        subject,
        &stand.known(),
        &Policy::default(),
        &qaqpa_model::Limits::default(),
        noon(),
        [1; 32],
    );
    let list = Received::bytes(stand.crl(Vec::new()), noon());
    assert_eq!(
        examination.feed(qaqpa_verdict::NeedId(1), &list),
        None,
        "a CRL before OCSP failed"
    );
    assert_eq!(examination.feed(qaqpa_verdict::NeedId(40), &list), None);
    let nothing = Received::unavailable("x", noon());
    assert_eq!(examination.feed(qaqpa_verdict::NeedId(0), &nothing), None);
    let believed = examination.feed(qaqpa_verdict::NeedId(1), &list);
    assert_eq!(
        believed.map(|b| b.next_update),
        Some(Some(noon().plus(days(1))))
    );
    assert_eq!(
        examination.feed(qaqpa_verdict::NeedId(1), &list),
        None,
        "a second time"
    );
    // The authority's own needs are still wanted: what was fed for the signer says nothing about it.
    let root = root_list(Vec::new());
    assert_eq!(
        examination.feed(qaqpa_verdict::NeedId(3), &root),
        None,
        "its list before OCSP failed"
    );
    assert_eq!(examination.feed(qaqpa_verdict::NeedId(2), &nothing), None);
    let believed = examination.feed(qaqpa_verdict::NeedId(3), &root);
    assert!(believed.is_some());
    let (verdict, _) = examination.finish();
    assert_eq!(judged(&verdict), Judged::Passed);
    assert_eq!(verdict.evidence.len(), 4);
}
