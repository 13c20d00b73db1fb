//! The personal cabinet (жеке кабинет / личный кабинет): documents and notifications.

use qaqpa_model::{Iin, MessageId, Moment, ServiceAtAct};

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
        let _ = owner;
        todo!()
    }

    /// The documents that answer one message, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn of_message(
        &self,
        message_id: &MessageId,
    ) -> Result<Vec<CabinetDocument>, StoreError> {
        let _ = message_id;
        todo!()
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
        let _ = (id, owner, at);
        todo!()
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
        let _ = (owner, limit);
        todo!()
    }

    /// How many notifications were not read.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn unread(&self, owner: &Iin) -> Result<u64, StoreError> {
        let _ = owner;
        todo!()
    }

    /// Marks a person's notifications as read.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn mark_read(&self, owner: &Iin, at: Moment) -> Result<u64, StoreError> {
        let _ = (owner, at);
        todo!()
    }
}
