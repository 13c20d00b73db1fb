//! Judging time-stamp tokens.

use std::cmp::Ordering;
use std::time::Duration;

use der::Decode;
use qaqpa_crypto::constant_time_eq;
use qaqpa_model::Moment;

use super::asn1::{RawInfo, moment_of_fraction};
use super::error::{malformed, unsupported};
use super::request::VERSION;
use super::signed_data::Token;
use super::{Accuracy, Imprint, RequestError, StampError};
use crate::asn1::magnitude;
use crate::extensions::general_name::GeneralName;
use crate::{Certificate, KeyUsage, ObjectIdentifier, oid};

/// What a token must be about.
#[derive(Clone, Copy, Debug)]
pub enum Stamped<'a> {
    /// These bytes, by whatever strong digest the token has.
    Data(&'a [u8]),
    /// This digest.
    Digest(&'a Imprint),
}

/// What a token must say besides.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The nonce of the request, as [`super::StampRequest::nonce`] has it: it must be repeated.
    pub nonce: Option<&'a [u8]>,
    /// The policy that was asked for.
    pub policy: Option<ObjectIdentifier>,
    /// The moment before which the data cannot have been stamped, if there is one: when it was signed.
    pub not_before: Option<Moment>,
    /// The moment of judgement.
    pub at: Moment,
    /// How far `genTime` may lie outside these moments: the clocks' skew.
    pub skew_max: Duration,
    /// The widest accuracy that a token may say of itself; [`ACCURACY_MAX`] where nothing else is known.
    pub accuracy_max: Duration,
}

/// How exact a token must be, where nothing else is asked for: the national authority's say one second.
pub const ACCURACY_MAX: Duration = Duration::from_secs(60);

/// A token that holds together: it is about the data, and whoever holds the certificate's key signed it.
///
/// Says nothing about whether the authority is trusted: build a path from [`Stamp::tsa`] at [`Stamp::gen_time`]
/// ([`crate::path::build`]), with [`Stamp::certificates`] in the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stamp {
    /// The moment: the data existed before it.
    pub gen_time: Moment,
    /// How far the true moment may lie from it; zero where the token does not say.
    pub accuracy: Option<Accuracy>,
    /// Whether the authority says that all its tokens are in the order of their moments.
    pub ordering: bool,
    /// The serial number: big-endian, without leading zeros.
    pub serial: Vec<u8>,
    /// The policy.
    pub policy: ObjectIdentifier,
    /// What was stamped.
    pub imprint: Imprint,
    /// The certificate of the authority that stamped.
    pub tsa: Certificate,
    /// The certificates in the token, for building a path; none of them is trusted for standing there.
    pub certificates: Vec<Certificate>,
}

impl Stamp {
    /// The earliest moment that the token can mean.
    #[must_use]
    pub fn earliest(&self) -> Moment {
        self.gen_time.minus(self.reach())
    }

    /// The latest moment that the token can mean.
    #[must_use]
    pub fn latest(&self) -> Moment {
        self.gen_time.plus(self.reach())
    }

    /// Which of two stamps came first, where that can be said.
    ///
    /// Source: RFC 3161 §2.4.2: without `ordering`, "only if the difference between the genTime of the first
    /// time-stamp token and the genTime of the second … is greater than the sum of the accuracies".
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.ordering && other.ordering && self.tsa == other.tsa {
            return Some(self.gen_time.cmp(&other.gen_time));
        }
        if self.latest() < other.earliest() {
            Some(Ordering::Less)
        } else if other.latest() < self.earliest() {
            Some(Ordering::Greater)
        } else {
            None
        }
    }

    fn reach(&self) -> Duration {
        self.accuracy.unwrap_or_default().duration()
    }
}

/// Whether stamps that must follow each other do: a stamp over a signature, then one over that stamp.
///
/// What their accuracies leave open is no contradiction.
///
/// # Errors
/// [`StampError::Disordered`].
pub fn check_order(stamps: &[Stamp]) -> Result<(), StampError> {
    for (position, stamp) in stamps.iter().enumerate() {
        let contradicts = |earlier: &Stamp| earlier.compare(stamp) == Some(Ordering::Greater);
        if stamps[..position].iter().any(contradicts) {
            return Err(StampError::Disordered { position });
        }
    }
    Ok(())
}

