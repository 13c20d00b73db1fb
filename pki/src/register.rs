//! The register's states in memory: what each certificate is, and was at any moment.
//!
//! The store is the truth. It is read once, at the start; afterwards every change is committed there first and then
//! taken over here, in a task of its own that nobody can cut off in between. So an answer costs no query, and whoever was
//! told that a change is done finds it in every later answer.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use qaqpa_model::Moment;
use qaqpa_store::{CertificateChange, CertificateState, JournalEntry, NewCertificate, Store};
use qaqpa_x509::RevocationReason;
use qaqpa_x509::crl::RevokedEntry;
use qaqpa_x509::ocsp::CertStatus;

use crate::PkiError;
use crate::authority::IssuerName;

/// The register. Clones share it.
#[derive(Clone, Debug)]
pub struct Register(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    books: RwLock<BTreeMap<IssuerName, Book>>,
    /// Commit and take-over of one change come before those of the next.
    changing: tokio::sync::Mutex<()>,
}

/// The certificates of one issuer.
#[derive(Debug, Default)]
struct Book {
    pages: HashMap<Serial, Page>,
    /// The changes before the last, of certificates that had several; in order.
    earlier: HashMap<Serial, Vec<Page>>,
    /// The position of the last change; 0 for none.
    changes: u64,
}

/// A state: since when, and by which change.
#[derive(Clone, Copy, Debug)]
struct Page {
    since: Moment,
    /// 0 where nothing has changed since the issue.
    position: u64,
    state: CertificateState,
}

/// A serial number of at most 20 bytes (RFC 5280 §4.1.2.2), without leading zeros, and how many they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Serial([u8; Serial::BYTES_MAX], u8);

impl Serial {
    const BYTES_MAX: usize = 20;

    /// `None` where the number is longer: we issue none such.
    fn new(bytes: &[u8]) -> Option<Self> {
        let mut own = [0; Self::BYTES_MAX];
        own.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self(own, u8::try_from(bytes.len()).ok()?))
    }

    fn from_hex(text: &str) -> Option<Self> {
        Self::new(&hex::decode(text).ok()?)
    }

    fn bytes(&self) -> &[u8] {
        &self.0[..usize::from(self.1)]
    }
}

/// What a complete list of an issuer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The position of the last change that was heeded.
    pub changes: u64,
    /// What is revoked or suspended, in no order.
    pub entries: Vec<RevokedEntry>,
    /// When the next state takes effect that is known and lies in the future.
    pub changes_at: Option<Moment>,
}

impl Register {
    /// Reads the states of every certificate.
    ///
    /// # Errors
    /// [`PkiError`] where the store could not be read.
    pub async fn load(store: Store) -> Result<Self, PkiError> {
        let mut books: BTreeMap<_, _> = IssuerName::all()
            .map(|issuer| (issuer, Book::default()))
            .collect();
        let mut readable = true;
        let authority = store.authority();
        authority
            .each_serial(|issuer, serial| readable &= enter(&mut books, issuer, serial).is_some())
            .await?;
        authority
            .each_change(|change| readable &= take_over(&mut books, &change).is_some())
            .await?;
        if !readable {
            return Err(PkiError::Unreadable {
                what: "an issuer or a serial number of the register",
            });
        }
        Ok(Self(Arc::new(Inner {
            store,
            books: RwLock::new(books),
            changing: tokio::sync::Mutex::default(),
        })))
    }

    /// Enters issued certificates, with what the journal is to say of them.
    ///
    /// # Errors
    /// [`PkiError::Store`], also where a serial number exists.
    pub(crate) async fn record(
        &self,
        new: Vec<NewCertificate>,
        entries: Vec<JournalEntry>,
    ) -> Result<(), PkiError> {
        let serials: Vec<_> = new
            .iter()
            .map(|new| (new.issuer.clone(), new.serial.clone()))
            .collect();
        self.uncut(async move |inner| {
            let changes = inner.store.authority().record(new, entries).await?;
            let mut books = inner.books.write().unwrap_or_else(PoisonError::into_inner);
            for (issuer, serial) in &serials {
                enter(&mut books, issuer, serial);
            }
            for change in &changes {
                take_over(&mut books, change);
            }
            Ok(())
        })
        .await
    }

