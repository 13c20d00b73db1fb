//! What an honest journal may show and one that was written anew shows, too: the verdict stays open.
//!
//! Whoever writes the whole journal anew can have it stamped anew: the authority stamps what it is given. What he
//! cannot have of an honest authority is a stamp of the moment when the entries say they were written. (The simulator's own gives
//! one to whoever holds its data folder: its control port stamps as of any moment, and its keys lie there.)
//!
//! A simulated clock is moved. Before a move every journal is sealed and stamped; after it, an entry tells of it. Where
//! the clock was set back, moments may run backwards near that entry by as much as it says: what was under way then has
//! moments of before among those of after. Such an entry is one of the journal that is doubted: whoever writes it anew can
//! write these, too. So it excuses the order alone, and never what is stamped long after it was sealed, nor (near it) what
//! is sealed long after its entries: old moments below stamps of today stay a doubt.

use qaqpa_model::Moment;

use super::super::CLOCK_SET_BACK;
use super::super::finding::{Doubt, DoubtKind};
use super::super::seal::Seal;
use super::Walk;
use super::retained::TheirDoubt;
use crate::StoreError;
use crate::database::{Columns, Row};

/// How long after its seal a stamp is taken for one that waited while the authority was away, in milliseconds: a day.
const LAG_MAX_MS: i64 = 24 * 60 * 60 * 1000;

/// How long after its latest entry a segment near a set-back of the clock may say that it was sealed, in milliseconds: a
/// day. The keeper seals within minutes, unless it did not run.
const SEALED_LATE_MS: i64 = 24 * 60 * 60 * 1000;

/// In how many segments after that entry: what is under way closes a segment at each turn between the two times.
const SET_BACK_NEAR: i64 = 8;

/// By how many milliseconds this entry tells that the clock was set back; 0 where it tells something else.
pub(super) fn set_back_told(row: &Row) -> i64 {
    let columns = Columns(row);
    match (columns.text("kind"), columns.text("summary")) {
        (Ok(kind), Ok(summary)) if kind == CLOCK_SET_BACK => set_back_by(&summary).unwrap_or(0),
        _ => 0,
    }
}

/// By how many milliseconds an entry of [`CLOCK_SET_BACK`] says that the clock was set back.
pub(super) fn set_back_by(summary: &str) -> Option<i64> {
    let summary: serde_json::Value = serde_json::from_str(summary).ok()?;
    let moved = match summary["moved_ms"].as_i64() {
        Some(moved) => moved,
        None => {
            let [now, before] =
                ["offset_ms", "offset_ms_before"].map(|name| summary[name].as_i64());
            now?.checked_sub(before?)?
        }
    };
    moved.checked_neg().filter(|by| *by > 0)
}

/// What clocks may be apart, in milliseconds: a minute.
const CLOCKS_APART_MS: i64 = 60 * 1000;

