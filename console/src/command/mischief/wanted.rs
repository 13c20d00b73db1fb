//! A rule out of the options of `qaqpa mischief add`: whose it is, and whether it can be one.

use std::collections::BTreeMap;

use qaqpa_gateway::mischief::grammar::{self as of_gateway, Messages, WrittenProperty};
use qaqpa_gateway::mischief::kind::Kind;
use qaqpa_mischief::{Catalogued, Common, OneOrMore, Rule, Whom, Written, WrittenFault};
use qaqpa_pki::mischief::fault::FaultKind;
use qaqpa_pki::mischief::grammar::{self as of_authority, Whose, WrittenHeader};
use serde_json::Value;

use crate::cli::{MischiefAdd, Mischievous};
use crate::exit::Failure;

/// What is to be switched on, at whom.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) of: Mischievous,
    /// As `POST /mischief` takes it.
    pub(super) rule: Value,
}

/// Reads the options.
///
/// # Errors
/// A usage error: a fault that nobody has, an option of another actor's, what can never hold.
pub(super) fn read(options: &MischiefAdd) -> Result<Wanted, Failure> {
    let of = whose(options)?;
    let rule = match of {
        Mischievous::Gateway => {
            refuse(options.whose.is_some(), "--for", "the authority's")?;
            refuse(options.header.is_some(), "--header", "the authority's")?;
            rule::<Messages>(options, of_gateway::WrittenRule::of(options))?
        }
        Mischievous::Nca => {
            for (is_said, option) in [
                (!options.service.is_empty(), "--service"),
                (!options.sender.is_empty(), "--sender"),
                (!options.to.is_empty(), "--to"),
                (!options.operation.is_empty(), "--operation"),
                (options.message.is_some(), "--message"),
                (options.property.is_some(), "--property"),
            ] {
                refuse(is_said, option, "the gateway's")?;
            }
            rule::<Whose>(options, of_authority::WrittenRule::of(options))?
        }
    };
    Ok(Wanted { of, rule })
}

fn refuse(is_said: bool, option: &str, whose: &str) -> Result<(), Failure> {
    if !is_said {
        return Ok(());
    }
    Err(
        Failure::usage(format!("{option} is for faults of {whose} alone"))
            .remedy("leave it out, or say --actor gateway or --actor nca"),
    )
}

/// Who has all of these faults.
fn whose(options: &MischiefAdd) -> Result<Mischievous, Failure> {
    if let Some(actor) = options.whose_faults.actor {
        return Ok(actor);
    }
    let has_all = |has: fn(&str) -> bool| options.faults.iter().all(|fault| has(parts(fault).0));
    if has_all(known::<Kind>) {
        Ok(Mischievous::Gateway)
    } else if has_all(known::<FaultKind>) {
        Ok(Mischievous::Nca)
    } else if has_all(|name| known::<Kind>(name) || known::<FaultKind>(name)) {
        Err(
            Failure::usage("these faults are not of one actor: a rule is one actor's")
                .remedy("`qaqpa mischief catalogue` lists whose they are; add a rule for each"),
        )
    } else {
        Err(unknown(&options.faults))
    }
}

fn known<K: Catalogued>(name: &str) -> bool {
    K::named(name).is_some()
}

fn unknown(faults: &[String]) -> Failure {
    let mut names = faults.iter().map(|fault| parts(fault).0);
    let is_unknown = |name: &&str| !known::<Kind>(name) && !known::<FaultKind>(name);
    let name = names.find(is_unknown).unwrap_or_default();
    let near = qaqpa_mischief::catalogue::nearest::<Kind>(name)
        .or_else(|| qaqpa_mischief::catalogue::nearest::<FaultKind>(name));
    let near = near.map_or_else(String::new, |near| format!("; perhaps {near:?}?"));
    Failure::usage(format!("there is no fault {name:?}{near}"))
        .remedy("`qaqpa mischief catalogue` lists those that there are")
}

/// Name and number.
fn parts(fault: &str) -> (&str, Option<&str>) {
    match fault.split_once('=') {
        None => (fault, None),
        Some((name, number)) => (name, Some(number)),
    }
}

/// Holds the rule against the grammar before it is sent.
fn rule<W: Whom>(options: &MischiefAdd, own: W::Written) -> Result<Value, Failure> {
    let faults = options.faults.iter().map(|fault| written::<W::Kind>(fault));
    let more = (!options.at.is_empty()).then(|| OneOrMore::More(options.at.clone()));
    let written = own.join(Common {
        id: options.id.clone(),
        faults: faults.collect::<Result<_, _>>()?,
        places: more,
        nth: options.nth.clone(),
        first: options.first,
        after: options.after,
        every: options.every,
        probability: options.share,
        until: options.until.clone(),
        times: options.times,
        seed: options.seed,
    });
    Rule::<W>::read(written.clone(), 0, "rule-1").map_err(|error| {
        Failure::usage(error).remedy("`qaqpa mischief add --help` says what a rule can be")
    })?;
    serde_json::to_value(written).map_err(Failure::own)
}

