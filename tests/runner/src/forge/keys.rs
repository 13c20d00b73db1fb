//! Keys by name: made once a process (or read from a folder), so that a run is fast and its world the same.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use qaqpa_crypto::{DigestAlgorithm, KeyKind, PrivateKey, SignatureAlgorithm};

use super::ForgeError;
use super::raw_keys::RAW_2048_PKCS8;
use super::raw_rsa::{RawRsa, tlv};

/// The keys of one world.
#[derive(Debug, Default)]
pub(super) struct Keys {
    made: Mutex<BTreeMap<String, ForgeKey>>,
    /// Where they are kept between runs, where a verifier must be told beforehand whom to trust.
    folder: Option<PathBuf>,
}

/// A key that signs whatever it is asked.
#[derive(Clone, Debug)]
pub(crate) enum ForgeKey {
    /// One of the house.
    Honest(PrivateKey),
    /// One of any size and exponent.
    Raw(Box<RawRsaKey>),
}

/// A raw RSA key: opaque outside of the forge.
#[derive(Clone, Debug)]
pub(crate) struct RawRsaKey {
    raw: RawRsa,
    /// The same key, where it is strong enough for an honest library.
    honest: Option<PrivateKey>,
}

impl Keys {
    pub(super) fn kept_in(folder: PathBuf) -> Self {
        Self {
            folder: Some(folder),
            ..Self::default()
        }
    }

    /// From now on the key of that name is this one: a real person's of a running simulator.
    pub(super) fn set(&self, name: &str, key: PrivateKey) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(name.to_owned(), ForgeKey::Honest(key));
    }

    /// The key of that name: `person`, `person:gost2015` (its kind after the colon), `raw-1024`.
    pub(super) fn named(&self, name: &str) -> Result<ForgeKey, ForgeError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = made.get(name) {
            return Ok(key.clone());
        }
        let key = match RawRsa::named(name) {
            Some(raw) => ForgeKey::Raw(Box::new(RawRsaKey {
                raw,
                honest: honest_twin(name),
            })),
            None => ForgeKey::Honest(self.honest(name)?),
        };
        made.insert(name.to_owned(), key.clone());
        Ok(key)
    }

    fn honest(&self, name: &str) -> Result<PrivateKey, ForgeError> {
        let kind = match name.split_once(':').map(|(_, kind)| kind) {
            None => KeyKind::Rsa,
            Some(kind) => KeyKind::parse(kind)
                .ok_or_else(|| ForgeError::new(format!("no kind of keys {kind:?}")))?,
        };
        let file = self
            .folder
            .as_ref()
            .map(|folder| folder.join(format!("{}.pkcs8", name.replace(':', "-"))));
        if let Some(bytes) = file.as_ref().and_then(|file| std::fs::read(file).ok()) {
            return PrivateKey::from_pkcs8_der(&bytes).map_err(ForgeError::key);
        }
        let key = PrivateKey::generate(kind).map_err(ForgeError::key)?;
        if let Some(file) = file {
            qaqpa_transport::files::write_private(&file, &key.to_pkcs8_der())
                .map_err(|error| ForgeError::new(format!("{}: {error}", file.display())))?;
        }
        Ok(key)
    }
}

fn honest_twin(name: &str) -> Option<PrivateKey> {
    let pkcs8 = hex::decode(RAW_2048_PKCS8).ok()?;
    let key = PrivateKey::from_pkcs8_der(&pkcs8).ok()?;
    (name == "raw-2048").then_some(key)
}

impl ForgeKey {
    pub(super) fn spki_der(&self) -> Vec<u8> {
        match self {
            Self::Honest(key) => key.spki_der().to_vec(),
            Self::Raw(raw) => raw.raw.spki_der(),
        }
    }

    pub(super) fn honest(&self) -> Result<&PrivateKey, ForgeError> {
        match self {
            Self::Honest(key) => Ok(key),
            Self::Raw(raw) => raw
                .honest
                .as_ref()
                .ok_or_else(|| ForgeError::new("a weak key issues nothing")),
        }
    }

    /// The algorithm that this key signs with where nothing else is said.
    pub(super) fn algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::Honest(key) => key.kind().signature_algorithm(),
            Self::Raw(_) => SignatureAlgorithm::RsaSha256,
        }
    }

    /// A signature in the form that X.509 has.
    pub(super) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, ForgeError> {
        match self {
            Self::Honest(key) => key.sign(algorithm, message).map_err(ForgeError::key),
            Self::Raw(raw) => {
                // By the book where a library does it: our own arithmetic is plain and slow.
                if let (Some(key), false) = (&raw.honest, algorithm.is_weak()) {
                    return key.sign(algorithm, message).map_err(ForgeError::key);
                }
                let digest = algorithm.digest();
                let info = digest_info(digest, &digest.digest(message));
                Ok(raw.raw.sign_digest(&info))
            }
        }
    }

    /// Bytes of a raw key's modulus.
    pub(super) fn modulus_bytes(&self) -> Result<usize, ForgeError> {
        match self {
            Self::Honest(_) => Err(ForgeError::new("an honest key pads by the book")),
            Self::Raw(raw) => Ok(raw.raw.modulus_bytes()),
        }
    }

    /// The raw private operation, for paddings of one's own.
    pub(super) fn private(&self, block: &[u8]) -> Result<Vec<u8>, ForgeError> {
        match self {
            Self::Honest(_) => Err(ForgeError::new("an honest key pads by the book")),
            Self::Raw(raw) => Ok(raw.raw.private(block)),
        }
    }
}

/// `DigestInfo` (RFC 8017 §9.2).
pub(super) fn digest_info(algorithm: DigestAlgorithm, digest: &[u8]) -> Vec<u8> {
    let oid = tlv(0x06, algorithm.oid().as_bytes());
    let identifier = tlv(0x30, &[&oid[..], b"\x05\x00"].concat());
    tlv(0x30, &[identifier, tlv(0x04, digest)].concat())
}
