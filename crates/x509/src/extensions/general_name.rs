//! `GeneralName` (RFC 5280 §4.2.1.6), as far as names are compared and constrained.

use der::asn1::AnyRef;
use der::{Decode, Encode, Reader, SliceReader, Tag, Tagged};
use x509_cert::name::RelativeDistinguishedName;

use crate::matching::NameKey;

/// A name of a subjectAltName, a constraint, a distribution point or a CRL's issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GeneralName {
    /// rfc822Name: a mailbox.
    Mail(String),
    /// dNSName.
    Dns(String),
    /// directoryName.
    Directory(NameKey),
    /// uniformResourceIdentifier.
    Uri(String),
    /// iPAddress: the octets; in a constraint with the mask behind them.
    Ip(Vec<u8>),
    /// A form that is not looked into: its DER.
    Other(Vec<u8>),
}

impl GeneralName {
    fn decode(reader: &mut SliceReader<'_>) -> der::Result<Self> {
        Self::read(&AnyRef::decode(reader)?)
    }

    /// Reads one name with its tag.
    pub(crate) fn read(any: &AnyRef<'_>) -> der::Result<Self> {
        let Tag::ContextSpecific {
            number,
            constructed,
        } = any.tag()
        else {
            return Err(any.tag().value_error().into());
        };
        Ok(match (number.value(), constructed) {
            (1, false) => Self::Mail(text(any)),
            (2, false) => Self::Dns(text(any)),
            (4, true) => Self::Directory(NameKey::from_der(any.value())?),
            (6, false) => Self::Uri(text(any)),
            (7, false) => Self::Ip(any.value().to_vec()),
            (0 | 3 | 5, true) | (8, false) => Self::Other(any.to_der()?),
            _ => return Err(any.tag().value_error().into()),
        })
    }

    /// The name in words, for reports: its form.
    pub(crate) const fn form(&self) -> &'static str {
        match self {
            Self::Mail(_) => "e-mail address",
            Self::Dns(_) => "DNS name",
            Self::Directory(_) => "directory name",
            Self::Uri(_) => "address (URI)",
            Self::Ip(_) => "IP address",
            Self::Other(_) => "name of another form",
        }
    }
}

/// The names of a `GeneralNames`, its SEQUENCE included; at least one.
pub(crate) fn names(der: &[u8]) -> der::Result<Vec<GeneralName>> {
    let whole = AnyRef::from_der(der)?;
    whole.tag().assert_eq(Tag::Sequence)?;
    names_in(whole.value())
}

/// The names of a `GeneralNames` whose SEQUENCE an implicit tag replaced; at least one.
pub(crate) fn names_in(value: &[u8]) -> der::Result<Vec<GeneralName>> {
    let mut reader = SliceReader::new(value)?;
    let mut names = Vec::new();
    while !reader.is_finished() {
        names.push(GeneralName::decode(&mut reader)?);
    }
    if names.is_empty() {
        return Err(Tag::Sequence.length_error().into());
    }
    Ok(names)
}

/// One GeneralName at the reader's place.
pub(crate) fn name(reader: &mut SliceReader<'_>) -> der::Result<GeneralName> {
    GeneralName::decode(reader)
}

/// An IA5String's text. One that is not ASCII is kept with its strange characters replaced: it is no address and
/// satisfies no constraint, but does not make a certificate unreadable.
fn text(any: &AnyRef<'_>) -> String {
    String::from_utf8_lossy(any.value()).into_owned()
}

/// `DistributionPointName` (RFC 5280 §4.2.1.13): where a list is, or what a list is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PointName {
    /// fullName.
    Full(Vec<GeneralName>),
    /// nameRelativeToCRLIssuer: one RDN below the issuer's name.
    Relative(RelativeDistinguishedName),
}

impl PointName {
    /// Reads the CHOICE, which a tag `[0]` wraps.
    pub(crate) fn read(wrapped: &[u8]) -> der::Result<Self> {
        let any = AnyRef::from_der(wrapped)?;
        match any.tag() {
            Tag::ContextSpecific {
                number,
                constructed: true,
            } if number.value() == 0 => names_in(any.value()).map(Self::Full),
            Tag::ContextSpecific {
                number,
                constructed: true,
            } if number.value() == 1 => {
                // The SET OF whose tag the implicit one replaced.
                let set = AnyRef::new(Tag::Set, any.value())?.to_der()?;
                RelativeDistinguishedName::from_der(&set).map(Self::Relative)
            }
            other => Err(other.value_error().into()),
        }
    }

    /// The names in full, for a list of this issuer.
    pub(crate) fn in_full(&self, issuer: &NameKey) -> der::Result<Vec<GeneralName>> {
        match self {
            Self::Full(names) => Ok(names.clone()),
            Self::Relative(rdn) => Ok(vec![GeneralName::Directory(issuer.with(rdn)?)]),
        }
    }
}
