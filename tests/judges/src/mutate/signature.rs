//! The signature itself: methods, references, transforms, values, its place, a second one, what is added to it.

use super::values::{base64_broken, base64_changed, base64_layout};
use super::{OfTree, place_of, put, somewhere};
use crate::rng::Rng;
use crate::template::{DS, ENVELOPED, METHODS};
use crate::tree::{Attribute, Element, Node, Path, Tree};

pub(super) const ALL: &[(&str, OfTree)] = &[
    ("canonicalization method changed", canonicalization),
    ("signature method changed", signature_method),
    ("digest method changed", digest_method),
    ("reference's URI changed", uri),
    ("transform added", transform_added),
    ("transform left out", transform_left_out),
    ("transforms in another order", transforms_swapped),
    ("transform's parameters changed", parameters),
    ("reference copied", reference_copied),
    ("reference left out", reference_left_out),
    ("base64 laid out otherwise", base64_layout),
    ("base64 broken", base64_broken),
    ("base64 of other octets", base64_changed),
    ("signature moved", moved),
    ("signature copied", copied),
    ("signature's part copied", part_copied),
    ("object added", object),
    ("key info changed", key_info),
    ("key info left out", key_info_left_out),
    ("attribute of a signature's part", attribute),
];

fn set_algorithm(tree: &mut Tree, rng: &mut Rng, locals: &[&str], uri: &str) -> bool {
    let Some(path) = place_of(tree, rng, locals) else {
        return false;
    };
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let found = element
        .attributes
        .iter_mut()
        .find(|a| a.name == "Algorithm");
    found.is_some_and(|attribute| {
        let differs = attribute.value != uri;
        attribute.value = uri.to_owned();
        differs
    })
}

fn canonicalization(tree: &mut Tree, rng: &mut Rng) -> bool {
    let uri = rng.pick(&METHODS);
    set_algorithm(tree, rng, &["CanonicalizationMethod", "Transform"], uri)
}

fn signature_method(tree: &mut Tree, rng: &mut Rng) -> bool {
    let uri = rng.pick(&[
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256",
        "",
    ]);
    set_algorithm(tree, rng, &["SignatureMethod"], uri)
}

fn digest_method(tree: &mut Tree, rng: &mut Rng) -> bool {
    let uri = rng.pick(&[
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmlenc#sha512",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2000/09/xmldsig#sha1",
        "http://www.w3.org/2001/04/xmldsig-more#md5",
    ]);
    set_algorithm(tree, rng, &["DigestMethod"], uri)
}

fn uri(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some(path) = place_of(tree, rng, &["Reference"]) else {
        return false;
    };
    let uri = rng.pick(&[
        "",
        "#",
        "#payload",
        "#body",
        "#root",
        "#x1",
        "#xpointer(/)",
        "#xpointer(id('payload'))",
        "# payload",
        "payload",
        "#p%61yload",
        "http://a.example/",
        "file:///etc/hostname",
        "#BODY",
        "?#body",
        ".",
    ]);
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    if rng.once_in(12) {
        element.attributes.retain(|a| a.name != "URI");
        return true;
    }
    let found = element.attributes.iter_mut().find(|a| a.name == "URI");
    found.is_some_and(|attribute| {
        let differs = attribute.value != uri;
        attribute.value = uri.to_owned();
        differs
    })
}

/// The prefix that the signature's own elements have.
fn prefix(tree: &Tree, path: &[usize]) -> String {
    let name = tree
        .at(path)
        .map(|element| element.name.as_str())
        .unwrap_or_default();
    name.split_once(':')
        .map(|(prefix, _)| format!("{prefix}:"))
        .unwrap_or_default()
}

