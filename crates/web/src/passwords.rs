//! Passwords: argon2id, a few at a time, as slow for the unknown as for the known.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use qaqpa_transport::random_bytes;
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// Longer ones are refused before anything is computed.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// Hashing and verifying passwords. Clones share the queue and the memory of failures.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    /// Each hash takes 19 MiB and one core for about 30 ms.
    at_once: Semaphore,
    /// Verified against when nobody has the name, so that time does not tell.
    dummy: String,
    failures: Mutex<Failures>,
}

/// Why a password did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PasswordRefused {
    /// Too many failures for this account, or from this address.
    #[error("too many attempts; try again in {seconds} s")]
    TooMany {
        /// When the next attempt will be looked at.
        seconds: u64,
    },
    /// The hash on file cannot be read: our own fault.
    #[error("the stored hash cannot be read")]
    Unreadable,
    /// The password is wrong, or nobody has this name: the answer does not say which.
    #[error("the password is wrong")]
    Wrong,
}

/// How many failures are forgiven: so many at once, and one more after each pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptLimits {
    /// Failures in a row for one account.
    pub account_failures_max: u32,
    /// After so long one failure of an account is forgotten.
    pub account_pause: Duration,
    /// Failures in a row from one address.
    pub address_failures_max: u32,
    /// After so long one failure of an address is forgotten.
    pub address_pause: Duration,
    /// Accounts and addresses that are remembered; then those that failed least are forgotten.
    pub remembered_max: usize,
}

impl Default for AttemptLimits {
    fn default() -> Self {
        Self {
            account_failures_max: 10,
            account_pause: Duration::from_secs(30),
            // Everyone shares one address on the loopback, so that this is only a brake on floods.
            address_failures_max: 200,
            address_pause: Duration::from_millis(500),
            remembered_max: 10_000,
        }
    }
}

impl Passwords {
    /// With the default limits. Blocks for about 30 ms: the dummy hash is made here.
    ///
    /// # Panics
    /// Never: the parameters are fixed.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(AttemptLimits::default())
    }

    /// With these limits on failures.
    ///
    /// # Panics
    /// Never: the parameters are fixed.
    #[must_use]
    pub fn with_limits(limits: AttemptLimits) -> Self {
        Self(Arc::new(Inner {
            at_once: Semaphore::new(2),
            dummy: hash_now(&random_bytes::<16>())
                .expect("fixed parameters and a salt of 16 bytes"),
            failures: Mutex::new(Failures {
                limits,
                known: HashMap::new(),
            }),
        }))
    }

    /// The PHC string of a password (`$argon2id$v=19$m=19456,t=2,p=1$…`), with a salt of its own.
    ///
    /// # Errors
    /// [`PasswordRefused::Wrong`] where it is longer than [`PASSWORD_BYTES_MAX`].
    pub async fn hash(&self, password: &str) -> Result<String, PasswordRefused> {
        if password.len() > PASSWORD_BYTES_MAX {
            return Err(PasswordRefused::Wrong);
        }
        let password = zeroize::Zeroizing::new(password.as_bytes().to_vec());
        let _turn = self.turn().await;
        tokio::task::spawn_blocking(move || hash_now(&password))
            .await
            .ok()
            .flatten()
            .ok_or(PasswordRefused::Unreadable)
    }

    /// Whether this is the password of that hash; `None` where nobody has the name.
    ///
    /// `account` is what failures are counted by: the IIN as typed. A success forgets its failures.
    ///
    /// # Errors
    /// [`PasswordRefused`].
    pub async fn verify(
        &self,
        account: &str,
        address: IpAddr,
        password: &str,
        stored: Option<&str>,
    ) -> Result<(), PasswordRefused> {
        // Counted before it is looked at: a thousand guesses at once are a thousand guesses.
        self.failures(|failures| failures.reserve(account, address, Instant::now()))?;
        let right = if password.len() > PASSWORD_BYTES_MAX {
            Ok(false)
        } else {
            self.matches(password, stored).await
        };
        match right {
            Ok(true) if stored.is_some() => {
                self.failures(|failures| failures.forgive(account, address));
                Ok(())
            }
            Ok(_) => Err(PasswordRefused::Wrong),
            Err(error) => {
                self.failures(|failures| failures.forgive(account, address));
                Err(error)
            }
        }
    }

    async fn matches(&self, password: &str, stored: Option<&str>) -> Result<bool, PasswordRefused> {
        let password = zeroize::Zeroizing::new(password.as_bytes().to_vec());
        let stored = stored.unwrap_or(&self.0.dummy).to_owned();
        let _turn = self.turn().await;
        let verified = tokio::task::spawn_blocking(move || {
            let stored = PasswordHash::new(&stored).ok()?;
            Some(
                Argon2::default()
                    .verify_password(&password, &stored)
                    .is_ok(),
            )
        });
        verified
            .await
            .ok()
            .flatten()
            .ok_or(PasswordRefused::Unreadable)
    }

    async fn turn(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        // The semaphore is never closed; without a turn the work would only be less orderly.
        self.0.at_once.acquire().await.ok()
    }

    fn failures<T>(&self, with: impl FnOnce(&mut Failures) -> T) -> T {
        let mut failures = self
            .0
            .failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        with(&mut failures)
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords")
    }
}

