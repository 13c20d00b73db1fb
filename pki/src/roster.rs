//! Issues the ready-made people and systems, and writes `DIR/identities` and `DIR/trust`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_store::CertificateState;
use qaqpa_transport::identities::{self, Identity, Index, PersonName, SystemIdentity};
use qaqpa_transport::{files, paths, random_hex};
use qaqpa_x509::issue::{self, Addresses, Person, System};
use qaqpa_x509::{Certificate, RevocationReason, pkcs12};
use tokio::task::JoinSet;

use crate::authority::{Authority, IssuerName, blocking};
use crate::personas::{KEY_PASSWORD, OPERATOR, PEOPLE, Persona, SYSTEMS, SystemPersona};
use crate::standing::Standing;
use crate::vault::Vault;
use crate::{Config, PkiError};

/// The setting that says which certificates are in the files: JSON `{id: serial}`. Stored: changing it needs a migration.
const ROSTER: &str = "roster";

/// Makes anew the certificates of the list that are not (or no longer) what they should be at this moment, and writes
/// the files of them all.
///
/// The register comes first, then the files, then the note that they belong together: after a kill in between, the next
/// start makes anew what the note does not vouch for.
pub(crate) async fn adapt(authority: &Authority, now: Moment) -> Result<(), PkiError> {
    let mut roster = read_roster(authority).await?;
    let wanted: Vec<Entry> = entries().collect();
    let mut missing = Vec::new();
    for entry in &wanted {
        if !holds(authority, &roster, entry, now).await? {
            missing.push(*entry);
        }
    }
    let old = identities::read(&authority.data)?.unwrap_or_default();
    if missing.is_empty()
        && old.identities.len() == PEOPLE.len()
        && old.systems.len() == SYSTEMS.len()
    {
        return write_trust(authority, &roster).await;
    }
    tracing::info!(certificates = missing.len(), moment = %now, "issuing ready-made identities");
    for entry in &missing {
        roster.remove(entry.id());
    }
    write_roster(authority, &roster).await?;
    let index = new_index(&old)?;
    let made = issue_all(authority, &missing, &index, now).await?;
    enter(authority, &made, now).await?;
    for one in &made {
        roster.insert(one.entry.id().to_owned(), one.certificate.serial_hex());
    }
    let data = authority.data.clone();
    blocking(move || {
        for one in made {
            files::write_private(&data.join(key_path(one.entry.id())), &one.key_file)?;
        }
        Ok(identities::write(&data, &index)?)
    })
    .await?;
    write_trust(authority, &roster).await?;
    write_roster(authority, &roster).await
}

