//! The WS-Security signature of a SOAP envelope.

use qaqpa_xml::{Document, Element};

use super::{misplaced, only_signature};
use crate::bounds::Bounds;
use crate::error::SignatureError;
use crate::names::{SOAP, WSSE};
use crate::read::parts::Parts;
use crate::signature::FoundSignature;

/// Finds the one transport signature of a SOAP 1.1 envelope: in `wsse:Security` or directly in the
/// Header, about the Body that is the Envelope's own child.
///
/// Signatures inside the Body belong to the business data and are not looked at.
///
/// # Errors
/// [`SignatureError::Malformed`] if this is no envelope of one Header and one Body, or has two
/// `wsse:Security`; [`SignatureError::Missing`], [`SignatureError::Multiple`],
/// [`SignatureError::Scope`] if the Header has none, several, or one elsewhere; and what the reading
/// of its structure, algorithms, references and transforms refuses. Whether it is about the Body is
/// asked by [`FoundSignature::cover`].
pub fn find_wsse<'d>(
    document: &'d Document,
    bounds: &Bounds,
) -> Result<FoundSignature<'d>, SignatureError> {
    let (header, body) = header_and_body(document)?;
    let signature = only_signature(header)?;
    let at_its_place = signature.parent().is_some_and(|parent| {
        parent == header || (parent.is(WSSE, "Security") && parent.parent() == Some(header))
    });
    if !at_its_place {
        return Err(misplaced(signature));
    }
    FoundSignature::read(signature, vec![body], bounds)
}

/// The Header, with at most one `wsse:Security`, and the Body.
pub(super) fn header_and_body(
    document: &Document,
) -> Result<(Element<'_>, Element<'_>), SignatureError> {
    let (header, body) = envelope(document)?;
    let header = header.ok_or(SignatureError::Missing)?;
    let securities = header.children().filter(|child| child.is(WSSE, "Security"));
    if securities.count() > 1 {
        return Err(SignatureError::malformed("two wsse:Security in one Header"));
    }
    Ok((header, body))
}

/// Header and Body of an envelope (SOAP 1.1, §4).
pub(crate) fn envelope(
    document: &Document,
) -> Result<(Option<Element<'_>>, Element<'_>), SignatureError> {
    let root = document.root();
    if !root.is(SOAP, "Envelope") {
        return Err(SignatureError::malformed("not a SOAP 1.1 Envelope"));
    }
    let mut parts = Parts::of(root)?;
    let header = parts.optional(SOAP, "Header");
    let body = parts.required(SOAP, "Body")?;
    parts.end()?;
    Ok((header, body))
}
