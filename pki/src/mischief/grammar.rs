//! How rules are written: TOML in the file of `--mischief FILE`, JSON on the control port, the same keys in both.
//!
//! ```toml
//! seed = 7                                  # what chances follow from; 0 where it is not said
//!
//! [[rule]]
//! id = "old-news"                           # a name of its own; rule-1, rule-2, … where it is not said
//! faults = ["stale-next-update", { fault = "delay", ms = 250 }]
//! service = "ocsp"                          # or several; where it is not said, all that the faults can befall
//! for = "citizen-1"                         # an identity or a serial number in hexadecimal; "*" is everybody
//! nth = [1, 3]                              # or first = 2, after = 5, every = 3, probability = 0.1; all must hold
//! times = 10                                # at most
//! until = "2026-12-01"                      # of the simulated clock
//! header = { name = "user-agent", value = "my-client/1" }
//! seed = 9                                  # of this rule alone
//! ```

use qaqpa_model::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

use super::fault::{Fault, FaultKind, Service};
use super::rule::{HeaderMark, Rule, RuleError, When};

/// Why a file of rules cannot be used: where, and what.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {what}")]
pub struct GrammarError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

/// A rule as it is written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WrittenRule {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The faults, by name or with their number.
    pub faults: Vec<WrittenFault>,
    /// One service or several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<OneOrMore>,
    /// Whose certificate.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub whose: Option<String>,
    /// A header of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<WrittenHeader>,
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
    /// Each with this probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Until this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// At most so often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// What the rule's chances follow from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// `"truncated"` or `{ fault = "truncated", bytes = 7 }`.
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

/// A header that the request must have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenHeader {
    /// The name; case does not matter.
    pub name: String,
    /// The whole value.
    pub value: String,
}

/// Rules with their common seed, as `PUT /mischief` takes them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WrittenRules {
    /// What chances follow from, where a rule does not say it itself.
    pub seed: u64,
    /// The rules.
    pub rules: Vec<WrittenRule>,
}

/// The file of `--mischief FILE`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    seed: u64,
    rule: Vec<toml::Spanned<WrittenRule>>,
}

/// Reads the file of `--mischief FILE`.
///
/// # Errors
/// [`GrammarError`] with the line: what is no TOML, an unknown key, a rule that can never hold.
pub fn read_file(text: &str) -> Result<Vec<Rule>, GrammarError> {
    let line = |place: usize| {
        1 + text
            .bytes()
            .take(place)
            .filter(|byte| *byte == b'\n')
            .count()
    };
    let file: File = toml::from_str(text).map_err(|error| GrammarError {
        line: line(error.span().map_or(0, |span| span.start)),
        what: error.message().to_owned(),
    })?;
    let mut rules = Vec::with_capacity(file.rule.len());
    for (number, written) in (1..).zip(file.rule) {
        let place = written.span().start;
        let rule = written
            .into_inner()
            .rule(file.seed, &format!("rule-{number}"))
            .and_then(|rule| fresh(&rules, rule))
            .map_err(|error| GrammarError {
                line: line(place),
                what: error.to_string(),
            })?;
        rules.push(rule);
    }
    Ok(rules)
}

impl WrittenRules {
    /// The rules.
    ///
    /// # Errors
    /// [`RuleError`], the first that applies.
    pub fn rules(self) -> Result<Vec<Rule>, RuleError> {
        let mut rules = Vec::with_capacity(self.rules.len());
        for (number, written) in (1..).zip(self.rules) {
            let rule = written.rule(self.seed, &format!("rule-{number}"))?;
            let rule = fresh(&rules, rule)?;
            rules.push(rule);
        }
        Ok(rules)
    }
}

fn fresh(rules: &[Rule], rule: Rule) -> Result<Rule, RuleError> {
    if rules.iter().any(|known| known.id == rule.id) {
        return Err(RuleError::IdTaken { id: rule.id });
    }
    Ok(rule)
}

