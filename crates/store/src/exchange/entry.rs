//! A message that goes out: an entry of the outbox, and what is asked and said about it.

use qaqpa_model::{MessageId, Moment};

use super::Effect;
use crate::trace::TraceEntry;

/// A message to be delivered by the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// Where to: a name that the deliverer resolves to an address (`gateway`, `regional-gateway`, `portal`).
    pub destination: String,
    /// Its id.
    pub message_id: MessageId,
    /// The first message's id, where this is an answer. What belongs to one exchange goes to one destination in the order in
    /// which it was put in.
    pub correlation: Option<MessageId>,
    /// What to deliver, in the deliverer's own form.
    pub body: Vec<u8>,
}

/// The right to deliver one entry of the outbox, until the lease ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    pub(crate) id: i64,
    pub(crate) attempt: i64,
    /// How often the entry was begun anew: the count of attempts alone comes back to where it was.
    pub(crate) anew: i64,
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
    /// Why its body cannot be read, ever: there is nothing to deliver, and it is to be parked. The body is empty then.
    pub damaged: Option<String>,
}

/// The state of an entry of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutboxState {
    /// Not yet its turn: an earlier message of the same exchange is on its way to the same destination.
    Behind,
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
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Behind,
        Self::Done,
        Self::Held,
        Self::Parked,
        Self::Pending,
    ];

    /// The name in reports and in storage: `behind`, `done`, `held`, `parked`, `pending`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Behind => "behind",
            Self::Done => "done",
            Self::Held => "held",
            Self::Parked => "parked",
            Self::Pending => "pending",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
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

/// The kind of the entries that tell of an attempt that came to nothing: `destination`, `attempt`, `why` and `next` in the
/// summary, and in `untold` how many attempts before it, since the last one with an entry, have none.
pub const ATTEMPT_FAILED: &str = "attempt-failed";

/// The kind of the entries that tell that a message cannot be delivered and waits to be fetched: `destination` and `why`.
pub const HELD: &str = "held";

/// The kind of the entries that tell that what waited to be fetched is delivered from now on: `messages` says how many,
/// `destinations` how these begin.
pub const RELEASED: &str = "released";

/// An attempt that came to nothing, after which another one follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// When it failed.
    pub at: Moment,
    /// When the next one may be made.
    pub next: Moment,
    /// Why, for people; IINs are masked by the store.
    pub why: String,
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
