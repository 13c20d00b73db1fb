//! The subject as the national profile writes it.

use std::fmt;

use der::{Decode, Tag, Tagged};
use qaqpa_model::iin::NumberError;
use qaqpa_model::{Bin, Iin};
use thiserror::Error;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::RdnSequence;

use super::text_of;
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
    der: Vec<u8>,
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
        Ok(Self::of(&RdnSequence::from_der(der)?, der))
    }

    /// The subject of a name that was read from this DER.
    pub(crate) fn of(name: &RdnSequence, der: &[u8]) -> Self {
        let all: Vec<_> = name
            .iter()
            .flat_map(|rdn| rdn.iter().map(move |attribute| (attribute, rdn.len() == 1)))
            .collect();
        let single = |wanted| match only(&all, wanted) {
            Only::One(attribute) => text_of(&attribute.value),
            Only::None | Only::Ambiguous => None,
        };
        Self {
            common_name: single(oid::COMMON_NAME),
            surname: single(oid::SURNAME),
            given_name: single(oid::GIVEN_NAME),
            serial_number: single(oid::SERIAL_NUMBER),
            country: single(oid::COUNTRY),
            organization: single(oid::ORGANIZATION),
            bin: bin_of(&all),
            uid: single(oid::USER_ID),
            iin: iin_of(&all),
            der: der.to_vec(),
        }
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
        f.write_str(&super::text(&self.der))
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

/// Every attribute of a name, and whether it has an RDN to itself.
type All<'a> = [(&'a AttributeTypeAndValue, bool)];

/// How often an attribute occurs.
enum Only<'a> {
    None,
    /// Once, with an RDN to itself.
    One(&'a AttributeTypeAndValue),
    /// More than once, or beside another attribute.
    Ambiguous,
}

fn only<'a>(all: &All<'a>, wanted: ObjectIdentifier) -> Only<'a> {
    let mut found = all.iter().filter(|(attribute, _)| attribute.oid == wanted);
    match (found.next(), found.next()) {
        (None, _) => Only::None,
        (Some((attribute, true)), None) => Only::One(attribute),
        _ => Only::Ambiguous,
    }
}

fn iin_of(all: &All<'_>) -> Result<Iin, IinError> {
    let attribute = match only(all, oid::SERIAL_NUMBER) {
        Only::None => return Err(IinError::Absent),
        Only::One(attribute) => attribute,
        Only::Ambiguous => return Err(IinError::Multiple),
    };
    if !is_of_the_profile(attribute) {
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
fn bin_of(all: &All<'_>) -> Option<Bin> {
    let units = all
        .iter()
        .filter(|(unit, _)| unit.oid == oid::ORGANIZATIONAL_UNIT);
    let mut bins = units
        .filter_map(|(unit, alone)| Some((text_of(&unit.value)?, *unit, *alone)))
        .filter(|(text, ..)| text.starts_with("BIN"));
    match (bins.next(), bins.next()) {
        (Some((text, unit, true)), None) if is_of_the_profile(unit) => {
            Bin::parse(text.strip_prefix("BIN")?).ok()
        }
        _ => None,
    }
}

/// The types of strings that the national profile writes.
fn is_of_the_profile(attribute: &AttributeTypeAndValue) -> bool {
    let tag = attribute.value.tag();
    matches!(tag, Tag::PrintableString | Tag::Utf8String)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{NameToWrite, TextType};

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
}
