//! libFuzzer at [`qaqpa_fuzz::cms_verify`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::cms_verify(bytes));
