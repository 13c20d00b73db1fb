//! A capsule: one file with everything that a verdict hangs on, so that anybody comes to the same one, offline.
//!
//! It holds the bytes that were examined, the certificates, the evidence as it was received, the moment, the seed of
//! the nonces, the policy and the limits (docs/schema/capsule.schema.json). [`Capsule::judge`] is a pure function of
//! it: the same report, byte for byte, on any machine.
//!
//! A capsule brings its own trust anchors along, and whoever made it chose them: a verdict by them says so in the
//! report ([`TrustSource::Capsule`]). [`Capsule::judge_trusting`] judges by the reader's own.
//!
//! A document or message of several signatures has a verdict for each ([`Capsule::judge_each`]). How many there are, the bytes
//! say and not the capsule: whoever leaves one's evidence out gets an undecided verdict about it.
//!
//! Personal numbers stand in it unmasked (in certificates, in the request): it is for the people who may see those.

mod json;

use qaqpa_crypto::sha256;
use qaqpa_model::{Bin, Iin, Lang, Limits, Moment};
use qaqpa_x509::{Certificate, TrustAnchors};
use thiserror::Error;

use crate::dossier::{Dossier, KEPT_BYTES_MAX};
use crate::examination::{Examination, Known, Subject};
use crate::list::List;
use crate::matter::Matter;
use crate::need::{Evidence, Need, Progress, Received};
use crate::policy::Policy;
use crate::proven::Proven;
use crate::replay::{Shelf, replay};
use crate::report;
use crate::signatures::worst;
use crate::verdict::{CheckId, JudgedAs, Outcome, TrustSource, Verdict};

/// The greatest capsule that is read, in bytes: a list of 64 MiB in base64, and a request of 24 MiB beside it, twice.
pub const CAPSULE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// A capsule's limits may be this many times the simulator's own, and no more.
const LIMITS_TIMES_MAX: usize = 16;

