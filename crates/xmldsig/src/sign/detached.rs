//! A detached signature within one document, and the signature of a signature.

use qaqpa_xml::c14n::Method;
use qaqpa_xml::{Document, XmlLimits};

use super::by_id::element_of;
use super::compose::{ReferenceToSign, Template, sign_between, split_at_root_end, x509_data};
use super::{Options, Signer, existing};
use crate::base64;
use crate::error::SignError;
use crate::names::{COUNTERSIGNED, DS};

/// Signs every child of the root by its Id: `ds:Signature` becomes the last child of the root, beside them.
///
/// A Reference `#id` for each, exclusive C14N everywhere, so that what is signed may be moved into another document with
/// its signature. Of the root itself nothing is signed.
///
/// # Errors
/// [`SignError::Xml`] if the bytes are not XML; [`SignError::AlreadySigned`] if there is a signature anywhere in it, unless
/// [`Options::parallel`]; [`SignError::Structure`] if the root has no child, or one without an Id of its own;
/// [`SignError::Crypto`] if the key refuses.
pub fn sign_detached(
    xml: &[u8],
    signer: &Signer<'_>,
    options: &Options,
    limits: &XmlLimits,
) -> Result<Vec<u8>, SignError> {
    let document = Document::parse(xml, limits)?;
    existing::check(&document, options.parallel)?;
    let digest = signer.algorithm.digest();
    let mut references = Vec::new();
    for element in document.root().children() {
        if element.is(DS, "Signature") {
            continue;
        }
        let id = element
            .attributes()
            .find(|a| a.local.eq_ignore_ascii_case("id"))
            .ok_or(SignError::Structure {
                why: "a child of the root has no Id",
            })?;
        let uri = format!("#{}", id.value);
        let target = element_of(&document, &uri)?;
        let reference = ReferenceToSign::to_element(target, uri, Method::exclusive(), digest)?;
        references.push(reference);
    }
    if references.is_empty() {
        return Err(SignError::Structure {
            why: "the root has no children to sign",
        });
    }
    add(&document, references, signer, options, limits)
}

/// Signs the value of a signature that is there, by the Id of that value: a counter-signature, a child of the root.
///
/// The Id of the value is that of [`Options::value_id`], where the signature was made here with an Id.
///
/// # Errors
/// [`SignError::Xml`] if the bytes are not XML; [`SignError::Structure`] if not exactly one element has the Id, if it is no
/// `ds:SignatureValue`, or if the document has a signature that another one would break; [`SignError::Crypto`] if the key
/// refuses.
pub fn counter_sign(
    xml: &[u8],
    value_id: &str,
    signer: &Signer<'_>,
    options: &Options,
    limits: &XmlLimits,
) -> Result<Vec<u8>, SignError> {
    let document = Document::parse(xml, limits)?;
    existing::check(&document, true)?;
    let uri = format!("#{value_id}");
    let target = element_of(&document, &uri)?;
    if !target.is(DS, "SignatureValue") {
        return Err(SignError::Structure {
            why: "what is counter-signed is the value of a signature",
        });
    }
    let digest = signer.algorithm.digest();
    let mut reference = ReferenceToSign::to_element(target, uri, Method::exclusive(), digest)?;
    reference.kind = Some(COUNTERSIGNED);
    add(&document, vec![reference], signer, options, limits)
}

fn add(
    document: &Document,
    references: Vec<ReferenceToSign>,
    signer: &Signer<'_>,
    options: &Options,
    limits: &XmlLimits,
) -> Result<Vec<u8>, SignError> {
    let template = Template {
        options,
        signature_id: None,
        key_info_id: None,
        canonicalization: Method::exclusive(),
        root: None,
        references,
        key_info: x509_data(signer),
        base64: base64::wrapped,
    };
    let (before, after) = split_at_root_end(document);
    sign_between(&before, template, &after, signer, limits)
}
