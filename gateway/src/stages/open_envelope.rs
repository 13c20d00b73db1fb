//! Stage 2: who sent this, was it signed by them, did it come before, and for which service is it.

use qaqpa_channel::inbox::reused;
use qaqpa_channel::{KnownSystem, Refused, Rejection, UnverifiedEnvelope, open, prove_transport};
use qaqpa_evidence::Examiner;
use qaqpa_model::{Actor, BodyDigest, RefusalLabel, SenderId, ServiceAtAct};
use qaqpa_store::Seen;
use qaqpa_wire::SendMessageRequest;
use serde_json::json;

use super::choose_route::known_service;
use super::receive::Received;
use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;

/// An envelope of a registered sender: password, TLS identity and transport signature are proven; it
/// did not come before; its service is in the catalogue.
///
/// Says nothing about the business document inside.
#[derive(Debug)]
pub(crate) struct Opened {
    request: SendMessageRequest,
    sender: SenderId,
    service: ServiceAtAct,
    digest: BodyDigest,
    examiner: Examiner,
}

/// What the later stages need of the envelope.
#[derive(Debug)]
pub(crate) struct Addressed {
    pub(super) request: SendMessageRequest,
    pub(super) sender: SenderId,
    pub(super) service: ServiceAtAct,
    pub(super) digest: BodyDigest,
}

impl Opened {
    /// Whoever takes it apart has got it from this stage.
    pub(super) fn into_parts(self) -> (Addressed, Examiner) {
        let addressed = Addressed {
            request: self.request,
            sender: self.sender,
            service: self.service,
            digest: self.digest,
        };
        (addressed, self.examiner)
    }
}

/// Opens the envelope and proves its sender.
pub(crate) async fn open_envelope(
    gateway: &Gateway,
    received: Received,
    record: &mut Record,
) -> Result<Opened, Turn> {
    let envelope = open(received.body(), &gateway.limits, gateway.config.reading())?;
    record.opened(&envelope.request, &envelope.departures);

    let systems = gateway.keys.current().await.map_err(Rejection::faulted)?;
    let claimed =
        envelope.request.sender.as_ref().ok_or_else(|| {
            Refused::new(RefusalLabel::SenderUnknown, "the envelope names no sender")
        })?;
    let sender = systems.sender(&claimed.id).ok_or_else(|| {
        Refused::new(
            RefusalLabel::SenderUnknown,
            format!("no sender {} is registered", claimed.id),
        )
    })?;
    check_password(sender, claimed.password.as_deref())?;
    check_tls_identity(sender, received.peer())?;

    let examiner = gateway
        .examining
        .current(&systems)
        .map_err(Rejection::faulted)?;
    let proof = prove_transport(&envelope, &examiner, sender, &gateway.limits, record.at())
        .await
        .map_err(Turn::from)?;
    record.note(
        "transport",
        json!({
            "indication": proof.verdict.indication.as_str(),
            "signer": proof.verdict.signer.as_ref().map(|signer| signer.common_name.clone()),
        }),
    );

    look_for_repeat(gateway, &envelope, &sender.sender_id).await?;
    let service = known_service(gateway, &envelope.request.service_id)?;
    Ok(Opened {
        sender: sender.sender_id.clone(),
        service,
        digest: envelope.digest,
        request: envelope.request,
        examiner,
    })
}

fn check_password(sender: &KnownSystem, offered: Option<&str>) -> Result<(), Refused> {
    if sender.has_password(offered) {
        return Ok(());
    }
    Err(Refused::new(
        RefusalLabel::SenderPasswordWrong,
        format!("the password of {} is wrong or missing", sender.sender_id),
    ))
}

/// An actor of the simulator shows its TLS client certificate, and nobody else may show one. (P05)
fn check_tls_identity(sender: &KnownSystem, peer: Option<Actor>) -> Result<(), Refused> {
    let expected = Actor::parse(sender.sender_id.as_str());
    if expected == peer {
        return Ok(());
    }
    let shown = peer.map_or("nobody", Actor::name);
    Err(Refused::new(
        RefusalLabel::SenderCertificateMismatch,
        format!(
            "the TLS client certificate is of {shown}, the sender is {}",
            sender.sender_id
        ),
    ))
}

/// Before the document is judged: what was accepted once stays accepted, whatever became of the
/// certificate since.
async fn look_for_repeat(
    gateway: &Gateway,
    envelope: &UnverifiedEnvelope,
    sender: &SenderId,
) -> Result<(), Turn> {
    let seen = gateway
        .store
        .exchange()
        .lookup(sender, &envelope.request.message_id, &envelope.digest)
        .await
        .map_err(Rejection::faulted)?;
    match seen {
        None => Ok(()),
        Some(Seen::Duplicate { answer }) => Err(Turn::Repeat(answer)),
        Some(Seen::MessageIdReused) => Err(reused(&envelope.request).into()),
    }
}