fn hash_now(password: &[u8]) -> Option<String> {
    // Argon2id, 19 MiB, two passes: the OWASP recommendation, and the crate's default, written out.
    let params = Params::new(19_456, 2, 1, None).ok()?;
    let argon2 = Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let hash = argon2.hash_password_with_salt(password, &random_bytes::<16>());
    Some(hash.ok()?.to_string())
}

struct Failures {
    limits: AttemptLimits,
    known: HashMap<Who, Count>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    /// A digest, so that whatever was typed takes the same memory.
    Account([u8; 32]),
    Address(IpAddr),
}

impl Who {
    fn account(name: &str) -> Self {
        use sha2::Digest;
        Self::Account(sha2::Sha256::digest(name.as_bytes()).into())
    }
}

#[derive(Clone, Copy)]
struct Count {
    failures: u32,
    last: Instant,
}

impl Failures {
    fn allowed(&self, account: &str, address: IpAddr, now: Instant) -> Result<(), PasswordRefused> {
        for who in [Who::account(account), Who::Address(address)] {
            let (max, pause) = self.limit(who);
            let Some(count) = self.known.get(&who).map(|count| count.at(now, pause)) else {
                continue;
            };
            if count.failures >= max {
                let wait = pause.saturating_sub(now.duration_since(count.last));
                return Err(PasswordRefused::TooMany {
                    seconds: wait.as_secs().max(1),
                });
            }
        }
        Ok(())
    }

    fn reserve(
        &mut self,
        account: &str,
        address: IpAddr,
        now: Instant,
    ) -> Result<(), PasswordRefused> {
        self.allowed(account, address, now)?;
        self.count(account, address, now);
        Ok(())
    }

    /// The account's failures are forgotten; the address has failed once less.
    fn forgive(&mut self, account: &str, address: IpAddr) {
        self.known.remove(&Who::account(account));
        if let Some(count) = self.known.get_mut(&Who::Address(address)) {
            count.failures = count.failures.saturating_sub(1);
        }
    }

    fn count(&mut self, account: &str, address: IpAddr, now: Instant) {
        for who in [Who::account(account), Who::Address(address)] {
            let (_, pause) = self.limit(who);
            if self.known.len() >= self.limits.remembered_max && !self.known.contains_key(&who) {
                self.forget(now);
            }
            let count = self.known.entry(who).or_insert(Count {
                failures: 0,
                last: now,
            });
            *count = count.at(now, pause);
            count.failures = count.failures.saturating_add(1);
        }
    }

    /// Forgets whom time has forgiven; and if that is nobody, half of the rest: those who failed least.
    fn forget(&mut self, now: Instant) {
        let limits = self.limits;
        self.known
            .retain(|who, count| count.at(now, limits.of(*who).1).failures > 0);
        if self.known.len() < self.limits.remembered_max {
            return;
        }
        let mut counts: Vec<u32> = self.known.values().map(|count| count.failures).collect();
        counts.sort_unstable();
        let median = counts.get(counts.len() / 2).copied().unwrap_or(0);
        let mut to_go = self.known.len() / 2 + 1;
        self.known.retain(|_, count| {
            let goes = to_go > 0 && count.failures <= median;
            to_go -= usize::from(goes);
            !goes
        });
    }

    fn limit(&self, who: Who) -> (u32, Duration) {
        self.limits.of(who)
    }
}

impl AttemptLimits {
    const fn of(&self, who: Who) -> (u32, Duration) {
        match who {
            Who::Account(_) => (self.account_failures_max, self.account_pause),
            Who::Address(_) => (self.address_failures_max, self.address_pause),
        }
    }
}

