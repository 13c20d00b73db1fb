//! A TEST authority behind a mock server, a citizen, and an examiner whose clock stands near noon.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use qaqpa_crypto::PrivateKey;
use qaqpa_evidence::{Examiner, NcaAddresses};
use qaqpa_model::{Limits, Moment, RefusalLabel};
use qaqpa_transport::{ClientLimits, Clock, HttpClient};
use qaqpa_verdict::{Known, Policy, Subject, Verdict};
use qaqpa_x509::issue::{self, Addresses, Issuer, Person, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::profile::{Purpose, Role};
use qaqpa_x509::{Certificate, RevocationReason, TrustAnchors, crl, ocsp, oid};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub(crate) struct Stand {
    pub(crate) root: Certificate,
    pub(crate) issuing: Certificate,
    pub(crate) key: PrivateKey,
    pub(crate) responder: Certificate,
    pub(crate) responder_key: PrivateKey,
    pub(crate) citizen_spki: Vec<u8>,
}

pub(crate) fn noon() -> Moment {
    Moment::parse("2026-11-22T12:00:00+05:00").unwrap()
}

pub(crate) fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 60 * 60)
}

pub(crate) fn years(years: u64) -> Validity {
    Validity {
        not_before: noon().minus(days(365)),
        not_after: noon().plus(days(years * 365)),
    }
}

fn named(name: &str) -> NameToWrite {
    NameToWrite::new()
        .with(oid::COMMON_NAME, name)
        .with(oid::COUNTRY, "KZ")
}

/// The authority of this process.
pub(crate) fn stand() -> &'static Stand {
    static STAND: OnceLock<Stand> = OnceLock::new();
    STAND.get_or_init(|| {
        let make = || PrivateKey::generate_rsa_2048().unwrap();
        let (root_key, key, responder_key) = (make(), make(), make());
        let root = issue::root(named("QAQPA TEST ROOT"), &root_key, years(9)).unwrap();
        let root_issuer = Issuer {
            certificate: &root,
            key: &root_key,
        };
        let issuing = issue::issuing(
            named("QAQPA TEST CA"),
            key.spki_der(),
            years(8),
            Addresses::default(),
            root_issuer,
        )
        .unwrap();
        let issuer = Issuer {
            certificate: &issuing,
            key: &key,
        };
        let responder = issue::responder(
            named("QAQPA TEST OCSP"),
            responder_key.spki_der(),
            years(1),
            issuer,
        )
        .unwrap();
        Stand {
            root,
            citizen_spki: make().spki_der().to_vec(),
            issuing,
            key,
            responder,
            responder_key,
        }
    })
}

impl Stand {
    /// A citizen's certificate that names these addresses; two calls with another IIN give other serial numbers.
    pub(crate) fn citizen(
        &self,
        iin: &str,
        addresses: Addresses,
        validity: Validity,
    ) -> Certificate {
        let issuer = Issuer {
            certificate: &self.issuing,
            key: &self.key,
        };
        let key = PrivateKey::generate_rsa_2048();
        // The serial number comes from the key, so each person has a key.
        let spki = match iin {
            IIN => self.citizen_spki.clone(),
            _ => key.unwrap().spki_der().to_vec(),
        };
        let person = Person {
            surname: "ТЕСТОВ".to_owned(),
            given_name: "ТЕСТ".to_owned(),
            patronymic: None,
            iin: qaqpa_model::Iin::parse(iin).unwrap(),
            organization: None,
        };
        issue::person(
            &person,
            &[Role::Individual],
            Purpose::Sign,
            &spki,
            validity,
            addresses,
            issuer,
        )
        .unwrap()
    }

    pub(crate) fn known(&self) -> Known {
        Known {
            anchors: TrustAnchors::new([self.root.clone()]),
            pool: vec![self.issuing.clone()],
        }
    }

    /// An answer to this request, as a live responder gives it; `change` bends it.
    pub(crate) fn ocsp(
        &self,
        request: &Request,
        now: Moment,
        change: impl Fn(&mut ocsp::Response),
    ) -> Vec<u8> {
        let request = ocsp::Request::decode(&request.body, 1).unwrap();
        let mut response = ocsp::Response {
            answers: vec![ocsp::SingleAnswer {
                cert_id: request.cert_ids[0].clone(),
                status: ocsp::CertStatus::Good,
                this_update: now,
                next_update: Some(now.plus(Duration::from_secs(60))),
            }],
            nonce: request.nonce,
            produced_at: now,
            extended_revoke: true,
        };
        change(&mut response);
        ocsp::respond(&response, &self.responder, &self.responder_key).unwrap()
    }

