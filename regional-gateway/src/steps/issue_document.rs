//! The result: an electronic document, signed with the key of the provider's authorised person.
//!
//! The key is opened for this one signing, and wiped when it is done. What was signed is examined as
//! the gateway will examine it, before anything is stored.

use qaqpa_channel::watching;
use qaqpa_evidence::Examiner;
use qaqpa_model::{Answer as Judged, Iin, Lang, MessageId, Moment, RefusalLabel, ServiceAtAct};
use qaqpa_regulations::{ContentSource, FieldKind, Service, Text};
use qaqpa_verdict::{Subject, confirm_iin};
use qaqpa_wire::{
    Application, BusinessData, FormField, Grounds, Outcome, ResultDocument, SendMessageRequest,
    Titles,
};
use qaqpa_x509::pkcs12::{self, KeyFile, Pkcs12Error};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Signer, sign_enveloped};

use crate::kindergarten::Answer;
use crate::work::Decision;

/// Everything that the result says, beside the decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Basis<'c> {
    pub(crate) service: &'c Service,
    /// The message that is answered.
    pub(crate) message: &'c MessageId,
    pub(crate) application: &'c Application,
    /// The unit that issues the document.
    pub(crate) unit: &'c Text,
    /// What the queue registry answered, where it answers.
    pub(crate) registry: Option<&'c Answer>,
}

/// A signature that was not made, or that the gateway would refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotSigned {
    /// The file cannot be used as it is: the form's field and the key of the text.
    Again(&'static str, &'static str),
    /// The signature is refused: the label, and what was found.
    Refused(RefusalLabel, String),
}

/// A document of the provider, signed and examined.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) bytes: Vec<u8>,
}

/// The result as the applicant will read it.
///
/// Unsigned, it is a preview; the moment and the officer are those of the signing.
pub(crate) fn compose(
    basis: Basis<'_>,
    decision: &Decision,
    officer: &Iin,
    at: Moment,
) -> ResultDocument {
    let Basis {
        service,
        message,
        application,
        unit,
        registry,
    } = basis;
    let result = &service.result;
    let ground = decision.ground.as_deref().and_then(|id| service.ground(id));
    let title = match ground {
        None => match (registry, &result.referral_title) {
            (Some(Answer::Referred { .. }), Some(referral)) => referral,
            _ => &result.title,
        },
        Some(_) => &result.refusal_title,
    };
    let content = match ground {
        None => result
            .content
            .iter()
            .map(|field| FormField {
                name: field.name.clone(),
                value: value(&field.source, basis),
            })
            // What was not given (a patronymic that nobody has) has no place in a document.
            .filter(|field| !field.value.is_empty())
            .collect(),
        Some(_) => Vec::new(),
    };
    ResultDocument {
        result_id: decision.result_id.clone(),
        application_id: application.application_id.clone(),
        service: service.id.clone(),
        message_id: message.clone(),
        issued_at: at,
        outcome: match ground {
            None => Outcome::Granted,
            Some(_) => Outcome::Refused,
        },
        submitter: *officer,
        applicant: application.applicant.clone(),
        issuer: both(unit),
        titles: Titles {
            kk: title.get(Lang::Kk).to_owned(),
            ru: title.get(Lang::Ru).to_owned(),
            en: title.get(Lang::En).to_owned(),
        },
        grounds: ground.map(|ground| Grounds {
            label: ground.label,
            text: grounds_text(&ground.title, &decision.comment),
        }),
        content,
    }
}

