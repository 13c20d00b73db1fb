mod extensions;

use std::time::Duration;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::x509::{X509Builder, X509NameBuilder};
use qaqpa_model::{Limits, Moment};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer};
use qaqpa_x509::path::{self, PathError};
use qaqpa_x509::{Certificate, CertificateError, KeyUsage, ObjectIdentifier, TrustAnchors, oid};

use crate::stand::{DAY, Stand, around, at, key, leaf_spec, name, root_life};
use crate::tools::{Desk, seconds};

const SECOND: Duration = Duration::from_secs(1);

/// Our verdict, after OpenSSL has given the same one: yes or no.
fn judged(
    leaf: &Certificate,
    pool: &[Certificate],
    anchors: &[Certificate],
    at: Moment,
) -> Result<path::Path, PathError> {
    let desk = Desk::new();
    let pem = |certificates: &[Certificate]| {
        certificates
            .iter()
            .map(Certificate::to_pem)
            .collect::<String>()
    };
    desk.put("leaf.pem", leaf.to_pem());
    desk.put("pool.pem", pem(pool));
    desk.put("anchors.pem", pem(anchors));
    let time = seconds(at);
    let said = desk.openssl(&[
        "verify",
        "-attime",
        &time,
        "-CAfile",
        "anchors.pem",
        "-untrusted",
        "pool.pem",
        "leaf.pem",
    ]);
    let ours = path::build(
        leaf,
        pool,
        &TrustAnchors::new(anchors.to_vec()),
        at,
        &Limits::default(),
    );
    assert_eq!(
        said.ok,
        ours.is_ok(),
        "OpenSSL: {}\nours: {ours:?}",
        said.text
    );
    ours
}

#[test]
fn a_path_is_found_and_told_from_leaf_to_anchor() {
    let stand = Stand::new();
    let path = judged(
        &stand.leaf,
        std::slice::from_ref(&stand.issuing),
        std::slice::from_ref(&stand.root),
        at(),
    )
    .unwrap();
    assert_eq!(
        path.certificates(),
        [
            stand.leaf.clone(),
            stand.issuing.clone(),
            stand.root.clone()
        ]
    );
    assert_eq!(path.leaf(), &stand.leaf);
    assert_eq!(path.issuer_of(0), Some(&stand.issuing));
    assert_eq!(path.issuer_of(1), Some(&stand.root));
    assert_eq!(path.issuer_of(2), None);
    assert_eq!(path.issuer_of(usize::MAX), None);
    assert_eq!(path.at(), at());
}

#[test]
fn intermediates_that_came_with_the_anchors_are_used() {
    let stand = Stand::new();
    let anchors = TrustAnchors::new([stand.issuing.clone(), stand.root.clone()]);
    let path = path::build(&stand.leaf, &[], &anchors, at(), &Limits::default());
    assert_eq!(path.unwrap().certificates().len(), 3);
}

#[test]
fn the_period_has_both_its_ends() {
    let stand = Stand::new();
    let (begin, end) = (stand.leaf.not_before(), stand.leaf.not_after());
    for good in [begin, end, end.plus(Duration::from_millis(999))] {
        assert!(stand.path_at(&stand.leaf, good).is_ok(), "{good}");
    }
    assert_eq!(
        stand.path_at(&stand.leaf, begin.minus(Duration::from_millis(1))),
        Err(PathError::NotYetValid {
            position: 0,
            not_before: begin
        })
    );
    assert_eq!(
        stand.path_at(&stand.leaf, end.plus(SECOND)),
        Err(PathError::Expired {
            position: 0,
            not_after: end
        })
    );
}

#[test]
fn an_expired_authority_or_anchor_is_named_by_its_position() {
    let stand = Stand::new();
    let mut short = around();
    short.not_after = at().minus(SECOND);
    let issuing = issue::issuing(
        name("TEST ОРТАЛЫҚ"),
        stand.issuing_key.spki_der(),
        short,
        Addresses::default(),
        stand.by_root(),
    )
    .unwrap();
    let verdict = judged(
        &stand.leaf,
        &[issuing],
        std::slice::from_ref(&stand.root),
        at(),
    );
    assert_eq!(
        verdict,
        Err(PathError::Expired {
            position: 1,
            not_after: at().minus(SECOND)
        })
    );
    let root = issue::root(name("TEST ROOT"), &stand.root_key, short).unwrap();
    let verdict = judged(
        &stand.leaf,
        std::slice::from_ref(&stand.issuing),
        &[root],
        at(),
    );
    assert_eq!(
        verdict,
        Err(PathError::Expired {
            position: 2,
            not_after: at().minus(SECOND)
        })
    );
}

