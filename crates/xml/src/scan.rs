//! Finding the next byte that means something, many bytes at a time.

/// A byte that ends a run of plain character data: markup, a reference, `>` (which may end `]]>`, and is escaped when
/// made canonical), CR, a control character, or the first byte of U+F000..U+FFFF (among them U+FFFE and U+FFFF).
const TEXT: u8 = 1;
/// The same for attribute values, where white space is rewritten and quotes end: all control characters, `<`, `&`, `"`, `'`.
const VALUE: u8 = 2;
/// A character that may begin a name, of those in ASCII, less the colon.
const NAME_START: u8 = 4;
/// A character of a name, of those in ASCII, less the colon (production 4a).
const NAME: u8 = 64;
/// White space (XML 1.0, production 3).
const SPACE: u8 = 8;
/// A byte that is escaped in a canonical text node (C14N 1.0, §2.3).
const ESCAPED_TEXT: u8 = 16;
/// A byte that is escaped in a canonical attribute value (C14N 1.0, §2.3).
const ESCAPED_VALUE: u8 = 32;

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        if is_special_in_text(b) {
            classes[byte] |= TEXT;
        }
        if is_special_in_value(b) {
            classes[byte] |= VALUE;
        }
        if is_escaped_in_text(b) {
            classes[byte] |= ESCAPED_TEXT;
        }
        if is_escaped_in_value(b) {
            classes[byte] |= ESCAPED_VALUE;
        }
        if b.is_ascii_alphabetic() || b == b'_' {
            classes[byte] |= NAME_START | NAME;
        }
        if b.is_ascii_digit() || b == b'-' || b == b'.' {
            classes[byte] |= NAME;
        }
        if matches!(b, b' ' | b'\t' | b'\n' | b'\r') {
            classes[byte] |= SPACE;
        }
        byte += 1;
    }
    classes
};

// Without branches, so that a chunk is judged by vector instructions.
const fn is_special_in_text(b: u8) -> bool {
    ((b < b' ') & (b.wrapping_sub(b'\t') > 1)) | (b | 2 == b'>') | (b == b'&') | (b == 0xEF)
}

const fn is_special_in_value(b: u8) -> bool {
    (b < b' ') | (b == b'<') | (b == b'&') | (b == b'"') | (b == b'\'') | (b == 0xEF)
}

const fn is_escaped_in_text(b: u8) -> bool {
    (b | 2 == b'>') | (b == b'&') | (b == b'\r')
}

const fn is_escaped_in_value(b: u8) -> bool {
    (b == b'<') | (b == b'&') | (b == b'"') | (b == b'\t') | (b == b'\n') | (b == b'\r')
}

/// Bytes that are judged at once.
const CHUNK: usize = 16;
/// Bytes that are judged at once where there are many.
const LONG: usize = 64;

/// Where the first byte stands, from `at` on, that is not plain character data; the length if there is none.
pub(crate) fn plain_text_end(bytes: &[u8], at: usize) -> usize {
    next(bytes, at, TEXT, is_special_in_text)
}

/// Where the first byte stands, from `at` on, that is not plain in an attribute value; the length if there is none.
pub(crate) fn plain_value_end(bytes: &[u8], at: usize) -> usize {
    next(bytes, at, VALUE, is_special_in_value)
}

/// Where the first byte stands, from `at` on, that a canonical text node escapes; the length if there is none.
pub(crate) fn escaped_in_text(bytes: &[u8], at: usize) -> usize {
    next(bytes, at, ESCAPED_TEXT, is_escaped_in_text)
}

/// Where the first byte stands, from `at` on, that a canonical attribute value escapes; the length if there is none.
pub(crate) fn escaped_in_value(bytes: &[u8], at: usize) -> usize {
    next(bytes, at, ESCAPED_VALUE, is_escaped_in_value)
}

#[inline(always)]
fn next(bytes: &[u8], at: usize, class: u8, is_special: impl Fn(u8) -> bool + Copy) -> usize {
    let mut at = at;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<CHUNK>) {
        if let Some(found) = first_of_chunk(chunk, is_special) {
            return at + found;
        }
        at += CHUNK;
        // What stands between two tags is short more often than not; what is not may be very long.
        while let Some(long) = bytes.get(at..).and_then(<[u8]>::first_chunk::<LONG>) {
            if any(long, is_special) {
                break;
            }
            at += LONG;
        }
    }
    first(bytes, at, |b| CLASSES[usize::from(b)] & class != 0)
}

/// Where the first byte stands, from `at` on, that is no character of a name in ASCII. Names are short.
#[inline]
pub(crate) fn name_end(bytes: &[u8], at: usize) -> usize {
    first(bytes, at, |b| CLASSES[usize::from(b)] & NAME == 0)
}

/// Whether a name may begin with this byte of ASCII.
pub(crate) fn is_name_start(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & NAME_START != 0
}

/// Whether the byte is white space.
pub(crate) fn is_space(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & SPACE != 0
}

/// Where the first byte stands, from `at` on, that is not white space.
pub(crate) fn space_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|b| !is_space(*b))
        .unwrap_or(rest.len())
}

#[inline(always)]
fn any(chunk: &[u8; LONG], is_special: impl Fn(u8) -> bool) -> bool {
    chunk
        .iter()
        .fold(0, |found, b| found | u8::from(is_special(*b)))
        != 0
}

/// Where the first special byte of a chunk is: all are judged at once, and then counted as one number.
#[inline(always)]
fn first_of_chunk(chunk: &[u8; CHUNK], is_special: impl Fn(u8) -> bool) -> Option<usize> {
    let found = u128::from_le_bytes(chunk.map(
        #[inline(always)]
        |b| u8::from(is_special(b)),
    ));
    (found != 0).then(|| found.trailing_zeros() as usize / 8)
}

#[inline(always)]
fn first(bytes: &[u8], at: usize, is_special: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|b| is_special(*b))
        .unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_special_byte_is_found_at_every_place_and_no_other_byte() {
        for byte in 0..=255_u8 {
            for at in 0..200 {
                let mut bytes = [b'a'; 200];
                bytes[at] = byte;
                let text = match byte {
                    b'\t' | b'\n' => false,
                    0..b' ' | b'<' | b'>' | b'&' | 0xEF => true,
                    _ => false,
                };
                assert_eq!(plain_text_end(&bytes, 0), if text { at } else { 200 });
                let value = matches!(byte, 0..b' ' | b'<' | b'&' | b'"' | b'\'' | 0xEF);
                assert_eq!(plain_value_end(&bytes, 0), if value { at } else { 200 });
                let name = byte < 0x80
                    && byte != b':'
                    && crate::is_ncname(&format!("a{}", char::from(byte)));
                assert_eq!(name_end(&bytes, 0), if name { 200 } else { at });
            }
        }
        assert_eq!(plain_text_end(b"<<", 1), 1);
        assert_eq!(plain_text_end(b"a", 1), 1);
    }
}
