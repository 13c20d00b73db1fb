//! The markup of a signature, and the two passes that fill it.

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, Element, XmlLimits};

use super::Signer;
use crate::base64;
use crate::error::SignError;
use crate::names::DS;

/// Everything in a signature but its value.
pub(crate) struct Template<'a> {
    /// `Id` of `ds:Signature`.
    pub(crate) signature_id: Option<String>,
    /// `Id` of `ds:KeyInfo`.
    pub(crate) key_info_id: Option<String>,
    /// The canonicalization of `SignedInfo`.
    pub(crate) canonicalization: Method,
    /// The URI of the one reference.
    pub(crate) uri: String,
    /// The URIs of its transforms.
    pub(crate) transforms: &'a [&'a str],
    /// Its digest.
    pub(crate) digest: DigestAlgorithm,
    /// The digest's value.
    pub(crate) digest_value: Vec<u8>,
    /// What stands inside `ds:KeyInfo`.
    pub(crate) key_info: String,
    /// How base64 is laid out.
    pub(crate) base64: fn(&[u8]) -> String,
}

/// Puts the signature between two parts of a document and fills in its value.
pub(crate) fn sign_between(
    before: &str,
    template: &Template<'_>,
    after: &str,
    signer: &Signer<'_>,
    limits: &XmlLimits,
) -> Result<Vec<u8>, SignError> {
    // First pass: `SignedInfo` is made canonical at its place, where it inherits namespaces.
    let unsigned = format!("{before}{}{after}", markup(template, signer, ""));
    let document = Document::parse(unsigned.as_bytes(), limits)?;
    let signed_info = signature_at(&document, before.len())
        .and_then(|signature| signature.child(Some(DS), "SignedInfo"))
        .ok_or(SignError::Structure {
            why: "the signature was lost in its document",
        })?;
    let octets = canonicalize(&Subtree::element(signed_info), &template.canonicalization)?;
    let value = signer.key.sign(signer.algorithm, &octets)?;
    let value = signer.algorithm.value_to_xml(value)?;
    // Second pass: the value.
    let value = (template.base64)(&value);
    Ok(format!("{before}{}{after}", markup(template, signer, &value)).into_bytes())
}

fn signature_at(document: &Document, offset: usize) -> Option<Element<'_>> {
    document
        .root()
        .descendants()
        .find(|element| element.span().start == offset)
}

fn markup(template: &Template<'_>, signer: &Signer<'_>, value: &str) -> String {
    let mut xml = Writer::new();
    xml.start("ds:Signature").attribute("xmlns:ds", DS);
    if let Some(id) = &template.signature_id {
        xml.attribute("Id", id);
    }
    xml.start("ds:SignedInfo");
    method(
        &mut xml,
        "ds:CanonicalizationMethod",
        template.canonicalization.uri(),
    );
    method(&mut xml, "ds:SignatureMethod", signer.algorithm.uri());
    xml.start("ds:Reference").attribute("URI", &template.uri);
    xml.start("ds:Transforms");
    for transform in template.transforms {
        method(&mut xml, "ds:Transform", transform);
    }
    xml.end();
    method(&mut xml, "ds:DigestMethod", template.digest.uri());
    xml.leaf("ds:DigestValue", &base64::one_line(&template.digest_value));
    xml.end().end();
    xml.leaf("ds:SignatureValue", value);
    xml.start("ds:KeyInfo");
    if let Some(id) = &template.key_info_id {
        xml.attribute("Id", id);
    }
    xml.raw(&template.key_info);
    xml.end().end();
    xml.finish()
}

fn method(xml: &mut Writer, name: &str, uri: &str) {
    xml.start(name).attribute("Algorithm", uri).end();
}

/// `ds:X509Data` with the signer's certificate, in lines.
pub(crate) fn x509_data(signer: &Signer<'_>) -> String {
    let mut xml = Writer::new();
    xml.start("ds:X509Data");
    xml.leaf(
        "ds:X509Certificate",
        &base64::wrapped(signer.certificate_der),
    );
    xml.finish()
}

/// The document before and after the place where its root ends: `<a/>` is opened.
pub(crate) fn split_at_root_end(document: &Document) -> (String, String) {
    let source = document.source();
    let root = document.root();
    match root.content_span() {
        Some(content) => (
            source[..content.end].to_owned(),
            source[content.end..].to_owned(),
        ),
        None => {
            let start_tag_end = root.span().end - "/>".len();
            let name = match root.prefix() {
                Some(prefix) => format!("{prefix}:{}", root.name()),
                None => root.name().to_owned(),
            };
            (
                format!("{}>", source[..start_tag_end].trim_end()),
                format!("</{name}>{}", &source[root.span().end..]),
            )
        }
    }
}
