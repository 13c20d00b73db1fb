//! Is the content the one that was signed?

use qaqpa_crypto::constant_time_eq;
use qaqpa_xml::Element;
use qaqpa_xml::c14n::{C14nError, canonicalize};

use crate::error::SignatureError;
use crate::read::reference::Reference;

/// Compares the digest of every reference (XMLDSig 1.1, §3.2.1); one that differs is enough to refuse.
pub(crate) fn check(
    references: &[Reference<'_>],
    signature: Element<'_>,
) -> Result<(), SignatureError> {
    references
        .iter()
        .try_for_each(|reference| check_one(reference, signature))
}

fn check_one(reference: &Reference<'_>, signature: Element<'_>) -> Result<(), SignatureError> {
    let canonical = octets(reference, signature).map_err(|error| match error {
        C14nError::Nothing => refused(reference, "nothing is left to digest"),
        _ => refused(reference, "it cannot be made canonical"),
    })?;
    let actual = reference.digest.digest(&canonical);
    if constant_time_eq(&actual, &reference.digest_value) {
        return Ok(());
    }
    let shown = canonical
        .len()
        .min(SignatureError::CANONICAL_SHOWN_BYTES_MAX);
    Err(SignatureError::DigestMismatch {
        uri: reference.uri.clone(),
        expected: reference.digest_value.clone(),
        actual,
        canonical: canonical[..shown].to_vec(),
    })
}

/// What the reference is about, less the signature where the transform says so, as octets.
fn octets(reference: &Reference<'_>, signature: Element<'_>) -> Result<Vec<u8>, C14nError> {
    let mut subtree = reference.target.subtree();
    if reference.transforms.enveloped {
        subtree = subtree.without(signature.id());
    }
    canonicalize(&subtree, &reference.transforms.method)
}

fn refused(reference: &Reference<'_>, why: &'static str) -> SignatureError {
    SignatureError::ReferenceRefused {
        uri: reference.uri.clone(),
        why,
    }
}
