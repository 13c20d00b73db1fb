//! Key files (`.p12`, RFC 7292): a private key with its certificate and the issuers'.

use der::{Reader, SliceReader};
use p12_keystore::{
    EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, Pkcs12Archive, PrivateKeyChain,
};
use qaqpa_crypto::{DigestAlgorithm, PrivateKey};
use thiserror::Error;

use crate::Certificate;

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
    /// The file has no certificate of its key.
    #[error("the file has no certificate of its key")]
    CertificateMissing,
    /// The file has no private key.
    #[error("the file has no private key")]
    KeyMissing,
    /// The file's private key cannot be used.
    #[error("the file's key cannot be used: {0}")]
    Key(#[from] qaqpa_crypto::CryptoError),
    /// The bytes are not a PKCS#12 file, or one that is encrypted in a way that is not known here.
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
    /// The password is wrong (or the file was changed: the MAC cannot tell).
    #[error("the password is wrong")]
    WrongPassword,
}

/// Writes a key file that OpenSSL 3 and Java's keytool read: PBES2 with AES-256, HMAC-SHA-256.
///
/// `chain` is the key's certificate, then the issuers' upwards.
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

/// Reads a key file.
///
/// # Errors
/// [`Pkcs12Error`].
pub fn read(bytes: &[u8], password: &str) -> Result<KeyFile, Pkcs12Error> {
    if bytes.len() > KEY_FILE_BYTES_MAX {
        return Err(Pkcs12Error::TooLong {
            max: KEY_FILE_BYTES_MAX,
        });
    }
    if !has_mac(bytes).map_err(|error| Pkcs12Error::Malformed {
        why: error.to_string(),
    })? {
        return Err(Pkcs12Error::MacMissing);
    }
    let archive = Pkcs12Archive::from_pkcs12(bytes, password).map_err(refused)?;
    let key = match archive.keys.as_slice() {
        [] => return Err(Pkcs12Error::KeyMissing),
        [only] => PrivateKey::from_pkcs8_der(only.key.as_der())?,
        _ => return Err(Pkcs12Error::SeveralKeys),
    };
    let mut others = Vec::new();
    for bag in archive.certs.iter().take(CERTIFICATES_MAX) {
        let certificate =
            Certificate::from_der(bag.cert.as_der()).map_err(|error| Pkcs12Error::Malformed {
                why: error.to_string(),
            })?;
        others.push(certificate);
    }
    let at = others
        .iter()
        .position(|certificate| certificate.spki_der() == key.spki_der())
        .ok_or(Pkcs12Error::CertificateMissing)?;
    let certificate = others.swap_remove(at);
    let chain = in_order(&certificate, others);
    Ok(KeyFile {
        key,
        certificate,
        chain,
    })
}

/// The issuers upwards, by names; certificates that belong to no chain are left out.
fn in_order(leaf: &Certificate, mut others: Vec<Certificate>) -> Vec<Certificate> {
    let mut chain: Vec<Certificate> = Vec::new();
    loop {
        let last = chain.last().unwrap_or(leaf);
        let next = others
            .iter()
            .position(|other| other.subject_der() == last.issuer_der());
        match next {
            Some(at) if !last.is_self_issued() => chain.push(others.swap_remove(at)),
            _ => return chain,
        }
    }
}

/// `PFX ::= SEQUENCE { version, authSafe, macData OPTIONAL }`: the library accepts files without the last.
fn has_mac(bytes: &[u8]) -> der::Result<bool> {
    let mut reader = SliceReader::new(bytes)?;
    reader.sequence(|reader| {
        reader.tlv_bytes()?;
        reader.tlv_bytes()?;
        let has_mac = !reader.is_finished();
        while !reader.is_finished() {
            reader.tlv_bytes()?;
        }
        Ok(has_mac)
    })
}

fn refused(error: p12_keystore::error::Error) -> Pkcs12Error {
    use p12_keystore::error::Error;
    match error {
        Error::MacError(_) => Pkcs12Error::WrongPassword,
        other => Pkcs12Error::Malformed {
            why: other.to_string(),
        },
    }
}

/// Bytes of one key file: those of the authority have about 5 000.
const KEY_FILE_BYTES_MAX: usize = 128 * 1024;

/// Certificates looked at in one key file: a chain has three.
const CERTIFICATES_MAX: usize = 16;
