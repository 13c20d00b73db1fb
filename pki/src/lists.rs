//! Signs revocation lists from the register: a complete list and a delta of each issuing authority, and a complete list
//! of each root.
//!
//! A list is signed when it is asked for and the last one is not right any more: something changed, a state of the
//! future has come to be, or it is out of date. Complete list and delta of one moment are made together and have the same
//! number; where only the delta is out of date, it alone is made anew, with the next number.
//!
//! A base period lasts [`Config::base_hours`](crate::Config): the list that opens it is the base of every delta up to the
//! next opening, so that a reader who has any complete list of the period needs the newest delta only. Before the first
//! list there was the empty one, number 0.

use std::collections::BTreeMap;

use axum::body::Bytes;
use qaqpa_model::Moment;
use qaqpa_store::RevocationList;
use qaqpa_x509::crl::{self, CrlToIssue};
use qaqpa_x509::issue::IssueError;
use qaqpa_x509::{Certificate, ObjectIdentifier, oid};
use tokio::sync::Mutex;

use crate::PkiError;
use crate::authority::{Authority, IssuerName, blocking};
use crate::doors::{delta_path, list_name};
use crate::register::Register;
use crate::vault::Signer;

/// Which list of an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Everything that is revoked or suspended.
    Complete,
    /// What changed since a base; a root has none.
    Delta,
}

/// A list as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedList {
    /// Its name in the register: `rsa`, `rsa-delta`, `rsa-root`.
    pub name: String,
    /// Its number.
    pub number: u64,
    /// The list.
    pub der: Bytes,
    /// When it was made.
    pub at: Moment,
    /// When the next one is due.
    pub next_update: Moment,
    /// The position of the last change that it knows of.
    changes: u64,
    /// When it ceases to be right although nobody changes anything.
    changes_at: Option<Moment>,
}

/// The last lists of every issuer.
#[derive(Debug)]
pub struct Lists(BTreeMap<IssuerName, Mutex<Shelf>>);

/// The last lists of one issuer. One list is signed at a time.
#[derive(Debug, Default)]
struct Shelf {
    /// Whether the lists of the last start were looked for.
    looked: bool,
    base: Option<Base>,
    complete: Option<SignedList>,
    delta: Option<SignedList>,
}

/// The list that opened a base period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Base {
    number: u64,
    at: Moment,
    changes: u64,
}

impl Base {
    /// The empty list before the first.
    const EMPTY: Self = Self {
        number: 0,
        at: Moment::ROOT_BEGIN,
        changes: 0,
    };
}

impl Default for Lists {
    fn default() -> Self {
        let own = IssuerName::all().filter(|issuer| *issuer != IssuerName::Foreign);
        Self(own.map(|issuer| (issuer, Mutex::default())).collect())
    }
}

/// An issuer's list as of now; `None` where it has none such.
///
/// # Errors
/// [`PkiError`] where the list could not be signed or kept.
pub async fn current(
    authority: &Authority,
    issuer: IssuerName,
    which: Which,
) -> Result<Option<SignedList>, PkiError> {
    let Some(shelf) = authority.lists.0.get(&issuer) else {
        return Ok(None);
    };
    if !has(issuer, which) {
        return Ok(None);
    }
    let mut shelf = shelf.lock().await;
    let now = authority.clock.now();
    if !shelf.looked {
        *shelf = Shelf::of_last_start(authority, issuer).await?;
    }
    let changes = authority.register.changes(issuer);
    let right = |list: &Option<SignedList>| {
        let list = list.as_ref();
        list.is_some_and(|list| list.is_right(changes, now))
    };
    if !right(&shelf.complete) {
        shelf.sign_both(authority, issuer, now).await?;
    } else if which == Which::Delta && !right(&shelf.delta) {
        shelf.sign_delta(authority, issuer, now).await?;
    }
    Ok(match which {
        Which::Complete => shelf.complete.clone(),
        Which::Delta => shelf.delta.clone(),
    })
}

