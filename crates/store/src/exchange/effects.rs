//! What happens because of a message: files first, rows in the transaction.

use super::{Effect, OutboxState, OutgoingMessage, StatusChange};
use crate::applications::change_status;
use crate::cabinet::{NewCabinetDocument, NewNotification, insert_document, insert_notification};
use crate::cards::{NewCard, insert_card};
use crate::database::{Connection, query};
use crate::{Store, StoreError};

/// An effect whose bytes are on disk already.
pub(crate) enum Prepared {
    CabinetDocument(NewCabinetDocument, String),
    Card(NewCard, String),
    Notification(NewNotification),
    Outgoing(PreparedOutgoing),
    StatusChange(StatusChange),
}

/// Puts the bytes of the effects on disk.
pub(crate) async fn prepare(
    store: &Store,
    effects: Vec<Effect>,
) -> Result<Vec<Prepared>, StoreError> {
    let mut prepared = Vec::with_capacity(effects.len());
    for effect in effects {
        prepared.push(match effect {
            Effect::CabinetDocument(mut new) => {
                let body = store.blobs().put(std::mem::take(&mut new.document)).await?;
                Prepared::CabinetDocument(new, body)
            }
            Effect::Card(mut new) => {
                let body = store.blobs().put(std::mem::take(&mut new.document)).await?;
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
    Ok(prepared)
}

/// Writes the rows of the effects within a transaction; messages go out from `at`.
pub(crate) async fn apply(
    connection: &mut Connection,
    effects: &[Prepared],
    at: i64,
) -> Result<(), StoreError> {
    for effect in effects {
        match effect {
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

/// A message whose body is on disk already.
pub(crate) struct PreparedOutgoing {
    message: OutgoingMessage,
    body: String,
    state: OutboxState,
}

impl PreparedOutgoing {
    pub(crate) async fn prepare(
        store: &Store,
        mut message: OutgoingMessage,
    ) -> Result<Self, StoreError> {
        let body = store.blobs().put(std::mem::take(&mut message.body)).await?;
        let state = OutboxState::Pending;
        Ok(Self {
            message,
            body,
            state,
        })
    }

    /// Nobody delivers it: its receiver fetches it.
    pub(crate) fn held(self) -> Self {
        Self {
            state: OutboxState::Held,
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

    /// Puts the message into the outbox, due at once.
    pub(crate) async fn insert(
        &self,
        connection: &mut Connection,
        at: i64,
    ) -> Result<(), StoreError> {
        query(
            "INSERT INTO outbox
               (destination, message_id, correlation, body, state, due_at, queued_at)
             VALUES ($1, $2, $3, $4, $6, $5, $5)",
        )
        .bind(&self.message.destination)
        .bind(self.message.message_id.as_str())
        .bind(self.message.correlation.as_ref().map(|id| id.as_str()))
        .bind(&self.body)
        .bind(at)
        .bind(self.state.as_str())
        .execute(connection)
        .await?;
        Ok(())
    }
}
