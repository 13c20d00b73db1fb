//! Time stamps: exact refusals, and OpenSSL as the second opinion.

use std::cmp::Ordering;
use std::sync::OnceLock;
use std::time::Duration;

use proptest::prelude::*;
use qaqpa_crypto::{DigestAlgorithm, KeyKind, PrivateKey};
use qaqpa_model::Limits;
use qaqpa_x509::issue::{self, Addresses, CertificateSpec};
use qaqpa_x509::path::{self, PathError};
use qaqpa_x509::tsp::{
    self, Accuracy, Failure, Imprint, RequestError, Response, Signing, Stamp, StampError,
    StampRequest, StampToIssue, Stamped, Wanted,
};
use qaqpa_x509::{Certificate, KeyUsage, ObjectIdentifier, oid};

use crate::stand::{DAY, Stand, around, at, key, name};
use crate::tools::{Desk, seconds};

const DATA: &[u8] = b"TEST data to stamp";

/// A stand with a time-stamping authority of a kind.
struct Tsa {
    stand: Stand,
    certificate: Certificate,
    key: PrivateKey,
}

impl Tsa {
    fn new() -> Self {
        Self::with_key(key(4))
    }

    fn with_key(key: PrivateKey) -> Self {
        let stand = Stand::new();
        let certificate = issue::timestamper(
            name("TEST TSA"),
            key.spki_der(),
            around(),
            Addresses::default(),
            stand.by_issuing(),
        )
        .unwrap();
        Self {
            stand,
            certificate,
            key,
        }
    }

    /// Another certificate for the same key and name.
    fn certificate_with(&self, change: impl FnOnce(&mut CertificateSpec)) -> Certificate {
        let mut spec = CertificateSpec {
            key_usage: Some(KeyUsage::DIGITAL_SIGNATURE),
            extended_key_usage: vec![oid::EKU_TIME_STAMPING],
            extended_key_usage_critical: true,
            ..CertificateSpec::new(name("TEST TSA"), self.key.spki_der(), around()).unwrap()
        };
        change(&mut spec);
        issue::issue(&spec, self.stand.by_issuing()).unwrap()
    }

    fn chain(&self) -> [Certificate; 2] {
        [self.certificate.clone(), self.stand.issuing.clone()]
    }

    fn token(&self, stamp: &StampToIssue) -> Vec<u8> {
        let chain = self.chain();
        let signing = Signing::by(&self.certificate, &self.key).with_certificates(&chain);
        tsp::issue(stamp, &signing).unwrap()
    }
}

fn nonce() -> Vec<u8> {
    vec![0, 0xf1, 2, 3, 4, 5, 6, 7, 8]
}

fn stamp() -> StampToIssue {
    StampToIssue {
        imprint: Imprint::of(DigestAlgorithm::Sha256, DATA),
        policy: oid::POLICY_TSP_RSA,
        serial: vec![1, 0],
        gen_time: at(),
        accuracy: Some(Accuracy::seconds(1)),
        ordering: false,
        nonce: Some(nonce()),
        names_tsa: true,
    }
}

fn wanted(nonce: &[u8]) -> Wanted<'_> {
    Wanted {
        nonce: Some(nonce),
        policy: Some(oid::POLICY_TSP_RSA),
        not_before: None,
        at: at(),
        skew_max: Duration::from_secs(300),
        accuracy_max: tsp::ACCURACY_MAX,
    }
}

fn judge(token: &[u8]) -> Result<Stamp, StampError> {
    tsp::verify(token, Stamped::Data(DATA), &wanted(&nonce()), &[])
}

#[test]
fn a_token_of_every_kind_of_key_is_believed_and_its_authority_found_by_a_path() {
    for kind in KeyKind::ALL {
        let tsa = Tsa::with_key(PrivateKey::generate(kind).unwrap());
        let stamp = judge(&tsa.token(&stamp())).unwrap();
        assert_eq!(stamp.gen_time, at(), "{kind}");
        assert_eq!(stamp.accuracy, Some(Accuracy::seconds(1)));
        assert!(!stamp.ordering);
        assert_eq!(stamp.serial, [1, 0]);
        assert_eq!(stamp.policy, oid::POLICY_TSP_RSA);
        assert_eq!(stamp.imprint, Imprint::of(DigestAlgorithm::Sha256, DATA));
        assert_eq!(stamp.tsa, tsa.certificate);
        assert_eq!(stamp.certificates.len(), 2);
        let anchors = tsa.stand.anchors();
        let path = path::build(
            &stamp.tsa,
            &stamp.certificates,
            &anchors,
            stamp.gen_time,
            &Limits::default(),
        );
        assert_eq!(path.unwrap().certificates().len(), 3);
    }
}