#[test]
fn without_its_authority_or_with_another_anchor_nothing_is_trusted() {
    let stand = Stand::new();
    let root = [stand.root.clone()];
    assert_eq!(
        judged(&stand.leaf, &[], &root, at()),
        Err(PathError::Untrusted)
    );
    let other = issue::root(name("OTHER TEST ROOT"), &key(4), root_life()).unwrap();
    assert_eq!(
        judged(
            &stand.leaf,
            std::slice::from_ref(&stand.issuing),
            &[other],
            at()
        ),
        Err(PathError::Untrusted)
    );
    assert_eq!(
        path::build(
            &stand.leaf,
            &[stand.issuing.clone(), stand.root.clone()],
            &TrustAnchors::default(),
            at(),
            &Limits::default()
        ),
        Err(PathError::Untrusted)
    );
}

/// A copy of the root's name with another key (signature faking; root swap).
#[test]
fn a_namesake_with_another_key_is_no_issuer() {
    let stand = Stand::new();
    let swapped = issue::root(name("TEST ROOT"), &key(4), root_life()).unwrap();
    assert_eq!(
        judged(
            &stand.leaf,
            std::slice::from_ref(&stand.issuing),
            std::slice::from_ref(&swapped),
            at()
        ),
        Err(PathError::BadSignature { position: 1 })
    );
    // Beside the right one it is passed over.
    let both = [swapped, stand.root.clone()];
    assert!(
        judged(
            &stand.leaf,
            std::slice::from_ref(&stand.issuing),
            &both,
            at()
        )
        .is_ok()
    );
    // A leaf that somebody signed in the authority's name.
    let forger = Issuer {
        certificate: &stand.issuing,
        key: &key(4),
    };
    let forged = issue::issue(&leaf_spec(&stand.leaf_key), forger).unwrap();
    assert_eq!(
        stand.path(&forged),
        Err(PathError::BadSignature { position: 0 })
    );
    // A self-signed copy of the leaf.
    let itself = issue::root(name("TEST"), &stand.leaf_key, around()).unwrap();
    assert_eq!(stand.path(&itself), Err(PathError::Untrusted));
}

#[test]
fn a_flipped_bit_in_any_byte_of_the_signed_part_is_noticed() {
    let stand = Stand::new();
    let der = stand.leaf.der();
    let end = 4 + stand.leaf.tbs_der().len();
    assert_eq!(&der[4..end], stand.leaf.tbs_der());
    for at in 4..end {
        let mut bad = der.to_vec();
        bad[at] ^= 1 << (at % 8);
        if let Ok(bad) = Certificate::from_der(&bad) {
            assert!(stand.path(&bad).is_err(), "byte {at}");
        }
    }
}

/// A certificate by OpenSSL with another digest or key than the profile's.
fn by_openssl(
    issuer: Option<(&Certificate, &PKey<openssl::pkey::Private>)>,
    subject: &str,
    pair: &PKey<openssl::pkey::Private>,
    digest: MessageDigest,
) -> Certificate {
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(77).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", subject).unwrap();
    let name = name.build();
    builder.set_subject_name(&name).unwrap();
    let begin = Asn1Time::from_unix(at().unix_s() - 1000).unwrap();
    let end = Asn1Time::from_unix(at().unix_s() + 1000).unwrap();
    builder.set_not_before(&begin).unwrap();
    builder.set_not_after(&end).unwrap();
    builder.set_pubkey(pair).unwrap();
    match issuer {
        Some((certificate, key)) => {
            let issuer = openssl::x509::X509::from_der(certificate.der()).unwrap();
            builder.set_issuer_name(issuer.subject_name()).unwrap();
            builder.sign(key, digest).unwrap();
        }
        None => {
            builder.set_issuer_name(&name).unwrap();
            builder.sign(pair, digest).unwrap();
        }
    }
    Certificate::from_der(&builder.build().to_der().unwrap()).unwrap()
}

