//! The markup of a signature, and the passes that fill it.

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_xml::c14n::{Method, Subtree, canonicalize, canonicalize_into};
use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, Element, XmlLimits};

use super::{Options, Signer};
use crate::base64;
use crate::digests::Hash;
use crate::error::SignError;
use crate::ids;
use crate::names::{DS, ENVELOPED, FILTER2, SIGNED_PROPERTIES};

/// Everything in a signature but its value.
pub(crate) struct Template<'a> {
    /// Its Ids and its Object.
    pub(crate) options: &'a Options,
    /// `Id` of `ds:Signature`, where the options have none.
    pub(crate) signature_id: Option<String>,
    /// `Id` of `ds:KeyInfo`.
    pub(crate) key_info_id: Option<String>,
    /// The canonicalization of `SignedInfo`.
    pub(crate) canonicalization: Method,
    /// The root that the signature becomes a child of, where the canonicalization is inclusive; or an element that
    /// declares what `KeyInfo` uses.
    pub(crate) root: Option<RootTags>,
    /// The references, without the one to the signed properties.
    pub(crate) references: Vec<ReferenceToSign>,
    /// What stands inside `ds:KeyInfo`.
    pub(crate) key_info: String,
    /// How base64 is laid out.
    pub(crate) base64: fn(&[u8]) -> String,
}

/// The tags of a root, without what it holds.
pub(crate) struct RootTags {
    pub(crate) start_tag: String,
    pub(crate) end_tag: String,
}

impl RootTags {
    pub(crate) fn of(document: &Document) -> Self {
        let source = document.source();
        let root = document.root();
        let start_tag = match root.content_span() {
            Some(content) => source[root.span().start..content.start].to_owned(),
            None => {
                let end = root.span().end - "/>".len();
                format!("{}>", &source[root.span().start..end])
            }
        };
        let end_tag = match root.prefix() {
            Some(prefix) => format!("</{prefix}:{}>", root.name()),
            None => format!("</{}>", root.name()),
        };
        Self { start_tag, end_tag }
    }
}

/// A reference with its digest.
pub(crate) struct ReferenceToSign {
    pub(crate) uri: String,
    pub(crate) kind: Option<&'static str>,
    pub(crate) transforms: Vec<TransformToSign>,
    pub(crate) digest: DigestAlgorithm,
    pub(crate) digest_value: Vec<u8>,
}

/// A transform.
#[derive(Clone, Debug)]
pub(crate) enum TransformToSign {
    Canonicalization(Method),
    Enveloped,
    SubtractSignatures,
}

impl ReferenceToSign {
    /// A reference to an element as it is, by its Id.
    pub(crate) fn to_element(
        element: Element<'_>,
        uri: String,
        method: Method,
        digest: DigestAlgorithm,
    ) -> Result<Self, SignError> {
        // The octets are never all in memory, as where they are verified.
        let mut hash = Hash(digest.hasher());
        canonicalize_into(
            &Subtree::element(element),
            &method.clone().without_comments(),
            &mut hash,
        )?;
        Ok(Self {
            uri,
            kind: None,
            transforms: vec![TransformToSign::Canonicalization(method)],
            digest,
            digest_value: hash.0.finish(),
        })
    }
}

