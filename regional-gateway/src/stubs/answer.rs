//! The answer of a stub: the decision and the signed result, at once or when its time has come.
//!
//! At once it is one transaction with the letter: what registers the application answers it. The result is not examined
//! here, as a person's is before it is stored: the gateway examines it, and a stub that signs with a revoked key shall be
//! seen to.

use std::sync::Arc;

use qaqpa_channel::{Contents, Rejection};
use qaqpa_crypto::sha256;
use qaqpa_model::{Actor, Iin, MessageId, Moment, RefusalLabel, ServiceAtAct};
use qaqpa_store::{AnsweredCard, Effect, NewCard, OutgoingMessage};
use qaqpa_transport::watch::{self, Family};
use qaqpa_wire::{FormField, ResultDocument};
use qaqpa_xmldsig::{Signer, sign_enveloped};
use serde_json::{Value, json};
use uuid::Uuid;

use super::officer::Officer;
use super::rule::{Asked, Stub, StubAnswer};
use super::template::Filling;
use super::walked::Walked;
use crate::progress::Ruling;
use crate::steps::check_documents::checklist;
use crate::steps::issue_document::{Basis, compose, message};
use crate::steps::register::task;
use crate::trace;
use crate::work::{Decision, Finding, Issued, Work};
use crate::workplace::{Offer, Workplace};

/// What an answer is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matter<'a> {
    pub(super) workplace: &'a Workplace,
    pub(super) offer: &'a Offer<'a>,
    pub(super) asked: Asked<'a>,
    /// The message that is answered.
    pub(super) message: &'a MessageId,
    pub(super) service: &'a ServiceAtAct,
    pub(super) seed: Option<u64>,
    pub(super) at: Moment,
}

/// An answer that is made, signed, and stored nowhere yet.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) walked: Walked,
    pub(super) label: Option<RefusalLabel>,
    pub(super) work: Work,
    pub(super) signed: Vec<u8>,
    pub(super) outgoing: OutgoingMessage,
    /// What the journal shows of it.
    pub(super) summary: Value,
    officer: Arc<Officer>,
}

/// Makes the stub's answer.
pub(super) async fn make(matter: Matter<'_>, stub: &Stub) -> Result<Made, Rejection> {
    let Matter {
        workplace,
        offer,
        at,
        ..
    } = matter;
    let (ground, ruling) = ruling(offer, &stub.answer)?;
    let walked = Walked::through(offer, ruling)?;
    let signing = walked.signing.as_ref();
    let signing = signing.ok_or_else(|| faulted(stub, "nobody signs in this flow"))?;
    let officer = workplace
        .stubs
        .officers
        .of(&workplace.store, stub.signer.as_deref(), signing)
        .await
        .map_err(|why| faulted(stub, &why))?;
    let ids = Ids::of(matter.seed, matter.message);
    let filling = Filling {
        asked: matter.asked,
        message: matter.message,
        result_id: &ids.result,
        at,
    };
    let decision = Decision {
        ground,
        comment: match &stub.answer {
            StubAnswer::Refuse {
                comment: Some(comment),
                ..
            } => comment.fill(&filling),
            _ => String::new(),
        },
        by: officer.account.unwrap_or_default(),
        result_id: ids.result.clone(),
    };
    let document = document(matter, stub, &decision, &officer.iin, &filling);
    let signed = sign(workplace, &document, &officer).map_err(Rejection::faulted)?;
    let body = message(
        &ids.message,
        matter.message,
        matter.service,
        signed.clone(),
        at,
    );
    Ok(Made {
        walked,
        label: match ruling {
            Ruling::Grant => None,
            Ruling::Refuse(label) => Some(label),
        },
        work: work(matter, decision, &ids, &officer),
        signed,
        summary: json!({
            "id": stub.id,
            "outcome": document.outcome.as_str(),
            "result_message": ids.message.as_str(),
        }),
        outgoing: OutgoingMessage {
            destination: Actor::Gateway.name().to_owned(),
            message_id: ids.message,
            correlation: Some(matter.message.clone()),
            body,
        },
        officer,
    })
}

impl Made {
    /// Puts the answer into what accepting the letter stores.
    pub(super) fn put(
        self,
        matter: Matter<'_>,
        mut card: NewCard,
        contents: &mut Contents,
    ) -> Result<(), Rejection> {
        let Matter { workplace, at, .. } = matter;
        let steps = self.walked.taken.iter();
        let steps = steps.flat_map(|(_, advance)| advance.steps.clone());
        let steps = trace::entries(matter.message, steps.collect(), at);
        contents.trace.extend(steps);
        if let Some(summary) = contents.summary.as_object_mut() {
            summary.insert("stub".to_owned(), self.summary);
        }
        let calendar = workplace.catalogue.calendar();
        let actions = self.walked.taken.iter().map(|(action, _)| action);
        card.tasks = actions.map(|action| task(action, at, calendar)).collect();
        contents.outbox = Some(self.outgoing);
        let answered = AnsweredCard {
            card,
            state: self.walked.state,
            label: self.label,
            work_json: self.work.to_json().map_err(Rejection::faulted)?,
            result: self.signed,
            by: self.officer.account,
        };
        contents
            .effects
            .push(Effect::AnsweredCard(Box::new(answered)));
        Ok(())
    }
}

