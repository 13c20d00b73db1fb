//! libFuzzer at [`qaqpa_fuzz::pkcs10_read`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::pkcs10_read(bytes));