#[test]
fn an_expired_authority_is_found_out_by_the_token_and_by_the_path() {
    let tsa = Tsa::new();
    let after = tsa.certificate.not_after().plus(Duration::from_secs(1));
    let last = tsa.certificate.not_after();
    let token = |gen_time| {
        tsa.token(&StampToIssue {
            gen_time,
            ..stamp()
        })
    };
    let judge_later = |token: &[u8]| {
        let nonce = nonce();
        let wanted = Wanted {
            at: after.plus(DAY),
            ..wanted(&nonce)
        };
        tsp::verify(token, Stamped::Data(DATA), &wanted, &[])
    };
    // Expired now, in force when it stamped: that is what stamps are for.
    assert_eq!(judge_later(&token(last)).unwrap().gen_time, last);
    assert_eq!(
        judge_later(&token(after)),
        Err(StampError::TsaNotInForce { gen_time: after })
    );
    let expired = tsa.stand.path_at(&tsa.certificate, after);
    assert!(
        matches!(expired, Err(PathError::Expired { position: 0, .. })),
        "{expired:?}"
    );
}

/// Source: attacks T01. One defect a case; the authority really signed each token.
#[test]
fn a_token_with_one_wrong_field_is_refused_by_name() {
    let tsa = Tsa::new();
    let token = |change: &dyn Fn(&mut StampToIssue)| {
        let mut stamp = stamp();
        change(&mut stamp);
        tsa.token(&stamp)
    };
    let late = at().plus(Duration::from_secs(302));
    let wide = Accuracy {
        micros: 1,
        ..Accuracy::seconds(60)
    };
    #[rustfmt::skip]
    let table: Vec<(&str, Vec<u8>, Result<(), StampError>)> = vec![
        ("nothing is wrong", token(&|_| {}), Ok(())),
        ("other data", token(&|s| s.imprint = Imprint::of(DigestAlgorithm::Sha256, b"other")),
            Err(StampError::ImprintWrong)),
        ("the same data by another digest", token(&|s| s.imprint = Imprint::of(DigestAlgorithm::Sha512, DATA)),
            Ok(())),
        ("an imprint with SHA-1", token(&|s| s.imprint = Imprint::of(DigestAlgorithm::Sha1, DATA)),
            Err(StampError::Weak { why: "an imprint with SHA-1" })),
        ("an imprint that is too short", token(&|s| s.imprint = Imprint::from_digest(DigestAlgorithm::Sha256, vec![1; 31])),
            Err(StampError::Malformed { what: "the imprint" })),
        ("no nonce", token(&|s| s.nonce = None), Err(StampError::NonceMissing)),
        ("another nonce", token(&|s| s.nonce = Some(vec![5])), Err(StampError::NonceWrong)),
        ("another policy", token(&|s| s.policy = oid::POLICY_TSP_GOST_2015),
            Err(StampError::PolicyWrong { policy: oid::POLICY_TSP_GOST_2015 })),
        ("from the future, but for the clocks' skew", token(&|s| s.gen_time = late.minus(Duration::from_secs(1))), Ok(())),
        ("from the future", token(&|s| s.gen_time = late), Err(StampError::NotYet { gen_time: late })),
        ("without a name, an accuracy", token(&|s| { s.names_tsa = false; s.accuracy = None; }), Ok(())),
        ("a serial number of zero", token(&|s| s.serial = vec![0]),
            Err(StampError::Malformed { what: "the serial number" })),
        ("a serial number of 160 bits", token(&|s| s.serial = vec![0x80; 20]), Ok(())),
        ("an accuracy of a minute", token(&|s| s.accuracy = Some(Accuracy::seconds(60))), Ok(())),
        ("an accuracy of more than a minute", token(&|s| s.accuracy = Some(wide)),
            Err(StampError::AccuracyTooWide { accuracy: wide })),
        ("an accuracy beyond all times", token(&|s| s.accuracy = Some(Accuracy::seconds(u64::MAX))),
            Err(StampError::AccuracyTooWide { accuracy: Accuracy::seconds(u64::MAX) })),
        ("a serial number of 21 bytes", token(&|s| s.serial = vec![1; 21]),
            Err(StampError::Malformed { what: "the serial number" })),
    ];
    for (case, token, expected) in table {
        assert_eq!(judge(&token).map(|_| ()), expected, "{case}");
    }
}

