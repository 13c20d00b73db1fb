//! A canonicalization method with its parameters.

use qaqpa_xml::c14n::Method;
use qaqpa_xml::{Element, is_ncname};

use super::parts::{Parts, algorithm};
use crate::bounds::Bounds;
use crate::error::{SignatureError, SignatureLimit};
use crate::names::EC;

/// The canonicalization method that a `CanonicalizationMethod` or `Transform` names; `None` if its
/// URI is of something else.
pub(crate) fn read(element: Element<'_>) -> Result<Option<Method>, SignatureError> {
    let Some(method) = Method::from_uri(algorithm(element)?) else {
        return Ok(None);
    };
    let mut parts = Parts::of(element)?;
    let Some(inclusive_namespaces) = parts.optional(EC, "InclusiveNamespaces") else {
        parts.end()?;
        return Ok(Some(method));
    };
    parts.end()?;
    let prefixes = prefix_list(inclusive_namespaces)?;
    method
        .with_prefix_list(prefixes)
        .map(Some)
        .ok_or_else(|| SignatureError::malformed("InclusiveNamespaces of an inclusive method"))
}

/// Exclusive C14N, §3: prefixes divided by white space, `#default` for the default namespace.
fn prefix_list(element: Element<'_>) -> Result<Vec<String>, SignatureError> {
    Parts::of(element)?.end()?;
    let list = element
        .attribute(None, "PrefixList")
        .ok_or_else(|| SignatureError::malformed("InclusiveNamespaces without PrefixList"))?;
    let mut prefixes = Vec::new();
    for prefix in list.split_ascii_whitespace() {
        if prefix != "#default" && !is_ncname(prefix) {
            return Err(SignatureError::malformed(
                "PrefixList with something that is no prefix",
            ));
        }
        if prefixes.len() == Bounds::PREFIXES_MAX {
            return Err(SignatureError::Limit {
                what: SignatureLimit::Prefixes,
                max: Bounds::PREFIXES_MAX,
            });
        }
        prefixes.push(prefix.to_owned());
    }
    Ok(prefixes)
}
