//! What may be kept between examinations: bounded, keyed so that nothing serves for something else.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use qaqpa_model::Moment;
use qaqpa_verdict::{List, Question};

/// Entries that are kept; an answer is about 2 KB, a list of this simulator some KB.
const ENTRIES_MAX: usize = 1024;
/// Bytes of all entries together: two lists of a million entries, whose reading takes as much again as their bytes.
const BYTES_MAX: usize = 256 * 1024 * 1024;

/// What an entry is about. Two needs share an entry only where every field of the key is the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// An OCSP answer: the digests of the certificate and of its issuer's, whether it was asked for with a nonce, and where.
    Ocsp {
        certificate: [u8; 32],
        issuer: [u8; 32],
        with_nonce: bool,
        from: String,
    },
    /// A CRL: the digest of its issuer's certificate, and where it was asked.
    Crl { issuer: [u8; 32], from: String },
}

/// What is kept: bytes, or a list that need not be read again, nor its signature verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    Bytes(Vec<u8>),
    Answer { bytes: Vec<u8>, question: Question },
    List(List),
}

#[derive(Clone, Debug)]
struct Entry {
    kept: Kept,
    received: Moment,
    keep: Duration,
    /// When it was made, and whether it says "not revoked".
    word: Word,
    /// Too old to be served again; a list stays, so that the same bytes that come anew need not be read anew.
    ended: bool,
}

/// Which of two that are fetched at once is kept: the one that was made later; of one moment the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Word {
    /// When it was made, by its own words.
    pub(crate) made: Option<Moment>,
    /// It says "revoked", or does not know.
    pub(crate) is_bad: bool,
}

/// A time between two clearings: what was fetched in one of them says nothing in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Epoch(u64);

#[derive(Debug, Default)]
struct State {
    entries: HashMap<Key, Entry>,
    epoch: u64,
}

/// Evidence that verified once. Serving it again skips the network, never the judgement.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    state: Mutex<State>,
}

impl Cache {
    /// What is kept under this key and not too old at this moment.
    ///
    /// An entry from the future (the clock was set back) has ended.
    pub(crate) fn find(&self, key: &Key, now: Moment) -> Option<Kept> {
        let mut state = self.lock();
        let entry = state.entries.get_mut(key)?;
        entry.ended |= !entry.is_fresh(now);
        if !entry.ended {
            return Some(entry.kept.clone());
        }
        if let Kept::Bytes(_) | Kept::Answer { .. } = entry.kept {
            state.entries.remove(key);
        }
        None
    }

    /// The list that was kept under this key, however old, where it is these very bytes.
    pub(crate) fn same_list(&self, key: &Key, der: &[u8]) -> Option<List> {
        match self.lock().entries.get(key)?.kept.clone() {
            Kept::List(list) if list.der() == der => Some(list),
            _ => None,
        }
    }

    /// A kept list by its SHA-256, however old: bytes of this digest do not change.
    pub(crate) fn list(&self, sha256_hex: &str) -> Option<List> {
        self.lock()
            .entries
            .values()
            .find_map(|entry| match &entry.kept {
                Kept::List(list) if list.sha256_hex() == sha256_hex => Some(list.clone()),
                _ => None,
            })
    }

    /// The present epoch: to be read before a fetch.
    pub(crate) fn epoch(&self) -> Epoch {
        Epoch(self.lock().epoch)
    }

    /// Keeps evidence for a while, unless everything was forgotten since it was asked for, or what is kept says more; the oldest
    /// make room.
    pub(crate) fn keep(
        &self,
        key: Key,
        (kept, word): (Kept, Word),
        received: Moment,
        keep: Duration,
        of: Epoch,
    ) {
        if kept.weight() > BYTES_MAX / 2 || keep.is_zero() {
            return;
        }
        let mut state = self.lock();
        if Epoch(state.epoch) != of {
            return;
        }
        let there = state.entries.get(&key);
        // Whoever asked later may have been answered earlier.
        if there.is_some_and(|there| there.is_fresh(received) && there.word > word) {
            return;
        }
        state.entries.insert(
            key,
            Entry {
                kept,
                received,
                keep,
                word,
                ended: false,
            },
        );
        let entries = &mut state.entries;
        while entries.len() > ENTRIES_MAX || total(entries) > BYTES_MAX {
            let Some(oldest) = entries
                .iter()
                .min_by_key(|(_, entry)| entry.received)
                .map(|(key, _)| key.clone())
            else {
                return;
            };
            entries.remove(&oldest);
        }
    }

    /// Forgets an entry: it did not verify, or said no more than a fresh one could.
    pub(crate) fn forget(&self, key: &Key) {
        self.lock().entries.remove(key);
    }

