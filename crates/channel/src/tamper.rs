//! Deliberate faults (TEST): what is done to a signed envelope on its way out.

use std::fmt;
use std::sync::Arc;

/// Changes envelopes that are signed and ready to leave. Nothing in it may wait.
#[derive(Clone)]
pub struct Tamper(Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>);

impl Tamper {
    /// Changes them so.
    #[must_use]
    pub fn with(change: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self(Arc::new(change))
    }

    /// What leaves in the place of the honest envelope.
    pub(crate) fn apply(&self, honest: Vec<u8>) -> Vec<u8> {
        (self.0)(honest)
    }
}

impl fmt::Debug for Tamper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tamper")
    }
}
