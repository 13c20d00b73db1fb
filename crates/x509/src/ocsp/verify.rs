//! Judging an OCSP answer: signed evidence only.

use std::time::Duration;

use der::asn1::AnyRef;
use der::{Decode, Encode, Tag, Tagged};
use qaqpa_crypto::{DigestAlgorithm, constant_time_eq};
use qaqpa_model::Moment;
use thiserror::Error;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;

use super::asn1::{
    BasicResponse, OcspResponse, RawStatus, ResponderId, ResponseData, SingleResponse,
};
use super::request::nonces;
use super::{CertId, CertStatus, ResponseStatus};
use crate::asn1::{SignatureFault, check_signature, unknown_critical};
use crate::reason::reason_of;
use crate::time::{moment_of_extension, moment_of_generalized};
use crate::{Certificate, KeyUsage, ObjectIdentifier, Waivable, Waived, memo, oid};

/// How old and how new an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcspPolicy {
    /// The oldest `thisUpdate` and `producedAt` that are accepted, before the moment of judgement.
    pub age_max: Duration,
    /// How far after the moment of judgement `thisUpdate` and `producedAt` may lie: the clocks' skew, and more
    /// where a past moment is judged by an answer of today.
    pub ahead_max: Duration,
}

impl Default for OcspPolicy {
    /// One day old at most (the national authority answers live), clocks five minutes apart at most.
    fn default() -> Self {
        Self {
            age_max: Duration::from_secs(24 * 60 * 60),
            ahead_max: Duration::from_secs(5 * 60),
        }
    }
}

/// What a proven answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OcspAnswer {
    /// The status of the certificate asked about.
    pub status: CertStatus,
    /// Since when this is known to be right.
    pub this_update: Moment,
    /// When newer information will be there.
    pub next_update: Option<Moment>,
    /// When the answer was signed.
    pub produced_at: Moment,
    /// Who signed it: the issuer itself, or a responder that the issuer delegated.
    pub responder: Certificate,
    /// Since when the responder keeps what it knows of certificates that expired (archiveCutoff), where it says so.
    pub archive_cutoff: Option<Moment>,
    /// Since when the answer is out of date, where it is heard all the same because it says "revoked" for good: an answer in its
    /// time may say so since an earlier moment.
    pub stale_since: Option<Moment>,
    /// Whether the responder says that it answers never-issued certificates as revoked.
    pub extended_revoke: bool,
}

impl OcspAnswer {
    /// Whether "revoked" means "never issued": certificateHold at 1970-01-01 with extended-revoke
    /// (RFC 6960 §2.2).
    #[must_use]
    pub fn is_never_issued(&self) -> bool {
        self.extended_revoke
            && matches!(
                self.status,
                CertStatus::Revoked {
                    at,
                    reason: Some(crate::RevocationReason::CertificateHold),
                } if at.unix_ms() == 0
            )
    }
}

/// Why an OCSP answer is no evidence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OcspError {
    /// The answer's signature is not the responder's.
    #[error("the answer's signature is wrong")]
    BadSignature,
    /// More than one part of the answer is about the certificate.
    #[error("the answer speaks of the certificate more than once")]
    CertIdAmbiguous,
    /// No part of the answer is about the certificate.
    #[error("the answer does not speak of the certificate")]
    CertIdMissing,
    /// The answer has a critical extension that is not read here.
    #[error("unknown critical extension {oid}")]
    Critical {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// The answer "good" is of after the certificate's end, and does not say that the responder keeps its knowledge for so long
    /// (archiveCutoff).
    #[error(
        "the answer is of after the certificate's end ({not_after}), and the responder does not say that it knows of certificates for so long (archiveCutoff)"
    )]
    Expired {
        /// The last moment of the certificate's validity.
        not_after: Moment,
    },
    /// The issuer's certificate was not in force when the answer was signed or heard: whoever has the key by now could have dated it
    /// back.
    #[error(
        "the issuer's certificate is not in force at {at}, when the answer was signed or heard"
    )]
    IssuerNotInForce {
        /// When the answer was signed or heard.
        at: Moment,
    },
    /// The bytes are not the DER of an OCSP answer.
    #[error("not the DER of an OCSP answer")]
    Malformed,
    /// A nonce was asked and the answer has none, or has it twice.
    #[error("the answer has no nonce")]
    NonceMissing,
    /// The nonce is not the one that was asked.
    #[error("the answer's nonce is another one")]
    NonceWrong,
    /// The answer is from the future.
    #[error("the answer is of {moment}, which has not come yet")]
    NotYet {
        /// `thisUpdate` or `producedAt`.
        moment: Moment,
    },
    /// The answer was signed by a certificate that is neither the issuer nor delegated by it.
    #[error("the answer's signer is neither the issuer nor delegated by it")]
    ResponderUnauthorized,
    /// The delegated responder's certificate was not valid when it signed, or has no nocheck, so that its
    /// own revocation would have to be asked.
    #[error("the responder's certificate was not usable: {why}")]
    ResponderUnusable {
        /// What is wrong with it.
        why: &'static str,
    },
    /// The answer is older than allowed, or `nextUpdate` is past.
    #[error("the answer is out of date since {moment}")]
    Stale {
        /// Since when.
        moment: Moment,
    },
    /// The responder gave no answer.
    #[error("the responder gave no answer: {0:?}")]
    Status(ResponseStatus),
    /// The answer is of a type or signed by an algorithm that is not known here.
    #[error("the answer is by {oid}, which is not supported")]
    Unsupported {
        /// The type or the algorithm.
        oid: String,
    },
    /// The signature or the responder's key is too weak.
    #[error("{why}")]
    Weak {
        /// What is weak.
        why: &'static str,
    },
}

