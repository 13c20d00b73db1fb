//! Lists of every kind about a whole path; NIST PKITS has the rest.

use qaqpa_model::Limits;
use qaqpa_x509::crl::{
    AnyCrl, CrlError, CrlPolicy, CrlToIssue, Only, RevokedEntry, ScopeToIssue, issue, issue_delta,
    issue_with,
};
use qaqpa_x509::issue::{self as certificates, CertificateSpec, Issuer};
use qaqpa_x509::revocation::{self, Clear, Known, RevocationError};
use qaqpa_x509::{Certificate, KeyUsage, RevocationReason, oid};

use crate::stand::{DAY, Stand, around, at, key, name};

const HOLD: Option<RevocationReason> = Some(RevocationReason::CertificateHold);
const LEAF_LIST: &str = "http://127.0.0.1:14502/crl/rsa.crl";

fn list(number: u64, revoked: &[(&Certificate, Option<RevocationReason>)]) -> CrlToIssue {
    let entries = revoked.iter().map(|(certificate, reason)| RevokedEntry {
        serial: certificate.serial().to_vec(),
        at: at().minus(DAY),
        reason: *reason,
    });
    CrlToIssue {
        number,
        this_update: at(),
        next_update: at().plus(DAY),
        entries: entries.collect(),
        freshest_crl_url: None,
    }
}

fn signed(list: &CrlToIssue, by: Issuer<'_>) -> AnyCrl {
    AnyCrl::from_der(&issue(list, by.certificate, by.key).unwrap(), 1000).unwrap()
}

fn delta(base: u64, list: &CrlToIssue, by: Issuer<'_>) -> AnyCrl {
    AnyCrl::from_der(
        &issue_delta(base, list, by.certificate, by.key).unwrap(),
        1000,
    )
    .unwrap()
}

fn part(scope: &ScopeToIssue, list: &CrlToIssue, by: Issuer<'_>) -> AnyCrl {
    let more = [(
        oid::ISSUING_DISTRIBUTION_POINT,
        true,
        scope.to_der().unwrap(),
    )];
    AnyCrl::from_der(
        &issue_with(list, &more, by.certificate, by.key).unwrap(),
        1000,
    )
    .unwrap()
}

fn judged(stand: &Stand, lists: &[AnyCrl]) -> Result<(), RevocationError> {
    judged_with(stand, &[], lists)
}

/// The verdict, where these certificates may have signed lists too.
fn judged_with(
    stand: &Stand,
    pool: &[Certificate],
    lists: &[AnyCrl],
) -> Result<(), RevocationError> {
    let path = stand.path(&stand.leaf).unwrap();
    let anchors = stand.anchors();
    let known = Known {
        lists,
        pool,
        anchors: &anchors,
    };
    revocation::check(&path, known, &Limits::default(), &CrlPolicy::default())
}

fn revoked(position: usize, reason: Option<RevocationReason>) -> Result<(), RevocationError> {
    Err(RevocationError::Revoked {
        position,
        at: at().minus(DAY),
        reason,
        is_stale: false,
        is_partial: false,
        this_update: at(),
    })
}

fn undetermined(position: usize, why: Option<CrlError>) -> Result<(), RevocationError> {
    Err(RevocationError::Undetermined { position, why })
}

#[test]
fn every_certificate_below_the_anchor_is_asked_about() {
    let stand = Stand::new();
    let (root, issuing) = (stand.by_root(), stand.by_issuing());
    let (of_root, of_issuing) = (signed(&list(1, &[]), root), signed(&list(1, &[]), issuing));
    assert_eq!(
        judged(&stand, &[of_issuing.clone(), of_root.clone()]),
        Ok(())
    );
    assert_eq!(
        judged(&stand, std::slice::from_ref(&of_issuing)),
        undetermined(1, None)
    );
    assert_eq!(
        judged(&stand, std::slice::from_ref(&of_root)),
        undetermined(0, None)
    );
    let compromise = Some(RevocationReason::CaCompromise);
    let authority = signed(&list(1, &[(&stand.issuing, compromise)]), root);
    assert_eq!(
        judged(&stand, &[of_issuing, authority]),
        revoked(1, compromise)
    );
    let leaf = signed(&list(1, &[(&stand.leaf, HOLD)]), issuing);
    assert_eq!(judged(&stand, &[leaf, of_root]), revoked(0, HOLD));
}

