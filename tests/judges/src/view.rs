//! What a consumer of a signed element reads, and its canonical octets: two documents that say the same have the same view.

use std::fmt::Write as _;

use qaqpa_xml::Element;
use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xmldsig::CoveredElement;

/// What is read of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Names, attributes and texts, element after element.
    pub read: String,
    /// The octets by exclusive C14N without comments and without the signature.
    pub octets: Vec<u8>,
}

/// The view of an element, less a signature that may stand in it.
pub fn of_element(element: Element<'_>, signature: Element<'_>) -> Option<View> {
    let mut read = String::new();
    let mut todo = vec![(0, element)];
    while let Some((depth, element)) = todo.pop() {
        if element == signature {
            continue;
        }
        let attributes = element
            .attributes()
            .map(|a| (a.namespace, a.local, a.value))
            .collect();
        line(
            &mut read,
            depth,
            element.prefix(),
            element.namespace(),
            element.name(),
            attributes,
            &element.text(),
        );
        let from = todo.len();
        todo.extend(element.children().map(|child| (depth + 1, child)));
        todo[from..].reverse();
    }
    Some(View {
        read,
        octets: octets(element, signature)?,
    })
}

/// The view of what is proven to be covered, as its consumer reads it; `element` is the same element in the tree.
pub fn of_covered(
    covered: CoveredElement<'_>,
    element: Element<'_>,
    signature: Element<'_>,
) -> Option<View> {
    let mut read = String::new();
    let mut todo = vec![(0, covered)];
    while let Some((depth, element)) = todo.pop() {
        let attributes = element
            .attributes()
            .map(|a| (a.namespace, a.local, a.value))
            .collect();
        line(
            &mut read,
            depth,
            element.prefix(),
            element.namespace(),
            element.name(),
            attributes,
            &element.text(),
        );
        let from = todo.len();
        todo.extend(element.children().map(|child| (depth + 1, child)));
        todo[from..].reverse();
    }
    Some(View {
        read,
        octets: octets(element, signature)?,
    })
}

fn octets(element: Element<'_>, signature: Element<'_>) -> Option<Vec<u8>> {
    let mut subtree = Subtree::element(element);
    if signature != element && signature.is_within(&element) {
        subtree = subtree.without(signature.id());
    }
    canonicalize(&subtree, &Method::exclusive()).ok()
}

fn line(
    out: &mut String,
    depth: usize,
    prefix: Option<&str>,
    namespace: Option<&str>,
    local: &str,
    mut attributes: Vec<(Option<&str>, &str, &str)>,
    text: &str,
) {
    attributes.sort_unstable();
    let _ = writeln!(
        out,
        "{depth} {prefix:?} {namespace:?} {local} {attributes:?} {text:?}"
    );
}
