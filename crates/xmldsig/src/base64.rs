//! Base64 inside elements: written by us, and read as integrators write it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_xml::Element;

use crate::error::SignatureError;

/// The length of a line in the national profile (RFC 2045, §6.8).
const LINE: usize = 76;

/// Reads the base64 of a leaf element.
///
/// White space is skipped wherever it stands: LF, CRLF, and the CR that `&#13;` leaves. Everything
/// else is strict: no child elements, canonical padding, no stray bits at the end.
pub(crate) fn read(element: Element<'_>) -> Result<Vec<u8>, SignatureError> {
    if element.children().next().is_some() {
        return Err(malformed(element, "has elements inside"));
    }
    let text = element.text();
    let bytes = STANDARD
        .decode(without_white_space(text.as_bytes()))
        .map_err(|_| malformed(element, "is not base64"))?;
    if bytes.is_empty() {
        return Err(malformed(element, "is empty"));
    }
    Ok(bytes)
}

/// Line by line: what stands between is copied at once, and what is on one line not at all.
fn without_white_space(text: &[u8]) -> Cow<'_, [u8]> {
    let is_space = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r');
    // Every byte is looked at without a branch.
    if !text.iter().fold(false, |found, b| found | is_space(b)) {
        return Cow::Borrowed(text);
    }
    let mut joined = Vec::with_capacity(text.len());
    for line in text.split(is_space) {
        joined.extend_from_slice(line);
    }
    Cow::Owned(joined)
}

/// Base64 on one line.
pub(crate) fn one_line(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Base64 in lines of 76 characters, divided by LF, with one before and one after.
pub(crate) fn wrapped(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let mut lines = String::with_capacity(text.len() + text.len() / LINE + 2);
    lines.push('\n');
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE));
        lines.push_str(line);
        lines.push('\n');
        rest = more;
    }
    lines
}

fn malformed(element: Element<'_>, why: &str) -> SignatureError {
    SignatureError::malformed(format!("{} {why}", element.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use qaqpa_xml::{Document, XmlLimits};

    fn read_text(content: &str) -> Result<Vec<u8>, SignatureError> {
        let xml = format!("<V>{content}</V>");
        let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
        read(document.root())
    }

    #[test]
    fn lines_and_character_references_to_cr_are_skipped() {
        for content in [
            "YWJj",
            "\nYW\r\nJj\n",
            "YW&#13;\nJj&#13;\n",
            " Y W\tJj ",
            "<![CDATA[YWJj]]>",
        ] {
            assert_eq!(read_text(content).unwrap(), b"abc", "{content}");
        }
        assert_eq!(read_text(&wrapped(&[7; 200])).unwrap(), [7; 200]);
    }

    #[test]
    fn junk_stray_bits_and_elements_are_refused() {
        for content in ["YWJ", "YWJj=", "YR==YR==", "YX==", "YW-_", "Y\u{a0}WJj"] {
            assert_eq!(
                read_text(content),
                Err(SignatureError::malformed("V is not base64")),
                "{content}"
            );
        }
        assert_eq!(
            read_text("YWJj<x/>"),
            Err(SignatureError::malformed("V has elements inside"))
        );
        assert_eq!(read_text(" "), Err(SignatureError::malformed("V is empty")));
    }
}
