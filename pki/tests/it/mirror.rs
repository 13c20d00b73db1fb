//! The mirror on the control port: each service as of another moment.

use axum::body::Bytes;
use http::{Method, Request as HttpRequest};
use qaqpa_crypto::{DigestAlgorithm, KeyKind};
use qaqpa_model::{Actor, Moment};
use qaqpa_transport::{ClientLimits, ControlToken, HttpAnswer, HttpClient, registry};
use qaqpa_x509::crl::{self, CrlPolicy, CrlStatus};
use qaqpa_x509::ocsp::{CertStatus, Request};
use qaqpa_x509::tsp::{Imprint, Response, StampRequest};
use qaqpa_x509::{Certificate, RevocationReason};
use serde_json::Value;

use crate::stand::Stand;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Stand {
    async fn mirror(
        &self,
        method: Method,
        path: &str,
        moments: &[&str],
        body: Vec<u8>,
    ) -> HttpAnswer {
        let control = registry::read(self.path(), Actor::Nca)
            .unwrap()
            .unwrap()
            .control;
        let token = ControlToken::read(self.path()).unwrap();
        let mut request = HttpRequest::builder()
            .method(method)
            .uri(format!("{}/mirror/{path}", control.trim_end_matches('/')))
            .header("authorization", format!("Bearer {}", token.reveal()));
        if path.starts_with("tsp") {
            request = request.header("content-type", "application/timestamp-query");
        }
        for moment in moments {
            request = request.header("Qaqpa-Moment", *moment);
        }
        let client = HttpClient::plain(ClientLimits::default());
        let request = request.body(Bytes::from(body)).unwrap();
        client.request(request).await.unwrap()
    }

    async fn status_at(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        at: Moment,
    ) -> CertStatus {
        let request = Request::about(certificate, issuer, None).encode();
        let moment = at.to_string();
        let answer = self
            .mirror(Method::POST, "ocsp/", &[&moment], request)
            .await;
        assert_eq!(answer.status.as_u16(), 200);
        let proven = self.proven(&answer.body, certificate, issuer, at).unwrap();
        let responder = &proven.responder;
        assert!(responder.not_before() <= at && at <= responder.not_after());
        proven.status
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_revoked_later_was_good_and_what_was_suspended_was_so_in_between() {
    let stand = Stand::new().await;
    let begin = stand.clock.now();
    let day = |days: i64| Moment::from_unix_ms(begin.unix_ms() + days * DAY_MS + DAY_MS / 2);
    for (days, what) in [(1, "suspend"), (3, "resume"), (5, "revoke")] {
        stand.control().set_clock(days * DAY_MS).await.unwrap();
        stand.command("citizen-1", what).await.unwrap();
    }
    let (certificate, issuing) = (stand.certificate("citizen-1"), stand.issuing());
    let hold = Some(RevocationReason::CertificateHold);
    for (days, expected) in [
        (0, None),
        (1, Some(hold)),
        (2, Some(hold)),
        (3, None),
        (4, None),
        (5, Some(Some(RevocationReason::Unspecified))),
        (300, Some(Some(RevocationReason::Unspecified))),
    ] {
        let at = day(days);
        let reason = match stand.status_at(&certificate, &issuing, at).await {
            CertStatus::Revoked { reason, .. } => Some(reason),
            CertStatus::Good => None,
            CertStatus::Unknown => panic!("unknown at {at}"),
        };
        assert_eq!(reason, expected, "day {days}");
        let moment = at.to_string();
        let answer = stand
            .mirror(Method::GET, "crl/rsa.crl", &[&moment], vec![])
            .await;
        let list = crl::verify(&answer.body, &issuing, at).unwrap();
        assert_eq!(list.this_update().unix_s(), at.unix_s());
        let listed = list.status(certificate.serial());
        assert_eq!(
            listed == CrlStatus::NotListed,
            expected.is_none(),
            "day {days}"
        );
        let answer = stand
            .mirror(Method::GET, "crl/rsa-delta.crl", &[&moment], vec![])
            .await;
        let policy = CrlPolicy::default();
        crl::verify_delta(&answer.body, &issuing, at, &policy).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_key_answers_at_both_ends_of_the_roots_life() {
    let stand = Stand::new().await;
    for kind in KeyKind::ALL {
        let (root, issuing) = (stand.root_of(kind), stand.issuing_of(kind));
        for text in ["2010-01-02T00:00:00Z", "2044-12-30T00:00:00Z"] {
            let at = Moment::parse(text).unwrap();
            let status = stand.status_at(&issuing, &root, at).await;
            assert_eq!(status, CertStatus::Good, "{kind} at {text}");
            let path = format!("crl/{kind}-root.crl");
            let answer = stand.mirror(Method::GET, &path, &[text], vec![]).await;
            let list = crl::verify(&answer.body, &root, at).unwrap();
            assert_eq!(list.entries().len(), 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_has_the_number_of_the_last_one_made_until_then_and_nothing_is_kept() {
    let stand = Stand::new().await;
    let (issuing, begin) = (stand.issuing(), stand.clock.now());
    assert_eq!(stand.crl().await.1.number_hex(), "01");
    stand.control().set_clock(2 * DAY_MS).await.unwrap();
    assert_eq!(stand.crl().await.1.number_hex(), "02");
    let day = |days: i64| Moment::from_unix_ms(begin.unix_ms() + days * DAY_MS);
    for (days, number) in [(-5, "01"), (1, "01"), (3, "02"), (30, "02")] {
        let at = day(days);
        let moment = at.to_string();
        let answer = stand
            .mirror(Method::GET, "crl/rsa.crl", &[&moment], vec![])
            .await;
        let list = crl::verify(&answer.body, &issuing, at).unwrap();
        assert_eq!(list.number_hex(), number, "day {days}");
    }
    stand.command("citizen-2", "revoke").await.unwrap();
    assert_eq!(stand.crl().await.1.number_hex(), "03");
    let journal: Vec<Value> = stand
        .control()
        .get("/journal?kind=clock-set")
        .await
        .unwrap();
    assert_eq!(journal.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_header_it_is_now_and_a_header_that_is_no_moment_is_refused() {
    let stand = Stand::new().await;
    let (certificate, issuing) = (stand.certificate("revoked"), stand.issuing());
    let request = Request::about(&certificate, &issuing, None).encode();
    let answer = stand
        .mirror(Method::POST, "ocsp/", &[], request.clone())
        .await;
    let now = stand.clock.now();
    let proven = stand
        .proven(&answer.body, &certificate, &issuing, now)
        .unwrap();
    assert!(matches!(proven.status, CertStatus::Revoked { .. }));
    let good = "2026-11-22T10:00:00+05:00";
    for (moments, label) in [
        (&["yesterday"][..], "moment-malformed"),
        (&[""], "moment-malformed"),
        (&["2026-13-01T00:00:00Z"], "moment-malformed"),
        (&[good, good], "moment-malformed"),
        (&["2009-12-31T00:00:00Z"], "moment-outside-root-life"),
        (&["2045-01-01T00:00:00Z"], "moment-outside-root-life"),
    ] {
        for (method, path) in [
            (Method::POST, "ocsp/"),
            (Method::GET, "crl/rsa.crl"),
            (Method::GET, "crl/gost-2015-delta.crl"),
            (Method::POST, "tsp/"),
        ] {
            let answer = stand.mirror(method, path, moments, request.clone()).await;
            assert_eq!(answer.status.as_u16(), 422, "{path} {moments:?}");
            let said: Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(said["label"], label, "{path} {moments:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stamp_says_the_moment_that_was_asked_for() {
    let stand = Stand::new().await;
    let at = Moment::from_unix_ms(stand.clock.now().unix_ms() - DAY_MS / 2);
    let request = StampRequest::new(Imprint::of(DigestAlgorithm::Sha256, b"TEST"));
    let moment = at.to_string();
    let answer = stand
        .mirror(Method::POST, "tsp/", &[&moment], request.encode())
        .await;
    assert_eq!(answer.status.as_u16(), 200);
    let media_type = answer.header("content-type");
    assert_eq!(media_type, Some("application/timestamp-reply"));
    let response = Response::decode(&answer.body).unwrap();
    let stamp = qaqpa_x509::tsp::verify(
        response.token().unwrap(),
        qaqpa_x509::tsp::Stamped::Data(b"TEST"),
        &qaqpa_x509::tsp::Wanted {
            nonce: None,
            policy: None,
            not_before: None,
            at,
            skew_max: std::time::Duration::ZERO,
            accuracy_max: qaqpa_x509::tsp::ACCURACY_MAX,
        },
        &[],
    );
    assert_eq!(stamp.unwrap().gen_time.unix_s(), at.unix_s());
}
