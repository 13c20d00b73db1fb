//! Texts that people write and that every process over one database goes by: one version of each is in force.

use qaqpa_crypto::StorageKey;

use crate::database::{Columns, query};
use crate::{Store, StoreError};

/// Digits of the version, with which a stored document begins. Stored: changing this needs a migration.
const VERSION_DIGITS: usize = 20;

/// How often a change is tried again that somebody else was faster with.
const TRIES_MAX: usize = 64;

/// The shared texts of this actor.
#[derive(Clone, Copy, Debug)]
pub struct Documents<'s>(pub(crate) &'s Store);

/// A text of one name, as it was at one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// From 1; each change adds one.
    pub version: u64,
    /// `None` where it was taken away.
    pub text: Option<String>,
}

impl Documents<'_> {
    /// Whether other processes, on other machines too, see what is put here: the store is a server's database.
    #[must_use]
    pub fn are_shared(&self) -> bool {
        self.0.blobs().shared_key().is_some()
    }

    /// The version in force: no more than a look at it. `None` where nobody has put one.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn version(&self, name: &str) -> Result<Option<u64>, StoreError> {
        let row = query("SELECT substr(value, 1, 20) AS version FROM settings WHERE name = $1")
            .bind(row_of(name))
            .fetch_optional(self.0.readers())
            .await?;
        row.map(|row| version_of(&Columns(&row).text("version")?))
            .transpose()
    }

    /// The document in force; `None` where nobody has put one.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] where it is damaged or locked with another key; another where the database could not.
    pub async fn read(&self, name: &str) -> Result<Option<Document>, StoreError> {
        let value = self.0.settings().read(&row_of(name)).await?;
        value
            .map(|value| unlocked(self.key()?, name, &value))
            .transpose()
    }

    /// Puts the first version; the one that is there, where somebody has put one.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn begin(&self, name: &str, text: &str) -> Result<Document, StoreError> {
        let first = Document {
            version: 1,
            text: Some(text.to_owned()),
        };
        let value = locked(self.key()?, name, &first)?;
        let settings = self.0.settings();
        if settings.replace(&row_of(name), None, &value).await? {
            return Ok(first);
        }
        let there = self.read(name).await?;
        there.ok_or(StoreError::Unreadable { what: "document" })
    }

    /// Puts the next version; `None` takes the text away. Of two that change it at once, the last one's is in force.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn put(&self, name: &str, text: Option<&str>) -> Result<Document, StoreError> {
        let (row, settings) = (row_of(name), self.0.settings());
        for _ in 0..TRIES_MAX {
            let before = settings.read(&row).await?;
            let version = before.as_deref().map(version_of).transpose()?;
            let next = Document {
                version: version.unwrap_or(0).saturating_add(1),
                text: text.map(str::to_owned),
            };
            let value = locked(self.key()?, name, &next)?;
            if settings.replace(&row, before.as_deref(), &value).await? {
                return Ok(next);
            }
        }
        Err(StoreError::Unreadable { what: "document" })
    }

    fn key(&self) -> Result<&StorageKey, StoreError> {
        let key = self.0.blobs().shared_key();
        key.ok_or(StoreError::Unreadable { what: "document" })
    }
}

/// The row of a document among the settings.
fn row_of(name: &str) -> String {
    format!("document/{name}")
}

fn version_of(value: &str) -> Result<u64, StoreError> {
    let digits = value.get(..VERSION_DIGITS);
    let version = digits.and_then(|digits| digits.parse().ok());
    version.ok_or(StoreError::Unreadable { what: "document" })
}

/// What the lock is bound to: no version of one name passes for another.
fn bound_to(name: &str, version: u64) -> Vec<u8> {
    format!("{} {version}", row_of(name)).into_bytes()
}

fn locked(key: &StorageKey, name: &str, document: &Document) -> Result<String, StoreError> {
    let open = match &document.text {
        None => b"-".to_vec(),
        Some(text) => [b"+", text.as_bytes()].concat(),
    };
    let locked = key
        .lock(&bound_to(name, document.version), &open)
        .map_err(|_| StoreError::Unreadable { what: "raw.key" })?;
    Ok(format!(
        "{:0VERSION_DIGITS$} {}",
        document.version,
        hex::encode(locked)
    ))
}

fn unlocked(key: &StorageKey, name: &str, value: &str) -> Result<Document, StoreError> {
    let damaged = || StoreError::Unreadable {
        what: "document (damaged, or locked with another raw.key)",
    };
    let version = version_of(value)?;
    let locked = value.get(VERSION_DIGITS + 1..).ok_or_else(damaged)?;
    let locked = hex::decode(locked).map_err(|_| damaged())?;
    let open = key
        .unlock(&bound_to(name, version), &locked)
        .map_err(|_| damaged())?;
    let text = match open.split_first() {
        Some((b'-', [])) => None,
        Some((b'+', text)) => Some(String::from_utf8(text.to_vec()).map_err(|_| damaged())?),
        _ => return Err(damaged()),
    };
    Ok(Document { version, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_opens_under_its_own_name_version_and_key_only() {
        let key = StorageKey::generate().unwrap();
        for text in [
            None,
            Some(String::new()),
            Some("password = \"pw\"".to_owned()),
        ] {
            let document = Document { version: 7, text };
            let value = locked(&key, "systems", &document).unwrap();
            assert!(value.starts_with("00000000000000000007 "), "{value}");
            assert_eq!(unlocked(&key, "systems", &value), Ok(document));
            let older = value.replacen("07 ", "06 ", 1);
            let other = StorageKey::generate().unwrap();
            for refused in [
                unlocked(&key, "routes", &value),
                unlocked(&key, "systems", &older),
                unlocked(&other, "systems", &value),
            ] {
                assert!(
                    matches!(refused, Err(StoreError::Unreadable { .. })),
                    "{refused:?}"
                );
            }
        }
    }
}
