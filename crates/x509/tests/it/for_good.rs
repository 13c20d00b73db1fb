//! What a list says is revoked for good stays revoked, though the list be out of date, follow nothing, or tell a part.

use std::time::Duration;

use qaqpa_model::{Limits, Moment};
use qaqpa_x509::crl::{
    AnyCrl, CrlError, CrlPolicy, CrlToIssue, Only, RevokedEntry, ScopeToIssue, issue_delta_with,
    issue_with,
};
use qaqpa_x509::issue::Issuer;
use qaqpa_x509::revocation::{self, Known, RevocationError};
use qaqpa_x509::{RevocationReason as Why, oid};

use crate::stand::{DAY, Stand, at, key};

/// A list by its number, its entry and its end; in its time unless [`Told::stale`] says otherwise.
#[derive(Clone)]
pub(crate) struct Told {
    number: u64,
    /// Days ago, and why.
    entry: Option<(u32, Why)>,
    this_update: Moment,
    next_update: Moment,
    scope: Option<ScopeToIssue>,
}

impl Told {
    pub(crate) fn number(number: u64) -> Self {
        Self {
            number,
            entry: None,
            this_update: at().minus(DAY / 2),
            next_update: at().plus(DAY),
            scope: None,
        }
    }

    pub(crate) fn listing(mut self, days_ago: u32, why: Why) -> Self {
        self.entry = Some((days_ago, why));
        self
    }

    pub(crate) fn made(mut self, days_ago: u32) -> Self {
        self.this_update = at().minus(days_ago * DAY);
        self
    }

    pub(crate) fn stale(mut self) -> Self {
        self.next_update = at().minus(Duration::from_secs(3600));
        self
    }

    fn of(mut self, scope: &ScopeToIssue) -> Self {
        self.scope = Some(scope.clone());
        self
    }

    fn to_issue(&self, stand: &Stand) -> CrlToIssue {
        let entry = self.entry.map(|(days_ago, reason)| RevokedEntry {
            serial: stand.leaf.serial().to_vec(),
            at: at().minus(days_ago * DAY),
            reason: Some(reason),
        });
        CrlToIssue {
            number: self.number,
            this_update: self.this_update,
            next_update: self.next_update,
            entries: entry.into_iter().collect(),
            freshest_crl_url: None,
        }
    }

    fn more(&self) -> Vec<(qaqpa_x509::ObjectIdentifier, bool, Vec<u8>)> {
        let der = self.scope.iter().map(|scope| scope.to_der().unwrap());
        der.map(|der| (oid::ISSUING_DISTRIBUTION_POINT, true, der))
            .collect()
    }

    fn complete(&self, stand: &Stand) -> AnyCrl {
        self.complete_by(stand, stand.by_issuing())
    }

    pub(crate) fn complete_by(&self, stand: &Stand, by: Issuer<'_>) -> AnyCrl {
        let list = self.to_issue(stand);
        let der = issue_with(&list, &self.more(), by.certificate, by.key).unwrap();
        AnyCrl::from_der(&der, 10).unwrap()
    }

    pub(crate) fn delta_by(&self, base: u64, stand: &Stand, by: Issuer<'_>) -> AnyCrl {
        let list = self.to_issue(stand);
        let der = issue_delta_with(base, &list, &self.more(), by.certificate, by.key).unwrap();
        AnyCrl::from_der(&der, 10).unwrap()
    }

    fn delta(&self, base: u64, stand: &Stand) -> AnyCrl {
        self.delta_by(base, stand, stand.by_issuing())
    }
}

fn judged(stand: &Stand, lists: &[AnyCrl]) -> Result<(), RevocationError> {
    let path = stand.path(&stand.leaf).unwrap();
    let anchors = stand.anchors();
    let known = Known {
        lists,
        pool: &[],
        anchors: &anchors,
    };
    let policy = CrlPolicy::default();
    revocation::check_one(&path, 0, at(), known, &Limits::default(), &policy).map(|_| ())
}

