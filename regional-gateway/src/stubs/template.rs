//! Texts with places in them that an application fills: `{{applicant.name}}, {{form.child-birth-date}}`.

use qaqpa_model::{MessageId, Moment};

use super::error::StubError;
use super::rule::Asked;

/// Characters of one text as it is written; a document's field holds no more than a page.
const CHARACTERS_MAX: usize = 4000;

/// A text with places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Place(Place),
    Text(String),
}

/// What fills a place.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Fact(Fact),
    Form(String),
    Property(String),
}

macro_rules! facts {
    ($($variant:ident = $name:literal: $meaning:literal,)+) => {
        /// A fact about an application that a text may name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Fact { $($variant,)+ }

        /// Every place with what fills it, for descriptions; `form.NAME` and `property.KEY` are open.
        pub const PLACES: &[(&str, &str)] = &[
            $(($name, $meaning),)+
            ("form.NAME", "the value of that field of the signed form; empty where it was not filled"),
            ("property.KEY", "the value of that property of the message; empty where it has none"),
        ];

        impl Fact {
            fn parse(text: &str) -> Option<Self> {
                match text { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

facts! {
    ApplicantGivenName = "applicant.given-name": "the applicant's given name",
    ApplicantIin = "applicant.iin": "the applicant's IIN",
    ApplicantName = "applicant.name": "the applicant's surname, given name and patronymic",
    ApplicantPatronymic = "applicant.patronymic": "the applicant's patronymic; empty where there is none",
    ApplicantSurname = "applicant.surname": "the applicant's surname",
    ApplicationId = "application.id": "the application's own id",
    MessageId = "message.id": "the messageId of the application's message",
    Now = "now": "the moment of the answer by the simulated clock, RFC 3339",
    OrganisationBin = "organisation.bin": "the BIN of the organisation in whose name is applied; empty where there is none",
    ResultId = "result.id": "the id of the result",
    Sender = "sender": "the system that sent the application to the gateway",
    Service = "service": "the service: SERVICE@ACT",
    SubmitterIin = "submitter.iin": "the IIN of who submits and signs",
    Today = "today": "the day of the answer in Kazakhstan: 2026-11-20",
}

/// What fills the places of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filling<'a> {
    pub(crate) asked: Asked<'a>,
    pub(crate) message: &'a MessageId,
    pub(crate) result_id: &'a str,
    pub(crate) at: Moment,
}

impl Template {
    /// Reads a text with its places.
    ///
    /// # Errors
    /// [`StubError::TextLong`], [`StubError::TextOpen`], [`StubError::PlaceUnknown`].
    pub(crate) fn parse(text: &str) -> Result<Self, StubError> {
        if text.chars().count() > CHARACTERS_MAX {
            return Err(StubError::TextLong {
                max: CHARACTERS_MAX,
            });
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, behind) = after.split_once("}}").ok_or_else(|| StubError::TextOpen {
                text: text.to_owned(),
            })?;
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(Piece::Place(Place::parse(name.trim())?));
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// The names of the form's fields that it asks for.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Place(Place::Form(name)) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The text with its places filled. Characters that no XML document can hold are left out.
    pub(crate) fn fill(&self, with: &Filling<'_>) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(own) => text.push_str(own),
                Piece::Place(place) => text.push_str(&place.value(with)),
            }
        }
        text.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
        text
    }
}

impl Place {
    fn parse(name: &str) -> Result<Self, StubError> {
        if let Some(fact) = Fact::parse(name) {
            return Ok(Self::Fact(fact));
        }
        match name.split_once('.') {
            Some(("form", field)) if !field.is_empty() => Ok(Self::Form(field.to_owned())),
            Some(("property", key)) if !key.is_empty() => Ok(Self::Property(key.to_owned())),
            _ => Err(StubError::PlaceUnknown {
                name: name.to_owned(),
            }),
        }
    }

    fn value(&self, with: &Filling<'_>) -> String {
        match self {
            Self::Fact(fact) => fact.value(with),
            Self::Form(name) => with
                .asked
                .application
                .field(name)
                .unwrap_or_default()
                .to_owned(),
            Self::Property(key) => with.asked.property(key).to_owned(),
        }
    }
}

impl Fact {
    fn value(self, with: &Filling<'_>) -> String {
        let application = with.asked.application;
        let applicant = &application.applicant;
        match self {
            Self::ApplicantGivenName => applicant.given_name.clone(),
            Self::ApplicantIin => applicant.iin.reveal(),
            Self::ApplicantName => [
                Some(applicant.surname.as_str()),
                Some(applicant.given_name.as_str()),
                applicant.patronymic.as_deref(),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
            Self::ApplicantPatronymic => applicant.patronymic.clone().unwrap_or_default(),
            Self::ApplicantSurname => applicant.surname.clone(),
            Self::ApplicationId => application.application_id.clone(),
            Self::MessageId => with.message.to_string(),
            Self::Now => with.at.to_string(),
            Self::OrganisationBin => application
                .organisation
                .map(|organisation| organisation.bin.reveal())
                .unwrap_or_default(),
            Self::ResultId => with.result_id.to_owned(),
            Self::Sender => with.asked.sender.unwrap_or_default().to_owned(),
            Self::Service => application.service.to_string(),
            Self::SubmitterIin => application.submitter.reveal(),
            Self::Today => with.at.in_almaty().date().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_one_of_the_list_or_a_field_or_a_property() {
        for (name, _) in PLACES {
            Template::parse(&format!("a {{{{ {name} }}}} b")).unwrap();
        }
        assert_eq!(
            Template::parse("{{applicant.nme}}"),
            Err(StubError::PlaceUnknown {
                name: "applicant.nme".to_owned()
            })
        );
        for open in ["{{form.}}", "{{property.}}", "{{}}"] {
            assert!(
                matches!(Template::parse(open), Err(StubError::PlaceUnknown { .. })),
                "{open}"
            );
        }
        assert_eq!(
            Template::parse("{{now"),
            Err(StubError::TextOpen {
                text: "{{now".to_owned()
            })
        );
        let long = "x".repeat(CHARACTERS_MAX + 1);
        assert_eq!(
            Template::parse(&long),
            Err(StubError::TextLong {
                max: CHARACTERS_MAX
            })
        );
    }

    #[test]
    fn the_fields_that_it_asks_for_are_told() {
        let template = Template::parse("{{form.a}} and {{now}} and {{ form.b }}").unwrap();
        assert_eq!(template.fields().collect::<Vec<_>>(), ["a", "b"]);
    }
}