    /// Changes the state of one certificate as `decide` says from the state of now, or gives back its refusal; `None`
    /// where there is no such certificate.
    ///
    /// # Errors
    /// [`PkiError::Store`].
    pub(crate) async fn change<R: Send + 'static>(
        &self,
        issuer: IssuerName,
        serial: &str,
        at: Moment,
        decide: impl FnOnce(CertificateState) -> Result<CertificateState, R> + Send + 'static,
    ) -> Result<Option<Result<(), R>>, PkiError> {
        let serial = serial.to_owned();
        self.uncut(async move |inner| {
            let authority = inner.store.authority();
            let Some(found) = authority.by_serial(issuer.as_str(), &serial).await? else {
                return Ok(None);
            };
            let state = match decide(found.state) {
                Ok(state) => state,
                Err(refused) => return Ok(Some(Err(refused))),
            };
            let changed = authority.set_state(issuer.as_str(), &serial, state, at);
            if let Some(change) = changed.await? {
                let mut books = inner.books.write().unwrap_or_else(PoisonError::into_inner);
                take_over(&mut books, &change);
            }
            Ok(Some(Ok(())))
        })
        .await
    }

    /// Does work that must not end half-way, alone: whoever asked may go away (a connection that breaks drops its
    /// handler).
    async fn uncut<T: Send + 'static, F>(
        &self,
        work: impl FnOnce(Arc<Inner>) -> F + Send + 'static,
    ) -> Result<T, PkiError>
    where
        F: Future<Output = Result<T, PkiError>> + Send,
    {
        let inner = Arc::clone(&self.0);
        let task = async move {
            let only_one = Arc::clone(&inner);
            let _only_one = only_one.changing.lock().await;
            work(inner).await
        };
        tokio::spawn(task).await.map_err(|_| PkiError::Task)?
    }

    /// What a certificate is, or was, at a moment; `None` where none was issued with that serial number.
    ///
    /// A change that is yet to come at that moment is none.
    #[must_use]
    pub fn status(&self, issuer: IssuerName, serial: &[u8], at: Moment) -> Option<CertStatus> {
        let serial = Serial::new(serial)?;
        let books = self.books();
        books.get(&issuer)?.status(&serial, at)
    }

    /// Whether a certificate was issued with that serial number.
    #[must_use]
    pub fn is_issued(&self, issuer: IssuerName, serial: &[u8]) -> bool {
        let serial = Serial::new(serial);
        let books = self.books();
        let pages = books.get(&issuer).map(|book| &book.pages);
        serial.is_some_and(|serial| pages.is_some_and(|pages| pages.contains_key(&serial)))
    }

    /// The position of the last change of an issuer's certificates; 0 for none.
    #[must_use]
    pub fn changes(&self, issuer: IssuerName) -> u64 {
        self.books().get(&issuer).map_or(0, |book| book.changes)
    }

    /// What a complete list says at a moment.
    #[must_use]
    pub fn listed(&self, issuer: IssuerName, at: Moment) -> Listed {
        let books = self.books();
        let Some(book) = books.get(&issuer) else {
            return Listed {
                changes: 0,
                entries: Vec::new(),
                changes_at: None,
            };
        };
        let changed = book.pages.iter().filter(|(_, page)| page.position > 0);
        let entries = changed.filter_map(|(serial, _)| book.entry(serial, at));
        Listed {
            changes: book.changes,
            entries: entries.collect(),
            changes_at: book.changes_at(at),
        }
    }

    /// What changed at a moment since a list that knew the changes up to `known` and was made at `then`, as a delta says
    /// it: what is not revoked (any more) has the reason `removeFromCRL`.
    #[must_use]
    pub fn listed_since(
        &self,
        issuer: IssuerName,
        (known, then): (u64, Moment),
        at: Moment,
    ) -> Vec<RevokedEntry> {
        let books = self.books();
        let Some(book) = books.get(&issuer) else {
            return Vec::new();
        };
        let is_new =
            |page: &&Page| page.position > known || (page.since > then && page.since <= at);
        let mut entries = Vec::new();
        for (serial, page) in book.pages.iter().filter(|(_, page)| page.position > 0) {
            let earlier = book.earlier.get(serial).map_or(&[][..], Vec::as_slice);
            // RFC 5280 §5.2.4: also what was put on hold and released in between.
            let Some(new) = earlier.iter().chain([page]).rfind(is_new) else {
                continue;
            };
            entries.push(book.entry(serial, at).unwrap_or_else(|| RevokedEntry {
                serial: serial.bytes().to_vec(),
                at: new.since.min(at),
                reason: Some(RevocationReason::RemoveFromCrl),
            }));
        }
        entries
    }

    /// The first moment after this one at which a known state takes effect.
    #[must_use]
    pub fn changes_after(&self, issuer: IssuerName, at: Moment) -> Option<Moment> {
        self.books().get(&issuer)?.changes_at(at)
    }

    fn books(&self) -> RwLockReadGuard<'_, BTreeMap<IssuerName, Book>> {
        self.0.books.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn status(&self, serial: &Serial, at: Moment) -> Option<CertStatus> {
        let page = self.pages.get(serial)?;
        if page.since <= at {
            return Some(meaning(page.state));
        }
        let before = self.earlier.get(serial).map_or(&[][..], Vec::as_slice);
        let before = before.iter().rfind(|page| page.since <= at);
        Some(before.map_or(CertStatus::Good, |page| meaning(page.state)))
    }

    fn entry(&self, serial: &Serial, at: Moment) -> Option<RevokedEntry> {
        match self.status(serial, at)? {
            CertStatus::Revoked { at, reason } => Some(RevokedEntry {
                serial: serial.bytes().to_vec(),
                at,
                reason,
            }),
            _ => None,
        }
    }

    /// The first moment after this one at which a state takes effect.
    fn changes_at(&self, at: Moment) -> Option<Moment> {
        let changed = self.pages.values().filter(|page| page.position > 0);
        let all = changed.chain(self.earlier.values().flatten());
        all.map(|page| page.since).filter(|since| *since > at).min()
    }
}

