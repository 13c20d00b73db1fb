//! How many messages are expected, and when; and whether they came.

use std::ops::ControlFlow;

use qaqpa_model::Moment;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::history::Message;
use super::pattern::{Difference, Pattern, distance};

/// Messages that are told, and near misses; and how many of the newest are looked at for these.
const TOLD_MAX: usize = 20;
const NEAR_MAX: usize = 5;
const NEAR_LOOKED_AT_MAX: usize = 1000;

/// An expectation as it is written. Stored: changing this needs a migration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wish {
    /// Its name, where it is kept; `expectation-1`, `expectation-2`, … where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which messages.
    pub when: Pattern,
    /// As many as this, no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exactly: Option<u64>,
    /// As many as this, or more. Without a number, one or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
    /// As many as this, or fewer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
    /// From this moment of the simulated clock on; since the last reset where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Until this moment; without end where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Until so many milliseconds of the simulated clock after `since`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_ms: Option<u64>,
}

/// Whether what was expected came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It cannot come true any more: too many, or too few and the time is over.
    Broken,
    /// As many as expected; another one may still break it where the time is not over.
    Met,
    /// Nobody can tell: of a flood of refusals the journal holds a sample, and what it does not hold may count.
    Undecided,
    /// More came than are looked through for one question: say since when, or count anew.
    Unknown,
    /// Too few, and there is time.
    Waiting,
}

/// How many, between which moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    least: u64,
    most: Option<u64>,
    pub(crate) since: Moment,
    pub(crate) until: Option<Moment>,
}

impl Wish {
    /// Holds the parts against each other; `begin` is the moment since which is counted where none is written.
    ///
    /// # Errors
    /// What cannot be, with what can.
    pub(crate) fn terms(&self, begin: Moment) -> Result<Terms, String> {
        self.when.check()?;
        let moment = |key: &str, text: &Option<String>| {
            let parsed = text.as_deref().map(Moment::parse).transpose();
            parsed.map_err(|error| format!("{key}: {error}"))
        };
        let since = moment("since", &self.since)?.unwrap_or(begin);
        let until = moment("until", &self.until)?;
        let within = self.within_ms.map(std::time::Duration::from_millis);
        let until = match (until, within) {
            (Some(_), Some(_)) => {
                return Err("until and within_ms say the same: leave one out".to_owned());
            }
            (Some(until), None) => Some(until),
            (None, within) => within.map(|within| since.plus(within)),
        };
        if until.is_some_and(|until| until < since) {
            return Err("until lies before since: nothing can come between".to_owned());
        }
        let (least, most) = match (self.exactly, self.at_least, self.at_most) {
            (Some(exactly), None, None) => (exactly, Some(exactly)),
            (Some(_), _, _) => {
                return Err(
                    "exactly leaves no room for at_least and at_most: leave them out".to_owned(),
                );
            }
            (None, None, None) => (1, None),
            (None, least, most) => (least.unwrap_or(0), most),
        };
        if most.is_some_and(|most| most < least) {
            return Err("at_most is below at_least: no number is both".to_owned());
        }
        Ok(Terms {
            least,
            most,
            since,
            until,
        })
    }
}

impl Terms {
    /// Whether so many are fewer than expected.
    pub(crate) const fn is_short(&self, found: u64) -> bool {
        found < self.least
    }

    /// Whether what was expected came, as of now; some of those that nobody has told of may be found, too.
    pub(crate) fn standing(&self, found: u64, untold: u64, now: Moment) -> Standing {
        if self.most.is_some_and(|most| found > most) {
            return Standing::Broken;
        }
        let found_at_most = found.saturating_add(untold);
        if found >= self.least && self.most.is_none_or(|most| found_at_most <= most) {
            return Standing::Met;
        }
        if found_at_most >= self.least {
            return Standing::Undecided;
        }
        match self.until {
            Some(until) if now > until => Standing::Broken,
            _ => Standing::Waiting,
        }
    }

    fn words(&self) -> String {
        let number = match (self.least, self.most) {
            (least, Some(most)) if least == most => format!("exactly {least}"),
            (0, Some(most)) => format!("at most {most}"),
            (least, Some(most)) => format!("{least} to {most}"),
            (least, None) => format!("at least {least}"),
        };
        match self.until {
            None => format!("{number} since {}", self.since),
            Some(until) => format!("{number} between {} and {until}", self.since),
        }
    }
}

/// What a pattern finds.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// How many.
    pub(crate) count: u64,
    told: Vec<Value>,
}

impl Found {
    /// Looks at one message more.
    pub(crate) fn look(&mut self, pattern: &Pattern, message: &Message) {
        if pattern.differences(message).is_empty() {
            self.count += 1;
            if self.told.len() < TOLD_MAX {
                self.told.push(message.view());
            }
        }
    }
}

/// What a pattern nearly finds among the newest messages.
#[derive(Debug, Default)]
pub(crate) struct Near {
    looked_at: usize,
    all: Vec<(Vec<Difference>, Message)>,
}

