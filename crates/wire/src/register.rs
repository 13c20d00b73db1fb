//! What registers are asked and answer, inside `data` of the synchronous channel.
//!
//! A question has one shape for all of them: who asks, and by which values. The person register's name space and its
//! answer ([`person`]) are those in use; nothing is published on the others, so their name space ([`SPACE`]) and their
//! answer ([`records`]) are the simulator's own.
//!
//! A question stands as elements in `data`, typed `cs:Request` or not, under the transport's signature; or it has a
//! signature of its own. Either way it is read from what a signature covers.

pub mod person;
pub mod records;

use qaqpa_model::Moment;
use qaqpa_xml::Document;
use qaqpa_xml::write::Writer;
use qaqpa_xmldsig::CoveredElement;

use crate::namespace::{DSIG, XSI};
use crate::soap::date;
use crate::{DataForm, DocumentError};

/// The name space of registers whose messages are the simulator's own.
pub const SPACE: &str = "urn:qaqpa:register:1";

/// Values in one question: more than any register can be asked by.
const CRITERIA_MAX: usize = 32;
/// Characters of one value of a question: the simulator's choice, the longest name fits.
const VALUE_CHARS_MAX: usize = 500;
/// What every question has, beside the values that it asks by.
const HEAD: [&str; 3] = ["messageId", "messageDate", "senderCode"];

/// What a register is asked.
///
/// One that was [`read`](Self::read) was under a signature; whose, the caller knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The asking system's id of the question: any text, `1` is met.
    pub message_id: String,
    /// When it was asked, as it was written.
    pub message_date: String,
    /// The asking system, as it names itself.
    pub sender_code: String,
    /// What is asked by: names and values, in order, none empty, each name once.
    pub criteria: Vec<(String, String)>,
}

/// Who answers which question, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerHead {
    /// The register's id of the answer.
    pub message_id: String,
    /// When it was answered.
    pub message_date: Moment,
    /// The id of the question.
    pub request_id: String,
    /// The register.
    pub sender: String,
    /// The asking system, as it named itself.
    pub receiver: String,
}

/// A value of a dictionary: its code and its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coded {
    /// The code in the dictionary.
    pub code: String,
    /// The Russian name.
    pub name_ru: String,
    /// The Kazakh name.
    pub name_kz: String,
}

/// What an answer's root is called: it depends on how the question stood in `data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// `data` itself, with `xsi:type="cs:Response"`.
    Data,
    /// An element `Response` of the register's name space.
    Response,
}

impl Root {
    /// The root of the answer to a question that stood so.
    #[must_use]
    pub const fn of(form: DataForm) -> Self {
        match form {
            DataForm::Children => Self::Data,
            DataForm::Base64 | DataForm::Child | DataForm::Text | DataForm::TypedText => {
                Self::Response
            }
        }
    }
}

impl Question {
    /// Reads a question from what is proven to be signed: `data`, or an element `Request` of this name space.
    ///
    /// Lenient in what means the same: the order, empty elements, a name space on the elements inside.
    ///
    /// # Errors
    /// [`DocumentError::Malformed`] where it is none or names a value twice; [`DocumentError::Limit`].
    pub fn read(root: CoveredElement<'_>, space: &str) -> Result<Self, DocumentError> {
        let typed = root.attribute(Some(XSI), "type").map(local_of);
        let is_data = root.name() == "data" && typed.is_none_or(|name| name == "Request");
        if !is_data && !root.is(space, "Request") {
            return Err(malformed(format!(
                "<{}> of {:?} is no Request of {space}",
                short(root.name()),
                short(root.namespace().unwrap_or_default()),
            )));
        }
        let mut values: Vec<(String, String)> = Vec::new();
        for child in root.children() {
            if child.is(DSIG, "Signature") {
                continue;
            }
            let name = child.name();
            let of_the_contract = child.namespace().is_none_or(|of| of == space)
                || child.namespace() == root.namespace();
            if !of_the_contract || child.children().next().is_some() {
                return Err(malformed(format!("<{}> is no value", short(name))));
            }
            if values.len() == CRITERIA_MAX {
                return Err(limit("the values of a question", CRITERIA_MAX));
            }
            let text = child.text();
            let text = text.trim();
            if text.chars().count() > VALUE_CHARS_MAX {
                return Err(limit("the characters of a value", VALUE_CHARS_MAX));
            }
            if values.iter().any(|(other, _)| other == name) {
                return Err(malformed(format!("<{}> stands twice", short(name))));
            }
            values.push((name.to_owned(), text.to_owned()));
        }
        let mut head = |name: &str| {
            let at = values.iter().position(|(other, _)| other == name);
            let value = at.map(|at| values.remove(at).1).unwrap_or_default();
            if value.is_empty() {
                return Err(malformed(format!("<{name}> is missing or empty")));
            }
            Ok(value)
        };
        let (message_id, message_date) = (head(HEAD[0])?, head(HEAD[1])?);
        let sender_code = head(HEAD[2])?;
        values.retain(|(_, value)| !value.is_empty());
        Ok(Self {
            message_id,
            message_date,
            sender_code,
            criteria: values,
        })
    }

