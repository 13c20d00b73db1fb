//! libFuzzer at [`qaqpa_fuzz::crl_read`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::crl_read(bytes));
