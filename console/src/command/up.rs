//! `qaqpa up`: the whole simulator in this process.

use std::time::Duration;

use qaqpa_model::Actor;
use qaqpa_pki::control::{PackView, PeopleOrder};
use qaqpa_runner::Endpoints;
use qaqpa_transport::telemetry;
use qaqpa_transport::{ControlClient, ControlError, Shutdown, paths};

use crate::cli::{Format, Up};
use crate::command::one_actor::{could_not_start, say_mischief};
use crate::command::{scenario, snapshot};
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;
use crate::simulator::Simulator;
use crate::snapshot::SnapshotError;
use crate::snapshot::folder::Volatile;
use crate::snapshot::keeper::Keeper;
use crate::snapshot::order::{Act, Order};
use crate::snapshot::shelf::Manifest;

/// How long the actors may take until endpoints.json is there: the first start makes a score of RSA keys.
const UP_SECONDS_MAX: u64 = 120;

/// Starts everything, plays the scenario if one is asked for, and stays up.
pub(crate) async fn run(settings: &Settings, options: &Up, format: Format) -> Outcome {
    telemetry::init(settings.log);
    output::progress(format_args!(
        "==> starting the TEST simulator in {}",
        settings.data.display()
    ));
    // Nobody could carry an order out that is left to one that only plays.
    let keeper = if options.once {
        None
    } else {
        Some(Keeper::begin(&settings.data).map_err(taken)?)
    };
    // Of the process: it outlives the simulators that snapshots stop and start, and none of these hears it by itself:
    // an actor that shall stop while it starts is one that the next waits for.
    let shutdown = Shutdown::new();
    let mut simulator = start(settings).await?;
    shutdown.on_signals().map_err(Failure::own)?;
    say_mischief(settings)?;
    let ended = tokio::select! {
        ended = play(settings, options, format) => ended,
        () = shutdown.begun() => Ok(Exit::Yes),
    };
    if let Some(keeper) = keeper.filter(|_| matches!(ended, Ok(Exit::Yes))) {
        while let Some(order) = keeper.next(&shutdown).await {
            match carry_out(settings, &keeper, simulator, &order, &shutdown).await? {
                Some(up_again) => simulator = up_again,
                None => return ended,
            }
        }
    }
    simulator.stop().await;
    ended
}

async fn start(settings: &Settings) -> Result<Simulator, Failure> {
    snapshot::finish_what_was_cut_short(&settings.data).await?;
    Simulator::start(settings, |actor| {
        output::progress(format_args!("    {actor}"));
    })
    .await
    .map_err(could_not_start)
}

/// Makes a snapshot or brings one back: nobody works meanwhile. Nothing comes up again where the process shall stop.
async fn carry_out(
    settings: &Settings,
    keeper: &Keeper,
    simulator: Simulator,
    order: &Order,
    shutdown: &Shutdown,
) -> Result<Option<Simulator>, Failure> {
    if let Err(error) = keeper.check(order).await {
        keeper.conclude(order, Err(error.to_string()), Vec::new());
        return Ok(Some(simulator));
    }
    output::progress(format_args!(
        "==> stopping: the snapshot {} is {}",
        order.name,
        match order.act {
            Act::Restore => "brought back",
            Act::Save => "made",
        }
    ));
    let before = keeper.volatile().await;
    simulator.stop().await;
    let done = keeper.carry_out(order, before.clone()).await;
    let mut done = done.map_err(|error| error.to_string());
    if shutdown.is_begun() {
        keeper.keep().await;
        keeper.conclude(order, done, Vec::new());
        return Ok(None);
    }
    let simulator = match start_again(settings, keeper, order, &mut done).await {
        Ok(simulator) => simulator,
        Err(failure) => {
            let why = format!("the simulator did not come up again: {}", failure.message);
            keeper.conclude(order, done.and(Err(why)), Vec::new());
            return Err(failure);
        }
    };
    keeper.keep().await;
    tokio::select! {
        there = wait_for_endpoints(settings) => {
            if let Err(failure) = there {
                keeper.conclude(order, done.and(Err(failure.message.clone())), Vec::new());
                return Err(failure);
            }
        }
        // What goes again at once needs nothing that was set by hand.
        () = shutdown.begun() => {
            keeper.conclude(order, done, Vec::new());
            return Ok(Some(simulator));
        }
    }
    let volatile = match &done {
        Ok(snapshot) if order.act == Act::Restore => Volatile {
            mischief: snapshot.mischief.clone(),
            met: snapshot.met.clone(),
            answered: snapshot.answered.clone(),
        },
        _ => before,
    };
    let missing = keeper.set_again(&volatile).await;
    keeper.conclude(order, done, missing);
    output::progress("==> up again");
    Ok(Some(simulator))
}

/// Starts with the state that is there; where that was brought back and cannot start, with the one of before.
async fn start_again(
    settings: &Settings,
    keeper: &Keeper,
    order: &Order,
    done: &mut Result<Manifest, String>,
) -> Result<Simulator, Failure> {
    let failure = match start(settings).await {
        Err(failure) if done.is_ok() && order.act == Act::Restore => failure,
        started => return started,
    };
    let why = format!("no actor could start with it ({})", failure.message);
    if let Err(error) = keeper.undo(order).await {
        *done = Err(format!(
            "{why}, and the state of before did not come back: {error}"
        ));
        return Err(Failure::own(error));
    }
    let why = format!("{why}: the state of before is back");
    output::progress(format_args!("==> {why}"));
    *done = Err(why);
    start(settings).await
}

fn taken(error: SnapshotError) -> Failure {
    Failure::own(error).remedy(
        "is another simulator running in this data folder? stop it, or choose another --data DIR",
    )
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
