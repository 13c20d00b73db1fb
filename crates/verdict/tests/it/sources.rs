//! Lists, and both sources together: the signer's certificate is good in every row; the evidence is not.

use std::cell::RefCell;

use qaqpa_model::{Moment, RefusalLabel as L};
use qaqpa_verdict::{
    CheckId, EvidenceKind, Need, Outcome, Policy, Received, SKEW_MAX, Sources, SubIndication as S,
    Subject, Verdict,
};
use qaqpa_x509::{RevocationReason as Why, crl, ocsp};

use crate::authorities::root_list;
use crate::stand::{Answer, Judged, Stand, days, judged, keys, noon, run, seconds};

pub(crate) const REVOKED: Judged = Judged::Refused(L::CertificateRevoked, S::Revoked);
pub(crate) const SUSPENDED: Judged = Judged::Refused(L::CertificateSuspended, S::TryLater);
pub(crate) const UNKNOWN: Judged = Judged::Refused(L::RevocationUnknown, S::TryLater);

/// Examines the citizen's certificate; `meet` gives the evidence. The verdict and the kinds asked for.
pub(crate) fn examine_with(
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
pub(crate) fn by_ocsp(stand: &Stand, at: Moment, make: impl Fn(&Need) -> Vec<u8>) -> Verdict {
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
pub(crate) fn by_crl(stand: &Stand, bytes: &[u8]) -> Verdict {
    let (verdict, asked) = examine_with(stand, &Policy::default(), noon(), |need| match need {
        Need::Ocsp { .. } => Received::unavailable("no answer within 5 s", noon()),
        Need::Crl { .. } | Need::DeltaCrl { .. } => Received::bytes(bytes.to_vec(), noon()),
    });
    assert_eq!(asked, [EvidenceKind::Ocsp, EvidenceKind::Crl]);
    verdict
}

pub(crate) fn hour_ago() -> Moment {
    noon().minus(seconds(3600))
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
