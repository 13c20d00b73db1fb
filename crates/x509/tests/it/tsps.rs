//! Time stamps: exact refusals, and OpenSSL as the second opinion.

mod arbitrary;
mod openssl;
mod requests;

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
