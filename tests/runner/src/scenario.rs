//! Scenarios: stories as data files in `tests/scenarios/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use qaqpa_model::{Actor, Lang, RefusalLabel, ServiceAtAct};
use qaqpa_regulations::{Answer, Catalogue, Channel, Flow, Text};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use each::Also;

mod each;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));
}

/// A story of people and systems, and how it must end.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Unique: `guardianship-happy`.
    pub id: String,
    /// What it tells.
    pub title: Text,
    /// The service that is asked for.
    pub service: ServiceAtAct,
    /// The channel through which it is asked for.
    pub channel: Channel,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// How it must end.
    pub expect: Expected,
}

/// How a scenario must end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The elements in the order in which they are passed.
    pub path: Vec<String>,
    /// Of a refusal: its label.
    pub label: Option<RefusalLabel>,
    /// Of a condition's "no": which of its separate causes.
    pub cause: Option<String>,
    /// The end.
    pub end: ExpectedEnd,
}

/// The three ways in which a story may stand at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedEnd {
    /// The result is in the cabinet.
    Delivered,
    /// Refused, with a label.
    Refused,
    /// Accepted, and waiting for somebody.
    Waiting,
}

impl ExpectedEnd {
    /// The name in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Waiting => "waiting",
        }
    }
}

/// One step of a story. People act through pages, systems through channels; some steps set the stage.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Stage: the person register forgets this person until the story is over.
    Forget {
        /// A ready-made identity.
        who: String,
    },
    /// Stage: these sources of revocation answer nobody until the story is over.
    Silence {
        /// `ocsp`, `crl`.
        sources: Vec<Source>,
    },
    /// Stage: the authority's answers have faults, by a rule of docs/MISCHIEF.md, until `amend` or the story is over.
    Mischief(Box<Mischief>),
    /// Stage: the rules of this story's `mischief` steps end: one by its id, or all.
    Amend {
        /// The id of a rule.
        id: Option<String>,
    },
    /// Stage: the authority suspends this certificate until the story is over.
    Suspend {
        /// A ready-made identity, or an authority: `rsa-issuing`.
        certificate: String,
    },
    /// A person logs in on the portal.
    LogIn {
        /// A ready-made identity.
        who: String,
        /// A password of one's own invention, instead of the right one.
        password: Option<String>,
    },
    /// The citizen begins an application and fills the form with sample values.
    Prepare {
        /// Values instead of the samples.
        #[serde(default)]
        fields: BTreeMap<String, String>,
    },
    /// The citizen chooses the certificate of this identity's key file.
    Choose {
        /// A ready-made identity.
        key_of: String,
    },
    /// The citizen signs on the portal and sends.
    Sign {
        /// A ready-made identity.
        key_of: String,
    },
    /// The citizen downloads the document, signs it elsewhere, and uploads it.
    Upload {
        /// A ready-made identity.
        key_of: String,
        /// What is spoilt on the way.
        #[serde(default)]
        spoil: Spoil,
    },
    /// The officer opens the card and grants, or refuses on a ground of the catalogue.
    Decide {
        /// A ready-made identity; whoever is of the unit and the role of the action in which is decided, if there is none.
        who: Option<String>,
        /// The id of a ground; granted if there is none.
        ground: Option<String>,
    },
    /// The next member of the chain opens the card and ends the open action: signs, or completes it.
    Act {
        /// A ready-made identity; whoever is of the unit and the role of the action, if there is none.
        who: Option<String>,
        /// The open action (`action-2`), where nobody is named.
        action: Option<String>,
    },
    /// The citizen looks what was decided: of a reasoned refusal the document is opened and verified.
    Learn {},
    /// The citizen opens the document in the cabinet and verifies it.
    Receive {},
    /// An information system sends a signed application over the synchronous channel.
    Send {
        /// A registered sender.
        sender: String,
        /// Whose application it is.
        who: String,
        /// Whose key signs it.
        key_of: String,
        /// What is spoilt on the way.
        #[serde(default)]
        spoil: Spoil,
    },
}

