//! The switchboard: which rules are on, how often they were asked and how often they hit.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use qaqpa_model::Moment;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::catalogue::Fault;
use crate::dice::Dice;
use crate::rule::{Rule, RuleError, WhereOf, Whom};

/// Rules that are on at once: a chosen number, more than a person looks through.
pub const RULES_MAX: usize = 256;

/// Which rules are on. Nothing is on unless asked, and nothing outlives the process.
#[derive(Debug)]
pub struct Board<W: Whom> {
    calm: bool,
    rules: RwLock<Vec<Arc<Armed<W>>>>,
    /// The number of the last rule that got its name here.
    named: AtomicU64,
}

/// A rule that is on.
#[derive(Debug)]
pub struct Armed<W: Whom> {
    /// The rule.
    pub rule: Rule<W>,
    counts: Mutex<Counts>,
}

/// How often a rule was asked and hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Requests that it fits.
    pub asked: u64,
    /// Those that it chose.
    pub hits: u64,
}

/// Why a rule was not switched on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BoardError {
    /// The simulator runs with `--calm`.
    #[error("this simulator runs with --calm: no deliberate fault can be switched on")]
    Calm,
    /// There are [`RULES_MAX`] already.
    #[error("{RULES_MAX} rules are on, which is the most: take some away")]
    Full,
    /// The rule is none.
    #[error(transparent)]
    Rule(#[from] RuleError),
}

/// A rule that hit, and for which of its requests.
#[derive(Clone, Debug)]
pub struct Hit<W: Whom> {
    /// The rule.
    pub armed: Arc<Armed<W>>,
    /// Its how-manyth request that is, from 1.
    pub request: u64,
    /// Those of its faults that befall this place.
    pub faults: Vec<Fault<W::Kind>>,
}

impl<W: Whom> Hit<W> {
    /// The rule's dice for this request.
    #[must_use]
    pub fn dice(&self) -> Dice {
        self.armed.rule.dice(self.request)
    }
}

impl<W: Whom> Board<W> {
    /// Nothing is on. `calm` forbids switching anything on.
    #[must_use]
    pub const fn new(calm: bool) -> Self {
        Self {
            calm,
            rules: RwLock::new(Vec::new()),
            named: AtomicU64::new(0),
        }
    }

    /// Whether switching anything on is forbidden.
    #[must_use]
    pub const fn is_calm(&self) -> bool {
        self.calm
    }

    /// The rules that are on, in order.
    #[must_use]
    pub fn rules(&self) -> Vec<Arc<Armed<W>>> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        rules.clone()
    }

    /// The rules that are on for that place: what a request is about is looked at only where there is one.
    #[must_use]
    pub fn rules_at(&self, place: WhereOf<W>) -> Vec<Arc<Armed<W>>> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        let is_meant = |armed: &&Arc<Armed<W>>| armed.rule.faults_at(place).next().is_some();
        rules.iter().filter(is_meant).cloned().collect()
    }

    /// A name for a rule that has none.
    #[must_use]
    pub fn next_name(&self) -> String {
        let taken = |name: &str| self.rules().iter().any(|armed| armed.rule.id == name);
        loop {
            let number = self.named.fetch_add(1, Ordering::SeqCst) + 1;
            let name = format!("rule-{number}");
            if !taken(&name) {
                return name;
            }
        }
    }

    /// Switches a rule on, after the others.
    ///
    /// # Errors
    /// [`BoardError::Calm`]; [`BoardError::Full`]; [`RuleError::IdTaken`].
    pub fn add(&self, rule: Rule<W>) -> Result<Arc<Armed<W>>, BoardError> {
        if self.calm {
            return Err(BoardError::Calm);
        }
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        if rules.len() >= RULES_MAX {
            return Err(BoardError::Full);
        }
        if rules.iter().any(|armed| armed.rule.id == rule.id) {
            return Err(RuleError::IdTaken(rule.id).into());
        }
        let armed = Arc::new(Armed::of(rule));
        rules.push(Arc::clone(&armed));
        Ok(armed)
    }

    /// Switches exactly these on, counting from nothing, and all others off.
    ///
    /// # Errors
    /// [`BoardError::Calm`] where there is any; [`BoardError::Full`].
    pub fn replace(&self, new: Vec<Rule<W>>) -> Result<(), BoardError> {
        if self.calm && !new.is_empty() {
            return Err(BoardError::Calm);
        }
        if new.len() > RULES_MAX {
            return Err(BoardError::Full);
        }
        let armed: Vec<_> = new
            .into_iter()
            .map(|rule| Arc::new(Armed::of(rule)))
            .collect();
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = armed;
        Ok(())
    }

    /// Has rules count on from there, by their ids; of all or of none.
    ///
    /// # Errors
    /// The first id that no rule has.
    pub fn count_from(&self, counts: &BTreeMap<String, Counts>) -> Result<(), String> {
        let rules = self.rules();
        let of = |id: &String| rules.iter().find(|armed| armed.rule.id == *id);
        if let Some(unknown) = counts.keys().find(|id| of(id).is_none()) {
            return Err(unknown.clone());
        }
        for (id, before) in counts {
            if let Some(armed) = of(id) {
                *armed.counts.lock().unwrap_or_else(PoisonError::into_inner) = *before;
            }
        }
        Ok(())
    }

    /// Switches a rule off; whether it was on.
    pub fn remove(&self, id: &str) -> bool {
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        let before = rules.len();
        rules.retain(|armed| armed.rule.id != id);
        let was_on = rules.len() < before;
        if was_on {
            tracing::warn!(rule = id, "mischief is off");
        }
        was_on
    }
}