/// The number under the key that the fault has for it.
fn written<K: Catalogued>(fault: &str) -> Result<WrittenFault, Failure> {
    let (name, Some(number)) = parts(fault) else {
        return Ok(WrittenFault::Name(fault.to_owned()));
    };
    let number: u64 = number.parse().map_err(|_| {
        Failure::usage(format!("{fault}: {number:?} is not a number"))
            .remedy("write FAULT=NUMBER: delay=250; the catalogue says which faults take one")
    })?;
    let key = K::named(name).and_then(Catalogued::dial);
    let key = key.map_or("number", |dial| dial.name);
    Ok(WrittenFault::With {
        fault: name.to_owned(),
        dials: BTreeMap::from([(key.to_owned(), number)]),
    })
}

fn some(names: &[String]) -> Option<OneOrMore> {
    (!names.is_empty()).then(|| OneOrMore::More(names.to_vec()))
}

/// An actor's own keys out of the options.
trait Of {
    fn of(options: &MischiefAdd) -> Self;
}

impl Of for of_gateway::WrittenRule {
    fn of(options: &MischiefAdd) -> Self {
        let property = options.property.clone();
        Self {
            service: some(&options.service),
            sender: some(&options.sender),
            to: some(&options.to),
            operation: some(&options.operation),
            message: options.message.clone(),
            property: property.map(|(key, value)| WrittenProperty { key, value }),
            ..Self::default()
        }
    }
}

impl Of for of_authority::WrittenRule {
    fn of(options: &MischiefAdd) -> Self {
        let header = options.header.clone();
        Self {
            whose: options.whose.clone(),
            header: header.map(|(name, value)| WrittenHeader { name, value }),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use serde_json::json;

    use super::*;
    use crate::cli::{Cli, Command, MischiefCommand};
    use crate::exit::Exit;

    fn wanted(arguments: &[&str]) -> Result<(Mischievous, Value), Failure> {
        let line = [&["qaqpa", "mischief", "add"], arguments].concat();
        let Command::Mischief(MischiefCommand::Add(options)) = Cli::parse_from(line).command else {
            panic!("another command");
        };
        read(&options).map(|wanted| (wanted.of, wanted.rule))
    }

    #[test]
    fn a_rule_is_whose_its_faults_are_and_says_what_the_options_say() {
        for (arguments, of, rule) in [
            (
                &["close", "--at", "answer", "--first", "1"][..],
                Mischievous::Gateway,
                json!({"faults": ["close"], "at": ["answer"], "first": 1}),
            ),
            (
                &["delay=250", "duplicate", "--sender", "a", "--sender", "b"],
                Mischievous::Gateway,
                json!({"faults": [{"fault": "delay", "ms": 250}, "duplicate"], "sender": ["a", "b"]}),
            ),
            (
                &["http-status=404", "--actor", "nca", "--at", "crl,delta"],
                Mischievous::Nca,
                json!({"faults": [{"fault": "http-status", "status": 404}], "service": ["crl", "delta"]}),
            ),
            (
                &["try-later", "--for", "citizen-1", "--nth", "1,3"],
                Mischievous::Nca,
                json!({"faults": ["try-later"], "for": "citizen-1", "nth": [1, 3]}),
            ),
            (
                &[
                    "drop",
                    "--property",
                    "trial=3",
                    "--share",
                    "0.5",
                    "--id",
                    "a",
                ],
                Mischievous::Gateway,
                json!({"id": "a", "faults": ["drop"], "property": {"key": "trial", "value": "3"}, "probability": 0.5}),
            ),
        ] {
            assert_eq!(wanted(arguments), Ok((of, rule)), "{arguments:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_rule_is_a_usage_error() {
        for (arguments, told) in [
            (
                &["dorp"][..],
                "there is no fault \"dorp\"; perhaps \"drop\"?",
            ),
            (&["qwerty"], "there is no fault \"qwerty\""),
            (&["delay", "qwerty"], "there is no fault \"qwerty\""),
            (&["close", "try-later"], "these faults are not of one actor"),
            (&["delay=soon"], "delay=soon: \"soon\" is not a number"),
            (&["delay=0"], "delay: ms = 0 is not in 1..=20000"),
            (&["drop=1"], "drop takes no \"number\""),
            (&["drop", "--for", "citizen-1"], "--for is for faults of"),
            (&["try-later", "--to", "portal"], "--to is for faults of"),
            (&["half", "--at", "delivery"], "half cannot befall delivery"),
            (
                &["drop", "--first", "2", "--after", "2"],
                "after = 2 with first = 2 can never hold",
            ),
        ] {
            let failure = wanted(arguments).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage, "{arguments:?}");
            assert!(failure.message.starts_with(told), "{failure}");
        }
    }
}
