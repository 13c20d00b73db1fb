use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request as HttpRequest;
use qaqpa_crypto::{DigestAlgorithm, KeyKind};
use qaqpa_model::Moment;
use qaqpa_pki::Config;
use qaqpa_transport::{ClientLimits, Clock, HttpClient};
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
    // A day before its issue, for clocks that are behind, and thirty from then on.
    assert_eq!(days.as_secs() / 86_400, 31);
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
        // A request about nothing.
        b"\x30\x04\x30\x02\x30\x00",
        &[0x30; 40_000],
    ] {
        let answer = stand.post_ocsp(bad.to_vec()).await;
        assert_eq!(status(&answer), ResponseStatus::MalformedRequest);
    }
    let door = stand.address("ocsp");
    for path in ["", "not-base64!", "%FF", "%C3", "%", "%zz", "/", "MA%3"] {
        let answer = stand.get(&format!("{door}{path}")).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        let media_type = answer.header("content-type");
        assert_eq!(media_type, Some("application/ocsp-response"), "{path}");
        assert_eq!(status(&answer.body), ResponseStatus::MalformedRequest);
    }
    // RFC 5280 §4.1.2.2: no certificate has a serial number of 21 bytes.
    let sha_1 = DigestAlgorithm::Sha1;
    for (length, refused) in [(20, false), (21, true), (30_000, true)] {
        let request = Request {
            cert_ids: vec![CertId::for_serial(sha_1, &issuing, &vec![0x51; length])],
            nonce: None,
        };
        let answer = stand.post_ocsp(request.encode()).await;
        let malformed = answer == ocsp::failure(ResponseStatus::MalformedRequest);
        assert_eq!(malformed, refused, "{length}");
    }
    let many = Request {
        cert_ids: vec![CertId::new(DigestAlgorithm::Sha1, &certificate, &issuing); 65],
        nonce: None,
    };
    let answer = stand.post_ocsp(many.encode()).await;
    assert_eq!(status(&answer), ResponseStatus::Unauthorized);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_key_is_answered_by_its_own_responder() {
    let stand = Stand::new().await;
    for kind in KeyKind::ALL {
        let leaf = stand.issue(kind, "citizen-7").await;
        let issuing = stand.issuing_of(kind);
        for algorithm in DigestAlgorithm::ALL {
            let request = Request {
                cert_ids: vec![CertId::new(algorithm, &leaf, &issuing)],
                nonce: None,
            };
            let response = stand.post_ocsp(request.encode()).await;
            let answer = stand.proven(&response, &leaf, &issuing, stand.clock.now());
            let answer = answer.unwrap();
            assert_eq!(answer.status, CertStatus::Good, "{kind} {algorithm:?}");
            assert_eq!(answer.responder.issuer_der(), issuing.subject_der());
            assert!(answer.responder.has_ocsp_nocheck());
            let key = qaqpa_crypto::public::kind_of(answer.responder.spki_der());
            assert_eq!(key, Some(kind));
        }
        stand.command(&leaf.serial_hex(), "revoke").await.unwrap();
        let response = stand.unsalted(&leaf, &issuing).await;
        let answer = stand.proven(&response, &leaf, &issuing, stand.clock.now());
        assert!(matches!(answer.unwrap().status, CertStatus::Revoked { .. }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_one_request_only_the_first_issuers_certificates_are_answered_for() {
    let stand = Stand::new().await;
    let (rsa, ecdsa) = (KeyKind::Rsa, KeyKind::Ecdsa);
    let other = stand.issue(ecdsa, "citizen-7").await;
    let (mine, issuing) = (stand.certificate("revoked"), stand.issuing_of(rsa));
    let foreign = stand.key_file("foreign");
    let sha_256 = DigestAlgorithm::Sha256;
    let request = Request {
        cert_ids: vec![
            CertId::new(sha_256, &foreign.certificate, &foreign.chain[0]),
            CertId::new(sha_256, &mine, &issuing),
            CertId::new(sha_256, &other, &stand.issuing_of(ecdsa)),
            CertId::new(sha_256, &issuing, &stand.root_of(rsa)),
        ],
        nonce: None,
    };
    let response = stand.post_ocsp(request.encode()).await;
    let answer = stand.proven(&response, &mine, &issuing, stand.clock.now());
    assert!(matches!(answer.unwrap().status, CertStatus::Revoked { .. }));
    let desk = stand.desk(&[]);
    std::fs::write(desk.path().join("resp.der"), response).unwrap();
    let text = ["ocsp", "-respin", "resp.der", "-resp_text", "-noverify"];
    let text = stand.openssl(&desk, &text).await.yes();
    let said: Vec<_> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Cert Status: "))
        .collect();
    assert_eq!(said, ["unknown", "revoked", "unknown", "unknown"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_nonce_is_signed_ahead_and_given_again_while_it_is_right() {
    let stand = Stand::new().await;
    let (certificate, issuing) = (stand.certificate("citizen-1"), stand.issuing());
    let first = stand.unsalted(&certificate, &issuing).await;
    let again = stand.unsalted(&certificate, &issuing).await;
    assert_eq!(first, again);
    let answer = stand.proven(&first, &certificate, &issuing, stand.clock.now());
    let answer = answer.unwrap();
    let fresh = answer.next_update.unwrap().since(answer.this_update);
    assert_eq!(fresh.as_secs(), 300);
    // Another certificate, another answer; and with a nonce each has its own.
    let other = stand
        .unsalted(&stand.certificate("citizen-2"), &issuing)
        .await;
    assert_ne!(first, other);
    let salted = Request::about(&certificate, &issuing, Some(&[7; 8])).encode();
    let salted = stand.post_ocsp(salted).await;
    assert_ne!(first, salted);

    for (what, good) in [("suspend", false), ("resume", true), ("revoke", false)] {
        stand.command("citizen-1", what).await.unwrap();
        let next = stand.unsalted(&certificate, &issuing).await;
        let answer = stand.proven(&next, &certificate, &issuing, stand.clock.now());
        assert_eq!(answer.unwrap().status == CertStatus::Good, good, "{what}");
    }
    let kept = stand.unsalted(&certificate, &issuing).await;
    stand.control().set_clock(301_000).await.unwrap();
    let later = stand.unsalted(&certificate, &issuing).await;
    assert_ne!(kept, later);
    stand
        .proven(&later, &certificate, &issuing, stand.clock.now())
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_answers_about_one_certificate_that_was_issued_are_kept() {
    let config = Config {
        ocsp_kept_max: 2,
        ..Config::default()
    };
    let stand = Stand::with(Clock::real(), config).await;
    // Two signatures with an ECDSA key are never the same.
    let kind = KeyKind::Ecdsa;
    let (leaf, issuing) = (stand.issue(kind, "citizen-7").await, stand.issuing_of(kind));
    let kept = stand.unsalted(&leaf, &issuing).await;
    let about = |serials: &[&[u8]]| {
        let id = |serial: &&[u8]| CertId::for_serial(DigestAlgorithm::Sha256, &issuing, serial);
        let request = Request {
            cert_ids: serials.iter().map(id).collect(),
            nonce: None,
        };
        request.encode()
    };
    for other in [
        about(&[&[0x42]]),
        about(&[&[0x43]]),
        about(&[&[0x51; 20]]),
        about(&[leaf.serial(), leaf.serial()]),
        about(&[leaf.serial(), &[0x44]]),
    ] {
        let first = stand.post_ocsp(other.clone()).await;
        assert_ne!(first, stand.post_ocsp(other).await);
    }
    assert_eq!(stand.unsalted(&leaf, &issuing).await, kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_asks_after_a_revocation_was_acknowledged_is_told_of_it() {
    let stand = Arc::new(Stand::new().await);
    for round in 0..4 {
        let leaf = stand
            .issue(KeyKind::Ecdsa, &format!("citizen-{round}7"))
            .await;
        let issuing = stand.issuing_of(KeyKind::Ecdsa);
        let revoked = Arc::new(AtomicBool::new(false));
        let askers: Vec<_> = (0..6)
            .map(|_| {
                let (stand, revoked) = (Arc::clone(&stand), Arc::clone(&revoked));
                let (leaf, issuing) = (leaf.clone(), issuing.clone());
                tokio::spawn(async move {
                    let (mut good, mut after) = (0, 0);
                    while after < 20 {
                        let acknowledged = revoked.load(Ordering::SeqCst);
                        let response = stand.unsalted(&leaf, &issuing).await;
                        let now = stand.clock.now();
                        let answer = stand.proven(&response, &leaf, &issuing, now).unwrap();
                        match answer.status {
                            CertStatus::Good => assert!(!acknowledged, "good after a revocation"),
                            _ => after += 1,
                        }
                        good += u32::from(answer.status == CertStatus::Good);
                    }
                    good
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(100)).await;
        stand.command(&leaf.serial_hex(), "revoke").await.unwrap();
        revoked.store(true, Ordering::SeqCst);
        for asker in askers {
            assert!(
                asker.await.unwrap() > 0,
                "nobody asked before the revocation"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_get_says_how_long_it_may_be_kept() {
    let stand = Stand::new().await;
    let (certificate, issuing) = (stand.certificate("citizen-1"), stand.issuing());
    let url = |nonce: Option<&[u8]>| {
        let request = STANDARD.encode(Request::about(&certificate, &issuing, nonce).encode());
        format!("{}{}", stand.address("ocsp"), request.replace('/', "%2F"))
    };
    let kept = stand.get(&url(None)).await;
    let control = kept.header("cache-control").unwrap();
    let age = control.strip_prefix("max-age=").unwrap();
    let age = age
        .strip_suffix(", public, no-transform, must-revalidate")
        .unwrap();
    assert!((290..=300).contains(&age.parse::<u32>().unwrap()), "{age}");
    for date in ["date", "expires", "last-modified"] {
        assert!(kept.header(date).unwrap().ends_with(" GMT"), "{date}");
    }
    let tag = kept.header("etag").unwrap();
    let digest = hex::encode(DigestAlgorithm::Sha1.digest(&kept.body));
    assert_eq!(tag, format!("\"{digest}\""));
    let asked = HttpRequest::get(url(None)).header("if-none-match", tag);
    let client = HttpClient::plain(ClientLimits::default());
    let request = asked.body(axum::body::Bytes::new()).unwrap();
    let known = client.request(request).await.unwrap();
    assert_eq!((known.status.as_u16(), known.body.len()), (304, 0));
    let salted = stand.get(&url(Some(&[7; 8]))).await;
    assert_eq!(salted.header("cache-control"), Some("no-store"));
    assert_eq!(salted.header("etag"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_in_a_wrong_way_is_told_so_by_http_with_a_sentence() {
    let stand = Stand::new().await;
    let client = HttpClient::plain(ClientLimits::default());
    let base = stand.address("health").replace("health", "");
    let ask = async |method: &str, path: &str, media_type: &str| {
        let request = HttpRequest::builder()
            .method(method)
            .uri(format!("{base}{path}"))
            .header("content-type", media_type)
            .body(axum::body::Bytes::from_static(b"TEST"));
        let answer = client.request(request.unwrap()).await.unwrap();
        let allow = answer.header("allow").map(str::to_owned);
        assert!(answer.text().len() > 20, "{method} {path}: no sentence");
        (answer.status.as_u16(), allow)
    };
    let request = "application/ocsp-request";
    let post = Some("POST".to_owned());
    let get = Some("GET,HEAD".to_owned());
    let both = Some("GET,HEAD,POST".to_owned());
    for (method, path, media_type, expected) in [
        ("POST", "ocsp/", "text/xml", (415, None)),
        ("GET", "ocsp", request, (405, post)),
        ("PUT", "ocsp/", request, (405, both)),
        ("DELETE", "crl/rsa.crl", request, (405, get.clone())),
        ("POST", "cert/rsa-root.cer", request, (405, get)),
        ("GET", "crl/rsa-root-delta.crl", request, (404, None)),
        ("GET", "ocsp-responder", request, (404, None)),
    ] {
        assert_eq!(
            ask(method, path, media_type).await,
            expected,
            "{method} {path}"
        );
    }
    // Another way of writing the same media type is no other media type.
    let request = HttpRequest::post(stand.address("ocsp"))
        .header("content-type", "Application/OCSP-Request; charset=binary")
        .body(axum::body::Bytes::new());
    let answer = client.request(request.unwrap()).await.unwrap();
    assert_eq!(answer.body, ocsp::failure(ResponseStatus::MalformedRequest));
}
