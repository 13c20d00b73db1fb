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

use http::{HeaderMap, HeaderName};
use qaqpa_mischief::{RuleError, Table, Whom, written_rule};
use serde::{Deserialize, Serialize};

use super::fault::{Fault, FaultKind, Service};

/// For whom a rule is. All that is said must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whose {
    /// Whose certificate must be asked about: an identity or a serial number in hexadecimal; anybody's if none.
    pub whose: Option<String>,
    /// A header that the request must have, so that one client alone is met.
    pub header: Option<WrittenHeader>,
}

/// A header with that value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenHeader {
    /// The name; case does not matter.
    pub name: String,
    /// The whole value.
    pub value: String,
}

written_rule! {
    of Whose;
    /// One service or several.
    service,
    /// Whose certificate.
    #[serde(rename = "for")]
    whose: String,
    /// A header of the request.
    header: WrittenHeader,
}

impl Whom for Whose {
    type Kind = FaultKind;
    type Written = WrittenRule;
    const TABLE: Table = Table::Rule;

    fn read(written: WrittenRule) -> Result<Self, RuleError> {
        Ok(Self {
            whose: written.whose.filter(|whose| whose != "*"),
            header: written.header.map(|header| WrittenHeader {
                name: header.name.to_ascii_lowercase(),
                value: header.value,
            }),
        })
    }

    fn write(&self) -> WrittenRule {
        WrittenRule {
            whose: self.whose.clone(),
            header: self.header.clone(),
            ..WrittenRule::default()
        }
    }

    /// A rule for somebody on a service where nobody is named is refused rather than narrowed: see [`Whom::check`].
    fn tells(&self, _: Service) -> bool {
        true
    }

    fn check(&self, faults: &[Fault], services: &[Service]) -> Result<(), RuleError> {
        let adds = |fault: &&Fault| matches!(fault.kind, FaultKind::List(list) if list.adds());
        let why = if let Some(fault) = faults.iter().find(adds).filter(|_| self.whose.is_none()) {
            let name = fault.kind.entry().name;
            format!("{name} needs `for`: whose certificate is put into the list")
        } else if let Some(service) = self.names_nobody(faults, services) {
            format!(
                "{service} is asked for by nobody in particular: a rule about it names no certificate, but for the faults of entries"
            )
        } else if let Some(name) = self.header.as_ref().map(|header| &header.name)
            && name.parse::<HeaderName>().is_err()
        {
            format!("{name:?} is not the name of a header")
        } else {
            return Ok(());
        };
        Err(RuleError::Whom(why))
    }
}

impl Whose {
    /// Only an OCSP request says whose certificate it is about; in a list only the faults of entries can be for one. The
    /// first service of a rule for somebody where nobody is named.
    fn names_nobody(&self, faults: &[Fault], services: &[Service]) -> Option<Service> {
        self.whose.as_ref()?;
        let about_one = |fault: &Fault| matches!(fault.kind, FaultKind::List(list) if list.is_about_a_certificate());
        let fits = |service: Service| match service {
            Service::Ocsp => true,
            Service::Crl | Service::Delta => {
                let mut befalling = faults.iter().filter(|fault| fault.befalls(service));
                befalling.all(about_one)
            }
            Service::Tsp | Service::Cert => false,
        };
        services.iter().copied().find(|service| !fits(*service))
    }

    /// Whether a request with these headers is met, whomever it is about.
    pub(super) fn meets(&self, headers: &HeaderMap) -> bool {
        self.header.as_ref().is_none_or(|mark| {
            let value = headers.get(mark.name.as_str());
            value.is_some_and(|value| value.as_bytes() == mark.value.as_bytes())
        })
    }

    /// Whether a request of that service is met that asks about these identities and serial numbers.
    ///
    /// On OCSP a rule for a certificate meets only requests about it; in a list the faults themselves are about it.
    pub(super) fn is_about(&self, service: Service, about: &[String]) -> bool {
        service != Service::Ocsp
            || self.whose.as_ref().is_none_or(|whose| {
                let is_meant = |name: &String| name.eq_ignore_ascii_case(whose);
                about.iter().any(is_meant)
            })
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use qaqpa_mischief::{Catalogued, When, file};

    use super::*;
    use crate::mischief::Rule;

    fn read_file(text: &str) -> Result<Vec<Rule>, file::GrammarError> {
        file::read(text)
    }

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
        let kind = |name| FaultKind::named(name).unwrap();
        let expected = Rule {
            id: "old-news".to_owned(),
            faults: vec![
                kind("stale-next-update").plain(),
                Fault {
                    kind: kind("delay"),
                    amount: 250,
                },
            ],
            places: vec![Service::Ocsp],
            whom: Whose {
                whose: Some("citizen-1".to_owned()),
                header: Some(WrittenHeader {
                    name: "user-agent".to_owned(),
                    value: "x".to_owned(),
                }),
            },
            when: When {
                nth: Some(vec![1, 3]),
                ..When::default()
            },
            seed: 7,
        };
        assert_eq!(rules[0], expected);
        assert_eq!((rules[1].id.as_str(), rules[1].seed), ("rule-2", 9));
        assert_eq!(rules[1].places, Service::ALL);
        assert_eq!(rules[1].whom, Whose::default());
        assert_eq!(read_file("").unwrap(), []);
    }

    #[test]
    fn what_is_written_back_reads_as_the_same_rule() {
        for rule in read_file(FILE).unwrap() {
            let json = serde_json::to_string(&rule.write()).unwrap();
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
                "unknown field `seeds`, expected one of `seed`, `rule`, `gateway`",
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

    #[test]
    fn a_rule_is_for_requests_about_a_certificate_and_of_a_client() {
        let whom = |json: &str| Whose::read(serde_json::from_str(json).unwrap()).unwrap();
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|one| (*one).to_owned())
                .collect::<Vec<_>>()
        };
        let one = whom(r#"{"for": "citizen-1"}"#);
        assert!(one.is_about(Service::Ocsp, &names(&["0a1c", "CITIZEN-1"])));
        assert!(!one.is_about(Service::Ocsp, &names(&["citizen-2", "0a1b"])));
        assert!(one.is_about(Service::Crl, &[]), "its faults are about it");
        let client = whom(r#"{"for": "*", "header": {"name": "User-Agent", "value": "mine/1"}}"#);
        assert!(client.is_about(Service::Ocsp, &[]));
        let mut headers = HeaderMap::new();
        assert!(!client.meets(&headers));
        headers.insert("user-agent", HeaderValue::from_static("mine/1"));
        assert!(client.meets(&headers));
        assert!(one.meets(&HeaderMap::new()));
    }
}
