//! A scenario's file, held against the catalogue: what is wrong is told with its line, and what would be right.

use qaqpa_crypto::sha256;
use qaqpa_model::{Lang, RefusalLabel, ServiceAtAct};
use qaqpa_regulations::{Answer, Catalogue, Channel, Flow, Text};
use serde::Deserialize;

use super::each::{self, Also};
use super::{Expected, ExpectedEnd, Scenario, ScenarioError, Step};

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
            source: hex::encode(sha256(text.as_bytes())),
        };
        let others = match raw.also {
            Some(Also::Pattern) => each::told(&story, catalogue).map_err(wrong)?,
            None => Vec::new(),
        };
        Ok(std::iter::once(story).chain(others).collect())
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
