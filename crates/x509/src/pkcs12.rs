//! Key files (`.p12`, RFC 7292): a private key with its certificate and the issuers'.
//!
//! Written are modern ones; read are those of OpenSSL and Java, new and old, and the national authority's own, which have
//! BER with indefinite lengths, 3DES or RC2-40, and a MAC with SHA-1.

mod layers;

use p12_keystore::{EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKeyChain};
use qaqpa_crypto::{DigestAlgorithm, KeyKind, PrivateKey, public};
use thiserror::Error;

use crate::Certificate;
use crate::profile::{Purpose, purpose};
use layers::{Contents, KeyBag};

/// What a key file holds. Dropping it wipes the key.
#[derive(Clone, Debug)]
pub struct KeyFile {
    /// The private key.
    pub key: PrivateKey,
    /// The key's certificate.
    pub certificate: Certificate,
    /// The other certificates, from the certificate's issuer upwards as far as the file has them.
    pub chain: Vec<Certificate>,
}

/// Why a key file was not read or written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Pkcs12Error {
    /// The file has no key of that name.
    #[error("the file has no key with the alias {alias:?}")]
    AliasUnknown {
        /// The name that was asked for.
        alias: String,
    },
    /// The file has no certificate of its key.
    #[error("the file has no certificate of its key")]
    CertificateMissing,
    /// The file has no private key.
    #[error("the file has no private key")]
    KeyMissing,
    /// The file's private key cannot be used.
    #[error("the file's key cannot be used: {0}")]
    Key(#[from] qaqpa_crypto::CryptoError),
    /// The bytes are not a PKCS#12 file, or one that was changed, or is encrypted in a way that is not known here.
    #[error("not a key file that can be read: {why}")]
    Malformed {
        /// What the reader said.
        why: String,
    },
    /// The file has no integrity check (MAC), so that nothing says that it is as it was made.
    #[error("the key file has no integrity check")]
    MacMissing,
    /// The file has several private keys; which is meant cannot be said.
    #[error("the file has more than one private key")]
    SeveralKeys,
    /// The file is longer than a key file is.
    #[error("the file is longer than {max} bytes")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// The file asks for more iterations of its key derivation than are allowed.
    #[error("the key file asks for too much work")]
    TooMuchWork,
    /// The password is wrong: neither the integrity check nor anything encrypted agrees with it.
    #[error("the password is wrong")]
    WrongPassword,
}

