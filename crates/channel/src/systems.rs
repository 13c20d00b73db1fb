//! The actor's own system key, and the certificates of the other systems.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use qaqpa_crypto::{PrivateKey, constant_time_eq, sha256};
use qaqpa_model::SenderId;
use qaqpa_transport::identities::{self, SystemIdentity};
use qaqpa_transport::{paths, random_bytes};
use qaqpa_x509::{Certificate, pkcs12};
use thiserror::Error;

/// Why the systems' keys could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SystemsError {
    /// The authority has not made the identities yet, or this one is not among them.
    #[error("the authority has made no {id}")]
    Absent {
        /// Which system.
        id: String,
    },
    /// A file cannot be read.
    #[error("{path}: {why}")]
    File {
        /// Which one.
        path: String,
        /// Why.
        why: String,
    },
}

/// The actor's own system: what it signs with.
#[derive(Debug)]
pub struct OwnSystem {
    /// `system-portal`
    pub id: String,
    /// The sender's id at the gateway; the gateway itself is `gateway`.
    pub sender_id: SenderId,
    /// The sender's password at the gateway.
    password: Option<String>,
    /// The key.
    pub key: PrivateKey,
    /// The certificate.
    pub certificate: Certificate,
    /// Who has issued it, as answers name it (RFC 4514): made once, for it stands in each of them.
    pub(crate) issuer_name: String,
}

impl OwnSystem {
    /// The sender's password at the gateway: goes into the envelope and nowhere else.
    #[must_use]
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }
}

/// Another system, as the gateway knows it.
#[derive(Debug)]
pub struct KnownSystem {
    /// `system-integrator-1`
    pub id: String,
    /// The sender's id at the gateway; the gateway itself is `gateway`.
    pub sender_id: SenderId,
    salt: [u8; 16],
    password: Option<[u8; 32]>,
    /// The certificate with which it must sign.
    pub certificate: Certificate,
}

impl KnownSystem {
    /// Whether this is the system's password. Systems without one have none that fits.
    #[must_use]
    pub fn has_password(&self, offered: Option<&str>) -> bool {
        let (Some(expected), Some(offered)) = (&self.password, offered) else {
            return false;
        };
        constant_time_eq(expected, &salted(&self.salt, offered))
    }
}

/// Every system of the simulator, as one actor sees them.
#[derive(Debug)]
pub struct Systems {
    /// The actor's own.
    pub own: OwnSystem,
    /// All, the own one included.
    pub known: Vec<KnownSystem>,
}

impl Systems {
    /// The system with this sender id.
    #[must_use]
    pub fn sender(&self, id: &SenderId) -> Option<&KnownSystem> {
        self.known.iter().find(|system| system.sender_id == *id)
    }

    /// The certificates of all systems: where an answer names its certificate by issuer and serial only.
    #[must_use]
    pub fn certificates(&self) -> Vec<Certificate> {
        self.known
            .iter()
            .map(|system| system.certificate.clone())
            .collect()
    }
}

/// Where the systems' keys come from: `DIR/identities/index.json` and its key files.
///
/// The authority makes them anew when the clock leaves their validity, so the file is looked at
/// before each use and read again when it has changed.
#[derive(Clone, Debug)]
pub struct SystemKeys {
    dir: PathBuf,
    id: String,
    read: Arc<Mutex<Option<Read>>>,
}

/// What was read, and from which state of the index.
#[derive(Debug)]
struct Read {
    stamp: Stamp,
    systems: Arc<Systems>,
}

/// What changes when the index is written anew.
type Stamp = (Option<SystemTime>, u64);

impl SystemKeys {
    /// The keys of the data folder, seen by the system `id` (`system-gateway`). Reads nothing yet.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>, id: &str) -> Self {
        Self {
            dir: dir.into(),
            id: id.to_owned(),
            read: Arc::new(Mutex::new(None)),
        }
    }

    /// The systems of this moment.
    ///
    /// # Errors
    /// [`SystemsError`] where the authority has not made them, or a file cannot be read.
    pub async fn current(&self) -> Result<Arc<Systems>, SystemsError> {
        let stamp = stamp(&self.dir);
        {
            let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(read) = read.as_ref()
                && read.stamp == stamp
            {
                return Ok(Arc::clone(&read.systems));
            }
        }
        let (dir, id) = (self.dir.clone(), self.id.clone());
        // Key files are opened with a slow derivation: not on the runtime's threads.
        let systems = tokio::task::spawn_blocking(move || read_systems(&dir, &id))
            .await
            .map_err(|error| SystemsError::File {
                path: self.dir.display().to_string(),
                why: error.to_string(),
            })??;
        let systems = Arc::new(systems);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        *read = Some(Read {
            stamp,
            systems: Arc::clone(&systems),
        });
        Ok(systems)
    }
}

fn stamp(dir: &Path) -> Stamp {
    std::fs::metadata(paths::identities_index(dir))
        .map_or((None, 0), |file| (file.modified().ok(), file.len()))
}

fn read_systems(dir: &Path, own: &str) -> Result<Systems, SystemsError> {
    let absent = |id: &str| SystemsError::Absent { id: id.to_owned() };
    let index = identities::read(dir)
        .map_err(|error| SystemsError::File {
            path: paths::identities_index(dir).display().to_string(),
            why: error.to_string(),
        })?
        .ok_or_else(|| absent(own))?;
    let mut mine = None;
    let mut known = Vec::new();
    for system in &index.systems {
        let file = read_key_file(dir, system)?;
        let sender_id = sender_id(system)?;
        let salt = random_bytes::<16>();
        known.push(KnownSystem {
            id: system.id.clone(),
            sender_id: sender_id.clone(),
            salt,
            password: system
                .sender_password
                .as_deref()
                .map(|password| salted(&salt, password)),
            certificate: file.certificate.clone(),
        });
        if system.id == own {
            mine = Some(OwnSystem {
                id: system.id.clone(),
                sender_id,
                password: system.sender_password.clone(),
                key: file.key,
                issuer_name: file.certificate.issuer_name(),
                certificate: file.certificate,
            });
        }
    }
    Ok(Systems {
        own: mine.ok_or_else(|| absent(own))?,
        known,
    })
}

fn read_key_file(dir: &Path, system: &SystemIdentity) -> Result<pkcs12::KeyFile, SystemsError> {
    let path = dir.join(&system.key);
    let failed = |why: String| SystemsError::File {
        path: path.display().to_string(),
        why,
    };
    let bytes = std::fs::read(&path).map_err(|error| failed(error.to_string()))?;
    pkcs12::read(&bytes, &system.key_password).map_err(|error| failed(error.to_string()))
}

/// The gateway is nobody's sender, and signs what it passes on as `gateway`.
fn sender_id(system: &SystemIdentity) -> Result<SenderId, SystemsError> {
    let text = system
        .sender_id
        .as_deref()
        .unwrap_or_else(|| system.id.strip_prefix("system-").unwrap_or(&system.id));
    SenderId::parse(text).map_err(|error| SystemsError::File {
        path: "identities/index.json".to_owned(),
        why: format!("senderId {text:?}: {error}"),
    })
}

/// Random passwords of machines: a salted digest is enough, nobody guesses them.
fn salted(salt: &[u8; 16], password: &str) -> [u8; 32] {
    let mut bytes = salt.to_vec();
    bytes.extend_from_slice(password.as_bytes());
    sha256(&bytes)
}
