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

    /// What was read, or in strict reading the departures as an error. What cannot be read is told with the departures
    /// that were found before it.
    pub(crate) fn judge<T>(
        mut self,
        read: Result<T, WireError>,
        reading: Reading,
    ) -> Result<(T, Vec<Departure>), WireError> {
        let refused = self.refused.take().map_or(Ok(()), Err);
        let value = match read.and_then(|value| refused.map(|()| value)) {
            Ok(value) => value,
            Err(error) => return Err(error.beside(self.into_departures())),
        };
        let departures = self.into_departures();
        if reading == Reading::Strict && !departures.is_empty() {
            return Err(WireError::Departs { departures });
        }
        Ok((value, departures))
    }
}