impl Count {
    /// The count as it stands now: one failure less for each pause that went by.
    fn at(self, now: Instant, pause: Duration) -> Self {
        let pauses = now.duration_since(self.last).as_nanos() / pause.as_nanos().max(1);
        let pauses = u32::try_from(pauses).unwrap_or(u32::MAX);
        Self {
            failures: self.failures.saturating_sub(pauses),
            last: self.last + pause.saturating_mul(pauses.min(self.failures)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn the_right_password_opens_and_the_hash_is_argon2id() {
        let passwords = Passwords::new();
        let hash = passwords.hash("Құпия сөз").await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert_ne!(hash, passwords.hash("Құпия сөз").await.unwrap());
        let verify = |password: &'static str| {
            let (passwords, hash) = (passwords.clone(), hash.clone());
            async move {
                passwords
                    .verify("931002451325", HERE, password, Some(&hash))
                    .await
            }
        };
        assert_eq!(verify("Құпия сөз").await, Ok(()));
        assert_eq!(verify("құпия сөз").await, Err(PasswordRefused::Wrong));
        let long = "x".repeat(PASSWORD_BYTES_MAX + 1);
        assert_eq!(
            passwords.verify("a", HERE, &long, Some(&hash)).await,
            Err(PasswordRefused::Wrong)
        );
    }

    #[tokio::test]
    async fn an_unknown_name_is_refused_after_as_much_work_as_a_known_one() {
        let passwords = Passwords::new();
        let hash = passwords.hash("secret").await.unwrap();
        let mut times = [Duration::MAX; 2];
        for _ in 0..5 {
            for (time, stored) in times.iter_mut().zip([None, Some(hash.as_str())]) {
                let begun = Instant::now();
                let refused = passwords.verify("x", HERE, "wrong", stored).await;
                assert_eq!(refused, Err(PasswordRefused::Wrong));
                *time = (*time).min(begun.elapsed());
            }
        }
        let [unknown, known] = times;
        assert!(
            unknown * 3 > known && known * 3 > unknown,
            "{unknown:?} against {known:?}"
        );
    }

    #[tokio::test]
    async fn after_too_many_failures_even_the_right_password_waits_and_others_do_not() {
        let passwords = Passwords::with_limits(AttemptLimits {
            account_failures_max: 2,
            ..AttemptLimits::default()
        });
        let hash = passwords.hash("right").await.unwrap();
        for _ in 0..2 {
            let refused = passwords.verify("one", HERE, "wrong", Some(&hash)).await;
            assert_eq!(refused, Err(PasswordRefused::Wrong));
        }
        let refused = passwords.verify("one", HERE, "right", Some(&hash)).await;
        assert!(
            matches!(refused, Err(PasswordRefused::TooMany { seconds }) if (1..=30).contains(&seconds)),
            "{refused:?}"
        );
        assert_eq!(
            passwords.verify("other", HERE, "right", Some(&hash)).await,
            Ok(())
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn guesses_at_the_same_time_are_counted_before_they_are_looked_at() {
        let passwords = Passwords::with_limits(AttemptLimits {
            account_failures_max: 3,
            ..AttemptLimits::default()
        });
        let hash = passwords.hash("right").await.unwrap();
        let mut guesses = tokio::task::JoinSet::new();
        for _ in 0..12 {
            let (passwords, hash) = (passwords.clone(), hash.clone());
            guesses.spawn(async move { passwords.verify("one", HERE, "wrong", Some(&hash)).await });
        }
        let answers = guesses.join_all().await;
        let looked_at = answers
            .iter()
            .filter(|answer| **answer == Err(PasswordRefused::Wrong));
        assert_eq!(looked_at.count(), 3);
    }

    #[test]
    fn time_forgives_one_failure_after_another() {
        let mut failures = Failures {
            limits: AttemptLimits {
                account_failures_max: 2,
                ..AttemptLimits::default()
            },
            known: HashMap::new(),
        };
        let now = Instant::now();
        failures.count("one", HERE, now);
        failures.count("one", HERE, now);
        assert_eq!(
            failures.allowed("one", HERE, now),
            Err(PasswordRefused::TooMany { seconds: 30 })
        );
        let later = now + Duration::from_secs(31);
        assert_eq!(failures.allowed("one", HERE, later), Ok(()));
        failures.count("one", HERE, later);
        assert_eq!(
            failures.allowed("one", HERE, later),
            Err(PasswordRefused::TooMany { seconds: 29 })
        );
    }

    #[test]
    fn memory_is_bounded_and_the_worst_are_remembered() {
        let mut failures = Failures {
            limits: AttemptLimits {
                remembered_max: 100,
                ..AttemptLimits::default()
            },
            known: HashMap::new(),
        };
        let now = Instant::now();
        for _ in 0..10 {
            failures.count("worst", HERE, now);
        }
        for name in 0..1000 {
            failures.count(&name.to_string(), HERE, now);
            assert!(failures.known.len() <= 100);
        }
        assert!(failures.allowed("worst", HERE, now).is_err());
    }
}
