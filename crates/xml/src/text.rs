//! Character data: references, line ends, and the normalization of attribute values.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

use crate::chars::{is_char, is_ncname};
use crate::error::{Position, XmlError};
use crate::scan;
use crate::tree::{Chars, number};

/// Refuses characters that XML does not allow (XML 1.0, §2.2). Whether there is a CR among them.
pub(crate) fn allowed(source: &str, span: Range<usize>) -> Result<bool, XmlError> {
    let bytes = &source.as_bytes()[..span.end];
    let mut has_cr = false;
    let mut at = span.start;
    loop {
        at = scan::plain_text_end(bytes, at);
        match bytes.get(at) {
            None => return Ok(has_cr),
            Some(b'\r') => has_cr = true,
            Some(b'<' | b'>' | b'&') => {}
            Some(_) if is_allowed_at(bytes, at) => {}
            Some(_) => {
                return Err(XmlError::NotWellFormed {
                    at: Position::of(source, at),
                    why: "a character that XML does not allow",
                });
            }
        }
        at += 1;
    }
}

/// Whether XML allows the character at a place where a run of plain character data ends.
///
/// Of what UTF-8 can hold, only controls (less tab, LF and CR) and U+FFFE and U+FFFF, EF BF BE and EF BF BF, are not allowed.
pub(crate) fn is_allowed_at(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'\t' | b'\n' | b'\r' => true,
        0xEF => !matches!(bytes.get(at + 1..at + 3), Some([0xBF, 0xBE | 0xBF])),
        byte => byte >= b' ',
    }
}

/// Writes character data with its line ends as LF (XML 1.0, §2.11).
pub(crate) fn with_line_ends(raw: &str, out: &mut String) {
    let mut from = 0;
    for cr in memchr_iter(b'\r', raw.as_bytes()) {
        out.push_str(&raw[from..cr]);
        from = cr + 1;
        if raw.as_bytes().get(from) != Some(&b'\n') {
            out.push('\n');
        }
    }
    out.push_str(&raw[from..]);
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
pub(crate) fn attribute_value(
    source: &str,
    span: Range<usize>,
    rewritten: &mut String,
) -> Result<Chars, XmlError> {
    allowed(source, span.clone())?;
    let raw = &source[span.clone()];
    if let Some(at) = memchr(b'<', raw.as_bytes()) {
        return Err(XmlError::NotWellFormed {
            at: Position::of(source, span.start + at),
            why: "'<' in an attribute value",
        });
    }
    let is_rewritten = raw
        .bytes()
        .any(|b| matches!(b, b'&' | b'\t' | b'\n' | b'\r'));
    let place = if is_rewritten {
        let from = rewritten.len();
        normalize(source, span, rewritten)?;
        from..rewritten.len()
    } else {
        span
    };
    let value = if is_rewritten {
        &rewritten.as_bytes()[place.clone()]
    } else {
        &source.as_bytes()[place.clone()]
    };
    Ok(Chars {
        start: number(place.start),
        end: number(place.end),
        is_rewritten,
        is_canonical: scan::escaped_in_value(value, 0) == value.len(),
    })
}

fn normalize(source: &str, span: Range<usize>, out: &mut String) -> Result<(), XmlError> {
    let bytes = &source.as_bytes()[..span.end];
    let mut at = span.start;
    while at < span.end {
        let plain = scan::plain_value_end(bytes, at);
        out.push_str(&source[at..plain]);
        at = plain;
        match bytes.get(at) {
            None => {}
            Some(b'&') => {
                let length = memchr(b';', &bytes[at..]).ok_or_else(|| XmlError::NotWellFormed {
                    at: Position::of(source, at),
                    why: "'&' without a reference",
                })?;
                out.push(reference(source, at + 1..at + length)?);
                at += length + 1;
            }
            Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => at += 1,
            Some(b'\t' | b'\n' | b'\r') => {
                out.push(' ');
                at += 1;
            }
            // A quote of the other kind, or the first byte of a character of three.
            Some(first) => {
                let length = if *first == 0xEF { 3 } else { 1 };
                out.push_str(&source[at..at + length]);
                at += length;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(raw: &str) -> Result<String, XmlError> {
        let mut rewritten = String::new();
        let chars = attribute_value(raw, 0..raw.len(), &mut rewritten)?;
        Ok(chars.of(raw, &rewritten).to_owned())
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
