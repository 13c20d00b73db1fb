//! Condition 2, absence from the revoked list: is every certificate of the path neither revoked nor suspended?
//!
//! Sources are weighed, not trusted: a statement that could not be verified is no evidence, and where
//! two verified ones contradict each other the worse counts.

use qaqpa_model::{Moment, RefusalLabel};

use super::Finding;
use crate::facts::{Account, Beyond, Cause, Said};
use crate::indication::SubIndication;
use crate::policy::Policy;
use crate::rules::Rule;
use crate::verdict::CheckId;

pub(crate) const CLAUSE: &str =
    "RFC 5280 §6.1.3 (a)(3); EN 319 102-1 §5.2.6; condition 2: absence from the revoked list";

/// One certificate of the path whose revocation is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Its place in the path: 0 is the signer.
    pub(crate) place: usize,
    /// Its common name and serial number, for the report.
    pub(crate) name: String,
}

/// What the sources together say, from the best to the worst.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Good,
    /// Not known, and where a certificate's time was over, whose.
    Undecided(Option<Beyond>),
    Suspended,
    Revoked,
}

/// Judges all certificates of the path below the anchor: the worst that the policy does not tolerate decides, the signer
/// first among equals.
///
/// Only the signer is judged as of the `moment`. The authorities above him, those who stamp and theirs, sign what is said
/// today, be it of whatever moment: one that is known to be revoked, whenever and for whatever reason, vouches for nobody, since
/// its key could date anything back. RFC 3161 §4.1 would let tokens of before a revocation for superseded or
/// cessationOfOperation stand; they fail here, too, because nobody else proves that they are of before.
pub(crate) fn judge(
    asked: &[Asked],
    accounts: &[Account],
    moment: Moment,
    policy: &Policy,
) -> Finding {
    let mut good = Vec::new();
    let mut bad: Vec<(Standing, usize, String)> = Vec::new();
    for certificate in asked {
        let at = (certificate.place == 0).then_some(moment);
        let (standing, why) = weigh(certificate, accounts, at);
        let why = format!("{}: {why}", certificate.name);
        if standing == Standing::Good {
            good.push(why);
        } else {
            bad.push((standing, certificate.place, why));
        }
    }
    if asked.is_empty() {
        bad.push((
            Standing::Undecided(None),
            0,
            "nobody was asked about".to_owned(),
        ));
    }
    bad.sort_by(|(a, ..), (b, ..)| b.cmp(a));
    let mut notes = Vec::new();
    for (standing, place, why) in bad {
        let finding = refused(&standing, place, why).under(policy);
        if !finding.is_pass() {
            return finding.noting(notes);
        }
        good.push(finding.why);
        notes.extend(finding.notes);
    }
    Finding::pass(CheckId::Revocation, good.join("; ")).noting(notes)
}

/// What a standing other than good means for the certificate at this place of the path.
fn refused(standing: &Standing, place: usize, why: String) -> Finding {
    match standing {
        // EN 319 102-1, 5.2.6: a signing certificate on hold gives INDETERMINATE / TRY_LATER, since the
        // hold may be lifted.
        Standing::Suspended if place == 0 => Finding::fail(
            Rule::SignerNotSuspended,
            RefusalLabel::CertificateSuspended,
            SubIndication::TryLater,
            why,
        ),
        Standing::Revoked if place == 0 => Finding::fail(
            Rule::SignerNotRevoked,
            RefusalLabel::CertificateRevoked,
            SubIndication::Revoked,
            why,
        ),
        // A revoked authority vouches for nobody. EN 319 102-1, table 6, REVOKED_CA_NO_POE: "at least one certificate
        // chain was found but an intermediate CA certificate is revoked"; without a proof that the signature is older,
        // it counts whenever the revocation was known, a hold like any other.
        Standing::Suspended | Standing::Revoked => Finding::fail(
            Rule::AuthorityNotRevoked,
            RefusalLabel::AuthorityRevoked,
            SubIndication::RevokedCaNoPoe,
            why,
        ),
        // Hard fail. EN 319 102-1, table 6, TRY_LATER: "not all constraints can be fulfilled using
        // available information. However, it may be possible to do so using additional revocation
        // status information that will be available at a later point of time."
        Standing::Undecided(None) | Standing::Good => Finding::undecided(
            Rule::RevocationKnown,
            RefusalLabel::RevocationUnknown,
            SubIndication::TryLater,
            why,
        ),
        // Evidence was had, and later evidence will not be better: it is of after the end of the certificate. EN 319 102-1,
        // 5.2.6.4 tells OUT_OF_BOUNDS_NOT_REVOKED, with which a stamp helps (5.5.4), from OUT_OF_BOUNDS_NO_POE by this alone:
        // whether the certificate is known not to be revoked.
        Standing::Undecided(Some(Beyond::Certificate)) => Finding::undecided(
            Rule::RevocationKnown,
            RefusalLabel::RevocationUnknown,
            SubIndication::OutOfBoundsNoPoe,
            why,
        ),
        // The same of who signed the evidence: nothing proves that it existed while he was in force.
        Standing::Undecided(Some(Beyond::Issuer)) => Finding::undecided(
            Rule::RevocationKnown,
            RefusalLabel::RevocationUnknown,
            SubIndication::RevocationOutOfBoundsNoPoe,
            why,
        ),
    }
}

