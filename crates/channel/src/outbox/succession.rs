//! What those had in hand whose name this process has now.
//!
//! A process that is killed is gone at once; one that has lost its connection to the database goes on with what it has in
//! hand, and has another connection within seconds. The two are told apart by a second look.

use std::time::Duration;

use qaqpa_store::Store;
use tokio::time::Instant;

/// Between the two looks. A process looks at its outbox once a second, and connects again then.
const ASSURANCE: Duration = Duration::from_secs(5);

/// How long after the start nothing is looked for any more: leases are over by then.
const LOOKED_FOR: Duration = Duration::from_secs(90);

/// The looks of one worker, from its start on.
#[derive(Debug)]
pub(super) struct Succession {
    begun: Instant,
    next: Option<Instant>,
    /// Who seemed to be gone at the last look.
    suspected: Vec<String>,
}

impl Succession {
    pub(super) fn new() -> Self {
        let begun = Instant::now();
        Self {
            begun,
            next: Some(begun),
            suspected: Vec::new(),
        }
    }

    /// Looks, where it is time to: whoever was gone before and is gone now has nothing in hand any more.
    pub(super) async fn look(&mut self, store: &Store) {
        let now = Instant::now();
        if self.next.is_none_or(|next| next > now) {
            return;
        }
        let exchange = store.exchange();
        let gone = match exchange.predecessors().await {
            Ok(gone) => gone,
            Err(error) => {
                tracing::warn!(%error, "it cannot be seen who had this name before");
                self.next = (now < self.begun + LOOKED_FOR).then_some(now + ASSURANCE);
                return;
            }
        };
        let (sure, suspected): (Vec<_>, Vec<_>) = gone
            .into_iter()
            .partition(|holder| self.suspected.contains(holder));
        if !sure.is_empty() {
            match exchange.inherit(sure).await {
                Ok(entries) => {
                    tracing::info!(entries, "took over what a process of before had in hand")
                }
                Err(error) => {
                    tracing::warn!(%error, "what a process of before had in hand waits until its leases end")
                }
            }
        }
        self.next = (!suspected.is_empty()).then_some(now + ASSURANCE);
        self.suspected = suspected;
    }
}
