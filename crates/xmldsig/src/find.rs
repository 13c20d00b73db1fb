//! Where a profile puts its signature, and what the recipient of that profile reads.

mod all;
mod by_id;
mod detached;
mod enveloped;
mod wsse;

pub use all::{Profile, find_all, find_all_nested};
pub use by_id::find_by_id;
pub use detached::find_detached;
pub use enveloped::find_enveloped;
use qaqpa_xml::Element;
pub(crate) use wsse::envelope;
pub use wsse::find_wsse;

use crate::error::SignatureError;
use crate::names::DS;

/// The one signature below `top`, wherever it stands.
///
/// Counting all of them, and not only those at the expected place, is the point: a second one is a
/// doubt about which is meant (CVE-2024-45409), and doubt is refused.
fn only_signature<'d>(top: Element<'d>) -> Result<Element<'d>, SignatureError> {
    let mut found = std::iter::once(top)
        .chain(top.descendants())
        .filter(|element| element.is(DS, "Signature"));
    let first = found.next().ok_or(SignatureError::Missing)?;
    match found.count() {
        0 => Ok(first),
        more => Err(SignatureError::Multiple { n: more + 1 }),
    }
}

/// The one signature of a document whose root it must be a child of.
fn only_signature_of_root(root: Element<'_>) -> Result<Element<'_>, SignatureError> {
    let signature = only_signature(root)?;
    if signature.parent() != Some(root) {
        return Err(misplaced(signature));
    }
    Ok(signature)
}

fn misplaced(signature: Element<'_>) -> SignatureError {
    SignatureError::Scope {
        why: "the signature is not at the place of its profile",
        covered: vec![crate::scope::place(signature)],
    }
}
