//! What the application, its status and its result have in common, read from the signed part alone.

use qaqpa_model::{Bin, Iin, MessageId, Moment, ServiceAtAct};
use qaqpa_xml::write::Writer;
use qaqpa_xmldsig::CoveredElement;

use crate::namespace::DOCUMENT;
use crate::soap::{leaf, optional_leaf};
use crate::{DocumentError, Organisation, OrganisationRole};

/// A natural person as a document names one.
///
/// Holding one says nothing about whether such a person exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The individual identification number (ЖСН / ИИН).
    pub iin: Iin,
    /// Surname (тегі / фамилия).
    pub surname: String,
    /// Given name (аты / имя).
    pub given_name: String,
    /// Patronymic (әкесінің аты / отчество), which not everybody has.
    pub patronymic: Option<String>,
}

impl Person {
    pub(crate) fn write(&self, out: &mut Writer, name: &str) {
        out.start(name);
        leaf(out, "iin", &self.iin.reveal());
        leaf(out, "surname", &self.surname);
        leaf(out, "givenName", &self.given_name);
        optional_leaf(out, "patronymic", self.patronymic.as_deref());
        out.end();
    }
}

/// A named value of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// The field's name, as the catalogue gives it.
    pub name: String,
    /// The value as text.
    pub value: String,
}

impl FormField {
    pub(crate) fn write_all(fields: &[Self], out: &mut Writer, name: &str) {
        out.start(name);
        for field in fields {
            out.start("field");
            out.attribute("name", &field.name);
            out.text(&field.value);
            out.end();
        }
        out.end();
    }
}

/// Fields of one form: more than any form has, few enough to look through.
const FIELDS_MAX: usize = 256;

/// Reads the children of a covered element in the order of the schema.
///
/// Strict, unlike the envelope: the document is the simulator's own format and what people sign, so an
/// element that is unknown, doubled or out of order is refused rather than overlooked.
pub(crate) struct Sequence<'d> {
    schema: &'static str,
    parent: String,
    rest: std::vec::IntoIter<CoveredElement<'d>>,
    next: Option<CoveredElement<'d>>,
}

impl<'d> Sequence<'d> {
    /// The root of the document, which must be `schema`, version 1.
    pub(crate) fn of_root(
        root: CoveredElement<'d>,
        schema: &'static str,
    ) -> Result<Self, DocumentError> {
        if !root.is(DOCUMENT, schema) {
            return Err(DocumentError::Malformed {
                schema,
                why: format!(
                    "the signed root is <{}> of {:?}, not <{schema}> of {DOCUMENT}",
                    root.name(),
                    root.namespace().unwrap_or_default()
                ),
            });
        }
        if root.attribute(None, "version") != Some("1") {
            return Err(DocumentError::Malformed {
                schema,
                why: "the root's version is not 1".to_owned(),
            });
        }
        Self::of(root, schema)
    }

    pub(crate) fn of(
        element: CoveredElement<'d>,
        schema: &'static str,
    ) -> Result<Self, DocumentError> {
        let sequence = Self {
            schema,
            parent: element.name().to_owned(),
            rest: element.children().collect::<Vec<_>>().into_iter(),
            next: None,
        };
        if !element.text().trim().is_empty() {
            return Err(sequence.malformed(format!(
                "<{}> has text between its elements",
                element.name()
            )));
        }
        Ok(sequence)
    }

    pub(crate) fn malformed(&self, why: impl Into<String>) -> DocumentError {
        DocumentError::Malformed {
            schema: self.schema,
            why: why.into(),
        }
    }

