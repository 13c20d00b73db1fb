//! XAdES: B-B and B-T are made and read; what does not belong together is refused exactly.

mod made;
mod refused;
mod stamps;

use qaqpa_ades::xades::{Content, Settings, XadesError, read, sign_b_b};
use qaqpa_x509::Certificate;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, Options, PropertiesToSign, find_enveloped, sign_enveloped_with};

use crate::people::{People, Person, at};

pub(super) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
pub(super) const APPLICATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<application xmlns=\"urn:qaqpa:document:1\" \
    Id=\"app\">\n  <iin>931002451325</iin>\n</application>\n";

pub(super) fn limits() -> XmlLimits {
    XmlLimits::default()
}

pub(super) fn parse(xml: &str) -> Document {
    Document::parse(xml.as_bytes(), &limits()).unwrap_or_else(|e| panic!("{e}: {xml}"))
}

pub(super) fn sign(xml: &str, content: &Content, person: &Person, settings: &Settings) -> String {
    let signed = sign_b_b(
        xml.as_bytes(),
        content,
        &person.signer(),
        settings,
        &limits(),
    );
    String::from_utf8(signed.unwrap()).unwrap()
}

pub(super) fn signed() -> String {
    let settings = Settings::new("s1", at());
    sign(
        APPLICATION,
        &Content::Enveloped,
        &People::all().signer,
        &settings,
    )
}

/// A signature whose properties are whatever a test writes.
pub(super) fn with_properties(
    markup: &str,
    signed_id: &str,
) -> Result<String, qaqpa_xmldsig::SignError> {
    let options = Options {
        properties: Some(PropertiesToSign {
            markup: markup.to_owned(),
            signed_id: signed_id.to_owned(),
        }),
        ..Options::with_id("s1")
    };
    let signer = People::all().signer.signer();
    sign_enveloped_with(APPLICATION.as_bytes(), &signer, &options, &limits())
        .map(|signed| String::from_utf8(signed).unwrap())
}

/// The properties that the library writes, as they stand in a signed document.
pub(super) fn own_properties() -> String {
    let xml = signed();
    let start = xml.find("<xades:QualifyingProperties").unwrap();
    let end = xml.find("</ds:Object>").unwrap();
    xml[start..end].to_owned()
}

pub(super) fn confirm(xml: &str, certificate: &Certificate) -> Result<(), XadesError> {
    let document = parse(xml);
    let found = find_enveloped(&document, &Bounds::default())?;
    let covered = found.cover(People::all().signer.certificate.spki_der())?;
    read(&found)?.confirm(&covered, certificate).map(|_| ())
}

pub(super) fn refused(xml: &str) -> XadesError {
    confirm(xml, &People::all().signer.certificate).unwrap_err()
}

pub(super) fn malformed(why: &str) -> XadesError {
    XadesError::Malformed {
        why: why.to_owned(),
    }
}
