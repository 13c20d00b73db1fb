//! No bytes make the reader of key files panic, whatever the password.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qaqpa_x509::pkcs12;

fuzz_target!(|bytes: &[u8]| {
    for password in ["", "Qwerty12"] {
        let names = pkcs12::aliases(bytes, password);
        if pkcs12::read(bytes, password).is_ok() {
            assert!(names.is_ok_and(|names| names.len() == 1));
        }
    }
});
