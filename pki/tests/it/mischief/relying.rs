//! A correct relying party of each service: our own examiner, and what stands around it where it does not fetch.

use qaqpa_evidence::Examiner;
use qaqpa_model::{Limits, Moment};
use qaqpa_pki::mischief::verdict::{Asks, Reached};
use qaqpa_transport::{ClientLimits, HttpAnswer, HttpClient, HttpError};
use qaqpa_verdict::{Known, Policy, Sources, Subject, Verdict};
use qaqpa_x509::{Certificate, TrustAnchors};

use crate::stand::Stand;

/// Somebody who asks the authority and decides.
pub(super) struct RelyingParty<'s> {
    stand: &'s Stand,
    client: HttpClient,
}

impl<'s> RelyingParty<'s> {
    /// With a second of patience: what is late is late soon.
    pub(super) fn of(stand: &'s Stand) -> Self {
        let client = HttpClient::plain(ClientLimits {
            seconds_max: 1,
            answer_bytes_max: Limits::default().evidence_bytes_max,
            ..ClientLimits::default()
        });
        Self { stand, client }
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
            None,
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
