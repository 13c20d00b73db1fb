use std::sync::OnceLock;

use proptest::prelude::*;
use qaqpa_crypto::password::{Password, Work};
use qaqpa_crypto::{KeyKind, PrivateKey, SignatureAlgorithm, verify};

/// One key of every kind, RSA first.
fn keys() -> &'static [PrivateKey] {
    static KEYS: OnceLock<Vec<PrivateKey>> = OnceLock::new();
    KEYS.get_or_init(|| {
        KeyKind::ALL
            .into_iter()
            .map(|kind| PrivateKey::generate(kind).unwrap())
            .collect()
    })
}

fn key() -> &'static PrivateKey {
    &keys()[0]
}

proptest! {
    #[test]
    fn no_bytes_make_the_readers_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let _ = PrivateKey::from_pkcs8_der(&bytes);
        let _ = verify(&bytes, SignatureAlgorithm::RsaSha256, b"", &bytes);
        for key in keys() {
            let algorithm = key.kind().signature_algorithm();
            let _ = verify(&bytes, algorithm, b"", &bytes);
            prop_assert!(verify(key.spki_der(), algorithm, b"", &bytes).is_err());
        }
        for algorithm in SignatureAlgorithm::ALL {
            let _ = algorithm.value_from_xml(&bytes);
            let _ = algorithm.value_to_xml(bytes.clone());
        }
        let mut work = Work { iterations_left: 1_000 };
        let _ = Password::of("x").open(&bytes, &bytes, &mut work);
    }

    #[test]
    fn a_damaged_key_or_signature_of_any_kind_neither_panics_nor_verifies(
        kind in 0usize..4,
        at in 0usize..2000,
        bit in 0u8..8,
    ) {
        let key = &keys()[kind];
        let algorithm = key.kind().signature_algorithm();
        let good = key.sign(algorithm, b"m").unwrap();
        prop_assert_eq!(verify(key.spki_der(), algorithm, b"m", &good), Ok(()));
        let mut spki = key.spki_der().to_vec();
        let in_key = at % spki.len();
        spki[in_key] ^= 1 << bit;
        prop_assert!(verify(&spki, algorithm, b"m", &good).is_err());
        let mut bad = good.clone();
        let in_signature = at % bad.len();
        bad[in_signature] ^= 1 << bit;
        prop_assert!(verify(key.spki_der(), algorithm, b"m", &bad).is_err());
        let mut pkcs8 = key.to_pkcs8_der().to_vec();
        let in_pkcs8 = at % pkcs8.len();
        pkcs8[in_pkcs8] ^= 1 << bit;
        let _ = PrivateKey::from_pkcs8_der(&pkcs8);
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
