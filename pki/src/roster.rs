//! Issues the ready-made people and systems, and writes `DIR/identities` and `DIR/trust`.
//!
//! The core is there from the first start; other packs come when they are asked for and stay: across restarts, and made
//! anew when the clock moves, like the core. Keys are slow to make, so those of a pack are made before the lock is taken.

pub(crate) mod branches;
mod index;
mod trust;

use std::collections::BTreeMap;

use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_store::CertificateState;
use qaqpa_transport::files;
use qaqpa_transport::identities::{self, Index, SystemIdentity};
use qaqpa_x509::{Certificate, RevocationReason};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::PkiError;
use crate::authority::{Authority, IssuerName, blocking};
use crate::personas::making::{Made, Workshop};
use crate::personas::{KEY_PASSWORD, Pack, Packs, Persona, SystemPersona};
use crate::roster::branches::BranchSystem;
use crate::roster::index::{key_path, new_index};
use crate::roster::trust::write_trust;
use crate::standing::Standing;

/// The setting that says which certificates are in the files: JSON `{id: serial}`. Stored: changing it needs a migration.
const ROSTER: &str = "roster";

/// The setting that says which packs are issued: JSON `["families"]`. Stored: changing it needs a migration.
const PACKS: &str = "packs";

/// Keys made at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As many as there are processors: somebody waits.
    Brisk,
    /// One after the other: beside other work.
    Gentle,
}

/// Makes anew the certificates of the issued packs that are not (or no longer) what they should be at this moment, and
/// writes the files of them all. The caller holds the roster's lock.
pub(crate) async fn adapt(authority: &Authority, now: Moment) -> Result<(), PkiError> {
    let packs = issued(authority).await?;
    adapt_with(authority, packs, BTreeMap::new(), now).await
}

/// Issues packs that are not issued yet, and makes anew what of them is not what it should be.
///
/// # Errors
/// [`PkiError`] where something could not be issued or stored; what was issued before stays.
pub async fn issue(authority: &Authority, packs: Packs, pace: Pace) -> Result<(), PkiError> {
    let missing = missing(authority, packs, authority.clock.now()).await?;
    let keys = make_keys(&missing, pace).await?;
    let _only_one = authority.roster.lock().await;
    let packs = issued(authority).await?.and(packs);
    adapt_with(authority, packs, keys, authority.clock.now()).await?;
    let names: Vec<&str> = packs.iter().map(Pack::name).collect();
    write_setting(authority, PACKS, &names).await
}

/// Issues the packs of the configuration, beside other work; what fails is logged.
pub(crate) async fn issue_configured(authority: &Authority) {
    let packs = authority.config.packs;
    if packs == Packs::CORE {
        return;
    }
    match issue(authority, packs, Pace::Gentle).await {
        Ok(()) => tracing::info!(?packs, "the packs of the configuration are issued"),
        Err(error) => tracing::error!(%error, "the packs of the configuration could not be issued"),
    }
}

/// The packs that are issued; the core always is.
///
/// # Errors
/// [`PkiError::Store`]; [`PkiError::Unreadable`] where the note of them is not ours.
pub async fn issued(authority: &Authority) -> Result<Packs, PkiError> {
    let names: Vec<String> = read_setting(authority, PACKS).await?;
    Packs::parse(names.iter().map(String::as_str)).map_err(|_| PkiError::Unreadable {
        what: "the note of the issued packs",
    })
}

/// The register comes first, then the files, then the note that they belong together: after a kill in between, the next
/// start makes anew what the note does not vouch for.
async fn adapt_with(
    authority: &Authority,
    packs: Packs,
    mut keys: BTreeMap<String, PrivateKey>,
    now: Moment,
) -> Result<(), PkiError> {
    let mut roster = read_roster(authority).await?;
    let missing = missing(authority, packs, now).await?;
    let old = identities::read(&authority.data)?.unwrap_or_default();
    let index = new_index(&old, packs, &branches::systems(authority).await?)?;
    if missing.is_empty() && old == index {
        return write_trust(authority, &roster).await;
    }
    tracing::info!(certificates = missing.len(), moment = %now, "issuing ready-made identities");
    for entry in &missing {
        roster.remove(entry.id());
    }
    write_setting(authority, ROSTER, &roster).await?;
    let still_without: Vec<Entry> = missing
        .iter()
        .filter(|entry| !keys.contains_key(entry.id()))
        .cloned()
        .collect();
    keys.extend(make_keys(&still_without, Pace::Brisk).await?);
    let made = make_all(authority, missing, keys, &index, now).await?;
    enter(authority, &made, now).await?;
    for (entry, one) in &made {
        roster.insert(entry.id().to_owned(), one.certificate.serial_hex());
    }
    let data = authority.data.clone();
    blocking(move || {
        for (entry, one) in made {
            files::write_private(&data.join(key_path(entry.id())), &one.key_file)?;
        }
        Ok(identities::write(&data, &index)?)
    })
    .await?;
    write_trust(authority, &roster).await?;
    write_setting(authority, ROSTER, &roster).await
}

