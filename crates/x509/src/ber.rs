//! BER that others write, made definite: for key files and what they hold.
//!
//! Only the forms of lengths and of OCTET STRINGs are changed. Other rules of DER (the order of a SET, the values of a
//! BOOLEAN, the shortest INTEGER) are for the strict reader that comes after.

use thiserror::Error;
use zeroize::Zeroizing;

use crate::asn1::write_length;

/// Why bytes are not one BER value that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BerError {
    /// Something follows the value.
    #[error("something follows the value")]
    Behind,
    /// A length, a tag or an end-of-contents is not where or what it must be, or the bytes end too soon.
    #[error("not BER")]
    Malformed,
    /// A string is put together of parts that are not such strings.
    #[error("a string has parts that are of another type")]
    Parts,
    /// Values lie in values more than [`DEPTH_MAX`] deep.
    #[error("values lie too deep in values")]
    TooDeep,
    /// More bytes than the limit.
    #[error("the value is too long")]
    TooLong,
}

/// How deep values may lie in values: a key file's have about ten.
pub const DEPTH_MAX: usize = 32;

/// Bytes of one value.
pub const BYTES_MAX: usize = 1024 * 1024;

const OCTET_STRING: u8 = 0x04;
const CONSTRUCTED: u8 = 0x20;
/// A length that is not said: the content ends at two zero bytes (X.690 §8.1.3.6).
const INDEFINITE: u8 = 0x80;

/// The same value with definite, shortest lengths and with whole (primitive) OCTET STRINGs (X.690 §10.1, §10.2).
///
/// What is DER already comes out as it was. The contents of OCTET STRINGs are not looked into.
///
/// # Errors
/// [`BerError`].
pub fn to_definite(bytes: &[u8]) -> Result<Vec<u8>, BerError> {
    to_definite_within(bytes, BYTES_MAX)
}

/// [`to_definite`], for values of at most so many bytes instead of [`BYTES_MAX`].
///
/// # Errors
/// [`BerError`].
pub fn to_definite_within(bytes: &[u8], bytes_max: usize) -> Result<Vec<u8>, BerError> {
    if bytes.len() > bytes_max {
        return Err(BerError::TooLong);
    }
    let mut reader = Reader { rest: bytes };
    // What is read may be a secret key: one buffer, which never grows and is wiped where it is not given back.
    let mut written = Zeroizing::new(Vec::with_capacity(
        bytes.len() + lengths_bytes_max(bytes.len()),
    ));
    reader.value(&mut written, 0)?;
    if reader.rest.is_empty() {
        Ok(std::mem::take(&mut *written))
    } else {
        Err(BerError::Behind)
    }
}

/// By how much the written value can be longer than so many bytes that were read: a definite length of 64 KiB or more takes
/// a byte or two more than the three of an indefinite one, at each depth for each 64 KiB.
const fn lengths_bytes_max(bytes: usize) -> usize {
    2 * DEPTH_MAX * (bytes / 0x1_0000)
}

struct Reader<'a> {
    rest: &'a [u8],
}

/// A tag as it was written, and how long the content is; `None` if that is not said.
struct Header<'a> {
    tag: &'a [u8],
    length: Option<usize>,
}

impl<'a> Reader<'a> {
    /// Copies one value.
    fn value(&mut self, written: &mut Vec<u8>, depth: usize) -> Result<(), BerError> {
        if depth == DEPTH_MAX {
            return Err(BerError::TooDeep);
        }
        let header = self.header()?;
        let first = header.tag[0];
        if first & CONSTRUCTED == 0 {
            let length = header.length.ok_or(BerError::Malformed)?;
            let content = self.take(length)?;
            written.extend_from_slice(header.tag);
            write_length(length, written);
            written.extend_from_slice(content);
            return Ok(());
        }
        let start = written.len();
        if header.tag == [OCTET_STRING | CONSTRUCTED] {
            self.inside(header.length, |reader| reader.part(written, depth + 1))?;
            put_before(written, start, &[OCTET_STRING]);
        } else {
            self.inside(header.length, |reader| reader.value(written, depth + 1))?;
            put_before(written, start, header.tag);
        }
        Ok(())
    }

    /// Appends the content of one part of an OCTET STRING (X.690 §8.7.3), which may have parts itself.
    fn part(&mut self, content: &mut Vec<u8>, depth: usize) -> Result<(), BerError> {
        if depth == DEPTH_MAX {
            return Err(BerError::TooDeep);
        }
        let header = self.header()?;
        match (header.tag, header.length) {
            ([OCTET_STRING], Some(length)) => {
                content.extend_from_slice(self.take(length)?);
                Ok(())
            }
            ([tag], length) if *tag == OCTET_STRING | CONSTRUCTED => {
                self.inside(length, |reader| reader.part(content, depth + 1))
            }
            _ => Err(BerError::Parts),
        }
    }

    /// Reads what is inside a constructed value, to its end.
    fn inside(
        &mut self,
        length: Option<usize>,
        mut read: impl FnMut(&mut Self) -> Result<(), BerError>,
    ) -> Result<(), BerError> {
        match length {
            Some(length) => {
                let mut inner = Self {
                    rest: self.take(length)?,
                };
                while !inner.rest.is_empty() {
                    read(&mut inner)?;
                }
            }
            None => {
                while !self.rest.starts_with(&[0, 0]) {
                    read(self)?;
                }
                self.take(2)?;
            }
        }
        Ok(())
    }

