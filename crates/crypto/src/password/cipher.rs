//! The ciphers of password-based encryption, and the reading of their parameters.

use std::num::NonZeroU32;

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DecryptionContext, PaddedBlockDecryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::pbkdf2;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit};
use der::asn1::{AnyRef, OctetStringRef};
use der::oid::ObjectIdentifier;
use der::{Choice, Decode, DecodeValue, Sequence};
use des::TdesEde3;
use rc2::Rc2;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::kdf::{self, Use};
use super::{Password, PasswordError, Work};
use crate::DigestAlgorithm;

type Secret = Zeroizing<Vec<u8>>;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// PKCS#12: SHA-1 and 3DES with three keys.
const PBE_3DES: ObjectIdentifier = oid("1.2.840.113549.1.12.1.3");
/// PKCS#12: SHA-1 and RC2 with 128 bits.
const PBE_RC2_128: ObjectIdentifier = oid("1.2.840.113549.1.12.1.5");
/// PKCS#12: SHA-1 and RC2 with 40 bits.
const PBE_RC2_40: ObjectIdentifier = oid("1.2.840.113549.1.12.1.6");
const PBES2: ObjectIdentifier = oid("1.2.840.113549.1.5.13");
const PBKDF2: ObjectIdentifier = oid("1.2.840.113549.1.5.12");
const HMAC_SHA1: ObjectIdentifier = oid("1.2.840.113549.2.7");
const HMAC_SHA256: ObjectIdentifier = oid("1.2.840.113549.2.9");
const HMAC_SHA384: ObjectIdentifier = oid("1.2.840.113549.2.10");
const HMAC_SHA512: ObjectIdentifier = oid("1.2.840.113549.2.11");
const CBC_3DES: ObjectIdentifier = oid("1.2.840.113549.3.7");
const CBC_AES_128: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.2");
const CBC_AES_192: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.22");
const CBC_AES_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.42");

/// `pkcs-12PbeParams` (RFC 7292 App. C).
#[derive(Sequence)]
struct PbeParameters<'a> {
    salt: &'a OctetStringRef,
    iterations: u32,
}

/// `PBES2-params` (RFC 8018 App. A.4).
#[derive(Sequence)]
struct Pbes2Parameters<'a> {
    derivation: AlgorithmIdentifierRef<'a>,
    encryption: AlgorithmIdentifierRef<'a>,
}

/// `PBKDF2-params` (RFC 8018 App. A.2), its salt given there and then.
#[derive(Sequence)]
struct Pbkdf2Parameters<'a> {
    salt: &'a OctetStringRef,
    iterations: u32,
    key_bytes: Option<u16>,
    prf: Option<AlgorithmIdentifierRef<'a>>,
}

pub(super) fn open(
    password: &Password,
    algorithm_der: &[u8],
    encrypted: &[u8],
    work: &mut Work,
) -> Result<Secret, PasswordError> {
    let algorithm =
        AlgorithmIdentifierRef::from_der(algorithm_der).map_err(|_| PasswordError::Malformed)?;
    match algorithm.oid {
        PBES2 => pbes2(password, decoded(algorithm.parameters)?, encrypted, work),
        PBE_3DES => {
            let (key, iv) = old_key(password, &algorithm, 24, work)?;
            triple_des(&key, &iv, encrypted)
        }
        PBE_RC2_128 => {
            let (key, iv) = old_key(password, &algorithm, 16, work)?;
            cbc::<Rc2>(Rc2::new_with_eff_key_len(&key, 128), &iv, encrypted)
        }
        PBE_RC2_40 => {
            let (key, iv) = old_key(password, &algorithm, 5, work)?;
            cbc::<Rc2>(Rc2::new_with_eff_key_len(&key, 40), &iv, encrypted)
        }
        other => Err(unsupported(other)),
    }
}

/// The key and the IV of PKCS#12's own schemes.
fn old_key(
    password: &Password,
    algorithm: &AlgorithmIdentifierRef<'_>,
    bytes: usize,
    work: &mut Work,
) -> Result<(Secret, Secret), PasswordError> {
    let parameters: PbeParameters<'_> = decoded(algorithm.parameters)?;
    let (salt, iterations) = (parameters.salt.as_bytes(), parameters.iterations);
    // The key takes one or two digests, the IV one.
    work.take(
        iterations
            .checked_mul(3)
            .ok_or(PasswordError::TooMuchWork)?,
    )?;
    let make = |purpose, bytes| {
        kdf::derive(
            DigestAlgorithm::Sha1,
            purpose,
            &password.utf16,
            salt,
            iterations,
            bytes,
        )
    };
    Ok((make(Use::Encryption, bytes), make(Use::Iv, 8)))
}

