//! Condition 2 asked about a certificate alone: families K and R of the corpus, as far as a certificate has them.

use qaqpa_model::{Answer, Bin, RefusalLabel as L};
use qaqpa_verdict::{CheckId, Known, Outcome, SubIndication as S, confirm_bin, confirm_iin};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::{Certificate, KeyUsage, ObjectIdentifier, TrustAnchors, oid};

use crate::stand::{
    IIN, Judged, OTHER_IIN, Stand, authority_spec, citizen_spec, days, examine_certificate, iin,
    judged, keys, noon, one_year, person_name, root_named, run, seconds,
};

#[test]
fn a_good_certificate_passes_with_one_question_to_ocsp() {
    let stand = Stand::new();
    let (verdict, met) = examine_certificate(&stand, &stand.known());
    assert_eq!((judged(&verdict), met), (Judged::Passed, 1));
    let signer = verdict.proven_signer().unwrap();
    assert_eq!(signer.iin, Some(iin(IIN)));
    assert_eq!(signer.common_name, "ТЕСТОВ ТЕСТ");
    assert_eq!(verdict.why(), "every check passed");
    let asked: Vec<_> = verdict.checks.iter().map(|check| check.id).collect();
    assert_eq!(
        asked,
        [
            CheckId::Chain,
            CheckId::Validity,
            CheckId::Purpose,
            CheckId::Revocation
        ]
    );
}

/// One field of a valid certificate is changed; every row is a certificate that the authority really signed.
#[test]
fn one_wrong_field_of_the_signers_certificate_is_named() {
    let auth_usage = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::KEY_ENCIPHERMENT);
    let unknown = ObjectIdentifier::new_unwrap("1.2.398.9.9.9");
    let refused = |label, sub| Judged::Refused(label, sub);
    let change = |change: &dyn Fn(&mut CertificateSpec)| {
        let mut spec = citizen_spec();
        change(&mut spec);
        spec
    };
    let until = |not_after| Validity {
        not_after,
        ..one_year()
    };
    let from = |not_before| Validity {
        not_before,
        ..one_year()
    };
    #[rustfmt::skip]
    let table: Vec<(&str, CertificateSpec, Judged)> = vec![
        ("nothing is changed",
            citizen_spec(), Judged::Passed),
        ("K05 a certificate for logging in",
            change(&|s| { s.key_usage = Some(auth_usage); s.extended_key_usage = vec![oid::EKU_CLIENT_AUTH, oid::EKU_INDIVIDUAL]; }),
            refused(L::CertificatePurpose, S::WrongCertificatePurpose)),
        ("K05 no nonRepudiation",
            change(&|s| s.key_usage = Some(KeyUsage::DIGITAL_SIGNATURE)),
            refused(L::CertificatePurpose, S::WrongCertificatePurpose)),
        ("K05 no digitalSignature",
            change(&|s| s.key_usage = Some(KeyUsage::NON_REPUDIATION)),
            refused(L::CertificatePurpose, S::WrongCertificatePurpose)),
        ("K05 no key usage at all",
            change(&|s| s.key_usage = None),
            refused(L::CertificatePurpose, S::WrongCertificatePurpose)),
        ("K05 no emailProtection",
            change(&|s| s.extended_key_usage = vec![oid::EKU_INDIVIDUAL]),
            refused(L::CertificatePurpose, S::WrongCertificatePurpose)),
        ("K05 no extended key usage at all",
            change(&|s| s.extended_key_usage = Vec::new()),
            refused(L::CertificatePurpose, S::WrongCertificatePurpose)),
        ("K05 an authority's certificate",
            change(&|s| s.basic = Some((true, None))),
            refused(L::CertificatePurpose, S::WrongCertificatePurpose)),
        ("K07 an unknown critical extension",
            change(&|s| s.others = vec![(unknown, true, vec![0x05, 0x00])]),
            refused(L::IssuerUntrusted, S::ChainConstraintsFailure)),
        ("K07 the same, not critical",
            change(&|s| s.others = vec![(unknown, false, vec![0x05, 0x00])]),
            Judged::Passed),
        ("K08 expired a second ago",
            change(&|s| s.validity = until(noon().minus(seconds(1)))),
            refused(L::CertificateExpired, S::Expired)),
        ("K08 expires this second",
            change(&|s| s.validity = until(noon())), Judged::Passed),
        ("K08 valid from the next second",
            change(&|s| s.validity = from(noon().plus(seconds(1)))),
            refused(L::CertificateNotYetValid, S::NotYetValid)),
        ("K08 valid from this second",
            change(&|s| s.validity = from(noon())), Judged::Passed),
        ("K08 expired years before its issuer was made",
            change(&|s| s.validity = Validity { not_before: noon().minus(days(4000)), not_after: noon().minus(days(3000)) }),
            refused(L::CertificateExpired, S::Expired)),
        ("K08 expired, and for logging in: the earlier question gives the label",
            change(&|s| { s.validity = until(noon().minus(seconds(1))); s.key_usage = Some(auth_usage); }),
            refused(L::CertificateExpired, S::Expired)),
    ];
    for (case, spec, expected) in table {
        let stand = Stand::new().with_citizen(&spec);
        let (verdict, met) = examine_certificate(&stand, &stand.known());
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
        let asked = usize::from(expected == Judged::Passed);
        assert_eq!(
            met, asked,
            "{case}: nobody is asked about a certificate that is refused anyway"
        );
        if expected != Judged::Passed {
            assert_eq!(verdict.proven_signer(), None, "{case}");
        }
    }
}

