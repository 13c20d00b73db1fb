//! How many requests are worked on at once: for each system, and for each register that answers them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// The places that each has taken: one that waits for something slow, or floods, leaves the others theirs.
#[derive(Debug)]
pub(crate) struct Places<K>(Arc<Mutex<HashMap<K, u32>>>);

/// A place: free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Occupied<K: Eq + Hash> {
    places: Places<K>,
    whose: K,
}

impl<K> Clone for Places<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> Default for Places<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Clone + Eq + Hash> Places<K> {
    /// Takes a place; `None` where there are as many as there may be.
    pub(crate) fn take(&self, whose: &K, at_once_max: u32) -> Option<Occupied<K>> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.get(whose).copied().unwrap_or(0);
        if count >= at_once_max {
            return None;
        }
        taken.insert(whose.clone(), count + 1);
        Some(Occupied {
            places: self.clone(),
            whose: whose.clone(),
        })
    }
}

impl<K: Eq + Hash> Drop for Occupied<K> {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.whose) {
            Some(count) if *count > 1 => *count -= 1,
            // The map holds whoever is worked for, and nobody else.
            _ => {
                taken.remove(&self.whose);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_places_and_a_place_is_free_again() {
        let places = Places::default();
        let first = places.take(&"a", 2).unwrap();
        let _second = places.take(&"a", 2).unwrap();
        assert!(places.take(&"a", 2).is_none());
        assert!(places.take(&"b", 1).is_some());
        drop(first);
        let _third = places.take(&"a", 2).unwrap();
        assert!(places.take(&"a", 2).is_none());
        assert!(places.take(&"b", 0).is_none());
    }
}
