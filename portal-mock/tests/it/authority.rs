//! An authority of the test's own: certificates of the national profile, and an OCSP responder.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use qaqpa_crypto::PrivateKey;
use qaqpa_model::{Iin, Moment};
use qaqpa_transport::identities::{self, Identity, Index, PersonName, SystemIdentity};
use qaqpa_transport::{Clock, files, paths};
use qaqpa_x509::issue::{self, Addresses, Issuer, Person, System, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::ocsp::{CertStatus, Request, Response, SingleAnswer, respond};
use qaqpa_x509::profile::{Purpose, Role};
use qaqpa_x509::{Certificate, RevocationReason, oid, pkcs12};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

pub(crate) const CITIZEN: &str = "931002451325";
pub(crate) const NEIGHBOUR: &str = "061211600012";
pub(crate) const OFFICER: &str = "900101300811";
pub(crate) const KEY_PASSWORD: &str = "key-password";
pub(crate) const PORTAL_PASSWORD: &str = "portal-password";

/// The systems: their ids and the names by which they send.
const SYSTEMS: [(&str, &str); 3] = [
    ("system-portal", "portal"),
    ("system-gateway", "gateway"),
    ("system-regional-gateway", "regional-gateway"),
];

/// A person's key and certificate, or a system's.
#[derive(Clone)]
pub(crate) struct Holder {
    pub(crate) key: PrivateKey,
    pub(crate) certificate: Certificate,
    pub(crate) p12: Vec<u8>,
}

/// The authority: everything that the portal needs of the world of certificates.
pub(crate) struct Authority {
    pub(crate) ocsp: MockServer,
    pub(crate) statuses: Arc<Mutex<HashMap<Vec<u8>, CertStatus>>>,
    pub(crate) people: HashMap<&'static str, Holder>,
    dir: PathBuf,
}

struct Ca {
    key: PrivateKey,
    certificate: Certificate,
}

impl Ca {
    fn issuer(&self) -> Issuer<'_> {
        Issuer {
            certificate: &self.certificate,
            key: &self.key,
        }
    }
}

impl Authority {
    /// Makes the authority in this data folder: trust file, identities, key files.
    pub(crate) async fn make(dir: &Path, clock: &Clock) -> Self {
        let ocsp = MockServer::start().await;
        let addresses = Addresses {
            ocsp: Some(format!("{}/ocsp/", ocsp.uri())),
            ..Addresses::default()
        };
        let now = clock.now();
        let (root, issuing) = chain("TEST", &addresses);
        let (foreign_root, foreign) = chain("ELSEWHERE", &addresses);
        let _ = foreign_root;
        let mut people = HashMap::new();
        let mut index = Index::default();
        for (id, iin, ca, purpose, from_days, to_days) in [
            ("citizen-1", CITIZEN, &issuing, Purpose::Sign, -10, 300),
            ("citizen-2", NEIGHBOUR, &issuing, Purpose::Sign, -10, 300),
            ("officer-1", OFFICER, &issuing, Purpose::Sign, -10, 300),
            ("expired", CITIZEN, &issuing, Purpose::Sign, -300, -5),
            ("not-yet-valid", CITIZEN, &issuing, Purpose::Sign, 5, 300),
            ("revoked", CITIZEN, &issuing, Purpose::Sign, -10, 300),
            ("suspended", CITIZEN, &issuing, Purpose::Sign, -10, 300),
            (
                "auth-only",
                CITIZEN,
                &issuing,
                Purpose::Authenticate,
                -10,
                300,
            ),
            ("foreign", CITIZEN, &foreign, Purpose::Sign, -10, 300),
        ] {
            let holder = person(
                id,
                iin,
                ca,
                purpose,
                days(now, from_days, to_days),
                &addresses,
            );
            write_key(dir, id, &holder.p12);
            index.identities.push(identity(id, iin));
            people.insert(id, holder);
        }
        for (number, (id, name)) in SYSTEMS.iter().enumerate() {
            let system = System {
                name: format!("TEST {name}"),
                oid: format!("1.2.398.3.99.{number}"),
                organization: None,
            };
            let key = key_of(id);
            let validity = days(now, -10, 300);
            let certificate = issue::system(
                &system,
                key.spki_der(),
                validity,
                addresses.clone(),
                issuing.issuer(),
            )
            .unwrap();
            let p12 = pkcs12::write(&key, std::slice::from_ref(&certificate), id, KEY_PASSWORD);
            let p12 = p12.unwrap();
            write_key(dir, id, &p12);
            index.systems.push(SystemIdentity {
                sender_id: (*name != "gateway").then(|| (*name).to_owned()),
                id: (*id).to_owned(),
                key: key_path(id),
                key_password: KEY_PASSWORD.to_owned(),
                sender_password: (*name != "gateway").then(|| "sender-password".to_owned()),
            });
            people.insert(
                id,
                Holder {
                    key,
                    certificate,
                    p12,
                },
            );
        }
        std::fs::create_dir_all(dir.join("trust")).unwrap();
        let trust = root.certificate.to_pem() + &issuing.certificate.to_pem();
        std::fs::write(paths::trust_signature(dir), trust).unwrap();
        identities::write(dir, &index).unwrap();

        let statuses = Arc::new(Mutex::new(HashMap::new()));
        let serial = |id: &str| people[id].certificate.serial().to_vec();
        let revoked = |reason| CertStatus::Revoked {
            at: now.minus(Duration::from_secs(86_400)),
            reason: Some(reason),
        };
        {
            let mut statuses = statuses.lock().unwrap();
            statuses.insert(serial("revoked"), revoked(RevocationReason::KeyCompromise));
            statuses.insert(
                serial("suspended"),
                revoked(RevocationReason::CertificateHold),
            );
        }
        Mock::given(method("POST"))
            .respond_with(responder(
                root,
                &issuing,
                clock.clone(),
                Arc::clone(&statuses),
            ))
            .mount(&ocsp)
            .await;
        Self {
            ocsp,
            statuses,
            people,
            dir: dir.to_owned(),
        }
    }

