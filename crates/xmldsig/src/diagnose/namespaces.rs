//! Namespace declarations that came in, were moved, added or dropped.

use std::collections::BTreeMap;

use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::write::{escape_attribute, escape_text};
use qaqpa_xml::{Document, Element, Node};

use super::{Candidate, parse};
use crate::names::{SOAP, WSSE, WSU};
use crate::read::reference::Reference;

/// Declarations times elements that are looked at: asking which declaration is used costs their product.
const PRODUCT_MAX: usize = 4_000_000;
/// Unused declarations that are dropped one at a time.
const SINGLES_MAX: usize = 16;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// Declarations that SOAP stacks write around what they carry: a part that was signed in its envelope had them.
const AROUND: [&[(&str, &str)]; 14] = [
    &[("soap", SOAP)],
    &[("soapenv", SOAP)],
    &[("SOAP-ENV", SOAP)],
    &[("S", SOAP)],
    &[("s", SOAP)],
    &[("xsi", XSI)],
    &[("xsd", XSD)],
    &[("xs", XSD)],
    &[("xsd", XSD), ("xsi", XSI)],
    &[("xs", XSD), ("xsi", XSI)],
    &[("soap", SOAP), ("xsd", XSD), ("xsi", XSI)],
    &[("soapenv", SOAP), ("xsd", XSD), ("xsi", XSI)],
    &[("SOAP-ENV", SOAP), ("xsd", XSD), ("xsi", XSI)],
    &[("wsse", WSSE), ("wsu", WSU)],
];

/// Whether the declarations can be looked at within reason.
pub(super) fn are_few(root: Element<'_>) -> bool {
    let mut elements = 0_usize;
    let mut declarations = 0_usize;
    for element in std::iter::once(root).chain(root.descendants()) {
        elements += 1;
        declarations += element.declarations().count();
    }
    elements.saturating_mul(declarations) <= PRODUCT_MAX
}

/// The canonical octets with the declarations elsewhere.
pub(super) fn moved<'d>(
    document: &'d Document,
    reference: &'d Reference<'_>,
) -> impl Iterator<Item = Candidate> + use<'d> {
    let root = document.root();
    let method = &reference.transforms.method;
    let unused = unused(root);
    let prefixes: Vec<String> = unused.keys().take(SINGLES_MAX).cloned().collect();
    let singles = prefixes
        .into_iter()
        .map(move |prefix| written(root, &|_, declared, _| declared != prefix, &[]));
    let added = AROUND
        .into_iter()
        .map(move |declarations| written(root, &|_, _, _| true, declarations));
    inherited_dropped(document, reference)
        .chain(
            std::iter::once_with(move || {
                written(root, &|element, prefix, _| is_used(element, prefix), &[])
            })
            .chain(std::iter::once_with(move || hoisted(root)))
            .chain(singles)
            .chain(added)
            .filter_map(move |text| canonical(&text, method)),
        )
        // Each declaration where it is used first: as exclusive canonicalization, and most writers, put it.
        .chain(
            std::iter::once_with(move || {
                canonicalize(&Subtree::element(root), &Method::exclusive()).ok()
            })
            .flatten()
            .filter_map(|octets| String::from_utf8(octets).ok()),
        )
}

/// The canonical octets without what the signed part inherits from around it.
pub(super) fn inherited_dropped<'d>(
    document: &'d Document,
    reference: &'d Reference<'_>,
) -> impl Iterator<Item = Candidate> + use<'d> {
    let target = reference.target.element();
    let own: Vec<&str> = target.declarations().map(|(prefix, _)| prefix).collect();
    let root = document.root();
    let inherits = root
        .declarations()
        .any(|(prefix, _)| !own.contains(&prefix));
    let used_or_own = move |element: Element<'_>, prefix: &str| {
        element != root || own.contains(&prefix) || is_used(element, prefix)
    };
    let method = &reference.transforms.method;
    std::iter::once_with(move || written(root, &|e, prefix, _| used_or_own(e, prefix), &[]))
        .filter(move |_| inherits)
        .filter_map(move |text| canonical(&text, method))
}

/// All declarations at the root, where no two of one prefix contradict each other.
fn hoisted(root: Element<'_>) -> String {
    let mut all: BTreeMap<&str, &str> = BTreeMap::new();
    for element in std::iter::once(root).chain(root.descendants()) {
        for (prefix, name) in element.declarations() {
            all.entry(prefix).or_insert(name);
        }
    }
    let of_root: Vec<&str> = root.declarations().map(|(prefix, _)| prefix).collect();
    let added: Vec<(&str, &str)> = all
        .into_iter()
        // A default namespace would reach elements that have none.
        .filter(|(prefix, _)| !prefix.is_empty() && !of_root.contains(prefix))
        .collect();
    written(root, &|_, _, _| true, &added)
}

/// Prefixes of declarations that nothing below uses.
fn unused(root: Element<'_>) -> BTreeMap<String, ()> {
    std::iter::once(root)
        .chain(root.descendants())
        .flat_map(|element| {
            element
                .declarations()
                .filter(move |(prefix, _)| !is_used(element, prefix))
        })
        .map(|(prefix, _)| (prefix.to_owned(), ()))
        .take(SINGLES_MAX)
        .collect()
}

/// Whether the element, or one below, has a name with the prefix.
fn is_used(element: Element<'_>, prefix: &str) -> bool {
    std::iter::once(element)
        .chain(element.descendants())
        .any(|below| {
            below.prefix().unwrap_or_default() == prefix
                || (!prefix.is_empty() && below.attributes().any(|a| a.prefix == Some(prefix)))
        })
}

/// Writes the elements again with those declarations that are kept, and more at the root.
fn written(
    root: Element<'_>,
    keep: &dyn Fn(Element<'_>, &str, &str) -> bool,
    added: &[(&str, &str)],
) -> String {
    let mut out = String::with_capacity(root.span().len());
    write_into(&mut out, root, keep, added);
    out
}

fn write_into(
    out: &mut String,
    element: Element<'_>,
    keep: &dyn Fn(Element<'_>, &str, &str) -> bool,
    added: &[(&str, &str)],
) {
    let name = match element.prefix() {
        Some(prefix) => format!("{prefix}:{}", element.name()),
        None => element.name().to_owned(),
    };
    out.push('<');
    out.push_str(&name);
    let kept = element
        .declarations()
        .filter(|(prefix, name)| keep(element, prefix, name));
    for (prefix, name) in kept.chain(added.iter().copied()) {
        let colon = if prefix.is_empty() { "" } else { ":" };
        let name = escape_attribute(name);
        out.push_str(&format!(" xmlns{colon}{prefix}=\"{name}\""));
    }
    for attribute in element.attributes() {
        out.push(' ');
        if let Some(prefix) = attribute.prefix {
            out.push_str(prefix);
            out.push(':');
        }
        let value = escape_attribute(attribute.value);
        out.push_str(&format!("{}=\"{value}\"", attribute.local));
    }
    out.push('>');
    for node in element.nodes() {
        match node {
            Node::Element(child) => write_into(out, child, keep, &[]),
            Node::Text(text) => out.push_str(&escape_text(text)),
            Node::Comment(_) => {}
        }
    }
    out.push_str("</");
    out.push_str(&name);
    out.push('>');
}

/// Reads what was written and makes it canonical; nothing, if a prefix is used and declared no more.
fn canonical(text: &str, method: &Method) -> Option<Candidate> {
    let document = parse(text)?;
    let octets = canonicalize(&Subtree::element(document.root()), method).ok()?;
    String::from_utf8(octets).ok()
}