/// At the moment, or for good and all where there is none.
fn weigh(asked: &Asked, accounts: &[Account], at: Option<Moment>) -> (Standing, String) {
    let mine: Vec<_> = accounts
        .iter()
        .filter(|account| account.place == asked.place)
        .collect();
    let sentences = || {
        let all: Vec<_> = mine.iter().map(|account| account.sentence()).collect();
        all.join("; ")
    };
    // RFC 5280, 6.1.3 (a)(3): "At the current time, the certificate is not revoked. This may be
    // determined by obtaining the appropriate CRL (Section 6.3), by status information, or by
    // out-of-band mechanisms." A source that says nothing verifiable determines nothing.
    let worst = mine
        .iter()
        .filter_map(|account| Some((standing(account, at)?, *account)))
        .max_by(|(a, _), (b, _)| a.cmp(b));
    match worst {
        Some((Standing::Good, account)) => match &account.said {
            Said::Revoked { since, .. } => (
                Standing::Good,
                format!("{}; that is after the moment judged ({since})", sentences()),
            ),
            _ => (Standing::Good, sentences()),
        },
        Some((standing, _)) => (standing, sentences()),
        None if mine.is_empty() => (Standing::Undecided(None), "no source was asked".to_owned()),
        None => {
            let beyond = mine.iter().find_map(|account| account.beyond);
            (Standing::Undecided(beyond), sentences())
        }
    }
}

/// The standing that one account proves at the moment judged, or by any revocation at all; `None` where it proves none.
fn standing(account: &Account, at: Option<Moment>) -> Option<Standing> {
    match &account.said {
        // Its delta's account says what both say.
        _ if account.superseded => None,
        Said::Nothing { .. } => None,
        Said::Good { .. } => Some(Standing::Good),
        // RFC 6960, 2.2: "The 'unknown' state indicates that the responder doesn't know about the
        // certificate being requested": a list without the number then proves no more than that.
        Said::Unknown => Some(Standing::Undecided(None)),
        // What is not there any more could have said "revoked".
        Said::Lost => Some(Standing::Undecided(None)),
        Said::Revoked { since, cause } => {
            // Revoked after the moment judged, and known to be so when the answer was made: the
            // certificate was good at that moment. A date that lies ahead of the answer itself is
            // no such knowledge, and the worse reading counts.
            let known = account
                .this_update
                .map_or(account.received, |made| made.min(account.received));
            let later = at.is_some_and(|at| *since > at) && *since <= known;
            Some(match cause {
                // Evidence in its time may say that it was before.
                _ if later && account.is_stale() => return None,
                _ if later => Standing::Good,
                Cause::Hold => Standing::Suspended,
                Cause::NeverIssued | Cause::Reason(_) => Standing::Revoked,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use qaqpa_model::Answer;

    use super::*;
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
            sha256: None,
            attempts: Vec::new(),
            rule: None,
            superseded: false,
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
            cause: Cause::Reason("keyCompromise".to_owned()),
        }
    }

    fn hold(since: Moment) -> Said {
        Said::Revoked {
            since,
            cause: Cause::Hold,
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
            .reason()
            .map(|reason| reason.label)
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
                .reason()
                .map(|reason| reason.label)
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
                            cause: Cause::Reason(reason.to_owned()),
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
                        finding.reason().map(|reason| reason.label),
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
                judge(&[signer()], &[account], judged, &Policy::default())
                    .reason()
                    .map(|reason| reason.label)
            };
            assert_eq!(label(noon(), false), None);
            assert_eq!(label(noon(), true), Some(RefusalLabel::RevocationUnknown));
            assert_eq!(label(judged, true), Some(RefusalLabel::CertificateRevoked));
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
            .reason()
            .map(|reason| reason.label)
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
            finding.reason().map(|reason| (reason.label, reason.sub)),
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
                .reason().map(|reason| reason.label);
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
}
