//! Fetching: what can go wrong on the way, and what becomes of it.

use std::time::Duration;

use qaqpa_evidence::NcaAddresses;
use qaqpa_model::RefusalLabel as L;
use qaqpa_verdict::Policy;
use qaqpa_x509::issue::Addresses;
use qaqpa_x509::{RevocationReason, ocsp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::stand::{IIN, Nca, about_the_citizen, evidence, label, stand, tried, years};

#[tokio::test]
async fn a_live_responder_is_asked_once_and_nobody_else() {
    let nca = Nca::start().await;
    nca.ocsp_bent(|_| ()).await;
    let verdict = nca.examine(&nca.examiner(Policy::default())).await;
    assert_eq!(label(&verdict), None, "{}", verdict.to_text());
    assert_eq!(nca.requests().await, (1, 0));
    let request = &nca.asked().await[0];
    assert_eq!(request.headers["content-type"], "application/ocsp-request");
    let asked = ocsp::Request::decode(&request.body, 1).unwrap();
    assert!(asked.cert_ids[0].matches(&nca.citizen, &stand().issuing));
    assert_eq!(asked.nonce.map(|nonce| nonce.len()), Some(32));
    let attempts = &verdict.evidence[0].attempts;
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].from, nca.addresses().ocsp);
}

#[tokio::test]
async fn two_examinations_never_send_the_same_nonce() {
    let nca = Nca::start().await;
    nca.ocsp_bent(|_| ()).await;
    let examiner = nca.examiner(Policy::default());
    for _ in 0..2 {
        assert_eq!(label(&nca.examine(&examiner).await), None);
        examiner.forget();
    }
    assert_eq!(nca.requests().await, (2, 0));
    let requests = nca.asked().await;
    assert_ne!(requests[0].body, requests[1].body);
}

/// OCSP goes wrong in each way; the list is good and decides, or is down and nothing does.
#[tokio::test]
async fn an_answer_that_is_no_evidence_leads_to_the_list_and_is_named() {
    type Respond = Box<dyn Fn(&wiremock::Request) -> ResponseTemplate + Send + Sync>;
    let clock = Nca::start().await.clock;
    let live = move |change: fn(&mut ocsp::Response)| -> Respond {
        let clock = clock.clone();
        Box::new(move |request| {
            evidence(
                stand().ocsp(request, clock.now(), change),
                "application/ocsp-response",
            )
        })
    };
    let fixed = |template: ResponseTemplate| -> Respond { Box::new(move |_| template.clone()) };
    let failure = |status| evidence(ocsp::failure(status), "application/ocsp-response");
    let mut page = ResponseTemplate::new(200);
    page = page.set_body_raw(
        "<html>Log in to the airport</html>",
        "text/html; charset=utf-8",
    );
    let unsigned: Respond = Box::new(|request| {
        let mut bytes = stand().ocsp(request, crate::stand::noon(), |_| ());
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        evidence(bytes, "application/ocsp-response")
    });
    #[rustfmt::skip]
    let table: Vec<(&str, Respond, usize, &str)> = vec![
        // case, what the responder does, requests to it, what the report says of the last one
        ("R06 tryLater",          fixed(failure(ocsp::ResponseStatus::TryLater)),       2, "the responder says: tryLater"),
        ("R08 500",               fixed(ResponseTemplate::new(500)),                    2, "status 500"),
        ("R08 503",               fixed(ResponseTemplate::new(503)),                    2, "status 503"),
        ("R08 nothing in it",     fixed(ResponseTemplate::new(200)),                    2, "an empty answer"),
        ("R08 404",               fixed(ResponseTemplate::new(404)),                    1, "status 404"),
        ("R08 a captive page",    fixed(page),                                          1, "a text/html page instead of evidence"),
        ("R08 gzip",              fixed(evidence(vec![31, 139, 8], "application/ocsp-response").insert_header("content-encoding", "gzip")), 1, "a compressed answer: that was not asked for"),
        ("R08 longer than allowed", fixed(evidence(vec![0x30; 64 * 1024 + 1], "application/ocsp-response")), 1, "the answer is longer than 65536 bytes"),
        ("R06 unauthorized",      fixed(failure(ocsp::ResponseStatus::Unauthorized)),   1, "5 bytes"),
        ("R01 bytes changed",     unsigned,                                             1, "bytes"),
        ("R05 another nonce",     live(|r| r.nonce = Some(vec![9; 32])),                1, "bytes"),
        ("R05 no nonce",          live(|r| r.nonce = None),                             1, "bytes"),
        ("R04 stale",             live(|r| { r.answers[0].this_update = r.produced_at.minus(Duration::from_secs(7200)); r.answers[0].next_update = None; }), 1, "bytes"),
    ];
    for (case, respond, requests, outcome) in table {
        let nca = Nca::start().await;
        nca.ocsp(respond).await;
        let examiner = nca.examiner(Policy::default());
        // The list is not there yet (404): undecided, and both are named.
        let verdict = nca.examine(&examiner).await;
        assert_eq!(
            label(&verdict),
            Some(L::RevocationUnknown),
            "{case}\n{}",
            verdict.to_text()
        );
        assert_eq!(nca.requests().await, (requests, 1), "{case}");
        assert_eq!(tried(&verdict).last().unwrap(), "status 404", "{case}");
        assert!(
            tried(&verdict)[requests - 1].ends_with(outcome),
            "{case}: {:?}",
            tried(&verdict)
        );
        // The list is there: it decides.
        nca.crl(&[]).await;
        let verdict = nca.examine(&examiner).await;
        assert_eq!(label(&verdict), None, "{case}\n{}", verdict.to_text());
        let about = about_the_citizen(&verdict);
        let standings: Vec<_> = about.iter().map(|one| &one.standing[..]).collect();
        assert_eq!(standings, ["no-evidence", "good"], "{case}");
    }
}

