//! Making time-stamp tokens: TSTInfo (RFC 3161 §2.4.2) inside CMS SignedData (RFC 5652 §5).

use der::asn1::{AnyRef, IntRef, OctetStringRef};
use der::{Decode, Encode, Tag};
use qaqpa_crypto::{DigestAlgorithm, PrivateKey};
use qaqpa_model::Moment;

use super::asn1::{RawAccuracy, RawImprint, RawInfo};
use super::request::VERSION;
use super::{Accuracy, Imprint};
use crate::asn1::integer;
use crate::cms::attributes::attribute;
use crate::cms::parts::{context, sequence, sorted, tlv};
use crate::cms::signer::{self, SigningCertificate};
use crate::issue::IssueError;
use crate::time::{generalized_of, time_of};
use crate::{Certificate, ObjectIdentifier, oid};

/// A time stamp to sign, field by field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampToIssue {
    /// What is stamped.
    pub imprint: Imprint,
    /// The policy.
    pub policy: ObjectIdentifier,
    /// The serial number: big-endian, positive, at most 20 bytes (RFC 3161 §2.4.2: 160 bits).
    pub serial: Vec<u8>,
    /// The moment, written in whole seconds, rounded down.
    pub gen_time: Moment,
    /// How far the true moment may lie from it.
    pub accuracy: Option<Accuracy>,
    /// Whether every two tokens of this authority are in the order of their moments.
    pub ordering: bool,
    /// The request's nonce.
    pub nonce: Option<Vec<u8>>,
    /// Whether the token names the authority.
    pub names_tsa: bool,
}

/// Who signs a token, and what the token says about that.
#[derive(Clone, Copy, Debug)]
pub struct Signing<'a> {
    /// The certificate that the token's signer is identified by.
    pub tsa: &'a Certificate,
    /// The key that signs.
    pub key: &'a PrivateKey,
    /// Certificates in the token; none where the request did not ask for any (RFC 3161 §2.4.2).
    pub certificates: &'a [Certificate],
    /// The certificate of the attribute signingCertificate (SHA-1), if it is there.
    pub signing_certificate: Option<&'a Certificate>,
    /// The certificate of the attribute signingCertificateV2 (SHA-256), if it is there.
    pub signing_certificate_v2: Option<&'a Certificate>,
}

impl<'a> Signing<'a> {
    /// By an authority, whose certificate both attributes name; without certificates in the token.
    #[must_use]
    pub const fn by(tsa: &'a Certificate, key: &'a PrivateKey) -> Self {
        Self {
            tsa,
            key,
            certificates: &[],
            signing_certificate: Some(tsa),
            signing_certificate_v2: Some(tsa),
        }
    }

    /// With these certificates in the token.
    #[must_use]
    pub const fn with_certificates(self, certificates: &'a [Certificate]) -> Self {
        Self {
            certificates,
            ..self
        }
    }
}

/// Signs a token: the DER of a ContentInfo.
///
/// Both attributes that name the signer's certificate are written: the national authority's tokens carry
/// signingCertificate, and RFC 5816 wants signingCertificateV2.
///
/// # Errors
/// [`IssueError`].
pub fn issue(stamp: &StampToIssue, signing: &Signing<'_>) -> Result<Vec<u8>, IssueError> {
    let info = info(stamp, signing.tsa)?;
    let digest = signing.key.signature_algorithm().digest();
    let digest_der = signer::digest_der(digest)?;
    let attributes = attributes(stamp, signing, digest, &info)?;
    let signer = signer_info(signing, &digest_der, &attributes)?;
    let content = sequence(&[
        &oid::CMS_TST_INFO.to_der()?,
        &tlv(context(0), &tlv(Tag::OctetString, &info)?)?,
    ])?;
    let certificates = match signing.certificates {
        [] => Vec::new(),
        some => tlv(
            context(0),
            &sorted(some.iter().map(|one| one.der().to_vec()).collect()),
        )?,
    };
    // RFC 5652 §5.1: version 3, because the content is not id-data.
    let signed_data = sequence(&[
        &3_u8.to_der()?,
        &tlv(Tag::Set, &digest_der)?,
        &content,
        &certificates,
        &tlv(Tag::Set, &signer)?,
    ])?;
    Ok(sequence(&[
        &oid::CMS_SIGNED_DATA.to_der()?,
        &tlv(context(0), &signed_data)?,
    ])?)
}

fn info(stamp: &StampToIssue, tsa: &Certificate) -> der::Result<Vec<u8>> {
    let gen_time = generalized_of(stamp.gen_time)?.to_der()?;
    let serial = integer(&stamp.serial);
    // GeneralName directoryName [4]: explicit, because Name is a CHOICE.
    let name = tlv(context(4), tsa.subject_der())?;
    RawInfo {
        version: VERSION,
        policy: stamp.policy,
        imprint: RawImprint::from_der(stamp.imprint.der())?,
        serial: IntRef::new(&serial)?,
        gen_time: AnyRef::from_der(&gen_time)?,
        accuracy: stamp.accuracy.map(RawAccuracy::write),
        ordering: stamp.ordering,
        nonce: stamp.nonce.as_deref().map(IntRef::new).transpose()?,
        tsa: match stamp.names_tsa {
            true => Some(AnyRef::from_der(&name)?),
            false => None,
        },
        extensions: None,
    }
    .to_der()
}

/// The value of the SET OF signed attributes (RFC 5652 §5.3, RFC 3161 §2.4.2).
fn attributes(
    stamp: &StampToIssue,
    signing: &Signing<'_>,
    digest: DigestAlgorithm,
    info: &[u8],
) -> der::Result<Vec<u8>> {
    let message_digest = digest.digest(info);
    let mut list = vec![
        attribute(oid::ATTRIBUTE_CONTENT_TYPE, &oid::CMS_TST_INFO.to_der()?)?,
        attribute(
            oid::ATTRIBUTE_MESSAGE_DIGEST,
            &OctetStringRef::new(&message_digest)?.to_der()?,
        )?,
        attribute(
            oid::ATTRIBUTE_SIGNING_TIME,
            &time_of(stamp.gen_time)?.to_der()?,
        )?,
    ];
    for (version, named) in [
        (SigningCertificate::V1, signing.signing_certificate),
        (SigningCertificate::V2, signing.signing_certificate_v2),
    ] {
        if let Some(certificate) = named {
            let value = signer::signing_certificate(version, certificate)?;
            list.push(attribute(version.oid(), &value)?);
        }
    }
    Ok(sorted(list))
}

fn signer_info(
    signing: &Signing<'_>,
    digest_der: &[u8],
    attributes: &[u8],
) -> Result<Vec<u8>, IssueError> {
    let algorithm = signing.key.signature_algorithm();
    // RFC 5652 §5.4: the signature is over a SET OF, not over the [0] that stands in its place.
    let signature = signing.key.sign(algorithm, &tlv(Tag::Set, attributes)?)?;
    Ok(sequence(&[
        // RFC 5652 §5.3: version 1, because the signer is named by issuer and serial number.
        &1_u8.to_der()?,
        &signer::issuer_and_serial(signing.tsa)?,
        digest_der,
        &tlv(context(0), attributes)?,
        &signer::algorithm_der(algorithm),
        &OctetStringRef::new(&signature)?.to_der()?,
    ])?)
}