#[test]
fn a_list_that_should_have_said_it_is_named() {
    let stand = Stand::new();
    let of_root = signed(&list(1, &[]), stand.by_root());
    let with = |list: AnyCrl| judged(&stand, &[of_root.clone(), list]);
    let mut old = list(1, &[]);
    old.this_update = at().minus(DAY);
    old.next_update = at().minus(DAY / 2);
    let moment = old.next_update;
    assert_eq!(
        with(signed(&old, stand.by_issuing())),
        undetermined(0, Some(CrlError::Stale { moment }))
    );
    let forger = Issuer {
        certificate: &stand.issuing,
        key: &key(4),
    };
    assert_eq!(
        with(signed(&list(1, &[]), forger)),
        undetermined(0, Some(CrlError::BadSignature))
    );
    // A delta alone says nothing.
    let lonely = delta(1, &list(2, &[]), stand.by_issuing());
    assert_eq!(with(lonely), undetermined(0, None));
}

#[test]
fn a_delta_counts_where_it_follows_its_base() {
    let stand = Stand::new();
    let issuing = stand.by_issuing();
    let of_root = signed(&list(1, &[]), stand.by_root());
    let held = signed(&list(7, &[(&stand.leaf, HOLD)]), issuing);
    let clean = signed(&list(7, &[]), issuing);
    let lifted = [(&stand.leaf, Some(RevocationReason::RemoveFromCrl))];
    let with = |base: &AnyCrl, deltas: &[AnyCrl]| {
        let lists = [&[of_root.clone(), base.clone()], deltas].concat();
        judged(&stand, &lists)
    };
    assert_eq!(with(&held, &[]), revoked(0, HOLD));
    assert_eq!(with(&held, &[delta(7, &list(8, &lifted), issuing)]), Ok(()));
    // A delta of a newer base says nothing about this one.
    assert_eq!(
        with(&held, &[delta(8, &list(9, &lifted), issuing)]),
        revoked(0, HOLD)
    );
    // The newest decides: lifted, and suspended again.
    let again = [
        delta(7, &list(9, &[(&stand.leaf, HOLD)]), issuing),
        delta(7, &list(8, &lifted), issuing),
    ];
    assert_eq!(with(&clean, &again), revoked(0, HOLD));
    let forger = Issuer {
        certificate: &stand.issuing,
        key: &key(4),
    };
    assert_eq!(
        with(&held, &[delta(7, &list(8, &lifted), forger)]),
        revoked(0, HOLD)
    );
    let mut old = list(8, &lifted);
    old.this_update = at().minus(DAY);
    old.next_update = at().minus(DAY / 2);
    assert_eq!(with(&held, &[delta(7, &old, issuing)]), revoked(0, HOLD));
}

#[test]
fn partitions_count_for_what_they_are_about() {
    let stand = Stand::new();
    let issuing = stand.by_issuing();
    let of_root = signed(&list(1, &[]), stand.by_root());
    let with = |parts: &[AnyCrl]| judged(&stand, &[std::slice::from_ref(&of_root), parts].concat());
    let scope = ScopeToIssue {
        url: Some(LEAF_LIST.to_owned()),
        only: Some(Only::Users),
        ..ScopeToIssue::default()
    };
    let about = |scope: &ScopeToIssue| part(scope, &list(1, &[]), issuing);
    assert_eq!(with(&[about(&scope)]), Ok(()));
    for only in [Only::Authorities, Only::Attributes] {
        let mut other = scope.clone();
        other.only = Some(only);
        assert_eq!(with(&[about(&other)]), undetermined(0, None));
    }
    let mut elsewhere = scope.clone();
    elsewhere.url = Some("http://127.0.0.1:14502/crl/other.crl".to_owned());
    assert_eq!(with(&[about(&elsewhere)]), undetermined(0, None));
    // Half of the reasons in each: both are needed.
    let mut some = scope.clone();
    some.reasons = vec![
        RevocationReason::KeyCompromise,
        RevocationReason::CaCompromise,
    ];
    let mut others = scope;
    others.reasons = vec![
        RevocationReason::AffiliationChanged,
        RevocationReason::Superseded,
        RevocationReason::CessationOfOperation,
        RevocationReason::CertificateHold,
        RevocationReason::PrivilegeWithdrawn,
        RevocationReason::AaCompromise,
    ];
    assert_eq!(with(&[about(&some)]), undetermined(0, None));
    assert_eq!(with(&[about(&others)]), undetermined(0, None));
    assert_eq!(with(&[about(&some), about(&others)]), Ok(()));
    let held = part(&others, &list(1, &[(&stand.leaf, HOLD)]), issuing);
    assert_eq!(with(&[about(&some), held]), revoked(0, HOLD));
}

