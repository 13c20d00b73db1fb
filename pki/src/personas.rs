//! The ready-made people and systems, in packs. All are invented; their names say TEST, and their numbers are of the
//! range that [`range`] defines.

mod core;
mod families;
mod keys;
pub(crate) mod making;
mod organisations;
mod pack;
pub mod range;
mod states;

use qaqpa_crypto::KeyKind;
use qaqpa_model::iin::check_digit;
use qaqpa_model::{Bin, Iin, RefusalLabel};
use qaqpa_x509::profile::{Purpose, Role};

use crate::PkiError;
use crate::authority::IssuerName;
use crate::standing::Standing;

pub use pack::{Pack, Packs};
pub use range::{is_test_range, is_test_range_bin};

/// A ready-made person.
#[derive(Clone, Copy, Debug)]
pub struct Persona {
    /// The id, stable: `citizen-1`.
    pub id: &'static str,
    /// Surname, given name, patronymic.
    pub name: [&'static str; 3],
    /// The first eleven digits of the IIN; the twelfth is computed.
    pub iin_begin: &'static str,
    /// The role in `index.json`.
    pub role: Role,
    /// What the key is for.
    pub purpose: Purpose,
    /// The kind of the key.
    pub key: KeyKind,
    /// What the certificate is at any moment.
    pub standing: Standing,
    /// How certificate and key file differ from the profile.
    pub making: Making,
    /// The organisation of an employee.
    pub organization: Option<&'static Organization>,
    /// The unit whose workplace the person may enter.
    pub unit: Option<&'static str>,
    /// The role in the unit, as the acts' actions name it: `clerk`, `head`.
    pub post: Option<&'static str>,
    /// Why this person exists.
    pub about: &'static str,
    /// What a relying party must say to a document that this person signs now.
    pub expected: Expected,
}

/// How a person's certificate or key file differs from the national profile, on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Making {
    /// Not at all.
    ByProfile,
    /// The foreign root signs, which nobody trusts.
    Foreign,
    /// An authority of the issuing authority's name signs, with a key of its own.
    Namesake,
    /// A citizen signs, whose certificate is good and no authority's.
    EndEntityIssuer,
    /// An authority of the root signs, which has expired.
    ExpiredIssuer,
    /// An authority below the issuing one signs, whose path length allows none.
    TooLongPath,
    /// A critical extension that nobody knows.
    UnknownCritical,
    /// Key usage without nonRepudiation.
    NoNonRepudiation,
    /// Extended key usage without emailProtection.
    NoEmailProtection,
    /// Two serialNumber RDNs.
    TwoSerialNumbers,
    /// The IIN in the common name, and no serialNumber.
    IinInCommonName,
    /// `iin` before the digits.
    LowerCaseIin,
    /// The serialNumber in one RDN with the surname.
    MultiValuedRdn,
    /// Digits whose last is not their check digit.
    WrongCheckDigit,
    /// The key file has another password than the index says.
    OtherPassword,
}

/// What a relying party must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The document is accepted.
    Accept,
    /// The document is refused, with this reason.
    Refuse(RefusalLabel),
    /// There is no document: the key file does not open with the known password.
    Unopened,
}

/// A ready-made organisation.
#[derive(Debug)]
pub struct Organization {
    /// Its name.
    pub name: &'static str,
    /// The first eleven digits of the BIN; the twelfth is computed.
    pub bin_begin: &'static str,
}

/// A ready-made information system.
#[derive(Clone, Copy, Debug)]
pub struct SystemPersona {
    /// The id, stable: `system-gateway`.
    pub id: &'static str,
    /// The sender's id at the gateway; the gateway itself has none.
    pub sender_id: Option<&'static str>,
    /// The common name.
    pub name: &'static str,
    /// The object identifier in UID: of the arc 2.999, which is for examples.
    pub oid: &'static str,
    /// Whose system it is.
    pub organization: &'static Organization,
}