impl From<SignatureFault> for OcspError {
    fn from(fault: SignatureFault) -> Self {
        match fault {
            SignatureFault::Bad => Self::BadSignature,
            SignatureFault::Unsupported(oid) => Self::Unsupported { oid },
            SignatureFault::Weak(why) => Self::Weak { why },
        }
    }
}

/// Judges an OCSP answer about a certificate of an issuer, at a moment.
///
/// Pass the nonce that was sent: it must come back. The responder is the issuer itself, or holds a
/// certificate that the issuer signed with the extended key usage OCSPSigning, valid when it signed
/// (and, where the answer is older, at the moment), with id-pkix-ocsp-nocheck. The issuer's certificate must be in force then, too.
///
/// "Good" of after the certificate's end needs an archiveCutoff that is not later than that end (RFC 6960 §4.4.4): a responder may
/// forget what expired. "Revoked" is heard always, and where it is no suspension even when it is stale, which the answer
/// then says.
///
/// # Errors
/// [`OcspError`], the first that applies.
///
/// Source: RFC 6960 §3.2, §4.2.2.
pub fn verify(
    response_der: &[u8],
    certificate: &Certificate,
    issuer: &Certificate,
    nonce: Option<&[u8]>,
    at: Moment,
    policy: &OcspPolicy,
) -> Result<OcspAnswer, OcspError> {
    verify_waiving(
        response_der,
        certificate,
        issuer,
        nonce,
        at,
        policy,
        Waived::NONE,
    )
}

