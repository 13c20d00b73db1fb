//! The way of a card through the hands of the staff, all at once.

use qaqpa_channel::Rejection;
use qaqpa_regulations::ActionDef;
use qaqpa_store::CardState;

use crate::progress::{Advance, Progress, Ruling};
use crate::workplace::Offer;

/// The staff's actions from the first to the one that sends, as the walker lets them follow each other.
#[derive(Debug)]
pub(super) struct Walked {
    /// Each action with what its end brings.
    pub(super) taken: Vec<(ActionDef, Advance)>,
    /// The one in which the result is signed.
    pub(super) signing: Option<ActionDef>,
    /// How the card stands afterwards: not `Open`.
    pub(super) state: CardState,
}

impl Walked {
    pub(super) fn through(offer: &Offer<'_>, ruling: Ruling) -> Result<Self, Rejection> {
        let mut walked = Self {
            taken: Vec::new(),
            signing: None,
            state: CardState::Open,
        };
        let mut done = Vec::new();
        let mut next = offer.chain.first().cloned();
        // A chain is walked once: each action ends once.
        for _ in offer.chain.actions() {
            let Some(action) = next.take() else { break };
            let progress = Progress {
                flow: offer.flow,
                chain: &offer.chain,
                ruling: Some(ruling),
                done: &done,
            };
            let advance = progress.end(&action).map_err(Rejection::faulted)?;
            if offer.chain.signs(&action) {
                walked.signing = Some(action.clone());
            }
            walked.state = advance.state;
            next = advance.next.first().cloned();
            done.push(action.clone());
            walked.taken.push((action, advance));
        }
        if walked.state == CardState::Open {
            return Err(Rejection::faulted(
                "the staff's actions of this flow do not come to an end",
            ));
        }
        Ok(walked)
    }
}
