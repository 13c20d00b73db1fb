//! An authority that goes on under its name with another key: the numbers of the two keys' lists say nothing to each other.

use qaqpa_model::Limits;
use qaqpa_x509::crl::{AnyCrl, CrlError, CrlPolicy};
use qaqpa_x509::issue::{self, Addresses, Issuer};
use qaqpa_x509::revocation::{self, Known, RevocationError};
use qaqpa_x509::{Certificate, RevocationReason as Why};

use crate::for_good::Told;
use crate::stand::{DAY, Stand, around, at, key, name};

/// The authority's second certificate, of its second key.
fn second(stand: &Stand) -> Certificate {
    issue::issuing(
        name("TEST ОРТАЛЫҚ"),
        key(4).spki_der(),
        around(),
        Addresses::default(),
        stand.by_root(),
    )
    .unwrap()
}

#[test]
fn what_one_key_says_is_suspended_no_list_of_the_other_lifts() {
    let stand = Stand::new();
    let (second, second_key) = (second(&stand), key(4));
    let two = Issuer {
        certificate: &second,
        key: &second_key,
    };
    let one = stand.by_issuing();
    let held = |number| Told::number(number).listing(3, Why::CertificateHold);
    let compromised = |number| Told::number(number).listing(3, Why::KeyCompromise);
    let silent = |number| Told::number(number);
    let list = |told: Told, by: Issuer<'_>| told.complete_by(&stand, by);
    let delta = |told: Told, base, by: Issuer<'_>| told.delta_by(base, &stand, by);
    // That the second key is in force, its root says.
    let of_root = list(silent(1), stand.by_root());
    let judged = |lists: &[AnyCrl]| {
        let path = stand.path(&stand.leaf).unwrap();
        let anchors = stand.anchors();
        let known = Known {
            lists,
            pool: std::slice::from_ref(&second),
            anchors: &anchors,
        };
        let (limits, policy) = (Limits::default(), CrlPolicy::default());
        revocation::check_one(&path, 0, at(), known, &limits, &policy).map(|_| ())
    };
    let open = Err(RevocationError::Undetermined {
        position: 0,
        why: Some(CrlError::DeltaHold),
    });
    let revoked = |is_stale| {
        Err(RevocationError::Revoked {
            position: 0,
            at: at().minus(3 * DAY),
            reason: Some(Why::KeyCompromise),
            is_stale,
            is_partial: false,
            this_update: at().minus(DAY / 2),
        })
    };
    #[rustfmt::skip]
    let table = [
        ("both are silent",                          vec![list(silent(100), one), list(silent(5), two)],                                       Ok(())),
        ("out of date, beside its own list",         vec![list(silent(5), two), delta(held(7).stale(), 5, two)],                               open.clone()),
        ("and beside the other's of before",         vec![list(silent(5), two), delta(held(7).stale(), 5, two), list(silent(100).made(1), one)], open.clone()),
        ("and beside the other's of after",          vec![list(silent(5).made(2), two), delta(held(7).stale().made(1), 5, two), list(silent(100), one)], open.clone()),
        ("out of date, and its own list since",      vec![list(silent(7), two), delta(held(7).stale(), 5, two), list(silent(100), one)],       Ok(())),
        ("in its time, and its own list since",      vec![list(silent(5), two), delta(held(101), 100, one), list(silent(102), one)],           Ok(())),
        ("in its time, beside the other's alone",    vec![list(silent(5), two), delta(held(101), 100, one)],                                   open.clone()),
        ("one's word does not silence the other's",  vec![list(silent(5), two), delta(held(7).stale(), 5, two), delta(held(101).made(2), 100, one), list(silent(102), one)], open),
        ("revoked for good, of a lower number",      vec![list(silent(100), one), delta(compromised(7), 5, two)],                              revoked(true)),
        ("revoked for good, of a higher number",     vec![list(silent(5), two), delta(compromised(101), 100, one)],                            revoked(true)),
    ];
    for (case, mut lists, expected) in table {
        lists.push(of_root.clone());
        assert_eq!(judged(&lists), expected, "{case}");
        lists.reverse();
        assert_eq!(judged(&lists), expected, "{case}, reversed");
    }
}
