//! The same of OCSP answers.

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_x509::ocsp::{
    CertId, CertStatus, OcspAnswer, OcspError, OcspPolicy, Request, Response, SingleAnswer,
    respond, respond_archived, verify,
};

use super::*;
use crate::tools::seconds;

fn response(leaf: &Certificate, issuing: &Certificate, status: CertStatus) -> Response {
    Response {
        answers: vec![SingleAnswer {
            cert_id: CertId::new(DigestAlgorithm::Sha256, leaf, issuing),
            status,
            this_update: at(),
            next_update: None,
        }],
        nonce: None,
        produced_at: at(),
        extended_revoke: true,
    }
}

fn judged(
    stand: &Stand,
    leaf: &Certificate,
    der: &[u8],
    now: Moment,
) -> Result<OcspAnswer, OcspError> {
    verify(der, leaf, &stand.issuing, None, now, &OcspPolicy::default())
}

/// Source: RFC 6960 §4.4.4.
#[test]
fn good_of_after_the_certificates_end_counts_where_the_responder_keeps_its_knowledge_for_so_long() {
    let stand = Stand::new();
    let leaf = ended(&stand);
    let of = |status, this_update, cutoff: Option<Moment>| {
        let mut response = response(&leaf, &stand.issuing, status);
        response.answers[0].this_update = this_update;
        let (by, key) = (&stand.responder, &stand.responder_key);
        let der = match cutoff {
            None => respond(&response, by, key),
            Some(cutoff) => respond_archived(&response, cutoff, by, key),
        };
        let policy = OcspPolicy {
            age_max: 10 * DAY,
            ..OcspPolicy::default()
        };
        verify(&der.unwrap(), &leaf, &stand.issuing, None, at(), &policy)
            .map(|answer| answer.archive_cutoff)
    };
    let good = |this_update, cutoff| of(CertStatus::Good, this_update, cutoff);
    let forgotten = Err(OcspError::Expired { not_after: end() });
    assert_eq!(good(at(), None), forgotten);
    assert_eq!(good(at(), Some(end())), Ok(Some(end())));
    assert_eq!(good(at(), Some(end().plus(SECOND))), forgotten);
    assert_eq!(
        good(end(), None),
        Ok(None),
        "known to be right while it was in force"
    );
    assert_eq!(good(end().plus(SECOND), None), forgotten);
    let revoked = CertStatus::Revoked {
        at: at().minus(4 * DAY),
        reason: None,
    };
    assert_eq!(of(revoked, at(), None), Ok(None), "revoked is heard always");
    assert_eq!(of(CertStatus::Unknown, at(), None), Ok(None));
}

#[test]
fn an_answer_under_an_authority_that_ended_is_not_heard() {
    let stand = Stand::new();
    let (spki, by) = (stand.issuing_key.spki_der(), stand.by_root());
    let old = certificates::issuing(
        name("TEST ОРТАЛЫҚ"),
        spki,
        until_end(),
        Addresses::default(),
        by,
    )
    .unwrap();
    let mut response = response(&stand.leaf, &old, CertStatus::Good);
    response.produced_at = end();
    response.answers[0].this_update = end();
    let own = respond(&response, &old, &stand.issuing_key).unwrap();
    let delegated = {
        let responder = certificates::responder(
            name("TEST RESPONDER"),
            stand.responder_key.spki_der(),
            root_life(),
            stand.by_issuing(),
        );
        respond(&response, &responder.unwrap(), &stand.responder_key).unwrap()
    };
    for der in [own, delegated] {
        let judged = |now| {
            verify(&der, &stand.leaf, &old, None, now, &OcspPolicy::default())
                .map(|answer| answer.status)
        };
        assert_eq!(judged(end()), Ok(CertStatus::Good));
        let later = end().plus(SECOND);
        assert_eq!(
            judged(later),
            Err(OcspError::IssuerNotInForce { at: later })
        );
    }
}

/// What was revoked for good stays so; a suspension may be lifted, and a certificate that was never issued may be issued.
#[test]
fn an_old_answer_is_heard_where_it_says_revoked_for_good() {
    let stand = Stand::new();
    let status = |reason, since| {
        let status = CertStatus::Revoked { at: since, reason };
        let mut response = response(&stand.leaf, &stand.issuing, status);
        response.produced_at = at().minus(2 * DAY);
        response.answers[0].this_update = at().minus(2 * DAY);
        let (by, key) = (&stand.issuing, &stand.issuing_key);
        let der = respond(&response, by, key).unwrap();
        judged(&stand, &stand.leaf, &der, at()).map(|answer| answer.status)
    };
    let since = at().minus(4 * DAY);
    for reason in [None, Some(Why::KeyCompromise), Some(Why::Superseded)] {
        assert_eq!(
            status(reason, since),
            Ok(CertStatus::Revoked { at: since, reason })
        );
    }
    let stale = Err(OcspError::Stale {
        moment: at().minus(DAY),
    });
    assert_eq!(status(Some(Why::CertificateHold), since), stale);
    assert_eq!(
        status(Some(Why::CertificateHold), Moment::from_unix_ms(0)),
        stale
    );
    assert_eq!(status(Some(Why::RemoveFromCrl), since), stale);
}

#[test]
fn openssl_believes_answers_with_an_archive_cutoff() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("root.pem", stand.root.to_pem());
    desk.put("issuing.pem", stand.issuing.to_pem());
    desk.put("leaf.pem", stand.leaf.to_pem());
    let asked = [
        "ocsp",
        "-issuer",
        "issuing.pem",
        "-cert",
        "leaf.pem",
        "-no_nonce",
        "-reqout",
        "req.der",
    ];
    desk.openssl(&asked).yes();
    let request = Request::decode(&desk.read("req.der"), 1).unwrap();
    let mut response = response(&stand.leaf, &stand.issuing, CertStatus::Good);
    response.answers[0].cert_id = request.cert_ids[0].clone();
    let der = respond_archived(&response, end(), &stand.responder, &stand.responder_key).unwrap();
    desk.put("resp.der", der);
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
    assert!(text.contains("OCSP Archive Cutoff"), "{text}");
    assert!(text.contains("Nov 19 05:00:00 2026 GMT"), "{text}");
}