/// Whose deliberate faults a rule is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Culprit {
    /// The gateway's messages and answers.
    Gateway,
    /// The authority's answers.
    #[default]
    Nca,
}

impl Culprit {
    /// The actor whose control port takes the rule.
    pub(crate) const fn actor(self) -> Actor {
        match self {
            Self::Gateway => Actor::Gateway,
            Self::Nca => Actor::Nca,
        }
    }
}

/// A rule of deliberate faults, as docs/MISCHIEF.md and docs/GATEWAY-MISCHIEF.md say; the actor reads it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mischief {
    /// Whose faults they are.
    #[serde(skip_serializing)]
    pub actor: Culprit,
    /// Its name among the rules that are on; the actor gives one where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The faults: `"stale-next-update"`, `{ fault = "delay", ms = 250 }`.
    pub faults: Vec<Fault>,
    /// Of the gateway's: where, `answer`, `delivery`, `register`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Of the gateway's: whose messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Of the gateway's: messages on their way to whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Of the gateway's: which operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Of the authority's: `ocsp`, `crl`, `delta`, `tsp`, `cert`; of the gateway's: `SERVICE@ACT`, or a register's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Whose certificate: a ready-made identity.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub whose: Option<String>,
    /// These requests, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<Vec<u64>>,
    /// The first so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// Those after so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Every so-manyth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// At most so often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Each with this probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// What chances follow from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// A fault, with its number where it has one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Fault {
    /// As the catalogue sets it.
    Name(String),
    /// `{ fault = "delay", ms = 250 }`.
    With {
        /// The name.
        fault: String,
        /// The number, by its own key.
        #[serde(flatten)]
        dial: BTreeMap<String, u64>,
    },
}

/// A source of revocation evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Revocation lists.
    Crl,
    /// The OCSP responder.
    Ocsp,
}

impl Source {
    /// The name of the authority's service.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Crl => "crl",
            Self::Ocsp => "ocsp",
        }
    }
}

/// What happens to a signed document on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spoil {
    /// Nothing.
    #[default]
    Nothing,
    /// A value of the content is changed after signing.
    Content,
    /// A second signature is put beside the first.
    Doubled,
    /// It is not signed at all.
    Unsigned,
    /// A bit of the signature's value is changed.
    Value,
}

