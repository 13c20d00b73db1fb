//! libFuzzer at [`qaqpa_fuzz::gost_verify`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::gost_verify(bytes));
