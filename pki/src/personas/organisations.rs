//! Organisations: who may do what for a company, who may not, and its information system.

use qaqpa_crypto::KeyKind;
use qaqpa_x509::profile::Role;

use super::{Organization, Persona, Relation, RelationKind, SystemPersona, citizen};
use crate::standing::Standing::InForce;

const COMPANY: Organization = Organization {
    name: "TEST СЫНАҚ СЕРІКТЕСТІГІ ЖШС",
    bin_begin: "05054090004",
};
const BRANCH: Organization = Organization {
    name: "TEST СЫНАҚ СЕРІКТЕСТІГІНІҢ ФИЛИАЛЫ",
    bin_begin: "12034190005",
};

pub(super) const PEOPLE: &[Persona] = &[
    Persona {
        about: "the first head of a company: signs for it without a power of attorney",
        ..of(
            &COMPANY,
            Role::Head,
            "company-head-1",
            ["ТЕСТАЛИН", "БОЛАТ", "СЫНАҚҰЛЫ"],
            "71051839029",
        )
    },
    Persona {
        key: KeyKind::Gost2015,
        about: "has the right to sign for the company",
        ..of(
            &COMPANY,
            Role::RightToSign,
            "right-to-sign-1",
            ["ТЕСТАЛИНА", "ДИНА", "СЫНАҚҚЫЗЫ"],
            "86072449030",
        )
    },
    Persona {
        key: KeyKind::Gost2015,
        about: "has the right to sign the company's financial documents, and only these",
        ..of(
            &COMPANY,
            Role::Financial,
            "financial-1",
            ["ТЕСТЕНОВА", "РАУШАН", "СЫНАҚҚЫЗЫ"],
            "79011949031",
        )
    },
    Persona {
        key: KeyKind::Gost2015,
        about: "of the company's personnel department: signs personnel papers, and only these",
        ..of(
            &COMPANY,
            Role::Personnel,
            "personnel-1",
            ["ТЕСТЕНОВ", "ОЛЖАС", "СЫНАҚҰЛЫ"],
            "91040339032",
        )
    },
    Persona {
        about: "an employee without authority: the signature verifies, and whoever needs the company's word must refuse",
        ..of(
            &COMPANY,
            Role::Employee,
            "employee-1",
            ["ТЕСТҒАЛИ", "НҰРСҰЛТАН", "СЫНАҚҰЛЫ"],
            "96081739033",
        )
    },
    Persona {
        about: "a representative of the company by a power of attorney, with a citizen's key",
        ..citizen(
            "representative-1",
            ["ТЕСТҒАЛИЕВА", "МӘДИНА", "СЫНАҚҚЫЗЫ"],
            "87022349034",
            InForce,
        )
    },
    Persona {
        key: KeyKind::Gost2015,
        about: "a representative whose power of attorney ended in 2010: the registers must refuse",
        ..citizen(
            "representative-2",
            ["ТЕСТІЛЕУ", "САМАТ", "СЫНАҚҰЛЫ"],
            "83061939035",
            InForce,
        )
    },
    Persona {
        key: KeyKind::Gost2015,
        about: "the head of a branch: its BIN says so in the sixth digit, and is not the company's",
        ..of(
            &BRANCH,
            Role::Head,
            "branch-head-1",
            ["ТЕСТІЛЕУОВА", "АЛИЯ", "СЫНАҚҚЫЗЫ"],
            "80101349036",
        )
    },
];

pub(super) const SYSTEMS: &[SystemPersona] = &[SystemPersona {
    id: "system-company-1",
    sender_id: None,
    name: "TEST СЫНАҚ СЕРІКТЕСТІГІНІҢ АЖ",
    oid: "2.999.398.5",
    organization: &COMPANY,
}];

pub(super) const RELATIONS: &[Relation] = &[
    representative("representative-1", "TEST-1", Some("2044-12-31")),
    representative("representative-2", "TEST-2", Some("2010-06-30")),
];

const fn representative(
    from: &'static str,
    document: &'static str,
    until: Option<&'static str>,
) -> Relation {
    Relation {
        kind: RelationKind::Representative,
        from,
        to: "",
        organization: Some(&COMPANY),
        role: Some(Role::RightToSign),
        document: Some(document),
        since: Some("2010-01-01"),
        until,
    }
}

const fn of(
    organization: &'static Organization,
    role: Role,
    id: &'static str,
    name: [&'static str; 3],
    iin_begin: &'static str,
) -> Persona {
    Persona {
        role,
        organization: Some(organization),
        ..citizen(id, name, iin_begin, InForce)
    }
}