impl WrittenRule {
    /// The rule; `id` and `seed` are used where none is written.
    ///
    /// # Errors
    /// [`RuleError`], the first that applies.
    pub fn rule(self, seed: u64, id: &str) -> Result<Rule, RuleError> {
        let faults = self
            .faults
            .into_iter()
            .map(WrittenFault::fault)
            .collect::<Result<Vec<_>, _>>()?;
        let services = match self.service {
            None => Service::ALL
                .into_iter()
                .filter(|service| faults.iter().any(|fault| fault.befalls(*service)))
                .collect(),
            Some(OneOrMore::One(name)) => vec![service(name)?],
            Some(OneOrMore::More(names)) => {
                names.into_iter().map(service).collect::<Result<_, _>>()?
            }
        };
        let until = self
            .until
            .map(|text| Moment::parse(&text).map_err(|_| RuleError::Until { text: text.clone() }));
        let rule = Rule {
            id: self.id.unwrap_or_else(|| id.to_owned()),
            faults,
            services,
            whose: self.whose.filter(|whose| whose != "*"),
            header: self.header.map(|header| HeaderMark {
                name: header.name.to_ascii_lowercase(),
                value: header.value,
            }),
            when: When {
                nth: self.nth,
                first: self.first,
                after: self.after,
                every: self.every,
                probability: self.probability,
                until: until.transpose()?,
                times: self.times,
            },
            seed: self.seed.unwrap_or(seed),
        };
        rule.check()?;
        Ok(rule)
    }
}

impl WrittenFault {
    fn fault(self) -> Result<Fault, RuleError> {
        let (name, dials) = match self {
            Self::Name(name) => (name, BTreeMap::new()),
            Self::With { fault, dials } => (fault, dials),
        };
        let Some(kind) = FaultKind::parse(&name) else {
            let nearest = nearest(&name);
            return Err(RuleError::FaultUnknown { name, nearest });
        };
        let entry = kind.entry();
        let mut fault = kind.plain();
        for (key, value) in dials {
            match entry.dial {
                Some(dial) if dial.name == key => fault.amount = value,
                dial => {
                    return Err(RuleError::DialUnknown {
                        fault: entry.name,
                        key,
                        dial: dial.map(|dial| dial.name),
                    });
                }
            }
        }
        Ok(fault)
    }
}

fn service(name: String) -> Result<Service, RuleError> {
    Service::parse(&name).ok_or(RuleError::ServiceUnknown { name })
}

/// The name of the catalogue that shares most of its words with this one.
fn nearest(name: &str) -> Option<&'static str> {
    let shared = |known: &str| {
        let words = name.split(['-', '_', ' ']);
        words
            .filter(|word| known.split('-').any(|part| part == *word))
            .count()
    };
    FaultKind::all()
        .map(|kind| kind.entry().name)
        .map(|known| (shared(known), known))
        .filter(|(count, _)| *count > 0)
        .max_by_key(|(count, known)| (*count, std::cmp::Reverse(known.len())))
        .map(|(_, known)| known)
}

