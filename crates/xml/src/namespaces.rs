//! Which prefix is bound to which namespace while the tree is built (Namespaces in XML 1.0).

use std::collections::HashMap;

use crate::error::{Position, XmlError};
use crate::tree::Namespace;
use crate::{XML_NAMESPACE, XMLNS_NAMESPACE};

/// The bindings in scope: for each prefix (`""` is the default) the declarations, innermost last.
///
/// A hash map with random keys: ten thousand chosen prefixes cost no more than ten thousand others.
#[derive(Default)]
pub(crate) struct Bindings<'s> {
    stacks: HashMap<&'s str, Vec<Namespace>>,
}

impl<'s> Bindings<'s> {
    /// Brings a declaration into scope.
    pub(crate) fn push(&mut self, prefix: &'s str, namespace: Namespace) {
        self.stacks.entry(prefix).or_default().push(namespace);
    }

    /// Takes the innermost declaration of a prefix out of scope.
    pub(crate) fn pop(&mut self, prefix: &str) {
        if let Some(stack) = self.stacks.get_mut(prefix) {
            stack.pop();
        }
    }

    /// The namespace of a prefix; `None` if it is not declared.
    pub(crate) fn resolve(&self, prefix: &str) -> Option<Namespace> {
        if prefix == "xml" {
            return Some(Namespace::Xml);
        }
        match self.stacks.get(prefix).and_then(|stack| stack.last()) {
            Some(namespace) => Some(*namespace),
            None if prefix.is_empty() => Some(Namespace::None),
            None => None,
        }
    }
}

/// Checks that a prefix (`""` is the default) may be bound to this namespace name.
pub(crate) fn check_declaration(
    source: &str,
    offset: usize,
    prefix: &str,
    name: &str,
) -> Result<(), XmlError> {
    let refuse = |why| {
        Err(XmlError::Namespace {
            at: Position::of(source, offset),
            why,
        })
    };
    // Namespaces in XML 1.0, §3, constraint "Reserved Prefixes and Namespace Names".
    if prefix == "xmlns" {
        return refuse("the prefix xmlns is declared");
    }
    if (prefix == "xml") != (name == XML_NAMESPACE) {
        return refuse("the prefix xml and its namespace belong to each other only");
    }
    if name == XMLNS_NAMESPACE {
        return refuse("the namespace of xmlns is declared");
    }
    if name.is_empty() {
        return if prefix.is_empty() {
            Ok(())
        } else {
            // Namespaces in XML 1.0, §3, constraint "No Prefix Undeclaring".
            refuse("a prefix is bound to an empty name")
        };
    }
    if !name.chars().all(may_stand_in_an_iri) {
        return refuse("a namespace name with a character that no URI or IRI has");
    }
    if !has_scheme(name) {
        return Err(XmlError::RelativeNamespace {
            at: Position::of(source, offset),
            name: name.chars().take(80).collect(),
        });
    }
    Ok(())
}

/// RFC 3987, §2.2: white space, controls (C1 too) and these delimiters stand in no IRI. Parsers
/// disagree about such names, and documents that parsers disagree about have forged signatures
/// (CVE-2025-66567).
fn may_stand_in_an_iri(c: char) -> bool {
    !(c.is_control()
        || c.is_whitespace()
        || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`'))
}

/// RFC 3986, §3.1: `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) ":"`.
fn has_scheme(name: &str) -> bool {
    name.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_names_are_refused_and_absolute_ones_pass() {
        for name in ["http://a", "urn:x:1", "a+b.c-d:x", "http://өзен.kz/x"] {
            assert_eq!(check_declaration("", 0, "p", name), Ok(()), "{name}");
        }
        for name in ["1", "a", "../x", "#a", "1a:b", ":x", "a/b:c"] {
            assert!(
                matches!(
                    check_declaration("", 0, "p", name),
                    Err(XmlError::RelativeNamespace { .. })
                ),
                "{name}"
            );
        }
    }

    #[test]
    fn reserved_prefixes_and_undeclared_prefixes_are_refused() {
        for (prefix, name) in [
            ("xmlns", "urn:a"),
            ("xml", "urn:a"),
            ("p", XML_NAMESPACE),
            ("", XMLNS_NAMESPACE),
            ("p", ""),
            ("p", "http://a\u{80}"),
            ("p", "http://a b"),
        ] {
            assert!(
                matches!(
                    check_declaration("", 0, prefix, name),
                    Err(XmlError::Namespace { .. })
                ),
                "{prefix} {name}"
            );
        }
        assert_eq!(check_declaration("", 0, "xml", XML_NAMESPACE), Ok(()));
        assert_eq!(check_declaration("", 0, "", ""), Ok(()));
    }
}
