//! libFuzzer at [`qaqpa_fuzz::wsse_verify`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::wsse_verify(bytes));
