//! What the log's own words mean: which step of the flow, and which answer.

use std::collections::{BTreeMap, HashMap};

use qaqpa_model::{ElementId, RefusalLabel};
use thiserror::Error;
use toml::Spanned;

use super::log::LogEvent;
use super::report::Why;
use crate::flow::{ActionDef, Branch, Element, Flow};
use crate::text::Text;
use crate::vocabulary::Outcome;
use crate::walk::Event;

const YES: &[&str] = &["yes", "y", "true", "1", "иә", "да"];
const NO: &[&str] = &["no", "n", "false", "0", "жоқ", "нет"];
const DONE: &[&str] = &["", "done", "complete", "completed", "finished"];

/// What a name of the log means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Nothing that the regulation speaks of: passed over.
    PassedOver,
    /// A step.
    Step {
        /// Its id.
        id: ElementId,
        /// What came of it, where the name itself says so.
        outcome: Option<Outcome>,
        /// Of a "no": why, where the name itself says so.
        label: Option<RefusalLabel>,
    },
}

/// Why a text is no target.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "not a step: {text:?}; write process-6, condition-3=yes, condition-3=no, condition-3=no:grounds-absent, or ignore"
)]
pub struct TargetError {
    /// The text that was given.
    pub text: String,
}

impl Target {
    /// Reads `ID`, `ID=OUTCOME`, `ID=no:LABEL` or `ignore`; an id may be written as it is spoken.
    ///
    /// # Errors
    /// [`TargetError`] with the text.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let error = || TargetError {
            text: text.chars().take(64).collect(),
        };
        if text.trim() == "ignore" {
            return Ok(Self::PassedOver);
        }
        let (id, answer) = match text.split_once('=') {
            Some((id, answer)) => (id, Some(answer.trim())),
            None => (text, None),
        };
        let id = ElementId::parse(&key(id).replace(' ', "-")).map_err(|_| error())?;
        let (outcome, label) = match answer.map(|answer| answer.split_once(':')) {
            None => (None, None),
            Some(None) => (
                Some(answer.and_then(Outcome::parse).ok_or_else(error)?),
                None,
            ),
            Some(Some(("no", label))) => {
                let label = RefusalLabel::parse(label.trim()).ok_or_else(error)?;
                (Some(Outcome::No), Some(label))
            }
            Some(Some(_)) => return Err(error()),
        };
        Ok(Self::Step { id, outcome, label })
    }
}

/// A file that says what the names of a log mean: `"Register document" = "process-6"`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityMap {
    of: BTreeMap<String, Mapped>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Mapped {
    name: String,
    target: Target,
    line: usize,
}

/// Why a map is not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MapError {
    /// A value is no target.
    #[error("line {line}, {name:?}: {error}")]
    Target {
        /// From 1.
        line: usize,
        /// The name of the log.
        name: String,
        /// Why not.
        error: TargetError,
    },
    /// Two names differ in nothing but capitals and spaces.
    #[error("line {line}: {name:?} a second time: capitals and spaces make no difference")]
    Twice {
        /// From 1.
        line: usize,
        /// The name of the log.
        name: String,
    },
    /// The file is not TOML of names and texts.
    #[error("{why}")]
    Toml {
        /// What the reader says, with the line.
        why: String,
    },
    /// No flow of the log has that step.
    #[error("line {line}, {name:?}: no flow of these cases has a step {id}; there are {has}")]
    Unknown {
        /// From 1.
        line: usize,
        /// The name of the log.
        name: String,
        /// The step.
        id: ElementId,
        /// The steps that there are.
        has: String,
    },
}

impl ActivityMap {
    /// Reads the file's text.
    ///
    /// # Errors
    /// [`MapError`] by the first line that is wrong.
    ///
    /// ```
    /// use qaqpa_regulations::conform::ActivityMap;
    /// let map = "\"Register document\" = \"process-6\"\n\"Checked: bad\" = \"condition-3=no\"\n";
    /// assert!(ActivityMap::read(map).is_ok());
    /// assert!(ActivityMap::read("\"Checked\" = \"perhaps\"").is_ok());
    /// assert!(ActivityMap::read("\"Checked\" = \"condition-3=perhaps\"").is_err());
    /// ```
    pub fn read(text: &str) -> Result<Self, MapError> {
        let file: BTreeMap<Spanned<String>, Spanned<String>> =
            toml::from_str(text).map_err(|error| MapError::Toml {
                why: error.to_string().trim_end().to_owned(),
            })?;
        let mut lines: Vec<_> = file.into_iter().collect();
        lines.sort_by_key(|(name, _)| name.span().start);
        let mut of = BTreeMap::new();
        for (name, target) in lines {
            let before = text.get(..name.span().start).unwrap_or_default();
            let line = 1 + before.matches('\n').count();
            let name = name.into_inner();
            let target = Target::parse(target.as_ref()).map_err(|error| MapError::Target {
                line,
                name: name.clone(),
                error,
            })?;
            let mapped = Mapped {
                name: name.clone(),
                target,
                line,
            };
            if of.insert(key(&name), mapped).is_some() {
                return Err(MapError::Twice { line, name });
            }
        }
        Ok(Self { of })
    }

