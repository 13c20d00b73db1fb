//! The document as bytes: encoding, byte order mark, declaration, document type, line ends, single bytes.

use super::OfBytes;
use crate::rng::Rng;

pub(super) const ALL: &[(&str, OfBytes)] = &[
    ("byte order mark", mark),
    ("UTF-16", utf_16),
    ("declaration changed", declaration),
    ("document type", document_type),
    ("line ends of all", line_ends),
    ("byte changed", byte_changed),
    ("byte put in", byte_put_in),
    ("bytes left out", bytes_left_out),
    ("bytes repeated", bytes_repeated),
    ("character in another form", another_form),
    ("something after the end", after_the_end),
    ("something before the start", before_the_start),
];

fn mark(bytes: &mut Vec<u8>, rng: &mut Rng) -> bool {
    let mark: &[u8] = rng.pick(&[
        b"\xef\xbb\xbf".as_slice(),
        b"\xef\xbb\xbf\xef\xbb\xbf",
        b"\xfe\xff",
        b"\xff\xfe",
    ]);
    bytes.splice(0..0, mark.iter().copied());
    true
}

fn utf_16(bytes: &mut Vec<u8>, rng: &mut Rng) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let text = text.replace("encoding=\"UTF-8\"", "encoding=\"UTF-16\"");
    let big = rng.once_in(2);
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    *bytes = units
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect();
    true
}

fn start_of_root(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at + 1 < bytes.len() {
        if bytes[at] == b'<' && !matches!(bytes[at + 1], b'?' | b'!') {
            return at;
        }
        at += 1;
    }
    0
}

fn declaration(bytes: &mut Vec<u8>, rng: &mut Rng) -> bool {
    let new: &str = rng.pick(&[
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>",
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
        "<?xml version=\"1.0\" encoding=\"windows-1251\"?>",
        "<?xml version=\"1.0\" encoding=\"US-ASCII\"?>",
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
        "<?xml version=\"1.1\"?>",
        "<?xml version=\"1.1\" encoding=\"UTF-8\"?>",
        "<?xml version=\"1.5\"?>",
        "<?xml encoding=\"UTF-8\"?>",
        "<?xml version=\"1.0\" standalone=\"no\" ?>",
        "<?XML version=\"1.0\"?>",
        "",
    ]);
    if !bytes.starts_with(b"<?xml") {
        bytes.splice(0..0, new.bytes());
        return true;
    }
    let Some(end) = bytes.windows(2).position(|pair| pair == b"?>") else {
        return false;
    };
    bytes.splice(0..end + 2, new.bytes());
    true
}

fn document_type(bytes: &mut Vec<u8>, rng: &mut Rng) -> bool {
    let new: &str = rng.pick(&[
        "<!DOCTYPE application>",
        "<!DOCTYPE message [<!ENTITY e \"x\">]>",
        "<!DOCTYPE application [<!ATTLIST application a CDATA \"default\">]>",
        "<!DOCTYPE message [<!ATTLIST payload other ID #IMPLIED>]>",
    ]);
    let at = start_of_root(bytes);
    bytes.splice(at..at, new.bytes());
    true
}

fn line_ends(bytes: &mut Vec<u8>, rng: &mut Rng) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let text = text.replace("\r\n", "\n");
    let new = text.replace('\n', rng.pick(&["\r\n", "\r", "\n"]));
    let differs = new.as_bytes() != bytes.as_slice();
    *bytes = new.into_bytes();
    differs
}

fn place(bytes: &[u8], rng: &mut Rng) -> Option<usize> {
    (!bytes.is_empty()).then(|| rng.below(bytes.len()))
}

fn byte_changed(bytes: &mut Vec<u8>, rng: &mut Rng) -> bool {
    let Some(at) = place(bytes, rng) else {
        return false;
    };
    bytes[at] = match rng.once_in(2) {
        true => bytes[at] ^ (1 << rng.below(8)),
        false => rng.pick(b"<>&\"'= /:;#]\x00\x0b\x7f\x80\xff"),
    };
    true
}

fn byte_put_in(bytes: &mut Vec<u8>, rng: &mut Rng) -> bool {
    let Some(at) = place(bytes, rng) else {
        return false;
    };
    bytes.insert(at, rng.pick(b"<>&\"'= /:;#]\x00\x0b\x7f\x80\xff\r\n"));
    true
}

fn bytes_left_out(bytes: &mut Vec<u8>, rng: &mut Rng) -> bool {
    let Some(at) = place(bytes, rng) else {
        return false;
    };
    let most = if rng.once_in(3) { 40 } else { 2 };
    let n = 1 + rng.below(most);
    bytes.drain(at..(at + n).min(bytes.len()));
    true
}

fn bytes_repeated(bytes: &mut Vec<u8>, rng: &mut Rng) -> bool {
    let Some(at) = place(bytes, rng) else {
        return false;
    };
    let end = (at + 1 + rng.below(60)).min(bytes.len());
    let piece = bytes[at..end].to_vec();
    bytes.splice(at..at, piece);
    true
}

/// Overlong forms, half of a pair, another composition: the same to the eye.
fn another_form(bytes: &mut Vec<u8>, rng: &mut Rng) -> bool {
    let (from, to): (&[u8], &[u8]) = rng.pick(&[
        ("e\u{301}".as_bytes(), "\u{e9}".as_bytes()),
        ("\u{e9}".as_bytes(), "e\u{301}".as_bytes()),
        (b"<", b"\xc0\xbc"),
        (b"/", b"\xc0\xaf"),
        ("\u{1f600}".as_bytes(), b"\xed\xa0\xbd\xed\xb8\x80"),
        ("\u{4d9}".as_bytes(), b"\xd3"),
        (b"0", "\u{ff10}".as_bytes()),
    ]);
    let places: Vec<usize> = bytes
        .windows(from.len())
        .enumerate()
        .filter(|(_, window)| *window == from)
        .map(|(at, _)| at)
        .collect();
    if places.is_empty() {
        return false;
    }
    let at = rng.pick(&places);
    bytes.splice(at..at + from.len(), to.iter().copied());
    true
}

fn after_the_end(bytes: &mut Vec<u8>, rng: &mut Rng) -> bool {
    let new: &[u8] = rng.pick(&[
        b"\n\n".as_slice(),
        b"x",
        b"<a/>",
        b"\0",
        b"<!-- -->",
        b"\x1a",
        b"&#10;",
        b"\xef\xbb\xbf",
    ]);
    bytes.extend_from_slice(new);
    true
}

fn before_the_start(bytes: &mut Vec<u8>, rng: &mut Rng) -> bool {
    let new: &[u8] = rng.pick(&[b"\n".as_slice(), b" ", b"x", b"<!-- -->", b"\0", b"<a/>"]);
    bytes.splice(0..0, new.iter().copied());
    true
}
