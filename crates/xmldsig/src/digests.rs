//! Is the content the one that was signed?

use qaqpa_crypto::constant_time_eq;
use qaqpa_xml::c14n::{C14nError, canonicalize};

use crate::error::SignatureError;
use crate::read::reference::Reference;

/// Compares the digest of every reference (XMLDSig 1.1, §3.2.1); one that differs is enough to refuse.
pub(crate) fn check(references: &[Reference<'_>]) -> Result<(), SignatureError> {
    references.iter().try_for_each(check_one)
}

fn check_one(reference: &Reference<'_>) -> Result<(), SignatureError> {
    let canonical = octets(reference).map_err(|error| match error {
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

/// What the reference is about, less the signatures where a transform says so, as octets.
pub(crate) fn octets(reference: &Reference<'_>) -> Result<Vec<u8>, C14nError> {
    canonicalize(&reference.subtree(), &reference.transforms.method)
}

/// The same with the comments that its method names and a same-document reference does not select.
pub(crate) fn octets_with_comments(reference: &Reference<'_>) -> Option<Vec<u8>> {
    let method = reference.transforms.commented.as_ref()?;
    canonicalize(&reference.subtree(), method).ok()
}

fn refused(reference: &Reference<'_>, why: &'static str) -> SignatureError {
    SignatureError::ReferenceRefused {
        uri: reference.uri.clone(),
        why,
    }
}