    /// The authority revokes somebody's certificate.
    pub(crate) fn revokes(&self, id: &str, at: Moment) {
        let serial = self.people[id].certificate.serial().to_vec();
        let status = CertStatus::Revoked {
            at,
            reason: Some(RevocationReason::KeyCompromise),
        };
        self.statuses.lock().unwrap().insert(serial, status);
        self.tell();
    }

    /// The authority does not answer any more.
    pub(crate) async fn falls_silent(&self) {
        self.ocsp.reset().await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(503))
            .mount(&self.ocsp)
            .await;
        self.tell();
    }

    /// Whoever keeps evidence of before hears that something changed, as the real authority tells it.
    fn tell(&self) {
        files::write_private(&paths::trust_changes(&self.dir), b"changed").unwrap();
    }
}

struct Responder {
    certificate: Certificate,
    key: PrivateKey,
    /// Answers about the issuing authority itself.
    root: Ca,
    clock: Clock,
    statuses: Arc<Mutex<HashMap<Vec<u8>, CertStatus>>>,
}

fn responder(
    root: Ca,
    issuing: &Ca,
    clock: Clock,
    statuses: Arc<Mutex<HashMap<Vec<u8>, CertStatus>>>,
) -> Responder {
    let key = key_of("ocsp");
    let name = NameToWrite::new().with(oid::COMMON_NAME, "TEST OCSP");
    let certificate = issue::responder(
        name,
        key.spki_der(),
        days(clock.now(), -10, 300),
        issuing.issuer(),
    )
    .unwrap();
    Responder {
        certificate,
        key,
        root,
        clock,
        statuses,
    }
}

impl Respond for Responder {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let request = Request::decode(&request.body, 8).unwrap();
        let now = self.clock.now();
        let statuses = self.statuses.lock().unwrap();
        let by_root = request.cert_ids[0].names_issuer(&self.root.certificate);
        let answers = request
            .cert_ids
            .iter()
            .map(|cert_id| SingleAnswer {
                status: statuses
                    .get(cert_id.serial())
                    .copied()
                    .unwrap_or(CertStatus::Good),
                cert_id: cert_id.clone(),
                this_update: now,
                next_update: None,
            })
            .collect();
        let response = Response {
            answers,
            nonce: request.nonce,
            produced_at: now,
            extended_revoke: false,
        };
        let (certificate, key) = match by_root {
            true => (&self.root.certificate, &self.root.key),
            false => (&self.certificate, &self.key),
        };
        let der = respond(&response, certificate, key).unwrap();
        ResponseTemplate::new(200).set_body_raw(der, "application/ocsp-response")
    }
}

