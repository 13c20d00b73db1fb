//! Requests and answers around tokens.

use super::*;

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
    let default_said = |mut der: Vec<u8>| {
        assert!(der.ends_with(&[1, 1, 0xff]));
        *der.last_mut().unwrap() = 0;
        der
    };
    let long_nonce = StampRequest::new(sha256(32)).with_nonce(&[0x7f; 66]);
    #[rustfmt::skip]
    let table = [
        ("nothing", Vec::new(), RequestError::Malformed, Failure::BadDataFormat),
        ("cut short", whole[..whole.len() - 1].to_vec(), RequestError::Malformed, Failure::BadDataFormat),
        ("trailing bytes", [&whole[..], &[0]].concat(), RequestError::Malformed, Failure::BadDataFormat),
        ("a default that is said", default_said(plain.clone()), RequestError::Malformed, Failure::BadDataFormat),
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
