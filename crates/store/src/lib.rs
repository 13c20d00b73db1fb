//! The one door to the database: whole business transactions, the journal, the outbox.
//!
//! Every method is one business transaction. No connection, transaction or SQL type leaves the
//! crate, so that a second backend can stand behind the same methods. The rooms:
//!
//! - [`Store::exchange`]: messages accepted once, and the outbox that delivers them;
//! - [`Store::journal`]: what was received, decided and sent, hash-chained, sealed and stamped;
//! - [`Store::trace`]: the steps of the flow, per message;
//! - [`Store::accounts`], [`Store::sessions`]: who may come in, and who is in;
//! - [`Store::applications`], [`Store::cabinet`]: the portal's drafts, documents and notifications;
//! - [`Store::cards`]: the workplace's cards and tasks;
//! - [`Store::authority`]: certificates, their states, the numbers of revocation lists;
//! - [`Store::counters`], [`Store::settings`]: numbers that never repeat, and small facts.
//!
//! One set of statements runs in SQLite (a file) or PostgreSQL (a server, several processes of one actor over it).
//! Moments come in as arguments: the store has no clock. Randomness comes in too.

pub mod accounts;
pub mod applications;
pub mod authority;
mod blobs;
pub mod cabinet;
pub mod cards;
pub mod counters;
mod database;
pub mod documents;
mod error;
pub mod exchange;
pub mod journal;
pub mod mask;
pub mod sessions;
pub mod settings;
mod store;
pub mod trace;
pub mod watching;

pub use accounts::{Account, NewAccount, PersonName};
pub use applications::{
    Application, Attachment, AttachmentContent, NewAttachment, NewDraft, Submission, Submitted,
};
pub use authority::{
    CertificateChange, CertificateFilter, CertificateRecord, CertificateState, NewCertificate,
    RevocationList,
};
pub use cabinet::{
    CabinetContent, CabinetDocument, NewCabinetDocument, NewNotification, Notification,
};
pub use cards::{
    AnsweredCard, Card, CardFilter, CardState, Decided, Decision, NewCard, NewTask, OpenCard,
    QueueEntry, Task, TaskClaim, TaskState, Told,
};
pub use database::PostgresAddress;
pub use documents::{Document, Documents};
pub use error::StoreError;
pub use exchange::{
    ATTEMPT_FAILED, EarlierVisit, Failure, HELD, Heard, REFUSALS_UNTOLD, RELEASED, Said, Visit,
};
pub use exchange::{
    Acceptance, AcceptedMessage, Claim, Claimed, ClaimedNow, Conclusion, Conflict, Effect, Fetched,
    Handover, Happened, HeldFilter, HistoryFilter, HistoryMark, Incoming, JournalPlace,
    OutboxEntry, OutboxFilter, OutboxState, OutgoingMessage, Resend, ResentAll, Room, Seen,
    StatusChange, Ticket, Word,
};
pub use journal::{
    CLOCK_SET_BACK, Company, Direction, Doubt, DoubtKind, Doubted, Finding, FindingKind,
    Indication, JOURNAL_CHAIN_GONE, JOURNAL_CHAINS, Journal, JournalEntry, JournalFilter,
    JournalProof, JournalRecord, MISCHIEF, Pruned, Removal, Seal, SegmentRule, StampJudge,
    StampJudgement, Vouched, Wish, no_judge,
};
pub use sessions::{NewSession, Session};
pub use store::{Backend, Store, StoreConfig};
pub use trace::{TraceEntry, TraceOutcome};
pub use watching::{Depth, WriteWatch, Written};
