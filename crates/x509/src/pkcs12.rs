//! Key files (`.p12`, RFC 7292): a private key with its certificate and the issuers'.

use qaqpa_crypto::PrivateKey;
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
    let _ = (key, chain, alias, password);
    todo!()
}

/// Reads a key file.
///
/// # Errors
/// [`Pkcs12Error`].
pub fn read(bytes: &[u8], password: &str) -> Result<KeyFile, Pkcs12Error> {
    let _ = (bytes, password);
    todo!()
}
