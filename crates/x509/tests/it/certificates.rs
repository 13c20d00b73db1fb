use qaqpa_model::Iin;
use qaqpa_x509::issue::{self, IssueError};
use qaqpa_x509::profile::{self, Purpose, PurposeError, Role};
use qaqpa_x509::{Certificate, CertificateError, IinError, KeyUsage, TrustAnchors, oid};

use crate::stand::{Stand, around, leaf_spec, organization, person};
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
