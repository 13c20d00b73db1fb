//! libFuzzer at [`qaqpa_fuzz::ocsp_request`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::ocsp_request(bytes));
