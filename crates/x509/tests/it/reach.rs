//! What evidence reaches: certificates whose time was over when it was made, authorities whose time is over when it is heard, and
//! what cannot be undone.

mod answers;

use qaqpa_model::{Limits, Moment};
use qaqpa_x509::crl::{
    AnyCrl, CrlError, CrlPolicy, CrlToIssue, RevokedEntry, expired_certs_on_crl, issue_delta_with,
    issue_with,
};
use qaqpa_x509::issue::{self as certificates, Addresses, Issuer, Validity};
use qaqpa_x509::revocation::{self, Known, RevocationError};
use qaqpa_x509::{Certificate, RevocationReason as Why};

use crate::stand::{DAY, Stand, at, leaf_spec, name, root_life};
use crate::tools::Desk;

const SECOND: std::time::Duration = std::time::Duration::from_secs(1);

/// The end of a certificate that is out of its validity since three days.
fn end() -> Moment {
    at().minus(3 * DAY)
}

fn until_end() -> Validity {
    Validity {
        not_before: at().minus(10 * DAY),
        not_after: end(),
    }
}

/// A leaf that ended three days ago.
fn ended(stand: &Stand) -> Certificate {
    stand.leaf_with(|spec| spec.validity = until_end())
}

fn entry(of: &Certificate, days_ago: u32, reason: Option<Why>) -> RevokedEntry {
    RevokedEntry {
        serial: of.serial().to_vec(),
        at: at().minus(days_ago * DAY),
        reason,
    }
}

fn list(number: u64, entries: Vec<RevokedEntry>) -> CrlToIssue {
    CrlToIssue {
        number,
        this_update: at(),
        next_update: at().plus(DAY),
        entries,
        freshest_crl_url: None,
    }
}

fn signed(list: &CrlToIssue, keeps_since: Option<Moment>, by: Issuer<'_>) -> AnyCrl {
    let more: Vec<_> = keeps_since
        .map(|since| expired_certs_on_crl(since).unwrap())
        .into_iter()
        .collect();
    let der = issue_with(list, &more, by.certificate, by.key).unwrap();
    AnyCrl::from_der(&der, 1000).unwrap()
}

fn delta(base: u64, list: &CrlToIssue, keeps_since: Option<Moment>, by: Issuer<'_>) -> AnyCrl {
    let more: Vec<_> = keeps_since
        .map(|since| expired_certs_on_crl(since).unwrap())
        .into_iter()
        .collect();
    let der = issue_delta_with(base, list, &more, by.certificate, by.key).unwrap();
    AnyCrl::from_der(&der, 1000).unwrap()
}

/// What the lists say now of a certificate whose path was proven while everything was in force.
fn heard(
    stand: &Stand,
    leaf: &Certificate,
    issuing: &[Certificate],
    lists: &[AnyCrl],
    now: Moment,
) -> Result<(), RevocationError> {
    let anchors = stand.anchors();
    let then = at().minus(5 * DAY);
    let path =
        qaqpa_x509::path::build(leaf, &issuing[..1], &anchors, then, &Limits::default()).unwrap();
    let known = Known {
        lists,
        pool: &issuing[1..],
        anchors: &anchors,
    };
    let policy = CrlPolicy::default();
    revocation::check_one(&path, 0, now, known, &Limits::default(), &policy).map(|_| ())
}

fn said(stand: &Stand, leaf: &Certificate, lists: &[AnyCrl]) -> Result<(), RevocationError> {
    heard(
        stand,
        leaf,
        std::slice::from_ref(&stand.issuing),
        lists,
        at(),
    )
}

fn undetermined(why: CrlError) -> Result<(), RevocationError> {
    Err(RevocationError::Undetermined {
        position: 0,
        why: Some(why),
    })
}

fn revoked(days_ago: u32, reason: Option<Why>) -> Result<(), RevocationError> {
    Err(RevocationError::Revoked {
        position: 0,
        at: at().minus(days_ago * DAY),
        reason,
        is_stale: false,
        is_partial: false,
        this_update: at(),
    })
}

