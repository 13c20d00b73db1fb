mod openssl;
mod requests;

use std::time::Duration;

use qaqpa_crypto::{DigestAlgorithm, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_x509::issue::{self, CertificateSpec};
use qaqpa_x509::ocsp::{
    CertId, CertStatus, OcspAnswer, OcspError, OcspPolicy, Request, RequestError, Response,
    ResponseStatus, SingleAnswer, failure, respond, respond_with, verify,
};
use qaqpa_x509::{Certificate, KeyUsage, ObjectIdentifier, RevocationReason, oid};

use crate::stand::{DAY, Stand, around, at, key, name};
use crate::tools::{Desk, seconds};

const SECOND: Duration = Duration::from_secs(1);
const NONCE: [u8; 8] = *b"12345678";

fn response(stand: &Stand, status: CertStatus) -> Response {
    Response {
        answers: vec![SingleAnswer {
            cert_id: CertId::new(DigestAlgorithm::Sha256, &stand.leaf, &stand.issuing),
            status,
            this_update: at(),
            next_update: Some(at().plus(DAY)),
        }],
        nonce: Some(NONCE.to_vec()),
        produced_at: at(),
        extended_revoke: false,
    }
}

fn good(stand: &Stand) -> Response {
    response(stand, CertStatus::Good)
}

fn signed(stand: &Stand, response: &Response) -> Vec<u8> {
    respond(response, &stand.responder, &stand.responder_key).unwrap()
}

fn judged_at(stand: &Stand, der: &[u8], at: Moment) -> Result<OcspAnswer, OcspError> {
    verify(
        der,
        &stand.leaf,
        &stand.issuing,
        Some(&NONCE),
        at,
        &OcspPolicy::default(),
    )
}

fn judged(stand: &Stand, der: &[u8]) -> Result<OcspAnswer, OcspError> {
    judged_at(stand, der, at())
}

fn changed(stand: &Stand, change: impl FnOnce(&mut Response)) -> Result<OcspAnswer, OcspError> {
    let mut response = good(stand);
    change(&mut response);
    judged(stand, &signed(stand, &response))
}

#[test]
fn each_status_is_told_with_what_proves_it() {
    let stand = Stand::new();
    let revoked = |reason| CertStatus::Revoked {
        at: at().minus(DAY),
        reason,
    };
    for status in [
        CertStatus::Good,
        CertStatus::Unknown,
        revoked(None),
        revoked(Some(RevocationReason::KeyCompromise)),
        revoked(Some(RevocationReason::CertificateHold)),
    ] {
        let answer = judged(&stand, &signed(&stand, &response(&stand, status))).unwrap();
        assert_eq!(answer.status, status);
        assert_eq!(answer.responder, stand.responder);
        assert_eq!((answer.this_update, answer.produced_at), (at(), at()));
        assert_eq!(answer.next_update, Some(at().plus(DAY)));
        assert!(!answer.is_never_issued());
    }
}

#[test]
fn never_issued_is_told_apart_from_suspended() {
    let stand = Stand::new();
    let hold = |at| CertStatus::Revoked {
        at,
        reason: Some(RevocationReason::CertificateHold),
    };
    let ask = |at, extended_revoke| {
        let mut response = response(&stand, hold(at));
        response.extended_revoke = extended_revoke;
        judged(&stand, &signed(&stand, &response))
            .unwrap()
            .is_never_issued()
    };
    let epoch = Moment::from_unix_ms(0);
    assert!(ask(epoch, true));
    assert!(!ask(epoch, false));
    assert!(!ask(at(), true));
}

#[test]
fn the_issuer_itself_may_answer() {
    let stand = Stand::new();
    let der = respond(&good(&stand), &stand.issuing, &stand.issuing_key).unwrap();
    assert_eq!(judged(&stand, &der).unwrap().responder, stand.issuing);
}

#[test]
fn a_flipped_bit_of_the_signature_or_of_what_is_signed_is_noticed() {
    let stand = Stand::new();
    let der = signed(&stand, &good(&stand));
    let noticed = |at: usize| {
        let mut bad = der.clone();
        bad[at] ^= 1 << (at % 8);
        judged(&stand, &bad).is_err()
    };
    // The responder's certificate stands at the end; what is before it is the answer.
    let answer = der.len() - stand.responder.der().len();
    let unnoticed: Vec<usize> = (0..answer - 8).filter(|at| !noticed(*at)).collect();
    assert_eq!(unnoticed, Vec::<usize>::new());
    let mut bad = der.clone();
    bad[answer - 100] ^= 1;
    assert_eq!(judged(&stand, &bad), Err(OcspError::BadSignature));
}

#[test]
fn a_stranger_may_not_answer() {
    let stand = Stand::new();
    let spec = |change: fn(&mut CertificateSpec)| {
        let mut spec = CertificateSpec::new(
            name("TEST RESPONDER"),
            stand.responder_key.spki_der(),
            around(),
        )
        .unwrap();
        spec.key_usage = Some(KeyUsage::DIGITAL_SIGNATURE);
        spec.extended_key_usage = vec![oid::EKU_OCSP_SIGNING];
        spec.ocsp_nocheck = true;
        change(&mut spec);
        spec
    };
    let by = |certificate: &Certificate, key: &PrivateKey| {
        judged(&stand, &respond(&good(&stand), certificate, key).unwrap())
    };
    let issued = |change: fn(&mut CertificateSpec)| {
        let certificate = issue::issue(&spec(change), stand.by_issuing()).unwrap();
        by(&certificate, &stand.responder_key)
    };
    assert!(issued(|_| {}).is_ok());
    let unauthorized = Err(OcspError::ResponderUnauthorized);
    assert_eq!(issued(|spec| spec.extended_key_usage.clear()), unauthorized);
    assert_eq!(
        issued(|spec| spec.extended_key_usage = vec![oid::EKU_CLIENT_AUTH]),
        unauthorized
    );
    // Delegated by the root: a sibling authority's responder.
    let by_root = issue::issue(&spec(|_| {}), stand.by_root()).unwrap();
    assert_eq!(by(&by_root, &stand.responder_key), unauthorized);
    // The leaf itself, and a self-signed namesake.
    assert_eq!(by(&stand.leaf, &stand.leaf_key), unauthorized);
    let itself = issue::root(name("TEST RESPONDER"), &key(4), around()).unwrap();
    assert_eq!(by(&itself, &key(4)), unauthorized);

    let unusable = |why| Err(OcspError::ResponderUnusable { why });
    assert_eq!(
        issued(|spec| spec.ocsp_nocheck = false),
        unusable("it has no id-pkix-ocsp-nocheck, and its revocation was not asked")
    );
    assert_eq!(
        issued(|spec| spec.key_usage = Some(KeyUsage::KEY_ENCIPHERMENT)),
        unusable("its key usage lacks digitalSignature")
    );
    assert_eq!(
        issued(|spec| spec.validity.not_after = at().minus(SECOND)),
        unusable("it was not within its period")
    );
    assert_eq!(
        issued(|spec| spec.validity.not_before = at().plus(SECOND)),
        unusable("it was not within its period")
    );
    assert_eq!(
        issued(|spec| {
            let strange = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1");
            spec.others = vec![(strange, true, vec![5, 0])];
        }),
        unusable("it has an unknown critical extension")
    );
}

/// An expired responder that dates its answer back is still expired.
#[test]
fn a_responder_that_has_expired_since_cannot_date_back() {
    let stand = Stand::new();
    let mut response = good(&stand);
    let end = stand.responder.not_after();
    response.produced_at = end.minus(SECOND);
    response.answers[0].this_update = end.minus(SECOND);
    response.answers[0].next_update = None;
    let der = signed(&stand, &response);
    assert!(judged_at(&stand, &der, end).is_ok());
    assert_eq!(
        judged_at(&stand, &der, end.plus(SECOND)),
        Err(OcspError::ResponderUnusable {
            why: "it was not within its period"
        })
    );
}

#[test]
fn the_nonce_must_come_back_once_and_unchanged() {
    let stand = Stand::new();
    assert_eq!(
        changed(&stand, |r| r.nonce = None),
        Err(OcspError::NonceMissing)
    );
    assert_eq!(
        changed(&stand, |r| r.nonce = Some(b"12345679".to_vec())),
        Err(OcspError::NonceWrong)
    );
    assert_eq!(
        changed(&stand, |r| r.nonce = Some(Vec::new())),
        Err(OcspError::NonceWrong)
    );
    let again = [(oid::OCSP_NONCE, false, [&[4, 8][..], &NONCE].concat())];
    let twice = respond_with(
        &good(&stand),
        &again,
        &stand.responder,
        &stand.responder_key,
    );
    assert_eq!(
        judged(&stand, &twice.unwrap()),
        Err(OcspError::NonceMissing)
    );
    // Nobody asked: what comes is not looked at.
    let der = signed(&stand, &good(&stand));
    let policy = OcspPolicy::default();
    let verdict = verify(&der, &stand.leaf, &stand.issuing, None, at(), &policy);
    assert!(verdict.is_ok());
}

#[test]
fn only_one_part_about_this_very_certificate_counts() {
    let stand = Stand::new();
    let missing = Err(OcspError::CertIdMissing);
    assert_eq!(changed(&stand, |r| r.answers.clear()), missing);
    let other = |id: CertId| changed(&stand, |r| r.answers[0].cert_id = id);
    let digest = DigestAlgorithm::Sha256;
    assert_eq!(
        other(CertId::for_serial(digest, &stand.issuing, &[1])),
        missing
    );
    assert_eq!(
        other(CertId::new(digest, &stand.leaf, &stand.root)),
        missing
    );
    assert!(
        other(CertId::new(
            DigestAlgorithm::Sha1,
            &stand.leaf,
            &stand.issuing
        ))
        .is_ok()
    );
    assert_eq!(
        changed(&stand, |r| {
            let mut again = r.answers[0].clone();
            again.status = CertStatus::Unknown;
            r.answers.push(again);
        }),
        Err(OcspError::CertIdAmbiguous)
    );
    let strangers_first = changed(&stand, |r| {
        let mut first = r.answers[0].clone();
        first.cert_id = CertId::for_serial(digest, &stand.issuing, &[1]);
        first.status = CertStatus::Unknown;
        r.answers.insert(0, first);
    });
    assert_eq!(strangers_first.unwrap().status, CertStatus::Good);
}

/// Boundary pairs, one second apart.
#[test]
fn an_answer_has_its_time() {
    let stand = Stand::new();
    let policy = OcspPolicy::default();
    let this_update = |moment: Moment| {
        changed(&stand, move |r| {
            r.answers[0].this_update = moment;
            r.answers[0].next_update = None;
        })
    };
    let newest = at().plus(policy.ahead_max);
    assert!(this_update(newest).is_ok());
    assert_eq!(
        this_update(newest.plus(SECOND)),
        Err(OcspError::NotYet {
            moment: newest.plus(SECOND)
        })
    );
    let oldest = at().minus(policy.age_max);
    assert!(this_update(oldest).is_ok());
    assert_eq!(
        this_update(oldest.minus(SECOND)),
        Err(OcspError::Stale {
            moment: at().minus(SECOND)
        })
    );
    let produced = |moment: Moment| changed(&stand, move |r| r.produced_at = moment);
    assert!(produced(newest).is_ok());
    assert_eq!(
        produced(newest.plus(SECOND)),
        Err(OcspError::NotYet {
            moment: newest.plus(SECOND)
        })
    );
    let next = |moment: Moment| {
        changed(&stand, move |r| {
            r.answers[0].this_update = at().minus(SECOND * 60);
            r.answers[0].next_update = Some(moment);
        })
    };
    assert!(next(at()).is_ok());
    assert_eq!(
        next(at().minus(SECOND)),
        Err(OcspError::Stale {
            moment: at().minus(SECOND)
        })
    );
    assert_eq!(next(at().minus(SECOND * 61)), Err(OcspError::Malformed));
}

/// A past moment judged by an answer of today, as the policy allows.
#[test]
fn a_past_moment_may_be_judged_by_an_answer_of_later() {
    let stand = Stand::new();
    let der = signed(&stand, &good(&stand));
    let past = at().minus(SECOND * 3600);
    assert_eq!(
        judged_at(&stand, &der, past),
        Err(OcspError::NotYet { moment: at() })
    );
    let policy = OcspPolicy {
        ahead_max: SECOND * 3600,
        ..OcspPolicy::default()
    };
    let verdict = verify(
        &der,
        &stand.leaf,
        &stand.issuing,
        Some(&NONCE),
        past,
        &policy,
    );
    assert_eq!(verdict.unwrap().status, CertStatus::Good);
}

#[test]
fn an_answer_that_is_none_says_why() {
    let stand = Stand::new();
    for status in [
        ResponseStatus::MalformedRequest,
        ResponseStatus::InternalError,
        ResponseStatus::TryLater,
        ResponseStatus::SigRequired,
        ResponseStatus::Unauthorized,
        ResponseStatus::Other(4),
        ResponseStatus::Other(99),
    ] {
        assert_eq!(
            judged(&stand, &failure(status)),
            Err(OcspError::Status(status))
        );
    }
    // Successful, and no bytes.
    assert_eq!(
        judged(&stand, &failure(ResponseStatus::Successful)),
        Err(OcspError::Malformed)
    );
    assert_eq!(judged(&stand, b""), Err(OcspError::Malformed));
    assert_eq!(judged(&stand, b"<html>"), Err(OcspError::Malformed));
}

#[test]
fn other_types_and_critical_extensions_are_refused() {
    let stand = Stand::new();
    let mut der = signed(&stand, &good(&stand));
    // id-pkix-ocsp-basic …48.1.1 becomes …48.1.2.
    let basic = hex::decode("06092b0601050507300101").unwrap();
    let found = der.windows(basic.len()).position(|w| w == basic).unwrap();
    der[found + basic.len() - 1] = 2;
    assert_eq!(
        judged(&stand, &der),
        Err(OcspError::Unsupported {
            oid: "1.3.6.1.5.5.7.48.1.2".to_owned()
        })
    );
    let strange = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1");
    let with = |critical| {
        let more = [(strange, critical, vec![5, 0])];
        let der = respond_with(&good(&stand), &more, &stand.responder, &stand.responder_key);
        judged(&stand, &der.unwrap())
    };
    assert!(with(false).is_ok());
    assert_eq!(with(true), Err(OcspError::Critical { oid: strange }));
}
