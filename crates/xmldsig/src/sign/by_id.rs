//! The by-id variant of the enveloped profile.

use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::{Document, Element, XmlLimits};

use super::compose::{ReferenceToSign, Template, sign_between, split_at_root_end, x509_data};
use super::enveloped::left_out;
use super::{Options, Signer, existing};
use crate::error::SignError;
use crate::names::DS;
use crate::{base64, ids};

/// Signs one element by its Id: `ds:Signature` becomes the last child of the root.
///
/// Reference `#id` with C14N 1.0 with comments, `SignedInfo` by exclusive C14N. Where the element is the
/// root, which will hold the signature, enveloped-signature comes first.
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
    sign_by_id_with(xml, id, signer, &Options::default(), limits)
}

/// The same with options: with [`Options::parallel`] beside the signatures that are there, in any order.
///
/// # Errors
/// As [`sign_by_id`]; [`SignError::Structure`] if an Id is none, or if the document has a signature that another one would
/// break.
pub fn sign_by_id_with(
    xml: &[u8],
    id: &str,
    signer: &Signer<'_>,
    options: &Options,
    limits: &XmlLimits,
) -> Result<Vec<u8>, SignError> {
    let document = Document::parse(xml, limits)?;
    existing::check(&document, options.parallel)?;
    let uri = format!("#{id}");
    let target = element_of(&document, &uri)?;
    let digest = signer.algorithm.digest();
    let method = Method::InclusiveWithComments;
    let mut reference = ReferenceToSign::to_element(target, uri, method, digest)?;
    if target == document.root() {
        let signatures = target.children().filter(|child| child.is(DS, "Signature"));
        let ids: Vec<_> = signatures.map(|signature| signature.id()).collect();
        let subtree = Subtree::element(target).without_all(ids);
        reference.digest_value = digest.digest(&canonicalize(&subtree, &Method::Inclusive)?);
        reference.transforms.insert(0, left_out(options));
    }
    let template = Template {
        options,
        signature_id: None,
        key_info_id: None,
        canonicalization: Method::exclusive(),
        root: None,
        references: vec![reference],
        key_info: x509_data(signer),
        base64: base64::wrapped,
    };
    let (before, after) = split_at_root_end(&document);
    sign_between(&before, template, &after, signer, limits)
}

/// The one element of an Id.
pub(super) fn element_of<'d>(document: &'d Document, uri: &str) -> Result<Element<'d>, SignError> {
    ids::resolve(document, uri).map_err(|_| SignError::Structure {
        why: "not exactly one element has this Id",
    })
}
