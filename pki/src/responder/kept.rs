//! OCSP answers that were signed ahead, kept while they are right.
//!
//! A kept answer is found by what was asked about, and given only where it says exactly what a new one would: the same
//! states, by the same responder, and its time has come and not gone. So nothing has to be thrown away when a state
//! changes, and nothing stale can be given, however the moments of signing and changing interleave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use qaqpa_model::Moment;
use qaqpa_x509::ocsp::{CertStatus, Request};

use crate::responder::{Answer, Draft};
use crate::vault::Signer;

/// How long an answer is good that was signed ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// SHA-1 of the answer in hexadecimal: its ETag (RFC 5019 §6.2); a name, not a proof.
    pub digest: String,
    /// When it was signed.
    pub this_update: Moment,
    /// From when on it is stale.
    pub next_update: Moment,
}

/// What was asked about: the certificates' ids as they came, one after the other.
pub type About = Box<[u8]>;

/// What a request asks about.
#[must_use]
pub fn about(request: &Request) -> About {
    let ids = request.cert_ids.iter().map(|id| id.der());
    ids.collect::<Vec<_>>().concat().into()
}

/// The kept answers.
#[derive(Debug)]
pub struct Kept {
    /// Of each generation.
    entries_max: usize,
    generations: Mutex<Generations>,
}

/// Two generations: what was asked for lately, and what was before; the older one goes when the younger is full.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<About, Arc<Entry>>,
    old: HashMap<About, Arc<Entry>>,
}

#[derive(Debug)]
struct Entry {
    states: Vec<CertStatus>,
    responder: Arc<Signer>,
    answer: Answer,
}

impl Entry {
    /// Whether it says what this draft would.
    fn says(&self, draft: &Draft) -> bool {
        let now = draft.response.produced_at;
        let in_time = |ahead: &Arc<Ahead>| ahead.this_update <= now && now < ahead.next_update;
        let states = draft.response.answers.iter().map(|answer| answer.status);
        Arc::ptr_eq(&self.responder, &draft.responder)
            && self.answer.ahead.as_ref().is_some_and(in_time)
            && states.eq(self.states.iter().copied())
    }
}

impl Kept {
    /// Nothing is kept yet, and never more than so many answers.
    #[must_use]
    pub fn new(answers_max: usize) -> Self {
        Self {
            entries_max: answers_max / 2,
            generations: Mutex::default(),
        }
    }

    /// The kept answer, if it says what this draft would.
    #[must_use]
    pub fn find(&self, about: &About, draft: &Draft) -> Option<Answer> {
        let mut generations = self.generations();
        if let Some(entry) = generations.young.get(about) {
            return entry.says(draft).then(|| entry.answer.clone());
        }
        let (about, entry) = generations.old.remove_entry(about)?;
        let answer = entry.says(draft).then(|| entry.answer.clone())?;
        generations.keep(about, entry, self.entries_max);
        Some(answer)
    }

    /// Keeps the answer that a draft became.
    pub fn keep(&self, about: About, draft: Draft, answer: Answer) {
        let states = draft.response.answers.iter();
        let entry = Entry {
            states: states.map(|answer| answer.status).collect(),
            responder: draft.responder,
            answer,
        };
        let mut generations = self.generations();
        generations.keep(about, Arc::new(entry), self.entries_max);
    }

    /// Forgets all: the clock was set.
    pub fn clear(&self) {
        *self.generations() = Generations::default();
    }

    /// How many answers are kept.
    #[must_use]
    pub fn count(&self) -> usize {
        let generations = self.generations();
        generations.young.len() + generations.old.len()
    }

    fn generations(&self) -> MutexGuard<'_, Generations> {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn keep(&mut self, about: About, entry: Arc<Entry>, entries_max: usize) {
        if self.young.len() >= entries_max && !self.young.contains_key(&about) {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&about);
        if entries_max > 0 {
            self.young.insert(about, entry);
        }
    }
}
