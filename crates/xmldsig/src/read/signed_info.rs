//! `ds:SignedInfo`: the only thing that the key has signed.

use qaqpa_crypto::SignatureAlgorithm;
use qaqpa_xml::Element;
use qaqpa_xml::c14n::Method;

use super::method;
use super::parts::{Parts, algorithm, plain_algorithm};
use super::reference::Reference;
use crate::bounds::Bounds;
use crate::error::{SignatureError, SignatureLimit};
use crate::names::DS;

/// `SignedInfo` as it was read.
#[derive(Debug)]
pub(crate) struct SignedInfo<'d> {
    pub(crate) element: Element<'d>,
    pub(crate) canonicalization: Method,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) references: Vec<Reference<'d>>,
}

impl<'d> SignedInfo<'d> {
    /// Reads `ds:SignedInfo` of this signature (XMLDSig 1.1, §4.4).
    pub(crate) fn read(
        element: Element<'d>,
        signature: Element<'d>,
        bounds: &Bounds,
    ) -> Result<Self, SignatureError> {
        let mut parts = Parts::of(element)?;
        let canonicalization = canonicalization(parts.required(DS, "CanonicalizationMethod")?)?;
        let algorithm = signature_method(parts.required(DS, "SignatureMethod")?)?;
        let mut references = Vec::new();
        while let Some(reference) = parts.optional(DS, "Reference") {
            if references.len() == bounds.references_max {
                return Err(SignatureError::Limit {
                    what: SignatureLimit::References,
                    max: bounds.references_max,
                });
            }
            references.push(Reference::read(reference, signature, bounds)?);
        }
        parts.end()?;
        if references.is_empty() {
            return Err(SignatureError::malformed("SignedInfo without Reference"));
        }
        Ok(Self {
            element,
            canonicalization,
            algorithm,
            references,
        })
    }
}

fn canonicalization(element: Element<'_>) -> Result<Method, SignatureError> {
    let uri = algorithm(element)?.to_owned();
    method::read(element)?.ok_or(SignatureError::AlgorithmUnknown { uri })
}

fn signature_method(element: Element<'_>) -> Result<SignatureAlgorithm, SignatureError> {
    let uri = plain_algorithm(element)?;
    let algorithm =
        SignatureAlgorithm::from_uri(uri).ok_or_else(|| SignatureError::AlgorithmUnknown {
            uri: uri.to_owned(),
        })?;
    if algorithm.is_weak() {
        return Err(SignatureError::AlgorithmWeak {
            uri: uri.to_owned(),
        });
    }
    Ok(algorithm)
}
