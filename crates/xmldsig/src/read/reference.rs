//! One `ds:Reference`: what it is about, how it becomes octets, and their digest.

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_xml::c14n::{Method, Subtree};
use qaqpa_xml::{Element, NodeId, XML_NAMESPACE};

use super::parts::{Parts, plain_algorithm};
use super::transforms::{Omission, Transforms};
use crate::bounds::Bounds;
use crate::covered::Without;
use crate::error::SignatureError;
use crate::names::{COUNTERSIGNED, DS};
use crate::{base64, ids};

/// A reference as it was read; its digest is not compared yet.
#[derive(Debug)]
pub(crate) struct Reference<'d> {
    pub(crate) id: Option<&'d str>,
    pub(crate) uri: String,
    pub(crate) kind: Option<&'d str>,
    pub(crate) target: Target<'d>,
    pub(crate) transforms: Transforms,
    pub(crate) digest: DigestAlgorithm,
    pub(crate) digest_value: Vec<u8>,
    /// The signatures that the transforms leave out.
    omitted: Vec<NodeId>,
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
        let kind = element.attribute(None, "Type");
        if kind == Some("http://www.w3.org/2000/09/xmldsig#Manifest") {
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
        if joins_bases(target.element(), &transforms.method) {
            return Err(refused(
                uri,
                "its xml:base would be digested joined with another, and read alone",
            ));
        }
        // Other Types are remarks (XMLDSig 1.1, §4.4.3.1); of which signature the properties must be is asked with them.
        if kind == Some(COUNTERSIGNED) && !target.element().is(DS, "SignatureValue") {
            return Err(refused(
                uri,
                "its Type names something else than its target",
            ));
        }
        // A digest cannot hold itself: the signature is left out exactly where it stands inside.
        if signature == target.element()
            || signature.is_within(&target.element()) != (transforms.omission != Omission::Nothing)
        {
            return Err(refused(
                uri,
                "enveloped-signature belongs exactly where the signature is inside",
            ));
        }
        let omitted = match transforms.omission {
            Omission::EverySignature => signatures_of_root(uri, target.element())?,
            Omission::Nothing => Vec::new(),
            Omission::ThisSignature => vec![signature.id()],
        };
        Ok(Self {
            id: element.attribute(None, "Id"),
            uri: uri.to_owned(),
            kind,
            target,
            transforms,
            digest,
            digest_value,
            omitted,
        })
    }

    /// What is made canonical and digested.
    pub(crate) fn subtree(&self) -> Subtree<'d> {
        let subtree = self.target.subtree();
        match self.omitted.as_slice() {
            [] => subtree,
            [only] => subtree.without(*only),
            several => subtree.without_all(several.to_vec()),
        }
    }

    /// What a reader of the target does not see.
    pub(crate) fn without(&self) -> Without {
        match (self.transforms.omission, self.omitted.first()) {
            (Omission::EverySignature, _) => Without::EverySignature,
            (Omission::ThisSignature, Some(signature)) => Without::One(*signature),
            _ => Without::Nothing,
        }
    }
}

/// Canonical XML 1.1, §2.4: the `xml:base` of the topmost element is digested joined with those of its ancestors, which the
/// reference does not cover: another value there, and another one here, can give the same octets.
fn joins_bases(target: Element<'_>, method: &Method) -> bool {
    let has_base = |element: &Element<'_>| element.attribute(Some(XML_NAMESPACE), "base").is_some();
    matches!(
        method,
        Method::Inclusive11 | Method::Inclusive11WithComments
    ) && has_base(&target)
        && target
            .ancestors_and_self()
            .skip(1)
            .any(|above| has_base(&above))
}

/// All signatures, each of which must be a child of the root that the reference is about.
///
/// Elsewhere a part of the content could be called a signature, and would be left out.
fn signatures_of_root(uri: &str, target: Element<'_>) -> Result<Vec<NodeId>, SignatureError> {
    let root = target.document().root();
    if target != root {
        return Err(refused(uri, "all signatures are left out of the root only"));
    }
    let mut at_root: Vec<Element<'_>> = Vec::new();
    for element in root.descendants().filter(|e| e.is(DS, "Signature")) {
        if element.parent() == Some(root) {
            at_root.push(element);
        } else if at_root.last().is_none_or(|last| !element.is_within(last)) {
            return Err(refused(
                uri,
                "a signature that it leaves out is not a child of the root",
            ));
        }
    }
    Ok(at_root.iter().map(Element::id).collect())
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
