//! Who is up and where: `DIR/actors/<name>.json`.
//!
//! Where actors share a database, several processes of one may be up in one folder. Each has a seat: the first that
//! nobody has taken. The record of the first seat is `<name>.json`, of the second `<name>#2.json`, and so on.
//!
//! Actors of other machines stand in `DIR/neighbours`, and are found like those of this one.

mod neighbours;
mod siblings;

pub use siblings::{Door, Doors, Siblings};

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::Uri;
use qaqpa_model::{Actor, ActorName};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use tokio::time::Instant;

use crate::client::{ClientLimits, HttpClient};
use crate::files::{self, FileError, FileLock};
use crate::paths;
use crate::random::random_bytes;

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
    /// The control port's address: `http://127.0.0.1:14505`; nothing where it is on another machine and not told.
    pub control: String,
    /// Its other addresses by name: `sync` → `https://127.0.0.1:14504/bip-sync-wss-gost/`.
    pub addresses: BTreeMap<String, String>,
}

impl ActorRecord {
    /// Whether it is of another machine: nothing here can tell whether its process is there.
    #[must_use]
    pub const fn is_far(&self) -> bool {
        self.pid == 0
    }
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

/// Which of several processes of one actor in one folder: 1 is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat(u32);

impl Seat {
    /// The only one of an actor that keeps what it stores in files.
    pub const FIRST: Self = Self(1);

    /// Processes of one actor in one folder, at most.
    const MAX: u32 = 64;

    /// All seats, the first one first.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=Self::MAX).map(Self)
    }

    /// The name of the seat's files, without what says of which kind: `gateway`, `gateway#2`.
    #[must_use]
    pub fn file(self, name: &ActorName) -> String {
        match self.0 {
            1 => name.to_string(),
            number => format!("{name}#{number}"),
        }
    }

    /// The actor and the seat of a file of that name.
    fn of_file(file: &str) -> Option<(ActorName, Self)> {
        match file.split_once('#') {
            None => Some((ActorName::parse(file)?, Self::FIRST)),
            Some((name, number)) => {
                let number = number
                    .parse()
                    .ok()
                    .filter(|n| (2..=Self::MAX).contains(n))?;
                Some((ActorName::parse(name)?, Self(number)))
            }
        }
    }

    fn path(self, dir: &Path, name: &ActorName) -> PathBuf {
        paths::actors(dir).join(format!("{}.json", self.file(name)))
    }

    /// The lock that the process of the seat holds for as long as it is up.
    pub(crate) fn lock(self, dir: &Path, name: &ActorName) -> PathBuf {
        paths::actors(dir).join(format!("{}.lock", self.file(name)))
    }
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
    write_at(dir, name, Seat::FIRST, record)
}

/// Writes the registration of one of several processes.
///
/// # Errors
/// [`FileError`].
pub fn write_at(
    dir: &Path,
    name: &ActorName,
    seat: Seat,
    record: &ActorRecord,
) -> Result<(), FileError> {
    files::write_json(&seat.path(dir, name), record)
}

/// Reads a registration; `None` where the actor never registered. It may be one of an earlier run.
///
/// # Errors
/// [`FileError`].
pub fn read(dir: &Path, actor: Actor) -> Result<Option<ActorRecord>, FileError> {
    read_named(dir, &actor.into())
}

/// Reads the registration of one of several of a kind; of several processes the first that is still there.
///
/// # Errors
/// [`FileError`].
pub fn read_named(dir: &Path, name: &ActorName) -> Result<Option<ActorRecord>, FileError> {
    let mut all = seated(dir, name)?;
    let there = all.iter().position(|one| is_there(dir, name, one));
    Ok((!all.is_empty()).then(|| all.swap_remove(there.unwrap_or(0)).1))
}

/// One of the processes of that name that are there, another each time: who asks again after a failure may ask another.
///
/// # Errors
/// [`FileError`].
pub fn any_named(dir: &Path, name: &ActorName) -> Result<Option<ActorRecord>, FileError> {
    let mut there = present(dir, name)?;
    if there.is_empty() {
        return Ok(None);
    }
    let [random] = random_bytes::<1>();
    let chosen = usize::from(random) % there.len();
    Ok(Some(there.swap_remove(chosen)))
}

/// The processes of that name that are there; where none is, those that were.
fn present(dir: &Path, name: &ActorName) -> Result<Vec<ActorRecord>, FileError> {
    let all = seated(dir, name)?;
    let (there, gone): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| is_there(dir, name, one));
    let found = if there.is_empty() { gone } else { there };
    Ok(found.into_iter().map(|(_, record)| record).collect())
}

