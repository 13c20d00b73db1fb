//! The examiner: an examination with somebody who goes and gets what it wants.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qaqpa_crypto::sha256;
use qaqpa_model::{Limits, Moment};
use qaqpa_transport::watch::{self, Family, Span};
use qaqpa_transport::{Clock, HttpClient, random_bytes};
use qaqpa_verdict::{
    Attempt, Believed, Capsule, CapsuleGap, Dossier, Evidence, Examination, KEPT_BYTES_MAX, Known,
    List, Matter, Need, Policy, Progress, Proven, Question, Received, Shelf, Subject, Verdict,
};

use crate::cache::{Cache, Kept, Key, Word};
use crate::fetch::{Ask, fetch};
use crate::held::Held;
use crate::shelf::Folder;

/// Seconds for one answer: a responder that needs longer is as good as down, and a citizen waits.
const ANSWER_SECONDS_MAX: u64 = 5;

/// How long evidence is kept at most: long enough for a burst of requests, short enough that a
/// revocation shows while somebody watches.
const KEPT_MAX: Duration = Duration::from_secs(10);

/// Seconds for one list: 64 MiB at 2 MiB/s.
const LIST_SECONDS_MAX: u64 = 30;

/// Lists longer than this are read beside the runtime's threads: a million entries take most of a second.
const READ_HERE_BYTES_MAX: usize = 1024 * 1024;

/// Addresses of the running authority. Certificates say where it was when they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NcaAddresses {
    /// The OCSP responder, asked about every certificate: `http://127.0.0.1:14502/ocsp/`.
    pub ocsp: String,
    /// A list of the authority: `http://127.0.0.1:14502/crl/rsa.crl`. Where a certificate names a list on this machine, the
    /// path is the certificate's, and the host and port are these; a certificate that names none is looked for in this one.
    pub crl: String,
}

/// Examines documents, envelopes and certificates, and fetches what that needs. Clones share the cache.
#[derive(Clone, Debug)]
pub struct Examiner(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: HttpClient,
    lists: HttpClient,
    nca: Option<NcaAddresses>,
    known: Arc<Known>,
    policy: Policy,
    limits: Limits,
    clock: Clock,
    cache: Cache,
    shelf: Option<Folder>,
    held: Held,
}

impl Examiner {
    /// An examiner that asks through this client, within stricter limits of time and bytes.
    ///
    /// `clock` tells when evidence was received; the moment that is judged comes with each examination.
    #[must_use]
    pub fn new(
        client: &HttpClient,
        nca: Option<NcaAddresses>,
        known: Known,
        policy: Policy,
        limits: Limits,
        clock: Clock,
    ) -> Self {
        let mut client_limits = *client.limits();
        client_limits.answer_bytes_max = client_limits
            .answer_bytes_max
            .min(limits.evidence_bytes_max);
        client_limits.seconds_max = client_limits.seconds_max.min(ANSWER_SECONDS_MAX);
        let mut list_limits = *client.limits();
        list_limits.answer_bytes_max = limits.list_bytes_max;
        list_limits.seconds_max = list_limits.seconds_max.min(LIST_SECONDS_MAX);
        Self(Arc::new(Inner {
            client: client.with_limits(client_limits),
            lists: client.with_limits(list_limits),
            nca,
            known: Arc::new(known),
            policy,
            limits,
            clock,
            cache: Cache::default(),
            shelf: None,
            held: Held::default(),
        }))
    }

    /// Keeps long lists that were fed in this folder, by their digests, so that [`Self::replay`] finds them.
    #[must_use]
    pub fn shelving_in(self, dir: impl Into<PathBuf>) -> Self {
        let shelf = Some(Folder::new(dir));
        Self(Arc::new(match Arc::try_unwrap(self.0) {
            Ok(inner) => Inner { shelf, ..inner },
            Err(shared) => Inner {
                client: shared.client.clone(),
                lists: shared.lists.clone(),
                nca: shared.nca.clone(),
                known: Arc::clone(&shared.known),
                policy: shared.policy,
                limits: shared.limits,
                clock: shared.clock.clone(),
                cache: Cache::default(),
                shelf,
                held: Held::default(),
            },
        }))
    }

