//! The workplace's cards and tasks. A task is addressed to (unit, role, action, deadline).

use qaqpa_model::{Iin, MessageId, Moment, RefusalLabel, SenderId, ServiceAtAct};

use serde_json::json;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::accounts::PersonName;
use crate::exchange::OutgoingMessage;
use crate::exchange::effects::PreparedOutgoing;
use crate::journal::{Direction, JournalEntry, Line};
use crate::sqlite::Columns;
use crate::trace::{self, TraceEntry};
use crate::{Store, StoreError, counters};

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
    /// The verdict about it as JSON.
    pub verdict_json: String,
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
    /// The verdict about the document as JSON.
    pub verdict_json: String,
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

/// The cards of the workplace.
#[derive(Clone, Copy, Debug)]
pub struct Cards<'s>(pub(crate) &'s Store);

impl Cards<'_> {
    /// The open tasks of a unit and a role, the nearest deadline first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn queue(&self, unit: &str, role: &str) -> Result<Vec<QueueEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM tasks WHERE unit = $1 AND role = $2 AND state = 'open'
             ORDER BY deadline, id",
        )
        .bind(unit)
        .bind(role)
        .fetch_all(self.0.readers())
        .await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            let task = task_of(row)?;
            let card = self
                .by_id(&task.card)
                .await?
                .ok_or(StoreError::Unreadable { what: "card" })?;
            entries.push(QueueEntry { card, task });
        }
        Ok(entries)
    }

    /// Cards, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn list(&self, filter: CardFilter, limit: u32) -> Result<Vec<Card>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM cards WHERE ($1 IS NULL OR state = $1) ORDER BY number DESC LIMIT $2",
        )
        .bind(filter.state.map(CardState::as_str))
        .bind(i64::from(limit))
        .fetch_all(self.0.readers())
        .await?;
        rows.iter().map(card_of).collect()
    }

    /// One card.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_id(&self, id: &str) -> Result<Option<Card>, StoreError> {
        sqlx::query("SELECT * FROM cards WHERE id = $1")
            .bind(id)
            .fetch_optional(self.0.readers())
            .await?
            .as_ref()
            .map(card_of)
            .transpose()
    }

    /// The card that registers this message.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_message(&self, message_id: &MessageId) -> Result<Option<Card>, StoreError> {
        sqlx::query("SELECT * FROM cards WHERE message_id = $1")
            .bind(message_id.as_str())
            .fetch_optional(self.0.readers())
            .await?
            .as_ref()
            .map(card_of)
            .transpose()
    }

    /// The signed document of a card, as it came.
    ///
    /// # Errors
    /// [`StoreError`] where the file is damaged or the database could not.
    pub async fn document(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.file(id, "document").await
    }

    /// The signed result of a card, once decided.
    ///
    /// # Errors
    /// [`StoreError`] where the file is damaged or the database could not.
    pub async fn result(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.file(id, "result").await
    }

    /// The tasks of a card, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn tasks(&self, card: &str) -> Result<Vec<Task>, StoreError> {
        let rows = sqlx::query("SELECT * FROM tasks WHERE card = $1 ORDER BY id")
            .bind(card)
            .fetch_all(self.0.readers())
            .await?;
        rows.iter().map(task_of).collect()
    }

    /// Takes a task for an account.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn claim_task(&self, task: i64, account: i64) -> Result<TaskClaim, StoreError> {
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE tasks SET assignee = $2
                         WHERE id = $1 AND state = 'open' AND assignee IS NULL",
                    )
                    .bind(task)
                    .bind(account)
                    .execute(&mut *connection)
                    .await?;
                    let row = sqlx::query("SELECT * FROM tasks WHERE id = $1")
                        .bind(task)
                        .fetch_optional(connection)
                        .await?;
                    let Some(row) = row else {
                        return Ok(TaskClaim::Missing);
                    };
                    let task = task_of(&row)?;
                    Ok(match (task.state, task.assignee) {
                        (TaskState::Done, _) => TaskClaim::Done,
                        (TaskState::Open, Some(by)) if by != account => TaskClaim::Taken { by },
                        (TaskState::Open, _) => TaskClaim::Yours,
                    })
                })
            })
            .await
    }

    /// Replaces what is noted on an open card. False if there is no such card, or it is decided.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn note(&self, card: &str, work_json: &str) -> Result<bool, StoreError> {
        let (card, work_json) = (card.to_owned(), work_json.to_owned());
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query(
                        "UPDATE cards SET work_json = $2 WHERE id = $1 AND state = 'open'",
                    )
                    .bind(card)
                    .bind(work_json)
                    .execute(connection)
                    .await?;
                    Ok(done.rows_affected() == 1)
                })
            })
            .await
    }

    /// Does a task: state, next tasks, result, outbox entry, journal entry and steps in one transaction, once.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn decide(&self, decision: Decision) -> Result<Decided, StoreError> {
        let Some(card) = self.by_id(&decision.card).await? else {
            return Ok(Decided::Missing);
        };
        let line = Line::prepare(
            self.0,
            JournalEntry {
                at: decision.at,
                kind: "task-done".to_owned(),
                message_id: Some(card.message_id),
                direction: Direction::Own,
                label: decision.label,
                raw: decision.document.clone(),
                summary: json!({
                    "card": card.number,
                    "task": decision.task,
                    "by": decision.by,
                    "state": decision.state.as_str(),
                    "more": decision.summary,
                }),
            },
        )
        .await?;
        let result = match decision.document.clone() {
            Some(bytes) => Some(self.0.blobs().put(bytes).await?),
            None => None,
        };
        let outgoing = PreparedOutgoing::prepare_option(self.0, decision.outbox.clone()).await?;
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    if let Some(obstacle) = obstacle(connection, &decision).await? {
                        return Ok(obstacle);
                    }
                    write_decision(connection, &decision, result.as_deref()).await?;
                    insert_tasks(connection, &decision.card, &decision.tasks).await?;
                    if let Some(outgoing) = &outgoing {
                        outgoing.insert(connection, decision.at.unix_ms()).await?;
                    }
                    line.append(connection).await?;
                    trace::record(connection, &decision.trace).await?;
                    Ok(Decided::Done)
                })
            })
            .await
    }

    async fn file(&self, id: &str, column: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        let row = sqlx::query("SELECT document, result FROM cards WHERE id = $1")
            .bind(id)
            .fetch_optional(self.0.readers())
            .await?;
        let digest = match &row {
            Some(row) => Columns(row).text_option(column)?,
            None => None,
        };
        match digest {
            Some(digest) => self.0.blobs().read(&digest).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Registers a card with its first tasks within a transaction; its document is on disk already.
pub(crate) async fn insert_card(
    connection: &mut SqliteConnection,
    new: &NewCard,
    document: &str,
) -> Result<(), StoreError> {
    let number = counters::next(connection, "cards").await?;
    sqlx::query(
        "INSERT INTO cards
           (id, number, message_id, service, channel, sender, applicant_iin, applicant_surname,
            applicant_given, applicant_patronymic, document, verdict_json, work_json, state,
            registered_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'null', 'open', $13)",
    )
    .bind(&new.id)
    .bind(i64::try_from(number).unwrap_or(i64::MAX))
    .bind(new.message_id.as_str())
    .bind(new.service.to_string())
    .bind(&new.channel)
    .bind(new.sender.as_str())
    .bind(new.applicant_iin.reveal())
    .bind(&new.applicant_name.surname)
    .bind(&new.applicant_name.given)
    .bind(&new.applicant_name.patronymic)
    .bind(document)
    .bind(&new.verdict_json)
    .bind(new.at.unix_ms())
    .execute(&mut *connection)
    .await?;
    insert_tasks(connection, &new.id, &new.tasks).await
}

async fn insert_tasks(
    connection: &mut SqliteConnection,
    card: &str,
    tasks: &[NewTask],
) -> Result<(), StoreError> {
    for task in tasks {
        sqlx::query(
            "INSERT INTO tasks (card, unit, role, action, deadline, given_at, state)
             VALUES ($1, $2, $3, $4, $5, $6, 'open')",
        )
        .bind(card)
        .bind(&task.unit)
        .bind(&task.role)
        .bind(&task.action)
        .bind(task.deadline.unix_ms())
        .bind(task.at.unix_ms())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// What stands in the way of a decision.
async fn obstacle(
    connection: &mut SqliteConnection,
    decision: &Decision,
) -> Result<Option<Decided>, StoreError> {
    let row = sqlx::query("SELECT * FROM tasks WHERE id = $1 AND card = $2")
        .bind(decision.task)
        .bind(&decision.card)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else {
        return Ok(Some(Decided::Missing));
    };
    let task = task_of(&row)?;
    if task.state == TaskState::Done {
        return Ok(Some(Decided::Already));
    }
    if task.assignee.is_some_and(|by| by != decision.by) {
        return Ok(Some(Decided::Taken));
    }
    let open = sqlx::query("SELECT 1 FROM cards WHERE id = $1 AND state = 'open'")
        .bind(&decision.card)
        .fetch_optional(connection)
        .await?;
    Ok(open.is_none().then_some(Decided::Already))
}

async fn write_decision(
    connection: &mut SqliteConnection,
    decision: &Decision,
    result: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE tasks SET state = 'done', assignee = $2, done_at = $3 WHERE id = $1")
        .bind(decision.task)
        .bind(decision.by)
        .bind(decision.at.unix_ms())
        .execute(&mut *connection)
        .await?;
    let decided = (decision.state != CardState::Open).then(|| decision.at.unix_ms());
    sqlx::query(
        "UPDATE cards SET state = $2, label = $3, work_json = COALESCE($4, work_json),
           result = COALESCE($5, result), decided_at = $6
         WHERE id = $1",
    )
    .bind(&decision.card)
    .bind(decision.state.as_str())
    .bind(decision.label.map(RefusalLabel::as_str))
    .bind(&decision.work_json)
    .bind(result)
    .bind(decided)
    .execute(&mut *connection)
    .await?;
    if decided.is_some() {
        // Nobody is to act on a decided card.
        sqlx::query(
            "UPDATE tasks SET state = 'done', done_at = $2 WHERE card = $1 AND state = 'open'",
        )
        .bind(&decision.card)
        .bind(decision.at.unix_ms())
        .execute(connection)
        .await?;
    }
    Ok(())
}

fn card_of(row: &SqliteRow) -> Result<Card, StoreError> {
    let row = Columns(row);
    Ok(Card {
        id: row.text("id")?,
        number: row.number("number")?,
        message_id: row.message_id("message_id")?,
        service: row.service("service")?,
        channel: row.text("channel")?,
        sender: row.sender("sender")?,
        applicant_iin: row.iin("applicant_iin")?,
        applicant_name: PersonName {
            surname: row.text("applicant_surname")?,
            given: row.text("applicant_given")?,
            patronymic: row.text_option("applicant_patronymic")?,
        },
        verdict_json: row.text("verdict_json")?,
        work_json: row.text("work_json")?,
        state: row.parsed("state", CardState::parse)?,
        label: row.label_option("label")?,
        registered_at: row.moment("registered_at")?,
        decided_at: row.moment_option("decided_at")?,
    })
}

fn task_of(row: &SqliteRow) -> Result<Task, StoreError> {
    let row = Columns(row);
    Ok(Task {
        id: row.number("id")?,
        card: row.text("card")?,
        unit: row.text("unit")?,
        role: row.text("role")?,
        action: row.text("action")?,
        deadline: row.moment("deadline")?,
        given_at: row.moment("given_at")?,
        state: row.parsed("state", TaskState::parse)?,
        assignee: row.number_option("assignee")?,
        done_at: row.moment_option("done_at")?,
    })
}
