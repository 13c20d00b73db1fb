//! An authority, signers and a time-stamping authority for tests.

use std::sync::OnceLock;
use std::time::Duration;

use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::tsp::{self, Imprint, Signing, StampToIssue};
use qaqpa_x509::{Certificate, KeyUsage, oid};
use qaqpa_xmldsig::Signer;

/// The moment of every test.
pub(crate) fn at() -> Moment {
    Moment::parse("2026-11-22T10:00:00+05:00").unwrap()
}

/// A key and its certificate.
pub(crate) struct Person {
    pub(crate) key: PrivateKey,
    pub(crate) certificate: Certificate,
}

impl Person {
    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer::of(&self.key, self.certificate.der())
    }
}

/// An authority with two signers and a stamper.
pub(crate) struct People {
    pub(crate) signer: Person,
    pub(crate) other: Person,
    pub(crate) tsa: Person,
}

impl People {
    pub(crate) fn all() -> &'static Self {
        static PEOPLE: OnceLock<People> = OnceLock::new();
        PEOPLE.get_or_init(Self::new)
    }

    fn new() -> Self {
        let root_key = PrivateKey::generate(KeyKind::Ecdsa).unwrap();
        let root = issue::root(name("TEST ROOT"), &root_key, life()).unwrap();
        let issuer = Issuer {
            certificate: &root,
            key: &root_key,
        };
        let person = |common_name: &str, kind| {
            let key = PrivateKey::generate(kind).unwrap();
            let spec = CertificateSpec {
                key_usage: Some(KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION)),
                ..CertificateSpec::new(name(common_name), key.spki_der(), life()).unwrap()
            };
            let certificate = issue::issue(&spec, issuer).unwrap();
            Person { key, certificate }
        };
        let tsa_key = PrivateKey::generate(KeyKind::Rsa).unwrap();
        let tsa = issue::timestamper(
            name("TEST TSA"),
            tsa_key.spki_der(),
            life(),
            Addresses::default(),
            issuer,
        );
        Self {
            signer: person("TEST ҚОЛ ҚОЮШЫ", KeyKind::Rsa),
            other: person("TEST OTHER", KeyKind::Ecdsa),
            tsa: Person {
                certificate: tsa.unwrap(),
                key: tsa_key,
            },
        }
    }

    /// A token of the stamper over these octets.
    pub(crate) fn stamp(&self, octets: &[u8]) -> Vec<u8> {
        let stamp = StampToIssue {
            imprint: Imprint::of(qaqpa_crypto::DigestAlgorithm::Sha256, octets),
            policy: tsp_policy(),
            serial: vec![7],
            gen_time: at(),
            accuracy: None,
            ordering: false,
            nonce: None,
            names_tsa: true,
        };
        let chain = [self.tsa.certificate.clone()];
        let signing = Signing::by(&self.tsa.certificate, &self.tsa.key).with_certificates(&chain);
        tsp::issue(&stamp, &signing).unwrap()
    }
}

fn tsp_policy() -> qaqpa_x509::ObjectIdentifier {
    "1.2.398.3.3.2.6.2".parse().unwrap()
}

fn life() -> Validity {
    let day = Duration::from_secs(24 * 60 * 60);
    Validity {
        not_before: at().minus(day),
        not_after: at().plus(365 * day),
    }
}

fn name(common_name: &str) -> NameToWrite {
    NameToWrite::new()
        .with(oid::COMMON_NAME, common_name)
        .with(oid::COUNTRY, "KZ")
}
