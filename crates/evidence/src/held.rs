//! Long lists that this process's verdicts hang on, where no folder keeps them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use qaqpa_verdict::{List, Shelf};

/// Bytes of all lists together: four of the greatest that are fetched. Who needs more, names a folder.
const BYTES_MAX: usize = 256 * 1024 * 1024;

/// The lists that were fed, believed or not: a verdict's dossier names each by its digest.
///
/// The cache of evidence keeps what was believed for a while; what made a verdict worse, or did not count, is as needed to reach it
/// again.
#[derive(Debug, Default)]
pub(crate) struct Held(Mutex<VecDeque<List>>);

impl Held {
    /// Holds a list; the oldest make room.
    pub(crate) fn keep(&self, list: &List) {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.contains(list) {
            return;
        }
        lists.push_back(list.clone());
        while lists.iter().map(|list| list.der().len()).sum::<usize>() > BYTES_MAX {
            lists.pop_front();
        }
    }
}

impl Shelf for Held {
    fn list(&self, sha256_hex: &str) -> Option<List> {
        let lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = lists.iter().find(|list| list.sha256_hex() == sha256_hex);
        found.cloned()
    }
}