/// The registrations of all processes of that name, by seat, and then of those on other machines. Some may be of an
/// earlier run.
///
/// # Errors
/// [`FileError`].
pub fn records(dir: &Path, name: &ActorName) -> Result<Vec<ActorRecord>, FileError> {
    let records = seated(dir, name)?.into_iter().map(|(_, record)| record);
    Ok(records.collect())
}

/// Each with its seat in this folder; those on other machines have none.
type Seated = (Option<Seat>, ActorRecord);

fn seated(dir: &Path, name: &ActorName) -> Result<Vec<Seated>, FileError> {
    let mut seats: Vec<_> = seats(dir)?
        .into_iter()
        .filter(|(found, _)| found == name)
        .map(|(_, seat)| seat)
        .collect();
    seats.sort();
    let records = seats.into_iter().map(|seat| {
        let record = files::read_json(&seat.path(dir, name))?;
        Ok(record.map(|record| (Some(seat), record)))
    });
    let mut records: Vec<Seated> = records
        .filter_map(Result::transpose)
        .collect::<Result<_, FileError>>()?;
    let far = neighbours::records(dir, name)?.into_iter();
    records.extend(far.map(|record| (None, record)));
    Ok(records)
}

/// Host and port of every address that an actor of this folder or a neighbour has: `gateway.example:14504`. What cannot
/// be read is left out.
#[must_use]
pub fn authorities(dir: &Path) -> HashSet<String> {
    let mut names = neighbours::names(dir).unwrap_or_default();
    names.extend(
        seats(dir)
            .unwrap_or_default()
            .into_iter()
            .map(|(name, _)| name),
    );
    names.sort();
    names.dedup();
    let records = names.iter().filter_map(|name| records(dir, name).ok());
    let addresses = records.flatten().flat_map(|record| {
        let mut all: Vec<String> = record.addresses.into_values().collect();
        all.push(record.control);
        all
    });
    addresses
        .filter_map(|address| authority_of(&address.parse().ok()?))
        .collect()
}

