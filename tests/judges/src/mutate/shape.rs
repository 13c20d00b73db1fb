//! Elements moved, copied, wrapped, renamed, left out; the classes of signature wrapping.

use super::{OfTree, place_of, place_of_content, put, somewhere};
use crate::rng::Rng;
use crate::tree::{Attribute, Element, Node, Path, Tree};

pub(super) const ALL: &[(&str, OfTree)] = &[
    ("element moved", moved),
    ("element copied", copied),
    ("element wrapped", wrapped),
    ("element unwrapped", unwrapped),
    ("element left out", left_out),
    ("element renamed", renamed),
    ("element added", added),
    ("siblings swapped", swapped),
    ("original hidden, forged copy in its place", forged_copy),
    ("root wrapped", root_wrapped),
    ("attribute moved", attribute_moved),
    ("attribute copied", attribute_copied),
    ("attribute left out", attribute_left_out),
    ("attribute added", attribute_added),
    ("attribute renamed", attribute_renamed),
    ("id copied to another element", id_copied),
];

fn moved(tree: &mut Tree, rng: &mut Rng) -> bool {
    let from = somewhere(tree, rng);
    let Some(element) = tree.take(&from) else {
        return false;
    };
    let to = somewhere(tree, rng);
    put(tree, &to, Node::Element(element), rng)
}

fn copied(tree: &mut Tree, rng: &mut Rng) -> bool {
    let from = somewhere(tree, rng);
    let Some(element) = tree.at(&from).cloned() else {
        return false;
    };
    let to = if rng.once_in(2) {
        somewhere(tree, rng)
    } else {
        parent(&from)
    };
    put(tree, &to, Node::Element(element), rng)
}

fn parent(path: &[usize]) -> Path {
    path.split_last()
        .map(|(_, parent)| parent.to_vec())
        .unwrap_or_default()
}

fn wrapper(rng: &mut Rng) -> Element {
    let name = rng.pick(&[
        "wrapper",
        "p:wrapper",
        "ds:Object",
        "soap:Header",
        "payload",
        "Signature",
    ]);
    Element {
        name: name.to_owned(),
        ..Element::default()
    }
}

fn wrapped(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let mut outer = wrapper(rng);
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let inner = std::mem::take(element);
    outer.children.push(Node::Element(inner));
    *element = outer;
    true
}

fn unwrapped(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let Some((last, above)) = path.split_last() else {
        return false;
    };
    let Some(element) = tree.at(&path).cloned() else {
        return false;
    };
    let Some(above) = tree.at_mut(above) else {
        return false;
    };
    above.children.splice(*last..=*last, element.children);
    true
}

fn left_out(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    tree.take(&path).is_some()
}

fn renamed(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    element.name = match rng.below(4) {
        0 => format!("{}x", element.name),
        1 => element.local().to_owned(),
        2 => format!("p:{}", element.local()),
        _ => element.local().to_ascii_uppercase(),
    };
    true
}

fn added(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = if rng.once_in(2) {
        place_of_content(tree, rng)
    } else {
        somewhere(tree, rng)
    };
    let mut element = wrapper(rng);
    if rng.once_in(2) {
        element.name = "extra".to_owned();
    }
    put(tree, &path, Node::Element(element), rng)
}

fn swapped(tree: &mut Tree, rng: &mut Rng) -> bool {
    let path = somewhere(tree, rng);
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let n = element.children.len();
    if n < 2 {
        return false;
    }
    element.children.swap(rng.below(n), rng.below(n));
    true
}

/// Signature wrapping: the signed element goes where its reference still finds it, and a changed copy is read instead.
fn forged_copy(tree: &mut Tree, rng: &mut Rng) -> bool {
    let signed = place_of(tree, rng, &["Body", "payload", "application", "a"]).unwrap_or_default();
    let Some(original) = tree.at(&signed).cloned() else {
        return false;
    };
    let mut forged = original.clone();
    forged
        .children
        .retain(|child| !matches!(child, Node::Element(e) if e.local() == "Signature"));
    match rng.below(4) {
        0 => forged.children.push(Node::Text("forged".to_owned())),
        1 => forged.children.clear(),
        2 => forged.children.insert(
            0,
            Node::Element(Element {
                name: "forged".to_owned(),
                ..Element::default()
            }),
        ),
        _ => {}
    }
    match rng.below(3) {
        0 => forged.attributes.retain(|a| !is_id(a)),
        1 => forged
            .attributes
            .iter_mut()
            .filter(|a| is_id(a))
            .for_each(|a| a.value.push('2')),
        _ => {}
    }
    if let Some(element) = tree.at_mut(&signed) {
        *element = forged;
    }
    let mut hidden = original;
    if rng.once_in(3) {
        hidden
            .children
            .retain(|child| !matches!(child, Node::Element(e) if e.local() == "Signature"));
    }
    let node = match rng.once_in(2) {
        true => Node::Element(hidden),
        false => {
            let mut outer = wrapper(rng);
            outer.children.push(Node::Element(hidden));
            Node::Element(outer)
        }
    };
    let to = match rng.below(3) {
        0 => Path::new(),
        1 => {
            place_of(tree, rng, &["Header", "Security", "Signature", "KeyInfo"]).unwrap_or_default()
        }
        _ => somewhere(tree, rng),
    };
    put(tree, &to, node, rng)
}

