//! The profile by kind of key, subjects of other forms, and chains of each kind.

use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::Limits;
use qaqpa_x509::issue::{
    self, Addresses, CertificateSpec, Issuer, OlderAttributes, TestPerson, UncheckedTestNumber,
};
use qaqpa_x509::name::{NameToWrite, TextType};
use qaqpa_x509::profile::{self, Profile, Purpose, Role};
use qaqpa_x509::{Certificate, IinError, KeyUsage, TrustAnchors, oid, path};

use crate::stand::{Stand, around, at, leaf_spec, name, organization, person, root_life};
use crate::tools::{Desk, seconds};

#[test]
fn every_kind_of_key_has_its_usage_and_policy() {
    let signing = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION);
    let agreeing = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::KEY_AGREEMENT);
    let enciphering = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::KEY_ENCIPHERMENT);
    let both = signing.and(KeyUsage::KEY_AGREEMENT);
    let (bare, old) = (oid::POLICY_GOST_2015, oid::POLICY_GOST_2004_SIGN);
    let (rsa, log_in) = (oid::POLICY_RSA_SIGN, oid::POLICY_RSA_AUTHENTICATE);
    for (kind, purpose, usage, policy) in [
        (KeyKind::Rsa, Purpose::Sign, signing, Some(rsa)),
        (
            KeyKind::Rsa,
            Purpose::Authenticate,
            enciphering,
            Some(log_in),
        ),
        (KeyKind::Gost2015, Purpose::Sign, both, Some(bare)),
        (
            KeyKind::Gost2015,
            Purpose::Authenticate,
            agreeing,
            Some(bare),
        ),
        (KeyKind::Gost2004, Purpose::Sign, signing, Some(old)),
        (KeyKind::Gost2004, Purpose::Authenticate, agreeing, None),
        (KeyKind::Ecdsa, Purpose::Sign, signing, None),
        (KeyKind::Ecdsa, Purpose::Authenticate, agreeing, None),
    ] {
        let profile = Profile::of(kind, purpose);
        assert_eq!(profile.key_usage, usage, "{kind} {purpose:?}");
        assert_eq!(profile.policy, policy, "{kind} {purpose:?}");
    }
}

#[test]
fn a_certificate_of_ecdsa_is_for_signing_and_has_no_national_policy() {
    let stand = Stand::new();
    let key = PrivateKey::generate(KeyKind::Ecdsa).unwrap();
    for (purpose, role) in [
        (Purpose::Sign, Role::Individual),
        (Purpose::Authenticate, Role::Individual),
        (Purpose::Sign, Role::Head),
        (Purpose::Sign, Role::RightToSign),
        (Purpose::Sign, Role::Financial),
        (Purpose::Sign, Role::Personnel),
        (Purpose::Sign, Role::Employee),
    ] {
        let spec =
            CertificateSpec::of_person(&person(), &[role], purpose, key.spki_der(), around());
        let certificate = issue::issue(&spec.unwrap(), stand.by_issuing()).unwrap();
        assert_eq!(profile::purpose(&certificate), Some(purpose));
        assert_eq!(profile::roles(&certificate), [role]);
        assert_eq!(certificate.policies(), []);
    }
}

#[test]
fn a_test_identity_is_written_as_it_is_and_refused_by_its_check_digit() {
    let stand = Stand::new();
    let number = |digits| UncheckedTestNumber::allow_without_check(digits).unwrap();
    let identity = TestPerson {
        surname: "ТЕСТОВ".to_owned(),
        given_name: "ТЕСТ".to_owned(),
        patronymic: None,
        iin: number("123456789011"),
        organization: Some(("TEST ҰЙЫМ".to_owned(), number("123456789021"))),
    };
    let certificate = stand.leaf_with(|spec| spec.subject = identity.subject());
    assert_eq!(
        certificate.subject().to_string(),
        "OU=BIN123456789021,O=TEST ҰЙЫМ,C=KZ,SERIALNUMBER=IIN123456789011,SN=ТЕСТОВ,CN=ТЕСТОВ ТЕСТ"
    );
    assert!(matches!(certificate.iin(), Err(IinError::Number(_))));
    assert_eq!(certificate.subject().bin, None);
}

#[test]
fn older_subjects_have_locality_region_and_mail_in_their_places() {
    let mut employee = person();
    employee.organization = Some(organization());
    let older = OlderAttributes {
        locality: Some("ТАРАЗ".to_owned()),
        state: Some("ЖАМБЫЛ ОБЛЫСЫ".to_owned()),
        email: Some("test@example.kz".to_owned()),
    };
    let bin = organization().1.reveal();
    let stand = Stand::new();
    let certificate = stand.leaf_with(|spec| spec.subject = employee.older_subject(&older));
    assert_eq!(
        certificate.subject().to_string(),
        format!(
            "EMAIL=test@example.kz,GN=ТЕСТҰЛЫ,OU=BIN{bin},O=TEST ҰЙЫМ,ST=ЖАМБЫЛ ОБЛЫСЫ,L=ТАРАЗ,C=KZ,\
             SERIALNUMBER=IIN931002451325,SN=ТЕСТОВ,CN=ТЕСТОВ СЫНАҚБЕК"
        )
    );
}