/// An issuer's list as it would have been at a moment; `None` where it has none such. Nothing of it is kept.
///
/// Its number is the one of the last list that was made until then; states are those of then.
///
/// # Errors
/// [`PkiError`] where the register could not be read or the list not be signed.
pub async fn as_of(
    authority: &Authority,
    issuer: IssuerName,
    which: Which,
    at: Moment,
) -> Result<Option<SignedList>, PkiError> {
    if !has(issuer, which) {
        return Ok(None);
    }
    let register = authority.store.authority();
    let last = register.list_at(list_name(issuer), at).await?;
    let number = last.as_ref().map_or(1, |last| last.number);
    let making = Making::of(authority, issuer, number, at);
    let signed = match which {
        Which::Complete => making.complete().await?,
        Which::Delta => {
            let number_of_base = last.map_or(0, |last| last.base);
            let base = match register
                .numbered_list(list_name(issuer), number_of_base)
                .await?
            {
                Some(base) if base.number < number && base.at <= at => Base {
                    number: base.number,
                    at: base.at,
                    changes: base.changes,
                },
                _ => Base::EMPTY,
            };
            making.delta(base).await?
        }
    };
    Ok(Some(signed))
}

const fn has(issuer: IssuerName, which: Which) -> bool {
    matches!(
        (issuer, which),
        (IssuerName::Issuing(_), _) | (IssuerName::Root(_), Which::Complete)
    )
}

impl SignedList {
    /// Whether it says what is so at a moment.
    fn is_right(&self, changes: u64, now: Moment) -> bool {
        self.changes == changes
            && self.at <= now
            && now < self.next_update
            && self.changes_at.is_none_or(|moment| now < moment)
    }

    fn to_keep(&self, base: u64) -> RevocationList {
        RevocationList {
            name: self.name.clone(),
            number: self.number,
            der: self.der.to_vec(),
            at: self.at,
            next_update: self.next_update,
            changes: self.changes,
            base,
        }
    }
}

impl Shelf {
    /// The lists of the last start: what is still right of them goes on being served.
    async fn of_last_start(authority: &Authority, issuer: IssuerName) -> Result<Self, PkiError> {
        let register = authority.store.authority();
        let name = list_name(issuer);
        let complete = register.latest_list(name).await?;
        let number = complete.as_ref().map_or(0, |complete| complete.base);
        let base = register.numbered_list(name, number).await?;
        let complete = complete.filter(|list| is_as_of_now(authority, issuer, &list.der));
        let delta = register.latest_list(&delta_name(issuer)).await?;
        let delta = delta.filter(|list| says_what_it_keeps(&list.der));
        let kept = |list: RevocationList| SignedList {
            name: list.name,
            number: list.number,
            changes_at: authority.register.changes_after(issuer, list.at),
            der: list.der.into(),
            at: list.at,
            next_update: list.next_update,
            changes: list.changes,
        };
        Ok(Self {
            looked: true,
            base: base.map(|base| Base {
                number: base.number,
                at: base.at,
                changes: base.changes,
            }),
            complete: complete.map(kept),
            delta: delta.map(kept),
        })
    }

    async fn sign_both(
        &mut self,
        authority: &Authority,
        issuer: IssuerName,
        now: Moment,
    ) -> Result<(), PkiError> {
        let number = next_number(authority, issuer).await?;
        let base = self.base.filter(|base| base.at <= now);
        let opens = base.is_none_or(|base| base.at.plus(authority.config.base()) <= now);
        let making = Making::of(authority, issuer, number, now);
        // The delta beside a list that opens a period still leads there from the period before.
        let from = base.unwrap_or(Base::EMPTY);
        let delta = match has(issuer, Which::Delta) {
            true => Some(making.clone().delta(from).await?),
            false => None,
        };
        let complete = making.complete().await?;
        let opened = Base {
            number,
            at: now,
            changes: complete.changes,
        };
        let own_base = base.filter(|_| !opens).unwrap_or(opened);
        let mut keep = vec![complete.to_keep(own_base.number)];
        keep.extend(delta.iter().map(|delta| delta.to_keep(from.number)));
        authority.store.authority().save_lists(keep).await?;
        self.base = Some(own_base);
        self.complete = Some(complete);
        self.delta = delta;
        Ok(())
    }

    async fn sign_delta(
        &mut self,
        authority: &Authority,
        issuer: IssuerName,
        now: Moment,
    ) -> Result<(), PkiError> {
        let number = next_number(authority, issuer).await?;
        let base = self.base.unwrap_or(Base::EMPTY);
        let delta = Making::of(authority, issuer, number, now)
            .delta(base)
            .await?;
        let keep = vec![delta.to_keep(base.number)];
        authority.store.authority().save_lists(keep).await?;
        self.delta = Some(delta);
        Ok(())
    }
}

