//! Requests and answers: OCSP, time stamps.

use std::time::Duration;

use qaqpa_model::Moment;
use qaqpa_x509::ocsp::{self, CertStatus, OcspPolicy, Request};
use qaqpa_x509::tsp::{Response, StampRequest, Stamped, Wanted, verify};
use qaqpa_x509::{Certificate, RevocationReason};

/// What the seeds of [`tsp_token`] stamp.
pub const STAMPED: &[u8] = b"TEST data to stamp";

const ISSUER: &[u8] = crate::seed!("ocsp_response/issuer.cer");
const LEAF: &[u8] = crate::seed!("ocsp_response/leaf.cer");
const NONCE: [u8; 8] = [0xf1; 8];

/// A request that is read is the same when it is written and read again, and asks about no more than was allowed.
pub fn ocsp_request(bytes: &[u8]) {
    const CERT_IDS_MAX: usize = 4;
    match Request::decode(bytes, CERT_IDS_MAX) {
        Ok(request) => {
            assert!((1..=CERT_IDS_MAX).contains(&request.cert_ids.len()));
            for id in &request.cert_ids {
                assert!(id.serial().len() <= 20);
                let _ = id.algorithm();
            }
            let written = request.encode();
            assert_eq!(Request::decode(&written, CERT_IDS_MAX), Ok(request));
        }
        Err(error) => {
            let _ = error.to_string();
        }
    }
}

/// No answer makes a certificate good that the seeds' authority, whose keys were thrown away, revoked.
pub fn ocsp_response(bytes: &[u8]) {
    let read = |der| Certificate::from_der(der).expect("the seed is a certificate");
    let (issuer, leaf) = (read(ISSUER), read(LEAF));
    let at = Moment::ROOT_BEGIN.plus(Duration::from_secs(60));
    let policy = OcspPolicy::default();
    for nonce in [None, Some(&NONCE[..])] {
        match ocsp::verify(bytes, &leaf, &issuer, nonce, at, &policy) {
            Ok(answer) => assert_eq!(
                answer.status,
                CertStatus::Revoked {
                    at: Moment::ROOT_BEGIN,
                    reason: Some(RevocationReason::KeyCompromise),
                }
            ),
            Err(error) => {
                let _ = error.to_string();
            }
        }
    }
}

/// A request for a time stamp that is read is written as it came.
pub fn tsp_request(bytes: &[u8]) {
    match StampRequest::decode(bytes) {
        Ok(request) => assert_eq!(request.encode(), bytes),
        Err(error) => {
            let _ = (error.failure(), error.to_string());
        }
    }
}

/// A token is believed only if it says what the seed says, whose key was thrown away.
pub fn tsp_token(bytes: &[u8]) {
    if let Ok(response) = Response::decode(bytes) {
        let _ = response.token().map(judge);
    }
    judge(bytes);
}

fn judge(token: &[u8]) {
    let wanted = Wanted {
        nonce: None,
        policy: None,
        not_before: None,
        at: Moment::ROOT_END,
        skew_max: Duration::ZERO,
        accuracy_max: Duration::MAX,
    };
    if let Ok(stamp) = verify(token, Stamped::Data(STAMPED), &wanted, &[]) {
        assert_eq!(stamp.serial, [7]);
        assert_eq!(stamp.gen_time, Moment::ROOT_BEGIN);
        let _ = (stamp.earliest(), stamp.latest(), stamp.compare(&stamp));
    }
}
