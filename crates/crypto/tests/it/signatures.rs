use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Signer, Verifier};
use qaqpa_crypto::{CryptoError, KeyKind, PrivateKey, PublicKey, SignatureAlgorithm, verify};

fn message_digest(algorithm: SignatureAlgorithm) -> MessageDigest {
    match algorithm {
        SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::RsaPssSha256 => MessageDigest::sha256(),
        SignatureAlgorithm::RsaSha384 | SignatureAlgorithm::RsaPssSha384 => MessageDigest::sha384(),
        SignatureAlgorithm::RsaSha512 | SignatureAlgorithm::RsaPssSha512 => MessageDigest::sha512(),
        other => panic!("no digest for {other}"),
    }
}

const STRONG: [SignatureAlgorithm; 6] = [
    SignatureAlgorithm::RsaSha256,
    SignatureAlgorithm::RsaSha384,
    SignatureAlgorithm::RsaSha512,
    SignatureAlgorithm::RsaPssSha256,
    SignatureAlgorithm::RsaPssSha384,
    SignatureAlgorithm::RsaPssSha512,
];

fn is_pss(algorithm: SignatureAlgorithm) -> bool {
    algorithm.oid() == qaqpa_crypto::oid::RSASSA_PSS
}

/// OpenSSL's signature, for RSASSA-PSS with a salt of this length.
fn openssl_signs(
    pair: &PKey<Private>,
    algorithm: SignatureAlgorithm,
    salt: RsaPssSaltlen,
) -> Vec<u8> {
    let mut signer = Signer::new(message_digest(algorithm), pair).unwrap();
    if is_pss(algorithm) {
        signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
        signer.set_rsa_pss_saltlen(salt).unwrap();
        signer.set_rsa_mgf1_md(message_digest(algorithm)).unwrap();
    }
    signer.sign_oneshot_to_vec(b"message").unwrap()
}

#[test]
fn openssl_accepts_our_signatures() {
    let key = PrivateKey::generate_rsa_2048().unwrap();
    let public = PKey::public_key_from_der(key.spki_der()).unwrap();
    for algorithm in STRONG {
        let signature = key.sign(algorithm, b"message").unwrap();
        let mut verifier = Verifier::new(message_digest(algorithm), &public).unwrap();
        if is_pss(algorithm) {
            verifier.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
            let salt = RsaPssSaltlen::DIGEST_LENGTH;
            verifier.set_rsa_pss_saltlen(salt).unwrap();
            verifier.set_rsa_mgf1_md(message_digest(algorithm)).unwrap();
        }
        assert!(
            verifier
                .verify_oneshot(&signature, b"message")
                .is_ok_and(|ok| ok)
        );
    }
}

#[test]
fn signatures_of_openssl_are_accepted_and_every_flipped_bit_refused() {
    let pair = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let spki = pair.public_key_to_der().unwrap();
    let kept = PublicKey::from_spki_der(&spki).unwrap();
    for algorithm in STRONG {
        let good = openssl_signs(&pair, algorithm, RsaPssSaltlen::DIGEST_LENGTH);
        assert_eq!(verify(&spki, algorithm, b"message", &good), Ok(()));
        assert_eq!(kept.verify(algorithm, b"message", &good), Ok(()));
        for other in STRONG {
            let expected = if other == algorithm {
                Ok(())
            } else {
                Err(CryptoError::BadSignature)
            };
            assert_eq!(kept.verify(other, b"message", &good), expected);
        }
        assert_eq!(
            verify(&spki, algorithm, b"massage", &good),
            Err(CryptoError::BadSignature)
        );
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            assert_eq!(
                verify(&spki, algorithm, b"message", &bad),
                Err(CryptoError::BadSignature),
                "byte {at}"
            );
        }
    }
}

/// The salt is a part of the algorithm: one of another length is another algorithm, which nothing here names.
#[test]
fn a_salt_of_another_length_than_the_digests_is_refused() {
    let pair = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let spki = pair.public_key_to_der().unwrap();
    for algorithm in STRONG.into_iter().filter(|algorithm| is_pss(*algorithm)) {
        for salt in [
            RsaPssSaltlen::custom(0),
            RsaPssSaltlen::custom(20),
            RsaPssSaltlen::MAXIMUM_LENGTH,
        ] {
            let other = openssl_signs(&pair, algorithm, salt);
            assert_eq!(
                verify(&spki, algorithm, b"message", &other),
                Err(CryptoError::BadSignature)
            );
        }
    }
}

