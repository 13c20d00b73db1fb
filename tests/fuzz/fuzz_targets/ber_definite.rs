//! What comes out of the BER normaliser is definite: it comes out of it again as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qaqpa_x509::ber::to_definite;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(definite) = to_definite(bytes) {
        assert_eq!(to_definite(&definite), Ok(definite));
    }
});
