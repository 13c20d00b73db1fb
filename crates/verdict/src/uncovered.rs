//! What of a document a signature says nothing about: it is nobody's word, whoever signed the rest.

use std::collections::HashSet;

use qaqpa_xml::{Element, Node, NodeId};
use qaqpa_xmldsig::{FoundSignature, Role, places};

use crate::signatures::is_signature;

/// Ways that are told; of more, the first ones.
const WAYS_MAX: usize = 16;
/// Characters of one step that are told: a name has no bound of its own.
const STEP_CHARACTERS_MAX: usize = 64;

/// The ways from the root ([`ScopeView::uncovered`](crate::ScopeView::uncovered)): of what stands above a signed element its name, its
/// attributes and its text, and every other element beside. Signatures are no content; a counter-signature is about none.
pub(crate) fn of(found: &FoundSignature<'_>) -> Vec<String> {
    if found.role() != Role::Content {
        return Vec::new();
    }
    let extents = found.extents();
    let covered: HashSet<NodeId> = extents.iter().map(|extent| extent.target.id()).collect();
    let above: HashSet<NodeId> = extents
        .iter()
        .flat_map(|extent| extent.target.ancestors_and_self().skip(1))
        .map(|element| element.id())
        .collect();
    let mut ways = Ways(Vec::new());
    if let Some(root) = found.element().ancestors_and_self().last()
        && !covered.contains(&root.id())
    {
        let way = format!("/{}", short(root.name()));
        ways.walk(root, way, &covered, &above);
    }
    ways.0
}

struct Ways(Vec<String>);

impl Ways {
    fn is_full(&self) -> bool {
        self.0.len() > WAYS_MAX
    }

    fn add(&mut self, way: String) {
        match self.0.len() {
            WAYS_MAX => self.0.push("\u{2026}".to_owned()),
            _ => self.0.push(way),
        }
    }

    /// Goes on below what stands above a signed element. Each such step adds a way, so that their bound ends the walk.
    fn walk(
        &mut self,
        root: Element<'_>,
        way: String,
        covered: &HashSet<NodeId>,
        above: &HashSet<NodeId>,
    ) {
        let mut stack = vec![(root, way)];
        while let Some((element, way)) = stack.pop() {
            if self.is_full() {
                return;
            }
            self.add(way.clone());
            if !above.contains(&element.id()) {
                continue;
            }
            for attribute in element.attributes() {
                if self.is_full() {
                    return;
                }
                self.add(format!("{way}/@{}", short(attribute.local)));
            }
            if has_text(element) && !self.is_full() {
                self.add(format!("{way}/text()"));
            }
            let mut steps = places(element);
            let from = stack.len();
            let beside = element
                .children()
                .filter(|child| !is_signature(*child) && !covered.contains(&child.id()));
            for child in beside.take(WAYS_MAX + 1) {
                let step = steps.remove(&child.id());
                let step = short(step.as_deref().unwrap_or(child.name()));
                stack.push((child, format!("{way}/{step}")));
            }
            stack[from..].reverse();
        }
    }
}

/// Whether text other than white space stands in the element itself.
pub(crate) fn has_text(element: Element<'_>) -> bool {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    element
        .nodes()
        .any(|node| matches!(node, Node::Text(text) if !text.trim_matches(is_space).is_empty()))
}

fn short(step: &str) -> String {
    match step.char_indices().nth(STEP_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}\u{2026}", &step[..end]),
        None => step.to_owned(),
    }
}
