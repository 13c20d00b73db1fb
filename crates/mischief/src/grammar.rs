//! How rules are written: TOML in the file of `--mischief FILE`, JSON on the control port, the same keys in both.
//!
//! Every actor's rules have the keys of [`Common`]; [`written_rule!`](crate::written_rule) puts an actor's own beside them.

use std::collections::BTreeMap;
use std::fmt;

use qaqpa_model::Moment;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogued, Fault, Where, names, nearest};
use crate::rule::{Rule, RuleError, WhereOf, Whom};
use crate::when::When;

/// A rule as it is written, of some actor.
pub trait Written:
    Clone + fmt::Debug + Default + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Takes out the keys that all actors' rules have; the actor's own are left.
    fn split(self) -> (Common, Self);

    /// Puts those keys beside the actor's own.
    #[must_use]
    fn join(self, common: Common) -> Self;
}

/// The keys that all actors' rules have.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(
    missing_docs,
    reason = "as in the rule that written_rule! makes of them"
)]
pub struct Common {
    pub id: Option<String>,
    pub faults: Vec<WrittenFault>,
    pub places: Option<OneOrMore>,
    pub nth: Option<Vec<u64>>,
    pub first: Option<u64>,
    pub after: Option<u64>,
    pub every: Option<u64>,
    pub probability: Option<f64>,
    pub until: Option<String>,
    pub times: Option<u64>,
    pub seed: Option<u64>,
}

/// `"drop"` or `{ fault = "delay", ms = 250 }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WrittenFault {
    /// With its dial where the catalogue sets it.
    Name(String),
    /// With its dial.
    With {
        /// The name.
        fault: String,
        /// The dial: one key.
        #[serde(flatten)]
        dials: BTreeMap<String, u64>,
    },
}

/// One name or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl OneOrMore {
    /// The names.
    #[must_use]
    pub fn all(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::More(more) => more,
        }
    }
}

/// Rules with their common seed, as `PUT /mischief` takes them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenRules<R> {
    /// What chances follow from, where a rule does not say it itself.
    #[serde(default)]
    pub seed: u64,
    /// The rules.
    #[serde(default = "Vec::new")]
    pub rules: Vec<R>,
}

impl<R: Written> WrittenRules<R> {
    /// The rules.
    ///
    /// # Errors
    /// [`RuleError`], the first that applies.
    pub fn rules<W: Whom<Written = R>>(self) -> Result<Vec<Rule<W>>, RuleError> {
        let mut rules = Vec::with_capacity(self.rules.len());
        for (number, written) in (1..).zip(self.rules) {
            let rule = Rule::<W>::read(written, self.seed, &format!("rule-{number}"))?;
            let rule = fresh(&rules, rule)?;
            rules.push(rule);
        }
        Ok(rules)
    }
}

/// The rule, if no other has its name.
pub(crate) fn fresh<W: Whom>(rules: &[Rule<W>], rule: Rule<W>) -> Result<Rule<W>, RuleError> {
    if rules.iter().any(|known| known.id == rule.id) {
        return Err(RuleError::IdTaken(rule.id));
    }
    Ok(rule)
}

impl<W: Whom> Rule<W> {
    /// The rule that is written; `id` and `seed` are used where none is.
    ///
    /// # Errors
    /// [`RuleError`], the first that applies.
    pub fn read(written: W::Written, seed: u64, id: &str) -> Result<Self, RuleError> {
        let (common, own) = written.split();
        let faults = common.faults.into_iter().map(WrittenFault::fault);
        let faults = faults.collect::<Result<Vec<Fault<W::Kind>>, _>>()?;
        let whom = W::read(own)?;
        let places: Vec<WhereOf<W>> = match common.places {
            None => <WhereOf<W> as Where>::ALL
                .iter()
                .copied()
                .filter(|place| faults.iter().any(|fault| fault.befalls(*place)))
                .filter(|place| whom.tells(*place))
                .collect(),
            Some(named) => named
                .all()
                .into_iter()
                .map(place)
                .collect::<Result<_, _>>()?,
        };
        let until = common
            .until
            .map(|text| Moment::parse(&text).map_err(|_| RuleError::Until(text.clone())));
        let rule = Self {
            id: common.id.unwrap_or_else(|| id.to_owned()),
            faults,
            places,
            whom,
            when: When {
                nth: common.nth,
                first: common.first,
                after: common.after,
                every: common.every,
                probability: common.probability,
                until: until.transpose()?,
                times: common.times,
            },
            seed: common.seed.unwrap_or(seed),
        };
        rule.check()?;
        Ok(rule)
    }

