//! Where lines and characters stand, so that a position is told without looking at the whole text for each.
//!
//! A report names many places of one document, which may be a single line of many megabytes.

use memchr::{memchr_iter, memrchr};

use crate::error::Position;
use crate::work;

/// Lines and characters up to each block of a text: one pass over it, and 8 bytes for each [`Lines::BLOCK`].
pub(crate) struct Lines {
    before: Vec<Place>,
}

/// How far some text leads.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Line ends.
    line_ends: u32,
    /// Characters since the last of them.
    characters: u32,
}

impl Lines {
    /// Bytes that are looked at again for one position, at most.
    const BLOCK: usize = 4096;

    pub(crate) fn of(source: &str) -> Self {
        let mut place = Place::default();
        let before = source.as_bytes().chunks(Self::BLOCK).map(|block| {
            let before = place;
            place = place.after(block);
            before
        });
        let mut before: Vec<_> = before.collect();
        // The end of a text that fills its last block begins another.
        before.push(place);
        Self { before }
    }

    /// The position of a byte offset in the text that the lines are of.
    pub(crate) fn position(&self, source: &str, offset: usize) -> Position {
        let offset = boundary(source, offset);
        let block = offset / Self::BLOCK;
        // A character that began in the block before is counted there.
        let rest = &source.as_bytes()[block * Self::BLOCK..offset];
        work::done(rest.len());
        self.before[block].after(rest).position(offset)
    }
}

impl Place {
    /// The place after some more bytes, which may begin and end within a character: its first byte counts for it.
    fn after(self, bytes: &[u8]) -> Self {
        let (line_ends, from, before) = match memrchr(b'\n', bytes) {
            Some(last) => (memchr_iter(b'\n', bytes).count(), last + 1, 0),
            None => (0, 0, self.characters),
        };
        let is_first = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
        let characters = bytes[from..].iter().filter(is_first).count();
        Self {
            line_ends: self.line_ends + crate::tree::number(line_ends),
            characters: before + crate::tree::number(characters),
        }
    }

    const fn position(self, offset: usize) -> Position {
        Position {
            line: self.line_ends as usize + 1,
            column: self.characters as usize + 1,
            offset,
        }
    }
}

/// The position of a byte offset in a text of which no other is asked for: an error ends the reading.
pub(crate) fn position_of(source: &str, offset: usize) -> Position {
    let offset = boundary(source, offset);
    Place::default()
        .after(&source.as_bytes()[..offset])
        .position(offset)
}

/// The beginning of the character that a byte belongs to; an offset past the end is the end.
fn boundary(source: &str, offset: usize) -> usize {
    let mut offset = offset.min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, XmlLimits};

    #[test]
    fn columns_count_characters_and_offsets_count_bytes() {
        let position = position_of("<a>\n<ә/><b/>", 9);
        assert_eq!(
            position,
            Position {
                line: 2,
                column: 5,
                offset: 9
            }
        );
    }

    #[test]
    fn every_position_by_lines_is_the_one_that_counting_from_the_beginning_gives() {
        for text in [
            String::new(),
            "ә\n€\r\n😀x".repeat(900),
            "😀".repeat(2 * Lines::BLOCK / 4),
            "x".repeat(Lines::BLOCK),
            "\n".repeat(Lines::BLOCK + 1),
            format!("{}ә{}", "x".repeat(Lines::BLOCK - 1), "y".repeat(9)),
        ] {
            let lines = Lines::of(&text);
            for offset in 0..text.len() + 2 {
                assert_eq!(
                    lines.position(&text, offset),
                    position_of(&text, offset),
                    "{offset} of {:.20}",
                    text
                );
            }
        }
    }

    /// A report of sixteen signatures of eight references each, in a document of one line.
    #[test]
    fn a_position_looks_at_no_more_than_a_block_however_long_the_line_is() {
        let text = format!("<a>{}<b/></a>", "0123456789".repeat(100_000));
        let document = Document::parse(text.as_bytes(), &XmlLimits::default()).unwrap();
        let innermost = document.elements().last().unwrap();
        work::take();
        for _ in 0..16 * 8 {
            assert_eq!(innermost.position().column, 1_000_004);
        }
        assert!(work::take() <= 16 * 8 * Lines::BLOCK);
    }
}
