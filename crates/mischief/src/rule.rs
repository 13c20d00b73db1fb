//! Rules: which faults, where, for whom, and for which requests.

use std::fmt;

use qaqpa_model::Moment;
use thiserror::Error;

use crate::catalogue::{Catalogued, Fault, names};
use crate::{Dice, NeverHolds, Table, When, Written};

/// What an actor's rules can name of a request: a certificate, a sender, an operation. Nothing said is everything.
pub trait Whom: Clone + fmt::Debug + Default + PartialEq + Send + Sync + 'static {
    /// The actor's faults.
    type Kind: Catalogued;

    /// A rule as it is written, made by [`written_rule!`](crate::written_rule).
    type Written: Written;

    /// The actor's table in the file of `--mischief FILE`.
    const TABLE: Table;

    /// Out of the actor's own keys.
    ///
    /// # Errors
    /// [`RuleError::Whom`].
    fn read(written: Self::Written) -> Result<Self, RuleError>;

    /// The actor's own keys, as they can be written again.
    fn write(&self) -> Self::Written;

    /// Whether requests there tell what is named: a rule that names no place is not for those that do not.
    fn tells(&self, place: WhereOf<Self>) -> bool;

    /// Holds what is named against the faults and places of its rule.
    ///
    /// # Errors
    /// [`RuleError::Whom`].
    fn check(
        &self,
        faults: &[Fault<Self::Kind>],
        places: &[WhereOf<Self>],
    ) -> Result<(), RuleError>;
}

/// Where an actor's faults befall something.
pub type WhereOf<W> = <<W as Whom>::Kind as Catalogued>::Where;

/// A rule. Where several rules meet one request, the faults of all of them befall it, in the rules' order.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule<W: Whom> {
    /// Its name, unique among the rules that are on.
    pub id: String,
    /// The faults, in the order in which they are written.
    pub faults: Vec<Fault<W::Kind>>,
    /// The places; a fault befalls only those of them that it can.
    pub places: Vec<WhereOf<W>>,
    /// Whom it is for.
    pub whom: W,
    /// Which of the requests that fit so far.
    pub when: When,
    /// What its chances follow from.
    pub seed: u64,
}

