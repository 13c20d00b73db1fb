//! A certifying authority for tests: certificates of the national profile, key files, and OCSP that
//! says what a test wants.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use qaqpa_crypto::{PrivateKey, SignatureAlgorithm};
use qaqpa_model::{Actor, Bin, Iin, Moment};
use qaqpa_transport::identities::{self, Index, SystemIdentity};
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
    asked: AtomicUsize,
    guest: Mutex<Option<Guest>>,
}

/// Answers about certificates of another world: to a request of OCSP, or for a list by its path. `None` where it knows
/// nothing of that; an error where nothing comes.
pub(crate) type Answers = Box<dyn Fn(Asked<'_>) -> Option<Result<Vec<u8>, String>> + Send>;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked<'a> {
    Ocsp(&'a [u8]),
    List(&'a str),
}

struct Guest(Answers);

impl std::fmt::Debug for Guest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Guest")
    }
}

pub(crate) const SENDERS: [(&str, &str); 5] = [
    ("system-gateway", "gateway"),
    ("system-portal", "portal"),
    ("system-regional-gateway", "regional-gateway"),
    ("system-integrator-1", "integrator-1"),
    ("system-regional-gateway.taraz", "regional-gateway.taraz"),
];

/// Which key each of them has.
const SENDER_KEYS: [usize; 5] = [3, 4, 5, 6, 11];

pub(crate) fn password(sender: &str) -> String {
    format!("password-of-{sender}")
}

pub(crate) const CITIZEN_1: &str = "931002451325";
pub(crate) const CITIZEN_2: &str = "061211600012";
pub(crate) const OFFICER_1: &str = "900101300811";
/// The organisation of `company-head` and `company-employee`, who both have the IIN of citizen-1.
pub(crate) const COMPANY: &str = "990140900014";

/// Keys are slow to make: once for each test process, on all processors.
fn keys() -> &'static [PrivateKey] {
    static KEYS: OnceLock<Vec<PrivateKey>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let makers: Vec<_> = (0..12)
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
        let future = validity("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
        let foreign_root = issue::root(name("FOREIGN TEST STAND"), &keys[10], long).unwrap();
        let foreign = Issuer {
            certificate: &foreign_root,
            key: &keys[10],
        };
        let people: [(&str, &str, usize, Role, Purpose, Validity, Issuer<'_>); 9] = [
            (
                "citizen-1",
                CITIZEN_1,
                7,
                Role::Individual,
                Purpose::Sign,
                now,
                issuer,
            ),
            (
                "citizen-2",
                CITIZEN_2,
                8,
                Role::Individual,
                Purpose::Sign,
                now,
                issuer,
            ),
            (
                "officer-1",
                OFFICER_1,
                9,
                Role::Employee,
                Purpose::Sign,
                now,
                issuer,
            ),
            (
                "expired",
                CITIZEN_1,
                7,
                Role::Individual,
                Purpose::Sign,
                past,
                issuer,
            ),
            (
                "not-yet-valid",
                CITIZEN_1,
                7,
                Role::Individual,
                Purpose::Sign,
                future,
                issuer,
            ),
            (
                "auth-only",
                CITIZEN_1,
                7,
                Role::Individual,
                Purpose::Authenticate,
                now,
                issuer,
            ),
            (
                "foreign",
                CITIZEN_1,
                7,
                Role::Individual,
                Purpose::Sign,
                now,
                foreign,
            ),
            (
                "company-head",
                CITIZEN_1,
                7,
                Role::Head,
                Purpose::Sign,
                now,
                issuer,
            ),
            (
                "company-employee",
                CITIZEN_1,
                7,
                Role::Employee,
                Purpose::Sign,
                now,
                issuer,
            ),
        ];
        for (at, (id, iin, key, role, purpose, validity, issuer)) in people.into_iter().enumerate()
        {
            let iin = Iin::parse(iin).unwrap();
            let person = issue::Person {
                surname: "ТЕСТОВ".to_owned(),
                given_name: id.to_uppercase(),
                patronymic: None,
                iin,
                organization: id
                    .starts_with("company-")
                    .then(|| ("TEST СЫНАҚ ЖШС".to_owned(), Bin::parse(COMPANY).unwrap())),
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
            asked: AtomicUsize::new(0),
            guest: Mutex::default(),
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

    /// Who is asked first from now on.
    pub(crate) fn invite(&self, answers: Answers) {
        *self.responder.guest.lock().unwrap() = Some(Guest(answers));
        self.tell();
    }

    /// These are trusted, too, or known: what gateways read that start from now on.
    pub(crate) fn trust_too(dir: &Path, pem: &str) {
        let path = paths::trust_signature(dir);
        let mut all = std::fs::read_to_string(&path).unwrap();
        all.push_str(pem);
        files::write_private(&path, all.as_bytes()).unwrap();
    }

    /// How often OCSP was asked.
    pub(crate) fn asked(&self) -> usize {
        self.responder.asked.load(Ordering::Relaxed)
    }

    /// Whether OCSP and CRL answer at all.
    pub(crate) fn set_down(&self, down: bool) {
        *self.responder.down.lock().unwrap() = down;
        self.tell();
    }

    /// Whoever keeps evidence of before hears that something changed, as the real authority tells it.
    pub(crate) fn tell(&self) {
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
        identities: Vec::new(),
        systems,
        ..Index::default()
    };
    identities::write(dir, &index).unwrap();
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
        .route("/crl/{name}", get(list))
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

/// What the guest says, if it knows.
fn of_guest(responder: &Responder, asked: Asked<'_>) -> Option<Response> {
    let guest = responder.guest.lock().unwrap();
    let said = (guest.as_ref()?.0)(asked)?;
    Some(match said {
        Ok(bytes) => bytes.into_response(),
        Err(why) => (StatusCode::NOT_FOUND, why).into_response(),
    })
}

async fn list(
    State(responder): State<Arc<Responder>>,
    axum::extract::Path(name): axum::extract::Path<String>,
) -> Response {
    let found = of_guest(&responder, Asked::List(&name));
    found.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

async fn answer(State(responder): State<Arc<Responder>>, body: Bytes) -> Response {
    responder.asked.fetch_add(1, Ordering::Relaxed);
    if *responder.down.lock().unwrap() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if let Some(said) = of_guest(&responder, Asked::Ocsp(&body)) {
        return said;
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
