//! Which transforms a reference may have: enveloped-signature or the subtraction of all signatures, then one
//! canonicalization.

use qaqpa_xml::Element;
use qaqpa_xml::c14n::Method;

use super::parts::{Parts, algorithm};
use super::{filter2, method};
use crate::bounds::Bounds;
use crate::error::{SignatureError, SignatureLimit};
use crate::names::{DS, ENVELOPED, FILTER2};

/// What the transforms of one reference do.
#[derive(Debug)]
pub(crate) struct Transforms {
    /// Their URIs, for the report.
    pub(crate) uris: Vec<String>,
    /// What is left out.
    pub(crate) omission: Omission,
    /// How the rest becomes octets.
    pub(crate) method: Method,
    /// The method "with comments" that was named, of which a same-document reference shows none.
    pub(crate) commented: Option<Method>,
}

/// What the transforms leave out of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Omission {
    /// Every `ds:Signature`: by XPath Filter 2.0.
    EverySignature,
    Nothing,
    /// The signature itself: by enveloped-signature.
    ThisSignature,
}

impl Transforms {
    /// Reads `ds:Transforms`, which may be absent.
    ///
    /// XPath, XSLT, base64 and decryption can select or rewrite content, so that the verifier sees something
    /// else than the reader: refused, as is any order or number that the profiles do not have. Of XPath Filter
    /// 2.0 one filter is known, recognised by its structure and never evaluated: what parallel signatures need.
    pub(crate) fn read(
        element: Option<Element<'_>>,
        bounds: &Bounds,
    ) -> Result<Self, SignatureError> {
        let mut uris = Vec::new();
        let mut omission = Omission::Nothing;
        let mut method = None;
        let Some(element) = element else {
            return Ok(Self::assembled(uris, omission, method));
        };
        let mut parts = Parts::of(element)?;
        while let Some(transform) = parts.optional(DS, "Transform") {
            if uris.len() == bounds.transforms_max {
                return Err(SignatureError::Limit {
                    what: SignatureLimit::Transforms,
                    max: bounds.transforms_max,
                });
            }
            let uri = algorithm(transform)?;
            uris.push(uri.to_owned());
            let refused = || SignatureError::TransformRefused {
                uri: uri.to_owned(),
            };
            // After canonicalization there are octets, and nothing more may happen to them.
            if method.is_some() {
                return Err(refused());
            }
            if uri == ENVELOPED {
                if omission != Omission::Nothing || transform.children().next().is_some() {
                    return Err(refused());
                }
                omission = Omission::ThisSignature;
            } else if uri == FILTER2 {
                // After enveloped-signature it takes away the rest of the signatures.
                if omission == Omission::EverySignature
                    || !filter2::is_subtraction_of_signatures(transform)
                {
                    return Err(refused());
                }
                omission = Omission::EverySignature;
            } else {
                method = Some(method::read(transform)?.ok_or_else(refused)?);
            }
        }
        parts.end()?;
        if uris.is_empty() {
            return Err(SignatureError::malformed("Transforms without Transform"));
        }
        Ok(Self::assembled(uris, omission, method))
    }

    fn assembled(uris: Vec<String>, omission: Omission, method: Option<Method>) -> Self {
        let method = method.unwrap_or(Method::Inclusive);
        let plain = method.clone().without_comments();
        Self {
            uris,
            omission,
            commented: (method != plain).then_some(method),
            // XMLDSig 1.1, §4.4.3.2: a node-set that is left becomes octets by C14N 1.0. And §4.4.3.3:
            // same-document references select no comments, so a method "with comments" shows none.
            method: plain,
        }
    }
}