    /// The rule as it could be written again.
    #[must_use]
    pub fn write(&self) -> W::Written {
        let places = self.places.iter().map(|place| place.name().to_owned());
        let when = &self.when;
        self.whom.write().join(Common {
            id: Some(self.id.clone()),
            faults: self.faults.iter().map(WrittenFault::of).collect(),
            places: Some(OneOrMore::More(places.collect())),
            nth: when.nth.clone(),
            first: when.first,
            after: when.after,
            every: when.every,
            probability: when.probability,
            until: when.until.map(|until| until.to_string()),
            times: when.times,
            seed: Some(self.seed),
        })
    }
}

fn place<P: Where>(name: String) -> Result<P, RuleError> {
    P::named(&name).ok_or_else(|| RuleError::PlaceUnknown {
        noun: P::NOUN,
        name,
        known: names(P::ALL),
    })
}

impl WrittenFault {
    fn fault<K: Catalogued>(self) -> Result<Fault<K>, RuleError> {
        let (name, dials) = match self {
            Self::Name(name) => (name, BTreeMap::new()),
            Self::With { fault, dials } => (fault, dials),
        };
        let Some(kind) = K::named(&name) else {
            let nearest = nearest::<K>(&name);
            return Err(RuleError::FaultUnknown { name, nearest });
        };
        let mut fault = kind.plain();
        for (key, value) in dials {
            match kind.dial() {
                Some(dial) if dial.name == key => fault.amount = value,
                dial => {
                    return Err(RuleError::DialUnknown {
                        fault: kind.name(),
                        key,
                        dial: dial.map(|dial| dial.name),
                    });
                }
            }
        }
        Ok(fault)
    }

    fn of<K: Catalogued>(fault: &Fault<K>) -> Self {
        let name = fault.kind.name().to_owned();
        match fault.kind.dial() {
            None => Self::Name(name),
            Some(dial) => Self::With {
                fault: name,
                dials: BTreeMap::from([(dial.name.to_owned(), fault.amount)]),
            },
        }
    }
}

