//! The forge: signatures written by hand, by somebody who holds the citizen's key and bends one rule.
//!
//! Defaults are those of the national profile and verify; a case changes one field.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::{PrivateKey, SignatureAlgorithm, sha256};
use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::{Document, Element, XmlLimits};

use crate::stand::{Stand, keys};

pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
pub(crate) const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
pub(crate) const C14N_COMMENTS: &str =
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
pub(crate) const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub(crate) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
/// Where the signature goes in a template.
pub(crate) const HERE: &str = "<!--signature-->";

/// One reference to write.
#[derive(Clone)]
pub(crate) struct Reference {
    /// Attributes as they are written: ` URI=""`.
    pub(crate) attributes: String,
    /// The content of `Transforms`; no such element where it is empty.
    pub(crate) transforms: String,
    pub(crate) digest_method: String,
    /// Base64; `None` to compute it over the target.
    pub(crate) digest: Option<String>,
}

impl Reference {
    pub(crate) fn to(uri: &str, transforms: &[&str]) -> Self {
        Self {
            attributes: format!(" URI=\"{uri}\""),
            transforms: transforms.iter().map(|uri| transform(uri)).collect(),
            digest_method: SHA256.to_owned(),
            digest: None,
        }
    }
}

pub(crate) fn transform(uri: &str) -> String {
    format!("<Transform Algorithm=\"{uri}\"></Transform>")
}

/// A signature to write. `ds:` is the default namespace inside it.
#[derive(Clone)]
pub(crate) struct Forge {
    pub(crate) canonicalization: String,
    /// The whole `SignatureMethod` element's algorithm.
    pub(crate) method: String,
    /// The content of `SignatureMethod`.
    pub(crate) method_content: String,
    pub(crate) references: Vec<Reference>,
    /// The content of `KeyInfo`; `None` for no such element.
    pub(crate) key_info: Option<String>,
    /// What follows `KeyInfo`.
    pub(crate) tail: String,
    pub(crate) key: &'static PrivateKey,
}

impl Forge {
    pub(crate) fn new(stand: &Stand) -> Self {
        Self {
            canonicalization: C14N.to_owned(),
            method: RSA_SHA256.to_owned(),
            method_content: String::new(),
            references: vec![Reference::to("", &[ENVELOPED, C14N_COMMENTS])],
            key_info: Some(x509_data(&[stand.citizen.der()])),
            tail: String::new(),
            key: &keys().citizen,
        }
    }

    /// Signs the template at [`HERE`].
    pub(crate) fn sign(&self, template: &str) -> String {
        assert_eq!(
            template.matches(HERE).count(),
            1,
            "one place for the signature"
        );
        let bare = parse(&template.replace(HERE, ""));
        let references: String = self
            .references
            .iter()
            .map(|reference| self.reference(reference, &bare))
            .collect();
        let key_info = self
            .key_info
            .as_ref()
            .map(|content| format!("<KeyInfo>{content}</KeyInfo>"))
            .unwrap_or_default();
        let signature = format!(
            "<Signature xmlns=\"{DS}\"><SignedInfo>\
             <CanonicalizationMethod Algorithm=\"{}\"></CanonicalizationMethod>\
             <SignatureMethod Algorithm=\"{}\">{}</SignatureMethod>{references}</SignedInfo>\
             <SignatureValue>@value@</SignatureValue>{key_info}{}</Signature>",
            self.canonicalization, self.method, self.method_content, self.tail
        );
        let unsigned = template.replace(HERE, &signature);
        unsigned.replace("@value@", &STANDARD.encode(self.value(&unsigned)))
    }

    fn value(&self, unsigned: &str) -> Vec<u8> {
        let document = parse(unsigned);
        let signed_info = all(document.root())
            .find(|element| element.is(DS, "SignedInfo"))
            .unwrap();
        let method = Method::from_uri(&self.canonicalization).unwrap_or(Method::Inclusive);
        let octets = canonicalize(&Subtree::element(signed_info), &method).unwrap();
        self.key
            .sign(SignatureAlgorithm::RsaSha256, &octets)
            .unwrap()
    }

    fn reference(&self, reference: &Reference, bare: &Document) -> String {
        let digest = reference.digest.clone().unwrap_or_else(|| {
            let id = reference
                .attributes
                .split("URI=\"#")
                .nth(1)
                .and_then(|rest| rest.split('"').next());
            let subtree = match id {
                None => Subtree::document(bare),
                Some(id) => Subtree::element(
                    all(bare.root())
                        .find(|element| {
                            element.attributes().any(|a| {
                                a.local.eq_ignore_ascii_case("id")
                                    && a.value.eq_ignore_ascii_case(id)
                            })
                        })
                        .unwrap_or_else(|| bare.root()),
                ),
            };
            let octets = canonicalize(&subtree, &Method::Inclusive).unwrap();
            STANDARD.encode(sha256(&octets))
        });
        let transforms = if reference.transforms.is_empty() {
            String::new()
        } else {
            format!("<Transforms>{}</Transforms>", reference.transforms)
        };
        format!(
            "<Reference{}>{transforms}<DigestMethod Algorithm=\"{}\"></DigestMethod>\
             <DigestValue>{digest}</DigestValue></Reference>",
            reference.attributes, reference.digest_method
        )
    }
}

pub(crate) fn x509_data(ders: &[&[u8]]) -> String {
    let certificates: String = ders
        .iter()
        .map(|der| {
            format!(
                "<X509Certificate>{}</X509Certificate>",
                STANDARD.encode(der)
            )
        })
        .collect();
    format!("<X509Data>{certificates}</X509Data>")
}

/// The `Signature` element of a signed document, as it stands in the text.
pub(crate) fn signature_of(signed: &str) -> String {
    let document = parse(signed);
    let span = all(document.root())
        .find(|element| element.is(DS, "Signature"))
        .unwrap()
        .span();
    signed[span].to_owned()
}

/// The document without its `Signature`.
pub(crate) fn bare(signed: &str) -> String {
    signed.replace(&signature_of(signed), "")
}

fn parse(xml: &str) -> Document {
    Document::parse(xml.as_bytes(), &XmlLimits::default())
        .unwrap_or_else(|error| panic!("{error}\n{xml}"))
}

fn all(root: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    std::iter::once(root).chain(root.descendants())
}