/// Revoked, by lists that answer for every reason, in their time or not.
fn revoked(days_ago: u32, reason: Why, is_stale: bool) -> Result<(), RevocationError> {
    Err(RevocationError::Revoked {
        position: 0,
        at: at().minus(days_ago * DAY),
        reason: Some(reason),
        is_stale,
        is_partial: false,
        this_update: at().minus(DAY / 2),
    })
}

/// RFC 5280 §5.2.4: a delta brings a list up to date only where it follows it; revoked is revoked all the same.
#[test]
fn a_delta_that_brings_nothing_up_to_date_is_heard_about_what_cannot_be_lifted() {
    let stand = Stand::new();
    let base = |told: Told| told.complete(&stand);
    let delta = |number, told: fn(Told) -> Told| told(Told::number(number)).delta(7, &stand);
    let ahead = |number, told: fn(Told) -> Told| told(Told::number(number)).delta(8, &stand);
    let behind = Told::number(6)
        .listing(3, Why::KeyCompromise)
        .delta(5, &stand);
    let forger = Issuer {
        certificate: &stand.issuing,
        key: &key(4),
    };
    let forged = Told::number(9)
        .listing(3, Why::KeyCompromise)
        .delta_by(8, &stand, forger);
    let compromise = |told: Told| told.listing(3, Why::KeyCompromise);
    let hold = |told: Told| told.listing(3, Why::CertificateHold);
    let removal = |told: Told| told.listing(3, Why::RemoveFromCrl);
    let clean = || base(Told::number(7));
    let held = || base(Told::number(7).listing(9, Why::CertificateHold));
    let gone = || base(Told::number(7).listing(2, Why::Superseded));
    let since = |days_ago, is_stale| revoked(days_ago, Why::KeyCompromise, is_stale);
    let on_hold = |days_ago, is_stale| revoked(days_ago, Why::CertificateHold, is_stale);
    let late = |number, why: Why| {
        Told::number(number)
            .listing(3, why)
            .stale()
            .delta(7, &stand)
    };
    #[rustfmt::skip]
    let table = [
        ("it follows",                         vec![clean(), delta(8, compromise)],                           since(3, false)),
        ("out of date",                        vec![clean(), delta(8, |told| told.listing(3, Why::KeyCompromise).stale())], since(3, true)),
        ("out of date, suspended",             vec![clean(), late(8, Why::CertificateHold)],                  open()),
        ("out of date, suspended, and resumed out of date", vec![clean(), late(8, Why::CertificateHold), late(9, Why::RemoveFromCrl)], open()),
        ("out of date, suspended, and resumed since", vec![clean(), late(8, Why::CertificateHold), delta(9, removal)], Ok(())),
        ("out of date, suspended, and silence since", vec![clean(), late(8, Why::CertificateHold), delta(9, |told| told)], Ok(())),
        ("out of date, suspended, and a newer list", vec![clean(), late(8, Why::CertificateHold), base(Told::number(8))], Ok(())),
        ("out of date, suspended, and revoked",  vec![clean(), late(8, Why::CertificateHold), delta(9, compromise)], since(3, false)),
        ("out of date, suspended; the list says revoked later", vec![gone(), late(8, Why::CertificateHold)],  revoked(2, Why::Superseded, true)),
        ("out of date, resumed",               vec![held(), late(8, Why::RemoveFromCrl)],                     on_hold(9, false)),
        ("of a later list",                    vec![clean(), ahead(9, compromise)],                           since(3, true)),
        ("of a later list, suspended",         vec![clean(), ahead(9, hold)],                                 on_hold(3, true)),
        ("of a later list, resumed",           vec![held(), ahead(9, removal)],                               on_hold(9, false)),
        ("suspended, and resumed later",       vec![clean(), ahead(9, hold), ahead(10, removal)],             Ok(())),
        ("resumed, and suspended later",       vec![clean(), ahead(10, hold), ahead(9, removal)],             on_hold(3, true)),
        ("suspended, and cleared by what follows", vec![clean(), ahead(9, hold), delta(10, |told| told)],     Ok(())),
        ("revoked, whatever follows",          vec![clean(), ahead(9, compromise), delta(10, |told| told)],   since(3, true)),
        ("two of one number, the graver",      vec![held(), delta(8, removal), delta(8, hold)],               on_hold(9, false)),
        ("two of one number, the earlier",     vec![clean(), delta(8, |told| told.listing(1, Why::CertificateHold)), delta(8, hold)], on_hold(3, false)),
        ("of before the list",                 vec![clean(), behind],                                         Ok(())),
        ("somebody else's",                    vec![clean(), forged],                                         Ok(())),
        ("the list says it too, later",        vec![gone(), ahead(9, compromise)],                            since(3, false)),
        ("nothing is said",                    vec![clean(), ahead(9, |told| told)],                          Ok(())),
    ];
    for (case, mut lists, expected) in table {
        assert_eq!(judged(&stand, &lists), expected, "{case}");
        lists.reverse();
        assert_eq!(judged(&stand, &lists), expected, "{case}, reversed");
    }
}

