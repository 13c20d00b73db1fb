//! The snapshots that there are, and what each says about itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use qaqpa_transport::files;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::folder::{entries, io};
use super::{Name, SnapshotError};

/// The version of a snapshot's shape.
pub(super) const VERSION: u32 = 1;

/// What a snapshot is. Stored: changing this needs a new version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The version of the shape.
    pub(crate) version: u32,
    /// Its name.
    pub(crate) name: String,
    /// When it was made, by the simulated clock; RFC 3339 with milliseconds.
    pub(crate) at: String,
    /// The version of this program that made it.
    pub(crate) made_by: String,
    /// Files, and bytes in them.
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// The rules of mischief that were on, by actor, as `PUT /mischief` takes them.
    pub(crate) mischief: BTreeMap<String, Value>,
    /// How many messages each rule had met and spoilt, by actor, as `PUT /mischief/counts` takes them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) met: BTreeMap<String, Value>,
    /// How many applications each stub had answered, by actor and stub.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) answered: BTreeMap<String, BTreeMap<String, u64>>,
}

/// A snapshot as a list shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Listed {
    /// One that can be brought back, as far as it says itself.
    Whole(Manifest),
    /// One that cannot.
    Damaged {
        /// Its name.
        name: String,
        /// Why.
        why: String,
    },
}

/// The folder of the snapshots.
pub(crate) fn snapshots(data: &Path) -> PathBuf {
    data.join("snapshots")
}

pub(super) fn place_of(data: &Path, name: &Name) -> PathBuf {
    snapshots(data).join(name.as_str())
}

/// Every snapshot, by name.
///
/// # Errors
/// [`SnapshotError::Io`].
pub(crate) fn list(data: &Path) -> Result<Vec<Listed>, SnapshotError> {
    let mut all = Vec::new();
    // By their paths: sorted.
    for entry in entries(&snapshots(data))? {
        let name = entry.file_name().and_then(|name| name.to_str());
        let Some(name) = name.and_then(|name| Name::parse(name).ok()) else {
            continue;
        };
        if entry.is_dir() {
            all.push(match read(data, &name) {
                Ok(manifest) => Listed::Whole(manifest),
                Err(SnapshotError::Damaged { name, why }) => Listed::Damaged { name, why },
                Err(error) => return Err(error),
            });
        }
    }
    Ok(all)
}

/// Deletes a snapshot.
///
/// # Errors
/// [`SnapshotError::Unknown`], [`SnapshotError::Io`].
pub(crate) fn remove(data: &Path, name: &Name) -> Result<(), SnapshotError> {
    let place = place_of(data, name);
    if !place.is_dir() {
        return Err(SnapshotError::Unknown(name.to_string()));
    }
    fs::remove_dir_all(&place).map_err(io(&place))
}

/// What a snapshot says about itself.
///
/// # Errors
/// [`SnapshotError::Unknown`], [`SnapshotError::Damaged`].
pub(crate) fn read(data: &Path, name: &Name) -> Result<Manifest, SnapshotError> {
    let place = place_of(data, name);
    if !place.is_dir() {
        return Err(SnapshotError::Unknown(name.to_string()));
    }
    let damaged = |why: String| SnapshotError::Damaged {
        name: name.to_string(),
        why,
    };
    let manifest: Option<Manifest> = files::read_json(&place.join("manifest.json"))
        .map_err(|error| damaged(error.to_string()))?;
    let manifest = manifest.ok_or_else(|| damaged("it has no manifest.json".to_owned()))?;
    if manifest.version != VERSION {
        return Err(damaged(format!("its version is {}", manifest.version)));
    }
    Ok(manifest)
}

impl Manifest {
    /// Refuses what another generation of this program made: the first number of its version that is not nought.
    ///
    /// # Errors
    /// [`SnapshotError::Damaged`].
    pub(super) fn check_maker(&self) -> Result<(), SnapshotError> {
        let own = env!("CARGO_PKG_VERSION");
        if generation(&self.made_by) == generation(own) {
            return Ok(());
        }
        Err(SnapshotError::Damaged {
            name: self.name.clone(),
            why: format!("qaqpa {} made it, and this is qaqpa {own}", self.made_by),
        })
    }
}

/// `1` of `1.4.2`, `0.3` of `0.3.1`: what may not be mixed (semver).
fn generation(version: &str) -> &str {
    let numbers = if version.starts_with("0.") { 2 } else { 1 };
    let end = version.match_indices('.').nth(numbers - 1);
    end.map_or(version, |(end, _)| &version[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_version_the_first_number_that_is_not_nought_counts() {
        let table = [
            ("1.4.2", "1"),
            ("0.3.1", "0.3"),
            ("0.3", "0.3"),
            ("2", "2"),
            ("", ""),
        ];
        for (version, expected) in table {
            assert_eq!(generation(version), expected, "{version}");
        }
    }

    #[test]
    fn a_damaged_snapshot_is_listed_beside_the_others_with_the_reason() {
        let dir = tempfile::tempdir().unwrap();
        let place = |name: &str| snapshots(dir.path()).join(name);
        fs::create_dir_all(place("b")).unwrap();
        fs::create_dir_all(place("a")).unwrap();
        let manifest = Manifest {
            version: VERSION,
            name: "a".to_owned(),
            at: "2026-11-22T12:00:00.000Z".to_owned(),
            made_by: "99.0.0".to_owned(),
            files: 0,
            bytes: 0,
            mischief: BTreeMap::new(),
            met: BTreeMap::new(),
            answered: BTreeMap::new(),
        };
        files::write_json(&place("a").join("manifest.json"), &manifest).unwrap();
        let why = "it has no manifest.json".to_owned();
        let listed = list(dir.path()).unwrap();
        assert_eq!(
            listed,
            [
                Listed::Whole(manifest.clone()),
                Listed::Damaged {
                    name: "b".to_owned(),
                    why
                }
            ]
        );
        let refused = manifest.check_maker().unwrap_err().to_string();
        assert!(
            refused.starts_with("the snapshot a cannot be used: qaqpa 99.0.0 made it"),
            "{refused}"
        );
    }
}