/// Judges a token: what it is about, what it says, who signed it, and that all of this belongs together.
///
/// `candidates` are certificates to look for the signer's among, beside those in the token.
///
/// The attribute signingCertificate is enough, although it is by SHA-1: it is a second preimage that would be needed to
/// name another certificate, and the national authority's tokens have no other.
///
/// # Errors
/// [`StampError`], the first that applies.
///
/// Source: RFC 3161 §2.2, §2.3, §2.4.2; RFC 5652 §5.4, §5.6; RFC 5035 §5.4.
pub fn verify(
    token_der: &[u8],
    stamped: Stamped<'_>,
    wanted: &Wanted<'_>,
    candidates: &[Certificate],
) -> Result<Stamp, StampError> {
    let token = Token::read(token_der)?;
    let info = RawInfo::from_der(token.info).map_err(|_| malformed("TSTInfo"))?;
    if info.version != VERSION {
        return Err(malformed("the version of TSTInfo"));
    }
    let imprint = Imprint::read(&info.imprint).map_err(|error| match error {
        RequestError::AlgorithmWeak { .. } => StampError::Weak {
            why: "an imprint with SHA-1",
        },
        RequestError::Algorithm { oid } => unsupported(oid.to_string()),
        _ => malformed("the imprint"),
    })?;
    let tsa = token.check_signer(candidates)?;
    check_purpose(&tsa)?;
    check_imprint(&imprint, stamped)?;
    check_extensions(&info)?;
    check_name(&info, &tsa)?;
    check_nonce(&info, wanted.nonce)?;
    if wanted.policy.is_some_and(|policy| policy != info.policy) {
        return Err(StampError::PolicyWrong {
            policy: info.policy,
        });
    }
    let accuracy = info
        .accuracy
        .map(|raw| raw.read().ok_or_else(|| malformed("the accuracy")));
    let stamp = Stamp {
        gen_time: moment_of_fraction(info.gen_time).ok_or_else(|| malformed("genTime"))?,
        accuracy: accuracy.transpose()?,
        ordering: info.ordering,
        serial: serial(info.serial.as_bytes()).ok_or_else(|| malformed("the serial number"))?,
        policy: info.policy,
        imprint,
        tsa,
        certificates: token.certificates,
    };
    check_times(&stamp, wanted)?;
    Ok(stamp)
}

/// RFC 3161 §2.4.2: "Time-Stamping users MUST be ready to accommodate integers up to 160 bits."
fn serial(integer: &[u8]) -> Option<Vec<u8>> {
    let serial = magnitude(integer).filter(|serial| serial.len() <= 20)?;
    Some(serial.to_vec())
}

/// RFC 3161 §2.3: "The corresponding certificate MUST contain only one instance of the extended key usage field extension …
/// with KeyPurposeID having value: id-kp-timeStamping. This extension MUST be critical."
fn check_purpose(tsa: &Certificate) -> Result<(), StampError> {
    let refused = |why| Err(StampError::Purpose { why });
    match tsa.extended_key_usage() {
        None => return refused("it has no extended key usage"),
        Some([only]) if *only == oid::EKU_TIME_STAMPING => {}
        Some(usages) if usages.contains(&oid::EKU_TIME_STAMPING) => {
            return refused("timeStamping is not its only extended key usage");
        }
        Some(_) => return refused("its extended key usage lacks timeStamping"),
    }
    if !tsa.is_extended_key_usage_critical() {
        return refused("its extended key usage is not critical");
    }
    let signs = |usage: KeyUsage| {
        usage.has(KeyUsage::DIGITAL_SIGNATURE) || usage.has(KeyUsage::NON_REPUDIATION)
    };
    if !tsa.key_usage().is_none_or(signs) {
        return refused("its key usage has neither digitalSignature nor nonRepudiation");
    }
    Ok(())
}

fn check_imprint(imprint: &Imprint, stamped: Stamped<'_>) -> Result<(), StampError> {
    let same = match stamped {
        Stamped::Data(data) => imprint.algorithm().digest(data) == imprint.digest(),
        Stamped::Digest(wanted) => {
            wanted.algorithm() == imprint.algorithm() && wanted.digest() == imprint.digest()
        }
    };
    if same {
        Ok(())
    } else {
        Err(StampError::ImprintWrong)
    }
}

fn check_extensions(info: &RawInfo<'_>) -> Result<(), StampError> {
    let list = info.extensions.as_deref().unwrap_or_default();
    match list.iter().find(|extension| extension.critical) {
        Some(extension) => Err(StampError::Critical {
            oid: extension.extn_id,
        }),
        None => Ok(()),
    }
}

/// RFC 3161 §2.4.2: the name, if present, "MUST correspond to one of the subject names included in the certificate".
fn check_name(info: &RawInfo<'_>, tsa: &Certificate) -> Result<(), StampError> {
    let Some(name) = info.tsa else {
        return Ok(());
    };
    let name = GeneralName::read(&name).map_err(|_| malformed("the authority's name"))?;
    let is_subject = matches!(&name, GeneralName::Directory(name) if name == tsa.subject_key());
    if is_subject || tsa.extensions().subject_alt_names.contains(&name) {
        Ok(())
    } else {
        Err(StampError::TsaNameWrong)
    }
}

