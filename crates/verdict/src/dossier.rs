//! What is kept beside a document so that its verdict can be reached again: facts first, judgement second.
//!
//! Stored: changing this needs a migration.

use qaqpa_model::Moment;
use qaqpa_x509::path::Path;
use serde::{Deserialize, Serialize};

use crate::border;
use crate::need::{Attempt, Evidence, NeedId, Received};

/// Evidence longer than this is kept by its digest only: a CRL of a large authority has its own place.
pub const KEPT_BYTES_MAX: usize = 256 * 1024;

/// The facts from outside that an examination used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// The seed of the nonces, hexadecimal, 64 characters.
    pub seed: String,
    /// The certificates of the path without the anchor, DER in hexadecimal: an authority's own may be gone by then.
    pub path: Vec<String>,
    /// The evidence, in the order in which it was fed.
    pub fed: Vec<Fed>,
}

/// One fed piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fed {
    /// The number of the need.
    pub need: u16,
    /// When it was received.
    #[serde(with = "border::moment")]
    pub received: Moment,
    /// The bytes in hexadecimal; absent where none came, or where they were too long to keep.
    pub bytes: Option<String>,
    /// Why there are no bytes.
    pub unavailable: Option<String>,
    /// What was tried.
    pub attempts: Vec<Attempt>,
}

impl Dossier {
    pub(crate) fn begin(seed: [u8; 32], path: Option<&Path>) -> Self {
        let certificates = path.map(Path::certificates).unwrap_or_default();
        let below_anchor = certificates.len().saturating_sub(1);
        Self {
            seed: border::hex(&seed),
            path: certificates[..below_anchor]
                .iter()
                .map(|certificate| border::hex(certificate.der()))
                .collect(),
            fed: Vec::new(),
        }
    }

    /// The seed's bytes, where the stored text is one.
    #[must_use]
    pub fn seed_bytes(&self) -> Option<[u8; 32]> {
        border::unhex(&self.seed)?.try_into().ok()
    }

    /// The kept certificates of the path.
    #[must_use]
    pub fn path_der(&self) -> Vec<Vec<u8>> {
        self.path
            .iter()
            .filter_map(|text| border::unhex(text))
            .collect()
    }

    /// What was fed for this need.
    #[must_use]
    pub fn received(&self, id: NeedId) -> Option<Received> {
        let fed = self.fed.iter().find(|fed| fed.need == id.0)?;
        Some(Received {
            evidence: match fed.bytes.as_deref().and_then(border::unhex) {
                Some(bytes) => Evidence::Bytes(bytes),
                None => Evidence::Unavailable(
                    fed.unavailable
                        .clone()
                        .unwrap_or_else(|| "the bytes were not kept".to_owned()),
                ),
            },
            at: fed.received,
            attempts: fed.attempts.clone(),
        })
    }

    pub(crate) fn keep(&mut self, id: NeedId, received: &Received) {
        let (bytes, unavailable) = match &received.evidence {
            Evidence::Bytes(bytes) if bytes.len() <= KEPT_BYTES_MAX => {
                (Some(border::hex(bytes)), None)
            }
            Evidence::Bytes(bytes) => (
                None,
                Some(format!("{} bytes were too long to keep here", bytes.len())),
            ),
            Evidence::Unavailable(why) => (None, Some(why.clone())),
        };
        self.fed.push(Fed {
            need: id.0,
            received: received.at,
            bytes,
            unavailable,
            attempts: received.attempts.clone(),
        });
    }
}
