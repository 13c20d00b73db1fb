use qaqpa_x509::crl::{
    CrlError, CrlPolicy, CrlStatus, CrlToIssue, DeltaCrl, Only, RevokedEntry, ScopeToIssue, issue,
    issue_delta, issue_with, verify, verify_delta,
};
use qaqpa_x509::issue::IssueError;
use qaqpa_x509::{Certificate, RevocationReason, oid};

use crate::stand::{DAY, Stand, at};
use crate::tools::{Desk, seconds};

const REMOVED: Option<RevocationReason> = Some(RevocationReason::RemoveFromCrl);
const HOLD: Option<RevocationReason> = Some(RevocationReason::CertificateHold);

fn list(number: u64, entries: Vec<RevokedEntry>) -> CrlToIssue {
    CrlToIssue {
        number,
        this_update: at(),
        next_update: at().plus(DAY),
        entries,
        freshest_crl_url: None,
    }
}

fn entry(certificate: &Certificate, reason: Option<RevocationReason>) -> RevokedEntry {
    entry_of(certificate.serial(), reason)
}

fn entry_of(serial: &[u8], reason: Option<RevocationReason>) -> RevokedEntry {
    RevokedEntry {
        serial: serial.to_vec(),
        at: at().minus(DAY),
        reason,
    }
}

fn delta_der(stand: &Stand, base: u64, changes: &CrlToIssue) -> Vec<u8> {
    issue_delta(base, changes, &stand.issuing, &stand.issuing_key).unwrap()
}

fn delta(stand: &Stand, base: u64, changes: &CrlToIssue) -> DeltaCrl {
    let der = delta_der(stand, base, changes);
    verify_delta(&der, &stand.issuing, at(), &CrlPolicy::default()).unwrap()
}

#[test]
fn base_and_delta_together_say_what_is_true_now() {
    let stand = Stand::new();
    let (held, revoked, new) = ([1_u8], [2_u8], [3_u8]);
    let base = list(
        7,
        vec![
            entry_of(&held, HOLD),
            entry_of(&revoked, None),
            entry_of(&[4], HOLD),
        ],
    );
    let base = issue(&base, &stand.issuing, &stand.issuing_key).unwrap();
    let base = verify(&base, &stand.issuing, at()).unwrap();
    let compromise = Some(RevocationReason::KeyCompromise);
    let changes = vec![
        entry_of(&held, REMOVED),
        entry_of(&new, compromise),
        entry_of(&[4], compromise),
    ];
    let mut changes = list(9, changes);
    changes.next_update = at().plus(DAY / 24);
    let delta = delta(&stand, 7, &changes);
    assert_eq!(
        (delta.base_hex(), delta.number_hex()),
        ("07".into(), "09".into())
    );
    assert_eq!(delta.entries().len(), 3);
    assert_eq!(delta.entries().next().unwrap().reason, REMOVED);

    let now = base.with(&delta).unwrap();
    let since = at().minus(DAY);
    assert_eq!(now.status(&held), CrlStatus::NotListed);
    let listed = |reason| CrlStatus::Revoked { at: since, reason };
    assert_eq!(now.status(&revoked), listed(None));
    assert_eq!(now.status(&new), listed(compromise));
    assert_eq!(now.status(&[4]), listed(compromise));
    assert_eq!(now.status(&[5]), CrlStatus::NotListed);
    assert_eq!(base.status(&held), listed(HOLD));
    assert_eq!(
        (now.this_update(), now.next_update()),
        (at(), at().plus(DAY / 24))
    );
}

/// Pairs at the boundary: RFC 5280 §5.2.4 (c) and (d).
#[test]
fn a_delta_follows_lists_between_its_base_and_itself() {
    let stand = Stand::new();
    let complete = |number| {
        let der = issue(&list(number, vec![]), &stand.issuing, &stand.issuing_key).unwrap();
        verify(&der, &stand.issuing, at()).unwrap()
    };
    let delta = delta(&stand, 255, &list(257, vec![]));
    for (number, fits) in [
        (254, false),
        (255, true),
        (256, true),
        (257, false),
        (300, false),
    ] {
        let verdict = complete(number).with(&delta).map(|_| ());
        let expected = if fits {
            Ok(())
        } else {
            Err(CrlError::DeltaUnfit)
        };
        assert_eq!(verdict, expected, "{number}");
    }
}

#[test]
fn a_delta_is_no_complete_list_nor_the_reverse() {
    let stand = Stand::new();
    let complete = issue(&list(7, vec![]), &stand.issuing, &stand.issuing_key).unwrap();
    let delta = delta_der(&stand, 7, &list(8, vec![]));
    let policy = CrlPolicy::default();
    assert_eq!(verify(&delta, &stand.issuing, at()), Err(CrlError::Delta));
    assert_eq!(
        verify_delta(&complete, &stand.issuing, at(), &policy),
        Err(CrlError::Delta)
    );
    assert_eq!(
        verify_delta(&delta, &stand.root, at(), &policy),
        Err(CrlError::WrongIssuer)
    );
    let forged = issue_delta(7, &list(8, vec![]), &stand.issuing, &stand.leaf_key).unwrap();
    assert_eq!(
        verify_delta(&forged, &stand.issuing, at(), &policy),
        Err(CrlError::BadSignature)
    );
    let scope = ScopeToIssue {
        only: Some(Only::Users),
        ..ScopeToIssue::default()
    };
    let more = [
        (oid::DELTA_CRL_INDICATOR, true, vec![2, 1, 7]),
        (
            oid::ISSUING_DISTRIBUTION_POINT,
            true,
            scope.to_der().unwrap(),
        ),
    ];
    let partial = issue_with(&list(8, vec![]), &more, &stand.issuing, &stand.issuing_key).unwrap();
    assert_eq!(
        verify_delta(&partial, &stand.issuing, at(), &policy),
        Err(CrlError::Partitioned)
    );
}

