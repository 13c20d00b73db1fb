//! Requests.

use der::Tag;
use qaqpa_x509::cms::parts::{sequence, tlv};
use qaqpa_x509::cms::signer::digest_der;

use super::*;

#[test]
fn requests_read_back_and_their_faults_are_named() {
    let stand = Stand::new();
    let request = Request {
        cert_ids: vec![
            CertId::new(DigestAlgorithm::Sha1, &stand.leaf, &stand.issuing),
            CertId::new(DigestAlgorithm::Sha256, &stand.issuing, &stand.root),
        ],
        nonce: Some(NONCE.to_vec()),
    };
    let der = request.encode();
    assert_eq!(Request::decode(&der, 2), Ok(request.clone()));
    assert_eq!(
        Request::decode(&der, 1),
        Err(RequestError::TooLong { max: 1 })
    );
    let decode = |der: &[u8]| Request::decode(der, 2);
    assert_eq!(decode(&der[1..]), Err(RequestError::Malformed));
    let without = Request {
        nonce: None,
        ..request.clone()
    };
    assert_eq!(decode(&without.encode()), Ok(without.clone()));
    let empty = Request {
        cert_ids: Vec::new(),
        nonce: None,
    };
    assert_eq!(decode(&empty.encode()), Err(RequestError::Malformed));
    for length in [0, 129, 1024] {
        let long = Request {
            nonce: Some(vec![1; length]),
            ..request.clone()
        };
        assert_eq!(decode(&long.encode()), Err(RequestError::Nonce), "{length}");
    }
    for length in [1, 32, 128] {
        let good = Request {
            nonce: Some(vec![1; length]),
            ..request.clone()
        };
        assert_eq!(decode(&good.encode()), Ok(good));
    }
}

/// No certificate has a longer serial number (RFC 5280 §4.1.2.2), and whoever keeps answers by it keeps these bytes.
#[test]
fn a_request_about_a_serial_number_of_more_than_twenty_bytes_is_refused() {
    let request = |serial: &[u8]| {
        let octets = tlv(Tag::OctetString, &[7; 32]).unwrap();
        let algorithm = digest_der(DigestAlgorithm::Sha256).unwrap();
        let serial = tlv(Tag::Integer, serial).unwrap();
        let id = sequence(&[&algorithm, &octets, &octets, &serial]).unwrap();
        let list = sequence(&[&sequence(&[&id]).unwrap()]).unwrap();
        let der = sequence(&[&sequence(&[&list]).unwrap()]).unwrap();
        Request::decode(&der, 1).map(|request| request.cert_ids[0].serial().to_vec())
    };
    assert_eq!(request(&[0x7f; 20]), Ok(vec![0x7f; 20]));
    for wrong in [&[0x7f; 21][..], &[0x7f; 4096], &[0], &[0x80]] {
        assert_eq!(request(wrong), Err(RequestError::Malformed));
    }
}