#[test]
fn the_last_second_of_validity_belongs_to_it_to_its_last_millisecond() {
    let mut spec = citizen_spec();
    spec.validity.not_after = noon();
    let stand = Stand::new().with_citizen(&spec);
    let judged_at = |ms: u64| {
        let (verdict, ..) = run(
            qaqpa_verdict::Subject::Certificate {
                certificate_der: stand.citizen.der(),
                pool_der: &[],
            },
            &stand.known(),
            &qaqpa_verdict::Policy::default(),
            noon().plus(std::time::Duration::from_millis(ms)),
            |need| stand.all_good(need),
        );
        judged(&verdict)
    };
    assert_eq!(judged_at(999), Judged::Passed);
    assert_eq!(
        judged_at(1000),
        Judged::Refused(L::CertificateExpired, S::Expired)
    );
}

fn issued(
    spec: &CertificateSpec,
    certificate: &Certificate,
    key: &qaqpa_crypto::PrivateKey,
) -> Certificate {
    issue::issue(spec, Issuer { certificate, key }).unwrap()
}

/// The chain is changed; the signer's certificate has no defect of its own.
#[test]
fn a_chain_that_does_not_end_at_the_anchor_is_named() {
    let good = Stand::new();
    let other_root = root_named("QAQPA TEST ROOT", &keys().stranger);
    let self_signed = {
        let spec = CertificateSpec {
            basic: Some((false, None)),
            ..citizen_spec()
        };
        // The same name for issuer and subject, signed by the stranger's own key.
        let stranger_root = issue::root(person_name(IIN), &keys().stranger, one_year()).unwrap();
        let spec = CertificateSpec {
            spki_der: keys().stranger.spki_der().to_vec(),
            ..spec
        };
        issued(&spec, &stranger_root, &keys().stranger)
    };
    let clone_of_issuing = issued(
        &authority_spec("QAQPA TEST CA", &keys().stranger),
        &good.root,
        &keys().stranger,
    );
    let by_clone = issued(&citizen_spec(), &clone_of_issuing, &keys().stranger);
    let foreign_root = root_named("SOMEBODY ELSE TEST ROOT", &keys().stranger);
    let foreign_ca = issued(
        &authority_spec("SOMEBODY ELSE TEST CA", &keys().stranger),
        &foreign_root,
        &keys().stranger,
    );
    let by_foreign = issued(&citizen_spec(), &foreign_ca, &keys().stranger);
    let leaf_as_issuer = issued(
        &CertificateSpec {
            subject: person_name(OTHER_IIN),
            serial: vec![0x55],
            ..citizen_spec()
        },
        &good.issuing,
        &keys().issuing,
    );
    let by_leaf = issued(&citizen_spec(), &leaf_as_issuer, &keys().citizen);
    let deep_ca = issued(
        &authority_spec("QAQPA TEST DEEP CA", &keys().stranger),
        &good.issuing,
        &keys().issuing,
    );
    let by_deep = issued(&citizen_spec(), &deep_ca, &keys().stranger);
    let no_cert_sign = issued(
        &CertificateSpec {
            key_usage: Some(KeyUsage::CRL_SIGN),
            ..authority_spec("QAQPA TEST CA 2", &keys().stranger)
        },
        &good.root,
        &keys().root,
    );
    let by_no_cert_sign = issued(&citizen_spec(), &no_cert_sign, &keys().stranger);
    let ended = Validity {
        not_after: noon().minus(seconds(1)),
        ..one_year()
    };
    let expired_ca = issued(
        &CertificateSpec {
            validity: ended,
            ..authority_spec("QAQPA TEST CA 3", &keys().stranger)
        },
        &good.root,
        &keys().root,
    );
    let by_expired_ca = issued(&citizen_spec(), &expired_ca, &keys().stranger);
    let strange_ca = issued(
        &CertificateSpec {
            others: vec![(
                ObjectIdentifier::new_unwrap("1.2.398.9.9.9"),
                true,
                vec![0x05, 0x00],
            )],
            ..authority_spec("QAQPA TEST CA 4", &keys().stranger)
        },
        &good.root,
        &keys().root,
    );
    let by_strange_ca = issued(&citizen_spec(), &strange_ca, &keys().stranger);
    let expired_foreign = issued(
        &CertificateSpec {
            validity: ended,
            ..citizen_spec()
        },
        &foreign_ca,
        &keys().stranger,
    );

    let untrusted = |sub| Judged::Refused(L::IssuerUntrusted, sub);
    #[rustfmt::skip]
    let table: Vec<(&str, &Certificate, Vec<&Certificate>, Judged)> = vec![
        ("nothing is changed",                       &good.citizen,     vec![&good.issuing],                Judged::Passed),
        ("the issuing authority is not at hand",     &good.citizen,     vec![],                             untrusted(S::NoCertificateChainFound)),
        ("K01 self-signed by the subject's name",    &self_signed,      vec![&good.issuing],                untrusted(S::NoCertificateChainFound)),
        ("K01 a clone of the authority, own key",    &by_clone,         vec![&good.issuing],                untrusted(S::CertificateChainGeneralFailure)),
        ("K01 the clone is offered as well",         &by_clone,         vec![&clone_of_issuing],            untrusted(S::CertificateChainGeneralFailure)),
        ("K06 issued by an end entity",              &by_leaf,          vec![&leaf_as_issuer, &good.issuing], untrusted(S::ChainConstraintsFailure)),
        ("K06 an authority below pathLen 0",         &by_deep,          vec![&deep_ca, &good.issuing],      untrusted(S::ChainConstraintsFailure)),
        ("K06 an authority without keyCertSign",     &by_no_cert_sign,  vec![&no_cert_sign],                untrusted(S::ChainConstraintsFailure)),
        ("K07 an authority with an unknown critical extension", &by_strange_ca, vec![&strange_ca],          untrusted(S::ChainConstraintsFailure)),
        ("K08 the authority expired a second ago",   &by_expired_ca,    vec![&expired_ca],                  untrusted(S::CertificateChainGeneralFailure)),
        ("K09 another authority altogether",         &by_foreign,       vec![&foreign_ca, &foreign_root],   untrusted(S::NoCertificateChainFound)),
        ("K09 another authority, and expired",       &expired_foreign,  vec![&foreign_ca, &foreign_root],   untrusted(S::NoCertificateChainFound)),
        ("K09 a root of the same name, another key", &good.citizen,     vec![&good.issuing, &other_root],   Judged::Passed),
    ];
    for (case, leaf, pool, expected) in table {
        let stand = Stand {
            citizen: leaf.clone(),
            ..Stand::new()
        };
        // The authority of `good` is the trusted one in every row.
        let known = Known {
            anchors: TrustAnchors::new([good.root.clone()]),
            pool: pool.into_iter().cloned().collect(),
        };
        let stand = Stand {
            issuing: good.issuing.clone(),
            responder: good.responder.clone(),
            ..stand
        };
        let (verdict, met) = examine_certificate(&stand, &known);
        assert_eq!(judged(&verdict), expected, "{case}\n{}", verdict.to_text());
        assert_eq!(met, usize::from(expected == Judged::Passed), "{case}");
    }
}