#[test]
fn a_second_certificate_of_a_key_has_another_number_of_twenty_bytes() {
    let stand = Stand::new();
    for (random, first) in [([0x00; 20], 0x40), ([0xff; 20], 0x7f), ([0x80; 20], 0x40)] {
        let certificate = stand.leaf_with(|spec| *spec = spec.clone().with_serial(random));
        assert_eq!(certificate.serial().len(), 20);
        assert_eq!(certificate.serial()[0], first);
        assert_eq!(certificate.serial()[1..], random[1..]);
        assert_eq!(certificate.ski(), stand.leaf.ski());
    }
}

#[test]
fn a_timestamper_has_the_one_critical_usage() {
    let stand = Stand::new();
    let desk = Desk::new();
    let certificate = issue::timestamper(
        NameToWrite::new().with(oid::COMMON_NAME, "TEST TSA"),
        stand.leaf_key.spki_der(),
        around(),
        issue::Addresses::default(),
        stand.by_issuing(),
    )
    .unwrap();
    desk.put("tsa.pem", certificate.to_pem());
    let text = desk
        .openssl(&[
            "x509",
            "-in",
            "tsa.pem",
            "-noout",
            "-ext",
            "keyUsage,extendedKeyUsage",
        ])
        .yes();
    assert_eq!(
        text,
        "X509v3 Key Usage: critical\n    Digital Signature, Non Repudiation\n\
         X509v3 Extended Key Usage: critical\n    Time Stamping\n"
    );
}

#[test]
fn wrong_names_can_be_written_for_tests() {
    let stand = Stand::new();
    let desk = Desk::new();
    let name = NameToWrite::new()
        .with_as(oid::COMMON_NAME, "ТЕСТ", TextType::Bmp)
        .with_as(oid::SURNAME, "TEST", TextType::Teletex)
        .with_as(oid::SERIAL_NUMBER, "IIN931002451325", TextType::Utf8)
        .joined_with(oid::GIVEN_NAME, "X")
        .with_as(oid::COUNTRY, "KZ", TextType::Ia5)
        .with_as(oid::ORGANIZATION, "O", TextType::Printable);
    let certificate = stand.leaf_with(|spec| spec.subject = name);
    desk.put("odd.pem", certificate.to_pem());
    let text = desk
        .openssl(&[
            "x509",
            "-in",
            "odd.pem",
            "-noout",
            "-subject",
            "-nameopt",
            "RFC2253,show_type,utf8,-esc_msb",
        ])
        .yes();
    assert_eq!(
        text.trim_end(),
        "subject=O=PRINTABLESTRING:O,C=IA5STRING:KZ,\
         serialNumber=UTF8STRING:IIN931002451325+GN=UTF8STRING:X,SN=T61STRING:TEST,CN=BMPSTRING:ТЕСТ"
    );
    assert_eq!(certificate.iin(), Err(IinError::Multiple));
}

#[test]
fn a_chain_of_one_kind_leads_to_its_root_and_to_no_other() {
    let mut chains = Vec::new();
    for kind in KeyKind::ALL {
        let [root_key, issuing_key, key] = [(); 3].map(|()| PrivateKey::generate(kind).unwrap());
        let root = issue::root(name("TEST ROOT"), &root_key, root_life()).unwrap();
        let by = Issuer {
            certificate: &root,
            key: &root_key,
        };
        let issuing = issue::issuing(
            name("TEST ISSUING"),
            issuing_key.spki_der(),
            root_life(),
            Addresses::default(),
            by,
        )
        .unwrap();
        let by = Issuer {
            certificate: &issuing,
            key: &issuing_key,
        };
        let leaf = issue::issue(&leaf_spec(&key), by).unwrap();
        assert_eq!(leaf.signature_algorithm(), Some(kind.signature_algorithm()));
        assert_eq!(profile::purpose(&leaf), Some(Purpose::Sign));
        chains.push((kind, root, issuing, leaf));
    }
    for (kind, root, issuing, leaf) in &chains {
        for (other_kind, other_root, other_issuing, _) in &chains {
            let build = |root: &Certificate, issuing: &Certificate| {
                path::build(
                    leaf,
                    std::slice::from_ref(issuing),
                    &TrustAnchors::new([root.clone()]),
                    at(),
                    &Limits::default(),
                )
            };
            // All have the same names: only the signatures tell them apart.
            if kind == other_kind {
                build(root, issuing).unwrap();
            } else {
                build(other_root, issuing).unwrap_err();
                build(root, other_issuing).unwrap_err();
            }
        }
    }
}

#[test]
fn openssl_verifies_a_chain_of_ecdsa() {
    let desk = Desk::new();
    let [root_key, key] = [(); 2].map(|()| PrivateKey::generate(KeyKind::Ecdsa).unwrap());
    let root = issue::root(name("TEST ROOT"), &root_key, root_life()).unwrap();
    let by = Issuer {
        certificate: &root,
        key: &root_key,
    };
    let leaf = issue::issue(&leaf_spec(&key), by).unwrap();
    desk.put("root.pem", root.to_pem());
    desk.put("leaf.pem", leaf.to_pem());
    let time = seconds(at());
    let verify = [
        "verify",
        "-x509_strict",
        "-attime",
        &time,
        "-CAfile",
        "root.pem",
        "leaf.pem",
    ];
    desk.openssl(&verify).yes();
}