    /// Holds that the question asks by nothing but these names, and by one of them at least.
    ///
    /// # Errors
    /// [`DocumentError::Malformed`].
    pub fn only(&self, names: &[&str]) -> Result<(), DocumentError> {
        let other = |(name, _): &&(String, String)| !names.contains(&name.as_str());
        if let Some((name, _)) = self.criteria.iter().find(other) {
            return Err(malformed(format!(
                "this register is not asked by <{}>, but by {}",
                short(name),
                names.join(", ")
            )));
        }
        if self.criteria.is_empty() {
            let names = names.join(", ");
            return Err(malformed(format!(
                "nothing is asked by: give one of {names}"
            )));
        }
        Ok(())
    }

    /// What is asked by that name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.criteria.iter().find(|(other, _)| other == name)?;
        Some(&found.1)
    }

    /// The question as a document of its own, unsigned; or, with [`Root::Data`], as the whole element `data`.
    #[must_use]
    pub fn to_xml(&self, root: Root, space: &str) -> Vec<u8> {
        write(root, space, "Request", |out| {
            out.leaf(HEAD[0], &self.message_id);
            out.leaf(HEAD[1], &self.message_date);
            out.leaf(HEAD[2], &self.sender_code);
            for (name, value) in &self.criteria {
                out.leaf(name, value);
            }
        })
    }
}

/// The question's element in the signed Body of a `SendMessage`, by the form in which [`crate::BusinessData`] found it.
///
/// `None` where there is none, more than one, or text, whose elements no signature of the envelope covers.
#[must_use]
pub fn question_of(body: CoveredElement<'_>, form: DataForm) -> Option<CoveredElement<'_>> {
    let mut at = body;
    for name in ["SendMessage", "request", "requestData", "data"] {
        at = only(at.children().filter(|child| child.name() == name))?;
    }
    match form {
        DataForm::Children => Some(at),
        DataForm::Child => only(at.children()),
        DataForm::Base64 | DataForm::Text | DataForm::TypedText => None,
    }
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    match (found.next(), found.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

/// Whether a question has a signature of its own, directly in its root. Nothing is said about its worth.
#[must_use]
pub fn has_signature(question: &Document) -> bool {
    let mut children = question.root().children();
    children.any(|child| child.is(DSIG, "Signature"))
}

/// The id of the question that an answer is to; the one thing of it that a gateway must know.
///
/// # Errors
/// [`DocumentError::Malformed`] where the signed root is no answer of a register.
pub fn answered(root: CoveredElement<'_>) -> Result<String, DocumentError> {
    let typed = root.attribute(Some(XSI), "type").map(local_of);
    if typed != Some("Response") && root.name() != "Response" {
        return Err(malformed(format!(
            "<{}> is no Response",
            short(root.name())
        )));
    }
    let id = root
        .only_child(None, "requestId")
        .map_err(|error| malformed(error.to_string()))?;
    Ok(id.text().trim().to_owned())
}

impl AnswerHead {
    fn write(&self, out: &mut Writer) {
        out.leaf("messageId", &self.message_id);
        out.leaf("messageDate", &date(self.message_date));
        out.leaf("requestId", &self.request_id);
        out.leaf("sender", &self.sender);
        out.leaf("receiver", &self.receiver);
        Coded {
            code: "00000".to_owned(),
            name_ru: "Сообщение обработано".to_owned(),
            name_kz: "Хабарлама өңделді".to_owned(),
        }
        .write(out, "messageResult");
    }
}

impl Coded {
    fn write(&self, out: &mut Writer, name: &str) {
        out.start(name);
        out.leaf("code", &self.code);
        out.leaf("nameRu", &self.name_ru);
        out.leaf("nameKz", &self.name_kz);
        out.end();
    }
}

fn write(root: Root, space: &str, kind: &str, inside: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut out = Writer::new();
    match root {
        Root::Data => {
            out.start("data");
            out.attribute("xmlns:cs", space);
            out.attribute("xmlns:xsi", XSI);
            out.attribute("xsi:type", &format!("cs:{kind}"));
        }
        Root::Response => {
            out.start(&format!("cs:{kind}"));
            out.attribute("xmlns:cs", space);
        }
    }
    inside(&mut out);
    out.end();
    out.finish().into_bytes()
}

fn local_of(name: &str) -> &str {
    let name = name.trim();
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn malformed(why: String) -> DocumentError {
    DocumentError::Malformed {
        schema: "the register",
        why,
    }
}

const fn limit(what: &'static str, max: usize) -> DocumentError {
    DocumentError::Limit { what, max }
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}
