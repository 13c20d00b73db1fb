//! Scales: how many bytes of long messages are worked on at once.
//!
//! A message is there several times over while it is worked on: as it came, as a tree, as the document inside, as it goes on.
//! Of short ones the number alone is limited; long ones are weighed, and wait for their turn in the order in which they came.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// From how many bytes on something is long. Shorter ones are not weighed: they must not wait behind long ones.
pub const LONG_BYTES_MIN: usize = 64 * 1024;

/// One permit stands for so many bytes.
const UNIT_BYTES: usize = 4096;

/// What is worked on at once, by its bytes. A clone weighs on the same scales.
#[derive(Clone, Debug)]
pub struct Scales {
    permits: Arc<Semaphore>,
    units: u32,
}

/// So many bytes may be worked on for as long as this lives.
#[derive(Debug)]
#[must_use = "dropped, it gives its bytes back"]
pub struct Weighed {
    _permits: Option<OwnedSemaphorePermit>,
}

impl Scales {
    /// For so many bytes at once; what is longer than that is worked on alone.
    #[must_use]
    pub fn for_bytes(bytes_max: usize) -> Self {
        let units = u32::try_from(units(bytes_max)).unwrap_or(u32::MAX).max(1);
        Self {
            permits: Arc::new(Semaphore::new(units as usize)),
            units,
        }
    }

    /// Waits until so many bytes may be worked on: at once for short ones, else after those that have come before.
    pub async fn weigh(&self, bytes: usize) -> Weighed {
        if bytes < LONG_BYTES_MIN {
            return Weighed { _permits: None };
        }
        let wanted =
            u32::try_from(units(bytes)).map_or(self.units, |wanted| wanted.min(self.units));
        // The semaphore is never closed; without permits the work would only be less orderly.
        let permits = Arc::clone(&self.permits).acquire_many_owned(wanted).await;
        Weighed {
            _permits: permits.ok(),
        }
    }
}

/// Permits for so many bytes.
fn units(bytes: usize) -> usize {
    bytes.div_ceil(UNIT_BYTES).min(Semaphore::MAX_PERMITS)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    const LONG: usize = LONG_BYTES_MIN;

    #[test]
    fn long_ones_wait_in_their_order_until_their_bytes_are_free_and_short_ones_never() {
        let scales = Scales::for_bytes(3 * LONG);
        let first = scales.weigh(2 * LONG).now_or_never().unwrap();
        let mut second = Box::pin(scales.weigh(2 * LONG));
        assert!(second.as_mut().now_or_never().is_none());
        // There is room for this one, but it came later.
        let mut third = Box::pin(scales.weigh(LONG));
        assert!(third.as_mut().now_or_never().is_none());
        assert!(scales.weigh(LONG - 1).now_or_never().is_some());
        drop(first);
        let second = second.now_or_never().unwrap();
        let third = third.now_or_never().unwrap();
        assert!(scales.weigh(LONG).now_or_never().is_none());
        drop((second, third));
        assert!(scales.weigh(3 * LONG).now_or_never().is_some());
    }

    #[test]
    fn what_is_longer_than_the_scales_is_worked_on_alone() {
        let scales = Scales::for_bytes(2 * LONG);
        let alone = scales.weigh(100 * LONG).now_or_never().unwrap();
        assert!(scales.clone().weigh(LONG).now_or_never().is_none());
        drop(alone);
        assert!(scales.weigh(LONG).now_or_never().is_some());
    }
}
