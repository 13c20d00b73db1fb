//! What is inside a key file, layer by layer (RFC 7292 §4); every layer may be BER.

use der::asn1::{AnyRef, BmpString, OctetStringRef};
use der::{Decode, Encode, Reader, Sequence, SliceReader, Tag, TagNumber, Tagged};
use qaqpa_crypto::password::{Password, PasswordError, Work};
use qaqpa_crypto::{DigestAlgorithm, constant_time_eq};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::Pkcs12Error;
use crate::{ObjectIdentifier, ber, oid};

/// The bags of a file that are read here, opened.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) keys: Vec<KeyBag>,
    /// DER of the certificates.
    pub(super) certificates: Vec<Vec<u8>>,
}

/// A private key and its name.
pub(super) struct KeyBag {
    pub(super) friendly_name: Option<String>,
    /// PKCS#8 `PrivateKeyInfo`.
    pub(super) pkcs8: Zeroizing<Vec<u8>>,
}

/// Bags of one file: those of the authority have two to four.
const BAGS_MAX: usize = 128;

/// `PFX` (RFC 7292 §4).
#[derive(Sequence)]
struct Pfx<'a> {
    version: u8,
    auth_safe: ContentInfo<'a>,
    mac: Option<MacData<'a>>,
}

#[derive(Sequence)]
struct ContentInfo<'a> {
    kind: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    content: AnyRef<'a>,
}

#[derive(Sequence)]
struct MacData<'a> {
    mac: DigestInfo<'a>,
    salt: &'a OctetStringRef,
    #[asn1(default = "one")]
    iterations: u32,
}

/// `DEFAULT 1`: a file that says nothing.
const fn one() -> u32 {
    1
}

#[derive(Sequence)]
struct DigestInfo<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    digest: &'a OctetStringRef,
}

/// `EncryptedData` (RFC 5652 §8).
#[derive(Sequence)]
struct EncryptedData<'a> {
    version: u8,
    content: EncryptedContent<'a>,
}

#[derive(Sequence)]
struct EncryptedContent<'a> {
    kind: ObjectIdentifier,
    algorithm: AnyRef<'a>,
    /// `[0] IMPLICIT OCTET STRING`, whole or in parts.
    encrypted: AnyRef<'a>,
}

#[derive(Sequence)]
struct Bag<'a> {
    kind: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    value: AnyRef<'a>,
    /// `SET OF`, whose order nobody keeps.
    attributes: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
struct CertificateBag<'a> {
    kind: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    value: &'a OctetStringRef,
}

/// `EncryptedPrivateKeyInfo` (RFC 5958 §3).
#[derive(Sequence)]
struct ShroudedKey<'a> {
    algorithm: AnyRef<'a>,
    encrypted: &'a OctetStringRef,
}

#[derive(Sequence)]
struct Attribute<'a> {
    kind: ObjectIdentifier,
    values: AnyRef<'a>,
}

/// Opens a file: its MAC first, then its layers.
pub(super) fn open(bytes: &[u8], password: &str) -> Result<Contents, Pkcs12Error> {
    let whole = ber::to_definite(bytes)?;
    let pfx = Pfx::from_der(&whole)?;
    if pfx.version != 3 || pfx.auth_safe.kind != oid::CONTENT_DATA {
        return Err(malformed("not a key file that is protected by a password"));
    }
    let safe = pfx.auth_safe.content.decode_as::<&OctetStringRef>()?;
    let mac = pfx.mac.as_ref().ok_or(Pkcs12Error::MacMissing)?;
    let mut work = Work::PER_FILE;
    let Some(password) = proven(password, mac, safe.as_bytes(), &mut work)? else {
        return Err(not_proven(password, safe.as_bytes(), &mut work));
    };
    let mut contents = Contents::default();
    for part in parts(safe.as_bytes())? {
        let bags = match part {
            Part::Plain(bags) => Zeroizing::new(bags),
            Part::Encrypted {
                algorithm,
                encrypted,
            } => password.open(&algorithm, &encrypted, &mut work)?,
        };
        contents.take(&bags, &password, &mut work)?;
    }
    Ok(contents)
}

