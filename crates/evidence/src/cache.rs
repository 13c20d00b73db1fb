//! What may be kept between examinations: bounded, keyed so that nothing serves for something else.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use qaqpa_model::Moment;

/// Entries that are kept; an answer is about 2 KB, a list of this simulator some KB.
const ENTRIES_MAX: usize = 1024;
/// Bytes of all entries together.
const BYTES_MAX: usize = 32 * 1024 * 1024;

/// What an entry is about. Two needs share an entry only where every field of the key is the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// An OCSP answer: the digest of the request without nonce, which is the certID (RFC 6960 §4.1.1:
    /// hash algorithm, issuer name hash, issuer key hash, serial number), and where it was asked.
    Ocsp { request: [u8; 32], from: String },
    /// A CRL: the digest of its issuer's certificate, and where it was asked.
    Crl { issuer: [u8; 32], from: String },
}

#[derive(Clone, Debug)]
struct Entry {
    bytes: Vec<u8>,
    received: Moment,
    keep: Duration,
}

/// Evidence that verified once. Serving it again skips the network, never the verification.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    entries: Mutex<HashMap<Key, Entry>>,
}

impl Cache {
    /// What is kept under this key and not too old at this moment.
    ///
    /// An entry from the future (the clock was set back) is dropped.
    pub(crate) fn find(&self, key: &Key, now: Moment) -> Option<Vec<u8>> {
        let mut entries = self.lock();
        let entry = entries.get(key)?;
        if entry.is_fresh(now) {
            return Some(entry.bytes.clone());
        }
        entries.remove(key);
        None
    }

    /// Keeps bytes for a while; the oldest make room.
    pub(crate) fn keep(&self, key: Key, bytes: Vec<u8>, received: Moment, keep: Duration) {
        if bytes.len() > BYTES_MAX / 4 || keep.is_zero() {
            return;
        }
        let mut entries = self.lock();
        entries.insert(
            key,
            Entry {
                bytes,
                received,
                keep,
            },
        );
        while entries.len() > ENTRIES_MAX || total(&entries) > BYTES_MAX {
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
        self.lock().remove(key);
    }

    /// Forgets everything: the authority was made anew, or the clock was moved.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        // A panic while the map was held cannot leave an entry half written.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn is_fresh(&self, now: Moment) -> bool {
        self.received <= now && now.since(self.received) <= self.keep
    }
}

fn total(entries: &HashMap<Key, Entry>) -> usize {
    entries.values().map(|entry| entry.bytes.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Moment {
        Moment::parse("2026-11-22T12:00:00+05:00").unwrap()
    }

    fn ocsp(request: u8, from: &str) -> Key {
        Key::Ocsp {
            request: [request; 32],
            from: from.to_owned(),
        }
    }

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn an_answer_for_one_certificate_is_never_served_for_another() {
        let cache = Cache::default();
        cache.keep(ocsp(1, "http://a/"), vec![1], noon(), HOUR);
        assert_eq!(cache.find(&ocsp(1, "http://a/"), noon()), Some(vec![1]));
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
        cache.keep(key.clone(), vec![1], noon(), HOUR);
        assert_eq!(cache.find(&key, noon().plus(HOUR)), Some(vec![1]));
        let later = noon().plus(HOUR + Duration::from_millis(1));
        assert_eq!(cache.find(&key, later), None);
        assert_eq!(cache.find(&key, noon()), None, "it was dropped");
    }

    #[test]
    fn an_entry_from_the_future_is_dropped() {
        let cache = Cache::default();
        let key = ocsp(1, "http://a/");
        cache.keep(key.clone(), vec![1], noon(), HOUR);
        assert_eq!(
            cache.find(&key, noon().minus(Duration::from_millis(1))),
            None
        );
    }

    #[test]
    fn the_oldest_make_room() {
        let cache = Cache::default();
        for n in 0..=ENTRIES_MAX {
            let key = ocsp(1, &n.to_string());
            let at = noon().plus(Duration::from_secs(n as u64));
            cache.keep(key, vec![1], at, HOUR * 24);
        }
        let end = noon().plus(HOUR);
        assert_eq!(cache.find(&ocsp(1, "0"), end), None);
        assert_eq!(cache.find(&ocsp(1, "1"), end), Some(vec![1]));
        let big = vec![0; BYTES_MAX / 4];
        for n in 0..5 {
            cache.keep(ocsp(2, &n.to_string()), big.clone(), end, HOUR);
        }
        assert!(total(&cache.lock()) <= BYTES_MAX);
        cache.keep(ocsp(3, ""), vec![0; BYTES_MAX / 4 + 1], end, HOUR);
        assert_eq!(
            cache.find(&ocsp(3, ""), end),
            None,
            "too big to keep at all"
        );
        cache.clear();
        assert_eq!(total(&cache.lock()), 0);
    }
}
