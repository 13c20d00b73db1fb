//! Making signatures, in the profiles that integrators use.

mod by_id;
mod compose;
mod detached;
mod enveloped;
mod existing;
mod options;
mod wsse;

pub use by_id::{sign_by_id, sign_by_id_with};
pub use detached::{counter_sign, sign_detached};
pub use enveloped::{sign_enveloped, sign_enveloped_with};
pub use options::{Options, PropertiesToSign};
use qaqpa_crypto::{PrivateKey, SignatureAlgorithm};
pub use wsse::{WsseKeyInfo, sign_wsse};

/// Who signs: a key, the certificate that is shown with it, and the algorithm.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The private key.
    pub key: &'a PrivateKey,
    /// Its certificate in DER; nobody checks here that it belongs to the key.
    pub certificate_der: &'a [u8],
    /// The algorithm; the digests of the references use its digest.
    pub algorithm: SignatureAlgorithm,
}

impl<'a> Signer<'a> {
    /// A signer with the algorithm that keys of this kind sign with.
    #[must_use]
    pub fn of(key: &'a PrivateKey, certificate_der: &'a [u8]) -> Self {
        Self {
            key,
            certificate_der,
            algorithm: key.kind().signature_algorithm(),
        }
    }
}
