//! Why a text is not XML of the profile that is read here.

use std::fmt;

use thiserror::Error;

use crate::limits::XmlLimit;
use crate::lines;

/// A place in the document, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// The byte in the document (after a byte order mark), from 0.
    pub offset: usize,
}

impl Position {
    /// The position of a byte offset in a text; an offset past the end is the end.
    #[must_use]
    pub fn of(source: &str, offset: usize) -> Self {
        lines::position_of(source, offset)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a document was not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum XmlError {
    /// The document has a document type declaration; refused before anything in it is looked at.
    #[error("a document type declaration (DTD) is refused, at {at}")]
    Dtd {
        /// Where it begins.
        at: Position,
    },
    /// An element has two attributes of the same name, or of the same namespace and local name.
    #[error("attribute {name:?} twice, at {at}")]
    DuplicateAttribute {
        /// Where the second stands.
        at: Position,
        /// Its name as written.
        name: String,
    },
    /// The bytes are not UTF-8, or the document says that they are not.
    #[error("only UTF-8 is read: {found}")]
    Encoding {
        /// What was found instead.
        found: String,
    },
    /// A limit was exceeded.
    #[error("more than {max} {what}")]
    Limit {
        /// Which limit.
        what: XmlLimit,
        /// Its value.
        max: usize,
    },
    /// A prefix is not declared, or a declaration is not allowed.
    #[error("namespaces: {why}, at {at}")]
    Namespace {
        /// Where.
        at: Position,
        /// The rule that was broken.
        why: &'static str,
    },
    /// The text breaks a rule of XML 1.0.
    #[error("not well-formed: {why}, at {at}")]
    NotWellFormed {
        /// Where.
        at: Position,
        /// The rule that was broken.
        why: &'static str,
    },
    /// The document has a processing instruction (or a second XML declaration).
    #[error("a processing instruction is refused, at {at}")]
    ProcessingInstruction {
        /// Where it begins.
        at: Position,
    },
    /// A namespace name is a relative reference: canonicalization is undefined for it (C14N 1.0, §1.3).
    #[error("a relative namespace name {name:?} is refused, at {at}")]
    RelativeNamespace {
        /// Where it is declared.
        at: Position,
        /// The name.
        name: String,
    },
    /// A reference to an entity that is not one of the five that XML predefines.
    #[error("the entity {name:?} is not known, at {at}")]
    UnknownEntity {
        /// Where.
        at: Position,
        /// Its name.
        name: String,
    },
}

/// Why there is not exactly one such child.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{found} children {local:?} where exactly one belongs, in the element at {parent}")]
pub struct OnlyChildError {
    /// The local name that was asked for.
    pub local: String,
    /// How many there are.
    pub found: usize,
    /// Where the parent stands.
    pub parent: Position,
}
