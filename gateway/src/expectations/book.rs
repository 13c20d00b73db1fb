//! The expectations that are kept, and since when messages count.

use std::collections::BTreeMap;

use qaqpa_model::Moment;
use qaqpa_store::{JournalPlace, Store, StoreError};
use serde::{Deserialize, Serialize};

use super::wish::Wish;

/// The name of the expectations among the store's settings.
const KEPT: &str = "expectations";

/// Expectations at once.
const WISHES_MAX: usize = 1000;

/// Characters of an id.
const ID_CHARACTERS_MAX: usize = 64;

/// What stands after `/expectations/` in another route of the control port: no expectation's name.
const NAME_OF_A_ROUTE: &str = "verify";

/// How often a change is made again, because another process was faster.
const TRIES_MAX: usize = 32;

/// What is kept. Stored: changing this needs a migration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Kept {
    /// The moment of the last reset: for people. The clock may be set back, so that moments do not say what came before.
    pub(crate) reset: Option<String>,
    /// The place of the journal at the last reset: what stands before it does not count.
    pub(crate) place: Option<JournalPlace>,
    /// The places from which expectations count that did not say since when, by their ids.
    pub(crate) begun: BTreeMap<String, JournalPlace>,
    /// The expectations, each with its id and the moment since which is counted.
    pub(crate) wishes: Vec<Wish>,
}

/// Why an expectation was not kept.
#[derive(Debug)]
pub(crate) enum BookError {
    /// The id is taken.
    IdTaken(String),
    /// It is none; why.
    Malformed(String),
    /// The store could not.
    Store(StoreError),
}

/// The expectations of the gateway, kept in its store: every process of it has them.
#[derive(Debug, Default)]
pub(crate) struct ExpectationBook {
    /// One change of this process after the other: only other processes can be faster.
    changing: tokio::sync::Mutex<()>,
}

impl Kept {
    /// Since when messages count for an expectation: by its own moment, or by a place of the journal.
    pub(crate) fn beyond(&self, wish: &Wish) -> Option<&JournalPlace> {
        if wish.since.is_none() {
            return self.place.as_ref();
        }
        let kept = self.wishes.iter().find(|kept| *kept == wish)?;
        kept.id.as_ref().and_then(|id| self.begun.get(id))
    }

    /// The moment of the last reset, to be told.
    pub(crate) fn begin(&self) -> Moment {
        let reset = self
            .reset
            .as_deref()
            .and_then(|text| Moment::parse(text).ok());
        reset.unwrap_or(Moment::ROOT_BEGIN)
    }
}

/// With its milliseconds, which others leave out: what came in the same second came before or after.
fn exact(moment: Moment) -> String {
    let seconds = moment.to_utc_string();
    let ms = moment.unix_ms().rem_euclid(1000);
    format!("{}.{ms:03}Z", seconds.trim_end_matches('Z'))
}

impl ExpectationBook {
    /// What is kept.
    pub(crate) async fn read(&self, store: &Store) -> Result<Kept, BookError> {
        let text = store.settings().read(KEPT).await;
        kept_in(text.map_err(BookError::Store)?.as_deref())
    }

    /// Keeps an expectation from now on, and gives it with its id.
    pub(crate) async fn add(
        &self,
        store: &Store,
        wish: Wish,
        now: Moment,
    ) -> Result<Wish, BookError> {
        wish.terms(now).map_err(BookError::Malformed)?;
        let place = store.exchange().journal_place().await;
        let place = place.map_err(BookError::Store)?;
        let add = |kept: &mut Kept| kept.add(wish.clone(), &place, now);
        self.change(store, add).await
    }

    /// Removes one, or all; how many there were.
    pub(crate) async fn remove(&self, store: &Store, id: Option<&str>) -> Result<usize, BookError> {
        let remove = |kept: &mut Kept| Ok(kept.remove(id));
        self.change(store, remove).await
    }

    /// Removes all, and counts from now on.
    pub(crate) async fn reset(&self, store: &Store, now: Moment) -> Result<Kept, BookError> {
        let place = store.exchange().journal_place().await;
        let new = Kept {
            reset: Some(exact(now)),
            place: Some(place.map_err(BookError::Store)?),
            ..Kept::default()
        };
        let begin = |kept: &mut Kept| {
            *kept = new.clone();
            Ok(new.clone())
        };
        self.change(store, begin).await
    }

