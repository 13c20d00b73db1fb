//! What happens because of a message: long bytes first, everything else in the transaction.

use std::sync::Arc;
use std::time::Duration;

use qaqpa_model::Moment;

use super::claim::clock;
use super::handover::{BODY_MAX, Handover, Kept, Place};
use super::order;
use super::{Claimed, Effect, OutboxState, OutgoingMessage, StatusChange, Ticket};
use crate::applications::change_status;
use crate::cabinet::{NewCabinetDocument, NewNotification, insert_document, insert_notification};
use crate::cards::{AnsweredCard, NewCard, insert_answered, insert_card};
use crate::database::{Columns, Connection, Unwritten, query, query_of_each};
use crate::{Store, StoreError};

/// An effect whose bytes are stored already, or stand before it.
pub(crate) enum Prepared {
    AnsweredCard(Box<AnsweredCard>, String, String),
    Bytes(Unwritten),
    CabinetDocument(NewCabinetDocument, String),
    Card(NewCard, String),
    Notification(NewNotification),
    Outgoing(PreparedOutgoing),
    StatusChange(StatusChange),
}

/// Stores the bytes of the effects.
pub(crate) async fn prepare(
    store: &Store,
    effects: Vec<Effect>,
) -> Result<Vec<Prepared>, StoreError> {
    let mut prepared = Vec::with_capacity(effects.len());
    let mut unwritten = Unwritten::default();
    for effect in effects {
        prepared.push(match effect {
            Effect::AnsweredCard(mut new) => {
                let document = std::mem::take(&mut new.card.document);
                let result = std::mem::take(&mut new.result);
                let document = store.blobs().put(document, &mut unwritten).await?;
                let result = store.blobs().put(result, &mut unwritten).await?;
                Prepared::AnsweredCard(new, document, result)
            }
            Effect::CabinetDocument(mut new) => {
                let document = std::mem::take(&mut new.document);
                let body = store.blobs().put(document, &mut unwritten).await?;
                Prepared::CabinetDocument(new, body)
            }
            Effect::Card(mut new) => {
                let document = std::mem::take(&mut new.document);
                let body = store.blobs().put(document, &mut unwritten).await?;
                Prepared::Card(new, body)
            }
            Effect::Held(message) => {
                Prepared::Outgoing(PreparedOutgoing::prepare(store, message).await?.held())
            }
            Effect::Notification(new) => Prepared::Notification(new),
            Effect::Outgoing(message) => {
                Prepared::Outgoing(PreparedOutgoing::prepare(store, message).await?)
            }
            Effect::StatusChange(change) => Prepared::StatusChange(change),
        });
    }
    prepared.insert(0, Prepared::Bytes(unwritten));
    Ok(prepared)
}

/// What is to be written before the rows of the effects: who takes it writes it.
pub(crate) fn take_unwritten(effects: &mut [Prepared]) -> Unwritten {
    let mut all = Unwritten::default();
    for effect in effects {
        match effect {
            Prepared::Bytes(unwritten) => all.and(std::mem::take(unwritten)),
            Prepared::Outgoing(outgoing) => all.and(outgoing.take_unwritten()),
            _ => {}
        }
    }
    all
}

/// Writes the rows of the effects within a transaction; messages go out from `at`.
pub(crate) async fn apply(
    connection: &mut Connection,
    effects: &[Prepared],
    at: i64,
) -> Result<(), StoreError> {
    for effect in effects {
        match effect {
            Prepared::AnsweredCard(new, document, result) => {
                insert_answered(connection, new, document, result).await?;
            }
            Prepared::Bytes(unwritten) => unwritten.write(connection).await?,
            Prepared::CabinetDocument(new, body) => insert_document(connection, new, body).await?,
            Prepared::Card(new, body) => insert_card(connection, new, body).await?,
            Prepared::Notification(new) => insert_notification(connection, new).await?,
            Prepared::Outgoing(outgoing) => outgoing.insert(connection, at).await?,
            Prepared::StatusChange(change) => {
                // A final status stays: the message is accepted all the same.
                change_status(connection, change).await?;
            }
        }
    }
    Ok(())
}

