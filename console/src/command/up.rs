//! `qaqpa up`: the whole simulator in this process.

use std::time::Duration;

use qaqpa_model::Actor;
use qaqpa_pki::control::{PackView, PeopleOrder};
use qaqpa_runner::Endpoints;
use qaqpa_transport::telemetry::{self, LogFormat};
use qaqpa_transport::{ControlClient, ControlError, paths};

use crate::cli::{Format, Up};
use crate::command::one_actor::{could_not_start, say_mischief};
use crate::command::scenario;
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;
use crate::simulator::Simulator;

/// How long the actors may take until endpoints.json is there: the first start makes a score of RSA keys.
const UP_SECONDS_MAX: u64 = 120;

/// Starts everything, plays the scenario if one is asked for, and stays up.
pub(crate) async fn run(settings: &Settings, options: &Up, format: Format) -> Outcome {
    telemetry::init(LogFormat::Text);
    output::progress(format_args!(
        "==> starting the TEST simulator in {}",
        settings.data.display()
    ));
    let simulator = Simulator::start(settings, |actor| {
        output::progress(format_args!("    {actor}"))
    })
    .await
    .map_err(could_not_start)?;
    say_mischief(settings)?;
    simulator.shutdown().on_signals().map_err(Failure::own)?;
    let ended = tokio::select! {
        ended = play(settings, options, format) => ended,
        () = simulator.shutdown().begun() => Ok(Exit::Yes),
    };
    if !options.once && matches!(ended, Ok(Exit::Yes)) {
        simulator.shutdown().begun().await;
    }
    simulator.stop().await;
    ended
}

async fn play(settings: &Settings, options: &Up, format: Format) -> Outcome {
    let endpoints = wait_for_endpoints(settings).await?;
    let exit = match &options.play {
        None => Exit::Yes,
        Some(id) => {
            output::progress(format_args!("==> playing {id}"));
            scenario::play_and_keep_document(settings, &endpoints, id, format).await?
        }
    };
    if !options.once {
        say_addresses(settings, &endpoints);
        issue_people(settings).await;
    }
    Ok(exit)
}

/// Everybody who is ready-made, in the background, unless the configuration says who is.
async fn issue_people(settings: &Settings) {
    if settings.packs_said {
        return;
    }
    let issued = async {
        let authority = ControlClient::of(&settings.data, Actor::Nca)?;
        let mut people = 0;
        for pack in authority.get::<Vec<PackView>>("/people").await? {
            // Pack by pack: a request has a limit of time.
            let order = PeopleOrder { gently: true };
            let path = format!("/people/{}", pack.pack);
            authority.post::<_, Vec<PackView>>(&path, &order).await?;
            people += pack.people.len();
        }
        Ok::<_, ControlError>(people)
    };
    match issued.await {
        Ok(people) => output::say(format_args!(
            "people       {people} ready-made, with key files; `qaqpa ca people` lists them"
        )),
        Err(error) => output::progress(format_args!("people could not be issued: {error}")),
    }
}

/// Waits until every actor has registered and the console has written endpoints.json.
pub(crate) async fn wait_for_endpoints(settings: &Settings) -> Result<Endpoints, Failure> {
    let path = paths::endpoints(&settings.data);
    let waiting = async {
        loop {
            if let Ok(endpoints) = Endpoints::read(&path) {
                return endpoints;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(UP_SECONDS_MAX), waiting)
        .await
        .map_err(|_| {
            Failure::own(format!(
                "{} did not appear within {UP_SECONDS_MAX} s",
                path.display()
            ))
        })
}

fn say_addresses(settings: &Settings, endpoints: &Endpoints) {
    output::say("");
    output::say(format_args!("portal       {}", endpoints.portal));
    output::say(format_args!("workplace    {}", endpoints.workplace));
    output::say(format_args!("console      {}", endpoints.console));
    output::say(format_args!("gateway      {}", endpoints.gateway.sync));
    output::say(format_args!("WSDL         {}", endpoints.gateway.wsdl.sync));
    output::say(format_args!(
        "endpoints    {}",
        paths::endpoints(&settings.data).display()
    ));
    if let Some(citizen) = endpoints.identity("citizen-1") {
        output::say(format_args!(
            "log in as    citizen-1: IIN {}, password {}; key file {} with password {}",
            citizen.iin,
            citizen.portal_password.as_deref().unwrap_or("–"),
            citizen.key.display(),
            citizen.password,
        ));
    }
    if let Some(officer) = endpoints.identity("officer-1") {
        output::say(format_args!(
            "             officer-1: IIN {}, password {}; key file {} with password {}",
            officer.iin,
            officer.portal_password.as_deref().unwrap_or("–"),
            officer.key.display(),
            officer.password,
        ));
    }
    output::say(
        "\nThe browser will warn: the TLS certificates are the simulator's own (trust/tls.pem).",
    );
    output::say("Ctrl-C stops; what was accepted is kept.");
}
