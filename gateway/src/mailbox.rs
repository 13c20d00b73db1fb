//! What waits for an information system, and what it is told about its own messages: the asynchronous channel beside
//! `sendMessage`, and the push channel.
//!
//! - `mail`: the result of a system's application becomes a message for it;
//! - `fetch`: `getMessages` hands out what waits. It waits until the system says that it has it;
//! - `word`: `sendDeliveryNotification` says what became of a message: taken, refused, or wanted once more;
//! - `status`: `getMessageStatus` says where a message is;
//! - `notice`: `changeMassageStatusNotification` says so without being asked, at the system's own endpoint.
//!
//! A system with an endpoint gets its messages there and may fetch them all the same while they are on their way; one
//! without fetches them.

mod fetch;
mod mail;
mod notice;
mod status;
mod word;

pub(crate) use mail::mail;
pub(crate) use notice::{Notice, Order, notice_of};

use qaqpa_channel::Rejection;
use qaqpa_wire::asynchronous::Request;

use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;
use crate::stages::open_envelope::Visit;

/// Answers a system that visits its mailbox: the unsigned answer.
pub(crate) async fn answer(
    gateway: &Gateway,
    visit: Visit,
    record: &mut Record,
) -> Result<Vec<u8>, Turn> {
    let (sender, terms, request) = visit.into_parts();
    match request {
        Request::GetMessages(request) => {
            fetch::fetch(gateway, (&sender, &terms), &request, record).await
        }
        Request::GetMessageStatus(request) => {
            status::status(gateway, &sender, &request, record).await
        }
        Request::SendDeliveryNotification(request) => {
            word::word(gateway, (&sender, &terms), &request, record).await
        }
        Request::SendMessage(_) => {
            Err(Rejection::faulted("a message left its way to the services").into())
        }
    }
}