fn transform_added(tree: &mut Tree, rng: &mut Rng) -> bool {
    let uri = match rng.once_in(2) {
        true => rng.pick(&METHODS),
        false => rng.pick(&[
            ENVELOPED,
            "http://www.w3.org/2000/09/xmldsig#base64",
            "http://www.w3.org/TR/1999/REC-xpath-19991116",
            "http://www.w3.org/2002/06/xmldsig-filter2",
            "http://www.w3.org/TR/1999/REC-xslt-19991116",
            "http://www.w3.org/2002/07/decrypt#XML",
            "urn:unknown",
        ]),
    };
    let Some(reference) = place_of(tree, rng, &["Reference"]) else {
        return false;
    };
    let prefix = prefix(tree, &reference);
    let mut transform = Element {
        name: format!("{prefix}Transform"),
        ..Element::default()
    };
    transform.attributes.push(Attribute::new("Algorithm", uri));
    if uri.contains("xpath") {
        let xpath = Element {
            name: format!("{prefix}XPath"),
            children: vec![Node::Text("true()".to_owned())],
            ..Element::default()
        };
        transform.children.push(Node::Element(xpath));
    }
    let Some(element) = tree.at_mut(&reference) else {
        return false;
    };
    let existing = element.children.iter_mut().find_map(|child| match child {
        Node::Element(child) if child.local() == "Transforms" => Some(child),
        _ => None,
    });
    match existing {
        Some(transforms) => {
            let at = rng.below(transforms.children.len() + 1);
            transforms.children.insert(at, Node::Element(transform));
        }
        None => {
            let children = vec![Node::Element(transform)];
            let transforms = Element {
                name: format!("{prefix}Transforms"),
                children,
                ..Element::default()
            };
            element.children.insert(0, Node::Element(transforms));
        }
    }
    true
}

fn take(tree: &mut Tree, rng: &mut Rng, locals: &[&str]) -> Option<Element> {
    let path = place_of(tree, rng, locals)?;
    tree.take(&path)
}

fn transform_left_out(tree: &mut Tree, rng: &mut Rng) -> bool {
    take(tree, rng, &["Transform", "Transforms"]).is_some()
}

fn transforms_swapped(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some(path) = place_of(tree, rng, &["Transforms"]) else {
        return false;
    };
    tree.at_mut(&path).is_some_and(|element| {
        element.children.reverse();
        element.children.len() > 1
    })
}

fn parameters(tree: &mut Tree, rng: &mut Rng) -> bool {
    if let Some(path) = place_of(tree, rng, &["InclusiveNamespaces"])
        && rng.once_in(2)
    {
        let Some(element) = tree.at_mut(&path) else {
            return false;
        };
        let list = rng.pick(&[
            "", "p", "q p", "p p", "#default", "soap ds", "p\nq", "p,q", "#all", "xmlns",
        ]);
        element.attributes.retain(|a| a.name != "PrefixList");
        if !rng.once_in(6) {
            element.attributes.push(Attribute::new("PrefixList", list));
        }
        return true;
    }
    let places = [
        "Transform",
        "CanonicalizationMethod",
        "SignatureMethod",
        "DigestMethod",
    ];
    let Some(path) = place_of(tree, rng, &places) else {
        return false;
    };
    let prefix = prefix(tree, &path);
    let node = match rng.below(5) {
        0 => Node::Text("text".to_owned()),
        1 => Node::Element(Element {
            name: format!("{prefix}HMACOutputLength"),
            children: vec![Node::Text("8".to_owned())],
            ..Element::default()
        }),
        2 => Node::Comment("x".to_owned()),
        _ => {
            let mut list = Element {
                name: "ec:InclusiveNamespaces".to_owned(),
                ..Element::default()
            };
            list.attributes.push(Attribute::new(
                "xmlns:ec",
                "http://www.w3.org/2001/10/xml-exc-c14n#",
            ));
            list.attributes.push(Attribute::new(
                "PrefixList",
                rng.pick(&["p", "#default q", ""]),
            ));
            Node::Element(list)
        }
    };
    put(tree, &path, node, rng)
}

fn reference_copied(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some(path) = place_of(tree, rng, &["Reference"]) else {
        return false;
    };
    let (Some(reference), Some((at, above))) = (tree.at(&path).cloned(), path.split_last()) else {
        return false;
    };
    let Some(above) = tree.at_mut(above) else {
        return false;
    };
    above
        .children
        .insert(at + rng.below(2), Node::Element(reference));
    true
}

