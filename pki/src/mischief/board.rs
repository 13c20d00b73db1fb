//! The switchboard: which rules are on, how often they were asked and how often they hit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use http::HeaderMap;
use qaqpa_model::Moment;

use super::fault::{Fault, Service};
use super::rule::{Rule, RuleError};

/// Which rules are on. Nothing is on unless asked, and nothing outlives the process.
#[derive(Debug)]
pub struct Board {
    calm: bool,
    rules: RwLock<Vec<Arc<Armed>>>,
    /// The number of the last rule that got its name here.
    named: AtomicU64,
}

/// A rule that is on.
#[derive(Debug)]
pub struct Armed {
    /// The rule.
    pub rule: Rule,
    counts: Mutex<Counts>,
}

/// How often a rule was asked and hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests for its services and its certificate.
    pub asked: u64,
    /// Those that it chose.
    pub hits: u64,
}

/// Why a rule was not switched on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BoardError {
    /// The simulator runs with `--calm`.
    #[error("this simulator runs with --calm: no deliberate fault can be switched on")]
    Calm,
    /// The rule is none.
    #[error(transparent)]
    Rule(#[from] RuleError),
}

/// One request, as far as rules look at it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) service: Service,
    /// Identities and serial numbers that it asks about.
    pub(super) about: &'a [String],
    pub(super) headers: &'a HeaderMap,
    pub(super) now: Moment,
}

/// A rule that hit, and for which of its requests.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) armed: Arc<Armed>,
    pub(super) request: u64,
}

impl Board {
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
    pub fn rules(&self) -> Vec<Arc<Armed>> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        rules.clone()
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
    /// [`BoardError::Calm`]; [`RuleError::IdTaken`].
    pub fn add(&self, rule: Rule) -> Result<Arc<Armed>, BoardError> {
        if self.calm {
            return Err(BoardError::Calm);
        }
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        if rules.iter().any(|armed| armed.rule.id == rule.id) {
            return Err(RuleError::IdTaken { id: rule.id }.into());
        }
        let armed = Arc::new(Armed {
            rule,
            counts: Mutex::default(),
        });
        tracing::warn!(rule = %armed.rule.id, faults = %armed.faults(), "mischief is on (TEST)");
        rules.push(Arc::clone(&armed));
        Ok(armed)
    }

    /// Switches exactly these on, and all others off.
    ///
    /// # Errors
    /// [`BoardError::Calm`] where there is any.
    pub fn replace(&self, new: Vec<Rule>) -> Result<(), BoardError> {
        if self.calm && !new.is_empty() {
            return Err(BoardError::Calm);
        }
        let armed = new.into_iter().map(|rule| {
            Arc::new(Armed {
                rule,
                counts: Mutex::default(),
            })
        });
        let armed: Vec<_> = armed.collect();
        for one in &armed {
            tracing::warn!(rule = %one.rule.id, faults = %one.faults(), "mischief is on (TEST)");
        }
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = armed;
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

    /// The rules that might meet a request of that service: by header, before anybody looks whom it is about.
    pub(super) fn candidates(&self, service: Service, headers: &HeaderMap) -> Vec<Arc<Armed>> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        let meets = |armed: &&Arc<Armed>| armed.meets(service, headers);
        rules.iter().filter(meets).cloned().collect()
    }
}

impl Armed {
    /// How often it was asked, and how often it hit.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults, for the log: `stale-next-update(seconds = 60), truncated(bytes = 1)`.
    #[must_use]
    pub fn faults(&self) -> String {
        let faults: Vec<_> = self.rule.faults.iter().map(Fault::to_string).collect();
        faults.join(", ")
    }

    fn meets(&self, service: Service, headers: &HeaderMap) -> bool {
        let marked = self.rule.header.as_ref().is_none_or(|mark| {
            let value = headers.get(mark.name.as_str());
            value.is_some_and(|value| value.as_bytes() == mark.value.as_bytes())
        });
        marked && self.rule.services.contains(&service)
    }

