//! Nothing is accepted that does not read as one of the signed seeds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, CoveredElement, find_by_id, find_enveloped, find_wsse};

/// The public half of the key that signed the seeds; nobody has the other half.
const SPKI: &[u8] = include_bytes!("../seeds/key.spki");
/// What the seeds read as, one after the other.
const READINGS: &str = include_str!("../seeds/readings.txt");

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = Document::parse(bytes, &XmlLimits::default()) else {
        return;
    };
    let bounds = Bounds::default();
    for find in [find_enveloped, find_by_id, find_wsse] {
        let Ok(found) = find(&document, &bounds) else {
            continue;
        };
        let _ = (
            found.verify_scope(),
            found.verify_value(SPKI),
            found.signed_references(),
        );
        if let Ok(covered) = found.cover(SPKI) {
            let reading = reading(covered.root());
            assert!(READINGS.contains(&reading), "accepted: {reading}");
        }
    }
});

/// Names, attributes and texts of all that is covered.
fn reading(root: CoveredElement<'_>) -> String {
    let mut lines = String::new();
    for element in std::iter::once(root).chain(root.descendants()) {
        let mut attributes: Vec<_> = element
            .attributes()
            .map(|a| format!("{:?} {}={:?}", a.namespace, a.local, a.value))
            .collect();
        attributes.sort();
        lines.push_str(&format!(
            "{:?} {} {attributes:?} {:?}\n",
            element.namespace(),
            element.name(),
            element.text()
        ));
    }
    lines
}
