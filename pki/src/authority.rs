//! What the authority does: it issues, and keeps the register of what became of each certificate.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_store::{
    CertificateRecord, CertificateState, Direction, JournalEntry, NewCertificate, Store,
};
use qaqpa_transport::Clock;
use qaqpa_x509::issue::{self, Addresses, Validity};
use qaqpa_x509::ocsp::CertStatus;
use qaqpa_x509::{Certificate, RevocationReason};
use serde_json::json;
use thiserror::Error;
use tokio::task::JoinSet;

use crate::doors::Doors;
use crate::stamps::{self, Timestampers};
use crate::standing::Standing;
use crate::vault::{Chain, KINDS, Signer, Vault, in_names, test_name};
use crate::{Config, PkiError, roster};

/// Which issuer signed a certificate of the register. Stored: changing the names needs a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IssuerName {
    /// The issuing authority of that kind of key.
    Issuing(KeyKind),
    /// The root of that kind of key.
    Root(KeyKind),
    /// The root that nobody trusts.
    Foreign,
}

impl IssuerName {
    /// The name in the register: `rsa-issuing`, `gost-2015-root`, `foreign`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issuing(KeyKind::Rsa) => "rsa-issuing",
            Self::Issuing(KeyKind::Gost2015) => "gost-2015-issuing",
            Self::Issuing(KeyKind::Gost2004) => "gost-2004-issuing",
            Self::Issuing(KeyKind::Ecdsa) => "ecdsa-issuing",
            Self::Root(KeyKind::Rsa) => "rsa-root",
            Self::Root(KeyKind::Gost2015) => "gost-2015-root",
            Self::Root(KeyKind::Gost2004) => "gost-2004-root",
            Self::Root(KeyKind::Ecdsa) => "ecdsa-root",
            Self::Foreign => "foreign",
        }
    }

    /// The issuer of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|issuer| issuer.as_str() == name)
    }

    /// Every issuer: the issuing authorities, the roots, the foreign one.
    pub fn all() -> impl Iterator<Item = Self> {
        let issuing = KINDS.into_iter().map(Self::Issuing);
        let roots = KINDS.into_iter().map(Self::Root);
        issuing.chain(roots).chain([Self::Foreign])
    }
}

/// What the authority's own certificates are called after the kind of key: issuers and their servants.
const OWN: [&str; 5] = [
    "root",
    "issuing",
    "responder",
    "root-responder",
    "timestamper",
];

/// Whether an identity's name is the authority's own: `rsa-issuing`, `ecdsa-responder`.
#[must_use]
pub fn is_reserved(identity: &str) -> bool {
    identity == "foreign-root"
        || KeyKind::ALL.iter().any(|kind| {
            let rest = identity.strip_prefix(kind.name());
            let rest = rest.and_then(|rest| rest.strip_prefix('-'));
            rest.is_some_and(|rest| OWN.contains(&rest))
        })
}

/// The authority: keys, register, clock.
#[derive(Debug)]
pub struct Authority {
    pub(crate) vault: Vault,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    /// What issued certificates say about where we are.
    pub(crate) doors: Doors,
    /// The data folder.
    pub(crate) data: PathBuf,
    responders: RwLock<BTreeMap<IssuerName, Arc<Signer>>>,
    /// Who signs time stamps.
    pub(crate) timestampers: Timestampers,
    /// One change of ready-made certificates at a time.
    pub(crate) roster: tokio::sync::Mutex<()>,
    /// One CRL is signed at a time.
    pub(crate) lists: tokio::sync::Mutex<()>,
}

/// Why the authority refuses a command: by rule, not by fault.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refused {
    /// The certificate is revoked already, for good.
    #[error("the certificate is revoked already")]
    AlreadyRevoked,
    /// No such certificate.
    #[error("the authority issued no such certificate")]
    CertificateUnknown,
    /// The certificate is not suspended, so that nothing can be resumed.
    #[error("the certificate is not suspended")]
    NotSuspended,
    /// The certificate is suspended already.
    #[error("the certificate is suspended already")]
    AlreadySuspended,
}

