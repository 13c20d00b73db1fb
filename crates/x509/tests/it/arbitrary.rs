//! No bytes of a peer make a reader panic: noise, and valid DER with a flipped bit or cut short.

use std::sync::OnceLock;

use proptest::prelude::*;
use qaqpa_crypto::DigestAlgorithm;
use qaqpa_x509::crl::{self, AnyCrl, CrlPolicy, CrlToIssue, RevokedEntry};
use qaqpa_x509::ocsp::{self, CertId, CertStatus, OcspPolicy, Request, Response, SingleAnswer};
use qaqpa_x509::{Certificate, RevocationReason, TrustAnchors, pkcs12, profile};

use crate::stand::{DAY, Stand, at};

struct Samples {
    stand: Stand,
    request: Vec<u8>,
    response: Vec<u8>,
    list: Vec<u8>,
    key_file: Vec<u8>,
}

fn samples() -> &'static Samples {
    static SAMPLES: OnceLock<Samples> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let stand = Stand::new();
        let response = Response {
            answers: vec![SingleAnswer {
                cert_id: CertId::new(DigestAlgorithm::Sha256, &stand.leaf, &stand.issuing),
                status: CertStatus::Revoked {
                    at: at(),
                    reason: Some(RevocationReason::KeyCompromise),
                },
                this_update: at(),
                next_update: Some(at().plus(DAY)),
            }],
            nonce: Some(vec![1; 16]),
            produced_at: at(),
            extended_revoke: true,
        };
        let list = CrlToIssue {
            number: 1,
            this_update: at(),
            next_update: at().plus(DAY),
            entries: vec![RevokedEntry {
                serial: stand.leaf.serial().to_vec(),
                at: at(),
                reason: Some(RevocationReason::CertificateHold),
            }],
            freshest_crl_url: None,
        };
        let chain = [stand.leaf.clone(), stand.issuing.clone()];
        Samples {
            request: Request::about(&stand.leaf, &stand.issuing, Some(&[1; 16])).encode(),
            response: ocsp::respond(&response, &stand.responder, &stand.responder_key).unwrap(),
            list: crl::issue(&list, &stand.issuing, &stand.issuing_key).unwrap(),
            key_file: pkcs12::write(&stand.leaf_key, &chain, "x", "p").unwrap(),
            stand,
        }
    })
}

fn read_all(bytes: &[u8]) {
    let stand = &samples().stand;
    if let Ok(certificate) = Certificate::from_der(bytes) {
        let _ = certificate.subject().to_string();
        let _ = (certificate.iin(), certificate.serial_decimal());
        let _ = profile::is_for_signing(&certificate);
        let _ = stand.path(&certificate);
        let _ = certificate.matches_issuer_serial(&certificate.issuer_name(), "1");
    }
    let _ = Request::decode(bytes, 8);
    let policy = OcspPolicy::default();
    let _ = ocsp::verify(
        bytes,
        &stand.leaf,
        &stand.issuing,
        Some(&[1; 16]),
        at(),
        &policy,
    );
    let _ = crl::verify(bytes, &stand.issuing, at());
    let _ = crl::verify_delta(bytes, &stand.issuing, at(), &CrlPolicy::default());
    let _ = AnyCrl::from_der(bytes, 1000);
    let _ = TrustAnchors::from_pem(bytes);
}

proptest! {
    #[test]
    fn noise(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
        let _ = pkcs12::read(&bytes, "p");
    }

    #[test]
    fn a_flipped_bit_or_a_cut(which in 0usize..4, place in any::<prop::sample::Index>(), bit in 0u8..8) {
        let samples = samples();
        let sample = match which {
            0 => samples.stand.leaf.der(),
            1 => &samples.request,
            2 => &samples.response,
            _ => &samples.list,
        };
        let at = place.index(sample.len());
        let mut flipped = sample.to_vec();
        flipped[at] ^= 1 << bit;
        read_all(&flipped);
        read_all(&sample[..at]);
    }

    #[test]
    fn names_in_texts(name in "\\PC{0,40}", serial in "\\PC{0,8}") {
        let leaf = &samples().stand.leaf;
        prop_assert!(!leaf.matches_issuer_serial(&name, &serial));
        prop_assert!(!leaf.matches_issuer_serial(&name, &leaf.serial_decimal()));
        let _ = leaf.matches_issuer_serial(&format!("CN={name}\\,{serial}"), &leaf.serial_decimal());
    }
}

proptest! {
    // Each of these derives keys from the password, which is slow on purpose.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_damaged_key_file(place in any::<prop::sample::Index>(), bit in 0u8..8) {
        let sample = &samples().key_file;
        let at = place.index(sample.len());
        let mut flipped = sample.clone();
        flipped[at] ^= 1 << bit;
        let _ = pkcs12::read(&flipped, "p");
        prop_assert!(pkcs12::read(&sample[..at], "p").is_err());
    }
}