/// Host and port of an address, the port also where it is the scheme's own.
pub(crate) fn authority_of(uri: &Uri) -> Option<String> {
    let usual = match uri.scheme_str()? {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let host = uri.host()?.to_ascii_lowercase();
    Some(format!("{host}:{}", uri.port_u16().unwrap_or(usual)))
}

/// Whether its process is still there: who is up holds the lock of its seat, in whichever container it is. Who has
/// registered without one is looked for by its number, which another process may have got since.
fn is_there(dir: &Path, name: &ActorName, (seat, record): &Seated) -> bool {
    let Some(seat) = seat else {
        return true;
    };
    FileLock::is_held(&seat.lock(dir, name)).unwrap_or_else(|| {
        let processes = Path::new("/proc");
        !processes.join("self").exists() || processes.join(record.pid.to_string()).exists()
    })
}

fn seats(dir: &Path) -> Result<Vec<(ActorName, Seat)>, FileError> {
    let files = file_names(&paths::actors(dir))?;
    Ok(files
        .iter()
        .filter_map(|file| Seat::of_file(file))
        .collect())
}

/// The names of the folder's JSON files, without what says that they are; none where there is no folder.
fn file_names(folder: &Path) -> Result<Vec<String>, FileError> {
    let io = |source| FileError::Io {
        path: folder.to_owned(),
        source,
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let file = entry.map_err(io)?.file_name();
        let file = file.to_str().and_then(|file| file.strip_suffix(".json"));
        names.extend(file.map(str::to_owned));
    }
    Ok(names)
}

/// The names under which actors of this kind are registered, the one without a branch first.
///
/// # Errors
/// [`FileError`] where the folder is there and cannot be read.
pub fn names(dir: &Path, actor: Actor) -> Result<Vec<ActorName>, FileError> {
    let mut names: Vec<_> = seats(dir)?.into_iter().map(|(name, _)| name).collect();
    names.extend(neighbours::names(dir)?);
    names.retain(|name| name.actor() == actor);
    names.sort();
    names.dedup();
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
    remove_at(dir, name, Seat::FIRST, record)
}

/// Takes the registration of one of several processes away, if it is still the one of this start.
///
/// # Errors
/// [`FileError`].
pub fn remove_at(
    dir: &Path,
    name: &ActorName,
    seat: Seat,
    record: &ActorRecord,
) -> Result<(), FileError> {
    let path = seat.path(dir, name);
    if files::read_json::<ActorRecord>(&path)?.as_ref() == Some(record) {
        // It may be gone by now, which is what was asked for.
        std::fs::remove_file(path).ok();
    }
    Ok(())
}

/// Waits until the actor is registered and its control port answers for this very registration; one on another machine
/// answers at its first door.
///
/// # Errors
/// [`RegistryError::Absent`] after `timeout`; [`RegistryError::File`].
pub async fn wait_for(
    dir: &Path,
    actor: Actor,
    timeout: Duration,
) -> Result<ActorRecord, RegistryError> {
    let deadline = Instant::now() + timeout;
    loop {
        let last = match read(dir, actor)? {
            None => "it has not registered".to_owned(),
            Some(record) if record.is_far() => match answers_afar(dir, &record).await {
                Ok(()) => return Ok(record),
                Err(why) => why,
            },
            Some(record) => match answers(dir, &record).await {
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

/// Nobody waits long for an actor that is only asked whether it is there.
fn glance() -> ClientLimits {
    ClientLimits {
        seconds_max: 2,
        ..ClientLimits::default()
    }
}

/// Whether somebody lives at the first address that a neighbour has announced: of its control port we may know nothing.
async fn answers_afar(dir: &Path, record: &ActorRecord) -> Result<(), String> {
    let says = |error: &dyn std::fmt::Display| error.to_string();
    let address = record.addresses.values().next();
    let address: Uri = address
        .ok_or("its registration in DIR/neighbours has no address")?
        .parse()
        .map_err(|error| says(&error))?;
    let door = authority_of(&address).ok_or("its address is no address of HTTP")?;
    let scheme = address.scheme_str().unwrap_or("https");
    let client = HttpClient::of_folder(dir, glance()).map_err(|error| says(&error))?;
    let answer = client.get(&format!("{scheme}://{door}/health/live")).await;
    let answer = answer.map_err(|error| says(&error))?;
    if answer.status.is_success() {
        return Ok(());
    }
    Err(format!("{door} answers {}", answer.status))
}

/// Whether the control port answers for this registration. Where it listens beyond the loopback address it speaks TLS.
async fn answers(dir: &Path, record: &ActorRecord) -> Result<(), String> {
    let client = match record.control.starts_with("https:") {
        true => HttpClient::of_folder(dir, glance()).map_err(|error| error.to_string())?,
        false => HttpClient::plain(glance()),
    };
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

    #[test]
    fn of_several_processes_one_that_is_there_is_found_and_all_are_listed() {
        let dir = tempfile::tempdir().unwrap();
        let name = ActorName::from(Actor::RegionalGateway);
        let seats: Vec<_> = Seat::all().take(3).collect();
        let of = |instance: &str, pid| ActorRecord {
            pid,
            ..record(instance)
        };
        // No process has this number: the system's highest is 2^22.
        let gone = 5_000_000;
        let own = std::process::id();
        for (seat, one) in seats
            .iter()
            .zip([of("one", gone), of("two", own), of("three", own)])
        {
            write_at(dir.path(), &name, *seat, &one).unwrap();
        }
        let instance = |record: Option<ActorRecord>| record.unwrap().instance;
        assert_eq!(instance(read_named(dir.path(), &name).unwrap()), "two");
        let mut found: Vec<_> = (0..200)
            .map(|_| instance(any_named(dir.path(), &name).unwrap()))
            .collect();
        found.sort();
        found.dedup();
        assert_eq!(found, ["three", "two"]);
        assert_eq!(records(dir.path(), &name).unwrap().len(), 3);
        let found = names(dir.path(), Actor::RegionalGateway).unwrap();
        assert_eq!(found, std::slice::from_ref(&name));
        assert!(dir.path().join("actors/regional-gateway#2.json").exists());

        remove_at(dir.path(), &name, seats[1], &of("two", own)).unwrap();
        remove_at(dir.path(), &name, seats[2], &of("three", own)).unwrap();
        assert_eq!(instance(read_named(dir.path(), &name).unwrap()), "one");
    }

    #[test]
    fn who_holds_its_seat_is_there_whatever_its_number_is_in_another_container() {
        let dir = tempfile::tempdir().unwrap();
        let name = ActorName::from(Actor::Gateway);
        let seats: Vec<_> = Seat::all().take(2).collect();
        // What a kill left has a number that is met in every container; who is up has none that is met here.
        let numbers = [std::process::id(), 5_000_000];
        let mut locks = Vec::new();
        for ((seat, pid), instance) in seats.iter().zip(numbers).zip(["killed", "up"]) {
            let one = ActorRecord {
                pid,
                ..record(instance)
            };
            write_at(dir.path(), &name, *seat, &one).unwrap();
            locks.push(FileLock::take(&seat.lock(dir.path(), &name)).unwrap());
        }
        locks.remove(0);
        for _ in 0..50 {
            let found = any_named(dir.path(), &name).unwrap().unwrap();
            assert_eq!(found.instance, "up");
        }
        let found = read_named(dir.path(), &name).unwrap().unwrap();
        assert_eq!(found.instance, "up");
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
