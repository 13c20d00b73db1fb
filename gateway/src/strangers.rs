//! What strangers may cost the journal, and senders beyond their measure: neither must fill the disk, nor keep it busy.
//!
//! A request that is turned away before its sender is proven is journalled as every other, with its bytes, as long as
//! such requests are few. Of a flood the journal holds a sample, without the bytes once these are many. What a proven
//! sender sends beyond what is agreed with it is told of as much, and never with its bytes: it has them, and is told to
//! send them again. Where the disk has little room, nothing is journalled of strangers, and of what is refused of others
//! a sample without the bytes: what was accepted needs the room. How many there were that the journal does not hold it says once a second ([`REFUSALS_UNTOLD`]).

use std::sync::{Mutex, PoisonError};

use qaqpa_channel::Rejection;
use qaqpa_model::Moment;
use qaqpa_store::{Direction, JournalEntry, REFUSALS_UNTOLD};
use serde_json::json;

use crate::gateway::Gateway;

/// Entries of a second in one sample. A chosen number: a person reads no more, and a disk writes many more.
const ENTRIES_A_SECOND_MAX: u32 = 50;

/// Bytes of strangers' requests that are kept of one minute: four gigabytes an hour at most.
const RAW_BYTES_A_MINUTE_MAX: usize = 64 * 1024 * 1024;

/// Seconds from the moment at which a request came to its refusal, at most; longer ago is another time of the clock.
const LATE_SECONDS_MAX: i64 = 600;

/// The samples of one gateway, each with room of its own: who floods one does not crowd the others out.
#[derive(Debug)]
pub(crate) struct Samples {
    /// Requests that were refused before they were read.
    pub(crate) door: Sample,
    /// Requests of proven senders beyond their measure.
    senders: Sample,
    /// Requests whose sender was not proven.
    strangers: Sample,
}

/// Counts what is told of some requests. In memory, on the simulated clock.
#[derive(Debug)]
pub(crate) struct Sample {
    of: &'static str,
    raw_bytes_a_minute_max: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    second: i64,
    entries: u32,
    minute: i64,
    raw_bytes: usize,
    untold: u64,
}

impl Default for Samples {
    fn default() -> Self {
        Self {
            door: Sample::new("door", 0),
            senders: Sample::new("senders", 0),
            strangers: Sample::new("strangers", RAW_BYTES_A_MINUTE_MAX),
        }
    }
}

impl Samples {
    /// The entry of a request that was turned away, as it is to be journalled; `None` where it is one too many.
    ///
    /// What a proven sender is refused for another reason than its measure is journalled whole: its measure bounds it.
    pub(crate) fn measured(
        &self,
        is_of_a_known_sender: bool,
        rejection: &Rejection,
        entry: JournalEntry,
        room_is_short: bool,
    ) -> Option<JournalEntry> {
        if !is_of_a_known_sender {
            return self.strangers.measured(entry, room_is_short);
        }
        match rejection {
            Rejection::Refused(refused) if refused.retry_seconds.is_some() => {
                self.senders.measured(entry, false)
            }
            // What was accepted needs the room.
            _ if room_is_short => self.senders.measured(entry, false),
            _ => Some(entry),
        }
    }

    const fn all(&self) -> [&Sample; 3] {
        [&self.door, &self.senders, &self.strangers]
    }
}

impl Sample {
    fn new(of: &'static str, raw_bytes_a_minute_max: usize) -> Self {
        Self {
            of,
            raw_bytes_a_minute_max,
            counts: Mutex::default(),
        }
    }

    /// The entry as it is to be journalled; `None` where it is one too many, or there is too little room for any.
    pub(crate) fn measured(
        &self,
        mut entry: JournalEntry,
        room_is_short: bool,
    ) -> Option<JournalEntry> {
        let second = entry.at.unix_ms().div_euclid(1000);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        // What came earlier may be turned away later: a second that is over does not begin anew, unless the clock was
        // set back.
        if second > counts.second || second < counts.second - LATE_SECONDS_MAX {
            (counts.second, counts.entries) = (second, 0);
            let minute = second.div_euclid(60);
            if counts.minute != minute {
                (counts.minute, counts.raw_bytes) = (minute, 0);
            }
        }
        if room_is_short || counts.entries >= ENTRIES_A_SECOND_MAX {
            counts.untold += 1;
            return None;
        }
        counts.entries += 1;
        let length = entry.raw.as_ref().map_or(0, Vec::len);
        if counts.raw_bytes.saturating_add(length) > self.raw_bytes_a_minute_max {
            entry.raw = None;
            entry.summary["raw-left-out"] = json!(length);
        } else {
            counts.raw_bytes += length;
        }
        Some(entry)
    }

    /// How many there were that nothing was said about, and the entry that says so; afterwards it is said.
    fn untold(&self, at: Moment) -> Option<(u64, JournalEntry)> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let untold = std::mem::take(&mut counts.untold);
        let entry = |untold: u64| JournalEntry {
            at,
            kind: REFUSALS_UNTOLD.to_owned(),
            message_id: None,
            direction: Direction::Own,
            label: None,
            raw: None,
            summary: json!({"untold": untold, "of": self.of}),
        };
        (untold > 0).then(|| (untold, entry(untold)))
    }

    /// Counts them again: they could not be told.
    fn give_back(&self, untold: u64) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.untold = counts.untold.saturating_add(untold);
    }
}