#[test]
fn a_digest_that_was_asked_for_must_be_the_same_by_algorithm_and_value() {
    let token = Tsa::new().token(&stamp());
    let nonce = nonce();
    let judge = |imprint: &Imprint| {
        tsp::verify(&token, Stamped::Digest(imprint), &wanted(&nonce), &[]).map(|_| ())
    };
    assert_eq!(judge(&Imprint::of(DigestAlgorithm::Sha256, DATA)), Ok(()));
    for other in [
        Imprint::of(DigestAlgorithm::Sha512, DATA),
        Imprint::of(DigestAlgorithm::Sha256, b"other"),
    ] {
        assert_eq!(judge(&other), Err(StampError::ImprintWrong));
    }
}

/// Source: RFC 3161 §2.3.
#[test]
fn a_certificate_that_is_not_for_stamping_alone_stamps_nothing() {
    let tsa = Tsa::new();
    let also = vec![oid::EKU_TIME_STAMPING, oid::EKU_CLIENT_AUTH];
    #[rustfmt::skip]
    let table: Vec<(Certificate, Option<&str>)> = vec![
        (tsa.certificate_with(|_| {}), None),
        (tsa.certificate_with(|s| s.key_usage = None), None),
        (tsa.certificate_with(|s| s.key_usage = Some(KeyUsage::NON_REPUDIATION)), None),
        (tsa.certificate_with(|s| s.key_usage = Some(KeyUsage::KEY_ENCIPHERMENT)),
            Some("its key usage has neither digitalSignature nor nonRepudiation")),
        (tsa.certificate_with(|s| s.extended_key_usage_critical = false),
            Some("its extended key usage is not critical")),
        (tsa.certificate_with(|s| s.extended_key_usage = also),
            Some("timeStamping is not its only extended key usage")),
        (tsa.certificate_with(|s| s.extended_key_usage = vec![oid::EKU_CLIENT_AUTH]),
            Some("its extended key usage lacks timeStamping")),
        (tsa.certificate_with(|s| { s.extended_key_usage = Vec::new(); s.extended_key_usage_critical = false; }),
            Some("it has no extended key usage")),
    ];
    for (certificate, why) in table {
        let chain = [certificate.clone()];
        let signing = Signing::by(&certificate, &tsa.key).with_certificates(&chain);
        let judged = judge(&tsp::issue(&stamp(), &signing).unwrap()).map(|_| ());
        let expected = why.map_or(Ok(()), |why| Err(StampError::Purpose { why }));
        assert_eq!(judged, expected);
    }
}

#[test]
fn the_signed_attributes_must_name_the_very_certificate_by_each_name_that_is_there() {
    let tsa = Tsa::new();
    let twin = tsa.certificate_with(|spec| spec.serial = vec![9]);
    let (own, twin) = (Some(&tsa.certificate), Some(&twin));
    let wrong = Err(StampError::SigningCertificateWrong);
    for (first, second, expected) in [
        (own, own, Ok(())),
        // The national authority's tokens.
        (own, None, Ok(())),
        (None, own, Ok(())),
        (None, None, Err(StampError::SigningCertificateMissing)),
        (twin, None, wrong.clone()),
        (None, twin, wrong.clone()),
        (own, twin, wrong.clone()),
        (twin, own, wrong),
    ] {
        let chain = tsa.chain();
        let signing = Signing {
            signing_certificate: first,
            signing_certificate_v2: second,
            ..Signing::by(&tsa.certificate, &tsa.key).with_certificates(&chain)
        };
        let token = tsp::issue(&stamp(), &signing).unwrap();
        assert_eq!(judge(&token).map(|_| ()), expected);
    }
}

#[test]
fn a_token_without_certificates_needs_them_at_hand() {
    let tsa = Tsa::new();
    let token = tsp::issue(&stamp(), &Signing::by(&tsa.certificate, &tsa.key)).unwrap();
    assert_eq!(judge(&token), Err(StampError::TsaUnknown));
    let nonce = nonce();
    let judged = tsp::verify(&token, Stamped::Data(DATA), &wanted(&nonce), &tsa.chain());
    assert_eq!(judged.unwrap().certificates, []);
}

#[test]
fn another_key_than_the_certificates_is_a_wrong_signature() {
    let tsa = Tsa::new();
    let chain = tsa.chain();
    let stranger = key(0);
    let signing = Signing::by(&tsa.certificate, &stranger).with_certificates(&chain);
    let token = tsp::issue(&stamp(), &signing).unwrap();
    assert_eq!(judge(&token), Err(StampError::BadSignature));
    // Another kind of key says another algorithm.
    let stranger = PrivateKey::generate(KeyKind::Ecdsa).unwrap();
    let signing = Signing::by(&tsa.certificate, &stranger).with_certificates(&chain);
    let token = tsp::issue(&stamp(), &signing).unwrap();
    assert_eq!(judge(&token), Err(StampError::BadSignature));
}

