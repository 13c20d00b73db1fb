//! The receiving side of an actor that only the gateway may call: the workplace's and the portal's.
//!
//! The gateway itself has stages of its own for this, and shares the parts.

use bytes::Bytes;
use qaqpa_model::{Actor, BodyDigest, Limits, MessageId, Moment, RefusalLabel, SenderId};
use qaqpa_store::{
    Acceptance, Conflict, Direction, Effect, Incoming, JournalEntry, OutgoingMessage, Seen, Store,
    TraceEntry,
};
use qaqpa_transport::Clock;
use qaqpa_wire::{Operation, Reading, SendMessageRequest};
use serde_json::{Value, json};

use crate::{
    Answer, Answers, Examining, Refused, Rejection, SystemKeys, UnverifiedEnvelope, open,
    prove_transport, watching,
};

/// Receives messages of the gateway for one actor.
#[derive(Clone, Debug)]
pub struct Inbox {
    /// Where messages are stored.
    pub store: Store,
    /// The simulator's clock.
    pub clock: Clock,
    /// The limits.
    pub limits: Limits,
    /// The actor's system key and the others' certificates.
    pub keys: SystemKeys,
    /// Who judges the transport signature.
    pub examining: Examining,
}

/// A message of the gateway: its transport signature was judged, and it did not come before.
///
/// Says nothing about the business document inside.
#[derive(Debug)]
pub struct Letter {
    request: SendMessageRequest,
    digest: BodyDigest,
    sender: SenderId,
    raw: Bytes,
    session: String,
    at: Moment,
}

impl Letter {
    /// What the gateway says.
    #[must_use]
    pub const fn request(&self) -> &SendMessageRequest {
        &self.request
    }

    /// When it was received.
    #[must_use]
    pub const fn at(&self) -> Moment {
        self.at
    }

    /// The moment as of which the business document is judged here: that at which the gateway judged it. Where the clock
    /// was set back since, that has not come yet, and it is now: the letter was accepted, and is not to be refused because
    /// of the clock.
    ///
    /// # Errors
    /// [`Refused`] with `envelope-malformed` where the property is missing or no moment.
    pub fn judged_at(&self) -> Result<Moment, Refused> {
        let text = self
            .request
            .property(qaqpa_wire::request::JUDGED_AT)
            .ok_or_else(|| {
                Refused::new(
                    RefusalLabel::EnvelopeMalformed,
                    "the property judged-at is missing",
                )
            })?;
        let judged_at = Moment::parse(text).map_err(|error| {
            Refused::new(
                RefusalLabel::EnvelopeMalformed,
                format!("the property judged-at: {error}"),
            )
        })?;
        Ok(judged_at.min(self.at))
    }
}

/// What accepting a letter stores besides the letter itself, all in one transaction.
#[derive(Clone, Debug)]
pub struct Contents {
    /// SHA-256 of the document's SignatureValue, for the replay check.
    pub business_signature: Option<[u8; 32]>,
    /// The verdict as JSON.
    pub verdict_json: String,
    /// The actor's own facts as JSON.
    pub facts_json: String,
    /// What the journal shows.
    pub summary: Value,
    /// Whether this is the one final answer to its correlation.
    pub settles: bool,
    /// The message that goes on because of it.
    pub outbox: Option<OutgoingMessage>,
    /// What else happens.
    pub effects: Vec<Effect>,
    /// Steps that are taken by it.
    pub trace: Vec<TraceEntry>,
}

impl Default for Contents {
    fn default() -> Self {
        Self {
            business_signature: None,
            verdict_json: "null".to_owned(),
            facts_json: "null".to_owned(),
            summary: Value::Null,
            settles: false,
            outbox: None,
            effects: Vec::new(),
            trace: Vec::new(),
        }
    }
}

impl Inbox {
    /// Receives one HTTP body: opens the envelope, judges who sent it, and looks whether it came before.
    ///
    /// # Errors
    /// The answer to give instead: a signed fault (already journalled), or the acknowledgement that was
    /// given to the same message before.
    pub async fn receive(&self, peer: Option<Actor>, body: &Bytes) -> Result<Letter, Answer> {
        let at = self.clock.now();
        let session = Answers::new_session();
        let envelope = match open(body, &self.limits, Reading::Lenient) {
            Ok(envelope) => envelope,
            Err(refused) => {
                return Err(self
                    .turn_away(refused.into(), None, body, &session, at)
                    .await);
            }
        };
        match self.judge(peer, &envelope, at).await {
            Ok(Judged::New(sender)) => Ok(Letter {
                request: envelope.request,
                digest: envelope.digest,
                sender,
                raw: body.clone(),
                session,
                at,
            }),
            Ok(Judged::Repeat(unsigned)) => {
                let id = Some(&envelope.request.message_id);
                watching::message(SENT, "repeated", None, id);
                Err(self.acknowledged(&unsigned, &session, at).await)
            }
            Err(rejection) => Err(self
                .turn_away(rejection, Some(&envelope.request), body, &session, at)
                .await),
        }
    }

