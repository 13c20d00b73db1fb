//! Families: parents with children, a guardian with wards, and an adult who is nobody's anything.
//!
//! The simulated clock may stand anywhere, and a birthday is part of the number: the minor is one from June 2024, when a
//! person of fourteen may have an identity card, to June 2028, and the children are below fourteen until 2029 and 2033.

use qaqpa_crypto::KeyKind;

use super::{Keyless, Persona, Relation, RelationKind, citizen};
use crate::standing::Standing::InForce;

pub(super) const PEOPLE: &[Persona] = &[
    Persona {
        key: KeyKind::Gost2015,
        about: "an adult without children or wards: who asks for a child's papers must be refused by the registers",
        ..citizen(
            "adult-1",
            ["ТЕСТЕКОВ", "ДӘУРЕН", "СЫНАҚҰЛЫ"],
            "88090439020",
            InForce,
        )
    },
    Persona {
        about: "a mother of three; her children are known to the registers as hers",
        ..citizen(
            "parent-1",
            ["ТЕСТҚАЛИЕВА", "ЖАНАР", "СЫНАҚҚЫЗЫ"],
            "84021749021",
            InForce,
        )
    },
    Persona {
        key: KeyKind::Gost2015,
        about: "the father of the same three",
        ..citizen(
            "parent-2",
            ["ТЕСТҚАЛИЕВ", "МАРАТ", "СЫНАҚҰЛЫ"],
            "82111239022",
            InForce,
        )
    },
    Persona {
        key: KeyKind::Gost2015,
        about: "a minor with a key: the signature verifies, and services for adults must refuse by age",
        ..citizen(
            "minor-1",
            ["ТЕСТҚАЛИЕВ", "ӘДІЛ", "МАРАТҰЛЫ"],
            "10061559023",
            InForce,
        )
    },
    Persona {
        about: "a guardian (қорғаншы) of a child and of an adult without legal capacity",
        ..citizen(
            "guardian-1",
            ["ТЕСТМҰРАТОВА", "САУЛЕ", "СЫНАҚҚЫЗЫ"],
            "75083049024",
            InForce,
        )
    },
];

pub(super) const KEYLESS: &[Keyless] = &[
    Keyless {
        id: "child-1",
        name: ["ТЕСТҚАЛИЕВА", "АРУЖАН", "МАРАТҚЫЗЫ"],
        iin_begin: "15042569025",
        about: "the second child of parent-1 and parent-2",
    },
    Keyless {
        id: "child-2",
        name: ["ТЕСТҚАЛИЕВ", "АЛИ", "МАРАТҰЛЫ"],
        iin_begin: "19090159026",
        about: "the third child of parent-1 and parent-2",
    },
    Keyless {
        id: "ward-1",
        name: ["ТЕСТБЕК", "ИНЖУ", "СЫНАҚҚЫЗЫ"],
        iin_begin: "16120869027",
        about: "a child without parents, in the care of guardian-1",
    },
    Keyless {
        id: "ward-2",
        name: ["ТЕСТБЕКОВ", "ТӨЛЕГЕН", "СЫНАҚҰЛЫ"],
        iin_begin: "60031139061",
        about: "an adult without legal capacity, in the care of guardian-1",
    },
];

pub(super) const RELATIONS: &[Relation] = &[
    parent("parent-1", "minor-1"),
    parent("parent-1", "child-1"),
    parent("parent-1", "child-2"),
    parent("parent-2", "minor-1"),
    parent("parent-2", "child-1"),
    parent("parent-2", "child-2"),
    guardian("ward-1"),
    guardian("ward-2"),
];

const fn parent(from: &'static str, to: &'static str) -> Relation {
    Relation {
        kind: RelationKind::Parent,
        from,
        to,
        organization: None,
        role: None,
        document: None,
        since: None,
        until: None,
    }
}

const fn guardian(to: &'static str) -> Relation {
    Relation {
        kind: RelationKind::Guardian,
        document: Some("TEST-2010-7"),
        since: Some("2010-01-01"),
        ..parent("guardian-1", to)
    }
}
