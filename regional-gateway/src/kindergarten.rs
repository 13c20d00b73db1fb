//! The kindergarten queue registry (электрондық тізілім / реестр очереди): it answers applications by itself.
//!
//! No officer acts. A child of the register `QAQPA_KindergartenQueue` keeps the number that it has there, and is referred
//! where the register has a place for it; another child gets the next number, and the same one when it is asked for
//! again. What comes of it is signed with the key of the provider's authorised person, and goes the way of every result.
//!
//! Numbers are kept among the store's settings, so that no two children get one, whichever process asks.

use std::collections::BTreeMap;

use qaqpa_channel::{Contents, Letter, Rejection};
use qaqpa_model::{Actor, Iin, Moment, RefusalLabel, ServiceAtAct};
use qaqpa_regulations::{
    ActionDef, Channel, Deed, Event, Flow, Mark, Period, Service, Step, WalkError, walk,
};
use qaqpa_store::{AnsweredCard, CardState, Effect, NewCard, OutgoingMessage, Store};
use qaqpa_transport::watch::{self, Family};
use qaqpa_wire::Application;
use qaqpa_xmldsig::{Signer, sign_enveloped};
use serde_json::json;
use uuid::Uuid;

use crate::steps::issue_document::{Basis, compose, message};
use crate::steps::register::{Arrival, card};
use crate::trace;
use crate::work::{Decision, Issued, Work};
use crate::workplace::Workplace;

/// The register whose records the registry goes by.
const REGISTER: &str = "QAQPA_KindergartenQueue";
/// The field of the form with the child's IIN.
const CHILD: &str = "child-iin";
/// Children of this age have no place on the queue (7 жасқа дейін / до 7 лет).
const AGE_MAX_YEARS: i16 = 7;
/// How often a number is taken anew, because another process was faster.
const TRIES_MAX: usize = 64;

/// What the registry answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The child stands on the queue.
    Queued {
        /// The number, as people know it.
        number: String,
        /// How many go before, and the child itself.
        place: String,
    },
    /// There is a place for the child.
    Referred {
        /// The number on the queue that led to it.
        number: String,
        /// The kindergarten.
        kindergarten: String,
    },
    /// The child is too old for the queue.
    TooOld,
}

impl Answer {
    /// The values that the result may hold, by their names.
    pub(crate) fn values(&self) -> BTreeMap<&'static str, &str> {
        match self {
            Self::Queued { number, place } => {
                BTreeMap::from([("number", number.as_str()), ("place", place.as_str())])
            }
            Self::Referred {
                number,
                kindergarten,
            } => BTreeMap::from([
                ("number", number.as_str()),
                ("kindergarten", kindergarten.as_str()),
            ]),
            Self::TooOld => BTreeMap::new(),
        }
    }
}

/// The service and its flow, where the registry answers it by itself.
pub(crate) fn asked<'w>(
    workplace: &'w Workplace,
    application: &Application,
) -> Option<(&'w Service, &'w Flow)> {
    let service = workplace.catalogue.service(&application.service)?;
    let flow = service.flow(Channel::parse(&application.channel)?)?;
    flow.is_answered_by_the_registry()
        .then_some((service, flow))
}

