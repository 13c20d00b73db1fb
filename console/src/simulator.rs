//! All actors of one simulator in this process: what `qaqpa up` and the stand tests start.

use std::future::Future;
use std::path::Path;

use qaqpa_model::{Actor, ActorName};
use qaqpa_transport::{ActorStart, Clock, ClockState, Running, Shutdown, StartError};

use crate::laboratory;
use crate::settings::Settings;

/// A simulator that is up: five actors that meet only over sockets.
///
/// Each has a clock of its own, set over its control port, so that one process behaves as five do.
#[derive(Debug)]
pub struct Simulator {
    running: Vec<Running>,
    shutdown: Shutdown,
}

impl Simulator {
    /// Starts every actor, in the order in which they need each other. `progress` hears each name.
    ///
    /// # Errors
    /// The first [`StartError`]; the actors that were up are stopped.
    pub async fn start(
        settings: &Settings,
        mut progress: impl FnMut(Actor),
    ) -> Result<Self, StartError> {
        let shutdown = Shutdown::new();
        let mut running = Vec::new();
        for actor in Actor::ALL {
            progress(actor);
            match start_actor(settings, actor, shutdown.child()).await {
                Ok(up) => running.push(up),
                Err(error) => {
                    Self { running, shutdown }.stop().await;
                    return Err(error);
                }
            }
        }
        Ok(Self { running, shutdown })
    }

    /// The wish to stop of the whole simulator.
    #[must_use]
    pub const fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }

    /// Stops every actor, the last one started first.
    pub async fn stop(self) {
        self.shutdown.begin();
        for up in self.running.into_iter().rev() {
            up.stop().await;
        }
    }
}

/// Starts one actor with these settings.
///
/// # Errors
/// [`StartError`] of that actor.
pub async fn start_actor(
    settings: &Settings,
    actor: Actor,
    shutdown: Shutdown,
) -> Result<Running, StartError> {
    start_named(settings, &actor.into(), shutdown).await
}

/// Starts one of several actors of a kind with these settings.
///
/// # Errors
/// [`StartError`] of that actor.
pub async fn start_named(
    settings: &Settings,
    name: &ActorName,
    shutdown: Shutdown,
) -> Result<Running, StartError> {
    let actor = name.actor();
    laboratory::refuse(actor)?;
    let start = ActorStart {
        data: settings.data.clone(),
        port_base: settings.port_base,
        clock: clock_of(&settings.data)?,
        limits: settings.limits,
        calm: settings.calm,
        mischief: settings.mischief.clone(),
        lang: settings.lang,
        shutdown,
        catalogue_dirs: settings.catalogue.clone(),
        store: settings.store_of(actor).clone(),
        branch: name.branch().cloned(),
        watching: settings.watching.clone(),
        journal_kept_for: settings.journal_kept_for,
        machine: settings.machine.clone(),
    };
    // Boxed: the start of an actor is a large future, and five of them meet here.
    let starting: std::pin::Pin<Box<dyn Future<Output = Result<Running, StartError>> + Send>> =
        match actor {
            Actor::Console => Box::pin(crate::server::start(start)),
            Actor::Gateway => Box::pin(qaqpa_gateway::start_with(start, settings.gateway)),
            Actor::Nca => Box::pin(qaqpa_pki::start_with(start, settings.nca)),
            Actor::Portal => Box::pin(qaqpa_portal_mock::start(start)),
            Actor::RegionalGateway => Box::pin(qaqpa_regional_gateway::start(start)),
        };
    starting.await
}

/// The clock as the data folder remembers it.
fn clock_of(data: &Path) -> Result<Clock, StartError> {
    Ok(Clock::with_offset(ClockState::load(data)?.offset_ms))
}
