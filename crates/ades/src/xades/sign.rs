//! Making signatures of level B-B (clause 6).

use qaqpa_model::Moment;
use qaqpa_x509::Certificate;
use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{
    Options, PropertiesToSign, Signer, sign_by_id_with, sign_detached, sign_enveloped_with,
};

use super::certificate;
use super::error::XadesError;
use super::names::{DS, XADES};

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The one element of this Id.
    ById(String),
    /// Every child of the root, by its Id.
    Detached,
    /// The whole document.
    Enveloped,
}

/// What the signature says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The Id of the signature, unique in the document: a letter and a UUID.
    pub id: String,
    /// When it is made.
    pub signing_time: Moment,
    /// The media type of what is signed.
    pub mime_type: String,
    /// Whether other signatures may stand beside it ([`Options::parallel`]).
    pub parallel: bool,
}

impl Settings {
    /// A signature of XML, alone in its document.
    #[must_use]
    pub fn new(id: impl Into<String>, signing_time: Moment) -> Self {
        Self {
            id: id.into(),
            signing_time,
            mime_type: "text/xml".to_owned(),
            parallel: false,
        }
    }
}

/// Signs with the properties of level B-B: `SigningTime`, `SigningCertificateV2` with `IssuerSerialV2`, and a
/// `DataObjectFormat` for each reference.
///
/// # Errors
/// [`XadesError::Certificate`] if the signer's certificate is none; [`XadesError::Xml`]; [`XadesError::Sign`] as the
/// signing of the content says.
pub fn sign_b_b(
    xml: &[u8],
    content: &Content,
    signer: &Signer<'_>,
    settings: &Settings,
    limits: &XmlLimits,
) -> Result<Vec<u8>, XadesError> {
    let certificate = Certificate::from_der(signer.certificate_der)?;
    let references = match content {
        Content::ById(_) | Content::Enveloped => 1,
        Content::Detached => {
            let document = Document::parse(xml, limits)?;
            let children = document.root().children();
            children.filter(|child| !child.is(DS, "Signature")).count()
        }
    };
    let options = Options {
        id: Some(settings.id.clone()),
        parallel: settings.parallel,
        properties: Some(PropertiesToSign {
            markup: qualifying_properties(signer, &certificate, settings, references),
            signed_id: signed_id(&settings.id),
        }),
    };
    Ok(match content {
        Content::ById(id) => sign_by_id_with(xml, id, signer, &options, limits)?,
        Content::Detached => sign_detached(xml, signer, &options, limits)?,
        Content::Enveloped => sign_enveloped_with(xml, signer, &options, limits)?,
    })
}

fn signed_id(id: &str) -> String {
    format!("{id}-properties")
}

fn qualifying_properties(
    signer: &Signer<'_>,
    certificate: &Certificate,
    settings: &Settings,
    references: usize,
) -> String {
    let mut xml = Writer::new();
    xml.start("xades:QualifyingProperties")
        .attribute("xmlns:xades", XADES)
        .attribute("xmlns:ds", DS)
        .attribute("Target", &format!("#{}", settings.id));
    xml.start("xades:SignedProperties")
        .attribute("Id", &signed_id(&settings.id));
    xml.start("xades:SignedSignatureProperties");
    let time = settings.signing_time.to_utc_string();
    xml.leaf("xades:SigningTime", &time);
    certificate::write(&mut xml, certificate, signer.algorithm.digest());
    xml.end();
    xml.start("xades:SignedDataObjectProperties");
    for number in 1..=references {
        let reference = Options::reference_id(&settings.id, number);
        xml.start("xades:DataObjectFormat")
            .attribute("ObjectReference", &format!("#{reference}"));
        xml.leaf("xades:MimeType", &settings.mime_type).end();
    }
    xml.finish()
}
