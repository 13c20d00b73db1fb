//! Who is up and where: `DIR/actors/<name>.json`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use qaqpa_model::{Actor, ActorName};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use tokio::time::Instant;

use crate::client::{ClientLimits, HttpClient};
use crate::files::{self, FileError};
use crate::paths;

/// One actor's registration. Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorRecord {
    /// Which actor.
    #[serde(serialize_with = "actor_name", deserialize_with = "actor_of_name")]
    pub actor: Actor,
    /// Its process.
    pub pid: u32,
    /// A random text of this start; `/health` says it too, so that a left-over record is noticed.
    pub instance: String,
    /// The control port's address: `http://127.0.0.1:14505`.
    pub control: String,
    /// Its other addresses by name: `sync` → `https://127.0.0.1:14504/bip-sync-wss-gost/`.
    pub addresses: BTreeMap<String, String>,
}

/// Why an actor was not found.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The actor did not come up in time.
    #[error("{actor} did not come up within {seconds} s ({last})")]
    Absent {
        /// Which actor.
        actor: Actor,
        /// How long it was waited for.
        seconds: u64,
        /// What was seen last.
        last: String,
    },
    /// A file of the data folder could not be used.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Writes the registration, whole or not at all.
///
/// # Errors
/// [`FileError`].
pub fn write(dir: &Path, record: &ActorRecord) -> Result<(), FileError> {
    write_named(dir, &record.actor.into(), record)
}

/// Writes the registration of one of several of a kind.
///
/// # Errors
/// [`FileError`].
pub fn write_named(dir: &Path, name: &ActorName, record: &ActorRecord) -> Result<(), FileError> {
    files::write_json(&paths::actor_named(dir, name), record)
}

/// Reads a registration; `None` where the actor never registered. It may be one of an earlier run.
///
/// # Errors
/// [`FileError`].
pub fn read(dir: &Path, actor: Actor) -> Result<Option<ActorRecord>, FileError> {
    read_named(dir, &actor.into())
}

/// Reads the registration of one of several of a kind.
///
/// # Errors
/// [`FileError`].
pub fn read_named(dir: &Path, name: &ActorName) -> Result<Option<ActorRecord>, FileError> {
    files::read_json(&paths::actor_named(dir, name))
}

/// The names under which actors of this kind are registered, the one without a branch first.
///
/// # Errors
/// [`FileError`] where the folder is there and cannot be read.
pub fn names(dir: &Path, actor: Actor) -> Result<Vec<ActorName>, FileError> {
    let folder = paths::actors(dir);
    let io = |source| FileError::Io {
        path: folder.clone(),
        source,
    };
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let file = entry.map_err(io)?.file_name();
        let name = file.to_str().and_then(|file| file.strip_suffix(".json"));
        names.extend(name.and_then(ActorName::parse));
    }
    names.retain(|name| name.actor() == actor);
    names.sort();
    Ok(names)
}

/// Takes the registration away, if it is still the one of this start.
///
/// # Errors
/// [`FileError`].
pub fn remove(dir: &Path, record: &ActorRecord) -> Result<(), FileError> {
    remove_named(dir, &record.actor.into(), record)
}

/// Takes the registration of one of several of a kind away, if it is still the one of this start.
///
/// # Errors
/// [`FileError`].
pub fn remove_named(dir: &Path, name: &ActorName, record: &ActorRecord) -> Result<(), FileError> {
    if read_named(dir, name)?.as_ref() == Some(record) {
        // It may be gone by now, which is what was asked for.
        std::fs::remove_file(paths::actor_named(dir, name)).ok();
    }
    Ok(())
}

/// Waits until the actor is registered and its control port answers for this very registration.
///
/// # Errors
/// [`RegistryError::Absent`] after `timeout`; [`RegistryError::File`].
pub async fn wait_for(
    dir: &Path,
    actor: Actor,
    timeout: Duration,
) -> Result<ActorRecord, RegistryError> {
    let client = HttpClient::plain(ClientLimits {
        seconds_max: 2,
        ..ClientLimits::default()
    });
    let deadline = Instant::now() + timeout;
    loop {
        let last = match read(dir, actor)? {
            None => "it has not registered".to_owned(),
            Some(record) => match answers(&client, &record).await {
                Ok(()) => return Ok(record),
                Err(why) => why,
            },
        };
        if Instant::now() >= deadline {
            return Err(RegistryError::Absent {
                actor,
                seconds: timeout.as_secs(),
                last,
            });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn answers(client: &HttpClient, record: &ActorRecord) -> Result<(), String> {
    let answer = client
        .get(&format!("{}/health", record.control))
        .await
        .map_err(|error| error.to_string())?;
    let health: crate::control::Health =
        serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    if health.actor == record.actor.name() && health.instance == record.instance {
        Ok(())
    } else {
        Err("its registration is of an earlier run".to_owned())
    }
}

fn actor_name<S: Serializer>(actor: &Actor, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(actor.name())
}

fn actor_of_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Actor, D::Error> {
    let name = String::deserialize(deserializer)?;
    Actor::parse(&name).ok_or_else(|| serde::de::Error::custom(format!("no actor {name:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(instance: &str) -> ActorRecord {
        ActorRecord {
            actor: Actor::RegionalGateway,
            pid: 1,
            instance: instance.to_owned(),
            control: "http://127.0.0.1:9".to_owned(),
            addresses: BTreeMap::from([("pages".to_owned(), "https://127.0.0.1:8".to_owned())]),
        }
    }

    #[test]
    fn a_record_reads_back_and_only_its_own_start_removes_it() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &record("new")).unwrap();
        remove(dir.path(), &record("old")).unwrap();
        assert_eq!(
            read(dir.path(), Actor::RegionalGateway).unwrap(),
            Some(record("new"))
        );
        remove(dir.path(), &record("new")).unwrap();
        assert_eq!(read(dir.path(), Actor::RegionalGateway).unwrap(), None);
    }

    #[test]
    fn branches_are_registered_beside_each_other_and_listed() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(names(dir.path(), Actor::RegionalGateway).unwrap(), []);
        let taraz = ActorName::parse("regional-gateway.taraz").unwrap();
        write_named(dir.path(), &taraz, &record("taraz")).unwrap();
        write(dir.path(), &record("whole")).unwrap();
        let found = names(dir.path(), Actor::RegionalGateway).unwrap();
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, ["regional-gateway", "regional-gateway.taraz"]);
        assert_eq!(names(dir.path(), Actor::Gateway).unwrap(), []);

        remove(dir.path(), &record("whole")).unwrap();
        assert_eq!(
            read_named(dir.path(), &taraz).unwrap(),
            Some(record("taraz"))
        );
        remove_named(dir.path(), &taraz, &record("taraz")).unwrap();
        assert_eq!(names(dir.path(), Actor::RegionalGateway).unwrap(), []);
    }

    #[tokio::test]
    async fn a_record_that_nobody_answers_for_is_not_an_actor() {
        let dir = tempfile::tempdir().unwrap();
        let waited = wait_for(dir.path(), Actor::Nca, Duration::ZERO).await;
        assert!(
            matches!(&waited, Err(RegistryError::Absent { last, .. }) if last == "it has not registered"),
            "{waited:?}"
        );
        write(dir.path(), &record("old")).unwrap();
        let waited = wait_for(dir.path(), Actor::RegionalGateway, Duration::ZERO).await;
        assert!(matches!(waited, Err(RegistryError::Absent { .. })));
    }
}
