//! Every document that is read has a canonical form, and that is its own canonical form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::{Document, XmlLimits};

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = Document::parse(bytes, &XmlLimits::default()) else {
        return;
    };
    // References take more room than the characters they stand for, and the other way round.
    let limits = XmlLimits {
        bytes_max: usize::MAX,
        ..XmlLimits::default()
    };
    for method in [
        Method::Inclusive,
        Method::InclusiveWithComments,
        Method::exclusive(),
        Method::Exclusive {
            inclusive_prefixes: vec!["p".to_owned(), "#default".to_owned()],
        },
    ] {
        let once =
            canonicalize(&Subtree::document(&document), &method).expect("a document is never void");
        let again = Document::parse(&once, &limits).expect("a canonical form is XML");
        assert_eq!(
            canonicalize(&Subtree::document(&again), &method).as_ref(),
            Ok(&once)
        );
    }
    for element in document.root().descendants().take(8) {
        for method in [Method::Inclusive, Method::Inclusive11, Method::exclusive()] {
            if let Ok(part) = canonicalize(&Subtree::element(element), &method) {
                Document::parse(&part, &limits).expect("the canonical form of a part is XML");
            }
        }
        let _ = canonicalize(
            &Subtree::document(&document).without(element.id()),
            &Method::Inclusive,
        );
    }
});
