//! `NameConstraints` and `PolicyConstraints` (RFC 5280 §4.2.1.10 and §4.2.1.11).

use der::asn1::AnyRef;
use der::{Decode, Reader, SliceReader, Tag, Tagged};

use super::general_name::{self, GeneralName};
use super::points::fields;

/// Below which names an authority may and may not certify.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameConstraints {
    pub(crate) permitted: Vec<GeneralName>,
    pub(crate) excluded: Vec<GeneralName>,
}

impl NameConstraints {
    pub(crate) fn from_der(der: &[u8]) -> der::Result<Self> {
        let whole = AnyRef::from_der(der)?;
        whole.tag().assert_eq(Tag::Sequence)?;
        let mut constraints = Self::default();
        for (number, any) in fields(whole.value())? {
            match number {
                0 => constraints.permitted = subtrees(any.value())?,
                1 => constraints.excluded = subtrees(any.value())?,
                _ => return Err(any.tag().value_error().into()),
            }
        }
        // RFC 5280 §4.2.1.10: never an empty sequence.
        if constraints.permitted.is_empty() && constraints.excluded.is_empty() {
            return Err(Tag::Sequence.length_error().into());
        }
        Ok(constraints)
    }
}

fn subtrees(value: &[u8]) -> der::Result<Vec<GeneralName>> {
    let mut reader = SliceReader::new(value)?;
    let mut names = Vec::new();
    while !reader.is_finished() {
        let subtree = AnyRef::decode(&mut reader)?;
        subtree.tag().assert_eq(Tag::Sequence)?;
        let mut inner = SliceReader::new(subtree.value())?;
        let base = general_name::name(&mut inner)?;
        // RFC 5280 §4.2.1.10: the minimum is zero, so that DER does not write it, and there is no maximum.
        inner.finish()?;
        match &base {
            GeneralName::Ip(octets) => check_mask(octets)?,
            GeneralName::Mail(text) | GeneralName::Dns(text) | GeneralName::Uri(text)
                if !text.is_ascii() =>
            {
                return Err(Tag::Ia5String.value_error().into());
            }
            _ => {}
        }
        names.push(base);
    }
    if names.is_empty() {
        return Err(Tag::Sequence.length_error().into());
    }
    Ok(names)
}

/// An address and a mask of as many octets, ones before zeros (RFC 4632 §3.1).
fn check_mask(octets: &[u8]) -> der::Result<()> {
    let bad = || Tag::OctetString.value_error().into();
    if !matches!(octets.len(), 8 | 32) {
        return Err(bad());
    }
    let mask = &octets[octets.len() / 2..];
    let mut ended = false;
    for byte in mask {
        if ended && *byte != 0 || byte.leading_ones() + byte.trailing_zeros() < 8 {
            return Err(bad());
        }
        ended = *byte != 0xff;
    }
    Ok(())
}

/// After how many more certificates a policy is required, and mappings are not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PolicyConstraints {
    pub(crate) require_explicit: Option<usize>,
    pub(crate) inhibit_mapping: Option<usize>,
}

impl PolicyConstraints {
    pub(crate) fn from_der(der: &[u8]) -> der::Result<Self> {
        let whole = AnyRef::from_der(der)?;
        whole.tag().assert_eq(Tag::Sequence)?;
        let mut constraints = Self {
            require_explicit: None,
            inhibit_mapping: None,
        };
        for (number, any) in fields(whole.value())? {
            let skip = skip_certs(AnyRef::new(Tag::Integer, any.value())?)?;
            match number {
                0 => constraints.require_explicit = Some(skip),
                1 => constraints.inhibit_mapping = Some(skip),
                _ => return Err(any.tag().value_error().into()),
            }
        }
        // RFC 5280 §4.2.1.11: never an empty sequence.
        if constraints.require_explicit.is_none() && constraints.inhibit_mapping.is_none() {
            return Err(Tag::Sequence.length_error().into());
        }
        Ok(constraints)
    }
}

/// `SkipCerts ::= INTEGER (0..MAX)`; more than a path can have is as good as any.
pub(crate) fn skip_certs(integer: AnyRef<'_>) -> der::Result<usize> {
    integer.tag().assert_eq(Tag::Integer)?;
    let number = integer.decode_as::<der::asn1::UintRef<'_>>()?;
    let too_many = number.as_bytes().len() > 4;
    Ok(if too_many {
        usize::MAX
    } else {
        number
            .as_bytes()
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constraints(permitted: &[u8]) -> der::Result<NameConstraints> {
        let subtree = [&[0x30, u8::try_from(permitted.len()).unwrap()], permitted].concat();
        let field = [&[0xa0, u8::try_from(subtree.len()).unwrap()], &subtree[..]].concat();
        NameConstraints::from_der(
            &[&[0x30, u8::try_from(field.len()).unwrap()], &field[..]].concat(),
        )
    }

    #[test]
    fn a_subtree_has_a_base_and_no_distances() {
        let base = [0x82, 2, b'k', b'z'];
        assert_eq!(
            constraints(&base).unwrap().permitted,
            [GeneralName::Dns("kz".to_owned())]
        );
        let minimum = [&base[..], &[0x80, 1, 1]].concat();
        let maximum = [&base[..], &[0x81, 1, 1]].concat();
        for bad in [&minimum[..], &maximum, &[], &[0x82, 1, 0xff]] {
            assert!(constraints(bad).is_err(), "{bad:?}");
        }
        assert!(NameConstraints::from_der(&[0x30, 0]).is_err());
        assert!(NameConstraints::from_der(&[0x30, 2, 0xa0, 0]).is_err());
    }

    #[test]
    fn a_mask_is_ones_before_zeros() {
        for (octets, good) in [
            (&[10, 0, 0, 0, 255, 0, 0, 0][..], true),
            (&[10, 0, 0, 0, 255, 240, 0, 0], true),
            (&[0; 8], true),
            (&[255; 32], true),
            (&[10, 0, 0, 0, 255, 0, 255, 0], false),
            (&[10, 0, 0, 0, 240, 255, 0, 0], false),
            (&[10, 0, 0, 0, 0xf7, 0, 0, 0], false),
            (&[10, 0, 0, 0], false),
        ] {
            assert_eq!(check_mask(octets).is_ok(), good, "{octets:?}");
        }
    }

    #[test]
    fn a_number_of_certificates_is_not_negative_and_has_an_end() {
        let read = |der: &[u8]| PolicyConstraints::from_der(der);
        assert_eq!(
            read(&[0x30, 6, 0x80, 1, 0, 0x81, 1, 5]).unwrap(),
            PolicyConstraints {
                require_explicit: Some(0),
                inhibit_mapping: Some(5)
            }
        );
        let huge = [0x30, 8, 0x80, 6, 1, 0, 0, 0, 0, 0];
        assert_eq!(read(&huge).unwrap().require_explicit, Some(usize::MAX));
        for bad in [
            &[0x30, 0][..],
            &[0x30, 3, 0x80, 1, 0xff],
            &[0x30, 3, 0x82, 1, 0],
            &[0x30, 6, 0x81, 1, 0, 0x80, 1, 0],
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
