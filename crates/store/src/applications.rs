//! The portal's applications: drafts, their attachments, and what was sent.

use qaqpa_model::{Iin, MessageId, Moment, RefusalLabel, RequestStatus, ServiceAtAct};

use crate::cabinet::{NewNotification, insert_notification};
use crate::database::{Columns, Connection, Row, Unwritten, query};
use crate::exchange::effects::PreparedOutgoing;
use crate::exchange::{OutgoingMessage, StatusChange};
use crate::trace::{self, TraceEntry};
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
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    query(
                        "INSERT INTO applications
                           (id, owner, message_id, service, form_json, status, created_at, updated_at)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
                    )
                    .bind(&draft.id)
                    .bind(draft.owner.reveal())
                    .bind(draft.message_id.as_str())
                    .bind(draft.service.to_string())
                    .bind(&draft.form_json)
                    .bind(RequestStatus::Draft.as_str())
                    .bind(draft.at.unix_ms())
                    .execute(&mut *connection)
                    .await?;
                    trace::record(connection, &draft.trace).await
                })
            })
            .await
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
        let (id, owner, form_json) = (id.to_owned(), owner.reveal(), form_json.to_owned());
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let done = query(
                        "UPDATE applications SET form_json = $3, updated_at = $4
                         WHERE id = $1 AND owner = $2 AND status = 'draft'",
                    )
                    .bind(id)
                    .bind(owner)
                    .bind(form_json)
                    .bind(at.unix_ms())
                    .execute(&mut *connection)
                    .await?;
                    if done.rows_affected() == 0 {
                        return Ok(false);
                    }
                    trace::record(connection, &trace).await?;
                    Ok(true)
                })
            })
            .await
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
        let size = i64::try_from(attachment.bytes.len()).unwrap_or(i64::MAX);
        let mut unwritten = Unwritten::default();
        let body = self.0.blobs().put(attachment.bytes, &mut unwritten).await?;
        let (id, owner) = (id.to_owned(), owner.reveal());
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let row = query(
                        "INSERT INTO attachments
                           (application, document, name, media_type, body, size)
                         SELECT id, $3, $4, $5, $6, $7 FROM applications
                         WHERE id = $1 AND owner = $2 AND status = 'draft'
                         RETURNING *",
                    )
                    .bind(id)
                    .bind(owner)
                    .bind(&attachment.document)
                    .bind(&attachment.name)
                    .bind(&attachment.media_type)
                    .bind(body)
                    .bind(size)
                    .fetch_optional(&mut *connection)
                    .await?;
                    let Some(row) = row else {
                        return Ok(None);
                    };
                    unwritten.write(connection).await?;
                    attachment_of(&row).map(Some)
                })
            })
            .await
    }

    /// Takes an attachment off a draft. False if there is none.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn detach(&self, id: &str, owner: &Iin, attachment: i64) -> Result<bool, StoreError> {
        let (id, owner) = (id.to_owned(), owner.reveal());
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let done = query(
                        "DELETE FROM attachments WHERE id = $3 AND application IN (
                           SELECT id FROM applications
                           WHERE id = $1 AND owner = $2 AND status = 'draft')",
                    )
                    .bind(id)
                    .bind(owner)
                    .bind(attachment)
                    .execute(connection)
                    .await?;
                    Ok(done.rows_affected() == 1)
                })
            })
            .await
    }

    /// The attachments of an application, in the order of attaching.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn attachments(&self, id: &str) -> Result<Vec<Attachment>, StoreError> {
        let rows = query("SELECT * FROM attachments WHERE application = $1 ORDER BY id")
            .bind(id)
            .fetch_all(self.0.readers())
            .await?;
        rows.iter().map(attachment_of).collect()
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
        let row = query("SELECT * FROM attachments WHERE application = $1 AND id = $2")
            .bind(id)
            .bind(attachment)
            .fetch_optional(self.0.readers())
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let attachment = attachment_of(&row)?;
        let bytes = self.0.blobs().read(&attachment.sha256).await?;
        Ok(Some(AttachmentContent { attachment, bytes }))
    }

    /// Sends a draft: status, signed document, outbox entry and steps in one transaction, once.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn submit(&self, submission: Submission) -> Result<Submitted, StoreError> {
        let mut unwritten = Unwritten::default();
        let document = submission.document;
        let document = self.0.blobs().put(document, &mut unwritten).await?;
        let outgoing = PreparedOutgoing::prepare(self.0, submission.outbox).await?;
        let (id, owner, at) = (
            submission.id,
            submission.owner.reveal(),
            submission.at.unix_ms(),
        );
        let trace = submission.trace;
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let found =
                        query("SELECT status FROM applications WHERE id = $1 AND owner = $2")
                            .bind(&id)
                            .bind(&owner)
                            .for_update()
                            .fetch_optional(&mut *connection)
                            .await?;
                    let Some(row) = found else {
                        return Ok(Submitted::Missing);
                    };
                    if Columns(&row).status("status")? != RequestStatus::Draft {
                        return Ok(Submitted::Already);
                    }
                    unwritten.write(connection).await?;
                    query(
                        "UPDATE applications
                         SET status = $2, document = $3, submitted_at = $4, updated_at = $4
                         WHERE id = $1",
                    )
                    .bind(&id)
                    .bind(RequestStatus::Received.as_str())
                    .bind(document)
                    .bind(at)
                    .execute(&mut *connection)
                    .await?;
                    outgoing.insert(connection, at).await?;
                    trace::record(connection, &trace).await?;
                    Ok(Submitted::Sent)
                })
            })
            .await
    }

    /// Gives an application a status with its steps and a notification. False if it has a final
    /// status already, or there is none.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn set_status(
        &self,
        change: StatusChange,
        notification: Option<NewNotification>,
        trace: Vec<TraceEntry>,
    ) -> Result<bool, StoreError> {
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    if !change_status(connection, &change).await? {
                        return Ok(false);
                    }
                    if let Some(notification) = &notification {
                        insert_notification(connection, notification).await?;
                    }
                    trace::record(connection, &trace).await?;
                    Ok(true)
                })
            })
            .await
    }

    /// A person's applications, newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_owner(&self, owner: &Iin) -> Result<Vec<Application>, StoreError> {
        let rows =
            query("SELECT * FROM applications WHERE owner = $1 ORDER BY created_at DESC, id")
                .bind(owner.reveal())
                .fetch_all(self.0.readers())
                .await?;
        rows.iter().map(application_of).collect()
    }

    /// One application of this owner.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_id(&self, id: &str, owner: &Iin) -> Result<Option<Application>, StoreError> {
        query("SELECT * FROM applications WHERE id = $1 AND owner = $2")
            .bind(id)
            .bind(owner.reveal())
            .fetch_optional(self.0.readers())
            .await?
            .as_ref()
            .map(application_of)
            .transpose()
    }

    /// The application with this `messageId`, whoever owns it.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_message(
        &self,
        message_id: &MessageId,
    ) -> Result<Option<Application>, StoreError> {
        query("SELECT * FROM applications WHERE message_id = $1")
            .bind(message_id.as_str())
            .fetch_optional(self.0.readers())
            .await?
            .as_ref()
            .map(application_of)
            .transpose()
    }

    /// The signed document of an application of this owner.
    ///
    /// # Errors
    /// [`StoreError`] where the file is damaged or the database could not.
    pub async fn document(&self, id: &str, owner: &Iin) -> Result<Option<Vec<u8>>, StoreError> {
        let row = query("SELECT document FROM applications WHERE id = $1 AND owner = $2")
            .bind(id)
            .bind(owner.reveal())
            .fetch_optional(self.0.readers())
            .await?;
        let digest = match &row {
            Some(row) => Columns(row).text_option("document")?,
            None => None,
        };
        match digest {
            Some(digest) => self.0.blobs().read(&digest).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Changes a status unless it is final, or the new one came before it. True if it was changed.
pub(crate) async fn change_status(
    connection: &mut Connection,
    change: &StatusChange,
) -> Result<bool, StoreError> {
    let done = query(
        "UPDATE applications SET status = $2, label = $3, updated_at = $4
         WHERE message_id = $1 AND status NOT IN ($5, $6) AND NOT (status = $7 AND $2 = $8)",
    )
    .bind(change.message_id.as_str())
    .bind(change.status.as_str())
    .bind(change.label.map(RefusalLabel::as_str))
    .bind(change.at.unix_ms())
    .bind(RequestStatus::Completed.as_str())
    .bind(RequestStatus::Refused.as_str())
    .bind(RequestStatus::InWork.as_str())
    .bind(RequestStatus::Received.as_str())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn application_of(row: &Row) -> Result<Application, StoreError> {
    let row = Columns(row);
    Ok(Application {
        id: row.text("id")?,
        owner: row.iin("owner")?,
        message_id: row.message_id("message_id")?,
        service: row.service("service")?,
        form_json: row.text("form_json")?,
        status: row.status("status")?,
        label: row.label_option("label")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
        submitted_at: row.moment_option("submitted_at")?,
        signed: row.text_option("document")?.is_some(),
    })
}

fn attachment_of(row: &Row) -> Result<Attachment, StoreError> {
    let row = Columns(row);
    Ok(Attachment {
        id: row.number("id")?,
        document: row.text("document")?,
        name: row.text("name")?,
        media_type: row.text("media_type")?,
        sha256: row.text("body")?,
        size: row.count("size")?,
    })
}
