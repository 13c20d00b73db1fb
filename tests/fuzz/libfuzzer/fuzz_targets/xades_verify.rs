//! libFuzzer at [`qaqpa_fuzz::xades_verify`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::xades_verify(bytes));