/// One file with everything that a verdict hangs on.
#[derive(Clone, Debug)]
pub struct Capsule {
    matter: Matter,
    known: Known,
    policy: Policy,
    limits: Limits,
    at: Moment,
    submitter: Option<Iin>,
    organisation: Option<Bin>,
    /// One for each signature, in their order; there is always one.
    dossiers: Vec<Dossier>,
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

/// Why no capsule gives the verdict of an examination again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CapsuleGap {
    /// The verdict was read from storage, where whom a question was about is masked, or several were asked of about different ones.
    #[error("nobody knows any more whom the question {} was about: examine again", .question.as_str())]
    Forgotten {
        /// The question.
        question: CheckId,
    },
    /// A long revocation list that the verdict hangs on is not at hand.
    #[error("the revocation list {sha256}, which the verdict hangs on, is not at hand any more")]
    List {
        /// Its SHA-256, hexadecimal.
        sha256: String,
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
            organisation: None,
            dossiers: vec![Dossier::begin(seed, None)],
            lists: Vec::new(),
        }
    }

    /// The capsule of an examination that was made: what is needed for its verdict, and no more.
    ///
    /// `known`, `policy` and `limits` are those of the examination; long lists are taken from the shelf. The questions about the
    /// submitter and the organisation are asked again where every signature was asked them; what a document says of its own submitter is
    /// for its reader to ask again ([`Self::judge_each_reading`]).
    ///
    /// # Errors
    /// [`CapsuleGap`] where the capsule would give another verdict than this one.
    pub fn record(
        matter: Matter,
        known: &Known,
        policy: &Policy,
        limits: &Limits,
        verdict: &Verdict,
        shelf: &dyn Shelf,
    ) -> Result<Self, CapsuleGap> {
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
        let dossier = Dossier {
            path: Vec::new(),
            ..verdict.dossier.clone()
        };
        let verdicts = std::slice::from_ref(verdict);
        Self::of(
            matter,
            known,
            policy,
            limits,
            verdicts,
            vec![dossier],
            shelf,
        )
    }

    /// The capsule of the examinations of every signature, in their order.
    ///
    /// Each keeps the certificates of its own path: one signature's certificates must not help another's.
    ///
    /// # Errors
    /// [`CapsuleGap`] where the capsule would give other verdicts than these.
    pub fn record_each(
        matter: Matter,
        known: &Known,
        policy: &Policy,
        limits: &Limits,
        verdicts: &[Verdict],
        shelf: &dyn Shelf,
    ) -> Result<Self, CapsuleGap> {
        let [first, ..] = verdicts else {
            let capsule = Self::new(matter, known.clone(), Moment::from_unix_ms(0), [0; 32]);
            return Ok(capsule.with_policy(*policy));
        };
        if !matter.has_several() {
            return Self::record(matter, known, policy, limits, first, shelf);
        }
        let dossiers = verdicts.iter().map(|verdict| verdict.dossier.clone());
        let (known, dossiers) = (known.clone(), dossiers.collect());
        Self::of(matter, known, policy, limits, verdicts, dossiers, shelf)
    }

    fn of(
        matter: Matter,
        known: Known,
        policy: &Policy,
        limits: &Limits,
        verdicts: &[Verdict],
        dossiers: Vec<Dossier>,
        shelf: &dyn Shelf,
    ) -> Result<Self, CapsuleGap> {
        let submitter = asked_again(verdicts, CheckId::Iin, |verdict| verdict.submitter)?;
        let organisation = asked_again(verdicts, CheckId::Bin, |verdict| verdict.organisation)?;
        let fed = dossiers.iter().flat_map(|dossier| &dossier.fed);
        let mut shelved: Vec<_> = fed.filter_map(|fed| fed.shelved.as_deref()).collect();
        shelved.sort_unstable();
        shelved.dedup();
        let lists = shelved.into_iter().map(|sha256| {
            shelf.list(sha256).ok_or_else(|| CapsuleGap::List {
                sha256: sha256.to_owned(),
            })
        });
        Ok(Self {
            lists: lists.collect::<Result<_, _>>()?,
            matter,
            known,
            policy: *policy,
            limits: *limits,
            at: verdicts
                .first()
                .map_or(Moment::from_unix_ms(0), |first| first.at),
            submitter,
            organisation,
            dossiers,
        })
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

    /// With the question whether the signer signs for this organisation.
    #[must_use]
    pub fn with_organisation(self, organisation: Bin) -> Self {
        Self {
            organisation: Some(organisation),
            ..self
        }
    }

    /// With evidence: examines, and keeps what `meet` brings for each need, in the order in which it is asked for.
    #[must_use]
    pub fn fed_by(mut self, mut meet: impl FnMut(&Need) -> Received) -> Self {
        let seed = self.dossiers[0].seed_bytes().unwrap_or_default();
        let mut lists = Vec::new();
        let verdicts = self.each_subject(|place, subject| {
            let mut examination = Examination::begin(
                subject,
                &self.known,
                &self.policy,
                &self.limits,
                self.at,
                seed_of(seed, place),
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
        let several = self.matter.has_several();
        self.dossiers = verdicts
            .into_iter()
            .map(|verdict| match several {
                true => verdict.dossier,
                false => Dossier {
                    path: Vec::new(),
                    ..verdict.dossier
                },
            })
            .collect();
        self.lists = lists;
        self
    }

    /// The verdict by the capsule's own trust anchors, which its report says; of several, the worst.
    #[must_use]
    pub fn judge(&self) -> Verdict {
        worst_of(self.judge_each())
    }

    /// The verdict by the reader's trust anchors: those of the capsule count for nothing. Of several, the worst.
    #[must_use]
    pub fn judge_trusting(&self, anchors: &TrustAnchors) -> Verdict {
        worst_of(self.judge_each_trusting(anchors))
    }

    /// A verdict for each signature, by the capsule's own trust anchors; at least one.
    #[must_use]
    pub fn judge_each(&self) -> Vec<Verdict> {
        self.judge_each_reading(None, |verdict, _| verdict)
    }

    /// A verdict for each signature, by the reader's trust anchors; at least one.
    #[must_use]
    pub fn judge_each_trusting(&self, anchors: &TrustAnchors) -> Vec<Verdict> {
        self.judge_each_reading(Some(anchors), |verdict, _| verdict)
    }

    /// The same, each handed with its proof to somebody who reads what is proven and says so in the verdict.
    ///
    /// `anchors` are the reader's own; without them, the capsule's, which the verdicts say.
    pub fn judge_each_reading(
        &self,
        anchors: Option<&TrustAnchors>,
        mut read: impl FnMut(Verdict, Option<&Proven<'_>>) -> Verdict,
    ) -> Vec<Verdict> {
        let known = Known {
            anchors: anchors.unwrap_or(&self.known.anchors).clone(),
            pool: self.known.pool.clone(),
        };
        let trust = match anchors {
            Some(_) => TrustSource::Examiner,
            None => TrustSource::Capsule,
        };
        let nothing = Dossier::default();
        self.each_subject(|place, subject| {
            let (mut verdict, proven) = replay(
                subject,
                &known,
                &self.policy,
                &self.limits,
                self.at,
                self.dossiers.get(place).unwrap_or(&nothing),
                &self.lists.as_slice(),
            );
            verdict.trust = trust;
            if let Some(submitter) = &self.submitter {
                verdict = verdict.with_submitter(submitter);
            }
            if let Some(organisation) = &self.organisation {
                verdict = verdict.with_organisation(organisation);
            }
            read(verdict, proven.as_ref())
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

    /// What of the questions its maker chose, in the words of one language: the profile by which it was judged (the verdict's), the
    /// moment, the policy, whom the signer is compared with, and the limits where they are not everybody's.
    #[must_use]
    pub fn choices(&self, profile: JudgedAs, lang: Lang) -> String {
        report::choices(
            profile,
            self.submitter.is_some(),
            self.organisation.is_some(),
            self.limits != Limits::default(),
            lang,
        )
    }

    /// The limits of the examination: who reads on what is proven reads within these, or comes to another verdict.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The moment that is judged.
    #[must_use]
    pub const fn at(&self) -> Moment {
        self.at
    }

    /// The evidence, and the seed of the nonces; of several signatures, the first's.
    #[must_use]
    pub fn dossier(&self) -> &Dossier {
        &self.dossiers[0]
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

    fn each_subject<T>(&self, mut examine: impl FnMut(usize, Subject<'_>) -> T) -> Vec<T> {
        let opened = self.matter.open(&self.limits);
        let signatures = opened.signatures();
        let subjects = opened.subjects(signatures.as_ref()).into_iter();
        subjects
            .enumerate()
            .map(|(place, subject)| examine(place, subject))
            .collect()
    }
}

/// The seed of one signature's nonces.
fn seed_of(seed: [u8; 32], place: usize) -> [u8; 32] {
    match place {
        0 => seed,
        _ => sha256(&[&seed[..], &(place as u64).to_be_bytes()].concat()),
    }
}

fn worst_of(verdicts: Vec<Verdict>) -> Verdict {
    worst(&verdicts)
        .cloned()
        .expect("every matter has at least one subject")
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

/// Whom the question was about that these verdicts answer; `None` where it was not asked, or asked of the document's own words: so it
/// is wherever it was asked of some of them only.
fn asked_again<T: Copy + PartialEq>(
    verdicts: &[Verdict],
    question: CheckId,
    about: impl Fn(&Verdict) -> Option<T>,
) -> Result<Option<T>, CapsuleGap> {
    let forgotten = || CapsuleGap::Forgotten { question };
    let mut known = None;
    let mut is_of_all = true;
    for verdict in verdicts {
        let about = about(verdict);
        is_of_all &= about.is_some();
        let is_answered = verdict
            .check(question)
            .is_some_and(|check| check.outcome != Outcome::NotAsked);
        if about.is_none() && is_answered && !verdict.is_own {
            return Err(forgotten());
        }
        if known.is_some() && about.is_some() && known != about {
            return Err(forgotten());
        }
        known = known.or(about);
    }
    Ok(known.filter(|_| is_of_all))
}
