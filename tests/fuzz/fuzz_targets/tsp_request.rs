//! A time-stamp request that is read is written as it came; nothing panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qaqpa_x509::tsp::StampRequest;

fuzz_target!(|bytes: &[u8]| {
    match StampRequest::decode(bytes) {
        Ok(request) => assert_eq!(request.encode(), bytes),
        Err(error) => {
            let _ = (error.failure(), error.to_string());
        }
    }
});
