//! Delta lists: a certificate that names one is judged by the list as its delta brings it up to date.

use qaqpa_crypto::PrivateKey;
use qaqpa_model::Moment;
use qaqpa_model::RefusalLabel as L;
use qaqpa_verdict::{
    EvidenceKind, EvidenceView, Need, Policy, Received, Rule, RuleOutcome, Sources,
    SubIndication as S, Subject, Verdict,
};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer};
use qaqpa_x509::{Certificate, RevocationReason as Why, crl, oid};

use crate::sources::UNKNOWN;
use crate::stand::{
    Judged, Stand, addresses, authority_spec, citizen_spec, days, in_force_by, judged, keys, noon,
    run, run_all, seconds,
};

const REVOKED: Judged = Judged::Refused(L::CertificateRevoked, S::Revoked);
const SUSPENDED: Judged = Judged::Refused(L::CertificateSuspended, S::TryLater);

/// A citizen whose certificate names a delta.
fn stand() -> Stand {
    let mut spec = citizen_spec();
    spec.addresses = Addresses {
        delta_crl: Some("http://127.0.0.1:9/crl/rsa-delta.crl".to_owned()),
        ..addresses()
    };
    Stand::new().with_citizen(&spec)
}

fn delta_by(
    stand: &Stand,
    base: u64,
    entries: Vec<crl::RevokedEntry>,
    key: &PrivateKey,
) -> Vec<u8> {
    let changes = crl::CrlToIssue {
        number: base + 1,
        ..stand.list(entries)
    };
    crl::issue_delta(base, &changes, &stand.issuing, key).unwrap()
}

/// OCSP is down; the list is this, and the delta, where there is one, that.
fn by_lists(stand: &Stand, base: Vec<u8>, delta: Option<Vec<u8>>) -> (Verdict, Vec<EvidenceKind>) {
    by_lists_at(stand, noon(), base, delta)
}

/// The same, judged at another moment; what is heard is heard at noon.
fn by_lists_at(
    stand: &Stand,
    at: Moment,
    base: Vec<u8>,
    delta: Option<Vec<u8>>,
) -> (Verdict, Vec<EvidenceKind>) {
    let mut asked = Vec::new();
    let subject = Subject::Certificate {
        certificate_der: stand.citizen.der(),
        pool_der: &[],
    };
    let (verdict, ..) = run(subject, &stand.known(), &Policy::default(), at, |need| {
        let (kind, bytes) = match need {
            Need::Ocsp { .. } => (EvidenceKind::Ocsp, None),
            Need::Crl { .. } => (EvidenceKind::Crl, Some(base.clone())),
            Need::DeltaCrl { urls, .. } => {
                assert_eq!(urls, &["http://127.0.0.1:9/crl/rsa-delta.crl"]);
                (EvidenceKind::DeltaCrl, delta.clone())
            }
        };
        asked.push(kind);
        match bytes {
            Some(bytes) => Received::bytes(bytes, noon()),
            None => Received::unavailable("status 503", noon()),
        }
    });
    (verdict, asked)
}

