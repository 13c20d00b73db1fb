//! The portal's own numbers, each with its unit and where it comes from.

use std::time::Duration;

/// The portal's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortalConfig {
    /// Characters of a new password, at least: the least that NIST SP 800-63B allows.
    pub password_characters_min: usize,
    /// Characters of a new password, at most: what one hash may cost is bounded.
    pub password_characters_max: usize,
    /// How long a citizen waits for the gateway's immediate answer before the application counts as
    /// queued; real time, well below a browser's patience.
    pub answer_wait: Duration,
    /// Characters of the document to be signed that a page shows: attachments make the rest.
    pub shown_characters_max: usize,
    /// Entries of a list on the cabinet's first page.
    pub list_short: usize,
    /// Notifications on their own page.
    pub notifications_max: u32,
    /// Entries of the outbox, newest first, among which an application's own is looked for.
    pub outbox_looked_at: u32,
}

impl Default for PortalConfig {
    fn default() -> Self {
        Self {
            password_characters_min: 8,
            password_characters_max: 128,
            answer_wait: Duration::from_secs(8),
            shown_characters_max: 12_000,
            list_short: 5,
            notifications_max: 200,
            outbox_looked_at: 64,
        }
    }
}
