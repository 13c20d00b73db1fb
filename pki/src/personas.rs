//! The one list of ready-made people and systems. All are invented; their names say TEST.

use qaqpa_model::iin::check_digit;
use qaqpa_model::{Bin, Iin};
use qaqpa_x509::profile::{Purpose, Role};

use crate::PkiError;
use crate::standing::Standing;

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
    /// What the certificate is at any moment.
    pub standing: Standing,
    /// Whether the foreign root signs, which nobody trusts.
    pub foreign: bool,
    /// The organisation of an employee.
    pub organization: Option<&'static Organization>,
    /// The unit whose workplace the person may enter.
    pub unit: Option<&'static str>,
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
}

/// The password of every ready-made person's key file: the one that the real authority's test keys have.
pub const KEY_PASSWORD: &str = "Qwerty12";

const DEPARTMENT: Organization = Organization {
    name: "TEST БІЛІМ БӨЛІМІ",
    bin_begin: "99014000001",
};
const CENTRE: Organization = Organization {
    name: "TEST МЕМЛЕКЕТТІК КОРПОРАЦИЯ",
    bin_begin: "16044000002",
};
/// Whose systems the ready-made ones are.
pub const OPERATOR: Organization = Organization {
    name: "TEST ЖҮЙЕЛЕР ОПЕРАТОРЫ",
    bin_begin: "00074000003",
};

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
        standing,
        foreign: false,
        organization: None,
        unit: None,
    }
}

/// Every ready-made person.
pub const PEOPLE: [Persona; 11] = [
    citizen(
        "citizen-1",
        ["ТЕСТОВА", "АЙГҮЛ", "СЫНАҚҚЫЗЫ"],
        "85031249001",
        Standing::InForce,
    ),
    citizen(
        "citizen-2",
        ["ТЕСТОВ", "НҰРЛАН", "СЫНАҚҰЛЫ"],
        "79110539002",
        Standing::InForce,
    ),
    Persona {
        role: Role::Employee,
        organization: Some(&DEPARTMENT),
        unit: Some("education-department"),
        ..citizen(
            "officer-1",
            ["ТЕСТБАЕВА", "ГҮЛНАР", "СЫНАҚҚЫЗЫ"],
            "82042149003",
            Standing::InForce,
        )
    },
    Persona {
        role: Role::Head,
        organization: Some(&DEPARTMENT),
        unit: Some("education-department"),
        ..citizen(
            "head-1",
            ["ТЕСТБАЕВ", "ЕРЛАН", "СЫНАҚҰЛЫ"],
            "70090139014",
            Standing::InForce,
        )
    },
    Persona {
        role: Role::Employee,
        organization: Some(&CENTRE),
        ..citizen(
            "operator-1",
            ["ТЕСТЖАНОВ", "АСҚАР", "СЫНАҚҰЛЫ"],
            "90061739005",
            Standing::InForce,
        )
    },
    citizen(
        "expired",
        ["ТЕСТ-МЕРЗІМОВ", "ӨТКЕН", "СЫНАҚҰЛЫ"],
        "88013039006",
        Standing::Expired,
    ),
    citizen(
        "not-yet-valid",
        ["ТЕСТ-БОЛАШАҚОВА", "ЕРТЕҢ", "СЫНАҚҚЫЗЫ"],
        "93071549007",
        Standing::NotYetValid,
    ),
    citizen(
        "revoked",
        ["ТЕСТ-ҚАЙТАРЫЛОВ", "КЕРІ", "СЫНАҚҰЛЫ"],
        "81121239008",
        Standing::Revoked,
    ),
    citizen(
        "suspended",
        ["ТЕСТ-ТОҚТАТЫЛОВА", "УАҚЫТША", "СЫНАҚҚЫЗЫ"],
        "84052349019",
        Standing::Suspended,
    ),
    Persona {
        purpose: Purpose::Authenticate,
        ..citizen(
            "auth-only",
            ["ТЕСТ-КІРУОВ", "ҒАНА", "СЫНАҚҰЛЫ"],
            "95022839010",
            Standing::InForce,
        )
    },
    Persona {
        foreign: true,
        ..citizen(
            "foreign",
            ["ТЕСТ-БӨТЕНОВ", "ЖАТ", "СЫНАҚҰЛЫ"],
            "77103139011",
            Standing::InForce,
        )
    },
];