/// A newer delta says "suspended", and brings nothing up to date: whether that was lifted since, nobody knows.
fn open() -> Result<(), RevocationError> {
    Err(RevocationError::Undetermined {
        position: 0,
        why: Some(CrlError::DeltaHold),
    })
}

#[test]
fn a_delta_of_a_part_is_heard_beside_a_list_of_that_part_and_of_everything() {
    let stand = Stand::new();
    let users = ScopeToIssue {
        only: Some(Only::Users),
        ..ScopeToIssue::default()
    };
    let authorities = ScopeToIssue {
        only: Some(Only::Authorities),
        ..ScopeToIssue::default()
    };
    let part = Told::number(7).of(&users).complete(&stand);
    let whole = Told::number(7).complete(&stand);
    let compromise = |number| Told::number(number).listing(3, Why::KeyCompromise);
    let delta = |scope| compromise(8).of(scope).delta(7, &stand);
    let since = |is_stale| revoked(3, Why::KeyCompromise, is_stale);
    assert_eq!(judged(&stand, &[part.clone(), delta(&users)]), since(false));
    assert_eq!(judged(&stand, &[whole.clone(), delta(&users)]), since(true));
    assert_eq!(judged(&stand, &[whole, delta(&authorities)]), Ok(()));
    let hold = |number| Told::number(number).listing(3, Why::CertificateHold);
    let whole = || Told::number(7).complete(&stand);
    let held = |scope| hold(8).of(scope).delta(7, &stand);
    let resumed = |scope: Option<&ScopeToIssue>| {
        let told = Told::number(9).listing(1, Why::RemoveFromCrl);
        scope
            .map_or(told.clone(), |scope| told.of(scope))
            .delta(8, &stand)
    };
    let part_of = |number| Told::number(number).of(&users).complete(&stand);
    let before = |told: Told| told.made(2).delta(7, &stand);
    let on_hold = revoked(3, Why::CertificateHold, true);
    #[rustfmt::skip]
    let suspended = [
        ("of a part",                           vec![whole(), held(&users)],                           open()),
        ("of another part",                     vec![whole(), held(&authorities)],                     Ok(())),
        ("of a part, and resumed there",        vec![whole(), held(&users), resumed(Some(&users))],    Ok(())),
        ("of a part, and resumed of all",       vec![whole(), held(&users), resumed(None)],            open()),
        ("of all, and resumed of a part",       vec![whole(), hold(8).delta(8 - 1, &stand), resumed(Some(&users))], revoked(3, Why::CertificateHold, false)),
        ("of a later list, resumed of a part",  vec![whole(), hold(9).delta(8, &stand), resumed(Some(&users))], on_hold),
        ("of a part, whose newer list is silent", vec![whole(), held(&users), part_of(8)],             Ok(())),
        ("of a part, whose older list is silent", vec![whole(), held(&users), part_of(7)],             revoked(3, Why::CertificateHold, false)),
        ("of a part, of before the list",       vec![whole(), before(hold(8).of(&users))],             Ok(())),
    ];
    for (case, mut lists, expected) in suspended {
        assert_eq!(judged(&stand, &lists), expected, "{case}");
        lists.reverse();
        assert_eq!(judged(&stand, &lists), expected, "{case}, reversed");
    }
    let of_everything = compromise(8).delta(7, &stand);
    assert_eq!(judged(&stand, &[part, of_everything]), since(true));
}

