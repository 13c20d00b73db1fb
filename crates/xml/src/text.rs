//! Character data: references, line ends, and the normalization of attribute values.

use std::ops::Range;

use crate::chars::{first_forbidden, is_char, is_ncname};
use crate::error::{Position, XmlError};
use crate::tree::Chunk;

/// Reads character data without markup and references; line ends become LF (XML 1.0, §2.11).
pub(crate) fn characters(source: &str, span: Range<usize>) -> Result<Chunk, XmlError> {
    let raw = &source[span.clone()];
    allowed(source, span.clone())?;
    if raw.contains('\r') {
        Ok(Chunk::Owned(line_ends(raw).into()))
    } else {
        Ok(Chunk::Source(span))
    }
}

/// Refuses characters that XML does not allow (XML 1.0, §2.2).
pub(crate) fn allowed(source: &str, span: Range<usize>) -> Result<(), XmlError> {
    match first_forbidden(&source[span.clone()]) {
        None => Ok(()),
        Some(at) => Err(XmlError::NotWellFormed {
            at: Position::of(source, span.start + at),
            why: "a character that XML does not allow",
        }),
    }
}

/// The character of a reference, `span` being the text between `&` and `;` (XML 1.0, §4.1 and §4.6).
pub(crate) fn reference(source: &str, span: Range<usize>) -> Result<char, XmlError> {
    let name = &source[span.clone()];
    let ill_formed = |why| XmlError::NotWellFormed {
        at: Position::of(source, span.start),
        why,
    };
    let Some(number) = name.strip_prefix('#') else {
        return match name {
            "amp" => Ok('&'),
            "apos" => Ok('\''),
            "gt" => Ok('>'),
            "lt" => Ok('<'),
            "quot" => Ok('"'),
            _ if !is_ncname(name) => Err(ill_formed("'&' without a reference")),
            _ => Err(XmlError::UnknownEntity {
                at: Position::of(source, span.start),
                name: name.chars().take(64).collect(),
            }),
        };
    };
    let (digits, radix) = match number.strip_prefix('x') {
        Some(hexadecimal) => (hexadecimal, 16),
        None => (number, 10),
    };
    // `from_str_radix` alone would take a sign.
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(ill_formed("a character reference without a number"));
    }
    u32::from_str_radix(digits, radix)
        .ok()
        .and_then(char::from_u32)
        .filter(|c| is_char(*c))
        .ok_or_else(|| ill_formed("a reference to a character that XML does not allow"))
}

/// The value of an attribute as an application sees it: references resolved, each white space
/// character a space, a CRLF one space (XML 1.0, §2.11 and §3.3.3, type CDATA).
pub(crate) fn attribute_value(source: &str, span: Range<usize>) -> Result<Chunk, XmlError> {
    let raw = &source[span.clone()];
    allowed(source, span.clone())?;
    if let Some(at) = raw.find('<') {
        return Err(XmlError::NotWellFormed {
            at: Position::of(source, span.start + at),
            why: "'<' in an attribute value",
        });
    }
    if !raw.contains(['&', '\t', '\n', '\r']) {
        return Ok(Chunk::Source(span));
    }
    let mut value = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(c) = raw[at..].chars().next() {
        match c {
            '&' => {
                let length = raw[at..].find(';').ok_or_else(|| XmlError::NotWellFormed {
                    at: Position::of(source, span.start + at),
                    why: "'&' without a reference",
                })?;
                let name = span.start + at + 1..span.start + at + length;
                value.push(reference(source, name)?);
                at += length + 1;
                continue;
            }
            '\r' if raw[at + 1..].starts_with('\n') => {}
            '\t' | '\n' | '\r' => value.push(' '),
            _ => value.push(c),
        }
        at += c.len_utf8();
    }
    Ok(Chunk::Owned(value.into()))
}

/// CRLF and CR become LF.
fn line_ends(raw: &str) -> String {
    raw.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(raw: &str) -> Result<String, XmlError> {
        attribute_value(raw, 0..raw.len()).map(|chunk| chunk.of(raw).to_owned())
    }

    #[test]
    fn attribute_values_are_normalized_as_cdata() {
        assert_eq!(value("a\tb\r\nc\rd&#10;e&#xA;").unwrap(), "a b c d\ne\n");
        assert_eq!(value("&lt;&amp;&quot;&apos;&gt;").unwrap(), "<&\"'>");
    }

    #[test]
    fn references_to_forbidden_characters_and_unknown_entities_are_refused() {
        for raw in [
            "&#0;",
            "&#1;",
            "&#xFFFE;",
            "&#xD800;",
            "&#x110000;",
            "&#+65;",
            "&#;",
            "&#x;",
            "&#99999999999;",
        ] {
            assert!(
                matches!(value(raw), Err(XmlError::NotWellFormed { .. })),
                "{raw}"
            );
        }
        assert!(matches!(
            value("&nbsp;"),
            Err(XmlError::UnknownEntity { name, .. }) if name == "nbsp"
        ));
        assert!(matches!(
            value("a & b"),
            Err(XmlError::NotWellFormed { .. })
        ));
    }
}