/// The password in the form that the MAC proves, if it proves one.
///
/// The empty password has two forms, and writers disagree which one it is.
fn proven(
    text: &str,
    mac: &MacData<'_>,
    content: &[u8],
    work: &mut Work,
) -> Result<Option<Password>, Pkcs12Error> {
    let digest = DigestAlgorithm::from_oid(&mac.mac.algorithm.oid)
        .ok_or_else(|| malformed(&format!("an integrity check by {}", mac.mac.algorithm.oid)))?;
    let (salt, expected) = (mac.salt.as_bytes(), mac.mac.digest.as_bytes());
    let mut forms = vec![Password::of(text)];
    if text.is_empty() {
        forms.push(Password::none());
    }
    for password in forms {
        let actual = password.mac(digest, salt, mac.iterations, content, work)?;
        if constant_time_eq(&actual, expected) {
            return Ok(Some(password));
        }
    }
    Ok(None)
}

/// Why the MAC is not right: if the password opens something all the same, the file was changed.
///
/// A change of the last block of everything that is encrypted looks like another password still.
fn not_proven(text: &str, safe: &[u8], work: &mut Work) -> Pkcs12Error {
    let Ok(parts) = parts(safe) else {
        return Pkcs12Error::WrongPassword;
    };
    let password = Password::of(text);
    let encrypted = parts.into_iter().flat_map(|part| match part {
        Part::Plain(bags) => shrouded(&bags).unwrap_or_default(),
        encrypted @ Part::Encrypted { .. } => vec![encrypted],
    });
    for part in encrypted {
        if let Part::Encrypted {
            algorithm,
            encrypted,
        } = part
            && password
                .open(&algorithm, &encrypted, work)
                .is_ok_and(|plain| is_whole_sequence(&plain))
        {
            return malformed("the file was changed after it was made");
        }
    }
    Pkcs12Error::WrongPassword
}

/// A SEQUENCE to the last byte: what a wrong password gives by chance once in 2^24 times.
fn is_whole_sequence(plain: &[u8]) -> bool {
    AnyRef::from_der(plain).is_ok_and(|value| value.tag() == Tag::Sequence)
}

/// One of the parts of the authenticated safe.
enum Part {
    Plain(Vec<u8>),
    Encrypted {
        algorithm: Vec<u8>,
        encrypted: Vec<u8>,
    },
}

/// `AuthenticatedSafe ::= SEQUENCE OF ContentInfo` (RFC 7292 §4.1).
fn parts(safe: &[u8]) -> Result<Vec<Part>, Pkcs12Error> {
    let safe = ber::to_definite(safe)?;
    let mut parts = Vec::new();
    for content in elements::<ContentInfo<'_>>(&safe, Tag::Sequence)? {
        parts.push(match content.kind {
            oid::CONTENT_DATA => {
                let bags = content.content.decode_as::<&OctetStringRef>()?;
                Part::Plain(bags.as_bytes().to_vec())
            }
            oid::CONTENT_ENCRYPTED_DATA => {
                let data = content.content.decode_as::<EncryptedData<'_>>()?;
                if data.version != 0 || data.content.kind != oid::CONTENT_DATA {
                    return Err(malformed("encrypted data of another version or kind"));
                }
                Part::Encrypted {
                    algorithm: data.content.algorithm.to_der()?,
                    encrypted: implicit_octets(data.content.encrypted)?,
                }
            }
            other => return Err(malformed(&format!("a part of the kind {other}"))),
        });
    }
    Ok(parts)
}

/// `[0] IMPLICIT OCTET STRING`; constructed, it holds parts, which only this place can know.
fn implicit_octets(value: AnyRef<'_>) -> Result<Vec<u8>, Pkcs12Error> {
    let constructed = match value.tag() {
        Tag::ContextSpecific {
            constructed,
            number: TagNumber(0),
        } => constructed,
        _ => return Err(malformed("the encrypted content is not [0]")),
    };
    if !constructed {
        return Ok(value.value().to_vec());
    }
    let mut reader = SliceReader::new(value.value())?;
    let mut octets = Vec::new();
    while !reader.is_finished() {
        octets.extend_from_slice(<&OctetStringRef>::decode(&mut reader)?.as_bytes());
    }
    Ok(octets)
}

