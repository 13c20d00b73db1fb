//! Tags: name and attributes, as written (XML 1.0, §3.1).

use std::collections::HashSet;
use std::ops::Range;

use memchr::{memchr, memchr3_iter};

use crate::chars::is_ncname;
use crate::error::{Position, XmlError};
use crate::limits::{XmlLimit, XmlLimits};
use crate::{scan, work};

/// A start tag, cut; its attributes are in the caller's list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag {
    pub(crate) name: QName,
    /// After `>`.
    pub(crate) end: usize,
    /// Whether it is `<a/>`.
    pub(crate) is_empty: bool,
}

/// An attribute as written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawAttribute {
    pub(crate) name: QName,
    /// What stands between the quotes.
    pub(crate) value_start: usize,
    pub(crate) value_end: usize,
    /// Whether the value has nothing that is checked or rewritten: no reference, no `<`, no white space but spaces, no
    /// character that XML may not allow.
    pub(crate) is_plain: bool,
    /// Whether it has a double quote, which single quotes allow.
    pub(crate) has_double_quote: bool,
}

/// A qualified name (Namespaces in XML 1.0, production 7), as places in the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QName {
    pub(crate) start: usize,
    /// Where the local name begins: after the colon, or at `start`.
    pub(crate) local: usize,
    pub(crate) end: usize,
}

impl RawAttribute {
    /// The prefix that this attribute declares (`""` for the default), if it is a declaration.
    #[inline]
    pub(crate) fn declared<'s>(&self, source: &'s str) -> Option<&'s str> {
        // Few names begin as declarations do.
        let name = &source.as_bytes()[self.name.start..self.name.end];
        if !name.starts_with(b"xmlns") {
            return None;
        }
        match name.get(b"xmlns".len()) {
            None => Some(""),
            Some(b':') => Some(self.name.local(source)),
            Some(_) => None,
        }
    }

    pub(crate) const fn value(&self) -> Range<usize> {
        self.value_start..self.value_end
    }
}

impl QName {
    pub(crate) fn prefix<'s>(&self, source: &'s str) -> Option<&'s str> {
        (self.local > self.start).then(|| &source[self.start..self.local - 1])
    }

    pub(crate) fn local<'s>(&self, source: &'s str) -> &'s str {
        &source[self.local..self.end]
    }

    pub(crate) fn whole<'s>(&self, source: &'s str) -> &'s str {
        &source[self.start..self.end]
    }

    /// The same as bytes: nothing is looked for at its ends.
    #[inline]
    pub(crate) fn bytes<'s>(&self, bytes: &'s [u8]) -> &'s [u8] {
        &bytes[self.start..self.end]
    }
}