    /// What is known beforehand.
    #[must_use]
    pub fn known(&self) -> Arc<Known> {
        Arc::clone(&self.0.known)
    }

    /// The moment that the simulator lives in.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.0.clock.now()
    }

    /// Forgets all evidence that was kept: the clock was moved, or a certificate was just revoked.
    pub fn forget(&self) {
        self.0.cache.clear();
    }

    /// The capsule of an examination that this examiner made.
    ///
    /// # Errors
    /// [`CapsuleGap`] where something that the verdict hangs on is not at hand any more.
    pub fn capsule(&self, matter: Matter, verdict: &Verdict) -> Result<Capsule, CapsuleGap> {
        Capsule::record(
            matter,
            &self.known(),
            &self.0.policy,
            &self.0.limits,
            verdict,
            self,
        )
    }

    /// The capsule of the examinations of all signatures of a matter, in their order.
    ///
    /// # Errors
    /// [`CapsuleGap`] where something that the verdicts hang on is not at hand any more.
    pub fn capsule_each(
        &self,
        matter: Matter,
        verdicts: &[Verdict],
    ) -> Result<Capsule, CapsuleGap> {
        let (policy, limits) = (&self.0.policy, &self.0.limits);
        Capsule::record_each(matter, &self.known(), policy, limits, verdicts, self)
    }

    /// Examines the subject again with the evidence of a verdict's dossier: nobody is asked.
    #[must_use]
    pub fn replay<'d>(
        &self,
        subject: Subject<'d>,
        at: Moment,
        dossier: &Dossier,
    ) -> (Verdict, Option<Proven<'d>>) {
        let inner = &*self.0;
        qaqpa_verdict::replay(
            subject,
            &inner.known,
            &inner.policy,
            &inner.limits,
            at,
            dossier,
            self,
        )
    }

    /// Examines the subject as of this moment.
    ///
    /// Nothing is fetched before the signature's value and the chain are proven; what was tried stands
    /// in the verdict. The proof is there only where every check passed.
    pub async fn examine<'d>(
        &self,
        subject: Subject<'d>,
        at: Moment,
    ) -> (Verdict, Option<Proven<'d>>) {
        let begun = Instant::now();
        let (verdict, proven) = Span::internal("examine")
            .around(self.examine_in_span(subject, at))
            .await;
        let about = verdict.subject.as_str();
        let label = verdict.label.map_or("", |label| label.as_str());
        let labels = [about, verdict.indication.as_str(), label];
        watch::count(Family::Verdicts, &labels);
        watch::count(Family::Verifications, &[about]);
        watch::observe(Family::ExaminationSeconds, &[about], begun.elapsed());
        (verdict, proven)
    }

    async fn examine_in_span<'d>(
        &self,
        subject: Subject<'d>,
        at: Moment,
    ) -> (Verdict, Option<Proven<'d>>) {
        let inner = &*self.0;
        let known = self.known();
        let seed = random_bytes();
        let (policy, limits) = (&inner.policy, &inner.limits);
        let mut examination = Examination::begin(subject, &known, policy, limits, at, seed);
        while let Progress::Wants(needs) = examination.advance() {
            for need in needs {
                inner.meet(&mut examination, &need, seed).await;
            }
        }
        let (verdict, proven) = examination.finish();
        watch::note("qaqpa.subject", verdict.subject.as_str());
        watch::note("qaqpa.indication", verdict.indication.as_str());
        if let Some(label) = verdict.label {
            watch::failed(label.as_str());
        }
        tracing::info!(
            subject = verdict.subject.as_str(),
            indication = verdict.indication.as_str(),
            label = verdict.label.map(|label| label.as_str()),
            serial = verdict.signer.as_ref().map(|signer| signer.serial.as_str()),
            "examined"
        );
        (verdict, proven)
    }
}

impl Shelf for Examiner {
    fn list(&self, sha256_hex: &str) -> Option<List> {
        let kept = self.0.cache.list(sha256_hex);
        kept.or_else(|| self.0.held.list(sha256_hex))
            .or_else(|| self.0.shelf.as_ref()?.list(sha256_hex))
    }
}

