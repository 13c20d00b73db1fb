//! Signed and unsigned attributes (RFC 5652 §5.3).

use der::Tag;
use thiserror::Error;

use super::parts::{inside, oid_of, sequence, sorted, tlv};
use crate::ObjectIdentifier;

/// Attributes that were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes<'a> {
    elements: Vec<&'a [u8]>,
    list: Vec<(ObjectIdentifier, Vec<&'a [u8]>)>,
}

/// Why bytes are not attributes that are read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AttributeError {
    /// The bytes are not a SET OF Attribute, or hold more than 32 attributes or values of one.
    #[error("the attributes are malformed")]
    Malformed,
    /// The attribute occurs twice (RFC 5652 §5.3: "MUST NOT include multiple instances").
    #[error("the attribute {oid} occurs twice")]
    Twice {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// The attribute has not exactly one value.
    #[error("the attribute {oid} has not exactly one value")]
    Values {
        /// Which one.
        oid: ObjectIdentifier,
    },
}

/// Attributes of one signer, and values of one attribute.
const ELEMENTS_MAX: usize = 32;

impl<'a> Attributes<'a> {
    /// Reads the SET OF attributes, under the tag that stands in the place of SET.
    ///
    /// # Errors
    /// [`AttributeError`], but for [`AttributeError::Values`].
    pub fn read(tag: Tag, der: &'a [u8]) -> Result<Self, AttributeError> {
        let read = Self::read_repeated(tag, der)?;
        for (index, (oid, _)) in read.list.iter().enumerate() {
            if read.list[..index].iter().any(|(known, _)| known == oid) {
                return Err(AttributeError::Twice { oid: *oid });
            }
        }
        Ok(read)
    }

    /// [`Attributes::read`] where a kind may occur more than once, as unsigned attributes may (RFC 5652 §11.4).
    ///
    /// # Errors
    /// [`AttributeError::Malformed`].
    pub fn read_repeated(tag: Tag, der: &'a [u8]) -> Result<Self, AttributeError> {
        let broken = |_: der::Error| AttributeError::Malformed;
        let elements = inside(tag, der, ELEMENTS_MAX).map_err(broken)?;
        let mut list: Vec<(ObjectIdentifier, Vec<&[u8]>)> = Vec::with_capacity(elements.len());
        for attribute in &elements {
            let parts = inside(Tag::Sequence, attribute, 2).map_err(broken)?;
            let [kind, set] = parts[..] else {
                return Err(AttributeError::Malformed);
            };
            let oid = oid_of(kind).ok_or(AttributeError::Malformed)?;
            list.push((oid, inside(Tag::Set, set, ELEMENTS_MAX).map_err(broken)?));
        }
        Ok(Self { elements, list })
    }

    /// The values of an attribute, if it is there.
    #[must_use]
    pub fn values(&self, wanted: ObjectIdentifier) -> Option<&[&'a [u8]]> {
        let mut list = self.list.iter();
        list.find(|(oid, _)| *oid == wanted)
            .map(|(_, values)| &values[..])
    }

    /// The values of all attributes of a kind.
    pub fn all_values(&self, wanted: ObjectIdentifier) -> impl Iterator<Item = &'a [u8]> + '_ {
        let list = self.list.iter();
        list.filter(move |(oid, _)| *oid == wanted)
            .flat_map(|(_, values)| values.iter().copied())
    }

    /// The only value of an attribute, if it is there.
    ///
    /// # Errors
    /// [`AttributeError::Values`]. RFC 5652 §11, RFC 5035 §3: contentType, messageDigest, signingTime and
    /// signingCertificate have exactly one.
    pub fn only(&self, wanted: ObjectIdentifier) -> Result<Option<&'a [u8]>, AttributeError> {
        match self.values(wanted) {
            None => Ok(None),
            Some([value]) => Ok(Some(value)),
            Some(_) => Err(AttributeError::Values { oid: wanted }),
        }
    }

    /// The kinds of attributes, in their order.
    pub fn kinds(&self) -> impl Iterator<Item = ObjectIdentifier> + '_ {
        self.list.iter().map(|(oid, _)| *oid)
    }

    /// The attributes as they came.
    #[must_use]
    pub fn elements(&self) -> &[&'a [u8]] {
        &self.elements
    }

    /// What a signature over these attributes is over: the DER of SET OF (RFC 5652 §5.4), whose order is that of the
    /// encodings, whatever came.
    ///
    /// # Errors
    /// [`AttributeError::Malformed`] where they are too long for DER.
    pub fn signed_der(&self) -> Result<Vec<u8>, AttributeError> {
        let encodings = self.elements.iter().map(|element| element.to_vec());
        tlv(Tag::Set, &sorted(encodings.collect())).map_err(|_| AttributeError::Malformed)
    }
}

/// One attribute with one value.
///
/// # Errors
/// Where the value is too long for DER.
pub fn attribute(oid: ObjectIdentifier, value: &[u8]) -> der::Result<Vec<u8>> {
    use der::Encode;
    sequence(&[&oid.to_der()?, &tlv(Tag::Set, value)?])
}
