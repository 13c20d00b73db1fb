//! A capsule: one file with everything that a verdict hangs on, so that anybody comes to the same one, offline.
//!
//! It holds the bytes that were examined, the certificates, the evidence as it was received, the moment, the seed of
//! the nonces, the policy and the limits (docs/schema/capsule.schema.json). [`Capsule::judge`] is a pure function of
//! it: the same report, byte for byte, on any machine.
//!
//! A capsule brings its own trust anchors along, and whoever made it chose them: a verdict by them says so in the
//! report ([`TrustSource::Capsule`]). [`Capsule::judge_trusting`] judges by the reader's own.
//!
//! Personal numbers stand in it unmasked (in certificates, in the request): it is for the people who may see those.

mod json;

use qaqpa_model::{Iin, Limits, Moment};
use qaqpa_x509::{Certificate, TrustAnchors};
use qaqpa_xml::{Document, XmlLimits};
use thiserror::Error;

use crate::dossier::{Dossier, KEPT_BYTES_MAX};
use crate::examination::{Examination, Known, Subject};
use crate::list::List;
use crate::need::{Evidence, Need, Progress, Received};
use crate::policy::Policy;
use crate::replay::{Shelf, replay};
use crate::verdict::{SubjectKind, TrustSource, Verdict};

/// The greatest capsule that is read, in bytes: a list of 64 MiB in base64, and a request of 24 MiB beside it, twice.
pub const CAPSULE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// A capsule's limits may be this many times the simulator's own, and no more.
const LIMITS_TIMES_MAX: usize = 16;

/// What was examined, as bytes: nothing in it was looked at yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Matter {
    /// A business document; it need not even be XML.
    Document(Vec<u8>),
    /// An envelope whose Body is under a WS-Security signature.
    Transport(Vec<u8>),
    /// A certificate alone.
    Certificate {
        /// The certificate, DER.
        certificate_der: Vec<u8>,
        /// Certificates that came with it, DER.
        pool_der: Vec<Vec<u8>>,
    },
}

impl Matter {
    /// Which kind of subject it is.
    #[must_use]
    pub const fn kind(&self) -> SubjectKind {
        match self {
            Self::Document(_) => SubjectKind::Document,
            Self::Transport(_) => SubjectKind::Transport,
            Self::Certificate { .. } => SubjectKind::Certificate,
        }
    }
}

/// One file with everything that a verdict hangs on.
#[derive(Clone, Debug)]
pub struct Capsule {
    matter: Matter,
    known: Known,
    policy: Policy,
    limits: Limits,
    at: Moment,
    submitter: Option<Iin>,
    dossier: Dossier,
    /// The long lists that the dossier names by their digests.
    lists: Vec<List>,
}

/// Why bytes are not a capsule.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CapsuleError {
    /// A field does not hold what it should.
    #[error("{field}: {why}")]
    Field {
        /// The field: `pool[2]`.
        field: String,
        /// What is wrong with it.
        why: String,
    },
    /// The bytes are not JSON of a capsule's shape.
    #[error("not a capsule: {why}")]
    Shape {
        /// What is wrong with it.
        why: String,
    },
    /// More bytes than are read.
    #[error("a capsule of more than {max} bytes")]
    TooLong {
        /// The limit.
        max: usize,
    },
}

impl Capsule {
    /// A capsule without evidence: every need counts as evidence that could not be had.
    #[must_use]
    pub fn new(matter: Matter, known: Known, at: Moment, seed: [u8; 32]) -> Self {
        Self {
            matter,
            known,
            policy: Policy::default(),
            limits: Limits::default(),
            at,
            submitter: None,
            dossier: Dossier::begin(seed, None),
            lists: Vec::new(),
        }
    }

    /// The capsule of an examination that was made: what is needed for its verdict, and no more.
    ///
    /// `known`, `policy` and `limits` are those of the examination; long lists are taken from the shelf.
    #[must_use]
    pub fn record(
        matter: Matter,
        known: &Known,
        policy: &Policy,
        limits: &Limits,
        verdict: &Verdict,
        shelf: &dyn Shelf,
    ) -> Self {
        let mut known = known.clone();
        let path = verdict.dossier.path_der();
        for certificate in path
            .iter()
            .filter_map(|der| Certificate::from_der(der).ok())
        {
            if !known.pool.contains(&certificate) {
                known.pool.push(certificate);
            }
        }
        let shelved = verdict
            .dossier
            .fed
            .iter()
            .filter_map(|fed| fed.shelved.as_deref());
        Self {
            matter,
            known,
            lists: shelved.filter_map(|sha256| shelf.list(sha256)).collect(),
            policy: *policy,
            limits: *limits,
            at: verdict.at,
            submitter: None,
            dossier: Dossier {
                path: Vec::new(),
                ..verdict.dossier.clone()
            },
        }
    }

