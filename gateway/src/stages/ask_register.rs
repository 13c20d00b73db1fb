//! Stage 3 of a question to a register: it is put to the register at once, and the answer is verified before it goes
//! back.
//!
//! A question changes nothing, so each is put under an id of the gateway's own: whoever got no answer asks again, and is
//! asked for again. What was answered is kept with the journal's bytes, which are locked and pruned; beside the message
//! stands its digest alone.

use std::time::Duration;

use qaqpa_channel::envelope::{bounds, xml_limits};
use qaqpa_channel::{Answers, Refused, Rejection, SendError};
use qaqpa_crypto::sha256;
use qaqpa_evidence::Examiner;
use qaqpa_model::{ActorName, BodyDigest, MessageId, RefusalLabel, SenderId};
use qaqpa_store::{Direction, Incoming, JournalEntry};
use qaqpa_transport::watch::{self, Family};
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
use crate::mischief::road;
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
        verdict_json: verdict.to_stored(),
        facts_json: json!({"kind": "question"}).to_string(),
        summary: record.summary(&inquiry.sender, None),
        response: keep(gateway, &inquiry, &unsigned, record).await?,
        ..Incoming::new(
            inquiry.sender.clone(),
            request.message_id.clone(),
            inquiry.digest,
            record.at(),
        )
    };
    match answer(gateway, incoming, unsigned, &request.message_id).await {
        // The same question came twice at the same time.
        Err(Turn::Repeat(stored)) => Err(Turn::Repeat(
            repeated(gateway, &request.message_id, stored).await?,
        )),
        answered => answered,
    }
}

/// What stands in the place of an answer that is kept with the journal's bytes, before its digest. An answer itself
/// begins with `<`. Stored: changing this needs a migration.
const KEPT: &[u8] = b"journal sha256:";

/// How long after a question its answer is given again to who repeats it: it is about people, and whoever has got hold
/// of the question's bytes could ask with them.
const AGAIN_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Keeps an answer, and gives what stands for it.
async fn keep(
    gateway: &Gateway,
    inquiry: &Inquiry,
    unsigned: &[u8],
    record: &Record,
) -> Result<Vec<u8>, Rejection> {
    let entry = JournalEntry {
        at: record.at(),
        kind: "register-answer".to_owned(),
        message_id: Some(inquiry.request.message_id.clone()),
        direction: Direction::Out,
        label: None,
        raw: Some(unsigned.to_vec()),
        summary: json!({"session": record.session(), "from": inquiry.to.to_string()}),
    };
    let kept = gateway.store.journal().append(entry).await;
    kept.map_err(Rejection::faulted)?;
    let digest: String = sha256(unsigned).map(|byte| format!("{byte:02x}")).concat();
    Ok([KEPT, digest.as_bytes()].concat())
}

/// Whether what is stored as an answer stands for one to a question, which is about people.
pub(super) fn is_of_a_question(stored: &[u8]) -> bool {
    stored.is_empty() || stored.starts_with(KEPT)
}

/// The answer that was given before to a message that comes again: itself, or what stands for it.
///
/// # Errors
/// `replayed` where it was the answer to a question, and is not given any more.
pub(super) async fn repeated(
    gateway: &Gateway,
    message_id: &MessageId,
    stored: Vec<u8>,
) -> Result<Vec<u8>, Rejection> {
    let digest = match stored.strip_prefix(KEPT) {
        Some(digest) => digest,
        // An earlier version kept it here in the clear, and it was taken away.
        None if stored.is_empty() => &[],
        None => return Ok(stored),
    };
    let exchange = gateway.store.exchange();
    let question = exchange.message(message_id).await;
    let at = question.map_err(Rejection::faulted)?.map(|asked| asked.at);
    let now = gateway.clock.now();
    let recent = at.is_some_and(|at| now.since(at) <= AGAIN_MAX && at.since(now) <= AGAIN_MAX);
    let answer = if recent {
        let digest = String::from_utf8_lossy(digest);
        let kept = gateway.store.journal().kept(&digest).await;
        kept.map_err(Rejection::faulted)?
    } else {
        None
    };
    answer.ok_or_else(|| {
        Refused::new(
            RefusalLabel::Replayed,
            format!(
                "the question {message_id} was answered before, and the answer is given again for {} hours only: \
                 ask with another messageId",
                AGAIN_MAX.as_secs() / 3600
            ),
        )
        .into()
    })
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
        watch::count(Family::Verifications, &["envelope"]);
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
        let mut refused = Refused::new(label, verdict.why());
        if let Some(cause) = verdict.cause() {
            refused = refused.with("cause", cause.as_str());
        }
        return Err(refused.with_journal("verdict", verdict.to_json()).into());
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
    let asked_as = MessageId::parse(&Answers::new_session()).map_err(Rejection::faulted)?;
    record.note("asked-as", json!(asked_as.as_str()));
    let forward = SendMessageRequest {
        message_id: asked_as,
        correlation_id: None,
        message_date: record.at(),
        route_id: None,
        sender: None,
        properties: Vec::new(),
        session_id: Some(record.session().to_owned()),
        ..inquiry.request.clone()
    };
    let _asking = gateway.questions.begin(&inquiry.request.service_id)?;
    let to = &inquiry.to;
    road::ask(gateway, to, &inquiry.sender, &inquiry.request).await?;
    let doors = gateway.siblings.doors(to, "registers");
    let doors = doors.map_err(Rejection::faulted)?;
    let peer = SenderId::parse(&inquiry.to.to_string()).map_err(Rejection::faulted)?;
    let sent = gateway.asking.send(doors, &peer, &forward).await;
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

/// What the register refuses is the asker's fault; everything else is ours.
fn refusal(error: &SendError) -> Rejection {
    match (error, error.label()) {
        (SendError::Refused { .. }, Some(label)) => Refused::new(label, error.to_string()).into(),
        _ => Rejection::faulted(error),
    }
}
