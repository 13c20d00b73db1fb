//! A request that is proven is signed by the key that it shows; nothing panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qaqpa_crypto::public::check_key;
use qaqpa_x509::pkcs10::UnprovenRequest;

fuzz_target!(|bytes: &[u8]| {
    let _ = UnprovenRequest::from_pem(bytes);
    if let Ok(request) = UnprovenRequest::from_der(bytes)
        && let Ok(proven) = request.prove()
    {
        assert_eq!(check_key(proven.spki_der()), Ok(()));
    }
});
