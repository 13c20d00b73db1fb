//! Character data that may go on: references and CDATA sections continue a text node.

use std::ops::Range;

use crate::tree::Chars;

/// A text node while it grows.
#[derive(Default)]
pub(crate) struct Pending {
    text: Option<Text>,
}

struct Text {
    /// Its bytes in the source.
    span: Range<usize>,
    value: Value,
    is_canonical: bool,
}

enum Value {
    /// One piece of the source.
    Source(Range<usize>),
    /// From there to the end of the rewritten text.
    Rewritten(usize),
}

impl Pending {
    /// Whether no text node is growing.
    pub(crate) const fn is_empty(&self) -> bool {
        self.text.is_none()
    }

    /// Adds a piece that stands at `span` and means the characters at `value`, both in the source.
    ///
    /// `is_canonical`: the bytes at `span` are the canonical form of these characters.
    pub(crate) fn push(
        &mut self,
        source: &str,
        rewritten: &mut String,
        span: Range<usize>,
        value: Range<usize>,
        is_canonical: bool,
    ) {
        match &mut self.text {
            None => {
                self.text = Some(Text {
                    span,
                    value: Value::Source(value),
                    is_canonical,
                });
            }
            Some(_) => self
                .rewriting(source, rewritten, span, is_canonical)
                .push_str(&source[value]),
        }
    }

    /// Adds a piece that stands at `span` in the source and means something else: what the caller writes.
    pub(crate) fn rewriting<'r>(
        &mut self,
        source: &str,
        rewritten: &'r mut String,
        span: Range<usize>,
        is_canonical: bool,
    ) -> &'r mut String {
        match &mut self.text {
            None => {
                self.text = Some(Text {
                    span,
                    value: Value::Rewritten(rewritten.len()),
                    is_canonical,
                });
            }
            Some(text) => {
                text.span.end = span.end;
                text.is_canonical &= is_canonical;
                if let Value::Source(value) = &text.value {
                    let from = rewritten.len();
                    rewritten.push_str(&source[value.clone()]);
                    text.value = Value::Rewritten(from);
                }
            }
        }
        rewritten
    }

    /// Ends the text node: its bytes in the source, and its characters. Empty CDATA sections alone make none.
    pub(crate) fn take(&mut self, rewritten: &str) -> Option<(Range<usize>, Chars)> {
        let text = self.text.take()?;
        let (place, is_rewritten) = match text.value {
            Value::Source(place) => (place, false),
            Value::Rewritten(from) => (from..rewritten.len(), true),
        };
        let chars = Chars {
            start: crate::tree::number(place.start),
            end: crate::tree::number(place.end),
            is_rewritten,
            is_canonical: text.is_canonical,
        };
        (!place.is_empty()).then_some((text.span, chars))
    }
}
