//! Start tags: name and attributes, as written (XML 1.0, §3.1).

use std::ops::Range;

use crate::chars::{is_ncname, is_space};
use crate::error::{Position, XmlError};
use crate::limits::{XmlLimit, XmlLimits};

/// A start tag cut into its parts; all ranges are of the document's text.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: QName,
    pub(crate) attributes: Vec<RawAttribute>,
}

/// An attribute as written: name and the text between the quotes.
#[derive(Debug)]
pub(crate) struct RawAttribute {
    pub(crate) name: QName,
    pub(crate) value: Range<usize>,
}

/// A qualified name (Namespaces in XML 1.0, production 7).
#[derive(Clone, Debug)]
pub(crate) struct QName {
    pub(crate) prefix: Option<Range<usize>>,
    pub(crate) local: Range<usize>,
}

impl RawAttribute {
    /// The prefix that this attribute declares (an empty range for the default), if it is a declaration.
    pub(crate) fn declared_prefix(&self, source: &str) -> Option<Range<usize>> {
        match self.name.prefix_text(source) {
            Some("xmlns") => Some(self.name.local.clone()),
            None if &source[self.name.local.clone()] == "xmlns" => {
                Some(self.name.local.end..self.name.local.end)
            }
            _ => None,
        }
    }
}

impl QName {
    /// The prefix, if there is one.
    pub(crate) fn prefix_text<'s>(&self, source: &'s str) -> Option<&'s str> {
        self.prefix.as_ref().map(|prefix| &source[prefix.clone()])
    }

    /// The name as written.
    pub(crate) fn whole<'s>(&self, source: &'s str) -> &'s str {
        let start = self.prefix.as_ref().unwrap_or(&self.local).start;
        &source[start..self.local.end]
    }
}

/// Cuts the inside of a start tag: what stands between `<` and `>` or `/>`.
pub(crate) fn cut(source: &str, inside: Range<usize>, limits: &XmlLimits) -> Result<Tag, XmlError> {
    let mut cursor = Cursor {
        source,
        at: inside.start,
        end: inside.end,
    };
    let name = cursor.qname()?;
    let mut attributes: Vec<RawAttribute> = Vec::new();
    loop {
        let spaces = cursor.skip_spaces();
        if cursor.at == cursor.end {
            return Ok(Tag { name, attributes });
        }
        if spaces == 0 {
            return Err(cursor.ill_formed("no white space before an attribute"));
        }
        let attribute = cursor.attribute()?;
        let whole = attribute.name.whole(source);
        if attributes.iter().any(|a| a.name.whole(source) == whole) {
            return Err(XmlError::DuplicateAttribute {
                at: Position::of(source, attribute.name.local.start),
                name: whole.chars().take(80).collect(),
            });
        }
        attributes.push(attribute);
        if attributes.len() > limits.attributes_max {
            return Err(XmlError::Limit {
                what: XmlLimit::Attributes,
                max: limits.attributes_max,
            });
        }
    }
}

/// Cuts the inside of an end tag: a name and optional white space.
pub(crate) fn cut_end(source: &str, inside: Range<usize>) -> &str {
    source[inside].trim_end_matches(is_space)
}

struct Cursor<'s> {
    source: &'s str,
    at: usize,
    end: usize,
}

impl<'s> Cursor<'s> {
    fn rest(&self) -> &'s str {
        &self.source[self.at..self.end]
    }

    fn skip_spaces(&mut self) -> usize {
        let rest = self.rest();
        let length = rest.len() - rest.trim_start_matches(is_space).len();
        self.at += length;
        length
    }

    /// Everything up to white space, `=` or a quote must be a qualified name.
    fn qname(&mut self) -> Result<QName, XmlError> {
        let rest = self.rest();
        let length = rest
            .find(|c: char| is_space(c) || matches!(c, '=' | '"' | '\''))
            .unwrap_or(rest.len());
        let whole = self.at..self.at + length;
        let text = &self.source[whole.clone()];
        let (prefix, local) = match text.find(':') {
            Some(colon) => (
                Some(whole.start..whole.start + colon),
                whole.start + colon + 1..whole.end,
            ),
            None => (None, whole.clone()),
        };
        let is_name = is_ncname(&self.source[local.clone()])
            && prefix
                .as_ref()
                .is_none_or(|prefix| is_ncname(&self.source[prefix.clone()]));
        if !is_name {
            return Err(self.ill_formed("not a name"));
        }
        self.at = whole.end;
        Ok(QName { prefix, local })
    }

    fn attribute(&mut self) -> Result<RawAttribute, XmlError> {
        let name = self.qname()?;
        self.skip_spaces();
        if !self.rest().starts_with('=') {
            return Err(self.ill_formed("an attribute without '='"));
        }
        self.at += 1;
        self.skip_spaces();
        let quote = match self.rest().chars().next() {
            Some(quote @ ('"' | '\'')) => quote,
            _ => return Err(self.ill_formed("an attribute value without quotes")),
        };
        self.at += 1;
        let length = self
            .rest()
            .find(quote)
            .ok_or_else(|| self.ill_formed("an attribute value without its closing quote"))?;
        let value = self.at..self.at + length;
        self.at = value.end + 1;
        Ok(RawAttribute { name, value })
    }

    fn ill_formed(&self, why: &'static str) -> XmlError {
        XmlError::NotWellFormed {
            at: Position::of(self.source, self.at),
            why,
        }
    }
}
