//! Which namespace declarations an element shows.

use std::collections::{BTreeMap, HashMap};

use crate::c14n::{Method, Subtree};
use crate::element::Element;

/// What the ancestors in the output have shown, for each prefix the innermost last.
///
/// `""` as a prefix is the default namespace; `""` as a name is "no namespace".
pub(crate) struct Scope<'d, 'm> {
    shown: HashMap<&'d str, Vec<&'d str>>,
    /// The prefixes that each open element showed, to be taken back when it ends.
    open: Vec<Vec<&'d str>>,
    /// `None`: inclusive, every declaration in scope is shown.
    exclusive: Option<&'m [String]>,
}

impl<'d, 'm> Scope<'d, 'm> {
    pub(crate) fn new(method: &'m Method) -> Self {
        Self {
            shown: HashMap::new(),
            open: Vec::new(),
            exclusive: match method {
                Method::Exclusive { inclusive_prefixes }
                | Method::ExclusiveWithComments { inclusive_prefixes } => Some(inclusive_prefixes),
                _ => None,
            },
        }
    }

    /// The declarations that this element shows, sorted by prefix (C14N 1.0, §2.2: the default first).
    pub(crate) fn enter(
        &mut self,
        subtree: &Subtree<'d>,
        element: Element<'d>,
    ) -> BTreeMap<&'d str, &'d str> {
        let mut wanted = BTreeMap::new();
        if element == subtree.apex {
            for (prefix, name) in in_scope(element) {
                if self.is_inclusive(prefix) {
                    wanted.insert(prefix, name);
                }
            }
        } else {
            for (prefix, name) in element.declarations() {
                if self.is_inclusive(prefix) {
                    wanted.insert(prefix, name);
                }
            }
        }
        if self.exclusive.is_some() {
            visibly_used(element, &mut wanted);
        }
        // C14N 1.0, §2.3: what the nearest ancestor in the output shows already is superfluous; so
        // is `xmlns=""` where no default is shown. The prefix xml is never declared.
        wanted.retain(|prefix, name| {
            let before = self.shown.get(prefix).and_then(|names| names.last());
            *prefix != "xml" && before.copied().unwrap_or_default() != *name
        });
        for (prefix, name) in &wanted {
            self.shown.entry(prefix).or_default().push(name);
        }
        self.open.push(wanted.keys().copied().collect());
        wanted
    }

    /// Takes back what the element that ends has shown.
    pub(crate) fn leave(&mut self) {
        for prefix in self.open.pop().unwrap_or_default() {
            if let Some(names) = self.shown.get_mut(prefix) {
                names.pop();
            }
        }
    }

    fn is_inclusive(&self, prefix: &str) -> bool {
        match self.exclusive {
            None => true,
            Some(list) => list
                .iter()
                .any(|listed| listed == prefix || (prefix.is_empty() && listed == "#default")),
        }
    }
}

/// Exclusive C14N, §1.1: the prefixes of the element and of its attributes.
fn visibly_used<'d>(element: Element<'d>, wanted: &mut BTreeMap<&'d str, &'d str>) {
    wanted.insert(
        element.prefix().unwrap_or_default(),
        element.namespace().unwrap_or_default(),
    );
    for attribute in element.attributes() {
        if let (Some(prefix), Some(namespace)) = (attribute.prefix, attribute.namespace) {
            wanted.insert(prefix, namespace);
        }
    }
}

/// Every binding in scope of an element, the innermost of each prefix.
fn in_scope<'d>(element: Element<'d>) -> HashMap<&'d str, &'d str> {
    let mut bindings = HashMap::new();
    for ancestor in element.ancestors_and_self() {
        for (prefix, name) in ancestor.declarations() {
            bindings.entry(prefix).or_insert(name);
        }
    }
    bindings
}