#[test]
fn a_root_of_the_same_name_and_another_key_is_no_anchor() {
    let stand = Stand::new();
    let known = Known {
        anchors: TrustAnchors::new([root_named("QAQPA TEST ROOT", &keys().stranger)]),
        pool: vec![stand.issuing.clone(), stand.root.clone()],
    };
    let (verdict, met) = examine_certificate(&stand, &known);
    assert_eq!(
        (judged(&verdict), met),
        (
            Judged::Refused(L::IssuerUntrusted, S::CertificateChainGeneralFailure),
            0
        ),
        "{}",
        verdict.to_text()
    );
}

#[test]
fn bytes_that_are_no_certificate_are_refused() {
    let stand = Stand::new();
    for der in [&b""[..], b"certificate", &stand.citizen.der()[..100]] {
        let (verdict, _, met) = run(
            qaqpa_verdict::Subject::Certificate {
                certificate_der: der,
                pool_der: &[],
            },
            &stand.known(),
            &qaqpa_verdict::Policy::default(),
            noon(),
            |need| stand.all_good(need),
        );
        assert_eq!(
            (judged(&verdict), met),
            (
                Judged::Refused(L::IssuerUntrusted, S::NoSigningCertificateFound),
                0
            )
        );
        assert_eq!(verdict.signer, None);
        let chain = verdict.check(CheckId::Chain).unwrap();
        assert_eq!(chain.outcome, Outcome::NotAsked);
    }
}