impl Inner {
    async fn meet(&self, examination: &mut Examination<'_>, need: &Need, seed: [u8; 32]) {
        let urls = self.addresses(need);
        let key = self.key(need, &urls);
        if let Some(key) = &key
            && let Some(kept) = self.cache.find(key, self.clock.now())
        {
            watch::count(Family::Evidence, &[kind_of(need), "cache"]);
            let received = Received {
                evidence: match kept {
                    Kept::Bytes(bytes) => Evidence::Bytes(bytes),
                    Kept::Answer { bytes, question } => Evidence::Answer { bytes, question },
                    Kept::List(list) => Evidence::List(list),
                },
                at: self.clock.now(),
                attempts: vec![Attempt {
                    from: "cache".to_owned(),
                    outcome: "kept from an earlier examination".to_owned(),
                }],
            };
            if examination.feed(need.id(), &received).is_none() {
                self.cache.forget(key);
            }
            // The cache may forget it before the verdict is told.
            if let Evidence::List(list) = &received.evidence {
                self.shelve(list);
            }
            return;
        }
        let epoch = self.cache.epoch();
        let mut attempts = Vec::new();
        let fetched = match need {
            Need::Ocsp { request_der, .. } => {
                fetch(&self.client, Ask::Ocsp(request_der), &urls, &mut attempts).await
            }
            _ => fetch(&self.lists, Ask::Crl, &urls, &mut attempts).await,
        };
        let from = if fetched.is_ok() {
            "network"
        } else {
            "nowhere"
        };
        watch::count(Family::Evidence, &[kind_of(need), from]);
        let evidence = match (fetched, need) {
            (Err(why), _) => Evidence::Unavailable(why),
            (Ok(bytes), Need::Ocsp { .. }) => Evidence::Bytes(bytes),
            (Ok(bytes), _) => self.listed(key.as_ref(), bytes).await,
        };
        let received = Received {
            evidence,
            at: self.clock.now(),
            attempts,
        };
        let believed = examination.feed(need.id(), &received);
        // The dossier names every long list, believed or not: without it the same verdict could not be reached again.
        if let Evidence::List(list) = &received.evidence {
            self.shelve(list);
        }
        let Some(believed) = believed else {
            return;
        };
        let kept = match (received.evidence, need) {
            (
                Evidence::Bytes(bytes),
                Need::Ocsp {
                    id, nonce: Some(_), ..
                },
            ) => {
                let question = Question { seed, need: *id };
                Kept::Answer { bytes, question }
            }
            (Evidence::Bytes(bytes), _) => Kept::Bytes(bytes),
            (Evidence::Answer { bytes, question }, _) => Kept::Answer { bytes, question },
            (Evidence::List(list), _) => Kept::List(list),
            (Evidence::Unavailable(_), _) => return,
        };
        if let Some(key) = key {
            let word = Word {
                made: believed.this_update,
                is_bad: !believed.is_good,
            };
            let keep = self.keep_for(need, &believed, received.at);
            self.cache.keep(key, (kept, word), received.at, keep, epoch);
        }
    }

    /// How long evidence may serve again: as long as it says itself, and an answer not longer than the policy lets one be old.
    fn keep_for(&self, need: &Need, believed: &Believed, received: Moment) -> Duration {
        let ends = believed.next_update.map(|end| end.since(received));
        let age_max = self.policy.ocsp_age_max();
        let aged = match (need, believed.this_update) {
            (Need::Ocsp { .. }, Some(made)) => Some(age_max.saturating_sub(received.since(made))),
            _ => None,
        };
        ends.into_iter().chain(aged).fold(KEPT_MAX, Duration::min)
    }

    /// The list in the bytes; the one that was kept, where it is the same: its signature was verified already.
    async fn listed(&self, key: Option<&Key>, bytes: Vec<u8>) -> Evidence {
        if let Some(list) = key.and_then(|key| self.cache.same_list(key, &bytes)) {
            return Evidence::List(list);
        }
        if bytes.len() <= READ_HERE_BYTES_MAX {
            return read(bytes);
        }
        tokio::task::spawn_blocking(move || read(bytes))
            .await
            .unwrap_or_else(|error| Evidence::Unavailable(error.to_string()))
    }

