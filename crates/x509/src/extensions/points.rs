//! `CRLDistributionPoints` and `FreshestCRL` (RFC 5280 §4.2.1.13 and §4.2.1.15).

use der::asn1::{AnyRef, BitStringRef};
use der::{Decode, Reader, SliceReader, Tag, Tagged};

use super::general_name::{GeneralName, PointName, names_in};

/// Where a list that covers a certificate is, for which reasons, and who signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) name: Option<PointName>,
    pub(crate) reasons: Reasons,
    /// cRLIssuer: the list is another authority's. Empty for the certificate's issuer.
    pub(crate) issuer: Vec<GeneralName>,
}

impl Point {
    /// The addresses among the point's names.
    pub(crate) fn urls(&self) -> impl Iterator<Item = String> {
        let names = match &self.name {
            Some(PointName::Full(names)) => &names[..],
            _ => &[],
        };
        names.iter().filter_map(|name| match name {
            GeneralName::Uri(uri) => Some(uri.clone()),
            _ => None,
        })
    }
}

/// Which reasons of revocation a list covers: `ReasonFlags` (RFC 5280 §4.2.1.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reasons(u16);

impl Reasons {
    pub(crate) const NONE: Self = Self(0);
    /// keyCompromise (1) to aACompromise (8); bit 0 is not used.
    pub(crate) const ALL: Self = Self(0x1fe);

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether some of these reasons are not among the others.
    pub(crate) const fn adds_to(self, others: Self) -> bool {
        self.0 & !others.0 != 0
    }

    /// Reads the bits of a BIT STRING's content.
    pub(crate) fn read(bits: BitStringRef<'_>) -> Self {
        let set = (1..9).filter(|position| bits.get(*position) == Some(true));
        Self(set.fold(0, |bits, position| bits | (1 << position)))
    }
}

/// The points of the extension's value; at least one.
pub(crate) fn points(der: &[u8]) -> der::Result<Vec<Point>> {
    let whole = AnyRef::from_der(der)?;
    whole.tag().assert_eq(Tag::Sequence)?;
    let mut reader = SliceReader::new(whole.value())?;
    let mut points = Vec::new();
    while !reader.is_finished() {
        let point = AnyRef::decode(&mut reader)?;
        point.tag().assert_eq(Tag::Sequence)?;
        points.push(read(point.value())?);
    }
    if points.is_empty() {
        return Err(Tag::Sequence.length_error().into());
    }
    Ok(points)
}

fn read(value: &[u8]) -> der::Result<Point> {
    let mut point = Point {
        name: None,
        reasons: Reasons::ALL,
        issuer: Vec::new(),
    };
    for (number, any) in fields(value)? {
        match number {
            0 => point.name = Some(PointName::read(any.value())?),
            1 => point.reasons = Reasons::read(bit_string(&any)?),
            2 => point.issuer = names_in(any.value())?,
            _ => return Err(any.tag().value_error().into()),
        }
    }
    Ok(point)
}

/// The context-specific fields of a SEQUENCE, in rising order, each at most once.
pub(crate) fn fields(value: &[u8]) -> der::Result<Vec<(u32, AnyRef<'_>)>> {
    let mut reader = SliceReader::new(value)?;
    let mut fields: Vec<(u32, AnyRef<'_>)> = Vec::new();
    while !reader.is_finished() {
        let any = AnyRef::decode(&mut reader)?;
        let Tag::ContextSpecific { number, .. } = any.tag() else {
            return Err(any.tag().value_error().into());
        };
        if fields
            .last()
            .is_some_and(|(earlier, _)| *earlier >= number.value())
        {
            return Err(any.tag().value_error().into());
        }
        fields.push((number.value(), any));
    }
    Ok(fields)
}

/// The BIT STRING whose tag an implicit one replaced.
pub(crate) fn bit_string<'a>(any: &AnyRef<'a>) -> der::Result<BitStringRef<'a>> {
    AnyRef::new(Tag::BitString, any.value())?.decode_as()
}
