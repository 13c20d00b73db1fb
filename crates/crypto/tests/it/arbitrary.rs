use std::sync::OnceLock;

use proptest::prelude::*;
use qaqpa_crypto::{PrivateKey, SignatureAlgorithm, verify};

fn key() -> &'static PrivateKey {
    static KEY: OnceLock<PrivateKey> = OnceLock::new();
    KEY.get_or_init(|| PrivateKey::generate_rsa_2048().unwrap())
}

proptest! {
    #[test]
    fn no_bytes_make_the_readers_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let _ = PrivateKey::from_pkcs8_der(&bytes);
        let _ = verify(&bytes, SignatureAlgorithm::RsaSha256, b"", &bytes);
        let _ = verify(key().spki_der(), SignatureAlgorithm::RsaSha256, b"", &bytes);
    }

    #[test]
    fn a_damaged_public_key_neither_panics_nor_verifies(at in 0usize..294, bit in 0u8..8) {
        let mut spki = key().spki_der().to_vec();
        prop_assert_eq!(spki.len(), 294);
        spki[at] ^= 1 << bit;
        let signature = key().sign(SignatureAlgorithm::RsaSha256, b"m").unwrap();
        prop_assert!(verify(&spki, SignatureAlgorithm::RsaSha256, b"m", &signature).is_err());
        prop_assert!(verify(&spki[..at], SignatureAlgorithm::RsaSha256, b"m", &signature).is_err());
    }

    #[test]
    fn a_damaged_private_key_does_not_make_the_reader_panic(at in 0usize..1000, bit in 0u8..8) {
        let mut der = key().to_pkcs8_der().to_vec();
        der[at] ^= 1 << bit;
        let _ = PrivateKey::from_pkcs8_der(&der);
        let _ = PrivateKey::from_pkcs8_der(&der[..at]);
    }
}
