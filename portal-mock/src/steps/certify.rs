//! The request is certified with the applicant's signature, and sent through the gateway.
//!
//! Signed here with a key that lives for this one call, or signed elsewhere and uploaded: both are
//! examined as the gateway will examine them, and both must be this application's document.

use qaqpa_channel::watching;
use qaqpa_evidence::Examiner;
use qaqpa_model::{Iin, Limits, Moment};
use qaqpa_verdict::{Subject, Verdict};
use qaqpa_wire::{Application, BusinessData, SendMessageRequest};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Signer, sign_enveloped};

use crate::refusal::Refusal;
use crate::steps::check_certificate::{self, Unreadable};

/// A signed document that passed every question and is this application's.
#[derive(Clone, Debug)]
pub struct Certified {
    document: Vec<u8>,
    verdict: Verdict,
}

impl Certified {
    /// The signed document, as it will be sent.
    #[must_use]
    pub fn document(&self) -> &[u8] {
        &self.document
    }

    /// The verdict about it.
    #[must_use]
    pub const fn verdict(&self) -> &Verdict {
        &self.verdict
    }
}

/// Why a document was not certified.
#[derive(Clone, Debug, PartialEq)]
pub enum NotCertified {
    /// The upload cannot be used as it is; the form is shown again with the text of this key.
    Again {
        /// The form's field.
        field: &'static str,
        /// The key of the text.
        key: &'static str,
    },
    /// The signature is refused: the end of the application.
    Refused(Box<Refusal>),
}

impl NotCertified {
    const fn again(field: &'static str, key: &'static str) -> Self {
        Self::Again { field, key }
    }
}

/// Signs the document with the key of an uploaded file, which is forgotten when this returns.
///
/// # Errors
/// [`NotCertified::Again`] where the file does not open, or its certificate is not the chosen one.
pub fn sign_here(
    unsigned: &[u8],
    key_file: &[u8],
    password: &str,
    chosen_der: &[u8],
    limits: &XmlLimits,
) -> Result<Vec<u8>, NotCertified> {
    use crate::routes::{KEY_FILE, KEY_PASSWORD};
    let file = check_certificate::open_key_file(key_file, password).map_err(|unreadable| {
        let field = match unreadable {
            Unreadable::Password => KEY_PASSWORD,
            Unreadable::KeyFile | Unreadable::Certificate => KEY_FILE,
        };
        NotCertified::again(field, unreadable.key())
    })?;
    if file.certificate.der() != chosen_der {
        return Err(NotCertified::again(KEY_FILE, "error-key-other"));
    }
    let signer = Signer::of(&file.key, file.certificate.der());
    sign_enveloped(unsigned, &signer, limits)
        .map_err(|_| NotCertified::again(KEY_FILE, "error-key-unreadable"))
}

/// Examines a signed document and compares it with what the applicant was shown.
///
/// # Errors
/// [`NotCertified::Refused`] where the signature, the certificate or the IIN is refused;
/// [`NotCertified::Again`] where the file is no XML, or is signed and says something else.
pub async fn examine(
    examiner: &Examiner,
    signed: Vec<u8>,
    expected: &Application,
    submitter: &Iin,
    limits: &Limits,
    at: Moment,
) -> Result<Certified, NotCertified> {
    use crate::routes::SIGNED_DOCUMENT;
    let document = Document::parse(&signed, &qaqpa_channel::envelope::xml_limits(limits))
        .map_err(|_| NotCertified::again(SIGNED_DOCUMENT, "error-signed-unreadable"))?;
    let (verdict, proven) = examiner.examine(Subject::Document(&document), at).await;
    let refused = |refusal| NotCertified::Refused(Box::new(refusal));
    let verdict = check_certificate::passed(verdict.with_submitter(submitter)).map_err(refused)?;
    let Some(proven) = proven else {
        return Err(NotCertified::again(
            SIGNED_DOCUMENT,
            "error-signed-unreadable",
        ));
    };
    match Application::read(&proven.covered, limits) {
        Ok(application) if application == *expected => {}
        _ => return Err(NotCertified::again(SIGNED_DOCUMENT, "error-signed-other")),
    }
    Ok(Certified {
        document: signed,
        verdict,
    })
}

/// The message that carries a certified document to the gateway; the channel adds sender and signature.
#[must_use]
pub fn message(
    certified: &Certified,
    application: &qaqpa_store::Application,
    at: Moment,
) -> Vec<u8> {
    SendMessageRequest {
        message_id: application.message_id.clone(),
        correlation_id: None,
        service_id: application.service.to_string(),
        message_date: at,
        route_id: None,
        sender: None,
        properties: watching::kept(),
        session_id: None,
        data: BusinessData::new(certified.document.clone()),
    }
    .write()
}