#[tokio::test]
async fn the_list_says_revoked_where_the_responder_is_down() {
    let nca = Nca::start().await;
    nca.ocsp(|_| ResponseTemplate::new(503)).await;
    nca.crl(&[&nca.citizen]).await;
    let verdict = nca.examine(&nca.examiner(Policy::default())).await;
    assert_eq!(label(&verdict), Some(L::CertificateRevoked));
    assert_eq!(nca.requests().await, (2, 1));
}

#[tokio::test]
async fn a_definite_answer_is_not_asked_about_again() {
    let nca = Nca::start().await;
    nca.ocsp_bent(|r| {
        r.answers[0].status = ocsp::CertStatus::Revoked {
            at: r.produced_at,
            reason: Some(RevocationReason::CertificateHold),
        };
    })
    .await;
    let verdict = nca.examine(&nca.examiner(Policy::default())).await;
    assert_eq!(label(&verdict), Some(L::CertificateSuspended));
    assert_eq!(nca.requests().await, (1, 0));
}

#[tokio::test]
async fn one_transient_failure_is_tried_again_and_no_second_one() {
    let nca = Nca::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&nca.server)
        .await;
    nca.ocsp_bent(|_| ()).await;
    let verdict = nca.examine(&nca.examiner(Policy::default())).await;
    assert_eq!(label(&verdict), None, "{}", verdict.to_text());
    assert_eq!(nca.requests().await, (2, 0));
    assert_eq!(tried(&verdict)[0], "status 503");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = MockServer::start().await;
    let nca = Nca::start().await;
    let to = elsewhere.uri();
    nca.ocsp(move |_| ResponseTemplate::new(302).insert_header("location", to.as_str()))
        .await;
    nca.crl(&[]).await;
    let verdict = nca.examine(&nca.examiner(Policy::default())).await;
    assert_eq!(label(&verdict), None);
    assert_eq!(tried(&verdict)[0], "status 302: redirects are not followed");
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0);
}

/// A responder at the level of bytes: reads a request, writes this, and closes.
async fn raw(reply: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(reply).await;
            if reply.is_empty() {
                // RST instead of FIN: data that was never read is still on its way to us.
                drop(stream);
            }
        }
    });
    format!("http://{address}/ocsp/")
}

#[tokio::test]
async fn a_connection_that_breaks_leads_to_the_list_after_one_retry() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/ocsp/", listener.local_addr().unwrap())
    };
    let cut = raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/ocsp-response\r\ncontent-length: 5000\r\n\r\n0123").await;
    let reset = raw(b"").await;
    let rubbish = raw(b"\x16\x03\x01 not http at all\r\n\r\n").await;
    for (case, ocsp) in [
        ("closed", closed),
        ("cut", cut),
        ("reset", reset),
        ("rubbish", rubbish),
    ] {
        let nca = Nca::start().await;
        let addresses = NcaAddresses {
            ocsp,
            ..nca.addresses()
        };
        let examiner = nca.examiner_at(Some(addresses), Policy::default());
        let verdict = nca.examine(&examiner).await;
        assert_eq!(label(&verdict), Some(L::RevocationUnknown), "{case}");
        assert_eq!(
            verdict.evidence[0].attempts.len(),
            2,
            "{case}: {:?}",
            tried(&verdict)
        );
        nca.crl(&[]).await;
        let verdict = nca.examine(&examiner).await;
        assert_eq!(label(&verdict), None, "{case}\n{}", verdict.to_text());
    }
}

