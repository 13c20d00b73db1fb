//! Where an envelope departs from the schema and was read all the same.

use std::fmt;

use qaqpa_xml::{Document, Element};

use crate::namespace::{DSIG, SOAP};
use crate::soap::{WSSE, limited};

/// One departure from the schema that lenient reading accepted.
///
/// Strict reading refuses the envelope and names them all. The text is for the integrator.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Departure {
    /// An element has a value that the contract leaves to the gateway; it was read.
    Assigned {
        /// The element's local name.
        element: &'static str,
    },
    /// An attribute that the schema does not know; it was not read.
    Attribute {
        /// The element's local name.
        element: String,
        /// The attribute's local name.
        attribute: String,
    },
    /// A media type other than that of SOAP 1.1 §6, or none.
    ContentType {
        /// The header's value; empty where there is none.
        found: String,
    },
    /// A date in another form of ISO 8601 than `xs:dateTime`.
    Date {
        /// The element's local name.
        element: &'static str,
    },
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
    /// A text is longer than the schema allows; it was read whole.
    Long {
        /// The element's local name.
        element: &'static str,
        /// The schema's limit in characters.
        max: usize,
    },
    /// An element that the contract asks for is not there.
    Missing {
        /// The element's local name.
        element: &'static str,
    },
    /// Departures beyond the number that is named ([`crate::DEPARTURES_MAX`]).
    More {
        /// How many.
        count: usize,
    },
    /// An element below the wrapper is in a name space where the schema has none, or the wrapper is in another one.
    Namespace {
        /// The element's local name.
        element: String,
        /// The name space that it was found in, at most 200 characters of it.
        namespace: String,
        /// The name space that the schema asks for; `None` below the wrapper.
        expected: Option<&'static str>,
    },
    /// Errors within errors deeper than [`crate::limits::SUB_ERRORS_MAX`]; the deeper ones were not read.
    Nested {
        /// How deep was read.
        max: usize,
    },
    /// An element is `xsi:nil`, which no element of the schema may be; one of text alone is read as empty.
    Nil {
        /// The element's local name.
        element: String,
    },
    /// A date without an offset; read as Kazakhstan's +05:00.
    Offset {
        /// The element's local name.
        element: &'static str,
    },
    /// An element stands after one that the schema puts behind it.
    Order {
        /// The element's local name.
        element: &'static str,
        /// The element that it must stand before.
        before: &'static str,
    },
    /// A key of a property stands more than once; all were read, and the first counts.
    Repeated {
        /// The key.
        key: String,
    },
    /// A value of a closed list is spelled otherwise than the contract spells it.
    Spelling {
        /// The element's local name.
        element: &'static str,
        /// The contract's spelling.
        expected: &'static str,
    },
    /// A `SOAPAction` other than the WSDL's, which is empty and in quotes, or none (SOAP 1.1 §6.1.1).
    SoapAction {
        /// The header's value; empty where there is none.
        found: String,
    },
    /// Text between the elements of an element that holds elements only; it was not read.
    Text {
        /// The local name of the element around the text.
        element: String,
    },
    /// An element that the schema does not know at this place; it was not read.
    Unknown {
        /// The element's local name.
        element: String,
    },
    /// The Header holds no signature: told beside other departures, so that one answer names everything.
    Unsigned,
    /// The signature stands in the Header itself, not in a `wsse:Security` (SOAP Message Security 1.1.1 §5).
    Unwrapped,
}

impl Departure {
    pub(crate) fn attribute(element: &str, attribute: &str) -> Self {
        Self::Attribute {
            element: limited(element, NAME_CHARS_MAX),
            attribute: limited(attribute, NAME_CHARS_MAX),
        }
    }

    pub(crate) fn namespace(
        element: &str,
        namespace: &str,
        expected: Option<&'static str>,
    ) -> Self {
        Self::Namespace {
            element: limited(element, NAME_CHARS_MAX),
            namespace: limited(namespace, NAME_CHARS_MAX),
            expected,
        }
    }

    /// The departure of that `Content-Type`, if it is one.
    #[must_use]
    pub fn of_content_type(found: Option<&str>) -> Option<Self> {
        let found = found.unwrap_or_default();
        let media_type = found.split(';').next().unwrap_or_default().trim();
        (!media_type.eq_ignore_ascii_case("text/xml")).then(|| Self::ContentType {
            found: limited(found, NAME_CHARS_MAX),
        })
    }

