//! `qaqpa journal list` and `journal show`: by the running actors, or from the folder or the database itself.

use http::StatusCode;
use qaqpa_channel::views::record_json;
use qaqpa_model::{ActorName, MessageId};
use qaqpa_store::{JournalFilter, Store, StoreError};
use qaqpa_transport::{ControlClient, ControlError};
use serde_json::{Value, json};

use super::entry::EntryName;
use super::{
    absent, actors_named, cannot_be_read, chains_of, in_files, nothing, shown, store_of, text,
};
use crate::cli::Format;
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{output, running};

/// Entries of one chain that are shown, at most: as many as a control port shows.
const OF_A_CHAIN_MAX: u32 = 1000;

/// The newest entries of all actors, or of one.
pub(super) async fn list(
    settings: &Settings,
    actor: Option<&str>,
    message: Option<&str>,
    limit: u32,
    format: Format,
) -> Outcome {
    let message = message.map(MessageId::parse).transpose();
    let message = message.map_err(Failure::usage)?;
    let (mut entries, mut any) = (Vec::new(), false);
    for actor in actors_named(settings, actor)? {
        if let Some(found) = newest(settings, &actor, message.as_ref(), limit).await? {
            any = true;
            entries.extend(found);
        }
    }
    if !any {
        return Err(nothing(settings, actor.unwrap_or("any actor")));
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

/// One entry.
pub(super) async fn one(settings: &Settings, id: &str, format: Format) -> Outcome {
    let entry = EntryName::parse(settings, id)?;
    let asked = match running(settings, &entry.actor)? {
        Some(control) if entry.is_of_the_first() => {
            let path = format!("/journal/{}", entry.number);
            answered(control.get::<Value>(&path).await)
        }
        _ => Ok(None),
    };
    let found = asked.map_err(|error| match error {
        ControlError::Refused { status, .. } if status == StatusCode::NOT_FOUND => absent(id),
        other => running::refused(other),
    })?;
    let found = match found {
        Some(found) => found,
        None => stored(settings, &entry).await?.ok_or_else(|| absent(id))?,
    };
    match format {
        Format::Json => output::say_json(&found)?,
        _ => output::say(serde_json::to_string_pretty(&found).map_err(Failure::own)?),
    }
    Ok(Exit::Yes)
}

/// The running actor, who is asked where he keeps his journal himself: a database is read by whoever has its key.
fn running(settings: &Settings, actor: &ActorName) -> Result<Option<ControlClient>, Failure> {
    if !in_files(settings, actor) {
        return Ok(None);
    }
    match ControlClient::of_named(&settings.data, actor) {
        Ok(control) => Ok(Some(control)),
        Err(ControlError::Unregistered(_) | ControlError::Untold(_)) => Ok(None),
        Err(error) => Err(running::refused(error)),
    }
}

/// What a running actor answered; `None` where he does not run any more.
fn answered(asked: Result<Value, ControlError>) -> Result<Option<Value>, ControlError> {
    match asked {
        Ok(answer) => Ok(Some(answer)),
        Err(ControlError::Unreachable { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// One actor's newest entries, under the ids that lists show; `None` where he neither runs nor has ever been here.
async fn newest(
    settings: &Settings,
    actor: &ActorName,
    message: Option<&MessageId>,
    limit: u32,
) -> Result<Option<Vec<Value>>, Failure> {
    if let Some(control) = running(settings, actor)? {
        let asked = control.get::<Value>(&path_of(message, limit)).await;
        if let Some(found) = answered(asked).map_err(running::refused)? {
            let found = found.as_array().cloned().unwrap_or_default();
            let chain = actor.actor().name();
            return Ok(Some(named(actor, chain, found)));
        }
    }
    let Some(config) = store_of(settings, actor)? else {
        return Ok(None);
    };
    let cannot = |error: StoreError| cannot_be_read(actor, &error);
    let store = Store::open_to_read(&config, actor.actor())
        .await
        .map_err(cannot)?;
    let filter = JournalFilter {
        message_id: message.cloned(),
        ..JournalFilter::default()
    };
    let found = async {
        let mut all = Vec::new();
        for chain in chains_of(&store).await? {
            let limit = limit.min(OF_A_CHAIN_MAX);
            let records = store.journal().of(&chain).list(&filter, limit).await?;
            let records = records.iter().map(record_json).collect();
            all.extend(named(actor, &chain, records));
        }
        Ok::<_, StoreError>(all)
    };
    let found = found.await;
    store.close().await;
    found.map(Some).map_err(cannot)
}

/// The entry as it is stored; `None` where it is not.
async fn stored(settings: &Settings, entry: &EntryName) -> Result<Option<Value>, Failure> {
    let cannot = |error: StoreError| cannot_be_read(&entry.actor, &error);
    let Some(config) = store_of(settings, &entry.actor)? else {
        return Err(nothing(settings, &entry.actor.to_string()));
    };
    let store = Store::open_to_read(&config, entry.actor.actor())
        .await
        .map_err(cannot)?;
    let record = store.journal().of(&entry.chain).show(entry.number).await;
    store.close().await;
    Ok(record.map_err(cannot)?.as_ref().map(record_json))
}

fn named(actor: &ActorName, chain: &str, mut entries: Vec<Value>) -> Vec<Value> {
    let chain = shown(actor, chain);
    for entry in &mut entries {
        entry["id"] = json!(format!("{chain}:{}", entry["id"]));
    }
    entries
}

fn path_of(message: Option<&MessageId>, limit: u32) -> String {
    let mut path = format!("/journal?limit={limit}");
    if let Some(message) = message {
        path.push_str("&message=");
        path.extend(message.as_str().bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        }));
    }
    path
}
