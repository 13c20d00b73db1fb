//! The workplace's cards and tasks: how they are read and changed. A task is addressed to (unit, role, action, deadline).

mod answered;
mod card;

pub use answered::AnsweredCard;
pub(crate) use answered::insert_answered;
pub use card::{
    Card, CardFilter, CardState, Decided, Decision, NewCard, NewTask, OpenCard, QueueEntry, Task,
    TaskClaim, TaskState, Told,
};

use qaqpa_model::{MessageId, RefusalLabel};

use serde_json::json;

use crate::accounts::PersonName;
use crate::database::{Columns, Connection, Row, Unwritten, query};
use crate::exchange::effects::PreparedOutgoing;
use crate::journal::{Direction, JournalEntry, Line};
use crate::{Store, StoreError, counters, trace};

/// What is noted on a card that nobody has worked on.
const NOT_BEGUN: &str = "null";

/// The cards of the workplace.
#[derive(Clone, Copy, Debug)]
pub struct Cards<'s>(pub(crate) &'s Store);

impl Cards<'_> {
    /// The open tasks of a unit and a role, the nearest deadline first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn queue(&self, unit: &str, role: &str) -> Result<Vec<QueueEntry>, StoreError> {
        let rows = query(
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
        let rows = query(
            "SELECT * FROM cards WHERE ($1 IS NULL OR state = $1) ORDER BY number DESC LIMIT $2",
        )
        .bind(filter.state.map(CardState::as_str))
        .bind(i64::from(limit))
        .fetch_all(self.0.readers())
        .await?;
        rows.iter().map(card_of).collect()
    }

    /// How many cards there are.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn count(&self, filter: CardFilter) -> Result<u64, StoreError> {
        let row = query("SELECT COUNT(*) AS cards FROM cards WHERE ($1 IS NULL OR state = $1)")
            .bind(filter.state.map(CardState::as_str))
            .fetch_one(self.0.readers())
            .await?;
        Columns(&row).count("cards")
    }

    /// Open cards with a number above this one, the lowest first, at most `limit`: to go through them page by page.
    /// Numbers are given in the order in which cards are stored, so that none below the last one comes later.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn open_after(&self, number: i64, limit: u32) -> Result<Vec<OpenCard>, StoreError> {
        let rows = query(
            "SELECT id, number, message_id FROM cards
             WHERE number > $1 AND state = 'open' ORDER BY number LIMIT $2",
        )
        .bind(number)
        .bind(i64::from(limit))
        .fetch_all(self.0.readers())
        .await?;
        let cards = rows.iter().map(|row| {
            let row = Columns(row);
            Ok(OpenCard {
                id: row.text("id")?,
                number: row.number("number")?,
                message_id: row.message_id("message_id")?,
            })
        });
        cards.collect()
    }

    /// One card.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_id(&self, id: &str) -> Result<Option<Card>, StoreError> {
        query("SELECT * FROM cards WHERE id = $1")
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
        query("SELECT * FROM cards WHERE message_id = $1")
            .bind(message_id.as_str())
            .fetch_optional(self.0.readers())
            .await?
            .as_ref()
            .map(card_of)
            .transpose()
    }

    /// The verdict about a card's document, as JSON: that of the message that it registers.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn verdict(&self, id: &str) -> Result<Option<String>, StoreError> {
        // Versions before kept a copy with the card.
        let row = query(
            "SELECT CASE WHEN cards.verdict_json = '' THEN messages.verdict_json
                         ELSE cards.verdict_json END AS verdict_json
             FROM cards LEFT JOIN messages ON messages.message_id = cards.message_id
             WHERE cards.id = $1",
        )
        .bind(id)
        .fetch_optional(self.0.readers())
        .await?;
        row.map_or(Ok(None), |row| Columns(&row).text_option("verdict_json"))
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
        let rows = query("SELECT * FROM tasks WHERE card = $1 ORDER BY id")
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
                    query(
                        "UPDATE tasks SET assignee = $2
                         WHERE id = $1 AND state = 'open' AND assignee IS NULL",
                    )
                    .bind(task)
                    .bind(account)
                    .execute(&mut *connection)
                    .await?;
                    let row = query("SELECT * FROM tasks WHERE id = $1")
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

    /// Replaces what is noted on an open card. The first note begins the work, which is told where there is something to
    /// tell. False if there is no such card, or it is decided.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn note(
        &self,
        card: &str,
        work_json: &str,
        begun: Option<Told>,
    ) -> Result<bool, StoreError> {
        let at = begun.as_ref().map(|begun| begun.at);
        let message = begun.map(|begun| begun.message);
        let outgoing = PreparedOutgoing::prepare_option(self.0, message).await?;
        let (card, work_json) = (card.to_owned(), work_json.to_owned());
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let open =
                        query("SELECT work_json FROM cards WHERE id = $1 AND state = 'open'")
                            .bind(&card)
                            .for_update()
                            .fetch_optional(&mut *connection)
                            .await?;
                    let Some(row) = open else {
                        return Ok(false);
                    };
                    let is_first = Columns(&row).text("work_json")? == NOT_BEGUN;
                    query("UPDATE cards SET work_json = $2 WHERE id = $1")
                        .bind(&card)
                        .bind(work_json)
                        .execute(&mut *connection)
                        .await?;
                    if let (true, Some(outgoing), Some(at)) = (is_first, &outgoing, at) {
                        outgoing.insert(connection, at.unix_ms()).await?;
                    }
                    Ok(true)
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
        let mut unwritten = Unwritten::default();
        let result = match decision.document.clone() {
            Some(bytes) => Some(self.0.blobs().put(bytes, &mut unwritten).await?),
            None => None,
        };
        let outgoing = PreparedOutgoing::prepare_option(self.0, decision.outbox.clone()).await?;
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    if let Some(obstacle) = obstacle(connection, &decision).await? {
                        return Ok(obstacle);
                    }
                    unwritten.write(connection).await?;
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
        let row = query("SELECT document, result FROM cards WHERE id = $1")
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
    connection: &mut Connection,
    new: &NewCard,
    document: &str,
) -> Result<(), StoreError> {
    let number = counters::next(connection, "cards").await?;
    query(
        "INSERT INTO cards
           (id, number, message_id, service, channel, sender, applicant_iin, applicant_surname,
            applicant_given, applicant_patronymic, document, verdict_json, work_json, state,
            registered_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', $13, 'open', $12)",
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
    .bind(new.at.unix_ms())
    .bind(NOT_BEGUN)
    .execute(&mut *connection)
    .await?;
    insert_tasks(connection, &new.id, &new.tasks).await
}

async fn insert_tasks(
    connection: &mut Connection,
    card: &str,
    tasks: &[NewTask],
) -> Result<(), StoreError> {
    for task in tasks {
        query(
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
    connection: &mut Connection,
    decision: &Decision,
) -> Result<Option<Decided>, StoreError> {
    // The card first: who decides writes to all of its tasks.
    let open = query("SELECT id FROM cards WHERE id = $1 AND state = 'open'")
        .bind(&decision.card)
        .for_update()
        .fetch_optional(&mut *connection)
        .await?;
    let row = query("SELECT * FROM tasks WHERE id = $1 AND card = $2")
        .bind(decision.task)
        .bind(&decision.card)
        .for_update()
        .fetch_optional(connection)
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
    Ok(open.is_none().then_some(Decided::Already))
}

async fn write_decision(
    connection: &mut Connection,
    decision: &Decision,
    result: Option<&str>,
) -> Result<(), StoreError> {
    query("UPDATE tasks SET state = 'done', assignee = $2, done_at = $3 WHERE id = $1")
        .bind(decision.task)
        .bind(decision.by)
        .bind(decision.at.unix_ms())
        .execute(&mut *connection)
        .await?;
    let decided = (decision.state != CardState::Open).then(|| decision.at.unix_ms());
    query(
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
        query("UPDATE tasks SET state = 'done', done_at = $2 WHERE card = $1 AND state = 'open'")
            .bind(&decision.card)
            .bind(decision.at.unix_ms())
            .execute(connection)
            .await?;
    }
    Ok(())
}

fn card_of(row: &Row) -> Result<Card, StoreError> {
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
        work_json: row.text("work_json")?,
        state: row.parsed("state", CardState::parse)?,
        label: row.label_option("label")?,
        registered_at: row.moment("registered_at")?,
        decided_at: row.moment_option("decided_at")?,
    })
}

fn task_of(row: &Row) -> Result<Task, StoreError> {
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
