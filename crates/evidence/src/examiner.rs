//! The examiner: an examination with somebody who goes and gets what it wants.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use qaqpa_crypto::sha256;
use qaqpa_model::{Limits, Moment};
use qaqpa_transport::{Clock, HttpClient, random_bytes};
use qaqpa_verdict::{
    Attempt, Capsule, Evidence, Examination, Known, Matter, Need, Policy, Progress, Proven,
    Received, Subject, Verdict,
};

use crate::cache::{Cache, Key};
use crate::fetch::{Ask, fetch};

/// Seconds for one answer: a responder that needs longer is as good as down, and a citizen waits.
const ANSWER_SECONDS_MAX: u64 = 5;

/// How long evidence is kept at most: long enough for a burst of requests, short enough that a
/// revocation shows while somebody watches.
const KEPT_MAX: Duration = Duration::from_secs(10);

/// Addresses of the authority that are asked instead of those in certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NcaAddresses {
    /// The OCSP responder: `http://127.0.0.1:14502/ocsp/`.
    pub ocsp: String,
    /// The issuing authority's CRL: `http://127.0.0.1:14502/crl/rsa.crl`. It is asked about the
    /// certificates that this authority issued; an authority's own certificate names its list itself.
    pub crl: String,
}

/// Examines documents, envelopes and certificates, and fetches what that needs. Clones share the cache.
#[derive(Clone, Debug)]
pub struct Examiner(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: HttpClient,
    nca: Option<NcaAddresses>,
    known: RwLock<Arc<Known>>,
    policy: Policy,
    limits: Limits,
    clock: Clock,
    cache: Cache,
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
        Self(Arc::new(Inner {
            client: client.with_limits(client_limits),
            nca,
            known: RwLock::new(Arc::new(known)),
            policy,
            limits,
            clock,
            cache: Cache::default(),
        }))
    }

    /// What is known beforehand, as of now.
    #[must_use]
    pub fn known(&self) -> Arc<Known> {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&known)
    }

    /// Knows something else from now on (the authority made its certificates anew), and forgets what was kept.
    pub fn learn(&self, known: Known) {
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
        self.0.cache.clear();
    }

    /// Forgets all evidence that was kept: the clock was moved, or a certificate was just revoked.
    pub fn forget(&self) {
        self.0.cache.clear();
    }

    /// The capsule of an examination that this examiner made.
    #[must_use]
    pub fn capsule(&self, matter: Matter, verdict: &Verdict) -> Capsule {
        Capsule::record(
            matter,
            &self.known(),
            &self.0.policy,
            &self.0.limits,
            verdict,
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
        let inner = &*self.0;
        let known = self.known();
        let mut examination = Examination::begin(
            subject,
            &known,
            &inner.policy,
            &inner.limits,
            at,
            random_bytes(),
        );
        while let Progress::Wants(needs) = examination.advance() {
            for need in needs {
                inner.meet(&mut examination, &need).await;
            }
        }
        let (verdict, proven) = examination.finish();
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

impl Inner {
    async fn meet(&self, examination: &mut Examination<'_>, need: &Need) {
        let urls = self.addresses(need);
        let key = self.key(need, &urls);
        if let Some(key) = &key
            && let Some(bytes) = self.cache.find(key, self.clock.now())
        {
            let received = Received {
                evidence: Evidence::Bytes(bytes),
                at: self.clock.now(),
                attempts: vec![Attempt {
                    from: "cache".to_owned(),
                    outcome: "kept from an earlier examination".to_owned(),
                }],
            };
            if examination.feed(need.id(), &received).is_none() {
                self.cache.forget(key);
            }
            return;
        }
        let mut attempts = Vec::new();
        let ask = match need {
            Need::Ocsp { request_der, .. } => Ask::Ocsp(request_der),
            Need::Crl { .. } => Ask::Crl,
        };
        let evidence = match fetch(&self.client, ask, &urls, &mut attempts).await {
            Ok(bytes) => Evidence::Bytes(bytes),
            Err(why) => Evidence::Unavailable(why),
        };
        let received = Received {
            evidence,
            at: self.clock.now(),
            attempts,
        };
        let believed = examination.feed(need.id(), &received);
        if let (Some(key), Some(believed), Evidence::Bytes(bytes)) =
            (key, believed, received.evidence)
        {
            let keep = believed
                .next_update
                .map_or(KEPT_MAX, |end| end.since(received.at).min(KEPT_MAX));
            self.cache.keep(key, bytes, received.at, keep);
        }
    }

    /// The addresses to ask, in order: the configured ones, or else those of the certificate.
    fn addresses(&self, need: &Need) -> Vec<String> {
        match (&self.nca, need) {
            (Some(nca), Need::Ocsp { .. }) => vec![nca.ocsp.clone()],
            (Some(nca), Need::Crl { certificate, .. }) if !certificate.is_ca() => {
                vec![nca.crl.clone()]
            }
            (_, need) => need.urls().to_vec(),
        }
    }

    /// Under what an answer to this need may be kept; `None` where it may not.
    fn key(&self, need: &Need, urls: &[String]) -> Option<Key> {
        let from = urls.join(" ");
        match need {
            // With a nonce the answer is for this request alone.
            Need::Ocsp { nonce: Some(_), .. } => None,
            Need::Ocsp {
                nonce: None,
                request_der,
                ..
            } => Some(Key::Ocsp {
                request: sha256(request_der),
                from,
            }),
            Need::Crl { issuer, .. } => Some(Key::Crl {
                issuer: sha256(issuer.der()),
                from,
            }),
        }
    }
}
