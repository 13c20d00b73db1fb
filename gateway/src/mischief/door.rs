//! Faults at the public door: to a request before anybody looks at it, and to the answer on its way out.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use qaqpa_channel::{Answer, Heading, open, open_asynchronous};
use qaqpa_mischief::Pieces;
use qaqpa_transport::mischief::Silence;
use qaqpa_wire::asynchronous::Request;
use qaqpa_wire::{Channel, Operation, Property, Reading};
use serde_json::json;

use super::grammar::Facts;
use super::kind::{Kind, Place};
use super::{Meeting, is_on, marked};
use crate::gateway::Gateway;
use crate::pipeline::outcome;
use crate::record::Record;
use crate::respond::respond;
use crate::stages::open_envelope::heading;

/// Takes one request and answers it, with whatever faults the rules have for it.
pub(crate) async fn answer(gateway: &Arc<Gateway>, mut record: Record) -> Response {
    let Some(meeting) = meet(gateway, &record) else {
        let outcome = outcome(gateway, &mut record).await;
        return respond(gateway, &record, outcome).await.into_response();
    };
    if meeting.has(Kind::Drop) && marked(gateway, &meeting, Kind::Drop, json!({})).await {
        return Silence::response();
    }
    let first = outcome(gateway, &mut record).await;
    if meeting.has(Kind::Duplicate) && marked(gateway, &meeting, Kind::Duplicate, json!({})).await {
        // One after the other, as a network that repeats brings them: a sender with one request at once is not refused.
        record.leave();
        let mut again = Record::begin(record.arrival().clone());
        let second = outcome(gateway, &mut again).await;
        // Journalled and signed like any other; nobody waits for it.
        respond(gateway, &again, second).await;
    }
    let mut honest = respond(gateway, &record, first).await;
    let changes = meeting.changes();
    if !changes.is_empty() {
        let before = honest.body.clone();
        let mut spoil = meeting.spoil(gateway, true).await;
        if let Some(spoil) = &spoil {
            honest.body = spoil.apply(honest.body);
        }
        let mut unmarked = Vec::new();
        for kind in changes {
            let finds = spoil
                .as_ref()
                .is_some_and(|spoil| spoil.finds(kind, &before));
            let changed = finds && honest.body != before;
            if !marked(gateway, &meeting, kind, json!({"changed": changed})).await {
                unmarked.push(kind);
            }
        }
        if let (Some(spoil), false) = (&mut spoil, unmarked.is_empty()) {
            for kind in unmarked {
                spoil.leave_out(kind);
            }
            honest.body = spoil.apply(before);
        }
    }
    way(gateway, &meeting, honest).await
}

/// What is looked at before the pipeline does: who claims to ask for what. Nobody has judged it.
fn meet(gateway: &Gateway, record: &Record) -> Option<Meeting> {
    if !is_on(gateway, Place::Answer) {
        return None;
    }
    let arrival = record.arrival();
    let claimed = match arrival.channel {
        Channel::Asynchronous => {
            open_asynchronous(&arrival.body, &gateway.limits, Reading::Lenient)
                .ok()
                .map(|opened| {
                    let properties = properties(&opened.request).to_vec();
                    (
                        heading(&opened.request),
                        opened.request.operation(),
                        properties,
                    )
                })
        }
        Channel::Sync | Channel::Push => open(&arrival.body, &gateway.limits, Reading::Lenient)
            .ok()
            .map(|opened| {
                let heading = Heading::from(&opened.request);
                (
                    heading,
                    Operation::SyncSendMessage,
                    opened.request.properties,
                )
            }),
    };
    let facts = claimed.map_or_else(Facts::default, |(heading, operation, properties)| Facts {
        service: heading.service,
        sender: heading.sender.map(|id| id.to_string()),
        to: None,
        operation: Some(operation.as_str()),
        message: heading.message_id.map(|id| id.to_string()),
        correlation: heading.correlation.map(|id| id.to_string()),
        properties,
    });
    Meeting::of(gateway, Place::Answer, facts)
}

fn properties(request: &Request) -> &[Property] {
    match request {
        Request::GetMessageStatus(request) => &request.properties,
        Request::GetMessages(request) => &request.properties,
        Request::SendDeliveryNotification(_) => &[],
        Request::SendMessage(request) => &request.message.info.properties,
    }
}

/// What befalls an answer on its way.
const TRAVELS: [Kind; 5] = [
    Kind::Delay,
    Kind::SlowDrip,
    Kind::Half,
    Kind::Close,
    Kind::HttpStatus,
];

/// How the answer travels.
async fn way(gateway: &Gateway, meeting: &Meeting, honest: Answer) -> Response {
    let mut done = Vec::new();
    for kind in meeting.kinds() {
        if TRAVELS.contains(&kind) && marked(gateway, meeting, kind, json!({})).await {
            done.push(kind);
        }
    }
    let mut way = Way::default();
    for fault in meeting.faults().filter(|fault| done.contains(&fault.kind)) {
        let amount = fault.amount;
        match fault.kind {
            Kind::Delay => way.wait += Duration::from_millis(amount),
            Kind::SlowDrip => way.pause = Some(Duration::from_millis(amount)),
            Kind::Half => way.half = true,
            Kind::Close => way.close = true,
            Kind::HttpStatus => {
                let code = u16::try_from(amount).unwrap_or_default();
                way.status = StatusCode::from_u16(code).ok();
            }
            _ => {}
        }
    }
    way.send(honest).await
}

#[derive(Debug, Default)]
struct Way {
    wait: Duration,
    /// Before each byte.
    pause: Option<Duration>,
    half: bool,
    close: bool,
    status: Option<StatusCode>,
}

impl Way {
    async fn send(self, honest: Answer) -> Response {
        tokio::time::sleep(self.wait).await;
        if self.close {
            return Silence::response();
        }
        let whole = honest.body.clone();
        let mut response = honest.into_response();
        if let Some(status) = self.status {
            *response.status_mut() = status;
        }
        if self.pause.is_none() && !self.half {
            return response;
        }
        let mut body = Bytes::from(whole);
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        if self.half {
            body.truncate(body.len() / 2);
        }
        let pieces = Pieces {
            body,
            each: self.pause.map(|pause| (1, pause)),
            broken: self.half,
            ..Pieces::default()
        };
        *response.body_mut() = pieces.into_body();
        response
    }
}
