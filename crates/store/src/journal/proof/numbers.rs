//! What stands where no walk from number to number comes by.

use std::sync::Arc;

use super::super::finding::FindingKind;
use super::{Stop, Walk};
use crate::StoreError;
use crate::database::{Columns, query};

impl Walk<'_> {
    /// Numbers begin with 1: what stands below is no entry that a store wrote, and the walk would not pass it.
    pub(super) async fn numbers(&mut self) -> Result<(), Stop> {
        let row = query(
            "SELECT (SELECT MIN(id) FROM journal WHERE writer = $1) AS entry,
                    (SELECT MIN(segment) FROM journal_seals WHERE writer = $1) AS segment",
        )
        .bind(Arc::clone(&self.writer))
        .fetch_one(&mut *self.connection)
        .await?;
        let columns = Columns(&row);
        // What is no number is found when all are counted.
        let lowest = |name| columns.number_option(name).unwrap_or(None);
        if let Some(id) = lowest("entry").filter(|id| *id < 1) {
            let how = format!("an entry stands under the number {id}: numbers begin with 1");
            return Err(self.found(FindingKind::Moved, (id, id), how));
        }
        if let Some(segment) = lowest("segment").filter(|id| *id < 1) {
            let how = format!("there is a seal of segment {segment}: segments begin with 1");
            return Err(self.found(FindingKind::SealChanged, (1, 1), how));
        }
        Ok(())
    }

    /// Whatever stands under a number that no number reaches was passed by: a text, or one beyond all.
    pub(super) async fn nothing_besides(&mut self) -> Result<(), Stop> {
        let row = query(
            "SELECT (SELECT COUNT(*) FROM journal WHERE writer = $1) AS entries,
                    (SELECT COUNT(*) FROM journal_seals WHERE writer = $1) AS seals",
        )
        .bind(Arc::clone(&self.writer))
        .fetch_one(&mut *self.connection)
        .await?;
        let columns = Columns(&row);
        let seals = self.proof.segments + u64::from(self.checkpoint.is_some());
        let here = (self.next, self.next);
        if columns.count("entries")? != self.proof.entries {
            let how = "beside the entries stands one under a number that is none";
            return Err(self.found(FindingKind::Moved, here, how));
        }
        if columns.count("seals")? != seals {
            let how = "beside the seals stands one of a segment whose number is none";
            return Err(self.found(FindingKind::SealChanged, here, how));
        }
        Ok(())
    }

    pub(super) async fn last_number(&mut self) -> Result<i64, StoreError> {
        let row = query("SELECT MAX(id) AS id FROM journal WHERE writer = $1")
            .bind(Arc::clone(&self.writer))
            .fetch_one(&mut *self.connection)
            .await?;
        // Where there is one that is no number, it counts as the highest.
        Ok(Columns(&row)
            .number_option("id")
            .unwrap_or(None)
            .unwrap_or(0))
    }

    /// Whether there is anything of a journal whose end is not named.
    pub(super) async fn anything_there(&mut self) -> Result<bool, StoreError> {
        let row = query(
            "SELECT (SELECT COUNT(*) FROM journal WHERE writer = $1)
                  + (SELECT COUNT(*) FROM journal_seals WHERE writer = $1) AS id",
        )
        .bind(Arc::clone(&self.writer))
        .fetch_one(&mut *self.connection)
        .await?;
        Ok(Columns(&row).number("id")? > 0)
    }
}
