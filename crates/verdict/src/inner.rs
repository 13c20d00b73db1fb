//! Signatures inside an envelope's Body: the signature of the envelope is about them, and does not say whose they are.

use qaqpa_xml::{Document, Element, Node};

use crate::signatures::is_signature;

/// How many stand in the Body, as elements or written out as text. Text is not read: one that seems to hold some counts as one.
pub(crate) fn count(envelope: &Document) -> usize {
    let bodies = envelope.root().children();
    let mut bodies = bodies.filter(|child| child.name() == "Body");
    let Some(body) = bodies.next() else {
        return 0;
    };
    let inside = body.descendants().chain([body]);
    inside
        .filter(|element| is_signature(*element) || seems_to_hold_one(*element))
        .count()
}

fn seems_to_hold_one(element: Element<'_>) -> bool {
    let mut nodes = element.nodes();
    nodes.any(|node| matches!(node, Node::Text(text) if text.contains("SignatureValue")))
}
