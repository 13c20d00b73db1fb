//! Rules: which faults, on which service, for whom, and for which requests.

use qaqpa_model::Moment;

use super::dice::Dice;
use super::fault::{Fault, FaultKind, Service};

/// A rule. Where several rules meet one request, the faults of all of them befall the answer, in the rules' order.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name, unique among the rules that are on.
    pub id: String,
    /// The faults, composed in this order within each level.
    pub faults: Vec<Fault>,
    /// The services; a fault befalls only those of them that it can.
    pub services: Vec<Service>,
    /// Whose certificate must be asked about; anybody's if none.
    pub whose: Option<String>,
    /// A header that the request must have, so that one client alone is met.
    pub header: Option<HeaderMark>,
    /// Which of the requests that fit so far.
    pub when: When,
    /// What its chances follow from.
    pub seed: u64,
}

/// A header with that value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderMark {
    /// The name, in lower case.
    pub name: String,
    /// The whole value.
    pub value: String,
}

/// Which requests, of those that are for the rule's services and certificate. All that is said must hold.
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

/// Why a rule is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// A header that no request can have.
    #[error("{name:?} is not the name of a header")]
    HeaderName {
        /// What the rule says.
        name: String,
    },
    /// An id with other characters than letters, digits, `-`, `_`, `.`, or longer than 64.
    #[error("{id:?} is not an id: 1 to 64 letters, digits, hyphens, dots, underscores")]
    Id {
        /// What the rule says.
        id: String,
    },
    /// Two rules of one name.
    #[error("there is a rule {id:?} already")]
    IdTaken {
        /// The name.
        id: String,
    },
    /// A count that can never be, or a probability outside 0 to 1.
    #[error("{key} = {value} can never hold")]
    Never {
        /// The key.
        key: &'static str,
        /// What the rule says.
        value: String,
    },
    /// A certificate is named, and no fault of the rule is about one.
    #[error(
        "{service} is asked for by nobody in particular: a rule about it names no certificate, but for the faults of entries"
    )]
    NobodyAsks {
        /// The service.
        service: Service,
    },
    /// A fault that cannot befall any service of its rule.
    #[error("{fault} cannot befall {services}")]
    OtherService {
        /// The fault.
        fault: &'static str,
        /// The services of the rule.
        services: String,
    },
    /// There is no service of that name.
    #[error("there is no service {name:?}: ocsp, crl, delta, tsp, cert")]
    ServiceUnknown {
        /// What the rule says.
        name: String,
    },
    /// A text that is no moment.
    #[error("until = {text:?} is not a moment")]
    Until {
        /// What the rule says.
        text: String,
    },
    /// A fault that puts somebody into a list, and nobody is named.
    #[error("{fault} needs `for`: whose certificate is put into the list")]
    WhoseMissing {
        /// The fault.
        fault: &'static str,
    },
}

fn takes(dial: Option<&'static str>) -> String {
    dial.map_or_else(String::new, |dial| format!("; it takes {dial:?}"))
}

fn meant(nearest: Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; perhaps {name:?}?"))
}

impl Rule {
    /// A rule of these faults on every service that they can befall, for everybody, always.
    ///
    /// # Errors
    /// [`RuleError`]: see [`Rule::check`].
    pub fn of(id: &str, faults: Vec<Fault>) -> Result<Self, RuleError> {
        let services = Service::ALL
            .into_iter()
            .filter(|service| faults.iter().any(|fault| fault.befalls(*service)))
            .collect();
        let rule = Self {
            id: id.to_owned(),
            faults,
            services,
            whose: None,
            header: None,
            when: When::default(),
            seed: 0,
        };
        rule.check()?;
        Ok(rule)
    }

