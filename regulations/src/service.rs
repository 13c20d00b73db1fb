//! A service of an act: its form, its documents, its refusals, its result and its flows.

use qaqpa_model::{RefusalLabel, ServiceAtAct};

use crate::flow::Flow;
use crate::form::{DocumentDef, FieldDef};
use crate::mark::Mark;
use crate::text::Text;
use crate::vocabulary::{Channel, Role};

/// A public service (мемлекеттік көрсетілетін қызмет / государственная услуга) as an act regulates it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// `guardianship-certificate@zhambyl-2019-23`.
    pub id: ServiceAtAct,
    /// The official title.
    pub title: Text,
    /// The form in which the service is given: electronic, paper, automated or not.
    pub form_of_service: Note,
    /// The unit that provides the service.
    pub provider: String,
    /// The provider's name.
    pub provider_title: Text,
    /// The fields that the applicant fills, in their order.
    pub form: Vec<FieldDef>,
    /// The documents that condition 3 asks for ("item 9 of the standard").
    pub documents: Vec<DocumentDef>,
    /// The grounds that a reasoned refusal cites ("item 10 of the standard").
    pub grounds: Vec<GroundDef>,
    /// The document that the applicant receives.
    pub result: ResultDef,
    /// One flow a channel.
    pub flows: Vec<Flow>,
    /// Notes on the source: printed discrepancies, gaps.
    pub notes: Vec<Note>,
    /// Where the act names the service.
    pub mark: Mark,
}

/// A ground for a reasoned refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroundDef {
    /// Unique in its service.
    pub id: String,
    /// The label that the refusal carries.
    pub label: RefusalLabel,
    /// The ground in words.
    pub title: Text,
    /// Where it comes from.
    pub mark: Mark,
}

/// The document that the applicant receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultDef {
    /// The title of the granted document.
    pub title: Text,
    /// The title of the reasoned refusal.
    pub refusal_title: Text,
    /// The role whose signature the document carries.
    pub signed_by: Role,
    /// The fields of the granted document's content.
    pub content: Vec<ContentField>,
    /// Where it comes from.
    pub mark: Mark,
}

/// A field of the result document's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentField {
    /// Unique in its result.
    pub name: String,
    /// What people read before the value.
    pub label: Text,
    /// Where the value comes from.
    pub source: ContentSource,
}

/// Where a value of the result document comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContentSource {
    /// The applicant's IIN.
    ApplicantIin,
    /// The applicant's names.
    ApplicantName,
    /// A field of the signed form.
    Form(String),
    /// A text that never changes, in the three languages.
    Fixed(Text),
    /// The unit that issues the document.
    Unit,
}

/// A note on the source: what the act prints and how we read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The note.
    pub text: Text,
    /// Where it comes from.
    pub mark: Mark,
}

impl Service {
    /// The flow through that channel, if the act offers it.
    #[must_use]
    pub fn flow(&self, channel: Channel) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.channel == channel)
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldDef> {
        self.form.iter().find(|field| field.name == name)
    }

    /// The document of that id.
    #[must_use]
    pub fn document(&self, id: &str) -> Option<&DocumentDef> {
        self.documents.iter().find(|document| document.id == id)
    }

    /// The ground of that id.
    #[must_use]
    pub fn ground(&self, id: &str) -> Option<&GroundDef> {
        self.grounds.iter().find(|ground| ground.id == id)
    }
}