/// Source: RFC 5280 §3.3: entries are removed after the certificate's end; X.509 §8.5.2.12: expiredCertsOnCRL.
#[test]
fn a_list_of_after_the_certificates_end_counts_where_it_keeps_entries_for_so_long() {
    let stand = Stand::new();
    let (leaf, by) = (ended(&stand), stand.by_issuing());
    let forgotten = undetermined(CrlError::Expired { not_after: end() });
    let made = |this_update, keeps| {
        let list = CrlToIssue {
            this_update,
            ..list(1, Vec::new())
        };
        said(&stand, &leaf, &[signed(&list, keeps, by)])
    };
    assert_eq!(made(at(), None), forgotten);
    assert_eq!(made(at(), Some(end())), Ok(()));
    assert_eq!(made(at(), Some(Moment::ROOT_BEGIN)), Ok(()));
    assert_eq!(made(at(), Some(end().plus(SECOND))), forgotten);
    assert_eq!(made(end(), None), Ok(()), "made while it was in force");
    assert_eq!(made(end().plus(SECOND), None), forgotten);
    let listed = list(1, vec![entry(&leaf, 4, None)]);
    assert_eq!(
        said(&stand, &leaf, &[signed(&listed, None, by)]),
        revoked(4, None),
        "what is listed is heard always"
    );
}

#[test]
fn a_list_whose_expired_certs_on_crl_is_no_time_is_none() {
    let stand = Stand::new();
    let (oid, critical, _) = expired_certs_on_crl(at()).unwrap();
    let by = stand.by_issuing();
    for value in [vec![0x05, 0x00], b"\x17\x0d261122050000Z".to_vec()] {
        let more = [(oid, critical, value)];
        let der = issue_with(&list(1, Vec::new()), &more, by.certificate, by.key).unwrap();
        assert_eq!(
            AnyCrl::from_der(&der, 1000).map(|_| ()),
            Err(CrlError::Malformed)
        );
    }
}

#[test]
fn openssl_reads_lists_that_keep_expired_certificates() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("issuing.pem", stand.issuing.to_pem());
    let list = list(1, vec![entry(&stand.leaf, 1, None)]);
    desk.put(
        "list.der",
        signed(&list, Some(end()), stand.by_issuing()).der(),
    );
    let text = desk
        .openssl(&[
            "crl",
            "-inform",
            "DER",
            "-in",
            "list.der",
            "-CAfile",
            "issuing.pem",
            "-noout",
            "-text",
        ])
        .yes();
    assert!(text.contains("verify OK"), "{text}");
    assert!(text.contains("2.5.29.60"), "{text}");
}

/// RFC 5280 §5.3.1: removeFromCRL says that a suspension was lifted, or that the certificate expired.
#[test]
fn a_removal_of_after_the_certificates_end_lifts_no_suspension() {
    let stand = Stand::new();
    let (leaf, by) = (ended(&stand), stand.by_issuing());
    let hold = CrlToIssue {
        this_update: end(),
        ..list(1, vec![entry(&leaf, 4, Some(Why::CertificateHold))])
    };
    let base = signed(&hold, None, by);
    let removal = list(2, vec![entry(&leaf, 1, Some(Why::RemoveFromCrl))]);
    let with = |keeps| {
        said(
            &stand,
            &leaf,
            &[base.clone(), delta(1, &removal, keeps, by)],
        )
    };
    assert_eq!(with(None), revoked(4, Some(Why::CertificateHold)));
    assert_eq!(with(Some(end())), Ok(()));
}

/// An authority that ended could date lists back; one that was certified anew for the same key could not.
#[test]
fn a_list_of_an_authority_that_ended_is_not_heard() {
    let stand = Stand::new();
    let authority = |validity| {
        let (spki, by) = (stand.issuing_key.spki_der(), stand.by_root());
        certificates::issuing(
            name("TEST ОРТАЛЫҚ"),
            spki,
            validity,
            Addresses::default(),
            by,
        )
        .unwrap()
    };
    let (old, new) = (authority(until_end()), authority(root_life()));
    let by = Issuer {
        certificate: &old,
        key: &stand.issuing_key,
    };
    let leaf = certificates::issue(
        &qaqpa_x509::issue::CertificateSpec {
            validity: Validity {
                not_after: at().plus(DAY),
                ..until_end()
            },
            ..leaf_spec(&stand.leaf_key)
        },
        by,
    )
    .unwrap();
    let list = CrlToIssue {
        this_update: end().minus(DAY),
        ..list(1, Vec::new())
    };
    // The root's list says that the new certificate is not revoked.
    let lists = [
        signed(&list, None, by),
        signed(&list, None, stand.by_root()),
    ];
    let heard = |issuing: &[Certificate], now| heard(&stand, &leaf, issuing, &lists, now);
    let alone = std::slice::from_ref(&old);
    assert_eq!(heard(alone, end()), Ok(()));
    let later = end().plus(SECOND);
    assert_eq!(
        heard(alone, later),
        undetermined(CrlError::SignerNotInForce { at: later })
    );
    assert_eq!(heard(&[old, new], at()), Ok(()));
}

