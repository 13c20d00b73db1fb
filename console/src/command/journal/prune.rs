//! `qaqpa journal prune`: old segments are removed, and a checkpoint is left.

use qaqpa_channel::stamp_judge;
use qaqpa_model::{Actor, Moment};
use qaqpa_store::{Pruned, Removal, Store};
use qaqpa_transport::files::FileLock;
use qaqpa_transport::{Clock, ClockState, paths};
use serde_json::{Value, json};

use super::{actors_named, cannot_be_read, folder_of, nothing};
use crate::cli::Format;
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;

/// Removes what is old enough; exit 0, 1 where a journal does not hold, or 2 where one could not be read or written:
/// what was removed of the others is told all the same.
pub(super) async fn run(
    settings: &Settings,
    before: &str,
    actor: Option<&str>,
    format: Format,
) -> Outcome {
    let before = Moment::parse(before).map_err(Failure::usage)?;
    let offset = ClockState::load(&settings.data)
        .map_err(Failure::own)?
        .offset_ms;
    let now = Clock::with_offset(offset).now();
    let there: Vec<_> = actors_named(actor)?
        .into_iter()
        .filter_map(|actor| folder_of(settings, actor).map(|config| (actor, config)))
        .collect();
    if there.is_empty() {
        return Err(nothing(settings, actor.unwrap_or("any actor")));
    }
    // All places first: nothing is removed anywhere while one of them still works.
    let mut places = Vec::new();
    for (actor, _) in &there {
        places.push(place(settings, *actor)?);
    }
    let (mut shown, mut exit) = (Vec::new(), Exit::Yes);
    for (actor, config) in there {
        let judge = stamp_judge(&paths::trust_signature(&settings.data), settings.limits);
        let pruned = match Store::open(&config, actor).await {
            Ok(store) => {
                let pruned = store.journal().prune(before, now, &judge).await;
                store.close().await;
                pruned
            }
            Err(error) => Err(error),
        };
        let pruned = pruned.map_err(|error| cannot_be_read(actor, &error).message);
        match &pruned {
            Err(_) => exit = Exit::Undecided,
            Ok(Pruned::Broken(_)) if exit == Exit::Yes => exit = Exit::No,
            Ok(_) => {}
        }
        if format == Format::Json {
            shown.push(view(actor, &pruned));
        } else {
            tell(actor, &pruned);
        }
    }
    if format == Format::Json {
        output::say_json(&json!({ "journals": shown }))?;
    }
    drop(places);
    Ok(exit)
}

/// The actor's place in the data folder: nobody else works there while it is held.
fn place(settings: &Settings, actor: Actor) -> Result<FileLock, Failure> {
    let folder = paths::actors(&settings.data);
    qaqpa_transport::files::create_private_dir(&folder).map_err(Failure::own)?;
    FileLock::take(&folder.join(format!("{actor}.lock"))).map_err(|error| {
        Failure::no(format!("{actor} runs: {error}")).remedy("stop the simulator first")
    })
}

fn view(actor: Actor, pruned: &Result<Pruned, String>) -> Value {
    let (broken, removed) = match pruned {
        Ok(Pruned::Broken(finding)) => (Some(finding), None),
        Ok(Pruned::Nothing) | Err(_) => (None, None),
        Ok(Pruned::Removed(removal)) => (None, Some(removal)),
    };
    json!({
        "writer": actor.name(),
        "removed": removed.map(|Removal { segments, entries, last, files }| json!({
            "segments": segments,
            "entries": entries,
            "last": last,
            "files": files,
        })),
        "broken": broken.map(|finding| json!({
            "entry": finding.entry,
            "kind": finding.kind.as_str(),
            "how": finding.how,
        })),
        "failed": pruned.as_ref().err(),
    })
}

fn tell(actor: Actor, pruned: &Result<Pruned, String>) {
    match pruned {
        Err(why) => output::say(format_args!("{actor}: not finished: {why}")),
        Ok(Pruned::Broken(finding)) => output::say(format_args!(
            "{actor}: nothing is removed, because the journal does not hold: {} at entry {}: {}",
            finding.kind.as_str(),
            finding.entry,
            finding.how
        )),
        Ok(Pruned::Nothing) => output::say(format_args!(
            "{actor}: no sealed and stamped segment is old enough"
        )),
        Ok(Pruned::Removed(removal)) => output::say(format_args!(
            "{actor}: {} entries in {} segments removed, up to entry {}; {} raw files deleted",
            removal.entries, removal.segments, removal.last, removal.files
        )),
    }
}
