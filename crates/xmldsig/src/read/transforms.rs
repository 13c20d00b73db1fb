//! Which transforms a reference may have: enveloped-signature, then one canonicalization.

use qaqpa_xml::Element;
use qaqpa_xml::c14n::Method;

use super::method;
use super::parts::{Parts, algorithm};
use crate::bounds::Bounds;
use crate::error::{SignatureError, SignatureLimit};
use crate::names::{DS, ENVELOPED};

/// What the transforms of one reference do.
#[derive(Debug)]
pub(crate) struct Transforms {
    /// Their URIs, for the report.
    pub(crate) uris: Vec<String>,
    /// Whether the signature itself is left out.
    pub(crate) enveloped: bool,
    /// How the rest becomes octets.
    pub(crate) method: Method,
}

impl Transforms {
    /// Reads `ds:Transforms`, which may be absent.
    ///
    /// XPath, XPath Filter 2, XSLT, base64 and decryption can select or rewrite content, so that the
    /// verifier sees something else than the reader: refused, as is any order or number that the
    /// profiles do not have.
    pub(crate) fn read(
        element: Option<Element<'_>>,
        bounds: &Bounds,
    ) -> Result<Self, SignatureError> {
        let mut uris = Vec::new();
        let mut enveloped = false;
        let mut method = None;
        let Some(element) = element else {
            return Ok(Self::assembled(uris, enveloped, method));
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
                if enveloped || transform.children().next().is_some() {
                    return Err(refused());
                }
                enveloped = true;
            } else {
                method = Some(method::read(transform)?.ok_or_else(refused)?);
            }
        }
        parts.end()?;
        if uris.is_empty() {
            return Err(SignatureError::malformed("Transforms without Transform"));
        }
        Ok(Self::assembled(uris, enveloped, method))
    }

    fn assembled(uris: Vec<String>, enveloped: bool, method: Option<Method>) -> Self {
        Self {
            uris,
            enveloped,
            // XMLDSig 1.1, §4.4.3.2: a node-set that is left becomes octets by C14N 1.0. And §4.4.3.3:
            // same-document references select no comments, so a method "with comments" shows none.
            method: method.unwrap_or(Method::Inclusive).without_comments(),
        }
    }
}