/// RFC 5280 §6.3.3 (a): where the list is out of date, a delta in its time may do.
#[test]
fn a_delta_in_its_time_is_heard_beside_its_list_that_is_out_of_date() {
    let stand = Stand::new();
    let old = |told: Told| told.stale().complete(&stand);
    let gone = || old(Told::number(7).listing(2, Why::Superseded));
    let news = |told: Told| told.delta(7, &stand);
    let stale = || {
        Err(RevocationError::Undetermined {
            position: 0,
            why: Some(CrlError::Stale {
                moment: at().minus(Duration::from_secs(3600)),
            }),
        })
    };
    #[rustfmt::skip]
    let table = [
        ("revoked for more, and earlier", gone(), news(Told::number(8).listing(5, Why::KeyCompromise)), revoked(5, Why::KeyCompromise, false)),
        ("nothing new",                   gone(), news(Told::number(8)),                                revoked(2, Why::Superseded, true)),
        ("resumed: it was for good",      gone(), news(Told::number(8).listing(1, Why::RemoveFromCrl)), revoked(2, Why::Superseded, true)),
        ("revoked since",                 old(Told::number(7)), news(Told::number(8).listing(5, Why::KeyCompromise)), revoked(5, Why::KeyCompromise, false)),
        ("suspended since",               old(Told::number(7)), news(Told::number(8).listing(5, Why::CertificateHold)), revoked(5, Why::CertificateHold, false)),
        ("silent both",                   old(Told::number(7)), news(Told::number(8)),                  stale()),
        ("resumed: the list is no evidence", old(Told::number(7).listing(2, Why::CertificateHold)), news(Told::number(8).listing(1, Why::RemoveFromCrl)), stale()),
    ];
    for (case, base, delta, expected) in table {
        assert_eq!(judged(&stand, &[base, delta]), expected, "{case}");
    }
}

