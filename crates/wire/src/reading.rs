//! Lenient or strict.

/// How much of the schema the reader insists on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Reads what is unambiguous and names the departures.
    #[default]
    Lenient,
    /// Refuses every departure.
    Strict,
}
