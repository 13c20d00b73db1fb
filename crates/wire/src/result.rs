//! The result (нәтиже / результат): the electronic document that the provider's officer signs.

use qaqpa_model::{Iin, Lang, MessageId, Moment, RefusalLabel, ServiceAtAct};
use qaqpa_xml::write::Writer;
use qaqpa_xmldsig::Covered;

use crate::DocumentError;
use crate::document::{FormField, Person, Sequence};
use crate::namespace::DOCUMENT;
use crate::soap::leaf;

/// How the service ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The service was rendered.
    Granted,
    /// The service was refused, on grounds that the document states.
    Refused,
}

impl Outcome {
    /// The word in the document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Refused => "refused",
        }
    }

    /// The outcome of that word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Granted, Self::Refused]
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
    }
}

/// The document's title in the three languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Titles {
    /// Kazakh.
    pub kk: String,
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

impl Titles {
    /// The title in a language.
    #[must_use]
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Kk => &self.kk,
            Lang::Ru => &self.ru,
            Lang::En => &self.en,
        }
    }
}

/// Why a service was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// The label of the refusal.
    pub label: RefusalLabel,
    /// The officer's words.
    pub text: String,
}

/// The result of a service, the simulator's own format (version 1).
///
/// One that was [`read`](Self::read) was under a signature; whose, the verdict says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultDocument {
    /// The provider's id of the result.
    pub result_id: String,
    /// The id of the application.
    pub application_id: String,
    /// The service.
    pub service: ServiceAtAct,
    /// The id of the application's message, the first of the exchange.
    pub message_id: MessageId,
    /// When the officer decided.
    pub issued_at: Moment,
    /// How the service ended.
    pub outcome: Outcome,
    /// The IIN of the officer, whose certificate signs.
    pub submitter: Iin,
    /// The person for whom the service was asked.
    pub applicant: Person,
    /// The unit that issues the document.
    pub issuer: String,
    /// The title.
    pub titles: Titles,
    /// The grounds of a refusal; absent when granted.
    pub grounds: Option<Grounds>,
    /// The content.
    pub content: Vec<FormField>,
}

impl ResultDocument {
    /// The unsigned document, deterministic and without white space between elements.
    #[must_use]
    pub fn to_xml(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.start("result");
        out.attribute("xmlns", DOCUMENT);
        out.attribute("version", "1");
        leaf(&mut out, "resultId", &self.result_id);
        leaf(&mut out, "applicationId", &self.application_id);
        leaf(&mut out, "service", &self.service.to_string());
        leaf(&mut out, "messageId", self.message_id.as_str());
        leaf(&mut out, "issuedAt", &self.issued_at.to_string());
        leaf(&mut out, "outcome", self.outcome.as_str());
        out.start("submitter");
        leaf(&mut out, "iin", &self.submitter.reveal());
        out.end();
        self.applicant.write(&mut out, "applicant");
        out.start("issuer");
        leaf(&mut out, "unit", &self.issuer);
        out.end();
        for lang in Lang::ALL {
            out.start("title");
            out.attribute("lang", lang.code());
            out.text(self.titles.of(lang));
            out.end();
        }
        if let Some(grounds) = &self.grounds {
            out.start("grounds");
            out.attribute("label", grounds.label.as_str());
            out.text(&grounds.text);
            out.end();
        }
        FormField::write_all(&self.content, &mut out, "content");
        out.end();
        out.finish().into_bytes()
    }

    /// Reads the result from what is proven to be signed, and from nothing else.
    ///
    /// # Errors
    /// [`DocumentError`] where the signed root is no result of the schema or an IIN is not valid.
    pub fn read(covered: &Covered<'_>) -> Result<Self, DocumentError> {
        let mut root = Sequence::of_root(covered.root(), "result")?;
        let result_id = root.text("resultId")?;
        let application_id = root.text("applicationId")?;
        let service = root.service()?;
        let message_id = root.message_id()?;
        let issued_at = root.moment("issuedAt")?;
        let outcome = root.text("outcome")?;
        let outcome = Outcome::parse(&outcome)
            .ok_or_else(|| root.malformed("<outcome> is neither granted nor refused"))?;
        let submitter = root.submitter()?;
        let applicant = root.applicant()?;
        let issuer = root.element("issuer")?;
        let mut inside = Sequence::of(issuer, "result")?;
        let issuer = inside.text("unit")?;
        inside.finish()?;
        let titles = Titles {
            kk: read_title(&mut root, Lang::Kk)?,
            ru: read_title(&mut root, Lang::Ru)?,
            en: read_title(&mut root, Lang::En)?,
        };
        let grounds = read_grounds(&mut root)?;
        if grounds.is_some() != (outcome == Outcome::Refused) {
            return Err(root.malformed("a refusal has grounds, and nothing else has"));
        }
        let content = root.fields("content")?;
        root.finish()?;
        Ok(Self {
            result_id,
            application_id,
            service,
            message_id,
            issued_at,
            outcome,
            submitter,
            applicant,
            issuer,
            titles,
            grounds,
            content,
        })
    }
}

fn read_title(root: &mut Sequence<'_>, lang: Lang) -> Result<String, DocumentError> {
    let element = root.element("title")?;
    if element.attribute(None, "lang") != Some(lang.code()) {
        return Err(root.malformed("the titles are not in the order kk, ru, en"));
    }
    root.text_of(&element)
}

fn read_grounds(root: &mut Sequence<'_>) -> Result<Option<Grounds>, DocumentError> {
    let Some(element) = root.optional("grounds") else {
        return Ok(None);
    };
    let label = root.attribute(&element, "label")?;
    let label = RefusalLabel::parse(&label)
        .ok_or_else(|| root.malformed("the grounds' label is not one of the simulator's"))?;
    let text = root.text_of(&element)?;
    Ok(Some(Grounds { label, text }))
}