/// One of the list: a person or a system.
#[derive(Clone, Debug)]
enum Entry {
    Branch(BranchSystem),
    Person(&'static Persona),
    System(&'static SystemPersona),
}

impl Entry {
    fn id(&self) -> &str {
        match self {
            Self::Branch(system) => &system.id,
            Self::Person(person) => person.id,
            Self::System(system) => system.id,
        }
    }

    const fn standing(&self) -> Standing {
        match self {
            Self::Person(person) => person.standing,
            Self::Branch(_) | Self::System(_) => Standing::InForce,
        }
    }

    const fn key(&self) -> KeyKind {
        match self {
            Self::Person(person) => person.key,
            Self::Branch(_) | Self::System(_) => KeyKind::Rsa,
        }
    }

    const fn issuer(&self) -> IssuerName {
        match self {
            Self::Person(person) => person.issuer(),
            Self::Branch(_) | Self::System(_) => IssuerName::Issuing(KeyKind::Rsa),
        }
    }
}

fn entries(packs: Packs) -> impl Iterator<Item = Entry> {
    packs.iter().flat_map(|pack| {
        let people = pack.people().iter().map(Entry::Person);
        people.chain(pack.systems().iter().map(Entry::System))
    })
}

/// The entries whose certificates or files are not there, or not what they should be.
async fn missing(authority: &Authority, packs: Packs, now: Moment) -> Result<Vec<Entry>, PkiError> {
    let roster = read_roster(authority).await?;
    let mut missing = Vec::new();
    let branches = branches::systems(authority).await?;
    for entry in entries(packs).chain(branches.into_iter().map(Entry::Branch)) {
        if !holds(authority, &roster, &entry, now).await? {
            missing.push(entry);
        }
    }
    Ok(missing)
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

async fn make_keys(
    entries: &[Entry],
    pace: Pace,
) -> Result<BTreeMap<String, PrivateKey>, PkiError> {
    let at_once = match pace {
        Pace::Brisk => std::thread::available_parallelism().map_or(1, usize::from),
        Pace::Gentle => 1,
    };
    let turns = std::sync::Arc::new(Semaphore::new(at_once));
    let mut tasks = JoinSet::new();
    for entry in entries {
        let (id, kind) = (entry.id().to_owned(), entry.key());
        let turns = std::sync::Arc::clone(&turns);
        tasks.spawn(async move {
            let _turn = turns.acquire_owned().await.map_err(|_| PkiError::Task)?;
            let key = blocking(move || Ok(PrivateKey::generate(kind)?)).await?;
            Ok::<_, PkiError>((id, key))
        });
    }
    let mut keys = BTreeMap::new();
    while let Some(done) = tasks.join_next().await {
        let (id, key) = done.map_err(|_| PkiError::Task)??;
        keys.insert(id, key);
    }
    Ok(keys)
}

async fn make_all(
    authority: &Authority,
    entries: Vec<Entry>,
    keys: BTreeMap<String, PrivateKey>,
    index: &Index,
    now: Moment,
) -> Result<Vec<(Entry, Made)>, PkiError> {
    let workshop = Workshop {
        vault: authority.vault.clone(),
        config: authority.config,
        doors: authority.doors.clone(),
        now,
    };
    let secret = |system: &SystemIdentity| (system.id.clone(), system.key_password.clone());
    let secrets: BTreeMap<String, String> = index.systems.iter().map(secret).collect();
    blocking(move || {
        let make = |entry: Entry| {
            let key = keys.get(entry.id()).ok_or(PkiError::Task)?;
            let made = match &entry {
                Entry::Branch(branch) => {
                    let secret = secrets.get(&branch.id).map(String::as_str);
                    workshop.branch(branch, key, secret.unwrap_or_default())
                }
                Entry::Person(person) => workshop.person(person, key, KEY_PASSWORD),
                Entry::System(system) => {
                    let secret = secrets.get(system.id).map(String::as_str);
                    workshop.system(system, key, secret.unwrap_or_default())
                }
            };
            Ok((entry, made?))
        };
        entries.into_iter().map(make).collect()
    })
    .await
}

/// Enters what was made into the register, with the states that the list asks.
async fn enter(authority: &Authority, made: &[(Entry, Made)], now: Moment) -> Result<(), PkiError> {
    let issuer_ids: Vec<String> = made
        .iter()
        .map(|(entry, _)| format!("{}-issuer", entry.id()))
        .collect();
    let mut issued = Vec::with_capacity(made.len());
    for ((entry, one), issuer_id) in made.iter().zip(&issuer_ids) {
        issued.push((entry.issuer(), entry.id(), &one.certificate));
        if let Some((issuer, certificate)) = &one.besides {
            issued.push((*issuer, issuer_id.as_str(), certificate));
        }
    }
    authority.record(&issued, now).await?;
    for (entry, one) in made {
        let (issuer, serial) = (entry.issuer(), one.certificate.serial_hex());
        let begin = one.certificate.not_before();
        let states = match entry.standing() {
            Standing::Suspended => vec![CertificateState::Suspended { at: begin }],
            Standing::Resumed => vec![
                CertificateState::Suspended { at: begin },
                CertificateState::Good,
            ],
            standing => standing
                .revoked_at(&one.certificate)
                .map(|at| CertificateState::Revoked {
                    at,
                    reason: RevocationReason::KeyCompromise.code(),
                })
                .into_iter()
                .collect(),
        };
        for state in states {
            authority.set_state(issuer, &serial, state, now).await?;
        }
    }
    Ok(())
}

async fn read_roster(authority: &Authority) -> Result<BTreeMap<String, String>, PkiError> {
    read_setting(authority, ROSTER).await
}

/// A setting in JSON; its default where it was never written.
async fn read_setting<T: serde::de::DeserializeOwned + Default>(
    authority: &Authority,
    name: &str,
) -> Result<T, PkiError> {
    let Some(text) = authority.store.settings().read(name).await? else {
        return Ok(T::default());
    };
    serde_json::from_str(&text).map_err(|_| PkiError::Unreadable {
        what: "the note of the ready-made certificates",
    })
}

async fn write_setting(
    authority: &Authority,
    name: &str,
    value: &impl serde::Serialize,
) -> Result<(), PkiError> {
    let text = serde_json::to_string(value).map_err(|_| PkiError::Unreadable {
        what: "the note of the ready-made certificates",
    })?;
    Ok(authority.store.settings().write(name, &text).await?)
}