    /// Changes what is kept now, whichever process changed it last.
    async fn change<T>(
        &self,
        store: &Store,
        mut change: impl FnMut(&mut Kept) -> Result<T, BookError>,
    ) -> Result<T, BookError> {
        let _one = self.changing.lock().await;
        let settings = store.settings();
        for _ in 0..TRIES_MAX {
            let text = settings.read(KEPT).await.map_err(BookError::Store)?;
            let mut kept = kept_in(text.as_deref())?;
            let done = change(&mut kept)?;
            let new = serde_json::to_string(&kept).map_err(|_| unreadable())?;
            let replaced = settings.replace(KEPT, text.as_deref(), &new).await;
            if replaced.map_err(BookError::Store)? {
                return Ok(done);
            }
        }
        let why = "other processes change the expectations all the time".to_owned();
        Err(BookError::Store(StoreError::Busy { why }))
    }
}

impl Kept {
    fn add(
        &mut self,
        mut wish: Wish,
        place: &JournalPlace,
        now: Moment,
    ) -> Result<Wish, BookError> {
        if self.wishes.len() >= WISHES_MAX {
            let why =
                format!("there are {WISHES_MAX} expectations, which is the most: remove some");
            return Err(BookError::Malformed(why));
        }
        let taken = |id: &str| self.wishes.iter().any(|one| one.id.as_deref() == Some(id));
        let id = match wish.id.take() {
            Some(id) => id,
            None => (1..=WISHES_MAX + 1)
                .map(|number| format!("expectation-{number}"))
                .find(|id| !taken(id))
                .unwrap_or_default(),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let is_id = (1..=ID_CHARACTERS_MAX).contains(&id.len()) && id.chars().all(plain);
        if !is_id || id == NAME_OF_A_ROUTE {
            return Err(BookError::Malformed(format!(
                "{id:?} is not an id: 1 to 64 letters, digits, hyphens, dots, underscores, and not {NAME_OF_A_ROUTE}"
            )));
        }
        if taken(&id) {
            return Err(BookError::IdTaken(id));
        }
        if wish.since.is_none() {
            wish.since = Some(exact(now));
            self.begun.insert(id.clone(), place.clone());
        }
        wish.id = Some(id);
        self.wishes.push(wish.clone());
        Ok(wish)
    }

    fn remove(&mut self, id: Option<&str>) -> usize {
        let before = self.wishes.len();
        self.wishes
            .retain(|wish| id.is_some_and(|id| wish.id.as_deref() != Some(id)));
        self.begun
            .retain(|begun, _| id.is_some_and(|id| begun != id));
        before - self.wishes.len()
    }
}

fn kept_in(text: Option<&str>) -> Result<Kept, BookError> {
    let kept = text.map(serde_json::from_str).transpose();
    kept.map(Option::unwrap_or_default)
        .map_err(|_| unreadable())
}

const fn unreadable() -> BookError {
    BookError::Store(StoreError::Unreadable {
        what: "expectations",
    })
}

#[cfg(test)]
mod tests {
    use qaqpa_model::Actor;
    use qaqpa_store::StoreConfig;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn of_expectations_that_several_processes_keep_at_once_none_is_lost() {
        let dir = tempfile::tempdir().unwrap();
        let config = StoreConfig::in_folder(dir.path());
        let now = Moment::parse("2026-11-22T12:00:00+05:00").unwrap();
        let mut processes = Vec::new();
        for _ in 0..3 {
            let store = Store::open(&config, Actor::Gateway).await.unwrap();
            processes.push((ExpectationBook::default(), store));
        }
        let adding = processes
            .iter()
            .flat_map(|(book, store)| (0..5).map(move |_| book.add(store, Wish::default(), now)));
        for added in futures::future::join_all(adding).await {
            assert!(added.is_ok(), "{added:?}");
        }
        let (book, store) = &processes[0];
        let kept = book.read(store).await.unwrap();
        let mut ids: Vec<_> = kept
            .wishes
            .iter()
            .filter_map(|wish| wish.id.clone())
            .collect();
        ids.sort();
        ids.dedup();
        assert_eq!(
            (kept.wishes.len(), ids.len(), kept.begun.len()),
            (15, 15, 15)
        );
        assert_eq!(book.remove(store, Some("expectation-7")).await.unwrap(), 1);
        assert_eq!(book.remove(store, None).await.unwrap(), 14);
    }
}
