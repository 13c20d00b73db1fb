//! Certificates, lists, requests for certificates, key files.

use qaqpa_crypto::public::check_key;
use qaqpa_model::{Limits, Moment};
use qaqpa_x509::ber::to_definite;
use qaqpa_x509::crl::{self, AnyCrl, CrlPolicy};
use qaqpa_x509::path::{self, PathInputs};
use qaqpa_x509::pkcs10::UnprovenRequest;
use qaqpa_x509::revocation::{self, Known};
use qaqpa_x509::{Certificate, TrustAnchors, oid, pkcs12, profile};

const ROOT: &[u8] = crate::seed!("certificate_read/root.der");
const LEAF: &[u8] = crate::seed!("certificate_read/leaf.der");
const SUB: &[u8] = crate::seed!("certificate_read/sub.der");
const COMPLETE: &[u8] = crate::seed!("crl_read/complete.der");

/// What comes out of the BER normaliser is definite: it comes out of it again as it is.
pub fn ber_definite(bytes: &[u8]) {
    if let Ok(definite) = to_definite(bytes) {
        assert_eq!(to_definite(&definite), Ok(definite));
    }
}

/// A certificate is kept as it came, and none but the seeds makes a path to their root, whose key was thrown away.
pub fn certificate_read(bytes: &[u8]) {
    let Ok(read) = Certificate::from_der(bytes) else {
        return;
    };
    assert_eq!(read.der(), bytes);
    let _ = (
        read.subject().to_string(),
        read.iin(),
        read.is_self_issued(),
    );
    let _ = (read.crl_urls(), read.ocsp_urls(), read.policies());
    let _ = profile::is_for_signing(&read);
    let _ = read.matches_issuer_serial(&read.issuer_name(), &read.serial_decimal());

    let root = seed(ROOT);
    let at = at();
    let limits = Limits::default();
    for inputs in [
        PathInputs::default(),
        PathInputs {
            initial_policies: vec![oid::POLICY_RSA_SIGN],
            require_explicit_policy: true,
            ..PathInputs::default()
        },
    ] {
        let anchors = TrustAnchors::new([root.clone()]);
        let pool = [read.clone()];
        if path::build_with(&read, &pool, &anchors, at, &limits, &inputs).is_ok() {
            let signed = read.tbs_der();
            assert!(
                [ROOT, LEAF, SUB]
                    .iter()
                    .any(|der| seed(der).tbs_der() == signed)
            );
        }
        // As an anchor of its own it is judged to its end.
        let anchors = TrustAnchors::new([read.clone(), root.clone()]);
        let _ = path::build_with(&read, &pool, &anchors, at, &limits, &inputs);
    }
}

/// No list makes a certificate good that the seeds' authority, whose key was thrown away, revoked.
pub fn crl_read(bytes: &[u8]) {
    let at = at();
    let (root, leaf) = (seed(ROOT), seed(LEAF));
    let anchors = TrustAnchors::new([root.clone()]);
    let limits = Limits::default();
    let policy = CrlPolicy::default();
    let path = path::build(&leaf, &[], &anchors, at, &limits).expect("the seed's path");

    if let Ok(list) = crl::verify(bytes, &root, at) {
        assert_ne!(list.status(leaf.serial()), crl::CrlStatus::NotListed);
    }
    let _ = crl::verify_delta(bytes, &root, at, &policy);
    if let Ok(list) = AnyCrl::from_der(bytes, 1000) {
        let complete = AnyCrl::from_der(COMPLETE, 1000).expect("the seed's list");
        for lists in [vec![list.clone()], vec![list, complete]] {
            let known = Known {
                lists: &lists,
                pool: &[],
                anchors: &anchors,
            };
            assert!(revocation::check(&path, known, &limits, &policy).is_err());
        }
    }
}

/// A request for a certificate that is proven has a key that may be used.
pub fn pkcs10_read(bytes: &[u8]) {
    let _ = UnprovenRequest::from_pem(bytes);
    if let Ok(request) = UnprovenRequest::from_der(bytes)
        && let Ok(proven) = request.prove()
    {
        assert_eq!(check_key(proven.spki_der()), Ok(()));
    }
}

/// A key file that is read has one key, by whatever password.
pub fn key_file_read(bytes: &[u8]) {
    for password in ["", "Qwerty12"] {
        let names = pkcs12::aliases(bytes, password);
        if pkcs12::read(bytes, password).is_ok() {
            assert!(names.is_ok_and(|names| names.len() == 1));
        }
    }
}

fn at() -> Moment {
    Moment::parse("2027-01-01T00:00:00Z").expect("a moment")
}

fn seed(der: &[u8]) -> Certificate {
    Certificate::from_der(der).expect("the seed is a certificate")
}
