use std::time::Duration;

use proptest::prelude::*;
use qaqpa_model::{Answer, RefusalLabel};

use super::*;
use crate::facts::{Grounds, Said};
use crate::indication::SubIndication;
use crate::verdict::EvidenceKind;

fn noon() -> Moment {
    Moment::parse("2026-11-22T12:00:00+05:00").unwrap()
}

fn signer() -> Asked {
    Asked {
        place: 0,
        name: "TEST (1f)".to_owned(),
    }
}

fn says(kind: EvidenceKind, said: Said) -> Account {
    Account {
        kind,
        place: 0,
        about: "1f".to_owned(),
        said,
        received: noon(),
        this_update: Some(noon()),
        next_update: None,
        known: Some(noon()),
        until: None,
        sha256: None,
        attempts: Vec::new(),
        rule: None,
        halt: None,
        idle: Vec::new(),
        by_delta: None,
        applies: false,
        is_nowhere: false,
        is_open: false,
        beyond: None,
    }
}

fn good() -> Said {
    Said::Good {
        who: "TEST responder".to_owned(),
    }
}

fn revoked(since: Moment) -> Said {
    Said::Revoked {
        since,
        cause: Grounds::Reason("keyCompromise".to_owned()),
    }
}

fn hold(since: Moment) -> Said {
    Said::Revoked {
        since,
        cause: Grounds::Hold,
    }
}

fn nothing() -> Said {
    Said::Nothing {
        why: "status 503".to_owned(),
    }
}

fn outcome(ocsp: Said, crl: Option<Said>) -> Option<RefusalLabel> {
    let mut accounts = vec![says(EvidenceKind::Ocsp, ocsp)];
    accounts.extend(crl.map(|said| says(EvidenceKind::Crl, said)));
    judge(&[signer()], &accounts, noon(), &Policy::default())
        .cause()
        .map(Cause::label)
}

#[test]
fn ocsp_and_crl_together_say_the_worse_of_both() {
    let hour = Duration::from_secs(3600);
    let before = noon().minus(hour);
    use RefusalLabel::{CertificateRevoked, CertificateSuspended, RevocationUnknown};
    #[rustfmt::skip]
    let table: [(&str, Said, Option<Said>, Option<RefusalLabel>); 15] = [
        // case                       OCSP             CRL                    label
        ("good",                      good(),          None,                  None),
        ("good, good",                good(),          Some(good()),          None),
        ("good, revoked (R10)",       good(),          Some(revoked(before)), Some(CertificateRevoked)),
        ("revoked, good (R10)",       revoked(before), Some(good()),          Some(CertificateRevoked)),
        ("good, hold",                good(),          Some(hold(before)),    Some(CertificateSuspended)),
        ("hold, revoked",             hold(before),    Some(revoked(before)), Some(CertificateRevoked)),
        ("hold",                      hold(before),    None,                  Some(CertificateSuspended)),
        ("unknown",                   Said::Unknown,   None,                  Some(RevocationUnknown)),
        ("unknown, good (R07)",       Said::Unknown,   Some(good()),          Some(RevocationUnknown)),
        ("unknown, revoked",          Said::Unknown,   Some(revoked(before)), Some(CertificateRevoked)),
        ("nothing, good",             nothing(),       Some(good()),          None),
        ("nothing, revoked",          nothing(),       Some(revoked(before)), Some(CertificateRevoked)),
        ("nothing, nothing (R11)",    nothing(),       Some(nothing()),       Some(RevocationUnknown)),
        ("nothing",                   nothing(),       None,                  Some(RevocationUnknown)),
        ("good, nothing",             good(),          Some(nothing()),       None),
    ];
    for (case, ocsp, crl, label) in table {
        assert_eq!(outcome(ocsp, crl), label, "{case}");
    }
}

/// What is said of the signer today is signed by that authority today.
#[test]
fn an_authority_that_was_revoked_after_the_stamp_vouches_for_nobody() {
    let day = Duration::from_secs(24 * 3600);
    let stamped = noon().minus(day.saturating_mul(10));
    let authority = Asked {
        place: 1,
        name: "TEST CA (0c)".to_owned(),
    };
    let since = noon().minus(day);
    let label = |of_signer: Said, of_authority: Said| {
        let mut accounts = vec![
            says(EvidenceKind::Ocsp, of_signer),
            says(EvidenceKind::Ocsp, of_authority),
        ];
        accounts[1].place = 1;
        let asked = [signer(), authority.clone()];
        judge(&asked, &accounts, stamped, &Policy::default())
            .cause()
            .map(Cause::label)
    };
    assert_eq!(label(good(), good()), None);
    assert_eq!(label(revoked(since), good()), None);
    assert_eq!(
        label(good(), revoked(since)),
        Some(RefusalLabel::AuthorityRevoked)
    );
}

