//! The one `ds:Object` that is known: the qualifying properties of XAdES.

use qaqpa_xml::Element;

use super::parts::Parts;
use super::reference::Reference;
use crate::error::SignatureError;
use crate::names::{DS, SIGNED_PROPERTIES, XADES};

/// The qualifying properties of a signature, whose signed part is tied to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Qualifying<'d> {
    pub(crate) element: Element<'d>,
    pub(crate) signed: Element<'d>,
}

/// Checks that exactly one reference, of their Type, is about the signed properties, and that no other has this Type.
///
/// Source: ETSI EN 319 132-1 V1.2.1, clause 4.4.2.
pub(crate) fn check_covered(
    qualifying: Option<&Qualifying<'_>>,
    references: &[Reference<'_>],
) -> Result<(), SignatureError> {
    let signed = qualifying.map(|qualifying| qualifying.signed);
    let mut covering = 0;
    for reference in references {
        let about = signed == Some(reference.target.element());
        if (reference.kind == Some(SIGNED_PROPERTIES)) != about {
            return Err(SignatureError::ReferenceRefused {
                uri: reference.uri.clone(),
                why: "the Type SignedProperties belongs exactly to this signature's own",
            });
        }
        covering += usize::from(about);
    }
    match (signed, covering) {
        (None, _) | (Some(_), 1) => Ok(()),
        (Some(_), 0) => Err(SignatureError::malformed(
            "no Reference is about the SignedProperties",
        )),
        (Some(_), _) => Err(SignatureError::malformed(
            "more than one Reference is about the SignedProperties",
        )),
    }
}

/// Reads the `ds:Object` of a signature: exactly one `xades:QualifyingProperties` about this signature.
///
/// Whatever else an Object could hold is a second payload beside the one that is read, and is refused (case W08).
///
/// Source: ETSI EN 319 132-1 V1.2.1, clauses 4.3.1 and 4.4.1.
pub(crate) fn read<'d>(
    object: Element<'d>,
    signature: Element<'d>,
) -> Result<Qualifying<'d>, SignatureError> {
    // MimeType and Encoding would say how to read it otherwise (XMLDSig 1.1, §4.6).
    if object
        .attributes()
        .any(|a| a.namespace.is_some() || a.local != "Id")
    {
        return Err(SignatureError::malformed(
            "Object has an attribute that is not its Id",
        ));
    }
    let mut parts = Parts::of(object)?;
    let element = parts.required(XADES, "QualifyingProperties")?;
    parts.end()?;
    let id = signature.attribute(None, "Id").unwrap_or_default();
    let target = element.attribute(None, "Target").unwrap_or_default();
    // Clause 4.3.1: Target is the Id of the signature that the properties belong to.
    if id.is_empty() || target.strip_prefix('#') != Some(id) {
        return Err(SignatureError::malformed(
            "Target of QualifyingProperties is not this Signature",
        ));
    }
    let mut parts = Parts::of(element)?;
    let signed = parts.required(XADES, "SignedProperties")?;
    parts.optional(XADES, "UnsignedProperties");
    parts.end()?;
    Ok(Qualifying { element, signed })
}

/// Whether a signature stands in the unsigned properties of another, as a counter-signature there; the other one.
///
/// Source: ETSI EN 319 132-1 V1.2.1, clause 5.2.7.2.
pub(crate) fn countersigned_by_place(signature: Element<'_>) -> Option<Element<'_>> {
    let mut at = signature;
    for (namespace, local) in [
        (XADES, "CounterSignature"),
        (XADES, "UnsignedSignatureProperties"),
        (XADES, "UnsignedProperties"),
        (XADES, "QualifyingProperties"),
        (DS, "Object"),
        (DS, "Signature"),
    ] {
        at = at.parent().filter(|parent| parent.is(namespace, local))?;
    }
    Some(at)
}
