//! From bytes to the tree: quick-xml cuts, the builder judges.

use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::Event;

use crate::builder::Builder;
use crate::declaration;
use crate::error::{Position, XmlError};
use crate::limits::{XmlLimit, XmlLimits};
use crate::tree::{Document, Tree};

const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// Reads a whole document.
pub(crate) fn parse(bytes: &[u8], limits: &XmlLimits) -> Result<Document, XmlError> {
    // Nodes are numbered in 32 bits; each takes at least a byte of the text.
    let bytes_max = limits.bytes_max.min(u32::MAX as usize);
    if bytes.len() > bytes_max {
        return Err(XmlError::Limit {
            what: XmlLimit::Bytes,
            max: bytes_max,
        });
    }
    let source: Box<str> = decode(bytes)?.into();
    let tree = build(&source, limits)?;
    Ok(Document { source, tree })
}

/// UTF-8 only, whatever a declaration or an HTTP header says.
fn decode(bytes: &[u8]) -> Result<&str, XmlError> {
    if bytes.starts_with(&[0xFE, 0xFF]) || bytes.starts_with(&[0xFF, 0xFE]) {
        return Err(XmlError::Encoding {
            found: "the byte order mark of UTF-16".to_owned(),
        });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| XmlError::Encoding {
        found: format!("a wrong sequence at byte {}", error.valid_up_to()),
    })?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    // quick-xml would drop a second mark silently, and every offset would be three bytes off.
    if text.starts_with(BYTE_ORDER_MARK) {
        return Err(XmlError::NotWellFormed {
            at: Position::of(text, 0),
            why: "a second byte order mark",
        });
    }
    Ok(text)
}

fn build(source: &str, limits: &XmlLimits) -> Result<Tree, XmlError> {
    let mut builder = Builder::new(source, limits);
    let mut reader = quick_xml::Reader::from_str(source);
    // The builder matches end tags: quick-xml only cuts.
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    loop {
        let start = offset(reader.buffer_position());
        let event = reader.read_event();
        let span = start..offset(reader.buffer_position());
        match event {
            Ok(Event::Text(_)) => builder.characters(span)?,
            Ok(Event::GeneralRef(_)) => builder.reference(span)?,
            Ok(Event::CData(_)) => builder.cdata(span)?,
            Ok(Event::Start(_)) => builder.start(span)?,
            Ok(Event::Empty(_)) => builder.empty(span)?,
            Ok(Event::End(_)) => builder.end(span)?,
            Ok(Event::Comment(_)) => builder.comment(span)?,
            Ok(Event::Decl(_)) if span.start == 0 => declaration::check(source, &source[span])?,
            Ok(Event::Decl(_) | Event::PI(_)) => {
                return Err(XmlError::ProcessingInstruction {
                    at: Position::of(source, span.start),
                });
            }
            Ok(Event::DocType(_)) => return Err(dtd(source, span.start)),
            Ok(Event::Eof) => return builder.finish(),
            Err(error) => {
                let at = offset(reader.error_position());
                return Err(cutting_failed(source, start, at, &error));
            }
        }
    }
}

/// `start` is where the piece begins, `at` where quick-xml gave up.
fn cutting_failed(source: &str, start: usize, at: usize, error: &Error) -> XmlError {
    let rest = source.as_bytes().get(start..).unwrap_or_default();
    // An unfinished or nameless document type declaration is still one.
    if rest
        .get(..3)
        .is_some_and(|s| s.eq_ignore_ascii_case(b"<!d"))
    {
        return dtd(source, start);
    }
    let why = match error {
        Error::IllFormed(IllFormedError::UnclosedReference) => "'&' without a reference",
        Error::Syntax(SyntaxError::InvalidBangMarkup) => "unknown markup after '<!'",
        Error::Syntax(SyntaxError::UnclosedCData) => "a CDATA section that is not closed",
        Error::Syntax(SyntaxError::UnclosedComment) => "a comment that is not closed",
        Error::Syntax(SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl) => {
            "a processing instruction that is not closed"
        }
        Error::Syntax(_) => "a tag that is not closed",
        _ => "markup that cannot be cut",
    };
    XmlError::NotWellFormed {
        at: Position::of(source, at),
        why,
    }
}

fn dtd(source: &str, at: usize) -> XmlError {
    XmlError::Dtd {
        at: Position::of(source, at),
    }
}

/// quick-xml counts in u64; the text is in memory, so the count fits.
fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