/// Makes `WrittenRule`: the keys that all actors' rules have, the actor's word for its places, and its own keys. Only an
/// actor that knows the type of [`Whom`] can say what they mean.
#[macro_export]
macro_rules! written_rule {
    (
        of $whom:ty;
        $(#[$place_doc:meta])*
        $place:ident,
        $($(#[$doc:meta])* $key:ident: $type:ty,)*
    ) => {
        /// A rule as it is written.
        #[derive(Clone, Debug, Default, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct WrittenRule {
            /// Its name.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub id: Option<String>,
            /// The faults, by name or with their number.
            pub faults: Vec<$crate::WrittenFault>,
            $(#[$place_doc])*
            #[serde(skip_serializing_if = "Option::is_none")]
            pub $place: Option<$crate::OneOrMore>,
            $(
                $(#[$doc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $key: Option<$type>,
            )*
            /// These requests, counted from 1.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub nth: Option<Vec<u64>>,
            /// The first so many.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub first: Option<u64>,
            /// Those after so many.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub after: Option<u64>,
            /// Every so-manyth.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub every: Option<u64>,
            /// Each with this probability: a share of all.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub probability: Option<f64>,
            /// Until this moment of the simulated clock.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub until: Option<String>,
            /// At most so often.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub times: Option<u64>,
            /// What the rule's chances follow from.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub seed: Option<u64>,
        }

        impl WrittenRule {
            /// The rule; `id` and `seed` are used where none is written.
            ///
            /// # Errors
            /// The first thing that is wrong with it.
            pub fn rule(self, seed: u64, id: &str) -> Result<$crate::Rule<$whom>, $crate::RuleError> {
                $crate::Rule::<$whom>::read(self, seed, id)
            }
        }

        impl $crate::Written for WrittenRule {
            fn split(mut self) -> ($crate::Common, Self) {
                let common = $crate::Common {
                    id: self.id.take(),
                    faults: ::std::mem::take(&mut self.faults),
                    places: self.$place.take(),
                    nth: self.nth.take(),
                    first: self.first.take(),
                    after: self.after.take(),
                    every: self.every.take(),
                    probability: self.probability.take(),
                    until: self.until.take(),
                    times: self.times.take(),
                    seed: self.seed.take(),
                };
                (common, self)
            }

            fn join(self, common: $crate::Common) -> Self {
                Self {
                    id: common.id,
                    faults: common.faults,
                    $place: common.places,
                    nth: common.nth,
                    first: common.first,
                    after: common.after,
                    every: common.every,
                    probability: common.probability,
                    until: common.until,
                    times: common.times,
                    seed: common.seed,
                    ..self
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{Kind, Person, Side, WrittenRule};

    fn read(json: &str) -> Result<Rule<Person>, RuleError> {
        let written: WrittenRule = serde_json::from_str(json).unwrap();
        written.rule(7, "rule-1")
    }

    #[test]
    fn what_is_not_said_is_everything_that_can_be() {
        let rule = read(r#"{"faults": ["late"]}"#).unwrap();
        assert_eq!((rule.id.as_str(), rule.seed), ("rule-1", 7));
        assert_eq!(rule.places, Side::ALL);
        assert_eq!(rule.faults, [Kind::Late.plain()]);
        let rule = read(r#"{"faults": ["late"], "for": "x"}"#).unwrap();
        assert_eq!(rule.places, [Side::In], "only there it is told for whom");
        assert_eq!(rule.whom, Person(Some("x".to_owned())));
    }

    #[test]
    fn what_is_written_back_reads_as_the_same_rule() {
        for json in [
            r#"{"id": "a", "faults": ["lost-and-found", {"fault": "late", "ms": 5}], "side": "in", "for": "x", "nth": [1, 3]}"#,
            r#"{"faults": ["late"], "side": ["in", "out"], "first": 9, "after": 2, "every": 3, "probability": 0.5, "until": "2026-12-01", "times": 4, "seed": 9}"#,
        ] {
            let rule = read(json).unwrap();
            let again = serde_json::to_string(&rule.write()).unwrap();
            assert_eq!(read(&again), Ok(rule), "{again}");
        }
    }

    #[test]
    fn a_wrong_rule_is_refused_in_one_sentence() {
        for (json, told) in [
            (
                r#"{"faults": ["laet"]}"#,
                "there is no fault \"laet\"; perhaps \"late\"?",
            ),
            (
                r#"{"faults": ["qwerty"]}"#,
                "there is no fault \"qwerty\": GET /mischief/catalogue lists those that there are",
            ),
            (
                r#"{"faults": [{"fault": "late", "s": 1}]}"#,
                "late takes no \"s\"; it takes \"ms\"",
            ),
            (
                r#"{"faults": [{"fault": "lost-and-found", "ms": 1}]}"#,
                "lost-and-found takes no \"ms\"",
            ),
            (
                r#"{"faults": ["late"], "side": "up"}"#,
                "there is no side \"up\": in, out",
            ),
            (
                r#"{"faults": ["late"], "until": "soon"}"#,
                "until = \"soon\" is not a moment",
            ),
        ] {
            assert_eq!(read(json).unwrap_err().to_string(), told, "{json}");
        }
    }
}
