//! Which messages a rule of the gateway's is for, and how that is written.
//!
//! TOML in the file of `--mischief FILE`, where the gateway's rules are the `[[gateway]]`s and the authority's the
//! `[[rule]]`s; JSON on the control port; the same keys in both.

use qaqpa_mischief::{OneOrMore, RuleError, Table, Whom, written_rule};
use qaqpa_model::MessageId;
use qaqpa_wire::{Channel, Property};
use serde::{Deserialize, Serialize};

use super::kind::{Fault, Kind, Place};

/// Which messages a rule is for. All that is said must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// One of these services: `SERVICE@ACT`, or the serviceId of a register.
    pub services: Option<Vec<String>>,
    /// One of these senders, as the envelope says.
    pub senders: Option<Vec<String>>,
    /// On its way to one of these: an actor's name, or a system's.
    pub to: Option<Vec<String>>,
    /// One of these operations: `getMessages`.
    pub operations: Option<Vec<String>>,
    /// This message, or a message of this exchange.
    pub message: Option<String>,
    /// A property of the message with that value, or of the message that began its exchange.
    pub property: Option<WrittenProperty>,
}

/// A property with that value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenProperty {
    /// The key.
    pub key: String,
    /// The whole value.
    pub value: String,
}

written_rule! {
    of Messages;
    /// Where: `answer`, `delivery`, `register`; where it is not said, all that the faults can befall.
    at,
    /// Which services.
    service: OneOrMore,
    /// Which senders.
    sender: OneOrMore,
    /// On its way to whom.
    to: OneOrMore,
    /// Which operations.
    operation: OneOrMore,
    /// Which message, or messages of which exchange.
    message: String,
    /// A property of the message, or of the one that began its exchange.
    property: WrittenProperty,
}

/// One message, as far as rules look at it.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) service: Option<String>,
    pub(super) sender: Option<String>,
    pub(super) to: Option<String>,
    pub(super) operation: Option<&'static str>,
    pub(super) message: Option<String>,
    pub(super) correlation: Option<String>,
    pub(super) properties: Vec<Property>,
}

impl Whom for Messages {
    type Kind = Kind;
    type Written = WrittenRule;
    const TABLE: Table = Table::Gateway;

    fn read(written: WrittenRule) -> Result<Self, RuleError> {
        Ok(Self {
            services: written.service.map(OneOrMore::all),
            senders: written.sender.map(OneOrMore::all),
            to: written.to.map(OneOrMore::all),
            operations: written.operation.map(OneOrMore::all),
            message: written.message,
            property: written.property,
        })
    }

    fn write(&self) -> WrittenRule {
        let more = |names: &Option<Vec<String>>| names.clone().map(OneOrMore::More);
        WrittenRule {
            service: more(&self.services),
            sender: more(&self.senders),
            to: more(&self.to),
            operation: more(&self.operations),
            message: self.message.clone(),
            property: self.property.clone(),
            ..WrittenRule::default()
        }
    }

    fn tells(&self, place: Place) -> bool {
        self.of_answers().is_none() || place == Place::Answer
    }

    fn check(&self, _: &[Fault], places: &[Place]) -> Result<(), RuleError> {
        let mut named = self.operations.iter().flatten();
        let is_none = |name: &&String| !operations().any(|known| known == name.as_str());
        let why = if let Some(key) = self.of_answers()
            && !places.contains(&Place::Answer)
        {
            format!(
                "{key} can never hold of deliveries and questions: say at = \"answer\", with a fault that befalls answers"
            )
        } else if let Some(name) = named.find(is_none) {
            let known: Vec<_> = operations().collect();
            format!("there is no operation {name:?}: {}", known.join(", "))
        } else if let Some(id) = &self.message
            && MessageId::parse(id).is_err()
        {
            format!("message = {id:?} is no message's id: copy it whole, with its braces")
        } else {
            return Ok(());
        };
        Err(RuleError::Whom(why))
    }
}

/// What a request at the gateway's doors can ask for.
fn operations() -> impl Iterator<Item = &'static str> {
    let of = |channel: Channel| channel.operations().iter();
    of(Channel::Sync)
        .chain(of(Channel::Asynchronous))
        .map(|operation| operation.as_str())
}

impl Messages {
    /// What is said that only requests at the door tell.
    const fn of_answers(&self) -> Option<&'static str> {
        match &self.operations {
            Some(_) => Some("operation"),
            None => None,
        }
    }

    /// Whether a rule for these is for that message.
    pub(super) fn has(&self, facts: &Facts) -> bool {
        let one_of = |named: &Option<Vec<String>>, is: Option<&str>| {
            named
                .as_ref()
                .is_none_or(|named| is.is_some_and(|is| named.iter().any(|one| one == is)))
        };
        let is_meant = |id: &String| {
            facts.message.as_ref() == Some(id) || facts.correlation.as_ref() == Some(id)
        };
        let has = |wanted: &WrittenProperty| {
            let mut all = facts.properties.iter();
            all.any(|one| one.key == wanted.key && one.value == wanted.value)
        };
        one_of(&self.services, facts.service.as_deref())
            && one_of(&self.senders, facts.sender.as_deref())
            && one_of(&self.to, facts.to.as_deref())
            && one_of(&self.operations, facts.operation)
            && self.message.as_ref().is_none_or(is_meant)
            && self.property.as_ref().is_none_or(has)
    }
}