#[test]
fn a_list_is_judged_as_its_delta_brings_it_up_to_date() {
    let stand = stand();
    let mine = |reason| vec![stand.listed(Some(reason))];
    let delta = |entries| Some(delta_by(&stand, 1, entries, &keys().issuing));
    let forged = delta_by(&stand, 1, mine(Why::KeyCompromise), &keys().stranger);
    let ahead = |reason| delta_by(&stand, 2, mine(reason), &keys().issuing);
    let late = |reason| stale_delta(&stand, mine(reason));
    let part = |reason| delta_of_users(&stand, mine(reason));
    let (none, hold) = (Vec::new, || mine(Why::CertificateHold));
    #[rustfmt::skip]
    let table = [
        ("nothing changed",                        none(), delta(none()),                   Judged::Passed),
        ("revoked since",                          none(), delta(mine(Why::KeyCompromise)), REVOKED),
        ("suspended since",                        none(), delta(hold()),                   SUSPENDED),
        ("resumed since",                          hold(), delta(mine(Why::RemoveFromCrl)), Judged::Passed),
        ("still suspended",                        hold(), delta(none()),                   SUSPENDED),
        ("suspended, then revoked",                hold(), delta(mine(Why::KeyCompromise)), REVOKED),
        ("no delta at hand: the list counts",      none(), None,                            Judged::Passed),
        ("no delta at hand: the list counts, bad", hold(), None,                            SUSPENDED),
        ("a delta that somebody else signed",      none(), Some(forged),                    Judged::Passed),
        ("a complete list in place of a delta",    none(), Some(stand.crl(hold())),         SUSPENDED),
        ("a delta of a later list",                none(), Some(ahead(Why::KeyCompromise)), REVOKED),
        ("a delta of a later list, suspended",     none(), Some(ahead(Why::CertificateHold)), SUSPENDED),
        ("a delta of a later list, resumed",       hold(), Some(ahead(Why::RemoveFromCrl)), SUSPENDED),
        ("a delta that is out of date",            none(), Some(late(Why::KeyCompromise)),  REVOKED),
        ("a delta out of date, suspended",         none(), Some(late(Why::CertificateHold)), UNKNOWN),
        ("a delta out of date, resumed",           hold(), Some(late(Why::RemoveFromCrl)),  SUSPENDED),
        ("a delta of a part",                      none(), Some(part(Why::KeyCompromise)),  REVOKED),
        ("a delta of a part, suspended",           none(), Some(part(Why::CertificateHold)), UNKNOWN),
        ("a delta of a part, resumed",             hold(), Some(part(Why::RemoveFromCrl)),  SUSPENDED),
    ];
    for (case, base, delta, expected) in table {
        let (verdict, asked) = by_lists(&stand, stand.crl(base), delta);
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
        let all = [
            EvidenceKind::Ocsp,
            EvidenceKind::Crl,
            EvidenceKind::DeltaCrl,
        ];
        assert_eq!(asked, all, "{case}");
    }
}

/// An hour out of date, as of an authority that stopped.
fn stale_delta(stand: &Stand, entries: Vec<crl::RevokedEntry>) -> Vec<u8> {
    let changes = crl::CrlToIssue {
        number: 2,
        this_update: noon().minus(seconds(7 * 3600)),
        next_update: noon().minus(seconds(3600)),
        ..stand.list(entries)
    };
    crl::issue_delta(1, &changes, &stand.issuing, &keys().issuing).unwrap()
}

fn delta_of_users(stand: &Stand, entries: Vec<crl::RevokedEntry>) -> Vec<u8> {
    let users = crl::ScopeToIssue {
        only: Some(crl::Only::Users),
        ..crl::ScopeToIssue::default()
    };
    let scope = (
        oid::ISSUING_DISTRIBUTION_POINT,
        true,
        users.to_der().unwrap(),
    );
    let changes = crl::CrlToIssue {
        number: 2,
        ..stand.list(entries)
    };
    crl::issue_delta_with(1, &changes, &[scope], &stand.issuing, &keys().issuing).unwrap()
}

fn outcome(verdict: &Verdict, rule: Rule) -> Option<RuleOutcome> {
    let rules = verdict.checks.iter().flat_map(|check| &check.rules);
    let mut rules = rules.filter(|report| report.id == rule);
    rules.next().map(|report| report.outcome)
}