/// The reason that cannot be lifted, since the earliest date.
#[test]
fn of_several_entries_the_graver_reason_counts_since_the_earliest_date() {
    let stand = Stand::new();
    let (leaf, by) = (stand.leaf.clone(), stand.by_issuing());
    let mine = |days_ago, reason| entry(&leaf, days_ago, Some(reason));
    let path = |lists: &[AnyCrl]| {
        let anchors = stand.anchors();
        let known = Known {
            lists,
            pool: &[],
            anchors: &anchors,
        };
        let path = stand.path(&leaf).unwrap();
        let policy = CrlPolicy::default();
        revocation::check_one(&path, 0, at(), known, &Limits::default(), &policy).map(|_| ())
    };
    let (hold, compromise, removal) =
        (Why::CertificateHold, Why::KeyCompromise, Why::RemoveFromCrl);
    let updated = |base, change| {
        path(&[
            signed(&list(1, vec![base]), None, by),
            delta(1, &list(2, vec![change]), None, by),
        ])
    };
    let since = |days_ago| revoked(days_ago, Some(compromise));
    assert_eq!(updated(mine(9, hold), mine(2, compromise)), since(9));
    assert_eq!(updated(mine(2, compromise), mine(9, hold)), since(9));
    assert_eq!(
        updated(mine(9, compromise), mine(2, removal)),
        since(9),
        "revoked for good"
    );
    assert_eq!(
        updated(mine(9, hold), mine(2, hold)),
        revoked(9, Some(hold))
    );
    assert_eq!(updated(mine(9, hold), mine(2, removal)), Ok(()));
    let twice = |first, second| path(&[signed(&list(1, vec![first, second]), None, by)]);
    assert_eq!(twice(mine(9, hold), mine(2, compromise)), since(9));
    assert_eq!(twice(mine(2, compromise), mine(9, hold)), since(9));
}

/// A list that is out of date is no evidence that somebody is good; what it says of those who were revoked for good holds.
#[test]
fn a_list_that_is_out_of_date_is_heard_about_what_cannot_be_lifted() {
    let stand = Stand::new();
    let (leaf, by) = (stand.leaf.clone(), stand.by_issuing());
    let old = |reason| {
        let list = CrlToIssue {
            this_update: at().minus(2 * DAY),
            next_update: at().minus(DAY),
            ..list(1, vec![entry(&leaf, 4, reason)])
        };
        signed(&list, None, by)
    };
    let anchors = stand.anchors();
    let path = stand.path(&leaf).unwrap();
    let judged = |lists: &[AnyCrl]| {
        let known = Known {
            lists,
            pool: &[],
            anchors: &anchors,
        };
        let policy = CrlPolicy::default();
        revocation::check_one(&path, 0, at(), known, &Limits::default(), &policy).map(|_| ())
    };
    let stale = undetermined(CrlError::Stale {
        moment: at().minus(DAY),
    });
    let of_old = |reason| {
        Err(RevocationError::Revoked {
            position: 0,
            at: at().minus(4 * DAY),
            reason,
            is_stale: true,
            is_partial: false,
            this_update: at().minus(2 * DAY),
        })
    };
    let compromise = Some(Why::KeyCompromise);
    assert_eq!(judged(&[old(compromise)]), of_old(compromise));
    assert_eq!(judged(&[old(None)]), of_old(None));
    assert_eq!(judged(&[old(Some(Why::CertificateHold))]), stale);
    let newer = signed(&list(2, Vec::new()), None, by);
    assert_eq!(judged(&[old(None), newer]), Ok(()), "its place is taken");
}
