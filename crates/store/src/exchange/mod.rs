//! Messages: accepted once, delivered at least once, and never lost between the two.
//!
//! `accept` stores the message, its answer, what it makes happen and the message that goes on, in
//! one transaction. Delivery claims entries of the outbox for the length of a lease: a process
//! that is killed loses its lease and nothing else.

mod accept;
pub(crate) mod effects;
mod held;
mod outbox;
mod stopped;

use std::time::Duration;

use qaqpa_model::{BodyDigest, MessageId, Moment, RefusalLabel, RequestStatus, SenderId};

use crate::cabinet::{NewCabinetDocument, NewNotification};
use crate::cards::NewCard;
use crate::trace::TraceEntry;
use crate::{Store, StoreError};

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

/// A message to be delivered by the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// Where to: a name that the deliverer resolves to an address (`gateway`, `regional-gateway`, `portal`).
    pub destination: String,
    /// Its id.
    pub message_id: MessageId,
    /// The first message's id, where this is an answer.
    pub correlation: Option<MessageId>,
    /// What to deliver, in the deliverer's own form.
    pub body: Vec<u8>,
}

/// What happens, in the same transaction, because a message was accepted or concluded.
#[derive(Clone, Debug)]
pub enum Effect {
    /// A document arrives in a person's cabinet.
    CabinetDocument(NewCabinetDocument),
    /// A card is registered at the workplace, with its first tasks.
    Card(NewCard),
    /// A message waits until its receiver fetches it ([`Exchange::fetch`]).
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

/// The right to deliver one entry of the outbox, until the lease ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    pub(crate) id: i64,
    pub(crate) attempt: i64,
}

/// An entry of the outbox that was claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The right to deliver it.
    pub ticket: Ticket,
    /// The entry.
    pub message: OutgoingMessage,
    /// The which attempt this is, from 1.
    pub attempt: u32,
    /// When it was put into the outbox.
    pub queued_at: Moment,
}

/// The state of an entry of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutboxState {
    /// Delivered and acknowledged.
    Done,
    /// Delivered by nobody: it waits until its receiver fetches it.
    Held,
    /// Given up: a person must look.
    Parked,
    /// Waiting for its next attempt, or claimed.
    Pending,
}

impl OutboxState {
    /// The name in reports and in storage: `done`, `held`, `parked`, `pending`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Held => "held",
            Self::Parked => "parked",
            Self::Pending => "pending",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Done, Self::Held, Self::Parked, Self::Pending]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// An entry of the outbox, for views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its number.
    pub id: i64,
    /// Where to.
    pub destination: String,
    /// Its id.
    pub message_id: MessageId,
    /// The first message's id, where it is an answer.
    pub correlation: Option<MessageId>,
    /// How it stands.
    pub state: OutboxState,
    /// Attempts so far.
    pub attempts: u32,
    /// When the next attempt may be made.
    pub due_at: Moment,
    /// The last reason for a failure.
    pub why: Option<String>,
    /// When it was put into the outbox.
    pub queued_at: Moment,
    /// When it was delivered or given up; `None` while it is on its way.
    pub concluded_at: Option<Moment>,
}

/// Which entries of the outbox are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxFilter {
    /// Only those in this state.
    pub state: Option<OutboxState>,
    /// Only those for this destination: the whole of it.
    pub destination: Option<String>,
    /// Only those before this number: the next page.
    pub before: Option<i64>,
}

/// What came of putting an entry of the outbox back on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Resend {
    /// It is the message of an application that has its final status: its applicant was told, nothing is sent.
    Ended,
    /// It is not given up, but in this state; nothing was changed.
    NotStopped(OutboxState),
    /// It is on its way again, with a fresh count.
    Resent(OutboxEntry),
    /// There is no such entry.
    Unknown,
}

/// What came of putting everything that stopped back on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ResentAll {
    /// What is on its way again, oldest first.
    pub resent: Vec<OutboxEntry>,
    /// What stays given up, because its application has its final status ([`Resend::Ended`]).
    pub ended: Vec<OutboxEntry>,
}

/// Which of the messages that wait for a receiver are fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldFilter {
    /// The receiver: the whole destination of the entries.
    pub destination: String,
    /// One message alone.
    pub message_id: Option<MessageId>,
    /// The messages of one exchange.
    pub correlation: Option<MessageId>,
}

/// A message that its receiver fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The message.
    pub message: OutgoingMessage,
    /// How often it was handed out, this time included.
    pub times: u32,
    /// When it was put into the outbox.
    pub queued_at: Moment,
}

/// What a receiver says about a message that waited for it or was delivered to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// It wants the message once more.
    Again {
        /// Whether it is delivered again, or waits to be fetched again.
        push: bool,
        /// Why, for people; may be empty.
        why: String,
    },
    /// It did not take it and does not want it once more: a person must look.
    Refused {
        /// Why, for people.
        why: String,
    },
    /// It has it.
    Taken,
}

/// What else to store when a delivery is concluded.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// When.
    pub at: Moment,
    /// The peer's answer (when delivered) as it came; kept by content, journalled. May be empty.
    pub answer: Vec<u8>,
    /// What else happens.
    pub effects: Vec<Effect>,
    /// Steps that are taken by it.
    pub trace: Vec<TraceEntry>,
}

impl Conclusion {
    /// A conclusion with nothing but its moment.
    #[must_use]
    pub fn at(at: Moment) -> Self {
        Self {
            at,
            answer: Vec::new(),
            effects: Vec::new(),
            trace: Vec::new(),
        }
    }
}

/// Messages in and out.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'s>(pub(crate) &'s Store);

