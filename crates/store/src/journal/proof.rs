//! The proof: every chain, seal and root is made anew, and the first thing that is wrong is named.
//!
//! Read in one snapshot, so that what is appended meanwhile is no part of it. What a finding blames is decided
//! by who else holds the hash: an entry that its successor still names is the one that was written.

mod doubts;
mod entries;
mod numbers;
mod retained;
mod stamps;

use std::sync::Arc;

use qaqpa_model::Moment;

use super::finding::{Finding, FindingKind, JournalProof, StampJudge};
use super::line::{BEGINNING, Head};
use super::merkle::Frontier;
use super::seal::Seal;
use crate::database::{Columns, Connection, Row, query};
use crate::{Store, StoreError};

/// Why a walk ended early.
enum Stop {
    Found(Finding),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

pub(super) async fn prove(
    store: &Store,
    writer: Arc<str>,
    judge: &StampJudge<'_>,
) -> Result<JournalProof, StoreError> {
    let mut snapshot = store.readers().begin().await?;
    let head = Head::read(&mut snapshot, &writer).await;
    let head_wrong = match &head {
        Ok(Some(_)) => None,
        Ok(None) => Some("the row that names the end of the journal is gone"),
        Err(_) => Some("the row that names the end of the journal cannot be read"),
    };
    let mut walk = Walk {
        store,
        writer: Arc::clone(&writer),
        judge,
        connection: &mut snapshot,
        head: head.ok().flatten().unwrap_or_default(),
        next: 1,
        previous: BEGINNING.to_vec(),
        segment: 1,
        opened: 1,
        tree: Frontier::default(),
        closing: None,
        checkpoint: None,
        told: None,
        sealed_at: None,
        stamped_at: None,
        waits_since: None,
        set_back: Vec::new(),
        set_back_next: 0,
        proof: JournalProof {
            writer: writer.to_string(),
            journal: String::new(),
            entries: 0,
            pruned: 0,
            segments: 0,
            head: String::new(),
            vouched: None,
            waiting: 0,
            unjudged: None,
            unsealed: 0,
            lag_ms: None,
            set_back: 0,
            doubts: Vec::new(),
            finding: None,
        },
    };
    walk.proof.journal = hex::encode(&walk.head.journal);
    let outcome = match head_wrong {
        Some(how) if walk.anything_there().await? => {
            let last = walk.last_number().await?;
            Err(walk.found(FindingKind::HeadWrong, (1, last.max(1)), how))
        }
        _ => walk.run().await,
    };
    if outcome.is_ok() {
        walk.nothing_vouched().await?;
    }
    let Walk {
        mut proof,
        previous,
        ..
    } = walk;
    proof.head = hex::encode(previous);
    match outcome {
        Ok(()) => {}
        Err(Stop::Found(finding)) => proof.finding = Some(finding),
        Err(Stop::Store(error)) => return Err(error),
    }
    Ok(proof)
}

/// The proof on its way: everything before `next` holds.
struct Walk<'w> {
    store: &'w Store,
    /// Whose chain, from beginning to end.
    writer: Arc<str>,
    judge: &'w StampJudge<'w>,
    connection: &'w mut Connection,
    head: Head,
    /// The number of the entry that must come.
    next: i64,
    /// What it must hold as `previous`.
    previous: Vec<u8>,
    /// The segment that it is in, and the number of its first entry.
    segment: i64,
    opened: i64,
    /// The tree of the seals so far.
    tree: Frontier,
    /// The last entry of the segment and its hash, as the segment's seal names them.
    closing: Option<(i64, Vec<u8>)>,
    /// The seal of the last segment that retention has removed.
    checkpoint: Option<Seal>,
    /// What the last entry about a removal says.
    told: Option<retained::Told>,
    /// When the seal before says it was made, and the latest moment of a stamp so far.
    sealed_at: Option<Moment>,
    stamped_at: Option<Moment>,
    /// The earliest moment of the seals that have no good stamp and wait for a later one to vouch for them.
    waits_since: Option<Moment>,
    /// The segments whose entries tell that the clock was set back, and by how many milliseconds.
    set_back: Vec<(i64, i64)>,
    /// By how many the first entry after this segment tells it.
    set_back_next: i64,
    proof: JournalProof,
}

