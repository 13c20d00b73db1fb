use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use qaqpa_crypto::public::check_key;
use qaqpa_crypto::{CryptoError, PrivateKey};

fn pkcs8(pair: &PKey<Private>) -> Vec<u8> {
    pair.private_key_to_pkcs8().unwrap()
}

#[test]
fn a_key_of_openssl_is_read_and_has_the_same_public_half() {
    let pair = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let key = PrivateKey::from_pkcs8_der(&pkcs8(&pair)).unwrap();
    assert_eq!(key.spki_der(), pair.public_key_to_der().unwrap());
}

#[test]
fn openssl_reads_our_key() {
    let key = PrivateKey::generate_rsa_2048().unwrap();
    let pair = PKey::private_key_from_pkcs8(&key.to_pkcs8_der()).unwrap();
    assert!(pair.rsa().unwrap().check_key().unwrap());
    assert_eq!(pair.public_key_to_der().unwrap(), key.spki_der());
}

#[test]
fn a_short_private_key_is_weak() {
    let pair = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
    assert_eq!(
        PrivateKey::from_pkcs8_der(&pkcs8(&pair)).unwrap_err(),
        CryptoError::Weak {
            why: "an RSA key of fewer than 2048 bits"
        }
    );
}

#[test]
fn a_key_of_another_kind_is_unsupported_by_its_oid() {
    let pair = PKey::generate_ed25519().unwrap();
    let unsupported = CryptoError::Unsupported {
        oid: "1.3.101.112".to_owned(),
    };
    assert_eq!(
        PrivateKey::from_pkcs8_der(&pkcs8(&pair)).unwrap_err(),
        unsupported
    );
    assert_eq!(
        check_key(&pair.public_key_to_der().unwrap()),
        Err(unsupported)
    );
}

#[test]
fn a_key_over_a_curve_that_is_not_offered_is_unsupported_by_the_curve() {
    let group = EcGroup::from_curve_name(Nid::SECP521R1).unwrap();
    let pair = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let unsupported = CryptoError::Unsupported {
        oid: "1.3.132.0.35".to_owned(),
    };
    assert_eq!(
        PrivateKey::from_pkcs8_der(&pkcs8(&pair)).unwrap_err(),
        unsupported
    );
    assert_eq!(
        check_key(&pair.public_key_to_der().unwrap()),
        Err(unsupported)
    );
}

#[test]
fn a_private_key_whose_parts_do_not_belong_together_is_unusable() {
    let (one, other) = (Rsa::generate(2048).unwrap(), Rsa::generate(2048).unwrap());
    let mixed = Rsa::from_private_components(
        one.n().to_owned().unwrap(),
        one.e().to_owned().unwrap(),
        other.d().to_owned().unwrap(),
        one.p().unwrap().to_owned().unwrap(),
        one.q().unwrap().to_owned().unwrap(),
        one.dmp1().unwrap().to_owned().unwrap(),
        one.dmq1().unwrap().to_owned().unwrap(),
        one.iqmp().unwrap().to_owned().unwrap(),
    )
    .unwrap();
    assert_eq!(
        PrivateKey::from_pkcs8_der(&pkcs8(&PKey::from_rsa(mixed).unwrap())).unwrap_err(),
        CryptoError::KeyUnusable {
            why: "not a consistent RSA private key"
        }
    );
}

#[test]
fn an_even_modulus_and_a_huge_key_are_unusable() {
    let mut even = Rsa::generate(2048).unwrap().n().to_owned().unwrap();
    even.clear_bit(0).unwrap();
    let mut huge = BigNum::new().unwrap();
    huge.set_bit(8192).unwrap();
    huge.set_bit(0).unwrap();
    for (modulus, why) in [
        (even, "an even RSA modulus"),
        (huge, "an RSA key of more than 8192 bits"),
    ] {
        let exponent = BigNum::from_u32(65_537).unwrap();
        let key = PKey::from_rsa(Rsa::from_public_components(modulus, exponent).unwrap()).unwrap();
        assert_eq!(
            check_key(&key.public_key_to_der().unwrap()),
            Err(CryptoError::KeyUnusable { why })
        );
    }
}
