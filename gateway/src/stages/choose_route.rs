//! Stage 5: where the document goes.

use qaqpa_channel::Refused;
use qaqpa_model::{Actor, RefusalLabel, ServiceAtAct};
use qaqpa_regulations::Channel;
use qaqpa_wire::Application;

use super::confirm_applicant::{Admitted, AdmittedParts};
use super::judge_signature::Letter;
use super::return_document::return_document;
use crate::gateway::Gateway;
use crate::pipeline::Turn;

/// A document that has a destination, or is kept here.
#[derive(Debug)]
pub(crate) struct Routed {
    admitted: AdmittedParts,
    destination: Option<Actor>,
}

impl Routed {
    /// Whoever takes it apart has got it from this stage.
    pub(super) fn into_parts(self) -> (AdmittedParts, Option<Actor>) {
        (self.admitted, self.destination)
    }
}

/// Chooses the destination: the regional gateway for applications, the portal for results.
pub(crate) async fn choose_route(gateway: &Gateway, admitted: Admitted) -> Result<Routed, Turn> {
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
    let destination = match admitted.letter() {
        Letter::Application(application) => {
            offered(gateway, application)?;
            Some(Actor::RegionalGateway)
        }
        Letter::Result(result) => {
            return_document(gateway, result, &admitted.addressed().request).await?
        }
    };
    Ok(Routed {
        admitted: admitted.into_parts(),
        destination,
    })
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
    let service = gateway.catalogue.service(&id).ok_or_else(unknown)?;
    if service.flows.is_empty() {
        return Err(Refused::new(
            RefusalLabel::ServiceNotInSource,
            format!("the source prints no steps for {id}"),
        ));
    }
    Ok(id)
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
    Err(Refused::new(
        RefusalLabel::ServiceNotInSource,
        format!(
            "the act does not offer {} through {:?}",
            application.service, application.channel
        ),
    ))
}
