//! The steps that the portal records: asked of the walker, never numbered here.

use qaqpa_model::{MessageId, Moment, RefusalLabel};
use qaqpa_regulations::{Event, Flow, Meaning, Next, Outcome, Step, WalkError};
use qaqpa_store::{TraceEntry, TraceOutcome};

use crate::draft::{Draft, LoginSteps};

/// Something that happened, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// What.
    pub event: Event,
    /// When.
    pub at: Moment,
}

impl Happening {
    /// A process was carried out.
    #[must_use]
    pub const fn done(meaning: Meaning, at: Moment) -> Self {
        Self {
            event: Event::Done(meaning),
            at,
        }
    }

    /// A condition was answered with yes.
    #[must_use]
    pub const fn yes(meaning: Meaning, at: Moment) -> Self {
        Self {
            event: Event::Yes(meaning),
            at,
        }
    }

    /// A condition was answered with no.
    #[must_use]
    pub const fn no(meaning: Meaning, label: RefusalLabel, at: Moment) -> Self {
        Self {
            event: Event::No(meaning, label),
            at,
        }
    }
}

/// The authorisation, as it begins every story of the portal.
#[must_use]
pub fn login(steps: LoginSteps) -> Vec<Happening> {
    vec![
        Happening::done(
            Meaning::Authenticate,
            Moment::from_unix_ms(steps.entered_ms),
        ),
        Happening::yes(
            Meaning::CheckApplicant,
            Moment::from_unix_ms(steps.genuine_ms),
        ),
    ]
}

/// What comes between the authorisation and the sending, in the order of the act: preparation, the question about the
/// certificate, signature, the portal's own check. Nothing before a certificate was chosen.
///
/// What is done with the signing is done at `signed`.
#[must_use]
pub fn prepared(flow: &Flow, draft: &Draft, signed: Moment) -> Vec<Happening> {
    let Some(chosen) = &draft.certificate else {
        return Vec::new();
    };
    let moment = Moment::from_unix_ms;
    let mut happened = Vec::new();
    let mut element = flow.element_for(Meaning::Prepare);
    while let Some(here) = element {
        let (happening, outcome) = match here.meaning {
            Meaning::Prepare => {
                let prepared = moment(chosen.prepared_ms);
                (Happening::done(here.meaning, prepared), Outcome::Done)
            }
            Meaning::SignRequest => (Happening::done(here.meaning, signed), Outcome::Done),
            Meaning::CheckCertificate => {
                let checked = chosen.checked_ms.map_or(signed, moment);
                (Happening::yes(here.meaning, checked), Outcome::Yes)
            }
            Meaning::CheckRequest => (Happening::yes(here.meaning, signed), Outcome::Yes),
            _ => break,
        };
        happened.push(happening);
        element = match flow.next(&here.id, outcome) {
            Some(Next::Element(next)) => Some(next),
            Some(Next::End(_)) | None => None,
        };
    }
    happened
}

/// What comes before this condition is answered; all of it where the condition does not come before the sending.
#[must_use]
pub fn prepared_until(
    flow: &Flow,
    draft: &Draft,
    condition: Meaning,
    signed: Moment,
) -> Vec<Happening> {
    let mut happened = prepared(flow, draft, signed);
    let asked = happened
        .iter()
        .position(|one| one.event == Event::Yes(condition));
    happened.truncate(asked.unwrap_or(happened.len()));
    happened
}

/// The entries of what is new after what came before, as the walker names them.
///
/// # Errors
/// [`WalkError`] where the flow does not allow the story: then nothing may be recorded.
pub fn entries(
    flow: &Flow,
    message: &MessageId,
    before: &[Happening],
    new: &[Happening],
) -> Result<Vec<TraceEntry>, WalkError> {
    let past: Vec<Event> = before.iter().map(|past| past.event.clone()).collect();
    let mut state = flow.replay(&past)?.state;
    let mut entries = Vec::new();
    for happening in new {
        let walked = qaqpa_regulations::walk::walk(flow, &state, &happening.event)?;
        state = walked.state;
        entries.extend(
            walked
                .trace
                .into_iter()
                .map(|step| entry(message, step, happening.at)),
        );
    }
    Ok(entries)
}

pub(crate) fn entry(message: &MessageId, step: Step, at: Moment) -> TraceEntry {
    TraceEntry {
        message: message.clone(),
        at,
        element: step.element,
        meaning: step
            .meaning
            .map_or_else(|| "action".to_owned(), |meaning| meaning.to_string()),
        outcome: match step.outcome {
            Outcome::Done => TraceOutcome::Done,
            Outcome::Yes => TraceOutcome::Yes,
            Outcome::No => TraceOutcome::No,
        },
        label: step.label,
    }
}
