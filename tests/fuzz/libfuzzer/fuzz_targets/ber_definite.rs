//! libFuzzer at [`qaqpa_fuzz::ber_definite`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::ber_definite(bytes));
