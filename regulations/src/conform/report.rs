//! A verdict for each case.

use qaqpa_model::{ElementId, Moment, RefusalLabel, ServiceAtAct};
use thiserror::Error;

use super::log::{Case, EventLog, LogEvent};
use super::names::{ActivityMap, MapError, Names};
use super::replay::replay;
use crate::catalogue::Catalogue;
use crate::flow::{End, Flow};
use crate::period::Period;
use crate::service::Service;
use crate::vocabulary::{Channel, Outcome};

/// The flow of cases that do not name theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The service.
    pub service: Option<ServiceAtAct>,
    /// The channel, of a service with several.
    pub channel: Option<Channel>,
    /// The variant, of a channel with several flows.
    pub variant: Option<String>,
}

/// What came of a log.
#[derive(Clone, Debug)]
pub struct Report<'c> {
    /// In the order of the log.
    pub cases: Vec<Conformed<'c>>,
}

/// What came of a case.
#[derive(Clone, Debug)]
pub struct Conformed<'c> {
    /// Its name in the log.
    pub id: String,
    /// How many events it has.
    pub events: usize,
    /// How many of them the map says to ignore, or the act prints nothing for.
    pub passed_over: usize,
    /// The service.
    pub service: &'c Service,
    /// The flow.
    pub flow: &'c Flow,
    /// Whether it conforms.
    pub verdict: Verdict,
    /// What was finished too late, up to the first event that does not fit.
    pub overdue: Vec<Overdue>,
}

/// Whether a case conforms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It conforms, and has ended.
    Ended {
        /// How.
        end: End,
        /// Of a refusal: the reason, if the log has it.
        label: Option<RefusalLabel>,
    },
    /// It leaves the regulation.
    Leaves(Box<Departure>),
    /// It conforms so far.
    Unfinished {
        /// What may come next.
        waits_for: Vec<Expected>,
    },
}

/// The first event that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Which event of the case, from 1.
    pub number: usize,
    /// What came.
    pub event: LogEvent,
    /// The steps that it can mean; none, if the flow has no such step.
    pub steps: Vec<ElementId>,
    /// Why it does not fit.
    pub why: Why,
    /// What would have fitted; nothing, once the case had ended.
    pub expected: Vec<Expected>,
}

/// Why an event does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// An action must be finished first.
    ActionOpen(ElementId),
    /// The case had ended.
    Ended(End),
    /// The flow has no step of that name.
    NotInRegulation,
    /// Such an outcome cannot come of the step.
    OutcomeNotTaken,
    /// The outcome of a condition is neither yes nor no nor a reason.
    OutcomeUnknown,
    /// Something else must come first.
    OutOfTurn,
}

impl Why {
    /// The name in files.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::ActionOpen(_) => "action-open",
            Self::Ended(_) => "ended",
            Self::NotInRegulation => "not-in-regulation",
            Self::OutcomeNotTaken => "outcome-not-taken",
            Self::OutcomeUnknown => "outcome-unknown",
            Self::OutOfTurn => "out-of-turn",
        }
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ActionOpen(action) => {
                let action = action.as_str().replace('-', " ");
                write!(f, "{action} is not finished")
            }
            Self::Ended(End::Delivered) => f.write_str("the result was delivered before"),
            Self::Ended(End::Refused) => f.write_str("it was refused before"),
            Self::NotInRegulation => f.write_str("the regulation has no step of that name"),
            Self::OutcomeNotTaken => f.write_str("no such outcome can come of that step"),
            Self::OutcomeUnknown => {
                f.write_str("the outcome is neither yes nor no nor a reason that the act has")
            }
            Self::OutOfTurn => f.write_str("it is not its turn"),
        }
    }
}

/// A step that would have fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The element or action.
    pub step: ElementId,
    /// What may come of it then.
    pub outcomes: Vec<Outcome>,
}

/// A step that took longer than it may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// Which event of the case, from 1.
    pub number: usize,
    /// The line in the file, from 1.
    pub line: usize,
    /// The element or action.
    pub step: ElementId,
    /// How long it may take.
    pub deadline: Period,
    /// When its turn came: the moment of the event before.
    pub began: Moment,
    /// When it had to be finished.
    pub due: Moment,
    /// When it was finished.
    pub finished: Moment,
}

/// Why a log cannot be held against the regulation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConformError {
    /// It is not known which flow a case is of.
    #[error("line {line}, case {case:?}: {error}")]
    Choice {
        /// The line where the case begins.
        line: usize,
        /// The case.
        case: String,
        /// Why not.
        error: Box<ChoiceError>,
    },
    /// The map names a step that no flow has.
    #[error(transparent)]
    Map(#[from] MapError),
}

