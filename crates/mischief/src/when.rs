//! Which of the requests that fit a rule it chooses.

use qaqpa_model::Moment;
use thiserror::Error;

/// Which requests, of those that a rule fits. All that is said must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct When {
    /// These, counted from 1.
    pub nth: Option<Vec<u64>>,
    /// The first so many.
    pub first: Option<u64>,
    /// Those after the first so many.
    pub after: Option<u64>,
    /// Every so-manyth: 3 means the 3rd, the 6th, …
    pub every: Option<u64>,
    /// Each with this probability, by the rule's seed.
    pub probability: Option<f64>,
    /// Until this moment of the simulated clock.
    pub until: Option<Moment>,
    /// At most so many times.
    pub times: Option<u64>,
}

/// A count that can never be, or a probability outside 0 to 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key} = {value} can never hold")]
pub struct NeverHolds {
    /// The key.
    pub key: &'static str,
    /// What the rule says.
    pub value: String,
}

impl When {
    /// Holds the numbers against what can be.
    ///
    /// # Errors
    /// [`NeverHolds`], the first that applies.
    pub fn check(&self) -> Result<(), NeverHolds> {
        let never = |key, value: &dyn std::fmt::Display| {
            Err(NeverHolds {
                key,
                value: value.to_string(),
            })
        };
        if let Some(nth) = &self.nth
            && (nth.is_empty() || nth.contains(&0))
        {
            return never("nth", &format!("{nth:?}"));
        }
        for (key, value) in [
            ("first", self.first),
            ("every", self.every),
            ("times", self.times),
        ] {
            if value == Some(0) {
                return never(key, &0);
            }
        }
        if let (Some(first), Some(after)) = (self.first, self.after)
            && after >= first
        {
            return never("after", &format!("{after} with first = {first}"));
        }
        match self.probability {
            Some(value) if !(value > 0.0 && value <= 1.0) => never("probability", &value),
            _ => Ok(()),
        }
    }

    /// Whether the request of that number (from 1), at that moment, is one of the chosen; `hits` were before it.
    /// `thrown` says yes with a probability.
    #[must_use]
    pub fn chooses(
        &self,
        request: u64,
        hits: u64,
        now: Moment,
        thrown: impl FnOnce(f64) -> bool,
    ) -> bool {
        self.nth.as_ref().is_none_or(|nth| nth.contains(&request))
            && self.first.is_none_or(|first| request <= first)
            && self.after.is_none_or(|after| request > after)
            && self.every.is_none_or(|every| request.is_multiple_of(every))
            && self.until.is_none_or(|until| now < until)
            && self.times.is_none_or(|times| hits < times)
            && self.probability.is_none_or(thrown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rule;
    use crate::trial::{Person, lost};

    fn now() -> Moment {
        Moment::parse("2026-11-22T12:00:00+05:00").unwrap()
    }

    fn rule(when: When) -> Rule<Person> {
        let rule = Rule {
            when,
            ..lost("test")
        };
        rule.check().unwrap();
        rule
    }

    /// The numbers of the chosen ones among the first twelve requests.
    fn chosen(rule: &Rule<Person>) -> Vec<u64> {
        let mut hits = 0;
        let choose = |request: &u64| {
            let chosen = rule.chooses(*request, hits, now());
            hits += u64::from(chosen);
            chosen
        };
        (1..=12).filter(choose).collect()
    }

    #[test]
    fn requests_are_chosen_by_number() {
        #[rustfmt::skip]
        let table = [
            (When::default(),                                                    (1..=12).collect()),
            (When { nth: Some(vec![1, 3]), ..When::default() },                   vec![1, 3]),
            (When { first: Some(2), ..When::default() },                          vec![1, 2]),
            (When { after: Some(10), ..When::default() },                         vec![11, 12]),
            (When { first: Some(5), after: Some(3), ..When::default() },          vec![4, 5]),
            (When { every: Some(5), ..When::default() },                          vec![5, 10]),
            (When { every: Some(2), after: Some(3), times: Some(2), ..When::default() }, vec![4, 6]),
            (When { until: Some(now()), ..When::default() },                      vec![]),
        ];
        for (when, expected) in table {
            assert_eq!(chosen(&rule(when.clone())), expected, "{when:?}");
        }
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed() {
        let by = |seed| {
            let when = When {
                probability: Some(0.5),
                ..When::default()
            };
            chosen(&Rule { seed, ..rule(when) })
        };
        assert_eq!(by(1), by(1));
        assert_ne!(by(1), by(2));
    }

    #[test]
    fn what_can_never_be_is_refused() {
        #[rustfmt::skip]
        let table = [
            (When { nth: Some(vec![]), ..When::default() },              "nth = []"),
            (When { nth: Some(vec![0]), ..When::default() },             "nth = [0]"),
            (When { first: Some(0), ..When::default() },                 "first = 0"),
            (When { every: Some(0), ..When::default() },                 "every = 0"),
            (When { times: Some(0), ..When::default() },                 "times = 0"),
            (When { first: Some(5), after: Some(5), ..When::default() }, "after = 5 with first = 5"),
            (When { probability: Some(0.0), ..When::default() },         "probability = 0"),
            (When { probability: Some(1.5), ..When::default() },         "probability = 1.5"),
            (When { probability: Some(f64::NAN), ..When::default() },    "probability = NaN"),
        ];
        for (when, told) in table {
            let never = Rule {
                when,
                ..lost("test")
            };
            let why = never.check().unwrap_err().to_string();
            assert_eq!(why, format!("{told} can never hold"));
        }
    }
}