impl Exchange<'_> {
    /// Accepts a message: the message, its journal entry, its answer, the outbox entry, the effects
    /// and the steps are on disk, or none of them.
    ///
    /// The same sender, id and digest give the stored answer, for ever. The replay check looks back
    /// as far as [`crate::StoreConfig::replay_window`].
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not: nothing was accepted, the sender may retry.
    pub async fn accept(&self, incoming: Incoming) -> Result<Acceptance, StoreError> {
        accept::accept(self.0, incoming).await
    }

    /// A cheap look whether the message came before. `None` promises nothing: only `accept` decides.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn lookup(
        &self,
        sender: &SenderId,
        message_id: &MessageId,
        digest: &BodyDigest,
    ) -> Result<Option<Seen>, StoreError> {
        accept::lookup(self.0, sender, message_id, digest).await
    }

    /// The accepted message of that id.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn message(
        &self,
        message_id: &MessageId,
    ) -> Result<Option<AcceptedMessage>, StoreError> {
        accept::message(self.0, message_id).await
    }

    /// Puts a message into the outbox by itself (not because of another message), with its steps.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn enqueue(
        &self,
        message: OutgoingMessage,
        trace: Vec<TraceEntry>,
        at: Moment,
    ) -> Result<(), StoreError> {
        outbox::enqueue(self.0, message, trace, at).await
    }

    /// Claims up to `n` due entries, oldest first, for the length of `lease`.
    ///
    /// # Errors
    /// [`StoreError`] where the database or a stored body could not be read.
    pub async fn claim(
        &self,
        now: Moment,
        n: u32,
        lease: Duration,
    ) -> Result<Vec<Claimed>, StoreError> {
        outbox::claim(self.0, now, n, lease).await
    }

    /// The entry was delivered and acknowledged. True if this call concluded it.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn complete(
        &self,
        ticket: Ticket,
        conclusion: Conclusion,
    ) -> Result<bool, StoreError> {
        outbox::complete(self.0, ticket, conclusion).await
    }

    /// The attempt failed: the next one may be made at `next`. False if the ticket is no longer valid.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn retry_at(
        &self,
        ticket: Ticket,
        next: Moment,
        why: &str,
    ) -> Result<bool, StoreError> {
        outbox::retry_at(self.0, ticket, next, why).await
    }

    /// The entry will not be tried again. True if this call concluded it.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn park(
        &self,
        ticket: Ticket,
        why: &str,
        conclusion: Conclusion,
    ) -> Result<bool, StoreError> {
        outbox::park(self.0, ticket, why, conclusion).await
    }

    /// Makes every waiting entry due at `now` and ends the leases of this process and of whoever had its name before:
    /// at its start, and when the clock was set. What another process of the actor has in hand stays in its hands
    /// until its lease ends.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn wake(&self, now: Moment) -> Result<u64, StoreError> {
        outbox::wake(self.0, now).await
    }

    /// The entries of the outbox, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn outbox(&self, limit: u32) -> Result<Vec<OutboxEntry>, StoreError> {
        outbox::list(self.0, limit).await
    }

    /// The entries of the outbox that pass the filter, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn outbox_where(
        &self,
        filter: &OutboxFilter,
        limit: u32,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        stopped::list(self.0, filter, limit).await
    }

    /// The entries of one exchange for one destination, in the order in which they were put in.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn outbox_of_exchange(
        &self,
        destination: &str,
        correlation: &MessageId,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        stopped::of_exchange(self.0, destination, correlation).await
    }

    /// Puts an entry that was given up back on its way, with a fresh count, and tells it the journal.
    ///
    /// Only an operator asks so, who shows the control token: the journal names that.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not: nothing was changed.
    pub async fn resend(&self, id: i64, at: Moment) -> Result<Resend, StoreError> {
        stopped::resend(self.0, id, at).await
    }

    /// Puts everything that was given up back on its way, or what is for one destination; each entry by itself.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not: some may be on their way again, the others are as they
    /// were. To ask once more is right.
    pub async fn resend_all(
        &self,
        destination: Option<&str>,
        at: Moment,
    ) -> Result<ResentAll, StoreError> {
        stopped::resend_all(self.0, destination, at).await
    }

    /// The newest entry of the outbox that has this `messageId`.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn outbox_of(
        &self,
        message_id: &MessageId,
    ) -> Result<Option<OutboxEntry>, StoreError> {
        outbox::of(self.0, message_id).await
    }

    /// Hands out up to `n` messages that wait for a receiver, those that were handed out least first, then the
    /// oldest. They wait until the receiver's [`settle`](Self::settle).
    ///
    /// Together they are no longer than `bytes_max`, unless the first alone is: the rest is fetched later.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn fetch(
        &self,
        filter: HeldFilter,
        n: u32,
        bytes_max: usize,
    ) -> Result<Vec<Fetched>, StoreError> {
        held::fetch(self.0, filter, n, bytes_max).await
    }

    /// What the receiver says about a message that was for it. True if this call changed something; a repeated word
    /// changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn settle(
        &self,
        destination: &str,
        message_id: &MessageId,
        word: Word,
        at: Moment,
    ) -> Result<bool, StoreError> {
        held::settle(self.0, destination, message_id, word, at).await
    }

    /// The entry cannot be delivered and waits to be fetched instead. False if the ticket is no longer valid.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn hold(&self, ticket: Ticket, why: &str) -> Result<bool, StoreError> {
        held::hold(self.0, ticket, why).await
    }

    /// Every held entry whose destination begins so is to be delivered from now on; how many.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn release(&self, begin: &str, at: Moment) -> Result<u64, StoreError> {
        held::release(self.0, begin, at).await
    }

    /// When the next waiting entry is due, leases included; `None` if none waits.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        outbox::next_due(self.0).await
    }
}
