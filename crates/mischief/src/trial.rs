//! A small actor with two faults, for the tests of what all have in common.

use crate::{Catalogued, Dial, Fault, Rule, RuleError, Table, Where, WhereOf, Whom};

/// Where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What comes.
    In,
    /// What leaves.
    Out,
}

impl Where for Side {
    const ALL: &'static [Self] = &[Self::In, Self::Out];
    const NOUN: &'static str = "side";

    fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// What.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It comes later.
    Late,
    /// It is lost, on the way in alone.
    LostAndFound,
}

impl Catalogued for Kind {
    type Where = Side;

    fn every() -> impl Iterator<Item = Self> {
        [Self::Late, Self::LostAndFound].into_iter()
    }

    fn name(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::LostAndFound => "lost-and-found",
        }
    }

    fn dial(self) -> Option<Dial> {
        (self == Self::Late).then_some(Dial {
            name: "ms",
            default: 100,
            min: 1,
            max: 1000,
        })
    }

    fn places(self) -> &'static [Side] {
        match self {
            Self::Late => Side::ALL,
            Self::LostAndFound => &[Side::In],
        }
    }
}

/// A person; who is named is met on the way in alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person(pub Option<String>);

crate::written_rule! {
    of Person;
    /// Which side.
    side,
    /// Whom.
    #[serde(rename = "for")]
    whose: String,
}

impl Whom for Person {
    type Kind = Kind;
    type Written = WrittenRule;
    const TABLE: Table = Table::Gateway;

    fn read(written: WrittenRule) -> Result<Self, RuleError> {
        Ok(Self(written.whose))
    }

    fn write(&self) -> WrittenRule {
        WrittenRule {
            whose: self.0.clone(),
            ..WrittenRule::default()
        }
    }

    fn tells(&self, place: WhereOf<Self>) -> bool {
        self.0.is_none() || place == Side::In
    }

    fn check(&self, _: &[Fault<Kind>], places: &[Side]) -> Result<(), RuleError> {
        match &self.0 {
            Some(_) if !places.contains(&Side::In) => Err(RuleError::Whom("nobody".to_owned())),
            _ => Ok(()),
        }
    }
}

/// A rule of lost messages, always.
pub fn lost(id: &str) -> Rule<Person> {
    Rule {
        id: id.to_owned(),
        faults: vec![Kind::LostAndFound.plain()],
        places: vec![Side::In],
        whom: Person::default(),
        when: crate::When::default(),
        seed: 0,
    }
}
