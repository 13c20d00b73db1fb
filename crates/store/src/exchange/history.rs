//! What came to an actor and what became of it, told by its journal: for those who count messages.

use std::collections::BTreeMap;

use qaqpa_model::{MessageId, Moment, RefusalLabel, SenderId};

use super::Exchange;
use crate::StoreError;
use crate::database::{Columns, Row, query, query_of_each};
use crate::mask;

/// Which messages are told: all that is said must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Beyond this place of the journal, whatever the clock said then.
    pub beyond: JournalPlace,
    /// From this moment on.
    pub since: Option<Moment>,
    /// Until this moment, itself included. Without one there is no end: the clock may have been set back since.
    pub until: Option<Moment>,
    /// Older than this one: the next page.
    pub before: Option<HistoryMark>,
    /// What became of it, as [`Happened::kind`] names it.
    pub kind: Option<String>,
    /// Why it was refused.
    pub label: Option<RefusalLabel>,
    /// Its id, with braces or without.
    pub message_id: Option<MessageId>,
    /// The id of the message that it answers, with braces or without.
    pub correlation: Option<MessageId>,
    /// A text that stands somewhere in what the journal shows of it; upper or lower case may be one.
    pub in_summary: Option<String>,
    /// A text that stands somewhere in its facts.
    pub in_facts: Option<String>,
    /// At most so many, of the newest.
    pub limit: u32,
}

/// Where in the history a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryMark {
    at: Moment,
    writer: String,
    id: i64,
}

/// A place in an actor's journal: of each of its writers the number of the last entry. A writer that is not named begins
/// after it.
pub type JournalPlace = BTreeMap<String, i64>;

/// A message that came, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    /// When.
    pub at: Moment,
    /// What became of it, as the journal names it: `accepted`, `refused`, `faulted`, `repeated`.
    pub kind: String,
    /// Its id; none where it could not be read.
    pub message_id: Option<MessageId>,
    /// Why, where it was refused.
    pub label: Option<RefusalLabel>,
    /// What the journal shows of it, masked.
    pub summary: serde_json::Value,
    /// Who sent it, where it was accepted, now or before.
    pub sender: Option<SenderId>,
    /// The first message's id, where it was accepted as an answer.
    pub correlation: Option<MessageId>,
    /// The caller's facts as JSON, where it was accepted, now or before. They hold personal data.
    pub facts_json: Option<String>,
    /// Where it stands.
    pub mark: HistoryMark,
}

/// What is common to both databases, up to what lies before the place.
macro_rules! history_of {
    () => {
        "SELECT journal.at AS at, journal.kind AS kind, journal.message_id AS message_id,
           journal.label AS label, journal.summary AS summary,
           messages.sender AS sender, messages.correlation AS correlation,
           messages.facts_json AS facts_json, journal.writer AS writer, journal.id AS id
         FROM journal LEFT JOIN messages
           ON messages.message_id = journal.message_id
           AND journal.kind IN ('accepted', 'repeated')
         WHERE journal.kind IN ('accepted', 'refused', 'faulted', 'repeated')
           AND journal.direction = 'in' AND journal.at >= $1 AND journal.at <= $2
           AND (CAST($5 AS TEXT) IS NULL OR journal.kind = $5)
           AND (CAST($6 AS TEXT) IS NULL OR journal.label = $6)
           AND (CAST($7 AS TEXT) IS NULL OR journal.message_id IN ($7, '{' || $7 || '}'))
           AND (CAST($8 AS TEXT) IS NULL OR messages.correlation IN ($8, '{' || $8 || '}')
             OR journal.summary LIKE '%' || $8 || '%')
           AND (CAST($9 AS TEXT) IS NULL OR journal.summary LIKE '%' || $9 || '%')
           AND (CAST($10 AS TEXT) IS NULL OR messages.facts_json LIKE '%' || $10 || '%')
           AND (CAST($11 AS BIGINT) IS NULL
             OR (journal.at, journal.writer, journal.id) < ($11, $12, $13))
           AND NOT EXISTS ("
    };
}

macro_rules! newest {
    () => {
        ") ORDER BY journal.at DESC, journal.writer DESC, journal.id DESC LIMIT $3"
    };
}

impl Exchange<'_> {
    /// The messages that came to this actor, whichever of its processes took them, the newest first. Who wants more than
    /// should lie in memory asks page by page, each [before](HistoryFilter::before) the last one of the page that he has.
    ///
    /// What retention has removed from the journal is not told.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn history(&self, filter: &HistoryFilter) -> Result<Vec<Happened>, StoreError> {
        let sqlite = concat!(
            history_of!(),
            "SELECT 1 FROM json_each($4) AS place
               WHERE place.key = journal.writer AND journal.id <= place.value",
            newest!()
        );
        let postgres = concat!(
            history_of!(),
            "SELECT 1 FROM jsonb_each_text(CAST($4 AS jsonb)) AS place(key, value)
               WHERE place.key = journal.writer AND journal.id <= CAST(place.value AS bigint)",
            newest!()
        );
        let begin = filter.since.map_or(i64::MIN, Moment::unix_ms);
        let end = filter.until.map_or(i64::MAX, Moment::unix_ms);
        let mark = filter.before.as_ref();
        let end = mark.map_or(end, |mark| end.min(mark.at.unix_ms()));
        let beyond = serde_json::json!(filter.beyond).to_string();
        let rows = query_of_each(sqlite, postgres)
            .bind(begin)
            .bind(end)
            .bind(i64::from(filter.limit))
            .bind(beyond)
            .bind(filter.kind.as_deref())
            .bind(filter.label.map(RefusalLabel::as_str))
            .bind(filter.message_id.as_ref().map(bare))
            .bind(filter.correlation.as_ref().map(bare))
            .bind(filter.in_summary.as_deref())
            .bind(filter.in_facts.as_deref())
            .bind(mark.map(|mark| mark.at.unix_ms()))
            .bind(mark.map(|mark| mark.writer.as_str()))
            .bind(mark.map(|mark| mark.id))
            .fetch_all(self.0.readers())
            .await?;
        rows.iter().map(happened_of).collect()
    }

    /// The place that this actor's journal has reached, by whichever of its processes.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn journal_place(&self) -> Result<JournalPlace, StoreError> {
        let rows = query("SELECT writer, id FROM journal_heads")
            .fetch_all(self.0.readers())
            .await?;
        let place = |row: &Row| {
            let row = Columns(row);
            Ok((row.text("writer")?, row.number("id")?))
        };
        rows.iter().map(place).collect()
    }
}

/// Without its braces: people leave them out.
fn bare(id: &MessageId) -> &str {
    id.as_str().trim_matches(['{', '}'])
}

fn happened_of(row: &Row) -> Result<Happened, StoreError> {
    let row = Columns(row);
    Ok(Happened {
        at: row.moment("at")?,
        kind: row.text("kind")?,
        message_id: row.message_id_option("message_id")?,
        label: row.label_option("label")?,
        summary: row.parsed("summary", |text| {
            serde_json::from_str(text)
                .ok()
                .map(|summary| mask::summary(&summary))
        })?,
        sender: row
            .text_option("sender")?
            .and_then(|sender| SenderId::parse(&sender).ok()),
        correlation: row.message_id_option("correlation")?,
        facts_json: row.text_option("facts_json")?,
        mark: HistoryMark {
            at: row.moment("at")?,
            writer: row.text("writer")?,
            id: row.number("id")?,
        },
    })
}