    /// Holds that each step is one of these flows.
    pub(super) fn hold(&self, flows: &[&Flow]) -> Result<(), MapError> {
        let mut mapped: Vec<_> = self.of.values().collect();
        mapped.sort_by_key(|one| one.line);
        for one in mapped {
            let Target::Step { id, .. } = &one.target else {
                continue;
            };
            let has = |flow: &&Flow| flow.element(id).is_some() || flow.action(id).is_some();
            if !flows.iter().any(has) {
                let ids = flows.first().map(|flow| {
                    let elements = flow.elements.iter().map(|element| element.id.as_str());
                    let actions = flow.actions.iter().map(|action| action.id.as_str());
                    elements.chain(actions).collect::<Vec<_>>().join(", ")
                });
                return Err(MapError::Unknown {
                    line: one.line,
                    name: one.name.clone(),
                    id: id.clone(),
                    has: ids.unwrap_or_default(),
                });
            }
        }
        Ok(())
    }
}

/// The names of one flow's steps.
pub(super) struct Names<'f> {
    flow: &'f Flow,
    of: HashMap<String, Vec<Named<'f>>>,
}

#[derive(Clone, Copy)]
enum Named<'f> {
    Action(&'f ActionDef),
    /// A step that may come before the first numbered one.
    Before,
    Element(&'f Element),
    /// A number under which the act prints nothing.
    Empty,
}

/// What an event of the log says.
pub(super) enum Said {
    /// One of these, each with the reason that was logged.
    Steps(Vec<Claim>),
    /// A step before the first numbered one.
    Before,
    /// Nothing that the regulation speaks of.
    PassedOver,
}

/// One thing that an event may mean.
pub(super) struct Claim {
    pub(super) step: ElementId,
    pub(super) event: Event,
    /// Of a "no": the reason, if the log has it.
    pub(super) label: Option<RefusalLabel>,
}

/// What an outcome's words say.
struct Answer {
    outcome: Option<Outcome>,
    label: Option<RefusalLabel>,
}

impl<'f> Names<'f> {
    pub(super) fn of(flow: &'f Flow) -> Self {
        let mut names = Self {
            flow,
            of: HashMap::new(),
        };
        for element in &flow.elements {
            names.add(element.id.as_str(), Named::Element(element));
            names.add(&element.spoken(), Named::Element(element));
            names.titles(&element.title, Named::Element(element));
        }
        for action in &flow.actions {
            names.add(action.id.as_str(), Named::Action(action));
            names.add(&action.spoken(), Named::Action(action));
            names.titles(&action.title, Named::Action(action));
        }
        for before in &flow.preliminaries {
            names.titles(&before.title, Named::Before);
        }
        for empty in &flow.empty_actions {
            names.add(empty.id.as_str(), Named::Empty);
            names.add(&empty.id.as_str().replace('-', " "), Named::Empty);
        }
        names
    }

    fn titles(&mut self, title: &Text, named: Named<'f>) {
        for text in [&title.kk, &title.ru, &title.en] {
            self.add(text, named);
        }
    }

    fn add(&mut self, name: &str, named: Named<'f>) {
        let all = self.of.entry(key(name)).or_default();
        if !all.iter().any(|one| one.is(named)) {
            all.push(named);
        }
    }

    /// What the event says, by the map first, then by the flow's own names.
    pub(super) fn said(&self, event: &LogEvent, map: &ActivityMap) -> Result<Said, Why> {
        let logged = event.outcome.as_deref().unwrap_or_default();
        let name = key(&event.activity);
        if let Some(mapped) = map.of.get(&name) {
            return match &mapped.target {
                Target::PassedOver => Ok(Said::PassedOver),
                Target::Step { id, outcome, label } => {
                    let named = self.step(id).ok_or(Why::NotInRegulation)?;
                    let told = outcome.map(|outcome| Answer {
                        outcome: Some(outcome),
                        label: *label,
                    });
                    self.claims(&[named], told, logged)
                }
            };
        }
        if let Some(named) = self.of.get(&name) {
            return self.claims(named, None, logged);
        }
        // The answer may stand in the name: `condition 3 = no`.
        let (name, answer) = event
            .activity
            .rsplit_once('=')
            .ok_or(Why::NotInRegulation)?;
        let named = self.of.get(&key(name)).ok_or(Why::NotInRegulation)?;
        self.claims(named, None, answer)
    }

    fn step(&self, id: &ElementId) -> Option<Named<'f>> {
        let element = self.flow.element(id).map(Named::Element);
        element.or_else(|| self.flow.action(id).map(Named::Action))
    }

    fn claims(&self, named: &[Named<'f>], told: Option<Answer>, logged: &str) -> Result<Said, Why> {
        let mut claims = Vec::new();
        let mut why = None;
        for one in named {
            match one {
                Named::Before => return Ok(Said::Before),
                Named::Empty => return Ok(Said::PassedOver),
                Named::Action(action) => match told.as_ref().and_then(|told| told.outcome) {
                    Some(Outcome::Yes | Outcome::No) => why = Some(Why::OutcomeNotTaken),
                    _ if is(NO, logged) => why = Some(Why::OutcomeNotTaken),
                    _ => claims.push(Claim {
                        step: action.id.clone(),
                        event: Event::ActionDone(action.id.clone()),
                        label: None,
                    }),
                },
                Named::Element(element) => {
                    let answer = match &told {
                        Some(told) => Answer {
                            outcome: told.outcome,
                            // The map may say "no", and a column why.
                            label: told.label.or_else(|| reason(element, logged)),
                        },
                        None => match answer(element, logged) {
                            Ok(answer) => answer,
                            Err(unknown) => {
                                why = Some(unknown);
                                continue;
                            }
                        },
                    };
                    let before = claims.len();
                    claims.extend(claims_of(element, &answer));
                    if claims.len() == before {
                        why = Some(Why::OutcomeNotTaken);
                    }
                }
            }
        }
        match why {
            Some(why) if claims.is_empty() => Err(why),
            _ => Ok(Said::Steps(claims)),
        }
    }
}

impl Named<'_> {
    fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Action(one), Self::Action(other)) => one.id == other.id,
            (Self::Element(one), Self::Element(other)) => one.id == other.id,
            (Self::Before, Self::Before) | (Self::Empty, Self::Empty) => true,
            _ => false,
        }
    }
}