/// The value of a field of the content, from the signed application.
fn value(source: &ContentSource, basis: Basis<'_>) -> String {
    let applicant = &basis.application.applicant;
    match source {
        ContentSource::ApplicantIin => applicant.iin.reveal(),
        ContentSource::ApplicantName => {
            let names = [
                Some(applicant.surname.as_str()),
                Some(applicant.given_name.as_str()),
                applicant.patronymic.as_deref(),
            ];
            names.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        ContentSource::Fixed(text) => both(text),
        ContentSource::Form(name) => {
            let given = basis.application.field(name).unwrap_or_default();
            match basis.service.field(name).map(|field| &field.kind) {
                Some(FieldKind::Choice(options)) => options
                    .iter()
                    .find(|option| option.value == given)
                    .map_or_else(|| given.to_owned(), |option| both(&option.label)),
                _ => given.to_owned(),
            }
        }
        ContentSource::Registry(name) => {
            let values = basis.registry.map(Answer::values).unwrap_or_default();
            values
                .get(name.as_str())
                .map_or_else(String::new, |value| (*value).to_owned())
        }
        ContentSource::Unit => both(basis.unit),
    }
}

/// A document is one for all its readers: the state language first, then Russian.
fn both(text: &Text) -> String {
    if text.kk == text.ru {
        return text.kk.clone();
    }
    format!("{} / {}", text.kk, text.ru)
}

fn grounds_text(ground: &Text, comment: &str) -> String {
    if comment.is_empty() {
        both(ground)
    } else {
        format!("{}. {comment}", both(ground))
    }
}

/// Signs with the key of an uploaded file. Blocks while the file's key is derived.
pub(crate) fn sign(
    unsigned: &[u8],
    key_file: &[u8],
    password: &str,
    limits: &XmlLimits,
) -> Result<Vec<u8>, NotSigned> {
    use crate::routes::{KEY_FILE, KEY_PASSWORD};
    let KeyFile {
        key, certificate, ..
    } = pkcs12::read(key_file, password).map_err(|error| match error {
        Pkcs12Error::WrongPassword => NotSigned::Again(KEY_PASSWORD, "sign-error-password"),
        _ => NotSigned::Again(KEY_FILE, "sign-error-file"),
    })?;
    let signer = Signer::of(&key, certificate.der());
    sign_enveloped(unsigned, &signer, limits)
        .map_err(|_| NotSigned::Again(KEY_FILE, "sign-error-file"))
}

/// Examines what was signed, as the gateway will: signature, certificate, and the officer's own IIN.
pub(crate) async fn examine(
    examiner: &Examiner,
    bytes: Vec<u8>,
    expected: &ResultDocument,
    at: Moment,
    limits: &XmlLimits,
) -> Result<Signed, NotSigned> {
    let document = Document::parse(&bytes, limits)
        .map_err(|error| NotSigned::Refused(RefusalLabel::XmlMalformed, error.to_string()))?;
    let (verdict, proven) = examiner.examine(Subject::Document(&document), at).await;
    let Some(proven) = proven else {
        let label = verdict.label.unwrap_or(RefusalLabel::SignatureMalformed);
        return Err(NotSigned::Refused(label, verdict.why().to_owned()));
    };
    if let Judged::Fail(label) | Judged::Undecided(label) =
        confirm_iin(&proven.signer, &expected.submitter)
    {
        let why = "the certificate's IIN is not that of the member of the staff who signs";
        return Err(NotSigned::Refused(label, why.to_owned()));
    }
    match ResultDocument::read(&proven.covered) {
        Ok(read) if read.outcome == expected.outcome && read.result_id == expected.result_id => {}
        Ok(_) | Err(_) => {
            let why = "the signed document does not read back as the one that was composed";
            return Err(NotSigned::Refused(
                RefusalLabel::ApplicationMalformed,
                why.to_owned(),
            ));
        }
    }
    Ok(Signed { bytes })
}

/// The message that carries a signed result to the gateway; the channel adds sender and signature.
pub(crate) fn message(
    id: &MessageId,
    answered: &MessageId,
    service: &ServiceAtAct,
    document: Vec<u8>,
    at: Moment,
) -> Vec<u8> {
    SendMessageRequest {
        message_id: id.clone(),
        correlation_id: Some(answered.clone()),
        service_id: service.to_string(),
        message_date: at,
        route_id: None,
        sender: None,
        properties: watching::kept(),
        session_id: None,
        data: BusinessData::new(document),
    }
    .write()
}