impl Contents {
    /// Takes keys and certificates out of `SafeContents`; other bags are passed over.
    fn take(
        &mut self,
        bags: &[u8],
        password: &Password,
        work: &mut Work,
    ) -> Result<(), Pkcs12Error> {
        let bags = Zeroizing::new(ber::to_definite(bags)?);
        for bag in elements::<Bag<'_>>(&bags, Tag::Sequence)? {
            let pkcs8 = match bag.kind {
                oid::BAG_KEY => Zeroizing::new(bag.value.to_der()?),
                oid::BAG_SHROUDED_KEY => {
                    let key = bag.value.decode_as::<ShroudedKey<'_>>()?;
                    password.open(&key.algorithm.to_der()?, key.encrypted.as_bytes(), work)?
                }
                oid::BAG_CERTIFICATE => {
                    let certificate = bag.value.decode_as::<CertificateBag<'_>>()?;
                    if certificate.kind == oid::CERTIFICATE_X509 {
                        self.certificates
                            .push(certificate.value.as_bytes().to_vec());
                    }
                    continue;
                }
                _ => continue,
            };
            self.keys.push(KeyBag {
                friendly_name: friendly_name(bag.attributes)?,
                pkcs8: Zeroizing::new(ber::to_definite(&pkcs8)?),
            });
        }
        Ok(())
    }
}

/// The encrypted keys of `SafeContents`.
fn shrouded(bags: &[u8]) -> Result<Vec<Part>, Pkcs12Error> {
    let bags = ber::to_definite(bags)?;
    let mut keys = Vec::new();
    for bag in elements::<Bag<'_>>(&bags, Tag::Sequence)? {
        if bag.kind == oid::BAG_SHROUDED_KEY {
            let key = bag.value.decode_as::<ShroudedKey<'_>>()?;
            keys.push(Part::Encrypted {
                algorithm: key.algorithm.to_der()?,
                encrypted: key.encrypted.as_bytes().to_vec(),
            });
        }
    }
    Ok(keys)
}

/// The attribute friendlyName (RFC 2985 §5.5.1), the name that a person sees.
fn friendly_name(attributes: Option<AnyRef<'_>>) -> Result<Option<String>, Pkcs12Error> {
    let Some(attributes) = attributes else {
        return Ok(None);
    };
    for attribute in elements::<Attribute<'_>>(&attributes.to_der()?, Tag::Set)? {
        if attribute.kind == oid::FRIENDLY_NAME {
            let values = attribute.values.to_der()?;
            // A name that cannot be read is none: the key is not worse for it.
            let names = elements::<BmpString>(&values, Tag::Set).unwrap_or_default();
            return Ok(names.first().map(ToString::to_string));
        }
    }
    Ok(None)
}

/// The elements of a SEQUENCE OF or a SET OF, in the order in which they stand.
fn elements<'a, T: Decode<'a, Error = der::Error>>(
    list: &'a [u8],
    tag: Tag,
) -> Result<Vec<T>, Pkcs12Error> {
    let list = AnyRef::from_der(list)?;
    if list.tag() != tag {
        return Err(malformed("a list is of another type"));
    }
    let mut reader = SliceReader::new(list.value())?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        if elements.len() == BAGS_MAX {
            return Err(malformed("a list is too long"));
        }
        elements.push(T::decode(&mut reader)?);
    }
    Ok(elements)
}

fn malformed(why: &str) -> Pkcs12Error {
    Pkcs12Error::Malformed {
        why: why.to_owned(),
    }
}

impl From<der::Error> for Pkcs12Error {
    fn from(error: der::Error) -> Self {
        malformed(&error.to_string())
    }
}

impl From<ber::BerError> for Pkcs12Error {
    fn from(error: ber::BerError) -> Self {
        malformed(&error.to_string())
    }
}

impl From<PasswordError> for Pkcs12Error {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::WrongPassword => Self::WrongPassword,
            PasswordError::TooMuchWork => Self::TooMuchWork,
            other => malformed(&other.to_string()),
        }
    }
}
