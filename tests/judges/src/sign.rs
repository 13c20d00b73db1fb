//! Signing whatever stands in a template, however odd: the digests and the value are right, the rest is not asked about.
//!
//! References are resolved by any attribute and transforms are taken by their URI, apart from the verifier's own code; the canonical
//! octets are ours, so that each judge's agreement is a test of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::{DigestAlgorithm, SignatureAlgorithm};
use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::{Document, Element, XmlLimits};

use crate::keys::Key;
use crate::template::{DS, ENVELOPED};
use crate::view::{View, of_element};

/// A signed document, and what was signed in it.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The document.
    pub text: String,
    /// What each of its references is about.
    pub views: Vec<View>,
}

/// Fills a template in; `None` if there is nothing in it that could be signed.
pub fn sign(template: &str, key: &Key, algorithm: SignatureAlgorithm) -> Option<Signed> {
    let mut text = template.to_owned();
    // A digest may be of what another digest stands in: in the order of the numbers.
    while let Some(at) = text.find("@D") {
        let end = text[at + 1..].find('@')? + at + 2;
        let placeholder = text[at..end].to_owned();
        let document = parse(&text)?;
        let reference = all(&document, "Reference").find(|reference| {
            reference
                .child(Some(DS), "DigestValue")
                .is_some_and(|value| value.text().contains(&placeholder))
        })?;
        let digest = reference
            .child(Some(DS), "DigestMethod")?
            .attribute(None, "Algorithm")
            .and_then(DigestAlgorithm::from_uri)
            .filter(|digest| !digest.is_weak())?;
        let (subtree, method) = what(reference)?;
        let octets = canonicalize(&subtree, &method).ok()?;
        text = text.replace(&placeholder, &STANDARD.encode(digest.digest(&octets)));
    }
    let document = parse(&text)?;
    let signed_info = all(&document, "SignedInfo").find(|signed_info| {
        let beside = signed_info
            .parent()
            .and_then(|parent| parent.child(Some(DS), "SignatureValue"));
        beside.is_some_and(|value| value.text().contains("@V@"))
    })?;
    let method = method_of(signed_info.child(Some(DS), "CanonicalizationMethod")?)?;
    let octets = canonicalize(&Subtree::element(signed_info), &method).ok()?;
    let value = key.private.sign(algorithm, &octets).ok()?;
    let value = algorithm.value_to_xml(value).ok()?;
    let text = text.replace("@V@", &STANDARD.encode(value));
    let views = views(&text)?;
    Some(Signed { text, views })
}

/// What each reference of a document is about.
pub fn views(text: &str) -> Option<Vec<View>> {
    let document = parse(text)?;
    let views = all(&document, "Reference")
        .filter_map(|reference| {
            let signature = reference
                .ancestors_and_self()
                .find(|e| e.is(DS, "Signature"))?;
            let (subtree, _) = what(reference)?;
            of_element(subtree.apex(), signature)
        })
        .collect();
    Some(views)
}

fn parse(text: &str) -> Option<Document> {
    Document::parse(text.as_bytes(), &XmlLimits::default()).ok()
}

fn all<'d>(document: &'d Document, local: &'static str) -> impl Iterator<Item = Element<'d>> {
    document
        .root()
        .descendants()
        .filter(move |element| element.is(DS, local))
}

/// What a reference is about, and how it becomes octets (XMLDSig 1.1, §4.4.3).
fn what<'d>(reference: Element<'d>) -> Option<(Subtree<'d>, Method)> {
    let document = reference.document();
    let uri = reference.attribute(None, "URI")?;
    let mut subtree = match uri {
        "" => Subtree::document(document),
        _ => {
            let id = uri.strip_prefix('#')?;
            let root = document.root();
            let mut everything = std::iter::once(root).chain(root.descendants());
            Subtree::element(everything.find(|element| {
                element
                    .attributes()
                    .any(|a| a.value == id && a.local.eq_ignore_ascii_case("id"))
            })?)
        }
    };
    let mut method = Method::Inclusive;
    for transform in reference
        .descendants()
        .filter(|element| element.is(DS, "Transform"))
    {
        if transform.attribute(None, "Algorithm") == Some(ENVELOPED) {
            let signature = reference
                .ancestors_and_self()
                .find(|e| e.is(DS, "Signature"))?;
            subtree = subtree.without(signature.id());
        } else {
            method = method_of(transform)?;
        }
    }
    // §4.4.3.3: references into the same document select no comments.
    Some((subtree, method.without_comments()))
}

fn method_of(element: Element<'_>) -> Option<Method> {
    let method = Method::from_uri(element.attribute(None, "Algorithm")?)?;
    let list = element
        .children()
        .find_map(|child| child.attribute(None, "PrefixList"));
    match list {
        None => Some(method),
        Some(list) => {
            method.with_prefix_list(list.split_ascii_whitespace().map(str::to_owned).collect())
        }
    }
}
