//! The messages that came, as they are asked about.

use std::ops::ControlFlow;

use qaqpa_model::{MessageId, Moment};
use qaqpa_store::{Happened, HistoryFilter, Store, StoreError, mask};
use serde_json::{Value, json};

use super::pattern::MessageKind;
use crate::stages::return_document::{ApplicationFacts, is_status};

/// Messages that are looked through for one question, and how many of them lie in memory at once.
pub(crate) const MESSAGES_MAX: usize = 1_000_000;
const PAGE: u32 = 1000;

/// A message that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) at: Moment,
    pub(crate) outcome: String,
    /// What it is; of a message that was turned away nobody knows.
    pub(crate) kind: Option<MessageKind>,
    pub(crate) sender: Option<String>,
    pub(crate) service: Option<String>,
    /// The applicant's IIN, whole: masked where it is shown.
    pub(crate) applicant: Option<String>,
    pub(crate) application: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) correlation: Option<String>,
    pub(crate) label: Option<&'static str>,
}

/// Why a history cannot be told.
#[derive(Debug)]
pub(crate) enum HistoryError {
    /// More messages than are looked through for one question.
    Long,
    /// The store could not.
    Store(StoreError),
}

/// Goes through what the filter is about, the newest first, for as long as `look` wants more; the filter's limit is ours.
pub(crate) async fn look_through(
    store: &Store,
    filter: HistoryFilter,
    mut look: impl FnMut(Message) -> ControlFlow<()>,
) -> Result<(), HistoryError> {
    let mut filter = HistoryFilter {
        limit: PAGE,
        ..filter
    };
    let mut seen = 0;
    loop {
        let page = store.exchange().history(&filter).await;
        let page = page.map_err(HistoryError::Store)?;
        let is_last = page.len() < PAGE as usize;
        filter.before = page.last().map(|last| last.mark.clone());
        for happened in page {
            if seen == MESSAGES_MAX {
                return Err(HistoryError::Long);
            }
            seen += 1;
            if look(happened.into()).is_break() {
                return Ok(());
            }
        }
        if is_last {
            return Ok(());
        }
    }
}

impl From<Happened> for Message {
    fn from(happened: Happened) -> Self {
        let facts = happened.facts_json.as_deref();
        let application: Option<ApplicationFacts> =
            facts.and_then(|facts| serde_json::from_str(facts).ok());
        let of_summary = |name: &str| happened.summary[name].as_str().map(str::to_owned);
        let kind = facts.map(|facts| {
            if happened.correlation.is_none() {
                MessageKind::Request
            } else if is_status(facts) {
                MessageKind::Notification
            } else {
                MessageKind::Response
            }
        });
        let correlation = happened.correlation.as_ref().map(ToString::to_string);
        let sender = happened.sender.as_ref().map(ToString::to_string);
        Self {
            at: happened.at,
            kind,
            sender: sender.or_else(|| of_summary("sender")),
            service: of_summary("service"),
            applicant: application
                .as_ref()
                .map(|facts| facts.applicant_iin.clone()),
            application: application.map(|facts| facts.application_id),
            message: happened.message_id.as_ref().map(MessageId::to_string),
            correlation: correlation.or_else(|| of_summary("correlation")),
            label: happened.label.map(|label| label.as_str()),
            outcome: happened.kind,
        }
    }
}

impl Message {
    /// As it is shown: masked.
    pub(crate) fn view(&self) -> Value {
        json!({
            "at": self.at.to_string(),
            "outcome": self.outcome,
            "type": self.kind,
            "sender": self.sender,
            "service": self.service,
            "applicant": self.applicant.as_deref().map(mask::numbers),
            "application": self.application,
            "message": self.message,
            "correlation": self.correlation,
            "label": self.label,
        })
    }
}
