use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::{Iin, Limits};
use qaqpa_x509::issue::{
    self, Addresses, CertificateSpec, IssueError, Issuer, OlderAttributes, TestPerson,
    UncheckedTestNumber,
};
use qaqpa_x509::name::{NameToWrite, TextType};
use qaqpa_x509::profile::{self, Profile, Purpose, PurposeError, Role};
use qaqpa_x509::{Certificate, CertificateError, IinError, KeyUsage, TrustAnchors, oid, path};

use crate::stand::{Stand, around, at, leaf_spec, name, organization, person, root_life};
use crate::tools::{Desk, seconds};

#[test]
fn a_person_of_the_profile_reads_back_whole() {
    let stand = Stand::new();
    let leaf = &stand.leaf;
    assert_eq!(leaf.iin(), Ok(Iin::parse("931002451325").unwrap()));
    assert_eq!(
        leaf.subject().to_string(),
        "GN=ТЕСТҰЛЫ,C=KZ,SERIALNUMBER=IIN931002451325,SN=ТЕСТОВ,CN=ТЕСТОВ СЫНАҚБЕК"
    );
    assert_eq!(leaf.issuer_name(), "C=KZ,CN=TEST ОРТАЛЫҚ");
    assert_eq!(leaf.issuer_der(), stand.issuing.subject_der());
    assert_eq!(leaf.aki(), stand.issuing.ski());
    assert_eq!(
        (leaf.not_before(), leaf.not_after()),
        (around().not_before, around().not_after)
    );
    assert_eq!(
        leaf.key_usage(),
        Some(KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION))
    );
    assert_eq!(
        leaf.extended_key_usage(),
        Some(&[oid::EKU_EMAIL_PROTECTION, oid::EKU_INDIVIDUAL][..])
    );
    assert_eq!(leaf.policies(), [oid::POLICY_RSA_SIGN]);
    assert_eq!(leaf.crl_urls(), ["http://127.0.0.1:14502/crl/rsa.crl"]);
    assert_eq!(
        leaf.freshest_crl_urls(),
        ["http://127.0.0.1:14502/crl/rsa-delta.crl"]
    );
    assert_eq!(leaf.ocsp_urls(), ["http://127.0.0.1:14502/ocsp/"]);
    assert_eq!(
        leaf.ca_issuer_urls(),
        ["http://127.0.0.1:14502/cert/issuing.cer"]
    );
    assert!(!leaf.is_ca() && leaf.unknown_critical().is_empty());
    assert_eq!(profile::roles(leaf), [Role::Individual]);
    assert_eq!(profile::purpose(leaf), Some(Purpose::Sign));
    assert_eq!(
        (stand.issuing.is_ca(), stand.issuing.path_len()),
        (true, Some(0))
    );
}

#[test]
fn the_serial_number_is_the_key_identifier_with_its_top_bit_cleared() {
    let stand = Stand::new();
    for certificate in [&stand.leaf, &stand.issuing, &stand.root] {
        let mut id = certificate.ski().unwrap().to_vec();
        id[0] &= 0x7f;
        assert_eq!(certificate.serial(), id);
        assert_eq!(certificate.serial_hex(), hex::encode(id));
    }
}

#[test]
fn openssl_reads_what_we_read() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("leaf.pem", stand.leaf.to_pem());
    let fields = "subject,issuer,serial,startdate,enddate,ext";
    let mut arguments = vec![
        "x509",
        "-in",
        "leaf.pem",
        "-noout",
        "-nameopt",
        "RFC2253,utf8,-esc_msb",
    ];
    arguments.extend([
        "-subject",
        "-issuer",
        "-serial",
        "-dates",
        "-text",
        "-fingerprint",
        "-sha256",
    ]);
    let text = desk.openssl(&arguments).yes();
    assert_eq!(fields.matches(',').count(), 5);
    for expected in [
        "subject=GN=ТЕСТҰЛЫ,C=KZ,serialNumber=IIN931002451325,SN=ТЕСТОВ,CN=ТЕСТОВ СЫНАҚБЕК",
        "issuer=C=KZ,CN=TEST ОРТАЛЫҚ",
        &format!("serial={}", stand.leaf.serial_hex().to_uppercase()),
        "notBefore=Nov 21 05:00:00 2026 GMT",
        "notAfter=Nov 22 05:00:00 2027 GMT",
        "X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation",
        "E-mail Protection, 1.2.398.3.3.4.1.1",
        "Policy: 1.2.398.3.3.2.3",
        "OCSP - URI:http://127.0.0.1:14502/ocsp/",
        "CA Issuers - URI:http://127.0.0.1:14502/cert/issuing.cer",
        "URI:http://127.0.0.1:14502/crl/rsa.crl",
        "X509v3 Freshest CRL",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let fingerprint = text
        .lines()
        .find(|line| line.contains("Fingerprint="))
        .unwrap();
    let hex = fingerprint
        .split_once('=')
        .unwrap()
        .1
        .replace(':', "")
        .to_lowercase();
    assert_eq!(hex, stand.leaf.fingerprint_sha256_hex());
}