/// The key of that name: made once for all tests of this process, since making one is slow.
fn key_of(name: &str) -> PrivateKey {
    static KEYS: Mutex<BTreeMap<String, PrivateKey>> = Mutex::new(BTreeMap::new());
    let mut keys = KEYS.lock().unwrap();
    keys.entry(name.to_owned())
        .or_insert_with(|| PrivateKey::generate_rsa_2048().unwrap())
        .clone()
}

/// A root and the authority below it, which names these addresses as its certificates do.
fn chain(name: &str, addresses: &Addresses) -> (Ca, Ca) {
    let life = Validity {
        not_before: Moment::ROOT_BEGIN,
        not_after: Moment::ROOT_END,
    };
    let named = |what: &str| {
        NameToWrite::new()
            .with(oid::COMMON_NAME, &format!("{name} {what}"))
            .with(oid::COUNTRY, "KZ")
    };
    let key = key_of(&format!("{name} root"));
    let certificate = issue::root(named("ROOT"), &key, life).unwrap();
    let root = Ca { key, certificate };
    let key = key_of(&format!("{name} issuing"));
    let certificate = issue::issuing(
        named("ISSUING"),
        key.spki_der(),
        life,
        addresses.clone(),
        root.issuer(),
    )
    .unwrap();
    (root, Ca { key, certificate })
}

fn person(
    id: &str,
    iin: &str,
    ca: &Ca,
    purpose: Purpose,
    validity: Validity,
    addresses: &Addresses,
) -> Holder {
    let name = name_of(iin);
    let person = Person {
        surname: name.surname,
        given_name: name.given,
        patronymic: None,
        iin: Iin::parse(iin).unwrap(),
        organization: None,
    };
    let key = key_of(id);
    let certificate = issue::person(
        &person,
        &[Role::Individual],
        purpose,
        key.spki_der(),
        validity,
        addresses.clone(),
        ca.issuer(),
    )
    .unwrap();
    let chain = [certificate.clone(), ca.certificate.clone()];
    let p12 = pkcs12::write(&key, &chain, id, KEY_PASSWORD).unwrap();
    Holder {
        key,
        certificate,
        p12,
    }
}

fn identity(id: &str, iin: &str) -> Identity {
    Identity {
        id: id.to_owned(),
        role: "individual".to_owned(),
        iin: iin.to_owned(),
        name: name_of(iin),
        key: key_path(id),
        password: KEY_PASSWORD.to_owned(),
        portal_password: PORTAL_PASSWORD.to_owned(),
        ..Identity::default()
    }
}

fn name_of(iin: &str) -> PersonName {
    let (surname, given) = match iin {
        CITIZEN => ("ТЕСТОВА", "АЙГҮЛ"),
        NEIGHBOUR => ("ТЕСТОВ", "ДАМИР"),
        _ => ("СЫНАҚОВ", "ЕРЛАН"),
    };
    PersonName {
        surname: surname.to_owned(),
        given: given.to_owned(),
        patronymic: None,
    }
}

fn key_path(id: &str) -> PathBuf {
    PathBuf::from(format!("identities/{id}.p12"))
}

fn write_key(dir: &Path, id: &str, p12: &[u8]) {
    std::fs::create_dir_all(dir.join("identities")).unwrap();
    std::fs::write(dir.join(key_path(id)), p12).unwrap();
}

fn days(now: Moment, from: i64, to: i64) -> Validity {
    let at = |days: i64| {
        let ms = now.unix_ms() + days * 86_400_000;
        Moment::from_unix_ms(ms.div_euclid(1000) * 1000)
    };
    Validity {
        not_before: at(from),
        not_after: at(to),
    }
}