/// Writes a key file that OpenSSL 3 and Java's keytool read: PBES2 with AES-256, HMAC-SHA-256.
///
/// `chain` is the key's certificate, then the issuers' upwards. The library that writes keeps copies of key and password
/// which it does not wipe.
///
/// # Errors
/// [`Pkcs12Error::CertificateMissing`] where the chain is empty or its first is not the key's;
/// [`Pkcs12Error::Malformed`] where the alias or the password cannot be written.
pub fn write(
    key: &PrivateKey,
    chain: &[Certificate],
    alias: &str,
    password: &str,
) -> Result<Vec<u8>, Pkcs12Error> {
    let leaf = chain.first().ok_or(Pkcs12Error::CertificateMissing)?;
    if leaf.spki_der() != key.spki_der() {
        return Err(Pkcs12Error::CertificateMissing);
    }
    let bag_key = p12_keystore::PrivateKey::from_der(&key.to_pkcs8_der()).map_err(refused)?;
    let certificates = chain
        .iter()
        .map(|certificate| p12_keystore::Certificate::from_der(certificate.der()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(refused)?;
    // The id ties the key to its certificate inside the file.
    let id = DigestAlgorithm::Sha1.digest(leaf.public_key_bytes());
    let mut store = KeyStore::new();
    let entry = PrivateKeyChain::new(id, bag_key, certificates);
    store.add_entry(alias, KeyStoreEntry::PrivateKeyChain(entry));
    store
        .writer(password)
        .encryption_algorithm(EncryptionAlgorithm::PbeWithHmacSha256AndAes256)
        .mac_algorithm(MacAlgorithm::HmacSha256)
        .write()
        .map_err(refused)
}

/// Reads a key file with one key.
///
/// # Errors
/// [`Pkcs12Error`].
pub fn read(bytes: &[u8], password: &str) -> Result<KeyFile, Pkcs12Error> {
    let contents = open(bytes, password)?;
    match contents.keys.as_slice() {
        [] => Err(Pkcs12Error::KeyMissing),
        [only] => key_file(only, &contents),
        _ => Err(Pkcs12Error::SeveralKeys),
    }
}

/// Reads one key of a file that may have several, by its name: as it is written, or else whatever the case of its letters
/// (Java writes aliases in lower case).
///
/// # Errors
/// [`Pkcs12Error`].
pub fn read_alias(bytes: &[u8], password: &str, alias: &str) -> Result<KeyFile, Pkcs12Error> {
    let contents = open(bytes, password)?;
    let names = names(&contents);
    let at = names
        .iter()
        .position(|name| name == alias)
        .or_else(|| {
            let wanted = alias.to_lowercase();
            names.iter().position(|name| name.to_lowercase() == wanted)
        })
        .ok_or_else(|| Pkcs12Error::AliasUnknown {
            alias: alias.to_owned(),
        })?;
    key_file(&contents.keys[at], &contents)
}

/// The names of the keys in a file, in their order; one without a name is called by its number, from 1, as Java does.
///
/// # Errors
/// [`Pkcs12Error`].
pub fn aliases(bytes: &[u8], password: &str) -> Result<Vec<String>, Pkcs12Error> {
    Ok(names(&open(bytes, password)?))
}

/// The name that the national authority gives a certificate's key file: `AUTH_RSA256_<ski>.p12`, `GOST512_<ski>.p12`.
///
/// `None` for a certificate without subject key identifier, or with a key that this simulator does not make. The names
/// for ECDSA and for logging in with a GOST key are the simulator's own: the authority has none.
#[must_use]
pub fn file_name(certificate: &Certificate) -> Option<String> {
    let kind = match public::kind_of(certificate.spki_der())? {
        KeyKind::Rsa => "RSA256",
        KeyKind::Gost2015 => "GOST512",
        KeyKind::Gost2004 => "GOSTKNCA",
        KeyKind::Ecdsa => "ECDSA256",
    };
    let prefix = match purpose(certificate) {
        Some(Purpose::Authenticate) => "AUTH_",
        _ => "",
    };
    let ski = hex::encode(certificate.ski()?);
    Some(format!("{prefix}{kind}_{ski}.p12"))
}

fn open(bytes: &[u8], password: &str) -> Result<Contents, Pkcs12Error> {
    if bytes.len() > KEY_FILE_BYTES_MAX {
        return Err(Pkcs12Error::TooLong {
            max: KEY_FILE_BYTES_MAX,
        });
    }
    layers::open(bytes, password)
}

fn names(contents: &Contents) -> Vec<String> {
    let keys = contents.keys.iter().enumerate();
    keys.map(|(at, key)| match &key.friendly_name {
        Some(name) => name.clone(),
        None => (at + 1).to_string(),
    })
    .collect()
}

/// A key with its certificate, which is the one with its public half, and the issuers' upwards.
///
/// A certificate that cannot be read matters only where the key's own is not among the others.
fn key_file(bag: &KeyBag, contents: &Contents) -> Result<KeyFile, Pkcs12Error> {
    let key = PrivateKey::from_pkcs8_der(&bag.pkcs8)?;
    let (mut others, mut missing) = (Vec::new(), Pkcs12Error::CertificateMissing);
    for der in contents.certificates.iter().take(CERTIFICATES_MAX) {
        match Certificate::from_der(der) {
            Ok(certificate) => others.push(certificate),
            Err(error) => {
                missing = Pkcs12Error::Malformed {
                    why: error.to_string(),
                };
            }
        }
    }
    let at = others
        .iter()
        .position(|certificate| certificate.spki_der() == key.spki_der());
    let certificate = others.swap_remove(at.ok_or(missing)?);
    let chain = in_order(&certificate, others);
    Ok(KeyFile {
        key,
        certificate,
        chain,
    })
}

/// The issuers upwards; certificates that belong to no chain are left out.
///
/// An authority that changed its key has two certificates of one name: the one whose key signed comes first, then (for
/// signatures that are not verified here) the one with the key identifier that is named.
fn in_order(leaf: &Certificate, mut others: Vec<Certificate>) -> Vec<Certificate> {
    let mut chain: Vec<Certificate> = Vec::new();
    loop {
        let last = chain.last().unwrap_or(leaf);
        let rank = |other: &Certificate| {
            let signed = last.verify_signature(other.spki_der()).is_ok();
            let named = last.aki().is_some() && last.aki() == other.ski();
            (!signed, !named)
        };
        let named = others.iter().enumerate();
        let next = named
            .filter(|(_, other)| last.names_as_issuer(other))
            .min_by_key(|(_, other)| rank(other))
            .map(|(at, _)| at);
        match next {
            Some(at) if !last.is_self_issued() => chain.push(others.swap_remove(at)),
            _ => return chain,
        }
    }
}

fn refused(error: p12_keystore::error::Error) -> Pkcs12Error {
    Pkcs12Error::Malformed {
        why: error.to_string(),
    }
}

/// Bytes of one key file: those of the authority have about 5 000.
const KEY_FILE_BYTES_MAX: usize = 128 * 1024;

/// Certificates looked at in one key file: a chain has three, and some files have several keys.
const CERTIFICATES_MAX: usize = 32;
