//! Which prefix is bound to which namespace while the tree is built (Namespaces in XML 1.0).

use std::borrow::Cow;
use std::collections::HashMap;

use crate::error::{Position, XmlError};
use crate::tree::{NamespaceId, PrefixId};
use crate::work;
use crate::{XML_NAMESPACE, XMLNS_NAMESPACE};

/// The bindings in scope.
pub(crate) struct Bindings<'s> {
    prefixes: Names<'s>,
    namespaces: Names<'s>,
    /// For each prefix what it is bound to here; `None` if it is not declared.
    bound: Vec<Option<NamespaceId>>,
    /// What the declarations in scope have hidden, the innermost last.
    hidden: Vec<(PrefixId, Option<NamespaceId>)>,
}

impl<'s> Bindings<'s> {
    pub(crate) fn new() -> Self {
        Self {
            prefixes: Names::new("", "xml"),
            namespaces: Names::new("", XML_NAMESPACE),
            bound: vec![Some(NamespaceId::NONE), Some(NamespaceId::XML)],
            hidden: Vec::with_capacity(16),
        }
    }

    /// Whether a prefix or a namespace name was met before, and else its number: the next.
    pub(crate) fn prefix(&mut self, prefix: &'s str) -> (PrefixId, bool) {
        let (number, is_new) = self.prefixes.number(Cow::Borrowed(prefix));
        if is_new {
            self.bound.push(None);
        }
        (PrefixId(number), is_new)
    }

    /// The number of a namespace name that was declared before.
    pub(crate) fn known_namespace(&mut self, name: &str) -> Option<NamespaceId> {
        self.namespaces.find(name).map(NamespaceId)
    }

    /// Gives a namespace name the next number.
    pub(crate) fn new_namespace(&mut self, name: Cow<'s, str>) -> NamespaceId {
        NamespaceId(self.namespaces.number(name).0)
    }

    /// Brings a declaration into scope.
    pub(crate) fn declare(&mut self, prefix: PrefixId, namespace: NamespaceId) {
        let bound = &mut self.bound[prefix.0 as usize];
        self.hidden.push((prefix, bound.replace(namespace)));
    }

    /// How many declarations are in scope: where [`Bindings::leave`] goes back to.
    pub(crate) fn depth(&self) -> usize {
        self.hidden.len()
    }

    /// Takes the innermost declarations out of scope.
    pub(crate) fn leave(&mut self, depth: usize) {
        for (prefix, before) in self.hidden.drain(depth..).rev() {
            self.bound[prefix.0 as usize] = before;
        }
    }

    /// The number of a prefix and its namespace; `None` if it is not declared.
    pub(crate) fn resolve(&mut self, prefix: &str) -> Option<(PrefixId, NamespaceId)> {
        let number = self.prefixes.find(prefix)?;
        let namespace = self.bound[number as usize]?;
        Some((PrefixId(number), namespace))
    }
}

/// Texts, each with a number, which are asked for again and again.
struct Names<'s> {
    known: Vec<Cow<'s, str>>,
    /// All of them, once they are many. Its keys are random: ten thousand chosen names cost no more than others.
    numbers: HashMap<Cow<'s, str>, u32>,
    /// The one that was asked for last.
    last: u32,
}

impl<'s> Names<'s> {
    /// So many are looked through one by one.
    const FEW: usize = 12;

    fn new(zero: &'static str, one: &'static str) -> Self {
        Self {
            known: {
                let mut known = Vec::with_capacity(Self::FEW + 1);
                known.extend([Cow::Borrowed(zero), Cow::Borrowed(one)]);
                known
            },
            numbers: HashMap::new(),
            last: 0,
        }
    }

    fn find(&mut self, name: &str) -> Option<u32> {
        if name.is_empty() {
            return Some(0);
        }
        if self.known[self.last as usize] == name {
            return Some(self.last);
        }
        work::done(name.len() + self.known.len().min(Self::FEW));
        let found = if self.known.len() <= Self::FEW {
            let at = self.known.iter().position(|known| known == name)?;
            crate::tree::number(at)
        } else {
            *self.numbers.get(name)?
        };
        self.last = found;
        Some(found)
    }

    /// The number of a name, and whether it is new.
    fn number(&mut self, name: Cow<'s, str>) -> (u32, bool) {
        if let Some(found) = self.find(&name) {
            return (found, false);
        }
        let number = crate::tree::number(self.known.len());
        self.known.push(name.clone());
        if self.known.len() == Self::FEW + 1 {
            self.numbers = (0..)
                .zip(&self.known)
                .map(|(n, name)| (name.clone(), n))
                .collect();
        } else if self.known.len() > Self::FEW {
            self.numbers.insert(name, number);
        }
        (number, true)
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
    // Namespaces in XML 1.0, §3, constraint "No Prefix Undeclaring".
    if name.is_empty() && !prefix.is_empty() {
        return refuse("a prefix is bound to an empty name");
    }
    Ok(())
}

/// Checks a namespace name that no declaration had before.
pub(crate) fn check_name(source: &str, offset: usize, name: &str) -> Result<(), XmlError> {
    let is_plain =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-'..=b'/' | b':' | b'#' | b'_');
    if !name.bytes().all(is_plain) && !name.chars().all(may_stand_in_an_iri) {
        return Err(XmlError::Namespace {
            at: Position::of(source, offset),
            why: "a namespace name with a character that no URI or IRI has",
        });
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
            assert_eq!(check_name("", 0, name), Ok(()), "{name}");
        }
        for name in ["1", "a", "../x", "#a", "1a:b", ":x", "a/b:c"] {
            assert!(
                matches!(
                    check_name("", 0, name),
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
        ] {
            assert!(
                matches!(
                    check_declaration("", 0, prefix, name),
                    Err(XmlError::Namespace { .. })
                ),
                "{prefix} {name}"
            );
        }
        for name in ["http://a\u{80}", "http://a b"] {
            assert!(matches!(
                check_name("", 0, name),
                Err(XmlError::Namespace { .. })
            ));
        }
        assert_eq!(check_declaration("", 0, "xml", XML_NAMESPACE), Ok(()));
        assert_eq!(check_declaration("", 0, "", ""), Ok(()));
    }

    #[test]
    fn names_keep_their_numbers_when_they_become_many() {
        let mut names = Names::new("", "xml");
        for round in 0..2 {
            for number in 2..40_u32 {
                let name = Cow::Owned(format!("n{number}"));
                assert_eq!(names.number(name), (number, round == 0));
            }
        }
        assert_eq!(names.find("n2"), Some(2));
        assert_eq!(names.find("xml"), Some(1));
        assert_eq!(names.find(""), Some(0));
        assert_eq!(names.find("n40"), None);
    }

    #[test]
    fn what_a_declaration_hides_comes_back() {
        let mut bindings = Bindings::new();
        let (p, _) = bindings.prefix("p");
        let (one, two) = (NamespaceId(2), NamespaceId(3));
        assert_eq!(bindings.resolve("p"), None);
        bindings.declare(p, one);
        let depth = bindings.depth();
        bindings.declare(p, two);
        bindings.declare(PrefixId::DEFAULT, two);
        assert_eq!(bindings.resolve("p"), Some((p, two)));
        bindings.leave(depth);
        assert_eq!(bindings.resolve("p"), Some((p, one)));
        assert_eq!(
            bindings.resolve(""),
            Some((PrefixId::DEFAULT, NamespaceId::NONE))
        );
        assert_eq!(
            bindings.resolve("xml"),
            Some((PrefixId::XML, NamespaceId::XML))
        );
        bindings.leave(0);
        assert_eq!(bindings.resolve("p"), None);
    }
}
