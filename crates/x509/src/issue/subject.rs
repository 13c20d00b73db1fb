//! Whom a certificate is about, and how the profile writes it.

use std::fmt;

use qaqpa_model::{Bin, Iin};

use crate::name::NameToWrite;
use crate::oid;

/// A person as the profile writes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Surname.
    pub surname: String,
    /// Given name.
    pub given_name: String,
    /// Patronymic.
    pub patronymic: Option<String>,
    /// The individual identification number.
    pub iin: Iin,
    /// The legal entity that the person acts for: name and BIN.
    pub organization: Option<(String, Bin)>,
}

/// A person with numbers that nobody was ever given, as the real authority's own test certificates have them
/// (`IIN123456789011`).
///
/// Only for an authority that was told to allow test identities: relying parties refuse the numbers by their check digit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestPerson {
    /// Surname.
    pub surname: String,
    /// Given name.
    pub given_name: String,
    /// Patronymic.
    pub patronymic: Option<String>,
    /// What stands for the individual identification number.
    pub iin: UncheckedTestNumber,
    /// The legal entity: name and what stands for the BIN.
    pub organization: Option<(String, UncheckedTestNumber)>,
}

/// Twelve digits in the place of an IIN or a BIN, with neither date nor check digit looked at.
#[derive(Clone, PartialEq, Eq)]
pub struct UncheckedTestNumber(String);

/// An information system as the profile writes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// The system's name.
    pub name: String,
    /// The system's object identifier, in dotted form.
    pub oid: String,
    /// The legal entity that owns it: name and BIN.
    pub organization: Option<(String, Bin)>,
}

/// What older subjects have besides; empty for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OlderAttributes {
    /// L: the locality.
    pub locality: Option<String>,
    /// ST: the region.
    pub state: Option<String>,
    /// E: the electronic mail address.
    pub email: Option<String>,
}

impl Person {
    /// The subject by the profile of today.
    #[must_use]
    pub fn subject(&self) -> NameToWrite {
        self.older_subject(&OlderAttributes::default())
    }

    /// The subject with the attributes that older certificates have besides: L and ST after C, E at the end.
    #[must_use]
    pub fn older_subject(&self, older: &OlderAttributes) -> NameToWrite {
        let organization = self.organization.as_ref();
        let texts = Texts {
            surname: &self.surname,
            given_name: &self.given_name,
            patronymic: self.patronymic.as_deref(),
            iin: &self.iin.reveal(),
            organization: organization.map(|(name, bin)| (name.as_str(), bin.reveal())),
        };
        texts.subject(older)
    }
}

impl TestPerson {
    /// The subject by the profile of today, but for its numbers.
    #[must_use]
    pub fn subject(&self) -> NameToWrite {
        let organization = self.organization.as_ref();
        let texts = Texts {
            surname: &self.surname,
            given_name: &self.given_name,
            patronymic: self.patronymic.as_deref(),
            iin: &self.iin.0,
            organization: organization.map(|(name, bin)| (name.as_str(), bin.0.clone())),
        };
        texts.subject(&OlderAttributes::default())
    }
}

impl UncheckedTestNumber {
    /// Twelve ASCII digits, whatever they mean; `None` for other texts.
    #[must_use]
    pub fn allow_without_check(digits: &str) -> Option<Self> {
        let good = digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit());
        good.then(|| Self(digits.to_owned()))
    }

    /// The digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UncheckedTestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UncheckedTestNumber({}…)", &self.0[..2])
    }
}

impl System {
    /// The subject by the profile.
    #[must_use]
    pub fn subject(&self) -> NameToWrite {
        let subject = NameToWrite::new()
            .with(oid::COMMON_NAME, &self.name)
            .with(oid::USER_ID, &self.oid)
            .with(oid::COUNTRY, "KZ");
        let organization = self.organization.as_ref();
        with_organization(
            subject,
            organization.map(|(name, bin)| (name.as_str(), bin.reveal())),
        )
    }
}

/// A person's texts as they stand in the subject.
struct Texts<'a> {
    surname: &'a str,
    given_name: &'a str,
    patronymic: Option<&'a str>,
    iin: &'a str,
    organization: Option<(&'a str, String)>,
}

impl Texts<'_> {
    fn subject(self, older: &OlderAttributes) -> NameToWrite {
        let full = format!("{} {}", self.surname, self.given_name);
        let subject = NameToWrite::new()
            .with(oid::COMMON_NAME, &full)
            .with(oid::SURNAME, self.surname)
            .with(oid::SERIAL_NUMBER, &format!("IIN{}", self.iin))
            .with(oid::COUNTRY, "KZ")
            .with_some(oid::LOCALITY, older.locality.as_deref())
            .with_some(oid::STATE, older.state.as_deref());
        with_organization(subject, self.organization)
            .with_some(oid::GIVEN_NAME, self.patronymic)
            .with_some(oid::EMAIL, older.email.as_deref())
    }
}

fn with_organization(name: NameToWrite, organization: Option<(&str, String)>) -> NameToWrite {
    match organization {
        Some((organization, bin)) => name
            .with(oid::ORGANIZATION, organization)
            .with(oid::ORGANIZATIONAL_UNIT, &format!("BIN{bin}")),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_number_is_twelve_digits_and_hides_most_of_them() {
        let number = UncheckedTestNumber::allow_without_check("123456789011").unwrap();
        assert_eq!(number.digits(), "123456789011");
        assert_eq!(format!("{number:?}"), "UncheckedTestNumber(12…)");
        for bad in [
            "",
            "12345678901",
            "1234567890112",
            "12345678901x",
            "IIN12345678",
        ] {
            assert_eq!(UncheckedTestNumber::allow_without_check(bad), None, "{bad}");
        }
    }
}
