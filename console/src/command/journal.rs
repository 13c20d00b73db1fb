//! `qaqpa journal …`: what the actors received, decided and sent, and the proof that it is all there.

mod entry;
mod export;
mod prune;
mod show;
mod verify;

use qaqpa_model::{Actor, ActorName};
use qaqpa_store::{Doubted, Store, StoreConfig, StoreError};
use qaqpa_transport::{ControlClient, paths, registry};
use serde_json::Value;

use crate::cli::{Format, JournalCommand};
use crate::endpoints::NEIGHBOURS;
use crate::exit::{Exit, Failure, Outcome};
use crate::running;
use crate::settings::Settings;

/// Shows the journals of the running simulator, or those that lie in its folder and its database.
pub(crate) async fn run(settings: &Settings, command: &JournalCommand, format: Format) -> Outcome {
    match command {
        JournalCommand::List {
            actor,
            message,
            limit,
        } => {
            let (actor, message) = (actor.as_deref(), message.as_deref());
            show::list(settings, actor, message, *limit, format).await
        }
        JournalCommand::Show { id, raw: false } => show::one(settings, id, format).await,
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

fn absent(id: &str) -> Failure {
    Failure::no(format!("there is no entry {id}")).remedy("`qaqpa journal list` shows the ids")
}

/// The chains of an actor's journal, in files one, over a database one of each process that ever was; the one of a store
/// in which nothing is written yet is among them.
async fn chains_of(store: &Store) -> Result<Vec<String>, StoreError> {
    let journal = store.journal();
    let mut chains = journal.chains().await?;
    if chains.is_empty() {
        chains.push(journal.name());
    }
    Ok(chains)
}

/// A chain's name for people: stores know what kind of actor they are of, not which one.
fn shown(actor: &ActorName, chain: &str) -> String {
    match chain.strip_prefix(actor.actor().name()) {
        Some(number) => format!("{actor}{number}"),
        None => chain.to_owned(),
    }
}

/// Where that actor's store is, if he has ever been.
fn folder_of(settings: &Settings, actor: &ActorName) -> Option<StoreConfig> {
    let folder = paths::of_actor_named(&settings.data, actor);
    let there = in_files(settings, actor) && folder.join("store.sqlite").exists();
    there.then(|| StoreConfig::in_folder(folder))
}

/// Where that actor's store is, in his folder or in the database, if he has ever been: his folder holds the key to it.
pub(super) fn store_of(
    settings: &Settings,
    actor: &ActorName,
) -> Result<Option<StoreConfig>, Failure> {
    if in_files(settings, actor) {
        return Ok(folder_of(settings, actor));
    }
    let folder = paths::of_actor_named(&settings.data, actor);
    if !folder.join("raw.key").exists() {
        return Ok(None);
    }
    let address = settings.store_of(actor.actor()).address();
    StoreConfig::by_address(address, folder, &actor.to_string())
        .map(Some)
        .map_err(Failure::usage)
}

/// Whether that actor has been, but his store is gone: his folder holds what only a store leaves, or he is registered.
fn is_gone(settings: &Settings, actor: &ActorName) -> bool {
    let folder = paths::of_actor_named(&settings.data, actor);
    let left = ["blobs", "raw.key", "evidence", "store.sqlite-wal"];
    let has_been = left.iter().any(|name| folder.join(name).exists())
        || paths::actor_named(&settings.data, actor).exists();
    in_files(settings, actor) && has_been && !folder.join("store.sqlite").exists()
}

/// Whether that actor's store is in its folder.
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
        Some(_) => "over a database the actor's folder in --data DIR must hold its raw.key",
    })
}

fn cannot_be_read(actor: &ActorName, error: &StoreError) -> Failure {
    Failure {
        exit: Exit::Undecided,
        ..Failure::no(format!("the journal of {actor} cannot be read: {error}"))
    }
}

/// That actor, or all that have ever been here.
pub(super) fn actors_named(
    settings: &Settings,
    name: Option<&str>,
) -> Result<Vec<ActorName>, Failure> {
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