#[test]
fn weak_signatures_and_keys_are_named_only_where_the_chain_leads_to_an_anchor() {
    let stand = Stand::new();
    let issuing_key = PKey::private_key_from_pkcs8(&stand.issuing_key.to_pkcs8_der()).unwrap();
    let issuer = Some((&stand.issuing, &issuing_key));
    let strong = PKey::private_key_from_pkcs8(&stand.leaf_key.to_pkcs8_der()).unwrap();
    let sha1 = by_openssl(issuer, "SHA-1", &strong, MessageDigest::sha1());
    assert_eq!(
        stand.path(&sha1),
        Err(PathError::Weak {
            position: 0,
            why: "a signature with SHA-1"
        })
    );
    let untrusted = path::build(
        &sha1,
        std::slice::from_ref(&stand.issuing),
        &TrustAnchors::default(),
        at(),
        &Limits::default(),
    );
    assert_eq!(untrusted, Err(PathError::Untrusted));
    let short = PKey::from_rsa(openssl::rsa::Rsa::generate(1024).unwrap()).unwrap();
    let short = by_openssl(issuer, "1024", &short, MessageDigest::sha256());
    assert_eq!(
        stand.path(&short),
        Err(PathError::Weak {
            position: 0,
            why: "an RSA key of fewer than 2048 bits"
        })
    );
    let curve = |id| {
        let group = openssl::ec::EcGroup::from_curve_name(id).unwrap();
        let pair = PKey::from_ec_key(openssl::ec::EcKey::generate(&group).unwrap()).unwrap();
        stand.path(&by_openssl(issuer, "EC", &pair, MessageDigest::sha256()))
    };
    assert!(curve(openssl::nid::Nid::X9_62_PRIME256V1).is_ok());
    assert_eq!(
        curve(openssl::nid::Nid::SECP256K1),
        Err(PathError::Unsupported {
            position: 0,
            oid: "1.3.132.0.10".to_owned()
        })
    );
}

#[test]
fn long_chains_loops_and_crowds_end_within_the_budget() {
    let stand = Stand::new();
    let limits = Limits::default();
    // A ladder of authorities that never reaches an anchor.
    let mut ladder = vec![issue::root(name("STEP 0"), &key(0), root_life()).unwrap()];
    for step in 1..=30 {
        let mut spec = CertificateSpec::new(
            name(&format!("STEP {step}")),
            key(step % 5).spki_der(),
            around(),
        )
        .unwrap();
        spec.basic = Some((true, None));
        spec.key_usage = Some(KeyUsage::KEY_CERT_SIGN);
        let issuer = Issuer {
            certificate: &ladder[step - 1],
            key: &key((step - 1) % 5),
        };
        ladder.push(issue::issue(&spec, issuer).unwrap());
    }
    let anchors = TrustAnchors::new([ladder[0].clone()]);
    assert_eq!(
        path::build(&ladder[30], &ladder, &anchors, at(), &limits),
        Err(PathError::Budget {
            max: limits.path_certificates_max
        })
    );
    assert!(path::build(&ladder[6], &ladder, &anchors, at(), &limits).is_ok());

    // Two authorities that certify each other.
    let cross = |subject: &str, key_of: usize, issuer: &str, issuer_key: usize| {
        let mut spec =
            CertificateSpec::new(name(subject), key(key_of).spki_der(), around()).unwrap();
        spec.basic = Some((true, None));
        let by = issue::root(name(issuer), &key(issuer_key), around()).unwrap();
        let issuer = Issuer {
            certificate: &by,
            key: &key(issuer_key),
        };
        issue::issue(&spec, issuer).unwrap()
    };
    let pool = [cross("A", 0, "B", 1), cross("B", 1, "A", 0)];
    assert_eq!(
        path::build(&pool[0], &pool, &stand.anchors(), at(), &limits),
        Err(PathError::Untrusted)
    );

    // A hundred namesakes of the issuer, none of which signed.
    let crowd: Vec<_> = (0..100)
        .map(|days| {
            let mut life = root_life();
            life.not_after = life.not_after.minus(DAY * days);
            issue::root(name("TEST ОРТАЛЫҚ"), &key(4), life).unwrap()
        })
        .collect();
    let lonely = path::build(&stand.leaf, &crowd, &stand.anchors(), at(), &limits);
    assert_eq!(
        lonely,
        Err(PathError::Budget {
            max: 8 * limits.path_certificates_max
        })
    );
    // The right one, known by its key identifier, is tried first.
    let mut with_right = crowd;
    with_right.push(stand.issuing.clone());
    assert!(path::build(&stand.leaf, &with_right, &stand.anchors(), at(), &limits).is_ok());
}

#[test]
fn an_anchor_is_a_path_by_itself() {
    let stand = Stand::new();
    let path = stand.path(&stand.root).unwrap();
    assert_eq!(path.certificates(), std::slice::from_ref(&stand.root));
}
