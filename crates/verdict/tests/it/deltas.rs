//! Delta lists: a certificate that names one is judged by the list as its delta brings it up to date.

use qaqpa_crypto::PrivateKey;
use qaqpa_model::Moment;
use qaqpa_model::RefusalLabel as L;
use qaqpa_verdict::{
    EvidenceKind, Need, Policy, Received, Rule, RuleOutcome, SubIndication as S, Subject, Verdict,
};
use qaqpa_x509::issue::Addresses;
use qaqpa_x509::{RevocationReason as Why, crl, oid};

use crate::stand::{
    Judged, Stand, addresses, citizen_spec, days, judged, keys, noon, run, seconds,
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
    let part = delta_of_users(&stand, mine(Why::KeyCompromise));
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
        ("a delta out of date, suspended",         none(), Some(late(Why::CertificateHold)), Judged::Passed),
        ("a delta out of date, resumed",           hold(), Some(late(Why::RemoveFromCrl)),  SUSPENDED),
        ("a delta of a part",                      none(), Some(part),                      REVOKED),
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
