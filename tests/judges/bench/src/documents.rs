//! The documents that are measured: enveloped signatures with exclusive C14N, RSA-2048 and SHA-256.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::SignatureAlgorithm;
use qaqpa_judges::keys::Key;
use qaqpa_judges::sign::sign;

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// A document with about so many bytes of small elements.
pub fn small_elements(bytes: usize) -> String {
    let mut xml = String::from(
        "<application xmlns=\"urn:qaqpa:document:1\" xmlns:f=\"urn:qaqpa:form:1\" version=\"1\">\n",
    );
    let mut number = 0_u32;
    while xml.len() < bytes {
        number += 1;
        let _ = write!(
            xml,
            "  <f:field name=\"ward{number}\" code=\"{}\"><f:value>Әлиева {number} &amp; A</f:value></f:field>\n",
            number % 97
        );
    }
    xml.push_str("</application>");
    xml
}

/// A document with one attachment: about so many bytes of base64 in lines.
pub fn attachment(bytes: usize) -> String {
    let octets: Vec<u8> = (0..bytes / 77 * 57)
        .map(|i| (i * 7919 % 251) as u8)
        .collect();
    let text = STANDARD.encode(octets);
    let mut xml = String::with_capacity(bytes + 1024);
    xml.push_str("<application xmlns=\"urn:qaqpa:document:1\" version=\"1\">\n  <content name=\"scan.pdf\">\n");
    for start in (0..text.len()).step_by(76) {
        xml.push_str(&text[start..(start + 76).min(text.len())]);
        xml.push('\n');
    }
    xml.push_str("</content>\n</application>");
    xml
}

/// The document with a signature that waits for its values; `certificate` is shown in it.
pub fn template(xml: &str, certificate: &[u8], (digest, value): (&str, &str)) -> String {
    let algorithm = SignatureAlgorithm::RsaSha256;
    let signature = format!(
        "<ds:Signature xmlns:ds=\"{DS}\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"/>\
         <ds:SignatureMethod Algorithm=\"{}\"/><ds:Reference URI=\"\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{DS}enveloped-signature\"/><ds:Transform Algorithm=\"{EXCLUSIVE}\"/></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{}\"/><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>\
         <ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate>\
         </ds:X509Data></ds:KeyInfo></ds:Signature>",
        algorithm.uri(),
        algorithm.digest().uri(),
        STANDARD.encode(certificate),
    );
    let end = xml.rfind("</").unwrap_or(xml.len());
    format!("{}{signature}{}", &xml[..end], &xml[end..])
}

/// The document, signed.
pub fn signed(xml: &str, key: &Key) -> Vec<u8> {
    let template = template(xml, &key.certificate, ("@D0@", "@V@"));
    let signed = sign(&template, key, SignatureAlgorithm::RsaSha256);
    signed
        .expect("the documents of the benches can be signed")
        .text
        .into_bytes()
}