    pub(crate) fn crl(&self, now: Moment, revoked: &[&Certificate]) -> Vec<u8> {
        let list = crl::CrlToIssue {
            number: 1,
            this_update: now.minus(Duration::from_secs(60)),
            next_update: now.plus(days(1)),
            entries: revoked
                .iter()
                .map(|certificate| crl::RevokedEntry {
                    serial: certificate.serial().to_vec(),
                    at: now.minus(Duration::from_secs(30)),
                    reason: Some(RevocationReason::KeyCompromise),
                })
                .collect(),
            freshest_crl_url: None,
        };
        crl::issue(&list, &self.issuing, &self.key).unwrap()
    }
}

pub(crate) const IIN: &str = "931002451325";
pub(crate) const OTHER_IIN: &str = "061211600012";

/// A mock server with `/ocsp/` and `/crl/rsa.crl`, and an examiner that is told to ask there.
pub(crate) struct Nca {
    pub(crate) server: MockServer,
    pub(crate) clock: Clock,
    pub(crate) citizen: Certificate,
}

impl Nca {
    pub(crate) async fn start() -> Self {
        Self {
            server: MockServer::start().await,
            clock: Clock::at(noon()),
            citizen: stand().citizen(IIN, Addresses::default(), years(1)),
        }
    }

    pub(crate) fn addresses(&self) -> NcaAddresses {
        NcaAddresses {
            ocsp: format!("{}/ocsp/", self.server.uri()),
            crl: format!("{}/crl/rsa.crl", self.server.uri()),
        }
    }

    pub(crate) fn examiner(&self, policy: Policy) -> Examiner {
        self.examiner_at(Some(self.addresses()), policy)
    }

    pub(crate) fn examiner_at(&self, nca: Option<NcaAddresses>, policy: Policy) -> Examiner {
        self.examiner_within(ClientLimits::default().seconds_max, nca, policy)
    }

    /// An examiner that waits so long for an answer, and never longer than examiners do.
    pub(crate) fn examiner_within(
        &self,
        seconds_max: u64,
        nca: Option<NcaAddresses>,
        policy: Policy,
    ) -> Examiner {
        let client = HttpClient::plain(ClientLimits {
            seconds_max,
            ..ClientLimits::default()
        });
        let limits = Limits {
            evidence_bytes_max: 64 * 1024,
            ..Limits::default()
        };
        Examiner::new(
            &client,
            nca,
            stand().known(),
            policy,
            limits,
            self.clock.clone(),
        )
    }

    /// Answers OCSP like this.
    pub(crate) async fn ocsp(
        &self,
        respond: impl Fn(&Request) -> ResponseTemplate + Send + Sync + 'static,
    ) {
        Mock::given(method("POST"))
            .and(path("/ocsp/"))
            .respond_with(respond)
            .mount(&self.server)
            .await;
    }

    /// Answers OCSP as a live responder does, bent by `change`.
    pub(crate) async fn ocsp_bent(
        &self,
        change: impl Fn(&mut ocsp::Response) + Send + Sync + 'static,
    ) {
        let clock = self.clock.clone();
        let change = Arc::new(change);
        self.ocsp(move |request| {
            evidence(
                stand().ocsp(request, clock.now(), &*change),
                "application/ocsp-response",
            )
        })
        .await;
    }

    /// Serves this list.
    pub(crate) async fn crl(&self, revoked: &[&Certificate]) {
        let bytes = stand().crl(self.clock.now(), revoked);
        Mock::given(method("GET"))
            .and(path("/crl/rsa.crl"))
            .respond_with(evidence(bytes, "application/pkix-crl"))
            .mount(&self.server)
            .await;
    }

    pub(crate) async fn examine(&self, examiner: &Examiner) -> Verdict {
        self.examine_this(examiner, &self.citizen).await
    }

    pub(crate) async fn examine_this(
        &self,
        examiner: &Examiner,
        certificate: &Certificate,
    ) -> Verdict {
        let subject = Subject::Certificate {
            certificate_der: certificate.der(),
            pool_der: &[],
        };
        examiner.examine(subject, self.clock.now()).await.0
    }

    /// The requests so far: `(to OCSP, to the list)`.
    pub(crate) async fn requests(&self) -> (usize, usize) {
        let requests = self.server.received_requests().await.unwrap();
        let to = |path: &str| requests.iter().filter(|r| r.url.path() == path).count();
        assert_eq!(
            requests.len(),
            to("/ocsp/") + to("/crl/rsa.crl"),
            "nobody else is asked"
        );
        (to("/ocsp/"), to("/crl/rsa.crl"))
    }
}

pub(crate) fn evidence(bytes: Vec<u8>, media_type: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(bytes, media_type)
}

/// What was tried, in the words of the report: `(address, outcome)` by kind.
pub(crate) fn tried(verdict: &Verdict) -> Vec<String> {
    verdict
        .evidence
        .iter()
        .flat_map(|evidence| evidence.attempts.iter())
        .map(|attempt| attempt.outcome.clone())
        .collect()
}

/// The verdict's label; `None` for a pass.
pub(crate) fn label(verdict: &Verdict) -> Option<RefusalLabel> {
    assert_eq!(verdict.label.is_none(), verdict.is_passed());
    verdict.label
}
