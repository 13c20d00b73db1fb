//! No bytes make the reader panic, and what it reads is consistent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qaqpa_xml::{Document, XmlLimits};

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = Document::parse(bytes, &XmlLimits::default()) else {
        return;
    };
    let source = document.source();
    let root = document.root();
    for element in std::iter::once(root).chain(root.descendants()) {
        let span = element.span();
        assert!(source[span.clone()].starts_with('<') && source[span.clone()].ends_with('>'));
        if let Some(content) = element.content_span() {
            assert!(content.start > span.start && content.end < span.end);
        }
        if let Some(parent) = element.parent() {
            let around = parent.content_span().expect("a parent has content");
            assert!(around.start <= span.start && span.end <= around.end);
        }
        assert_eq!(document.node(element.id()), Some(element));
        assert!(element.is_within(&root));
        let _ = (element.text(), element.position());
        assert!(element.attributes().count() + element.declarations().count() <= 64);
    }
});