/// Answers an application: card, result and outbox entry are one transaction with the letter.
pub(crate) async fn answer(
    workplace: &Workplace,
    (service, flow): (&Service, &Flow),
    application: &Application,
    letter: &Letter,
    contents: &mut Contents,
) -> Result<(), Rejection> {
    let at = letter.at();
    let arrival = Arrival {
        message_id: letter.request().message_id.clone(),
        sender: qaqpa_model::SenderId::parse(Actor::Gateway.name()).map_err(Rejection::faulted)?,
        document: letter.request().data.bytes.clone(),
        at,
    };
    let found = decide(workplace, service, flow, application, at).await?;
    let ground = match found {
        Answer::TooOld => service
            .grounds
            .iter()
            .find(|ground| ground.label == RefusalLabel::GroundsAbsent),
        Answer::Queued { .. } | Answer::Referred { .. } => None,
    };
    let label = ground.map(|ground| ground.label);
    let steps = steps(flow, label).map_err(Rejection::faulted)?;
    contents
        .trace
        .extend(trace::entries(&arrival.message_id, steps, at));

    let signs = signing(service).ok_or_else(|| Rejection::faulted("no period is a working day"))?;
    let officer = workplace
        .stubs
        .officers
        .of(&workplace.store, None, &signs)
        .await
        .map_err(Rejection::faulted)?;
    let decision = Decision {
        ground: ground.map(|ground| ground.id.clone()),
        comment: String::new(),
        by: officer.account.unwrap_or_default(),
        result_id: Uuid::new_v4().to_string(),
    };
    let basis = Basis {
        service,
        message: &arrival.message_id,
        application,
        unit: &service.provider_title,
        registry: Some(&found),
    };
    let document = compose(basis, &decision, &officer.iin, at);
    watch::count(Family::Signatures, &["document"]);
    let signer = Signer::of(&officer.key, officer.certificate.der());
    let signed = sign_enveloped(&document.to_xml(), &signer, &workplace.xml_limits())
        .map_err(Rejection::faulted)?;
    let id = qaqpa_channel::answer::braced(&Uuid::new_v4().to_string());
    contents.outbox = Some(OutgoingMessage {
        destination: Actor::Gateway.name().to_owned(),
        body: message(&id, &arrival.message_id, &service.id, signed.clone(), at),
        correlation: Some(arrival.message_id.clone()),
        message_id: id.clone(),
    });
    let work = Work {
        decision: Some(decision),
        result: Some(Issued {
            message_id: id.to_string(),
            by: officer.account.unwrap_or_default(),
        }),
        ..Work::default()
    };
    let card: NewCard = card(&service.id, flow.channel, application, arrival, Vec::new());
    contents.facts_json =
        json!({ "card": card.id, "traceparent": watch::traceparent() }).to_string();
    if let Some(summary) = contents.summary.as_object_mut() {
        summary.insert("card".to_owned(), json!(card.id));
        let outcome =
            json!({ "outcome": document.outcome.as_str(), "result_message": id.as_str() });
        summary.insert("registry".to_owned(), outcome);
    }
    let answered = AnsweredCard {
        card,
        state: match label {
            None => CardState::Granted,
            Some(_) => CardState::Refused,
        },
        label,
        work_json: work.to_json().map_err(Rejection::faulted)?,
        result: signed,
        by: officer.account,
    };
    let effect = Effect::AnsweredCard(Box::new(answered));
    contents.effects.push(effect);
    Ok(())
}

/// Why nobody may be asked for a stub of this service: the registry answers it.
pub(crate) fn no_stub(service: &Service) -> Option<String> {
    let all = service.flows.iter().all(Flow::is_answered_by_the_registry);
    all.then(|| {
        format!(
            "{} is answered by the queue registry itself; a stub is for what people answer",
            service.id
        )
    })
}

/// The steps of the flow that the registry takes.
fn steps(flow: &Flow, label: Option<RefusalLabel>) -> Result<Vec<Step>, WalkError> {
    let arrival = flow.arrival().ok_or(WalkError::NotInFlow)?;
    let mut events = vec![Event::Done(arrival.meaning)];
    match (flow.decision(), label) {
        (None, _) => {}
        (Some(decision), None) => events.push(Event::Yes(decision.meaning)),
        (Some(decision), Some(label)) => {
            let refusal = flow.refusal_of(decision).ok_or(WalkError::NotInFlow)?;
            events.push(Event::No(decision.meaning, label));
            events.push(Event::Done(refusal.meaning));
        }
    }
    let mut state = flow.resume(&arrival.id).ok_or(WalkError::NotInFlow)?;
    let mut steps = Vec::new();
    for event in events {
        let walked = walk(flow, &state, &event)?;
        state = walked.state;
        steps.extend(walked.trace);
    }
    Ok(steps)
}