/// RFC 5280 §5.2.4: what does not follow the list does not bring it up to date, and the report does not say that it does.
#[test]
fn a_delta_that_brings_nothing_up_to_date_is_told_as_what_it_is() {
    use RuleOutcome::{Failed, Passed};
    let stand = stand();
    let ahead = |entries| delta_by(&stand, 2, entries, &keys().issuing);
    let mine = || vec![stand.listed(Some(Why::KeyCompromise))];
    let held = || vec![stand.listed(Some(Why::CertificateHold))];
    let resumed = || vec![stand.listed(Some(Why::RemoveFromCrl))];
    let says = "the CRL, signed by QAQPA TEST CA, says: not revoked";
    let more = "the CRL says: not revoked; its delta says more";
    #[rustfmt::skip]
    let table = [
        ("it does not follow, and is silent", ahead(Vec::new()),         Judged::Passed, says, Rule::CrlScope, Failed, Rule::CrlFresh, Passed),
        ("it does not follow, and revokes",   ahead(mine()),             REVOKED,        more, Rule::CrlScope, Failed, Rule::CrlFresh, Passed),
        ("it does not follow, and suspends",  ahead(held()),             SUSPENDED,      more, Rule::CrlScope, Failed, Rule::CrlFresh, Passed),
        ("it does not follow, and resumes",   ahead(resumed()),          Judged::Passed, says, Rule::CrlScope, Failed, Rule::CrlFresh, Passed),
        ("out of date, and silent",           stale_delta(&stand, Vec::new()), Judged::Passed, says, Rule::CrlFresh, Failed, Rule::CrlScope, Passed),
        ("out of date, and revokes",          stale_delta(&stand, mine()), REVOKED,      more, Rule::CrlFresh, Failed, Rule::CrlScope, Passed),
    ];
    for (case, delta, expected, sentence, rule, came, other, of_other) in table {
        let (verdict, _) = by_lists(&stand, stand.crl(Vec::new()), Some(delta));
        let text = verdict.to_text();
        assert_eq!(judged(&verdict), expected, "{case}\n{text}");
        assert_eq!(outcome(&verdict, rule), Some(came), "{case}\n{text}");
        assert_eq!(outcome(&verdict, other), Some(of_other), "{case}\n{text}");
        assert!(text.contains(sentence), "{case}\n{text}");
        assert!(!text.contains("brought up to date"), "{case}\n{text}");
    }
}

/// Such a delta may have been told of an earlier moment since: it does not say that the signer was good before.
#[test]
fn a_delta_that_is_out_of_date_does_not_say_that_the_certificate_was_good_before() {
    let stand = stand();
    let entry = |reason, days_ago| crl::RevokedEntry {
        at: noon().minus(days(days_ago)),
        ..stand.listed(Some(reason))
    };
    let judge = |base: Vec<u8>, delta: Vec<u8>| {
        let at = noon().minus(days(5));
        judged(&by_lists_at(&stand, at, base, Some(delta)).0)
    };
    let none = || stand.crl(Vec::new());
    let superseded = || vec![entry(Why::Superseded, 3)];
    let unknown = || Judged::Refused(L::RevocationUnknown, S::TryLater);
    let fresh = |entries| delta_by(&stand, 1, entries, &keys().issuing);
    assert_eq!(judge(none(), fresh(superseded())), Judged::Passed);
    assert_eq!(judge(none(), stale_delta(&stand, superseded())), unknown());
    // The list says it, too, and is in its time.
    let listed = stand.crl(superseded());
    assert_eq!(
        judge(listed, stale_delta(&stand, superseded())),
        Judged::Passed
    );
    // The list is out of date, and what brings it up to date says more.
    let late = crl::CrlToIssue {
        this_update: noon().minus(days(2)),
        next_update: noon().minus(days(1)),
        ..stand.list(superseded())
    };
    let late = crl::issue(&late, &stand.issuing, &keys().issuing).unwrap();
    assert_eq!(judge(late.clone(), fresh(Vec::new())), unknown());
    let lost = fresh(vec![entry(Why::KeyCompromise, 8)]);
    let (verdict, _) = by_lists_at(&stand, noon().minus(days(5)), late, Some(lost));
    assert_eq!(judged(&verdict), REVOKED, "{}", verdict.to_text());
    assert!(
        verdict
            .to_text()
            .contains("the CRL is brought up to date by its delta")
    );
}

#[test]
fn a_delta_is_not_asked_for_where_there_is_no_list_that_it_follows() {
    let stand = stand();
    let (verdict, asked) = by_lists(&stand, b"rubbish".to_vec(), None);
    assert_eq!(
        judged(&verdict),
        Judged::Refused(L::RevocationUnknown, S::TryLater)
    );
    assert_eq!(asked, [EvidenceKind::Ocsp, EvidenceKind::Crl]);
}

