//! The by-id variant of the enveloped profile.

use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::{Document, XmlLimits};

use super::Signer;
use super::compose::{Template, sign_between, split_at_root_end, x509_data};
use super::enveloped::refuse_signed;
use crate::error::SignError;
use crate::names::ENVELOPED;
use crate::{base64, ids};

/// Signs one element by its Id: `ds:Signature` becomes the last child of the root.
///
/// Reference `#id` with C14N 1.0 with comments, `SignedInfo` by exclusive C14N. Where the element is the
/// root, or another that would hold the signature, enveloped-signature comes first.
///
/// # Errors
/// [`SignError::Xml`] if the bytes are not XML; [`SignError::AlreadySigned`] if there is a signature
/// anywhere in it; [`SignError::Structure`] if not exactly one element has the Id;
/// [`SignError::Crypto`] if the key refuses.
pub fn sign_by_id(
    xml: &[u8],
    id: &str,
    signer: &Signer<'_>,
    limits: &XmlLimits,
) -> Result<Vec<u8>, SignError> {
    let document = Document::parse(xml, limits)?;
    refuse_signed(&document)?;
    let uri = format!("#{id}");
    let target = ids::resolve(&document, &uri).map_err(|_| SignError::Structure {
        why: "not exactly one element has this Id",
    })?;
    let octets = canonicalize(&Subtree::element(target), &Method::Inclusive)?;
    let digest = signer.algorithm.digest();
    let transforms: &[&str] = if target == document.root() {
        &[ENVELOPED, Method::InclusiveWithComments.uri()]
    } else {
        &[Method::InclusiveWithComments.uri()]
    };
    let template = Template {
        signature_id: None,
        key_info_id: None,
        canonicalization: Method::exclusive(),
        uri,
        transforms,
        digest,
        digest_value: digest.digest(&octets),
        key_info: x509_data(signer),
        base64: base64::wrapped,
    };
    let (before, after) = split_at_root_end(&document);
    sign_between(&before, &template, &after, signer, limits)
}
