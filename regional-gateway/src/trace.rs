//! The walker's steps as the store keeps them.

use qaqpa_model::{MessageId, Moment};
use qaqpa_regulations::{Outcome, Step};
use qaqpa_store::{TraceEntry, TraceOutcome};

/// Steps of the flow that were taken at this moment.
pub(crate) fn entries(message: &MessageId, steps: Vec<Step>, at: Moment) -> Vec<TraceEntry> {
    steps
        .into_iter()
        .filter_map(|step| {
            Some(TraceEntry {
                message: message.clone(),
                at,
                meaning: step.meaning?.to_string(),
                element: step.element,
                outcome: match step.outcome {
                    Outcome::Done => TraceOutcome::Done,
                    Outcome::Yes => TraceOutcome::Yes,
                    Outcome::No => TraceOutcome::No,
                },
                label: step.label,
            })
        })
        .collect()
}