/// One of the list: a person or a system.
#[derive(Clone, Copy, Debug)]
enum Entry {
    Person(&'static Persona),
    System(&'static SystemPersona),
}

impl Entry {
    const fn id(self) -> &'static str {
        match self {
            Self::Person(person) => person.id,
            Self::System(system) => system.id,
        }
    }

    const fn standing(self) -> Standing {
        match self {
            Self::Person(person) => person.standing,
            Self::System(_) => Standing::InForce,
        }
    }

    const fn issuer(self) -> IssuerName {
        match self {
            Self::Person(person) if person.foreign => IssuerName::Foreign,
            _ => IssuerName::Issuing(KeyKind::Rsa),
        }
    }
}

fn entries() -> impl Iterator<Item = Entry> {
    static PERSONS: [Persona; PEOPLE.len()] = PEOPLE;
    static ALL_SYSTEMS: [SystemPersona; SYSTEMS.len()] = SYSTEMS;
    let people = PERSONS.iter().map(Entry::Person);
    people.chain(ALL_SYSTEMS.iter().map(Entry::System))
}

/// Whether the files hold a certificate of this entry that is still what it should be.
async fn holds(
    authority: &Authority,
    roster: &BTreeMap<String, String>,
    entry: &Entry,
    now: Moment,
) -> Result<bool, PkiError> {
    let Some(serial) = roster.get(entry.id()) else {
        return Ok(false);
    };
    if !authority.data.join(key_path(entry.id())).is_file() {
        return Ok(false);
    }
    let register = authority.store.authority();
    let record = register.by_serial(entry.issuer().as_str(), serial).await?;
    let Some(record) = record else {
        return Ok(false);
    };
    let certificate = Certificate::from_der(&record.der)?;
    Ok(entry.standing().holds(&certificate, now))
}

struct Made {
    entry: Entry,
    certificate: Certificate,
    key_file: Vec<u8>,
}

async fn issue_all(
    authority: &Authority,
    missing: &[Entry],
    index: &Index,
    now: Moment,
) -> Result<Vec<Made>, PkiError> {
    let mut tasks = JoinSet::new();
    for entry in missing.iter().copied() {
        let vault = authority.vault.clone();
        let (config, addresses) = (authority.config, authority.addresses(KeyKind::Rsa));
        let password = match entry {
            Entry::Person(_) => KEY_PASSWORD.to_owned(),
            Entry::System(system) => index
                .system(system.id)
                .map(|system| system.key_password.clone())
                .unwrap_or_default(),
        };
        tasks.spawn_blocking(move || make(&vault, config, addresses, entry, &password, now));
    }
    let mut made = Vec::with_capacity(missing.len());
    while let Some(done) = tasks.join_next().await {
        made.push(done.map_err(|_| PkiError::Task)??);
    }
    Ok(made)
}

fn make(
    vault: &Vault,
    config: Config,
    addresses: Addresses,
    entry: Entry,
    password: &str,
    now: Moment,
) -> Result<Made, PkiError> {
    let key = PrivateKey::generate_rsa_2048()?;
    let (certificate, issuers) = match entry {
        Entry::Person(persona) => {
            let period = persona.standing.period(now, config.person());
            let signer = if persona.foreign {
                &vault.foreign
            } else {
                &vault.chain(KeyKind::Rsa).issuing
            };
            let person = person_of(persona)?;
            let certificate = issue::person(
                &person,
                &persona.roles(),
                persona.purpose,
                key.spki_der(),
                period,
                addresses,
                signer.as_issuer(),
            )?;
            let issuers = if persona.foreign {
                vec![vault.foreign.certificate.clone()]
            } else {
                vault.chain(KeyKind::Rsa).issuers()
            };
            (certificate, issuers)
        }
        Entry::System(persona) => {
            let system = System {
                name: persona.name.to_owned(),
                oid: persona.oid.to_owned(),
                organization: Some(OPERATOR.named()?),
            };
            let certificate = issue::system(
                &system,
                key.spki_der(),
                Standing::InForce.period(now, config.system()),
                addresses,
                vault.chain(KeyKind::Rsa).issuing.as_issuer(),
            )?;
            (certificate, vault.chain(KeyKind::Rsa).issuers())
        }
    };
    let mut chain = vec![certificate.clone()];
    chain.extend(issuers);
    let key_file = pkcs12::write(&key, &chain, entry.id(), password)?;
    Ok(Made {
        entry,
        certificate,
        key_file,
    })
}

fn person_of(persona: &Persona) -> Result<Person, PkiError> {
    let [surname, given_name, patronymic] = persona.name.map(str::to_owned);
    Ok(Person {
        surname,
        given_name,
        patronymic: Some(patronymic),
        iin: persona.iin()?,
        organization: match persona.organization {
            Some(organization) => Some(organization.named()?),
            None => None,
        },
    })
}

/// Enters what was made into the register, with the states that the list asks.
async fn enter(authority: &Authority, made: &[Made], now: Moment) -> Result<(), PkiError> {
    let issued: Vec<_> = made
        .iter()
        .map(|one| (one.entry.issuer(), one.entry.id(), &one.certificate))
        .collect();
    authority.record(&issued, now).await?;
    for one in made {
        // From the first moment of validity, so that it is so whenever the certificate is valid.
        let at = one.certificate.not_before();
        let state = match one.entry.standing() {
            Standing::Revoked => CertificateState::Revoked {
                at,
                reason: RevocationReason::KeyCompromise.code(),
            },
            Standing::Suspended => CertificateState::Suspended { at },
            _ => continue,
        };
        let serial = one.certificate.serial_hex();
        let register = authority.store.authority();
        register
            .set_state(one.entry.issuer().as_str(), &serial, state, now)
            .await?;
    }
    Ok(())
}

/// The index of everybody; the systems' secrets are kept from the old one.
fn new_index(old: &Index) -> Result<Index, PkiError> {
    let mut index = Index::default();
    for persona in &PEOPLE {
        let [surname, given, patronymic] = persona.name.map(str::to_owned);
        index.identities.push(Identity {
            id: persona.id.to_owned(),
            role: persona.role.name().to_owned(),
            iin: persona.iin()?.reveal(),
            name: PersonName {
                surname,
                given,
                patronymic: Some(patronymic),
            },
            key: key_path(persona.id),
            password: KEY_PASSWORD.to_owned(),
            portal_password: persona.portal_password(),
            unit: persona.unit.map(str::to_owned),
            ..Identity::default()
        });
    }
    for persona in &SYSTEMS {
        let known = old.system(persona.id);
        let kept = |secret: Option<String>| secret.unwrap_or_else(random_hex::<16>);
        index.systems.push(SystemIdentity {
            sender_id: persona.sender_id.map(str::to_owned),
            id: persona.id.to_owned(),
            key: key_path(persona.id),
            key_password: kept(known.map(|system| system.key_password.clone())),
            sender_password: persona
                .sender_id
                .map(|_| kept(known.and_then(|system| system.sender_password.clone()))),
        });
    }
    Ok(index)
}

/// `DIR/trust/signature.pem`, one file for each kind of key, and `DIR/trust/gateway.pem`, written where they say
/// something else.
async fn write_trust(
    authority: &Authority,
    roster: &BTreeMap<String, String>,
) -> Result<(), PkiError> {
    let register = authority.store.authority();
    let gateway = match roster.get("system-gateway") {
        Some(serial) => {
            register
                .by_serial(IssuerName::Issuing(KeyKind::Rsa).as_str(), serial)
                .await?
        }
        None => None,
    };
    let gateway = match gateway {
        Some(record) => Some(Certificate::from_der(&record.der)?.to_pem()),
        None => None,
    };
    let (data, vault) = (authority.data.clone(), authority.vault.clone());
    blocking(move || {
        let all = paths::trust_signature(&data);
        write_if_new(&all, &vault.trust_pem())?;
        for chain in vault.chains() {
            write_if_new(
                &all.with_file_name(format!("{}.pem", chain.kind)),
                &chain.trust_pem(),
            )?;
        }
        match gateway {
            Some(gateway) => write_if_new(&paths::trust_gateway(&data), &gateway),
            None => Ok(()),
        }
    })
    .await
}

fn write_if_new(path: &Path, text: &str) -> Result<(), PkiError> {
    if files::read_if_there(path)?.as_deref() != Some(text.as_bytes()) {
        files::write_private(path, text.as_bytes())?;
    }
    Ok(())
}

fn key_path(id: &str) -> PathBuf {
    PathBuf::from("identities").join(format!("{id}.p12"))
}

async fn read_roster(authority: &Authority) -> Result<BTreeMap<String, String>, PkiError> {
    let Some(text) = authority.store.settings().read(ROSTER).await? else {
        return Ok(BTreeMap::new());
    };
    serde_json::from_str(&text).map_err(|_| PkiError::Unreadable {
        what: "the note of the ready-made certificates",
    })
}

async fn write_roster(
    authority: &Authority,
    roster: &BTreeMap<String, String>,
) -> Result<(), PkiError> {
    let text = serde_json::to_string(roster).map_err(|_| PkiError::Unreadable {
        what: "the note of the ready-made certificates",
    })?;
    Ok(authority.store.settings().write(ROSTER, &text).await?)
}
