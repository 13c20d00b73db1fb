//! The console as an actor: it owns the clock and writes `endpoints.json`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use qaqpa_channel::keeping::control::SealOrder;
use qaqpa_channel::{JournalKeeper, views, watching};
use qaqpa_model::{Actor, ActorName, Moment};
use qaqpa_regulations::Catalogue;
use qaqpa_store::{Direction, JournalEntry, Store, StoreConfig};
use qaqpa_transport::control::{self, ClockHook};
use qaqpa_transport::{
    ActorStart, Clock, ClockState, ControlClient, ControlError, Hall, Peers, Place, Running,
    StartError, files, paths, registry,
};
use qaqpa_web::{Site, SiteConfig};

use crate::endpoints::{self, NEIGHBOURS};
use crate::page;

/// How often the registrations are looked at: quick enough for a person who waits.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Starts the console.
///
/// # Errors
/// [`StartError`].
pub async fn start(start: ActorStart) -> Result<Running, StartError> {
    let catalogue = Catalogue::load_with(&start.catalogue_dirs)
        .map_err(|error| StartError::Config(error.to_string()))?;
    let mut hall = Hall::enter(start, Actor::Console).await?;
    let start = hall.start().clone();
    // One of an earlier run would send people to doors that are closed.
    std::fs::remove_file(paths::endpoints(&start.data)).ok();
    let store = Store::open(
        &StoreConfig::in_folder(paths::of_actor(&start.data, Actor::Console)),
        Actor::Console,
    )
    .await
    .map_err(StartError::part("store"))?;

    watching::store(&hall, &store);
    let pages = hall.bind(Place::ConsolePages).await?;
    hall.announce("console", format!("{}/", pages.https()));
    let shared = Arc::new(Shared {
        data: start.data.clone(),
        clock: start.clock.clone(),
        store,
        catalogue,
    });
    let site = Site::new(SiteConfig {
        actor: Actor::Console,
        port: pages.address().port(),
        store: shared.store.clone(),
        clock: start.clock.clone(),
        texts: page::texts().map_err(StartError::part("texts"))?,
        lang: start.lang,
        name_key: "console-name",
        tagline_key: "console-tagline",
        // Nobody logs in here: the page shows no secrets.
        login_path: "/",
        logout_path: "/",
        nav: |_| Vec::new(),
    });
    let security = hall.tls().server(Actor::Console, Peers::None)?;
    hall.serve_with(
        pages,
        site.protect(page::routes(Arc::clone(&shared))),
        security,
        site.refuse(),
    );

    let own_routes = Router::new()
        .route("/endpoints.json", get(show_endpoints))
        .with_state(Arc::clone(&shared))
        .merge(crate::openapi::routes())
        .merge(crate::snapshot::control::routes(shared.data.clone()))
        .merge(views::routes(shared.store.clone(), &shared.data));
    let keeper = JournalKeeper::new(
        shared.store.clone(),
        &start.data,
        start.clock.clone(),
        start.limits,
    )
    .keeping_for(start.journal_kept_for);
    let before_the_clock = {
        let (shared, keeper) = (Arc::clone(&shared), keeper.clone());
        move |now| seal_all(Arc::clone(&shared), keeper.clone(), now)
    };
    hall.control(
        Place::ConsoleControl,
        own_routes,
        keeper_of_the_clock(&shared).preceded_by(before_the_clock),
    )
    .await?;

    let shutdown = hall.shutdown().clone();
    hall.spawn(keeper.run(shutdown.clone()));
    let writer = Arc::clone(&shared);
    hall.spawn(async move {
        tokio::select! {
            () = keep_endpoints(&writer) => {}
            () = shutdown.begun() => {}
        }
        std::fs::remove_file(paths::endpoints(&writer.data)).ok();
        writer.store.close().await;
    });
    hall.open().await
}

/// What the console's handlers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) data: PathBuf,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) catalogue: Catalogue,
}