    async fn judge(
        &self,
        peer: Option<Actor>,
        envelope: &UnverifiedEnvelope,
        at: Moment,
    ) -> Result<Judged, Rejection> {
        let claimed = envelope.request.sender.as_ref().ok_or_else(|| {
            Refused::new(RefusalLabel::SenderUnknown, "the envelope names no sender")
        })?;
        if peer != Some(Actor::Gateway) || claimed.id.as_str() != Actor::Gateway.name() {
            return Err(Refused::new(
                RefusalLabel::SenderUnknown,
                format!("{} may not send here: only the gateway may", claimed.id),
            )
            .into());
        }
        let systems = self.keys.current().await.map_err(Rejection::faulted)?;
        let gateway = systems
            .sender(&claimed.id)
            .ok_or_else(|| Rejection::faulted("the gateway's certificate is not known here"))?;
        let examiner = self
            .examining
            .current(&systems)
            .map_err(Rejection::faulted)?;
        prove_transport(&envelope.document, &examiner, gateway, &self.limits, at).await?;
        let seen = self
            .store
            .exchange()
            .lookup(&claimed.id, &envelope.request.message_id, &envelope.digest)
            .await
            .map_err(Rejection::faulted)?;
        match seen {
            None => Ok(Judged::New(claimed.id.clone())),
            Some(Seen::Duplicate { answer }) => Ok(Judged::Repeat(answer)),
            Some(Seen::MessageIdReused) => Err(reused(&envelope.request.message_id).into()),
        }
    }

    /// Accepts the letter: when this returns an acknowledgement, everything is on disk.
    pub async fn accept(&self, letter: Letter, contents: Contents) -> Answer {
        self.take(letter, contents).await.0
    }

    /// [`accept`](Self::accept)s the letter, and tells whether it was taken now: not where the same message was there
    /// already, and not where it is refused or the store could not.
    pub async fn take(&self, mut letter: Letter, contents: Contents) -> (Answer, bool) {
        // What becomes of the document stands in the contents: nobody reads it here again.
        letter.request.data.bytes = Vec::new();
        let unsigned = Answers::acknowledgement(&letter.request, &letter.session, letter.at);
        let incoming = Incoming {
            business_signature: contents.business_signature,
            correlation: letter.request.correlation_id.clone(),
            settles: contents.settles,
            raw: letter.raw.to_vec(),
            verdict_json: contents.verdict_json,
            facts_json: contents.facts_json,
            summary: contents.summary,
            response: unsigned.clone(),
            outbox: contents.outbox,
            effects: contents.effects,
            trace: contents.trace,
            ..Incoming::new(
                letter.sender.clone(),
                letter.request.message_id.clone(),
                letter.digest,
                letter.at,
            )
        };
        let rejection = match self.store.exchange().accept(incoming).await {
            Ok(Acceptance::Accepted) => {
                watching::message(SENT, "accepted", None, Some(&letter.request.message_id));
                let answer = self.acknowledged(&unsigned, &letter.session, letter.at);
                return (answer.await, true);
            }
            Ok(Acceptance::Duplicate { answer }) => {
                let answer = self.acknowledged(&answer, &letter.session, letter.at);
                return (answer.await, false);
            }
            Ok(Acceptance::Conflict(conflict)) => {
                conflicting(conflict, &letter.request.message_id).into()
            }
            Err(error) => Rejection::faulted(error),
        };
        (self.reject(letter, rejection).await, false)
    }

    /// Refuses the letter: journalled, and answered with a signed fault.
    pub async fn reject(&self, letter: Letter, rejection: Rejection) -> Answer {
        self.turn_away(
            rejection,
            Some(&letter.request),
            &letter.raw,
            &letter.session,
            letter.at,
        )
        .await
    }

    async fn acknowledged(&self, unsigned: &[u8], session: &str, at: Moment) -> Answer {
        let answers = Answers::new(self.keys.clone(), self.limits);
        match answers.acknowledge(unsigned).await {
            Ok(answer) => answer,
            Err(rejection) => answers.reject(&rejection, session, at).await,
        }
    }

