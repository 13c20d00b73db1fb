//! A certifying authority for tests: certificates of the national profile, key files, and OCSP that
//! says what a test wants.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use qaqpa_crypto::{PrivateKey, SignatureAlgorithm};
use qaqpa_model::{Actor, Iin, Moment};
use qaqpa_transport::identities::{self, Identity, Index, PersonName, SystemIdentity};
use qaqpa_transport::{ActorStart, Clock, Hall, Place, Running, Security, control, files, paths};
use qaqpa_x509::issue::{self, Addresses, CertificateSpec, Issuer, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::ocsp::{self, CertStatus, SingleAnswer};
use qaqpa_x509::profile::{Purpose, Role};
use qaqpa_x509::{Certificate, RevocationReason, oid, pkcs12};
use qaqpa_xmldsig::Signer;

/// A key with its certificate.
#[derive(Clone, Debug)]
pub(crate) struct Signatory {
    pub(crate) key: PrivateKey,
    pub(crate) certificate: Certificate,
}

impl Signatory {
    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer {
            key: &self.key,
            certificate_der: self.certificate.der(),
            algorithm: SignatureAlgorithm::RsaSha256,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Authority {
    pub(crate) signatories: HashMap<&'static str, Signatory>,
    responder: Arc<Responder>,
    dir: PathBuf,
    _running: Running,
}

#[derive(Debug)]
struct Responder {
    clock: Clock,
    certificate: Certificate,
    key: PrivateKey,
    /// Answers about the issuing authority itself.
    root: Signatory,
    statuses: Mutex<HashMap<Vec<u8>, CertStatus>>,
    down: Mutex<bool>,
}

pub(crate) const SENDERS: [(&str, &str); 5] = [
    ("system-gateway", "gateway"),
    ("system-portal", "portal"),
    ("system-regional-gateway", "regional-gateway"),
    ("system-integrator-1", "integrator-1"),
    ("system-regional-gateway.taraz", "regional-gateway.taraz"),
];

/// Which key each of them has.
const SENDER_KEYS: [usize; 5] = [3, 4, 5, 6, 10];

pub(crate) fn password(sender: &str) -> String {
    format!("password-of-{sender}")
}

pub(crate) const CITIZEN: &str = "931002451325";
pub(crate) const OFFICER: &str = "900101300811";
/// An officer of the employment department, the only member of the staff there who acts.
pub(crate) const OFFICER_OF_THE_DEPARTMENT: &str = "840719490848";
pub(crate) const HEAD: &str = "061211600012";
pub(crate) const CLERK: &str = "910417490801";
/// A clerk of another unit.
pub(crate) const CLERK_ELSEWHERE: &str = "720611390832";

/// The unit of the catalogue's service.
pub(crate) const UNIT: &str = "education-department";

/// Keys are slow to make: once for each test process, on all processors.
fn keys() -> &'static [PrivateKey] {
    static KEYS: OnceLock<Vec<PrivateKey>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let makers: Vec<_> = (0..11)
            .map(|_| std::thread::spawn(|| PrivateKey::generate_rsa_2048().unwrap()))
            .collect();
        makers
            .into_iter()
            .map(|maker| maker.join().unwrap())
            .collect()
    })
}

fn validity(from: &str, to: &str) -> Validity {
    Validity {
        not_before: Moment::parse(from).unwrap(),
        not_after: Moment::parse(to).unwrap(),
    }
}

fn name(common: &str) -> NameToWrite {
    NameToWrite::new()
        .with(oid::COMMON_NAME, common)
        .with(oid::COUNTRY, "KZ")
}

