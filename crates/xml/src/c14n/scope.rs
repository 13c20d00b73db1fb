//! Which namespace declarations an element shows.

use crate::c14n::Method;
use crate::element::Element;
use crate::tree::{Document, NamespaceId, PrefixId};
use crate::work;

/// What the ancestors in the output have shown.
///
/// Each element asks about its own prefixes and declarations only; what the elements around it have shown is looked up by
/// the prefix's number.
pub(crate) struct Scope<'d> {
    document: &'d Document,
    /// For each prefix what it means in the output.
    shown: Vec<NamespaceId>,
    /// What the open elements have changed, to be taken back when they end.
    changed: Vec<(PrefixId, NamespaceId)>,
    /// What the element that was entered last shows.
    now: Vec<(PrefixId, NamespaceId)>,
    inclusive: Inclusive,
}

/// Whose declarations are shown wherever they stand.
enum Inclusive {
    All,
    None,
    /// Those of the `PrefixList`: for each prefix whether it is listed.
    Listed(Vec<bool>),
}

impl<'d> Scope<'d> {
    pub(crate) fn new(document: &'d Document, method: &Method) -> Self {
        work::done(prefixes(document));
        Self {
            document,
            shown: vec![NamespaceId::NONE; prefixes(document)],
            changed: Vec::new(),
            now: Vec::new(),
            inclusive: match method {
                Method::Exclusive { inclusive_prefixes }
                | Method::ExclusiveWithComments { inclusive_prefixes } => {
                    Inclusive::listed(document, inclusive_prefixes)
                }
                _ => Inclusive::All,
            },
        }
    }

    /// Enters the apex, where what is declared around it counts too.
    pub(crate) fn enter_apex(&mut self, apex: Element<'d>) {
        self.now.clear();
        self.visibly_used(apex.index());
        if !matches!(self.inclusive, Inclusive::None) {
            let mut met = vec![false; self.shown.len()];
            for ancestor in apex.ancestors_and_self() {
                let tree = &self.document.tree;
                for data in &tree.declarations[tree.declarations_of(ancestor.index())] {
                    work::done(1);
                    // The innermost of each prefix.
                    if !std::mem::replace(&mut met[data.prefix.0 as usize], true)
                        && self.inclusive.has(data.prefix)
                    {
                        self.show(data.prefix, data.namespace);
                    }
                }
            }
        }
        self.sort();
    }

    /// Enters an element, by its place among the elements.
    #[inline]
    pub(crate) fn enter(&mut self, element: u32) {
        self.now.clear();
        self.visibly_used(element);
        if !matches!(self.inclusive, Inclusive::None) {
            let tree = &self.document.tree;
            for data in &tree.declarations[tree.declarations_of(element)] {
                if self.inclusive.has(data.prefix) {
                    self.show(data.prefix, data.namespace);
                }
            }
        }
        if self.now.len() > 1 {
            self.sort();
        }
    }

    /// The declarations that the element entered last shows: prefix (`""` for the default) and name (`""` for none),
    /// sorted by prefix (C14N 1.0, §2.2: the default first).
    pub(crate) fn now(&self) -> impl Iterator<Item = (&'d str, &'d str)> {
        let document = self.document;
        self.now.iter().map(|(prefix, namespace)| {
            (
                document.tree.prefix_text(*prefix, &document.source),
                document.namespace_name(*namespace).unwrap_or_default(),
            )
        })
    }

    pub(crate) fn shows_nothing(&self) -> bool {
        self.now.is_empty()
    }

    /// How much was changed: where [`Scope::leave`] goes back to.
    pub(crate) fn depth(&self) -> usize {
        self.changed.len()
    }

    /// Takes back what the elements that end have shown.
    #[inline]
    pub(crate) fn leave(&mut self, depth: usize) {
        while self.changed.len() > depth {
            if let Some((prefix, before)) = self.changed.pop() {
                self.shown[prefix.0 as usize] = before;
            }
        }
    }

    /// Exclusive C14N, §1.1: the prefixes of the element and of its attributes.
    #[inline]
    fn visibly_used(&mut self, element: u32) {
        if matches!(self.inclusive, Inclusive::All) {
            return;
        }
        let tree = &self.document.tree;
        let data = &tree.elements[element as usize];
        self.show(data.prefix, data.namespace);
        for attribute in &tree.attributes[tree.attributes_of(element)] {
            if attribute.prefix != PrefixId::DEFAULT {
                self.show(attribute.prefix, attribute.namespace);
            }
        }
    }

    /// C14N 1.0, §2.3: what the nearest ancestor in the output shows already is superfluous; so is `xmlns=""` where no
    /// default is shown. The prefix xml is never declared.
    #[inline]
    fn show(&mut self, prefix: PrefixId, namespace: NamespaceId) {
        work::done(1);
        let shown = &mut self.shown[prefix.0 as usize];
        if *shown != namespace && prefix != PrefixId::XML {
            self.changed.push((prefix, *shown));
            *shown = namespace;
            self.now.push((prefix, namespace));
        }
    }

    fn sort(&mut self) {
        let document = self.document;
        self.now.sort_unstable_by_key(|(prefix, _)| {
            let prefix = document.tree.prefix_text(*prefix, &document.source);
            work::done(prefix.len());
            prefix
        });
    }
}

impl Inclusive {
    fn listed(document: &Document, list: &[String]) -> Self {
        if list.is_empty() {
            return Self::None;
        }
        let mut sorted: Vec<&str> = list.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        let is_listed = |prefix: u32| {
            let text = document
                .tree
                .prefix_text(PrefixId(prefix), &document.source);
            let name = if text.is_empty() { "#default" } else { text };
            sorted.binary_search(&name).is_ok() || sorted.binary_search(&text).is_ok()
        };
        Self::Listed((0..).take(prefixes(document)).map(is_listed).collect())
    }

    fn has(&self, prefix: PrefixId) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Listed(listed) => listed[prefix.0 as usize],
        }
    }
}

/// How many prefixes a document has, those included that need no declaration.
fn prefixes(document: &Document) -> usize {
    PrefixId::FIRST as usize + document.tree.prefixes.len()
}