#[test]
fn a_changed_content_is_told_from_a_changed_signature() {
    let token = Tsa::new().token(&stamp());
    let text = b"20261122050000Z";
    let place = token
        .windows(text.len())
        .position(|window| window == text)
        .unwrap();
    let mut content = token.clone();
    content[place + 7] = b'1';
    assert_eq!(judge(&content), Err(StampError::MessageDigestWrong));
    let mut signature = token;
    *signature.last_mut().unwrap() ^= 1;
    assert_eq!(judge(&signature), Err(StampError::BadSignature));
}

#[test]
fn a_stamp_before_the_signature_that_it_covers_is_too_early() {
    let token = Tsa::new().token(&stamp());
    let nonce = nonce();
    let judge = |not_before| {
        let wanted = Wanted {
            not_before: Some(not_before),
            ..wanted(&nonce)
        };
        tsp::verify(&token, Stamped::Data(DATA), &wanted, &[]).map(|_| ())
    };
    // Five minutes of skew and one second of accuracy.
    assert_eq!(judge(at().plus(Duration::from_secs(301))), Ok(()));
    assert_eq!(
        judge(at().plus(Duration::from_secs(302))),
        Err(StampError::TooEarly { gen_time: at() })
    );
}

#[test]
fn stamps_are_ordered_where_their_accuracies_do_not_overlap() {
    let tsa = Tsa::new();
    let at_second = |second, ordering| {
        let stamp = StampToIssue {
            gen_time: at().plus(Duration::from_secs(second)),
            ordering,
            ..stamp()
        };
        judge(&tsa.token(&stamp)).unwrap()
    };
    let [zero, two, three] = [0, 2, 3].map(|second| at_second(second, false));
    assert_eq!(zero.compare(&two), None);
    assert_eq!(zero.compare(&three), Some(Ordering::Less));
    assert_eq!(three.compare(&zero), Some(Ordering::Greater));
    let [first, second] = [0, 1].map(|second| at_second(second, true));
    assert_eq!(first.compare(&second), Some(Ordering::Less));
    assert_eq!(first.compare(&two), None);
    let (zero, two, three) = (&zero, &two, &three);
    for (order, expected) in [
        (vec![zero, two, three], Ok(())),
        (vec![two, zero], Ok(())),
        (
            vec![three, zero],
            Err(StampError::Disordered { position: 1 }),
        ),
        (
            vec![three, two, zero],
            Err(StampError::Disordered { position: 2 }),
        ),
    ] {
        let order: Vec<_> = order.into_iter().cloned().collect();
        assert_eq!(tsp::check_order(&order), expected);
    }
}

