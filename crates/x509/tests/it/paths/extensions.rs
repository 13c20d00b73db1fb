//! What the extensions of authorities and anchors say of a path.

use super::*;

fn below(stand: &Stand, change: impl FnOnce(&mut CertificateSpec)) -> Certificate {
    let mut spec = CertificateSpec::new(
        name("TEST SUB"),
        stand.responder_key.spki_der(),
        root_life(),
    )
    .unwrap();
    spec.basic = Some((true, None));
    spec.key_usage = Some(KeyUsage::KEY_CERT_SIGN);
    change(&mut spec);
    issue::issue(&spec, stand.by_root()).unwrap()
}

fn leaf_of(stand: &Stand, authority: &Certificate) -> Certificate {
    let issuer = Issuer {
        certificate: authority,
        key: &stand.responder_key,
    };
    issue::issue(&leaf_spec(&stand.leaf_key), issuer).unwrap()
}

#[test]
fn only_authorities_issue() {
    let stand = Stand::new();
    let root = [stand.root.clone()];
    let verdict =
        |authority: Certificate| judged(&leaf_of(&stand, &authority), &[authority], &root, at());
    assert!(verdict(below(&stand, |_| {})).is_ok());
    assert_eq!(
        verdict(below(&stand, |spec| spec.basic = None)),
        Err(PathError::NotCa { position: 1 })
    );
    assert_eq!(
        verdict(below(&stand, |spec| spec.basic = Some((false, None)))),
        Err(PathError::NotCa { position: 1 })
    );
    assert_eq!(
        verdict(below(&stand, |spec| spec.key_usage = Some(KeyUsage::CRL_SIGN))),
        Err(PathError::KeyCertSign { position: 1 })
    );
}

#[test]
fn the_path_length_is_heeded() {
    let stand = Stand::new();
    let root = [stand.root.clone()];
    // The issuing authority of the stand allows none below it.
    let mut spec =
        CertificateSpec::new(name("TEST SUB"), stand.responder_key.spki_der(), around()).unwrap();
    spec.basic = Some((true, None));
    spec.key_usage = Some(KeyUsage::KEY_CERT_SIGN);
    let sub = issue::issue(&spec, stand.by_issuing()).unwrap();
    let leaf = leaf_of(&stand, &sub);
    assert_eq!(
        judged(&leaf, &[sub.clone(), stand.issuing.clone()], &root, at()),
        Err(PathError::PathLen { position: 2 })
    );
    // The same with room for one.
    let mut wide = spec.clone();
    wide.subject = name("TEST ОРТАЛЫҚ");
    wide.spki_der = stand.issuing_key.spki_der().to_vec();
    wide.basic = Some((true, Some(1)));
    let wide = issue::issue(&wide, stand.by_root()).unwrap();
    assert!(judged(&leaf, &[sub, wide], &root, at()).is_ok());
}

#[test]
fn a_critical_extension_that_nobody_reads_is_refused_anywhere() {
    let stand = Stand::new();
    let strange = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1");
    let other = |critical| vec![(strange, critical, vec![5, 0])];
    let leaf = stand.leaf_with(|spec| spec.others = other(true));
    let issuing = [stand.issuing.clone()];
    assert_eq!(
        judged(&leaf, &issuing, std::slice::from_ref(&stand.root), at()),
        Err(PathError::UnknownCritical {
            position: 0,
            oid: strange
        })
    );
    let harmless = stand.leaf_with(|spec| spec.others = other(false));
    assert!(judged(&harmless, &issuing, std::slice::from_ref(&stand.root), at()).is_ok());
    let authority = below(&stand, |spec| spec.others = other(true));
    assert_eq!(
        judged(
            &leaf_of(&stand, &authority),
            &[authority],
            std::slice::from_ref(&stand.root),
            at()
        ),
        Err(PathError::UnknownCritical {
            position: 1,
            oid: strange
        })
    );
}

/// An extension that is read here and has not its form makes the certificate unreadable.
#[test]
fn malformed_name_and_policy_constraints_are_no_certificate() {
    let stand = Stand::new();
    for oid in [
        oid::NAME_CONSTRAINTS,
        oid::POLICY_CONSTRAINTS,
        oid::POLICY_MAPPINGS,
        oid::INHIBIT_ANY_POLICY,
    ] {
        for critical in [true, false] {
            let mut spec =
                CertificateSpec::new(name("TEST SUB"), stand.responder_key.spki_der(), around())
                    .unwrap();
            spec.others = vec![(oid, critical, vec![0x30, 0])];
            let der = issue::issue_der(&spec, stand.root.subject_der(), stand.by_root()).unwrap();
            assert_eq!(
                Certificate::from_der(&der),
                Err(CertificateError::Extension { oid })
            );
        }
    }
}

/// What an anchor says about policies is not heeded, so that a critical word of it must stop the path.
#[test]
fn an_anchor_that_demands_policies_is_refused() {
    let stand = Stand::new();
    let mut spec =
        CertificateSpec::new(name("TEST ROOT"), stand.root_key.spki_der(), root_life()).unwrap();
    spec.basic = Some((true, None));
    for (critical, expected) in [
        (
            true,
            Err(PathError::UnknownCritical {
                position: 2,
                oid: oid::INHIBIT_ANY_POLICY,
            }),
        ),
        (false, Ok(())),
    ] {
        spec.others = vec![(oid::INHIBIT_ANY_POLICY, critical, vec![2, 1, 0])];
        let root = issue::issue(&spec, stand.by_root()).unwrap();
        let anchors = TrustAnchors::new([root]);
        let path = path::build(
            &stand.leaf,
            std::slice::from_ref(&stand.issuing),
            &anchors,
            at(),
            &Limits::default(),
        );
        assert_eq!(path.map(|_| ()), expected);
    }
}