#[test]
fn of_a_suspension_that_ended_the_report_tells_both_lists() {
    let stand = stand();
    let resumed = delta_by(
        &stand,
        1,
        vec![stand.listed(Some(Why::RemoveFromCrl))],
        &keys().issuing,
    );
    let base = stand.crl(vec![crl::RevokedEntry {
        at: noon().minus(seconds(60)),
        ..stand.listed(Some(Why::CertificateHold))
    }]);
    let (verdict, _) = by_lists(&stand, base, Some(resumed));
    let text = verdict.to_text();
    assert!(
        text.contains("the CRL is brought up to date by its delta"),
        "{text}"
    );
    assert!(text.contains("the CRL with its delta, signed by"), "{text}");
}

/// The same authority by its new key.
fn rekeyed(stand: &Stand) -> Certificate {
    let spec = CertificateSpec {
        serial: vec![0x0c, 0x02],
        ..authority_spec("QAQPA TEST CA", &keys().stranger)
    };
    let by = Issuer {
        certificate: &stand.root,
        key: &keys().root,
    };
    issue::issue(&spec, by).unwrap()
}

/// The issuing authority's list with another extension in the place of its number, which nobody knows.
fn without_number(list_der: &[u8]) -> Vec<u8> {
    const NUMBER: [u8; 5] = [0x06, 0x03, 0x55, 0x1d, 0x14];
    let mut list = list_der.to_vec();
    let place = list.windows(5).position(|bytes| bytes == NUMBER).unwrap();
    list[place + 4] = 0x7f;
    // The whole list's header has four bytes, the signed part's three.
    assert_eq!((list[1], list[4], list[5]), (0x82, 0x30, 0x81));
    let end = 7 + usize::from(list[6]);
    let key = &keys().issuing;
    let signature = key.sign(key.signature_algorithm(), &list[4..end]).unwrap();
    let begin = list.len() - signature.len();
    list[begin..].copy_from_slice(&signature);
    list
}

/// RFC 5280 §5.2.4, §6.3.3 (c): a delta is held against who signed the list, be it by another key than the certificate's, and what
/// it lists as revoked for good is heard though it have no number.
#[test]
fn what_the_lists_own_signer_revokes_in_a_delta_is_heard_whatever_key_issued_the_certificate() {
    let stand = stand();
    let new = rekeyed(&stand);
    let mine = || vec![stand.listed(Some(Why::KeyCompromise))];
    let by_new = |base: u64, entries| {
        let changes = crl::CrlToIssue {
            number: base + 1,
            ..stand.list(entries)
        };
        crl::issue_delta(base, &changes, &new, &keys().stranger).unwrap()
    };
    let list_by_new = || crl::issue(&stand.list(Vec::new()), &new, &keys().stranger).unwrap();
    let list_by_old = || stand.crl(Vec::new());
    let numberless = || without_number(&delta_by(&stand, 1, mine(), &keys().issuing));
    let delta = |base, entries| delta_by(&stand, base, entries, &keys().issuing);
    let forged = || delta_by(&stand, 1, mine(), &keys().citizen);
    #[rustfmt::skip]
    let table = [
        ("by the new key, silent",           list_by_new(), by_new(1, Vec::new()), Judged::Passed),
        ("by the new key, revokes",          list_by_new(), by_new(1, mine()),     REVOKED),
        ("by the new key, of a later list",  list_by_new(), by_new(2, mine()),     REVOKED),
        ("by the old key, without a number", list_by_old(), numberless(),          REVOKED),
        ("by the old key, list by the new",  list_by_new(), delta(1, mine()),      REVOKED),
        ("the same of a later list",         list_by_new(), delta(2, mine()),      REVOKED),
        ("the same, silent",                 list_by_new(), delta(1, Vec::new()),  Judged::Passed),
        ("by somebody else",                 list_by_new(), forged(),              Judged::Passed),
    ];
    let mut known = stand.known();
    known.pool.push(new.clone());
    for (case, base, delta, expected) in table {
        let subject = Subject::Certificate {
            certificate_der: stand.citizen.der(),
            pool_der: &[],
        };
        let of_root = crl::issue(&stand.list(Vec::new()), &stand.root, &keys().root).unwrap();
        let (verdict, ..) = run_all(subject, &known, &Policy::default(), noon(), |need| {
            let is_signers = need.certificate() == &stand.citizen;
            match need {
                Need::Ocsp { .. } => Received::unavailable("status 503", noon()),
                Need::Crl { .. } if is_signers => Received::bytes(base.clone(), noon()),
                Need::Crl { .. } => Received::bytes(of_root.clone(), noon()),
                Need::DeltaCrl { .. } => Received::bytes(delta.clone(), noon()),
            }
        });
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
    }
}

