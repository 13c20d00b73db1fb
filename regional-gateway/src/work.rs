//! What the staff notes on a card between registering and deciding.

use std::collections::BTreeMap;

use qaqpa_model::MessageId;
use qaqpa_regulations::Service;
use serde::{Deserialize, Serialize};

use crate::progress::Ruling;

/// The notes on a card, kept as JSON. Stored: changing this needs a migration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// What was found about each document of the list, by its id.
    #[serde(default)]
    pub documents: BTreeMap<String, Finding>,
    /// The decision, once it is made.
    #[serde(default)]
    pub decision: Option<Decision>,
    /// The result, once it is signed.
    #[serde(default)]
    pub result: Option<Issued>,
}

/// What was found about one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// It is not attached.
    Absent,
    /// It is attached and has faults.
    Fault,
    /// It is attached and in order.
    Ok,
}

impl Finding {
    /// The word in forms: `absent`, `fault`, `ok`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Fault => "fault",
            Self::Ok => "ok",
        }
    }

    /// The finding of that word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Absent, Self::Fault, Self::Ok]
            .into_iter()
            .find(|finding| finding.as_str() == text)
    }
}

/// A decision as it was noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The ground's id in the catalogue; `None` grants.
    pub ground: Option<String>,
    /// The officer's own words.
    pub comment: String,
    /// The account that decided.
    pub by: i64,
    /// The id that the result will have.
    pub result_id: String,
}

/// A result that was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// The `messageId` that it is sent with.
    pub message_id: String,
    /// The account that signed.
    pub by: i64,
}

impl Work {
    /// Reads the notes of a card; a card without notes has none.
    ///
    /// # Errors
    /// [`serde_json::Error`] where the text is not of this shape.
    pub fn of(work_json: &str) -> Result<Self, serde_json::Error> {
        Ok(serde_json::from_str::<Option<Self>>(work_json)?.unwrap_or_default())
    }

    /// The notes as JSON.
    ///
    /// # Errors
    /// [`serde_json::Error`]: never, but for want of memory.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// What was decided; `None` where nothing is, or the catalogue has lost the ground.
    #[must_use]
    pub fn ruling(&self, service: &Service) -> Option<Ruling> {
        let decision = self.decision.as_ref()?;
        match &decision.ground {
            None => Some(Ruling::Grant),
            Some(id) => service
                .ground(id)
                .map(|ground| Ruling::Refuse(ground.label)),
        }
    }

    /// The `messageId` of the result.
    #[must_use]
    pub fn result_message(&self) -> Option<MessageId> {
        MessageId::parse(&self.result.as_ref()?.message_id).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_without_notes_has_none_and_notes_read_back() {
        assert_eq!(Work::of("null").unwrap(), Work::default());
        let work = Work {
            documents: BTreeMap::from([("other".to_owned(), Finding::Ok)]),
            decision: Some(Decision {
                ground: None,
                comment: String::new(),
                by: 1,
                result_id: "r".to_owned(),
            }),
            result: None,
        };
        assert_eq!(Work::of(&work.to_json().unwrap()).unwrap(), work);
        assert!(Work::of("7").is_err());
    }
}
