//! libFuzzer at [`qaqpa_fuzz::tsp_request`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::tsp_request(bytes));
