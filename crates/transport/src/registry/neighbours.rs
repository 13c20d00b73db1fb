//! Actors of other machines: `DIR/neighbours/<name>.json`, or `<name>@<anything>.json` where there are several of a name.
//!
//! Each file is the registration that the actor wrote in its own folder (`DIR/actors/<name>.json` there), put here by
//! whoever runs both machines, or written by hand with `actor` and `addresses`. They are read anew each time, so that a
//! neighbour that comes or goes needs no restart. An address that is every machine's own (`127.0.0.1`) is refused: it
//! would be ours, and the wrong actor would be called.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use http::Uri;
use qaqpa_model::{Actor, ActorName};
use serde::Deserialize;

use super::{ActorRecord, actor_of_name, file_names};
use crate::files::{self, FileError};
use crate::paths;

/// Neighbours of one name, at most.
const OF_A_NAME_MAX: usize = 64;

/// Addresses of one neighbour, at most: the authority has 17.
const ADDRESSES_MAX: usize = 64;

/// What is read of a registration of another machine; its process is none of ours.
#[derive(Deserialize)]
struct Neighbour {
    #[serde(deserialize_with = "actor_of_name")]
    actor: Actor,
    #[serde(default)]
    control: Option<String>,
    addresses: BTreeMap<String, String>,
}

/// The neighbours of that name, by the names of their files.
pub(super) fn records(dir: &Path, name: &ActorName) -> Result<Vec<ActorRecord>, FileError> {
    let folder = paths::neighbours(dir);
    let mut found: Vec<PathBuf> = file_names(&folder)?
        .into_iter()
        .filter(|file| name_of(file).as_ref() == Some(name))
        .map(|file| folder.join(format!("{file}.json")))
        .collect();
    if found.len() > OF_A_NAME_MAX {
        return Err(FileError::Malformed {
            path: folder,
            why: format!("there are more than {OF_A_NAME_MAX} files of {name}; take some away"),
        });
    }
    found.sort();
    let read = |path: PathBuf| match files::read_json::<Neighbour>(&path) {
        Ok(None) => None,
        Ok(Some(neighbour)) => {
            Some(record(neighbour, name).map_err(|why| FileError::Malformed { path, why }))
        }
        Err(error) => Some(Err(error)),
    };
    found.into_iter().filter_map(read).collect()
}

/// The names of all neighbours, each as often as there are files of it.
pub(super) fn names(dir: &Path) -> Result<Vec<ActorName>, FileError> {
    let files = file_names(&paths::neighbours(dir))?;
    Ok(files.iter().filter_map(|file| name_of(file)).collect())
}

/// `gateway` of `gateway`, `gateway#2` (a copy of a second process's registration) and `gateway@north`.
fn name_of(file: &str) -> Option<ActorName> {
    let name = file.split(['@', '#']).next()?;
    ActorName::parse(name)
}

fn record(neighbour: Neighbour, name: &ActorName) -> Result<ActorRecord, String> {
    let Neighbour {
        actor,
        control,
        addresses,
    } = neighbour;
    if actor != name.actor() {
        return Err(format!(
            "it is of {actor}, and the file is named after {name}; rename it"
        ));
    }
    if addresses.len() > ADDRESSES_MAX {
        return Err(format!(
            "there are more than {ADDRESSES_MAX} addresses; leave those that {actor} announces"
        ));
    }
    for address in addresses.values() {
        let uri = uri_of(address)?;
        if is_every_machines_own(&uri) {
            return Err(format!(
                "{address} is on whichever machine asks; start {name} there with --listen and --advertise, and copy its registration again"
            ));
        }
    }
    Ok(ActorRecord {
        actor,
        pid: 0,
        instance: String::new(),
        control: control_of(control)?,
        addresses,
    })
}

/// The control port, where it is told to us: on its own loopback address it is for its own machine alone.
fn control_of(control: Option<String>) -> Result<String, String> {
    let Some(control) = control.filter(|control| !control.is_empty()) else {
        return Ok(String::new());
    };
    let uri = uri_of(&control)?;
    if is_every_machines_own(&uri) {
        return Ok(String::new());
    }
    if uri.scheme_str() != Some("https") {
        return Err(format!(
            "{control} would tell the control token to whoever listens on the way; start the actor with --listen-control, and copy its registration again"
        ));
    }
    Ok(control)
}

