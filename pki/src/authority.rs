//! What the authority does: it issues, and keeps the register of what became of each certificate.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use qaqpa_crypto::KeyKind;
use qaqpa_model::Moment;
use qaqpa_store::{
    CertificateRecord, CertificateState, Direction, JournalEntry, NewCertificate, Store,
};
use qaqpa_transport::Clock;
use qaqpa_x509::issue::Addresses;
use qaqpa_x509::ocsp::CertId;
use qaqpa_x509::{Certificate, RevocationReason};
use serde_json::json;
use thiserror::Error;

use crate::doors::Doors;
use crate::lists::Lists;
use crate::register::Register;
use crate::responder::kept::Kept;
use crate::responder::known_issuers;
use crate::responder::signing::Places;
use crate::stamps::{self, Timestampers};
use crate::vault::{Signer, Vault};
use crate::{Config, PkiError, roster};

pub use crate::issuers::{IssuerName, is_reserved};

/// The authority: keys, register, clock.
#[derive(Debug)]
pub struct Authority {
    pub(crate) vault: Vault,
    pub(crate) store: Store,
    pub(crate) register: Register,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    /// What issued certificates say about where we are.
    pub(crate) doors: Doors,
    /// The data folder.
    pub(crate) data: PathBuf,
    /// What ids of certificates say about the issuers.
    pub(crate) known_issuers: Vec<(IssuerName, CertId)>,
    /// OCSP answers that were signed ahead.
    pub(crate) kept: Kept,
    /// Places for those that sign OCSP answers.
    pub(crate) places: Places,
    /// Who signs OCSP answers.
    pub(crate) responders: RwLock<BTreeMap<IssuerName, Arc<Signer>>>,
    /// Who signs time stamps.
    pub(crate) timestampers: Timestampers,
    /// One change of ready-made certificates at a time.
    pub(crate) roster: tokio::sync::Mutex<()>,
    /// The last revocation lists.
    pub(crate) lists: Lists,
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
    /// A root signs itself: nobody could say that it is revoked.
    #[error("a root cannot be revoked: whoever trusts it must stop trusting it")]
    RootNotRevocable,
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
    ///
    /// # Errors
    /// [`PkiError`] where the register could not be read.
    pub async fn open(
        vault: Vault,
        store: Store,
        clock: Clock,
        config: Config,
        doors: Doors,
        data: PathBuf,
    ) -> Result<Self, PkiError> {
        Ok(Self {
            known_issuers: known_issuers(&vault),
            kept: Kept::new(config.ocsp_kept_max),
            places: Places::new(),
            vault,
            register: Register::load(store.clone()).await?,
            store,
            clock,
            config,
            doors,
            data,
            responders: RwLock::default(),
            timestampers: Timestampers::default(),
            roster: tokio::sync::Mutex::new(()),
            lists: Lists::default(),
        })
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
    /// An issuing authority that is called by its name (`rsa-issuing`) is changed whole: all certificates of its key that
    /// can be changed so.
    ///
    /// # Errors
    /// [`Refused`] inside, of a whole authority only where each of its certificates refuses; [`PkiError`] outside.
    pub async fn change(&self, name: &str, change: Change) -> Decided<CertificateRecord> {
        if self.is_root(name) {
            return Ok(Err(Refused::RootNotRevocable));
        }
        let Some(found) = self.find(name).await? else {
            return Ok(Err(Refused::CertificateUnknown));
        };
        let register = self.store.authority();
        let all = match IssuerName::parse(name) {
            Some(IssuerName::Issuing(_)) => register.by_identity(name).await?,
            _ => vec![found],
        };
        let at = self.clock.now();
        let (mut changed, mut refused) = (None, None);
        for record in &all {
            // What one of them is already is no reason to leave the rest as they are.
            match self.change_one(record, change, at).await? {
                Some(Ok(())) => changed = changed.or(Some(record)),
                Some(Err(why)) => refused = refused.or(Some(why)),
                None => {}
            }
        }
        let Some(changed) = changed else {
            return Ok(Err(refused.unwrap_or(Refused::CertificateUnknown)));
        };
        let changed = register.by_serial(&changed.issuer, &changed.serial).await?;
        Ok(changed.ok_or(Refused::CertificateUnknown))
    }

    async fn change_one(
        &self,
        record: &CertificateRecord,
        change: Change,
        at: Moment,
    ) -> Result<Option<Result<(), Refused>>, PkiError> {
        let issuer = issuer_of(record)?;
        let decide = move |state| match (change, state) {
            (_, CertificateState::Revoked { .. }) => Err(Refused::AlreadyRevoked),
            (Change::Revoke(reason), _) => Ok(CertificateState::Revoked {
                at,
                reason: reason.code(),
            }),
            (Change::Suspend, CertificateState::Suspended { .. }) => Err(Refused::AlreadySuspended),
            (Change::Suspend, CertificateState::Good) => Ok(CertificateState::Suspended { at }),
            (Change::Resume, CertificateState::Suspended { .. }) => Ok(CertificateState::Good),
            (Change::Resume, CertificateState::Good) => Err(Refused::NotSuspended),
        };
        self.register
            .change(issuer, &record.serial, at, decide)
            .await
    }

    /// Gives a certificate that was issued this state, whatever it was; one that is revoked stays so.
    ///
    /// # Errors
    /// [`PkiError::Store`].
    pub(crate) async fn set_state(
        &self,
        issuer: IssuerName,
        serial: &str,
        state: CertificateState,
        at: Moment,
    ) -> Result<(), PkiError> {
        let decide = move |_| Ok::<_, std::convert::Infallible>(state);
        self.register.change(issuer, serial, at, decide).await?;
        Ok(())
    }

    /// Whether that is the name or the serial number of a root.
    fn is_root(&self, name: &str) -> bool {
        let named = matches!(IssuerName::parse(name), Some(IssuerName::Root(_)));
        let serial = name.to_ascii_lowercase();
        let is = |root: &Signer| root.certificate.serial_hex() == serial;
        named
            || name == "foreign-root"
            || is(&self.vault.foreign)
            || self.vault.chains().any(|chain| is(&chain.root))
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
        let new = issued.iter().map(|(issuer, identity, certificate)| {
            new_certificate(*issuer, identity, certificate, CertificateState::Good, at)
        });
        self.enter(new.collect(), Vec::new(), at).await
    }

    /// Enters certificates into the register, each with the state that it has from the beginning; the journal says so, and
    /// what else is to be said of them, or nothing is entered.
    ///
    /// # Errors
    /// [`PkiError::Store`], also where a serial number exists.
    pub(crate) async fn enter(
        &self,
        new: Vec<NewCertificate>,
        besides: Vec<JournalEntry>,
        at: Moment,
    ) -> Result<(), PkiError> {
        let issued = |new: &NewCertificate| {
            json!({
                "issuer": new.issuer,
                "identity": new.identity,
                "serial": new.serial,
                "state": new.state.as_str(),
            })
        };
        let issued: Vec<_> = new.iter().map(issued).collect();
        let issued = json!({ "certificates": issued });
        let mut entries = vec![own_entry("certificates-issued", issued, at)];
        entries.extend(besides);
        self.register.record(new, entries).await
    }

    /// Writes an entry of our own into the journal.
    pub(crate) async fn journal(
        &self,
        kind: &str,
        summary: serde_json::Value,
        at: Moment,
    ) -> Result<(), PkiError> {
        let entry = own_entry(kind, summary, at);
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
}

/// An entry of the journal about what the authority did itself.
pub(crate) fn own_entry(kind: &str, summary: serde_json::Value, at: Moment) -> JournalEntry {
    JournalEntry {
        at,
        kind: kind.to_owned(),
        message_id: None,
        direction: Direction::Own,
        label: None,
        raw: None,
        summary,
    }
}

/// A certificate for the register.
pub(crate) fn new_certificate(
    issuer: IssuerName,
    identity: &str,
    certificate: &Certificate,
    state: CertificateState,
    at: Moment,
) -> NewCertificate {
    NewCertificate {
        serial: certificate.serial_hex(),
        issuer: issuer.as_str().to_owned(),
        identity: identity.to_owned(),
        der: certificate.der().to_vec(),
        at,
        not_after: certificate.not_after(),
        state,
    }
}

/// Which issuer a record is of.
fn issuer_of(record: &CertificateRecord) -> Result<IssuerName, PkiError> {
    IssuerName::parse(&record.issuer).ok_or(PkiError::Unreadable {
        what: "an issuer of the register",
    })
}

/// Runs work that blocks (keys, files) beside the runtime's threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PkiError> + Send + 'static,
) -> Result<T, PkiError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| PkiError::Task)?
}
