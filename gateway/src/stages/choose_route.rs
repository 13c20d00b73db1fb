//! Stage 5: where the document goes.

use qaqpa_channel::Refused;
use qaqpa_model::{ActorName, RefusalLabel, ServiceAtAct};
use qaqpa_regulations::{Answer, Channel};
use qaqpa_wire::Application;
use serde_json::json;

use super::confirm_applicant::{Admitted, AdmittedParts};
use super::judge_signature::Letter;
use super::return_document::{Returned, return_document};
use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;
use crate::routing::{self, Direction, Question, Route, Routes, Target};

/// A document that has a destination, or is kept here.
#[derive(Debug)]
pub(crate) struct Routed(RoutedParts);

/// What the later stages need.
#[derive(Debug)]
pub(crate) struct RoutedParts {
    pub(super) admitted: AdmittedParts,
    /// Where it goes; `None` for what becomes a message for a system.
    pub(super) destination: Option<ActorName>,
    /// The region that an application names.
    pub(super) region: Option<String>,
}

impl Routed {
    /// Whoever takes it apart has got it from this stage.
    pub(super) fn into_parts(self) -> RoutedParts {
        self.0
    }
}

/// Chooses the destination: a regional gateway for applications, the system that asked for statuses and results.
pub(crate) async fn choose_route(
    gateway: &Gateway,
    admitted: Admitted,
    record: &mut Record,
) -> Result<Routed, Turn> {
    if admitted.letter().service() != &admitted.addressed().service {
        // The envelope is not under the applicant's signature: the document's own word counts. (P07)
        return Err(Refused::new(
            RefusalLabel::ApplicationMalformed,
            format!(
                "the signed document is for {}, the envelope says {}",
                admitted.letter().service(),
                admitted.addressed().service
            ),
        )
        .into());
    }
    let routes = routing::current(gateway).await;
    let (destination, region) = match admitted.letter() {
        Letter::Application(application) => {
            offered(gateway, application)?;
            let region = region(&routes, application);
            let route = find(&routes, Direction::Provider, &application.service, region)?;
            record.note(
                "route",
                json!({"to": route.to.to_string(), "region": region, "line": route.line}),
            );
            let to = match &route.to {
                Target::Actor(name) => Some(name.clone()),
                Target::Sender => None,
            };
            (to, region.map(str::to_owned))
        }
        Letter::Result(result) => (
            back(gateway, &routes, result.into(), &admitted).await?,
            None,
        ),
        Letter::Status(status) => (
            back(gateway, &routes, status.into(), &admitted).await?,
            None,
        ),
    };
    Ok(Routed(RoutedParts {
        admitted: admitted.into_parts(),
        destination,
        region,
    }))
}

/// Where a document goes that is about an application: to whoever sent that.
async fn back(
    gateway: &Gateway,
    routes: &Routes,
    returned: Returned<'_>,
    admitted: &Admitted,
) -> Result<Option<ActorName>, Turn> {
    let asked = return_document(gateway, returned, admitted.addressed()).await?;
    let route = find(routes, Direction::Applicant, returned.service, None)?;
    Ok(match &route.to {
        Target::Actor(name) => Some(name.clone()),
        Target::Sender => asked.map(ActorName::from),
    })
}

/// The region that an application names: a field of its form, which the applicant signed. (P07)
fn region<'a>(routes: &Routes, application: &'a Application) -> Option<&'a str> {
    application
        .field(routes.region_field.as_deref()?)
        .filter(|region| !region.is_empty())
}

/// A file of routes has one for every service and every region that the catalogue's forms offer; a form that was
/// filled by hand may name another one, or none.
fn find<'r>(
    routes: &'r Routes,
    direction: Direction,
    service: &ServiceAtAct,
    region: Option<&str>,
) -> Result<&'r Route, Refused> {
    let question = Question {
        direction,
        service: &service.to_string(),
        region,
    };
    routes.find(question).ok_or_else(|| {
        let field = routes.region_field.as_deref().unwrap_or("region");
        let region = region.map_or("none".to_owned(), |region| {
            format!("{:?}", region.chars().take(60).collect::<String>())
        });
        Refused::new(
            RefusalLabel::ApplicationMalformed,
            format!(
                "no route leads to a provider of {service} for the region in {field:?}: {region}"
            ),
        )
    })
}

/// What a `serviceId` asks for.
pub(super) enum Asked {
    /// A register, and who has it.
    Register(ActorName),
    /// A service of the catalogue.
    Service(ServiceAtAct),
}

/// A register that a route leads to, or a service of the catalogue.
pub(super) async fn asked(gateway: &Gateway, service_id: &str) -> Result<Asked, Refused> {
    let routes = routing::current(gateway).await;
    let register = routes.find(Question {
        direction: Direction::Register,
        service: service_id,
        region: None,
    });
    match register.map(|route| &route.to) {
        Some(Target::Actor(name)) => Ok(Asked::Register(name.clone())),
        Some(Target::Sender) | None => known_service(gateway, service_id).map(Asked::Service),
    }
}

/// The service of a `serviceId`, if the catalogue has its steps.
pub(super) fn known_service(gateway: &Gateway, service_id: &str) -> Result<ServiceAtAct, Refused> {
    let unknown = || {
        let shown: String = service_id.chars().take(140).collect();
        Refused::new(
            RefusalLabel::ServiceUnknown,
            format!("the catalogue has no service {shown:?}"),
        )
    };
    let id = ServiceAtAct::parse(service_id).map_err(|_| unknown())?;
    match gateway.catalogue.answer(&id, None) {
        Answer::Played(_) => Ok(id),
        listed @ Answer::Listed(_) => Err(Refused::new(
            RefusalLabel::ServiceNotInSource,
            listed.to_string(),
        )),
        other @ (Answer::NotPlayed(_) | Answer::OtherChannel(_)) => Err(Refused::new(
            RefusalLabel::ServiceUnknown,
            other.to_string(),
        )),
        Answer::Unknown => Err(unknown()),
    }
}

/// The act must offer the service through the channel that the application names.
fn offered(gateway: &Gateway, application: &Application) -> Result<(), Refused> {
    let has_flow = Channel::parse(&application.channel)
        .and_then(|channel| {
            gateway
                .catalogue
                .service(&application.service)?
                .flow(channel)
        })
        .is_some();
    if has_flow {
        return Ok(());
    }
    if let Some(channel) = Channel::parse(&application.channel)
        && let other @ Answer::NotPlayed(_) = gateway
            .catalogue
            .answer(&application.service, Some(channel))
    {
        return Err(Refused::new(
            RefusalLabel::ServiceUnknown,
            other.to_string(),
        ));
    }
    Err(Refused::new(
        RefusalLabel::ServiceNotInSource,
        format!(
            "the act does not offer {} through {:?}",
            application.service, application.channel
        ),
    ))
}