    async fn turn_away(
        &self,
        rejection: Rejection,
        request: Option<&SendMessageRequest>,
        body: &[u8],
        session: &str,
        at: Moment,
    ) -> Answer {
        let heading = request.map(Heading::from);
        let id = request.map(|request| &request.message_id);
        watching::message(SENT, watching::word(&rejection), rejection.label(), id);
        let entry = refusal_entry(&rejection, heading.as_ref(), body, session, at);
        if let Err(error) = self.store.journal().append(entry).await {
            tracing::error!(%error, "a refusal could not be journalled");
        }
        Answers::new(self.keys.clone(), self.limits)
            .reject(&rejection, session, at)
            .await
    }
}

/// What the gateway asks of an inbox.
const SENT: Operation = Operation::SyncSendMessage;

enum Judged {
    New(SenderId),
    Repeat(Vec<u8>),
}

/// The refusal of a `messageId` that was used with another body.
#[must_use]
pub fn reused(message_id: &MessageId) -> Refused {
    Refused::new(
        RefusalLabel::MessageIdReused,
        format!(
            "the messageId {message_id} was used before with another body or by another sender"
        ),
    )
}

/// The refusal of a signed document that came before under another `messageId`.
#[must_use]
pub fn replayed() -> Refused {
    Refused::new(
        RefusalLabel::Replayed,
        "the document's signature value came before under another messageId",
    )
}

/// The refusal of a message that another one stands in the way of.
#[must_use]
pub fn conflicting(conflict: Conflict, message_id: &MessageId) -> Refused {
    match conflict {
        Conflict::Replayed => replayed(),
        Conflict::Settled => Refused::new(
            RefusalLabel::CorrelationUnknown,
            "the message that it answers has its final answer already",
        ),
        _ => reused(message_id),
    }
}

/// What an envelope says about itself, for the journal: nobody has judged it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// Who claims to send it.
    pub sender: Option<SenderId>,
    /// Its id, or that of the message that it is about.
    pub message_id: Option<MessageId>,
    /// The service.
    pub service: Option<String>,
    /// The exchange.
    pub correlation: Option<MessageId>,
}

impl From<&SendMessageRequest> for Heading {
    fn from(request: &SendMessageRequest) -> Self {
        Self {
            sender: request.sender.as_ref().map(|sender| sender.id.clone()),
            message_id: Some(request.message_id.clone()),
            service: Some(request.service_id.clone()),
            correlation: request.correlation_id.clone(),
        }
    }
}

/// The journal's entry for a message that was turned away.
#[must_use]
pub fn refusal_entry(
    rejection: &Rejection,
    heading: Option<&Heading>,
    body: &[u8],
    session: &str,
    at: Moment,
) -> JournalEntry {
    let mut summary = json!({ "session": session });
    if let Some(heading) = heading {
        summary["sender"] = json!(heading.sender.as_ref().map(ToString::to_string));
        summary["service"] = json!(heading.service);
        summary["correlation"] = json!(heading.correlation.as_ref().map(ToString::to_string));
    }
    let kind = match rejection {
        Rejection::Refused(refused) => {
            summary["why"] = json!(refused.why);
            for (key, value) in &refused.facts {
                add_fact(&mut summary, key, journalled(key, value));
            }
            for (key, value) in &refused.journal {
                summary[*key] = journalled(key, value);
            }
            "refused"
        }
        Rejection::Faulted(faulted) => {
            tracing::error!(why = %faulted.why, "a message could not be worked on");
            summary["why"] = json!(faulted.why);
            "faulted"
        }
    };
    JournalEntry {
        at,
        kind: kind.to_owned(),
        message_id: heading.and_then(|heading| heading.message_id.clone()),
        direction: Direction::In,
        label: rejection.label(),
        raw: Some(body.to_vec()),
        summary,
    }
}

/// A fact that is told more than once (each departure from the schema) becomes a list: none is lost.
fn add_fact(summary: &mut Value, key: &str, value: Value) {
    match summary.get_mut(key) {
        None | Some(Value::Null) => summary[key] = value,
        Some(Value::Array(list)) => list.push(value),
        Some(one) => *one = json!([one.take(), value]),
    }
}

/// Our own verdicts are JSON and are shown as such; everything else is text, whatever it looks like.
fn journalled(key: &str, value: &str) -> Value {
    let text = || Value::String(value.to_owned());
    if key.ends_with("verdict") {
        serde_json::from_str(value).unwrap_or_else(|_| text())
    } else {
        text()
    }
}
