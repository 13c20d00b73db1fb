//! Namespace declarations added, moved, shadowed, undeclared, bound to other prefixes.

use super::{OfTree, somewhere};
use crate::rng::Rng;
use crate::template::{DS, WSU};
use crate::tree::{Attribute, Element, Node, Tree};

pub(super) const ALL: &[(&str, OfTree)] = &[
    ("declaration added", added),
    ("declaration repeated below", repeated),
    ("declaration moved down", moved_down),
    ("declaration moved up", moved_up),
    ("declaration left out", left_out),
    ("default undeclared", undeclared),
    ("prefix bound to another name", bound_anew),
    ("prefix renamed everywhere", prefix_renamed),
    ("prefix of one element changed", prefix_of_one),
    ("names of declarations swapped", swapped),
];

fn set(element: &mut Element, name: &str, value: &str, rng: &mut Rng) -> bool {
    if element.attribute(name).is_some() {
        return false;
    }
    let at = rng.below(element.attributes.len() + 1);
    element.attributes.insert(at, Attribute::new(name, value));
    true
}

fn added(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let (name, value) = rng.pick(&[
        ("xmlns:n1", "urn:n1"),
        ("xmlns:n2", "urn:p"),
        ("xmlns:absent", "urn:absent"),
        ("xmlns:ds2", DS),
        ("xmlns:xml", "http://www.w3.org/XML/1998/namespace"),
        ("xmlns:n3", "relative/name"),
        ("xmlns:n4", "urn:&#x20;space"),
        ("xmlns:n5", ""),
        ("xmlns", "urn:default"),
        ("xmlns:wsu", WSU),
        ("xmlns:n6", "urn:n\n6"),
        ("xmlns:\u{4d9}", "urn:\u{4d9}"),
    ]);
    tree.at_mut(&path)
        .is_some_and(|element| set(element, name, value, rng))
}

/// Some declaration, with the place of its element.
fn some(tree: &Tree, rng: &mut Rng) -> Option<(Vec<usize>, usize)> {
    let mut found = Vec::new();
    for path in tree.paths() {
        let Some(element) = tree.at(&path) else {
            continue;
        };
        for (index, attribute) in element.attributes.iter().enumerate() {
            if attribute.is_declaration() {
                found.push((path.clone(), index));
            }
        }
    }
    (!found.is_empty()).then(|| found[rng.below(found.len())].clone())
}

fn give_to_children(tree: &mut Tree, rng: &mut Rng, keep: bool, all: bool) -> bool {
    let Some((path, index)) = some(tree, rng) else {
        return false;
    };
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let declaration = match keep {
        true => element.attributes[index].clone(),
        false => element.attributes.remove(index),
    };
    let mut given = false;
    for child in &mut element.children {
        if let Node::Element(child) = child
            && (all || rng.once_in(2))
        {
            given |= set(child, &declaration.name, &declaration.value, rng);
        }
    }
    given
}

fn repeated(tree: &mut Tree, rng: &mut Rng) -> bool {
    give_to_children(tree, rng, true, false)
}

fn moved_down(tree: &mut Tree, rng: &mut Rng) -> bool {
    give_to_children(tree, rng, false, true)
}

fn moved_up(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some((path, index)) = some(tree, rng) else {
        return false;
    };
    let Some((_, above)) = path.split_last() else {
        return false;
    };
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let declaration = element.attributes.remove(index);
    tree.at_mut(above)
        .is_some_and(|above| set(above, &declaration.name, &declaration.value, rng))
}

fn left_out(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some((path, index)) = some(tree, rng) else {
        return false;
    };
    tree.at_mut(&path).is_some_and(|element| {
        element.attributes.remove(index);
        true
    })
}

fn undeclared(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    tree.at_mut(&path)
        .is_some_and(|element| set(element, "xmlns", "", rng))
}

fn bound_anew(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some((path, index)) = some(tree, rng) else {
        return false;
    };
    let other = rng.pick(&["urn:other", "urn:p", "urn:q", "URN:p", "urn:p ", DS, ""]);
    tree.at_mut(&path).is_some_and(|element| {
        element.attributes[index].value = other.to_owned();
        true
    })
}

/// The infoset stays, the prefix changes: canonical octets differ, for prefixes are a part of them.
fn prefix_renamed(tree: &mut Tree, rng: &mut Rng) -> bool {
    let (from, to) = rng.pick(&[
        ("p:", "pp:"),
        ("q:", "z:"),
        ("ds:", "sig:"),
        ("soap:", "s:"),
        ("wsu:", "u:"),
    ]);
    let mut changed = false;
    for path in tree.paths() {
        let Some(element) = tree.at_mut(&path) else {
            continue;
        };
        changed |= rename(&mut element.name, from, to);
        for attribute in &mut element.attributes {
            let declares =
                attribute.name.strip_prefix("xmlns:") == Some(from.trim_end_matches(':'));
            if declares {
                attribute.name = format!("xmlns:{}", to.trim_end_matches(':'));
            } else {
                changed |= rename(&mut attribute.name, from, to);
            }
        }
    }
    changed
}

fn rename(name: &mut String, from: &str, to: &str) -> bool {
    let Some(local) = name.strip_prefix(from) else {
        return false;
    };
    *name = format!("{to}{local}");
    true
}

fn prefix_of_one(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let prefix = rng.pick(&["p:", "q:", "ds:", "", "soap:", "xml:"]);
    tree.at_mut(&path).is_some_and(|element| {
        element.name = format!("{prefix}{}", element.local());
        true
    })
}

fn swapped(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some((path, index)) = some(tree, rng) else {
        return false;
    };
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let other = element
        .attributes
        .iter()
        .rposition(Attribute::is_declaration)
        .unwrap_or(index);
    if other == index {
        return false;
    }
    let value = element.attributes[index].value.clone();
    element.attributes[index].value =
        std::mem::replace(&mut element.attributes[other].value, value);
    true
}
