//! libFuzzer at [`qaqpa_fuzz::wire_read`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::wire_read(bytes));