#[test]
fn what_no_delta_may_be_is_not_signed() {
    let stand = Stand::new();
    let refused = |base, changes: &CrlToIssue| {
        let refused = issue_delta(base, changes, &stand.issuing, &stand.issuing_key);
        assert!(
            matches!(refused, Err(IssueError::Encoding { .. })),
            "{refused:?}"
        );
    };
    refused(8, &list(8, vec![]));
    refused(9, &list(8, vec![]));
    let mut with_delta = list(8, vec![]);
    with_delta.freshest_crl_url = Some("http://127.0.0.1/delta.crl".to_owned());
    refused(7, &with_delta);
}

#[test]
fn a_delta_that_contradicts_itself_is_refused() {
    let stand = Stand::new();
    let both = vec![entry_of(&[1], REMOVED), entry_of(&[1], HOLD)];
    let der = delta_der(&stand, 7, &list(8, both));
    assert_eq!(
        verify_delta(&der, &stand.issuing, at(), &CrlPolicy::default()),
        Err(CrlError::Malformed)
    );
}

#[test]
fn openssl_shows_and_uses_our_delta() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("root.pem", stand.root.to_pem());
    desk.put("issuing.pem", stand.issuing.to_pem());
    desk.put("leaf.pem", stand.leaf.to_pem());
    let pem = |name: &str, der: Vec<u8>| {
        desk.put("list.der", der);
        let text = desk
            .openssl(&[
                "crl",
                "-inform",
                "DER",
                "-in",
                "list.der",
                "-CAfile",
                "issuing.pem",
                "-text",
                "-out",
                name,
            ])
            .yes();
        assert!(text.contains("verify OK"), "{text}");
        String::from_utf8(desk.read(name)).unwrap()
    };
    let verdict = |base: Option<RevocationReason>, change: Option<RevokedEntry>| {
        let mut complete = list(7, vec![]);
        complete.freshest_crl_url = Some("http://127.0.0.1:14502/crl/rsa-delta.crl".to_owned());
        if base.is_some() {
            complete.entries = vec![entry(&stand.leaf, base)];
        }
        let der = issue(&complete, &stand.issuing, &stand.issuing_key).unwrap();
        let text = pem("complete.pem", der);
        assert!(text.contains("X509v3 Freshest CRL"), "{text}");
        let changes = list(8, change.into_iter().collect());
        let text = pem("delta.pem", delta_der(&stand, 7, &changes));
        assert!(
            text.contains("X509v3 Delta CRL Indicator: critical\n                7"),
            "{text}"
        );
        let lists = [desk.read("complete.pem"), desk.read("delta.pem")].concat();
        desk.put("lists.pem", lists);
        let time = seconds(at());
        desk.openssl(&[
            "verify",
            "-crl_check",
            "-extended_crl",
            "-use_deltas",
            "-attime",
            &time,
            "-CRLfile",
            "lists.pem",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "issuing.pem",
            "leaf.pem",
        ])
    };
    assert!(verdict(None, None).yes().contains("leaf.pem: OK"));
    assert!(
        verdict(HOLD, Some(entry(&stand.leaf, REMOVED)))
            .yes()
            .contains("leaf.pem: OK")
    );
    for (base, change) in [
        (HOLD, None),
        (None, Some(entry(&stand.leaf, HOLD))),
        (
            None,
            Some(entry(&stand.leaf, Some(RevocationReason::KeyCompromise))),
        ),
    ] {
        let text = verdict(base, change).no();
        assert!(text.contains("certificate revoked"), "{text}");
    }
}

#[test]
fn openssl_shows_what_a_partition_is_about() {
    let stand = Stand::new();
    let desk = Desk::new();
    let scope = ScopeToIssue {
        url: Some("http://127.0.0.1/part.crl".to_owned()),
        only: Some(Only::Authorities),
        reasons: vec![
            RevocationReason::KeyCompromise,
            RevocationReason::CertificateHold,
        ],
        indirect: false,
    };
    let more = [(
        oid::ISSUING_DISTRIBUTION_POINT,
        true,
        scope.to_der().unwrap(),
    )];
    let der = issue_with(&list(7, vec![]), &more, &stand.issuing, &stand.issuing_key).unwrap();
    assert_eq!(
        verify(&der, &stand.issuing, at()),
        Err(CrlError::Partitioned)
    );
    desk.put("list.der", der);
    let text = desk
        .openssl(&[
            "crl", "-inform", "DER", "-in", "list.der", "-noout", "-text",
        ])
        .yes();
    for words in [
        "X509v3 Issuing Distribution Point: critical",
        "URI:http://127.0.0.1/part.crl",
        "Only CA Certificates",
        "Only Some Reasons:",
        "Key Compromise, Certificate Hold",
    ] {
        assert!(text.contains(words), "{text}");
    }
}