/// A list that is being made, beside the runtime's threads: it may have a million entries.
#[derive(Clone)]
struct Making {
    register: Register,
    issuer: IssuerName,
    signer: Signer,
    number: u64,
    at: Moment,
    complete_due: Moment,
    delta_due: Moment,
    delta_url: Option<String>,
}

impl Making {
    fn of(authority: &Authority, issuer: IssuerName, number: u64, at: Moment) -> Self {
        Self {
            register: authority.register.clone(),
            issuer,
            signer: authority.issuer(issuer).clone(),
            number,
            at,
            complete_due: at.plus(authority.config.crl()),
            delta_due: at.plus(authority.config.delta()),
            delta_url: delta_url(authority, issuer),
        }
    }

    async fn complete(self) -> Result<SignedList, PkiError> {
        blocking(move || {
            let listed = self.register.listed(self.issuer, self.at);
            let list = CrlToIssue {
                number: self.number,
                this_update: self.at,
                next_update: self.complete_due,
                entries: listed.entries,
                freshest_crl_url: self.delta_url,
            };
            let (certificate, key) = (&self.signer.certificate, &self.signer.key);
            Ok(SignedList {
                name: list_name(self.issuer).to_owned(),
                number: self.number,
                der: crl::issue_with(&list, &[keeps_expired(certificate)?], certificate, key)?
                    .into(),
                at: self.at,
                next_update: list.next_update,
                changes: listed.changes,
                changes_at: listed.changes_at,
            })
        })
        .await
    }

    async fn delta(self, base: Base) -> Result<SignedList, PkiError> {
        blocking(move || {
            // Before the entries: what changes in between is in them, and another delta follows.
            let changes = self.register.changes(self.issuer);
            let known = (base.changes, base.at);
            let list = CrlToIssue {
                number: self.number,
                this_update: self.at,
                next_update: self.delta_due,
                entries: self.register.listed_since(self.issuer, known, self.at),
                freshest_crl_url: None,
            };
            let (certificate, key) = (&self.signer.certificate, &self.signer.key);
            let more = [keeps_expired(certificate)?];
            Ok(SignedList {
                name: delta_name(self.issuer),
                number: self.number,
                der: crl::issue_delta_with(base.number, &list, &more, certificate, key)?.into(),
                at: self.at,
                next_update: list.next_update,
                changes,
                changes_at: self.register.changes_after(self.issuer, self.at),
            })
        })
        .await
    }
}

/// expiredCertsOnCRL (X.509 §8.5.2.12): the register forgets nobody, so that its lists have the entries of every certificate since the
/// issuer's beginning.
fn keeps_expired(issuer: &Certificate) -> Result<(ObjectIdentifier, bool, Vec<u8>), IssueError> {
    crl::expired_certs_on_crl(issuer.not_before())
}

/// The next number of an issuer's lists, complete or delta.
async fn next_number(authority: &Authority, issuer: IssuerName) -> Result<u64, PkiError> {
    let name = format!("crl-{}", list_name(issuer));
    Ok(authority.store.counters().next(&name).await?)
}

/// What an issuer's delta is called in the register. Stored: changing it needs a migration.
fn delta_name(issuer: IssuerName) -> String {
    format!("{}-delta", list_name(issuer))
}

fn delta_url(authority: &Authority, issuer: IssuerName) -> Option<String> {
    match issuer {
        IssuerName::Issuing(kind) => Some(authority.doors.url(&delta_path(kind))),
        _ => None,
    }
}

/// Whether a list of the last start has the extensions that it would have now: our address of now in freshestCRL, and
/// expiredCertsOnCRL.
fn is_as_of_now(authority: &Authority, issuer: IssuerName, der: &[u8]) -> bool {
    let is_ours = |url: String| stands_behind_the_entries(url.as_bytes(), der);
    says_what_it_keeps(der) && delta_url(authority, issuer).is_none_or(is_ours)
}

fn says_what_it_keeps(der: &[u8]) -> bool {
    stands_behind_the_entries(oid::EXPIRED_CERTS_ON_CRL.as_bytes(), der)
}

/// Whether these bytes are among the extensions of a list.
fn stands_behind_the_entries(bytes: &[u8], der: &[u8]) -> bool {
    const EXTENSIONS_AND_SIGNATURE_BYTES_MAX: usize = 4096;
    let tail = &der[der.len().saturating_sub(EXTENSIONS_AND_SIGNATURE_BYTES_MAX)..];
    tail.windows(bytes.len()).any(|place| place == bytes)
}