fn reference_left_out(tree: &mut Tree, rng: &mut Rng) -> bool {
    take(tree, rng, &["Reference"]).is_some()
}

fn moved(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some(signature) = take(tree, rng, &["Signature"]) else {
        return false;
    };
    let to = if rng.once_in(2) {
        Path::new()
    } else {
        somewhere(tree, rng)
    };
    put(tree, &to, Node::Element(signature), rng)
}

fn copied(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some(path) = place_of(tree, rng, &["Signature"]) else {
        return false;
    };
    let Some(signature) = tree.at(&path).cloned() else {
        return false;
    };
    let to = if rng.once_in(2) {
        Path::new()
    } else {
        somewhere(tree, rng)
    };
    put(tree, &to, Node::Element(signature), rng)
}

fn part_copied(tree: &mut Tree, rng: &mut Rng) -> bool {
    let parts = [
        "SignedInfo",
        "SignatureValue",
        "KeyInfo",
        "DigestValue",
        "DigestMethod",
        "Transforms",
        "SignatureMethod",
    ];
    let Some(path) = place_of(tree, rng, &parts) else {
        return false;
    };
    let (Some(part), Some((_, above))) = (tree.at(&path).cloned(), path.split_last()) else {
        return false;
    };
    put(tree, above, Node::Element(part), rng)
}

fn object(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some(path) = place_of(tree, rng, &["Signature"]) else {
        return false;
    };
    let mut object = Element {
        name: format!("{}Object", prefix(tree, &path)),
        ..Element::default()
    };
    if rng.once_in(2) {
        object.attributes.push(Attribute::new(
            "Id",
            rng.pick(&["object", "payload", "body"]),
        ));
    }
    if rng.once_in(2) {
        object.children.push(Node::Element(Element {
            name: "anything".to_owned(),
            ..Element::default()
        }));
    }
    let Some(signature) = tree.at_mut(&path) else {
        return false;
    };
    let at = if rng.once_in(3) {
        rng.below(signature.children.len() + 1)
    } else {
        signature.children.len()
    };
    signature.children.insert(at, Node::Element(object));
    true
}

fn key_info(tree: &mut Tree, rng: &mut Rng) -> bool {
    let Some(path) = place_of(tree, rng, &["KeyInfo", "X509Data"]) else {
        return false;
    };
    let prefix = prefix(tree, &path);
    let leaf = |name: &str, text: &str| {
        Node::Element(Element {
            name: format!("{prefix}{name}"),
            children: vec![Node::Text(text.to_owned())],
            ..Element::default()
        })
    };
    let node = match rng.below(5) {
        0 => leaf("KeyName", "somebody"),
        1 => leaf("X509SubjectName", "CN=TEST"),
        2 => leaf("X509Certificate", "AAAA"),
        3 => {
            let mut method = Element {
                name: format!("{prefix}RetrievalMethod"),
                ..Element::default()
            };
            method.attributes.push(Attribute::new("URI", "#payload"));
            Node::Element(method)
        }
        _ => leaf("KeyValue", ""),
    };
    put(tree, &path, node, rng)
}

fn key_info_left_out(tree: &mut Tree, rng: &mut Rng) -> bool {
    take(tree, rng, &["KeyInfo", "X509Data"]).is_some()
}

fn attribute(tree: &mut Tree, rng: &mut Rng) -> bool {
    let parts = [
        "Signature",
        "SignedInfo",
        "SignatureValue",
        "KeyInfo",
        "Reference",
        "DigestValue",
        "Transforms",
        "Transform",
    ];
    let Some(path) = place_of(tree, rng, &parts) else {
        return false;
    };
    let Some(element) = tree.at_mut(&path) else {
        return false;
    };
    let (name, value) = rng.pick(&[
        ("Id", "s1"),
        ("Id", "body"),
        ("Type", "http://www.w3.org/2000/09/xmldsig#Manifest"),
        ("Type", "http://www.w3.org/2000/09/xmldsig#Object"),
        ("algorithm", "x"),
        ("unknown", ""),
        ("xml:lang", "en"),
        ("xmlns:x", DS),
    ]);
    element.attributes.push(Attribute::new(name, value));
    true
}
