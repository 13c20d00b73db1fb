//! `qaqpa journal …`: what the actors received, decided and sent, and the proof that it is all there.

mod export;
mod prune;
mod verify;

use http::StatusCode;
use qaqpa_model::{Actor, ActorName};
use qaqpa_store::{Doubted, StoreConfig, StoreError};
use qaqpa_transport::{ControlClient, ControlError, paths, registry};
use serde_json::{Value, json};

use crate::cli::{Format, JournalCommand};
use crate::endpoints::NEIGHBOURS;
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{output, running};

/// Shows the journals of the running simulator.
pub(crate) async fn run(settings: &Settings, command: &JournalCommand, format: Format) -> Outcome {
    match command {
        JournalCommand::List {
            actor,
            message,
            limit,
        } => {
            list(
                settings,
                actor.as_deref(),
                message.as_deref(),
                *limit,
                format,
            )
            .await
        }
        JournalCommand::Show { id, raw: false } => show(settings, id, format).await,
        JournalCommand::Show { id, raw: true } => export::whole(settings, id).await,
        JournalCommand::Export(options) => export::run(settings, options).await,
        JournalCommand::Prune {
            before,
            actor,
            despite_doubts,
        } => {
            let doubted = if *despite_doubts {
                Doubted::Removed
            } else {
                Doubted::Kept
            };
            prune::run(settings, before, actor.as_deref(), doubted, format).await
        }
        JournalCommand::Verify(options) => verify::run(settings, options, format).await,
    }
}

async fn list(
    settings: &Settings,
    actor: Option<&str>,
    message: Option<&str>,
    limit: u32,
    format: Format,
) -> Outcome {
    let mut entries = Vec::new();
    for actor in running_named(settings, actor)? {
        let control = control(settings, &actor)?;
        let mut path = format!("/journal?limit={limit}");
        if let Some(message) = message {
            path.push_str("&message=");
            path.extend(message.bytes().map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            }));
        }
        let found: Vec<Value> = control.get(&path).await.map_err(running::refused)?;
        entries.extend(found.into_iter().map(|mut entry| {
            entry["id"] = json!(format!("{actor}:{}", entry["id"]));
            entry
        }));
    }
    entries.sort_by(|one, other| text(&other["at"]).cmp(text(&one["at"])));
    entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    if format == Format::Json {
        output::say_json(&entries)?;
        return Ok(Exit::Yes);
    }
    for entry in &entries {
        output::say(format_args!(
            "{:<20} {}  {:<4} {:<22} {:<40} {}",
            text(&entry["id"]),
            text(&entry["at"]),
            text(&entry["direction"]),
            text(&entry["kind"]),
            text(&entry["message"]),
            text(&entry["label"]),
        ));
    }
    Ok(Exit::Yes)
}

async fn show(settings: &Settings, id: &str, format: Format) -> Outcome {
    let (actor, number) = entry_named(id)?;
    let control = control(settings, &actor)?;
    let entry: Value =
        control
            .get(&format!("/journal/{number}"))
            .await
            .map_err(|error| match error {
                ControlError::Refused { status, .. } if status == StatusCode::NOT_FOUND => {
                    absent(id)
                }
                other => running::refused(other),
            })?;
    match format {
        Format::Json => output::say_json(&entry)?,
        _ => output::say(serde_json::to_string_pretty(&entry).map_err(Failure::own)?),
    }
    Ok(Exit::Yes)
}

fn absent(id: &str) -> Failure {
    Failure::no(format!("there is no entry {id}")).remedy("`qaqpa journal list` shows the ids")
}

/// `ACTOR:NUMBER`.
fn entry_named(id: &str) -> Result<(ActorName, i64), Failure> {
    let wrong = || {
        Failure::usage(format!("{id:?} is not ACTOR:NUMBER"))
            .remedy("`qaqpa journal list` shows the ids")
    };
    let (actor, number) = id.split_once(':').ok_or_else(wrong)?;
    let number = number.parse::<u32>().map_err(|_| wrong())?;
    Ok((actor_named(actor)?, i64::from(number)))
}