/// A command's answer: done, refused by rule, or not done by fault.
pub type Decided<T> = Result<Result<T, Refused>, PkiError>;

/// A change of a certificate's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// For good.
    Revoke(RevocationReason),
    /// Until it is resumed.
    Suspend,
    /// The end of a suspension.
    Resume,
}

impl Authority {
    /// The authority with its register; no responder and no ready-made certificate yet: see [`Authority::adapt`].
    #[must_use]
    pub fn new(
        vault: Vault,
        store: Store,
        clock: Clock,
        config: Config,
        doors: Doors,
        data: PathBuf,
    ) -> Self {
        Self {
            vault,
            store,
            clock,
            config,
            doors,
            data,
            responders: RwLock::default(),
            timestampers: Timestampers::default(),
            roster: tokio::sync::Mutex::new(()),
            lists: tokio::sync::Mutex::new(()),
        }
    }

    /// Makes anew what is not valid, or no longer what it should be, at the clock's moment: the responder and the
    /// ready-made identities. Called at the start, when the clock moved, and from time to time.
    ///
    /// # Errors
    /// [`PkiError::OutsideRootLife`]; [`PkiError`] where something could not be issued or stored.
    pub async fn adapt(&self, now: Moment) -> Result<(), PkiError> {
        if now < Moment::ROOT_BEGIN || now >= Moment::ROOT_END {
            return Err(PkiError::OutsideRootLife(now));
        }
        let _only_one = self.roster.lock().await;
        self.adapt_own(now).await?;
        stamps::adapt(self, now).await?;
        roster::adapt(self, now).await
    }

    /// The issuer of that name, with its key.
    #[must_use]
    pub fn issuer(&self, name: IssuerName) -> &Signer {
        match name {
            IssuerName::Issuing(kind) => &self.vault.chain(kind).issuing,
            IssuerName::Root(kind) => &self.vault.chain(kind).root,
            IssuerName::Foreign => &self.vault.foreign,
        }
    }

    /// What the certificates of an issuing authority say about where we are.
    #[must_use]
    pub fn addresses(&self, kind: KeyKind) -> Addresses {
        self.doors.of_issuing(kind)
    }

    /// The certificate of an identity (the newest) or of a serial number in hexadecimal.
    ///
    /// # Errors
    /// [`PkiError::Store`].
    pub async fn find(&self, name: &str) -> Result<Option<CertificateRecord>, PkiError> {
        let register = self.store.authority();
        for issuer in IssuerName::all() {
            let serial = name.to_ascii_lowercase();
            if let Some(found) = register.by_serial(issuer.as_str(), &serial).await? {
                return Ok(Some(found));
            }
        }
        Ok(register.by_identity(name).await?.into_iter().next())
    }

    /// Changes the state of the certificate of an identity or a serial number; gives back its record.
    ///
    /// # Errors
    /// [`Refused`] inside, [`PkiError`] outside.
    pub async fn change(&self, name: &str, change: Change) -> Decided<CertificateRecord> {
        let Some(found) = self.find(name).await? else {
            return Ok(Err(Refused::CertificateUnknown));
        };
        let at = self.clock.now();
        let state = match (change, found.state) {
            (_, CertificateState::Revoked { .. }) => return Ok(Err(Refused::AlreadyRevoked)),
            (Change::Revoke(reason), _) => CertificateState::Revoked {
                at,
                reason: reason.code(),
            },
            (Change::Suspend, CertificateState::Suspended { .. }) => {
                return Ok(Err(Refused::AlreadySuspended));
            }
            (Change::Suspend, CertificateState::Good) => CertificateState::Suspended { at },
            (Change::Resume, CertificateState::Suspended { .. }) => CertificateState::Good,
            (Change::Resume, CertificateState::Good) => return Ok(Err(Refused::NotSuspended)),
        };
        let register = self.store.authority();
        register
            .set_state(&found.issuer, &found.serial, state, at)
            .await?;
        let changed = register.by_serial(&found.issuer, &found.serial).await?;
        Ok(changed.ok_or(Refused::CertificateUnknown))
    }

