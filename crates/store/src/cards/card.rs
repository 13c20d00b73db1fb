//! What a card is, what a task is, and what can become of them.

use qaqpa_model::{Iin, MessageId, Moment, RefusalLabel, SenderId, ServiceAtAct};

use crate::accounts::PersonName;
use crate::exchange::OutgoingMessage;
use crate::trace::TraceEntry;

/// A card to register: an effect of an accepted message.
#[derive(Clone, Debug)]
pub struct NewCard {
    /// Its id, random.
    pub id: String,
    /// The message that it registers.
    pub message_id: MessageId,
    /// Which service.
    pub service: ServiceAtAct,
    /// Which channel of the service.
    pub channel: String,
    /// Who sent the message first.
    pub sender: SenderId,
    /// The applicant.
    pub applicant_iin: Iin,
    /// The applicant's name.
    pub applicant_name: PersonName,
    /// The signed document.
    pub document: Vec<u8>,
    /// When it was registered.
    pub at: Moment,
    /// The first tasks.
    pub tasks: Vec<NewTask>,
}

/// A task to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTask {
    /// The unit (ҚФБ / СФЕ) that is to do it.
    pub unit: String,
    /// The role that is to do it.
    pub role: String,
    /// The catalogue's id of the action.
    pub action: String,
    /// Until when.
    pub deadline: Moment,
    /// When it was given.
    pub at: Moment,
}

/// How a card stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CardState {
    /// The result says yes.
    Granted,
    /// Somebody is to act.
    Open,
    /// The result says no.
    Refused,
}

impl CardState {
    /// The name in reports and in storage: `granted`, `open`, `refused`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Open => "open",
            Self::Refused => "refused",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Granted, Self::Open, Self::Refused]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskState {
    /// Done.
    Done,
    /// Waiting for somebody of the role, or taken by somebody.
    Open,
}

impl TaskState {
    /// The name in reports and in storage: `done`, `open`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Open => "open",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Done, Self::Open]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// A card. Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// Its number in the register, from 1, never repeated.
    pub number: i64,
    /// The message that it registers.
    pub message_id: MessageId,
    /// Which service.
    pub service: ServiceAtAct,
    /// Which channel of the service.
    pub channel: String,
    /// Who sent the message first.
    pub sender: SenderId,
    /// The applicant.
    pub applicant_iin: Iin,
    /// The applicant's name.
    pub applicant_name: PersonName,
    /// What the people at work have noted (checklist, prepared decision) as JSON.
    pub work_json: String,
    /// How it stands.
    pub state: CardState,
    /// Why, where it is refused.
    pub label: Option<RefusalLabel>,
    /// When it was registered.
    pub registered_at: Moment,
    /// When it was decided.
    pub decided_at: Option<Moment>,
}

/// An open card, as little of it as names it: whoever looks through all of them reads no document and no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCard {
    /// Its id.
    pub id: String,
    /// Its number in the register.
    pub number: i64,
    /// The message that it registers.
    pub message_id: MessageId,
}

/// A task. Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number.
    pub id: i64,
    /// Of which card.
    pub card: String,
    /// The unit that is to do it.
    pub unit: String,
    /// The role that is to do it.
    pub role: String,
    /// The catalogue's id of the action.
    pub action: String,
    /// Until when.
    pub deadline: Moment,
    /// When it was given.
    pub given_at: Moment,
    /// How it stands.
    pub state: TaskState,
    /// The account that took it.
    pub assignee: Option<i64>,
    /// When it was done.
    pub done_at: Option<Moment>,
}

/// A line of the queue: an open task with its card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueEntry {
    /// The card.
    pub card: Card,
    /// The task that waits.
    pub task: Task,
}

/// Which cards to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardFilter {
    /// Only those in this state.
    pub state: Option<CardState>,
}

/// What came of taking a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum TaskClaim {
    /// It is done already.
    Done,
    /// There is no such task.
    Missing,
    /// It is yours (now or since before).
    Yours,
    /// Somebody else has taken it.
    Taken {
        /// Whose it is.
        by: i64,
    },
}

/// A message that tells whoever sent the application how it stands.
#[derive(Clone, Debug)]
pub struct Told {
    /// The message.
    pub message: OutgoingMessage,
    /// From when on it goes out.
    pub at: Moment,
}

/// A step of work on a card: one task is done, others are given, the card may be decided.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Which card.
    pub card: String,
    /// The task that is done by this.
    pub task: i64,
    /// The account that does it.
    pub by: i64,
    /// When.
    pub at: Moment,
    /// The card's new state: `Open` where others are to act.
    pub state: CardState,
    /// Why, where it is refused.
    pub label: Option<RefusalLabel>,
    /// What is noted from now on, as JSON; `None` leaves it.
    pub work_json: Option<String>,
    /// The next tasks.
    pub tasks: Vec<NewTask>,
    /// The result document as signed, kept by content.
    pub document: Option<Vec<u8>>,
    /// The result as a message.
    pub outbox: Option<OutgoingMessage>,
    /// What the journal shows; IINs are masked by the store.
    pub summary: serde_json::Value,
    /// The steps that are taken by it.
    pub trace: Vec<TraceEntry>,
}

/// What came of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decided {
    /// The task was done or the card decided before; nothing was changed.
    Already,
    /// Everything is on disk.
    Done,
    /// There is no such task of this card.
    Missing,
    /// Somebody else has taken the task; nothing was changed.
    Taken,
}