#[test]
fn openssl_verifies_the_chain() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("root.pem", stand.root.to_pem());
    desk.put("issuing.pem", stand.issuing.to_pem());
    desk.put("leaf.pem", stand.leaf.to_pem());
    let time = seconds(crate::stand::at());
    let verify = [
        "verify",
        "-x509_strict",
        "-purpose",
        "smimesign",
        "-attime",
        &time,
        "-CAfile",
        "root.pem",
        "-untrusted",
        "issuing.pem",
        "leaf.pem",
    ];
    assert!(desk.openssl(&verify).yes().contains("leaf.pem: OK"));
}

#[test]
fn issuer_and_serial_number_in_text_find_the_certificate() {
    let stand = Stand::new();
    let serial = stand.leaf.serial_decimal();
    for name in ["C=KZ,CN=TEST ОРТАЛЫҚ", "CN=TEST ОРТАЛЫҚ, C=KZ"] {
        assert!(stand.leaf.matches_issuer_serial(name, &serial), "{name}");
    }
    assert!(
        !stand
            .leaf
            .matches_issuer_serial("C=KZ,CN=TEST ROOT", &serial)
    );
    assert!(
        !stand
            .leaf
            .matches_issuer_serial("C=KZ,CN=TEST ОРТАЛЫҚ", "1")
    );
}

#[test]
fn pem_files_hold_one_or_many() {
    let stand = Stand::new();
    let both = format!("comment\n{}{}", stand.root.to_pem(), stand.issuing.to_pem());
    let chain = Certificate::chain_from_pem(both.as_bytes()).unwrap();
    assert_eq!(chain, [stand.root.clone(), stand.issuing.clone()]);
    assert_eq!(
        Certificate::from_pem(both.as_bytes()).unwrap_err(),
        CertificateError::Pem
    );
    let crlf = stand.root.to_pem().replace('\n', "\r\n");
    assert_eq!(Certificate::from_pem(crlf.as_bytes()).unwrap(), stand.root);
    let anchors = TrustAnchors::from_pem(both.as_bytes()).unwrap();
    assert_eq!(anchors.roots(), [stand.root]);
    assert_eq!(anchors.intermediates(), [stand.issuing]);
}

#[test]
fn a_certificate_for_logging_in_is_not_one_for_signing() {
    let stand = Stand::new();
    let check =
        |change: fn(&mut issue::CertificateSpec)| profile::is_for_signing(&stand.leaf_with(change));
    assert_eq!(check(|_| {}), Ok(()));
    assert_eq!(
        check(|spec| spec.set_purpose(Purpose::Authenticate, &[Role::Individual])),
        Err(PurposeError::Authentication)
    );
    assert_eq!(
        check(|spec| spec.key_usage = None),
        Err(PurposeError::KeyUsage)
    );
    assert_eq!(
        check(|spec| spec.key_usage = Some(KeyUsage::DIGITAL_SIGNATURE)),
        Err(PurposeError::KeyUsage)
    );
    assert_eq!(
        check(|spec| spec.key_usage = Some(KeyUsage::NON_REPUDIATION)),
        Err(PurposeError::KeyUsage)
    );
    assert_eq!(
        check(|spec| spec.extended_key_usage = vec![oid::EKU_INDIVIDUAL]),
        Err(PurposeError::ExtendedKeyUsage)
    );
    assert_eq!(
        check(|spec| spec.extended_key_usage.clear()),
        Err(PurposeError::ExtendedKeyUsage)
    );
    assert_eq!(
        check(|spec| spec.basic = Some((true, None))),
        Err(PurposeError::Authority)
    );
}