#[tokio::test]
async fn without_an_override_the_certificates_own_addresses_are_asked() {
    let nca = Nca::start().await;
    nca.ocsp_bent(|_| ()).await;
    let named = Addresses {
        ocsp: Some(nca.addresses().ocsp),
        crl: Some(nca.addresses().crl),
        ..Addresses::default()
    };
    let citizen = stand().citizen(IIN, named, years(1));
    let examiner = nca.examiner_at(None, Policy::default());
    let verdict = nca.examine_this(&examiner, &citizen).await;
    assert_eq!(label(&verdict), None, "{}", verdict.to_text());
    assert_eq!(nca.requests().await, (1, 0));
    // The certificate of the stand names nobody: nobody is asked, and that is said.
    let verdict = nca.examine(&examiner).await;
    assert_eq!(label(&verdict), Some(L::RevocationUnknown));
    assert!(
        verdict.why().contains("there is no address to ask"),
        "{}",
        verdict.why()
    );
    assert_eq!(nca.requests().await, (1, 0));
}

#[tokio::test]
async fn addresses_out_of_a_certificate_lead_nowhere_else() {
    let nca = Nca::start().await;
    for (url, outcome) in [
        (
            "http://192.0.2.1/ocsp/",
            "192.0.2.1 is not on this machine, and calling others is not allowed",
        ),
        ("https://127.0.0.1:1/ocsp/", "not an http:// address"),
        ("file:///etc/passwd", "not an http:// address"),
        ("ldap://127.0.0.1/", "not an http:// address"),
    ] {
        let named = Addresses {
            ocsp: Some(url.to_owned()),
            crl: Some(url.to_owned()),
            ..Addresses::default()
        };
        let citizen = stand().citizen(IIN, named, years(1));
        let examiner = nca.examiner_at(None, Policy::default());
        let verdict = nca.examine_this(&examiner, &citizen).await;
        assert_eq!(label(&verdict), Some(L::RevocationUnknown), "{url}");
        assert_eq!(tried(&verdict), [outcome, outcome], "{url}");
    }
}

/// A certificate that is refused anyway sends nobody anywhere: not the stranger's, not the expired one.
#[tokio::test]
async fn nobody_is_asked_before_the_chain_is_proven() {
    let nca = Nca::start().await;
    nca.ocsp_bent(|_| ()).await;
    nca.crl(&[]).await;
    let named = Addresses {
        ocsp: Some(nca.addresses().ocsp),
        crl: Some(nca.addresses().crl),
        ..Addresses::default()
    };
    let mut ended = years(1);
    ended.not_after = crate::stand::noon().minus(Duration::from_secs(1));
    let expired = stand().citizen(IIN, named.clone(), ended);
    let citizen = stand().citizen(IIN, named, years(1));
    for nca_addresses in [None, Some(nca.addresses())] {
        let examiner = nca.examiner_at(nca_addresses.clone(), Policy::default());
        let verdict = nca.examine_this(&examiner, &expired).await;
        assert_eq!(label(&verdict), Some(L::CertificateExpired));
        let mut known = nca.known();
        known.anchors = qaqpa_x509::TrustAnchors::default();
        let examiner = nca.examiner_knowing(known, nca_addresses);
        let verdict = nca.examine_this(&examiner, &citizen).await;
        assert_eq!(label(&verdict), Some(L::IssuerUntrusted));
    }
    assert_eq!(nca.requests().await, (0, 0));
}

/// R08: an answer that drips past the limit is given up, and not waited for a second time.
#[tokio::test]
async fn a_slow_responder_is_waited_for_once() {
    let nca = Nca::start().await;
    nca.ocsp(|_| ResponseTemplate::new(200).set_delay(Duration::from_secs(60)))
        .await;
    let examiner = nca.examiner_within(1, Some(nca.addresses()), Policy::default());
    let verdict = nca.examine(&examiner).await;
    assert_eq!(label(&verdict), Some(L::RevocationUnknown));
    assert_eq!(tried(&verdict)[0], "no answer within 1 s");
    assert_eq!(verdict.evidence[0].attempts.len(), 1);
    assert_eq!(nca.requests().await.0, 1);
}
