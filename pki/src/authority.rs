//! What the authority does: it issues, and keeps the register of what became of each certificate.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use qaqpa_crypto::PrivateKey;
use qaqpa_model::Moment;
use qaqpa_store::{
    CertificateRecord, CertificateState, Direction, JournalEntry, NewCertificate, Store,
};
use qaqpa_transport::Clock;
use qaqpa_x509::issue::{self, Addresses};
use qaqpa_x509::ocsp::CertStatus;
use qaqpa_x509::{Certificate, RevocationReason};
use serde_json::json;
use thiserror::Error;

use crate::standing::Standing;
use crate::vault::{Signer, Vault, test_name};
use crate::{Config, PkiError, roster};

/// Which issuer signed a certificate of the register. Stored: changing the names needs a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerName {
    /// The issuing authority.
    Issuing,
    /// The root that nobody trusts.
    Foreign,
}

impl IssuerName {
    /// The name in the register.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issuing => "issuing",
            Self::Foreign => "foreign",
        }
    }
}

/// The authority: keys, register, clock.
#[derive(Debug)]
pub struct Authority {
    pub(crate) vault: Vault,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    /// What issued certificates say about where we are.
    pub(crate) addresses: Addresses,
    /// The data folder.
    pub(crate) data: PathBuf,
    responder: RwLock<Option<Arc<Signer>>>,
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
        addresses: Addresses,
        data: PathBuf,
    ) -> Self {
        Self {
            vault,
            store,
            clock,
            config,
            addresses,
            data,
            responder: RwLock::new(None),
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
        self.adapt_responder(now).await?;
        roster::adapt(self, now).await
    }

    /// The certificate of an identity (the newest) or of a serial number in hexadecimal.
    ///
    /// # Errors
    /// [`PkiError::Store`].
    pub async fn find(&self, name: &str) -> Result<Option<CertificateRecord>, PkiError> {
        let register = self.store.authority();
        for issuer in [IssuerName::Issuing, IssuerName::Foreign] {
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

    /// The responder that signs OCSP answers now.
    pub(crate) fn responder(&self) -> Option<Arc<Signer>> {
        self.responder
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn adapt_responder(&self, now: Moment) -> Result<(), PkiError> {
        let current = match self.responder() {
            Some(current) => Some(current),
            None => self.vault.responder()?.map(Arc::new),
        };
        let holds = |signer: &Arc<Signer>| Standing::InForce.holds(&signer.certificate, now);
        let next = match current.filter(holds) {
            Some(current) => current,
            None => Arc::new(self.new_responder(now).await?),
        };
        *self
            .responder
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(next);
        Ok(())
    }

    async fn new_responder(&self, now: Moment) -> Result<Signer, PkiError> {
        let period = Standing::InForce.period(now, self.config.responder());
        let vault = self.vault.clone();
        let signer = blocking(move || {
            let key = PrivateKey::generate_rsa_2048()?;
            let certificate = issue::responder(
                test_name("QAQPA TEST OCSP RESPONDER"),
                key.spki_der(),
                period,
                vault.issuing.as_issuer(),
            )?;
            Ok(Signer { certificate, key })
        })
        .await?;
        let issued = (IssuerName::Issuing, "responder", &signer.certificate);
        self.record(&[issued], now).await?;
        self.vault.keep_responder(&signer)?;
        tracing::info!(until = %signer.certificate.not_after(), "a new OCSP responder");
        Ok(signer)
    }
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