/// What comes of it: the record of the register, or the next number.
async fn decide(
    workplace: &Workplace,
    service: &Service,
    flow: &Flow,
    application: &Application,
    at: Moment,
) -> Result<Answer, Rejection> {
    let child = application
        .field(CHILD)
        .and_then(|iin| Iin::parse(iin).ok());
    let child = child.ok_or_else(|| {
        Rejection::from(qaqpa_channel::Refused::new(
            RefusalLabel::ApplicationMalformed,
            "the form names no child by its IIN",
        ))
    })?;
    let register = workplace.registers.of(REGISTER);
    let records = register.map_or_else(Vec::new, |register| {
        register.records_with("childIin", &child.reveal())
    });
    if let Some(record) = records.first() {
        return Ok(of_record(record));
    }
    if flow.decision().is_some() && is_too_old(&child, at) {
        return Ok(Answer::TooOld);
    }
    let first = register.map_or(0, |register| last_number(&register.values("number")));
    let number = number(&workplace.store, &service.id, &child, first).await?;
    Ok(Answer::Queued {
        number: format!("TEST-Q-{number:06}"),
        place: number.to_string(),
    })
}

fn of_record(record: &BTreeMap<String, String>) -> Answer {
    let value = |name: &str| record.get(name).cloned().unwrap_or_default();
    if value("state") == "place-given" {
        return Answer::Referred {
            number: value("number"),
            kindergarten: value("kindergarten"),
        };
    }
    Answer::Queued {
        number: value("number"),
        place: value("place"),
    }
}

/// Whether the seventh birthday has come.
fn is_too_old(child: &Iin, at: Moment) -> bool {
    let born = child.birth_date();
    let (year, rest) = born.split_at_checked(4).unwrap_or_default();
    let Ok(year) = year.parse::<i16>() else {
        return true;
    };
    let seventh = format!("{:04}{rest}", year.saturating_add(AGE_MAX_YEARS));
    // Dates of this form are in order where their texts are.
    at.in_almaty().strftime("%Y-%m-%d").to_string() >= seventh
}

/// The greatest number that the register has given.
fn last_number(numbers: &[String]) -> u64 {
    let given = numbers.iter().filter_map(|number| {
        let digits = number.rsplit('-').next()?;
        digits.parse().ok()
    });
    given.max().unwrap_or_default()
}

/// The child's number: the one that it has, or the next.
async fn number(
    store: &Store,
    service: &ServiceAtAct,
    child: &Iin,
    first: u64,
) -> Result<u64, Rejection> {
    let settings = store.settings();
    let of_the_child = format!("queue/{service}/{}", child.reveal());
    let last_given = format!("queue/{service}");
    for _ in 0..TRIES_MAX {
        let has = settings
            .read(&of_the_child)
            .await
            .map_err(Rejection::faulted)?;
        if let Some(number) = has.and_then(|text| text.parse().ok()) {
            return Ok(number);
        }
        let last = settings
            .read(&last_given)
            .await
            .map_err(Rejection::faulted)?;
        let number = last
            .as_deref()
            .and_then(|text| text.parse::<u64>().ok())
            .unwrap_or(first)
            + 1;
        let taken = settings
            .replace(&last_given, last.as_deref(), &number.to_string())
            .await
            .map_err(Rejection::faulted)?;
        if !taken {
            continue;
        }
        let given = settings
            .replace(&of_the_child, None, &number.to_string())
            .await
            .map_err(Rejection::faulted)?;
        if given {
            return Ok(number);
        }
    }
    Err(Rejection::faulted(
        "the queue gives so many numbers at once that this one was not given",
    ))
}

/// In whose name the registry signs: as if the provider's authorised person did it all.
fn signing(service: &Service) -> Option<ActionDef> {
    Some(ActionDef {
        id: qaqpa_model::ElementId::parse("action-1").ok()?,
        unit: service.provider.clone(),
        unit_title: service.provider_title.clone(),
        role: service.result.signed_by,
        does: vec![Deed::Sign],
        deadline: Period::parse("1wd").ok()?,
        deadline_min: None,
        completion: None,
        next_printed: None,
        tells: None,
        title: service.result.title.clone(),
        mark: Mark::Assumed,
    })
}
