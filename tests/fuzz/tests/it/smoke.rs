use std::panic::catch_unwind;

use qaqpa_fuzz::mutations::mutation;
use qaqpa_fuzz::{TARGETS, Target};

use crate::seeds;

/// Holds the promise of a target over its seeds, their beginnings and its mutations.
fn hold(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let seeds: Vec<_> = seeds(name).into_iter().map(|(_, bytes)| bytes).collect();
    check(target, "nothing", b"");
    for (place, seed) in seeds.iter().enumerate() {
        check(target, &format!("seed {place}"), seed);
    }
    for number in 0..target.mutations.saturating_mul(times()) {
        let bytes = mutation(&seeds, number, target.language);
        check(target, &format!("mutation {number}"), &bytes);
    }
}

/// How many times as many mutations as a test run has: `FUZZ_TIMES`, for who has more patience.
fn times() -> u32 {
    std::env::var("FUZZ_TIMES").map_or(1, |times| {
        times.parse().expect("FUZZ_TIMES is a number of times")
    })
}

/// What panics is kept for libFuzzer and a debugger.
fn check(target: &Target, what: &str, bytes: &[u8]) {
    if catch_unwind(|| (target.hold)(bytes)).is_err() {
        let kept = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(target.name);
        std::fs::write(&kept, bytes).unwrap();
        panic!(
            "{}: {what} breaks the promise; it is in {}",
            target.name,
            kept.display()
        );
    }
}

macro_rules! hold {
    ($($name:ident,)+) => {
        $(
            #[test]
            fn $name() {
                hold(stringify!($name));
            }
        )+

        #[test]
        fn every_target_is_held() {
            let held = [$(stringify!($name)),+];
            assert_eq!(TARGETS.map(|target| target.name), held);
        }
    };
}

hold! {
    ber_definite,
    c14n,
    certificate_read,
    cms_verify,
    crl_read,
    event_log,
    gost_verify,
    key_file_read,
    ocsp_request,
    ocsp_response,
    pkcs10_read,
    tsp_request,
    tsp_token,
    wire_read,
    wsse_verify,
    xades_verify,
    xml_parse,
    xmldsig_verify,
}
