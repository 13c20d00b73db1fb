//! Verifying a certificate's signature, and by a certificate's key.

use qaqpa_crypto::{CryptoError, PublicKey, verify};

use super::Certificate;
use crate::memo;

impl Certificate {
    /// The subject's key, read once for all clones of this certificate.
    ///
    /// # Errors
    /// [`CryptoError`], where the key is not one that is verified by here (see [`qaqpa_crypto::public::check_key`]).
    pub fn public_key(&self) -> Result<&PublicKey, CryptoError> {
        let key = &self.0.verifier;
        key.get_or_init(|| PublicKey::from_spki_der(&self.0.spki))
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Verifies the certificate's signature by the key of another certificate, which is only one of the conditions of a
    /// path.
    ///
    /// # Errors
    /// As [`Certificate::verify_signature`].
    pub fn verify_signed_by(&self, issuer: &Self) -> Result<(), CryptoError> {
        let algorithm = self.0.signature_algorithm.clone()?;
        memo::verified("certificate", &[issuer.spki_der(), self.der()], || {
            let key = issuer.public_key()?;
            key.verify(algorithm, self.tbs_der(), &self.0.signature)
        })
    }

    /// Verifies the certificate's signature by a key, which is only one of the conditions of a path.
    ///
    /// # Errors
    /// [`CryptoError`]; [`CryptoError::Unsupported`] where the algorithm is not recognised.
    pub fn verify_signature(&self, issuer_spki_der: &[u8]) -> Result<(), CryptoError> {
        let algorithm = self.0.signature_algorithm.clone()?;
        verify(
            issuer_spki_der,
            algorithm,
            self.tbs_der(),
            &self.0.signature,
        )
    }
}