impl Near {
    /// Looks at one message more; whether it wants another.
    pub(crate) fn look(&mut self, pattern: &Pattern, message: Message) -> ControlFlow<()> {
        let differences = pattern.differences(&message);
        if !differences.is_empty() {
            self.all.push((differences, message));
        }
        self.looked_at += 1;
        if self.looked_at < NEAR_LOOKED_AT_MAX {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }

    fn views(mut self) -> Vec<Value> {
        // Of equals the newest first, as they came here.
        self.all
            .sort_by_key(|(differences, _)| distance(differences));
        let nearest = self.all.iter().take(NEAR_MAX);
        let view = |(differences, message): &(Vec<Difference>, Message)| {
            let mut view = message.view();
            view["differs"] = differences.iter().map(Difference::view).collect();
            view
        };
        nearest.map(view).collect()
    }
}

/// How it stands, with what was found and what nearly was, beside which so many were turned away that nobody has told of.
pub(crate) fn told(terms: &Terms, found: Found, near: Near, untold: u64, now: Moment) -> Value {
    json!({
        "standing": terms.standing(found.count, untold, now),
        "expected": terms.words(),
        "found": found.count,
        "untold": untold,
        "messages": found.told,
        "near": near.views(),
    })
}

/// More came than are looked through for one question.
pub(crate) fn unknown(terms: &Terms) -> Value {
    json!({
        "standing": Standing::Unknown,
        "expected": terms.words(),
        "found": null,
        "untold": 0,
        "messages": [],
        "near": [],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    fn terms(json: Value) -> Result<Terms, String> {
        let wish: Wish = serde_json::from_value(json).unwrap();
        wish.terms(at("2026-11-22T12:00:00+05:00"))
    }

    #[test]
    fn what_was_expected_is_met_broken_or_waited_for() {
        let noon = at("2026-11-22T12:00:00+05:00");
        let later = at("2026-11-22T12:01:00+05:00");
        #[rustfmt::skip]
        let table = [
            (json!({"exactly": 1}),                     0, later, Standing::Waiting),
            (json!({"exactly": 1}),                     1, later, Standing::Met),
            (json!({"exactly": 1}),                     2, later, Standing::Broken),
            (json!({"exactly": 0}),                     0, noon,  Standing::Met),
            (json!({"exactly": 1, "within_ms": 1000}),  0, noon,  Standing::Waiting),
            (json!({"exactly": 1, "within_ms": 1000}),  0, later, Standing::Broken),
            (json!({"at_least": 2}),                    3, later, Standing::Met),
            (json!({"at_most": 2}),                     0, later, Standing::Met),
            (json!({"at_most": 2}),                     3, later, Standing::Broken),
            (json!({"at_least": 1, "at_most": 2}),      3, later, Standing::Broken),
            (json!({}),                                 1, later, Standing::Met),
        ];
        for (wish, found, now, expected) in table {
            let standing = terms(wish.clone()).unwrap().standing(found, 0, now);
            assert_eq!(standing, expected, "{found} of {wish}");
        }
    }

    #[test]
    fn what_was_left_out_of_a_sample_decides_nothing_unless_it_cannot_matter() {
        let now = at("2026-11-22T12:00:00+05:00");
        #[rustfmt::skip]
        let table = [
            (json!({"exactly": 300}), 89,  211, Standing::Undecided),
            (json!({"exactly": 300}), 89,  210, Standing::Waiting),
            (json!({"exactly": 1}),   1,   1,   Standing::Undecided),
            (json!({"exactly": 0}),   0,   1,   Standing::Undecided),
            (json!({"exactly": 0}),   1,   1,   Standing::Broken),
            (json!({"at_least": 50}), 89,  211, Standing::Met),
            (json!({"at_most": 300}), 89,  211, Standing::Met),
            (json!({"at_most": 299}), 89,  211, Standing::Undecided),
        ];
        for (wish, found, untold, expected) in table {
            let standing = terms(wish.clone()).unwrap().standing(found, untold, now);
            assert_eq!(standing, expected, "{found} and {untold} of {wish}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        #[rustfmt::skip]
        let table = [
            (json!({"exactly": 1, "at_most": 2}), "exactly leaves no room for at_least and at_most: leave them out"),
            (json!({"at_least": 3, "at_most": 2}), "at_most is below at_least: no number is both"),
            (json!({"since": "2026-11-22T12:00:00Z", "until": "2026-11-22T11:00:00Z"}), "until lies before since: nothing can come between"),
            (json!({"until": "2026-11-23T11:00:00Z", "within_ms": 5}), "until and within_ms say the same: leave one out"),
            (json!({"when": {"applicant": "1"}}), "applicant: not exactly twelve digits"),
            (json!({"when": {"label": "no-such"}}), "label: no refusal is called \"no-such\": docs/CHECKS.md lists the labels"),
        ];
        for (wish, why) in table {
            assert_eq!(terms(wish.clone()).unwrap_err(), why, "{wish}");
        }
    }
}
