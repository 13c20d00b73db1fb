//! One message, one way: the whole story on one screen.
//!
//! ```text
//! receive → open_envelope → judge_signature → confirm_applicant → choose_route → deliver
//! Received →   Opened     →     Judged      →     Admitted      →    Routed    → Delivered
//! ```
//!
//! Each stage consumes the value before and makes one whose fields are private to its file, so that a
//! stage can be neither skipped nor forged. What is left by the asynchronous channel goes the same way from
//! `open_request` on; the channel's other operations end at the `mailbox`. A question to a register leaves after `open_envelope` for
//! `ask_register`, and its answer comes back the same moment. A result goes the same way: `choose_route` asks
//! `return_document` where it belongs.

use qaqpa_channel::{Refused, Rejection};
use qaqpa_transport::watch::stage;
use qaqpa_wire::Channel;

use crate::gateway::Gateway;
use crate::mailbox;
use crate::record::Record;
use crate::stages::ask_register::ask_register;
use crate::stages::choose_route::choose_route;
use crate::stages::confirm_applicant::confirm_applicant;
use crate::stages::deliver::{Delivered, deliver};
use crate::stages::judge_signature::judge_signature;
use crate::stages::open_envelope::{Entrance, Errand, Opened, open_envelope, open_request};
use crate::stages::receive::receive;

/// Why a message left the way before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The same message was accepted before: the unsigned answer that it was given then.
    Repeat(Vec<u8>),
    /// It is wrong, or we could not work.
    Rejected(Rejection),
}

/// Takes one request through all stages of its channel; the unsigned answer.
pub(crate) async fn outcome(gateway: &Gateway, record: &mut Record) -> Result<Vec<u8>, Turn> {
    match record.arrival().channel {
        Channel::Asynchronous => run_asynchronous(gateway, record).await,
        Channel::Sync | Channel::Push => run(gateway, record)
            .await
            .map(Delivered::into_acknowledgement),
    }
}

/// Takes one message of the synchronous channel through all stages.
async fn run(gateway: &Gateway, record: &mut Record) -> Result<Delivered, Turn> {
    // Whole, of a media type of the channel, for its one operation.
    let received = stage("receive", async { receive(record) }).await?;
    // An envelope; from a registered sender, who signed it; new; for a service of the catalogue.
    let opening = open_envelope(gateway, received, record);
    let opened = match stage("open_envelope", opening).await? {
        Entrance::Document(opened) => opened,
        // A register answers while the sender waits.
        Entrance::Question(inquiry) => {
            return stage("ask_register", ask_register(gateway, inquiry, record)).await;
        }
    };
    carry(gateway, opened, record).await
}

/// Takes one request of the asynchronous channel: a message goes the same way, a visit to the mailbox ends there.
async fn run_asynchronous(gateway: &Gateway, record: &mut Record) -> Result<Vec<u8>, Turn> {
    let received = stage("receive", async { receive(record) }).await?;
    match stage("open_request", open_request(gateway, received, record)).await? {
        Errand::Document(opened) => {
            let delivered = carry(gateway, opened, record).await?;
            Ok(delivered.into_acknowledgement())
        }
        Errand::Visit(visit) => stage("mailbox", mailbox::answer(gateway, visit, record)).await,
    }
}

/// The way of a document, whichever channel it came by.
async fn carry(gateway: &Gateway, opened: Opened, record: &mut Record) -> Result<Delivered, Turn> {
    // Condition 2, enforced on whoever sends: the document's one signature, its certificate, its scope.
    let judging = judge_signature(gateway, opened, record);
    let judged = stage("judge_signature", judging).await?;
    // Condition 2, its last question: the signer is the submitter; and the sender may send this.
    let confirming = async { confirm_applicant(gateway, judged, record) };
    let admitted = stage("confirm_applicant", confirming).await?;
    // To the regional gateway; a result to whoever sent the application, if it belongs to an accepted one.
    let routed = stage("choose_route", choose_route(gateway, admitted, record)).await?;
    // Message, verdict and outbox entry on disk: now it may be acknowledged.
    stage("deliver", deliver(gateway, routed, record)).await
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
