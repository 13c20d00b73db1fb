//! Distinguished names: the subject as the national profile writes it, and names as text.

use std::fmt;
use std::str::FromStr;

use der::asn1::{
    Any, BmpString, Ia5StringRef, PrintableStringRef, TeletexStringRef, Utf8StringRef,
};
use der::{Decode, Encode, Tag, Tagged};
use qaqpa_model::iin::NumberError;
use qaqpa_model::{Bin, Iin};
use thiserror::Error;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::pkix::name::DirectoryString;
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

use crate::{ObjectIdentifier, oid};

/// The subject of a certificate, as the national profile fills it.
///
/// A field is `None` where the attribute is absent, occurs twice, stands in a multi-valued RDN, or
/// is not text that can be shown. Having one says nothing about whether an authority vouches for it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubjectName {
    /// CN: «ФАМИЛИЯ ИМЯ» of a person, the name of a system.
    pub common_name: Option<String>,
    /// SN (2.5.4.4): the surname.
    pub surname: Option<String>,
    /// GN (2.5.4.42): the patronymic, not the given name.
    pub given_name: Option<String>,
    /// serialNumber (2.5.4.5) as it stands there: `IIN############`.
    pub serial_number: Option<String>,
    /// C.
    pub country: Option<String>,
    /// O.
    pub organization: Option<String>,
    /// The BIN of the one OU that reads `BIN############`.
    pub bin: Option<Bin>,
    /// UID: the object identifier of an information system.
    pub uid: Option<String>,
    iin: Result<Iin, IinError>,
    text: String,
}

/// Why a subject has no IIN that could be compared with a request's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IinError {
    /// There is no serialNumber: an information system's certificate, for example.
    #[error("the subject has no serialNumber")]
    Absent,
    /// The serialNumber is not `IIN` and twelve digits, in ASCII and upper case.
    #[error("the subject's serialNumber is not IIN and twelve digits")]
    Malformed,
    /// There is more than one serialNumber, or it shares an RDN with another attribute.
    #[error("the subject has more than one serialNumber, or one in a multi-valued RDN")]
    Multiple,
    /// The twelve digits are not an IIN.
    #[error("the subject's IIN: {0}")]
    Number(NumberError),
}

impl SubjectName {
    pub(crate) fn from_der(der: &[u8]) -> der::Result<Self> {
        let name = RdnSequence::from_der(der)?;
        let single = |wanted| single_text(&name, wanted);
        Ok(Self {
            common_name: single(oid::COMMON_NAME),
            surname: single(oid::SURNAME),
            given_name: single(oid::GIVEN_NAME),
            serial_number: single(oid::SERIAL_NUMBER),
            country: single(oid::COUNTRY),
            organization: single(oid::ORGANIZATION),
            bin: bin_of(&name),
            uid: single(oid::USER_ID),
            iin: iin_of(&name),
            text: name.to_string(),
        })
    }

    /// The individual identification number (ЖСН / ИИН) in the subject's only serialNumber.
    ///
    /// # Errors
    /// [`IinError`]; `IIN` in a CN, in lower case, twice, or in a multi-valued RDN is not one.
    ///
    /// Source: the national profile; a second serialNumber is how one person's certificate would be
    /// made to pass as another's.
    pub fn iin(&self) -> Result<Iin, IinError> {
        self.iin
    }
}

impl fmt::Display for SubjectName {
    /// The whole name by RFC 4514, the last RDN first. Holds personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for SubjectName {
    /// For logs: the common name and the masked IIN.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubjectName")
            .field("common_name", &self.common_name)
            .field("iin", &self.iin)
            .finish_non_exhaustive()
    }
}

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

/// A name as text by RFC 4514: the last RDN first, `CN=…,C=KZ`.
pub(crate) fn text(name_der: &[u8]) -> String {
    RdnSequence::from_der(name_der)
        .map(|name| name.to_string())
        .unwrap_or_default()
}