#[test]
fn systems_and_employees_are_named_as_the_profile_does() {
    let stand = Stand::new();
    let (organization, bin) = organization();
    let system = issue::System {
        name: "TEST SYSTEM".to_owned(),
        oid: "1.2.398.3.99999.1".to_owned(),
        organization: Some((organization.clone(), bin)),
    };
    let system = issue::system(
        &system,
        stand.leaf_key.spki_der(),
        around(),
        issue::Addresses::default(),
        stand.by_issuing(),
    )
    .unwrap();
    assert_eq!(system.subject().uid.as_deref(), Some("1.2.398.3.99999.1"));
    assert_eq!(system.subject().bin, Some(bin));
    assert_eq!(system.iin(), Err(IinError::Absent));
    assert_eq!(
        profile::roles(&system),
        [Role::LegalEntity, Role::InformationSystem]
    );
    assert_eq!(profile::is_for_signing(&system), Ok(()));

    let employee = issue::Person {
        organization: Some((organization.clone(), bin)),
        ..person()
    };
    let employee = issue::person(
        &employee,
        &[Role::LegalEntity, Role::Employee],
        Purpose::Sign,
        stand.leaf_key.spki_der(),
        around(),
        issue::Addresses::default(),
        stand.by_issuing(),
    )
    .unwrap();
    assert_eq!(employee.subject().organization, Some(organization));
    assert_eq!(employee.subject().bin, Some(bin));
    assert!(employee.iin().is_ok());
}

#[test]
fn a_serial_number_of_zero_or_of_more_than_twenty_bytes_is_refused() {
    let stand = Stand::new();
    for serial in [vec![], vec![0x80; 20], vec![1; 21]] {
        let mut spec = leaf_spec(&stand.leaf_key);
        spec.serial = serial;
        assert_eq!(
            issue::issue(&spec, stand.by_issuing()),
            Err(IssueError::ReadBack(CertificateError::Serial))
        );
    }
}

#[test]
fn an_extension_twice_or_malformed_is_refused() {
    let stand = Stand::new();
    let null = vec![5, 0];
    let mut twice = leaf_spec(&stand.leaf_key);
    twice.others = vec![(oid::KEY_USAGE, true, vec![3, 2, 6, 0xc0])];
    assert_eq!(
        issue::issue(&twice, stand.by_issuing()),
        Err(IssueError::ReadBack(CertificateError::DuplicateExtension {
            oid: oid::KEY_USAGE
        }))
    );
    let mut malformed = leaf_spec(&stand.leaf_key);
    malformed.others = vec![(oid::BASIC_CONSTRAINTS, true, null)];
    assert_eq!(
        issue::issue(&malformed, stand.by_issuing()),
        Err(IssueError::ReadBack(CertificateError::Extension {
            oid: oid::BASIC_CONSTRAINTS
        }))
    );
}

#[test]
fn the_inner_and_the_outer_algorithm_must_agree() {
    let stand = Stand::new();
    let mut der = stand.leaf.der().to_vec();
    // sha256WithRSAEncryption (…1.1.11) in the outer field becomes sha512WithRSAEncryption (…1.1.13).
    let rsa_sha256 = hex::decode("2a864886f70d01010b").unwrap();
    let outer = der
        .windows(rsa_sha256.len())
        .rposition(|window| window == rsa_sha256)
        .unwrap();
    der[outer + rsa_sha256.len() - 1] = 13;
    assert_eq!(
        Certificate::from_der(&der).unwrap_err(),
        CertificateError::AlgorithmMismatch
    );
}

#[test]
fn something_behind_a_certificate_is_refused() {
    let stand = Stand::new();
    let longer = [stand.leaf.der(), &[0]].concat();
    assert!(matches!(
        Certificate::from_der(&longer),
        Err(CertificateError::Malformed { .. })
    ));
}

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
