//! The actors of the simulator: five processes that meet only over sockets.

use std::fmt;

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
