//! Signed documents: the seeds are signed with a key that was thrown away, so that nothing else can be right.

use qaqpa_ades::xades;
use qaqpa_model::Moment;
use qaqpa_x509::Certificate;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{
    Bounds, CoveredElement, FoundSignature, SignatureError, find_by_id, find_enveloped, find_wsse,
};

/// The public half of the key that signed the seeds; nobody has the other half.
const SPKI: &[u8] = crate::seed!("key.spki");
/// What the seeds read as, one after the other.
const READINGS: &str = include_str!("../seeds/readings.txt");
/// The same of the seeds of XAdES, and their signer's certificate.
const XADES_READINGS: &str = include_str!("../seeds/xades_verify/readings.txt");
const SIGNER: &[u8] = crate::seed!("xades_verify/signer.cer");

/// A document is accepted by its enveloped or its detached signature only if it reads as one of the signed seeds.
pub fn xmldsig_verify(bytes: &[u8]) {
    judge(bytes, &[find_enveloped, find_by_id]);
}

/// A SOAP envelope is accepted by its transport signature only if its body reads as one of the signed seeds.
pub fn wsse_verify(bytes: &[u8]) {
    judge(bytes, &[find_wsse]);
}

/// Properties of a signature are confirmed only if they are those of the seed, and then the document reads as it.
pub fn xades_verify(bytes: &[u8]) {
    let Ok(document) = Document::parse(bytes, &XmlLimits::default()) else {
        return;
    };
    let certificate = Certificate::from_der(SIGNER).expect("the seed is a certificate");
    for find in [find_enveloped, find_by_id] as [Find; 2] {
        let Ok(found) = find(&document, &Bounds::default()) else {
            continue;
        };
        let (claimed, covered) = (xades::read(&found), found.cover(certificate.spki_der()));
        let Ok(claimed) = claimed else {
            continue;
        };
        let _ = claimed.unproven().time_stamps.len();
        let Ok(covered) = covered else {
            continue;
        };
        let reading = reading(covered.root());
        assert!(XADES_READINGS.contains(&reading), "accepted: {reading}");
        if let Ok(properties) = claimed.confirm(&covered, &certificate) {
            assert_eq!(properties.signing_time, Some(Moment::ROOT_BEGIN));
            assert!(properties.other_signed.is_empty());
        }
    }
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
