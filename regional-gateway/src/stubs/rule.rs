//! A stub: which applications it answers, and with what.

use std::collections::BTreeMap;
use std::time::Duration;

use qaqpa_model::{Bin, Iin, ServiceAtAct};
use qaqpa_regulations::{Answer, Catalogue, Channel, Service};
use qaqpa_wire::{Application, Property};

use super::error::StubError;
use super::template::Template;
use super::written::{AnswerKind, WrittenStub, WrittenWhen};
use crate::kindergarten;

/// Characters of an id, and entries of `content`, `form` and `property`.
const ID_CHARACTERS_MAX: usize = 64;
const ENTRIES_MAX: usize = 100;

/// No deadline of the acts is longer than a year.
const DELAY_MAX: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// A stub that holds together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stub {
    pub(crate) id: String,
    pub(crate) service: Option<ServiceAtAct>,
    pub(crate) answer: StubAnswer,
    pub(crate) signer: Option<String>,
    pub(crate) priority: i32,
    pub(crate) times: Option<u64>,
    pub(crate) delay: Duration,
    when: Conditions,
    written: WrittenStub,
}

/// What a stub answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StubAnswer {
    Grant(BTreeMap<String, Template>),
    Leave,
    Refuse {
        ground: Option<String>,
        comment: Option<Template>,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Conditions {
    channel: Option<Channel>,
    sender: Option<String>,
    applicant: Option<Iin>,
    submitter: Option<Iin>,
    organisation: Option<Bin>,
    form: BTreeMap<String, String>,
    property: BTreeMap<String, String>,
}

/// An application, as far as stubs look at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) application: &'a Application,
    pub(crate) properties: &'a [Property],
    pub(crate) sender: Option<&'a str>,
}

/// A part in which an application is not what a stub asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) part: String,
    pub(crate) asked_for: String,
    pub(crate) found: String,
}

impl<'a> Asked<'a> {
    /// The value of that property of the message; empty where it has none.
    pub(crate) fn property(&self, key: &str) -> &'a str {
        let mut properties = self.properties.iter();
        let found = properties.find(|property| property.key == key);
        found.map_or("", |property| property.value.as_str())
    }
}

impl Stub {
    /// Reads a stub and holds it against the catalogue; `id` is used where none is written.
    ///
    /// # Errors
    /// [`StubError`], the first that applies.
    pub(crate) fn read(
        mut written: WrittenStub,
        id: &str,
        catalogue: &Catalogue,
    ) -> Result<Self, StubError> {
        let id = written.id.get_or_insert_with(|| id.to_owned()).clone();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if id.is_empty() || id.len() > ID_CHARACTERS_MAX || !id.chars().all(plain) {
            return Err(StubError::Id { id });
        }
        if written.times == Some(0) {
            return Err(StubError::TimesZero);
        }
        let delay = Duration::from_millis(written.delay_ms.unwrap_or_default());
        if delay > DELAY_MAX {
            return Err(StubError::Late { max: DELAY_MAX });
        }
        let service = match &written.service {
            None => None,
            Some(name) => Some(service_named(name, catalogue)?),
        };
        let stub = Self {
            id,
            service: service.map(|service| service.id.clone()),
            answer: answer(&written, service)?,
            signer: written.signer.clone(),
            priority: written.priority,
            times: written.times,
            delay,
            when: Conditions::read(&written.when, service)?,
            written,
        };
        Ok(stub)
    }

    /// As it is written.
    pub(crate) const fn written(&self) -> &WrittenStub {
        &self.written
    }

    /// In what this application is not what the stub asks for; empty where it answers.
    pub(crate) fn differences(&self, asked: &Asked<'_>) -> Vec<Difference> {
        let mut differences = Vec::new();
        let mut hold = |part: &str, asked_for: Option<String>, found: String| {
            if let Some(asked_for) = asked_for
                && asked_for != found
            {
                differences.push(Difference {
                    part: part.to_owned(),
                    asked_for,
                    found,
                });
            }
        };
        let application = asked.application;
        let when = &self.when;
        hold(
            "service",
            self.service.as_ref().map(ToString::to_string),
            application.service.to_string(),
        );
        hold(
            "channel",
            when.channel.map(|channel| channel.to_string()),
            application.channel.clone(),
        );
        hold(
            "sender",
            when.sender.clone(),
            asked.sender.unwrap_or_default().to_owned(),
        );
        hold(
            "applicant",
            when.applicant.map(|iin| iin.reveal()),
            application.applicant.iin.reveal(),
        );
        hold(
            "submitter",
            when.submitter.map(|iin| iin.reveal()),
            application.submitter.reveal(),
        );
        hold(
            "organisation",
            when.organisation.map(|bin| bin.reveal()),
            application
                .organisation
                .map(|organisation| organisation.bin.reveal())
                .unwrap_or_default(),
        );
        for (name, value) in &when.form {
            let found = application.field(name).unwrap_or_default();
            hold(
                &format!("form.{name}"),
                Some(value.clone()),
                found.to_owned(),
            );
        }
        for (key, value) in &when.property {
            let found = asked.property(key);
            hold(
                &format!("property.{key}"),
                Some(value.clone()),
                found.to_owned(),
            );
        }
        differences
    }