    /// The departure of that `SOAPAction`, if it is one.
    #[must_use]
    pub fn of_soap_action(found: Option<&str>) -> Option<Self> {
        let found = found.unwrap_or_default();
        (found.trim() != "\"\"").then(|| Self::SoapAction {
            found: limited(found, NAME_CHARS_MAX),
        })
    }

    /// The departure of the place where the envelope's signature stands, if it is one.
    #[must_use]
    pub fn of_signature(document: &Document) -> Option<Self> {
        let mut headers = document.root().children();
        let Some(header) = headers.find(|child| child.is(SOAP, "Header")) else {
            return Some(Self::Unsigned);
        };
        let is_signature = |element: &Element<'_>| element.is(DSIG, "Signature");
        let mut securities = header.children().filter(|child| child.is(WSSE, "Security"));
        if securities.any(|security| security.children().any(|child| is_signature(&child))) {
            return None;
        }
        let unwrapped = header.children().any(|child| is_signature(&child));
        Some(if unwrapped {
            Self::Unwrapped
        } else {
            Self::Unsigned
        })
    }

    pub(crate) fn nil(element: &str) -> Self {
        Self::Nil {
            element: limited(element, NAME_CHARS_MAX),
        }
    }

    pub(crate) fn text(element: &str) -> Self {
        Self::Text {
            element: limited(element, NAME_CHARS_MAX),
        }
    }

    pub(crate) fn unknown(element: &str) -> Self {
        Self::Unknown {
            element: limited(element, NAME_CHARS_MAX),
        }
    }
}

/// Characters of a peer's name that are repeated to it.
const NAME_CHARS_MAX: usize = 200;

impl fmt::Display for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assigned { element } => write!(
                f,
                "<{element}> has a value: leave it empty here, the gateway assigns it"
            ),
            Self::Attribute { element, attribute } => write!(
                f,
                "the attribute {attribute} of <{element}> is not known here and was not read"
            ),
            Self::ContentType { found } => {
                write!(f, "Content-Type is {found:?}: send text/xml; charset=utf-8")
            }
            Self::Date { element } => write!(
                f,
                "<{element}> is not of the form 2026-11-22T10:00:00+05:00"
            ),
            Self::Empty { element } => {
                write!(f, "<{element}> is empty: leave it out or give it a value")
            }
            Self::Guid { element } => write!(
                f,
                "<{element}> is not a guid of the form {{8-4-4-4-12}} with braces"
            ),
            Self::Long { element, max } => {
                write!(f, "<{element}> is longer than {max} characters")
            }
            Self::Missing { element } => write!(f, "<{element}> is missing"),
            Self::More { count } => write!(f, "and {count} departures more"),
            Self::Namespace {
                element,
                namespace,
                expected: None,
            } => write!(
                f,
                "<{element}> is in the name space {namespace}: below the wrapper nothing is qualified, write xmlns=\"\""
            ),
            Self::Namespace {
                element,
                namespace,
                expected: Some(expected),
            } => write!(
                f,
                "<{element}> is in the name space {namespace:?}: the schema has it in {expected}"
            ),
            Self::Nested { max } => write!(
                f,
                "<subError> stands more than {max} levels deep; the deeper ones were not read"
            ),
            Self::Nil { element } => {
                write!(f, "<{element}> is nil: leave it out or give it a value")
            }
            Self::Offset { element } => {
                write!(f, "<{element}> has no offset: read as +05:00")
            }
            Self::Order { element, before } => {
                write!(f, "<{element}> must stand before <{before}>")
            }
            Self::Repeated { key } => {
                write!(f, "the property {key:?} stands more than once")
            }
            Self::Spelling { element, expected } => {
                write!(f, "the value of <{element}> is spelled {expected}")
            }
            Self::SoapAction { found } => {
                write!(
                    f,
                    "SOAPAction is {found:?}: the WSDL says \"\", two quotes with nothing between them"
                )
            }
            Self::Text { element } => {
                write!(
                    f,
                    "<{element}> has text between its elements; it was not read"
                )
            }
            Self::Unknown { element } => {
                write!(f, "<{element}> is not known here and was not read")
            }
            Self::Unsigned => f.write_str("the Header holds no wsse:Security with a Signature"),
            Self::Unwrapped => f.write_str(
                "the Signature stands in the Header itself: put it into a wsse:Security",
            ),
        }
    }
}
