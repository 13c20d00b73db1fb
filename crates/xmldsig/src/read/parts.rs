//! The children of a structural element, taken in the order of the schema.

use qaqpa_xml::{Element, Node};

use crate::error::SignatureError;

/// Takes the child elements one after the other; nothing may be left over.
pub(crate) struct Parts<'d> {
    parent: Element<'d>,
    rest: std::iter::Peekable<std::vec::IntoIter<Element<'d>>>,
}

impl<'d> Parts<'d> {
    /// The parts of an element that holds elements and white space only.
    pub(crate) fn of(parent: Element<'d>) -> Result<Self, SignatureError> {
        for node in parent.nodes() {
            if let Node::Text(text) = node
                && !text.chars().all(|c| matches!(c, ' ' | '\t' | '\n' | '\r'))
            {
                return Err(SignatureError::malformed(format!(
                    "{} has text inside",
                    parent.name()
                )));
            }
        }
        let children: Vec<_> = parent.children().collect();
        Ok(Self {
            parent,
            rest: children.into_iter().peekable(),
        })
    }

    /// The next child, if it has that name.
    pub(crate) fn optional(&mut self, namespace: &str, local: &str) -> Option<Element<'d>> {
        self.rest.next_if(|child| child.is(namespace, local))
    }

    /// The next child, which must have that name.
    pub(crate) fn required(
        &mut self,
        namespace: &str,
        local: &str,
    ) -> Result<Element<'d>, SignatureError> {
        self.optional(namespace, local).ok_or_else(|| {
            let found = self.rest.peek().map_or("nothing", Element::name);
            SignatureError::malformed(format!(
                "{} has {found} where {local} belongs",
                self.parent.name()
            ))
        })
    }

    /// The next child, whatever it is.
    pub(crate) fn next(&mut self) -> Option<Element<'d>> {
        self.rest.next()
    }

    /// Nothing more may follow.
    pub(crate) fn end(mut self) -> Result<(), SignatureError> {
        match self.rest.next() {
            None => Ok(()),
            Some(child) => Err(SignatureError::malformed(format!(
                "{} has {} where nothing more belongs",
                self.parent.name(),
                child.name()
            ))),
        }
    }
}

/// The `Algorithm` of a method element.
pub(crate) fn algorithm<'d>(element: Element<'d>) -> Result<&'d str, SignatureError> {
    element
        .attribute(None, "Algorithm")
        .ok_or_else(|| SignatureError::malformed(format!("{} without Algorithm", element.name())))
}

/// A method element without parameters: `HMACOutputLength` and its like are refused (CVE-2009-0217).
pub(crate) fn plain_algorithm<'d>(element: Element<'d>) -> Result<&'d str, SignatureError> {
    Parts::of(element)?.end()?;
    algorithm(element)
}