    /// Whether it answers this application: as [`Self::differences`], and cheaper.
    pub(crate) fn answers(&self, asked: &Asked<'_>) -> bool {
        let application = asked.application;
        let when = &self.when;
        let is = |wanted: Option<&str>, found: &str| wanted.is_none_or(|wanted| wanted == found);
        self.service
            .as_ref()
            .is_none_or(|service| *service == application.service)
            && is(when.channel.map(Channel::as_str), &application.channel)
            && is(when.sender.as_deref(), asked.sender.unwrap_or_default())
            && when
                .applicant
                .is_none_or(|iin| iin == application.applicant.iin)
            && when
                .submitter
                .is_none_or(|iin| iin == application.submitter)
            && when.organisation.is_none_or(|bin| {
                application
                    .organisation
                    .is_some_and(|organisation| organisation.bin == bin)
            })
            && when
                .form
                .iter()
                .all(|(name, value)| application.field(name).unwrap_or_default() == value)
            && when
                .property
                .iter()
                .all(|(key, value)| asked.property(key) == value)
    }
}

fn service_named<'c>(name: &str, catalogue: &'c Catalogue) -> Result<&'c Service, StubError> {
    let unknown = || StubError::ServiceUnknown {
        name: name.to_owned(),
    };
    let id = ServiceAtAct::parse(name).map_err(|_| unknown())?;
    let service = catalogue
        .service(&id)
        .ok_or_else(|| match catalogue.answer(&id, None) {
            Answer::Unknown => unknown(),
            other => StubError::ServiceNotPlayed {
                why: other.to_string(),
            },
        })?;
    match kindergarten::no_stub(service) {
        None => Ok(service),
        Some(why) => Err(StubError::ServiceNotPlayed { why }),
    }
}

fn answer(written: &WrittenStub, service: Option<&Service>) -> Result<StubAnswer, StubError> {
    let only = |key, of, is_there: bool| {
        if is_there {
            Err(StubError::OtherAnswer { key, of })
        } else {
            Ok(())
        }
    };
    if written.answer != AnswerKind::Grant {
        only("content", "grant", !written.content.is_empty())?;
    }
    if written.answer != AnswerKind::Refuse {
        only("ground", "refuse", written.ground.is_some())?;
        only("comment", "refuse", written.comment.is_some())?;
    }
    match written.answer {
        AnswerKind::Leave => {
            only("signer", "grant or refuse", written.signer.is_some())?;
            only("delay_ms", "grant or refuse", written.delay_ms.is_some())?;
            Ok(StubAnswer::Leave)
        }
        AnswerKind::Grant => granted(written, service).map(StubAnswer::Grant),
        AnswerKind::Refuse => {
            if let Some(name) = &written.ground {
                let service = service.ok_or(StubError::ServiceMissing { key: "ground" })?;
                if service.ground(name).is_none() {
                    return Err(StubError::GroundUnknown {
                        service: service.id.to_string(),
                        name: name.clone(),
                        known: listed(service.grounds.iter().map(|ground| &*ground.id)),
                    });
                }
            }
            let comment = written
                .comment
                .as_deref()
                .map(Template::parse)
                .transpose()?;
            if let (Some(comment), Some(service)) = (&comment, service) {
                known_fields(comment.fields(), service)?;
            }
            Ok(StubAnswer::Refuse {
                ground: written.ground.clone(),
                comment,
            })
        }
    }
}

fn granted(
    written: &WrittenStub,
    service: Option<&Service>,
) -> Result<BTreeMap<String, Template>, StubError> {
    if written.content.is_empty() {
        return Ok(BTreeMap::new());
    }
    let service = service.ok_or(StubError::ServiceMissing { key: "content" })?;
    narrow("content", written.content.len())?;
    let mut content = BTreeMap::new();
    for (name, text) in &written.content {
        let fields = &service.result.content;
        if !fields.iter().any(|field| field.name == *name) {
            return Err(StubError::ContentUnknown {
                service: service.id.to_string(),
                name: name.clone(),
                known: listed(fields.iter().map(|field| &*field.name)),
            });
        }
        let template = Template::parse(text)?;
        known_fields(template.fields(), service)?;
        content.insert(name.clone(), template);
    }
    Ok(content)
}

impl Conditions {
    fn read(written: &WrittenWhen, service: Option<&Service>) -> Result<Self, StubError> {
        narrow("form", written.form.len())?;
        narrow("property", written.property.len())?;
        if let Some(service) = service {
            known_fields(written.form.keys().map(String::as_str), service)?;
        }
        let iin = |key, text: &Option<String>| {
            let parsed = text.as_deref().map(Iin::parse).transpose();
            parsed.map_err(|error| number(key, &error))
        };
        let organisation = written.organisation.as_deref().map(Bin::parse).transpose();
        let channel = |name: &String| {
            Channel::parse(name).ok_or_else(|| StubError::ChannelUnknown { name: name.clone() })
        };
        Ok(Self {
            channel: written.channel.as_ref().map(channel).transpose()?,
            sender: written.sender.clone(),
            applicant: iin("applicant", &written.applicant)?,
            submitter: iin("submitter", &written.submitter)?,
            organisation: organisation.map_err(|error| number("organisation", &error))?,
            form: written.form.clone(),
            property: written.property.clone(),
        })
    }
}