    /// Enters certificates into the register.
    ///
    /// # Errors
    /// [`PkiError::Store`], also where a serial number exists.
    pub(crate) async fn record(
        &self,
        issued: &[(IssuerName, &str, &Certificate)],
        at: Moment,
    ) -> Result<(), PkiError> {
        let new =
            |(issuer, identity, certificate): &(IssuerName, &str, &Certificate)| NewCertificate {
                serial: certificate.serial_hex(),
                issuer: issuer.as_str().to_owned(),
                identity: (*identity).to_owned(),
                der: certificate.der().to_vec(),
                at,
                not_after: certificate.not_after(),
            };
        let new = issued.iter().map(new).collect();
        self.store.authority().record(new).await?;
        let issued: Vec<_> = issued
            .iter()
            .map(|(issuer, identity, certificate)| {
                json!({
                    "issuer": issuer.as_str(),
                    "identity": identity,
                    "serial": certificate.serial_hex(),
                })
            })
            .collect();
        self.journal("certificates-issued", json!({ "certificates": issued }), at)
            .await
    }

    /// Writes an entry of our own into the journal.
    pub(crate) async fn journal(
        &self,
        kind: &str,
        summary: serde_json::Value,
        at: Moment,
    ) -> Result<(), PkiError> {
        let entry = JournalEntry {
            at,
            kind: kind.to_owned(),
            message_id: None,
            direction: Direction::Own,
            label: None,
            raw: None,
            summary,
        };
        self.store.journal().append(entry).await?;
        Ok(())
    }