fn root_wrapped(tree: &mut Tree, rng: &mut Rng) -> bool {
    let mut outer = wrapper(rng);
    outer.name = rng.pick(&["outer", "message", "application"]).to_owned();
    let root = std::mem::take(&mut tree.root);
    if rng.once_in(2) {
        outer.attributes = root.attributes.clone();
    }
    outer.children.push(Node::Element(root));
    tree.root = outer;
    true
}

fn take_attribute(tree: &mut Tree, rng: &mut Rng, remove: bool) -> Option<Attribute> {
    let path = somewhere(tree, rng);
    let element = tree.at_mut(&path)?;
    if element.attributes.is_empty() {
        return None;
    }
    let at = rng.below(element.attributes.len());
    Some(if remove {
        element.attributes.remove(at)
    } else {
        element.attributes[at].clone()
    })
}

fn give_attribute(tree: &mut Tree, rng: &mut Rng, attribute: Attribute) -> bool {
    let path = somewhere(tree, rng);
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let at = rng.below(element.attributes.len() + 1);
    element.attributes.insert(at, attribute);
    true
}

fn attribute_moved(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some(attribute) = take_attribute(tree, rng, true) else {
        return false;
    };
    give_attribute(tree, rng, attribute)
}

fn attribute_copied(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some(attribute) = take_attribute(tree, rng, false) else {
        return false;
    };
    give_attribute(tree, rng, attribute)
}

fn attribute_left_out(tree: &mut Tree, rng: &mut Rng) -> bool {
    take_attribute(tree, rng, true).is_some()
}

fn attribute_added(tree: &mut Tree, rng: &mut Rng) -> bool {
    let (name, value) = rng.pick(&[
        ("extra", "1"),
        ("xml:lang", "ru"),
        ("xml:space", "default"),
        ("xml:base", "http://b.example/c"),
        ("xml:base", "../d"),
        ("xml:id", "x1"),
        ("Id", "x2"),
        ("ID", "x3"),
        ("id", "body"),
        ("wsu:Id", "x4"),
        ("p:id", "payload"),
        ("p:extra", "&lt;"),
        ("Type", "http://www.w3.org/2000/09/xmldsig#Manifest"),
        ("Encoding", "http://www.w3.org/2000/09/xmldsig#base64"),
    ]);
    give_attribute(tree, rng, Attribute::new(name, value))
}

fn attribute_renamed(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some(mut attribute) = take_attribute(tree, rng, true) else {
        return false;
    };
    attribute.name = match rng.below(3) {
        0 => attribute.name.to_ascii_uppercase(),
        1 => attribute
            .name
            .rsplit(':')
            .next()
            .unwrap_or_default()
            .to_owned(),
        _ => format!(
            "p:{}",
            attribute.name.rsplit(':').next().unwrap_or_default()
        ),
    };
    give_attribute(tree, rng, attribute)
}

fn is_id(attribute: &Attribute) -> bool {
    let local = attribute.name.rsplit(':').next().unwrap_or_default();
    local.eq_ignore_ascii_case("id")
}

fn id_copied(tree: &mut Tree, rng: &mut Rng) -> bool {
    let ids: Vec<Attribute> = tree
        .paths()
        .iter()
        .filter_map(|path| tree.at(path))
        .flat_map(|element| element.attributes.iter().filter(|a| is_id(a)).cloned())
        .collect();
    if ids.is_empty() {
        return false;
    }
    let mut id = ids[rng.below(ids.len())].clone();
    if rng.once_in(2) {
        id.name = rng
            .pick(&["Id", "ID", "id", "xml:id", "wsu:Id", "iD", "p:Id"])
            .to_owned();
    }
    give_attribute(tree, rng, id)
}
