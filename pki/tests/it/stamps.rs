//! Time stamps over HTTP: our own verifier, OpenSSL, curl and asn1crypto as judges.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use http::Request;
use qaqpa_crypto::{DigestAlgorithm, KeyKind};
use qaqpa_model::{Limits, Moment};
use qaqpa_pki::stamps::policy;
use qaqpa_transport::{ClientLimits, Clock, HttpAnswer, HttpClient};
use qaqpa_x509::tsp::{
    self, Accuracy, Failure, Imprint, Response, Stamp, StampError, StampRequest, Stamped, Wanted,
};
use qaqpa_x509::{ObjectIdentifier, oid, path};

use crate::stand::{Stand, up};
use crate::tools::run;

const DATA: &[u8] = b"TEST data to stamp";
const QUERY: &str = "application/timestamp-query";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn request() -> StampRequest {
    StampRequest::new(Imprint::of(DigestAlgorithm::Sha256, DATA)).with_nonce(&[0x9a; 8])
}

impl Stand {
    async fn post_tsp(&self, content_type: &str, body: Vec<u8>) -> HttpAnswer {
        let client = HttpClient::plain(ClientLimits::default());
        let url = self.address("tsp");
        client.post(&url, content_type, body).await.unwrap()
    }

    async fn stamped(&self, request: &StampRequest) -> Response {
        let answer = self.post_tsp(QUERY, request.encode()).await;
        assert_eq!(answer.status.as_u16(), 200);
        let media_type = answer.header("content-type");
        assert_eq!(media_type, Some("application/timestamp-reply"));
        Response::decode(&answer.body).unwrap()
    }

    fn judge(&self, response: &Response, request: &StampRequest) -> Result<Stamp, StampError> {
        let wanted = Wanted {
            nonce: request.nonce.as_deref(),
            policy: request.policy,
            not_before: None,
            at: self.clock.now(),
            skew_max: Duration::ZERO,
            accuracy_max: tsp::ACCURACY_MAX,
        };
        tsp::verify(response.token()?, Stamped::Data(DATA), &wanted, &[])
    }

    async fn stamp(&self, request: &StampRequest) -> Result<Stamp, StampError> {
        self.judge(&self.stamped(request).await, request)
    }

    async fn serial(&self) -> Vec<u8> {
        self.stamp(&request()).await.unwrap().serial
    }

    async fn set_clock(&self, to: Moment) {
        let offset = to.unix_ms() - self.clock.now().unix_ms() + self.clock.offset_ms();
        self.control().set_clock(offset).await.unwrap();
    }
}

