//! `qaqpa journal prune`: old segments are removed, and a checkpoint is left.

mod database;

use qaqpa_channel::keeping::control::PruneOrder;
use qaqpa_channel::stamp_judge;
use qaqpa_model::{ActorName, Moment};
use qaqpa_store::{Company, Doubted, Store, StoreConfig, Wish};
use qaqpa_transport::files::FileLock;
use qaqpa_transport::{Clock, ClockState, ControlClient, paths};
use serde_json::{Value, json};

use super::{actors_named, cannot_be_read, control, in_files, nothing, shown, store_of, text};
use crate::cli::Format;
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{output, running};

/// Seconds that a running actor may take: it proves its whole journal first.
const SECONDS_MAX: u64 = 15 * 60;

/// Removes what is old enough; exit 0, 1 where a journal does not hold, or 2 where one is in doubt or could not be read
/// or written: what was removed of the others is told all the same.
pub(super) async fn run(
    settings: &Settings,
    before: &str,
    actor: Option<&str>,
    doubted: Doubted,
    format: Format,
) -> Outcome {
    let before = Moment::parse(before).map_err(Failure::usage)?;
    let mut there = Vec::new();
    for actor in actors_named(settings, actor)? {
        if let Some(config) = store_of(settings, &actor)? {
            there.push((actor, config));
        }
    }
    if there.is_empty() {
        return Err(nothing(settings, actor.unwrap_or("any actor")));
    }
    let (mut told, mut exit) = (Vec::new(), Exit::Yes);
    let mut journals = Vec::new();
    for (actor, config) in there {
        if in_files(settings, &actor) {
            // Whoever holds the actor's place is the only one who may remove anything there.
            let pruned = match place(settings, &actor) {
                Ok(_place) => alone(settings, &actor, &config, before, doubted).await,
                Err(_) => beside(settings, &actor, before, doubted).await,
            };
            journals.push((actor.to_string(), pruned));
        } else {
            match database::prune(settings, &actor, &config, before, doubted).await {
                Ok(chains) => journals.extend(chains),
                Err(failure) => journals.push((actor.to_string(), Err(failure))),
            }
        }
    }
    for (writer, pruned) in journals {
        let mut journal = pruned.unwrap_or_else(|failure| {
            json!({
                "removed": null,
                "broken": null,
                "doubts": [],
                "swept": 0,
                "failed": failure.message,
            })
        });
        journal["writer"] = json!(writer);
        let doubtful = journal["doubts"]
            .as_array()
            .is_some_and(|all| !all.is_empty());
        if journal["broken"].is_object() {
            exit = Exit::No;
        } else if (journal["failed"].is_string() || doubtful) && exit == Exit::Yes {
            exit = Exit::Undecided;
        }
        if format != Format::Json {
            tell(&journal);
        }
        told.push(journal);
    }
    if format == Format::Json {
        output::say_json(&json!({ "journals": told }))?;
    }
    Ok(exit)
}

/// The actor's place in the data folder: nobody else works there while it is held.
fn place(settings: &Settings, actor: &ActorName) -> Result<FileLock, Failure> {
    let folder = paths::actors(&settings.data);
    qaqpa_transport::files::create_private_dir(&folder).map_err(Failure::own)?;
    FileLock::take(&folder.join(format!("{actor}.lock"))).map_err(Failure::no)
}

/// In the folder of an actor that does not run.
async fn alone(
    settings: &Settings,
    actor: &ActorName,
    config: &StoreConfig,
    before: Moment,
    doubted: Doubted,
) -> Result<Value, Failure> {
    let cannot = |error| cannot_be_read(actor, &error);
    let wish = Wish {
        before,
        now: now(settings)?,
        company: Company::Nobody,
        doubted,
    };
    let judge = stamp_judge(&paths::trust_signature(&settings.data), settings.limits);
    let store = Store::open(config, actor.actor()).await.map_err(cannot)?;
    let pruned = store.journal().prune(wish, &judge).await;
    store.close().await;
    Ok(pruned.map_err(cannot)?.to_json(actor.actor().name()))
}

/// The simulator's moment, as the console keeps it in the data folder.
fn now(settings: &Settings) -> Result<Moment, Failure> {
    let kept = ClockState::load(&settings.data).map_err(Failure::own)?;
    Ok(Clock::with_offset(kept.offset_ms).now())
}

/// By the actor itself, which goes on working.
async fn beside(
    settings: &Settings,
    actor: &ActorName,
    before: Moment,
    doubted: Doubted,
) -> Result<Value, Failure> {
    ask(control(settings, actor)?, before, doubted).await
}

async fn ask(control: ControlClient, before: Moment, doubted: Doubted) -> Result<Value, Failure> {
    let order = PruneOrder {
        before: before.to_string(),
        despite_doubts: doubted == Doubted::Removed,
    };
    let control = control.waiting(SECONDS_MAX);
    let asked = control.post("/journal/prune", &order).await;
    asked.map_err(running::refused)
}

fn tell(journal: &Value) {
    let actor = text(&journal["writer"]);
    let (removed, broken) = (&journal["removed"], &journal["broken"]);
    if let Some(why) = journal["failed"].as_str() {
        output::say(format_args!("{actor}: not finished: {why}"));
    } else if broken.is_object() {
        output::say(format_args!(
            "{actor}: nothing is removed, because the journal does not hold: {} at entry {}: {}",
            text(&broken["kind"]),
            broken["entry"],
            text(&broken["how"])
        ));
    } else if let Some(doubt) = journal["doubts"].get(0) {
        output::say(format_args!(
            "{actor}: nothing is removed, because there is a doubt: {}: {} (--despite-doubts removes all the same)",
            text(&doubt["kind"]),
            text(&doubt["how"])
        ));
    } else if removed.is_object() {
        output::say(format_args!(
            "{actor}: {} entries in {} segments removed, up to entry {}; {} raw files deleted",
            removed["entries"], removed["segments"], removed["last"], removed["files"]
        ));
    } else {
        output::say(format_args!(
            "{actor}: no sealed and stamped segment is old enough{}",
            match journal["swept"].as_u64() {
                None | Some(0) => String::new(),
                Some(files) => format!("; {files} raw files that nothing names deleted"),
            }
        ));
    }
}
