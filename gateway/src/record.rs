//! What the journal will say about one message, gathered while it passes the stages.

use std::net::IpAddr;

use bytes::Bytes;
use qaqpa_channel::inbox::refusal_entry;
use qaqpa_channel::{Answers, Heading, Rejection};
use qaqpa_model::{Actor, MessageId, Moment, SenderId};
use qaqpa_store::{Direction, JournalEntry};
use qaqpa_transport::{PeerCertificate, PeerIdentity};
use qaqpa_wire::{Channel, Departure, Operation};
use serde_json::{Value, json};

use crate::places::Occupied;

/// One HTTP request of the channel, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// The channel that it came to.
    pub(crate) channel: Channel,
    /// The actor on the other side of mutual TLS.
    pub(crate) peer: Option<Actor>,
    /// The certificate that anybody else has shown in the handshake.
    pub(crate) shown: PeerCertificate,
    /// Which one of several of its kind the actor is.
    pub(crate) identity: PeerIdentity,
    /// Where the connection comes from; a proxy's address where one stands between.
    pub(crate) from: IpAddr,
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
    operation: Operation,
    heading: Option<Heading>,
    notes: serde_json::Map<String, Value>,
    /// Taken by the sender until this is answered.
    place: Option<Occupied<SenderId>>,
    is_known: bool,
}

impl Record {
    pub(crate) fn begin(arrival: Arrival) -> Self {
        Self {
            operation: arrival.channel.fallback(),
            arrival,
            session: Answers::new_session(),
            heading: None,
            notes: serde_json::Map::new(),
            place: None,
            is_known: false,
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

    /// What the envelope says about itself; believed for the journal alone.
    pub(crate) const fn heading(&self) -> Option<&Heading> {
        self.heading.as_ref()
    }

    /// What is asked for: whose fault a refusal is.
    pub(crate) const fn operation(&self) -> Operation {
        self.operation
    }

    /// Remembers what is asked for.
    pub(crate) const fn asked(&mut self, operation: Operation) {
        self.operation = operation;
    }

    /// Remembers the id that the gateway has assigned to the message, or to the one that it repeats.
    pub(crate) fn assign(&mut self, message_id: &MessageId) {
        let heading = self.heading.get_or_insert_default();
        heading.message_id = Some(message_id.clone());
    }

    /// Remembers who claims to send what.
    pub(crate) fn opened(&mut self, heading: Heading, departures: &[Departure]) {
        self.heading = Some(heading);
        if !departures.is_empty() {
            let named: Vec<_> = departures.iter().map(ToString::to_string).collect();
            self.note("departures", json!(named));
        }
    }

    /// Whether the sender was proven: whoever is refused before is a stranger, whatever the envelope says.
    pub(crate) const fn is_of_a_known_sender(&self) -> bool {
        self.is_known
    }

    /// Remembers that the sender is proven: also of who says nothing, and has signed with a certificate that is its own.
    pub(crate) fn know_sender(&mut self, sender: &SenderId) {
        self.is_known = true;
        let heading = self.heading.get_or_insert_default();
        heading.sender.get_or_insert_with(|| sender.clone());
    }

    /// Holds the sender's place for as long as its request is worked on.
    pub(crate) fn occupy(&mut self, place: Occupied<SenderId>) {
        self.place = Some(place);
    }

    /// Gives the sender's place back: its request has its answer, and only the journal goes on with it.
    pub(crate) fn leave(&mut self) {
        self.place = None;
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
            "service": self.heading.as_ref().and_then(|heading| heading.service.as_deref()),
            "correlation": correlation.map(MessageId::as_str),
        });
        self.add_notes(&mut summary);
        summary
    }

    /// The entry for a message that was turned away.
    pub(crate) fn refusal(&self, rejection: &Rejection) -> JournalEntry {
        let mut entry = refusal_entry(
            rejection,
            self.heading.as_ref(),
            &self.arrival.body,
            &self.session,
            self.arrival.at,
        );
        self.add_notes(&mut entry.summary);
        entry
    }

    /// The entry for a message that came before and gets its answer again.
    pub(crate) fn repeat(&self) -> JournalEntry {
        let heading = self.heading.as_ref();
        let sender = heading.and_then(|heading| heading.sender.as_ref());
        let correlation = heading.and_then(|heading| heading.correlation.as_ref());
        let summary = json!({
            "session": self.session,
            "sender": sender.map(SenderId::as_str),
            "service": heading.and_then(|heading| heading.service.as_deref()),
            "correlation": correlation.map(MessageId::as_str),
        });
        self.entry("repeated", summary)
    }

    /// The entry for something else that was done because of what came.
    pub(crate) fn entry(&self, kind: &str, mut summary: Value) -> JournalEntry {
        self.add_notes(&mut summary);
        let heading = self.heading.as_ref();
        JournalEntry {
            at: self.arrival.at,
            kind: kind.to_owned(),
            message_id: heading.and_then(|heading| heading.message_id.clone()),
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
