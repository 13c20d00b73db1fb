//! Signed documents: the seeds are signed with a key that was thrown away, so that nothing else can be right.

use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{
    Bounds, CoveredElement, FoundSignature, SignatureError, find_by_id, find_enveloped, find_wsse,
};

/// The public half of the key that signed the seeds; nobody has the other half.
const SPKI: &[u8] = crate::seed!("key.spki");
/// What the seeds read as, one after the other.
const READINGS: &str = include_str!("../seeds/readings.txt");

/// A document is accepted by its enveloped or its detached signature only if it reads as one of the signed seeds.
pub fn xmldsig_verify(bytes: &[u8]) {
    judge(bytes, &[find_enveloped, find_by_id]);
}

/// A SOAP envelope is accepted by its transport signature only if its body reads as one of the signed seeds.
pub fn wsse_verify(bytes: &[u8]) {
    judge(bytes, &[find_wsse]);
}

type Find = for<'d> fn(&'d Document, &Bounds) -> Result<FoundSignature<'d>, SignatureError>;

fn judge(bytes: &[u8], ways: &[Find]) {
    let Ok(document) = Document::parse(bytes, &XmlLimits::default()) else {
        return;
    };
    for find in ways {
        let Ok(found) = find(&document, &Bounds::default()) else {
            continue;
        };
        let _ = (
            found.verify_scope(),
            found.verify_value(SPKI),
            found.signed_references(),
            found.certificates(),
            found.issuer_serial(),
        );
        if let Ok(covered) = found.cover(SPKI) {
            let reading = reading(covered.root());
            assert!(READINGS.contains(&reading), "accepted: {reading}");
        }
    }
}

/// Names, attributes and texts of all that is covered.
#[must_use]
pub fn reading(root: CoveredElement<'_>) -> String {
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
