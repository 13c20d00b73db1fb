//! The application (өтініш / заявление): what a person asks for, and signs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::sha256;
use qaqpa_model::{Iin, Limits, Moment, ServiceAtAct};
use qaqpa_xml::write::Writer;
use qaqpa_xmldsig::Covered;

use crate::document::{FormField, Person, Sequence};
use crate::namespace::DOCUMENT;
use crate::soap::leaf;
use crate::{DocumentError, Organisation};

/// An application for a service, the simulator's own format (`application.xsd`, version 1).
///
/// One that was [`read`](Self::read) was under a signature; whose, the verdict says. The submitter's
/// IIN stands at `/application/submitter/iin`, the BIN of the organisation in whose name it is submitted, if there is
/// one, at `/application/submitter/bin`, the applicant's IIN at `/application/applicant/iin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// The portal's id of the application.
    pub application_id: String,
    /// The service that is asked for.
    pub service: ServiceAtAct,
    /// The channel through which it came: `portal`.
    pub channel: String,
    /// When it was written, by the writer's clock.
    pub created_at: Moment,
    /// The IIN of the person who submits and signs.
    pub submitter: Iin,
    /// The organisation in whose name the submitter acts; `None` where it is the submitter's own matter.
    pub organisation: Option<Organisation>,
    /// The person for whom the service is rendered.
    pub applicant: Person,
    /// The form's values.
    pub form: Vec<FormField>,
    /// The attached files.
    pub attachments: Vec<Attachment>,
}

/// A file inside the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The document of the service's list that this file is: `birth-certificate`.
    pub document: String,
    /// The file's name; never a path to be used.
    pub name: String,
    /// The media type, as the submitter states it.
    pub media_type: String,
    /// The file's bytes; their SHA-256 was checked against the stated one.
    pub bytes: Vec<u8>,
}

impl Application {
    /// The unsigned document, deterministic and without white space between elements.
    ///
    /// Sign it with [`qaqpa_xmldsig::sign_enveloped`].
    #[must_use]
    pub fn to_xml(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.start("application");
        out.attribute("xmlns", DOCUMENT);
        out.attribute("version", "1");
        leaf(&mut out, "applicationId", &self.application_id);
        leaf(&mut out, "service", &self.service.to_string());
        leaf(&mut out, "channel", &self.channel);
        leaf(&mut out, "createdAt", &self.created_at.to_string());
        out.start("submitter");
        leaf(&mut out, "iin", &self.submitter.reveal());
        if let Some(organisation) = &self.organisation {
            organisation.write(&mut out);
        }
        out.end();
        self.applicant.write(&mut out, "applicant");
        FormField::write_all(&self.form, &mut out, "form");
        out.start("attachments");
        for attachment in &self.attachments {
            out.start("attachment");
            out.attribute("document", &attachment.document);
            out.attribute("name", &attachment.name);
            out.attribute("mediaType", &attachment.media_type);
            out.attribute("sha256", &attachment.sha256_hex());
            out.text(&STANDARD.encode(&attachment.bytes));
            out.end();
        }
        out.end();
        out.end();
        out.finish().into_bytes()
    }

    /// Reads the application from what is proven to be signed, and from nothing else.
    ///
    /// # Errors
    /// [`DocumentError`] where the signed root is no application of the schema, an IIN is not valid,
    /// an attachment's digest differs, or a limit is exceeded.
    pub fn read(covered: &Covered<'_>, limits: &Limits) -> Result<Self, DocumentError> {
        let mut root = Sequence::of_root(covered.root(), "application")?;
        let application_id = root.text("applicationId")?;
        let service = root.service()?;
        let channel = root.text("channel")?;
        let created_at = root.moment("createdAt")?;
        let (submitter, organisation) = root.submitter_for()?;
        let applicant = root.applicant()?;
        let form = root.fields("form")?;
        let attachments = read_attachments(&mut root, limits)?;
        root.finish()?;
        Ok(Self {
            application_id,
            service,
            channel,
            created_at,
            submitter,
            organisation,
            applicant,
            form,
            attachments,
        })
    }

    /// The value of a form field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form
            .iter()
            .find(|field| field.name == name)
            .map(|field| field.value.as_str())
    }
}

impl Attachment {
    /// The SHA-256 of the bytes, lower-case hexadecimal.
    #[must_use]
    pub fn sha256_hex(&self) -> String {
        hex::encode(sha256(&self.bytes))
    }
}

fn read_attachments(
    root: &mut Sequence<'_>,
    limits: &Limits,
) -> Result<Vec<Attachment>, DocumentError> {
    let element = root.element("attachments")?;
    let mut inside = Sequence::of(element, "application")?;
    let mut attachments = Vec::new();
    while let Some(element) = inside.optional("attachment") {
        if attachments.len() == limits.attachments_max {
            return Err(DocumentError::Limit {
                what: "the number of attachments",
                max: limits.attachments_max,
            });
        }
        let name = inside.attribute(&element, "name")?;
        let stated = inside.attribute(&element, "sha256")?;
        let mut text = inside.text_of(&element)?;
        text.retain(|c| !c.is_ascii_whitespace());
        let bytes = STANDARD
            .decode(&text)
            .map_err(|_| inside.malformed(format!("the attachment {name:?} is not base64")))?;
        if bytes.len() > limits.attachment_bytes_max {
            return Err(DocumentError::Limit {
                what: "the bytes of an attachment",
                max: limits.attachment_bytes_max,
            });
        }
        let attachment = Attachment {
            document: inside.attribute(&element, "document")?,
            media_type: inside.attribute(&element, "mediaType")?,
            name,
            bytes,
        };
        let actual = attachment.sha256_hex();
        if !stated.eq_ignore_ascii_case(&actual) {
            return Err(DocumentError::AttachmentDigest {
                name: attachment.name,
                stated: stated.chars().take(64).collect(),
                actual,
            });
        }
        attachments.push(attachment);
    }
    inside.finish()?;
    Ok(attachments)
}