/// Cuts a start tag that begins at `start`, with `<`. Its attributes go into `attributes`, which is emptied before.
///
/// Where the end of the text comes too early, the error may be any: the caller asks [`end`] first.
pub(crate) fn cut(
    source: &str,
    start: usize,
    limits: &XmlLimits,
    attributes: &mut Vec<RawAttribute>,
) -> Result<Tag, XmlError> {
    let mut cursor = Cursor {
        source,
        bytes: source.as_bytes(),
        at: start + 1,
    };
    let mut names = Names::default();
    attributes.clear();
    let name = cursor.qname()?;
    loop {
        let before = cursor.at;
        if cursor.bytes.get(before) != Some(&b'>') {
            cursor.at = scan::space_end(cursor.bytes, before);
        }
        let closed = match cursor.bytes.get(cursor.at) {
            Some(b'>') => Some((cursor.at + 1, false)),
            Some(b'/') if cursor.bytes.get(cursor.at + 1) == Some(&b'>') => {
                Some((cursor.at + 2, true))
            }
            _ => None,
        };
        if let Some((end, is_empty)) = closed {
            return Ok(Tag {
                name,
                end,
                is_empty,
            });
        }
        if cursor.at == before {
            return Err(cursor.ill_formed("no white space before an attribute"));
        }
        let attribute = cursor.attribute()?;
        if names.has(cursor.bytes, attributes, &attribute) {
            let whole = attribute.name.whole(source);
            return Err(XmlError::DuplicateAttribute {
                at: Position::of(source, attribute.name.local),
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

/// Where a tag that begins at `start` ends, after its `>`: the first outside quotes. `None` if it does not.
pub(crate) fn end(source: &str, start: usize) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut quote = None;
    for at in memchr3_iter(b'>', b'"', b'\'', &bytes[start..]) {
        match (quote, bytes[start + at]) {
            (None, b'>') => return Some(start + at + 1),
            (None, opened) => quote = Some(opened),
            (Some(opened), found) if opened == found => quote = None,
            (Some(_), _) => {}
        }
    }
    None
}

/// The names of one tag's attributes, so that each stands once.
#[derive(Default)]
struct Names<'s> {
    /// All of them, once they are many.
    seen: Option<HashSet<&'s [u8]>>,
}

impl<'s> Names<'s> {
    /// So many are compared one by one.
    const FEW: usize = 12;

    /// Whether the name is among those before it.
    #[inline]
    fn has(&mut self, bytes: &'s [u8], before: &[RawAttribute], this: &RawAttribute) -> bool {
        let name = this.name.bytes(bytes);
        work::done(name.len() + before.len().min(Self::FEW));
        if before.len() < Self::FEW {
            return before.iter().any(|a| a.name.bytes(bytes) == name);
        }
        let all = || before.iter().map(|a| a.name.bytes(bytes)).collect();
        !self.seen.get_or_insert_with(all).insert(name)
    }
}

struct Cursor<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
}

impl Cursor<'_> {
    /// Everything up to white space, `=`, a quote or the end of the tag must be a qualified name.
    fn qname(&mut self) -> Result<QName, XmlError> {
        let start = self.at;
        let end = scan::name_end(self.bytes, start);
        let name = match self.bytes.get(end) {
            // A prefix in ASCII, and a local name in ASCII.
            Some(b':') => QName {
                start,
                local: end + 1,
                end: scan::name_end(self.bytes, end + 1),
            },
            _ => QName {
                start,
                local: start,
                end,
            },
        };
        let begins = |at: usize| self.bytes.get(at).is_some_and(|b| scan::is_name_start(*b));
        if begins(start) && begins(name.local) && self.is_after_name(name.end) {
            self.at = name.end;
            return Ok(name);
        }
        self.any_qname()
    }

    /// The same for names beyond ASCII.
    fn any_qname(&mut self) -> Result<QName, XmlError> {
        let start = self.at;
        let mut end = start;
        loop {
            let ascii = scan::name_end(self.bytes, end);
            if ascii > end {
                end = ascii;
            } else if self
                .bytes
                .get(end)
                .is_some_and(|b| *b >= 0x80 || *b == b':')
            {
                end += 1;
            } else {
                break;
            }
        }
        let whole = &self.source[start..end];
        let local = whole.find(':').map_or(start, |colon| start + colon + 1);
        let name = QName { start, local, end };
        let is_name = is_ncname(name.local(self.source))
            && name.prefix(self.source).is_none_or(is_ncname)
            && self.is_after_name(end);
        if !is_name {
            return Err(self.ill_formed("not a name"));
        }
        self.at = end;
        Ok(name)
    }

    /// Whether a name may end there.
    fn is_after_name(&self, at: usize) -> bool {
        match self.bytes.get(at) {
            Some(b'=' | b'"' | b'\'' | b'>') => true,
            Some(b'/') => self.bytes.get(at + 1) == Some(&b'>'),
            Some(byte) => scan::is_space(*byte),
            None => false,
        }
    }

    fn attribute(&mut self) -> Result<RawAttribute, XmlError> {
        let name = self.qname()?;
        self.at = scan::space_end(self.bytes, self.at);
        if self.bytes.get(self.at) != Some(&b'=') {
            return Err(self.ill_formed("an attribute without '='"));
        }
        self.at = scan::space_end(self.bytes, self.at + 1);
        let quote = match self.bytes.get(self.at) {
            Some(quote @ (b'"' | b'\'')) => *quote,
            _ => return Err(self.ill_formed("an attribute value without quotes")),
        };
        let value_start = self.at + 1;
        let mut is_plain = true;
        let mut has_double_quote = false;
        let mut at = value_start;
        loop {
            at = scan::plain_value_end(self.bytes, at);
            match self.bytes.get(at) {
                Some(found) if *found == quote => break,
                Some(b'"') => has_double_quote = true,
                Some(b'\'') => {}
                Some(_) => {
                    is_plain = false;
                    at += memchr(quote, &self.bytes[at..]).ok_or_else(|| self.unclosed())?;
                    break;
                }
                None => return Err(self.unclosed()),
            }
            at += 1;
        }
        self.at = at + 1;
        Ok(RawAttribute {
            name,
            value_start,
            value_end: at,
            is_plain,
            has_double_quote,
        })
    }

    fn unclosed(&self) -> XmlError {
        self.ill_formed("an attribute value without its closing quote")
    }

    fn ill_formed(&self, why: &'static str) -> XmlError {
        XmlError::NotWellFormed {
            at: Position::of(self.source, self.at),
            why,
        }
    }
}