/// What the outcome's words say of that element; a process takes any words but a "no".
fn answer(element: &Element, logged: &str) -> Result<Answer, Why> {
    let of = |outcome| Answer {
        outcome,
        label: None,
    };
    if is(NO, logged) {
        return Ok(of(Some(Outcome::No)));
    }
    if !matches!(element.branch, Branch::Question { .. }) {
        return Ok(of(Some(Outcome::Done)));
    }
    if is(YES, logged) {
        return Ok(of(Some(Outcome::Yes)));
    }
    if is(DONE, logged) {
        return Ok(of(None));
    }
    match reason(element, logged) {
        Some(label) => Ok(Answer {
            outcome: Some(Outcome::No),
            label: Some(label),
        }),
        None => Err(Why::OutcomeUnknown),
    }
}

/// The cause of a "no" by its label, its id or its title; `no:LABEL`, too.
fn reason(element: &Element, logged: &str) -> Option<RefusalLabel> {
    let said = logged.split_once(':');
    let said = said
        .filter(|(no, _)| is(NO, no))
        .map_or(logged, |(_, reason)| reason);
    let said = key(said);
    let cause = element.causes.iter().find(|cause| {
        let Text { kk, ru, en } = &cause.title;
        let names = [cause.id.as_str(), cause.label.as_str(), kk, ru, en];
        names.iter().any(|name| key(name) == said)
    });
    // The gateway repeats a check with reasons of its own.
    cause
        .map(|cause| cause.label)
        .or_else(|| RefusalLabel::parse(&said))
}

fn claims_of(element: &Element, answer: &Answer) -> Vec<Claim> {
    let outcomes: &[Outcome] = match (&element.branch, answer.outcome) {
        (Branch::Question { .. }, None | Some(Outcome::Done)) => &[Outcome::Yes, Outcome::No],
        (Branch::Question { .. }, Some(Outcome::Yes)) => &[Outcome::Yes],
        (Branch::Question { .. }, Some(Outcome::No)) => &[Outcome::No],
        (_, Some(Outcome::Yes | Outcome::No)) => &[],
        (_, None | Some(Outcome::Done)) => &[Outcome::Done],
    };
    let claim = |outcome: &Outcome| {
        Some(Claim {
            step: element.id.clone(),
            event: event(element, *outcome, answer.label)?,
            label: answer.label.filter(|_| *outcome == Outcome::No),
        })
    };
    outcomes.iter().filter_map(claim).collect()
}

/// The walker's event. A "no" needs a reason there, and any leads the same way: the first stands for one not logged.
pub(super) fn event(
    element: &Element,
    outcome: Outcome,
    label: Option<RefusalLabel>,
) -> Option<Event> {
    let meaning = element.meaning;
    Some(match outcome {
        Outcome::Done => Event::Done(meaning),
        Outcome::Yes => Event::Yes(meaning),
        Outcome::No => {
            let first = || element.causes.first().map(|cause| cause.label);
            Event::No(meaning, label.or_else(first)?)
        }
    })
}

fn is(words: &[&str], text: &str) -> bool {
    words.contains(&key(text).as_str())
}

/// What makes two names one: neither capitals nor spaces part them.
fn key(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}
