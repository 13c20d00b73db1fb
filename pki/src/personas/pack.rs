//! Packs: which ready-made people belong together, and a set of packs.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{
    Keyless, Persona, Relation, SystemPersona, core, families, keys, organisations, states,
};

/// People and systems that are issued together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pack {
    /// There from the first start.
    Core,
    /// Parents with children, a guardian with wards.
    Families,
    /// Who may do what for a company.
    Organisations,
    /// One citizen with a key of every kind.
    Keys,
    /// Everything that can be the matter with a certificate.
    States,
}

impl Pack {
    /// Every pack, the core first.
    pub const ALL: [Self; 5] = [
        Self::Core,
        Self::Families,
        Self::Organisations,
        Self::Keys,
        Self::States,
    ];

    /// The name in files, on the control port and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Families => "families",
            Self::Organisations => "organisations",
            Self::Keys => "keys",
            Self::States => "states",
        }
    }

    /// The pack of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pack| pack.name() == name)
    }

    /// What the pack is for, in one line.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Core => {
                "citizens, the staff of three units, an operator, one of each cause of condition 2, the systems"
            }
            Self::Families => "adult, minor, parents with children, guardian with wards",
            Self::Organisations => {
                "head, right to sign, finance, personnel, employee without authority, representatives, a branch, a system"
            }
            Self::Keys => {
                "one citizen with RSA, GOST 2015, GOST 2004 and ECDSA keys, for signing and for logging in"
            }
            Self::States => {
                "one person for each thing that can be the matter with a certificate or its key file"
            }
        }
    }

    /// The people with keys.
    #[must_use]
    pub const fn people(self) -> &'static [Persona] {
        match self {
            Self::Core => core::PEOPLE,
            Self::Families => families::PEOPLE,
            Self::Organisations => organisations::PEOPLE,
            Self::Keys => keys::PEOPLE,
            Self::States => states::PEOPLE,
        }
    }

    /// The systems.
    #[must_use]
    pub const fn systems(self) -> &'static [SystemPersona] {
        match self {
            Self::Core => core::SYSTEMS,
            Self::Organisations => organisations::SYSTEMS,
            _ => &[],
        }
    }

    /// The people without keys.
    #[must_use]
    pub const fn keyless(self) -> &'static [Keyless] {
        match self {
            Self::Families => families::KEYLESS,
            _ => &[],
        }
    }

    /// Who is what to whom.
    #[must_use]
    pub const fn relations(self) -> &'static [Relation] {
        match self {
            Self::Families => families::RELATIONS,
            Self::Organisations => organisations::RELATIONS,
            _ => &[],
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Pack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of packs; the core is in every one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Packs(u8);

impl Packs {
    /// The core alone.
    pub const CORE: Self = Self(Pack::Core.bit());
    /// Every pack.
    pub const ALL: Self = Self::CORE
        .with(Pack::Families)
        .with(Pack::Organisations)
        .with(Pack::Keys)
        .with(Pack::States);

    /// The set with one pack more.
    #[must_use]
    pub const fn with(self, pack: Pack) -> Self {
        Self(self.0 | pack.bit())
    }

    /// The packs of either set.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a pack is in the set.
    #[must_use]
    pub const fn has(self, pack: Pack) -> bool {
        self.0 & pack.bit() != 0
    }

    /// Whether every pack of the other set is in this one.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The packs, the core first.
    pub fn iter(self) -> impl Iterator<Item = Pack> {
        Pack::ALL.into_iter().filter(move |pack| self.has(*pack))
    }

    /// The set of these names; `all` means every pack.
    ///
    /// # Errors
    /// The first name that is no pack's.
    pub fn parse<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, &'n str> {
        names
            .into_iter()
            .try_fold(Self::CORE, |set, name| match name {
                "all" => Ok(Self::ALL),
                name => Pack::parse(name).map(|pack| set.with(pack)).ok_or(name),
            })
    }
}

impl Default for Packs {
    fn default() -> Self {
        Self::CORE
    }
}

impl fmt::Debug for Packs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<'de> Deserialize<'de> for Packs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Self::parse(names.iter().map(String::as_str))
            .map_err(|name| D::Error::custom(format!("{name:?} is not a pack of people")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pack_is_found_by_its_name_and_all_means_all() {
        for pack in Pack::ALL {
            assert_eq!(Pack::parse(pack.name()), Some(pack));
            assert!(Packs::ALL.has(pack));
        }
        assert_eq!(Packs::parse(["all"]), Ok(Packs::ALL));
        assert_eq!(Packs::parse([]), Ok(Packs::CORE));
        assert_eq!(Packs::parse(["keys", "dragons"]), Err("dragons"));
        let keys = Packs::parse(["keys"]).unwrap();
        assert!(keys.has(Pack::Keys) && keys.has(Pack::Core) && !keys.has(Pack::States));
        assert!(Packs::ALL.covers(keys) && !keys.covers(Packs::ALL));
        assert_eq!(format!("{keys:?}"), "{Core, Keys}");
    }
}