fn meaning(state: CertificateState) -> CertStatus {
    match state {
        CertificateState::Good => CertStatus::Good,
        CertificateState::Revoked { at, reason } => CertStatus::Revoked {
            at,
            reason: RevocationReason::from_code(reason),
        },
        CertificateState::Suspended { at } => CertStatus::Revoked {
            at,
            reason: Some(RevocationReason::CertificateHold),
        },
    }
}

/// `None` where issuer or serial number are none.
fn enter(books: &mut BTreeMap<IssuerName, Book>, issuer: &str, serial: &str) -> Option<()> {
    let book = books.get_mut(&IssuerName::parse(issuer)?)?;
    book.pages.entry(Serial::from_hex(serial)?).or_insert(Page {
        since: Moment::from_unix_ms(i64::MIN),
        position: 0,
        state: CertificateState::Good,
    });
    Some(())
}

/// `None` where issuer or serial number are none, or nothing was entered with it.
fn take_over(books: &mut BTreeMap<IssuerName, Book>, change: &CertificateChange) -> Option<()> {
    let book = books.get_mut(&IssuerName::parse(&change.issuer)?)?;
    let serial = Serial::from_hex(&change.serial)?;
    let page = book.pages.get_mut(&serial)?;
    let before = std::mem::replace(
        page,
        Page {
            since: change.since,
            position: change.position,
            state: change.state,
        },
    );
    if before.position > 0 {
        book.earlier.entry(serial).or_default().push(before);
    }
    book.changes = book.changes.max(change.position);
    Some(())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use qaqpa_crypto::KeyKind;
    use qaqpa_model::Actor;
    use qaqpa_store::StoreConfig;
    use tempfile::TempDir;

    use super::*;

    const ISSUER: IssuerName = IssuerName::Issuing(KeyKind::Rsa);
    const SERIAL: &[u8] = &[0x0a, 0xff];

    fn at(minute: i64) -> Moment {
        Moment::from_unix_ms(1_790_000_000_000 + minute * 60_000)
    }

    fn hold(since: i64) -> CertStatus {
        CertStatus::Revoked {
            at: at(since),
            reason: Some(RevocationReason::CertificateHold),
        }
    }

    fn compromised(since: i64) -> CertStatus {
        CertStatus::Revoked {
            at: at(since),
            reason: Some(RevocationReason::KeyCompromise),
        }
    }

    fn revoked(since: i64) -> CertificateState {
        CertificateState::Revoked {
            at: at(since),
            reason: RevocationReason::KeyCompromise.code(),
        }
    }

    /// A register with one certificate.
    async fn register() -> (TempDir, Register) {
        let dir = tempfile::tempdir().unwrap();
        let folder = StoreConfig::in_folder(dir.path());
        let store = Store::open(&folder, Actor::Nca).await.unwrap();
        let register = Register::load(store).await.unwrap();
        let new = NewCertificate {
            serial: hex::encode(SERIAL),
            issuer: ISSUER.as_str().to_owned(),
            identity: "citizen-1".to_owned(),
            der: vec![1],
            at: at(0),
            not_after: at(1000),
            state: CertificateState::Good,
        };
        register.record(vec![new], vec![]).await.unwrap();
        (dir, register)
    }

    async fn set(register: &Register, state: CertificateState, now: i64) {
        let decide = move |_| Ok::<_, Infallible>(state);
        let serial = hex::encode(SERIAL);
        let done = register.change(ISSUER, &serial, at(now), decide).await;
        assert_eq!(done.unwrap(), Some(Ok(())));
    }

    #[tokio::test]
    async fn a_certificate_was_at_each_moment_what_it_was_also_after_a_restart() {
        let (_dir, register) = register().await;
        set(&register, CertificateState::Suspended { at: at(10) }, 10).await;
        set(&register, CertificateState::Good, 20).await;
        set(&register, revoked(30), 30).await;
        let again = Register::load(register.0.store.clone()).await.unwrap();
        for register in [register, again] {
            for (moment, expected) in [
                (0, CertStatus::Good),
                (9, CertStatus::Good),
                (10, hold(10)),
                (19, hold(10)),
                (20, CertStatus::Good),
                (29, CertStatus::Good),
                (30, compromised(30)),
                (999, compromised(30)),
            ] {
                let status = register.status(ISSUER, SERIAL, at(moment));
                assert_eq!(status, Some(expected), "minute {moment}");
            }
            assert_eq!(register.changes(ISSUER), 3);
            assert_eq!(register.changes_after(ISSUER, at(10)), Some(at(20)));
            assert_eq!(register.changes_after(ISSUER, at(30)), None);
        }
    }

    #[tokio::test]
    async fn what_was_never_issued_is_none_whatever_its_length() {
        let (_dir, register) = register().await;
        for serial in [&b""[..], &[0x0a], &[0; 20], &[0; 21], &[0; 4096]] {
            assert_eq!(register.status(ISSUER, serial, at(0)), None);
        }
        let other = IssuerName::Root(KeyKind::Rsa);
        assert_eq!(register.status(other, SERIAL, at(0)), None);
    }

    #[tokio::test]
    async fn a_state_of_the_future_takes_effect_in_lists_when_its_moment_comes() {
        let (_dir, register) = register().await;
        set(&register, revoked(30), 0).await;
        let before = register.listed(ISSUER, at(10));
        let none = (1, 0, Some(at(30)));
        assert_eq!(
            (before.changes, before.entries.len(), before.changes_at),
            none
        );
        let after = register.listed(ISSUER, at(30));
        assert_eq!((after.entries.len(), after.changes_at), (1, None));
        // A base that knew the change already, made before its moment: the delta says it once it has come.
        let known = (1, at(10));
        assert_eq!(register.listed_since(ISSUER, known, at(20)), []);
        assert_eq!(register.listed_since(ISSUER, known, at(40)), after.entries);
        assert_eq!(register.listed_since(ISSUER, (1, at(35)), at(40)), []);
    }

    #[tokio::test]
    async fn who_goes_away_in_the_middle_of_a_change_leaves_store_and_memory_in_agreement() {
        let (_dir, register) = register().await;
        {
            let decide = |_| Ok::<_, Infallible>(revoked(5));
            let serial = hex::encode(SERIAL);
            let mut change = pin!(register.change(ISSUER, &serial, at(5), decide));
            let mut context = Context::from_waker(Waker::noop());
            assert!(change.as_mut().poll(&mut context).is_pending());
        }
        // The next change waits for the one that was begun.
        let decide = |state| Err::<CertificateState, _>(state);
        let serial = hex::encode(SERIAL);
        let seen = register.change(ISSUER, &serial, at(6), decide).await;
        assert_eq!(seen.unwrap(), Some(Err(revoked(5))));
        let status = register.status(ISSUER, SERIAL, at(6));
        assert_eq!(status, Some(compromised(5)));
    }
}
