//! The enveloped signature of business data, in the national profile.

use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::{Document, XmlLimits};

use super::compose::{
    ReferenceToSign, RootTags, Template, TransformToSign, sign_between, split_at_root_end,
    x509_data,
};
use super::{Options, Signer, existing};
use crate::base64;
use crate::error::SignError;
use crate::names::DS;

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
    sign_enveloped_with(xml, signer, &Options::default(), limits)
}

/// The same with options. With [`Options::parallel`] the transform is not enveloped-signature but the subtraction of all
/// signatures, so that co-signatures are added in any order.
///
/// # Errors
/// As [`sign_enveloped`]; [`SignError::Structure`] if an Id is none, or if the document has a signature that another one
/// would break.
pub fn sign_enveloped_with(
    xml: &[u8],
    signer: &Signer<'_>,
    options: &Options,
    limits: &XmlLimits,
) -> Result<Vec<u8>, SignError> {
    let document = Document::parse(xml, limits)?;
    existing::check(&document, options.parallel)?;
    // The transform will give back exactly what there is now, less the signatures.
    let signatures = document.root().children();
    let signatures = signatures.filter(|child| child.is(DS, "Signature"));
    let subtree =
        Subtree::document(&document).without_all(signatures.map(|s| s.id()).collect::<Vec<_>>());
    let octets = canonicalize(&subtree, &Method::Inclusive)?;
    let digest = signer.algorithm.digest();
    let reference = ReferenceToSign {
        uri: String::new(),
        kind: None,
        transforms: vec![
            left_out(options),
            TransformToSign::Canonicalization(Method::InclusiveWithComments),
        ],
        digest,
        digest_value: digest.digest(&octets),
    };
    let template = Template {
        options,
        signature_id: None,
        key_info_id: None,
        canonicalization: Method::Inclusive,
        root: Some(RootTags::of(&document)),
        references: vec![reference],
        key_info: x509_data(signer),
        base64: base64::wrapped,
    };
    let (before, after) = split_at_root_end(&document);
    sign_between(&before, template, &after, signer, limits)
}

/// The transform that leaves the signature out of the root.
pub(super) fn left_out(options: &Options) -> TransformToSign {
    if options.parallel {
        TransformToSign::SubtractSignatures
    } else {
        TransformToSign::Enveloped
    }
}
