//! No list makes a revoked certificate good; nothing panics.
//!
//! The seeds are an authority's lists, whose key was thrown away; each of them says that the leaf is revoked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qaqpa_model::{Limits, Moment};
use qaqpa_x509::crl::{self, AnyCrl, CrlPolicy};
use qaqpa_x509::revocation::{self, Known};
use qaqpa_x509::{Certificate, TrustAnchors, path};

const ROOT: &[u8] = include_bytes!("../seeds/certificate_read/root.der");
const LEAF: &[u8] = include_bytes!("../seeds/certificate_read/leaf.der");
const COMPLETE: &[u8] = include_bytes!("../seeds/crl_read/complete.der");

fuzz_target!(|bytes: &[u8]| {
    let at = Moment::parse("2027-01-01T00:00:00Z").expect("a moment");
    let (root, leaf) = (certificate(ROOT), certificate(LEAF));
    let anchors = TrustAnchors::new([root.clone()]);
    let limits = Limits::default();
    let policy = CrlPolicy::default();
    let path = path::build(&leaf, &[], &anchors, at, &limits).expect("the seed's path");

    if let Ok(list) = crl::verify(bytes, &root, at) {
        assert_ne!(list.status(leaf.serial()), crl::CrlStatus::NotListed);
    }
    let _ = crl::verify_delta(bytes, &root, at, &policy);
    if let Ok(list) = AnyCrl::from_der(bytes, 1000) {
        let complete = AnyCrl::from_der(COMPLETE, 1000).expect("the seed's list");
        for lists in [vec![list.clone()], vec![list, complete]] {
            let known = Known {
                lists: &lists,
                pool: &[],
                anchors: &anchors,
            };
            assert!(revocation::check(&path, known, &limits, &policy).is_err());
        }
    }
});

fn certificate(der: &[u8]) -> Certificate {
    Certificate::from_der(der).expect("the seed is a certificate")
}