/// B02, B03: for whom the signer signs.
#[test]
fn only_a_certificate_with_exactly_this_bin_is_the_organisations() {
    const BIN: &str = "990140000017";
    let unit = |text: &str| person_name(IIN).with(oid::ORGANIZATIONAL_UNIT, text);
    let organisation = Bin::parse(BIN).unwrap();
    let mismatch = || Answer::Fail(L::BinMismatch);
    #[rustfmt::skip]
    let table: Vec<(&str, NameToWrite, Answer<L>)> = vec![
        ("the same BIN",            unit(&format!("BIN{BIN}")),      Answer::Pass),
        ("another BIN (B02)",       unit("BIN990140000027"),         mismatch()),
        ("a person's own (B03)",    person_name(IIN),                mismatch()),
        ("two BINs",                unit(&format!("BIN{BIN}")).with(oid::ORGANIZATIONAL_UNIT, "BIN990140000027"), mismatch()),
        ("without its prefix",      unit(BIN),                       mismatch()),
        ("in O",                    person_name(IIN).with(oid::ORGANIZATION, &format!("BIN{BIN}")), mismatch()),
        ("an IIN of its digits",    unit(&format!("IIN{BIN}")),      mismatch()),
    ];
    for (case, subject, expected) in table {
        let stand = Stand::new().with_citizen(&CertificateSpec {
            subject,
            ..citizen_spec()
        });
        let (verdict, _) = examine_certificate(&stand, &stand.known());
        let signer = verdict.proven_signer().unwrap();
        assert_eq!(confirm_bin(signer, &organisation), expected, "{case}");
        let with = verdict.with_submitter(&iin(IIN));
        let with = with.with_organisation(&organisation);
        let whole = match expected {
            Answer::Pass => Judged::Passed,
            _ => Judged::Refused(L::BinMismatch, S::BinMismatch),
        };
        assert_eq!(judged(&with), whole, "{case}");
        // Whoever is not the submitter is not asked for whom he signs.
        let (verdict, _) = examine_certificate(&stand, &stand.known());
        let another = verdict.with_submitter(&iin(OTHER_IIN));
        let another = another.with_organisation(&organisation);
        assert_eq!(
            judged(&another),
            Judged::Refused(L::IinMismatch, S::IinMismatch)
        );
        let bin = another.check(CheckId::Bin).unwrap();
        assert_eq!(bin.outcome, Outcome::NotAsked);
    }
}

