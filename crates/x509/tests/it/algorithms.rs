//! Certificates by algorithms that the national authority does not use: RSASSA-PSS and P-384, with OpenSSL as the second
//! opinion.

use qaqpa_crypto::{CryptoError, PrivateKey, SignatureAlgorithm};
use qaqpa_model::{Limits, Moment};
use qaqpa_x509::issue::{self, CertificateSpec, Issuer};
use qaqpa_x509::path::{self, PathError};
use qaqpa_x509::{Certificate, TrustAnchors};

use crate::stand::{around, at, name, root_life};
use crate::tools::{Desk, seconds};

/// A self-signed certificate of OpenSSL with these options of its signature.
fn by_openssl(options: &[&str]) -> Certificate {
    let desk = Desk::new();
    let arguments = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-subj",
        "/CN=TEST",
        "-days",
        "3650",
        "-out",
        "certificate.pem",
    ];
    desk.openssl(&[&arguments[..], options].concat()).yes();
    Certificate::from_pem(&desk.read("certificate.pem")).unwrap()
}

/// The options of RSASSA-PSS with this digest and salt.
fn pss<'a>(digest: &'a str, salt: &'a str) -> [&'a str; 5] {
    [digest, "-sigopt", "rsa_padding_mode:pss", "-sigopt", salt]
}

#[test]
fn a_certificate_of_openssl_by_pss_is_verified_in_its_one_form_and_refused_in_others() {
    const DIGEST: &str = "rsa_pss_saltlen:digest";
    for (digest, algorithm) in [
        ("-sha256", SignatureAlgorithm::RsaPssSha256),
        ("-sha384", SignatureAlgorithm::RsaPssSha384),
        ("-sha512", SignatureAlgorithm::RsaPssSha512),
    ] {
        let root = by_openssl(&pss(digest, DIGEST));
        assert_eq!(root.signature_algorithm(), Some(algorithm));
        assert_eq!(root.verify_signed_by(&root), Ok(()));
        assert_eq!(root.verify_signature(root.spki_der()), Ok(()));
    }
    let unsupported = |why: &str| {
        Err(CryptoError::Unsupported {
            oid: format!("RSASSA-PSS: {why}"),
        })
    };
    let salt = "the salt has not the length of the digest";
    let mask = "the mask is not MGF1 by the digest of the signature";
    let other_mask = [
        &pss("-sha256", DIGEST)[..],
        &["-sigopt", "rsa_mgf1_md:sha512"],
    ]
    .concat();
    for (options, expected) in [
        (&pss("-sha256", "rsa_pss_saltlen:20")[..], unsupported(salt)),
        (&pss("-sha256", "rsa_pss_saltlen:max"), unsupported(salt)),
        (&other_mask, unsupported(mask)),
        (
            &pss("-sha1", DIGEST),
            Err(CryptoError::Weak {
                why: "RSASSA-PSS with SHA-1",
            }),
        ),
    ] {
        let root = by_openssl(options);
        assert_eq!(root.signature_algorithm(), None);
        assert_eq!(root.verify_signed_by(&root), expected);
    }
}

#[test]
fn a_chain_of_p_384_is_believed_by_openssl_and_by_us() {
    let [root_key, key] = [(); 2].map(|()| PrivateKey::generate_ecdsa_p384().unwrap());
    let root = issue::root(name("TEST ROOT P-384"), &root_key, root_life()).unwrap();
    let by = Issuer {
        certificate: &root,
        key: &root_key,
    };
    let spec = CertificateSpec::new(name("TEST P-384"), key.spki_der(), around()).unwrap();
    let leaf = issue::issue(&spec, by).unwrap();
    let desk = Desk::new();
    desk.put("root.pem", root.to_pem());
    desk.put("leaf.pem", leaf.to_pem());
    let time = seconds(at());
    desk.openssl(&[
        "verify", "-attime", &time, "-CAfile", "root.pem", "leaf.pem",
    ])
    .yes();
    let built = |leaf: &Certificate, at: Moment| {
        let anchors = TrustAnchors::new([root.clone()]);
        path::build(leaf, &[], &anchors, at, &Limits::default())
            .map(|path| path.certificates().len())
    };
    assert_eq!(built(&leaf, at()), Ok(2));
    // The last byte is one of the signature.
    let mut bad = leaf.der().to_vec();
    *bad.last_mut().unwrap() ^= 1;
    let bad = Certificate::from_der(&bad).unwrap();
    assert_eq!(
        built(&bad, at()),
        Err(PathError::BadSignature { position: 0 })
    );
}
