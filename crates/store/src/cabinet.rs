//! The personal cabinet (жеке кабинет / личный кабинет): documents and notifications.

use qaqpa_model::{Iin, MessageId, Moment, ServiceAtAct};

use crate::database::{Columns, Connection, Row, query};
use crate::{Store, StoreError};

/// A document that arrives: an effect of an accepted message.
#[derive(Clone, Debug)]
pub struct NewCabinetDocument {
    /// Whose cabinet.
    pub owner: Iin,
    /// The message that it answers.
    pub message_id: MessageId,
    /// Which service.
    pub service: ServiceAtAct,
    /// `granted` or `refused`, as the document says.
    pub outcome: String,
    /// The titles in the three languages as JSON.
    pub title_json: String,
    /// The verdict about it as JSON.
    pub verdict_json: String,
    /// The signed document.
    pub document: Vec<u8>,
    /// When.
    pub at: Moment,
}

/// A document in the cabinet, without its bytes. Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CabinetDocument {
    /// Its number.
    pub id: i64,
    /// Whose.
    pub owner: Iin,
    /// The message that it answers.
    pub message_id: MessageId,
    /// Which service.
    pub service: ServiceAtAct,
    /// `granted` or `refused`.
    pub outcome: String,
    /// The titles in the three languages as JSON.
    pub title_json: String,
    /// The verdict about it as JSON.
    pub verdict_json: String,
    /// The digest of its bytes, in hexadecimal.
    pub sha256: String,
    /// When it arrived.
    pub received_at: Moment,
    /// When it was first opened.
    pub opened_at: Option<Moment>,
}

/// A document with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CabinetContent {
    /// The document.
    pub document: CabinetDocument,
    /// Its bytes, as they were signed.
    pub bytes: Vec<u8>,
}

/// A notification (хабарлама / уведомление) to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotification {
    /// To whom.
    pub owner: Iin,
    /// About which message.
    pub message_id: Option<MessageId>,
    /// The key of its text.
    pub key: String,
    /// The arguments of its text as JSON.
    pub args_json: String,
    /// When.
    pub at: Moment,
}

/// A notification. Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its number.
    pub id: i64,
    /// About which message.
    pub message_id: Option<MessageId>,
    /// The key of its text.
    pub key: String,
    /// The arguments of its text as JSON.
    pub args_json: String,
    /// When.
    pub at: Moment,
    /// When it was read.
    pub read_at: Option<Moment>,
}

/// The cabinets of the portal.
#[derive(Clone, Copy, Debug)]
pub struct Cabinet<'s>(pub(crate) &'s Store);

impl Cabinet<'_> {
    /// A person's documents, newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn list(&self, owner: &Iin) -> Result<Vec<CabinetDocument>, StoreError> {
        let rows = query("SELECT * FROM cabinet WHERE owner = $1 ORDER BY id DESC")
            .bind(owner.reveal())
            .fetch_all(self.0.readers())
            .await?;
        rows.iter().map(document_of).collect()
    }

    /// The documents that answer one message, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn of_message(
        &self,
        message_id: &MessageId,
    ) -> Result<Vec<CabinetDocument>, StoreError> {
        let rows = query("SELECT * FROM cabinet WHERE message_id = $1 ORDER BY id")
            .bind(message_id.as_str())
            .fetch_all(self.0.readers())
            .await?;
        rows.iter().map(document_of).collect()
    }

    /// Opens a document of this owner, and marks the first opening.
    ///
    /// # Errors
    /// [`StoreError`] where the file is damaged or the database could not.
    pub async fn open(
        &self,
        id: i64,
        owner: &Iin,
        at: Moment,
    ) -> Result<Option<CabinetContent>, StoreError> {
        let owner = owner.reveal();
        let document = self
            .0
            .write(move |connection| {
                Box::pin(async move {
                    query(
                        "UPDATE cabinet SET opened_at = COALESCE(opened_at, $3)
                         WHERE id = $1 AND owner = $2 RETURNING *",
                    )
                    .bind(id)
                    .bind(owner)
                    .bind(at.unix_ms())
                    .fetch_optional(connection)
                    .await?
                    .as_ref()
                    .map(document_of)
                    .transpose()
                })
            })
            .await?;
        let Some(document) = document else {
            return Ok(None);
        };
        let bytes = self.0.blobs().read(&document.sha256).await?;
        Ok(Some(CabinetContent { document, bytes }))
    }

    /// A person's notifications, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn notifications(
        &self,
        owner: &Iin,
        limit: u32,
    ) -> Result<Vec<Notification>, StoreError> {
        let rows = query("SELECT * FROM notifications WHERE owner = $1 ORDER BY id DESC LIMIT $2")
            .bind(owner.reveal())
            .bind(i64::from(limit))
            .fetch_all(self.0.readers())
            .await?;
        rows.iter()
            .map(|row| {
                let row = Columns(row);
                Ok(Notification {
                    id: row.number("id")?,
                    message_id: row.message_id_option("message_id")?,
                    key: row.text("key")?,
                    args_json: row.text("args_json")?,
                    at: row.moment("at")?,
                    read_at: row.moment_option("read_at")?,
                })
            })
            .collect()
    }

    /// How many notifications were not read.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn unread(&self, owner: &Iin) -> Result<u64, StoreError> {
        let row = query(
            "SELECT COUNT(*) AS unread FROM notifications WHERE owner = $1 AND read_at IS NULL",
        )
        .bind(owner.reveal())
        .fetch_one(self.0.readers())
        .await?;
        Columns(&row).count("unread")
    }

    /// Marks a person's notifications as read.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn mark_read(&self, owner: &Iin, at: Moment) -> Result<u64, StoreError> {
        let owner = owner.reveal();
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let done = query(
                        "UPDATE notifications SET read_at = $2
                         WHERE owner = $1 AND read_at IS NULL",
                    )
                    .bind(owner)
                    .bind(at.unix_ms())
                    .execute(connection)
                    .await?;
                    Ok(done.rows_affected())
                })
            })
            .await
    }
}

/// Puts a document into a cabinet within a transaction; its bytes are on disk already.
pub(crate) async fn insert_document(
    connection: &mut Connection,
    new: &NewCabinetDocument,
    body: &str,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO cabinet
           (owner, message_id, service, outcome, title_json, verdict_json, body, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.owner.reveal())
    .bind(new.message_id.as_str())
    .bind(new.service.to_string())
    .bind(&new.outcome)
    .bind(&new.title_json)
    .bind(&new.verdict_json)
    .bind(body)
    .bind(new.at.unix_ms())
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives a notification within a transaction.
pub(crate) async fn insert_notification(
    connection: &mut Connection,
    new: &NewNotification,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO notifications (owner, message_id, key, args_json, at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(new.owner.reveal())
    .bind(new.message_id.as_ref().map(MessageId::as_str))
    .bind(&new.key)
    .bind(&new.args_json)
    .bind(new.at.unix_ms())
    .execute(connection)
    .await?;
    Ok(())
}

fn document_of(row: &Row) -> Result<CabinetDocument, StoreError> {
    let row = Columns(row);
    Ok(CabinetDocument {
        id: row.number("id")?,
        owner: row.iin("owner")?,
        message_id: row.message_id("message_id")?,
        service: row.service("service")?,
        outcome: row.text("outcome")?,
        title_json: row.text("title_json")?,
        verdict_json: row.text("verdict_json")?,
        sha256: row.text("body")?,
        received_at: row.moment("received_at")?,
        opened_at: row.moment_option("opened_at")?,
    })
}
