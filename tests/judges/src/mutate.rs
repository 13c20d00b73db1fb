//! Changes to a document: each has a name and a seed, so that it can be recorded, repeated and left out.

mod bytes;
mod markup;
mod names;
mod shape;
mod signature;
mod values;

use crate::rng::Rng;
use crate::tree::{Node, Path, Tree};

/// A change to the tree; false if there was nothing to change.
type OfTree = fn(&mut Tree, &mut Rng) -> bool;
/// A change to the bytes; false if there was nothing to change.
type OfBytes = fn(&mut Vec<u8>, &mut Rng) -> bool;

/// One change: what it does and which of the possible places it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutation {
    /// The name of what it does.
    pub name: &'static str,
    /// What the choice of the place follows from.
    pub seed: u64,
}

const GROUPS: [&[(&str, OfTree)]; 4] = [shape::ALL, names::ALL, markup::ALL, signature::ALL];

/// Some change of a tree.
pub fn of_tree(rng: &mut Rng) -> Mutation {
    let (name, _) = rng.pick(rng.clone().pick(&GROUPS));
    Mutation {
        name,
        seed: rng.next(),
    }
}

/// Some change of bytes.
pub fn of_bytes(rng: &mut Rng) -> Mutation {
    let (name, _) = rng.pick(bytes::ALL);
    Mutation {
        name,
        seed: rng.next(),
    }
}

/// The names of all changes.
pub fn names() -> Vec<&'static str> {
    let of_tree = GROUPS
        .iter()
        .flat_map(|group| group.iter().map(|(name, _)| *name));
    of_tree
        .chain(bytes::ALL.iter().map(|(name, _)| *name))
        .collect()
}

impl Mutation {
    /// Does it to a tree; false if it is a change of bytes, or there was nothing to change.
    pub fn change_tree(&self, tree: &mut Tree) -> bool {
        let found = GROUPS
            .iter()
            .flat_map(|group| group.iter())
            .find(|(name, _)| *name == self.name);
        found.is_some_and(|(_, change)| change(tree, &mut Rng::new(self.seed)))
    }

    /// Does it to bytes; false if it is a change of a tree, or there was nothing to change.
    pub fn change_bytes(&self, text: &mut Vec<u8>) -> bool {
        let found = bytes::ALL.iter().find(|(name, _)| *name == self.name);
        found.is_some_and(|(_, change)| change(text, &mut Rng::new(self.seed)))
    }
}

/// Some element's place.
fn somewhere(tree: &Tree, rng: &mut Rng) -> Path {
    let paths = tree.paths();
    paths[rng.below(paths.len())].clone()
}

/// The place of some element of one of these local names.
fn place_of(tree: &Tree, rng: &mut Rng, locals: &[&str]) -> Option<Path> {
    let mut paths = tree.paths();
    paths.retain(|path| {
        tree.at(path)
            .is_some_and(|element| locals.contains(&element.local()))
    });
    (!paths.is_empty()).then(|| paths[rng.below(paths.len())].clone())
}

/// The place of some element of content: not of the signature.
fn place_of_content(tree: &Tree, rng: &mut Rng) -> Path {
    let signatures = tree.paths_of("Signature");
    let mut paths = tree.paths();
    paths.retain(|path| {
        !signatures
            .iter()
            .any(|signature| path.starts_with(signature))
    });
    match paths.len() {
        0 => Path::new(),
        n => paths[rng.below(n)].clone(),
    }
}

/// Some text node: the place of its element and its index.
fn some_text(tree: &Tree, rng: &mut Rng) -> Option<(Path, usize)> {
    let mut texts = Vec::new();
    for path in tree.paths() {
        let Some(element) = tree.at(&path) else {
            continue;
        };
        for (index, child) in element.children.iter().enumerate() {
            if matches!(child, Node::Text(text) if !text.is_empty()) {
                texts.push((path.clone(), index));
            }
        }
    }
    (!texts.is_empty()).then(|| texts[rng.below(texts.len())].clone())
}

/// The start of some character of a text.
fn some_character(text: &str, rng: &mut Rng) -> usize {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    if starts.is_empty() {
        0
    } else {
        rng.pick(&starts)
    }
}

/// Puts a node into an element, anywhere.
fn put(tree: &mut Tree, path: &[usize], node: Node, rng: &mut Rng) -> bool {
    let Some(element) = tree.at_mut(path) else {
        return false;
    };
    let at = rng.below(element.children.len() + 1);
    element.children.insert(at, node);
    true
}
