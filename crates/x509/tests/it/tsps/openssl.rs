//! OpenSSL and the structure of tokens as the second opinion.

use super::*;

#[test]
fn openssl_and_we_read_each_others_requests() {
    let desk = Desk::new();
    desk.put("data", DATA);
    let asked = [
        (&["-sha256"][..], DigestAlgorithm::Sha256, false),
        (&["-sha512", "-cert"], DigestAlgorithm::Sha512, true),
        (&["-sha384", "-no_nonce"], DigestAlgorithm::Sha384, false),
    ];
    for (options, digest, cert_req) in asked {
        let begin = ["ts", "-query", "-data", "data", "-out", "q.tsq"];
        desk.openssl(&[&begin, options].concat()).yes();
        let request = StampRequest::decode(&desk.read("q.tsq")).unwrap();
        assert_eq!(request.imprint, Imprint::of(digest, DATA));
        assert_eq!(request.cert_req, cert_req);
        assert_eq!(request.nonce.is_none(), options.contains(&"-no_nonce"));
        assert_eq!(request.encode(), desk.read("q.tsq"));
    }
    let request = StampRequest::new(Imprint::of(DigestAlgorithm::Sha256, DATA))
        .with_nonce(&[0xf1, 2])
        .with_policy(oid::POLICY_TSP_RSA);
    desk.put("ours.tsq", request.encode());
    let text = desk
        .openssl(&["ts", "-query", "-in", "ours.tsq", "-text"])
        .yes();
    for expected in [
        "Hash Algorithm: sha256",
        "Policy OID: 1.2.398.3.3.2.6.2",
        "Nonce: 0xF102",
        "Certificate required: yes",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
}

#[test]
fn openssl_believes_our_tokens_with_and_without_certificates() {
    for kind in [KeyKind::Rsa, KeyKind::Ecdsa] {
        let tsa = Tsa::with_key(PrivateKey::generate(kind).unwrap());
        let desk = Desk::new();
        desk.put("data", DATA);
        desk.put("other", b"other");
        desk.put("root.pem", tsa.stand.root.to_pem());
        let chain = tsa.chain();
        let pem = chain[0].to_pem() + &chain[1].to_pem();
        desk.put("chain.pem", pem);
        let full = tsa.token(&stamp());
        let bare = tsp::issue(&stamp(), &Signing::by(&tsa.certificate, &tsa.key)).unwrap();
        desk.put("full.tsr", tsp::granted(&full));
        desk.put("bare.tsr", tsp::granted(&bare));
        let moment = seconds(at());
        let verify = |data: &str, answer: &str, more: &[&str]| {
            let begin = [
                "ts", "-verify", "-data", data, "-in", answer, "-CAfile", "root.pem", "-attime",
                &moment,
            ];
            desk.openssl(&[&begin, more].concat())
        };
        verify("data", "full.tsr", &[]).yes();
        verify("data", "bare.tsr", &["-untrusted", "chain.pem"]).yes();
        verify("data", "bare.tsr", &[]).no();
        assert!(
            verify("other", "full.tsr", &[])
                .no()
                .contains("message imprint mismatch")
        );
    }
}

/// What a token says, as OpenSSL reads it.
#[test]
fn a_token_says_exactly_this() {
    let desk = Desk::new();
    let imprint = Imprint::from_digest(DigestAlgorithm::Sha256, vec![0xab; 32]);
    let token = Tsa::new().token(&StampToIssue { imprint, ..stamp() });
    desk.put("token.tsr", tsp::granted(&token));
    let text = desk
        .openssl(&["ts", "-reply", "-in", "token.tsr", "-text"])
        .yes();
    let said: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with("Using configuration"))
        .collect();
    let expected: Vec<_> = include_str!("../../golden/token.txt").lines().collect();
    assert_eq!(said, expected);
}

/// Every element of a token that holds no certificates, with what cannot differ between keys.
///
/// Source: RFC 3161 §2.4.2, RFC 5652 §5.1, RFC 5035 §5.
#[test]
fn a_token_has_exactly_this_structure() {
    let tsa = Tsa::new();
    let desk = Desk::new();
    let token = tsp::issue(&stamp(), &Signing::by(&tsa.certificate, &tsa.key)).unwrap();
    desk.put("token.der", &token);
    let text = desk
        .openssl(&["asn1parse", "-i", "-inform", "DER", "-in", "token.der"])
        .yes();
    let structure: Vec<_> = text
        .lines()
        // Places and lengths stand before, bytes after.
        .filter_map(|line| {
            line.split_once("cons: ")
                .or_else(|| line.split_once("prim: "))
        })
        .map(|(_, element)| element.split("[HEX DUMP]").next().unwrap_or("").trim_end())
        .collect();
    let expected: Vec<_> = include_str!("../../golden/token-structure.txt")
        .lines()
        .collect();
    assert_eq!(structure, expected, "{}", structure.join("\n"));
}