/// The moment judged may lie before the revocation: what the authority signed was heard after it.
#[test]
fn an_authority_whose_revocation_was_heard_vouches_for_nobody_at_any_moment() {
    let day = Duration::from_secs(24 * 3600);
    let judged = noon().minus(day.saturating_mul(7));
    for place in [1, crate::need::STAMP_PLACE, crate::need::STAMP_PLACE + 1] {
        for since in [
            judged.minus(day),
            judged.plus(day),
            noon(),
            noon().plus(day),
        ] {
            for reason in [
                "keyCompromise",
                "cACompromise",
                "superseded",
                "cessationOfOperation",
            ] {
                let mut of_authority = says(
                    EvidenceKind::Crl,
                    Said::Revoked {
                        since,
                        cause: Grounds::Reason(reason.to_owned()),
                    },
                );
                of_authority.place = place;
                let authority = Asked {
                    place,
                    name: "TEST CA (0c)".to_owned(),
                };
                let accounts = [says(EvidenceKind::Ocsp, good()), of_authority];
                let finding = judge(
                    &[signer(), authority],
                    &accounts,
                    judged,
                    &Policy::default(),
                );
                assert_eq!(
                    finding.cause().map(Cause::label),
                    Some(RefusalLabel::AuthorityRevoked),
                    "{place}, {since}, {reason}"
                );
            }
        }
    }
}

/// A list in its time may say that it was before.
#[test]
fn evidence_that_is_out_of_date_makes_a_verdict_worse_and_never_better() {
    let hour = Duration::from_secs(3600);
    let judged = noon().minus(hour);
    for (kind, rule) in [
        (EvidenceKind::Ocsp, Rule::OcspFresh),
        (EvidenceKind::Crl, Rule::CrlFresh),
        (EvidenceKind::DeltaCrl, Rule::CrlFresh),
    ] {
        let label = |since: Moment, stale: bool| {
            let mut account = says(kind, revoked(since));
            account.rule = stale.then_some(rule);
            account.halt = account.rule;
            judge(&[signer()], &[account], judged, &Policy::default())
                .cause()
                .map(Cause::label)
        };
        assert_eq!(label(noon(), false), None);
        assert_eq!(label(noon(), true), Some(RefusalLabel::RevocationUnknown));
        assert_eq!(label(judged, true), Some(RefusalLabel::CertificateRevoked));
    }
}

/// RFC 5280 §6.3.3: not revoked is said for all reasons together.
#[test]
fn a_list_of_some_reasons_that_says_revoked_since_later_says_nothing_of_before() {
    let hour = Duration::from_secs(3600);
    let judged = noon().minus(hour);
    let cause = |since: Moment, others: &[Said]| {
        let mut part = says(EvidenceKind::Crl, revoked(since));
        part.rule = Some(Rule::CrlScope);
        part.halt = part.rule;
        let mut accounts = vec![part];
        let others = others.iter().cloned();
        accounts.extend(others.map(|said| says(EvidenceKind::Ocsp, said)));
        judge(&[signer()], &accounts, judged, &Policy::default()).cause()
    };
    assert_eq!(cause(noon(), &[]), Some(Cause::RevocationUnknown));
    assert_eq!(cause(noon(), &[nothing()]), Some(Cause::RevocationUnknown));
    assert_eq!(cause(noon(), &[revoked(noon())]), None);
    assert_eq!(cause(judged, &[good()]), Some(Cause::CertificateRevoked));
}

/// Later evidence will not be better only where every source has spoken, and each was too late.
#[test]
fn a_source_that_was_not_reached_may_settle_what_another_cannot() {
    let late = |kind, whose| {
        let mut account = says(kind, nothing());
        account.beyond = Some(whose);
        account
    };
    let silent = || says(EvidenceKind::Crl, nothing());
    let nowhere = || Account {
        is_nowhere: true,
        ..silent()
    };
    let (ocsp, crl) = (EvidenceKind::Ocsp, EvidenceKind::Crl);
    let (mine, issuers) = (Beyond::Certificate, Beyond::Issuer);
    #[rustfmt::skip]
    let table = [
        ("neither came",             vec![says(ocsp, nothing()), silent()],             Cause::RevocationUnknown),
        ("one late, one not reached", vec![late(ocsp, mine), silent()],                 Cause::RevocationUnknown),
        ("one not reached, one late", vec![silent(), late(ocsp, mine)],                 Cause::RevocationUnknown),
        ("both late",                vec![late(ocsp, mine), late(crl, mine)],           Cause::RevocationTooLate),
        ("both by who ended",        vec![late(ocsp, issuers), late(crl, issuers)],     Cause::RevocationByExpired),
        ("one late, no other named", vec![late(ocsp, mine), nowhere()],                 Cause::RevocationTooLate),
        ("no other named, one late", vec![nowhere(), late(crl, mine)],                  Cause::RevocationTooLate),
        ("none named",               vec![nowhere()],                                   Cause::RevocationUnknown),
    ];
    for (case, accounts, expected) in table {
        let finding = judge(&[signer()], &accounts, noon(), &Policy::default());
        assert_eq!(finding.cause(), Some(expected), "{case}");
    }
}

