//! Which messages are meant.

use qaqpa_model::{Iin, MessageId, RefusalLabel};
use qaqpa_store::{HistoryFilter, mask};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::history::Message;

/// Which messages are meant: all that is said must hold. Without a word, whatever was accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pattern {
    /// `REQUEST` (an application, a question), `NOTIFICATION` (a status) or `RESPONSE` (a result).
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<MessageKind>,
    /// What became of it; `accepted` where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeAsked>,
    /// The system that sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// The envelope's serviceId.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The applicant's IIN, of an accepted application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applicant: Option<String>,
    /// The application's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// The messageId.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The correlationId.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// The label of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MessageKind {
    /// A status.
    Notification,
    /// An application, or a question to a register.
    Request,
    /// A result.
    Response,
}

/// What became of a message, as a pattern asks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeAsked {
    /// It is on disk, and goes on.
    #[default]
    Accepted,
    /// Whatever became of it.
    Any,
    /// The gateway could not work on it.
    Faulted,
    /// A check or the regulation says no.
    Refused,
    /// It had come before, and got the answer of then.
    Repeated,
}

/// A part in which a message is not what a pattern asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    part: &'static str,
    asked_for: String,
    /// `None`: a message that was turned away does not tell it.
    found: Option<String>,
}

impl MessageKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Notification => "NOTIFICATION",
            Self::Response => "RESPONSE",
        }
    }
}

impl OutcomeAsked {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Any => "any",
            Self::Faulted => "faulted",
            Self::Refused => "refused",
            Self::Repeated => "repeated",
        }
    }
}

impl Pattern {
    /// Holds that what is written can be: an IIN is one, a label is one of the simulator's.
    ///
    /// # Errors
    /// What cannot be, with what can.
    pub(crate) fn check(&self) -> Result<(), String> {
        if let Some(iin) = &self.applicant {
            Iin::parse(iin).map_err(|error| format!("applicant: {error}"))?;
        }
        for (key, id) in [
            ("message", &self.message),
            ("correlation", &self.correlation),
        ] {
            if let Some(id) = id {
                MessageId::parse(id).map_err(|error| format!("{key}: {error}"))?;
            }
        }
        match &self.label {
            Some(label) if RefusalLabel::parse(label).is_none() => Err(format!(
                "label: no refusal is called {label:?}: docs/CHECKS.md lists the labels"
            )),
            _ => Ok(()),
        }
    }

    /// Whether one of those may be meant that were turned away and that the journal holds nothing about: nobody knows what
    /// they were, and for whom.
    pub(crate) fn may_be_untold(&self) -> bool {
        let of_those = match self.outcome.unwrap_or_default() {
            OutcomeAsked::Accepted | OutcomeAsked::Repeated => false,
            OutcomeAsked::Any | OutcomeAsked::Faulted | OutcomeAsked::Refused => true,
        };
        of_those && self.kind.is_none() && self.applicant.is_none() && self.application.is_none()
    }

    /// The filter of a time, narrowed to what may be meant: the store looks, and less is read. What it leaves is looked at
    /// by [`differences`](Self::differences).
    pub(crate) fn narrow(&self, filter: HistoryFilter) -> HistoryFilter {
        let outcome = self.outcome.unwrap_or_default();
        let kind = (outcome != OutcomeAsked::Any).then(|| outcome.as_str().to_owned());
        let id = |text: &Option<String>| MessageId::parse(text.as_deref()?).ok();
        let plain = |text: &&String| text.chars().all(is_stored_as_it_is);
        let of_facts = self.applicant.as_ref().or(self.application.as_ref());
        HistoryFilter {
            kind,
            label: self.label.as_deref().and_then(RefusalLabel::parse),
            message_id: id(&self.message),
            correlation: id(&self.correlation),
            in_summary: self.service.as_ref().filter(plain).cloned(),
            in_facts: of_facts.filter(plain).cloned(),
            ..filter
        }
    }