    /// By another policy than the default.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// With the last question of condition 2: is the signer this submitter?
    #[must_use]
    pub fn with_submitter(self, submitter: Iin) -> Self {
        Self {
            submitter: Some(submitter),
            ..self
        }
    }

    /// With evidence: examines, and keeps what `meet` brings for each need, in the order in which it is asked for.
    #[must_use]
    pub fn fed_by(mut self, mut meet: impl FnMut(&Need) -> Received) -> Self {
        let seed = self.dossier.seed_bytes().unwrap_or_default();
        let mut lists = Vec::new();
        let verdict = self.with_subject(|subject| {
            let mut examination = Examination::begin(
                subject,
                &self.known,
                &self.policy,
                &self.limits,
                self.at,
                seed,
            );
            while let Progress::Wants(needs) = examination.advance() {
                for need in needs {
                    let mut received = meet(&need);
                    shelve(&mut received, &mut lists);
                    examination.feed(need.id(), &received);
                }
            }
            examination.finish().0
        });
        self.dossier.fed = verdict.dossier.fed;
        self.lists = lists;
        self
    }

    /// The verdict by the capsule's own trust anchors, which its report says.
    #[must_use]
    pub fn judge(&self) -> Verdict {
        let mut verdict = self.judged(&self.known);
        verdict.trust = TrustSource::Capsule;
        verdict
    }

    /// The verdict by the reader's trust anchors: those of the capsule count for nothing.
    #[must_use]
    pub fn judge_trusting(&self, anchors: &TrustAnchors) -> Verdict {
        self.judged(&Known {
            anchors: anchors.clone(),
            pool: self.known.pool.clone(),
        })
    }

    /// What was examined.
    #[must_use]
    pub const fn matter(&self) -> &Matter {
        &self.matter
    }

    /// What was known beforehand: the anchors, and certificates to build paths with.
    #[must_use]
    pub const fn known(&self) -> &Known {
        &self.known
    }

    /// The moment that is judged.
    #[must_use]
    pub const fn at(&self) -> Moment {
        self.at
    }

    /// The evidence, and the seed of the nonces.
    #[must_use]
    pub const fn dossier(&self) -> &Dossier {
        &self.dossier
    }

    /// Reads a capsule.
    ///
    /// # Errors
    /// [`CapsuleError`], the first that applies.
    pub fn parse(json: &[u8]) -> Result<Self, CapsuleError> {
        json::parse(json)
    }

    /// The capsule as JSON (docs/schema/capsule.schema.json), on several lines. The same capsule gives the same bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::write(self)
    }

    fn judged(&self, known: &Known) -> Verdict {
        let verdict = self.with_subject(|subject| {
            replay(
                subject,
                known,
                &self.policy,
                &self.limits,
                self.at,
                &self.dossier,
                &self.lists.as_slice(),
            )
            .0
        });
        match &self.submitter {
            Some(submitter) => verdict.with_submitter(submitter),
            None => verdict,
        }
    }

    fn with_subject<T>(&self, examine: impl FnOnce(Subject<'_>) -> T) -> T {
        let kind = self.matter.kind();
        let bytes = match &self.matter {
            Matter::Document(bytes) | Matter::Transport(bytes) => bytes,
            Matter::Certificate {
                certificate_der,
                pool_der,
            } => {
                return examine(Subject::Certificate {
                    certificate_der,
                    pool_der,
                });
            }
        };
        match Document::parse(bytes, &xml_limits(&self.limits)) {
            Ok(document) if kind == SubjectKind::Transport => {
                examine(Subject::Transport(&document))
            }
            Ok(document) => examine(Subject::Document(&document)),
            Err(error) => examine(Subject::NotXml {
                kind,
                error: &error,
            }),
        }
    }
}

/// Takes a long list out of what was received, so that it can be named by its digest.
fn shelve(received: &mut Received, lists: &mut Vec<List>) {
    let list = match &received.evidence {
        Evidence::Bytes(bytes) if bytes.len() > KEPT_BYTES_MAX => List::read(bytes).ok(),
        Evidence::List(list) if list.der().len() > KEPT_BYTES_MAX => Some(list.clone()),
        _ => None,
    };
    if let Some(list) = list {
        lists.push(list.clone());
        received.evidence = Evidence::List(list);
    }
}

impl Shelf for &[List] {
    fn list(&self, sha256_hex: &str) -> Option<List> {
        self.iter()
            .find(|list| list.sha256_hex() == sha256_hex)
            .cloned()
    }
}

/// The XML reader's limits, of the simulator's.
const fn xml_limits(limits: &Limits) -> XmlLimits {
    XmlLimits {
        bytes_max: limits.body_bytes_max,
        depth_max: limits.xml_depth_max,
        elements_max: limits.xml_elements_max,
        attributes_max: limits.xml_attributes_max,
    }
}
