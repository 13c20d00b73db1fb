//! The steps of the flow that a message has taken.

use qaqpa_model::{ElementId, MessageId, Moment, RefusalLabel};

use crate::database::{Columns, Connection, query};
use crate::{Store, StoreError};

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TraceOutcome {
    /// A process or an action was done.
    Done,
    /// A condition answered no.
    No,
    /// A condition answered yes.
    Yes,
}

impl TraceOutcome {
    /// The name in reports and in storage: `done`, `no`, `yes`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::No => "no",
            Self::Yes => "yes",
        }
    }

    /// The outcome of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Done, Self::No, Self::Yes]
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
    }
}

/// One step of one message's way. Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEntry {
    /// The message that began the way: the application's `messageId`, not the result's.
    pub message: MessageId,
    /// When the step was taken.
    pub at: Moment,
    /// The element of the flow, as the walker named it.
    pub element: ElementId,
    /// The meaning of the element, as the catalogue names it.
    pub meaning: String,
    /// How the step ended.
    pub outcome: TraceOutcome,
    /// Why, where the outcome is a refusal.
    pub label: Option<RefusalLabel>,
}

/// The steps that this actor has recorded.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'s>(pub(crate) &'s Store);

impl Trace<'_> {
    /// Records steps outside of another transaction, all or none.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn record(&self, entries: Vec<TraceEntry>) -> Result<(), StoreError> {
        self.0
            .write(move |connection| Box::pin(async move { record(connection, &entries).await }))
            .await
    }

    /// The steps of one message in the order in which they were recorded.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn of(&self, message: &MessageId) -> Result<Vec<TraceEntry>, StoreError> {
        let rows = query("SELECT * FROM trace WHERE message_id = $1 ORDER BY id")
            .bind(message.as_str())
            .fetch_all(self.0.readers())
            .await?;
        rows.iter()
            .map(|row| {
                let row = Columns(row);
                Ok(TraceEntry {
                    message: row.message_id("message_id")?,
                    at: row.moment("at")?,
                    element: row.element("element")?,
                    meaning: row.text("meaning")?,
                    outcome: row.parsed("outcome", TraceOutcome::parse)?,
                    label: row.label_option("label")?,
                })
            })
            .collect()
    }
}

/// Steps of one statement: a server is asked once for them.
const ROWS_AT_ONCE: usize = 3;

macro_rules! rows {
    ($($rows:literal),+) => {
        concat!(
            "INSERT INTO trace (message_id, at, element, meaning, outcome, label) VALUES ",
            $($rows),+
        )
    };
}

const ONE_ROW: &str = rows!("($1, $2, $3, $4, $5, $6)");
const TWO_ROWS: &str = rows!("($1, $2, $3, $4, $5, $6), ($7, $8, $9, $10, $11, $12)");
const THREE_ROWS: &str = rows!(
    "($1, $2, $3, $4, $5, $6), ($7, $8, $9, $10, $11, $12), ",
    "($13, $14, $15, $16, $17, $18)"
);

/// Records steps within a transaction.
pub(crate) async fn record(
    connection: &mut Connection,
    entries: &[TraceEntry],
) -> Result<(), StoreError> {
    for some in entries.chunks(ROWS_AT_ONCE) {
        let mut statement = query(match some.len() {
            1 => ONE_ROW,
            2 => TWO_ROWS,
            _ => THREE_ROWS,
        });
        for entry in some {
            statement = statement
                .bind(entry.message.as_str())
                .bind(entry.at.unix_ms())
                .bind(entry.element.as_str())
                .bind(&entry.meaning)
                .bind(entry.outcome.as_str())
                .bind(entry.label.map(|label| label.as_str()));
        }
        statement.execute(&mut *connection).await?;
    }
    Ok(())
}
