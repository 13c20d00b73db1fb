//! `endpoints.json`: the machine-readable way into a running simulator.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Bytes of `endpoints.json`: a dozen addresses and a few dozen identities.
const BYTES_MAX: u64 = 1024 * 1024;

/// What `DIR/endpoints.json` holds. A stable surface: people's tests in any language read it.
///
/// Paths of files are absolute. Reading ignores keys that are added later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// The version of this shape: 1.
    pub version: u32,
    /// The e-government gateway.
    pub gateway: Gateway,
    /// The national certifying authority.
    pub nca: Nca,
    /// The portal's first page.
    pub portal: String,
    /// The service-centre desk's first page, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre: Option<String>,
    /// The workplace's first page.
    pub workplace: String,
    /// The console's first page.
    pub console: String,
    /// The control ports.
    pub control: Control,
    /// What to trust.
    pub trust: Trust,
    /// The information systems that may call the gateway and are nobody's actor.
    pub senders: Vec<Sender>,
    /// The services that can be asked for.
    pub services: Vec<ServiceEntry>,
    /// The ready-made people.
    pub identities: Vec<IdentityEntry>,
}

/// Addresses of the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gateway {
    /// Where `SendMessage` goes.
    pub sync: String,
    /// The asynchronous channel.
    #[serde(rename = "async")]
    pub asynchronous: String,
    /// The channels' WSDL.
    pub wsdl: Wsdl,
    /// The health page.
    pub health: String,
}

/// Addresses of the WSDL documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wsdl {
    /// Of the synchronous channel.
    pub sync: String,
    /// Of the asynchronous channel.
    #[serde(rename = "async")]
    pub asynchronous: String,
}

/// Addresses of the authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nca {
    /// The OCSP responder.
    pub ocsp: String,
    /// The timestamp authority.
    pub tsp: String,
    /// Revocation lists by key type (`rsa`).
    pub crl: BTreeMap<String, String>,
    /// Delta lists by key type.
    pub delta: BTreeMap<String, String>,
    /// Where the authority's certificates are.
    pub ca: String,
}

/// The control ports: loopback only, with the token as Bearer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// The console's.
    pub url: String,
    /// The file with the token, mode 0600.
    pub token_file: PathBuf,
    /// By actor: `nca`, `gateway`, `regional-gateway`, `portal`.
    pub actors: BTreeMap<String, String>,
}

/// Files to trust, PEM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// The authority of the TLS certificates.
    pub tls: PathBuf,
    /// The authorities of signatures: root and issuing.
    pub signature: PathBuf,
    /// The gateway's signing certificate.
    pub gateway_certificate: PathBuf,
}

/// An information system and its keys.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The `senderId` of its messages.
    #[serde(rename = "senderId")]
    pub sender_id: String,
    /// The password of its messages.
    pub password: String,
    /// Its key file.
    pub key: PathBuf,
    /// The key file's password.
    pub key_password: String,
}

/// A service that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceEntry {
    /// `SERVICE@ACT`.
    pub id: String,
    /// The `serviceId` of its messages.
    #[serde(rename = "serviceId")]
    pub service_id: String,
    /// The XSD of its application.
    pub xsd: String,
}

/// A ready-made person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityEntry {
    /// `citizen-1`.
    pub id: String,
    /// `individual`, `employee`, `head`.
    pub role: String,
    /// The IIN.
    pub iin: String,
    /// The key file.
    pub key: PathBuf,
    /// The key file's password.
    pub password: String,
    /// The password of the portal, or of the workplace for staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_password: Option<String>,
    /// Of a member of a provider's staff: the unit, as the acts name it (`education-department`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The role in the unit: `officer`, `head`, `clerk`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    /// The pack of people: `core`, `families`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    /// The kind of the key: `rsa`, `gost-2015`, `gost-2004`, `ecdsa`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_kind: Option<String>,
    /// What a verifier must say now to a document that this person signed: `accept`, `refuse`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Why it must refuse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// Why `endpoints.json` cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EndpointsError {
    /// It is not of the shape, or of another version.
    #[error("{}: not an endpoints.json: {why}", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The file cannot be read.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        why: String,
    },
}

