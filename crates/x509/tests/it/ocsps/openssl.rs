//! OpenSSL as the second opinion, both ways.

use super::*;

#[test]
fn openssl_believes_our_answers_and_we_read_its_requests() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("root.pem", stand.root.to_pem());
    desk.put("issuing.pem", stand.issuing.to_pem());
    desk.put("leaf.pem", stand.leaf.to_pem());
    for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256] {
        let flag = match digest {
            DigestAlgorithm::Sha1 => "-sha1",
            _ => "-sha256",
        };
        desk.openssl(&[
            "ocsp",
            "-issuer",
            "issuing.pem",
            flag,
            "-cert",
            "leaf.pem",
            "-reqout",
            "req.der",
            "-nonce",
        ])
        .yes();
        let request = Request::decode(&desk.read("req.der"), 4).unwrap();
        assert_eq!(
            request.cert_ids,
            [CertId::new(digest, &stand.leaf, &stand.issuing)]
        );
        assert_eq!(request.nonce.as_ref().map(Vec::len), Some(16));
        assert!(request.cert_ids[0].matches(&stand.leaf, &stand.issuing));
        let mut response = good(&stand);
        response.answers[0].cert_id = request.cert_ids[0].clone();
        response.nonce = request.nonce;
        desk.put("resp.der", signed(&stand, &response));
        let time = seconds(at());
        let text = desk
            .openssl(&[
                "ocsp",
                "-reqin",
                "req.der",
                "-respin",
                "resp.der",
                "-CAfile",
                "root.pem",
                "-verify_other",
                "issuing.pem",
                "-attime",
                &time,
                "-resp_text",
            ])
            .yes();
        assert!(text.contains("Response verify OK"), "{text}");
        assert!(text.contains("Cert Status: good"), "{text}");
        assert!(!text.to_lowercase().contains("nonce verify"), "{text}");
    }
}

#[test]
fn answers_of_openssls_own_responder_are_believed() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("issuing.pem", stand.issuing.to_pem());
    desk.put("leaf.pem", stand.leaf.to_pem());
    desk.put("responder.pem", stand.responder.to_pem());
    desk.put("key.der", stand.responder_key.to_pkcs8_der());
    desk.openssl(&[
        "pkcs8", "-inform", "DER", "-in", "key.der", "-nocrypt", "-out", "key.pem",
    ])
    .yes();
    let serial = stand.leaf.serial_hex().to_uppercase();
    let line = format!("R\t301231235959Z\t261120000000Z,keyCompromise\t{serial}\tunknown\t/CN=x\n");
    desk.put("index.txt", line);
    desk.put("index.txt.attr", "unique_subject = no\n");
    desk.openssl(&[
        "ocsp",
        "-issuer",
        "issuing.pem",
        "-cert",
        "leaf.pem",
        "-reqout",
        "req.der",
        "-nonce",
    ])
    .yes();
    desk.openssl(&[
        "ocsp",
        "-index",
        "index.txt",
        "-rsigner",
        "responder.pem",
        "-rkey",
        "key.pem",
        "-CA",
        "issuing.pem",
        "-reqin",
        "req.der",
        "-respout",
        "resp.der",
        "-ndays",
        "1",
    ])
    .yes();
    let nonce = Request::decode(&desk.read("req.der"), 1).unwrap().nonce;
    // OpenSSL answers at real time, near which the stand's moment lies or not: any distance is allowed here.
    let policy = OcspPolicy {
        age_max: Duration::from_secs(u64::from(u32::MAX)),
        ahead_max: Duration::from_secs(u64::from(u32::MAX)),
    };
    let der = desk.read("resp.der");
    let verdict = verify(
        &der,
        &stand.leaf,
        &stand.issuing,
        nonce.as_deref(),
        at(),
        &policy,
    );
    let answer = verdict.unwrap();
    assert_eq!(
        answer.status,
        CertStatus::Revoked {
            at: Moment::parse("2026-11-20T00:00:00Z").unwrap(),
            reason: Some(RevocationReason::KeyCompromise)
        }
    );
}
