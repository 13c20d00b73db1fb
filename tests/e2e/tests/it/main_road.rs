//! The main road as a newcomer takes it, and what another judge says of the document at its end.

use std::path::{Path, PathBuf};

use qaqpa_x509::Certificate;
use qaqpa_xml::{Document, Element, Node, XmlLimits};
use qaqpa_xmldsig::{Bounds, find_enveloped};

use crate::stand::{self, judge};

const PATH: &str = "process 1 → condition 1 → process 3 → condition 2 → process 5 → process 6 → condition 3 → process 8";

#[test]
fn the_main_road_ends_with_a_document_that_xmlsec1_verifies_and_no_byte_of_which_can_change() {
    let data = stand::fresh_folder("main-road");
    let said = stand::qaqpa_yes(&data, &["--port-base", "0", "up", "--play", "--once"]);
    assert!(said.lines().any(|line| line == PATH), "{said}");
    let document = said
        .lines()
        .find_map(|line| line.strip_prefix("document: "))
        .unwrap();
    let document = PathBuf::from(document);
    assert!(document.is_absolute());
    let trust = split_trust(&data);
    assert!(
        xmlsec1_accepts(&document, &trust),
        "xmlsec1 refuses {}",
        document.display()
    );

    let signed = std::fs::read(&document).unwrap();
    assert!(we_accept(&signed));
    let places = signed_text_bytes(&signed);
    assert!(
        places.len() > 200,
        "the document has text: {}",
        places.len()
    );
    let changed = data.join("changed.xml");
    let mut accepted = Vec::new();
    for place in places {
        let mut bytes = signed.clone();
        bytes[place] ^= 1;
        std::fs::write(&changed, &bytes).unwrap();
        if we_accept(&bytes) {
            accepted.push(format!("ours at {place}"));
        }
        if xmlsec1_accepts(&changed, &trust) {
            accepted.push(format!("xmlsec1 at {place}"));
        }
    }
    assert_eq!(accepted, Vec::<String>::new());
}

/// Root and issuing authority as files of their own, as xmlsec1 wants them.
fn split_trust(data: &Path) -> (PathBuf, PathBuf) {
    let pem = std::fs::read(data.join("trust/signature.pem")).unwrap();
    let all = Certificate::chain_from_pem(&pem).unwrap();
    let (roots, issuing): (Vec<_>, Vec<_>) = all.into_iter().partition(Certificate::is_self_issued);
    let (root_file, issuing_file) = (data.join("root.pem"), data.join("issuing.pem"));
    std::fs::write(&root_file, roots[0].to_pem()).unwrap();
    std::fs::write(&issuing_file, issuing[0].to_pem()).unwrap();
    (root_file, issuing_file)
}

fn xmlsec1_accepts(document: &Path, (root, issuing): &(PathBuf, PathBuf)) -> bool {
    judge(
        "xmlsec1",
        &[
            "--verify",
            "--enabled-reference-uris",
            "empty",
            "--trusted-pem",
            root.to_str().unwrap(),
            "--untrusted-pem",
            issuing.to_str().unwrap(),
            document.to_str().unwrap(),
        ],
    )
    .status
    .success()
}

/// Our own verification of value, digests and scope, with the key of the certificate inside.
fn we_accept(bytes: &[u8]) -> bool {
    let Ok(document) = Document::parse(bytes, &XmlLimits::default()) else {
        return false;
    };
    let Ok(found) = find_enveloped(&document, &Bounds::default()) else {
        return false;
    };
    let Ok(certificate) = Certificate::from_der(&found.certificates()[0]) else {
        return false;
    };
    found.cover(certificate.spki_der()).is_ok()
}

/// Where the bytes of the text nodes stand that are not part of the signature itself.
fn signed_text_bytes(bytes: &[u8]) -> Vec<usize> {
    let document = Document::parse(bytes, &XmlLimits::default()).unwrap();
    let mut places = Vec::new();
    for element in std::iter::once(document.root()).chain(document.root().descendants()) {
        if is_in_signature(element) || element.children().next().is_some() {
            continue;
        }
        let has_text = element.nodes().any(|node| matches!(node, Node::Text(_)));
        if !has_text {
            continue;
        }
        let span = element.span();
        let source = &bytes[span.clone()];
        let open = source.iter().position(|byte| *byte == b'>').unwrap() + 1;
        let close = source.windows(2).rposition(|pair| pair == b"</").unwrap();
        places.extend(span.start + open..span.start + close);
    }
    places
}

fn is_in_signature(element: Element<'_>) -> bool {
    let mut at = Some(element);
    while let Some(here) = at {
        if here.name() == "Signature" {
            return true;
        }
        at = here.parent();
    }
    false
}