/// Every ready-made system.
pub const SYSTEMS: [SystemPersona; 4] = [
    SystemPersona {
        id: "system-gateway",
        sender_id: None,
        name: "TEST ЭҮШ (GATEWAY)",
        oid: "2.999.398.1",
    },
    SystemPersona {
        id: "system-portal",
        sender_id: Some("portal"),
        name: "TEST ЭҮП (PORTAL)",
        oid: "2.999.398.2",
    },
    SystemPersona {
        id: "system-regional-gateway",
        sender_id: Some("regional-gateway"),
        name: "TEST ЭҮӨШ (REGIONAL GATEWAY)",
        oid: "2.999.398.3",
    },
    SystemPersona {
        id: "system-integrator-1",
        sender_id: Some("integrator-1"),
        name: "TEST ИНТЕГРАТОР 1",
        oid: "2.999.398.4",
    },
];

impl Persona {
    /// The person's IIN.
    ///
    /// # Errors
    /// [`PkiError::Unreadable`] where the list holds eleven digits that no IIN begins with.
    pub fn iin(&self) -> Result<Iin, PkiError> {
        Iin::parse(&completed(self.iin_begin)).map_err(|_| PkiError::Unreadable {
            what: "an IIN of the list",
        })
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
}

/// The extended key usages of a role: those within an entity come with the entity's own.
#[must_use]
pub fn roles(role: Role) -> Vec<Role> {
    match role {
        Role::Individual | Role::LegalEntity => vec![role],
        within => vec![Role::LegalEntity, within],
    }
}

impl Organization {
    /// Name and BIN, as certificates have them.
    ///
    /// # Errors
    /// [`PkiError::Unreadable`] where the list holds eleven digits that no BIN begins with.
    pub fn named(&self) -> Result<(String, Bin), PkiError> {
        let bin = Bin::parse(&completed(self.bin_begin)).map_err(|_| PkiError::Unreadable {
            what: "a BIN of the list",
        })?;
        Ok((self.name.to_owned(), bin))
    }
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
    use std::collections::BTreeSet;

    use qaqpa_model::IdentityId;

    use super::*;

    #[test]
    fn every_person_has_a_valid_iin_of_their_own_and_a_test_name() {
        let iins: BTreeSet<_> = PEOPLE.iter().map(|p| p.iin().unwrap().reveal()).collect();
        assert_eq!(iins.len(), PEOPLE.len());
        for person in PEOPLE {
            assert!(person.name[0].starts_with("ТЕСТ"), "{}", person.id);
            assert!(IdentityId::parse(person.id).is_ok());
            let odd = person.iin_begin.as_bytes()[6] % 2 == 1;
            assert_eq!(odd, person.name[2].ends_with("ҰЛЫ"), "{}", person.id);
            if let Some(organization) = person.organization {
                organization.named().unwrap();
            }
        }
    }

    #[test]
    fn the_ids_are_those_that_scripts_hold_on_to() {
        let ids: Vec<_> = PEOPLE.iter().map(|person| person.id).collect();
        assert_eq!(
            ids,
            [
                "citizen-1",
                "citizen-2",
                "officer-1",
                "head-1",
                "operator-1",
                "expired",
                "not-yet-valid",
                "revoked",
                "suspended",
                "auth-only",
                "foreign"
            ]
        );
        let systems: Vec<_> = SYSTEMS.iter().map(|system| system.id).collect();
        assert_eq!(
            systems,
            [
                "system-gateway",
                "system-portal",
                "system-regional-gateway",
                "system-integrator-1"
            ]
        );
        OPERATOR.named().unwrap();
    }
}