/// A ready-made person without a key.
#[derive(Clone, Copy, Debug)]
pub struct Keyless {
    /// The id, stable: `child-1`.
    pub id: &'static str,
    /// Surname, given name, patronymic.
    pub name: [&'static str; 3],
    /// The first eleven digits of the IIN.
    pub iin_begin: &'static str,
    /// Why this person exists.
    pub about: &'static str,
}

/// What a person is to another person or to an organisation.
#[derive(Clone, Copy, Debug)]
pub struct Relation {
    /// What `from` is.
    pub kind: RelationKind,
    /// The id of a person.
    pub from: &'static str,
    /// The id of another person; empty where it is an organisation.
    pub to: &'static str,
    /// The organisation, where it is one.
    pub organization: Option<&'static Organization>,
    /// The role of a representative.
    pub role: Option<Role>,
    /// The document that it rests on.
    pub document: Option<&'static str>,
    /// The first day.
    pub since: Option<&'static str>,
    /// The last day.
    pub until: Option<&'static str>,
}

/// The kinds of relations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// Ата-ана / родитель.
    Parent,
    /// Қорғаншы / опекун.
    Guardian,
    /// Өкіл / представитель, by a power of attorney (сенімхат / доверенность).
    Representative,
}

/// The password of every ready-made person's key file: the one that the real authority's test keys have.
pub const KEY_PASSWORD: &str = "Qwerty12";

/// The password that nobody is told, of the one key file whose known password is wrong.
pub const OTHER_PASSWORD: &str = "Qwerty13";

/// A citizen with an RSA key for signing.
const fn citizen(
    id: &'static str,
    name: [&'static str; 3],
    iin_begin: &'static str,
    standing: Standing,
) -> Persona {
    Persona {
        id,
        name,
        iin_begin,
        role: Role::Individual,
        purpose: Purpose::Sign,
        key: KeyKind::Rsa,
        standing,
        making: Making::ByProfile,
        organization: None,
        unit: None,
        post: None,
        about: "a citizen with a certificate in force",
        expected: Expected::Accept,
    }
}

impl Persona {
    /// The person's IIN.
    ///
    /// # Errors
    /// [`PkiError::Unreadable`] where the list holds eleven digits that no IIN begins with.
    pub fn iin(&self) -> Result<Iin, PkiError> {
        iin(self.iin_begin)
    }

    /// The roles in the certificate: an employee's has the entity's too.
    #[must_use]
    pub fn roles(&self) -> Vec<Role> {
        roles(self.role)
    }

    /// The password for the portal or the workplace.
    #[must_use]
    pub fn portal_password(&self) -> String {
        format!("Qaqpa-{}", self.id)
    }

    /// Under which issuer the certificate stands in the register.
    #[must_use]
    pub const fn issuer(&self) -> IssuerName {
        match self.making {
            // Of the last three the signer is not in the register: they stand with what is not the authority's word.
            Making::Foreign
            | Making::Namesake
            | Making::EndEntityIssuer
            | Making::ExpiredIssuer
            | Making::TooLongPath => IssuerName::Foreign,
            _ => IssuerName::Issuing(self.key),
        }
    }
}

impl Keyless {
    /// The person's IIN.
    ///
    /// # Errors
    /// As [`Persona::iin`].
    pub fn iin(&self) -> Result<Iin, PkiError> {
        iin(self.iin_begin)
    }
}

impl Expected {
    /// `accept` or `refuse`.
    #[must_use]
    pub const fn verdict(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Refuse(_) | Self::Unopened => "refuse",
        }
    }

    /// The reason of a refusal.
    #[must_use]
    pub const fn label(self) -> Option<&'static str> {
        match self {
            Self::Accept => None,
            Self::Refuse(label) => Some(label.as_str()),
            Self::Unopened => Some("key-password-wrong"),
        }
    }
}

impl RelationKind {
    /// The name in `index.json`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Guardian => "guardian",
            Self::Representative => "representative",
        }
    }
}

impl Organization {
    /// Its BIN.
    ///
    /// # Errors
    /// [`PkiError::Unreadable`] where the list holds eleven digits that no BIN begins with.
    pub fn bin(&self) -> Result<Bin, PkiError> {
        Bin::parse(&completed(self.bin_begin)).map_err(|_| PkiError::Unreadable {
            what: "a BIN of the list",
        })
    }

