//! The actors of the simulator: five processes that meet only over sockets, and branches of one of them.

use std::fmt;

use crate::ids::IdError;

/// One of the five processes of the simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Actor {
    /// The mock national certifying authority (ҰКО / НУЦ).
    Nca,
    /// The e-government gateway (ЭҮШ / ШЭП).
    Gateway,
    /// The regional gateway and its workplace (ЭҮӨШ АЖО / АРМ РШЭП).
    RegionalGateway,
    /// The portal with the personal cabinet (ЭҮП / ПЭП).
    Portal,
    /// The console, which owns the clock and writes `endpoints.json`.
    Console,
}

impl Actor {
    /// Every actor, in the order in which they start.
    pub const ALL: [Self; 5] = [
        Self::Console,
        Self::Nca,
        Self::Gateway,
        Self::RegionalGateway,
        Self::Portal,
    ];

    /// The name used on the command line, in file names and in `endpoints.json`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nca => "nca",
            Self::Gateway => "gateway",
            Self::RegionalGateway => "regional-gateway",
            Self::Portal => "portal",
            Self::Console => "console",
        }
    }

    /// The actor of that name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|actor| actor.name() == name)
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which of several actors of one kind: a region's regional gateway (`taraz`).
///
/// Says nothing about whether such a branch is up.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Branch(String);

impl Branch {
    /// Reads a name of lower-case letters, digits and hyphens; the first is no hyphen. At most 32 characters.
    ///
    /// It becomes a part of names of files and folders, so nothing else may stand in it.
    ///
    /// # Errors
    /// [`IdError`] where the text is empty, too long or has other characters.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.is_empty() {
            return Err(IdError::Empty);
        }
        if text.len() > 32 {
            return Err(IdError::Long);
        }
        let of_a_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.starts_with('-') || !text.chars().all(of_a_name) {
            return Err(IdError::Character);
        }
        Ok(Self(text.to_owned()))
    }

    /// The branch as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One process of the simulator by name: `gateway`, `regional-gateway`, `regional-gateway.taraz`.
///
/// Only regional gateways have branches. The one without is the regional gateway of everything that has none of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActorName {
    actor: Actor,
    branch: Option<Branch>,
}

impl ActorName {
    /// The regional gateway of a branch.
    #[must_use]
    pub const fn regional(branch: Option<Branch>) -> Self {
        Self {
            actor: Actor::RegionalGateway,
            branch,
        }
    }

    /// The actor of that name, if there can be one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let Some((actor, branch)) = name.split_once('.') else {
            return Actor::parse(name).map(Self::from);
        };
        let branch = Branch::parse(branch).ok()?;
        (Actor::parse(actor)? == Actor::RegionalGateway).then(|| Self::regional(Some(branch)))
    }

    /// What kind of actor it is.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// Which of its kind; `None` for the one without a name of its own.
    #[must_use]
    pub const fn branch(&self) -> Option<&Branch> {
        self.branch.as_ref()
    }
}

impl From<Actor> for ActorName {
    fn from(actor: Actor) -> Self {
        Self {
            actor,
            branch: None,
        }
    }
}

impl fmt::Display for ActorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.branch {
            None => self.actor.fmt(f),
            Some(branch) => write!(f, "{}.{branch}", self.actor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_an_actor_or_a_branch_of_the_regional_gateway_and_nothing_else() {
        for name in ["gateway", "regional-gateway", "regional-gateway.taraz-2"] {
            assert_eq!(ActorName::parse(name).unwrap().to_string(), name);
        }
        let taraz = ActorName::parse("regional-gateway.taraz").unwrap();
        assert_eq!(taraz.actor(), Actor::RegionalGateway);
        assert_eq!(taraz.branch().map(Branch::as_str), Some("taraz"));
        for name in [
            "gateway.taraz",
            "regional-gateway.",
            "regional-gateway.-x",
            "regional-gateway.a.b",
            "regional-gateway.../etc",
            "regional-gateway.Taraz",
            "taraz",
            "",
        ] {
            assert_eq!(ActorName::parse(name), None, "{name}");
        }
        assert_eq!(Branch::parse(&"a".repeat(33)), Err(IdError::Long));
    }
}