impl Endpoints {
    /// The version that this crate reads and writes.
    pub const VERSION: u32 = 1;

    /// Reads the file.
    ///
    /// # Errors
    /// [`EndpointsError`].
    pub fn read(path: &Path) -> Result<Self, EndpointsError> {
        let unreadable = |why: String| EndpointsError::Unreadable {
            path: path.to_owned(),
            why,
        };
        let shape = |why: String| EndpointsError::Shape {
            path: path.to_owned(),
            why,
        };
        let bytes = std::fs::metadata(path)
            .map_err(|why| unreadable(why.to_string()))?
            .len();
        if bytes > BYTES_MAX {
            return Err(shape(format!("{bytes} bytes, more than {BYTES_MAX}")));
        }
        let text = std::fs::read_to_string(path).map_err(|why| unreadable(why.to_string()))?;
        let endpoints: Self = serde_json::from_str(&text).map_err(|why| shape(why.to_string()))?;
        if endpoints.version == Self::VERSION {
            Ok(endpoints)
        } else {
            Err(shape(format!(
                "version {}, not {}",
                endpoints.version,
                Self::VERSION
            )))
        }
    }

    /// The text of the file.
    ///
    /// # Errors
    /// Where a path is not UTF-8.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// The person of that id.
    #[must_use]
    pub fn identity(&self, id: &str) -> Option<&IdentityEntry> {
        self.identities.iter().find(|identity| identity.id == id)
    }

    /// The information system of that id.
    #[must_use]
    pub fn sender(&self, id: &str) -> Option<&Sender> {
        self.senders.iter().find(|sender| sender.sender_id == id)
    }
}

// Passwords stay out of logs.
impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender")
            .field("sender_id", &self.sender_id)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for IdentityEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentityEntry")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = r#"{"version": 1,
 "gateway": {"sync": "https://127.0.0.1:4/bip-sync-wss-gost/", "async": "https://127.0.0.1:4/bip-async-wss-gost/", "wsdl": {"sync": "s?wsdl", "async": "a?wsdl"}, "health": "h"},
 "nca": {"ocsp": "http://o/ocsp/", "tsp": "http://o/tsp/", "crl": {"rsa": "r"}, "delta": {"rsa": "d"}, "ca": "c"},
 "portal": "https://p", "centre": "https://c", "workplace": "https://w", "console": "https://q",
 "control": {"url": "http://k", "token_file": "/d/control-token", "actors": {"nca": "http://n"}},
 "trust": {"tls": "/d/tls.pem", "signature": "/d/signature.pem", "gateway_certificate": "/d/gateway.pem"},
 "senders": [{"senderId": "integrator-1", "password": "p", "key": "/d/i.p12", "key_password": "k"}],
 "services": [{"id": "a@b", "serviceId": "a@b", "xsd": "https://x"}],
 "identities": [{"id": "citizen-1", "role": "individual", "iin": "931002451325", "key": "/d/c.p12", "password": "p", "portal_password": "q"}]}"#;

    #[test]
    fn the_shape_of_the_contract_reads_and_writes_back() {
        let endpoints: Endpoints = serde_json::from_str(CONTRACT).unwrap();
        assert_eq!(
            endpoints
                .sender("integrator-1")
                .map(|s| s.password.as_str()),
            Some("p")
        );
        let written: serde_json::Value = serde_json::to_value(&endpoints).unwrap();
        let contract: serde_json::Value = serde_json::from_str(CONTRACT).unwrap();
        assert_eq!(written, contract);
    }

    #[test]
    fn passwords_stay_out_of_logs() {
        let endpoints: Endpoints = serde_json::from_str(CONTRACT).unwrap();
        let shown = format!("{:?} {:?}", endpoints.senders, endpoints.identities);
        assert!(
            !shown.contains("password") && !shown.contains("931002451325"),
            "{shown}"
        );
    }

    #[test]
    fn another_version_is_refused_with_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("endpoints.json");
        std::fs::write(
            &path,
            CONTRACT.replacen("\"version\": 1", "\"version\": 2", 1),
        )
        .unwrap();
        let error = Endpoints::read(&path).unwrap_err();
        assert!(error.to_string().ends_with("version 2, not 1"), "{error}");
    }
}
