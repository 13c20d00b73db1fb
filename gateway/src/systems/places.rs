//! How many requests of each system are worked on at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use qaqpa_model::SenderId;

/// The places that each system has taken: one that waits for a slow register, or floods, leaves the others theirs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(Arc<Mutex<HashMap<SenderId, u32>>>);

/// A place: free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Occupied {
    places: Places,
    sender: SenderId,
}

impl Places {
    /// Takes a place; `None` where the system has as many as it may.
    pub(crate) fn take(&self, sender: &SenderId, at_once_max: u32) -> Option<Occupied> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.get(sender).copied().unwrap_or(0);
        if count >= at_once_max {
            return None;
        }
        taken.insert(sender.clone(), count + 1);
        Some(Occupied {
            places: self.clone(),
            sender: sender.clone(),
        })
    }
}

impl Drop for Occupied {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.sender) {
            Some(count) if *count > 1 => *count -= 1,
            // The map holds whoever is worked for, and nobody else.
            _ => {
                taken.remove(&self.sender);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_has_its_places_and_a_place_is_free_again() {
        let places = Places::default();
        let (a, b) = (SenderId::parse("a").unwrap(), SenderId::parse("b").unwrap());
        let first = places.take(&a, 2).unwrap();
        let _second = places.take(&a, 2).unwrap();
        assert!(places.take(&a, 2).is_none());
        assert!(places.take(&b, 1).is_some());
        drop(first);
        let _third = places.take(&a, 2).unwrap();
        assert!(places.take(&a, 2).is_none());
        assert!(places.take(&b, 0).is_none());
    }
}
