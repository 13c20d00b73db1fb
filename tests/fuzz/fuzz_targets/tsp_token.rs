//! No token is believed that does not say what the signed seed says; nothing panics.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use qaqpa_model::Moment;
use qaqpa_x509::tsp::{Response, Stamped, Wanted, verify};

/// What was stamped, as in `examples/write_seeds.rs`.
const DATA: &[u8] = b"TEST data to stamp";

fuzz_target!(|bytes: &[u8]| {
    if let Ok(response) = Response::decode(bytes) {
        let _ = response.token().map(judge);
    }
    judge(bytes);
});

fn judge(token: &[u8]) {
    let wanted = Wanted {
        nonce: None,
        policy: None,
        not_before: None,
        at: Moment::ROOT_END,
        skew_max: Duration::ZERO,
        accuracy_max: Duration::MAX,
    };
    if let Ok(stamp) = verify(token, Stamped::Data(DATA), &wanted, &[]) {
        assert_eq!(stamp.serial, [7]);
        assert_eq!(stamp.gen_time, Moment::ROOT_BEGIN);
        let _ = (stamp.earliest(), stamp.latest(), stamp.compare(&stamp));
    }
}
