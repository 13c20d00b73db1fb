//! A service of an act: its form, its documents, its refusals, its result and its flows.

use qaqpa_model::{RefusalLabel, ServiceAtAct};

use crate::flow::Flow;
use crate::form::{DocumentDef, FieldDef};
use crate::mark::Mark;
use crate::period::Period;
use crate::text::Text;
use crate::vocabulary::{Channel, Role, Standing, Topic};

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
    /// One flow a channel, or one for each variant of it.
    pub flows: Vec<Flow>,
    /// The time for the whole service, where the act prints one.
    pub totals: Vec<Total>,
    /// What the act says besides steps and forms: notifications, statuses, fees, complaints.
    pub statements: Vec<Statement>,
    /// Where the act contradicts itself or has a likely misprint.
    pub discrepancies: Vec<Discrepancy>,
    /// Notes on the source: gaps, and how we read it.
    pub notes: Vec<Note>,
    /// Where the act names the service.
    pub mark: Mark,
}

/// A service of an act without a flow: asked for, it answers why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// `social-assistance@shal-aqyn-2012-238`.
    pub id: ServiceAtAct,
    /// The official title.
    pub title: Text,
    /// Why it has no flow.
    pub standing: Standing,
    /// The same in a sentence, with the act.
    pub why: Text,
    /// The channels that the source names, without steps.
    pub channels: Vec<(Channel, Mark)>,
    /// What the source says all the same.
    pub statements: Vec<Statement>,
    /// Where the act names it.
    pub mark: Mark,
}

/// The time for a whole service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// The channel that it is printed for; `None`: for all of them.
    pub channel: Option<Channel>,
    /// The time.
    pub period: Period,
    /// Whether the day of acceptance counts.
    pub acceptance_day_counted: bool,
    /// Where it comes from.
    pub mark: Mark,
}

/// Something that an act says of a service besides its steps and forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it is about.
    pub about: Topic,
    /// The statement, in our own words.
    pub text: Text,
    /// Of a question of the survey: the answers, in their order.
    pub answers: Vec<Text>,
    /// Where it comes from.
    pub mark: Mark,
}

/// A contradiction or a likely misprint of the source: kept as printed, and flagged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discrepancy {
    /// What is printed.
    pub printed: Text,
    /// How the simulator reads and runs it.
    pub reading: Text,
    /// Where it is printed.
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
    /// The title where the queue registry refers the child, because there is a place.
    pub referral_title: Option<Text>,
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
    /// What the queue registry answered: `number`, `place`, `kindergarten`.
    Registry(String),
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

    /// The flow through that channel, of that variant.
    #[must_use]
    pub fn flow_of(&self, channel: Channel, variant: Option<&str>) -> Option<&Flow> {
        self.flows.iter().find(|flow| {
            flow.channel == channel && flow.variant.as_ref().map(|v| v.id.as_str()) == variant
        })
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