impl Authority {
    /// Makes everything in the data folder, and answers OCSP on a free port.
    pub(crate) async fn start(dir: &Path, clock: &Clock) -> Self {
        let keys = keys();
        let long = validity("2010-01-01T00:00:00Z", "2044-01-01T00:00:00Z");
        let now = validity("2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
        let root_key = &keys[0];
        let root = issue::root(name("ROOT TEST STAND"), root_key, long).unwrap();
        let from_root = Issuer {
            certificate: &root,
            key: root_key,
        };
        let none = Addresses::default();
        let issuing = issue::issuing(
            name("ISSUING TEST STAND"),
            keys[1].spki_der(),
            long,
            none.clone(),
            from_root,
        )
        .unwrap();
        let issuer = Issuer {
            certificate: &issuing,
            key: &keys[1],
        };
        let responder =
            issue::responder(name("OCSP TEST STAND"), keys[2].spki_der(), now, issuer).unwrap();
        let addresses = Addresses {
            ocsp: Some("http://127.0.0.1:1/ocsp/".to_owned()),
            crl: Some("http://127.0.0.1:1/crl".to_owned()),
            ..none
        };

        let mut signatories = HashMap::new();
        for (at, (id, _)) in SENDERS.into_iter().enumerate() {
            let system = issue::System {
                name: format!("{id} TEST"),
                oid: format!("1.2.398.3.99.{at}"),
                organization: None,
            };
            let key = &keys[SENDER_KEYS[at]];
            let certificate =
                issue::system(&system, key.spki_der(), now, addresses.clone(), issuer).unwrap();
            signatories.insert(
                id,
                Signatory {
                    key: key.clone(),
                    certificate,
                },
            );
        }

        let past = validity("2024-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
        let people: [(&str, &str, usize, Role, Purpose, Validity); 9] = [
            (
                "citizen-1",
                CITIZEN,
                7,
                Role::Individual,
                Purpose::Sign,
                now,
            ),
            ("officer-1", OFFICER, 8, Role::Employee, Purpose::Sign, now),
            ("head-1", HEAD, 9, Role::Head, Purpose::Sign, now),
            (
                "officer-2",
                OFFICER_OF_THE_DEPARTMENT,
                8,
                Role::Employee,
                Purpose::Sign,
                now,
            ),
            ("clerk-1", CLERK, 8, Role::Employee, Purpose::Sign, now),
            (
                "clerk-2",
                CLERK_ELSEWHERE,
                8,
                Role::Employee,
                Purpose::Sign,
                now,
            ),
            ("stranger-1", CITIZEN, 7, Role::Employee, Purpose::Sign, now),
            (
                "officer-expired",
                OFFICER,
                8,
                Role::Employee,
                Purpose::Sign,
                past,
            ),
            (
                "officer-auth",
                OFFICER,
                8,
                Role::Employee,
                Purpose::Authenticate,
                now,
            ),
        ];
        for (at, (id, iin, key, role, purpose, validity)) in people.into_iter().enumerate() {
            let iin = Iin::parse(iin).unwrap();
            let person = issue::Person {
                surname: "ТЕСТОВ".to_owned(),
                given_name: id.to_uppercase(),
                patronymic: None,
                iin,
                organization: None,
            };
            let key = &keys[key];
            let mut spec =
                CertificateSpec::of_person(&person, &[role], purpose, key.spki_der(), validity)
                    .unwrap();
            spec.serial = vec![0x11, u8::try_from(at).unwrap(), 0x33];
            spec.addresses = addresses.clone();
            let certificate = issue::issue(&spec, issuer).unwrap();
            signatories.insert(
                id,
                Signatory {
                    key: key.clone(),
                    certificate,
                },
            );
        }

        write_files(dir, &root, &issuing, &signatories);
        let responder = Arc::new(Responder {
            clock: clock.clone(),
            certificate: responder,
            key: keys[2].clone(),
            root: Signatory {
                key: root_key.clone(),
                certificate: root.clone(),
            },
            statuses: Mutex::default(),
            down: Mutex::new(false),
        });
        let running = open_doors(dir, clock, Arc::clone(&responder)).await;
        Self {
            signatories,
            responder,
            dir: dir.to_owned(),
            _running: running,
        }
    }

    pub(crate) fn signatory(&self, id: &str) -> &Signatory {
        &self.signatories[id]
    }

    /// What OCSP says about this certificate from now on.
    pub(crate) fn say(&self, id: &str, status: CertStatus) {
        let serial = self.signatory(id).certificate.serial().to_vec();
        self.responder
            .statuses
            .lock()
            .unwrap()
            .insert(serial, status);
        self.tell();
    }

    pub(crate) fn revoke(&self, id: &str, reason: RevocationReason) {
        let at = Moment::parse("2026-06-01").unwrap();
        self.say(
            id,
            CertStatus::Revoked {
                at,
                reason: Some(reason),
            },
        );
    }

    /// Whether OCSP and CRL answer at all.
    pub(crate) fn set_down(&self, down: bool) {
        *self.responder.down.lock().unwrap() = down;
        self.tell();
    }

    /// Whoever keeps evidence of before hears that something changed, as the real authority tells it.
    fn tell(&self) {
        files::write_private(&paths::trust_changes(&self.dir), b"changed").unwrap();
    }
}

fn write_files(
    dir: &Path,
    root: &Certificate,
    issuing: &Certificate,
    signatories: &HashMap<&'static str, Signatory>,
) {
    files::create_private_dir(&paths::identities(dir)).unwrap();
    files::create_private_dir(&dir.join("trust")).unwrap();
    let pem = format!("{}{}", root.to_pem(), issuing.to_pem());
    files::write_private(&paths::trust_signature(dir), pem.as_bytes()).unwrap();
    let systems = SENDERS
        .into_iter()
        .map(|(id, sender)| {
            let signatory = &signatories[id];
            let key = PathBuf::from(format!("identities/{id}.p12"));
            let chain = [signatory.certificate.clone(), issuing.clone()];
            let file = pkcs12::write(&signatory.key, &chain, id, "key-password").unwrap();
            files::write_private(&dir.join(&key), &file).unwrap();
            let is_sender = sender != "gateway";
            SystemIdentity {
                sender_id: is_sender.then(|| sender.to_owned()),
                id: id.to_owned(),
                key,
                key_password: "key-password".to_owned(),
                sender_password: is_sender.then(|| password(sender)),
            }
        })
        .collect();
    let index = Index {
        identities: people(dir, issuing, signatories),
        systems,
        ..Index::default()
    };
    identities::write(dir, &index).unwrap();
}

/// The people who can sign; who has a unit may work there.
fn people(
    dir: &Path,
    issuing: &Certificate,
    signatories: &HashMap<&'static str, Signatory>,
) -> Vec<Identity> {
    let unit = Some(UNIT);
    let people = [
        ("citizen-1", CITIZEN, "individual", None),
        ("officer-1", OFFICER, "employee", unit),
        ("head-1", HEAD, "head", unit),
        (
            "officer-2",
            OFFICER_OF_THE_DEPARTMENT,
            "employee",
            Some("department"),
        ),
        ("clerk-1", CLERK, "employee", unit),
        (
            "clerk-2",
            CLERK_ELSEWHERE,
            "employee",
            Some("local-executive"),
        ),
        (
            "stranger-1",
            CITIZEN,
            "employee",
            Some("another-department"),
        ),
        ("officer-expired", OFFICER, "employee", None),
        ("officer-auth", OFFICER, "employee", None),
    ];
    people
        .into_iter()
        .map(|(id, iin, role, unit)| {
            let signatory = &signatories[id];
            let key = PathBuf::from(format!("identities/{id}.p12"));
            let chain = [signatory.certificate.clone(), issuing.clone()];
            let file = pkcs12::write(&signatory.key, &chain, id, "key-password").unwrap();
            files::write_private(&dir.join(&key), &file).unwrap();
            Identity {
                id: id.to_owned(),
                role: role.to_owned(),
                iin: iin.to_owned(),
                name: PersonName {
                    surname: "ТЕСТОВ".to_owned(),
                    given: id.to_uppercase(),
                    patronymic: None,
                },
                key,
                password: "key-password".to_owned(),
                portal_password: password(id),
                unit: unit.map(str::to_owned),
                post: id.starts_with("clerk").then(|| "clerk".to_owned()),
                ..Identity::default()
            }
        })
        .collect()
}

async fn open_doors(dir: &Path, clock: &Clock, responder: Arc<Responder>) -> Running {
    let start = ActorStart {
        clock: clock.clone(),
        ..ActorStart::in_folder(dir)
    };
    let mut hall = Hall::enter(start, Actor::Nca).await.unwrap();
    let listener = hall.bind(Place::NcaPublic).await.unwrap();
    let address = listener.http();
    let router = Router::new()
        .route("/ocsp/", post(answer))
        .with_state(responder);
    hall.serve(listener, router, Security::Plain);
    hall.announce("ocsp", format!("{address}/ocsp/"));
    hall.announce("crl-rsa", format!("{address}/crl/rsa.crl"));
    let on_clock = control::clock_hook(|_| async { Ok(()) });
    hall.control(Place::NcaControl, Router::new(), on_clock)
        .await
        .unwrap();
    hall.open().await.unwrap()
}

async fn answer(State(responder): State<Arc<Responder>>, body: Bytes) -> Response {
    if *responder.down.lock().unwrap() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let request = ocsp::Request::decode(&body, 1).unwrap();
    let now = responder.clock.now();
    let by_root = request.cert_ids[0].names_issuer(&responder.root.certificate);
    let answers = request
        .cert_ids
        .into_iter()
        .map(|cert_id| SingleAnswer {
            status: responder
                .statuses
                .lock()
                .unwrap()
                .get(cert_id.serial())
                .copied()
                .unwrap_or(CertStatus::Good),
            cert_id,
            this_update: now,
            next_update: None,
        })
        .collect();
    let response = ocsp::Response {
        answers,
        nonce: request.nonce,
        produced_at: now,
        extended_revoke: false,
    };
    let (certificate, key) = match by_root {
        true => (&responder.root.certificate, &responder.root.key),
        false => (&responder.certificate, &responder.key),
    };
    ocsp::respond(&response, certificate, key)
        .unwrap()
        .into_response()
}
