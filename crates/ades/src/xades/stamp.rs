//! Level B-T: a time stamp over the signature's value (clause 5.3).

use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, Element, XmlLimits};
use qaqpa_xmldsig::{Bounds, FoundSignature, Profile, find_all_nested};

use super::error::XadesError;
use super::names::{DS, XADES};
use super::parts::to_base64;

/// The octets that a signature time stamp is about: the canonical `ds:SignatureValue`.
///
/// # Errors
/// [`XadesError::Malformed`] if there is no canonical form.
pub fn stamped_octets(found: &FoundSignature<'_>, method: &Method) -> Result<Vec<u8>, XadesError> {
    canonicalize(&Subtree::element(found.value_element()), method)
        .map_err(|_| XadesError::malformed("SignatureValue cannot be made canonical"))
}

/// Adds a token to the unsigned properties of one signature, by its place among those of the profile: level B-T.
///
/// The token must be about [`stamped_octets`] by exclusive C14N, which the property names. Every other byte of the
/// document stays, and every digest that matched before does so after.
///
/// # Errors
/// [`XadesError::Xml`] and [`XadesError::Signature`] if the document is not read; [`XadesError::SignatureMissing`];
/// [`XadesError::Absent`] if the signature has no qualifying properties; [`XadesError::WouldBreak`] if another
/// signature is about the place where the token goes.
pub fn add_timestamp(
    xml: &[u8],
    profile: Profile,
    place: usize,
    token_der: &[u8],
    limits: &XmlLimits,
) -> Result<Vec<u8>, XadesError> {
    let bounds = Bounds::default();
    let document = Document::parse(xml, limits)?;
    let before = find_all_nested(&document, profile, &bounds)?;
    let found = before
        .get(place)
        .ok_or(XadesError::SignatureMissing { place })?;
    let qualifying = found.qualifying_properties().ok_or(XadesError::Absent)?;
    let stamped = with_property(&document, qualifying, &property(token_der));
    let again = Document::parse(stamped.as_bytes(), limits)?;
    let after = find_all_nested(&again, profile, &bounds)?;
    let kept = before.len() == after.len()
        && before.iter().zip(&after).all(|(before, after)| {
            before.verify_digests().is_err() || after.verify_digests().is_ok()
        });
    if !kept {
        return Err(XadesError::WouldBreak);
    }
    Ok(stamped.into_bytes())
}

/// `SignatureTimeStamp`, which declares what it uses.
fn property(token_der: &[u8]) -> String {
    let mut xml = Writer::new();
    xml.start("xades:SignatureTimeStamp")
        .attribute("xmlns:xades", XADES)
        .attribute("xmlns:ds", DS);
    xml.start("ds:CanonicalizationMethod")
        .attribute("Algorithm", Method::exclusive().uri())
        .end();
    xml.leaf("xades:EncapsulatedTimeStamp", &to_base64(token_der));
    xml.finish()
}

/// The document with one more unsigned property of the signature, inside the elements that are there or with new ones.
fn with_property(document: &Document, qualifying: Element<'_>, property: &str) -> String {
    let unsigned = qualifying.child(Some(XADES), "UnsignedProperties");
    let of_signature =
        unsigned.and_then(|unsigned| unsigned.child(Some(XADES), "UnsignedSignatureProperties"));
    match (unsigned, of_signature) {
        (_, Some(of_signature)) => inserted(document, of_signature, property, false),
        (Some(unsigned), None) => {
            // Before those of data objects (clauses 4.3.3, 4.3.6, 4.3.7).
            let group = wrapped("UnsignedSignatureProperties", property);
            inserted(document, unsigned, &group, true)
        }
        (None, None) => {
            let group = wrapped("UnsignedSignatureProperties", property);
            let all = wrapped("UnsignedProperties", &group);
            inserted(document, qualifying, &all, false)
        }
    }
}

fn wrapped(local: &str, markup: &str) -> String {
    format!("<xades:{local} xmlns:xades=\"{XADES}\">{markup}</xades:{local}>")
}

/// The document with markup at the beginning or the end of an element's content; `<a/>` is opened.
fn inserted(document: &Document, element: Element<'_>, markup: &str, at_start: bool) -> String {
    let source = document.source();
    match element.content_span() {
        Some(content) => {
            let at = if at_start { content.start } else { content.end };
            format!("{}{markup}{}", &source[..at], &source[at..])
        }
        None => {
            let end = element.span().end;
            let name = match element.prefix() {
                Some(prefix) => format!("{prefix}:{}", element.name()),
                None => element.name().to_owned(),
            };
            format!(
                "{}>{markup}</{name}>{}",
                &source[..end - "/>".len()],
                &source[end..]
            )
        }
    }
}
