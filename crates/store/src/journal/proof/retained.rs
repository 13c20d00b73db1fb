//! Where the proof begins: after what retention has removed, if an entry tells of it.

use std::sync::Arc;

use super::super::finding::{Finding, FindingKind};
use super::{Stop, Walk};
use crate::database::{Columns, query};
use crate::journal::DoubtKind;

/// What an entry about a removal says.
pub(super) struct Told {
    segment: i64,
    /// The hash of that segment's seal, in hexadecimal.
    seal: String,
    /// The doubts despite which it was done.
    doubts: Vec<TheirDoubt>,
}

/// A doubt as such an entry tells it.
pub(super) struct TheirDoubt {
    pub(super) kind: String,
    pub(super) how: String,
}

impl Walk<'_> {
    /// Begins after what retention has removed.
    pub(super) async fn begin(&mut self) -> Result<(), Stop> {
        let row = query("SELECT segment FROM journal_checkpoints WHERE writer = $1")
            .bind(Arc::clone(&self.writer))
            .fetch_optional(&mut *self.connection)
            .await?;
        let Some(row) = row else {
            return Ok(());
        };
        let Ok(segment) = Columns(&row).number("segment") else {
            return Err(self.checkpoint_wrong("the checkpoint cannot be read"));
        };
        let seal = match self.seal_from(1).await? {
            Some((number, Ok(seal))) if number == segment => seal,
            Some((number, _)) if number < segment => {
                let how = format!(
                    "the checkpoint says that segments up to {segment} are removed, but there is a seal of segment {number}"
                );
                return Err(self.checkpoint_wrong(how));
            }
            _ => {
                let how = format!(
                    "the checkpoint names segment {segment}, whose seal is missing or cannot be read"
                );
                return Err(self.checkpoint_wrong(how));
            }
        };
        let tree = seal.tree_before().filter(|tree| {
            tree.root().as_slice() == seal.before && seal.leaf().as_slice() == seal.hash
        });
        let Some(mut tree) = tree.filter(|_| seal.journal == self.head.journal) else {
            return Err(self.checkpoint_wrong("the fields of the checkpoint's seal do not give its hash, its root or this journal's name"));
        };
        if seal.stamp.is_none() {
            return Err(self
                .checkpoint_wrong("the checkpoint has no stamp: only what is stamped is removed"));
        }
        let again = self.first_number().await?;
        if let Some(again) = again.filter(|first| *first <= seal.last) {
            let how = format!(
                "entry {again} stands here, though everything up to {} was removed",
                seal.last
            );
            return Err(self.checkpoint_wrong(how));
        }
        self.segment = segment;
        self.next = seal.last + 1;
        self.stamped(&seal)?;
        self.sealed_at = Some(seal.sealed_at);
        tree.push(seal.leaf());
        self.tree = tree;
        self.previous.clone_from(&seal.hash);
        self.segment += 1;
        self.opened = self.next;
        self.proof.pruned = u64::try_from(seal.last).unwrap_or(0);
        self.checkpoint = Some(seal);
        Ok(())
    }

    fn checkpoint_wrong(&self, how: impl Into<String>) -> Stop {
        self.found(FindingKind::CheckpointWrong, (self.next, self.next), how)
    }

    /// Whether an entry tells of the removal that the checkpoint stands for.
    pub(super) fn told(&mut self) -> Result<(), Stop> {
        let Some(seal) = &self.checkpoint else {
            return Ok(());
        };
        let named = hex::encode(&seal.hash);
        if let Some(told) = self
            .told
            .take_if(|told| told.segment == seal.segment && is_told(&told.seal, &named))
        {
            let last = seal.last;
            self.removed_in_doubt(last, &told.doubts);
            return Ok(());
        }
        Err(Stop::Found(Finding {
            entry: 1,
            until: seal.last,
            segment: seal.segment,
            kind: FindingKind::CheckpointWrong,
            how: format!(
                "no entry tells that the segments up to {} were removed",
                seal.segment
            ),
        }))
    }

    async fn first_number(&mut self) -> Result<Option<i64>, Stop> {
        let row = query("SELECT MIN(id) AS id FROM journal WHERE writer = $1")
            .bind(Arc::clone(&self.writer))
            .fetch_one(&mut *self.connection)
            .await?;
        Ok(Columns(&row).number_option("id")?)
    }
}

/// Earlier versions masked twelve decimal digits that stand in a row in the hash: the other digits must be its own.
fn is_told(told: &str, named: &str) -> bool {
    let mut pairs = told.bytes().zip(named.bytes());
    let masked = told.bytes().filter(|byte| *byte == b'*').count();
    told.len() == named.len()
        && matches!(masked, 0 | 8 | 16)
        && pairs.all(|(told, own)| told == own || told == b'*' && own.is_ascii_digit())
}

/// What an entry about a removal says.
pub(super) fn removal_told(summary: &str) -> Option<Told> {
    let summary: serde_json::Value = serde_json::from_str(summary).ok()?;
    let doubts = summary["doubts"].as_array().into_iter().flatten();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    Some(Told {
        segment: summary["segment"].as_i64()?,
        seal: summary["seal"].as_str()?.to_owned(),
        doubts: doubts
            .map(|doubt| TheirDoubt {
                kind: text(&doubt["kind"]),
                how: text(&doubt["how"]),
            })
            .filter(|doubt| !is_of_the_end(&doubt.kind))
            .collect(),
    })
}

/// Whether a doubt is one that says nothing of what was removed.
fn is_of_the_end(kind: &str) -> bool {
    let mut of_the_end = DoubtKind::ALL
        .into_iter()
        .filter(|kind| kind.is_of_the_end());
    of_the_end.any(|one| one.as_str() == kind)
}
