//! A revocation list that was read once: whoever examines often keeps it, and it is not read again.

use std::fmt;

use qaqpa_x509::crl::{AnyCrl, CrlError, CrlPolicy};

use crate::border;

/// A revocation list that was read (RFC 5280 §5). Clones are cheap and share what was found out about its signer.
///
/// Having one proves nothing: an examination finds out whose it is.
#[derive(Clone, PartialEq, Eq)]
pub struct List {
    crl: AnyCrl,
    sha256: [u8; 32],
}

impl List {
    /// Reads a list, complete or delta, of at most a million entries.
    ///
    /// # Errors
    /// [`CrlError`] where the bytes are none.
    pub fn read(der: &[u8]) -> Result<Self, CrlError> {
        Ok(Self {
            crl: AnyCrl::from_der(der, CrlPolicy::default().entries_max)?,
            sha256: qaqpa_crypto::sha256(der),
        })
    }

    /// The bytes that were read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        self.crl.der()
    }

    /// SHA-256 over the bytes, hexadecimal.
    #[must_use]
    pub fn sha256_hex(&self) -> String {
        border::hex(&self.sha256)
    }

    pub(crate) const fn crl(&self) -> &AnyCrl {
        &self.crl
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("List").field(&self.crl).finish()
    }
}
