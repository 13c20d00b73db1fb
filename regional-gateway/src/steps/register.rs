//! The document is registered in the workplace: a card with its first task.

use qaqpa_model::{MessageId, Moment, SenderId, ServiceAtAct};
use qaqpa_regulations::{ActionDef, Calendar, Channel, Event, walk};
use qaqpa_store::{NewCard, NewTask, PersonName, TraceEntry};
use qaqpa_wire::Application;
use uuid::Uuid;

use crate::trace;
use crate::workplace::Offer;

/// What registering makes.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) card: NewCard,
    pub(crate) trace: Vec<TraceEntry>,
}

/// The message behind an application.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) message_id: MessageId,
    pub(crate) sender: SenderId,
    pub(crate) document: Vec<u8>,
    pub(crate) at: Moment,
}

/// Registers an application; `None` where the flow has no element with which it comes to the provider.
pub(crate) fn register(
    offer: &Offer<'_>,
    calendar: &Calendar,
    application: &Application,
    arrival: Arrival,
) -> Option<Registered> {
    let element = offer.flow.arrival()?;
    let state = offer.flow.resume(&element.id)?;
    let walked = walk(offer.flow, &state, &Event::Done(element.meaning)).ok()?;
    let first = task(offer.chain.first()?, arrival.at, calendar);
    Some(Registered {
        trace: trace::entries(&arrival.message_id, walked.trace, arrival.at),
        card: card(
            &offer.service.id,
            offer.flow.channel,
            application,
            arrival,
            vec![first],
        ),
    })
}

/// The card of an application, with these tasks.
pub(crate) fn card(
    service: &ServiceAtAct,
    channel: Channel,
    application: &Application,
    arrival: Arrival,
    tasks: Vec<NewTask>,
) -> NewCard {
    let applicant = &application.applicant;
    NewCard {
        id: Uuid::new_v4().to_string(),
        message_id: arrival.message_id,
        service: service.clone(),
        channel: channel.as_str().to_owned(),
        sender: arrival.sender,
        applicant_iin: applicant.iin,
        applicant_name: PersonName {
            surname: applicant.surname.clone(),
            given: applicant.given_name.clone(),
            patronymic: applicant.patronymic.clone(),
        },
        document: arrival.document,
        at: arrival.at,
        tasks,
    }
}

/// The task of an action that begins at this moment.
pub(crate) fn task(action: &ActionDef, at: Moment, calendar: &Calendar) -> NewTask {
    NewTask {
        unit: action.unit.clone(),
        role: action.role.as_str().to_owned(),
        action: action.id.as_str().to_owned(),
        deadline: action.deadline.due(at, calendar),
        at,
    }
}
