//! The structure of GOST certificates, requests and keys as asn1crypto reads it: it knows none of the national OIDs,
//! and nothing of our encoding.

use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer};
use qaqpa_x509::profile::{Purpose, Role};
use qaqpa_x509::{Certificate, oid, pkcs10};

use crate::stand::{around, leaf_spec, name, organization, person, root_life};
use crate::tools::Desk;

/// The national encodings of a kind.
struct Expected {
    kind: KeyKind,
    /// SubjectPublicKeyInfo and PKCS#8: OID and parameters.
    key: &'static str,
    /// Bytes of a coordinate, of the scalar, of r and of s.
    bytes: usize,
    signature: &'static str,
    usage: &'static str,
    policy: &'static str,
}

/// Source: the national profile.
const EXPECTED: [Expected; 2] = [
    Expected {
        kind: KeyKind::Gost2004,
        key: "1.2.398.3.10.1.1.1.1 (1.2.398.3.10.1.1.1.1.1 1.2.398.3.10.1.3.1.1.0)",
        bytes: 32,
        signature: "1.2.398.3.10.1.1.1.2 (NULL)",
        usage: "digital_signature non_repudiation",
        policy: "1.2.398.3.3.2.1",
    },
    Expected {
        kind: KeyKind::Gost2015,
        key: "1.2.398.3.10.1.1.2.2 (1.2.398.3.10.1.1.2.2.1 1.2.398.3.10.1.3.3)",
        bytes: 64,
        signature: "1.2.398.3.10.1.1.2.3.2 (NULL)",
        usage: "digital_signature key_agreement non_repudiation",
        policy: "1.2.398.3.3.2",
    },
];

/// A root, an issuing authority and a head of a company, of one kind.
struct Made {
    issuing: Certificate,
    leaf: Certificate,
    leaf_key: PrivateKey,
}

fn made(kind: KeyKind) -> Made {
    let [root_key, issuing_key, leaf_key] = [(); 3].map(|()| PrivateKey::generate(kind).unwrap());
    let root = issue::root(name("TEST ROOT"), &root_key, root_life()).unwrap();
    let by = Issuer {
        certificate: &root,
        key: &root_key,
    };
    let issuing = issue::issuing(
        name("TEST ОРТАЛЫҚ"),
        issuing_key.spki_der(),
        root_life(),
        Addresses::default(),
        by,
    )
    .unwrap();
    let mut head = person();
    head.organization = Some(organization());
    let roles = [Role::LegalEntity, Role::Head];
    let spec =
        CertificateSpec::of_person(&head, &roles, Purpose::Sign, leaf_key.spki_der(), around());
    let spec = CertificateSpec {
        addresses: leaf_spec(&leaf_key).addresses,
        ..spec.unwrap()
    };
    let by = Issuer {
        certificate: &issuing,
        key: &issuing_key,
    };
    let leaf = issue::issue(&spec, by).unwrap();
    Made {
        issuing,
        leaf,
        leaf_key,
    }
}

/// The facts that asn1crypto reads, a line each.
fn facts(what: &str, der: &[u8]) -> String {
    let desk = Desk::new();
    desk.put("value.der", der);
    desk.python("structure.py", &[what, "value.der"]).yes()
}

/// Bytes of the INTEGER: twenty, but for the one in some hundred that begins with a zero (X.690 8.3.2).
fn serial_bytes(certificate: &Certificate) -> usize {
    let serial = certificate.serial();
    serial.len() + usize::from(serial.first().is_some_and(|first| *first >= 0x80))
}

#[test]
fn certificates_have_the_national_structure() {
    for expected in EXPECTED {
        let made = made(expected.kind);
        let (key, signature, bytes) = (expected.key, expected.signature, 2 * expected.bytes);
        let bin = organization().1.reveal();
        let (leaf, issuing) = (serial_bytes(&made.leaf), serial_bytes(&made.issuing));
        assert!(leaf <= 20 && issuing <= 20, "{leaf} {issuing}");
        assert_eq!(
            facts("certificate", made.leaf.der()),
            format!(
                "version: v3\nserial bytes: {leaf}\nsignature: {signature}\nsignature bytes: {bytes}\n\
                 subject 2.5.4.3: UTF8String ТЕСТОВ СЫНАҚБЕК\n\
                 subject 2.5.4.4: UTF8String ТЕСТОВ\n\
                 subject 2.5.4.5: PrintableString IIN931002451325\n\
                 subject 2.5.4.6: PrintableString KZ\n\
                 subject 2.5.4.10: UTF8String TEST ҰЙЫМ\n\
                 subject 2.5.4.11: UTF8String BIN{bin}\n\
                 subject 2.5.4.42: UTF8String ТЕСТҰЛЫ\n\
                 key: {key}\nkey bytes: {bytes}\nkey usage: {}\n\
                 extended key usage: 1.3.6.1.5.5.7.3.4 1.2.398.3.3.4.1.2 1.2.398.3.3.4.1.2.1\n\
                 policies: {}\nkey identifiers: 20 20\ncritical: 2.5.29.15\n",
                expected.usage, expected.policy
            )
        );
        assert_eq!(
            facts("certificate", made.issuing.der()),
            format!(
                "version: v3\nserial bytes: {issuing}\nsignature: {signature}\nsignature bytes: {bytes}\n\
                 subject 2.5.4.3: UTF8String TEST ОРТАЛЫҚ\n\
                 subject 2.5.4.6: PrintableString KZ\n\
                 key: {key}\nkey bytes: {bytes}\nkey usage: crl_sign key_cert_sign\n\
                 key identifiers: 20 20\ncritical: 2.5.29.15 2.5.29.19\n"
            )
        );
    }
}

#[test]
fn requests_and_keys_have_the_national_structure() {
    for expected in EXPECTED {
        let made = made(expected.kind);
        let (key, signature, bytes) = (expected.key, expected.signature, 2 * expected.bytes);
        let usage = (oid::KEY_USAGE, true, vec![3, 2, 7, 0x80]);
        let request = pkcs10::request(&name("TEST"), &made.leaf_key, &[usage]).unwrap();
        assert_eq!(
            facts("request", &request),
            format!(
                "version: v1\nsignature: {signature}\nsignature bytes: {bytes}\n\
                 subject 2.5.4.3: UTF8String TEST\nsubject 2.5.4.6: PrintableString KZ\n\
                 key: {key}\nkey bytes: {bytes}\nasks: 2.5.29.15\ncritical: 2.5.29.15\n"
            )
        );
        assert_eq!(
            facts("key", &made.leaf_key.to_pkcs8_der()),
            format!("version: 0\nkey: {key}\nkey bytes: {}\n", expected.bytes)
        );
    }
}
