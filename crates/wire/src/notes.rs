//! Collecting departures while an envelope is read, within bounds.

use crate::{Departure, Reading, WireError};

/// How many departures are named; the rest is counted in [`Departure::More`].
///
/// A message of the largest size that departs at every element would else make a fault many times its size.
pub const DEPARTURES_MAX: usize = 100;

/// The departures found so far.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    named: Vec<Departure>,
    more: usize,
    refused: Option<WireError>,
}

impl Notes {
    pub(crate) fn push(&mut self, departure: Departure) {
        if self.named.len() < DEPARTURES_MAX {
            self.named.push(departure);
        } else {
            self.more += 1;
        }
    }

    /// What no reading may let pass: the first of them is the answer.
    pub(crate) fn refuse(&mut self, error: WireError) {
        self.refused.get_or_insert(error);
    }

    pub(crate) fn into_departures(mut self) -> Vec<Departure> {
        if self.more > 0 {
            self.named.push(Departure::More { count: self.more });
        }
        self.named
    }

    /// What was read, or in strict reading the departures as an error.
    pub(crate) fn judge<T>(
        mut self,
        value: T,
        reading: Reading,
    ) -> Result<(T, Vec<Departure>), WireError> {
        if let Some(error) = self.refused.take() {
            return Err(error);
        }
        let departures = self.into_departures();
        if reading == Reading::Strict && !departures.is_empty() {
            return Err(WireError::Departs { departures });
        }
        Ok((value, departures))
    }
}
