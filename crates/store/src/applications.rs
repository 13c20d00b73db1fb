//! The portal's applications: drafts, their attachments, and what was sent.

use qaqpa_model::{Iin, MessageId, Moment, RefusalLabel, RequestStatus, ServiceAtAct};

use crate::cabinet::NewNotification;
use crate::exchange::OutgoingMessage;
use crate::trace::TraceEntry;
use crate::{Store, StoreError};

/// A draft to begin.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// Its id, random.
    pub id: String,
    /// Whose.
    pub owner: Iin,
    /// The `messageId` that it will be sent with.
    pub message_id: MessageId,
    /// Which service.
    pub service: ServiceAtAct,
    /// The form's values as JSON.
    pub form_json: String,
    /// The steps that led here.
    pub trace: Vec<TraceEntry>,
    /// When.
    pub at: Moment,
}

/// An application. Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: String,
    /// Whose.
    pub owner: Iin,
    /// The `messageId` that it is sent with.
    pub message_id: MessageId,
    /// Which service.
    pub service: ServiceAtAct,
    /// The form's values as JSON.
    pub form_json: String,
    /// How it stands.
    pub status: RequestStatus,
    /// Why, where it is refused.
    pub label: Option<RefusalLabel>,
    /// When it was begun.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// When it was sent.
    pub submitted_at: Option<Moment>,
    /// Whether a signed document is kept with it.
    pub signed: bool,
}

/// An attachment to keep.
#[derive(Clone, Debug)]
pub struct NewAttachment {
    /// Which required document it is: the catalogue's id.
    pub document: String,
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An attachment without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its number.
    pub id: i64,
    /// Which required document it is.
    pub document: String,
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// The digest of its bytes, in hexadecimal.
    pub sha256: String,
    /// How many bytes.
    pub size: u64,
}

/// An attachment with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentContent {
    /// The attachment.
    pub attachment: Attachment,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A signed application that goes out.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Which draft.
    pub id: String,
    /// Whose: another owner's draft is not found.
    pub owner: Iin,
    /// The signed document.
    pub document: Vec<u8>,
    /// The message.
    pub outbox: OutgoingMessage,
    /// The steps that are taken by it.
    pub trace: Vec<TraceEntry>,
    /// When.
    pub at: Moment,
}

/// What came of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Submitted {
    /// It was sent before; nothing was changed.
    Already,
    /// There is no such draft of this owner.
    Missing,
    /// Status, message and steps are on disk.
    Sent,
}

/// The applications of the portal.
#[derive(Clone, Copy, Debug)]
pub struct Applications<'s>(pub(crate) &'s Store);

impl Applications<'_> {
    /// Begins a draft and records the steps that led to it.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not, or the id or `messageId` exists.
    pub async fn save_draft(&self, draft: NewDraft) -> Result<(), StoreError> {
        let _ = draft;
        todo!()
    }

    /// Replaces the form's values of a draft and records steps. False if there is no such draft of this owner, or it was sent.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn update(
        &self,
        id: &str,
        owner: &Iin,
        form_json: &str,
        trace: Vec<TraceEntry>,
        at: Moment,
    ) -> Result<bool, StoreError> {
        let _ = (id, owner, form_json, trace, at);
        todo!()
    }

    /// Attaches a file to a draft. `None` if there is no such draft of this owner, or it was sent.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn attach(
        &self,
        id: &str,
        owner: &Iin,
        attachment: NewAttachment,
    ) -> Result<Option<Attachment>, StoreError> {
        let _ = (id, owner, attachment);
        todo!()
    }

    /// Takes an attachment off a draft. False if there is none.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn detach(&self, id: &str, owner: &Iin, attachment: i64) -> Result<bool, StoreError> {
        let _ = (id, owner, attachment);
        todo!()
    }

    /// The attachments of an application, in the order of attaching.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn attachments(&self, id: &str) -> Result<Vec<Attachment>, StoreError> {
        let _ = id;
        todo!()
    }

    /// One attachment with its bytes.
    ///
    /// # Errors
    /// [`StoreError`] where the file is damaged or the database could not.
    pub async fn attachment(
        &self,
        id: &str,
        attachment: i64,
    ) -> Result<Option<AttachmentContent>, StoreError> {
        let _ = (id, attachment);
        todo!()
    }

    /// Sends a draft: status, signed document, outbox entry and steps in one transaction, once.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn submit(&self, submission: Submission) -> Result<Submitted, StoreError> {
        let _ = submission;
        todo!()
    }

    /// Gives an application a status with its steps and a notification. False if it has a final
    /// status already, or there is none.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn set_status(
        &self,
        change: crate::exchange::StatusChange,
        notification: Option<NewNotification>,
        trace: Vec<TraceEntry>,
    ) -> Result<bool, StoreError> {
        let _ = (change, notification, trace);
        todo!()
    }

    /// A person's applications, newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_owner(&self, owner: &Iin) -> Result<Vec<Application>, StoreError> {
        let _ = owner;
        todo!()
    }

    /// One application of this owner.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_id(&self, id: &str, owner: &Iin) -> Result<Option<Application>, StoreError> {
        let _ = (id, owner);
        todo!()
    }

    /// The application with this `messageId`, whoever owns it.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_message(
        &self,
        message_id: &MessageId,
    ) -> Result<Option<Application>, StoreError> {
        let _ = message_id;
        todo!()
    }

    /// The signed document of an application of this owner.
    ///
    /// # Errors
    /// [`StoreError`] where the file is damaged or the database could not.
    pub async fn document(&self, id: &str, owner: &Iin) -> Result<Option<Vec<u8>>, StoreError> {
        let _ = (id, owner);
        todo!()
    }
}
