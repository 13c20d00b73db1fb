//! What an honest journal may show and one that was written anew shows, too: the verdict stays open.
//!
//! Whoever writes the whole journal anew can have it stamped anew: the authority stamps what it is given. What he
//! cannot have is a stamp of the moment when the entries say they were written.

use qaqpa_model::Moment;

use super::super::finding::{Doubt, DoubtKind};
use super::super::seal::Seal;
use super::Walk;

/// How long after its seal a stamp is taken for one that waited while the authority was away, in milliseconds: a day.
const LAG_MAX_MS: i64 = 24 * 60 * 60 * 1000;

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
        let lag = at.unix_ms().saturating_sub(seal.sealed_at.unix_ms());
        let longest = self
            .proof
            .lag_ms
            .unwrap_or(0)
            .max(lag.max(0).unsigned_abs());
        self.proof.lag_ms = Some(longest);
        if !(-CLOCKS_APART_MS..=LAG_MAX_MS).contains(&lag) {
            let how = format!(
                "segment {segment} says that it was sealed at {}, but its stamp is of {at}: what was written anew and stamped anew looks like this, too",
                seal.sealed_at
            );
            self.doubt(DoubtKind::StampLag, how);
        }
        if let Some(before) = self.stamped_at
            && before.unix_ms().saturating_sub(at.unix_ms()) > CLOCKS_APART_MS
        {
            let how = format!(
                "the stamp of segment {segment} is of {at}, but an earlier segment was stamped at {before}"
            );
            self.doubt(DoubtKind::StampsBackwards, how);
        }
        self.stamped_at = Some(self.stamped_at.map_or(at, |before| before.max(at)));
    }

    /// The latest of the next segment's entries against the moment of the seal before them.
    pub(super) fn in_order(&mut self, latest: Moment) {
        if let Some(sealed_at) = self.sealed_at
            && sealed_at.unix_ms().saturating_sub(latest.unix_ms()) > LAG_MAX_MS
        {
            let how = format!(
                "the entries of segment {} say that they are of {latest} and before, but the seal before them is of {sealed_at}",
                self.segment
            );
            self.doubt(DoubtKind::EntriesBackwards, how);
        }
    }

    /// The open segment against the rule by which it would have been closed.
    pub(super) fn open_segment(&mut self, entries: i64, moments: Option<(i64, i64)>) {
        let rule = self.store.segment_rule();
        let Some((earliest, latest)) = moments else {
            return;
        };
        self.in_order(Moment::from_unix_ms(latest));
        // Twice: it is looked at now and then, not at every entry.
        let age_max = i64::try_from(rule.age_max.as_millis()).unwrap_or(i64::MAX);
        let age = latest.saturating_sub(earliest);
        if entries >= i64::from(rule.entries_max.max(1)) || age > age_max.saturating_mul(2) {
            let how = format!(
                "{entries} entries over {} minutes are not sealed, but a segment is closed after {} entries or {} minutes",
                age / 60_000,
                rule.entries_max,
                age_max / 60_000
            );
            self.doubt(DoubtKind::OpenTooLong, how);
        }
    }

    /// At the end: where there is anything, somebody must vouch for it.
    pub(super) fn nothing_vouched(&mut self) {
        if self.proof.vouched.is_some() {
            return;
        }
        if self.proof.entries > 0 {
            let how = format!(
                "no good stamp of the authority stands over any of the {} entries: whoever can write to the database could have written all of them anew",
                self.proof.entries
            );
            self.doubt(DoubtKind::NothingVouched, how);
        } else if self.store.blobs().holds_any() {
            let how = "the journal is empty, but raw bytes lie beside it".to_owned();
            self.doubt(DoubtKind::NothingVouched, how);
        }
    }
}