fn faulted(stub: &Stub, why: &str) -> Rejection {
    Rejection::faulted(format!("the stub {} cannot answer: {why}", stub.id))
}

/// The ground's id and what it means for the flow.
fn ruling(offer: &Offer<'_>, answer: &StubAnswer) -> Result<(Option<String>, Ruling), Rejection> {
    let StubAnswer::Refuse { ground, .. } = answer else {
        return Ok((None, Ruling::Grant));
    };
    let found = match ground {
        Some(id) => offer.service.ground(id),
        None => offer.service.grounds.first(),
    };
    let found = found.ok_or_else(|| {
        Rejection::faulted(format!("{} has no ground for a refusal", offer.service.id))
    })?;
    Ok((Some(found.id.clone()), Ruling::Refuse(found.label)))
}

/// The result, with the stub's own values in place of the catalogue's.
fn document(
    matter: Matter<'_>,
    stub: &Stub,
    decision: &Decision,
    officer: &Iin,
    filling: &Filling<'_>,
) -> ResultDocument {
    let service = matter.offer.service;
    let basis = Basis {
        service,
        message: filling.message,
        application: filling.asked.application,
        unit: &service.provider_title,
        registry: None,
    };
    let mut document = compose(basis, decision, officer, matter.at);
    if let StubAnswer::Grant(own) = &stub.answer
        && !own.is_empty()
    {
        let of_the_catalogue = std::mem::take(&mut document.content);
        document.content = service
            .result
            .content
            .iter()
            .filter_map(|field| {
                let value = match own.get(&field.name) {
                    Some(template) => template.fill(filling),
                    None => of_the_catalogue
                        .iter()
                        .find(|there| there.name == field.name)?
                        .value
                        .clone(),
                };
                let name = field.name.clone();
                // What is empty has no place in a document.
                (!value.is_empty()).then_some(FormField { name, value })
            })
            .collect();
    }
    document
}

fn sign(
    workplace: &Workplace,
    document: &ResultDocument,
    officer: &Officer,
) -> Result<Vec<u8>, qaqpa_xmldsig::SignError> {
    watch::count(Family::Signatures, &["document"]);
    let signer = Signer::of(&officer.key, officer.certificate.der());
    sign_enveloped(&document.to_xml(), &signer, &workplace.xml_limits())
}

/// The notes on the card, as an officer leaves them who finds in order what is attached.
fn work(matter: Matter<'_>, decision: Decision, ids: &Ids, officer: &Officer) -> Work {
    let listed = checklist(matter.offer.service, matter.asked.application);
    Work {
        documents: listed
            .iter()
            .map(|listed| {
                let found = if listed.attached {
                    Finding::Ok
                } else {
                    Finding::Absent
                };
                (listed.document.id.clone(), found)
            })
            .collect(),
        decision: Some(decision),
        result: Some(Issued {
            message_id: ids.message.to_string(),
            by: officer.account.unwrap_or_default(),
        }),
    }
}

/// The ids of an answer.
struct Ids {
    result: String,
    message: MessageId,
}

impl Ids {
    /// Random ones; with a seed, those that follow from it and from the message that is answered.
    fn of(seed: Option<u64>, answered: &MessageId) -> Self {
        let id = |what: &str| match seed {
            None => Uuid::new_v4(),
            Some(seed) => {
                let from = [
                    &seed.to_be_bytes()[..],
                    what.as_bytes(),
                    answered.as_str().as_bytes(),
                ];
                let mut bytes = [0; 16];
                bytes.copy_from_slice(&sha256(&from.concat())[..16]);
                uuid::Builder::from_random_bytes(bytes).into_uuid()
            }
        };
        Self {
            result: id("result").to_string(),
            message: message_id(id("message")),
        }
    }
}

/// In braces, as the gateway's guid type has them.
fn message_id(id: Uuid) -> MessageId {
    MessageId::parse(&format!("{{{id}}}")).expect("a UUID in braces is a messageId")
}

/// Whether an application is answered here at all: it is not where the stub leaves it to people.
pub(super) const fn is_answer(answer: &StubAnswer) -> bool {
    !matches!(answer, StubAnswer::Leave)
}