    /// Forgets everything: the authority was made anew, or the clock was moved. What is being fetched now is not kept.
    pub(crate) fn clear(&self) {
        let mut state = self.lock();
        state.entries.clear();
        state.epoch += 1;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while the map was held cannot leave an entry half written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Bytes of memory, about.
    fn weight(&self) -> usize {
        match self {
            Self::Bytes(bytes) | Self::Answer { bytes, .. } => bytes.len(),
            Self::List(list) => list.der().len().saturating_mul(2),
        }
    }
}

impl Entry {
    fn is_fresh(&self, now: Moment) -> bool {
        self.received <= now && now.since(self.received) <= self.keep
    }
}

fn total(entries: &HashMap<Key, Entry>) -> usize {
    entries.values().map(|entry| entry.kept.weight()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Moment {
        Moment::parse("2026-11-22T12:00:00+05:00").unwrap()
    }

    fn ocsp(certificate: u8, from: &str) -> Key {
        Key::Ocsp {
            certificate: [certificate; 32],
            issuer: [9; 32],
            with_nonce: true,
            from: from.to_owned(),
        }
    }

    const HOUR: Duration = Duration::from_secs(3600);

    fn bytes(byte: u8) -> Kept {
        Kept::Bytes(vec![byte])
    }

    /// Of somebody who says "not revoked" the moment that it is received.
    fn word(made: Moment) -> Word {
        Word {
            made: Some(made),
            is_bad: false,
        }
    }

    fn keep(cache: &Cache, key: Key, kept: Kept, received: Moment) {
        cache.keep(key, (kept, word(received)), received, HOUR, cache.epoch());
    }

    #[test]
    fn an_answer_for_one_certificate_is_never_served_for_another() {
        let cache = Cache::default();
        keep(&cache, ocsp(1, "http://a/"), bytes(1), noon());
        assert_eq!(cache.find(&ocsp(1, "http://a/"), noon()), Some(bytes(1)));
        assert_eq!(cache.find(&ocsp(2, "http://a/"), noon()), None);
        assert_eq!(cache.find(&ocsp(1, "http://b/"), noon()), None);
        let crl = Key::Crl {
            issuer: [1; 32],
            from: "http://a/".to_owned(),
        };
        assert_eq!(cache.find(&crl, noon()), None);
    }

    #[test]
    fn an_entry_lives_to_its_end_and_not_a_millisecond_longer() {
        let cache = Cache::default();
        let key = ocsp(1, "http://a/");
        keep(&cache, key.clone(), bytes(1), noon());
        assert_eq!(cache.find(&key, noon().plus(HOUR)), Some(bytes(1)));
        let later = noon().plus(HOUR + Duration::from_millis(1));
        assert_eq!(cache.find(&key, later), None);
        assert_eq!(cache.find(&key, noon()), None, "it was dropped");
    }

    #[test]
    fn an_entry_from_the_future_is_dropped() {
        let cache = Cache::default();
        let key = ocsp(1, "http://a/");
        keep(&cache, key.clone(), bytes(1), noon());
        assert_eq!(
            cache.find(&key, noon().minus(Duration::from_millis(1))),
            None
        );
    }

    /// Of two that were asked for at once the later may be answered first.
    #[test]
    fn an_earlier_word_does_not_take_the_place_of_a_later_or_a_worse_one() {
        let second = Duration::from_secs(1);
        let bad = Word {
            is_bad: true,
            ..word(noon())
        };
        #[rustfmt::skip]
        let table = [
            ("made later",                 word(noon()), word(noon().plus(second)),  2),
            ("made earlier",               word(noon()), word(noon().minus(second)), 1),
            ("of one moment, the better",  bad,          word(noon()),               1),
            ("of one moment, the worse",   word(noon()), bad,                        2),
            ("resumed since",              bad,          word(noon().plus(second)),  2),
            ("which does not say when",    word(noon()), Word { made: None, is_bad: true }, 1),
        ];
        for (case, there, comes, kept) in table {
            let cache = Cache::default();
            let key = ocsp(1, "http://a/");
            let at = noon().plus(second);
            for (byte, word) in [(1, there), (2, comes)] {
                cache.keep(key.clone(), (bytes(byte), word), at, HOUR, cache.epoch());
            }
            assert_eq!(cache.find(&key, at), Some(bytes(kept)), "{case}");
        }
    }

    #[test]
    fn the_oldest_make_room() {
        let cache = Cache::default();
        for n in 0..=ENTRIES_MAX {
            let key = ocsp(1, &n.to_string());
            let at = noon().plus(Duration::from_secs(n as u64));
            cache.keep(key, (bytes(1), word(at)), at, HOUR * 24, cache.epoch());
        }
        let end = noon().plus(HOUR);
        assert_eq!(cache.find(&ocsp(1, "0"), end), None);
        assert_eq!(cache.find(&ocsp(1, "1"), end), Some(bytes(1)));
        let big = Kept::Bytes(vec![0; BYTES_MAX / 2]);
        for n in 0..3 {
            keep(&cache, ocsp(2, &n.to_string()), big.clone(), end);
        }
        assert!(total(&cache.lock().entries) <= BYTES_MAX);
        keep(
            &cache,
            ocsp(3, ""),
            Kept::Bytes(vec![0; BYTES_MAX / 2 + 1]),
            end,
        );
        assert_eq!(
            cache.find(&ocsp(3, ""), end),
            None,
            "too big to keep at all"
        );
        cache.clear();
        assert_eq!(total(&cache.lock().entries), 0);
    }

    #[test]
    fn what_was_asked_for_before_everything_was_forgotten_is_not_kept() {
        let cache = Cache::default();
        let key = ocsp(1, "http://a/");
        let before = cache.epoch();
        cache.clear();
        cache.keep(key.clone(), (bytes(1), word(noon())), noon(), HOUR, before);
        assert_eq!(cache.find(&key, noon()), None);
        keep(&cache, key.clone(), bytes(2), noon());
        assert_eq!(cache.find(&key, noon()), Some(bytes(2)));
    }
}