fn check_nonce(info: &RawInfo<'_>, wanted: Option<&[u8]>) -> Result<(), StampError> {
    match (wanted, info.nonce) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(StampError::NonceMissing),
        (Some(asked), Some(nonce)) if constant_time_eq(nonce.as_bytes(), asked) => Ok(()),
        (Some(_), Some(_)) => Err(StampError::NonceWrong),
    }
}

fn check_times(stamp: &Stamp, wanted: &Wanted<'_>) -> Result<(), StampError> {
    let gen_time = stamp.gen_time;
    if !stamp.tsa.is_in_force(gen_time) {
        return Err(StampError::TsaNotInForce { gen_time });
    }
    if stamp.reach() > wanted.accuracy_max {
        return Err(StampError::AccuracyTooWide {
            accuracy: stamp.accuracy.unwrap_or_default(),
        });
    }
    if stamp.earliest() > wanted.at.plus(wanted.skew_max) {
        return Err(StampError::NotYet { gen_time });
    }
    let too_early = |begin: Moment| stamp.latest().plus(wanted.skew_max) < begin;
    if wanted.not_before.is_some_and(too_early) {
        return Err(StampError::TooEarly { gen_time });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use der::asn1::{AnyRef, GeneralizedTime, IntRef, OctetStringRef};
    use der::{Encode, Tag, TagNumber};
    use qaqpa_crypto::{DigestAlgorithm, KeyKind, PrivateKey};
    use spki::AlgorithmIdentifierRef;

    use super::*;
    use crate::cms::parts::{context, sequence, tlv};
    use crate::issue::{self, CertificateSpec, Issuer, Validity};
    use crate::name::NameToWrite;
    use crate::tsp::asn1::RawImprint;

    /// A self-signed authority with these other names.
    fn tsa(names: &[&[u8]]) -> Certificate {
        let key = PrivateKey::generate(KeyKind::Ecdsa).unwrap();
        let life = Validity {
            not_before: Moment::ROOT_BEGIN,
            not_after: Moment::ROOT_END,
        };
        let subject = || NameToWrite::new().with(oid::COMMON_NAME, "TEST TSA");
        let root = issue::root(subject(), &key, life).unwrap();
        let mut spec = CertificateSpec::new(subject(), key.spki_der(), life).unwrap();
        if !names.is_empty() {
            let names = sequence(names).unwrap();
            spec.others = vec![(oid::SUBJECT_ALT_NAME, false, names)];
        }
        let by = Issuer {
            certificate: &root,
            key: &key,
        };
        issue::issue(&spec, by).unwrap()
    }

    /// Whether TSTInfo may name the authority so.
    fn named(name: &[u8], tsa: &Certificate) -> Result<(), StampError> {
        let gen_time = GeneralizedTime::from_unix_duration(Duration::ZERO).unwrap();
        let gen_time = gen_time.to_der().unwrap();
        let info = RawInfo {
            version: VERSION,
            policy: oid::POLICY_TSP_RSA,
            imprint: RawImprint {
                algorithm: AlgorithmIdentifierRef {
                    oid: DigestAlgorithm::Sha256.oid(),
                    parameters: None,
                },
                digest: OctetStringRef::new(&[0; 32]).unwrap(),
            },
            serial: IntRef::new(&[1]).unwrap(),
            gen_time: AnyRef::from_der(&gen_time).unwrap(),
            accuracy: None,
            ordering: false,
            nonce: None,
            tsa: Some(AnyRef::from_der(name).unwrap()),
            extensions: None,
        };
        check_name(&info, tsa)
    }

    /// Source: RFC 3161 §2.4.2: the name "MUST correspond to one of the subject names included in the certificate".
    #[test]
    fn the_name_in_a_token_is_one_of_the_certificates_whatever_its_form() {
        let dns = |text: &str| {
            let tag = Tag::ContextSpecific {
                constructed: false,
                number: TagNumber(2),
            };
            tlv(tag, text.as_bytes()).unwrap()
        };
        let directory = |name: &str| {
            let name = NameToWrite::new().with(oid::COMMON_NAME, name);
            tlv(context(4), &name.to_der().unwrap()).unwrap()
        };
        let (good, evil) = (dns("tsa.example"), dns("evil.example"));
        let plain = tsa(&[]);
        let rich = tsa(&[&good, &directory("OTHER")]);
        let wrong = Err(StampError::TsaNameWrong);
        assert_eq!(named(&directory("test  tsa"), &plain), Ok(()));
        assert_eq!(named(&directory("OTHER"), &plain), wrong);
        assert_eq!(named(&good, &plain), wrong);
        assert_eq!(named(&directory("TEST TSA"), &rich), Ok(()));
        assert_eq!(named(&directory("OTHER"), &rich), Ok(()));
        assert_eq!(named(&good, &rich), Ok(()));
        assert_eq!(named(&evil, &rich), wrong);
        assert_eq!(
            named(&[0x04, 0], &rich),
            Err(malformed("the authority's name"))
        );
    }
}
