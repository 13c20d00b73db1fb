//! Writing XML: deterministic, without pretty printing, always well formed.

use crate::chars::is_char;

/// Escapes character data: `&`, `<`, `>` and CR (which a reader would turn into LF).
///
/// A character that XML cannot carry becomes U+FFFD.
#[must_use]
pub fn escape_text(text: &str) -> String {
    escape(text, of_text)
}

fn of_text(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\r' => Some("&#xD;"),
        c if is_char(c) => None,
        _ => Some("\u{FFFD}"),
    }
}

/// Escapes an attribute value for double quotes; white space other than the space survives as references.
///
/// A character that XML cannot carry becomes U+FFFD.
#[must_use]
pub fn escape_attribute(value: &str) -> String {
    escape(value, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '"' => Some("&quot;"),
        '\t' => Some("&#x9;"),
        '\n' => Some("&#xA;"),
        '\r' => Some("&#xD;"),
        c if is_char(c) => None,
        _ => Some("\u{FFFD}"),
    })
}

/// The text with other words in the place of some characters; what stands between them is copied in one piece.
fn escape(text: &str, instead: impl Fn(char) -> Option<&'static str>) -> String {
    let mut out = String::new();
    escape_into(&mut out, text, instead);
    out
}

/// The same behind what is written: a long text is there once.
fn escape_into(out: &mut String, text: &str, instead: impl Fn(char) -> Option<&'static str>) {
    out.reserve(text.len() + text.len() / 16);
    let mut done = 0;
    let mut at = 0;
    while let Some(plain) = text.as_bytes()[at..]
        .iter()
        .position(|byte| MAY_CHANGE[usize::from(*byte)])
    {
        at += plain;
        // Each byte that may change begins a character.
        let Some(c) = text[at..].chars().next() else {
            break;
        };
        if let Some(word) = instead(c) {
            out.push_str(&text[done..at]);
            out.push_str(word);
            done = at + c.len_utf8();
        }
        at += c.len_utf8();
    }
    out.push_str(&text[done..]);
}

/// First bytes of characters that may have to be written otherwise: markup, controls, and U+F000 to U+FFFF, of which two
/// are none.
const MAY_CHANGE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = matches!(byte, 0..0x20 | b'&' | b'<' | b'>' | b'"' | 0xEF);
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// Writes elements one after the other.
///
/// Names are the program's own and written as given; values and texts may be anybody's and are escaped.
///
/// ```
/// let mut xml = qaqpa_xml::write::Writer::new();
/// xml.start("a").attribute("xmlns", "urn:x").attribute("b", "1 < 2");
/// xml.start("c").text("x & y").end();
/// xml.start("d").end();
/// assert_eq!(
///     xml.finish(),
///     r#"<a xmlns="urn:x" b="1 &lt; 2"><c>x &amp; y</c><d/></a>"#
/// );
/// ```
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
    open: Vec<String>,
    in_tag: bool,
}

impl Writer {
    /// A writer without an XML declaration.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A writer that begins with `<?xml version="1.0" encoding="UTF-8"?>`.
    #[must_use]
    pub fn with_declaration() -> Self {
        Self {
            out: r#"<?xml version="1.0" encoding="UTF-8"?>"#.to_owned(),
            ..Self::default()
        }
    }

    /// Opens an element of that qualified name.
    pub fn start(&mut self, name: &str) -> &mut Self {
        self.close_tag();
        self.out.push('<');
        self.out.push_str(name);
        self.open.push(name.to_owned());
        self.in_tag = true;
        self
    }

    /// Gives the element just opened an attribute (or a namespace declaration); ignored after content.
    pub fn attribute(&mut self, name: &str, value: &str) -> &mut Self {
        debug_assert!(self.in_tag, "attribute {name} after content");
        if self.in_tag {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.out.push_str(&escape_attribute(value));
            self.out.push('"');
        }
        self
    }

    /// Writes character data, escaped.
    pub fn text(&mut self, text: &str) -> &mut Self {
        if !text.is_empty() {
            self.close_tag();
            escape_into(&mut self.out, text, of_text);
        }
        self
    }

    /// Writes markup as it is; the caller answers for it.
    pub fn raw(&mut self, markup: &str) -> &mut Self {
        if !markup.is_empty() {
            self.close_tag();
            self.out.push_str(markup);
        }
        self
    }

    /// Closes the innermost element: `<a/>` if nothing was written into it.
    pub fn end(&mut self) -> &mut Self {
        debug_assert!(!self.open.is_empty(), "end without start");
        if let Some(name) = self.open.pop() {
            if self.in_tag {
                self.out.push_str("/>");
                self.in_tag = false;
            } else {
                self.out.push_str("</");
                self.out.push_str(&name);
                self.out.push('>');
            }
        }
        self
    }

    /// An element with text: `start`, `text`, `end`.
    pub fn leaf(&mut self, name: &str, text: &str) -> &mut Self {
        self.start(name).text(text).end()
    }

    /// Closes what is open and gives the text.
    #[must_use]
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.out
    }

    fn close_tag(&mut self) {
        if self.in_tag {
            self.out.push('>');
            self.in_tag = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, XmlLimits};

    #[test]
    fn what_is_written_reads_back_as_it_was() {
        let value = "a\tb\nc\rd\"e'f<g>h&i ә";
        let mut xml = Writer::with_declaration();
        xml.start("a").attribute("v", value).text(value);
        let text = xml.finish();
        let document = Document::parse(text.as_bytes(), &XmlLimits::default()).unwrap();
        assert_eq!(document.root().attribute(None, "v"), Some(value));
        assert_eq!(document.root().text(), value);
    }

    #[test]
    fn characters_that_xml_cannot_carry_are_replaced() {
        assert_eq!(escape_text("a\u{0}b\u{FFFF}"), "a\u{FFFD}b\u{FFFD}");
        assert_eq!(escape_attribute("\u{8}"), "\u{FFFD}");
    }
}
