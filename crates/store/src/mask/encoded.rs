//! Bytes that stand encoded in a text: digests, which may be shown, and what is longer, which may not.

use sha2::{Digest as _, Sha256};

/// The longest digest in hexadecimal: SHA-512.
pub(super) const DIGEST_DIGITS_MAX: usize = 128;

/// The shortest: MD5.
const DIGEST_DIGITS_MIN: usize = 32;

/// The longest base64 that is shown: 88 characters are SHA-512.
const BASE64_SHOWN_MAX: usize = 100;

/// A line of base64 that goes on in the next: RFC 1421 and RFC 2045 write 64 and 76 characters.
const BASE64_LINE_MIN: usize = 60;

/// The bytes, where the whole text is hexadecimal in letters of one case.
pub(super) fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    if is_hex(text) {
        hex::decode(text).ok()
    } else {
        None
    }
}

fn is_hex(text: &str) -> bool {
    let all = |is: fn(&u8) -> bool| text.as_bytes().iter().all(is);
    !text.is_empty()
        && (all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            || all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F')))
}

/// The text as views show it, and whether something encoded is left out of it.
pub(super) fn shown(text: &str) -> (String, bool) {
    let mut shown = String::with_capacity(text.len());
    let mut withheld = false;
    let mut rest = text;
    while let Some(at) = rest.find(is_base64) {
        shown.push_str(&rest[..at]);
        rest = &rest[at..];
        let run = run(rest);
        let (word, after) = rest.split_at(run.bytes);
        if is_hex(word) && word.len() <= DIGEST_DIGITS_MAX {
            shown.push_str(&hex_word(word));
        } else if run.characters > BASE64_SHOWN_MAX && is_encoded(word) {
            withheld = true;
            let digest = hex::encode(Sha256::digest(word));
            shown.push_str(&format!(
                "[{} characters, SHA-256 {digest}]",
                run.characters
            ));
        } else {
            shown.push_str(&short(word));
        }
        rest = after;
    }
    shown.push_str(rest);
    (shown, withheld)
}

/// Whether a long word is no name or path: what is encoded has letters of both cases and digits, or is hexadecimal.
fn is_encoded(word: &str) -> bool {
    let any = |is: fn(&u8) -> bool| word.as_bytes().iter().any(is);
    is_hex(word)
        || any(u8::is_ascii_lowercase) && any(u8::is_ascii_uppercase) && any(u8::is_ascii_digit)
}

/// Encoded characters from the beginning of a text: one word, or lines of base64 that go on.
struct Run {
    bytes: usize,
    /// Without the ends of lines.
    characters: usize,
}

fn run(text: &str) -> Run {
    let word = |text: &str| text.find(|c| !is_base64(c)).unwrap_or(text.len());
    let mut line = word(text);
    let mut run = Run {
        bytes: line,
        characters: line,
    };
    while line >= BASE64_LINE_MIN {
        let rest = &text[run.bytes..];
        let gap = end_of_line(rest);
        line = word(&rest[gap..]);
        if gap == 0 || line == 0 {
            break;
        }
        run.bytes += gap + line;
        run.characters += line;
    }
    run
}

/// How long the end of a line is, with the white space round it; 0 where there is none. As canonical XML writes it, too.
fn end_of_line(text: &str) -> usize {
    let mut length = 0;
    let mut ended = false;
    loop {
        let rest = &text[length..];
        let step = ["&#xD;", "\r", "\n", " ", "\t"]
            .into_iter()
            .find(|end| rest.starts_with(end));
        match step {
            Some(step) => {
                ended |= !matches!(step, " " | "\t");
                length += step.len();
            }
            None => return if ended { length } else { 0 },
        }
    }
}

/// A word that is no longer than a digest: its parts are hexadecimal or have their numbers masked.
fn short(word: &str) -> String {
    let mut shown = String::with_capacity(word.len());
    for part in word.split_inclusive(['+', '/', '=']) {
        let (part, end) = match part.strip_suffix(['+', '/', '=']) {
            Some(bare) => part.split_at(bare.len()),
            None => (part, ""),
        };
        if is_hex(part) {
            shown.push_str(&hex_word(part));
        } else {
            shown.push_str(&digits(part));
        }
        shown.push_str(end);
    }
    shown
}

/// A hexadecimal word of at most the longest digest's length.
fn hex_word(word: &str) -> String {
    let a_digest = word.len() >= DIGEST_DIGITS_MIN
        && word.len().is_multiple_of(2)
        && word.bytes().any(|b| b.is_ascii_alphabetic());
    if a_digest {
        word.to_owned()
    } else {
        digits(word)
    }
}

/// Masks every run of exactly twelve digits.
fn digits(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        masked.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if run.len() == 12 {
            masked.push_str(&run[..2]);
            masked.push_str("********");
            masked.push_str(&run[10..]);
        } else {
            masked.push_str(run);
        }
        rest = after;
    }
    masked.push_str(rest);
    masked
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
}