    /// Counts a request, and says whether it is one of the chosen.
    ///
    /// On OCSP a rule for a certificate meets only requests about it; in a list the faults themselves are about it.
    pub(super) fn ask(self: &Arc<Self>, asked: &Asked<'_>) -> Option<Hit> {
        let about = asked.service != Service::Ocsp
            || self.rule.whose.as_ref().is_none_or(|whose| {
                let is_meant = |name: &String| name.eq_ignore_ascii_case(whose);
                asked.about.iter().any(is_meant)
            });
        if !about || !self.meets(asked.service, asked.headers) {
            return None;
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.asked += 1;
        let request = counts.asked;
        let chosen = self.rule.chooses(request, counts.hits, asked.now);
        counts.hits += u64::from(chosen);
        drop(counts);
        chosen.then(|| Hit {
            armed: Arc::clone(self),
            request,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fault::FaultKind;
    use super::super::rule::When;
    use super::*;

    fn rule(id: &str) -> Rule {
        let fault = FaultKind::parse("try-later").unwrap().plain();
        Rule::of(id, vec![fault]).unwrap()
    }

    fn hits(armed: &Arc<Armed>, about: &[&str]) -> bool {
        let about: Vec<_> = about.iter().map(|name| (*name).to_owned()).collect();
        armed
            .ask(&Asked {
                service: Service::Ocsp,
                about: &about,
                headers: &HeaderMap::new(),
                now: Moment::from_unix_ms(0),
            })
            .is_some()
    }

    #[test]
    fn calm_forbids_switching_on_and_allows_switching_off() {
        let board = Board::new(true);
        assert_eq!(board.add(rule("a")).unwrap_err(), BoardError::Calm);
        assert_eq!(board.replace(vec![rule("a")]), Err(BoardError::Calm));
        assert_eq!(board.replace(Vec::new()), Ok(()));
        assert!(board.rules().is_empty());
    }

    #[test]
    fn rules_are_added_replaced_and_removed_by_name() {
        let board = Board::new(false);
        board.add(rule("a")).unwrap();
        let taken = RuleError::IdTaken { id: "a".to_owned() };
        assert_eq!(board.add(rule("a")).unwrap_err(), BoardError::Rule(taken));
        assert_eq!(board.next_name(), "rule-1");
        assert!(board.remove("a"));
        assert!(!board.remove("a"));
        board.replace(vec![rule("b"), rule("rule-2")]).unwrap();
        assert_eq!(board.next_name(), "rule-3");
        assert_eq!(board.rules().len(), 2);
    }

    #[test]
    fn a_rule_counts_only_requests_that_it_is_about() {
        let board = Board::new(false);
        let armed = board
            .add(Rule {
                whose: Some("citizen-1".to_owned()),
                when: When {
                    nth: Some(vec![2]),
                    ..When::default()
                },
                ..rule("a")
            })
            .unwrap();
        assert!(!hits(&armed, &["citizen-2", "0a1b"]));
        assert!(!hits(&armed, &["citizen-1", "0a1c"]));
        assert!(hits(&armed, &["citizen-1", "0a1c"]));
        assert!(!hits(&armed, &["citizen-1", "0a1c"]));
        assert_eq!(armed.counts(), Counts { asked: 3, hits: 1 });
    }

    #[test]
    fn a_rule_with_a_header_meets_that_client_alone() {
        let board = Board::new(false);
        let mark = super::super::rule::HeaderMark {
            name: "user-agent".to_owned(),
            value: "mine/1".to_owned(),
        };
        board
            .add(Rule {
                header: Some(mark),
                ..rule("a")
            })
            .unwrap();
        let mut headers = HeaderMap::new();
        assert!(board.candidates(Service::Ocsp, &headers).is_empty());
        headers.insert("user-agent", http::HeaderValue::from_static("mine/1"));
        assert_eq!(board.candidates(Service::Ocsp, &headers).len(), 1);
        assert!(board.candidates(Service::Crl, &headers).is_empty());
    }
}
