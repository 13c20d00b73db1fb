//! One `ds:Reference`: what it is about, how it becomes octets, and their digest.

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_xml::Element;
use qaqpa_xml::c14n::Subtree;

use super::parts::{Parts, plain_algorithm};
use super::transforms::Transforms;
use crate::bounds::Bounds;
use crate::error::SignatureError;
use crate::names::DS;
use crate::{base64, ids};

/// A reference as it was read; its digest is not compared yet.
#[derive(Debug)]
pub(crate) struct Reference<'d> {
    pub(crate) uri: String,
    pub(crate) target: Target<'d>,
    pub(crate) transforms: Transforms,
    pub(crate) digest: DigestAlgorithm,
    pub(crate) digest_value: Vec<u8>,
}

/// What a same-document URI leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'d> {
    /// `URI=""`
    Document(Element<'d>),
    /// `URI="#id"`
    Element(Element<'d>),
}

impl<'d> Target<'d> {
    /// The topmost element: the root of the document, or the element itself.
    pub(crate) fn element(&self) -> Element<'d> {
        match self {
            Self::Document(element) | Self::Element(element) => *element,
        }
    }

    pub(crate) fn subtree(&self) -> Subtree<'d> {
        match self {
            Self::Document(root) => Subtree::document(root.document()),
            Self::Element(element) => Subtree::element(*element),
        }
    }
}

impl<'d> Reference<'d> {
    /// Reads `ds:Reference` of this signature (XMLDSig 1.1, §4.4.3).
    pub(crate) fn read(
        element: Element<'d>,
        signature: Element<'d>,
        bounds: &Bounds,
    ) -> Result<Self, SignatureError> {
        let uri = element
            .attribute(None, "URI")
            .ok_or_else(|| refused("", "there is no URI"))?;
        // A Manifest's own references are not core-validated (§5.1): they would prove nothing.
        if let Some("http://www.w3.org/2000/09/xmldsig#Manifest") = element.attribute(None, "Type")
        {
            return Err(refused(uri, "it is to a Manifest"));
        }
        let mut parts = Parts::of(element)?;
        let transforms = Transforms::read(parts.optional(DS, "Transforms"), bounds)?;
        let digest = digest_method(parts.required(DS, "DigestMethod")?)?;
        let digest_value = base64::read(parts.required(DS, "DigestValue")?)?;
        parts.end()?;
        if digest_value.len() != digest.value_bytes() {
            return Err(SignatureError::malformed(
                "DigestValue has not the length of its DigestMethod",
            ));
        }
        let target = match uri {
            "" => Target::Document(element.document().root()),
            _ => Target::Element(ids::resolve(element.document(), uri)?),
        };
        // A digest cannot hold itself: the signature is left out exactly where it stands inside.
        if signature == target.element()
            || signature.is_within(&target.element()) != transforms.enveloped
        {
            return Err(refused(
                uri,
                "enveloped-signature belongs exactly where the signature is inside",
            ));
        }
        Ok(Self {
            uri: uri.to_owned(),
            target,
            transforms,
            digest,
            digest_value,
        })
    }
}

fn digest_method(element: Element<'_>) -> Result<DigestAlgorithm, SignatureError> {
    let uri = plain_algorithm(element)?;
    let digest =
        DigestAlgorithm::from_uri(uri).ok_or_else(|| SignatureError::AlgorithmUnknown {
            uri: uri.to_owned(),
        })?;
    if digest.is_weak() {
        return Err(SignatureError::AlgorithmWeak {
            uri: uri.to_owned(),
        });
    }
    Ok(digest)
}

fn refused(uri: &str, why: &'static str) -> SignatureError {
    SignatureError::ReferenceRefused {
        uri: uri.to_owned(),
        why,
    }
}
