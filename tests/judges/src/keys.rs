//! The keys of the tests.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::{DigestAlgorithm, PrivateKey, SignatureAlgorithm};

/// A key, its public half and a certificate that shows it.
pub struct Key {
    /// Its name: the files in `keys` begin with it.
    pub name: &'static str,
    /// The private key.
    pub private: PrivateKey,
    /// A certificate of it in DER.
    pub certificate: Vec<u8>,
}

/// Where the keys are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("keys")
}

impl Key {
    fn load(name: &'static str) -> Option<Self> {
        let private = pem(&folder().join(format!("{name}.private.pem")));
        Some(Self {
            name,
            private: PrivateKey::from_pkcs8_der(&private).ok()?,
            certificate: pem(&folder().join(format!("{name}.certificate.pem"))),
        })
    }

    /// The algorithms that this key may sign with, of those that all judges know.
    pub fn algorithms(&self) -> Vec<SignatureAlgorithm> {
        SignatureAlgorithm::ALL
            .into_iter()
            .filter(|algorithm| {
                let uri = algorithm.uri();
                let fits = match self.name {
                    "rsa" => uri.contains("xmldsig-more#rsa-sha"),
                    "p256" => uri.ends_with("#ecdsa-sha256"),
                    _ => uri.ends_with("#ecdsa-sha384"),
                };
                fits && !algorithm.is_weak()
            })
            .collect()
    }
}

/// The digests that all judges know.
pub const DIGESTS: [DigestAlgorithm; 3] = [
    DigestAlgorithm::Sha256,
    DigestAlgorithm::Sha384,
    DigestAlgorithm::Sha512,
];

/// Every key that our own library can sign with.
pub fn load() -> Vec<Key> {
    ["rsa", "p256", "p384"]
        .into_iter()
        .filter_map(Key::load)
        .collect()
}

/// What a PEM file holds.
pub fn pem(path: &Path) -> Vec<u8> {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let base64: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD
        .decode(base64)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
