//! From bytes to the tree: cut here, judged by the builder.

use memchr::{memchr_iter, memchr3};

use crate::builder::Builder;
use crate::declaration;
use crate::error::{Position, XmlError};
use crate::limits::{XmlLimit, XmlLimits};
use crate::tree::{Document, Tree};
use crate::{scan, work};

const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// Reads a whole document, of which the tree keeps a copy.
pub(crate) fn borrowed(bytes: &[u8], limits: &XmlLimits) -> Result<Document, XmlError> {
    refuse_long(bytes, limits)?;
    let text = decode(bytes)?;
    let tree = build(text, limits)?;
    Ok(Document::new(text.to_owned(), tree))
}

/// Reads a whole document, which the tree keeps.
pub(crate) fn owned(bytes: Vec<u8>, limits: &XmlLimits) -> Result<Document, XmlError> {
    refuse_long(&bytes, limits)?;
    refuse_utf_16(&bytes)?;
    let mut source = String::from_utf8(bytes).map_err(|error| not_utf_8(error.utf8_error()))?;
    if without_mark(&source)?.len() < source.len() {
        // Offsets count from after the mark.
        source.drain(..BYTE_ORDER_MARK.len_utf8());
    }
    let tree = build(&source, limits)?;
    Ok(Document::new(source, tree))
}

/// Places in the text are numbered in 32 bits.
fn refuse_long(bytes: &[u8], limits: &XmlLimits) -> Result<(), XmlError> {
    let bytes_max = limits.bytes_max.min(u32::MAX as usize);
    if bytes.len() > bytes_max {
        return Err(XmlError::Limit {
            what: XmlLimit::Bytes,
            max: bytes_max,
        });
    }
    Ok(())
}

/// UTF-8 only, whatever a declaration or an HTTP header says.
fn decode(bytes: &[u8]) -> Result<&str, XmlError> {
    refuse_utf_16(bytes)?;
    without_mark(std::str::from_utf8(bytes).map_err(not_utf_8)?)
}

fn refuse_utf_16(bytes: &[u8]) -> Result<(), XmlError> {
    if bytes.starts_with(&[0xFE, 0xFF]) || bytes.starts_with(&[0xFF, 0xFE]) {
        return Err(XmlError::Encoding {
            found: "the byte order mark of UTF-16".to_owned(),
        });
    }
    Ok(())
}

fn not_utf_8(error: std::str::Utf8Error) -> XmlError {
    XmlError::Encoding {
        found: format!("a wrong sequence at byte {}", error.valid_up_to()),
    }
}

fn without_mark(text: &str) -> Result<&str, XmlError> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.starts_with(BYTE_ORDER_MARK) {
        return Err(XmlError::NotWellFormed {
            at: Position::of(text, 0),
            why: "a second byte order mark",
        });
    }
    Ok(text)
}

/// Cuts the text into markup, references and character data, each of which ends where it ends whatever stands inside.
fn build(source: &str, limits: &XmlLimits) -> Result<Tree, XmlError> {
    let mut builder = Builder::new(source, limits);
    let bytes = source.as_bytes();
    let mut at = 0;
    while let Some(first) = bytes.get(at) {
        let next = match first {
            b'<' => markup(source, at, &mut builder)?,
            b'&' => builder.reference(at..reference_end(source, at)?)?,
            _ => builder.characters(at)?,
        };
        work::done(next - at);
        at = next;
    }
    builder.finish()
}

fn markup(source: &str, start: usize, builder: &mut Builder<'_>) -> Result<usize, XmlError> {
    match source.as_bytes().get(start + 1) {
        Some(b'/') => builder.end_tag(start),
        Some(b'!') => bang(source, start, builder),
        Some(b'?') => question_mark(source, start),
        Some(_) => builder.start_tag(start),
        None => Err(ill_formed(source, start, "a tag that is not closed")),
    }
}

/// `<!`: a comment, a CDATA section or a document type declaration.
fn bang(source: &str, start: usize, builder: &mut Builder<'_>) -> Result<usize, XmlError> {
    let rest = &source.as_bytes()[start..];
    match rest.get(2) {
        Some(b'-') => {
            // Not `<!-->` nor `<!--->`: the shortest comment has seven characters.
            let end = closed_by(rest, b"--")
                .find(|end| *end > "<!--->".len())
                .filter(|_| rest.starts_with(b"<!--"))
                .ok_or_else(|| ill_formed(source, start, "a comment that is not closed"))?;
            builder.comment(start..start + end)
        }
        Some(b'[') => {
            let end = closed_by(rest, b"]]")
                .next()
                .filter(|_| rest.starts_with(b"<![CDATA["))
                .ok_or_else(|| ill_formed(source, start, "a CDATA section that is not closed"))?;
            builder.cdata(start..start + end)
        }
        // Refused before anything in it is looked at.
        Some(b'D' | b'd') => Err(XmlError::Dtd {
            at: Position::of(source, start),
        }),
        _ => Err(ill_formed(source, start, "unknown markup after '<!'")),
    }
}

/// `<?`: the XML declaration at the very beginning, and nothing else.
fn question_mark(source: &str, start: usize) -> Result<usize, XmlError> {
    let rest = &source.as_bytes()[start..];
    let end = closed_by(rest, b"?")
        .next()
        .filter(|end| *end >= "<??>".len())
        .ok_or_else(|| ill_formed(source, start, "a processing instruction that is not closed"))?;
    let is_declaration =
        rest.starts_with(b"<?xml") && (end == "<?xml?>".len() || scan::is_space(rest[5]));
    if start > 0 || !is_declaration {
        return Err(XmlError::ProcessingInstruction {
            at: Position::of(source, start),
        });
    }
    declaration::check(source, &source[..end])?;
    Ok(end)
}

/// Where the places are, after `>`, at which what stands before the `>` ends something.
fn closed_by<'b>(bytes: &'b [u8], before: &'b [u8]) -> impl Iterator<Item = usize> + 'b {
    memchr_iter(b'>', bytes)
        .filter(move |at| bytes[..*at].ends_with(before))
        .map(|at| at + 1)
}

/// Where a reference ends, after its `;`.
fn reference_end(source: &str, start: usize) -> Result<usize, XmlError> {
    let bytes = source.as_bytes();
    match memchr3(b';', b'&', b'<', &bytes[start + 1..]) {
        Some(at) if bytes[start + 1 + at] == b';' => Ok(start + at + 2),
        _ => Err(ill_formed(source, start, "'&' without a reference")),
    }
}

fn ill_formed(source: &str, at: usize, why: &'static str) -> XmlError {
    XmlError::NotWellFormed {
        at: Position::of(source, at),
        why,
    }
}
