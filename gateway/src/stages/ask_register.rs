//! Stage 3 of a question to a register: it is put to the register at once, and the answer is verified before it goes
//! back.

use qaqpa_channel::envelope::{bounds, xml_limits};
use qaqpa_channel::{Answers, Refused, Rejection, SendError};
use qaqpa_evidence::Examiner;
use qaqpa_model::{ActorName, BodyDigest, MessageId, RefusalLabel, SenderId};
use qaqpa_store::Incoming;
use qaqpa_transport::registry;
use qaqpa_verdict::{Subject, Verdict};
use qaqpa_wire::error::label_of_xml;
use qaqpa_wire::register::{self, Question};
use qaqpa_wire::{BusinessData, DataForm, SendMessageRequest, SendMessageResponse, StatusCode};
use qaqpa_x509::Certificate;
use qaqpa_xml::Document;
use qaqpa_xmldsig::{CoveredElement, find_wsse};
use serde_json::json;

use super::deliver::{Delivered, answer};
use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;

/// A question to a register, of a registered sender: password, TLS identity and transport signature are proven.
///
/// Says nothing about the question itself.
#[derive(Debug)]
pub(crate) struct Inquiry {
    pub(super) envelope: Document,
    pub(super) request: SendMessageRequest,
    pub(super) digest: BodyDigest,
    pub(super) sender: SenderId,
    /// The sender's, with which the envelope was signed.
    pub(super) certificate: Certificate,
    pub(super) examiner: Examiner,
    /// Who has the register.
    pub(super) to: ActorName,
}

/// Puts the question and takes the answer.
pub(crate) async fn ask_register(
    gateway: &Gateway,
    inquiry: Inquiry,
    record: &mut Record,
) -> Result<Delivered, Turn> {
    let question = read_question(gateway, &inquiry, record).await?;
    let names: Vec<&str> = question.criteria.iter().map(|(name, _)| &**name).collect();
    record.note("kind", json!("question"));
    record.note("asked-by", json!(names));
    record.note("route", json!({"to": inquiry.to.to_string()}));
    let (data, verdict) = answer_of(gateway, &inquiry, &question, record).await?;

    let request = &inquiry.request;
    let session = record.session();
    let unsigned = SendMessageResponse {
        message_id: MessageId::parse(&Answers::new_session()).map_err(Rejection::faulted)?,
        correlation_id: Some(request.message_id.clone()),
        response_date: record.at(),
        status: StatusCode::Success,
        status_message: "Message has been processed successfully".to_owned(),
        session_id: Some(session.to_owned()),
        data: Some(data),
    }
    .write();
    let incoming = Incoming {
        raw: record.arrival().body.to_vec(),
        verdict_json: verdict.to_json(),
        facts_json: json!({"kind": "question"}).to_string(),
        summary: record.summary(&inquiry.sender, None),
        response: unsigned.clone(),
        ..Incoming::new(
            inquiry.sender.clone(),
            request.message_id.clone(),
            inquiry.digest,
            record.at(),
        )
    };
    answer(gateway, incoming, unsigned, &request.message_id).await
}

