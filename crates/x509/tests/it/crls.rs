use std::time::Duration;

use qaqpa_model::Moment;
use qaqpa_x509::crl::{
    Crl, CrlError, CrlPolicy, CrlStatus, CrlToIssue, RevokedEntry, issue, issue_with, verify,
    verify_within,
};
use qaqpa_x509::issue::{self as certificates, CertificateSpec};
use qaqpa_x509::{Certificate, KeyUsage, ObjectIdentifier, RevocationReason, oid};

use crate::stand::{DAY, Stand, at, name, root_life};
use crate::tools::{Desk, seconds};

const SECOND: Duration = Duration::from_secs(1);

fn list(entries: Vec<RevokedEntry>) -> CrlToIssue {
    CrlToIssue {
        number: 300,
        this_update: at(),
        next_update: at().plus(DAY),
        entries,
        freshest_crl_url: Some("http://127.0.0.1:14502/crl/rsa-delta.crl".to_owned()),
    }
}

fn entry(certificate: &Certificate, reason: Option<RevocationReason>) -> RevokedEntry {
    RevokedEntry {
        serial: certificate.serial().to_vec(),
        at: at().minus(DAY),
        reason,
    }
}

fn signed(stand: &Stand, list: &CrlToIssue) -> Vec<u8> {
    issue(list, &stand.issuing, &stand.issuing_key).unwrap()
}

fn changed(stand: &Stand, change: impl FnOnce(&mut CrlToIssue)) -> Result<Crl, CrlError> {
    let mut list = list(vec![entry(&stand.leaf, None)]);
    change(&mut list);
    verify(&signed(stand, &list), &stand.issuing, at())
}

#[test]
fn a_list_says_who_is_revoked_since_when_and_why() {
    let stand = Stand::new();
    for reason in [
        None,
        Some(RevocationReason::KeyCompromise),
        Some(RevocationReason::CertificateHold),
    ] {
        let others = (1..200_u8).map(|serial| RevokedEntry {
            serial: vec![serial],
            at: at(),
            reason: None,
        });
        let mut entries: Vec<_> = others.collect();
        entries.insert(77, entry(&stand.leaf, reason));
        let crl = verify(&signed(&stand, &list(entries)), &stand.issuing, at()).unwrap();
        assert_eq!(crl.entries().len(), 200);
        assert_eq!(crl.number_hex(), "012c");
        assert_eq!(
            (crl.this_update(), crl.next_update()),
            (at(), at().plus(DAY))
        );
        assert_eq!(
            crl.status(stand.leaf.serial()),
            CrlStatus::Revoked {
                at: at().minus(DAY),
                reason
            }
        );
        for serial in 1..200_u8 {
            assert_ne!(crl.status(&[serial]), CrlStatus::NotListed);
        }
        assert_eq!(crl.status(&[200]), CrlStatus::NotListed);
        assert_eq!(crl.status(stand.issuing.serial()), CrlStatus::NotListed);
        assert_eq!(crl.status(&[]), CrlStatus::NotListed);
    }
    let empty = verify(&signed(&stand, &list(vec![])), &stand.issuing, at()).unwrap();
    assert_eq!(empty.status(stand.leaf.serial()), CrlStatus::NotListed);
}

#[test]
fn openssl_heeds_our_list() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("root.pem", stand.root.to_pem());
    desk.put("issuing.pem", stand.issuing.to_pem());
    desk.put("leaf.pem", stand.leaf.to_pem());
    let verdict = |list: CrlToIssue| {
        desk.put("list.der", signed(&stand, &list));
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
                "list.pem",
            ])
            .yes();
        assert!(text.contains("verify OK"), "{text}");
        let text = String::from_utf8(desk.read("list.pem")).unwrap();
        assert!(
            text.contains("X509v3 CRL Number: \n                300"),
            "{text}"
        );
        let time = seconds(at());
        desk.openssl(&[
            "verify",
            "-x509_strict",
            "-crl_check",
            "-attime",
            &time,
            "-CRLfile",
            "list.pem",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "issuing.pem",
            "leaf.pem",
        ])
    };
    assert!(verdict(list(vec![])).yes().contains("leaf.pem: OK"));
    for reason in [None, Some(RevocationReason::CertificateHold)] {
        let text = verdict(list(vec![entry(&stand.leaf, reason)])).no();
        assert!(text.contains("certificate revoked"), "{text}");
    }
}

