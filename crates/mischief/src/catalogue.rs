//! A fault of an actor's closed list, where it can befall something, and the number that it takes.

use std::fmt;

/// Where something can be done on purpose: a service of the authority, a side of the gateway.
pub trait Where: Copy + fmt::Debug + PartialEq + Send + Sync + 'static {
    /// Every place.
    const ALL: &'static [Self];

    /// What people call it in errors: `service`, `place`.
    const NOUN: &'static str;

    /// The name in rules.
    fn name(self) -> &'static str;

    /// The place of that name.
    #[must_use]
    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|place| place.name() == name)
    }
}

/// The names of places, for people: `answer, delivery`.
#[must_use]
pub fn names<P: Where>(places: &[P]) -> String {
    let names: Vec<_> = places.iter().map(|place| place.name()).collect();
    names.join(", ")
}

/// One of an actor's faults.
pub trait Catalogued: Copy + fmt::Debug + PartialEq + Send + Sync + 'static {
    /// The places that faults of this list befall.
    type Where: Where;

    /// The whole list, in the order of its page.
    fn every() -> impl Iterator<Item = Self>;

    /// The stable name: `http-status`.
    fn name(self) -> &'static str;

    /// The number that it takes, if it takes one.
    fn dial(self) -> Option<Dial>;

    /// The places that it can befall.
    fn places(self) -> &'static [Self::Where];

    /// The fault of that name.
    #[must_use]
    fn named(name: &str) -> Option<Self> {
        Self::every().find(|kind| kind.name() == name)
    }

    /// With its dial where the catalogue sets it.
    #[must_use]
    fn plain(self) -> Fault<Self> {
        Fault {
            kind: self,
            amount: self.dial().map_or(0, |dial| dial.default),
        }
    }

    /// Name and dial as a page shows them: `` `delay` (ms = 1000, 1 to 20000) ``.
    #[must_use]
    fn title(self) -> String {
        match self.dial() {
            None => format!("`{}`", self.name()),
            Some(dial) => format!(
                "`{}` ({} = {}, {} to {})",
                self.name(),
                dial.name,
                dial.default,
                dial.min,
                dial.max
            ),
        }
    }
}

/// A number that a fault can be given in a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dial {
    /// Its key in a rule; it says the unit: `bytes`, `seconds`, `ms`, `status`.
    pub name: &'static str,
    /// Its value where a rule gives none.
    pub default: u64,
    /// Its least value.
    pub min: u64,
    /// Its greatest value.
    pub max: u64,
}

impl Dial {
    /// Whether it can be set to that.
    #[must_use]
    pub const fn takes(self, amount: u64) -> bool {
        self.min <= amount && amount <= self.max
    }
}

/// What a closed list says of a fault.
#[derive(Clone, Copy, Debug)]
pub struct Row<P: 'static, S> {
    /// The stable name: `http-status`.
    pub name: &'static str,
    /// The places that it can befall.
    pub places: &'static [P],
    /// The number that it takes, if it takes one.
    pub dial: Option<Dial>,
    /// What is done.
    pub does: &'static str,
    /// Which mistake of others it finds.
    pub purpose: &'static str,
    /// What becomes of what it befalls: the actor's own.
    pub said: S,
}

