//! Messages: accepted once, delivered at least once, and never lost between the two.
//!
//! `accept` stores the message, its answer, what it makes happen and the message that goes on, in
//! one transaction. Delivery claims entries of the outbox for the length of a lease: a process
//! that is killed loses its lease and nothing else.

mod accept;
mod claim;
pub(crate) mod effects;
mod entry;
mod failed;
pub(crate) mod handover;
mod held;
mod history;
mod incoming;
mod order;
mod outbox;
mod stopped;
mod untold;
mod visits;
mod word;

use std::sync::Arc;
use std::time::Duration;

use qaqpa_model::{BodyDigest, MessageId, Moment, SenderId};

use crate::trace::TraceEntry;
use crate::{Store, StoreError};

pub use claim::{Claim, ClaimedNow, Room};
pub use entry::{
    ATTEMPT_FAILED, Claimed, Conclusion, Failure, Fetched, HELD, HeldFilter, OutboxEntry,
    OutboxFilter, OutboxState, OutgoingMessage, RELEASED, Resend, ResentAll, Ticket,
};
pub use handover::Handover;
pub use history::{Happened, HistoryFilter, HistoryMark, JournalPlace};
pub use incoming::{Acceptance, AcceptedMessage, Conflict, Effect, Incoming, Seen, StatusChange};
pub use untold::REFUSALS_UNTOLD;
pub use visits::{EarlierVisit, Visit};
pub use word::{Heard, Said, Word};

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

    /// Claims up to `n` due entries for the length of `lease`, whoever they are for: those of actors first, then those of
    /// systems, the oldest of each first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn claim(
        &self,
        now: Moment,
        n: u32,
        lease: Duration,
    ) -> Result<Vec<Claimed>, StoreError> {
        let room = |all| Room {
            all,
            each: u32::MAX,
        };
        let mut claim = Claim::none(now, lease);
        claim.actors = room(n);
        let mut entries = self.claim_fairly(&claim).await?.entries;
        let left = n.saturating_sub(u32::try_from(entries.len()).unwrap_or(n));
        if left > 0 {
            (claim.actors, claim.systems) = (room(0), room(left));
            entries.extend(self.claim_fairly(&claim).await?.entries);
        }
        Ok(entries)
    }

    /// Claims due entries, oldest first, but no more for one endpoint than may be under way to it at once.
    ///
    /// A lease is real time by the database's clock, which all processes have in common. Bytes that cannot be read
    /// within a third of it give their entry back; those that are damaged come with the reason ([`Claimed::damaged`]).
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn claim_fairly(&self, claim: &Claim) -> Result<ClaimedNow, StoreError> {
        claim::claim(self.0, claim).await
    }

    /// Entries that are put in from now on go straight to who takes them on, where he has a place for them; to nobody
    /// again with `None`.
    pub fn hand_to(&self, taker: Option<Arc<dyn Handover>>) {
        self.0.taker().set(taker);
    }

    /// The entry was delivered and acknowledged. True if this call concluded it.
    ///
    /// Nobody waits for it: it may share the commit of what somebody waits for, a few milliseconds later.
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

    /// The attempt failed: the next one may be made at its moment. False if the ticket is no longer valid.
    ///
    /// The journal tells it in the same transaction ([`ATTEMPT_FAILED`]): the first three attempts, and then those whose
    /// number is a power of two.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn retry_at(&self, ticket: Ticket, failure: Failure) -> Result<bool, StoreError> {
        outbox::retry_at(self.0, ticket, failure).await
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

    /// Makes every waiting entry due at `now`: when the clock was set. Leases stay: they are real time.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn wake(&self, now: Moment) -> Result<u64, StoreError> {
        outbox::wake(self.0, now).await
    }

    /// At the start of a process: ends the leases that can be nobody else's than its own, and makes due what is put off
    /// for longer than `longest`. What another process has in hand stays in its hands until its lease ends, and what
    /// waits for its next attempt waits.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn take_over(&self, now: Moment, longest: Duration) -> Result<u64, StoreError> {
        outbox::take_over(self.0, now, longest).await
    }

    /// Those who had this process's name before, have leases, and are not connected to the database at this moment: they
    /// are gone, or have lost their connection and will have another within seconds. A file has none: what its process of
    /// before had in hand is free after [`take_over`](Self::take_over).
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn predecessors(&self) -> Result<Vec<String>, StoreError> {
        outbox::predecessors(self.0).await
    }

    /// Ends the leases of those who are gone. How many.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn inherit(&self, gone: Vec<String>) -> Result<u64, StoreError> {
        outbox::inherit(self.0, gone).await
    }

    /// Makes due what is put off for longer than `longest`: now and then, because a message may be accepted as of a moment
    /// from before the clock was set back, and stored after every waiting entry was made due. Brings forward what stands behind
    /// nothing any more.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn bring_forward(&self, now: Moment, longest: Duration) -> Result<u64, StoreError> {
        outbox::bring_forward(self.0, now, longest).await
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

    /// What was put into the outbox first under this `messageId`. It holds personal data: not for views and logs.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not; [`StoreError::BlobDamaged`].
    pub async fn body_of(&self, message_id: &MessageId) -> Result<Option<Vec<u8>>, StoreError> {
        outbox::body_of(self.0, message_id).await
    }

    /// Hands out up to `n` messages that wait for a receiver, those that were handed out least first, then the
    /// oldest. They wait until the receiver says what became of them ([`hear`](Self::hear)).
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

    /// What the receiver says about a message that was for it: request, message and journal in one transaction. The
    /// same request once more changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not: nothing was changed, the receiver may say it again.
    pub async fn hear(&self, said: Said) -> Result<Heard, StoreError> {
        word::hear(self.0, said).await
    }

    /// The entry cannot be delivered and waits to be fetched instead, and the journal tells it ([`HELD`]). False if the
    /// ticket is no longer valid.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn hold(&self, ticket: Ticket, at: Moment, why: &str) -> Result<bool, StoreError> {
        held::hold(self.0, ticket, at, why).await
    }

    /// Every held entry whose destination begins so is to be delivered from now on; how many. Where there is any, the
    /// journal tells it in one entry ([`RELEASED`]).
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn release(&self, begin: &str, at: Moment) -> Result<u64, StoreError> {
        held::release(self.0, begin, at).await
    }

    /// How long until the next entry that waits is due, or the next lease ends; `None` if none waits. What is due
    /// already is not asked about.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn next_due(&self, now: Moment) -> Result<Option<Duration>, StoreError> {
        outbox::next_due(self.0, now).await
    }
}