/// Why it is not known which flow is meant.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChoiceError {
    /// The service has no such channel or variant.
    #[error("{service} has no flow {asked}; it has {has}")]
    NoFlow {
        /// The service.
        service: ServiceAtAct,
        /// What was asked for.
        asked: String,
        /// What it has.
        has: String,
    },
    /// No service with steps has that name.
    #[error("{answer}")]
    NoService {
        /// What the catalogue says of it.
        answer: String,
    },
    /// The log does not say of which service the case is.
    #[error(
        "of which service? `--service SERVICE@ACT` says it for all cases, a column `service` for each"
    )]
    Silent,
    /// The service has several flows.
    #[error(
        "{service} has several flows: {has}; `--channel` and `--variant` say which one, or columns of these names"
    )]
    Several {
        /// The service.
        service: ServiceAtAct,
        /// What it has.
        has: String,
    },
    /// The text is not a service's.
    #[error("{text:?} is not SERVICE@ACT, as guardianship-certificate@zhambyl-2019-23 is")]
    Unreadable {
        /// The text.
        text: String,
    },
}

/// Replays every case of a log.
///
/// # Errors
/// [`ConformError`] where a case's flow is not known, or the map names what no flow has.
pub fn conform<'c>(
    catalogue: &'c Catalogue,
    log: &EventLog,
    choice: &Choice,
    map: &ActivityMap,
) -> Result<Report<'c>, ConformError> {
    let mut chosen = Vec::with_capacity(log.cases.len());
    let mut flows: Vec<(&Flow, Names<'c>)> = Vec::new();
    for case in &log.cases {
        let (service, flow) = choice
            .of(catalogue, case)
            .map_err(|error| ConformError::Choice {
                line: case.line,
                case: case.id.clone(),
                error: Box::new(error),
            })?;
        let known = flows.iter().position(|(one, _)| std::ptr::eq(*one, flow));
        let place = known.unwrap_or_else(|| {
            flows.push((flow, Names::of(flow)));
            flows.len() - 1
        });
        chosen.push((case, service, place));
    }
    let all: Vec<&Flow> = flows.iter().map(|(flow, _)| *flow).collect();
    map.hold(&all)?;
    let mut cases = Vec::with_capacity(chosen.len());
    for (case, service, place) in chosen {
        let Some((flow, names)) = flows.get(place) else {
            continue;
        };
        let replayed = replay(flow, names, map, catalogue.calendar(), case);
        cases.push(Conformed {
            id: case.id.clone(),
            events: case.events.len(),
            passed_over: replayed.passed_over,
            service,
            flow,
            verdict: replayed.verdict,
            overdue: replayed.overdue,
        });
    }
    Ok(Report { cases })
}

impl Choice {
    /// The flow of a case: what its own events say counts more than what was chosen for all.
    fn of<'c>(
        &self,
        catalogue: &'c Catalogue,
        case: &Case,
    ) -> Result<(&'c Service, &'c Flow), ChoiceError> {
        let service = match &case.service {
            Some(text) => ServiceAtAct::parse(text)
                .map_err(|_| ChoiceError::Unreadable { text: text.clone() })?,
            None => self.service.clone().ok_or(ChoiceError::Silent)?,
        };
        let service = catalogue.regulation(&service).ok_or_else(|| {
            let answer = catalogue.answer(&service, None).to_string();
            ChoiceError::NoService { answer }
        })?;
        let chosen = self.channel.map(|channel| channel.as_str().to_owned());
        let channel = case.channel.clone().or(chosen);
        let variant = case.variant.clone().or_else(|| self.variant.clone());
        let mut fitting = service.flows.iter().filter(|flow| {
            let of = flow.variant.as_ref().map(|variant| variant.id.as_str());
            let channel = channel.as_deref();
            channel.is_none_or(|channel| channel == flow.channel.as_str())
                && (variant.is_none() || variant.as_deref() == of)
        });
        let has = || {
            let names = service.flows.iter().map(flow_name);
            names.collect::<Vec<_>>().join(", ")
        };
        match (fitting.next(), fitting.next()) {
            (Some(flow), None) => Ok((service, flow)),
            (Some(_), Some(_)) => Err(ChoiceError::Several {
                service: service.id.clone(),
                has: has(),
            }),
            (None, _) => {
                let asked = [channel, variant];
                let asked: Vec<_> = asked.into_iter().flatten().collect();
                Err(ChoiceError::NoFlow {
                    service: service.id.clone(),
                    asked: asked.join(" · "),
                    has: has(),
                })
            }
        }
    }
}

/// `portal`, or `portal · consultation` of one of several.
pub(super) fn flow_name(flow: &Flow) -> String {
    let variant = flow.variant.as_ref();
    let variant = variant.map_or_else(String::new, |variant| format!(" · {}", variant.id));
    format!("{}{variant}", flow.channel)
}

impl Verdict {
    /// The name in files: `ended`, `leaves`, `unfinished`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Ended { .. } => "ended",
            Self::Leaves(_) => "leaves",
            Self::Unfinished { .. } => "unfinished",
        }
    }
}

impl Report<'_> {
    /// Whether no case leaves the regulation.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.count("leaves") == 0
    }

    /// How many cases have a verdict of that name.
    #[must_use]
    pub fn count(&self, verdict: &str) -> usize {
        let of = |case: &&Conformed<'_>| case.verdict.as_str() == verdict;
        self.cases.iter().filter(of).count()
    }

    /// How many steps of all cases took longer than they may.
    #[must_use]
    pub fn overdue(&self) -> usize {
        self.cases.iter().map(|case| case.overdue.len()).sum()
    }
}
