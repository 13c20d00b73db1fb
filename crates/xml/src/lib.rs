//! The one XML reader of the house: bounded, strict, with byte spans; canonicalization; writing.
//!
//! Floor 0. Every byte is looked at once: what cuts the text into markup and character data checks at the
//! same time what makes XML well formed (names, characters, references, attributes, namespaces,
//! nesting). quick-xml, which leaves that to its user, and roxmltree are judges in the tests. Verifier and
//! consumer of a signed document read the same [`Document`]: there is no second view of the bytes that could differ.
//!
//! Left to right: [`Document::parse`] (`parse` and `builder`, with `scan`, `declaration`, `tag`, `text`, `pending`,
//! `namespaces`, `chars`) builds the tree of `tree`; [`Element`] reads it; [`c14n`] turns a part of it into the
//! octets that are signed; [`mod@write`] makes XML anew.
//!
//! Refused though XML 1.0 allows it: document type declarations, processing instructions,
//! encodings other than UTF-8, XML 1.1, relative namespace names.

mod builder;
pub mod c14n;
mod chars;
mod declaration;
mod element;
mod error;
mod limits;
mod lines;
mod namespaces;
mod parse;
mod pending;
mod scan;
mod tag;
mod text;
mod tree;
mod work;
pub mod write;

pub use chars::is_ncname;
pub use element::{Attribute, Element, Node};
pub use error::{OnlyChildError, Position, XmlError};
pub use limits::{XmlLimit, XmlLimits};
pub use tree::{Document, NodeId};

/// The namespace that the prefix `xml` is always bound to (Namespaces in XML 1.0, §3).
pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace of namespace declarations: the prefix `xmlns` (Namespaces in XML 1.0, §3).
pub const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";
