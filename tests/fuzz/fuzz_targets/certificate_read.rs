//! No bytes but the seeds' make a path to their root, whose key was thrown away; nothing panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qaqpa_model::{Limits, Moment};
use qaqpa_x509::path::{self, PathInputs};
use qaqpa_x509::{Certificate, TrustAnchors, oid, profile};

const SEEDS: [&[u8]; 3] = [
    include_bytes!("../seeds/certificate_read/root.der"),
    include_bytes!("../seeds/certificate_read/leaf.der"),
    include_bytes!("../seeds/certificate_read/sub.der"),
];

fuzz_target!(|bytes: &[u8]| {
    let Ok(read) = Certificate::from_der(bytes) else {
        return;
    };
    assert_eq!(read.der(), bytes);
    let _ = (
        read.subject().to_string(),
        read.iin(),
        read.is_self_issued(),
    );
    let _ = (read.crl_urls(), read.ocsp_urls(), read.policies());
    let _ = profile::is_for_signing(&read);
    let _ = read.matches_issuer_serial(&read.issuer_name(), &read.serial_decimal());

    let root = Certificate::from_der(SEEDS[0]).expect("the seed is a certificate");
    let at = Moment::parse("2027-01-01T00:00:00Z").expect("a moment");
    let limits = Limits::default();
    for inputs in [
        PathInputs::default(),
        PathInputs {
            initial_policies: vec![oid::POLICY_RSA_SIGN],
            require_explicit_policy: true,
            ..PathInputs::default()
        },
    ] {
        let anchors = TrustAnchors::new([root.clone()]);
        let pool = [read.clone()];
        if path::build_with(&read, &pool, &anchors, at, &limits, &inputs).is_ok() {
            let signed = Certificate::tbs_der(&read);
            assert!(SEEDS.iter().any(|seed| {
                Certificate::from_der(seed).is_ok_and(|seed| seed.tbs_der() == signed)
            }));
        }
        // As an anchor of its own it is judged to its end.
        let anchors = TrustAnchors::new([read.clone(), root.clone()]);
        let _ = path::build_with(&read, &pool, &anchors, at, &limits, &inputs);
    }
});
