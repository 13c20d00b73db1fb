//! Where the gateway delivers statuses and results: `POST /channel/`, mutual TLS, the gateway only.
//!
//! The transport signature is judged by the inbox, the document's here; what is accepted is on disk,
//! in the cabinet, before the acknowledgement is given.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use qaqpa_channel::{Contents, Letter, Refused, Rejection};
use qaqpa_model::{Actor, ActorName, RefusalLabel, SenderId};
use qaqpa_regulations::Channel;
use qaqpa_store::Application;
use qaqpa_transport::PeerActor;
use qaqpa_verdict::{Proven, Subject, Verdict};
use qaqpa_wire::error::label_of_xml;
use qaqpa_wire::namespace::DOCUMENT;
use qaqpa_wire::request::SENDER;
use qaqpa_wire::{ResultDocument, StatusDocument};
use qaqpa_xml::Document;
use serde_json::json;

use crate::draft::Draft;
use crate::portal::Portal;
use crate::routes;
use crate::steps::deliver_result::{NotOurs, belongs, deliver_result};
use crate::steps::tell_status::{is_about, tell_status};

/// The routes of the channel's listener.
pub(crate) fn router(portal: Portal) -> Router {
    Router::new()
        .route(routes::CHANNEL, post(receive))
        .with_state(portal)
}

async fn receive(
    State(portal): State<Portal>,
    PeerActor(peer): PeerActor,
    body: Bytes,
) -> Response {
    let letter = match portal.inbox.receive(peer, &body).await {
        Ok(letter) => letter,
        Err(answer) => return answer.into_response(),
    };
    let answer = match judge(&portal, &letter).await {
        Ok(contents) => portal.inbox.accept(letter, contents).await,
        Err(rejection) => portal.inbox.reject(letter, rejection).await,
    };
    answer.into_response()
}

/// Judges the document of a letter and says what its arrival changes.
async fn judge(portal: &Portal, letter: &Letter) -> Result<Contents, Rejection> {
    let request = letter.request();
    let unknown = |why: &str| Refused::new(RefusalLabel::CorrelationUnknown, why);
    let correlation = request
        .correlation_id
        .as_ref()
        .ok_or_else(|| unknown("the message names no message that it answers"))?;
    let application = portal
        .store
        .applications()
        .by_message(correlation)
        .await
        .map_err(Rejection::faulted)?
        .ok_or_else(|| unknown("no application was sent under this messageId"))?;

    let bytes = &request.data.bytes;
    let document = Document::parse(bytes, &portal.xml_limits())
        .map_err(|error| Refused::new(label_of_xml(&error), error.to_string()))?;
    let judged_at = letter.judged_at()?;
    let examiner = portal.examiner().await.map_err(Rejection::faulted)?;
    let (verdict, proven) = examiner
        .examine(Subject::Document(&document), judged_at)
        .await;
    let Some(proven) = proven else {
        let label = verdict.label.unwrap_or(RefusalLabel::SignatureMalformed);
        return Err(Refused::new(label, verdict.why())
            .with_journal("verdict", verdict.shown().to_json())
            .into());
    };
    let proven = Judged {
        business_signature: portal.signature_digest(&document),
        verdict,
        proven,
    };
    if proven.proven.covered.root().is(DOCUMENT, "status") {
        return status(portal, letter, &application, proven).await;
    }
    result(portal, letter, &application, proven)
}

/// A document whose signature was judged TOTAL-PASSED.
struct Judged<'d> {
    business_signature: Option<[u8; 32]>,
    verdict: Verdict,
    proven: Proven<'d>,
}

/// What a status changes: it is signed by the system from which the gateway says that it came.
async fn status(
    portal: &Portal,
    letter: &Letter,
    application: &Application,
    judged: Judged<'_>,
) -> Result<Contents, Rejection> {
    let Judged {
        business_signature,
        verdict,
        proven,
    } = judged;
    let status = StatusDocument::read(&proven.covered)
        .map_err(|error| Refused::new(error.label(), error.to_string()))?;
    let sender = letter.request().property(SENDER).unwrap_or_default();
    let named = ActorName::parse(sender).filter(|name| name.actor() == Actor::RegionalGateway);
    let systems = portal.keys.current().await.map_err(Rejection::faulted)?;
    let system = named
        .and_then(|_| SenderId::parse(sender).ok())
        .and_then(|sender| systems.sender(&sender));
    if system.map(|system| system.certificate.der()) != Some(proven.signer.certificate.der()) {
        let why = format!(
            "the status is signed by {:?}, not by the regional gateway {sender:?} that sent it",
            proven.signer.common_name
        );
        return Err(Refused::new(RefusalLabel::SenderCertificateMismatch, why)
            .with_journal("verdict", verdict.shown().to_json())
            .into());
    }
    is_about(&status, application).map_err(not_ours)?;
    Ok(Contents {
        business_signature,
        verdict_json: verdict.to_stored(),
        facts_json: json!({ "application": application.id }).to_string(),
        summary: json!({
            "service": application.service.to_string(),
            "status": status.status.as_str(),
        }),
        effects: tell_status(&status, application, letter.at()),
        ..Contents::default()
    })
}

fn not_ours(not_ours: NotOurs) -> Refused {
    Refused::new(RefusalLabel::CorrelationUnknown, not_ours.why)
}

/// What a result changes: its officer has signed it.
fn result(
    portal: &Portal,
    letter: &Letter,
    application: &Application,
    judged: Judged<'_>,
) -> Result<Contents, Rejection> {
    let Judged {
        business_signature,
        verdict,
        proven,
    } = judged;
    let bytes = &letter.request().data.bytes;
    let result = ResultDocument::read(&proven.covered)
        .map_err(|error| Refused::new(error.label(), error.to_string()))?;
    let verdict = verdict.with_submitter(&result.submitter);
    if let Some(label) = verdict.label {
        return Err(
            Refused::new(label, "the officer named in the result did not sign it")
                .with_journal("verdict", verdict.shown().to_json())
                .into(),
        );
    }
    belongs(&result, application).map_err(not_ours)?;

    let draft = Draft::of(application).map_err(Rejection::faulted)?;
    let flow = portal
        .service(&application.service)
        .and_then(|service| service.flow(Channel::Portal))
        .ok_or_else(|| Rejection::faulted("the catalogue has lost the service"))?;
    let verdict_json = verdict.to_stored();
    let delivery = deliver_result(
        flow,
        application,
        &draft,
        &result,
        bytes,
        verdict_json.clone(),
        letter.at(),
    )
    .map_err(Rejection::faulted)?;
    Ok(Contents {
        business_signature,
        verdict_json,
        facts_json: json!({ "application": application.id }).to_string(),
        summary: json!({
            "service": application.service.to_string(),
            "outcome": result.outcome.as_str(),
            "result": result.result_id,
        }),
        settles: true,
        outbox: None,
        effects: delivery.effects,
        trace: delivery.trace,
    })
}
