//! A judge of messages by our own schemas: sequences, occurrences, closed lists, lengths.
//!
//! As much of XML Schema as the channels' types use; a construct that it does not know fails the test.

use std::collections::BTreeMap;

use qaqpa_wire::{Channel, Operation, xsd};
use qaqpa_xml::{Document, Element};

use crate::envelopes::parse;

const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// The schemas of one channel.
pub(crate) struct Schemas(BTreeMap<String, Document>);

impl Schemas {
    pub(crate) fn of(channel: Channel) -> Self {
        let documents = xsd::names(channel).iter().map(|name| {
            let text = xsd::of(channel, name, "https://gateway.test/").unwrap();
            let document = parse(text.as_bytes());
            let space = document.root().attribute(None, "targetNamespace");
            (space.unwrap().to_owned(), document)
        });
        Self(documents.collect())
    }

    /// Whether the payload of an envelope follows the schema of its wrapper; else why not.
    pub(crate) fn judge(&self, operation: Operation, payload: Element<'_>) -> Result<(), String> {
        let space = payload.namespace().unwrap_or_default();
        if space != operation.namespace() {
            return Err(format!("<{}> is in {space:?}", payload.name()));
        }
        let declared = self.0[space]
            .root()
            .children()
            .find(|it| it.name() == "element" && it.attribute(None, "name") == Some(payload.name()))
            .ok_or_else(|| format!("<{}> is not declared", payload.name()))?;
        self.element(declared, payload)
    }

    fn element(&self, declared: Element<'_>, found: Element<'_>) -> Result<(), String> {
        if let Some(name) = declared.attribute(None, "type") {
            let (prefix, local) = name.split_once(':').unwrap();
            let space = declared.namespace_of_prefix(prefix).unwrap();
            if space == XSD {
                return built_in(local, found);
            }
            let named = self.0[space]
                .root()
                .children()
                .find(|it| it.attribute(None, "name") == Some(local) && it.name() != "element")
                .ok_or_else(|| format!("the type {name} is not declared"))?;
            return self.of_type(named, found);
        }
        let inline = declared.children().next().unwrap();
        self.of_type(inline, found)
    }

    fn of_type(&self, declared: Element<'_>, found: Element<'_>) -> Result<(), String> {
        let parts: Vec<_> = declared
            .children()
            .filter(|it| it.name() != "annotation")
            .collect();
        match (declared.name(), parts.as_slice()) {
            ("complexType", [sequence]) => self.sequence(*sequence, found),
            ("simpleType", [restriction]) => simple(*restriction, found),
            other => Err(format!("the judge does not know {other:?}")),
        }
    }

    fn sequence(&self, sequence: Element<'_>, found: Element<'_>) -> Result<(), String> {
        assert!(sequence.is(XSD, "sequence"));
        let mut rest: Vec<_> = found.children().collect();
        rest.reverse();
        for declared in sequence.children() {
            let name = declared.attribute(None, "name").unwrap();
            let least = usize::from(declared.attribute(None, "minOccurs") != Some("0"));
            let most = match declared.attribute(None, "maxOccurs") {
                Some("unbounded") => usize::MAX,
                _ => 1,
            };
            let mut count = 0;
            while count < most {
                let is_it = |next: &mut Element<'_>| next.name() == name;
                let Some(next) = rest.pop_if(is_it) else {
                    break;
                };
                if next.namespace().is_some_and(|space| !space.is_empty()) {
                    return Err(format!("<{name}> is qualified"));
                }
                self.element(declared, next)?;
                count += 1;
            }
            if count < least {
                return Err(format!("<{name}> is missing in <{}>", found.name()));
            }
        }
        match rest.pop() {
            None => Ok(()),
            Some(other) => Err(format!(
                "<{}> is not expected in <{}>",
                other.name(),
                found.name()
            )),
        }
    }
}

fn built_in(local: &str, found: Element<'_>) -> Result<(), String> {
    let text = found.text();
    let good = match local {
        "anyType" => true,
        "string" => found.children().next().is_none(),
        "dateTime" => text.len() == "2026-11-22T10:00:00+05:00".len(),
        "int" => text.parse::<i32>().is_ok(),
        other => panic!("the judge does not know xsd:{other}"),
    };
    good.then_some(())
        .ok_or_else(|| format!("<{}> is no {local}: {text:?}", found.name()))
}

fn simple(restriction: Element<'_>, found: Element<'_>) -> Result<(), String> {
    let text = found.text();
    let values = |name: &'static str| {
        restriction
            .children()
            .filter(move |facet| facet.name() == name)
            .map(|facet| facet.attribute(None, "value").unwrap())
    };
    let known: Vec<_> = values("enumeration").collect();
    let good = (known.is_empty() || known.contains(&text.as_ref()))
        && values("maxLength").all(|max| text.chars().count() <= max.parse().unwrap())
        && values("minLength").all(|min| text.chars().count() >= min.parse().unwrap())
        && values("minInclusive").all(|min| text.parse::<i32>().unwrap() >= min.parse().unwrap())
        && values("pattern").all(|pattern| {
            if let Some(times) = pattern.strip_prefix(r"[0-9a-zA-Z_.:\-\{\}]") {
                let known = |c: char| c.is_ascii_alphanumeric() || "_.:-{}".contains(c);
                let least = usize::from(times == "{1,64}");
                return (least..=64).contains(&text.len()) && text.chars().all(known);
            }
            assert!(pattern.contains(r"\{[0-9a-fA-F]{8}-"), "{pattern}");
            let guid = text.len() == 38 && text.starts_with('{') && text.ends_with('}');
            guid || (text.is_empty() && pattern.ends_with(")?"))
        });
    good.then_some(())
        .ok_or_else(|| format!("<{}> is not of its type: {text:?}", found.name()))
}
