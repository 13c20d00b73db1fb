//! Names to write.

use der::Encode;
use der::asn1::{
    Any, BmpString, Ia5StringRef, PrintableStringRef, TeletexStringRef, Utf8StringRef,
};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

use crate::{ObjectIdentifier, oid};

/// A distinguished name to write: attributes in order, each an RDN of its own unless it is joined to the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameToWrite(Vec<Vec<Attribute>>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Attribute {
    oid: ObjectIdentifier,
    text: String,
    written: TextType,
}

/// The ASN.1 type that a text of a name is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextType {
    /// BMPString: two bytes a character.
    Bmp,
    /// IA5String: ASCII.
    Ia5,
    /// PrintableString: letters, digits, space and `'()+,-./:=?`.
    Printable,
    /// TeletexString: written as the text's bytes in ASCII.
    Teletex,
    /// UTF8String.
    Utf8,
}

impl TextType {
    /// As the national authority writes the attribute.
    const fn usual(oid: ObjectIdentifier) -> Self {
        match oid {
            oid::COUNTRY | oid::SERIAL_NUMBER => Self::Printable,
            oid::EMAIL | oid::DOMAIN_COMPONENT => Self::Ia5,
            _ => Self::Utf8,
        }
    }
}

impl NameToWrite {
    /// An empty name.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The name with one attribute more, at the end.
    ///
    /// C and serialNumber are written as PrintableString, E and DC as IA5String, the others as UTF8String, as the
    /// national authority does.
    #[must_use]
    pub fn with(self, oid: ObjectIdentifier, text: &str) -> Self {
        self.with_as(oid, text, TextType::usual(oid))
    }

    /// The name with one attribute more, written as another type than the profile's.
    #[must_use]
    pub fn with_as(mut self, oid: ObjectIdentifier, text: &str, written: TextType) -> Self {
        self.0.push(vec![Attribute::new(oid, text, written)]);
        self
    }

    /// The name with one attribute more, in the same RDN as the last (which makes it a multi-valued one).
    #[must_use]
    pub fn joined_with(mut self, oid: ObjectIdentifier, text: &str) -> Self {
        let attribute = Attribute::new(oid, text, TextType::usual(oid));
        match self.0.last_mut() {
            Some(rdn) => rdn.push(attribute),
            None => self.0.push(vec![attribute]),
        }
        self
    }

    /// The name with one attribute more if there is a text.
    #[must_use]
    pub fn with_some(self, oid: ObjectIdentifier, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.with(oid, text),
            None => self,
        }
    }

    pub(crate) fn to_der(&self) -> der::Result<Vec<u8>> {
        let mut sequence = RdnSequence::default();
        for attributes in &self.0 {
            let mut rdn = RelativeDistinguishedName::default();
            for attribute in attributes {
                rdn.insert(AttributeTypeAndValue {
                    oid: attribute.oid,
                    value: attribute.value()?,
                })?;
            }
            sequence.push(rdn);
        }
        sequence.to_der()
    }
}

impl Attribute {
    fn new(oid: ObjectIdentifier, text: &str, written: TextType) -> Self {
        Self {
            oid,
            text: text.to_owned(),
            written,
        }
    }

    fn value(&self) -> der::Result<Any> {
        match self.written {
            TextType::Bmp => Any::encode_from(&BmpString::from_utf8(&self.text)?),
            TextType::Ia5 => Any::encode_from(&Ia5StringRef::new(&self.text)?),
            TextType::Printable => Any::encode_from(&PrintableStringRef::new(&self.text)?),
            TextType::Teletex => Any::encode_from(&TeletexStringRef::new(&self.text)?),
            TextType::Utf8 => Any::encode_from(&Utf8StringRef::new(&self.text)?),
        }
    }
}