    /// Name and BIN, as certificates have them.
    ///
    /// # Errors
    /// As [`Organization::bin`].
    pub fn named(&self) -> Result<(String, Bin), PkiError> {
        Ok((self.name.to_owned(), self.bin()?))
    }
}

/// The extended key usages of a role: those within an entity come with the entity's own.
#[must_use]
pub fn roles(role: Role) -> Vec<Role> {
    match role {
        Role::Individual | Role::LegalEntity => vec![role],
        within => vec![Role::LegalEntity, within],
    }
}

/// Whether an id is one of the ready-made, of any pack.
#[must_use]
pub fn is_ready_made(id: &str) -> bool {
    Pack::ALL.iter().any(|pack| {
        pack.people().iter().any(|person| person.id == id)
            || pack.systems().iter().any(|system| system.id == id)
            || pack.keyless().iter().any(|person| person.id == id)
    })
}

fn iin(begin: &str) -> Result<Iin, PkiError> {
    Iin::parse(&completed(begin)).map_err(|_| PkiError::Unreadable {
        what: "an IIN of the list",
    })
}

/// Eleven digits and their check digit; the eleven alone where there is none.
fn completed(begin: &str) -> String {
    let digits: Option<[u8; 11]> = begin
        .bytes()
        .map(|byte| byte.wrapping_sub(b'0'))
        .collect::<Vec<_>>()
        .try_into()
        .ok();
    let check = digits.as_ref().and_then(check_digit);
    check.map_or_else(|| begin.to_owned(), |check| format!("{begin}{check}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use qaqpa_model::IdentityId;

    use super::*;

    #[test]
    fn every_person_has_a_valid_iin_and_a_test_name_and_only_the_same_person_has_the_same_iin() {
        let mut patronymics = BTreeMap::new();
        for person in Pack::ALL.iter().flat_map(|pack| pack.people()) {
            assert!(IdentityId::parse(person.id).is_ok(), "{}", person.id);
            invented(person.id, &person.name, person.iin_begin);
            let iin = person.iin().unwrap().reveal();
            let other = patronymics.insert(iin, &person.name[1..]);
            assert!(
                other.is_none_or(|other| other == &person.name[1..]),
                "{}",
                person.id
            );
            if let Some(organization) = person.organization {
                assert!(organization.name.starts_with("TEST"));
                organization.named().unwrap();
            }
        }
        for person in Pack::ALL.iter().flat_map(|pack| pack.keyless()) {
            invented(person.id, &person.name, person.iin_begin);
            assert!(
                patronymics
                    .insert(person.iin().unwrap().reveal(), &person.name[1..])
                    .is_none()
            );
        }
    }

    fn invented(id: &str, name: &[&str; 3], iin_begin: &str) {
        assert!(name[0].starts_with("ТЕСТ"), "{id}");
        let odd = iin_begin.as_bytes()[6] % 2 == 1;
        assert_eq!(odd, name[2].ends_with("ҰЛЫ"), "{id}");
        assert!(
            iin(iin_begin).is_ok(),
            "{id}: {iin_begin} has no check digit"
        );
    }

    #[test]
    fn ids_are_unique_and_relations_lead_to_somebody() {
        let mut ids: Vec<&str> = Vec::new();
        for pack in Pack::ALL {
            ids.extend(pack.people().iter().map(|person| person.id));
            ids.extend(pack.systems().iter().map(|system| system.id));
            ids.extend(pack.keyless().iter().map(|person| person.id));
        }
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for relation in Pack::ALL.iter().flat_map(|pack| pack.relations()) {
            assert!(is_ready_made(relation.from));
            assert_eq!(is_ready_made(relation.to), relation.organization.is_none());
        }
    }

    #[test]
    fn what_is_expected_fits_what_the_certificate_is() {
        for person in Pack::ALL.iter().flat_map(|pack| pack.people()) {
            let good = matches!(person.making, Making::ByProfile)
                && person.purpose == Purpose::Sign
                && matches!(
                    person.standing,
                    Standing::InForce | Standing::EndsSoon | Standing::Resumed
                );
            assert_eq!(good, person.expected == Expected::Accept, "{}", person.id);
            assert!(!person.about.is_empty(), "{}", person.id);
        }
    }
}