/// [`verify`], without the checks that a laboratory leaves out.
///
/// # Errors
/// As [`verify`].
pub fn verify_waiving(
    response_der: &[u8],
    certificate: &Certificate,
    issuer: &Certificate,
    nonce: Option<&[u8]>,
    at: Moment,
    policy: &OcspPolicy,
    waived: Waived,
) -> Result<OcspAnswer, OcspError> {
    let without = |check, answer: Result<(), OcspError>| match answer {
        Err(_) if waived.has(check) => Ok(()),
        answer => answer,
    };
    let basic_der = basic_response(response_der)?;
    let basic = BasicResponse::from_der(basic_der).map_err(|_| OcspError::Malformed)?;
    let data_der = basic.data.to_der().map_err(|_| OcspError::Malformed)?;
    let data = ResponseData::from_der(&data_der).map_err(|_| OcspError::Malformed)?;
    if data.version != Version::V1 {
        return Err(OcspError::Malformed);
    }
    let produced_at = moment_of_generalized(data.produced_at);
    let responder = find_responder(&data.responder, basic.certificates.as_deref(), issuer)?;
    without(
        Waivable::OcspSignature,
        check_value(&basic, &data_der, &responder),
    )?;
    for moment in [produced_at, produced_at.max(at)] {
        let is_usable = match issuer.is_in_force(moment) {
            true => Ok(()),
            false => Err(OcspError::IssuerNotInForce { at: moment }),
        };
        without(Waivable::AuthorityPeriod, is_usable)?;
    }
    if responder != *issuer {
        without(
            Waivable::OcspResponder,
            check_delegation(&responder, issuer),
        )?;
        without(
            Waivable::OcspResponderUsable,
            check_responder(&responder, produced_at, at),
        )?;
    }
    without(
        Waivable::OcspCritical,
        refuse_critical(
            data.extensions.as_deref(),
            &[oid::OCSP_NONCE, oid::OCSP_EXTENDED_REVOKE],
        ),
    )?;
    if let Some(nonce) = nonce {
        without(
            Waivable::OcspNonce,
            check_nonce(nonce, data.extensions.as_deref()),
        )?;
    }
    let single = match only_about(&data.responses, certificate, issuer) {
        Err(error) if waived.has(Waivable::OcspCertId) => data.responses.first().ok_or(error)?,
        single => single?,
    };
    without(
        Waivable::OcspCritical,
        refuse_critical(
            single.extensions.as_deref(),
            &[oid::OCSP_ARCHIVE_CUTOFF, oid::INVALIDITY_DATE],
        ),
    )?;
    let this_update = moment_of_generalized(single.this_update);
    let next_update = single.next_update.map(moment_of_generalized);
    let told = Told::read(single.extensions.as_deref())?;
    let status = status_of(&single.status, told.invalid_since);
    let stale_since = match check_times(this_update, next_update, produced_at, at, policy, waived) {
        Err(OcspError::Stale { moment }) if is_for_good(&status) => Some(moment),
        in_time => {
            in_time?;
            None
        }
    };
    let end = certificate.not_after();
    let reaches = this_update <= end || told.archive_cutoff.is_some_and(|cutoff| cutoff <= end);
    if status == CertStatus::Good && !reaches {
        return Err(OcspError::Expired { not_after: end });
    }
    Ok(OcspAnswer {
        status,
        archive_cutoff: told.archive_cutoff,
        this_update,
        next_update,
        produced_at,
        responder,
        stale_since,
        extended_revoke: has_extension(data.extensions.as_deref(), oid::OCSP_EXTENDED_REVOKE),
    })
}

/// What the extensions of one part of an answer say.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    archive_cutoff: Option<Moment>,
    /// invalidityDate, an entry extension of lists (RFC 6960 §4.4.5).
    invalid_since: Option<Moment>,
}

impl Told {
    fn read(extensions: Option<&[Extension]>) -> Result<Self, OcspError> {
        let mut told = Self::default();
        for extension in extensions.unwrap_or_default() {
            let place = match extension.extn_id {
                oid::OCSP_ARCHIVE_CUTOFF => &mut told.archive_cutoff,
                oid::INVALIDITY_DATE => &mut told.invalid_since,
                _ => continue,
            };
            let moment = moment_of_extension(extension.extn_value.as_bytes())
                .map_err(|_| OcspError::Malformed)?;
            if place.replace(moment).is_some() {
                return Err(OcspError::Malformed);
            }
        }
        Ok(told)
    }
}

fn status_of(raw: &RawStatus, invalid_since: Option<Moment>) -> CertStatus {
    match raw {
        RawStatus::Good(_) => CertStatus::Good,
        RawStatus::Unknown(_) => CertStatus::Unknown,
        RawStatus::Revoked(info) => {
            let at = moment_of_generalized(info.at);
            CertStatus::Revoked {
                // RFC 5280 §5.3.2: known or suspected to be invalid before it was revoked.
                at: invalid_since.map_or(at, |since| since.min(at)),
                reason: info.reason.map(reason_of),
            }
        }
    }
}

/// Whether it says "revoked", and not for a while only: suspended, or never issued so far.
const fn is_for_good(status: &CertStatus) -> bool {
    use crate::RevocationReason::{CertificateHold, RemoveFromCrl};
    matches!(
        status,
        CertStatus::Revoked { reason, .. } if !matches!(reason, Some(CertificateHold | RemoveFromCrl))
    )
}

