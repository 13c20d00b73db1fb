//! Did this key sign this `SignedInfo`?

use qaqpa_crypto::{CryptoError, PublicKey};
use qaqpa_xml::c14n::{C14nError, Subtree, canonicalize_within};

use crate::bounds::Bounds;
use crate::error::{SignatureError, SignatureLimit};
use crate::read::signed_info::SignedInfo;

/// The key that is asked.
#[derive(Clone, Copy)]
pub(crate) enum Key<'k> {
    /// A `SubjectPublicKeyInfo` in DER.
    Spki(&'k [u8]),
    /// One that was read before.
    Ready(&'k PublicKey),
}

/// Verifies the value over the canonical `SignedInfo` (XMLDSig 1.1, §3.2.2) with the given key and no other.
pub(crate) fn check(
    signed_info: &SignedInfo<'_>,
    value: &[u8],
    key: Key<'_>,
) -> Result<(), SignatureError> {
    let octets = octets(signed_info)?;
    let algorithm = signed_info.algorithm;
    algorithm
        .value_from_xml(value)
        .and_then(|value| match key {
            Key::Spki(spki_der) => qaqpa_crypto::verify(spki_der, algorithm, &octets, &value),
            Key::Ready(key) => key.verify(algorithm, &octets, &value),
        })
        .map_err(|error| match error {
            CryptoError::Unsupported { oid } => SignatureError::AlgorithmUnknown { uri: oid },
            CryptoError::Weak { why } => SignatureError::AlgorithmWeak {
                uri: format!("{} ({why})", algorithm.uri()),
            },
            // A key that cannot be used has signed nothing.
            _ => SignatureError::ValueWrong,
        })
}

/// The canonical `SignedInfo`.
pub(crate) fn octets(signed_info: &SignedInfo<'_>) -> Result<Vec<u8>, SignatureError> {
    // The very element that was read, at its place in the document: its namespaces are inherited there.
    canonicalize_within(
        &Subtree::element(signed_info.element),
        &signed_info.canonicalization,
        Bounds::SIGNED_INFO_OCTETS_MAX,
    )
    .map_err(|error| match error {
        C14nError::TooLong { octets_max } => SignatureError::Limit {
            what: SignatureLimit::SignedInfoOctets,
            max: octets_max,
        },
        _ => SignatureError::malformed("SignedInfo cannot be made canonical"),
    })
}
