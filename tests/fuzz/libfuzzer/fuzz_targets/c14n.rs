//! libFuzzer at [`qaqpa_fuzz::c14n`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::c14n(bytes));