#[test]
fn a_list_of_openssl_is_believed() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("issuing.pem", stand.issuing.to_pem());
    desk.put("key.der", stand.issuing_key.to_pkcs8_der());
    desk.openssl(&[
        "pkcs8", "-inform", "DER", "-in", "key.der", "-nocrypt", "-out", "key.pem",
    ])
    .yes();
    let serial = stand.leaf.serial_hex().to_uppercase();
    desk.put(
        "index.txt",
        format!("R\t301231235959Z\t261120000000Z,superseded\t{serial}\tunknown\t/CN=x\n"),
    );
    desk.put("number", "0A\n");
    desk.put(
        "ca.cnf",
        "[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\n\
         default_crl_days=1\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n",
    );
    let made = desk.openssl(&[
        "ca",
        "-config",
        "ca.cnf",
        "-gencrl",
        "-cert",
        "issuing.pem",
        "-keyfile",
        "key.pem",
        "-crl_lastupdate",
        "20261122040000Z",
        "-crl_nextupdate",
        "20261123040000Z",
        "-out",
        "list.pem",
    ]);
    made.yes();
    desk.openssl(&[
        "crl", "-in", "list.pem", "-outform", "DER", "-out", "list.der",
    ])
    .yes();
    let crl = verify(&desk.read("list.der"), &stand.issuing, at()).unwrap();
    assert_eq!(crl.number_hex(), "0a");
    assert_eq!(
        crl.status(stand.leaf.serial()),
        CrlStatus::Revoked {
            at: Moment::parse("2026-11-20T00:00:00Z").unwrap(),
            reason: Some(RevocationReason::Superseded)
        }
    );
}

#[test]
fn a_flipped_bit_or_another_signer_is_noticed() {
    let stand = Stand::new();
    let der = signed(&stand, &list(vec![entry(&stand.leaf, None)]));
    for at_byte in 0..der.len() {
        let mut bad = der.clone();
        bad[at_byte] ^= 1 << (at_byte % 8);
        assert!(
            verify(&bad, &stand.issuing, at()).is_err(),
            "byte {at_byte}"
        );
    }
    let mut bad = der.clone();
    *bad.last_mut().unwrap() ^= 1;
    assert_eq!(
        verify(&bad, &stand.issuing, at()),
        Err(CrlError::BadSignature)
    );
    assert_eq!(verify(&der, &stand.root, at()), Err(CrlError::WrongIssuer));
    let forged = issue(&list(vec![]), &stand.issuing, &stand.leaf_key).unwrap();
    assert_eq!(
        verify(&forged, &stand.issuing, at()),
        Err(CrlError::BadSignature)
    );
}

#[test]
fn an_issuer_without_crl_sign_may_not() {
    let stand = Stand::new();
    let mut spec = CertificateSpec::new(
        name("TEST ОРТАЛЫҚ"),
        stand.issuing_key.spki_der(),
        root_life(),
    )
    .unwrap();
    spec.basic = Some((true, None));
    spec.key_usage = Some(KeyUsage::KEY_CERT_SIGN);
    let issuer = certificates::issue(&spec, stand.by_root()).unwrap();
    let der = issue(&list(vec![]), &issuer, &stand.issuing_key).unwrap();
    assert_eq!(verify(&der, &issuer, at()), Err(CrlError::CrlSign));
    assert!(verify(&der, &stand.issuing, at()).is_ok());
}

/// Boundary pairs, one second apart.
#[test]
fn a_list_has_its_time() {
    let stand = Stand::new();
    let newest = at().plus(CrlPolicy::default().ahead_max);
    assert!(changed(&stand, |list| list.this_update = newest).is_ok());
    assert_eq!(
        changed(&stand, |list| list.this_update = newest.plus(SECOND)),
        Err(CrlError::NotYet {
            moment: newest.plus(SECOND)
        })
    );
    let with_end = |end: Moment| {
        changed(&stand, move |list| {
            list.this_update = at().minus(DAY);
            list.next_update = end;
        })
    };
    assert!(with_end(at()).is_ok());
    assert_eq!(
        with_end(at().minus(SECOND)),
        Err(CrlError::Stale {
            moment: at().minus(SECOND)
        })
    );
    assert_eq!(with_end(at().minus(DAY + SECOND)), Err(CrlError::Malformed));
}

