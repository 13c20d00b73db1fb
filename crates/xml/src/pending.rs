//! Character data that may go on: references and CDATA sections continue a text node.

use std::ops::Range;

use crate::tree::Chunk;

/// A text node while it grows.
#[derive(Default)]
pub(crate) struct Pending {
    text: Option<Text>,
}

struct Text {
    span: Range<usize>,
    /// The text so far, if it is not one piece of the source.
    rewritten: Option<String>,
}

impl Pending {
    /// Adds a piece that stands at `span` and means `chunk`.
    pub(crate) fn push(&mut self, source: &str, span: Range<usize>, chunk: &Chunk) {
        match &mut self.text {
            None => {
                let rewritten = match chunk {
                    Chunk::Source(text) if *text == span => None,
                    _ => Some(chunk.of(source).to_owned()),
                };
                self.text = Some(Text { span, rewritten });
            }
            Some(text) => {
                text.rewritten
                    .get_or_insert_with(|| source[text.span.clone()].to_owned())
                    .push_str(chunk.of(source));
                text.span.end = span.end;
            }
        }
    }

    /// Ends the text node; an empty CDATA section alone makes none.
    pub(crate) fn take(&mut self, source: &str) -> Option<(Range<usize>, Chunk)> {
        let text = self.text.take()?;
        let chunk = match text.rewritten {
            None => Chunk::Source(text.span.clone()),
            Some(rewritten) => Chunk::Owned(rewritten.into()),
        };
        (!chunk.of(source).is_empty()).then_some((text.span, chunk))
    }
}