fn number(key: &'static str, why: &dyn std::fmt::Display) -> StubError {
    StubError::Number {
        key,
        why: why.to_string(),
    }
}

fn narrow(key: &'static str, entries: usize) -> Result<(), StubError> {
    if entries > ENTRIES_MAX {
        return Err(StubError::Wide {
            key,
            max: ENTRIES_MAX,
        });
    }
    Ok(())
}

fn known_fields<'n>(
    names: impl Iterator<Item = &'n str>,
    service: &Service,
) -> Result<(), StubError> {
    for name in names {
        if service.field(name).is_none() {
            return Err(StubError::FieldUnknown {
                service: service.id.to_string(),
                name: name.to_owned(),
                known: listed(service.form.iter().map(|field| &*field.name)),
            });
        }
    }
    Ok(())
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SERVICE: &str = "guardianship-certificate@zhambyl-2019-23";

    fn read(json: Value) -> Result<Stub, StubError> {
        let written = serde_json::from_value(json).unwrap();
        Stub::read(written, "stub-1", &Catalogue::embedded().unwrap())
    }

    #[test]
    fn what_does_not_hold_together_is_refused_and_says_why() {
        #[rustfmt::skip]
        let table = [
            (json!({"answer": "grant", "id": "a b"}), "\"a b\" is not an id: 1 to 64 letters, digits, hyphens, dots, underscores"),
            (json!({"answer": "grant", "times": 0}), "times = 0 never answers: leave it out, or say how many applications are answered"),
            (json!({"answer": "grant", "service": "none@none"}), "the catalogue has no service \"none@none\": `qaqpa services` lists them"),
            (json!({"answer": "grant", "service": "preschool-admission@qyzylorda-2018-1056"}), "this flow of preschool-admission@qyzylorda-2018-1056 is in the catalogue, the simulator does not play it yet; `qaqpa services` marks what can be played"),
            (json!({"answer": "grant", "service": "kindergarten-queue@qyzylorda-2018-1056"}), "kindergarten-queue@qyzylorda-2018-1056 is answered by the queue registry itself; a stub is for what people answer"),
            (json!({"answer": "grant", "service": "social-assistance@shal-aqyn-2012-238"}), "social-assistance@shal-aqyn-2012-238 (struck-out): the service was struck out of the act by decree No 358 of 2012-11-27; `qaqpa services` lists what can be walked"),
            (json!({"answer": "grant", "content": {"purpose": "x"}}), "content differs from service to service: say the service"),
            (json!({"answer": "leave", "comment": "x"}), "comment is for the answer refuse: leave it out, or answer refuse"),
            (json!({"answer": "leave", "signer": "head-1"}), "signer is for the answer grant or refuse: leave it out, or answer grant or refuse"),
            (json!({"answer": "refuse", "content": {"purpose": "x"}}), "content is for the answer grant: leave it out, or answer grant"),
            (json!({"answer": "refuse", "ground": "x"}), "ground differs from service to service: say the service"),
            (json!({"answer": "refuse", "ground": "x", "service": SERVICE}), "guardianship-certificate@zhambyl-2019-23 has no ground \"x\": documents-incomplete, documents-invalid, not-guardian"),
            (json!({"answer": "grant", "when": {"applicant": "123"}}), "applicant: not exactly twelve digits"),
            (json!({"answer": "grant", "when": {"channel": "post"}}), "there is no channel \"post\": portal, service-centre, state-corporation, executive-body, provider-office"),
        ];
        for (json, why) in table {
            assert_eq!(read(json.clone()).unwrap_err().to_string(), why, "{json}");
        }
        let unknown = read(json!({"answer": "grant", "service": SERVICE, "content": {"x": ""}}));
        assert!(matches!(unknown, Err(StubError::ContentUnknown { .. })));
        let unknown =
            read(json!({"answer": "grant", "service": SERVICE, "when": {"form": {"x": ""}}}));
        assert!(matches!(unknown, Err(StubError::FieldUnknown { .. })));
        let text =
            json!({"answer": "grant", "service": SERVICE, "content": {"purpose": "{{form.x}}"}});
        assert!(matches!(read(text), Err(StubError::FieldUnknown { .. })));
    }

    #[test]
    fn what_is_written_reads_back_with_its_id() {
        let stub = read(json!({"answer": "grant", "service": SERVICE, "times": 3})).unwrap();
        let written = serde_json::to_value(stub.written()).unwrap();
        assert_eq!(
            written,
            json!({"id": "stub-1", "answer": "grant", "service": SERVICE, "times": 3})
        );
    }
}
