//! What was found out before about the same bytes.
//!
//! Reading a certificate and verifying a signature by a key are pure: the same bytes give the same answer at any moment, under any policy.
//! A verifier meets the same few certificates and answers again and again, so what came of the last ones is remembered, by the digest of
//! all that went in; never a refusal, and nothing that depends on a clock, on trust or on a policy.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use qaqpa_crypto::DigestAlgorithm;

use crate::Certificate;

/// Certificates of one generation; longer ones than usual are not remembered, so that this is some megabytes at most.
const CERTIFICATES: usize = 1024;
const CERTIFICATE_BYTES_MAX: usize = 4096;

/// Signatures of one generation.
const SIGNATURES: usize = 4096;

type Digest = [u8; 32];

static READ: LazyLock<Mutex<Memo<Certificate>>> = LazyLock::new(Mutex::default);
static VERIFIED: LazyLock<Mutex<Memo<()>>> = LazyLock::new(Mutex::default);

/// Two generations: what is asked for again in time moves to the younger, and the older is dropped when the younger is full.
struct Memo<T> {
    young: HashMap<Digest, T>,
    old: HashMap<Digest, T>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }
}

impl<T: Clone> Memo<T> {
    fn find(&mut self, key: &Digest, max: usize) -> Option<T> {
        if let Some(found) = self.young.get(key) {
            return Some(found.clone());
        }
        let found = self.old.remove(key)?;
        self.keep(*key, found.clone(), max);
        Some(found)
    }

    fn keep(&mut self, key: Digest, value: T, max: usize) {
        if self.young.len() >= max {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

/// The certificate of these bytes, as `read` made it now or before.
pub(crate) fn certificate<E>(
    der: &[u8],
    read: impl FnOnce() -> Result<Certificate, E>,
) -> Result<Certificate, E> {
    if der.len() > CERTIFICATE_BYTES_MAX {
        return read();
    }
    let key = digest("certificate", &[der]);
    if let Some(found) = lock(&READ).find(&key, CERTIFICATES) {
        return Ok(found);
    }
    let certificate = read()?;
    lock(&READ).keep(key, certificate.clone(), CERTIFICATES);
    Ok(certificate)
}

/// Whether `verify` said so, now or before; `parts` are all that it looks at, and `what` is how it looks.
pub(crate) fn verified<E>(
    what: &str,
    parts: &[&[u8]],
    verify: impl FnOnce() -> Result<(), E>,
) -> Result<(), E> {
    let key = digest(what, parts);
    if lock(&VERIFIED).find(&key, SIGNATURES).is_some() {
        return Ok(());
    }
    verify()?;
    lock(&VERIFIED).keep(key, (), SIGNATURES);
    Ok(())
}

/// SHA-256 of the parts, each with its length before it, so that no two lists of parts have one digest.
fn digest(what: &str, parts: &[&[u8]]) -> Digest {
    let mut hasher = DigestAlgorithm::Sha256.hasher();
    for part in [&[what.as_bytes()], parts].concat() {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(&hasher.finish());
    digest
}

fn lock<T>(memo: &Mutex<Memo<T>>) -> std::sync::MutexGuard<'_, Memo<T>> {
    // A panic while it was held cannot leave an entry half written.
    memo.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_again_stays_and_the_rest_goes() {
        let mut memo = Memo::default();
        let key = |number: u8| [number; 32];
        for number in 0..7 {
            memo.keep(key(number), number, 3);
            assert_eq!(memo.find(&key(0), 3), Some(0), "asked for each time");
        }
        assert_eq!(memo.find(&key(1), 3), None);
        assert_eq!(memo.find(&key(6), 3), Some(6));
        assert!(memo.young.len() <= 3 && memo.old.len() <= 3);
    }

    #[test]
    fn a_refusal_is_never_remembered_and_every_part_counts() {
        let asked = |parts: &[&[u8]], answer: Result<(), ()>| {
            let mut was_asked = false;
            let said = verified("a test", parts, || {
                was_asked = true;
                answer
            });
            (said, was_asked)
        };
        let parts: [&[u8]; 2] = [b"key", b"message"];
        assert_eq!(asked(&parts, Err(())), (Err(()), true));
        assert_eq!(asked(&parts, Ok(())), (Ok(()), true));
        assert_eq!(asked(&parts, Err(())), (Ok(()), false), "remembered");
        for other in [
            [b"keym".as_slice(), b"essage"],
            [b"", b"keymessage"],
            [b"key", b"messagf"],
        ] {
            assert_eq!(asked(&other, Err(())), (Err(()), true), "{other:?}");
        }
        let another = verified("another test", &parts, || Err(()));
        assert_eq!(another, Err(()), "how it is looked at counts, too");
    }
}