    /// Holds the parts against each other.
    ///
    /// # Errors
    /// [`RuleError`], the first that applies.
    pub fn check(&self) -> Result<(), RuleError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.id.is_empty() || self.id.len() > 64 || !self.id.chars().all(plain) {
            return Err(RuleError::Id {
                id: self.id.clone(),
            });
        }
        if self.faults.is_empty() {
            return Err(RuleError::FaultsMissing);
        }
        for fault in &self.faults {
            self.check_fault(*fault)?;
        }
        if self.whose.is_some() {
            self.check_whose()?;
        }
        if let Some(header) = &self.header
            && header.name.parse::<http::HeaderName>().is_err()
        {
            return Err(RuleError::HeaderName {
                name: header.name.clone(),
            });
        }
        self.when.check()
    }

    fn check_fault(&self, fault: Fault) -> Result<(), RuleError> {
        let entry = fault.kind.entry();
        if !self.services.iter().any(|service| fault.befalls(*service)) {
            let names: Vec<_> = self.services.iter().map(|one| one.as_str()).collect();
            return Err(RuleError::OtherService {
                fault: entry.name,
                services: names.join(", "),
            });
        }
        if let Some(dial) = entry.dial
            && !(dial.min..=dial.max).contains(&fault.amount)
        {
            return Err(RuleError::DialOutside {
                fault: entry.name,
                dial: dial.name,
                value: fault.amount,
                min: dial.min,
                max: dial.max,
            });
        }
        if let FaultKind::List(list) = fault.kind
            && list.adds()
            && self.whose.is_none()
        {
            return Err(RuleError::WhoseMissing { fault: entry.name });
        }
        Ok(())
    }

    /// Only an OCSP request says whose certificate it is about; in a list only the faults of entries can be for one.
    fn check_whose(&self) -> Result<(), RuleError> {
        for service in &self.services {
            let about_one = |fault: &Fault| matches!(fault.kind, FaultKind::List(list) if list.is_about_a_certificate());
            let fits = match service {
                Service::Ocsp => true,
                Service::Crl | Service::Delta => self
                    .faults
                    .iter()
                    .filter(|fault| fault.befalls(*service))
                    .all(about_one),
                Service::Tsp | Service::Cert => false,
            };
            if !fits {
                return Err(RuleError::NobodyAsks { service: *service });
            }
        }
        Ok(())
    }

    /// The dice for the rule's request of that number.
    pub(super) fn dice(&self, request: u64) -> Dice {
        Dice::new(self.seed, &self.id, request)
    }

    /// Whether the request of that number, at that moment, is one of the chosen; `hits` were before it.
    #[must_use]
    pub fn chooses(&self, request: u64, hits: u64, now: Moment) -> bool {
        let when = &self.when;
        let mut dice = Dice::new(self.seed, &format!("{} chooses", self.id), request);
        when.nth.as_ref().is_none_or(|nth| nth.contains(&request))
            && when.first.is_none_or(|first| request <= first)
            && when.after.is_none_or(|after| request > after)
            && when.every.is_none_or(|every| request.is_multiple_of(every))
            && when.until.is_none_or(|until| now < until)
            && when.times.is_none_or(|times| hits < times)
            && when
                .probability
                .is_none_or(|probability| dice.yes(probability))
    }
}

impl When {
    fn check(&self) -> Result<(), RuleError> {
        let never = |key, value: &dyn std::fmt::Display| {
            Err(RuleError::Never {
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
        match self.probability {
            Some(value) if !(value > 0.0 && value <= 1.0) => never("probability", &value),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Moment {
        Moment::parse("2026-11-22T12:00:00+05:00").unwrap()
    }

    fn rule(when: When) -> Rule {
        let fault = FaultKind::parse("try-later").unwrap().plain();
        let rule = Rule {
            when,
            ..Rule::of("test", vec![fault]).unwrap()
        };
        rule.check().unwrap();
        rule
    }

    /// The numbers of the chosen ones among the first twelve requests.
    fn chosen(rule: &Rule) -> Vec<u64> {
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
        for when in [
            When {
                nth: Some(vec![]),
                ..When::default()
            },
            When {
                nth: Some(vec![0]),
                ..When::default()
            },
            When {
                first: Some(0),
                ..When::default()
            },
            When {
                every: Some(0),
                ..When::default()
            },
            When {
                times: Some(0),
                ..When::default()
            },
            When {
                probability: Some(0.0),
                ..When::default()
            },
            When {
                probability: Some(1.5),
                ..When::default()
            },
            When {
                probability: Some(f64::NAN),
                ..When::default()
            },
        ] {
            assert!(
                matches!(when.check(), Err(RuleError::Never { .. })),
                "{when:?}"
            );
        }
    }
}