#[test]
fn a_crowd_of_forged_lists_ends_within_the_budget() {
    let stand = Stand::new();
    let forger = Issuer {
        certificate: &stand.issuing,
        key: &key(4),
    };
    let mut lists = vec![signed(&list(1, &[]), stand.by_root())];
    lists.extend((2..200).map(|number| signed(&list(number, &[]), forger)));
    assert_eq!(
        judged(&stand, &lists),
        Err(RevocationError::Budget { max: 128 })
    );
}

/// The verdicts of every order of three lists.
fn in_any_order(
    judge: impl Fn(&[AnyCrl]) -> Result<(), RevocationError>,
    lists: [AnyCrl; 3],
) -> Vec<Result<(), RevocationError>> {
    let [a, b, c] = lists;
    let orders = [
        [&a, &b, &c],
        [&a, &c, &b],
        [&b, &a, &c],
        [&b, &c, &a],
        [&c, &a, &b],
        [&c, &b, &a],
    ];
    let mut verdicts: Vec<_> = orders.map(|order| judge(&order.map(AnyCrl::clone))).into();
    verdicts.dedup();
    verdicts
}

#[test]
fn an_old_list_that_is_still_fresh_hides_no_revocation() {
    let stand = Stand::new();
    let issuing = stand.by_issuing();
    let of_root = signed(&list(1, &[]), stand.by_root());
    let compromise = Some(RevocationReason::KeyCompromise);
    let verdicts = |older: AnyCrl, newer: AnyCrl| {
        in_any_order(
            |lists| judged(&stand, lists),
            [of_root.clone(), older, newer],
        )
    };
    let clean = |number| signed(&list(number, &[]), issuing);
    let bad = |number, reason| signed(&list(number, &[(&stand.leaf, reason)]), issuing);
    assert_eq!(
        verdicts(clean(1), bad(2, compromise)),
        [revoked(0, compromise)]
    );
    // A suspension that was lifted, in the newer list.
    assert_eq!(verdicts(bad(1, HOLD), clean(2)), [Ok(())]);
    // Two lists of one number: which is the newer nobody can say, and the worse counts.
    assert_eq!(verdicts(bad(2, HOLD), clean(2)), [revoked(0, HOLD)]);
    assert_eq!(
        verdicts(bad(2, HOLD), bad(2, compromise)),
        [revoked(0, compromise)]
    );
    // A newer list that is forged, or not of its time, takes nobody's place.
    let forger = Issuer {
        certificate: &stand.issuing,
        key: &key(4),
    };
    assert_eq!(
        verdicts(bad(1, HOLD), signed(&list(2, &[]), forger)),
        [revoked(0, HOLD)]
    );
    let mut early = list(2, &[]);
    early.this_update = at().plus(DAY / 2);
    assert_eq!(
        verdicts(bad(1, HOLD), signed(&early, issuing)),
        [revoked(0, HOLD)]
    );
    // Nor does one about another part.
    let users = ScopeToIssue {
        only: Some(Only::Users),
        ..ScopeToIssue::default()
    };
    assert_eq!(
        verdicts(bad(1, HOLD), part(&users, &list(2, &[]), issuing)),
        [revoked(0, HOLD)]
    );
}

#[test]
fn a_signer_of_lists_vouches_for_himself_only_where_nobody_else_speaks_of_him() {
    const SIGNER_LIST: &str = "http://127.0.0.1:14502/crl/signer.crl";
    let stand = Stand::new();
    let issuing = stand.by_issuing();
    let signer_key = key(4);
    let mut spec =
        CertificateSpec::new(name("TEST ОРТАЛЫҚ"), signer_key.spki_der(), around()).unwrap();
    spec.key_usage = Some(KeyUsage::CRL_SIGN);
    spec.addresses.crl = Some(SIGNER_LIST.to_owned());
    let signer = certificates::issue(&spec, issuing).unwrap();
    let by_signer = Issuer {
        certificate: &signer,
        key: &signer_key,
    };
    let of_root = signed(&list(1, &[]), stand.by_root());
    let own = signed(&list(1_000, &[]), by_signer);
    let pool = std::slice::from_ref(&signer);
    let alone = [of_root.clone(), own.clone()];
    assert_eq!(judged_with(&stand, pool, &alone), Ok(()));
    assert_eq!(
        judged(&stand, &alone),
        undetermined(0, Some(CrlError::BadSignature))
    );
    let about_signer = |list: &CrlToIssue| {
        let scope = ScopeToIssue {
            url: Some(SIGNER_LIST.to_owned()),
            ..ScopeToIssue::default()
        };
        part(&scope, list, issuing)
    };
    let verdicts = |list: &CrlToIssue| {
        in_any_order(
            |lists| judged_with(&stand, pool, lists),
            [of_root.clone(), own.clone(), about_signer(list)],
        )
    };
    assert_eq!(verdicts(&list(1, &[])), [Ok(())]);
    let compromise = Some(RevocationReason::KeyCompromise);
    let refused = [undetermined(0, Some(CrlError::SignerUnproven))];
    assert_eq!(verdicts(&list(1, &[(&signer, compromise)])), refused);
    // What the authority said of him is out of date: his own word is not taken instead.
    let mut stale = list(1, &[]);
    stale.this_update = at().minus(DAY);
    stale.next_update = at().minus(DAY / 2);
    assert_eq!(verdicts(&stale), refused);
}