/// Since when a certificate is revoked is known as of the list that says it, and not as of another one that was silent.
#[test]
fn a_revocation_is_known_as_of_the_list_or_the_delta_that_says_it() {
    let stand = Stand::new();
    let made = |number, days_ago: u32, listed: Option<u32>| {
        let told = Told::number(number).made(days_ago);
        let told = match listed {
            Some(since) => told.listing(since, Why::KeyCompromise),
            None => told,
        };
        told.to_issue(&stand)
    };
    let by = stand.by_issuing();
    let list = |number, days_ago, listed| {
        let list = made(number, days_ago, listed);
        let der = issue_with(&list, &[], by.certificate, by.key).unwrap();
        AnyCrl::from_der(&der, 10).unwrap()
    };
    let delta = |base, days_ago, listed| {
        let list = made(base + 1, days_ago, listed);
        let der = issue_delta_with(base, &list, &[], by.certificate, by.key).unwrap();
        AnyCrl::from_der(&der, 10).unwrap()
    };
    let known = |lists: &[AnyCrl]| match judged(&stand, lists) {
        Err(RevocationError::Revoked { this_update, .. }) => {
            at().since(this_update).as_secs() / 86_400
        }
        other => panic!("{other:?}"),
    };
    #[rustfmt::skip]
    let table = [
        ("the newer list",                     vec![list(5, 4, None), list(6, 2, Some(3))],      2),
        ("of two of one number the silent one", vec![list(5, 1, None), list(5, 2, Some(3))],     2),
        ("both say it",                        vec![list(5, 1, Some(3)), list(5, 2, Some(3))],   1),
        ("who says it of before, ahead of it", vec![list(5, 1, Some(2)), list(5, 4, Some(3))],   4),
        ("the list's delta",                   vec![list(5, 4, None), delta(5, 2, Some(3))],     2),
        ("the list, of which a delta is silent", vec![list(5, 2, Some(3)), delta(5, 1, None)],   1),
        ("a delta that does not follow",       vec![list(5, 4, None), delta(7, 2, Some(3))],     2),
        ("a delta that does not follow a list that says it ahead", vec![list(5, 4, Some(3)), delta(7, 2, Some(3))], 4),
        ("and one that says another date",     vec![list(5, 4, Some(2)), delta(7, 2, Some(3))],  4),
        ("and one of before the list",         vec![list(5, 4, Some(2)), delta(7, 2, Some(5))],  5),
        ("a list in its time, another date",   vec![list(5, 2, Some(4)), delta(7, 1, Some(5))],  2),
    ];
    for (case, mut lists, days_ago) in table {
        assert_eq!(known(&lists), days_ago, "{case}");
        lists.reverse();
        assert_eq!(known(&lists), days_ago, "{case}, reversed");
    }
}

/// RFC 5280 §6.3.3: only lists for all reasons together say since when a certificate is revoked for the first of them.
#[test]
fn a_list_of_some_reasons_tells_that_it_is_revoked_and_not_that_it_was_good_before() {
    let stand = Stand::new();
    let compromises = ScopeToIssue {
        reasons: vec![Why::KeyCompromise, Why::CaCompromise],
        ..ScopeToIssue::default()
    };
    let others = ScopeToIssue {
        reasons: vec![
            Why::AffiliationChanged,
            Why::Superseded,
            Why::CessationOfOperation,
            Why::CertificateHold,
            Why::PrivilegeWithdrawn,
            Why::AaCompromise,
        ],
        ..ScopeToIssue::default()
    };
    let silent = |scope| Told::number(1).of(scope);
    let gone = || Told::number(1).of(&others).listing(2, Why::Superseded);
    let lost = || {
        Told::number(1)
            .of(&compromises)
            .listing(5, Why::KeyCompromise)
    };
    let say = |parts: &[Told]| {
        let lists: Vec<_> = parts.iter().map(|part| part.complete(&stand)).collect();
        judged(&stand, &lists)
    };
    let partly = |days_ago, reason, is_stale| {
        Err(RevocationError::Revoked {
            position: 0,
            at: at().minus(days_ago * DAY),
            reason: Some(reason),
            is_stale,
            is_partial: true,
            this_update: at().minus(DAY / 2),
        })
    };
    assert_eq!(say(&[gone()]), partly(2, Why::Superseded, false));
    assert_eq!(say(&[gone().stale()]), partly(2, Why::Superseded, true));
    let out_of_date = silent(&compromises).stale();
    assert_eq!(
        say(&[gone(), out_of_date]),
        partly(2, Why::Superseded, false)
    );
    assert_eq!(
        say(&[gone(), silent(&compromises)]),
        revoked(2, Why::Superseded, false)
    );
    assert_eq!(
        say(&[gone(), lost()]),
        revoked(5, Why::KeyCompromise, false)
    );
    // What the other said when it was in its time, it may say since an earlier moment by now.
    assert_eq!(
        say(&[gone(), lost().stale()]),
        revoked(5, Why::KeyCompromise, true)
    );
    // A list of everything settles what a part says.
    let everything = Told::number(1).listing(5, Why::KeyCompromise);
    assert_eq!(
        say(&[gone().stale(), everything]),
        revoked(5, Why::KeyCompromise, false)
    );
}
