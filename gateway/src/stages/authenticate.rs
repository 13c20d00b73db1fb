//! Stage 2, its first half on every channel: who sent this, and was it signed by them?

use qaqpa_channel::envelope::{asks_for_strict, insist};
use qaqpa_channel::{Refused, Rejection, judge_transport};
use qaqpa_evidence::Examiner;
use qaqpa_model::{Actor, RefusalLabel, SenderId};
use qaqpa_wire::{Departure, FaultCode, Property, Sender};
use qaqpa_x509::Certificate;
use qaqpa_xml::Document;
use serde_json::json;

use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;
use crate::systems::{self, Party, Terms};

/// What an envelope says about its sender.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim<'a> {
    /// The envelope: what the transport signature is judged over.
    pub(super) document: &'a Document,
    /// Who it says to come from.
    pub(super) sender: Option<&'a Sender>,
    /// Whether the contract lets it say nothing: then the certificate that signed names the sender.
    pub(super) may_be_silent: bool,
    /// Where it departs from the schema.
    pub(super) departures: &'a [Departure],
    pub(super) properties: &'a [Property],
}

/// A registered system that sent this: password, TLS identity and transport signature are proven.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) sender: SenderId,
    /// The one with which it signed.
    pub(super) certificate: Certificate,
    pub(super) terms: Terms,
    pub(super) examiner: Examiner,
}

impl Known {
    /// Whether the system may use this service.
    pub(super) fn may_use(&self, service: &str) -> Result<(), Refused> {
        if self.terms.allows(service) {
            return Ok(());
        }
        Err(Refused::new(
            RefusalLabel::SenderUnknown,
            format!("{} is not registered for this service", self.sender),
        ))
    }
}

/// Proves who sent an envelope, and holds it to what is agreed with that system.
pub(super) async fn authenticate(
    gateway: &Gateway,
    claim: Claim<'_>,
    peer: Option<Actor>,
    record: &mut Record,
) -> Result<Known, Turn> {
    let systems = gateway.keys.current().await.map_err(Rejection::faulted)?;
    let register = systems::current(gateway).await;
    let examiner = gateway
        .examining
        .current_with(&systems, &register.certificates())
        .map_err(Rejection::faulted)?;
    let unknown = |why: String| Refused::new(RefusalLabel::SenderUnknown, why);
    let (party, signer) = match claim.sender {
        None if !claim.may_be_silent => {
            return Err(unknown("the envelope names no sender".to_owned()).into());
        }
        None => {
            let signer =
                judge_transport(claim.document, &examiner, &gateway.limits, record.at()).await?;
            let party = Party::who_signs(&systems, &register, &signer.certificate);
            let party = party.ok_or_else(|| {
                unknown(
                    "the envelope names no sender, and its certificate is no sender's".to_owned(),
                )
            })?;
            check_tls_identity(party.sender, peer)?;
            (party, signer)
        }
        Some(claimed) => {
            let party = Party::find(&systems, &register, &claimed.id)
                .ok_or_else(|| unknown(format!("no sender {} is registered", claimed.id)))?;
            check_password(&party, claimed.password.as_deref())?;
            check_tls_identity(party.sender, peer)?;
            // Whoever is held to the schema learns of departures before anything that follows from them.
            check_form(&party, &claim)?;
            let signer =
                judge_transport(claim.document, &examiner, &gateway.limits, record.at()).await?;
            (party, signer)
        }
    };
    check_shown(&party, record)?;
    signer.is_of(party.sender, party.certificate)?;
    record.note(
        "transport",
        json!({
            "indication": signer.verdict.indication.as_str(),
            "signer": signer.common_name,
        }),
    );
    check_form(&party, &claim)?;
    check_measure(gateway, &party, record)?;
    Ok(Known {
        sender: party.sender.clone(),
        certificate: party.certificate.clone(),
        terms: party.terms.clone(),
        examiner,
    })
}

fn check_password(party: &Party<'_>, offered: Option<&str>) -> Result<(), Refused> {
    if party.has_password(offered) {
        return Ok(());
    }
    Err(Refused::new(
        RefusalLabel::SenderPasswordWrong,
        format!("the password of {} is wrong or missing", party.sender),
    ))
}

/// An actor of the simulator shows its TLS client certificate, and nobody else may show an actor's. (P05)
fn check_tls_identity(sender: &SenderId, peer: Option<Actor>) -> Result<(), Refused> {
    if Actor::parse(sender.as_str()) == peer {
        return Ok(());
    }
    let shown = peer.map_or("nobody", Actor::name);
    Err(Refused::new(
        RefusalLabel::SenderCertificateMismatch,
        format!("the TLS client certificate is of {shown}, the sender is {sender}"),
    ))
}

/// Who is registered with a TLS certificate shows this very one: the handshake has proven that its key is there.
fn check_shown(party: &Party<'_>, record: &Record) -> Result<(), Refused> {
    let Some(agreed) = &party.terms.tls else {
        return Ok(());
    };
    if record.arrival().shown.0.as_deref() == Some(agreed.der()) {
        return Ok(());
    }
    Err(Refused::new(
        RefusalLabel::SenderCertificateMismatch,
        format!(
            "the TLS client certificate is not the one that is registered for {}",
            party.sender
        ),
    ))
}

/// Departures from the schema are refused where the system is registered so, or the request asks for it.
fn check_form(party: &Party<'_>, claim: &Claim<'_>) -> Result<(), Refused> {
    if party.terms.strict || asks_for_strict(claim.properties) {
        insist(claim.departures)?;
    }
    Ok(())
}

/// No more and nothing longer than is agreed. Only what the system has signed is counted: a stranger could else use
/// up what is another's.
fn check_measure(gateway: &Gateway, party: &Party<'_>, record: &Record) -> Result<(), Refused> {
    let length = record.arrival().body.len();
    if let Some(max) = party.terms.body_bytes_max.filter(|max| length > *max) {
        return Err(Refused::new(
            RefusalLabel::BodyTooLarge,
            format!(
                "the body is longer than the {max} bytes agreed with {}",
                party.sender
            ),
        ));
    }
    if let Some(max) = party.terms.per_minute_max
        && !gateway.pace.takes(party.sender, max, record.at())
    {
        // The same message may be sent again in the next minute.
        return Err(Refused::new(
            RefusalLabel::LimitExceeded,
            format!(
                "more than the {max} messages a minute agreed with {}",
                party.sender
            ),
        )
        .with_code(FaultCode::Server));
    }
    Ok(())
}
