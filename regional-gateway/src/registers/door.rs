//! Where the gateway puts questions: `POST /registers/`, mutual TLS, the gateway only.
//!
//! The transport signature is judged by the inbox. The question is read from what that signature covers, or from what its
//! own one does; the answer is signed twice: its data, and the envelope.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use qaqpa_channel::envelope::bounds;
use qaqpa_channel::{Answer, Answers, Letter, Refused, Rejection};
use qaqpa_model::{Actor, MessageId, Moment, RefusalLabel, SenderId};
use qaqpa_store::{Direction, JournalEntry};
use qaqpa_transport::watch::{self, Family};
use qaqpa_transport::{PeerActor, identities};
use qaqpa_verdict::Subject;
use qaqpa_wire::error::label_of_xml;
use qaqpa_wire::register::{self, Question, Root};
use qaqpa_wire::{BusinessData, DataForm, SendMessageResponse, StatusCode};
use qaqpa_xml::Document;
use qaqpa_xmldsig::{CoveredElement, Signer, find_wsse, sign_enveloped};
use serde_json::json;

use crate::registers::Register;
use crate::workplace::Workplace;

/// Takes one question.
pub(crate) async fn receive(
    State(workplace): State<Workplace>,
    PeerActor(peer): PeerActor,
    body: Bytes,
) -> Response {
    let letter = match workplace.inbox.receive(peer, &body).await {
        Ok(letter) => letter,
        Err(answer) => return answer.into_response(),
    };
    let answer = match answer(&workplace, &letter, &body).await {
        Ok(answer) => answer,
        Err(rejection) => workplace.inbox.reject(letter, rejection).await,
    };
    answer.into_response()
}

async fn answer(workplace: &Workplace, letter: &Letter, body: &[u8]) -> Result<Answer, Rejection> {
    let request = letter.request();
    let register = workplace.registers.of(&request.service_id).ok_or_else(|| {
        Refused::new(
            RefusalLabel::ServiceUnknown,
            "there is no such register here",
        )
    })?;
    let question = read(workplace, letter, body, register).await?;
    let root = Root::of(request.data.form);
    let at = letter.at();
    let head = (Answers::new_session(), at);
    let index = index(workplace).await?;
    let (unsigned, found) = register
        .answer(&question, &index, head, root)
        .map_err(|error| Refused::new(error.label(), error.to_string()))?;
    let systems = workplace.keys.current().await.map_err(Rejection::faulted)?;
    let signer = Signer::of(&systems.own.key, systems.own.certificate.der());
    watch::count(Family::Signatures, &["document"]);
    let signed = sign_enveloped(&unsigned, &signer, &workplace.xml_limits());
    let data = BusinessData {
        bytes: signed.map_err(Rejection::faulted)?,
        form: match request.data.form {
            DataForm::Children => DataForm::Children,
            DataForm::Child => DataForm::Child,
            DataForm::Base64 | DataForm::Text | DataForm::TypedText => DataForm::TypedText,
        },
    };
    let names: Vec<&str> = question.criteria.iter().map(|(name, _)| &**name).collect();
    let summary = json!({
        "service": request.service_id,
        "asked-by": names,
        "found": found,
    });
    let unsigned = response(letter, data, at)?;
    tell(workplace, letter, body, summary, &unsigned).await
}

/// The index of the ready-made people, who are in registers too. Read anew: the authority makes more of them.
async fn index(workplace: &Workplace) -> Result<identities::Index, Rejection> {
    let data = workplace.data.clone();
    let read = tokio::task::spawn_blocking(move || identities::read(&data)).await;
    let read = read.map_err(Rejection::faulted)?;
    Ok(read.map_err(Rejection::faulted)?.unwrap_or_default())
}

async fn read(
    workplace: &Workplace,
    letter: &Letter,
    body: &[u8],
    register: &Register,
) -> Result<Question, Rejection> {
    let data = &letter.request().data;
    let limits = workplace.xml_limits();
    let refused = |error: qaqpa_xml::XmlError| {
        Rejection::from(Refused::new(label_of_xml(&error), error.to_string()))
    };
    let document = Document::parse(&data.bytes, &limits).map_err(refused)?;
    let elements = matches!(data.form, DataForm::Child | DataForm::Children);
    if elements && !register::has_signature(&document) {
        // The inbox has judged this same Body; what it covers is read from the same bytes.
        let envelope = Document::parse(body, &limits).map_err(refused)?;
        let systems = workplace.keys.current().await.map_err(Rejection::faulted)?;
        let gateway = SenderId::parse(Actor::Gateway.name()).map_err(Rejection::faulted)?;
        let gateway = systems
            .sender(&gateway)
            .ok_or_else(|| Rejection::faulted("the gateway's certificate is not known here"))?;
        watch::count(Family::Verifications, &["envelope"]);
        let found = find_wsse(&envelope, &bounds(&workplace.limits));
        let covered = found
            .and_then(|found| found.cover(gateway.certificate.spki_der()))
            .map_err(Rejection::faulted)?;
        let root = register::question_of(covered.root(), data.form)
            .ok_or_else(|| Rejection::faulted("the signed Body has no data"))?;
        return question(root, register);
    }
    let examiner = workplace.examiner().await.map_err(Rejection::faulted)?;
    let (verdict, proven) = examiner
        .examine(Subject::Document(&document), letter.at())
        .await;
    let Some(proven) = proven else {
        let label = verdict.label.unwrap_or(RefusalLabel::SignatureMalformed);
        return Err(Refused::new(label, verdict.why())
            .with_journal("verdict", verdict.to_json())
            .into());
    };
    question(proven.covered.root(), register)
}

fn question(root: CoveredElement<'_>, register: &Register) -> Result<Question, Rejection> {
    Question::read(root, register.space())
        .map_err(|error| Refused::new(error.label(), error.to_string()).into())
}

fn response(letter: &Letter, data: BusinessData, at: Moment) -> Result<Vec<u8>, Rejection> {
    let request = letter.request();
    Ok(SendMessageResponse {
        message_id: MessageId::parse(&Answers::new_session()).map_err(Rejection::faulted)?,
        correlation_id: Some(request.message_id.clone()),
        response_date: at,
        status: StatusCode::Success,
        status_message: "Message has been processed successfully".to_owned(),
        session_id: request.session_id.clone(),
        data: Some(data),
    }
    .write())
}

/// Journals question and answer before the answer is given.
///
/// Nothing else is kept: a question changes nothing, so that one that comes again is answered anew.
async fn tell(
    workplace: &Workplace,
    letter: &Letter,
    body: &[u8],
    summary: serde_json::Value,
    unsigned: &[u8],
) -> Result<Answer, Rejection> {
    let entry = |kind: &str, direction, raw: &[u8]| JournalEntry {
        at: letter.at(),
        kind: kind.to_owned(),
        message_id: Some(letter.request().message_id.clone()),
        direction,
        label: None,
        raw: Some(raw.to_vec()),
        summary: summary.clone(),
    };
    for entry in [
        entry("question", Direction::In, body),
        entry("register-answer", Direction::Out, unsigned),
    ] {
        let kept = workplace.store.journal().append(entry).await;
        kept.map_err(Rejection::faulted)?;
    }
    Answers::new(workplace.keys.clone(), workplace.limits)
        .acknowledge(unsigned)
        .await
}