/// Where that actor's store is, if he has ever been.
fn folder_of(settings: &Settings, actor: &ActorName) -> Option<StoreConfig> {
    let folder = paths::of_actor_named(&settings.data, actor);
    let there = in_files(settings, actor) && folder.join("store.sqlite").exists();
    there.then(|| StoreConfig::in_folder(folder))
}

/// Whether that actor has been, but his store is gone: his folder holds what only a store leaves, or he is registered.
fn is_gone(settings: &Settings, actor: &ActorName) -> bool {
    let folder = paths::of_actor_named(&settings.data, actor);
    let left = ["blobs", "raw.key", "evidence", "store.sqlite-wal"];
    let has_been = left.iter().any(|name| folder.join(name).exists())
        || paths::actor_named(&settings.data, actor).exists();
    in_files(settings, actor) && has_been && !folder.join("store.sqlite").exists()
}

/// Whether that actor's store is in its folder. In a database each process has a journal of its own there.
fn in_files(settings: &Settings, actor: &ActorName) -> bool {
    settings.store_of(actor.actor()).address().is_none()
}

fn nothing(settings: &Settings, whose: &str) -> Failure {
    Failure::usage(format!(
        "there is no journal of {whose} in {}",
        settings.data.display()
    ))
    .remedy(match settings.store.address() {
        None => "name the simulator's folder with --data DIR",
        Some(_) => {
            "over a database each process proves its own journal: `qaqpa journal verify --running`"
        }
    })
}

fn cannot_be_read(actor: &ActorName, error: &StoreError) -> Failure {
    Failure {
        exit: Exit::Undecided,
        ..Failure::no(format!("the journal of {actor} cannot be read: {error}"))
    }
}

/// That actor, or all that have ever been here.
fn actors_named(settings: &Settings, name: Option<&str>) -> Result<Vec<ActorName>, Failure> {
    match name {
        None => Ok(all_of(branches(settings)?)),
        Some(name) => Ok(vec![actor_named(name)?]),
    }
}

/// That actor, or all that should run.
fn running_named(settings: &Settings, name: Option<&str>) -> Result<Vec<ActorName>, Failure> {
    match name {
        None => {
            let names = registry::names(&settings.data, Actor::RegionalGateway);
            Ok(all_of(names.map_err(Failure::own)?))
        }
        Some(name) => Ok(vec![actor_named(name)?]),
    }
}

/// The five actors, and the branches of one of them after it.
fn all_of(mut branches: Vec<ActorName>) -> Vec<ActorName> {
    branches.retain(|name| name.branch().is_some());
    let mut all: Vec<_> = NEIGHBOURS.map(ActorName::from).to_vec();
    all.extend(branches);
    all.push(Actor::Console.into());
    all
}

/// The branches that have a folder here, or are registered.
fn branches(settings: &Settings) -> Result<Vec<ActorName>, Failure> {
    let mut names =
        registry::names(&settings.data, Actor::RegionalGateway).map_err(Failure::own)?;
    let folders = std::fs::read_dir(&settings.data).into_iter().flatten();
    names.extend(
        folders
            .flatten()
            .filter_map(|folder| ActorName::parse(folder.file_name().to_str()?)),
    );
    names.sort();
    names.dedup();
    Ok(names)
}

pub(super) fn actor_named(name: &str) -> Result<ActorName, Failure> {
    ActorName::parse(name).ok_or_else(|| {
        Failure::usage(format!("no actor {name:?}")).remedy(
            "nca, gateway, regional-gateway (or one of a region: regional-gateway.taraz), portal, console",
        )
    })
}

pub(super) fn control(settings: &Settings, actor: &ActorName) -> Result<ControlClient, Failure> {
    ControlClient::of_named(&settings.data, actor).map_err(running::refused)
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}