/// Reads the question from what a signature covers: its own, or else the transport's.
///
/// A question as text has no elements that the transport's signature could cover, so that it needs its own.
async fn read_question(
    gateway: &Gateway,
    inquiry: &Inquiry,
    record: &mut Record,
) -> Result<Question, Turn> {
    let data = &inquiry.request.data;
    let document = Document::parse(&data.bytes, &xml_limits(&gateway.limits))
        .map_err(|error| Refused::new(label_of_xml(&error), format!("in data: {error}")))?;
    let elements = matches!(data.form, DataForm::Child | DataForm::Children);
    if elements && !register::has_signature(&document) {
        let found = find_wsse(&inquiry.envelope, &bounds(&gateway.limits));
        let covered = found
            .and_then(|found| found.cover(inquiry.certificate.spki_der()))
            .map_err(Rejection::faulted)?;
        let root = register::question_of(covered.root(), data.form)
            .ok_or_else(|| Rejection::faulted("the signed Body has no data"))?;
        return question(root);
    }
    let subject = Subject::Document(&document);
    let (verdict, proven) = inquiry.examiner.examine(subject, record.at()).await;
    let Some(proven) = proven else {
        let label = verdict.label.unwrap_or(RefusalLabel::SignatureMalformed);
        let refused = Refused::new(label, verdict.why()).with_journal("verdict", verdict.to_json());
        return Err(refused.into());
    };
    if proven.signer.certificate.der() != inquiry.certificate.der() {
        let why = format!(
            "the question is signed by {:?}, not by {}, who asks",
            proven.signer.common_name, inquiry.sender
        );
        return Err(Refused::new(RefusalLabel::SenderCertificateMismatch, why)
            .with_journal("verdict", verdict.to_json())
            .into());
    }
    question(proven.covered.root())
}

fn question(root: CoveredElement<'_>) -> Result<Question, Turn> {
    // Which register's name space it must be is for the register to say.
    Question::read(root, root.namespace().unwrap_or_default())
        .map_err(|error| Refused::new(error.label(), error.to_string()).into())
}

/// The register's answer: signed by its system, about this question.
async fn answer_of(
    gateway: &Gateway,
    inquiry: &Inquiry,
    question: &Question,
    record: &mut Record,
) -> Result<(BusinessData, Verdict), Turn> {
    let forward = SendMessageRequest {
        correlation_id: None,
        message_date: record.at(),
        route_id: None,
        sender: None,
        properties: Vec::new(),
        session_id: Some(record.session().to_owned()),
        ..inquiry.request.clone()
    };
    let address = address(gateway, &inquiry.to)?;
    let peer = SenderId::parse(inquiry.to.actor().name()).map_err(Rejection::faulted)?;
    let sent = gateway.asking.send(&address, &peer, &forward).await;
    let sent = sent.map_err(|error| Turn::from(refusal(&error)))?;
    let bad = |why: String| {
        Turn::from(Rejection::faulted(format!(
            "the answer of {} is not passed on: {why}",
            inquiry.to
        )))
    };
    let data = sent
        .response
        .data
        .ok_or_else(|| bad("it has no data".to_owned()))?;
    let document = Document::parse(&data.bytes, &xml_limits(&gateway.limits))
        .map_err(|error| bad(error.to_string()))?;
    let subject = Subject::Document(&document);
    let (verdict, proven) = inquiry.examiner.examine(subject, record.at()).await;
    let proven = proven.ok_or_else(|| bad(verdict.why().to_owned()))?;
    let systems = gateway.keys.current().await.map_err(Rejection::faulted)?;
    let expected = systems.sender(&peer).map(|system| &system.certificate);
    if expected.map(Certificate::der) != Some(proven.signer.certificate.der()) {
        return Err(bad(format!(
            "it is signed by {:?}",
            proven.signer.common_name
        )));
    }
    let answered =
        register::answered(proven.covered.root()).map_err(|error| bad(error.to_string()))?;
    if answered != question.message_id {
        return Err(bad("it answers another question".to_owned()));
    }
    Ok((data, verdict))
}

/// Asked for each time: an actor that comes up again may have another port.
fn address(gateway: &Gateway, name: &ActorName) -> Result<String, Rejection> {
    let record = registry::read_named(&gateway.data, name)
        .map_err(Rejection::faulted)?
        .ok_or_else(|| Rejection::faulted(format!("{name} is not up")))?;
    record
        .addresses
        .get("registers")
        .cloned()
        .ok_or_else(|| Rejection::faulted(format!("{name} has announced no registers")))
}

/// What the register refuses is the asker's fault; everything else is ours.
fn refusal(error: &SendError) -> Rejection {
    match (error, error.label()) {
        (SendError::Refused { .. }, Some(label)) => Refused::new(label, error.to_string()).into(),
        _ => Rejection::faulted(error),
    }
}