impl From<&Rule> for WrittenRule {
    fn from(rule: &Rule) -> Self {
        let fault = |fault: &Fault| {
            let entry = fault.kind.entry();
            match entry.dial {
                None => WrittenFault::Name(entry.name.to_owned()),
                Some(dial) => WrittenFault::With {
                    fault: entry.name.to_owned(),
                    dials: BTreeMap::from([(dial.name.to_owned(), fault.amount)]),
                },
            }
        };
        let services = rule.services.iter();
        Self {
            id: Some(rule.id.clone()),
            faults: rule.faults.iter().map(fault).collect(),
            service: Some(OneOrMore::More(
                services
                    .map(|service| service.as_str().to_owned())
                    .collect(),
            )),
            whose: rule.whose.clone(),
            header: rule.header.as_ref().map(|header| WrittenHeader {
                name: header.name.clone(),
                value: header.value.clone(),
            }),
            nth: rule.when.nth.clone(),
            first: rule.when.first,
            after: rule.when.after,
            every: rule.when.every,
            probability: rule.when.probability,
            until: rule.when.until.map(|until| until.to_string()),
            times: rule.when.times,
            seed: Some(rule.seed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"seed = 7

[[rule]]
id = "old-news"
faults = ["stale-next-update", { fault = "delay", ms = 250 }]
service = "ocsp"
for = "citizen-1"
nth = [1, 3]
header = { name = "User-Agent", value = "x" }

[[rule]]
faults = ["closed"]
for = "*"
probability = 0.5
seed = 9
until = "2026-12-01"
"#;

    #[test]
    fn a_file_says_faults_services_people_and_requests() {
        let rules = read_file(FILE).unwrap();
        let kind = |name| FaultKind::parse(name).unwrap();
        let expected = Rule {
            id: "old-news".to_owned(),
            faults: vec![
                kind("stale-next-update").plain(),
                Fault {
                    kind: kind("delay"),
                    amount: 250,
                },
            ],
            services: vec![Service::Ocsp],
            whose: Some("citizen-1".to_owned()),
            header: Some(HeaderMark {
                name: "user-agent".to_owned(),
                value: "x".to_owned(),
            }),
            when: When {
                nth: Some(vec![1, 3]),
                ..When::default()
            },
            seed: 7,
        };
        assert_eq!(rules[0], expected);
        assert_eq!((rules[1].id.as_str(), rules[1].seed), ("rule-2", 9));
        assert_eq!(rules[1].services, Service::ALL);
        assert_eq!(rules[1].whose, None);
        assert_eq!(read_file("").unwrap(), []);
    }

    #[test]
    fn what_is_written_back_reads_as_the_same_rule() {
        for rule in read_file(FILE).unwrap() {
            let json = serde_json::to_string(&WrittenRule::from(&rule)).unwrap();
            let written: WrittenRule = serde_json::from_str(&json).unwrap();
            assert_eq!(written.rule(0, "x"), Ok(rule), "{json}");
        }
    }

    #[test]
    fn a_wrong_file_is_refused_with_the_line() {
        let rule = |lines: &str| format!("\n\n[[rule]]\n{lines}\n");
        for (text, line, what) in [
            (
                "seeds = 7".to_owned(),
                1,
                "unknown field `seeds`, expected `seed` or `rule`",
            ),
            (
                "seed = -7".to_owned(),
                1,
                "invalid value: integer `-7`, expected u64",
            ),
            (rule("faults = ["), 4, "unclosed array, expected `]`"),
            (
                rule("faults = ['truncated']\nfirts = 1"),
                5,
                "unknown field `firts`",
            ),
            (rule("faults = []"), 3, "a rule needs at least one fault"),
            (
                rule("faults = ['stale-nextupdate']"),
                3,
                "there is no fault \"stale-nextupdate\"; perhaps \"list-stale\"?",
            ),
            (
                rule("faults = ['qwerty']"),
                3,
                "there is no fault \"qwerty\"",
            ),
            (
                rule("faults = [{ fault = 'truncated', byte = 1 }]"),
                3,
                "truncated takes no \"byte\"; it takes \"bytes\"",
            ),
            (
                rule("faults = [{ fault = 'closed', bytes = 1 }]"),
                3,
                "closed takes no \"bytes\"",
            ),
            (
                rule("faults = [{ fault = 'http-status', status = 700 }]"),
                3,
                "http-status: status = 700 is not in 201..=599",
            ),
            (
                rule("faults = ['nonce-wrong']\nservice = 'crl'"),
                3,
                "nonce-wrong cannot befall crl",
            ),
            (
                rule("faults = ['closed']\nservice = 'ldap'"),
                3,
                "there is no service \"ldap\": ocsp, crl, delta, tsp, cert",
            ),
            (
                rule("faults = ['extra-entry']"),
                3,
                "extra-entry needs `for`: whose certificate is put into the list",
            ),
            (
                rule("faults = ['list-stale']\nfor = 'citizen-1'"),
                3,
                "crl is asked for by nobody in particular",
            ),
            (
                rule("faults = ['closed']\nevery = 0"),
                3,
                "every = 0 can never hold",
            ),
            (
                rule("faults = ['closed']\nuntil = 'soon'"),
                3,
                "until = \"soon\" is not a moment",
            ),
            (
                rule("faults = ['closed']\nid = 'a b'"),
                3,
                "\"a b\" is not an id",
            ),
            (
                rule("faults = ['closed']\nheader = { name = 'a b', value = '' }"),
                3,
                "\"a b\" is not the name of a header",
            ),
            (
                format!("{FILE}\n[[rule]]\nid = 'old-news'\nfaults = ['closed']"),
                18,
                "there is a rule \"old-news\" already",
            ),
        ] {
            let error = read_file(&text).unwrap_err();
            assert!(error.what.starts_with(what), "{text}\n{error}");
            assert_eq!(error.line, line, "{text}\n{error}");
        }
    }
}
