//! Where things lie in the data folder.

use std::path::{Path, PathBuf};

use qaqpa_model::{Actor, ActorName};

/// `DIR/control-token` (0600).
#[must_use]
pub fn control_token(dir: &Path) -> PathBuf {
    dir.join("control-token")
}

/// `DIR/clock.json`.
#[must_use]
pub fn clock(dir: &Path) -> PathBuf {
    dir.join("clock.json")
}

/// `DIR/endpoints.json`.
#[must_use]
pub fn endpoints(dir: &Path) -> PathBuf {
    dir.join("endpoints.json")
}

/// `DIR/actors`, the folder of the registrations.
#[must_use]
pub fn actors(dir: &Path) -> PathBuf {
    dir.join("actors")
}

/// `DIR/actors/<name>.json`.
#[must_use]
pub fn actor(dir: &Path, actor: Actor) -> PathBuf {
    actors(dir).join(format!("{actor}.json"))
}

/// `DIR/actors/<name>.json`, where one of several of a kind has a name of its own.
#[must_use]
pub fn actor_named(dir: &Path, name: &ActorName) -> PathBuf {
    actors(dir).join(format!("{name}.json"))
}

/// `DIR/neighbours`, the folder of the actors of other machines.
#[must_use]
pub fn neighbours(dir: &Path) -> PathBuf {
    dir.join("neighbours")
}

/// `DIR/tls`, the TLS authority's folder.
#[must_use]
pub fn tls(dir: &Path) -> PathBuf {
    dir.join("tls")
}

/// `DIR/trust/tls.pem`: the TLS authority's root.
#[must_use]
pub fn trust_tls(dir: &Path) -> PathBuf {
    dir.join("trust").join("tls.pem")
}

/// `DIR/trust/signature.pem`: root and issuing certificates of the national authority.
#[must_use]
pub fn trust_signature(dir: &Path) -> PathBuf {
    dir.join("trust").join("signature.pem")
}

/// `DIR/trust/changes`: written anew by the authority after each change of what it says.
#[must_use]
pub fn trust_changes(dir: &Path) -> PathBuf {
    dir.join("trust").join("changes")
}

/// `DIR/trust/gateway.pem`: the gateway's signing certificate.
#[must_use]
pub fn trust_gateway(dir: &Path) -> PathBuf {
    dir.join("trust").join("gateway.pem")
}

/// `DIR/identities`, the folder of the ready-made key files.
#[must_use]
pub fn identities(dir: &Path) -> PathBuf {
    dir.join("identities")
}

/// `DIR/identities/index.json` (0600).
#[must_use]
pub fn identities_index(dir: &Path) -> PathBuf {
    identities(dir).join("index.json")
}

/// `DIR/documents`, where the signed documents lie that a person asked for.
#[must_use]
pub fn documents(dir: &Path) -> PathBuf {
    dir.join("documents")
}

/// `DIR/<actor>`: that actor's own folder (store, blobs, keys).
#[must_use]
pub fn of_actor(dir: &Path, actor: Actor) -> PathBuf {
    dir.join(actor.name())
}

/// `DIR/<name>`: the same, where one of several of a kind has a name of its own (`DIR/regional-gateway.taraz`).
#[must_use]
pub fn of_actor_named(dir: &Path, name: &ActorName) -> PathBuf {
    dir.join(name.to_string())
}