#[test]
fn a_key_that_is_kept_verifies_and_refuses_as_one_that_is_not() {
    let mut keys = KeyKind::ALL
        .map(|kind| PrivateKey::generate(kind).unwrap())
        .to_vec();
    keys.push(PrivateKey::generate_ecdsa_p384().unwrap());
    for key in keys {
        let kept = PublicKey::from_spki_der(key.spki_der()).unwrap();
        let own = key.signature_algorithm();
        let good = key.sign(own, b"message").unwrap();
        for algorithm in SignatureAlgorithm::ALL {
            for message in [b"message", b"massage"] {
                assert_eq!(
                    kept.verify(algorithm, message, &good),
                    verify(key.spki_der(), algorithm, message, &good),
                    "{algorithm}"
                );
            }
        }
        assert_eq!(kept.verify(own, b"message", &good), Ok(()));
    }
}

#[test]
fn a_signature_of_another_length_or_digest_is_refused() {
    let key = PrivateKey::generate_rsa_2048().unwrap();
    let good = key.sign(SignatureAlgorithm::RsaSha256, b"message").unwrap();
    let longer = [&good[..], &[0]].concat();
    let padded = [&[0], &good[..]].concat();
    for bad in [&longer[..], &padded, &good[1..], &[]] {
        assert_eq!(
            verify(
                key.spki_der(),
                SignatureAlgorithm::RsaSha256,
                b"message",
                bad
            ),
            Err(CryptoError::BadSignature)
        );
    }
    assert_eq!(
        verify(
            key.spki_der(),
            SignatureAlgorithm::RsaSha512,
            b"message",
            &good
        ),
        Err(CryptoError::BadSignature)
    );
}

#[test]
fn sha_1_is_weak_even_when_the_signature_is_right() {
    let pair = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut signer = Signer::new(MessageDigest::sha1(), &pair).unwrap();
    let signature = signer.sign_oneshot_to_vec(b"message").unwrap();
    assert_eq!(
        verify(
            &pair.public_key_to_der().unwrap(),
            SignatureAlgorithm::RsaSha1,
            b"message",
            &signature
        ),
        Err(CryptoError::Weak {
            why: "a signature with SHA-1"
        })
    );
}

#[test]
fn a_short_key_or_a_small_exponent_is_weak_even_when_the_signature_is_right() {
    let short = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
    let three = BigNum::from_u32(3).unwrap();
    let small = PKey::from_rsa(Rsa::generate_with_e(2048, &three).unwrap()).unwrap();
    for (pair, why) in [
        (short, "an RSA key of fewer than 2048 bits"),
        (small, "an RSA exponent below 65537"),
    ] {
        let mut signer = Signer::new(MessageDigest::sha256(), &pair).unwrap();
        let signature = signer.sign_oneshot_to_vec(b"message").unwrap();
        assert_eq!(
            verify(
                &pair.public_key_to_der().unwrap(),
                SignatureAlgorithm::RsaSha256,
                b"message",
                &signature
            ),
            Err(CryptoError::Weak { why })
        );
    }
}

#[test]
fn ecdsa_signatures_pass_between_openssl_and_us_both_ways() {
    for (key, digest) in [
        (
            PrivateKey::generate(KeyKind::Ecdsa),
            MessageDigest::sha256(),
        ),
        (PrivateKey::generate_ecdsa_p384(), MessageDigest::sha384()),
    ] {
        let key = key.unwrap();
        let public = PKey::public_key_from_der(key.spki_der()).unwrap();
        let ours = key.sign(key.signature_algorithm(), b"message").unwrap();
        let mut verifier = Verifier::new(digest, &public).unwrap();
        assert!(verifier.verify_oneshot(&ours, b"message").unwrap());
    }

    for (curve, algorithm, digest) in [
        (
            Nid::X9_62_PRIME256V1,
            SignatureAlgorithm::EcdsaSha256,
            MessageDigest::sha256(),
        ),
        (
            Nid::SECP384R1,
            SignatureAlgorithm::EcdsaSha384,
            MessageDigest::sha384(),
        ),
    ] {
        let group = EcGroup::from_curve_name(curve).unwrap();
        let pair = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let spki = pair.public_key_to_der().unwrap();
        let mut signer = Signer::new(digest, &pair).unwrap();
        let theirs = signer.sign_oneshot_to_vec(b"message").unwrap();
        assert_eq!(verify(&spki, algorithm, b"message", &theirs), Ok(()));
        let raw = algorithm.value_to_xml(theirs.clone()).unwrap();
        assert_eq!(*algorithm.value_from_xml(&raw).unwrap(), theirs);
        for other in SignatureAlgorithm::ALL {
            if other != algorithm && !other.is_weak() {
                assert!(matches!(
                    verify(&spki, other, b"message", &theirs),
                    Err(CryptoError::KeyUnusable { .. })
                ));
            }
        }
    }
}
