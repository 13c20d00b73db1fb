//! Encryption by a password, as key files (PKCS#12) have it: opening only.
//!
//! The old schemes (3DES and RC2 with SHA-1) are here because the national authority's own files are written by them;
//! nothing is encrypted with them here. New files are PBES2 with AES-256.

mod cipher;
mod kdf;

use std::fmt;

use aws_lc_rs::hmac;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::DigestAlgorithm;

/// A password in the two forms that key files use: UTF-8 (PBES2) and UTF-16 (PKCS#12's own schemes).
#[derive(Clone)]
pub struct Password {
    utf8: Zeroizing<Vec<u8>>,
    utf16: Zeroizing<Vec<u8>>,
}

/// What keys may still be derived: a peer's file must not make us work for minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Iterations that are left, over all keys of a file.
    pub iterations_left: u32,
}

/// Why something was not opened.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// The scheme's parameters have not their form.
    #[error("the parameters of the encryption are malformed")]
    Malformed,
    /// The scheme asks for more iterations than are allowed.
    #[error("the encryption asks for too much work")]
    TooMuchWork,
    /// The scheme is not known.
    #[error("the encryption {oid} is not known")]
    Unsupported {
        /// Its OID, in dotted form.
        oid: String,
    },
    /// What comes out has no right padding: another password, or other bytes.
    #[error("the password does not open it")]
    WrongPassword,
}

impl Work {
    /// For one key file: real ones ask for 2 048 to 600 000.
    pub const PER_FILE: Self = Self {
        iterations_left: 3_000_000,
    };

    fn take(&mut self, iterations: u32) -> Result<(), PasswordError> {
        if iterations == 0 {
            return Err(PasswordError::Malformed);
        }
        self.iterations_left = self
            .iterations_left
            .checked_sub(iterations)
            .ok_or(PasswordError::TooMuchWork)?;
        Ok(())
    }
}

impl Password {
    /// The password of that text: UTF-16 with the two bytes of the end (RFC 7292 App. B.1).
    #[must_use]
    pub fn of(text: &str) -> Self {
        // One buffer that never grows: a buffer that does leaves copies behind. UTF-8 has at least as many bytes as
        // UTF-16 has units.
        let mut utf16 = Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
        for unit in text.encode_utf16().chain(std::iter::once(0)) {
            utf16.extend_from_slice(&unit.to_be_bytes());
        }
        Self {
            utf8: Zeroizing::new(text.as_bytes().to_vec()),
            utf16,
        }
    }

    /// No password at all, which PKCS#12's own schemes tell from the empty one: not even the end.
    #[must_use]
    pub fn none() -> Self {
        Self {
            utf8: Zeroizing::new(Vec::new()),
            utf16: Zeroizing::new(Vec::new()),
        }
    }

    /// Opens what was encrypted by the scheme of an `AlgorithmIdentifier`: PBES2 (PBKDF2 with AES or 3DES), or PKCS#12's
    /// SHA-1 with 3DES, RC2-40 or RC2-128.
    ///
    /// That it opens does not prove the password: the padding of one wrong password in 256 is right by chance.
    ///
    /// # Errors
    /// [`PasswordError`].
    ///
    /// Source: RFC 8018 §6.2, RFC 7292 App. C.
    pub fn open(
        &self,
        algorithm_der: &[u8],
        encrypted: &[u8],
        work: &mut Work,
    ) -> Result<Zeroizing<Vec<u8>>, PasswordError> {
        cipher::open(self, algorithm_der, encrypted, work)
    }

    /// The MAC of a key file's content (RFC 7292 App. A): HMAC with a key of PKCS#12's own derivation.
    ///
    /// # Errors
    /// [`PasswordError::TooMuchWork`]; [`PasswordError::Unsupported`] for the GOST digests.
    pub fn mac(
        &self,
        digest: DigestAlgorithm,
        salt: &[u8],
        iterations: u32,
        content: &[u8],
        work: &mut Work,
    ) -> Result<Vec<u8>, PasswordError> {
        let algorithm = match digest {
            DigestAlgorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            DigestAlgorithm::Sha256 => hmac::HMAC_SHA256,
            DigestAlgorithm::Sha384 => hmac::HMAC_SHA384,
            DigestAlgorithm::Sha512 => hmac::HMAC_SHA512,
            DigestAlgorithm::Gost34311 | DigestAlgorithm::Streebog512 => {
                return Err(PasswordError::Unsupported {
                    oid: digest.oid().to_string(),
                });
            }
        };
        work.take(iterations)?;
        let bytes = digest.value_bytes();
        let key = kdf::derive(digest, kdf::Use::Mac, &self.utf16, salt, iterations, bytes);
        let key = hmac::Key::new(algorithm, &key);
        Ok(hmac::sign(&key, content).as_ref().to_vec())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}