fn refused(failure: Failure) -> impl Fn(Result<Stamp, StampError>) -> String {
    move |judged| match judged {
        Err(StampError::Rejected { failures, text, .. }) => {
            assert_eq!(failures, [failure], "{text}");
            text
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_policy_is_stamped_by_the_authority_of_its_kind_of_key_and_none_by_rsa() {
    let stand = Stand::new().await;
    let kinds = KeyKind::ALL.map(|kind| (Some(policy(kind)), kind));
    for (asked, kind) in kinds.into_iter().chain([(None, KeyKind::Rsa)]) {
        let request = StampRequest {
            policy: asked,
            ..request()
        };
        let before = stand.clock.now();
        let stamp = stand.stamp(&request).await.unwrap();
        assert_eq!(stamp.policy, policy(kind));
        assert_eq!(
            qaqpa_crypto::public::kind_of(stamp.tsa.spki_der()),
            Some(kind)
        );
        assert_eq!(stamp.accuracy, Some(Accuracy::seconds(1)));
        assert!(!stamp.ordering);
        // Whole seconds, rounded down.
        let moments = before.unix_s()..=stand.clock.now().unix_s();
        assert!(moments.contains(&stamp.gen_time.unix_s()));
        let anchors = stand.anchors();
        let limits = Limits::default();
        let path = path::build(
            &stamp.tsa,
            &stamp.certificates,
            &anchors,
            stamp.gen_time,
            &limits,
        );
        assert_eq!(path.unwrap().certificates().len(), 3);
        assert!(stamp.tsa.subject().to_string().contains("TEST"));
        assert_eq!(stamp.tsa.ocsp_urls(), [stand.address("ocsp")]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_asks_by_curl_and_believes_rsa_and_ecdsa() {
    let stand = Stand::new().await;
    let desk = stand.desk(&[]);
    std::fs::write(desk.path().join("data"), DATA).unwrap();
    std::fs::write(desk.path().join("other"), b"other").unwrap();
    let url = stand.address("tsp");
    for (kind, digest) in [(KeyKind::Rsa, "-sha256"), (KeyKind::Ecdsa, "-sha512")] {
        let stamp = stand.stamp(&request().with_policy(policy(kind))).await;
        let tsa = stamp.unwrap();
        let pem = tsa.tsa.to_pem() + &tsa.certificates[0].to_pem() + &tsa.certificates[1].to_pem();
        std::fs::write(desk.path().join("chain.pem"), pem).unwrap();
        let policy = policy(kind).to_string();
        for with_certificates in [true, false] {
            let mut query = vec!["ts", "-query", "-data", "data", digest, "-out", "q.tsq"];
            query.extend(["-tspolicy", &policy]);
            query.extend(with_certificates.then_some("-cert"));
            stand.openssl(&desk, &query).await.yes();
            let curl = [
                "-sSf",
                "-H",
                "Content-Type: application/timestamp-query",
                "--data-binary",
                "@q.tsq",
                "-o",
                "a.tsr",
                &url,
            ];
            run("curl", desk.path(), &curl).await.yes();
            let verify = async |query: [&str; 2], more: &[&str]| {
                let begin = ["ts", "-verify", query[0], query[1], "-in", "a.tsr"];
                let trust = ["-CAfile", "signature.pem"];
                stand
                    .openssl(&desk, &[&begin[..], &trust, more].concat())
                    .await
            };
            let untrusted: &[&str] = match with_certificates {
                true => &[],
                false => &["-untrusted", "chain.pem"],
            };
            // By the query: its nonce and policy too.
            verify(["-queryfile", "q.tsq"], untrusted).await.yes();
            verify(["-data", "data"], untrusted).await.yes();
            verify(["-data", "other"], untrusted).await.no();
            if !with_certificates {
                verify(["-data", "data"], &[]).await.no();
            }
        }
        let text = stand
            .openssl(&desk, &["ts", "-reply", "-in", "a.tsr", "-text"])
            .await
            .yes();
        for expected in [
            "Status: Granted.",
            &format!("Policy OID: {policy}"),
            "Accuracy: 0x01 seconds, unspecified millis, unspecified micros",
            "Ordering: no",
            "TSA: DirName:/CN=QAQPA TEST TSA (",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
    }
}

/// What no other judge here can verify is at least read by one that we did not write, byte by byte in its structure.
#[tokio::test(flavor = "multi_thread")]
async fn asn1crypto_reads_tokens_of_every_kind_of_key() {
    let stand = Stand::new().await;
    let desk = stand.desk(&[]);
    let python = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../.test-tools/venv/bin/python");
    let python: &'static str = String::leak(python.to_str().unwrap().to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/stamps.py");
    for kind in KeyKind::ALL {
        let request = request().with_policy(policy(kind));
        let response = stand.stamped(&request).await;
        let token = response.token().unwrap();
        std::fs::write(desk.path().join("token.der"), token).unwrap();
        let said = run(python, desk.path(), &[script, "token.der"]).await.yes();
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        let stamp = stand.judge(&response, &request).unwrap();
        let algorithm = kind.signature_algorithm();
        let signed_by = match kind {
            KeyKind::Rsa => qaqpa_crypto::oid::RSA_ENCRYPTION,
            _ => algorithm.oid(),
        };
        let digest = algorithm.digest();
        let expected = serde_json::json!({
            "version": "v3",
            "content_type": "1.2.840.113549.1.9.16.1.4",
            "digests": [digest.oid().to_string()],
            "digest": digest.oid().to_string(),
            "signature": signed_by.to_string(),
            "attributes": [
                "1.2.840.113549.1.9.3",
                "1.2.840.113549.1.9.5",
                "1.2.840.113549.1.9.4",
                "1.2.840.113549.1.9.16.2.12",
                "1.2.840.113549.1.9.16.2.47",
            ],
            "names_by_sha1": true,
            "names_by_sha256": true,
            "message_digest": hex::encode(digest.digest(&hex::decode(said["info"].as_str().unwrap()).unwrap())),
            "info": said["info"],
            "policy": policy(kind).to_string(),
            "imprint": hex::encode(DigestAlgorithm::Sha256.digest(DATA)),
            "nonce": hex::encode([0x9a; 8]),
            "serial": hex::encode(&stamp.serial),
            "gen_time": stamp.gen_time.unix_s(),
            "certificates": 2,
            "reencodes": true,
        });
        assert_eq!(said, expected, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_come_only_where_they_are_asked_for_and_the_nonce_always_comes_back() {
    let stand = Stand::new().await;
    let bare = StampRequest {
        cert_req: false,
        nonce: None,
        ..request()
    };
    let response = stand.stamped(&bare).await;
    assert_eq!(stand.judge(&response, &bare), Err(StampError::TsaUnknown));
    let asked_for_a_nonce = StampRequest {
        cert_req: true,
        ..bare
    };
    let response = stand.stamped(&asked_for_a_nonce).await;
    assert_eq!(
        stand.judge(&response, &request()),
        Err(StampError::NonceMissing)
    );
    for nonce in [&[1][..], &[0xff; 64], &[0]] {
        let asked = request().with_nonce(nonce);
        assert!(stand.stamp(&asked).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_request_has_its_failure_and_a_body() {
    let stand = Stand::new().await;
    let of = |imprint| StampRequest::new(imprint).encode();
    let unknown = request().with_policy(ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.3"));
    let whole = request().encode();
    #[rustfmt::skip]
    let table: Vec<(&str, u16, &str, Vec<u8>, Failure)> = vec![
        ("nothing", 200, QUERY, Vec::new(), Failure::BadDataFormat),
        ("noise", 200, QUERY, b"POST".to_vec(), Failure::BadDataFormat),
        ("cut short", 200, QUERY, whole[..whole.len() - 1].to_vec(), Failure::BadDataFormat),
        ("SHA-1", 200, QUERY, of(Imprint::of(DigestAlgorithm::Sha1, DATA)), Failure::BadAlg),
        ("a short imprint", 200, QUERY, of(Imprint::from_digest(DigestAlgorithm::Sha512, vec![1; 32])), Failure::BadDataFormat),
        ("an unknown policy", 200, QUERY, unknown.encode(), Failure::UnacceptedPolicy),
        ("another media type", 415, "application/ocsp-request", whole.clone(), Failure::BadRequest),
        ("no media type worth the name", 415, "timestamp", whole.clone(), Failure::BadRequest),
        ("huge", 413, QUERY, vec![0x30; 20_000], Failure::BadRequest),
        ("as much as is read", 200, QUERY, vec![0x30; 8192], Failure::BadDataFormat),
    ];
    for (case, status, media_type, body, failure) in table {
        let answer = stand.post_tsp(media_type, body).await;
        assert_eq!(answer.status.as_u16(), status, "{case}");
        let said = answer.header("content-type");
        assert_eq!(said, Some("application/timestamp-reply"), "{case}");
        let response = Response::decode(&answer.body).unwrap();
        assert_eq!(response.failures, [failure], "{case}");
        assert_eq!(response.text.len(), 1, "{case}");
    }
    let media_type = "Application/Timestamp-Query; charset=binary";
    let answer = stand.post_tsp(media_type, whole).await;
    let response = Response::decode(&answer.body).unwrap();
    assert!(stand.judge(&response, &request()).is_ok());
    for method in ["GET", "PUT", "DELETE"] {
        let request = Request::builder()
            .method(method)
            .uri(stand.address("tsp"))
            .body(Default::default())
            .unwrap();
        let client = HttpClient::plain(ClientLimits::default());
        let answer = client.request(request).await.unwrap();
        assert_eq!(answer.status.as_u16(), 405, "{method}");
        assert_eq!(answer.header("allow"), Some("POST"));
        let response = Response::decode(&answer.body).unwrap();
        assert_eq!(response.failures, [Failure::BadRequest]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn serial_numbers_never_repeat_whatever_is_killed_and_however_the_clock_is_set() {
    let stand = Stand::new().await;
    let mut serials = Vec::new();
    for kind in KeyKind::ALL {
        let request = request().with_policy(policy(kind));
        serials.push(stand.stamp(&request).await.unwrap().serial);
    }
    // Many at once: each has its own.
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (url, body) = (stand.address("tsp"), request().encode());
        let client = HttpClient::plain(ClientLimits::default());
        asking.spawn(async move { client.post(&url, QUERY, body).await.unwrap().body });
    }
    let mut at_once = BTreeSet::new();
    for answer in asking.join_all().await {
        let response = Response::decode(&answer).unwrap();
        at_once.insert(stand.judge(&response, &request()).unwrap().serial);
    }
    assert_eq!(at_once.len(), 40);
    serials.extend(at_once);
    let stand = stand.restarted().await;
    serials.push(stand.serial().await);
    let Stand {
        dir,
        clock,
        running,
    } = stand;
    running.kill().await;
    let running = up(dir.path(), &clock).await;
    let stand = Stand {
        dir,
        clock,
        running,
    };
    serials.push(stand.serial().await);
    let back = Moment::from_unix_ms(stand.clock.now().unix_ms() - 400 * DAY_MS);
    stand.set_clock(back).await;
    let earlier = stand.stamp(&request()).await.unwrap();
    assert!(earlier.gen_time < back.plus(Duration::from_secs(60)));
    serials.push(earlier.serial);
    let numbers: Vec<u64> = serials
        .iter()
        .map(|serial| {
            serial
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
        })
        .collect();
    assert_eq!(numbers, (1..=47).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_clock_is_set_the_stamp_is_of_that_moment_by_a_certificate_in_force() {
    let stand = Stand::at(Clock::at(Moment::parse("2026-11-22").unwrap())).await;
    let first = stand.stamp(&request()).await.unwrap();
    for text in ["2031-02-28T23:59:58Z", "2011-06-01", "2044-12-31T18:00:00Z"] {
        let wanted = Moment::parse(text).unwrap();
        stand.set_clock(wanted).await;
        let stamp = stand.stamp(&request()).await.unwrap();
        let late = stamp.gen_time.unix_s() - wanted.unix_s();
        assert!((0..60).contains(&late), "{text}");
        assert_ne!(stamp.tsa, first.tsa);
        let anchors = stand.anchors();
        let limits = Limits::default();
        let chain = &stamp.certificates;
        path::build(&stamp.tsa, chain, &anchors, stamp.gen_time, &limits).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authority_keeps_its_certificate_over_a_restart_and_stamps_no_more_where_it_is_revoked()
{
    let stand = Stand::new().await;
    let first = stand.stamp(&request()).await.unwrap();
    let stand = stand.restarted().await;
    let second = stand.stamp(&request()).await.unwrap();
    // The same key; another certificate where the addresses in it have changed with the port.
    assert_eq!(second.tsa.spki_der(), first.tsa.spki_der());
    stand.command("rsa-timestamper", "suspend").await.unwrap();
    let text = refused(Failure::SystemFailure)(stand.stamp(&request()).await);
    assert_eq!(
        text,
        "the time-stamping authority's certificate is revoked or suspended"
    );
    let gost = request().with_policy(oid::POLICY_TSP_GOST_2015);
    assert!(stand.stamp(&gost).await.is_ok());
    stand.command("rsa-timestamper", "resume").await.unwrap();
    assert_eq!(stand.stamp(&request()).await.unwrap().tsa, second.tsa);
    stand.command("rsa-timestamper", "revoke").await.unwrap();
    refused(Failure::SystemFailure)(stand.stamp(&request()).await);
    // Looked at anew, it has a new key.
    stand.set_clock(stand.clock.now()).await;
    let third = stand.stamp(&request()).await.unwrap();
    assert_ne!(third.tsa.spki_der(), second.tsa.spki_der());
}