/// Each account is of its own bytes, whatever another list that was fed makes of them.
#[test]
fn what_is_told_of_a_list_is_its_own_period_and_whether_it_is_out_of_date_itself() {
    use RuleOutcome::{Failed, Passed};
    let stand = stand();
    let made = |number, days_ago: u64, end: Moment, entries: Vec<crl::RevokedEntry>| {
        let list = crl::CrlToIssue {
            number,
            this_update: noon().minus(days(days_ago)),
            next_update: end,
            ..stand.list(entries)
        };
        crl::issue(&list, &stand.issuing, &keys().issuing).unwrap()
    };
    let hour = seconds(3600);
    let (over, ahead) = (noon().minus(hour), noon().plus(hour));
    let revoked = || vec![stand.listed(Some(Why::KeyCompromise))];
    let old = |entries| made(5, 3, over, entries);
    let fresh = |entries| made(6, 1, ahead, entries);
    #[rustfmt::skip]
    let table = [
        ("fresh alone",                    fresh(Vec::new()), None,                    Judged::Passed, 1, Passed),
        ("out of date, a newer is silent", old(Vec::new()),   Some(fresh(Vec::new())), Judged::Passed, 3, Failed),
        ("out of date, a newer revokes",   old(Vec::new()),   Some(fresh(revoked())),  REVOKED,        3, Failed),
        ("fresh, an older revokes",        fresh(Vec::new()), Some(old(revoked())),    Judged::Passed, 1, Passed),
    ];
    for (case, list, other, expected, days_ago, is_fresh) in table {
        let subject = Subject::Certificate {
            certificate_der: stand.citizen.der(),
            pool_der: &[],
        };
        let both = Policy::default().with_sources(Sources::OcspAndCrl);
        let (verdict, ..) = run_all(subject, &stand.known(), &both, noon(), |need| {
            let is_signers = need.certificate() == &stand.citizen;
            match need {
                Need::Ocsp { .. } if !is_signers => in_force_by(&stand, need),
                Need::Crl { .. } if is_signers => Received::bytes(list.clone(), noon()),
                // Lists are heard wherever they are fed.
                Need::Crl { .. } if other.is_some() => {
                    Received::bytes(other.clone().unwrap(), noon())
                }
                _ => Received::unavailable("status 503", noon()),
            }
        });
        let text = verdict.to_text();
        assert_eq!(judged(&verdict), expected, "{case}\n{text}");
        let mine = |item: &&EvidenceView| {
            item.kind == EvidenceKind::Crl && item.about == stand.citizen.serial_hex()
        };
        let mine = verdict.evidence.iter().find(mine).unwrap();
        let begin = noon().minus(days(days_ago));
        assert_eq!(mine.this_update, Some(begin), "{case}\n{text}");
        let end = if days_ago == 3 { over } else { ahead };
        assert_eq!(mine.next_update, Some(end), "{case}\n{text}");
        assert_eq!(
            outcome(&verdict, Rule::CrlFresh),
            Some(is_fresh),
            "{case}\n{text}"
        );
    }
}
