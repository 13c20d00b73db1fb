//! Reading structural elements: nothing is skipped.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_xml::{Element, Node};

use super::error::XadesError;

/// The children of an element that holds elements and white space only.
pub(super) fn children(element: Element<'_>) -> Result<Vec<Element<'_>>, XadesError> {
    let mut children = Vec::new();
    for node in element.nodes() {
        match node {
            Node::Element(child) => children.push(child),
            Node::Text(text) if text.chars().all(is_white) => {}
            Node::Text(_) | Node::Comment(_) => {
                return Err(XadesError::malformed(format!(
                    "{} has text inside",
                    element.name()
                )));
            }
        }
    }
    Ok(children)
}

/// Exactly these children, in this order.
pub(super) fn exactly<'d, const N: usize>(
    element: Element<'d>,
    names: [(&str, &str); N],
) -> Result<[Element<'d>; N], XadesError> {
    let children = children(element)?;
    let right = children.len() == N
        && children
            .iter()
            .zip(names)
            .all(|(child, (namespace, local))| child.is(namespace, local));
    let children: Option<[Element<'d>; N]> = children.try_into().ok().filter(|_| right);
    children.ok_or_else(|| {
        let names = names.map(|(_, local)| local).join(", ");
        XadesError::malformed(format!("{} has not exactly {names}", element.name()))
    })
}

/// The text of an element without elements, trimmed.
pub(super) fn leaf(element: Element<'_>) -> Result<String, XadesError> {
    if element.children().next().is_some() {
        return Err(XadesError::malformed(format!(
            "{} has elements inside",
            element.name()
        )));
    }
    Ok(element.text().trim_matches(is_white).to_owned())
}

/// The base64 of an element, in lines or not.
pub(super) fn base64(element: Element<'_>) -> Result<Vec<u8>, XadesError> {
    let text: String = leaf(element)?.chars().filter(|c| !is_white(*c)).collect();
    let bytes = STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty());
    bytes.ok_or_else(|| XadesError::malformed(format!("{} is not base64", element.name())))
}

/// Writes base64.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The `Algorithm` of a method element without parameters.
pub(super) fn algorithm<'d>(element: Element<'d>) -> Result<&'d str, XadesError> {
    exactly(element, [])?;
    element
        .attribute(None, "Algorithm")
        .ok_or_else(|| XadesError::malformed(format!("{} without Algorithm", element.name())))
}

/// Takes a value once.
pub(super) fn once<T>(
    slot: &mut Option<T>,
    value: T,
    element: Element<'_>,
) -> Result<(), XadesError> {
    if slot.replace(value).is_some() {
        return Err(XadesError::malformed(format!("two {}", element.name())));
    }
    Ok(())
}

/// One more, if the limit allows.
pub(super) fn push<T>(
    list: &mut Vec<T>,
    value: T,
    what: &'static str,
    max: usize,
) -> Result<(), XadesError> {
    if list.len() == max {
        return Err(XadesError::Limit { what, max });
    }
    list.push(value);
    Ok(())
}

fn is_white(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}