fn uri_of(address: &str) -> Result<Uri, String> {
    let uri: Option<Uri> = address.parse().ok();
    uri.filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")))
        .filter(|uri| uri.host().is_some_and(|host| !host.is_empty()))
        .filter(|uri| {
            uri.authority()
                .is_some_and(|all| !all.as_str().contains('@'))
        })
        .ok_or_else(|| format!("{address:?} is no address of HTTP; write https://HOST:PORT/PATH"))
}

/// Not all of 127.0.0.0/8: whoever gives an actor one of the others means it.
fn is_every_machines_own(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    host.eq_ignore_ascii_case("localhost")
        || matches!(host, "127.0.0.1" | "[::1]" | "0.0.0.0" | "[::]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(dir: &Path, file: &str, text: &str) {
        let path = paths::neighbours(dir).join(file);
        files::write_private(&path, text.as_bytes()).unwrap();
    }

    fn gateway() -> ActorName {
        Actor::Gateway.into()
    }

    #[test]
    fn a_copied_registration_is_a_neighbour_without_its_own_machines_control_port() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(records(dir.path(), &gateway()).unwrap(), []);
        let copied = r#"{"actor": "gateway", "pid": 7, "instance": "ab",
            "control": "http://127.0.0.1:14505",
            "addresses": {"sync": "https://gw.example:14504/bip-sync-wss-gost/"}}"#;
        put(dir.path(), "gateway.json", copied);
        put(
            dir.path(),
            "gateway@north.json",
            r#"{"actor": "gateway", "control": "https://10.0.0.3:14505", "addresses": {}}"#,
        );
        put(
            dir.path(),
            "regional-gateway.taraz.json",
            r#"{"actor": "regional-gateway", "addresses": {}}"#,
        );
        let found = records(dir.path(), &gateway()).unwrap();
        let sync = "https://gw.example:14504/bip-sync-wss-gost/".to_owned();
        assert_eq!(
            found[0],
            ActorRecord {
                actor: Actor::Gateway,
                pid: 0,
                instance: String::new(),
                control: String::new(),
                addresses: BTreeMap::from([("sync".to_owned(), sync)]),
            }
        );
        assert_eq!(found[1].control, "https://10.0.0.3:14505");
        assert!(found.len() == 2 && found.iter().all(ActorRecord::is_far));
        let mut all = names(dir.path()).unwrap();
        all.sort();
        let taraz = ActorName::parse("regional-gateway.taraz").unwrap();
        assert_eq!(all, [gateway(), gateway(), taraz]);
    }

    #[test]
    fn what_would_be_called_wrongly_is_refused_with_the_remedy() {
        for (control, address, why) in [
            (
                "",
                "https://127.0.0.1:14504/",
                "start gateway there with --listen and --advertise, and copy its registration again",
            ),
            (
                "",
                "https://localhost/",
                "start gateway there with --listen and --advertise, and copy its registration again",
            ),
            ("", "ftp://gw.example/", "write https://HOST:PORT/PATH"),
            ("", "https://me@gw.example/", "write https://HOST:PORT/PATH"),
            (
                "http://10.0.0.3:14505",
                "https://gw.example/",
                "start the actor with --listen-control, and copy its registration again",
            ),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let text = serde_json::json!({
                "actor": "gateway",
                "control": control,
                "addresses": { "sync": address },
            });
            put(dir.path(), "gateway.json", &text.to_string());
            let refused = records(dir.path(), &gateway()).unwrap_err().to_string();
            assert!(refused.ends_with(why), "{refused}");
        }
        let dir = tempfile::tempdir().unwrap();
        put(
            dir.path(),
            "gateway.json",
            r#"{"actor": "portal", "addresses": {}}"#,
        );
        let refused = records(dir.path(), &gateway()).unwrap_err().to_string();
        assert!(refused.ends_with("rename it"), "{refused}");
    }
}