/// One closed list of faults: the enum, and its rows beside it.
///
/// The head: `Enum of Place, type of what is said, for [all places];`. A row: `Variant = "name", [dial = default,
/// min..=max]?, only [places]?: does, purpose, said;`
#[macro_export]
macro_rules! catalogue {
    (
        $(#[$doc:meta])*
        $enum:ident of $place:ty, $said:ty, for [$($every:ident),+];
        $(
            $variant:ident = $name:literal
            $([$dial:ident = $default:literal, $min:literal..=$max:literal])?
            $(only [$($only:ident),+])?
            : $does:literal, $purpose:literal, $more:expr;
        )+
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $enum { $(#[doc = $does] $variant,)+ }

        impl $enum {
            /// Every one, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// What the list says.
            #[must_use]
            pub const fn row(self) -> $crate::Row<$place, $said> {
                /// The places of the whole list.
                const EVERY: &[$place] = &[$(<$place>::$every,)+];
                match self {
                    $(Self::$variant => {
                        #[allow(unused_mut, unused_assignments, reason = "most rows have neither")]
                        let (mut dial, mut places): (Option<$crate::Dial>, &'static [$place]) =
                            (None, EVERY);
                        $(dial = Some($crate::Dial {
                            name: stringify!($dial), default: $default, min: $min, max: $max,
                        });)?
                        $(places = &[$(<$place>::$only,)+];)?
                        $crate::Row {
                            name: $name,
                            places,
                            dial,
                            does: $does,
                            purpose: $purpose,
                            said: $more,
                        }
                    })+
                }
            }
        }
    };
}

/// A fault as a rule has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault<K> {
    /// Which one.
    pub kind: K,
    /// Its dial's value; 0 where it has none.
    pub amount: u64,
}

impl<K: Catalogued> Fault<K> {
    /// Whether it can befall that place.
    #[must_use]
    pub fn befalls(self, place: K::Where) -> bool {
        self.kind.places().contains(&place)
    }
}

impl<K: Catalogued> fmt::Display for Fault<K> {
    /// `delay(ms = 1000)`, `drop`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.kind.name();
        match self.kind.dial() {
            None => f.write_str(name),
            Some(dial) => write!(f, "{name}({} = {})", dial.name, self.amount),
        }
    }
}

/// The name of a list that was perhaps meant: the one that shares most words with this one, or differs by two letters.
#[must_use]
pub fn nearest<K: Catalogued>(name: &str) -> Option<&'static str> {
    let shared = |known: &str| {
        let words = name.split(['-', '_', ' ']);
        let is_known = |word: &&str| known.split('-').any(|part| part == *word);
        words.filter(is_known).count()
    };
    let by_words = K::every()
        .map(|kind| (shared(kind.name()), kind.name()))
        .filter(|(count, _)| *count > 0)
        .max_by_key(|(count, known)| (*count, std::cmp::Reverse(known.len())));
    let by_letters = || {
        K::every()
            .map(|kind| (distance(name, kind.name()), kind.name()))
            .filter(|(letters, _)| *letters <= 2)
            .min_by_key(|(letters, _)| *letters)
    };
    by_words.or_else(by_letters).map(|(_, known)| known)
}

/// How many letters must be put in, left out or exchanged to make one of the other; beyond forty letters nobody asks.
fn distance(one: &str, other: &str) -> usize {
    if one.len() > 40 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, against) in other.bytes().enumerate() {
            let exchanged = diagonal + usize::from(letter != against);
            diagonal = row[column + 1];
            row[column + 1] = exchanged.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{Kind, Side};

    #[test]
    fn a_fault_is_found_by_its_name_and_says_its_number() {
        assert_eq!(Kind::named("late"), Some(Kind::Late));
        assert_eq!(Kind::named("later"), None);
        assert_eq!(Side::named("out"), Some(Side::Out));
        assert_eq!(Kind::Late.plain().to_string(), "late(ms = 100)");
        assert_eq!(Kind::LostAndFound.plain().to_string(), "lost-and-found");
        assert_eq!(Kind::Late.title(), "`late` (ms = 100, 1 to 1000)");
        assert!(Kind::Late.plain().befalls(Side::Out));
        assert!(!Kind::LostAndFound.plain().befalls(Side::Out));
    }

    #[test]
    fn a_wrong_name_is_answered_with_one_that_was_perhaps_meant() {
        for (wrong, meant) in [
            ("lost", Some("lost-and-found")),
            ("lots-and-fuond", Some("lost-and-found")),
            ("late_answer", Some("late")),
            ("laet", Some("late")),
            ("ltae-", None),
            ("qwerty", None),
            ("", None),
        ] {
            assert_eq!(nearest::<Kind>(wrong), meant, "{wrong}");
        }
        assert_eq!(distance("", "late"), 4);
        assert_eq!(distance("late", "late"), 0);
        assert_eq!(distance("gate", "late"), 1);
        assert_eq!(distance("dorp", "drop"), 2);
    }
}