/// RFC 6960 §4.2.1: the status, and the bytes of the only type that is read here.
fn basic_response(response_der: &[u8]) -> Result<&[u8], OcspError> {
    let response = OcspResponse::from_der(response_der).map_err(|_| OcspError::Malformed)?;
    let status = match (response.status.tag(), response.status.value()) {
        (Tag::Enumerated, [code]) => ResponseStatus::from_code(*code),
        _ => return Err(OcspError::Malformed),
    };
    if status != ResponseStatus::Successful {
        return Err(OcspError::Status(status));
    }
    let bytes = response.bytes.ok_or(OcspError::Malformed)?;
    if bytes.kind != oid::OCSP_BASIC {
        return Err(OcspError::Unsupported {
            oid: bytes.kind.to_string(),
        });
    }
    Ok(bytes.response.as_bytes())
}

/// The signer that the answer names: the issuer itself, or one of the certificates in the answer.
fn find_responder(
    id: &ResponderId<'_>,
    certificates: Option<&[AnyRef<'_>]>,
    issuer: &Certificate,
) -> Result<Certificate, OcspError> {
    let is_meant = |candidate: &Certificate| match id {
        ResponderId::ByName(name) => name
            .to_der()
            .is_ok_and(|name| name == candidate.subject_der()),
        ResponderId::ByKey(hash) => {
            hash.as_bytes() == DigestAlgorithm::Sha1.digest(candidate.public_key_bytes())
        }
    };
    if is_meant(issuer) {
        return Ok(issuer.clone());
    }
    for certificate in certificates
        .unwrap_or_default()
        .iter()
        .take(CERTIFICATES_MAX)
    {
        let candidate = certificate
            .to_der()
            .ok()
            .and_then(|der| Certificate::from_der(&der).ok());
        if let Some(candidate) = candidate
            && is_meant(&candidate)
        {
            return Ok(candidate);
        }
    }
    Err(OcspError::ResponderUnauthorized)
}

/// Certificates looked at in one answer: a responder's, and perhaps its chain.
const CERTIFICATES_MAX: usize = 8;

fn check_value(
    basic: &BasicResponse<'_>,
    data_der: &[u8],
    responder: &Certificate,
) -> Result<(), OcspError> {
    let signature = basic.signature.as_bytes().ok_or(OcspError::Malformed)?;
    let key = responder.spki_der();
    let algorithm = basic.algorithm.to_der().map_err(|_| OcspError::Malformed)?;
    let parts = [key, &algorithm, data_der, signature];
    memo::verified("OCSP answer", &parts, || {
        check_signature(key, &basic.algorithm, data_der, signature)
    })?;
    Ok(())
}

/// RFC 6960 §4.2.2.2: a certificate that the issuer itself signed, for OCSP signing.
fn check_delegation(responder: &Certificate, issuer: &Certificate) -> Result<(), OcspError> {
    if responder.issuer_der() != issuer.subject_der()
        || responder.verify_signed_by(issuer).is_err()
        || !responder.has_extended_key_usage(oid::EKU_OCSP_SIGNING)
    {
        return Err(OcspError::ResponderUnauthorized);
    }
    Ok(())
}

/// RFC 6960 §4.2.2.2.1: the delegated responder's own certificate.
fn check_responder(
    responder: &Certificate,
    produced_at: Moment,
    at: Moment,
) -> Result<(), OcspError> {
    let unusable = |why| Err(OcspError::ResponderUnusable { why });
    // An expired responder could date its answers back: where the answer is older than the moment of
    // judgement, the responder must still be valid at that moment.
    if !responder.is_in_force(produced_at) || !responder.is_in_force(produced_at.max(at)) {
        return unusable("it was not within its period");
    }
    if !responder.has_ocsp_nocheck() {
        return unusable("it has no id-pkix-ocsp-nocheck, and its revocation was not asked");
    }
    if !responder.unknown_critical().is_empty() {
        return unusable("it has an unknown critical extension");
    }
    if responder
        .key_usage()
        .is_some_and(|usage| !usage.has(KeyUsage::DIGITAL_SIGNATURE))
    {
        return unusable("its key usage lacks digitalSignature");
    }
    Ok(())
}

fn refuse_critical(
    extensions: Option<&[Extension]>,
    known: &[ObjectIdentifier],
) -> Result<(), OcspError> {
    match unknown_critical(extensions, known) {
        Some(oid) => Err(OcspError::Critical { oid }),
        None => Ok(()),
    }
}

fn check_nonce(asked: &[u8], extensions: Option<&[Extension]>) -> Result<(), OcspError> {
    let nonces = nonces(extensions).map_err(|()| OcspError::NonceWrong)?;
    match nonces.as_slice() {
        [only] if constant_time_eq(only, asked) => Ok(()),
        [_] => Err(OcspError::NonceWrong),
        _ => Err(OcspError::NonceMissing),
    }
}

fn only_about<'a, 'r>(
    responses: &'r [SingleResponse<'a>],
    certificate: &Certificate,
    issuer: &Certificate,
) -> Result<&'r SingleResponse<'a>, OcspError> {
    let mut about = responses.iter().filter(|single| {
        CertId::read(single.cert_id).is_ok_and(|id| id.matches(certificate, issuer))
    });
    match (about.next(), about.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => Err(OcspError::CertIdAmbiguous),
        (None, _) => Err(OcspError::CertIdMissing),
    }
}

