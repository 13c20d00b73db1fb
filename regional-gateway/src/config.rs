//! The workplace's own numbers, each with its unit and where it comes from.

use std::time::Duration;

/// The settings of the regional gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkplaceConfig {
    /// How long an officer waits for the gateway's immediate answer after signing; real time, well
    /// below a browser's patience. The result is delivered all the same.
    pub answer_wait: Duration,
    /// How long the start waits for the authority, without which no account is known.
    pub authority_wait: Duration,
    /// Characters of an officer's own words in a refusal.
    pub comment_characters_max: usize,
    /// Cards that a list shows.
    pub cards_max: u32,
}

impl Default for WorkplaceConfig {
    fn default() -> Self {
        Self {
            answer_wait: Duration::from_secs(8),
            authority_wait: Duration::from_secs(60),
            comment_characters_max: 2000,
            cards_max: 200,
        }
    }
}
