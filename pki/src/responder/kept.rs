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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use qaqpa_crypto::{KeyKind, PrivateKey};
    use qaqpa_x509::issue::{self, Validity};
    use qaqpa_x509::name::NameToWrite;
    use qaqpa_x509::ocsp::{CertId, Response, SingleAnswer};

    use super::*;
    use crate::authority::IssuerName;

    fn at(second: u64) -> Moment {
        Moment::ROOT_BEGIN.plus(Duration::from_secs(second))
    }

    fn signer() -> Arc<Signer> {
        let key = PrivateKey::generate(KeyKind::Ecdsa).unwrap();
        let life = Validity {
            not_before: at(0),
            not_after: at(1000),
        };
        let certificate = issue::root(NameToWrite::new(), &key, life).unwrap();
        Arc::new(Signer { certificate, key })
    }

    fn draft(responder: &Arc<Signer>, serial: u8, status: CertStatus, second: u64) -> Draft {
        let algorithm = qaqpa_crypto::DigestAlgorithm::Sha256;
        Draft {
            issuer: IssuerName::Issuing(KeyKind::Ecdsa),
            response: Response {
                answers: vec![SingleAnswer {
                    cert_id: CertId::for_serial(algorithm, &responder.certificate, &[serial]),
                    status,
                    this_update: at(second),
                    next_update: None,
                }],
                nonce: None,
                produced_at: at(second),
                extended_revoke: true,
            },
            archive_cutoff: at(0),
            responder: Arc::clone(responder),
        }
    }

    fn about_of(draft: &Draft) -> About {
        let cert_ids = draft.response.answers.iter();
        about(&Request {
            cert_ids: cert_ids.map(|answer| answer.cert_id.clone()).collect(),
            nonce: None,
        })
    }

    fn keep(kept: &Kept, draft: Draft) {
        let this_update = draft.response.produced_at;
        let ahead = Ahead {
            digest: String::new(),
            this_update,
            next_update: this_update.plus(Duration::from_secs(10)),
        };
        let answer = Answer {
            der: vec![1].into(),
            ahead: Some(Arc::new(ahead)),
        };
        kept.keep(about_of(&draft), draft, answer);
    }

    #[test]
    fn an_answer_is_given_again_only_where_a_new_one_would_say_the_same() {
        let (kept, own, other) = (Kept::new(8), signer(), signer());
        let revoked = CertStatus::Revoked {
            at: at(0),
            reason: None,
        };
        keep(&kept, draft(&own, 1, CertStatus::Good, 100));
        for (asked, given) in [
            (draft(&own, 1, CertStatus::Good, 100), true),
            (draft(&own, 1, CertStatus::Good, 109), true),
            (draft(&own, 1, CertStatus::Good, 110), false),
            (draft(&own, 1, CertStatus::Good, 99), false),
            (draft(&own, 1, revoked, 105), false),
            (draft(&other, 1, CertStatus::Good, 105), false),
        ] {
            let found = kept.find(&about_of(&asked), &asked);
            assert_eq!(found.is_some(), given, "{asked:?}");
        }
        let other = draft(&own, 2, CertStatus::Good, 105);
        assert!(kept.find(&about_of(&other), &other).is_none());
    }

    #[test]
    fn no_more_is_kept_than_allowed_and_what_is_asked_for_stays_longest() {
        let (kept, own) = (Kept::new(8), signer());
        let good = |serial| draft(&own, serial, CertStatus::Good, 100);
        keep(&kept, good(0));
        for serial in 1..=200 {
            keep(&kept, good(serial));
            assert!(kept.count() <= 8);
            assert!(kept.find(&about_of(&good(0)), &good(0)).is_some());
        }
        assert!(kept.find(&about_of(&good(1)), &good(1)).is_none());
        kept.clear();
        assert_eq!(kept.count(), 0);
        let nothing = Kept::new(0);
        keep(&nothing, good(0));
        assert_eq!(nothing.count(), 0);
    }
}
