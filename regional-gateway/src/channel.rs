//! Where the gateway delivers applications: `POST /channel/`, mutual TLS, the gateway only.
//!
//! The transport signature is judged by the inbox; the document is examined here again, as of the
//! moment at which the gateway judged it (defence in depth). What is accepted is registered, on disk,
//! before the acknowledgement is given.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use qaqpa_channel::{Contents, Letter, Refused, Rejection};
use qaqpa_model::{Actor, Answer, RefusalLabel, RequestStatus, SenderId};
use qaqpa_regulations::{Answer as Found, Channel};
use qaqpa_store::Effect;
use qaqpa_transport::{PeerActor, watch};
use qaqpa_verdict::{Proven, Subject, Verdict, confirm_bin, confirm_iin};
use qaqpa_wire::Application;
use qaqpa_wire::error::label_of_xml;
use qaqpa_xml::Document;
use serde_json::json;

use crate::kindergarten;
use crate::routes;
use crate::steps::register::{Arrival, register};
use crate::steps::tell_status::{About, tell_status};
use crate::stubs::Answering;
use crate::workplace::Workplace;

/// The routes of the channel's listener.
pub fn router(workplace: Workplace) -> Router {
    Router::new()
        .route(routes::CHANNEL, post(receive))
        .route(routes::REGISTERS, post(crate::registers::door::receive))
        .with_state(workplace)
}

async fn receive(
    State(workplace): State<Workplace>,
    PeerActor(peer): PeerActor,
    body: Bytes,
) -> Response {
    let letter = match workplace.inbox.receive(peer, &body).await {
        Ok(letter) => letter,
        Err(answer) => return answer.into_response(),
    };
    let answer = match judge(&workplace, &letter).await {
        Ok((contents, answering)) => {
            let (answer, taken) = workplace.inbox.take(letter, contents).await;
            if let Some(answering) = answering {
                workplace.stubs.settle(answering, taken);
            }
            answer
        }
        Err(rejection) => workplace.inbox.reject(letter, rejection).await,
    };
    answer.into_response()
}

/// Judges the document of a letter and says what registering it stores; and the stub that answers it, which is to be
/// told whether the letter was taken.
async fn judge(
    workplace: &Workplace,
    letter: &Letter,
) -> Result<(Contents, Option<Answering>), Rejection> {
    let request = letter.request();
    let bytes = &request.data.bytes;
    let document = Document::parse(bytes, &workplace.xml_limits())
        .map_err(|error| Refused::new(label_of_xml(&error), error.to_string()))?;
    let judged_at = letter.judged_at()?;
    let examiner = workplace.examiner().await.map_err(Rejection::faulted)?;
    let (verdict, proven) = examiner
        .examine(Subject::Document(&document), judged_at)
        .await;
    let Some(proven) = proven else {
        let label = verdict.label.unwrap_or(RefusalLabel::SignatureMalformed);
        return Err(Refused::new(label, verdict.why())
            .with_journal("verdict", verdict.to_stored())
            .into());
    };
    let application = Application::read(&proven.covered, &workplace.limits)
        .map_err(|error| Refused::new(error.label(), error.to_string()))?;
    if let Answer::Fail(label) | Answer::Undecided(label) =
        confirm_iin(&proven.signer, &application.submitter)
    {
        return Err(Refused::new(label, "the submitter did not sign the application").into());
    }
    if let Some(organisation) = &application.organisation
        && let Answer::Fail(label) | Answer::Undecided(label) =
            confirm_bin(&proven.signer, &organisation.bin)
    {
        return Err(Refused::new(label, "the signer does not sign for the organisation").into());
    }
    if application.service.to_string() != request.service_id {
        return Err(Refused::new(
            RefusalLabel::ApplicationMalformed,
            "the signed document is for another service than the envelope says",
        )
        .into());
    }
    if let Some(asked) = kindergarten::asked(workplace, &application) {
        let mut contents = contents_of(&verdict, &proven, &application);
        kindergarten::answer(workplace, asked, &application, letter, &mut contents).await?;
        return Ok((contents, None));
    }
    let offer = workplace
        .offer(&application.service, &application.channel)
        .ok_or_else(|| not_offered(workplace, &application))?;
    let arrival = Arrival {
        message_id: request.message_id.clone(),
        sender: SenderId::parse(Actor::Gateway.name()).map_err(Rejection::faulted)?,
        document: bytes.clone(),
        at: letter.at(),
    };
    let calendar = workplace.catalogue.calendar();
    let registered = register(&offer, calendar, &application, arrival)
        .ok_or_else(|| Rejection::faulted("the flow has no registering in the workplace"))?;
    let mut contents = Contents {
        facts_json: json!({
            "card": registered.card.id,
            "traceparent": watch::traceparent(),
        })
        .to_string(),
        trace: registered.trace,
        ..contents_of(&verdict, &proven, &application)
    };
    contents.summary["card"] = json!(registered.card.id);
    let stubs = &workplace.stubs;
    let answering = stubs
        .register(
            workplace,
            &offer,
            &application,
            letter,
            registered.card,
            &mut contents,
        )
        .await?;
    // What a machine answers at once needs no status before: the result tells it.
    let waits = |effect: &Effect| matches!(effect, Effect::Card(_));
    let told = offer.chain.tells_first(RequestStatus::Received);
    if told && contents.effects.iter().any(waits) {
        let about = About {
            application: &application.application_id,
            message: &request.message_id,
            service: &application.service,
        };
        let received = RequestStatus::Received;
        let status = tell_status(workplace, about, received, letter.at()).await;
        let status = status.map_err(Rejection::faulted)?;
        contents.effects.push(Effect::Outgoing(status));
    }
    Ok((contents, answering))
}

/// What is stored of every application that is taken.
fn contents_of(verdict: &Verdict, proven: &Proven<'_>, application: &Application) -> Contents {
    Contents {
        business_signature: Some(proven.signature_digest),
        verdict_json: verdict.to_json(),
        summary: json!({
            "service": application.service.to_string(),
            "channel": application.channel,
            "applicant": application.applicant.iin.masked(),
            "indication": verdict.indication.as_str(),
        }),
        ..Contents::default()
    }
}

/// Why nobody here works on an application for that service through that channel.
fn not_offered(workplace: &Workplace, application: &Application) -> Refused {
    let none = "the catalogue has no work of the staff for this service and channel";
    let Some(channel) = Channel::parse(&application.channel) else {
        return Refused::new(RefusalLabel::ServiceNotInSource, none);
    };
    let found = workplace
        .catalogue
        .answer(&application.service, Some(channel));
    let label = match found {
        Found::NotPlayed(_) => RefusalLabel::ServiceUnknown,
        Found::Played(_) => return Refused::new(RefusalLabel::ServiceNotInSource, none),
        _ => RefusalLabel::ServiceNotInSource,
    };
    Refused::new(label, found.to_string())
}
