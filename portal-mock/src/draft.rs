//! A draft: what an applicant has told the portal so far, and the document that comes of it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_model::Moment;
use qaqpa_regulations::Service;
use qaqpa_store::{Application, AttachmentContent};
use qaqpa_wire::{FormField, Person as WirePerson};
use serde::{Deserialize, Serialize};

use crate::persons::Person;

/// What the portal keeps of an application besides its attachments.
///
/// Stored: changing this needs a migration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The applicant's names, as the person register gave them at the beginning.
    pub applicant: Applicant,
    /// The values of the form's fields, by name.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// The authorisation that led here, for the trace.
    pub login: LoginSteps,
    /// The certificate that the applicant chose: once the question about it was answered with yes, where the act asks it
    /// before the signing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Chosen>,
}

/// The applicant's names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    /// Surname.
    pub surname: String,
    /// Given name.
    pub given_name: String,
    /// Patronymic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patronymic: Option<String>,
}

/// When the applicant authorised and was found genuine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginSteps {
    /// When IIN and password were entered; milliseconds since 1970.
    pub entered_ms: i64,
    /// When the data were found genuine; milliseconds since 1970.
    pub genuine_ms: i64,
}

/// A certificate that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// The certificate, DER in base64.
    pub der: String,
    /// When the form was complete; milliseconds since 1970.
    pub prepared_ms: i64,
    /// When the certificate was found good; milliseconds since 1970. `None` where the act has the request signed before
    /// the certificate is asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_ms: Option<i64>,
}

impl Draft {
    /// A draft of this person without answers.
    #[must_use]
    pub fn begin(person: &Person, login: LoginSteps) -> Self {
        Self {
            applicant: Applicant {
                surname: person.surname.clone(),
                given_name: person.given_name.clone(),
                patronymic: person.patronymic.clone(),
            },
            answers: BTreeMap::new(),
            login,
            certificate: None,
        }
    }

    /// The stored draft of an application.
    ///
    /// # Errors
    /// Where the stored text is not a draft of this version.
    pub fn of(application: &Application) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&application.form_json)
    }

    /// The text to store.
    ///
    /// # Panics
    /// Never: a draft has only strings and numbers.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a draft has only strings, numbers and string keys")
    }

    /// A copy for a new application: the same answers, a certificate still to be chosen.
    #[must_use]
    pub fn again(&self, login: LoginSteps) -> Self {
        Self {
            certificate: None,
            login,
            ..self.clone()
        }
    }

    /// Surname, given name and patronymic.
    #[must_use]
    pub fn full_name(&self) -> String {
        let applicant = &self.applicant;
        let mut name = format!("{} {}", applicant.surname, applicant.given_name);
        if let Some(patronymic) = &applicant.patronymic {
            name.push(' ');
            name.push_str(patronymic);
        }
        name
    }
}

impl LoginSteps {
    /// Both steps at these moments.
    #[must_use]
    pub const fn new(entered: Moment, genuine: Moment) -> Self {
        Self {
            entered_ms: entered.unix_ms(),
            genuine_ms: genuine.unix_ms(),
        }
    }
}

impl Chosen {
    /// A certificate, and when it was found good, if it was asked about.
    #[must_use]
    pub fn new(der: &[u8], prepared: Moment, checked: Option<Moment>) -> Self {
        Self {
            der: STANDARD.encode(der),
            prepared_ms: prepared.unix_ms(),
            checked_ms: checked.map(|at| at.unix_ms()),
        }
    }

    /// The certificate's bytes; empty where the stored text is damaged, which matches no certificate.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        STANDARD.decode(&self.der).unwrap_or_default()
    }
}

/// The document of an application: what the applicant signs, exactly.
///
/// The same application gives the same bytes each time: they are shown, downloaded, signed elsewhere
/// and compared. Fields stand in the order of the catalogue; those that are empty are left out.
#[must_use]
pub fn document(
    application: &Application,
    draft: &Draft,
    service: &Service,
    attachments: Vec<AttachmentContent>,
) -> qaqpa_wire::Application {
    let form = service
        .form
        .iter()
        .filter_map(|field| {
            let value = draft.answers.get(&field.name)?;
            (!value.is_empty()).then(|| FormField {
                name: field.name.clone(),
                value: value.clone(),
            })
        })
        .collect();
    let attachments = attachments
        .into_iter()
        .map(|content| qaqpa_wire::Attachment {
            document: content.attachment.document,
            name: content.attachment.name,
            media_type: content.attachment.media_type,
            bytes: content.bytes,
        })
        .collect();
    qaqpa_wire::Application {
        application_id: application.id.clone(),
        service: application.service.clone(),
        channel: qaqpa_regulations::Channel::Portal.as_str().to_owned(),
        created_at: Moment::from_unix_ms(application.created_at.unix_s().saturating_mul(1000)),
        submitter: application.owner,
        organisation: None,
        applicant: WirePerson {
            iin: application.owner,
            surname: draft.applicant.surname.clone(),
            given_name: draft.applicant.given_name.clone(),
            patronymic: draft.applicant.patronymic.clone(),
        },
        form,
        attachments,
    }
}