impl<W: Whom> Armed<W> {
    fn of(rule: Rule<W>) -> Self {
        let armed = Self {
            rule,
            counts: Mutex::default(),
        };
        tracing::warn!(rule = %armed.rule.id, faults = %armed.faults(), "mischief is on (TEST)");
        armed
    }

    /// How often it was asked, and how often it hit.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults, for the log: `delay(ms = 250), truncated(bytes = 1)`.
    #[must_use]
    pub fn faults(&self) -> String {
        let faults: Vec<_> = self.rule.faults.iter().map(Fault::to_string).collect();
        faults.join(", ")
    }

    /// Counts a request that the rule fits, and says whether it is one of the chosen. Whom the rule names is the
    /// caller's question; where none of its faults befalls the place, it is not asked.
    pub fn ask(self: &Arc<Self>, place: WhereOf<W>, now: Moment) -> Option<Hit<W>> {
        let faults: Vec<_> = self.rule.faults_at(place).collect();
        if faults.is_empty() {
            return None;
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.asked = counts.asked.saturating_add(1);
        let request = counts.asked;
        let chosen = self.rule.chooses(request, counts.hits, now);
        counts.hits = counts.hits.saturating_add(u64::from(chosen));
        drop(counts);
        chosen.then(|| Hit {
            armed: Arc::clone(self),
            request,
            faults,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{Person, Side, lost};

    fn hits(armed: &Arc<Armed<Person>>, place: Side) -> bool {
        armed.ask(place, Moment::from_unix_ms(0)).is_some()
    }

    #[test]
    fn calm_forbids_switching_on_and_allows_switching_off() {
        let board = Board::new(true);
        assert_eq!(board.add(lost("a")).unwrap_err(), BoardError::Calm);
        assert_eq!(board.replace(vec![lost("a")]), Err(BoardError::Calm));
        assert_eq!(board.replace(Vec::new()), Ok(()));
        assert!(board.rules().is_empty());
    }

    #[test]
    fn rules_are_added_replaced_and_removed_by_name_and_are_not_too_many() {
        let board = Board::new(false);
        board.add(lost("a")).unwrap();
        let taken = RuleError::IdTaken("a".to_owned());
        assert_eq!(board.add(lost("a")).unwrap_err(), BoardError::Rule(taken));
        assert_eq!(board.next_name(), "rule-1");
        assert!(board.remove("a"));
        assert!(!board.remove("a"));
        board.replace(vec![lost("b"), lost("rule-2")]).unwrap();
        assert_eq!(board.next_name(), "rule-3");
        assert_eq!(board.rules().len(), 2);
        let many = |count: usize| (0..count).map(|n| lost(&n.to_string())).collect();
        assert_eq!(board.replace(many(RULES_MAX + 1)), Err(BoardError::Full));
        assert_eq!(board.rules().len(), 2, "what was on stays on");
        board.replace(many(RULES_MAX)).unwrap();
        assert_eq!(board.add(lost("one-more")).unwrap_err(), BoardError::Full);
    }

    #[test]
    fn a_rule_counts_what_befalls_its_places_and_hits_what_it_chooses() {
        let board = Board::new(false);
        let mut second = lost("a");
        second.when.nth = Some(vec![2]);
        let armed = board.add(second).unwrap();
        assert_eq!(board.rules_at(Side::Out).len(), 0);
        assert_eq!(board.rules_at(Side::In).len(), 1);
        assert!(!hits(&armed, Side::Out));
        assert!(!hits(&armed, Side::In));
        assert!(hits(&armed, Side::In));
        assert!(!hits(&armed, Side::In));
        assert_eq!(armed.counts(), Counts { asked: 3, hits: 1 });
    }

    #[test]
    fn counts_go_on_from_where_they_were() {
        let board = Board::new(false);
        let mut once = lost("a");
        once.when.times = Some(1);
        board.replace(vec![once]).unwrap();
        let armed = board.rules().remove(0);
        let before = Counts { asked: 5, hits: 1 };
        let of = |id: &str| (id.to_owned(), before);
        let unknown = board.count_from(&BTreeMap::from([of("a"), of("b")]));
        assert_eq!(unknown, Err("b".to_owned()));
        assert_eq!(armed.counts(), Counts::default());
        board.count_from(&BTreeMap::from([of("a")])).unwrap();
        assert!(!hits(&armed, Side::In), "it has had its one");
        assert_eq!(armed.counts(), Counts { asked: 6, hits: 1 });
    }
}