/// Puts the signature between two parts of a document and fills in its value.
pub(crate) fn sign_between(
    before: &str,
    mut template: Template<'_>,
    after: &str,
    signer: &Signer<'_>,
    limits: &XmlLimits,
) -> Result<Vec<u8>, SignError> {
    template.options.check()?;
    if let Some(properties) = &template.options.properties {
        // The digest of the signed properties, at their place.
        let draft = format!("{before}{}{after}", markup(&template, signer, ""));
        let document = Document::parse(draft.as_bytes(), limits)?;
        let uri = format!("#{}", properties.signed_id);
        let signed = ids::resolve(&document, &uri).map_err(|_| SignError::Structure {
            why: "not exactly one element has the Id of the signed properties",
        })?;
        let digest = signer.algorithm.digest();
        let mut reference = ReferenceToSign::to_element(signed, uri, Method::exclusive(), digest)?;
        reference.kind = Some(SIGNED_PROPERTIES);
        template.references.push(reference);
    }
    // `SignedInfo` is made canonical where it inherits the namespaces of its place. It inherits nothing by exclusive
    // C14N, and the root's otherwise: whatever else the document holds need not be read a second time.
    let (open, close) = match &template.root {
        None => (String::new(), String::new()),
        Some(root) => (root.start_tag.clone(), root.end_tag.clone()),
    };
    let place = format!("{open}{}{close}", markup(&template, signer, ""));
    let document = Document::parse(place.as_bytes(), limits)?;
    let signed_info = signature_at(&document, open.len())
        .and_then(|signature| signature.child(Some(DS), "SignedInfo"))
        .ok_or(SignError::Structure {
            why: "the signature was lost in its document",
        })?;
    let octets = canonicalize(&Subtree::element(signed_info), &template.canonicalization)?;
    let value = signer.key.sign(signer.algorithm, &octets)?;
    let value = signer.algorithm.value_to_xml(value)?;
    let value = (template.base64)(&value);
    Ok(format!("{before}{}{after}", markup(&template, signer, &value)).into_bytes())
}

fn signature_at(document: &Document, offset: usize) -> Option<Element<'_>> {
    let root = document.root();
    std::iter::once(root)
        .chain(root.descendants())
        .find(|element| element.span().start == offset)
}

fn markup(template: &Template<'_>, signer: &Signer<'_>, value: &str) -> String {
    let id = template.options.id.as_deref();
    let mut xml = Writer::new();
    xml.start("ds:Signature").attribute("xmlns:ds", DS);
    if let Some(id) = id.or(template.signature_id.as_deref()) {
        xml.attribute("Id", id);
    }
    xml.start("ds:SignedInfo");
    method(
        &mut xml,
        "ds:CanonicalizationMethod",
        template.canonicalization.uri(),
    );
    method(&mut xml, "ds:SignatureMethod", signer.algorithm.uri());
    for (number, reference) in (1..).zip(&template.references) {
        xml.start("ds:Reference");
        if let Some(id) = id {
            xml.attribute("Id", &Options::reference_id(id, number));
        }
        if let Some(kind) = reference.kind {
            xml.attribute("Type", kind);
        }
        xml.attribute("URI", &reference.uri);
        xml.start("ds:Transforms");
        for transform in &reference.transforms {
            match transform {
                TransformToSign::Canonicalization(wanted) => {
                    method(&mut xml, "ds:Transform", wanted.uri());
                }
                TransformToSign::Enveloped => method(&mut xml, "ds:Transform", ENVELOPED),
                TransformToSign::SubtractSignatures => subtract_signatures(&mut xml),
            }
        }
        xml.end();
        method(&mut xml, "ds:DigestMethod", reference.digest.uri());
        xml.leaf("ds:DigestValue", &base64::one_line(&reference.digest_value));
        xml.end();
    }
    xml.end();
    xml.start("ds:SignatureValue");
    if let Some(id) = id {
        xml.attribute("Id", &Options::value_id(id));
    }
    xml.text(value).end();
    xml.start("ds:KeyInfo");
    if let Some(id) = &template.key_info_id {
        xml.attribute("Id", id);
    }
    xml.raw(&template.key_info).end();
    if let Some(properties) = &template.options.properties {
        xml.start("ds:Object").raw(&properties.markup).end();
    }
    xml.end();
    xml.finish()
}

fn method(xml: &mut Writer, name: &str, uri: &str) {
    xml.start(name).attribute("Algorithm", uri).end();
}

/// XPath Filter 2.0, §3: everything but the signatures.
fn subtract_signatures(xml: &mut Writer) {
    xml.start("ds:Transform").attribute("Algorithm", FILTER2);
    xml.start("xpf:XPath")
        .attribute("xmlns:xpf", FILTER2)
        .attribute("Filter", "subtract")
        .text("/descendant::ds:Signature")
        .end();
    xml.end();
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
