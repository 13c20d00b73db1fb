//! libFuzzer at [`qaqpa_fuzz::key_file_read`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::key_file_read(bytes));
