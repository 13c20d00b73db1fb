//! Three answers: yes, no, and "it could not be found out".

/// The answer of one check: never a boolean, so that "we do not know" cannot become "yes" by accident.
///
/// An undecided answer becomes a refusal or a fault by policy, at one named place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Answer<N, U = N> {
    /// The check was made and passed.
    Pass,
    /// The check was made and failed, for this reason.
    Fail(N),
    /// The check could not be made, for this reason.
    Undecided(U),
}

impl<N, U> Answer<N, U> {
    /// Whether the check was made and passed.
    #[must_use]
    pub const fn is_pass(&self) -> bool {
        matches!(self, Self::Pass)
    }
}
