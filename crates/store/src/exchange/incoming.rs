//! A message that comes in: what is accepted, what follows from it, and what came of it.

use qaqpa_model::{BodyDigest, MessageId, Moment, RefusalLabel, RequestStatus, SenderId};

use super::OutgoingMessage;
use crate::cabinet::{NewCabinetDocument, NewNotification};
use crate::cards::{AnsweredCard, NewCard};
use crate::trace::TraceEntry;

/// A message that was judged and may be accepted.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Who sent it, as authenticated.
    pub sender: SenderId,
    /// Its id.
    pub message_id: MessageId,
    /// The digest of its body: the whole HTTP body or what the channel decides; the same for repeats.
    pub digest: BodyDigest,
    /// SHA-256 of the business document's SignatureValue, for the replay check.
    pub business_signature: Option<[u8; 32]>,
    /// The first message's id, where this is an answer.
    pub correlation: Option<MessageId>,
    /// Whether this is the one final answer to `correlation`: a second one is [`Conflict::Settled`].
    pub settles: bool,
    /// The raw bytes as they came; kept by content, journalled.
    pub raw: Vec<u8>,
    /// The verdict as JSON.
    pub verdict_json: String,
    /// The caller's facts as JSON for later checks (service, applicant, …); private, not masked.
    pub facts_json: String,
    /// What the journal shows; IINs are masked by the store.
    pub summary: serde_json::Value,
    /// The answer to give now and at every repeat.
    pub response: Vec<u8>,
    /// The message that goes on because of this one.
    pub outbox: Option<OutgoingMessage>,
    /// What else happens because of this one.
    pub effects: Vec<Effect>,
    /// The steps that this one takes.
    pub trace: Vec<TraceEntry>,
    /// When it is accepted.
    pub at: Moment,
}

impl Incoming {
    /// An incoming message with nothing but its identity: fill in the other fields.
    #[must_use]
    pub fn new(sender: SenderId, message_id: MessageId, digest: BodyDigest, at: Moment) -> Self {
        Self {
            sender,
            message_id,
            digest,
            business_signature: None,
            correlation: None,
            settles: false,
            raw: Vec::new(),
            verdict_json: "null".to_owned(),
            facts_json: "null".to_owned(),
            summary: serde_json::Value::Null,
            response: Vec::new(),
            outbox: None,
            effects: Vec::new(),
            trace: Vec::new(),
            at,
        }
    }
}

/// What happens, in the same transaction, because a message was accepted or concluded.
#[derive(Clone, Debug)]
pub enum Effect {
    /// A card is registered at the workplace and answered at once.
    AnsweredCard(Box<AnsweredCard>),
    /// A document arrives in a person's cabinet.
    CabinetDocument(NewCabinetDocument),
    /// A card is registered at the workplace, with its first tasks.
    Card(NewCard),
    /// A message waits until its receiver fetches it ([`fetch`](super::Exchange::fetch)).
    Held(OutgoingMessage),
    /// A person is told something.
    Notification(NewNotification),
    /// Another message goes out.
    Outgoing(OutgoingMessage),
    /// The portal's application changes its status.
    StatusChange(StatusChange),
}

/// A new status of the application that has this `messageId`. A final status is never changed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// The application's `messageId`.
    pub message_id: MessageId,
    /// The new status.
    pub status: RequestStatus,
    /// Why, where it is a refusal.
    pub label: Option<RefusalLabel>,
    /// When.
    pub at: Moment,
}

/// What came of `accept`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Acceptance {
    /// Everything is on disk.
    Accepted,
    /// The same message came before; nothing was changed.
    Duplicate {
        /// The answer that was given then.
        answer: Vec<u8>,
    },
    /// Another message stands in the way; nothing was changed.
    Conflict(Conflict),
}

/// Why a message cannot be accepted beside those that were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conflict {
    /// The `messageId` was used with another body, or by another sender.
    MessageIdReused,
    /// The same business signature came under another `messageId` within the window.
    Replayed,
    /// The message that it answers has its final answer already.
    Settled,
}

/// What a cheap look before the work finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The same message was accepted; its answer.
    Duplicate {
        /// The answer that was given then.
        answer: Vec<u8>,
    },
    /// The id was used with another body, or by another sender.
    MessageIdReused,
}

/// A message that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedMessage {
    /// Who sent it.
    pub sender: SenderId,
    /// Its id.
    pub message_id: MessageId,
    /// The first message's id, where it is an answer.
    pub correlation: Option<MessageId>,
    /// The digest of its body.
    pub digest: BodyDigest,
    /// The verdict as JSON.
    pub verdict_json: String,
    /// The caller's facts as JSON.
    pub facts_json: String,
    /// When it was accepted.
    pub at: Moment,
}