#[test]
fn a_revocation_counts_from_its_moment_on() {
    let milli = Duration::from_millis(1);
    // Received at noon; judged at noon.
    assert_eq!(
        outcome(revoked(noon()), None),
        Some(RefusalLabel::CertificateRevoked)
    );
    // Judged an hour before: a revocation a millisecond later than that moment does not count.
    let judged = noon().minus(Duration::from_secs(3600));
    let label = |since| {
        judge(
            &[signer()],
            &[says(EvidenceKind::Ocsp, revoked(since))],
            judged,
            &Policy::default(),
        )
        .cause()
        .map(Cause::label)
    };
    assert_eq!(label(judged), Some(RefusalLabel::CertificateRevoked));
    assert_eq!(label(judged.plus(milli)), None);
    // A date ahead of the answer itself is not knowledge about the past: the worse reading.
    assert_eq!(label(noon()), None);
    assert_eq!(
        label(noon().plus(milli)),
        Some(RefusalLabel::CertificateRevoked)
    );
}

#[test]
fn a_revoked_authority_is_told_from_an_unknown_one() {
    let authority = Asked {
        place: 1,
        name: "TEST CA (2a)".to_owned(),
    };
    let mut list = says(EvidenceKind::Crl, revoked(noon()));
    list.place = 1;
    let finding = judge(
        &[signer(), authority],
        &[says(EvidenceKind::Ocsp, good()), list],
        noon(),
        &Policy::default(),
    );
    assert_eq!(
        finding
            .cause()
            .map(|cause| (cause.label(), cause.sub_indication())),
        Some((
            RefusalLabel::AuthorityRevoked,
            SubIndication::RevokedCaNoPoe
        ))
    );
}

#[test]
fn a_certificate_that_nobody_was_asked_about_is_undecided() {
    let finding = judge(&[signer()], &[], noon(), &Policy::default());
    assert!(matches!(finding.answer, Some(Answer::Undecided(_))));
    assert_eq!(finding.why, "TEST (1f): no source was asked");
}

#[test]
fn a_path_that_asks_about_nobody_is_no_pass() {
    let finding = judge(&[], &[], noon(), &Policy::default());
    assert!(matches!(finding.answer, Some(Answer::Undecided(_))));
}

fn any_said() -> impl Strategy<Value = Said> {
    prop_oneof![
        Just(good()),
        Just(Said::Unknown),
        Just(nothing()),
        Just(hold(noon())),
        Just(revoked(noon())),
    ]
}

proptest! {
    /// Neither the order of the sources nor a further silent one changes the judgement.
    #[test]
    fn order_and_silence_change_nothing(
        said in proptest::collection::vec(any_said(), 0..5),
    ) {
        let accounts: Vec<_> = said.iter().cloned()
            .map(|said| says(EvidenceKind::Ocsp, said)).collect();
        let label = |accounts: &[Account]| judge(&[signer()], accounts, noon(), &Policy::default())
            .cause().map(Cause::label);
        let mut other: Vec<_> = accounts.iter().rev().cloned().collect();
        other.push(says(EvidenceKind::Crl, nothing()));
        prop_assert_eq!(label(&accounts), label(&other));
    }

    /// No further evidence makes a bad standing better: a pass needs every verified source to say good.
    #[test]
    fn a_pass_needs_good_and_nothing_worse(
        said in proptest::collection::vec(any_said(), 0..5),
    ) {
        let accounts: Vec<_> = said.iter().cloned()
            .map(|said| says(EvidenceKind::Ocsp, said)).collect();
        let passed = judge(&[signer()], &accounts, noon(), &Policy::default()).is_pass();
        let verified: Vec<_> = said.iter()
            .filter(|said| !matches!(said, Said::Nothing { .. })).collect();
        let expected = !verified.is_empty()
            && verified.iter().all(|said| matches!(said, Said::Good { .. }));
        prop_assert_eq!(passed, expected);
    }
}
