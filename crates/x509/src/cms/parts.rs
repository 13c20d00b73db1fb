//! DER, element by element.

use der::asn1::AnyRef;
use der::{Decode, Encode, Reader, SliceReader, Tag, TagNumber, Tagged};
use qaqpa_model::Moment;

use crate::asn1::integer;
use crate::{Certificate, ObjectIdentifier, time};

/// One element with this tag and value.
///
/// # Errors
/// Where the value is too long for a DER length (256 MiB).
pub fn tlv(tag: Tag, value: &[u8]) -> der::Result<Vec<u8>> {
    AnyRef::new(tag, value)?.to_der()
}

/// SEQUENCE of these elements.
///
/// # Errors
/// As [`tlv`].
pub fn sequence(elements: &[&[u8]]) -> der::Result<Vec<u8>> {
    tlv(Tag::Sequence, &elements.concat())
}

/// The value of a SET OF these elements: in the order of their encodings (X.690 §11.6).
#[must_use]
pub fn sorted(mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort();
    elements.concat()
}

/// A constructed context-specific tag.
#[must_use]
pub const fn context(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

/// The elements that a value is made of.
///
/// # Errors
/// Where the value is not made of elements, or of more than the limit.
pub fn elements(value: &[u8], max: usize) -> der::Result<Vec<&[u8]>> {
    let mut reader = SliceReader::new(value)?;
    let mut found = Vec::new();
    while !reader.is_finished() {
        if found.len() == max {
            return Err(der::ErrorKind::Overlength.into());
        }
        found.push(reader.tlv_bytes()?);
    }
    Ok(found)
}

/// The elements inside one element of this tag.
///
/// # Errors
/// As [`elements`] and [`value_of`].
pub fn inside(tag: Tag, der: &[u8], max: usize) -> der::Result<Vec<&[u8]>> {
    elements(value_of(tag, der)?, max)
}

/// The value of one element of this tag.
///
/// # Errors
/// Where the bytes are not exactly one such element.
pub fn value_of(tag: Tag, der: &[u8]) -> der::Result<&[u8]> {
    let any = AnyRef::from_der(der)?;
    if any.tag() == tag {
        Ok(any.value())
    } else {
        Err(any.tag().value_error().into())
    }
}

/// The tag of an element that was split off.
///
/// # Errors
/// Where the bytes are not exactly one element.
pub fn tag_of(der: &[u8]) -> der::Result<Tag> {
    AnyRef::from_der(der).map(|any| any.tag())
}

/// The OBJECT IDENTIFIER that an element is, if it is one.
#[must_use]
pub fn oid_of(der: &[u8]) -> Option<ObjectIdentifier> {
    ObjectIdentifier::from_der(der).ok()
}

/// The moment of a `Time` (RFC 5652 §11.3): UTCTime or GeneralizedTime, in whole seconds and `Z`.
#[must_use]
pub fn moment_of(der: &[u8]) -> Option<Moment> {
    time::moment_of(&AnyRef::from_der(der).ok()?).ok()
}

/// A moment as `Time`: UTCTime until 2049, in whole seconds, rounded down.
///
/// # Errors
/// Where the moment is before 1970 or after 9999.
pub fn time_of(moment: Moment) -> der::Result<Vec<u8>> {
    time::time_of(moment)?.to_der()
}

/// A certificate's serial number as INTEGER.
pub(crate) fn serial_of(certificate: &Certificate) -> der::Result<Vec<u8>> {
    tlv(Tag::Integer, &integer(certificate.serial()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_in_the_order_of_its_encodings() {
        let set = sorted(vec![vec![4, 1, 9], vec![2, 2, 1, 1], vec![2, 1, 5]]);
        assert_eq!(set, [2, 1, 5, 2, 2, 1, 1, 4, 1, 9]);
    }

    #[test]
    fn a_value_falls_into_its_elements_or_is_refused() {
        let value = [2, 1, 5, 4, 0];
        assert_eq!(elements(&value, 2).unwrap(), [&[2, 1, 5][..], &[4, 0]]);
        assert!(elements(&value, 1).is_err());
        assert!(elements(&value[..4], 2).is_err());
        assert!(inside(Tag::Set, &[0x30, 0], 1).is_err());
        assert!(value_of(Tag::Sequence, &[0x30, 0, 0]).is_err());
    }
}
