//! libFuzzer at [`qaqpa_fuzz::xml_parse`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qaqpa_fuzz::xml_parse(bytes));