/// Why a rule is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RuleError {
    /// A number of a fault lies outside what it takes.
    #[error("{fault}: {dial} = {value} is not in {min}..={max}")]
    DialOutside {
        /// The fault.
        fault: &'static str,
        /// Its dial.
        dial: &'static str,
        /// What the rule says.
        value: u64,
        /// The least.
        min: u64,
        /// The greatest.
        max: u64,
    },
    /// A fault has no such number.
    #[error("{fault} takes no {key:?}{}", takes(*dial))]
    DialUnknown {
        /// The fault.
        fault: &'static str,
        /// What the rule says.
        key: String,
        /// The dial that it has.
        dial: Option<&'static str>,
    },
    /// There is no fault of that name.
    #[error("there is no fault {name:?}{}", meant(*nearest))]
    FaultUnknown {
        /// What the rule says.
        name: String,
        /// A name that was perhaps meant.
        nearest: Option<&'static str>,
    },
    /// A rule without faults.
    #[error("a rule needs at least one fault")]
    FaultsMissing,
    /// An id with other characters than letters, digits, `-`, `_`, `.`, or longer than 64, or one that a path of the
    /// control port has already.
    #[error(
        "{0:?} is not an id: 1 to 64 letters, digits, hyphens, dots, underscores, and neither \"catalogue\" nor \"counts\""
    )]
    Id(String),
    /// Two rules of one name.
    #[error("there is a rule {0:?} already")]
    IdTaken(String),
    /// A count that can never be, or a probability outside 0 to 1.
    #[error(transparent)]
    Never(#[from] NeverHolds),
    /// A fault that cannot befall any place of its rule.
    #[error("{fault} cannot befall {places}")]
    OtherPlace {
        /// The fault.
        fault: &'static str,
        /// The places of the rule.
        places: String,
    },
    /// A rule whose time is over; the moment.
    #[error("until = {0} is over by the simulated clock: the rule can never hold")]
    Over(Moment),
    /// There is no place of that name.
    #[error("there is no {noun} {name:?}: {known}")]
    PlaceUnknown {
        /// What places are called: `service`.
        noun: &'static str,
        /// What the rule says.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// A text that is no moment.
    #[error("until = {0:?} is not a moment")]
    Until(String),
    /// What is named cannot be, or not there: in the actor's own words.
    #[error("{0}")]
    Whom(String),
}

fn takes(dial: Option<&'static str>) -> String {
    dial.map_or_else(String::new, |dial| format!("; it takes {dial:?}"))
}

fn meant(nearest: Option<&'static str>) -> String {
    match nearest {
        Some(name) => format!("; perhaps {name:?}?"),
        None => ": GET /mischief/catalogue lists those that there are".to_owned(),
    }
}

impl<W: Whom> Rule<W> {
    /// Holds the parts against each other.
    ///
    /// # Errors
    /// [`RuleError`], the first that applies.
    pub fn check(&self) -> Result<(), RuleError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let is_id = (1..=64).contains(&self.id.len()) && self.id.chars().all(plain);
        if !is_id || matches!(self.id.as_str(), "catalogue" | "counts") {
            return Err(RuleError::Id(self.id.clone()));
        }
        if self.faults.is_empty() {
            return Err(RuleError::FaultsMissing);
        }
        self.whom.check(&self.faults, &self.places)?;
        for fault in &self.faults {
            let name = fault.kind.name();
            if !self.places.iter().any(|place| fault.befalls(*place)) {
                return Err(RuleError::OtherPlace {
                    fault: name,
                    places: names(&self.places),
                });
            }
            if let Some(dial) = fault.kind.dial()
                && !dial.takes(fault.amount)
            {
                return Err(RuleError::DialOutside {
                    fault: name,
                    dial: dial.name,
                    value: fault.amount,
                    min: dial.min,
                    max: dial.max,
                });
            }
        }
        Ok(self.when.check()?)
    }

    /// Whether the rule can still hold: for one that is switched on anew. One that is set again with others may be over.
    ///
    /// # Errors
    /// [`RuleError::Over`].
    pub fn not_over(self, now: Moment) -> Result<Self, RuleError> {
        match self.when.until {
            Some(until) if until <= now => Err(RuleError::Over(until)),
            _ => Ok(self),
        }
    }

    /// Those of its faults that befall that place; none where the rule is for others.
    pub fn faults_at(&self, place: WhereOf<W>) -> impl Iterator<Item = Fault<W::Kind>> {
        let is_meant = self.places.contains(&place);
        let faults = self.faults.iter().copied();
        faults.filter(move |fault| is_meant && fault.befalls(place))
    }

    /// The dice for the rule's request of that number.
    #[must_use]
    pub fn dice(&self, request: u64) -> Dice {
        Dice::new(self.seed, &self.id, request)
    }

    /// Whether the request of that number, at that moment, is one of the chosen; `hits` were before it.
    #[must_use]
    pub fn chooses(&self, request: u64, hits: u64, now: Moment) -> bool {
        let mut dice = Dice::new(self.seed, &format!("{} chooses", self.id), request);
        let thrown = |probability| dice.yes(probability);
        self.when.chooses(request, hits, now, thrown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Where;
    use crate::trial::{Kind, Person, Side, lost};

    #[test]
    fn a_rule_is_refused_for_the_first_thing_that_is_wrong_with_it() {
        let late = Fault {
            kind: Kind::Late,
            amount: 1001,
        };
        let anybody = lost("a");
        for (rule, told) in [
            (lost(""), "\"\" is not an id: 1 to 64 letters"),
            (lost("a b"), "\"a b\" is not an id: 1 to 64 letters"),
            (lost("catalogue"), "\"catalogue\" is not an id: "),
            (lost("counts"), "\"counts\" is not an id: "),
            (
                Rule {
                    faults: vec![],
                    ..anybody.clone()
                },
                "a rule needs at least one fault",
            ),
            (
                Rule {
                    places: vec![Side::Out],
                    ..anybody.clone()
                },
                "lost-and-found cannot befall out",
            ),
            (
                Rule {
                    faults: vec![late],
                    ..anybody.clone()
                },
                "late: ms = 1001 is not in 1..=1000",
            ),
            (
                Rule {
                    places: vec![Side::Out],
                    whom: Person(Some("x".to_owned())),
                    ..anybody.clone()
                },
                "nobody",
            ),
        ] {
            let why = rule.check().unwrap_err().to_string();
            assert!(why.starts_with(told), "{why}");
        }
        assert_eq!(anybody.check(), Ok(()));
        assert_eq!(lost(&"a".repeat(64)).check(), Ok(()));
        assert!(lost(&"a".repeat(65)).check().is_err());
    }

    #[test]
    fn a_fault_befalls_the_places_of_its_rule_that_it_can() {
        let both = Rule {
            faults: vec![Kind::LostAndFound.plain(), Kind::Late.plain()],
            places: Side::ALL.to_vec(),
            ..lost("a")
        };
        let at = |place| {
            both.faults_at(place)
                .map(|fault| fault.kind)
                .collect::<Vec<_>>()
        };
        assert_eq!(at(Side::In), [Kind::LostAndFound, Kind::Late]);
        assert_eq!(at(Side::Out), [Kind::Late]);
        assert_eq!(lost("a").faults_at(Side::Out).count(), 0);
    }

    #[test]
    fn a_rule_that_is_over_can_never_hold() {
        let until = Moment::parse("2026-12-01T00:00:00Z").unwrap();
        let mut rule = lost("a");
        rule.when.until = Some(until);
        let before = Moment::from_unix_ms(until.unix_ms() - 1);
        assert_eq!(rule.clone().not_over(before), Ok(rule.clone()));
        assert_eq!(rule.not_over(until), Err(RuleError::Over(until)));
    }
}
