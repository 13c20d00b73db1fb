//! All signatures of a document: co-signatures and counter-signatures.

use qaqpa_xml::{Document, Element};

use super::by_id::only_payload;
use super::detached::all_payloads;
use super::{misplaced, wsse};
use crate::bounds::Bounds;
use crate::error::{SignatureError, SignatureLimit};
use crate::names::{DS, WSSE};
use crate::read::object::countersigned_by_place;
use crate::signature::{FoundSignature, Role};

/// Where signatures stand, and what the recipient reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// One element beside the signatures, named by its Id: children of the root, all of them.
    ById,
    /// Several elements beside the signatures, each named by its Id: all of them are read.
    Detached,
    /// Children of the root, about the root.
    Enveloped,
    /// In `wsse:Security` or directly in the Header of a SOAP 1.1 envelope, about its Body.
    Wsse,
}

/// Finds every signature of a document, in the order of the text, each with its [`Role`].
///
/// All of them must stand where the profile puts them. Those about the content are co-signatures, in any order: each
/// must cover all that is read, which [`FoundSignature::cover`] asks of each. Several enveloped ones leave each other out
/// by the subtraction of `/descendant::ds:Signature` (XPath Filter 2.0); one without it is about the others as well.
/// One about the value of another, by its Id, is a counter-signature.
///
/// # Errors
/// As [`find_enveloped`](super::find_enveloped), [`find_by_id`](super::find_by_id), [`find_detached`](super::find_detached)
/// and [`find_wsse`](super::find_wsse), but for [`SignatureError::Multiple`]; [`SignatureError::Limit`] beyond
/// [`Bounds::SIGNATURES_MAX`].
pub fn find_all<'d>(
    document: &'d Document,
    profile: Profile,
    bounds: &Bounds,
) -> Result<Vec<FoundSignature<'d>>, SignatureError> {
    find(document, profile, false, bounds)
}

/// The same, and counter-signatures in the unsigned properties of XAdES (`xades:CounterSignature`) as well.
///
/// # Errors
/// As [`find_all`]; [`SignatureError::Malformed`] if such a signature is about something else than the value of the one
/// that it stands in.
pub fn find_all_nested<'d>(
    document: &'d Document,
    profile: Profile,
    bounds: &Bounds,
) -> Result<Vec<FoundSignature<'d>>, SignatureError> {
    find(document, profile, true, bounds)
}

fn find<'d>(
    document: &'d Document,
    profile: Profile,
    nested: bool,
    bounds: &Bounds,
) -> Result<Vec<FoundSignature<'d>>, SignatureError> {
    let root = document.root();
    let (top, content) = match profile {
        Profile::ById | Profile::Detached => (root, None),
        Profile::Enveloped => (root, Some(vec![root])),
        Profile::Wsse => {
            let (header, body) = wsse::header_and_body(document)?;
            (header, Some(vec![body]))
        }
    };
    let signatures = places(top, profile, nested)?;
    // Asked after the signatures: a document without one is told that.
    let content = match (content, profile) {
        (Some(content), _) => content,
        (None, Profile::ById) => vec![only_payload(root)?],
        (None, _) => all_payloads(root)?,
    };
    let found: Vec<_> = signatures
        .iter()
        .map(|signature| {
            FoundSignature::read_among(*signature, content.clone(), &signatures, bounds)
        })
        .collect::<Result<_, _>>()?;
    for signature in &found {
        if let Some(other) = countersigned_by_place(signature.element())
            && !matches!(signature.role(), Role::CounterSignature { of } if signatures[of] == other)
        {
            return Err(SignatureError::malformed(
                "a CounterSignature that is not about the value of its own signature",
            ));
        }
    }
    Ok(found)
}

/// Every signature below `top`, each of which must stand at a place of the profile.
fn places(
    top: Element<'_>,
    profile: Profile,
    nested: bool,
) -> Result<Vec<Element<'_>>, SignatureError> {
    let mut signatures: Vec<Element<'_>> = Vec::new();
    for element in std::iter::once(top).chain(top.descendants()) {
        if !element.is(DS, "Signature") {
            continue;
        }
        let at_its_place = element.parent().is_some_and(|parent| {
            parent == top
                || (profile == Profile::Wsse
                    && parent.is(WSSE, "Security")
                    && parent.parent() == Some(top))
        });
        let in_properties = || {
            nested
                && countersigned_by_place(element).is_some_and(|other| signatures.contains(&other))
        };
        if !at_its_place && !in_properties() {
            return Err(misplaced(element));
        }
        if signatures.len() == Bounds::SIGNATURES_MAX {
            return Err(SignatureError::Limit {
                what: SignatureLimit::Signatures,
                max: Bounds::SIGNATURES_MAX,
            });
        }
        signatures.push(element);
    }
    if signatures.is_empty() {
        return Err(SignatureError::Missing);
    }
    Ok(signatures)
}
