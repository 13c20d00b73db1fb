//! A TEST authority behind a mock server, a citizen, and an examiner whose clock stands near noon.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use qaqpa_crypto::PrivateKey;
use qaqpa_evidence::{Examiner, NcaAddresses};
use qaqpa_model::{Limits, Moment, RefusalLabel};
use qaqpa_transport::{ClientLimits, Clock, HttpClient};
use qaqpa_verdict::{EvidenceView, Known, Policy, Subject, Verdict};
use qaqpa_x509::issue::{self, Addresses, Issuer, Person, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::profile::{Purpose, Role};
use qaqpa_x509::{Certificate, RevocationReason, TrustAnchors, crl, ocsp, oid};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub(crate) struct Stand {
    pub(crate) root: Certificate,
    root_key: PrivateKey,
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
            root_key,
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

    /// The same authority, whose certificate names these addresses.
    fn issuing_at(&self, addresses: Addresses) -> Certificate {
        let by = Issuer {
            certificate: &self.root,
            key: &self.root_key,
        };
        let name = named("QAQPA TEST CA");
        issue::issuing(name, self.key.spki_der(), years(8), addresses, by).unwrap()
    }

    /// What the root says about the authority.
    pub(crate) fn ocsp_of_root(
        &self,
        request: &Request,
        now: Moment,
        status: ocsp::CertStatus,
    ) -> Vec<u8> {
        let request = ocsp::Request::decode(&request.body, 1).unwrap();
        let response = ocsp::Response {
            answers: vec![ocsp::SingleAnswer {
                cert_id: request.cert_ids[0].clone(),
                status,
                this_update: now,
                next_update: Some(now.plus(Duration::from_secs(60))),
            }],
            nonce: request.nonce,
            produced_at: now,
            extended_revoke: true,
        };
        ocsp::respond(&response, &self.root, &self.root_key).unwrap()
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

    /// A list with so many others on it.
    pub(crate) fn long_crl(&self, now: Moment, entries: u32) -> Vec<u8> {
        self.long_crl_with(now, entries, |_| ())
    }

    /// The same, with something changed.
    pub(crate) fn long_crl_with(
        &self,
        now: Moment,
        entries: u32,
        change: impl FnOnce(&mut crl::CrlToIssue),
    ) -> Vec<u8> {
        let mut list = crl::CrlToIssue {
            number: 1,
            this_update: now.minus(Duration::from_secs(60)),
            next_update: now.plus(days(1)),
            entries: (1..=entries)
                .map(|n| crl::RevokedEntry {
                    serial: [&[0x40; 16][..], &n.to_be_bytes()].concat(),
                    at: now.minus(Duration::from_secs(30)),
                    reason: None,
                })
                .collect(),
            freshest_crl_url: None,
        };
        change(&mut list);
        crl::issue(&list, &self.issuing, &self.key).unwrap()
    }

    /// The root's list.
    pub(crate) fn root_crl(&self, now: Moment, is_revoked: bool) -> Vec<u8> {
        let entry = crl::RevokedEntry {
            serial: self.issuing.serial().to_vec(),
            at: now.minus(Duration::from_secs(30)),
            reason: Some(RevocationReason::CaCompromise),
        };
        let list = crl::CrlToIssue {
            number: 1,
            this_update: now.minus(Duration::from_secs(60)),
            next_update: now.plus(days(1)),
            entries: is_revoked.then_some(entry).into_iter().collect(),
            freshest_crl_url: None,
        };
        crl::issue(&list, &self.root, &self.root_key).unwrap()
    }
}

pub(crate) const IIN: &str = "931002451325";
pub(crate) const OTHER_IIN: &str = "061211600012";

/// Whether a request asks about the authority and not about somebody whom it certified.
pub(crate) fn is_about_the_authority(request: &Request) -> bool {
    request.url.path() == ROOT_LIST
        || ocsp::Request::decode(&request.body, 1)
            .is_ok_and(|request| request.cert_ids[0].names_issuer(&stand().root))
}

const ROOT_LIST: &str = "/crl/root.crl";

/// A mock server with `/ocsp/` and `/crl/rsa.crl`, and an examiner that is told to ask there.
///
/// The authority itself is in force, by OCSP and by the root's list, unless a case says otherwise.
pub(crate) struct Nca {
    pub(crate) server: MockServer,
    pub(crate) clock: Clock,
    pub(crate) citizen: Certificate,
}

impl Nca {
    pub(crate) async fn start() -> Self {
        let nca = Self::silent().await;
        let clock = nca.clock.clone();
        nca.authority(move |request| {
            let good = ocsp::CertStatus::Good;
            let der = stand().ocsp_of_root(request, clock.now(), good);
            evidence(der, "application/ocsp-response")
        })
        .await;
        nca.root_crl(false).await;
        nca
    }

    /// One that says nothing about the authority either.
    pub(crate) async fn silent() -> Self {
        Self {
            server: MockServer::start().await,
            clock: Clock::at(noon()),
            citizen: stand().citizen(IIN, Addresses::default(), years(1)),
        }
    }

    /// The authority's certificate, which names this server.
    pub(crate) fn known(&self) -> Known {
        let addresses = Addresses {
            ocsp: Some(self.addresses().ocsp),
            crl: Some(format!("{}{ROOT_LIST}", self.server.uri())),
            ..Addresses::default()
        };
        Known {
            anchors: TrustAnchors::new([stand().root.clone()]),
            pool: vec![stand().issuing_at(addresses)],
        }
    }

    /// Answers OCSP about the authority like this.
    pub(crate) async fn authority(
        &self,
        respond: impl Fn(&Request) -> ResponseTemplate + Send + Sync + 'static,
    ) {
        Mock::given(method("POST"))
            .and(is_about_the_authority as fn(&Request) -> bool)
            .respond_with(respond)
            .with_priority(1)
            .mount(&self.server)
            .await;
    }

    /// Serves the root's list.
    pub(crate) async fn root_crl(&self, is_revoked: bool) {
        let bytes = stand().root_crl(self.clock.now(), is_revoked);
        Mock::given(method("GET"))
            .and(path(ROOT_LIST))
            .respond_with(evidence(bytes, "application/pkix-crl"))
            .mount(&self.server)
            .await;
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
            list_bytes_max: 8 * 1024 * 1024,
            ..Limits::default()
        };
        Examiner::new(
            &client,
            nca,
            self.known(),
            policy,
            limits,
            self.clock.clone(),
        )
    }

    /// An examiner that trusts somebody else.
    pub(crate) fn examiner_knowing(&self, known: Known, nca: Option<NcaAddresses>) -> Examiner {
        Examiner::new(
            &HttpClient::plain(ClientLimits::default()),
            nca,
            known,
            Policy::default(),
            Limits::default(),
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

    /// The requests about the citizen so far.
    pub(crate) async fn asked(&self) -> Vec<Request> {
        let mut requests = self.server.received_requests().await.unwrap();
        requests.retain(|request| !is_about_the_authority(request));
        requests
    }

    /// The requests about the authority so far: `(to OCSP, to the list)`.
    pub(crate) async fn asked_about_the_authority(&self) -> (usize, usize) {
        let requests = self.server.received_requests().await.unwrap();
        let about = requests.iter().filter(|r| is_about_the_authority(r));
        let (lists, ocsp): (Vec<_>, Vec<_>) = about.partition(|r| r.url.path() == ROOT_LIST);
        (ocsp.len(), lists.len())
    }

    /// The requests about the citizen so far: `(to OCSP, to the list)`.
    pub(crate) async fn requests(&self) -> (usize, usize) {
        let requests = self.asked().await;
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

/// The evidence about the citizen.
pub(crate) fn about_the_citizen(verdict: &Verdict) -> Vec<&EvidenceView> {
    let authority = stand().issuing.serial_hex();
    let all = verdict.evidence.iter();
    all.filter(|one| one.about != authority).collect()
}

/// What was tried about the citizen, in the words of the report.
pub(crate) fn tried(verdict: &Verdict) -> Vec<String> {
    about_the_citizen(verdict)
        .into_iter()
        .flat_map(|evidence| evidence.attempts.iter())
        .map(|attempt| attempt.outcome.clone())
        .collect()
}

/// The verdict's label; `None` for a pass.
pub(crate) fn label(verdict: &Verdict) -> Option<RefusalLabel> {
    assert_eq!(verdict.label.is_none(), verdict.is_passed());
    verdict.label
}
