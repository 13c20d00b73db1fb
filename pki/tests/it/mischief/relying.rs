//! A correct relying party of each service: our own examiner, and what stands around it where it does not fetch.

use std::time::Duration;

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_evidence::{Examiner, NcaAddresses};
use qaqpa_model::{Limits, Moment};
use qaqpa_pki::mischief::verdict::{Asks, Reached};
use qaqpa_transport::{ClientLimits, HttpAnswer, HttpClient, HttpError};
use qaqpa_verdict::{Known, Policy, Sources, Subject, Verdict};
use qaqpa_x509::crl::{self, CrlPolicy, CrlStatus};
use qaqpa_x509::tsp::{self, Imprint, StampRequest, Stamped, Wanted};
use qaqpa_x509::{Certificate, TrustAnchors, oid, path};

use crate::stand::Stand;

/// Somebody who asks the authority and decides.
pub(super) struct RelyingParty<'s> {
    stand: &'s Stand,
    client: HttpClient,
    /// A complete list of before.
    base: Option<Vec<u8>>,
}

impl<'s> RelyingParty<'s> {
    /// With a second of patience: what is late is late soon.
    pub(super) fn of(stand: &'s Stand) -> Self {
        let client = HttpClient::plain(ClientLimits {
            seconds_max: 1,
            answer_bytes_max: Limits::default().evidence_bytes_max,
            ..ClientLimits::default()
        });
        Self {
            stand,
            client,
            base: None,
        }
    }

    pub(super) fn now(&self) -> Moment {
        self.stand.clock.now()
    }

    /// Examines an identity's certificate, with the authorities known beforehand.
    pub(super) async fn examine(&self, about: &str, asks: Asks) -> Verdict {
        let anchors = self.stand.anchors();
        let known = Known {
            pool: anchors.intermediates().to_vec(),
            anchors,
        };
        self.examine_knowing(about, asks, known).await
    }

    async fn examine_knowing(&self, about: &str, asks: Asks, known: Known) -> Verdict {
        let policy = Policy::default().with_sources(match asks {
            Asks::OcspThenList => Sources::OcspThenCrl,
            Asks::Both => Sources::OcspAndCrl,
        });
        // A new one each time: nothing is kept from the trial before.
        let examiner = Examiner::new(
            &self.client,
            // The certificates of the folder say where the authority was when they were made.
            Some(NcaAddresses {
                ocsp: self.stand.address("ocsp"),
                crl: self.stand.address("crl-rsa"),
            }),
            known,
            policy,
            Limits::default(),
            self.stand.clock.clone(),
        );
        let certificate = self.stand.certificate(about);
        let subject = Subject::Certificate {
            certificate_der: certificate.der(),
            pool_der: &[],
        };
        examiner.examine(subject, self.now()).await.0
    }

    /// Examines an identity's certificate with nothing but the roots known: the issuer is fetched from the address in
    /// the certificate (caIssuers), and is a suggestion for the chain.
    pub(super) async fn examine_fetching_issuer(&self, about: &str, asks: Asks) -> Verdict {
        let fetched = evidence(self.client.get(&self.stand.address("ca")).await);
        let fetched = fetched.and_then(|der| Certificate::from_der(&der).ok());
        let roots = self.stand.anchors().roots().to_vec();
        let known = Known {
            anchors: TrustAnchors::new(roots),
            pool: fetched.into_iter().collect(),
        };
        self.examine_knowing(about, asks, known).await
    }
}

impl RelyingParty<'_> {
    /// Keeps the complete list of now; then somebody is revoked, so that the next delta is about changes since.
    pub(super) async fn keep_a_base(&mut self) {
        self.base = evidence(self.client.get(&self.stand.address("crl-rsa")).await);
        self.stand.command("operator-1", "revoke").await.unwrap();
    }

    /// Asks the delta about an identity's certificate; with the complete list that was kept, or without any.
    pub(super) async fn look_up(&self, about: &str, has_base: bool) -> Reached {
        let (issuing, now) = (self.stand.issuing(), self.now());
        let delta = evidence(self.client.get(&self.stand.address("crl-rsa-delta")).await);
        let base = self.base.as_deref().filter(|_| has_base);
        let Some(base) = base.and_then(|der| crl::verify(der, &issuing, now).ok()) else {
            return Reached::UNKNOWN;
        };
        let policy = CrlPolicy::default();
        let delta = delta.and_then(|der| crl::verify_delta(&der, &issuing, now, &policy).ok());
        let serial = self.stand.certificate(about).serial().to_vec();
        let status = match delta.as_ref().and_then(|delta| base.with(delta).ok()) {
            Some(updated) => updated.status(&serial),
            None => base.status(&serial),
        };
        match status {
            CrlStatus::NotListed => Reached::PASSED,
            CrlStatus::Revoked { .. } => Reached::REVOKED,
        }
    }

    /// Has data stamped that was signed just now, and proves that it was.
    pub(super) async fn stamp(&self) -> Reached {
        let data = b"a signature, made just now";
        let request = StampRequest {
            imprint: Imprint::of(DigestAlgorithm::Sha256, data),
            policy: Some(oid::POLICY_TSP_RSA),
            nonce: Some(vec![0x3a; 8]),
            cert_req: true,
        };
        let signed_at = self.now();
        let url = self.stand.address("tsp");
        let answer = self
            .client
            .post(&url, "application/timestamp-query", request.encode())
            .await;
        match evidence(answer).and_then(|der| self.proven(&der, data, &request, signed_at)) {
            Some(()) => Reached::PASSED,
            None => Reached::NO_STAMP,
        }
    }

    fn proven(
        &self,
        answer: &[u8],
        data: &[u8],
        request: &StampRequest,
        signed_at: Moment,
    ) -> Option<()> {
        let answer = tsp::Response::decode(answer).ok()?;
        let wanted = Wanted {
            nonce: request.nonce.as_deref(),
            policy: request.policy,
            not_before: Some(signed_at),
            at: self.now(),
            skew_max: Duration::from_secs(5 * 60),
            accuracy_max: tsp::ACCURACY_MAX,
        };
        let stamp = tsp::verify(answer.token().ok()?, Stamped::Data(data), &wanted, &[]).ok()?;
        let limits = Limits::default();
        let (pool, anchors) = (&stamp.certificates, self.stand.anchors());
        path::build(&stamp.tsa, pool, &anchors, stamp.gen_time, &limits).ok()?;
        Some(())
    }
}

/// The bytes of an answer that could be evidence at all.
pub(super) fn evidence(answer: Result<HttpAnswer, HttpError>) -> Option<Vec<u8>> {
    let answer = answer.ok()?;
    let is_page = answer
        .header("content-type")
        .is_some_and(|media_type| media_type.starts_with("text/"));
    let is_packed = answer.header("content-encoding").is_some();
    (answer.status.as_u16() == 200 && !is_page && !is_packed).then(|| answer.body.to_vec())
}

/// A verdict in the words of the catalogue.
pub(super) fn reached(verdict: &Verdict) -> Reached {
    Reached {
        indication: verdict.indication.as_str(),
        sub: verdict.sub_indication.map(|sub| sub.as_str()),
        label: verdict.label,
    }
}
