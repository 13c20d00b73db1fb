//! A signer without scruples: signs whatever structure a test writes.
//!
//! The template is a document with `@D0@`, `@D1@` … where the digests of its References go in order,
//! `@V@` where the value goes and `@C@` where the certificate goes. It is written apart from the code
//! under test: references are resolved by any attribute, transforms are taken by their URI.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::{DigestAlgorithm, SignatureAlgorithm};
use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::{Document, Element};

use crate::people::{Person, parse};

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

pub(crate) const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
pub(crate) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
pub(crate) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub(crate) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// One `ds:Reference` of a template.
pub(crate) fn reference(number: usize, uri: &str, transforms: &[&str]) -> String {
    let transforms: String = transforms
        .iter()
        .map(|uri| format!("<ds:Transform Algorithm=\"{uri}\"/>"))
        .collect();
    let transforms = if transforms.is_empty() {
        String::new()
    } else {
        format!("<ds:Transforms>{transforms}</ds:Transforms>")
    };
    format!(
        "<ds:Reference URI=\"{uri}\">{transforms}<ds:DigestMethod Algorithm=\"{SHA256}\"/>\
         <ds:DigestValue>@D{number}@</ds:DigestValue></ds:Reference>"
    )
}

/// A `ds:Signature` of a template, with these References.
pub(crate) fn signature(canonicalization: &str, references: &str) -> String {
    signature_with(
        canonicalization,
        references,
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>@C@</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
    )
}

/// The same with a `KeyInfo` of the test's choice (or something else after the value).
pub(crate) fn signature_with(canonicalization: &str, references: &str, rest: &str) -> String {
    format!(
        "<ds:Signature xmlns:ds=\"{DS}\"><ds:SignedInfo>\
         <ds:CanonicalizationMethod Algorithm=\"{canonicalization}\"/>\
         <ds:SignatureMethod Algorithm=\"{RSA_SHA256}\"/>{references}</ds:SignedInfo>\
         <ds:SignatureValue>@V@</ds:SignatureValue>{rest}</ds:Signature>"
    )
}

/// Fills a template in.
pub(crate) fn forge(template: &str, person: &Person) -> String {
    let mut xml = template.replace("@C@", &STANDARD.encode(&person.certificate_der));
    for number in 0..16 {
        if !xml.contains(&format!("@D{number}@")) {
            continue;
        }
        let document = parse(&xml);
        let reference = find_all(&document, "Reference")[number];
        let digest = STANDARD.encode(DigestAlgorithm::Sha256.digest(&octets(reference)));
        xml = xml.replace(&format!("@D{number}@"), &digest);
    }
    let value = {
        let document = parse(&xml);
        let signed_info = find_all(&document, "SignedInfo")
            .into_iter()
            .next_back()
            .unwrap();
        let uri = signed_info
            .child(Some(DS), "CanonicalizationMethod")
            .and_then(|method| method.attribute(None, "Algorithm"))
            .unwrap();
        let method = Method::from_uri(uri).unwrap_or(Method::Inclusive);
        let octets = canonicalize(&Subtree::element(signed_info), &method).unwrap();
        person
            .key
            .sign(SignatureAlgorithm::RsaSha256, &octets)
            .unwrap()
    };
    xml.replace("@V@", &STANDARD.encode(value))
}

fn octets(reference: Element<'_>) -> Vec<u8> {
    let document = reference.document();
    let uri = reference.attribute(None, "URI").unwrap_or_default();
    let mut subtree = match uri.strip_prefix('#') {
        None => Subtree::document(document),
        Some(id) => Subtree::element(
            document
                .root()
                .descendants()
                .chain(std::iter::once(document.root()))
                .find(|e| e.attributes().any(|a| a.value == id))
                .unwrap_or_else(|| document.root()),
        ),
    };
    let mut method = Method::Inclusive;
    for transform in reference.descendants().filter(|e| e.name() == "Transform") {
        let uri = transform.attribute(None, "Algorithm").unwrap_or_default();
        // Of XPath Filter 2.0 whatever is written: with one signature, the subtraction of all is that of this one.
        if uri == ENVELOPED || uri == "http://www.w3.org/2002/06/xmldsig-filter2" {
            let signature = reference
                .ancestors_and_self()
                .find(|e| e.is(DS, "Signature"))
                .unwrap();
            subtree = subtree.without(signature.id());
        } else if let Some(named) = Method::from_uri(uri) {
            let prefixes = transform
                .children()
                .find_map(|child| child.attribute(None, "PrefixList"))
                .map(|list| {
                    list.split_whitespace()
                        .map(str::to_owned)
                        .collect::<Vec<_>>()
                });
            method = match prefixes {
                Some(prefixes) => named.clone().with_prefix_list(prefixes).unwrap_or(named),
                None => named,
            };
        }
    }
    canonicalize(&subtree, &method.without_comments()).unwrap()
}

fn find_all<'d>(document: &'d Document, local: &str) -> Vec<Element<'d>> {
    document
        .root()
        .descendants()
        .filter(|e| e.is(DS, local))
        .collect()
}
