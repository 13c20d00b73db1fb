//! Stage 2, its first half on every channel: who sent this, and was it signed by them?

use qaqpa_channel::{Refused, Rejection, judge_transport};
use qaqpa_evidence::Examiner;
use qaqpa_model::{Actor, ActorName, RefusalLabel, SenderId};
use qaqpa_wire::{Property, Sender};
use qaqpa_x509::Certificate;
use qaqpa_xml::Document;
use serde_json::json;

use super::form::Form;
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
    pub(super) form: &'a Form,
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
        .current_with(&systems, register.certificates())
        .map_err(Rejection::faulted)?;
    let unknown = |why: String| Refused::new(RefusalLabel::SenderUnknown, why);
    let (party, signer) = match claim.sender {
        None if !claim.may_be_silent => {
            return Err(unknown("the envelope names no sender".to_owned()).into());
        }
        None => {
            let signer =
                judge_transport(claim.document, &examiner, &gateway.limits, record.at()).await?;
            let signed_by = Party::who_sign(&systems, &register, &signer.certificate);
            let party = match signed_by.as_slice() {
                [party] => *party,
                [] => {
                    let why = "the envelope names no sender, and its certificate is no sender's";
                    return Err(unknown(why.to_owned()).into());
                }
                _ => {
                    let why = "the envelope names no sender, and its certificate is of several: name yours";
                    return Err(unknown(why.to_owned()).into());
                }
            };
            check_tls_identity(party.sender, peer, record)?;
            (party, signer)
        }
        Some(claimed) => {
            let party = Party::find(&systems, &register, &claimed.id)
                .ok_or_else(|| unknown(format!("no sender {} is registered", claimed.id)))?;
            check_tls_identity(party.sender, peer, record)?;
            // Whoever is held to the schema learns of departures before anything that follows from them.
            claim.form.hold(party.terms, claim.properties)?;
            let signer =
                judge_transport(claim.document, &examiner, &gateway.limits, record.at()).await?;
            (party, signer)
        }
    };
    check_shown(&party, record)?;
    signer.is_of(party.sender, party.certificate)?;
    // Last: who has not the key learns nothing about the password, and who has it cannot try one after the other.
    check_guesses(gateway, &party, record)?;
    let secret = check_secret(&party, claim.sender, || {
        Party::who_sign(&systems, &register, party.certificate).len()
    });
    if secret.is_err() {
        let guessed = &gateway.guesses;
        guessed
            .takes(party.sender, GUESSES_A_MINUTE_MAX, record.at())
            .ok();
    }
    secret?;
    record.know_sender(party.sender);
    record.note(
        "transport",
        json!({
            "indication": signer.verdict.indication.as_str(),
            "signer": signer.common_name,
        }),
    );
    claim.form.hold(party.terms, claim.properties)?;
    check_measure(gateway, &party, record)?;
    take_place(gateway, &party, record)?;
    Ok(Known {
        sender: party.sender.clone(),
        certificate: party.certificate.clone(),
        terms: party.terms.clone(),
        examiner,
    })
}

/// What is agreed beside the signature: a password is said, also by whom the contract lets be silent, unless a TLS
/// certificate of its own stands in its place.
fn check_secret(
    party: &Party<'_>,
    claimed: Option<&Sender>,
    sharers: impl FnOnce() -> usize,
) -> Result<(), Refused> {
    let wrong = |why: String| Err(Refused::new(RefusalLabel::SenderPasswordWrong, why));
    match claimed {
        Some(claimed) if !party.has_password(claimed.password.as_deref()) => wrong(format!(
            "the password of {} is wrong or missing",
            party.sender
        )),
        None if !party.needs_no_password() => wrong(format!(
            "a password is agreed with {}, and the envelope names neither: name the sender with its password",
            party.sender
        )),
        _ if party.has_signature_alone() && sharers() > 1 => {
            let why = format!(
                "the certificate of {} is another system's, too, and no password tells them apart",
                party.sender
            );
            Err(Refused::new(RefusalLabel::SenderUnknown, why))
        }
        _ => Ok(()),
    }
}

/// An actor of the simulator shows its TLS client certificate, and nobody else may show an actor's. (P05)
///
/// Each of several regional gateways has its own: one does not speak for another.
fn check_tls_identity(
    sender: &SenderId,
    peer: Option<Actor>,
    record: &Record,
) -> Result<(), Refused> {
    let proven = match ActorName::parse(sender.as_str()) {
        Some(name) => record.arrival().identity.is(&name),
        None => peer.is_none(),
    };
    if proven {
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

/// Wrong passwords of one system within a minute; after them none is compared. A chosen number: a program that was
/// given a wrong one says it at each attempt.
const GUESSES_A_MINUTE_MAX: u32 = 30;

fn check_guesses(gateway: &Gateway, party: &Party<'_>, record: &Record) -> Result<(), Refused> {
    let room = gateway
        .guesses
        .has_room(party.sender, GUESSES_A_MINUTE_MAX, record.at());
    room.map_err(|seconds| {
        let why = format!("too many wrong passwords of {} in a minute", party.sender);
        Refused::new(RefusalLabel::LimitExceeded, why).come_again_in(seconds)
    })
}

/// No more and nothing longer than is agreed. Only what the system has signed is counted: a stranger could else use
/// up what is another's.
fn check_measure(gateway: &Gateway, party: &Party<'_>, record: &Record) -> Result<(), Refused> {
    let agreed = party.terms.per_minute_max;
    let usual = gateway.config.sender_per_minute_max;
    if let Some(max) = agreed.or(usual.filter(|_| !is_actor(party.sender)))
        && let Err(seconds) = gateway.pace.takes(party.sender, max, record.at())
    {
        let why = format!(
            "more than the {max} messages a minute agreed with {}",
            party.sender
        );
        return Err(Refused::new(RefusalLabel::LimitExceeded, why).come_again_in(seconds));
    }
    // Counted like any other: else what is too long would be journalled without end.
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
    Ok(())
}

/// One system's requests leave the others their places: each of them may wait half a minute for a register.
fn take_place(gateway: &Gateway, party: &Party<'_>, record: &mut Record) -> Result<(), Refused> {
    if is_actor(party.sender) {
        return Ok(());
    }
    let usual = || gateway.config.at_once_max(&gateway.limits);
    let max = party.terms.at_once_max.unwrap_or_else(usual);
    let Some(place) = gateway.places.take(party.sender, max) else {
        let why = format!("{max} requests of {} are worked on already", party.sender);
        return Err(Refused::new(RefusalLabel::LimitExceeded, why).come_again_in(1));
    };
    record.occupy(place);
    Ok(())
}

fn is_actor(sender: &SenderId) -> bool {
    ActorName::parse(sender.as_str()).is_some()
}