/// RFC 6960 §3.2 items 5 and 6, and how old the answer may be at most.
fn check_times(
    this_update: Moment,
    next_update: Option<Moment>,
    produced_at: Moment,
    at: Moment,
    policy: &OcspPolicy,
    waived: Waived,
) -> Result<(), OcspError> {
    for moment in [this_update, produced_at] {
        if moment > at.plus(policy.ahead_max) && !waived.has(Waivable::OcspNotYet) {
            return Err(OcspError::NotYet { moment });
        }
        // Whole seconds: what the answer can say.
        if moment.plus(policy.age_max).unix_s() < at.unix_s() && !waived.has(Waivable::OcspFresh) {
            return Err(OcspError::Stale {
                moment: moment.plus(policy.age_max),
            });
        }
    }
    match next_update {
        Some(next) if next < this_update => Err(OcspError::Malformed),
        Some(_) if waived.has(Waivable::OcspFresh) => Ok(()),
        Some(next) if next.unix_s() < at.unix_s() => Err(OcspError::Stale { moment: next }),
        _ => Ok(()),
    }
}

fn has_extension(extensions: Option<&[Extension]>, wanted: ObjectIdentifier) -> bool {
    extensions
        .unwrap_or_default()
        .iter()
        .any(|extension| extension.extn_id == wanted)
}

#[cfg(test)]
mod tests {
    use der::asn1::OctetString;

    use super::*;

    fn extension(oid: ObjectIdentifier, value: &[u8]) -> Extension {
        Extension {
            extn_id: oid,
            critical: false,
            extn_value: OctetString::new(value).unwrap(),
        }
    }

    fn noon(day: u8) -> (Vec<u8>, Moment) {
        let der = format!("\x18\x0f202611{day:02}120000Z").into_bytes();
        let moment = Moment::parse(&format!("2026-11-{day:02}T12:00:00Z")).unwrap();
        (der, moment)
    }

    #[test]
    fn an_archive_cutoff_stands_once_and_is_a_time() {
        let (der, moment) = noon(20);
        let cutoff = extension(oid::OCSP_ARCHIVE_CUTOFF, &der);
        let read = |list: &[Extension]| Told::read(Some(list)).map(|told| told.archive_cutoff);
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(std::slice::from_ref(&cutoff)), Ok(Some(moment)));
        let malformed = Err(OcspError::Malformed);
        assert_eq!(read(&[cutoff.clone(), cutoff]), malformed);
        assert_eq!(
            read(&[extension(oid::OCSP_ARCHIVE_CUTOFF, &[0x05, 0])]),
            malformed
        );
    }

    /// Source: RFC 6960 §4.4.5, RFC 5280 §5.3.2.
    #[test]
    fn a_certificate_that_was_invalid_before_it_was_revoked_is_so_from_then_on() {
        let ((der, early), (_, late)) = (noon(10), noon(20));
        let told = Told::read(Some(&[extension(oid::INVALIDITY_DATE, &der)])).unwrap();
        let raw = |at| {
            RawStatus::Revoked(crate::ocsp::asn1::RevokedInfo {
                at: crate::time::generalized_of(at).unwrap(),
                reason: None,
            })
        };
        let since = |raw| match status_of(&raw, told.invalid_since) {
            CertStatus::Revoked { at, .. } => at,
            other => panic!("{other:?}"),
        };
        assert_eq!(since(raw(late)), early);
        let earlier = early.minus(Duration::from_secs(1));
        assert_eq!(since(raw(earlier)), earlier);
    }
}