/// K11, B01: whose certificate it is.
#[test]
fn only_a_certificate_with_exactly_this_iin_is_the_submitters() {
    let cn = |name: NameToWrite| {
        name.with(oid::COMMON_NAME, "ТЕСТОВ ТЕСТ")
            .with(oid::COUNTRY, "KZ")
    };
    let serial = |text: &str| cn(NameToWrite::new()).with(oid::SERIAL_NUMBER, text);
    let is_submitter = Answer::Pass;
    let mismatch = || Answer::Fail(L::IinMismatch);
    #[rustfmt::skip]
    let table: Vec<(&str, NameToWrite, Answer<L>)> = vec![
        ("the same IIN",            person_name(IIN),                    is_submitter),
        ("another IIN (B01)",       person_name(OTHER_IIN),              mismatch()),
        ("no serialNumber",         cn(NameToWrite::new()),              mismatch()),
        ("two serialNumbers",       serial(&format!("IIN{IIN}")).with(oid::SERIAL_NUMBER, &format!("IIN{OTHER_IIN}")), mismatch()),
        ("two, the other first",    serial(&format!("IIN{OTHER_IIN}")).with(oid::SERIAL_NUMBER, &format!("IIN{IIN}")), mismatch()),
        ("the same twice",          serial(&format!("IIN{IIN}")).with(oid::SERIAL_NUMBER, &format!("IIN{IIN}")), mismatch()),
        ("in lower case",           serial(&format!("iin{IIN}")),        mismatch()),
        ("without its prefix",      serial(IIN),                         mismatch()),
        ("with a space",            serial(&format!("IIN {IIN}")),       mismatch()),
        ("only in the CN",          NameToWrite::new().with(oid::COMMON_NAME, &format!("IIN{IIN}")).with(oid::COUNTRY, "KZ"), mismatch()),
    ];
    for (case, subject, expected) in table {
        let stand = Stand::new().with_citizen(&CertificateSpec {
            subject,
            ..citizen_spec()
        });
        let (verdict, _) = examine_certificate(&stand, &stand.known());
        assert_eq!(
            judged(&verdict),
            Judged::Passed,
            "{case}: the IIN is another question"
        );
        let signer = verdict.proven_signer().unwrap();
        assert_eq!(confirm_iin(signer, &iin(IIN)), expected, "{case}");
        let with = verdict.with_submitter(&iin(IIN));
        let whole = match expected {
            Answer::Pass => Judged::Passed,
            _ => Judged::Refused(L::IinMismatch, S::IinMismatch),
        };
        assert_eq!(judged(&with), whole, "{case}");
        assert_eq!(
            with.proven_signer().is_some(),
            whole == Judged::Passed,
            "{case}"
        );
        assert!(
            !with.to_text().contains(IIN),
            "{case}: masked\n{}",
            with.to_text()
        );
        assert!(!with.shown().to_json().contains(IIN), "{case}: masked");
    }
}

#[test]
fn a_companion_of_the_certificate_is_material_for_the_path_and_no_more() {
    let stand = Stand::new();
    let known = Known {
        pool: Vec::new(),
        ..stand.known()
    };
    let judge = |pool_der: &[Vec<u8>]| {
        let subject = qaqpa_verdict::Subject::Certificate {
            certificate_der: stand.citizen.der(),
            pool_der,
        };
        let policy = qaqpa_verdict::Policy::default();
        let (verdict, ..) = run(subject, &known, &policy, noon(), |need| {
            stand.all_good(need)
        });
        judged(&verdict)
    };
    assert_eq!(judge(&[stand.issuing.der().to_vec()]), Judged::Passed);
    assert_eq!(
        judge(&[stand.root.der().to_vec()]),
        Judged::Refused(L::IssuerUntrusted, S::NoCertificateChainFound)
    );
    assert_eq!(
        judge(&[b"rubbish".to_vec(), stand.issuing.der().to_vec()]),
        Judged::Passed
    );
}

#[test]
fn a_certificate_that_names_no_addresses_is_asked_about_all_the_same() {
    let spec = CertificateSpec {
        addresses: Addresses::default(),
        ..citizen_spec()
    };
    let stand = Stand::new().with_citizen(&spec);
    let (verdict, met) = examine_certificate(&stand, &stand.known());
    assert_eq!((judged(&verdict), met), (Judged::Passed, 1));
}

#[test]
fn the_submitter_is_not_asked_about_where_an_earlier_question_was_answered_with_no() {
    let mut spec = citizen_spec();
    spec.key_usage = None;
    let stand = Stand::new().with_citizen(&spec);
    let (verdict, _) = examine_certificate(&stand, &stand.known());
    let with = verdict.clone().with_submitter(&iin(OTHER_IIN));
    assert_eq!(judged(&with), judged(&verdict));
    assert_eq!(with.check(CheckId::Iin).unwrap().outcome, Outcome::NotAsked);
}
