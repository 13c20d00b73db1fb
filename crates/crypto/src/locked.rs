//! Bytes at rest under a key: AES-256-GCM (NIST SP 800-38D) with a random nonce each.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::CryptoError;

/// Bytes that locking adds: the nonce before, the tag behind.
pub const LOCKED_MORE: usize = NONCE_LEN + 16;

/// A key for bytes at rest, 32 bytes.
///
/// With random nonces of 96 bits a key is good for 2³² lockings (SP 800-38D §8.3).
pub struct StorageKey {
    key: LessSafeKey,
    bytes: Zeroizing<[u8; 32]>,
}

impl StorageKey {
    /// A new one, from the operating system's randomness.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where the system gives no randomness.
    pub fn generate() -> Result<Self, CryptoError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| CryptoError::KeyUnusable {
            why: "the system gives no randomness",
        })?;
        Self::from_bytes(bytes.as_slice())
    }

    /// The key of these 32 bytes.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where there are more or fewer.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        let wrong = CryptoError::KeyUnusable {
            why: "a key for bytes at rest has 32 bytes",
        };
        let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| wrong.clone())?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| wrong)?;
        Ok(Self {
            key: LessSafeKey::new(key),
            bytes: Zeroizing::new(bytes),
        })
    }

    /// The key's bytes, for the file that keeps it.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.bytes.clone()
    }

    /// Locks bytes that belong to `name`: nonce, ciphertext, tag. The name is not in it and must be said again.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where the system gives no randomness, or for more than 64 GiB.
    pub fn lock(&self, name: &[u8], plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let unusable = |why| CryptoError::KeyUnusable { why };
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| unusable("the system gives no randomness"))?;
        let mut locked = Vec::with_capacity(plain.len() + LOCKED_MORE);
        locked.extend_from_slice(&nonce);
        locked.extend_from_slice(plain);
        let tag = self
            .key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(name),
                &mut locked[NONCE_LEN..],
            )
            .map_err(|_| unusable("more bytes than one locking may have"))?;
        locked.extend_from_slice(tag.as_ref());
        Ok(locked)
    }

    /// The bytes that were locked under this name.
    ///
    /// # Errors
    /// [`CryptoError::BadSignature`] where the bytes, the name or the key are others.
    pub fn unlock(&self, name: &[u8], locked: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let (nonce, body) = locked
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(CryptoError::BadSignature)?;
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(name), &mut body)
            .map_err(|_| CryptoError::BadSignature)?
            .len();
        body.truncate(plain);
        Ok(body)
    }
}

/// Never shows the key.
impl std::fmt::Debug for StorageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StorageKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_of(hex: &str) -> Vec<u8> {
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    }

    /// Source: McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B, test case 16.
    #[test]
    fn what_others_locked_is_unlocked() {
        let key = StorageKey::from_bytes(&bytes_of(
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        ))
        .unwrap();
        let name = bytes_of("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let locked = bytes_of(
            "cafebabefacedbaddecaf888\
             522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662\
             76fc6ece0f4e1768cddf8853bb2d551b",
        );
        let plain = bytes_of(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        );
        assert_eq!(key.unlock(&name, &locked), Ok(plain));
    }

    #[test]
    fn any_other_byte_name_or_key_unlocks_nothing() {
        let key = StorageKey::generate().unwrap();
        let locked = key.lock(b"name", b"plain").unwrap();
        assert_eq!(locked.len(), 5 + LOCKED_MORE);
        assert_eq!(key.unlock(b"name", &locked), Ok(b"plain".to_vec()));
        for at in 0..locked.len() {
            let mut other = locked.clone();
            other[at] ^= 1;
            assert_eq!(key.unlock(b"name", &other), Err(CryptoError::BadSignature));
            assert_eq!(
                key.unlock(b"name", &locked[..at]),
                Err(CryptoError::BadSignature)
            );
        }
        assert_eq!(key.unlock(b"nam", &locked), Err(CryptoError::BadSignature));
        let other = StorageKey::generate().unwrap();
        assert_eq!(
            other.unlock(b"name", &locked),
            Err(CryptoError::BadSignature)
        );
        let again = StorageKey::from_bytes(key.to_bytes().as_slice()).unwrap();
        assert_eq!(again.unlock(b"name", &locked), Ok(b"plain".to_vec()));
    }

    #[test]
    fn the_same_bytes_are_never_locked_the_same_way_twice() {
        let key = StorageKey::generate().unwrap();
        let one = key.lock(b"", b"plain").unwrap();
        assert_ne!(one, key.lock(b"", b"plain").unwrap());
    }

    #[test]
    fn a_key_of_another_length_is_refused_and_no_key_is_shown() {
        assert!(matches!(
            StorageKey::from_bytes(&[0; 31]),
            Err(CryptoError::KeyUnusable { .. })
        ));
        let key = StorageKey::from_bytes(&[7; 32]).unwrap();
        assert_eq!(format!("{key:?}"), "StorageKey(…)");
    }
}
