//! Several processes of one actor: at which of them nobody answered is remembered for a while, and the others are asked
//! first.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use qaqpa_model::ActorName;
use tokio::time::Instant;

use super::{ActorRecord, present};
use crate::client::HttpError;
use crate::random::random_bytes;

/// How long a door at which nobody answered is asked after the others. A chosen number: a process is started again within
/// seconds, and each look at one that is not costs one message the time for connecting.
const SILENCE: Duration = Duration::from_secs(30);

/// Doors that are remembered, at most: those of an actor are 128.
const SILENT_MAX: usize = 1000;

/// The actors of a data folder, and who of them did not answer. Clones share what is remembered.
#[derive(Clone, Debug)]
pub struct Siblings {
    data: PathBuf,
    silent: Silent,
}

/// Until when which door is asked after the others.
#[derive(Clone, Debug, Default)]
struct Silent(Arc<Mutex<HashMap<Door, Instant>>>);

/// A door of one process: who starts again is another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Door {
    instance: String,
    address: String,
}

impl Door {
    /// Where it is called.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// The doors at which the same is to be had, in the order in which they are asked.
#[derive(Clone, Debug)]
pub struct Doors {
    all: Vec<Door>,
    silent: Silent,
}

impl Siblings {
    /// The actors of this data folder, none of whom is held for silent.
    #[must_use]
    pub fn of_folder(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            silent: Silent::default(),
        }
    }

    /// The doors of this name that the processes of an actor have announced, by chance, and the silent ones last.
    ///
    /// # Errors
    /// Why there is none, for people.
    pub fn doors(&self, name: &ActorName, door: &str) -> Result<Doors, String> {
        let records = present(&self.data, name).map_err(|error| error.to_string())?;
        if records.is_empty() {
            return Err(format!("{name} is not up"));
        }
        let all: Vec<_> = records
            .into_iter()
            .filter_map(|record| door_of(record, door))
            .collect();
        if all.is_empty() {
            return Err(format!("{name} has announced no {door}"));
        }
        let [chance] = random_bytes::<1>();
        Ok(Doors {
            all: self.silent.order(all, chance, Instant::now()),
            silent: self.silent.clone(),
        })
    }
}

fn door_of(record: ActorRecord, door: &str) -> Option<Door> {
    Some(Door {
        address: record.addresses.get(door)?.clone(),
        instance: record.instance,
    })
}

impl Silent {
    /// Those that are not silent by chance, then the silent ones, the longest silent first. Of one whose time is over a
    /// single caller looks whether it answers again.
    fn order(&self, all: Vec<Door>, chance: u8, now: Instant) -> Vec<Door> {
        let mut silent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_silent = |door: &Door| silent.get(door).is_some_and(|until| *until > now);
        let (mut last, mut first): (Vec<_>, Vec<_>) = all.into_iter().partition(is_silent);
        if !first.is_empty() {
            let by = usize::from(chance) % first.len();
            first.rotate_left(by);
        }
        last.sort_by_key(|door| silent.get(door).copied());
        if let Some(until) = first.first().and_then(|door| silent.get_mut(door)) {
            *until = now + SILENCE;
        }
        first.extend(last);
        first
    }

    fn failed(&self, door: &Door, now: Instant) {
        let mut silent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if silent.len() >= SILENT_MAX {
            silent.retain(|_, until| *until > now);
        }
        if silent.len() < SILENT_MAX && silent.insert(door.clone(), now + SILENCE).is_none() {
            let address = &door.address;
            tracing::warn!(%address, "a process does not answer: others of its kind are asked first");
        }
    }

    fn answered(&self, door: &Door) {
        let mut silent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if silent.remove(door).is_some() {
            tracing::info!(address = %door.address, "a process answers again");
        }
    }
}

impl Doors {
    /// In the order in which they are asked.
    #[must_use]
    pub fn all(&self) -> &[Door] {
        &self.all
    }

    /// Somebody answered there.
    pub fn answered(&self, door: &Door) {
        self.silent.answered(door);
    }

    /// Nothing came of a call there. One that broke off says nothing about the next.
    pub fn failed(&self, door: &Door, error: &HttpError) {
        if matches!(error, HttpError::Timeout { .. } | HttpError::Unconnected(_)) {
            self.silent.failed(door, Instant::now());
        }
    }
}

impl From<&str> for Doors {
    fn from(address: &str) -> Self {
        Self {
            all: vec![Door {
                instance: String::new(),
                address: address.to_owned(),
            }],
            silent: Silent::default(),
        }
    }
}

impl From<&String> for Doors {
    fn from(address: &String) -> Self {
        Self::from(address.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(address: &str) -> Door {
        Door {
            instance: String::new(),
            address: address.to_owned(),
        }
    }

    #[test]
    fn who_did_not_answer_is_asked_last_for_a_while_and_then_by_one_caller() {
        let silent = Silent::default();
        let now = Instant::now();
        let order = |chance, at| {
            let ordered = silent.order(vec![door("a"), door("b"), door("c")], chance, at);
            ordered
                .into_iter()
                .map(|door| door.address)
                .collect::<String>()
        };
        assert_eq!(
            [order(0, now), order(1, now), order(5, now)],
            ["abc", "bca", "cab"]
        );
        silent.failed(&door("b"), now);
        assert_eq!([order(0, now), order(1, now)], ["acb", "cab"]);
        let later = now + SILENCE;
        assert_eq!(order(1, later), "bca", "one looks");
        assert_eq!(order(1, later), "cab", "nobody else does");
        silent.answered(&door("b"));
        assert_eq!(order(1, later), "bca");
        silent.failed(&door("c"), later);
        silent.failed(&door("a"), later + SILENCE / 2);
        assert_eq!(
            order(0, later + SILENCE / 2),
            "bca",
            "the longest silent first"
        );
    }

    #[test]
    fn who_starts_again_is_another() {
        let silent = Silent::default();
        let now = Instant::now();
        silent.failed(&door("a"), now);
        let again = Door {
            instance: "new".to_owned(),
            ..door("a")
        };
        let ordered = silent.order(vec![door("a"), again.clone()], 0, now);
        assert_eq!(ordered, [again, door("a")]);
    }
}