impl Walk<'_> {
    fn doubt(&mut self, kind: DoubtKind, how: String) {
        if self.proof.doubts.iter().any(|doubt| doubt.kind == kind) {
            return;
        }
        self.proof.doubts.push(Doubt {
            kind,
            segment: self.segment,
            how,
        });
    }

    /// A good stamp of this moment against the seal's own moment and the stamps before.
    pub(super) fn stamp_in_time(&mut self, seal: &Seal, at: Moment) {
        let segment = seal.segment;
        // Of the seals that this stamp vouches for, the oldest has waited longest.
        let since = self
            .waits_since
            .map_or(seal.sealed_at, |since| since.min(seal.sealed_at));
        let lag = at.unix_ms().saturating_sub(since.unix_ms());
        let back_max = CLOCKS_APART_MS.saturating_add(self.set_back_near());
        let early = seal.sealed_at.unix_ms().saturating_sub(at.unix_ms()) > back_max;
        let longest = self
            .proof
            .lag_ms
            .unwrap_or(0)
            .max(lag.max(0).unsigned_abs());
        self.proof.lag_ms = Some(longest);
        if early || lag > LAG_MAX_MS {
            let sealed_at = if early { seal.sealed_at } else { since };
            let how = format!(
                "the stamp of segment {segment} is of {at}, but what it vouches for says that it was sealed at {sealed_at}: what was written anew and stamped anew looks like this, too",
            );
            self.doubt(DoubtKind::StampLag, how);
        }
        if let Some(before) = self.stamped_at
            && before.unix_ms().saturating_sub(at.unix_ms()) > back_max
        {
            let how = format!(
                "the stamp of segment {segment} is of {at}, but an earlier segment was stamped at {before}"
            );
            self.doubt(DoubtKind::StampsBackwards, how);
        }
        // Where the clock was set back, what follows is compared with this one.
        self.stamped_at = Some(at);
    }

    /// The moment of the seal against its own entries, where an entry excuses earlier moments: with the stamp's lag it
    /// bounds how old what was stamped can say it is. Elsewhere a late seal is of an actor that did not run, and what comes
    /// after it must be younger.
    pub(super) fn sealed_in_time(&mut self, seal: &Seal) {
        let late = seal
            .sealed_at
            .unix_ms()
            .saturating_sub(seal.latest.unix_ms());
        if late > SEALED_LATE_MS && self.set_back_before() > 0 {
            let how = format!(
                "segment {} says that it was sealed at {}, but its latest entry is of {}, and the entries near by that tell of a clock that was set back do not explain it: what was written anew and sealed anew looks like this, too",
                seal.segment, seal.sealed_at, seal.latest
            );
            self.doubt(DoubtKind::SealedLate, how);
        }
    }

    /// What was removed although there were doubts.
    pub(super) fn removed_in_doubt(&mut self, last: i64, doubts: &[TheirDoubt]) {
        let (before, own): (Vec<_>, Vec<_>) = doubts
            .iter()
            .partition(|doubt| doubt.kind == DoubtKind::PrunedInDoubt.as_str());
        let mut parts: Vec<_> = before.into_iter().map(|doubt| doubt.how.clone()).collect();
        if !own.is_empty() {
            let kinds: Vec<_> = own.iter().map(|doubt| doubt.kind.as_str()).collect();
            parts.push(format!(
                "entries up to {last} were removed despite {}",
                kinds.join(", ")
            ));
        }
        if !parts.is_empty() {
            self.doubt(DoubtKind::PrunedInDoubt, parts.join("; "));
        }
    }

    /// The latest of the next segment's entries against the moment of the seal before them.
    pub(super) fn in_order(&mut self, latest: Moment) {
        if let Some(sealed_at) = self.sealed_at
            && sealed_at.unix_ms().saturating_sub(latest.unix_ms())
                > LAG_MAX_MS.saturating_add(self.set_back_near())
        {
            let how = format!(
                "the entries of segment {} say that they are of {latest} and before, but the seal before them is of {sealed_at}",
                self.segment
            );
            self.doubt(DoubtKind::EntriesBackwards, how);
        }
    }

    /// An entry of this segment tells that the clock was set back by so many milliseconds.
    pub(super) fn set_back(&mut self, by_ms: i64) {
        self.proof.set_back += 1;
        self.set_back.push((self.segment, by_ms));
    }

    /// By how many milliseconds moments may run backwards here, because entries near by tell that the clock was set back.
    fn set_back_near(&self) -> i64 {
        self.set_back_before().saturating_add(self.set_back_next)
    }

    /// The same, of the entries up to the end of this segment.
    fn set_back_before(&self) -> i64 {
        let near = self.segment - SET_BACK_NEAR..=self.segment;
        let told = self.set_back.iter().rev();
        told.take_while(|(segment, _)| near.contains(segment))
            .map(|(_, by_ms)| *by_ms)
            .fold(0, i64::saturating_add)
    }

    /// The open segment against the rule by which it would have been closed.
    pub(super) fn open_segment(&mut self, entries: i64, moments: Option<(i64, i64)>) {
        let Some((earliest, latest)) = moments else {
            return;
        };
        self.in_order(Moment::from_unix_ms(latest));
        let full = entries >= i64::from(self.store.segment_rule().entries_max.max(1));
        if let Some(how) = self.too_long(latest.saturating_sub(earliest), full) {
            let how = format!("{entries} entries {how} are not sealed");
            self.doubt(DoubtKind::OpenTooLong, how);
        }
    }

    /// A sealed segment against the same rule: segments that were made into one are longer.
    pub(super) fn segment_length(&mut self, seal: &Seal) {
        let full = seal.entries > i64::from(self.store.segment_rule().entries_max.max(1));
        let age = seal
            .latest
            .unix_ms()
            .saturating_sub(seal.earliest.unix_ms());
        if let Some(how) = self.too_long(age, full) {
            let how = format!(
                "segment {} holds {} entries {how}",
                seal.segment, seal.entries
            );
            self.doubt(DoubtKind::SegmentTooLong, how);
        }
    }

    /// Why so many entries over so many milliseconds are too long for a segment, if they are.
    fn too_long(&self, age_ms: i64, full: bool) -> Option<String> {
        let rule = self.store.segment_rule();
        // Twice: the first entry's moment decides, and the others may be earlier or later than it by as much.
        let age_max = i64::try_from(rule.age_max.as_millis()).unwrap_or(i64::MAX);
        (full || age_ms > age_max.saturating_mul(2)).then(|| {
            format!(
                "over {} minutes, but a segment is closed after {} entries or {} minutes,",
                age_ms / 60_000,
                rule.entries_max,
                age_max / 60_000
            )
        })
    }

    /// At the end: where there is anything, somebody must vouch for it.
    pub(super) async fn nothing_vouched(&mut self) -> Result<(), StoreError> {
        if self.proof.vouched.is_some() {
            return Ok(());
        }
        if self.proof.entries > 0 {
            let how = format!(
                "no good stamp of the authority stands over any of the {} entries: whoever can write to the database could have written all of them anew",
                self.proof.entries
            );
            self.doubt(DoubtKind::NothingVouched, how);
        } else {
            let how = if self.store.blobs().lie_alone().await? {
                "the journal is empty, but raw bytes lie beside it"
            } else {
                "the journal is empty, and nobody vouches that it always was"
            };
            self.doubt(DoubtKind::NothingVouched, how.to_owned());
        }
        Ok(())
    }
}