fn pbes2(
    password: &Password,
    parameters: Pbes2Parameters<'_>,
    encrypted: &[u8],
    work: &mut Work,
) -> Result<Secret, PasswordError> {
    if parameters.derivation.oid != PBKDF2 {
        return Err(unsupported(parameters.derivation.oid));
    }
    let derivation: Pbkdf2Parameters<'_> = decoded(parameters.derivation.parameters)?;
    let prf = match derivation.prf.map(|prf| prf.oid) {
        None | Some(HMAC_SHA1) => pbkdf2::PBKDF2_HMAC_SHA1,
        Some(HMAC_SHA256) => pbkdf2::PBKDF2_HMAC_SHA256,
        Some(HMAC_SHA384) => pbkdf2::PBKDF2_HMAC_SHA384,
        Some(HMAC_SHA512) => pbkdf2::PBKDF2_HMAC_SHA512,
        Some(other) => return Err(unsupported(other)),
    };
    let bytes = match parameters.encryption.oid {
        CBC_AES_128 => 16,
        CBC_AES_192 | CBC_3DES => 24,
        CBC_AES_256 => 32,
        other => return Err(unsupported(other)),
    };
    if derivation
        .key_bytes
        .is_some_and(|said| usize::from(said) != bytes)
    {
        return Err(PasswordError::Malformed);
    }
    work.take(derivation.iterations)?;
    let iterations = NonZeroU32::new(derivation.iterations).ok_or(PasswordError::Malformed)?;
    let mut key = Zeroizing::new(vec![0; bytes]);
    pbkdf2::derive(
        prf,
        iterations,
        derivation.salt.as_bytes(),
        &password.utf8,
        &mut key,
    );
    let iv: &OctetStringRef = decoded(parameters.encryption.parameters)?;
    match parameters.encryption.oid {
        CBC_AES_128 => aes(&AES_128, &key, iv.as_bytes(), encrypted),
        CBC_AES_192 => aes(&AES_192, &key, iv.as_bytes(), encrypted),
        CBC_AES_256 => aes(&AES_256, &key, iv.as_bytes(), encrypted),
        _ => triple_des(&key, iv.as_bytes(), encrypted),
    }
}

fn aes(
    algorithm: &'static Algorithm,
    key: &[u8],
    iv: &[u8],
    encrypted: &[u8],
) -> Result<Secret, PasswordError> {
    let iv = FixedLength::<16>::try_from(iv).map_err(|_| PasswordError::Malformed)?;
    let key = UnboundCipherKey::new(algorithm, key)
        .and_then(PaddedBlockDecryptingKey::cbc_pkcs7)
        .map_err(|_| PasswordError::Malformed)?;
    let mut buffer = Zeroizing::new(encrypted.to_vec());
    let length = key
        .decrypt(&mut buffer, DecryptionContext::Iv128(iv))
        .map_err(|_| PasswordError::WrongPassword)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}

fn triple_des(key: &[u8], iv: &[u8], encrypted: &[u8]) -> Result<Secret, PasswordError> {
    let cipher = TdesEde3::new_from_slice(key).map_err(|_| PasswordError::Malformed)?;
    cbc::<TdesEde3>(cipher, iv, encrypted)
}

fn cbc<C: BlockCipherDecrypt>(
    cipher: C,
    iv: &[u8],
    encrypted: &[u8],
) -> Result<Secret, PasswordError> {
    let mode =
        cbc::Decryptor::inner_iv_slice_init(cipher, iv).map_err(|_| PasswordError::Malformed)?;
    mode.decrypt_padded_vec::<Pkcs7>(encrypted)
        .map(Zeroizing::new)
        .map_err(|_| PasswordError::WrongPassword)
}

fn decoded<'a, T>(parameters: Option<AnyRef<'a>>) -> Result<T, PasswordError>
where
    T: Choice<'a> + DecodeValue<'a>,
{
    parameters
        .and_then(|parameters| parameters.decode_as().ok())
        .ok_or(PasswordError::Malformed)
}

fn unsupported(oid: ObjectIdentifier) -> PasswordError {
    PasswordError::Unsupported {
        oid: oid.to_string(),
    }
}