#[test]
fn a_request_is_read_back_and_each_wrong_one_has_its_failure() {
    let request = StampRequest::new(Imprint::of(DigestAlgorithm::Streebog512, DATA))
        .with_nonce(&[0xf1, 2])
        .with_policy(oid::POLICY_TSP_GOST_2015);
    assert_eq!(request.nonce, Some(vec![0, 0xf1, 2]));
    for request in [
        StampRequest::new(Imprint::of(DigestAlgorithm::Sha384, DATA)),
        StampRequest::new(Imprint::of(DigestAlgorithm::Gost34311, DATA)),
        StampRequest {
            cert_req: false,
            ..request.clone()
        },
        request.clone(),
    ] {
        assert_eq!(StampRequest::decode(&request.encode()), Ok(request));
    }
    let whole = request.encode();
    let of = |imprint| StampRequest::new(imprint).encode();
    let sha256 = |length| Imprint::from_digest(DigestAlgorithm::Sha256, vec![7; length]);
    let version_2 = |mut der: Vec<u8>| {
        assert_eq!(der[2..5], [2, 1, 1]);
        der[4] = 2;
        der
    };
    let unknown_digest = |mut der: Vec<u8>| {
        // The last arc of SHA-256.
        let place = der.windows(2).position(|two| two == [4, 2]).unwrap() + 2;
        der[place] = 99;
        der
    };
    let extension = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.9");
    let with_extension = |der: &[u8], critical: bool| {
        let oid = extension.as_bytes();
        let mut body = [&[6, u8::try_from(oid.len()).unwrap()], oid].concat();
        if critical {
            body.extend([1, 1, 0xff]);
        }
        body.extend([4, 2, 5, 0]);
        let one = [&[0x30, u8::try_from(body.len()).unwrap()], &body[..]].concat();
        let all = [&[0xa0, u8::try_from(one.len()).unwrap()], &one[..]].concat();
        let content = [&der[2..], &all].concat();
        [&[0x30, u8::try_from(content.len()).unwrap()], &content[..]].concat()
    };
    let plain = of(sha256(32));
    let long_nonce = StampRequest::new(sha256(32)).with_nonce(&[0x7f; 66]);
    #[rustfmt::skip]
    let table = [
        ("nothing", Vec::new(), RequestError::Malformed, Failure::BadDataFormat),
        ("cut short", whole[..whole.len() - 1].to_vec(), RequestError::Malformed, Failure::BadDataFormat),
        ("trailing bytes", [&whole[..], &[0]].concat(), RequestError::Malformed, Failure::BadDataFormat),
        ("huge", vec![0x30; 8193], RequestError::TooLong { max: 8192 }, Failure::BadRequest),
        ("version 2", version_2(plain.clone()), RequestError::Version { version: 2 }, Failure::BadRequest),
        ("SHA-1", of(Imprint::of(DigestAlgorithm::Sha1, DATA)),
            RequestError::AlgorithmWeak { algorithm: DigestAlgorithm::Sha1 }, Failure::BadAlg),
        ("an unknown digest", unknown_digest(plain.clone()),
            RequestError::Algorithm { oid: ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.99") }, Failure::BadAlg),
        ("a short imprint", of(sha256(31)),
            RequestError::ImprintLength { expected: 32, found: 31 }, Failure::BadDataFormat),
        ("a long imprint", of(sha256(33)),
            RequestError::ImprintLength { expected: 32, found: 33 }, Failure::BadDataFormat),
        ("a long nonce", long_nonce.encode(), RequestError::Nonce, Failure::BadRequest),
        ("a critical extension", with_extension(&plain, true),
            RequestError::Extension { oid: extension }, Failure::UnacceptedExtension),
        ("an extension", with_extension(&plain, false),
            RequestError::Extension { oid: extension }, Failure::UnacceptedExtension),
    ];
    for (case, der, error, failure) in table {
        assert_eq!(StampRequest::decode(&der), Err(error.clone()), "{case}");
        assert_eq!(error.failure(), failure, "{case}");
    }
}

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
    let expected: Vec<_> = include_str!("../golden/token.txt").lines().collect();
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
    let expected: Vec<_> = include_str!("../golden/token-structure.txt")
        .lines()
        .collect();
    assert_eq!(structure, expected, "{}", structure.join("\n"));
}

#[test]
fn what_is_no_answer_is_told_from_a_refusal() {
    let token = Tsa::new().token(&stamp());
    let answer = Response::decode(&tsp::granted(&token)).unwrap();
    assert_eq!(answer.token(), Ok(&token[..]));
    for bad in [&b""[..], &token, &[0x30, 0], &vec![0x30; 300_000]] {
        assert_eq!(Response::decode(bad), Err(StampError::ResponseMalformed));
    }
    for bad in [&b""[..], &tsp::granted(&token), &vec![0x30; 300_000]] {
        assert!(matches!(judge(bad), Err(StampError::Malformed { .. })));
    }
}

fn sample() -> &'static (Vec<u8>, Vec<u8>) {
    static SAMPLE: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let request = StampRequest::new(Imprint::of(DigestAlgorithm::Sha256, DATA));
        (
            Tsa::new().token(&stamp()),
            request.with_nonce(&[7; 8]).encode(),
        )
    })
}

fn read_all(bytes: &[u8]) -> Option<Stamp> {
    let _ = StampRequest::decode(bytes).map(|request| request.encode());
    let _ = Response::decode(bytes).map(|answer| answer.token().map(<[u8]>::len));
    judge(bytes).ok()
}

proptest! {
    #[test]
    fn noise_makes_no_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(read_all(&bytes), None);
    }

    /// A flipped bit either is noticed or stands where nothing is signed: in the certificates that were not used.
    #[test]
    fn a_flipped_bit_changes_nothing_that_is_believed(place in any::<prop::sample::Index>(), bit in 0u8..8) {
        let (token, request) = sample();
        for sample in [token, request] {
            let place = place.index(sample.len());
            let mut flipped = sample.clone();
            flipped[place] ^= 1 << bit;
            if let Some(stamp) = read_all(&flipped) {
                let whole = judge(token).unwrap();
                prop_assert_eq!(
                    (stamp.gen_time, stamp.serial, stamp.tsa),
                    (whole.gen_time, whole.serial, whole.tsa)
                );
            }
            prop_assert_eq!(read_all(&sample[..place]), None);
        }
    }
}