#[test]
fn a_crowd_of_forged_deltas_ends_within_the_budget() {
    let stand = Stand::new();
    let forger = Issuer {
        certificate: &stand.issuing,
        key: &key(4),
    };
    let mut lists = vec![
        signed(&list(1, &[]), stand.by_root()),
        signed(&list(1, &[]), stand.by_issuing()),
    ];
    lists.extend((2..200).map(|number| delta(1, &list(number, &[]), forger)));
    assert_eq!(
        judged(&stand, &lists),
        Err(RevocationError::Budget { max: 128 })
    );
    // The newest of a hundred good ones is enough.
    lists.truncate(2);
    lists.extend((2..200).map(|number| delta(1, &list(number, &[]), stand.by_issuing())));
    assert_eq!(judged(&stand, &lists), Ok(()));
}

#[test]
fn one_certificate_is_asked_about_where_what_is_above_it_is_known() {
    let stand = Stand::new();
    let issuing = stand.by_issuing();
    let path = stand.path(&stand.leaf).unwrap();
    let anchors = stand.anchors();
    let ask = |position, lists: &[AnyCrl]| {
        let known = Known {
            lists,
            pool: &[],
            anchors: &anchors,
        };
        let (limits, policy) = (Limits::default(), CrlPolicy::default());
        revocation::check_one(&path, position, at(), known, &limits, &policy)
    };
    let clean = signed(&list(7, &[]), issuing);
    let clear = |this_update| {
        Ok(Clear {
            this_update,
            next_update: Some(at().plus(DAY)),
        })
    };
    assert_eq!(ask(0, std::slice::from_ref(&clean)), clear(at()));
    let mut older = list(7, &[]);
    older.this_update = at().minus(DAY);
    older.next_update = at().plus(2 * DAY);
    let older = signed(&older, issuing);
    let news = delta(7, &list(8, &[]), issuing);
    assert_eq!(ask(0, &[older, news]), clear(at()));
    let held = signed(&list(7, &[(&stand.leaf, HOLD)]), issuing);
    assert_eq!(
        ask(0, std::slice::from_ref(&held)),
        Err(RevocationError::Revoked {
            position: 0,
            at: at().minus(DAY),
            reason: HOLD,
            is_stale: false,
            is_partial: false,
            this_update: at(),
        })
    );
    let unknown = |position| {
        Err(RevocationError::Undetermined {
            position,
            why: None,
        })
    };
    assert_eq!(ask(1, std::slice::from_ref(&clean)), unknown(1));
    assert_eq!(ask(2, std::slice::from_ref(&clean)), unknown(2));
    assert_eq!(ask(3, std::slice::from_ref(&clean)), unknown(3));
}

#[test]
fn a_list_that_is_kept_says_what_it_is() {
    let stand = Stand::new();
    let complete = signed(&list(0x1f, &[]), stand.by_issuing());
    assert_eq!(complete.number_hex().as_deref(), Some("1f"));
    assert_eq!(complete.this_update(), at());
    assert_eq!(complete.next_update(), Some(at().plus(DAY)));
    assert!(complete.names_issuer(&stand.issuing) && !complete.names_issuer(&stand.root));
    let news = delta(0x1f, &list(0x20, &[]), stand.by_issuing());
    assert_eq!((complete.is_delta(), news.is_delta()), (false, true));
    assert_eq!(AnyCrl::from_der(news.der(), 1).unwrap(), news);
}