    fn header(&mut self) -> Result<Header<'a>, BerError> {
        let before = self.rest;
        let first = self.byte()?;
        // Universal tag 0 is the end of contents, and only there.
        if first & !CONSTRUCTED == 0 {
            return Err(BerError::Malformed);
        }
        if first & 0x1f == 0x1f {
            // X.690 §8.1.2.4: up to the byte without the top bit; four bytes are more than anybody uses.
            let mut count = 1;
            while self.byte()? & 0x80 != 0 {
                count += 1;
                if count > 4 {
                    return Err(BerError::Malformed);
                }
            }
        }
        let tag = &before[..before.len() - self.rest.len()];
        let length = match self.byte()? {
            INDEFINITE if first & CONSTRUCTED != 0 => None,
            short @ 0..=0x7f => Some(usize::from(short)),
            // Leading zeros are allowed in BER; eight bytes are more than any length needs.
            long @ 0x81..=0x88 => {
                let mut length = 0_usize;
                for _ in 0..(long & 0x7f) {
                    length = length
                        .checked_mul(256)
                        .ok_or(BerError::Malformed)?
                        .saturating_add(usize::from(self.byte()?));
                }
                Some(length)
            }
            _ => return Err(BerError::Malformed),
        };
        Ok(Header { tag, length })
    }

    fn byte(&mut self) -> Result<u8, BerError> {
        let (first, rest) = self.rest.split_first().ok_or(BerError::Malformed)?;
        self.rest = rest;
        Ok(*first)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], BerError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(BerError::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }
}

/// Puts a tag and a definite, shortest length before the content that was written from `start` on.
fn put_before(written: &mut Vec<u8>, start: usize, tag: &[u8]) {
    let end = written.len();
    written.extend_from_slice(tag);
    write_length(end - start, written);
    let header = written.len() - end;
    written[start..].rotate_right(header);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_comes_out_as_it_was() {
        for der in [
            &[0x05, 0][..],
            &[0x30, 3, 2, 1, 1],
            &[0x30, 5, 0xa0, 3, 0x04, 1, 0],
            &[0x7f, 0x81, 0x01, 2, 5, 0],
            &[&[0x04, 0x82, 1, 0][..], &[7; 256]].concat(),
        ] {
            assert_eq!(to_definite(der).unwrap(), der);
        }
    }

    #[test]
    fn indefinite_and_long_lengths_become_definite_and_short() {
        let ber = [0x30, 0x80, 0x02, 0x81, 1, 1, 0xa0, 0x80, 5, 0, 0, 0, 0, 0];
        assert_eq!(
            to_definite(&ber).unwrap(),
            [0x30, 7, 2, 1, 1, 0xa0, 2, 5, 0]
        );
    }

    #[test]
    fn an_octet_string_in_parts_becomes_whole() {
        let ber = [
            0x24, 0x80, 4, 1, 1, 0x24, 6, 4, 1, 2, 4, 1, 3, 4, 0, 0x24, 0x80, 4, 1, 4, 0, 0, 0, 0,
        ];
        assert_eq!(to_definite(&ber).unwrap(), [4, 4, 1, 2, 3, 4]);
        assert_eq!(to_definite(&[0x24, 0]).unwrap(), [4, 0]);
        assert_eq!(to_definite(&[0x24, 3, 2, 1, 1]), Err(BerError::Parts));
    }

    /// A buffer that grows leaves a copy of what it held: of a secret key, here.
    #[test]
    fn the_buffer_is_long_enough_from_the_start() {
        let mut worst = vec![0x04, 0x83, 0x0f, 0xf0, 0];
        worst.resize(5 + 0x0f_f000, 7);
        for _ in 1..DEPTH_MAX {
            worst = [&[0x30, 0x80][..], &worst, &[0, 0]].concat();
        }
        let written = to_definite(&worst).unwrap();
        assert!(written.len() > worst.len());
        assert_eq!(
            written.capacity(),
            worst.len() + lengths_bytes_max(worst.len())
        );
        assert_eq!(to_definite(&written).unwrap(), written);
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for bad in [
            &[][..],
            &[0x30],
            &[0x30, 1],
            &[0x30, 0x80],
            &[0x30, 0x80, 0],
            &[0x30, 0x80, 0, 1],
            // Indefinite, but primitive.
            &[0x04, 0x80, 0, 0],
            // An end of contents where none belongs.
            &[0, 0],
            &[0x30, 2, 0, 0],
            &[0x04, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x04, 0xff],
            &[0x04, 0x88, 255, 255, 255, 255, 255, 255, 255, 255],
            &[0x1f, 0x81, 0x81, 0x81, 0x81, 0x01, 0],
        ] {
            assert_eq!(to_definite(bad), Err(BerError::Malformed), "{bad:x?}");
        }
        assert_eq!(to_definite(&[5, 0, 0]), Err(BerError::Behind));
    }

    #[test]
    fn depth_and_size_have_limits() {
        let deep = |depth: usize| {
            let mut value = vec![5, 0];
            for _ in 1..depth {
                value = [&[0x30, 0x80][..], &value, &[0, 0]].concat();
            }
            value
        };
        assert!(to_definite(&deep(DEPTH_MAX)).is_ok());
        assert_eq!(to_definite(&deep(DEPTH_MAX + 1)), Err(BerError::TooDeep));
        assert_eq!(
            to_definite(&[0x24; 2 * DEPTH_MAX]),
            Err(BerError::Malformed)
        );
        let strings = [0x24, 0x80].repeat(DEPTH_MAX + 1);
        assert_eq!(to_definite(&strings), Err(BerError::TooDeep));
        assert_eq!(to_definite(&vec![5; BYTES_MAX + 1]), Err(BerError::TooLong));
    }
}
