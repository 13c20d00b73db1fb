//! What is kept beside a document so that its verdict can be reached again: facts first, judgement second.
//!
//! Stored: changing this needs a migration.

use qaqpa_model::Moment;
use qaqpa_x509::path::Path;
use serde::{Deserialize, Serialize};

use crate::border;
use crate::need::{Attempt, Evidence, NeedId, Question, Received};
use crate::replay::Shelf;

/// A list longer than this is kept by its digest only, in a [`Shelf`] of its own: many verdicts hang on one list.
/// Other evidence of this length is none.
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
    /// The bytes in hexadecimal; absent where none came, or where they stand on a shelf.
    pub bytes: Option<String>,
    /// What an answer of before was an answer to; absent where it is this need's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<KeptQuestion>,
    /// The SHA-256 in hexadecimal of a list that stands on a shelf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelved: Option<String>,
    /// Why there are no bytes.
    pub unavailable: Option<String>,
    /// What was tried.
    pub attempts: Vec<Attempt>,
}

/// A [`Question`] of another examination, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptQuestion {
    /// The seed of its nonces, hexadecimal, 64 characters.
    pub seed: String,
    /// The number of its need.
    pub need: u16,
}

impl KeptQuestion {
    fn of(question: &Question) -> Self {
        Self {
            seed: border::hex(&question.seed),
            need: question.need.0,
        }
    }

    /// The question; `None` where the stored text is no seed.
    fn question(&self) -> Option<Question> {
        Some(Question {
            seed: border::unhex(&self.seed)?.try_into().ok()?,
            need: NeedId(self.need),
        })
    }
}

impl Dossier {
    pub(crate) fn begin(seed: [u8; 32], path: Option<&Path>) -> Self {
        let mut dossier = Self {
            seed: border::hex(&seed),
            ..Self::default()
        };
        if let Some(path) = path {
            dossier.keep_path(path);
        }
        dossier
    }

    /// Keeps the certificates of one more path, without its anchor.
    pub(crate) fn keep_path(&mut self, path: &Path) {
        let certificates = path.certificates();
        let below_anchor = certificates.len().saturating_sub(1);
        let ders = certificates[..below_anchor]
            .iter()
            .map(|certificate| border::hex(certificate.der()));
        self.path.extend(ders);
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

    /// What was fed for this need; long lists are looked for on the shelf. `None` where it is not there any more.
    #[must_use]
    pub fn received(&self, id: NeedId, shelf: &dyn Shelf) -> Option<Received> {
        let fed = self.fed.iter().find(|fed| fed.need == id.0)?;
        let evidence = match (&fed.bytes, &fed.shelved, &fed.unavailable) {
            (Some(bytes), ..) => {
                let bytes = border::unhex(bytes)?;
                match &fed.question {
                    None => Evidence::Bytes(bytes),
                    Some(asked) => Evidence::Answer {
                        bytes,
                        question: asked.question()?,
                    },
                }
            }
            (None, Some(sha256), _) => {
                let list = shelf.list(sha256)?;
                Evidence::List(Some(list).filter(|list| list.sha256_hex() == *sha256)?)
            }
            (None, None, why) => Evidence::Unavailable(why.clone()?),
        };
        Some(Received {
            evidence,
            at: fed.received,
            attempts: fed.attempts.clone(),
        })
    }

    pub(crate) fn keep(&mut self, id: NeedId, received: &Received) {
        let (bytes, shelved, unavailable) = match &received.evidence {
            Evidence::Bytes(bytes) | Evidence::Answer { bytes, .. }
                if bytes.len() <= KEPT_BYTES_MAX =>
            {
                (Some(border::hex(bytes)), None, None)
            }
            // No evidence: the examination takes them for nothing.
            Evidence::Bytes(bytes) | Evidence::Answer { bytes, .. } => {
                (None, None, Some(too_long(bytes.len())))
            }
            Evidence::List(list) if list.der().len() <= KEPT_BYTES_MAX => {
                (Some(border::hex(list.der())), None, None)
            }
            Evidence::List(list) => (None, Some(list.sha256_hex()), None),
            Evidence::Unavailable(why) => (None, None, Some(why.clone())),
        };
        let question = match &received.evidence {
            Evidence::Answer { question, .. } => Some(KeptQuestion::of(question)),
            _ => None,
        };
        self.fed.push(Fed {
            need: id.0,
            received: received.at,
            bytes,
            question,
            shelved,
            unavailable,
            attempts: received.attempts.clone(),
        });
    }
}

/// Why so many bytes are no evidence.
pub(crate) fn too_long(bytes: usize) -> String {
    format!("{bytes} bytes are more than the {KEPT_BYTES_MAX} of any evidence but a list")
}