/// $9 the lease.
macro_rules! claimed_text {
    ($database:ident, $lease:literal) => {
        concat!(
            "INSERT INTO outbox
               (destination, message_id, correlation, body, state, due_at, queued_at, lane,
                attempts, leased_by, leased_until)
             VALUES ($1, $2, $3, $4, $6, $5, $5, $7, 1, $8, ",
            clock!($database),
            " + CAST($9 AS ",
            $lease,
            ")) RETURNING id"
        )
    };
}

const CLAIMED_SQLITE: &str = claimed_text!(sqlite, "INTEGER");
const CLAIMED_POSTGRES: &str = claimed_text!(postgres, "BIGINT");

/// A message whose body is stored already, or will be with it.
pub(crate) struct PreparedOutgoing {
    /// Its body only where it may be handed over.
    message: OutgoingMessage,
    body: String,
    unwritten: Unwritten,
    state: OutboxState,
    taker: Option<Arc<dyn Handover>>,
    place: Kept,
}

impl PreparedOutgoing {
    pub(crate) async fn prepare(
        store: &Store,
        mut message: OutgoingMessage,
    ) -> Result<Self, StoreError> {
        let mut unwritten = Unwritten::default();
        let body = std::mem::take(&mut message.body);
        let taker = store.taker().now();
        let lane = message.lane();
        let place = taker
            .as_ref()
            .filter(|_| body.len() <= BODY_MAX)
            .and_then(|taker| Place::of(taker, lane));
        if place.is_some() {
            message.body.clone_from(&body);
        }
        let body = store.blobs().put(body, &mut unwritten).await?;
        let state = OutboxState::Pending;
        Ok(Self {
            message,
            body,
            unwritten,
            state,
            taker,
            place: Kept::new(place),
        })
    }

    /// What is to be written before the message: who takes it writes it.
    pub(crate) fn take_unwritten(&mut self) -> Unwritten {
        std::mem::take(&mut self.unwritten)
    }

    /// Nobody delivers it: its receiver fetches it.
    pub(crate) fn held(self) -> Self {
        Self {
            state: OutboxState::Held,
            taker: None,
            place: Kept::default(),
            ..self
        }
    }

    pub(crate) async fn prepare_option(
        store: &Store,
        message: Option<OutgoingMessage>,
    ) -> Result<Option<Self>, StoreError> {
        match message {
            Some(message) => Self::prepare(store, message).await.map(Some),
            None => Ok(None),
        }
    }

    /// Puts the message into the outbox, due at once; into the hands of who delivers it, where he has a place for it.
    /// Where an earlier one of its exchange is on its way, it waits behind that one.
    pub(crate) async fn insert(
        &self,
        connection: &mut Connection,
        at: i64,
    ) -> Result<(), StoreError> {
        self.unwritten.write(connection).await?;
        let place = self.place.take();
        if self.state == OutboxState::Pending && order::is_behind(connection, &self.message).await?
        {
            return self
                .insert_waiting(connection, OutboxState::Behind, at)
                .await;
        }
        match (place, &self.taker) {
            (Some(place), _) => {
                let ticket = self.insert_claimed(connection, at, place.lease).await?;
                let claimed = Claimed {
                    ticket,
                    message: self.message.clone(),
                    attempt: 1,
                    queued_at: Moment::from_unix_ms(at),
                    damaged: None,
                };
                connection.once_committed(move || place.hand(claimed));
            }
            (None, taker) => {
                self.insert_waiting(connection, self.state, at).await?;
                if let Some(taker) = taker.clone() {
                    connection.once_committed(move || taker.ring());
                }
            }
        }
        Ok(())
    }

    /// As [`claim`](super::claim) would leave it.
    async fn insert_claimed(
        &self,
        connection: &mut Connection,
        at: i64,
        lease: Duration,
    ) -> Result<Ticket, StoreError> {
        let holder = connection.holder();
        let row = query_of_each(CLAIMED_SQLITE, CLAIMED_POSTGRES)
            .bind(&self.message.destination)
            .bind(self.message.message_id.as_str())
            .bind(self.message.correlation.as_ref().map(|id| id.as_str()))
            .bind(&self.body)
            .bind(at)
            .bind(self.state.as_str())
            .bind(self.message.lane())
            .bind(holder)
            .bind(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX / 4))
            .fetch_one(connection)
            .await?;
        Ok(Ticket {
            id: Columns(&row).number("id")?,
            attempt: 1,
            anew: 0,
        })
    }

    async fn insert_waiting(
        &self,
        connection: &mut Connection,
        state: OutboxState,
        at: i64,
    ) -> Result<(), StoreError> {
        query(
            "INSERT INTO outbox
               (destination, message_id, correlation, body, state, due_at, queued_at, lane)
             VALUES ($1, $2, $3, $4, $6, $5, $5, $7)",
        )
        .bind(&self.message.destination)
        .bind(self.message.message_id.as_str())
        .bind(self.message.correlation.as_ref().map(|id| id.as_str()))
        .bind(&self.body)
        .bind(at)
        .bind(state.as_str())
        .bind(self.message.lane())
        .execute(connection)
        .await?;
        Ok(())
    }
}