#[test]
fn deltas_partitions_and_unknown_critical_extensions_are_refused() {
    let stand = Stand::new();
    let with = |oid, critical, value: &[u8]| {
        let more = [(oid, critical, value.to_vec())];
        let der = issue_with(&list(vec![]), &more, &stand.issuing, &stand.issuing_key).unwrap();
        verify(&der, &stand.issuing, at()).map(|_| ())
    };
    let strange = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1");
    assert_eq!(with(strange, false, &[5, 0]), Ok(()));
    assert_eq!(
        with(strange, true, &[5, 0]),
        Err(CrlError::Critical { oid: strange })
    );
    assert_eq!(
        with(oid::DELTA_CRL_INDICATOR, true, &[2, 1, 1]),
        Err(CrlError::Delta)
    );
    assert_eq!(
        with(oid::ISSUING_DISTRIBUTION_POINT, true, &[0x30, 0]),
        Err(CrlError::Partitioned)
    );
    assert_eq!(
        with(oid::CRL_NUMBER, false, &[2, 1, 1]),
        Err(CrlError::Malformed)
    );
}

#[test]
fn more_entries_than_the_limit_are_not_read() {
    let stand = Stand::new();
    let entries = (1..=10_u8).map(|serial| RevokedEntry {
        serial: vec![serial],
        at: at(),
        reason: None,
    });
    let der = signed(&stand, &list(entries.collect()));
    let within = |entries_max| {
        let policy = CrlPolicy {
            entries_max,
            ..CrlPolicy::default()
        };
        verify_within(&der, &stand.issuing, at(), &policy).map(|crl| crl.entries().len())
    };
    assert_eq!(within(10), Ok(10));
    assert_eq!(within(9), Err(CrlError::TooLong { max: 9 }));
}

#[test]
fn removals_belong_to_deltas() {
    let stand = Stand::new();
    let removal = vec![entry(&stand.leaf, Some(RevocationReason::RemoveFromCrl))];
    assert_eq!(
        changed(&stand, |list| list.entries = removal),
        Err(CrlError::Malformed)
    );
    assert_eq!(verify(b"", &stand.issuing, at()), Err(CrlError::Malformed));
    assert_eq!(
        verify(b"\x30\x00", &stand.issuing, at()),
        Err(CrlError::Malformed)
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn a_list_says_what_was_put_in_and_nothing_else(
        entries in proptest::collection::btree_map(
            proptest::collection::vec(1_u8..=255, 1..5),
            (0_u64..1_000_000, 0_usize..11),
            0..60,
        ),
        strangers in proptest::collection::vec(proptest::collection::vec(1_u8..=255, 1..5), 20),
    ) {
        static STAND: std::sync::OnceLock<Stand> = std::sync::OnceLock::new();
        let stand = STAND.get_or_init(Stand::new);
        let put_in: Vec<_> = entries
            .iter()
            .map(|(serial, (age, reason))| RevokedEntry {
                serial: serial.clone(),
                at: at().minus(Duration::from_secs(*age)),
                reason: RevocationReason::ALL
                    .get(*reason)
                    .copied()
                    .filter(|reason| *reason != RevocationReason::RemoveFromCrl),
            })
            .collect();
        let crl = verify(&signed(stand, &list(put_in.clone())), &stand.issuing, at()).unwrap();
        proptest::prop_assert!(crl.has_exactly(&put_in));
        proptest::prop_assert!(crl.entries().is_sorted_by_key(|e| (e.serial.len(), e.serial)));
        for entry in &put_in {
            let reason = entry.reason.filter(|r| *r != RevocationReason::Unspecified);
            let listed = CrlStatus::Revoked { at: entry.at, reason };
            proptest::prop_assert_eq!(crl.status(&entry.serial), listed);
        }
        for stranger in strangers.iter().filter(|serial| !entries.contains_key(*serial)) {
            proptest::prop_assert_eq!(crl.status(stranger), CrlStatus::NotListed);
        }
    }
}