/// Whether a text of RFC 2253 or RFC 4514 means the name: attribute by attribute, in either order,
/// whatever the ASN.1 string types and the spaces after commas.
pub(crate) fn text_means(text: &str, name_der: &[u8]) -> bool {
    let parts: Vec<&str> = split_unescaped(text).map(str::trim).collect();
    let (Ok(written), Ok(name)) = (
        RdnSequence::from_str(&parts.join(",")),
        RdnSequence::from_der(name_der),
    ) else {
        return false;
    };
    let (Some(mut written), Some(name)) = (attributes(&written), attributes(&name)) else {
        return false;
    };
    if written == name {
        return true;
    }
    written.reverse();
    written == name
}

fn attributes(name: &RdnSequence) -> Option<Vec<(ObjectIdentifier, String)>> {
    name.iter()
        .flat_map(|rdn| rdn.iter())
        .map(|attribute| Some((attribute.oid, text_of(&attribute.value)?)))
        .collect()
}

fn split_unescaped(text: &str) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |c| {
        let separates = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        separates
    })
}

fn single_text(name: &RdnSequence, wanted: ObjectIdentifier) -> Option<String> {
    match occurrences(name, wanted)[..] {
        [(attribute, true)] => text_of(&attribute.value),
        _ => None,
    }
}

/// Every attribute of that kind, and whether it has an RDN to itself.
fn occurrences(
    name: &RdnSequence,
    wanted: ObjectIdentifier,
) -> Vec<(&AttributeTypeAndValue, bool)> {
    name.iter()
        .flat_map(|rdn| rdn.iter().map(move |attribute| (attribute, rdn.len() == 1)))
        .filter(|(attribute, _)| attribute.oid == wanted)
        .collect()
}

fn iin_of(name: &RdnSequence) -> Result<Iin, IinError> {
    let attribute = match occurrences(name, oid::SERIAL_NUMBER)[..] {
        [] => return Err(IinError::Absent),
        [(attribute, true)] => attribute,
        _ => return Err(IinError::Multiple),
    };
    if !matches!(
        attribute.value.tag(),
        Tag::PrintableString | Tag::Utf8String
    ) {
        return Err(IinError::Malformed);
    }
    let text = text_of(&attribute.value).ok_or(IinError::Malformed)?;
    let digits = text.strip_prefix("IIN").ok_or(IinError::Malformed)?;
    if digits.len() != 12 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(IinError::Malformed);
    }
    Iin::parse(digits).map_err(IinError::Number)
}

/// The BIN of the only OU that begins with `BIN`, where that has an RDN to itself and a type that the profile writes.
fn bin_of(name: &RdnSequence) -> Option<Bin> {
    let units = occurrences(name, oid::ORGANIZATIONAL_UNIT).into_iter();
    let bins: Vec<_> = units
        .filter_map(|(unit, alone)| Some((text_of(&unit.value)?, unit.value.tag(), alone)))
        .filter(|(text, ..)| text.starts_with("BIN"))
        .collect();
    match &bins[..] {
        [(text, Tag::PrintableString | Tag::Utf8String, true)] => {
            Bin::parse(text.strip_prefix("BIN")?).ok()
        }
        _ => None,
    }
}

