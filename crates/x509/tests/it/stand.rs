//! An authority for tests: a builder whose defaults are valid, so that a case holds one defect.

use std::time::Duration;

use qaqpa_crypto::PrivateKey;
use qaqpa_model::{Bin, Iin, Limits, Moment};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer, Person, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::path::{self, Path, PathError};
use qaqpa_x509::profile::{Purpose, Role};
use qaqpa_x509::{Certificate, TrustAnchors, oid};

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) fn at() -> Moment {
    Moment::parse("2026-11-22T10:00:00+05:00").unwrap()
}

/// One of five keys that never change.
pub(crate) fn key(number: usize) -> PrivateKey {
    let keys: [&[u8]; 5] = [
        include_bytes!("../keys/test-only-1.p8"),
        include_bytes!("../keys/test-only-2.p8"),
        include_bytes!("../keys/test-only-3.p8"),
        include_bytes!("../keys/test-only-4.p8"),
        include_bytes!("../keys/test-only-5.p8"),
    ];
    PrivateKey::from_pkcs8_der(keys[number]).unwrap()
}

pub(crate) fn root_life() -> Validity {
    Validity {
        not_before: Moment::ROOT_BEGIN,
        not_after: Moment::ROOT_END,
    }
}

pub(crate) fn around() -> Validity {
    Validity {
        not_before: at().minus(DAY),
        not_after: at().plus(365 * DAY),
    }
}

pub(crate) fn name(common_name: &str) -> NameToWrite {
    NameToWrite::new()
        .with(oid::COMMON_NAME, common_name)
        .with(oid::COUNTRY, "KZ")
}

pub(crate) struct Stand {
    pub(crate) root: Certificate,
    pub(crate) issuing: Certificate,
    pub(crate) responder: Certificate,
    pub(crate) leaf: Certificate,
    pub(crate) root_key: PrivateKey,
    pub(crate) issuing_key: PrivateKey,
    pub(crate) responder_key: PrivateKey,
    pub(crate) leaf_key: PrivateKey,
}

impl Stand {
    pub(crate) fn new() -> Self {
        let [root_key, issuing_key, responder_key, leaf_key] = [0, 1, 2, 3].map(key);
        let root = issue::root(name("TEST ROOT"), &root_key, root_life()).unwrap();
        let issuing = issue::issuing(
            name("TEST ОРТАЛЫҚ"),
            issuing_key.spki_der(),
            root_life(),
            Addresses::default(),
            Issuer {
                certificate: &root,
                key: &root_key,
            },
        )
        .unwrap();
        let by = Issuer {
            certificate: &issuing,
            key: &issuing_key,
        };
        let responder = issue::responder(
            name("TEST RESPONDER"),
            responder_key.spki_der(),
            around(),
            by,
        )
        .unwrap();
        let leaf = issue::issue(&leaf_spec(&leaf_key), by).unwrap();
        Self {
            root,
            issuing,
            responder,
            leaf,
            root_key,
            issuing_key,
            responder_key,
            leaf_key,
        }
    }

    pub(crate) fn by_root(&self) -> Issuer<'_> {
        Issuer {
            certificate: &self.root,
            key: &self.root_key,
        }
    }

    pub(crate) fn by_issuing(&self) -> Issuer<'_> {
        Issuer {
            certificate: &self.issuing,
            key: &self.issuing_key,
        }
    }

    pub(crate) fn anchors(&self) -> TrustAnchors {
        TrustAnchors::new([self.root.clone()])
    }

    /// The leaf with something changed, issued by the issuing authority.
    pub(crate) fn leaf_with(&self, change: impl FnOnce(&mut CertificateSpec)) -> Certificate {
        let mut spec = leaf_spec(&self.leaf_key);
        change(&mut spec);
        issue::issue(&spec, self.by_issuing()).unwrap()
    }

    pub(crate) fn path(&self, leaf: &Certificate) -> Result<Path, PathError> {
        self.path_at(leaf, at())
    }

    pub(crate) fn path_at(&self, leaf: &Certificate, at: Moment) -> Result<Path, PathError> {
        path::build(
            leaf,
            std::slice::from_ref(&self.issuing),
            &self.anchors(),
            at,
            &Limits::default(),
        )
    }
}

pub(crate) fn person() -> Person {
    Person {
        surname: "ТЕСТОВ".to_owned(),
        given_name: "СЫНАҚБЕК".to_owned(),
        patronymic: Some("ТЕСТҰЛЫ".to_owned()),
        iin: Iin::parse("931002451325").unwrap(),
        organization: None,
    }
}

pub(crate) fn organization() -> (String, Bin) {
    let bin = (0..10)
        .find_map(|check| Bin::parse(&format!("99014000001{check}")).ok())
        .unwrap();
    ("TEST ҰЙЫМ".to_owned(), bin)
}

pub(crate) fn leaf_spec(key: &PrivateKey) -> CertificateSpec {
    let mut spec = CertificateSpec::of_person(
        &person(),
        &[Role::Individual],
        Purpose::Sign,
        key.spki_der(),
        around(),
    )
    .unwrap();
    spec.addresses = Addresses {
        ocsp: Some("http://127.0.0.1:14502/ocsp/".to_owned()),
        ca_issuers: Some("http://127.0.0.1:14502/cert/issuing.cer".to_owned()),
        crl: Some("http://127.0.0.1:14502/crl/rsa.crl".to_owned()),
        delta_crl: Some("http://127.0.0.1:14502/crl/rsa-delta.crl".to_owned()),
    };
    spec
}