/// Says how many requests the journal holds nothing about, where there are any.
pub(crate) async fn tell_untold(gateway: &Gateway) {
    for sample in gateway.samples.all() {
        let Some((untold, entry)) = sample.untold(gateway.clock.now()) else {
            continue;
        };
        if let Err(error) = gateway.store.journal().append(entry).await {
            tracing::error!(%error, "the journal could not be written");
            sample.give_back(untold);
        }
    }
}

#[cfg(test)]
mod tests {
    use qaqpa_channel::Refused;
    use qaqpa_model::RefusalLabel;

    use super::*;

    fn entry(ms: i64, length: usize) -> JournalEntry {
        JournalEntry {
            at: Moment::from_unix_ms(ms),
            kind: "refused".to_owned(),
            message_id: None,
            direction: Direction::In,
            label: None,
            raw: Some(vec![0; length]),
            summary: json!({}),
        }
    }

    #[test]
    fn of_a_flood_a_sample_is_told_and_once_how_many_are_not() {
        let samples = Samples::default();
        let unknown = Rejection::from(Refused::new(RefusalLabel::SenderUnknown, ""));
        let told = (0..1000).filter(|_| {
            samples
                .measured(false, &unknown, entry(0, 1), false)
                .is_some()
        });
        assert_eq!(told.count(), 50);
        let next = samples
            .measured(false, &unknown, entry(1000, 1), false)
            .unwrap();
        assert_eq!((next.summary, next.raw), (json!({}), Some(vec![0])));
        let (untold, told) = samples
            .strangers
            .untold(Moment::from_unix_ms(1001))
            .unwrap();
        assert_eq!(told.summary, json!({"untold": 950, "of": "strangers"}));
        // What came in the second before and is turned away only now has no room of its own.
        let late = (0..100).filter(|_| {
            samples
                .measured(false, &unknown, entry(999, 1), false)
                .is_some()
        });
        assert_eq!(late.count(), 49);
        assert_eq!(
            samples
                .strangers
                .untold(Moment::from_unix_ms(1001))
                .unwrap()
                .0,
            51
        );
        let again = Moment::from_unix_ms(1002);
        assert!(samples.all().iter().all(|one| one.untold(again).is_none()));
        samples.strangers.give_back(untold);
        assert_eq!(samples.strangers.untold(again).unwrap().0, 950);
    }

    #[test]
    fn the_bytes_of_a_minute_are_bounded_and_it_is_said_what_is_not_kept() {
        let strangers = Samples::default().strangers;
        let half = RAW_BYTES_A_MINUTE_MAX / 2;
        assert!(
            strangers
                .measured(entry(0, half), false)
                .unwrap()
                .raw
                .is_some()
        );
        assert!(
            strangers
                .measured(entry(2000, half), false)
                .unwrap()
                .raw
                .is_some()
        );
        let third = strangers.measured(entry(4000, 7), false).unwrap();
        assert_eq!(
            (third.raw, third.summary),
            (None, json!({"raw-left-out": 7}))
        );
        assert!(
            strangers
                .measured(entry(60_000, half), false)
                .unwrap()
                .raw
                .is_some()
        );
    }

    #[test]
    fn a_proven_sender_is_told_of_whole_unless_it_is_beyond_its_measure() {
        let samples = Samples::default();
        let revoked = Rejection::from(Refused::new(RefusalLabel::CertificateRevoked, ""));
        let told = (0..100).filter_map(|_| samples.measured(true, &revoked, entry(0, 9), false));
        assert_eq!(told.filter(|entry| entry.raw.is_some()).count(), 100);
        let beyond = Refused::new(RefusalLabel::LimitExceeded, "").come_again_in(1);
        let beyond = Rejection::from(beyond);
        let told = (0..100).filter_map(|_| samples.measured(true, &beyond, entry(0, 9), false));
        let told: Vec<_> = told.map(|entry| (entry.raw, entry.summary)).collect();
        assert_eq!(told, vec![(None, json!({"raw-left-out": 9})); 50]);
        let (_, entry) = samples.senders.untold(Moment::from_unix_ms(0)).unwrap();
        assert_eq!(entry.summary, json!({"untold": 50, "of": "senders"}));
    }

    #[test]
    fn where_there_is_little_room_strangers_are_only_counted_and_no_refused_bytes_are_kept() {
        let samples = Samples::default();
        let unknown = Rejection::from(Refused::new(RefusalLabel::SenderUnknown, ""));
        let told = (0..100).filter(|_| {
            samples
                .measured(false, &unknown, entry(0, 1), true)
                .is_some()
        });
        assert_eq!(told.count(), 0);
        assert_eq!(samples.door.measured(entry(0, 0), true).map(drop), None);
        let at = Moment::from_unix_ms(0);
        let untold = |sample: &Sample| sample.untold(at).map(|(untold, _)| untold);
        assert_eq!(
            (untold(&samples.strangers), untold(&samples.door)),
            (Some(100), Some(1))
        );

        let revoked = Rejection::from(Refused::new(RefusalLabel::CertificateRevoked, ""));
        let told = (0..100).filter_map(|_| samples.measured(true, &revoked, entry(0, 9), true));
        let told: Vec<_> = told.map(|entry| (entry.raw, entry.summary)).collect();
        assert_eq!(told, vec![(None, json!({"raw-left-out": 9})); 50]);
        assert_eq!(untold(&samples.senders), Some(50));
        // There is room again.
        let next = samples
            .measured(false, &unknown, entry(1000, 1), false)
            .unwrap();
        assert_eq!(next.raw, Some(vec![0]));
    }
}
