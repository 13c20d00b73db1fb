//! One message, one way: the whole story on one screen.
//!
//! ```text
//! receive → open_envelope → judge_signature → confirm_applicant → choose_route → deliver
//! Received →   Opened     →     Judged      →     Admitted      →    Routed    → Delivered
//! ```
//!
//! Each stage consumes the value before and makes one whose fields are private to its file, so that a
//! stage can be neither skipped nor forged. A result goes the same way: `choose_route` asks
//! `return_document` where it belongs.

use qaqpa_channel::{Refused, Rejection};

use crate::gateway::Gateway;
use crate::record::Record;
use crate::stages::choose_route::choose_route;
use crate::stages::confirm_applicant::confirm_applicant;
use crate::stages::deliver::{Delivered, deliver};
use crate::stages::judge_signature::judge_signature;
use crate::stages::open_envelope::open_envelope;
use crate::stages::receive::receive;

/// Why a message left the way before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The same message was accepted before: the unsigned answer that it was given then.
    Repeat(Vec<u8>),
    /// It is wrong, or we could not work.
    Rejected(Rejection),
}

/// Takes one message through all stages.
pub(crate) async fn run(gateway: &Gateway, record: &mut Record) -> Result<Delivered, Turn> {
    // Whole, of a media type of the channel, for its one operation.
    let received = receive(record)?;
    // An envelope; from a registered sender, who signed it; new; for a service of the catalogue.
    let opened = open_envelope(gateway, received, record).await?;
    // Condition 2, enforced on whoever sends: the document's one signature, its certificate, its scope.
    let judged = judge_signature(gateway, opened, record).await?;
    // Condition 2, its last question: the signer is the submitter; and the sender may send this.
    let admitted = confirm_applicant(gateway, judged, record)?;
    // To the regional gateway; a result to the portal, if it belongs to an accepted application.
    let routed = choose_route(gateway, admitted).await?;
    // Message, verdict and outbox entry on disk: now it may be acknowledged.
    deliver(gateway, routed, record).await
}

impl From<Rejection> for Turn {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<Refused> for Turn {
    fn from(refused: Refused) -> Self {
        Self::Rejected(refused.into())
    }
}