    /// Puts a list that was fed where a replay finds it; short ones stand in the dossier itself.
    fn shelve(&self, list: &List) {
        if list.der().len() <= KEPT_BYTES_MAX {
            return;
        }
        let Some(shelf) = &self.shelf else {
            self.held.keep(list);
            return;
        };
        if let Err(error) = shelf.put(list) {
            // The verdict stands; it cannot be reached again where this list is gone.
            tracing::error!(sha256 = list.sha256_hex(), %error, "a list was not put on the shelf");
        }
    }

    /// The addresses to ask, in order.
    fn addresses(&self, need: &Need) -> Vec<String> {
        let Some(nca) = &self.nca else {
            return need.urls().to_vec();
        };
        match need {
            Need::Ocsp { .. } => vec![nca.ocsp.clone()],
            Need::Crl { certificate, .. } if need.urls().is_empty() && !certificate.is_ca() => {
                vec![nca.crl.clone()]
            }
            _ => need.urls().iter().map(|url| nca.running(url)).collect(),
        }
    }

    /// Under what an answer to this need may be kept; `None` where it may not.
    fn key(&self, need: &Need, urls: &[String]) -> Option<Key> {
        let from = urls.join(" ");
        match need {
            // An answer with a nonce was fresh when it came; it serves again for as long as any evidence does, held against the nonce
            // of the request that it answered.
            Need::Ocsp {
                certificate,
                issuer,
                nonce,
                ..
            } => Some(Key::Ocsp {
                certificate: sha256(certificate.der()),
                issuer: sha256(issuer.der()),
                with_nonce: nonce.is_some(),
                from,
            }),
            Need::Crl { issuer, .. } | Need::DeltaCrl { issuer, .. } => Some(Key::Crl {
                issuer: sha256(issuer.der()),
                from,
            }),
        }
    }
}

/// The kind of what is needed, for the numbers.
const fn kind_of(need: &Need) -> &'static str {
    match need {
        Need::Ocsp { .. } => "ocsp",
        Need::Crl { .. } => "crl",
        Need::DeltaCrl { .. } => "delta",
    }
}

fn read(bytes: Vec<u8>) -> Evidence {
    match List::read(&bytes) {
        Ok(list) => Evidence::List(list),
        // The examination says what is wrong with them.
        Err(_) => Evidence::Bytes(bytes),
    }
}

impl NcaAddresses {
    /// An address that a certificate names, at the authority that is running: the path is the certificate's. Addresses of
    /// other machines are of other authorities, and stay.
    fn running(&self, url: &str) -> String {
        let (Some((_, host, path)), Some((scheme, running, _))) = (parts(url), parts(&self.crl))
        else {
            return url.to_owned();
        };
        if is_this_machine(host) {
            format!("{scheme}{running}{path}")
        } else {
            url.to_owned()
        }
    }
}

/// Scheme with its slashes, host with its port, path; `None` where it is no http:// address with a path.
fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let scheme = "http://";
    let rest = url.strip_prefix(scheme)?;
    let path = rest.find('/')?;
    Some((scheme, &rest[..path], &rest[path..]))
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    name == "localhost"
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_this_machine_is_asked_at_the_running_authority() {
        let nca = NcaAddresses {
            ocsp: "http://127.0.0.1:7/ocsp/".to_owned(),
            crl: "http://127.0.0.1:7/crl/rsa.crl".to_owned(),
        };
        for (url, asked) in [
            (
                "http://127.0.0.1:14502/crl/gost-2015.crl",
                "http://127.0.0.1:7/crl/gost-2015.crl",
            ),
            (
                "http://localhost/crl/ecdsa-delta.crl",
                "http://127.0.0.1:7/crl/ecdsa-delta.crl",
            ),
            ("http://[::1]/a", "http://127.0.0.1:7/a"),
            ("http://[::1]:80/a?b", "http://127.0.0.1:7/a?b"),
            ("http://crl.pki.gov.kz/a.crl", "http://crl.pki.gov.kz/a.crl"),
            ("http://127.0.0.1.example/a", "http://127.0.0.1.example/a"),
            ("http://127.0.0.1@example/a", "http://127.0.0.1@example/a"),
            ("ldap://127.0.0.1/a", "ldap://127.0.0.1/a"),
            ("http://127.0.0.1", "http://127.0.0.1"),
        ] {
            assert_eq!(nca.running(url), asked, "{url}");
        }
    }
}