#[cfg(test)]
mod tests {
    use qaqpa_mischief::file;

    use super::*;
    use crate::mischief::Rule;

    fn read_file(text: &str) -> Result<Vec<Rule>, file::GrammarError> {
        file::read(text)
    }

    const FILE: &str = r#"seed = 7

[[rule]]
faults = ["try-later"]

[[gateway]]
id = "lost"
faults = ["close", { fault = "delay", ms = 250 }]
at = "answer"
sender = ["integrator-1", "integrator-2"]
property = { key = "trial", value = "3" }
first = 1

[[gateway]]
faults = ["down"]
to = "regional-gateway.taraz"
seed = 9
"#;

    #[test]
    fn a_file_is_read_beside_the_authoritys_rules_and_can_be_written_again() {
        let rules = read_file(FILE).unwrap();
        assert_eq!(rules.len(), 2);
        assert_eq!((rules[0].seed, rules[1].seed), (7, 9));
        assert_eq!(rules[0].places, [Place::Answer]);
        assert_eq!(rules[0].faults[1].to_string(), "delay(ms = 250)");
        assert_eq!(rules[1].id, "rule-2");
        assert_eq!(rules[1].places, [Place::Delivery, Place::Register]);
        for rule in rules {
            let written = serde_json::to_string(&rule.write()).unwrap();
            let again: WrittenRule = serde_json::from_str(&written).unwrap();
            assert_eq!(again.rule(0, "other"), Ok(rule));
        }
    }

    #[test]
    fn what_only_a_request_tells_makes_a_rule_of_answers() {
        let text = "[[gateway]]\nfaults = [\"drop\"]\noperation = \"getMessages\"";
        let rule = read_file(text).unwrap().remove(0);
        assert_eq!(rule.places, [Place::Answer]);
        let property = "property = { key = \"a\", value = \"b\" }";
        let text = format!("[[gateway]]\nfaults = [\"down\"]\n{property}");
        let rule = read_file(&text).unwrap().remove(0);
        assert_eq!(rule.places, [Place::Delivery, Place::Register]);
    }

    #[test]
    fn a_rule_is_for_messages_of_which_all_holds_that_it_says() {
        let whom = |json: &str| Messages::read(serde_json::from_str(json).unwrap()).unwrap();
        let facts = Facts {
            service: Some("s@a".to_owned()),
            to: Some("portal".to_owned()),
            correlation: Some("{1}".to_owned()),
            ..Facts::default()
        };
        for (json, is_for) in [
            ("{}", true),
            (r#"{"service": ["x", "s@a"], "to": "portal"}"#, true),
            (r#"{"service": "s@a", "to": "gateway"}"#, false),
            (r#"{"sender": "portal"}"#, false),
            (r#"{"message": "{1}"}"#, true),
            (r#"{"message": "{2}"}"#, false),
            (r#"{"property": {"key": "a", "value": "b"}}"#, false),
        ] {
            assert_eq!(whom(json).has(&facts), is_for, "{json}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (wrong, told) in [
            (
                "[[gateway]]\nfaults = [\"dorp\"]",
                "line 1: there is no fault \"dorp\"; perhaps \"drop\"?",
            ),
            (
                "[[gateway]]\nfaults = []",
                "line 1: a rule needs at least one fault",
            ),
            (
                "\n[[gateway]]\nfaults = [\"half\"]\nat = \"delivery\"",
                "line 2: half cannot befall delivery",
            ),
            (
                "[[gateway]]\nfaults = [\"half\"]\nat = \"door\"",
                "line 1: there is no place \"door\"",
            ),
            (
                "[[gateway]]\nfaults = [{ fault = \"delay\", ms = 0 }]",
                "line 1: delay: ms = 0 is not in 1..=20000",
            ),
            (
                "[[gateway]]\nfaults = [{ fault = \"drop\", ms = 1 }]",
                "line 1: drop takes no \"ms\"",
            ),
            (
                "[[gateway]]\nfaults = [\"drop\"]\nprobability = 2.0",
                "line 1: probability = 2 can never hold",
            ),
            (
                "[[gateway]]\nfaults = [\"drop\"]\nuntil = \"soon\"",
                "line 1: until = \"soon\" is not a moment",
            ),
            (
                "[[gateway]]\nfaults = [\"drop\"]\nwhom = \"x\"",
                "line 3: unknown field `whom`",
            ),
            (
                "[[gateway]]\nfaults = [\"drop\"]\noperation = \"getMesages\"",
                "line 1: there is no operation \"getMesages\": ",
            ),
            (
                "[[gateway]]\nfaults = [\"drop\"]\noperation = \"getMessages\"\nat = \"delivery\"",
                "line 1: operation can never hold of deliveries and questions: ",
            ),
            (
                "[[gateway]]\nfaults = [\"drop\"]\nmessage = \"no id\"",
                "line 1: message = \"no id\" is no message's id: ",
            ),
            (
                "[[gateway]]\nfaults = [\"drop\"]\nfirst = 5\nafter = 5",
                "line 1: after = 5 with first = 5 can never hold",
            ),
            ("[[gateways]]\n", "line 1: unknown field `gateways`"),
        ] {
            let why = read_file(wrong).unwrap_err().to_string();
            assert!(why.starts_with(told), "{wrong}: {why}");
        }
    }
}