/// The text of a directory string; `None` for other types and for texts with control characters.
fn text_of(value: &Any) -> Option<String> {
    let text = match value.tag() {
        Tag::Ia5String => value
            .decode_as::<Ia5StringRef<'_>>()
            .ok()?
            .as_str()
            .to_owned(),
        _ => String::from(DirectoryString::try_from(value).ok()?),
    };
    (!text.is_empty() && !text.chars().any(char::is_control)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> NameToWrite {
        NameToWrite::new()
            .with(oid::COMMON_NAME, "ТЕСТОВ СЫНАҚБЕК")
            .with(oid::SURNAME, "ТЕСТОВ")
            .with(oid::SERIAL_NUMBER, "IIN931002451325")
            .with(oid::COUNTRY, "KZ")
            .with(oid::GIVEN_NAME, "ТЕСТҰЛЫ")
    }

    fn subject(name: &NameToWrite) -> SubjectName {
        SubjectName::from_der(&name.to_der().unwrap()).unwrap()
    }

    #[test]
    fn a_person_of_the_profile_is_read_back() {
        let subject = subject(&person());
        assert_eq!(subject.common_name.as_deref(), Some("ТЕСТОВ СЫНАҚБЕК"));
        assert_eq!(subject.surname.as_deref(), Some("ТЕСТОВ"));
        assert_eq!(subject.given_name.as_deref(), Some("ТЕСТҰЛЫ"));
        assert_eq!(subject.serial_number.as_deref(), Some("IIN931002451325"));
        assert_eq!(subject.country.as_deref(), Some("KZ"));
        assert_eq!(subject.iin(), Ok(Iin::parse("931002451325").unwrap()));
        assert_eq!((subject.bin, subject.uid), (None, None));
    }

    #[test]
    fn an_iin_that_could_mislead_is_none() {
        let without = NameToWrite::new().with(oid::COMMON_NAME, "IIN931002451325");
        let with = |text: &str| subject(&without.clone().with(oid::SERIAL_NUMBER, text)).iin();
        assert_eq!(subject(&without).iin(), Err(IinError::Absent));
        assert_eq!(with("iin931002451325"), Err(IinError::Malformed));
        assert_eq!(with("931002451325"), Err(IinError::Malformed));
        assert_eq!(with("IIN 931002451325"), Err(IinError::Malformed));
        assert_eq!(
            with("IIN931002451324"),
            Err(IinError::Number(NumberError::CheckDigit))
        );
        let twice = person().with(oid::SERIAL_NUMBER, "IIN061211600012");
        assert_eq!(subject(&twice).iin(), Err(IinError::Multiple));
        assert_eq!(subject(&twice).serial_number, None);
    }

    #[test]
    fn an_iin_in_a_multi_valued_rdn_is_none() {
        let name = NameToWrite::new()
            .with(oid::SERIAL_NUMBER, "IIN931002451325")
            .joined_with(oid::COMMON_NAME, "X");
        let subject = subject(&name);
        assert_eq!(subject.iin(), Err(IinError::Multiple));
        assert_eq!(subject.common_name, None);
    }

    #[test]
    fn the_bin_is_read_from_the_one_unit_that_has_it() {
        let unit = |name: NameToWrite, text| name.with(oid::ORGANIZATIONAL_UNIT, text);
        let one = unit(person(), "BIN990140000017");
        let bin = Some(Bin::parse("990140000017").unwrap());
        assert_eq!(subject(&one).bin, bin);
        assert_eq!(subject(&unit(one.clone(), "DEPARTMENT")).bin, bin);
        // Another, or the same again.
        assert!(Bin::parse("990140000027").is_ok());
        for second in ["BIN990140000027", "BIN990140000017", "BIN"] {
            assert_eq!(subject(&unit(one.clone(), second)).bin, None);
        }
        // A wrong check digit.
        assert_eq!(subject(&unit(person(), "BIN990140000012")).bin, None);
    }

    #[test]
    fn a_bin_in_a_multi_valued_rdn_or_of_another_type_is_none() {
        let bin = "BIN990140000017";
        let joined = person().joined_with(oid::ORGANIZATIONAL_UNIT, bin);
        assert_eq!(subject(&joined).bin, None);
        for (written, expected) in [
            (TextType::Utf8, Bin::parse("990140000017").ok()),
            (TextType::Printable, Bin::parse("990140000017").ok()),
            (TextType::Bmp, None),
            (TextType::Ia5, None),
            (TextType::Teletex, None),
        ] {
            let name = person().with_as(oid::ORGANIZATIONAL_UNIT, bin, written);
            assert_eq!(subject(&name).bin, expected, "{written:?}");
        }
    }

    #[test]
    fn a_text_means_the_name_in_either_order_and_with_spaces() {
        let der = NameToWrite::new()
            .with(oid::COMMON_NAME, "QAQPA, TEST ҚА")
            .with(oid::COUNTRY, "KZ")
            .to_der()
            .unwrap();
        assert_eq!(text(&der), "C=KZ,CN=QAQPA\\, TEST ҚА");
        for good in [
            "C=KZ,CN=QAQPA\\, TEST ҚА",
            "CN=QAQPA\\, TEST ҚА, C=KZ",
            "C=KZ, CN=QAQPA\\, TEST ҚА",
        ] {
            assert!(text_means(good, &der), "{good}");
        }
        for bad in [
            "",
            "C=KZ",
            "CN=QAQPA\\, TEST ҚА,C=KG",
            "CN=\\",
            "=,=",
            "C=KZ,CN=QAQPA",
        ] {
            assert!(!text_means(bad, &der), "{bad}");
        }
    }
}
