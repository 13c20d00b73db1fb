//! Where a statement of the catalogue comes from.

use std::fmt;

/// The source of one statement: one of three kinds, so that nobody takes our reading for the law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The act prints it.
    Printed {
        /// The act's id: `zhambyl-2019-23`.
        act: String,
        /// The annex, item and point of the act, as people cite them.
        item: String,
        /// The line of the act's text file, from 1.
        line: u32,
    },
    /// Our reading where the act is silent or contradicts itself.
    Derived {
        /// Why we read it so.
        reason: String,
    },
    /// The simulator's own addition.
    Assumed,
}

impl Mark {
    /// The kind alone: `printed`, `derived`, `assumed`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Printed { .. } => "printed",
            Self::Derived { .. } => "derived",
            Self::Assumed => "assumed",
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Printed { act, item, line } => write!(f, "printed: {act}, {item}, line {line}"),
            Self::Derived { reason } => write!(f, "derived: {reason}"),
            Self::Assumed => f.write_str("assumed"),
        }
    }
}
