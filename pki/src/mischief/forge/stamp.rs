//! Forging time stamps.

use std::time::Duration;

use qaqpa_crypto::{DigestAlgorithm, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_x509::issue::{self, CertificateSpec};
use qaqpa_x509::tsp::{
    self, Accuracy, Failure, Imprint, Signing, StampRequest, StampToIssue, Stamped, Status, Wanted,
};
use qaqpa_x509::{Certificate, ObjectIdentifier, oid};

use super::{DAY, ForgeError, NOBODY_KNOWS, ahead, another, generalized, over, sequence};
use crate::mischief::fault::StampFault;
use crate::mischief::tree::{GENERALIZED_TIME, INTEGER, Node, OCTET_STRING, leaf};
use crate::vault::Signer;

/// What a forger of time stamps has at hand.
#[derive(Debug)]
pub(in crate::mischief) struct StampDesk<'a> {
    /// Who stamped honestly.
    pub(in crate::mischief) stamper: &'a Signer,
    /// Who issued its certificate.
    pub(in crate::mischief) issuer: &'a Signer,
    /// An authority that nobody trusts.
    pub(in crate::mischief) foreign: &'a Signer,
    /// The request.
    pub(in crate::mischief) request: &'a StampRequest,
    /// The moment of the answer.
    pub(in crate::mischief) now: Moment,
}

/// The honest answer with these faults, in this order.
///
/// # Errors
/// [`ForgeError`]: the answer has no token, or nothing could be signed.
pub(in crate::mischief) fn stamp(
    honest: &[u8],
    faults: &[(StampFault, u64)],
    desk: &StampDesk<'_>,
) -> Result<Vec<u8>, ForgeError> {
    let mut draft = Draft::of(honest, desk).ok_or(ForgeError::NothingToChange)?;
    for (fault, amount) in faults {
        draft.spoil(*fault, Duration::from_secs(*amount));
    }
    draft.write()
}

/// An answer in parts.
struct Draft<'a> {
    desk: &'a StampDesk<'a>,
    stamp: StampToIssue,
    /// Instead of a token.
    refusal: Option<Failure>,
    status: Status,
    token: bool,
    /// The signer's certificate, to be made anew.
    tsa: Option<CertificateSpec>,
    foreign: bool,
    key: &'a PrivateKey,
    certificates: bool,
    named: Named,
    flipped: bool,
    /// Put into TSTInfo after it was signed.
    changed: Option<Moment>,
}

/// Which certificate the signed attributes name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Signer,
    SignerOldWay,
    Another,
    Nobody,
}

impl<'a> Draft<'a> {
    fn of(honest: &[u8], desk: &'a StampDesk<'a>) -> Option<Self> {
        let answer = tsp::Response::decode(honest).ok()?;
        let wanted = Wanted {
            nonce: None,
            policy: None,
            not_before: None,
            at: desk.now,
            skew_max: DAY,
            accuracy_max: Duration::MAX,
        };
        let about = Stamped::Digest(&desk.request.imprint);
        let known = std::slice::from_ref(&desk.stamper.certificate);
        let read = tsp::verify(answer.token().ok()?, about, &wanted, known).ok()?;
        Some(Self {
            desk,
            stamp: StampToIssue {
                imprint: read.imprint,
                policy: read.policy,
                serial: read.serial,
                gen_time: read.gen_time,
                accuracy: read.accuracy,
                ordering: read.ordering,
                nonce: desk.request.nonce.clone(),
                names_tsa: true,
            },
            refusal: None,
            status: Status::Granted,
            token: true,
            tsa: None,
            foreign: false,
            key: &desk.stamper.key,
            certificates: desk.request.cert_req,
            named: Named::Signer,
            flipped: false,
            changed: None,
        })
    }

    fn spoil(&mut self, fault: StampFault, time: Duration) {
        use StampFault as F;
        let now = self.desk.now;
        let algorithm = self.stamp.imprint.algorithm();
        match fault {
            F::OtherImprint => {
                self.stamp.imprint = Imprint::of(algorithm, b"TEST: other data");
            }
            F::OtherDigest => {
                let other = match algorithm {
                    DigestAlgorithm::Sha512 => DigestAlgorithm::Sha256,
                    _ => DigestAlgorithm::Sha512,
                };
                self.stamp.imprint = Imprint::of(other, self.stamp.imprint.digest());
            }
            F::NonceWrong => self.stamp.nonce = Some(vec![0x51]),
            F::NonceMissing => self.stamp.nonce = None,
            F::OtherPolicy => self.stamp.policy = NOBODY_KNOWS,
            F::WithoutEku => self.usages(vec![oid::EKU_EMAIL_PROTECTION], true),
            F::MoreEku => {
                self.usages(
                    vec![oid::EKU_TIME_STAMPING, oid::EKU_EMAIL_PROTECTION],
                    true,
                );
            }
            F::EkuNotCritical => self.usages(vec![oid::EKU_TIME_STAMPING], false),
            F::ExpiredTsa => self.tsa().validity = over(now, time),
            F::FutureTsa => self.tsa().validity = ahead(now, time),
            F::ForeignTsa => {
                self.tsa();
                self.foreign = true;
            }
            F::Future => self.stamp.gen_time = now.plus(time),
            F::Past => self.stamp.gen_time = now.minus(time),
            F::SignatureFlipped => self.flipped = true,
            F::OtherKey => self.key = &self.desk.foreign.key,
            F::ChangedAfterSigning => self.changed = Some(now.minus(DAY)),
            F::OtherSigningCertificate => self.named = Named::Another,
            F::NoSigningCertificate => self.named = Named::Nobody,
            F::OneSigningCertificate => self.named = Named::SignerOldWay,
            F::CertificateAbsent => self.certificates = false,
            F::GrantedWithoutToken => self.token = false,
            F::RejectedWithToken => self.status = Status::Rejection,
            F::Waiting => {
                self.status = Status::Waiting;
                self.token = false;
            }
            F::BadAlg => self.refusal = Some(Failure::BadAlg),
            F::BadRequest => self.refusal = Some(Failure::BadRequest),
            F::BadDataFormat => self.refusal = Some(Failure::BadDataFormat),
            F::TimeNotAvailable => self.refusal = Some(Failure::TimeNotAvailable),
            F::UnacceptedPolicy => self.refusal = Some(Failure::UnacceptedPolicy),
            F::UnacceptedExtension => self.refusal = Some(Failure::UnacceptedExtension),
            F::AddInfoNotAvailable => self.refusal = Some(Failure::AddInfoNotAvailable),
            F::SystemFailure => self.refusal = Some(Failure::SystemFailure),
        }
    }