    /// In what a message is not the one that is meant; empty where it is.
    pub(crate) fn differences(&self, message: &Message) -> Vec<Difference> {
        let outcome = self.outcome.unwrap_or_default();
        let outcome = (outcome != OutcomeAsked::Any).then(|| outcome.as_str());
        let kind = self.kind.map(MessageKind::as_str);
        let found_kind = message.kind.map(MessageKind::as_str);
        let asked: [(&'static str, Option<&str>, Option<&str>); 9] = [
            ("outcome", outcome, Some(&message.outcome)),
            ("type", kind, found_kind),
            ("sender", self.sender.as_deref(), message.sender.as_deref()),
            (
                "service",
                self.service.as_deref(),
                message.service.as_deref(),
            ),
            (
                "applicant",
                self.applicant.as_deref(),
                message.applicant.as_deref(),
            ),
            (
                "application",
                self.application.as_deref(),
                message.application.as_deref(),
            ),
            (
                "message",
                self.message.as_deref(),
                message.message.as_deref(),
            ),
            (
                "correlation",
                self.correlation.as_deref(),
                message.correlation.as_deref(),
            ),
            ("label", self.label.as_deref(), message.label),
        ];
        let differ = asked.into_iter().filter_map(|(part, asked_for, found)| {
            let asked_for = asked_for?;
            // What was accepted is known whole; nobody has read what was turned away to its end.
            let is_known = found.is_some() || message.kind.is_some() || part == "label";
            let is_meant = match part {
                "message" | "correlation" => found.map(bare) == Some(bare(asked_for)),
                _ => found == Some(asked_for),
            };
            (!is_meant).then(|| Difference {
                part,
                asked_for: asked_for.to_owned(),
                found: is_known.then(|| found.unwrap_or_default().to_owned()),
            })
        });
        differ.collect()
    }
}

/// An id without its braces: people leave them out.
fn bare(id: &str) -> &str {
    id.trim_matches(['{', '}'])
}

/// Neither JSON nor the store's language for parts of texts writes it otherwise.
const fn is_stored_as_it_is(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | ':' | '/')
}

/// How far a message with these differences is from what is asked for, the nearest least: by what it says otherwise, then
/// by what it does not tell; what became of it weighs least.
pub(crate) fn distance(differences: &[Difference]) -> (usize, usize, usize) {
    let other = |one: &&Difference| one.found.is_some() && one.part != "outcome";
    let untold = |one: &&Difference| one.found.is_none();
    let others = differences.iter().filter(other).count();
    let untold = differences.iter().filter(untold).count();
    (others, untold, differences.len() - others - untold)
}

impl Difference {
    /// What a message says is masked; what a pattern asks for is the operator's own word.
    pub(crate) fn view(&self) -> Value {
        json!({
            "part": self.part,
            "asked_for": self.asked_for,
            "found": self.found.as_deref().map_or_else(|| "not known".to_owned(), mask::numbers),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrowed(written: Value) -> HistoryFilter {
        let pattern: Pattern = serde_json::from_value(written).unwrap();
        pattern.narrow(HistoryFilter::default())
    }

    #[test]
    fn the_store_looks_for_what_it_can_tell_and_for_no_more() {
        let accepted = || HistoryFilter {
            kind: Some("accepted".to_owned()),
            ..HistoryFilter::default()
        };
        assert_eq!(narrowed(json!({})), accepted());
        assert_eq!(
            narrowed(json!({"outcome": "any"})),
            HistoryFilter::default()
        );
        let text = |text: &str| Some(text.to_owned());
        let service = "guardianship-certificate@zhambyl-2019-23";
        let wish = json!({"service": service, "applicant": "931002451325", "sender": "a%b"});
        let filter = HistoryFilter {
            in_summary: text(service),
            in_facts: text("931002451325"),
            ..accepted()
        };
        assert_eq!(narrowed(wish), filter);
        // What is written otherwise in JSON, or means more in the store's language, is looked at here.
        for odd in ["a\"b", "a%", "a\\", "ә", "*"] {
            assert_eq!(
                narrowed(json!({"service": odd, "application": odd})),
                accepted()
            );
        }
    }
}