/// Writes `endpoints.json` when every actor is up, and again whenever one came up anew.
async fn keep_endpoints(shared: &Shared) {
    let mut written = None;
    let mut told = String::new();
    loop {
        match endpoints::assemble(&shared.data, &shared.catalogue) {
            Ok(now) if written.as_ref() != Some(&now) => {
                match files::write_json(&paths::endpoints(&shared.data), &now) {
                    Ok(()) => written = Some(now),
                    Err(error) => tracing::error!(%error, "endpoints.json cannot be written"),
                }
            }
            Ok(_) => {}
            Err(missing) if missing != told => {
                tracing::debug!(missing, "endpoints.json waits");
                told = missing;
            }
            Err(_) => {}
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn show_endpoints(State(shared): State<Arc<Shared>>) -> Response {
    match files::read_if_there(&paths::endpoints(&shared.data)) {
        Ok(Some(bytes)) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
        Ok(None) => control::refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "not-up",
            "not every actor is up yet; ask again in a moment",
        ),
        Err(error) => control::refusal(
            StatusCode::INTERNAL_SERVER_ERROR,
            "own-fault",
            error.to_string(),
        ),
    }
}

/// Tells the moment to every actor, the authority first, and returns when all have adapted.
///
/// An actor that is not up reads the moment from `clock.json` when it starts.
fn keeper_of_the_clock(shared: &Arc<Shared>) -> ClockHook {
    let shared = Arc::clone(shared);
    let before_ms = Arc::new(AtomicI64::new(shared.clock.offset_ms()));
    control::clock_hook(move |moment| {
        let (shared, before_ms) = (Arc::clone(&shared), Arc::clone(&before_ms));
        async move {
            let offset_ms = shared.clock.offset_ms();
            let everybody = match everybody(&shared.data) {
                Ok(everybody) => everybody,
                Err(why) => {
                    // Nobody was told: nobody is to live at another moment than the others.
                    let was_ms = before_ms.load(Ordering::SeqCst);
                    shared.clock.set_offset(was_ms).ok();
                    return Err(format!("the clock stays as it was: {why}"));
                }
            };
            let was_ms = before_ms.swap(offset_ms, Ordering::SeqCst);
            ClockState { offset_ms }
                .save(&shared.data)
                .map_err(|error| error.to_string())?;
            journal_move(&shared.store, moment, was_ms, offset_ms).await?;
            // Every process of every actor: two that share a database must not live at different moments.
            for process in everybody {
                let actor = &process.actor;
                match process.control.set_clock(offset_ms).await {
                    Ok(_) => {}
                    // Who is not up reads the moment when it starts; on another machine nobody writes it down for it.
                    Err(ControlError::Unreachable { .. }) if !process.is_far => {}
                    Err(error) => {
                        return Err(format!(
                            "{actor} has not followed the clock: {error}; set the clock once more when it is up"
                        ));
                    }
                }
            }
            Ok(())
        }
    })
}

/// Has every journal sealed and stamped before the clock is moved: a seal of one time with a stamp of another looks like
/// one that was written anew.
///
/// The authority comes last: others still ask it for stamps. Where somebody does not answer, his seals wait, and the
/// clock is moved all the same.
async fn seal_all(shared: Arc<Shared>, keeper: JournalKeeper, now: Moment) {
    if let Err(error) = keeper.seal(now).await {
        tracing::warn!(%error, "the journal was not sealed before the clock is moved");
    }
    let order = SealOrder {
        at: now.to_string(),
    };
    let mut everybody = everybody(&shared.data).unwrap_or_default();
    everybody.sort_by_key(|process| process.actor.actor() == Actor::Nca);
    for Process { actor, control, .. } in everybody {
        let asked = control.post::<_, serde_json::Value>("/journal/seal", &order);
        match asked.await {
            Ok(_) | Err(ControlError::Unreachable { .. }) => {}
            Err(error) => {
                tracing::warn!(%actor, %error, "a journal was not sealed before the clock is moved");
            }
        }
    }
}

/// Somebody whom the clock is told to.
struct Process {
    actor: ActorName,
    control: ControlClient,
    is_far: bool,
}

/// All processes of all actors that are registered here or are neighbours.
///
/// # Errors
/// One sentence where somebody is there who cannot be told.
fn everybody(data: &Path) -> Result<Vec<Process>, String> {
    let mut everybody = Vec::new();
    for actor in neighbours(data)? {
        for record in registry::records(data, &actor).map_err(|error| error.to_string())? {
            let control = ControlClient::of_record(data, &record);
            everybody.push(Process {
                control: control.map_err(|error| error.to_string())?,
                is_far: record.is_far(),
                actor: actor.clone(),
            });
        }
    }
    Ok(everybody)
}

/// Whom the clock is told to: every actor, and every regional gateway of a region.
fn neighbours(data: &Path) -> Result<Vec<ActorName>, String> {
    let mut all: Vec<ActorName> = NEIGHBOURS.map(ActorName::from).to_vec();
    let regional =
        registry::names(data, Actor::RegionalGateway).map_err(|error| error.to_string())?;
    all.extend(regional.into_iter().filter(|name| name.branch().is_some()));
    Ok(all)
}

/// Setting the clock back is marked by its kind: what follows has earlier moments than what came before.
async fn journal_move(
    store: &Store,
    moment: Moment,
    was_ms: i64,
    offset_ms: i64,
) -> Result<(), String> {
    let kind = if offset_ms < was_ms {
        "clock-set-back"
    } else {
        "clock-set"
    };
    let entry = JournalEntry {
        at: moment,
        kind: kind.to_owned(),
        message_id: None,
        direction: Direction::Own,
        label: None,
        raw: None,
        summary: serde_json::json!({ "moved_ms": offset_ms.saturating_sub(was_ms), "now": moment.to_string() }),
    };
    store
        .journal()
        .append(entry)
        .await
        .map(drop)
        .map_err(|error| error.to_string())
}