    /// The signer's certificate, to be made anew.
    fn tsa(&mut self) -> &mut CertificateSpec {
        let honest = &self.desk.stamper.certificate;
        let called = "QAQPA TEST TSA (FORGED)";
        self.tsa
            .get_or_insert_with(|| another(honest, called, CertificateSpec::of_timestamper))
    }

    fn usages(&mut self, usages: Vec<ObjectIdentifier>, critical: bool) {
        let spec = self.tsa();
        spec.extended_key_usage = usages;
        spec.extended_key_usage_critical = critical;
    }

    fn write(self) -> Result<Vec<u8>, ForgeError> {
        if let Some(failure) = self.refusal {
            return Ok(tsp::rejected(failure, "TEST: refused on purpose"));
        }
        let desk = self.desk;
        let issuer = if self.foreign {
            desk.foreign
        } else {
            desk.issuer
        };
        let tsa = match &self.tsa {
            None => desk.stamper.certificate.clone(),
            Some(spec) => issue::issue(spec, issuer.as_issuer())?,
        };
        let certificates = match self.certificates {
            true => vec![tsa.clone(), issuer.certificate.clone()],
            false => Vec::new(),
        };
        let mut signing = Signing::by(&tsa, self.key).with_certificates(&certificates);
        match self.named {
            Named::Signer => {}
            Named::SignerOldWay => signing.signing_certificate_v2 = None,
            Named::Another => {
                let another: Option<&Certificate> = Some(&desk.foreign.certificate);
                signing.signing_certificate = another;
                signing.signing_certificate_v2 = another;
            }
            Named::Nobody => {
                signing.signing_certificate = None;
                signing.signing_certificate_v2 = None;
            }
        }
        let stamp = StampToIssue {
            // A policy's accuracy says nothing about what was dated on purpose.
            accuracy: self.stamp.accuracy.or(Some(Accuracy::seconds(1))),
            ..self.stamp
        };
        let token = tsp::issue(&stamp, &signing)?;
        let mut token = Node::read(&token).ok_or(ForgeError::NothingToChange)?;
        if self.flipped {
            flip_signature(&mut token).ok_or(ForgeError::NothingToChange)?;
        }
        if let Some(moment) = self.changed {
            change_time(&mut token, moment).ok_or(ForgeError::NothingToChange)?;
        }
        let status = sequence([leaf(INTEGER, [self.status.code()])]);
        let mut parts = vec![status];
        if self.token {
            parts.push(token);
        }
        Ok(sequence(parts).write())
    }
}

/// `SignedData` within a token.
fn signed_data(token: &mut Node) -> Option<&mut Node> {
    token.at_mut(1)?.at_mut(0)
}

/// The signature is the last part of the last signer, the unsigned attributes that nobody wrote aside.
fn flip_signature(token: &mut Node) -> Option<()> {
    let signers = signed_data(token)?.children_mut()?.last_mut()?;
    let signer = signers.at_mut(0)?.children_mut()?;
    let Some(Node::Leaf { bytes, .. }) = signer.iter_mut().rfind(|part| part.tag() == OCTET_STRING)
    else {
        return None;
    };
    *bytes.last_mut()? ^= 1;
    Some(())
}

/// `EncapsulatedContentInfo { id, [0] { OCTET STRING { TSTInfo } } }`: genTime is its only GeneralizedTime.
fn change_time(token: &mut Node, moment: Moment) -> Option<()> {
    let content = signed_data(token)?.at_mut(2)?.at_mut(1)?.at_mut(0)?;
    let mut info = Node::read(content.bytes())?;
    let parts = info.children_mut()?;
    let time = parts
        .iter_mut()
        .find(|part| part.tag() == GENERALIZED_TIME)?;
    *time = generalized(moment);
    *content = leaf(OCTET_STRING, info.write());
    Some(())
}
