//! How many messages came that the journal holds nothing about but their number.

use qaqpa_model::Moment;

use super::{Exchange, HistoryFilter};
use crate::StoreError;
use crate::database::{Columns, query_of_each};

/// The kind of the entries that say how many requests were turned away since the last one without an entry of their own:
/// `untold` in the summary says how many, `of` which ones. Those that were refused at the `door` are no messages: nobody
/// has read them.
pub const REFUSALS_UNTOLD: &str = "refusals-untold";

macro_rules! untold {
    ($number:literal, $of:literal, $beyond:literal) => {
        concat!(
            "SELECT CAST(COALESCE(SUM(",
            $number,
            "), 0) AS bigint) AS untold FROM journal
             WHERE journal.kind = $1 AND ",
            $of,
            " <> 'door' AND journal.at >= $2 AND journal.at <= $3 AND NOT EXISTS (",
            $beyond,
            ")"
        )
    };
}

impl Exchange<'_> {
    /// How many messages of the time that a filter is about were turned away, of which the
    /// [history](Self::history) tells nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn untold(&self, filter: &HistoryFilter) -> Result<u64, StoreError> {
        let sqlite = untold!(
            "json_extract(journal.summary, '$.untold')",
            "json_extract(journal.summary, '$.of')",
            "SELECT 1 FROM json_each($4) AS place
               WHERE place.key = journal.writer AND journal.id <= place.value"
        );
        let postgres = untold!(
            "CAST(CAST(journal.summary AS jsonb) ->> 'untold' AS bigint)",
            "CAST(journal.summary AS jsonb) ->> 'of'",
            "SELECT 1 FROM jsonb_each_text(CAST($4 AS jsonb)) AS place(key, value)
               WHERE place.key = journal.writer AND journal.id <= CAST(place.value AS bigint)"
        );
        let row = query_of_each(sqlite, postgres)
            .bind(REFUSALS_UNTOLD)
            .bind(filter.since.map_or(i64::MIN, Moment::unix_ms))
            .bind(filter.until.map_or(i64::MAX, Moment::unix_ms))
            .bind(serde_json::json!(filter.beyond).to_string())
            .fetch_one(self.0.readers())
            .await?;
        Columns(&row).count("untold")
    }
}