/// Why the scenarios cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// A file is not a scenario, or does not fit the catalogue.
    #[error("{file}{}: {what}", line.map_or_else(String::new, |line| format!(":{line}")))]
    Malformed {
        /// The file.
        file: String,
        /// The line, from 1, where it is one line that is wrong.
        line: Option<usize>,
        /// What is wrong, and what would be right.
        what: String,
    },
    /// A file or folder cannot be read.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        why: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScenario {
    id: String,
    title: RawTitle,
    service: String,
    also: Option<Also>,
    channel: String,
    step: Vec<Step>,
    expect: RawExpected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTitle {
    kk: String,
    ru: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExpected {
    path: Vec<String>,
    label: Option<String>,
    cause: Option<String>,
    end: ExpectedEnd,
}

impl Scenario {
    /// The scenarios that are built in, by id.
    ///
    /// # Errors
    /// [`ScenarioError::Malformed`]; a test of this crate holds that there is none.
    pub fn embedded(catalogue: &Catalogue) -> Result<Vec<Self>, ScenarioError> {
        let mut scenarios = Vec::new();
        for (file, text) in embedded::FILES {
            scenarios.extend(Self::parse(file, text, catalogue)?);
        }
        sorted(scenarios)
    }

    /// The scenarios of a folder, by id.
    ///
    /// # Errors
    /// [`ScenarioError`].
    pub fn of_folder(folder: &Path, catalogue: &Catalogue) -> Result<Vec<Self>, ScenarioError> {
        let mut scenarios = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|why| unreadable(folder, &why))? {
            let path = entry.map_err(|why| unreadable(folder, &why))?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                scenarios.extend(Self::of_file(&path, catalogue)?);
            }
        }
        sorted(scenarios)
    }

    /// The scenarios of a file: its story, and the same of other services where it says so.
    ///
    /// # Errors
    /// [`ScenarioError`].
    pub fn of_file(path: &Path, catalogue: &Catalogue) -> Result<Vec<Self>, ScenarioError> {
        let text = std::fs::read_to_string(path).map_err(|why| unreadable(path, &why))?;
        Self::parse(&path.display().to_string(), &text, catalogue)
    }

    /// Reads one file and holds it against the catalogue: its story, and the same of the other services of which it is
    /// told, too.
    ///
    /// # Errors
    /// [`ScenarioError::Malformed`] with the file's name and, where it is one, the line.
    pub fn parse(
        file: &str,
        text: &str,
        catalogue: &Catalogue,
    ) -> Result<Vec<Self>, ScenarioError> {
        let at = |line: Option<usize>, what: String| ScenarioError::Malformed {
            file: file.to_owned(),
            line,
            what,
        };
        let raw: RawScenario = toml::from_str(text).map_err(|why| {
            let line = why.span().map(|span| line_of(text, span.start));
            at(line, why.message().to_owned())
        })?;
        // The line on which a word stands that was read.
        let wrong_word = |word: &str, what: String| {
            let quoted = text.find(&format!("\"{word}\""));
            at(quoted.map(|start| line_of(text, start)), what)
        };
        let wrong = |what: String| at(None, what);
        let service = ServiceAtAct::parse(&raw.service).map_err(|_| {
            let what = format!("{:?} is not SERVICE@ACT", raw.service);
            wrong_word(&raw.service, what)
        })?;
        let channel = Channel::parse(&raw.channel).ok_or_else(|| {
            let has: Vec<&str> = Channel::ALL.iter().map(|one| one.as_str()).collect();
            let what = format!(
                "there is no channel {:?}; there are {}",
                raw.channel,
                has.join(", ")
            );
            wrong_word(&raw.channel, what)
        })?;
        let flow = catalogue
            .service(&service)
            .and_then(|service| service.flow(channel))
            .ok_or_else(|| match catalogue.answer(&service, Some(channel)) {
                other @ (Answer::Listed(_) | Answer::NotPlayed(_)) => {
                    wrong_word(&raw.service, other.to_string())
                }
                _ => {
                    let what = format!("the catalogue has no {service} · {channel}");
                    wrong_word(&raw.service, what)
                }
            })?;
        let title = Text {
            kk: raw.title.kk,
            ru: raw.title.ru,
            en: raw.title.en,
        };
        if Lang::ALL
            .into_iter()
            .any(|lang| title.get(lang).trim().is_empty())
        {
            return Err(wrong("the title lacks a language".to_owned()));
        }
        let expect = expected(raw.expect, flow);
        let expect = expect.map_err(|(word, what)| match word {
            Some(word) => wrong_word(&word, what),
            None => wrong(what),
        })?;
        let story = Self {
            id: raw.id,
            title,
            service,
            channel,
            steps: raw.step,
            expect,
        };
        let others = match raw.also {
            Some(Also::Pattern) => each::told(&story, catalogue).map_err(wrong)?,
            None => Vec::new(),
        };
        Ok(std::iter::once(story).chain(others).collect())
    }
}

fn unreadable(path: &Path, why: &std::io::Error) -> ScenarioError {
    ScenarioError::Unreadable {
        path: path.to_owned(),
        why: why.to_string(),
    }
}

/// The number of the line, from 1, in which this byte stands.
fn line_of(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().iter().take(byte);
    1 + before.filter(|byte| **byte == b'\n').count()
}