    /// The responder that signs OCSP answers for an issuer now.
    pub(crate) fn responder(&self, issuer: IssuerName) -> Option<Arc<Signer>> {
        self.responders
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&issuer)
            .cloned()
    }

    /// Makes the responders anew that are not in force, and enters what the register does not have yet of them and of the
    /// issuing authorities.
    async fn adapt_own(&self, now: Moment) -> Result<(), PkiError> {
        let register = self.store.authority();
        let mut new = Vec::new();
        for chain in self.vault.chains() {
            let root = IssuerName::Root(chain.kind);
            let certificate = &chain.issuing.certificate;
            let serial = certificate.serial_hex();
            if register.by_serial(root.as_str(), &serial).await?.is_none() {
                let name = IssuerName::Issuing(chain.kind).as_str();
                new.push((root, name, certificate.clone()));
            }
        }
        let (mut responders, mut making) = (BTreeMap::new(), JoinSet::new());
        for kind in KINDS {
            match self.responders_of(kind, now)? {
                Some(both) => responders.extend(both),
                None => {
                    let chain = self.vault.chain(kind).clone();
                    let period = Standing::InForce.period(now, self.config.responder());
                    making.spawn_blocking(move || new_responders(&chain, period));
                }
            }
        }
        let mut made = Vec::new();
        while let Some(done) = making.join_next().await {
            made.extend(done.map_err(|_| PkiError::Task)??);
        }
        for (issuer, name, signer) in &made {
            new.push((*issuer, name, signer.certificate.clone()));
        }
        if !new.is_empty() {
            let new: Vec<_> = new
                .iter()
                .map(|(by, name, one)| (*by, *name, one))
                .collect();
            self.record(&new, now).await?;
        }
        for (issuer, name, signer) in made {
            tracing::info!(name, until = %signer.certificate.not_after(), "a new OCSP responder");
            self.vault.keep(name, &signer)?;
            responders.insert(issuer, Arc::new(signer));
        }
        *self
            .responders
            .write()
            .unwrap_or_else(PoisonError::into_inner) = responders;
        Ok(())
    }

    /// The two responders of a kind of key, where both are in force: those of now, or of the last start.
    fn responders_of(&self, kind: KeyKind, now: Moment) -> Result<Option<Responders>, PkiError> {
        let mut both = Vec::with_capacity(2);
        for (issuer, name) in own_responders(kind) {
            let responder = match self.responder(issuer) {
                Some(responder) => Some(responder),
                None => {
                    let issuer = &self.issuer(issuer).certificate;
                    self.vault.kept(name, issuer)?.map(Arc::new)
                }
            };
            match responder {
                Some(responder) if Standing::InForce.holds(&responder.certificate, now) => {
                    both.push((issuer, responder));
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(both))
    }
}

type Responders = Vec<(IssuerName, Arc<Signer>)>;

/// Whose answers the responders of a kind of key sign, and the names under which they are kept and registered.
const fn own_responders(kind: KeyKind) -> [(IssuerName, &'static str); 2] {
    let [issuing, root] = match kind {
        KeyKind::Rsa => ["rsa-responder", "rsa-root-responder"],
        KeyKind::Gost2015 => ["gost-2015-responder", "gost-2015-root-responder"],
        KeyKind::Gost2004 => ["gost-2004-responder", "gost-2004-root-responder"],
        KeyKind::Ecdsa => ["ecdsa-responder", "ecdsa-root-responder"],
    };
    [
        (IssuerName::Issuing(kind), issuing),
        (IssuerName::Root(kind), root),
    ]
}

/// One key, certified as a responder by the issuing authority and by the root.
fn new_responders(
    chain: &Chain,
    period: Validity,
) -> Result<Vec<(IssuerName, &'static str, Signer)>, PkiError> {
    let key = PrivateKey::generate(chain.kind)?;
    let called = in_names(chain.kind);
    let mut made = Vec::with_capacity(2);
    for (issuer, name) in own_responders(chain.kind) {
        let (signer, subject) = match issuer {
            IssuerName::Root(_) => (&chain.root, format!("ТҮБІР, {called}")),
            _ => (&chain.issuing, called.to_owned()),
        };
        let certificate = issue::responder(
            test_name(&format!("QAQPA TEST OCSP RESPONDER ({subject})")),
            key.spki_der(),
            period,
            signer.as_issuer(),
        )?;
        let key = key.clone();
        made.push((issuer, name, Signer { certificate, key }));
    }
    Ok(made)
}

/// What the register's state means at a moment: a revocation that is yet to come (the clock was set back) is none.
#[must_use]
pub fn status_at(state: CertificateState, now: Moment) -> CertStatus {
    match state {
        CertificateState::Revoked { at, reason } if at <= now => CertStatus::Revoked {
            at,
            reason: RevocationReason::from_code(reason),
        },
        CertificateState::Suspended { at } if at <= now => CertStatus::Revoked {
            at,
            reason: Some(RevocationReason::CertificateHold),
        },
        _ => CertStatus::Good,
    }
}

/// Runs work that blocks (keys, files) beside the runtime's threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PkiError> + Send + 'static,
) -> Result<T, PkiError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| PkiError::Task)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revocation_of_tomorrow_is_none_today() {
        let today = Moment::parse("2026-11-22").unwrap();
        let tomorrow = Moment::parse("2026-11-23").unwrap();
        let revoked = CertificateState::Revoked {
            at: tomorrow,
            reason: 1,
        };
        assert_eq!(status_at(revoked, today), CertStatus::Good);
        assert_eq!(
            status_at(revoked, tomorrow),
            CertStatus::Revoked {
                at: tomorrow,
                reason: Some(RevocationReason::KeyCompromise)
            }
        );
        let suspended = CertificateState::Suspended { at: today };
        assert_eq!(
            status_at(suspended, tomorrow),
            CertStatus::Revoked {
                at: today,
                reason: Some(RevocationReason::CertificateHold)
            }
        );
        assert_eq!(status_at(CertificateState::Good, today), CertStatus::Good);
    }
}
