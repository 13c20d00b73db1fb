use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::DigestAlgorithm;
use qaqpa_model::Moment;
use qaqpa_x509::RevocationReason;
use qaqpa_x509::ocsp::{self, CertId, CertStatus, OcspError, OcspPolicy, Request, ResponseStatus};

use crate::stand::Stand;

#[tokio::test(flavor = "multi_thread")]
async fn each_state_is_answered_by_a_delegated_responder_with_the_nonce() {
    let stand = Stand::new().await;
    assert_eq!(stand.status("citizen-1").await, CertStatus::Good);
    assert_eq!(stand.status("expired").await, CertStatus::Good);
    for (id, reason) in [
        ("revoked", RevocationReason::KeyCompromise),
        ("suspended", RevocationReason::CertificateHold),
    ] {
        let certificate = stand.certificate(id);
        let expected = CertStatus::Revoked {
            at: Moment::from_unix_ms(certificate.not_before().unix_s() * 1000),
            reason: Some(reason),
        };
        assert_eq!(stand.status(id).await, expected, "{id}");
    }
    let answer = stand.ask(&stand.certificate("citizen-1")).await.unwrap();
    assert_ne!(answer.responder, stand.issuing());
    assert!(answer.responder.has_ocsp_nocheck());
    let days = answer
        .responder
        .not_after()
        .since(answer.responder.not_before());
    assert_eq!(days.as_secs() / 86_400, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_was_never_issued_is_on_hold_since_1970() {
    let stand = Stand::new().await;
    let issuing = stand.issuing();
    let never = CertId::for_serial(DigestAlgorithm::Sha256, &issuing, &[0x42]);
    let request = Request {
        cert_ids: vec![never],
        nonce: None,
    };
    let desk = stand.desk(&[]);
    std::fs::write(desk.path().join("req.der"), request.encode()).unwrap();
    let url = stand.address("ocsp");
    let text = stand
        .openssl(
            &desk,
            &[
                "ocsp",
                "-reqin",
                "req.der",
                "-url",
                &url,
                "-CAfile",
                "root.pem",
                "-verify_other",
                "issuing.pem",
                "-resp_text",
            ],
        )
        .await
        .yes();
    for expected in [
        "Cert Status: revoked",
        "Revocation Time: Jan  1 00:00:00 1970 GMT",
        "Revocation Reason: certificateHold (0x6)",
        // 1.3.6.1.5.5.7.48.1.9, which OpenSSL calls so.
        "Response Extensions:\n        valid:",
        "Response verify OK",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_asks_and_believes_good_revoked_and_suspended() {
    let stand = Stand::new().await;
    let desk = stand.desk(&["citizen-1", "revoked", "suspended"]);
    let url = stand.address("ocsp");
    for (digest, nonce) in [
        ("-sha1", "-nonce"),
        ("-sha256", "-nonce"),
        ("-sha256", "-no_nonce"),
    ] {
        // The digest is said before the certificates that it is for.
        let text = stand
            .openssl(
                &desk,
                &[
                    "ocsp",
                    "-issuer",
                    "issuing.pem",
                    digest,
                    "-cert",
                    "citizen-1.pem",
                    digest,
                    "-cert",
                    "revoked.pem",
                    digest,
                    "-cert",
                    "suspended.pem",
                    nonce,
                    "-url",
                    &url,
                    "-CAfile",
                    "signature.pem",
                ],
            )
            .await
            .yes();
        assert!(text.contains("Response verify OK"), "{text}");
        assert!(text.contains("citizen-1.pem: good"), "{text}");
        assert!(text.contains("revoked.pem: revoked"), "{text}");
        assert!(text.contains("Reason: keyCompromise"), "{text}");
        assert!(text.contains("suspended.pem: revoked"), "{text}");
        assert!(text.contains("Reason: certificateHold"), "{text}");
        // OpenSSL warns where it sent a nonce and none, or another, came back.
        assert!(!text.to_lowercase().contains("nonce"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_by_get_is_answered_as_one_by_post() {
    let stand = Stand::new().await;
    let issuing = stand.issuing();
    let certificate = stand.certificate("citizen-1");
    // Nonces of many lengths, so that the base64 has +, / and = in it.
    for length in 1..40 {
        let nonce = vec![if length % 2 == 0 { 0xfb } else { 0xff }; length];
        let request = Request::about(&certificate, &issuing, Some(&nonce)).encode();
        let base64 = STANDARD.encode(&request);
        let escaped = base64
            .replace('/', "%2F")
            .replace('+', "%2B")
            .replace('=', "%3D");
        for text in [base64, escaped] {
            let answer = stand.get(&format!("{}{text}", stand.address("ocsp"))).await;
            assert_eq!(answer.status.as_u16(), 200);
            let proven = ocsp::verify(
                &answer.body,
                &certificate,
                &issuing,
                Some(&nonce),
                stand.clock.now(),
                &OcspPolicy::default(),
            );
            assert_eq!(proven.unwrap().status, CertStatus::Good);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_another_authority_nothing_is_known() {
    let stand = Stand::new().await;
    let file = stand.key_file("foreign");
    let foreign_root = &file.chain[0];
    let request = Request::about(&file.certificate, foreign_root, None);
    let response = stand.post_ocsp(request.encode()).await;
    let at = stand.clock.now();
    let policy = OcspPolicy::default();
    // Our responder is not that authority's: the answer is no evidence.
    assert_eq!(
        ocsp::verify(
            &response,
            &file.certificate,
            foreign_root,
            None,
            at,
            &policy
        ),
        Err(OcspError::ResponderUnauthorized)
    );
    let desk = stand.desk(&[]);
    std::fs::write(desk.path().join("resp.der"), response).unwrap();
    let text = stand
        .openssl(
            &desk,
            &["ocsp", "-respin", "resp.der", "-resp_text", "-noverify"],
        )
        .await
        .yes();
    assert!(text.contains("Cert Status: unknown"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_called_malformed_and_too_many_unauthorized() {
    let stand = Stand::new().await;
    let issuing = stand.issuing();
    let certificate = stand.certificate("citizen-1");
    let policy = OcspPolicy::default();
    let at = stand.clock.now();
    let status =
        |response: &[u8]| match ocsp::verify(response, &certificate, &issuing, None, at, &policy) {
            Err(OcspError::Status(status)) => status,
            other => panic!("{other:?}"),
        };
    let whole = Request::about(&certificate, &issuing, Some(&[1; 8])).encode();
    let long_nonce = Request::about(&certificate, &issuing, Some(&[1; 129])).encode();
    for bad in [
        &b""[..],
        b"GET",
        &whole[..whole.len() - 1],
        &long_nonce,
        &[0x30; 40_000],
    ] {
        let answer = stand.post_ocsp(bad.to_vec()).await;
        assert_eq!(status(&answer), ResponseStatus::MalformedRequest);
    }
    let answer = stand
        .get(&format!("{}not-base64!", stand.address("ocsp")))
        .await;
    assert_eq!(status(&answer.body), ResponseStatus::MalformedRequest);
    let many = Request {
        cert_ids: vec![CertId::new(DigestAlgorithm::Sha1, &certificate, &issuing); 65],
        nonce: None,
    };
    let answer = stand.post_ocsp(many.encode()).await;
    assert_eq!(status(&answer), ResponseStatus::Unauthorized);
}