    fn peek(&mut self) -> Option<&CoveredElement<'d>> {
        if self.next.is_none() {
            self.next = self.rest.next();
        }
        self.next.as_ref()
    }

    /// The next child, if it has that name.
    pub(crate) fn optional(&mut self, name: &str) -> Option<CoveredElement<'d>> {
        if self.peek()?.is(DOCUMENT, name) {
            self.next.take()
        } else {
            None
        }
    }

    /// The next child, which must have that name.
    pub(crate) fn element(&mut self, name: &str) -> Result<CoveredElement<'d>, DocumentError> {
        let parent = self.parent.clone();
        match self.optional(name) {
            Some(element) => Ok(element),
            None => {
                let found = self
                    .peek()
                    .map_or_else(|| "nothing".to_owned(), |e| format!("<{}>", e.name()));
                Err(self.malformed(format!("<{parent}> has {found} where <{name}> belongs")))
            }
        }
    }

    /// The text of the next child, which must have that name and no elements inside; may be empty.
    pub(crate) fn raw_text(&mut self, name: &str) -> Result<String, DocumentError> {
        let element = self.element(name)?;
        self.text_of(&element)
    }

    /// The text of the next child, which must not be empty.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, DocumentError> {
        let text = self.raw_text(name)?;
        if text.trim().is_empty() {
            return Err(self.malformed(format!("<{name}> is empty")));
        }
        Ok(text)
    }

    /// The text of the next child, if it has that name.
    pub(crate) fn optional_text(&mut self, name: &str) -> Result<Option<String>, DocumentError> {
        match self.optional(name) {
            Some(element) => self.text_of(&element).map(Some),
            None => Ok(None),
        }
    }

    /// The text of an element without elements inside.
    pub(crate) fn text_of(&self, element: &CoveredElement<'d>) -> Result<String, DocumentError> {
        if element.children().next().is_some() {
            return Err(self.malformed(format!("<{}> has elements inside", element.name())));
        }
        Ok(element.text().to_string())
    }

    /// An attribute that must be there and not empty.
    pub(crate) fn attribute(
        &self,
        element: &CoveredElement<'d>,
        name: &str,
    ) -> Result<String, DocumentError> {
        match element.attribute(None, name) {
            Some(value) if !value.is_empty() => Ok(value.to_owned()),
            _ => Err(self.malformed(format!("<{}> has no {name}", element.name()))),
        }
    }

    pub(crate) fn moment(&mut self, name: &str) -> Result<Moment, DocumentError> {
        let text = self.text(name)?;
        Moment::parse(&text).map_err(|error| self.malformed(format!("<{name}>: {error}")))
    }

    pub(crate) fn message_id(&mut self) -> Result<MessageId, DocumentError> {
        let text = self.text("messageId")?;
        MessageId::parse(&text).map_err(|error| self.malformed(format!("<messageId>: {error}")))
    }

    pub(crate) fn service(&mut self) -> Result<ServiceAtAct, DocumentError> {
        let text = self.text("service")?;
        ServiceAtAct::parse(&text).map_err(|error| self.malformed(format!("<service>: {error}")))
    }

    fn iin(&mut self, of: &'static str) -> Result<Iin, DocumentError> {
        let text = self.raw_text("iin")?;
        Iin::parse(&text).map_err(|error| DocumentError::Iin {
            of,
            why: error.to_string(),
        })
    }

    /// `<submitter><iin/></submitter>`: whose certificate signs.
    pub(crate) fn submitter(&mut self) -> Result<Iin, DocumentError> {
        let element = self.element("submitter")?;
        let mut inside = Self::of(element, self.schema)?;
        let iin = inside.iin("submitter")?;
        inside.finish()?;
        Ok(iin)
    }

    /// `<submitter><iin/><bin/>?<role/>?</submitter>`: whose certificate signs, and in whose name.
    pub(crate) fn submitter_for(&mut self) -> Result<(Iin, Option<Organisation>), DocumentError> {
        let element = self.element("submitter")?;
        let mut inside = Self::of(element, self.schema)?;
        let iin = inside.iin("submitter")?;
        let Some(bin) = inside.optional_text("bin")? else {
            inside.finish()?;
            return Ok((iin, None));
        };
        let bin = Bin::parse(&bin).map_err(|error| inside.malformed(format!("<bin>: {error}")))?;
        let role = match inside.optional_text("role")? {
            Some(text) => Some(OrganisationRole::parse(&text).ok_or_else(|| {
                let known: Vec<_> = OrganisationRole::ALL.map(OrganisationRole::as_str).into();
                inside.malformed(format!("<role> is none of {}", known.join(", ")))
            })?),
            None => None,
        };
        inside.finish()?;
        Ok((iin, Some(Organisation { bin, role })))
    }

    /// `<applicant>`: for whom the service is rendered.
    pub(crate) fn applicant(&mut self) -> Result<Person, DocumentError> {
        let element = self.element("applicant")?;
        let mut inside = Self::of(element, self.schema)?;
        let person = Person {
            iin: inside.iin("applicant")?,
            surname: inside.text("surname")?,
            given_name: inside.text("givenName")?,
            patronymic: inside.optional_text("patronymic")?,
        };
        inside.finish()?;
        Ok(person)
    }

    /// `<form>` or `<content>`: named values, each name once.
    pub(crate) fn fields(&mut self, name: &str) -> Result<Vec<FormField>, DocumentError> {
        let element = self.element(name)?;
        let mut inside = Self::of(element, self.schema)?;
        let mut fields: Vec<FormField> = Vec::new();
        while let Some(field) = inside.optional("field") {
            let name = inside.attribute(&field, "name")?;
            if fields.len() == FIELDS_MAX {
                return Err(DocumentError::Limit {
                    what: "the number of fields",
                    max: FIELDS_MAX,
                });
            }
            if fields.iter().any(|field| field.name == name) {
                return Err(inside.malformed(format!("the field {name:?} stands twice")));
            }
            let value = inside.text_of(&field)?;
            fields.push(FormField { name, value });
        }
        inside.finish()?;
        Ok(fields)
    }

    /// Nothing may follow.
    pub(crate) fn finish(mut self) -> Result<(), DocumentError> {
        match self.peek().map(|element| element.name().to_owned()) {
            None => Ok(()),
            Some(name) => {
                Err(self.malformed(format!("<{}> has an unexpected <{name}>", self.parent)))
            }
        }
    }
}
