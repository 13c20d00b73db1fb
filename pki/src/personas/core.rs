//! The core: the people and systems that are there from the first start. Scripts hold on to their ids and names.

use qaqpa_crypto::KeyKind;
use qaqpa_model::RefusalLabel;
use qaqpa_x509::profile::{Purpose, Role};

use super::{Expected, Making, Organization, Persona, SystemPersona, citizen};
use crate::standing::Standing;

const DEPARTMENT: Organization = Organization {
    name: "TEST БІЛІМ БӨЛІМІ",
    bin_begin: "99014090001",
};
const EXECUTIVE: Organization = Organization {
    name: "TEST ЖЕРГІЛІКТІ АТҚАРУШЫ ОРГАН",
    bin_begin: "01024090005",
};
const EMPLOYMENT: Organization = Organization {
    name: "TEST ЖҰМЫСПЕН ҚАМТУ БӨЛІМІ",
    bin_begin: "05034090006",
};
const CENTRE: Organization = Organization {
    name: "TEST МЕМЛЕКЕТТІК КОРПОРАЦИЯ",
    bin_begin: "16044090002",
};
/// Whose systems the ready-made ones are.
pub(super) const OPERATOR: Organization = Organization {
    name: "TEST ЖҮЙЕЛЕР ОПЕРАТОРЫ",
    bin_begin: "00074090003",
};

pub(super) const PEOPLE: &[Persona] = &[
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
        about: "an officer of the education department, who decides applications at the workplace",
        role: Role::Employee,
        organization: Some(&DEPARTMENT),
        unit: Some("education-department"),
        post: Some("officer"),
        ..citizen(
            "officer-1",
            ["ТЕСТБАЕВА", "ГҮЛНАР", "СЫНАҚҚЫЗЫ"],
            "82042149003",
            Standing::InForce,
        )
    },
    Persona {
        about: "the head of the education department",
        role: Role::Head,
        organization: Some(&DEPARTMENT),
        unit: Some("education-department"),
        post: Some("head"),
        ..citizen(
            "head-1",
            ["ТЕСТБАЕВ", "ЕРЛАН", "СЫНАҚҰЛЫ"],
            "70090139014",
            Standing::InForce,
        )
    },
    // Those of the staff who sign nothing have keys that are quick to make.
    Persona {
        about: "the office of the education department, which registers and sends",
        role: Role::Employee,
        key: KeyKind::Ecdsa,
        organization: Some(&DEPARTMENT),
        unit: Some("education-department"),
        post: Some("clerk"),
        ..citizen(
            "clerk-1",
            ["ТЕСТИНА", "МАРЖАН", "СЫНАҚҚЫЗЫ"],
            "91041749080",
            Standing::InForce,
        )
    },
    Persona {
        about: "a specialist of the education department, who checks and prepares",
        role: Role::Employee,
        key: KeyKind::Ecdsa,
        organization: Some(&DEPARTMENT),
        unit: Some("education-department"),
        post: Some("specialist"),
        ..citizen(
            "specialist-1",
            ["ТЕСТЕНОВ", "ДАНИЯР", "СЫНАҚҰЛЫ"],
            "87032539085",
            Standing::InForce,
        )
    },
    Persona {
        about: "the head of the local executive body",
        role: Role::Head,
        organization: Some(&EXECUTIVE),
        unit: Some("local-executive"),
        post: Some("head"),
        ..citizen(
            "head-2",
            ["ТЕСТҰЛИНА", "САУЛЕ", "СЫНАҚҚЫЗЫ"],
            "69021849082",
            Standing::InForce,
        )
    },
    Persona {
        about: "the office of the local executive body, which registers and sends",
        role: Role::Employee,
        key: KeyKind::Ecdsa,
        organization: Some(&EXECUTIVE),
        unit: Some("local-executive"),
        post: Some("clerk"),
        ..citizen(
            "clerk-2",
            ["ТЕСТАЕВ", "БОЛАТ", "СЫНАҚҰЛЫ"],
            "72061139083",
            Standing::InForce,
        )
    },
    Persona {
        about: "the executor of the local executive body, who checks and prepares",
        role: Role::Employee,
        key: KeyKind::Ecdsa,
        organization: Some(&EXECUTIVE),
        unit: Some("local-executive"),
        post: Some("executor"),
        ..citizen(
            "executor-1",
            ["ТЕСТЕМІРОВА", "ЖАНАР", "СЫНАҚҚЫЗЫ"],
            "86090449081",
            Standing::InForce,
        )
    },
    Persona {
        about: "an officer of the employment and social programmes department, who decides and signs",
        role: Role::Employee,
        organization: Some(&EMPLOYMENT),
        unit: Some("department"),
        post: Some("officer"),
        ..citizen(
            "officer-2",
            ["ТЕСТҚАЛИЕВА", "ДИНАРА", "СЫНАҚҚЫЗЫ"],
            "84071949084",
            Standing::InForce,
        )
    },
    Persona {
        about: "a worker of a service centre",
        role: Role::Employee,
        organization: Some(&CENTRE),
        ..citizen(
            "operator-1",
            ["ТЕСТЖАНОВ", "АСҚАР", "СЫНАҚҰЛЫ"],
            "90061739005",
            Standing::InForce,
        )
    },
    Persona {
        about: "the period ended thirty days ago",
        expected: Expected::Refuse(RefusalLabel::CertificateExpired),
        ..citizen(
            "expired",
            ["ТЕСТ-МЕРЗІМОВ", "ӨТКЕН", "СЫНАҚҰЛЫ"],
            "88013039006",
            Standing::Expired,
        )
    },
    Persona {
        about: "the period begins in thirty days",
        expected: Expected::Refuse(RefusalLabel::CertificateNotYetValid),
        ..citizen(
            "not-yet-valid",
            ["ТЕСТ-БОЛАШАҚОВА", "ЕРТЕҢ", "СЫНАҚҚЫЗЫ"],
            "93071549007",
            Standing::NotYetValid,
        )
    },
    Persona {
        about: "revoked from the first moment on, keyCompromise",
        expected: Expected::Refuse(RefusalLabel::CertificateRevoked),
        ..citizen(
            "revoked",
            ["ТЕСТ-ҚАЙТАРЫЛОВ", "КЕРІ", "СЫНАҚҰЛЫ"],
            "81121239008",
            Standing::Revoked,
        )
    },
    Persona {
        about: "suspended from the first moment on",
        expected: Expected::Refuse(RefusalLabel::CertificateSuspended),
        ..citizen(
            "suspended",
            ["ТЕСТ-ТОҚТАТЫЛОВА", "УАҚЫТША", "СЫНАҚҚЫЗЫ"],
            "84052349019",
            Standing::Suspended,
        )
    },
    Persona {
        about: "a key for logging in, which must not sign",
        purpose: Purpose::Authenticate,
        expected: Expected::Refuse(RefusalLabel::CertificatePurpose),
        ..citizen(
            "auth-only",
            ["ТЕСТ-КІРУОВ", "ҒАНА", "СЫНАҚҰЛЫ"],
            "95022839010",
            Standing::InForce,
        )
    },
    Persona {
        about: "issued by a root that nobody trusts",
        making: Making::Foreign,
        expected: Expected::Refuse(RefusalLabel::IssuerUntrusted),
        ..citizen(
            "foreign",
            ["ТЕСТ-БӨТЕНОВ", "ЖАТ", "СЫНАҚҰЛЫ"],
            "77103139011",
            Standing::InForce,
        )
    },
];

