//! The enveloped signature of business data, in the national profile.

use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::{Document, XmlLimits};

use super::Signer;
use super::compose::{Template, sign_between, split_at_root_end, x509_data};
use crate::base64;
use crate::error::SignError;
use crate::names::{DS, ENVELOPED};

/// Signs a whole document: `ds:Signature` becomes the last child of the root.
///
/// The profile of the national signing tools: Reference `URI=""` with enveloped-signature and C14N 1.0
/// with comments, `SignedInfo` by C14N 1.0, the certificate in `X509Data`, base64 in lines of 76. All
/// other bytes of the document stay as they are (a byte order mark is dropped).
///
/// # Errors
/// [`SignError::Xml`] if the bytes are not XML; [`SignError::AlreadySigned`] if there is a signature
/// anywhere in it; [`SignError::Crypto`] if the key refuses.
pub fn sign_enveloped(
    xml: &[u8],
    signer: &Signer<'_>,
    limits: &XmlLimits,
) -> Result<Vec<u8>, SignError> {
    let document = Document::parse(xml, limits)?;
    refuse_signed(&document)?;
    // The enveloped-signature transform will give back exactly what there is now.
    let octets = canonicalize(&Subtree::document(&document), &Method::Inclusive)?;
    let digest = signer.algorithm.digest();
    let template = Template {
        signature_id: None,
        key_info_id: None,
        canonicalization: Method::Inclusive,
        uri: String::new(),
        transforms: &[ENVELOPED, Method::InclusiveWithComments.uri()],
        digest,
        digest_value: digest.digest(&octets),
        key_info: x509_data(signer),
        base64: base64::wrapped,
    };
    let (before, after) = split_at_root_end(&document);
    sign_between(&before, &template, &after, signer, limits)
}

/// One document, one signature: co-signing is another profile.
pub(crate) fn refuse_signed(document: &Document) -> Result<(), SignError> {
    let root = document.root();
    let signed = std::iter::once(root)
        .chain(root.descendants())
        .any(|element| element.is(DS, "Signature"));
    if signed {
        return Err(SignError::AlreadySigned);
    }
    Ok(())
}