/// How it must end, held against the flow; else the word that is wrong, where it is one, and why.
fn expected(raw: RawExpected, flow: &Flow) -> Result<Expected, (Option<String>, String)> {
    let label = match raw.label {
        None => None,
        Some(label) => Some(RefusalLabel::parse(&label).ok_or_else(|| {
            let what = format!("there is no label {label:?}; docs/CHECKS.md has them");
            (Some(label), what)
        })?),
    };
    if (raw.end == ExpectedEnd::Refused) != label.is_some() {
        let what = "a refusal, and nothing else, has a label".to_owned();
        return Err((None, what));
    }
    for element in &raw.path {
        let mut known = flow.elements.iter().map(|known| known.id.as_str());
        if !known.any(|known| known == element) {
            let has: Vec<&str> = flow
                .elements
                .iter()
                .map(|known| known.id.as_str())
                .collect();
            let what = format!("the flow has no {element}; it has {}", has.join(", "));
            return Err((Some(element.clone()), what));
        }
    }
    if let Some(cause) = &raw.cause {
        let causes = flow.elements.iter().flat_map(|element| &element.causes);
        let mut causes = causes.filter(|known| Some(known.label) == label);
        if !causes.clone().any(|known| known.id == *cause) {
            let has: Vec<&str> = causes.by_ref().map(|known| known.id.as_str()).collect();
            let what = format!(
                "the flow has no cause {cause:?} with that label; it has {}",
                has.join(", ")
            );
            return Err((Some(cause.clone()), what));
        }
    }
    Ok(Expected {
        path: raw.path,
        label,
        cause: raw.cause,
        end: raw.end,
    })
}

