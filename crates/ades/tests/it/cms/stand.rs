//! People with keys of every kind, below one TEST authority.

use std::sync::OnceLock;
use std::time::Duration;

use qaqpa_ades::cms::{self, Bounds, Found, NewSigner, Place};
use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_x509::issue::{self, CertificateSpec, Issuer, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::tsp::{self, Imprint, Signing, StampToIssue};
use qaqpa_x509::{Certificate, KeyUsage, oid};

pub(super) const CONTENT: &[u8] = "TEST мазмұны / TEST-содержание\r\n".as_bytes();

pub(super) fn at() -> Moment {
    Moment::parse("2026-11-22T10:00:00+05:00").unwrap()
}

fn around() -> Validity {
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    Validity {
        not_before: at().minus(year),
        not_after: at().plus(10 * year),
    }
}

fn name(common_name: &str) -> NameToWrite {
    NameToWrite::new().with(oid::COMMON_NAME, common_name)
}

pub(super) struct Person {
    pub(super) key: PrivateKey,
    pub(super) certificate: Certificate,
}

impl Person {
    pub(super) fn signs(&self) -> NewSigner<'_> {
        NewSigner::new(&self.key, &self.certificate, at())
    }
}

/// The people, by their keys.
pub(super) struct Stand {
    pub(super) root: Certificate,
    pub(super) rsa: Person,
    pub(super) p256: Person,
    pub(super) p384: Person,
    pub(super) gost_2004: Person,
    pub(super) gost_2015: Person,
    stamper: Person,
    root_key: PrivateKey,
}

impl Stand {
    pub(super) fn people(&self) -> [&Person; 5] {
        [
            &self.rsa,
            &self.p256,
            &self.p384,
            &self.gost_2004,
            &self.gost_2015,
        ]
    }

    /// A certificate with a person's issuer and serial number, for another key.
    pub(super) fn namesake(&self, person: &Person) -> Certificate {
        let by = Issuer {
            certificate: &self.root,
            key: &self.root_key,
        };
        let key = PrivateKey::generate(KeyKind::Ecdsa).unwrap();
        let mut spec = CertificateSpec::new(name("NAMESAKE"), key.spki_der(), around()).unwrap();
        spec.serial = person.certificate.serial().to_vec();
        issue::issue(&spec, by).unwrap()
    }

    /// A time stamp over these bytes.
    pub(super) fn token(&self, data: &[u8]) -> Vec<u8> {
        let stamp = StampToIssue {
            imprint: Imprint::of(qaqpa_crypto::DigestAlgorithm::Sha256, data),
            policy: oid::POLICY_TSP_RSA,
            serial: vec![7],
            gen_time: at(),
            accuracy: None,
            ordering: false,
            nonce: None,
            names_tsa: false,
        };
        let chain = [self.stamper.certificate.clone()];
        let signing = Signing::by(&self.stamper.certificate, &self.stamper.key);
        tsp::issue(&stamp, &signing.with_certificates(&chain)).unwrap()
    }
}

pub(super) fn stand() -> &'static Stand {
    static STAND: OnceLock<Stand> = OnceLock::new();
    STAND.get_or_init(|| {
        let root_key = PrivateKey::generate(KeyKind::Rsa).unwrap();
        let root = issue::root(name("TEST ROOT"), &root_key, around()).unwrap();
        let by = Issuer {
            certificate: &root,
            key: &root_key,
        };
        let person = |common_name, key: PrivateKey| {
            let spec = CertificateSpec::new(name(common_name), key.spki_der(), around());
            let spec = CertificateSpec {
                key_usage: Some(KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION)),
                extended_key_usage: vec![oid::EKU_EMAIL_PROTECTION],
                ..spec.unwrap()
            };
            let certificate = issue::issue(&spec, by).unwrap();
            Person { key, certificate }
        };
        let of = |common_name, kind| person(common_name, PrivateKey::generate(kind).unwrap());
        let stamper_key = PrivateKey::generate(KeyKind::Ecdsa).unwrap();
        let stamper = issue::timestamper(
            name("TEST TSA"),
            stamper_key.spki_der(),
            around(),
            issue::Addresses::default(),
            by,
        );
        Stand {
            rsa: of("TEST RSA", KeyKind::Rsa),
            p256: of("TEST P-256", KeyKind::Ecdsa),
            p384: person("TEST P-384", PrivateKey::generate_ecdsa_p384().unwrap()),
            gost_2004: of("TEST GOST 2004", KeyKind::Gost2004),
            gost_2015: of("TEST GOST 2015", KeyKind::Gost2015),
            stamper: Person {
                key: stamper_key,
                certificate: stamper.unwrap(),
            },
            root,
            root_key,
        }
    })
}

/// A message of these people.
pub(super) fn signed(place: Place, people: &[&Person]) -> Vec<u8> {
    let signers: Vec<_> = people.iter().map(|person| person.signs()).collect();
    cms::sign(CONTENT, place, &signers, &[]).unwrap()
}

pub(super) fn read(message: &[u8]) -> Found<'static> {
    cms::read(message, None, &Bounds::default()).unwrap()
}

/// The place of a person's signature in a message.
pub(super) fn place_of(found: &Found<'_>, person: &Person) -> usize {
    let mut signers = found.signers();
    signers
        .position(|signer| signer.certificate(&[]) == Some(&person.certificate))
        .unwrap()
}
