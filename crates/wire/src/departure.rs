//! Where an envelope departs from the schema and was read all the same.

use std::fmt;

/// One departure from the schema that lenient reading accepted.
///
/// Strict reading refuses the envelope and names them all. The text is for the integrator.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Departure {
    /// An optional element is present and empty; the schema's types do not allow that.
    Empty {
        /// The element's local name.
        element: &'static str,
    },
    /// A guid without braces, or a token that is no guid at all.
    Guid {
        /// The element's local name.
        element: &'static str,
    },
    /// An element below the wrapper is in a name space; the schema has none there.
    Namespace {
        /// The element's local name.
        element: String,
        /// The name space that it was found in.
        namespace: String,
    },
    /// A date without an offset; read as Kazakhstan's +05:00.
    Offset {
        /// The element's local name.
        element: &'static str,
    },
    /// An element that the schema does not know at this place; it was not read.
    Unknown {
        /// The element's local name.
        element: String,
    },
}

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { element } => {
                write!(f, "<{element}> is empty: leave it out or give it a value")
            }
            Self::Guid { element } => write!(
                f,
                "<{element}> is not a guid of the form {{8-4-4-4-12}} with braces"
            ),
            Self::Namespace { element, namespace } => write!(
                f,
                "<{element}> is in the name space {namespace}: below the wrapper nothing is qualified, write xmlns=\"\""
            ),
            Self::Offset { element } => {
                write!(f, "<{element}> has no offset: read as +05:00")
            }
            Self::Unknown { element } => {
                write!(f, "<{element}> is not known here and was not read")
            }
        }
    }
}
