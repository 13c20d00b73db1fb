//! How a running simulator is asked for a snapshot: an order in a file, and a file with what came of it.
//!
//! A control port cannot answer such a request itself: it goes down with its actor, and comes up again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use qaqpa_transport::files::{self, FileError, FileLock};
use qaqpa_transport::random_hex;
use serde::{Deserialize, Serialize};

use super::shelf::{Manifest, snapshots};
use super::{Name, SnapshotError};

/// What a running simulator is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    /// Random: what came of it says it, too.
    pub(crate) id: String,
    /// What.
    pub(crate) act: Act,
    /// Of which snapshot.
    pub(crate) name: String,
}

/// What is done with a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Act {
    /// It is brought back.
    Restore,
    /// It is made.
    Save,
}

/// What came of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Done {
    /// Of which.
    pub(crate) id: String,
    /// The snapshot, where it was done.
    pub(crate) snapshot: Option<Manifest>,
    /// Why it was not.
    pub(crate) why: Option<String>,
    /// What could not be set again as it was: the actors are up without it.
    #[serde(default)]
    pub(crate) missing: Vec<String>,
}

/// How often a person's command looks for what came of its order.
const LOOK_EVERY: Duration = Duration::from_millis(50);

impl Order {
    pub(crate) fn new(act: Act, name: &Name) -> Self {
        Self {
            id: random_hex::<16>(),
            act,
            name: name.to_string(),
        }
    }
}

/// Where orders lie: no snapshot can have this name.
fn orders(data: &Path) -> PathBuf {
    snapshots(data).join(".orders")
}

fn order_file(data: &Path) -> PathBuf {
    orders(data).join("order.json")
}

fn done_file(data: &Path) -> PathBuf {
    orders(data).join("done.json")
}

/// Held by a simulator that carries orders out.
pub(super) fn keeper_lock(data: &Path) -> PathBuf {
    orders(data).join("keeper.lock")
}

/// Whether a simulator runs in this folder that carries orders out.
pub(crate) fn is_served(data: &Path) -> bool {
    orders(data).is_dir()
        && matches!(
            FileLock::take(&keeper_lock(data)),
            Err(FileError::Locked { .. })
        )
}

/// Leaves an order; false where one waits already.
///
/// # Errors
/// [`SnapshotError::File`].
pub(crate) fn place(data: &Path, order: &Order) -> Result<bool, SnapshotError> {
    let text = serde_json::to_vec(order).unwrap_or_default();
    match files::write_private_once(&order_file(data), &text) {
        Ok(there) => Ok(there == text),
        // It was there and is taken already, before it could be read back: nobody else takes orders away.
        Err(FileError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            Ok(true)
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes the order that waits.
///
/// # Errors
/// [`SnapshotError::File`]; an order that cannot be read is taken away, too.
pub(super) fn take(data: &Path) -> Result<Option<Order>, SnapshotError> {
    let file = order_file(data);
    let order = files::read_json(&file);
    if !matches!(order, Ok(None)) {
        std::fs::remove_file(&file).ok();
    }
    Ok(order?)
}

/// Says what came of an order.
///
/// # Errors
/// [`SnapshotError::File`].
pub(super) fn conclude(data: &Path, done: &Done) -> Result<(), SnapshotError> {
    Ok(files::write_json(&done_file(data), done)?)
}

/// What came of an order; `None` while it is not done, or where another one came after it.
///
/// # Errors
/// [`SnapshotError::File`].
pub(crate) fn done(data: &Path, id: &str) -> Result<Option<Done>, SnapshotError> {
    let done: Option<Done> = files::read_json(&done_file(data))?;
    Ok(done.filter(|done| done.id == id))
}

/// Waits for what comes of an order; `None` where it took longer.
///
/// # Errors
/// [`SnapshotError::File`].
pub(crate) async fn wait(
    data: &Path,
    id: &str,
    longest: Duration,
) -> Result<Option<Done>, SnapshotError> {
    let end = tokio::time::Instant::now() + longest;
    while tokio::time::Instant::now() < end {
        if let Some(done) = done(data, id)? {
            return Ok(Some(done));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_snapshots_are_called_orders_are_left_and_taken() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path();
        for name in ["order.json", "done.json", "keeper.lock"] {
            std::fs::create_dir_all(snapshots(data).join(name)).unwrap();
        }
        let name = Name::parse("order.json").unwrap();
        let order = Order::new(Act::Save, &name);
        assert!(!is_served(data));
        let _held = FileLock::take(&keeper_lock(data)).unwrap();
        assert!(is_served(data));
        assert!(place(data, &order).unwrap());
        assert!(!place(data, &Order::new(Act::Save, &name)).unwrap());
        assert_eq!(take(data).unwrap(), Some(order.clone()));
        assert_eq!(take(data).unwrap(), None);
        let done = Done {
            id: order.id.clone(),
            snapshot: None,
            why: Some("so".to_owned()),
            missing: Vec::new(),
        };
        conclude(data, &done).unwrap();
        assert_eq!(super::done(data, &order.id).unwrap(), Some(done));
        assert_eq!(super::done(data, "another").unwrap(), None);
    }
}
