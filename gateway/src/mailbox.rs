//! What waits for an information system, and what it is told about its own messages: the asynchronous channel beside
//! `sendMessage`, and the push channel.
//!
//! - `mail`: the result of a system's application becomes a message for it;
//! - `fetch`: `getMessages` hands out what waits. It waits until the system says that it has it;
//! - `word`: `sendDeliveryNotification` says what became of a message: taken, refused, or wanted once more;
//! - `status`: `getMessageStatus` says where a message is;
//! - `replay`: a visit that came before changes nothing and gets no messages;
//! - `notice`: `changeMassageStatusNotification` says so without being asked, at the system's own endpoint.
//!
//! A system with an endpoint gets its messages there and may fetch them all the same while they are on their way; one
//! without fetches them.

mod fetch;
mod mail;
mod notice;
mod replay;
mod status;
mod word;

pub(crate) use fetch::ToldEmpty;
pub(crate) use mail::mail;
pub(crate) use notice::{Notice, Order, notice_of};
pub(crate) use replay::forget;

use qaqpa_channel::Rejection;
use qaqpa_model::Moment;
use qaqpa_wire::asynchronous::Request;

use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;
use crate::stages::open_envelope::{Visit, VisitParts};
use replay::Mark;

/// Answers a system that visits its mailbox: the unsigned answer.
pub(crate) async fn answer(
    gateway: &Gateway,
    visit: Visit,
    record: &mut Record,
) -> Result<Vec<u8>, Turn> {
    let VisitParts {
        sender,
        terms,
        request,
        signed,
    } = visit.into_parts();
    let mark = Mark {
        sender: &sender,
        signed: &signed,
        date: date_of(&request),
        from: record.arrival().from,
        has_shown_tls: terms.tls.is_some(),
    };
    mark.check_date(gateway)?;
    match request {
        Request::GetMessages(request) => {
            mark.pass_once(gateway).await?;
            fetch::fetch(gateway, (&sender, &terms), &request, record).await
        }
        Request::GetMessageStatus(request) => {
            status::status(gateway, &sender, &request, record).await
        }
        Request::SendDeliveryNotification(request) => {
            if let Some(answer) = mark.answered(gateway).await? {
                return Err(Turn::Repeat(answer));
            }
            word::word(gateway, (&mark, &terms), &request, record).await
        }
        Request::SendMessage(_) => {
            Err(Rejection::faulted("a message left its way to the services").into())
        }
    }
}

fn date_of(request: &Request) -> Option<Moment> {
    match request {
        Request::GetMessages(request) => request.request_date,
        Request::GetMessageStatus(request) => Some(request.request_date),
        Request::SendDeliveryNotification(request) => Some(request.request_date),
        Request::SendMessage(request) => Some(request.message.info.message_date),
    }
}
