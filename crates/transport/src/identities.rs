//! The ready-made identities: who can sign, with which key file, and the systems' keys.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::{self, FileError};
use crate::paths;

/// What `DIR/identities/index.json` holds. Stored: changing this needs a migration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// People.
    pub identities: Vec<Identity>,
    /// Information systems: the senders and the actors themselves.
    pub systems: Vec<SystemIdentity>,
    /// People without a key, of whom registers know: children, wards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keyless: Vec<Keyless>,
    /// Who is whose parent, guardian or representative.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
}

/// A ready-made person with a key file. Everything about it is invented, and its certificate says TEST.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `citizen-1`, `officer-1`, `expired`, …
    pub id: String,
    /// `individual`, `employee`, `head`, …
    pub role: String,
    /// The individual identification number.
    pub iin: String,
    /// The person's name.
    pub name: PersonName,
    /// The key file (PKCS#12), relative to the data folder: `identities/citizen-1.p12`.
    pub key: PathBuf,
    /// The key file's password.
    pub password: String,
    /// The password for the portal or the workplace.
    pub portal_password: String,
    /// The unit that an employee works in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The role in the unit, as the acts' actions name it: `clerk`, `head`, `executor`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    /// The pack that the person belongs to: `core` (always there), `families`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    /// The kind of the key: `rsa`, `gost-2015`, `gost-2004`, `ecdsa`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_kind: Option<String>,
    /// What the certificate is for: `sign`, `authenticate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The organisation that the person acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
    /// Why this person exists: what a test can find out with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What a relying party must say now to a document that this person signed: `accept` or `refuse`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Why it must refuse: a label, `certificate-expired`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// An organisation by name and number. Invented; its name says TEST.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its name.
    pub name: String,
    /// The business identification number (БСН / БИН).
    pub bin: String,
}

/// A person without a key: somebody whom registers know and who signs nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyless {
    /// `child-1`, `ward-1`, …
    pub id: String,
    /// The individual identification number; the date of birth is its first half.
    pub iin: String,
    /// The person's name.
    pub name: PersonName,
    /// The pack that the person belongs to.
    pub pack: String,
    /// Why this person exists.
    pub about: String,
}

/// What one person is to another, or to an organisation, as registers know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// `parent`, `guardian`, `representative`: what `from` is to `to`.
    pub kind: String,
    /// The id of a person.
    pub from: String,
    /// The id of a person with or without a key; for an organisation its BIN.
    pub to: String,
    /// The role of a representative: `employee`, `head`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The document that it rests on: the number of a power of attorney.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The first day (`2010-01-01`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// The last day; none where it does not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A person's name as it stands in the certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// Тегі / фамилия.
    pub surname: String,
    /// Аты / имя.
    pub given: String,
    /// Әкесінің аты / отчество; not everyone has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patronymic: Option<String>,
}

/// An information system's key: for the transport signature.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemIdentity {
    /// The id at the gateway (`portal`, `regional-gateway`, `integrator-1`); the gateway itself has none.
    #[serde(rename = "senderId", default, skip_serializing_if = "Option::is_none")]
    pub sender_id: Option<String>,
    /// `system-portal`, `system-gateway`, …
    pub id: String,
    /// The key file (PKCS#12), relative to the data folder.
    pub key: PathBuf,
    /// The key file's password.
    pub key_password: String,
    /// The sender's password at the gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_password: Option<String>,
}

impl Index {
    /// The person of that id.
    #[must_use]
    pub fn identity(&self, id: &str) -> Option<&Identity> {
        self.identities.iter().find(|identity| identity.id == id)
    }

    /// The person without a key of that id.
    #[must_use]
    pub fn keyless(&self, id: &str) -> Option<&Keyless> {
        self.keyless.iter().find(|person| person.id == id)
    }

    /// The system of that id (`system-gateway`).
    #[must_use]
    pub fn system(&self, id: &str) -> Option<&SystemIdentity> {
        self.systems.iter().find(|system| system.id == id)
    }

    /// The system that is the sender of that id (`portal`).
    #[must_use]
    pub fn sender(&self, sender_id: &str) -> Option<&SystemIdentity> {
        self.systems
            .iter()
            .find(|system| system.sender_id.as_deref() == Some(sender_id))
    }
}

/// Reads the index; `None` while the authority has not written it.
///
/// # Errors
/// [`FileError`].
pub fn read(dir: &Path) -> Result<Option<Index>, FileError> {
    files::read_json(&paths::identities_index(dir))
}

/// Writes the index (0600), whole or not at all; the authority's task.
///
/// # Errors
/// [`FileError`].
pub fn write(dir: &Path, index: &Index) -> Result<(), FileError> {
    files::write_json(&paths::identities_index(dir), index)
}

// Passwords and IINs stay out of logs.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("id", &self.id)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Keyless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyless")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SystemIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemIdentity")
            .field("id", &self.id)
            .field("sender_id", &self.sender_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        Index {
            identities: vec![Identity {
                id: "citizen-1".to_owned(),
                role: "individual".to_owned(),
                iin: "931002451325".to_owned(),
                name: PersonName {
                    surname: "TEST".to_owned(),
                    given: "Aigul".to_owned(),
                    patronymic: None,
                },
                key: PathBuf::from("identities/citizen-1.p12"),
                password: "key-secret".to_owned(),
                portal_password: "portal-secret".to_owned(),
                ..Identity::default()
            }],
            systems: vec![SystemIdentity {
                sender_id: Some("portal".to_owned()),
                id: "system-portal".to_owned(),
                key: PathBuf::from("identities/system-portal.p12"),
                key_password: "a".to_owned(),
                sender_password: Some("b".to_owned()),
            }],
            keyless: vec![Keyless {
                id: "child-1".to_owned(),
                iin: "190307659018".to_owned(),
                ..Keyless::default()
            }],
            relations: vec![Relation {
                kind: "parent".to_owned(),
                from: "citizen-1".to_owned(),
                to: "child-1".to_owned(),
                ..Relation::default()
            }],
        }
    }

    #[test]
    fn the_index_reads_back_and_names_fields_as_endpoints_json_does() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()).unwrap(), None);
        write(dir.path(), &index()).unwrap();
        assert_eq!(read(dir.path()).unwrap(), Some(index()));
        let text = std::fs::read_to_string(paths::identities_index(dir.path())).unwrap();
        assert!(text.contains("\"senderId\": \"portal\""));
        assert_eq!(index().sender("portal"), index().system("system-portal"));
    }

    #[test]
    fn an_index_of_before_there_were_packs_is_read() {
        let old = r#"{"identities": [{"id": "citizen-1", "role": "individual", "iin": "1",
            "name": {"surname": "TEST", "given": "A"}, "key": "k", "password": "p", "portal_password": "q"}],
            "systems": []}"#;
        let index: Index = serde_json::from_str(old).unwrap();
        assert_eq!(
            (index.identities[0].pack.as_ref(), index.keyless.len()),
            (None, 0)
        );
    }

    #[test]
    fn debug_shows_neither_passwords_nor_numbers() {
        let text = format!("{:?}", index());
        assert!(
            !text.contains("secret")
                && !text.contains("931002451325")
                && !text.contains("190307659018"),
            "{text}"
        );
    }
}