impl Walk<'_> {
    async fn run(&mut self) -> Result<(), Stop> {
        self.numbers().await?;
        self.begin().await?;
        loop {
            let found = self.seal_from(self.segment).await?;
            match found {
                Some((number, seal)) if number == self.segment => {
                    self.sealed(seal).await?;
                }
                None if self.head.segment == self.segment => {
                    self.tail().await?;
                    self.told()?;
                    return self.nothing_besides().await;
                }
                Some((number, _)) => return Err(self.gap(number).await?),
                None if self.head.segment > self.segment => {
                    return Err(self.gap(self.head.segment).await?);
                }
                None => {
                    let how = format!(
                        "the end of the journal names segment {} as the open one, but the seals lead to segment {}",
                        self.head.segment, self.segment
                    );
                    return Err(self.found(FindingKind::HeadWrong, (self.next, self.next), how));
                }
            }
        }
    }

    fn found(&self, kind: FindingKind, (entry, until): (i64, i64), how: impl Into<String>) -> Stop {
        Stop::Found(Finding {
            entry,
            until: until.max(entry),
            segment: self.segment,
            kind,
            how: how.into(),
        })
    }

    /// The first seal of this segment or a later one: its number, and the seal if it can be read.
    async fn seal_from(
        &mut self,
        segment: i64,
    ) -> Result<Option<(i64, Result<Seal, StoreError>)>, Stop> {
        let row = query(
            "SELECT * FROM journal_seals WHERE writer = $1 AND segment >= $2 ORDER BY segment LIMIT 1",
        )
        .bind(Arc::clone(&self.writer))
        .bind(segment)
        .fetch_optional(&mut *self.connection)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let Ok(number) = Columns(&row).number("segment") else {
            let how = "a seal stands here of a segment whose number is none";
            return Err(self.found(FindingKind::SealChanged, (self.next, self.next), how));
        };
        Ok(Some((number, Seal::of(&row))))
    }

    /// Seals are missing up to this segment.
    async fn gap(&mut self, until_segment: i64) -> Result<Stop, Stop> {
        let later = self.seal_from(until_segment).await?;
        let end = match later {
            Some((_, Ok(seal))) => seal.first,
            _ => self.head.first,
        };
        let range = (self.next, end - 1);
        let missing = if self.segment + 1 == until_segment {
            format!("the seal of segment {} is missing", self.segment)
        } else {
            format!(
                "the seals of segments {}…{} are missing",
                self.segment,
                until_segment - 1
            )
        };
        let there = self.row(self.next).await?.is_some();
        Ok(if there {
            self.found(
                FindingKind::SealMissing,
                range,
                format!("{missing}, though a later segment was opened"),
            )
        } else {
            self.found(
                FindingKind::Removed,
                range,
                format!("{missing}, and the entries with it"),
            )
        })
    }

    /// Proves the segment that this seal closes.
    async fn sealed(&mut self, seal: Result<Seal, StoreError>) -> Result<(), Stop> {
        let here = (self.next, self.next);
        let changed = |walk: &Self, how: String| walk.found(FindingKind::SealChanged, here, how);
        let name = format!("the seal of segment {}", self.segment);
        let Ok(seal) = seal else {
            return Err(changed(
                self,
                format!("{name} has a field that cannot be read"),
            ));
        };
        if seal.journal != self.head.journal {
            return Err(self.foreign(&seal).await?);
        }
        if seal.leaf().as_slice() != seal.hash {
            return Err(changed(
                self,
                format!("the fields of {name} do not give its hash"),
            ));
        }
        if seal.header != self.seal_before() {
            let entry_holds_it = match self.row(self.next).await? {
                Some(row) => Columns(&row).bytes("previous").ok() == Some(self.seal_before()),
                None => false,
            };
            let how = format!("{name} does not hold the hash of the seal before");
            return Err(if entry_holds_it || self.segment == 1 {
                changed(self, how)
            } else {
                self.before_changed(how)
            });
        }
        if seal.first != self.next
            || seal.last < seal.first
            || seal.entries != seal.last - seal.first + 1
        {
            return Err(changed(
                self,
                format!(
                    "{name} names {} entries from {} to {}, where entry {} is the next",
                    seal.entries, seal.first, seal.last, self.next
                ),
            ));
        }
        if self.head.segment <= self.segment {
            let how = format!(
                "the end of the journal names segment {} as the open one, but segment {} is sealed",
                self.head.segment, self.segment
            );
            return Err(self.found(FindingKind::HeadWrong, here, how));
        }
        self.closing = Some((seal.last, seal.last_hash.clone()));
        let content = self.entries(seal.last).await?;
        self.closing = None;
        if self.next <= seal.last {
            let how = format!("{name} says that it goes to entry {}", seal.last);
            return Err(self.found(FindingKind::Removed, (self.next, seal.last), how));
        }
        if self.previous != seal.last_hash {
            let range = (seal.first, seal.last);
            let how = format!("the last entry's hash is not the one that {name} holds");
            let original = self.link_after(&seal).await?.as_ref() == Some(&seal.hash);
            return Err(if original {
                self.found(FindingKind::Changed, range, how)
            } else {
                self.found(FindingKind::SealChanged, range, how)
            });
        }
        if content.tree.root().as_slice() != seal.root {
            return Err(changed(
                self,
                format!("{name} holds another root than its entries give"),
            ));
        }
        if content.moments != Some((seal.earliest.unix_ms(), seal.latest.unix_ms())) {
            return Err(changed(
                self,
                format!("{name} names other moments than its entries"),
            ));
        }
        if seal.frontier != self.tree.to_bytes() || self.tree.root().as_slice() != seal.before {
            return Err(changed(
                self,
                format!("{name} holds another root than the seals before it give"),
            ));
        }
        self.set_back_next = match self.row(seal.last + 1).await? {
            Some(row) => doubts::set_back_told(&row),
            None => 0,
        };
        self.in_order(seal.latest);
        self.segment_length(&seal);
        self.sealed_in_time(&seal);
        self.stamped(&seal)?;
        self.sealed_at = Some(seal.sealed_at);
        self.tree.push(seal.leaf());
        self.previous = seal.hash;
        self.segment += 1;
        self.opened = self.next;
        self.proof.segments += 1;
        Ok(())
    }

    /// What the next seal must hold as its header: in a segment's beginning that is what its first entry holds.
    fn seal_before(&self) -> Vec<u8> {
        self.previous.clone()
    }

    /// The seal before is the one that was changed, with its hash: whoever follows holds another.
    fn before_changed(&self, how: String) -> Stop {
        Stop::Found(Finding {
            entry: self.next - 1,
            until: self.next - 1,
            segment: self.segment - 1,
            kind: FindingKind::SealChanged,
            how,
        })
    }

    async fn foreign(&mut self, seal: &Seal) -> Result<Stop, Stop> {
        let ours = query("SELECT 1 FROM journal_seals WHERE writer = $1 AND journal = $2 LIMIT 1")
            .bind(Arc::clone(&self.writer))
            .bind(&self.head.journal)
            .fetch_optional(&mut *self.connection)
            .await?
            .is_some();
        // Of a journal with several seals, all of one name, it is the name at the end that is another.
        let others = self.seal_from(self.segment + 1).await?.is_some();
        Ok(if !ours && others {
            self.found(
                FindingKind::HeadWrong,
                (self.next, self.next),
                "the end of the journal bears the name of another journal than every seal",
            )
        } else {
            self.found(
                FindingKind::SealForeign,
                (self.next, self.next),
                format!(
                    "the seal of segment {} is one of journal {}, not of {}",
                    self.segment,
                    short(&seal.journal),
                    short(&self.head.journal)
                ),
            )
        })
    }

    /// What follows a seal holds its hash: the first entry of the next segment, or the end.
    async fn link_after(&mut self, seal: &Seal) -> Result<Option<Vec<u8>>, Stop> {
        if self.head.id == seal.last {
            return Ok(Some(self.head.hash.clone()));
        }
        let row = self.row(seal.last + 1).await?;
        Ok(row.and_then(|row| Columns(&row).bytes("previous").ok()))
    }

    async fn row(&mut self, id: i64) -> Result<Option<Row>, Stop> {
        Ok(query("SELECT * FROM journal WHERE writer = $1 AND id = $2")
            .bind(Arc::clone(&self.writer))
            .bind(id)
            .fetch_optional(&mut *self.connection)
            .await?)
    }
}

/// The first eight bytes: enough for a person to tell journals apart.
fn short(name: &[u8]) -> String {
    hex::encode(&name[..name.len().min(8)])
}