fn sorted(mut scenarios: Vec<Scenario>) -> Result<Vec<Scenario>, ScenarioError> {
    scenarios.sort_by(|a, b| a.id.cmp(&b.id));
    match scenarios.windows(2).find(|pair| pair[0].id == pair[1].id) {
        None => Ok(scenarios),
        Some(pair) => Err(ScenarioError::Malformed {
            file: pair[0].id.clone(),
            line: None,
            what: "two scenarios have this id".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        id = "x"
        title = { kk = "a", ru = "b", en = "c" }
        service = "guardianship-certificate@zhambyl-2019-23"
        channel = "portal"
        step = [{ do = "log-in", who = "citizen-1" }, { do = "receive" }]
        expect = { path = ["process-1"], end = "waiting" }
    "#;

    fn read(text: &str) -> Result<Scenario, String> {
        let catalogue = Catalogue::embedded().unwrap();
        let read = Scenario::parse("x.toml", text, &catalogue);
        read.map(|mut all| all.remove(0))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_scenario_is_read() {
        let scenario = read(GOOD).unwrap();
        let log_in = Step::LogIn {
            who: "citizen-1".into(),
            password: None,
        };
        assert_eq!(scenario.steps, [log_in, Step::Receive {}]);
        assert_eq!(scenario.expect.end, ExpectedEnd::Waiting);
    }

    #[test]
    fn the_embedded_scenarios_fit_the_catalogue() {
        let catalogue = Catalogue::embedded().unwrap();
        let scenarios = Scenario::embedded(&catalogue).unwrap_or_else(|error| panic!("{error}"));
        let mut files: Vec<&str> = embedded::FILES
            .iter()
            .map(|(file, _)| file.trim_end_matches(".toml"))
            .collect();
        files.sort_unstable();
        let ids: Vec<&str> = scenarios
            .iter()
            .map(|scenario| scenario.id.as_str())
            .filter(|id| !id.contains('.'))
            .collect();
        assert_eq!(ids, files, "a scenario's file has its id as name");
    }

    /// The happy path, and a scenario for every cause of every condition of every flow.
    #[test]
    fn every_cause_of_every_condition_has_a_scenario() {
        let catalogue = Catalogue::embedded().unwrap();
        let scenarios = Scenario::embedded(&catalogue).unwrap();
        for service in catalogue.services() {
            for flow in &service.flows {
                let of_flow = || {
                    scenarios.iter().filter(|scenario| {
                        scenario.service == service.id && scenario.channel == flow.channel
                    })
                };
                assert!(of_flow().any(|scenario| scenario.expect.end == ExpectedEnd::Delivered));
                for element in &flow.elements {
                    for cause in &element.causes {
                        let told = of_flow().any(|scenario| {
                            let expect = &scenario.expect;
                            let named = expect.cause.as_ref().unwrap_or(&cause.id) == &cause.id;
                            expect.label == Some(cause.label)
                                && expect.path.contains(&element.id.to_string())
                                && named
                        });
                        assert!(told, "{}: {} no, {}", service.id, element.id, cause.id);
                    }
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_the_catalogue_is_named() {
        for (from, to, what) in [
            (
                "process-1",
                "process-9",
                "x.toml:7: the flow has no process-9; it has process-1, condition-1, process-2, process-3, condition-2, process-4, \
                 process-5, process-6, condition-3, process-7, process-8",
            ),
            (
                "\"portal\"",
                "\"provider-office\"",
                "x.toml:4: the catalogue has no guardianship-certificate@zhambyl-2019-23 · provider-office",
            ),
            (
                "guardianship-certificate@zhambyl-2019-23",
                "kindergarten-queue@qyzylorda-2018-1056",
                "x.toml:4: this flow of kindergarten-queue@qyzylorda-2018-1056 is in the catalogue, the simulator \
                 does not play it yet; `qaqpa services` marks what can be played",
            ),
            (
                "\"waiting\"",
                "\"refused\"",
                "x.toml: a refusal, and nothing else, has a label",
            ),
            (
                "kk = \"a\"",
                "kk = \"\"",
                "x.toml: the title lacks a language",
            ),
            (
                "end = \"waiting\"",
                "end = \"refused\", label = \"nope\"",
                "x.toml:7: there is no label \"nope\"; docs/CHECKS.md has them",
            ),
            (
                "end = \"waiting\"",
                "end = \"refused\", label = \"iin-mismatch\", cause = \"certificate-expired\"",
                "x.toml:7: the flow has no cause \"certificate-expired\" with that label; it has iin-mismatch",
            ),
        ] {
            assert_eq!(read(&GOOD.replacen(from, to, 1)), Err(what.to_owned()));
        }
    }

    #[test]
    fn a_story_is_told_of_every_service_with_the_same_flow() {
        let catalogue = Catalogue::embedded().unwrap();
        let text = GOOD
            .replacen("channel =", "also = \"pattern\"\nchannel =", 1)
            .replacen(
                "{ do = \"receive\" }",
                "{ do = \"decide\", who = \"officer-1\", ground = \"not-guardian\" }",
                1,
            );
        let told = Scenario::parse("x.toml", &text, &catalogue).unwrap();
        let ids: Vec<_> = told.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "x",
                "x.adoption-lump-sum@zhambyl-2019-23",
                "x.adoption-registration@zhambyl-2019-23",
                "x.externship-permission@east-kazakhstan-2016-293",
                "x.guardian-allowance@zhambyl-2019-23",
                "x.kindergarten-queue@east-kazakhstan-2016-293",
                "x.minor-property-certificate@zhambyl-2019-23",
                "x.patronage-care@zhambyl-2019-23",
            ]
        );
        // The ground with the same label; then the head signs, and the applicant learns of it.
        let decide = Step::Decide {
            who: None,
            ground: Some("no-ground".into()),
        };
        let act = |action: &str| Step::Act {
            who: None,
            action: Some(action.into()),
        };
        assert_eq!(
            told[1].steps[1..],
            [decide.clone(), act("action-2"), Step::Learn {}]
        );
        // The office and the head have it before the executor; a refusal is not sent by the office.
        assert_eq!(
            told[5].steps[1..],
            [
                act("action-1"),
                act("action-2"),
                decide,
                act("action-4"),
                Step::Learn {}
            ]
        );
        assert_eq!(told[1].expect, told[0].expect);
    }

    #[test]
    fn an_unknown_step_or_key_is_refused() {
        let error = read(&GOOD.replacen("\"receive\"", "\"vanish\"", 1)).unwrap_err();
        assert!(
            error.starts_with("x.toml:6: unknown variant `vanish`"),
            "{error}"
        );
        let error =
            read(&GOOD.replacen("\"receive\" }", "\"receive\", loudly = true }", 1)).unwrap_err();
        assert!(error.contains("loudly"), "{error}");
    }
}
