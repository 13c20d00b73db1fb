//! What the journal will say about one message, gathered while it passes the stages.

use bytes::Bytes;
use qaqpa_channel::inbox::refusal_entry;
use qaqpa_channel::{Answers, Rejection};
use qaqpa_model::{Actor, MessageId, Moment, SenderId};
use qaqpa_store::{Direction, JournalEntry};
use qaqpa_wire::{BusinessData, Departure, SendMessageRequest, Sender};
use serde_json::{Value, json};

/// One HTTP request of the channel, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// The actor on the other side of mutual TLS.
    pub(crate) peer: Option<Actor>,
    /// `SOAPAction` as it was sent.
    pub(crate) soap_action: Option<String>,
    /// `Content-Type` as it was sent.
    pub(crate) content_type: Option<String>,
    /// The whole body.
    pub(crate) body: Bytes,
    /// When it was received.
    pub(crate) at: Moment,
}

/// The record of one message.
#[derive(Debug)]
pub(crate) struct Record {
    arrival: Arrival,
    session: String,
    request: Option<SendMessageRequest>,
    notes: serde_json::Map<String, Value>,
}

impl Record {
    pub(crate) fn begin(arrival: Arrival) -> Self {
        Self {
            arrival,
            session: Answers::new_session(),
            request: None,
            notes: serde_json::Map::new(),
        }
    }

    pub(crate) const fn arrival(&self) -> &Arrival {
        &self.arrival
    }

    /// The gateway's id of the exchange.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    pub(crate) const fn at(&self) -> Moment {
        self.arrival.at
    }

    /// What the envelope says; believed for the journal alone.
    pub(crate) const fn request(&self) -> Option<&SendMessageRequest> {
        self.request.as_ref()
    }

    /// Remembers who claims to send what.
    pub(crate) fn opened(&mut self, request: &SendMessageRequest, departures: &[Departure]) {
        // Neither the password nor a second copy of the document is needed for the journal.
        let bare = SendMessageRequest {
            sender: request.sender.as_ref().map(|sender| Sender {
                id: sender.id.clone(),
                password: None,
            }),
            message_id: request.message_id.clone(),
            correlation_id: request.correlation_id.clone(),
            service_id: request.service_id.clone(),
            message_date: request.message_date,
            route_id: request.route_id.clone(),
            properties: Vec::new(),
            session_id: request.session_id.clone(),
            data: BusinessData::new(Vec::new()),
        };
        self.request = Some(bare);
        if !departures.is_empty() {
            let named: Vec<_> = departures.iter().map(ToString::to_string).collect();
            self.note("departures", json!(named));
        }
    }

    /// Remembers one fact more. The store masks IINs and drops what is named like a secret.
    pub(crate) fn note(&mut self, key: &str, value: Value) {
        self.notes.insert(key.to_owned(), value);
    }

    /// What views show of an accepted message.
    pub(crate) fn summary(&self, sender: &SenderId, correlation: Option<&MessageId>) -> Value {
        let mut summary = json!({
            "session": self.session,
            "sender": sender.as_str(),
            "service": self.request.as_ref().map(|request| request.service_id.as_str()),
            "correlation": correlation.map(MessageId::as_str),
        });
        self.add_notes(&mut summary);
        summary
    }

    /// The entry for a message that was turned away.
    pub(crate) fn refusal(&self, rejection: &Rejection) -> JournalEntry {
        let mut entry = refusal_entry(
            rejection,
            self.request.as_ref(),
            &self.arrival.body,
            &self.session,
            self.arrival.at,
        );
        self.add_notes(&mut entry.summary);
        entry
    }

    /// The entry for a message that came before and gets its answer again.
    pub(crate) fn repeat(&self) -> JournalEntry {
        let mut summary = json!({ "session": self.session });
        self.add_notes(&mut summary);
        JournalEntry {
            at: self.arrival.at,
            kind: "repeated".to_owned(),
            message_id: self
                .request
                .as_ref()
                .map(|request| request.message_id.clone()),
            direction: Direction::In,
            label: None,
            raw: Some(self.arrival.body.to_vec()),
            summary,
        }
    }

    fn add_notes(&self, summary: &mut Value) {
        for (key, value) in &self.notes {
            summary[key] = value.clone();
        }
    }
}
