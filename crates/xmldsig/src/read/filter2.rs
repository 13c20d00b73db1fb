//! The one filter of XPath Filter 2.0 that is known: the subtraction of all signatures.

use qaqpa_xml::{Element, Node};

use crate::names::{DS, FILTER2};

/// Whether a Transform of XPath Filter 2.0 is exactly `subtract` of `/descendant::ds:Signature`, whatever prefix is
/// bound to the namespace of XML Signature.
///
/// With it signatures stand side by side in one root and none is about another, so that they are added in any
/// order. It is recognised as it is written and no XPath is evaluated: another expression of the same meaning is refused.
///
/// Source: XML-Signature XPath Filter 2.0 (W3C, 2002), §3.
pub(crate) fn is_subtraction_of_signatures(transform: Element<'_>) -> bool {
    let mut filters = Vec::new();
    for node in transform.nodes() {
        match node {
            Node::Element(element) => filters.push(element),
            Node::Text(text) if text.trim_matches(WHITE_SPACE).is_empty() => {}
            Node::Text(_) | Node::Comment(_) => return false,
        }
    }
    let [filter] = filters.as_slice() else {
        return false;
    };
    let mut attributes = filter.attributes();
    let subtracts = attributes
        .next()
        .is_some_and(|a| a.namespace.is_none() && a.local == "Filter" && a.value == "subtract")
        && attributes.next().is_none();
    if !subtracts || !filter.is(FILTER2, "XPath") || filter.children().next().is_some() {
        return false;
    }
    filter
        .text()
        .trim_matches(WHITE_SPACE)
        .strip_prefix("/descendant::")
        .and_then(|step| step.strip_suffix(":Signature"))
        .is_some_and(|prefix| filter.namespace_of_prefix(prefix) == Some(DS) && !prefix.is_empty())
}

const WHITE_SPACE: [char; 4] = [' ', '\t', '\n', '\r'];