pub(super) const SYSTEMS: &[SystemPersona] = &[
    SystemPersona {
        id: "system-gateway",
        sender_id: None,
        name: "TEST ЭҮШ (GATEWAY)",
        oid: "2.999.398.1",
        organization: &OPERATOR,
    },
    SystemPersona {
        id: "system-portal",
        sender_id: Some("portal"),
        name: "TEST ЭҮП (PORTAL)",
        oid: "2.999.398.2",
        organization: &OPERATOR,
    },
    SystemPersona {
        id: "system-regional-gateway",
        sender_id: Some("regional-gateway"),
        name: "TEST ЭҮӨШ (REGIONAL GATEWAY)",
        oid: "2.999.398.3",
        organization: &OPERATOR,
    },
    SystemPersona {
        id: "system-integrator-1",
        sender_id: Some("integrator-1"),
        name: "TEST ИНТЕГРАТОР 1",
        oid: "2.999.398.4",
        organization: &OPERATOR,
    },
    // A second system from outside: what one registered sender may not do in another's name needs two.
    SystemPersona {
        id: "system-integrator-2",
        sender_id: Some("integrator-2"),
        name: "TEST ИНТЕГРАТОР 2",
        oid: "2.999.398.6",
        organization: &OPERATOR,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

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
                "clerk-1",
                "specialist-1",
                "head-2",
                "clerk-2",
                "executor-1",
                "officer-2",
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
                "system-integrator-1",
                "system-integrator-2"
            ]
        );
    }
}
