//! Making CMS messages, and adding signers and time stamps to them.

use der::asn1::OctetStringRef;
use der::{Encode, Tag};
use qaqpa_crypto::{CryptoError, PrivateKey, SignatureAlgorithm};
use qaqpa_model::Moment;
use qaqpa_x509::cms::attributes::{Attributes, attribute};
use qaqpa_x509::cms::parts::{context, elements, sequence, sorted, time_of, tlv, value_of};
use qaqpa_x509::cms::signer::{self, SigningCertificate};
use qaqpa_x509::{Certificate, oid};
use thiserror::Error;

use super::info::{COUNTER_SIGNATURE, SIGNATURE_TIME_STAMP, SignerInfo};
use super::message::Message;
use super::{Bounds, CmsError};

/// Who signs, and what his part of the message says of it.
#[derive(Clone, Copy, Debug)]
pub struct NewSigner<'a> {
    /// The key that signs.
    pub key: &'a PrivateKey,
    /// The key's certificate, by whose issuer and serial number the signer is identified.
    pub certificate: &'a Certificate,
    /// The algorithm; one of the key's.
    pub algorithm: SignatureAlgorithm,
    /// The attribute signingTime, in whole seconds, if it is there.
    pub signing_time: Option<Moment>,
    /// The attribute that names the certificate, if it is there.
    pub signing_certificate: Option<SigningCertificate>,
}

impl<'a> NewSigner<'a> {
    /// By what the key signs with, at a moment, with signingCertificateV2.
    #[must_use]
    pub fn new(key: &'a PrivateKey, certificate: &'a Certificate, at: Moment) -> Self {
        Self {
            key,
            certificate,
            algorithm: key.signature_algorithm(),
            signing_time: Some(at),
            signing_certificate: Some(SigningCertificate::V2),
        }
    }
}

/// Where the content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the message.
    Attached,
    /// Beside it.
    Detached,
}

/// Why a message was not made or changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignError {
    /// The certificate is not the key's.
    #[error("the certificate is not the key's")]
    CertificateOther,
    /// The message that was to be changed is not one.
    #[error(transparent)]
    Message(#[from] CmsError),
    /// Nobody was to sign.
    #[error("a message without signers")]
    SignersMissing,
    /// There is no signer at this place.
    #[error("there is no signer {position}")]
    SignerUnknown {
        /// The place, from 0.
        position: usize,
    },
    /// The key did not sign.
    #[error(transparent)]
    Signature(#[from] CryptoError),
    /// The bytes are not a ContentInfo, such as a time-stamp token is.
    #[error("not a time-stamp token")]
    TokenMalformed,
    /// Something is longer than DER can say, or a moment is not one that it can write.
    #[error("the message cannot be written: {why}")]
    Unwritable {
        /// What the writer said.
        why: String,
    },
}

impl From<der::Error> for SignError {
    fn from(error: der::Error) -> Self {
        Self::Unwritable {
            why: error.to_string(),
        }
    }
}

/// Signs a content of the type data. `certificates` stand in the message beside the signers' own: their issuers'.
///
/// # Errors
/// [`SignError`].
///
/// Source: RFC 5652 §5; EN 319 122-1, clause 6.3 (CAdES-B-B) where signingCertificateV2 is written.
pub fn sign(
    content: &[u8],
    place: Place,
    signers: &[NewSigner<'_>],
    certificates: &[Certificate],
) -> Result<Vec<u8>, SignError> {
    if signers.is_empty() {
        return Err(SignError::SignersMissing);
    }
    let attached = (place == Place::Attached).then_some(content);
    let mut message = Message::new(oid::CONTENT_DATA, attached);
    for signer in signers {
        add(&mut message, content, signer, certificates)?;
    }
    Ok(message.encode()?)
}

/// Adds a signer to a message: he signs the same content. Who signed before is not looked at.
///
/// # Errors
/// [`SignError`].
pub fn co_sign(
    cms: &[u8],
    detached: Option<&[u8]>,
    signer: &NewSigner<'_>,
    certificates: &[Certificate],
    bounds: &Bounds,
) -> Result<Vec<u8>, SignError> {
    let found = super::read(cms, detached, bounds)?;
    let content = found.unproven_content().to_vec();
    let mut message = found.message;
    add(&mut message, &content, signer, certificates)?;
    Ok(message.encode()?)
}

/// Adds a counter-signature: the signer signs the value of the signature at this place, from 0 in the message's order.
///
/// # Errors
/// [`SignError`].
///
/// Source: RFC 5652 §11.4.
pub fn counter_sign(
    cms: &[u8],
    position: usize,
    signer: &NewSigner<'_>,
    certificates: &[Certificate],
    bounds: &Bounds,
) -> Result<Vec<u8>, SignError> {
    let mut message = Message::read(cms, bounds)?;
    let place = signer_at(&mut message, position)?;
    let value = signature_of(place)?;
    let (info, _) = signer_info(&value, signer, None)?;
    *place = with_unsigned(place, &attribute(COUNTER_SIGNATURE, &info)?)?;
    for certificate in std::iter::once(signer.certificate).chain(certificates) {
        message.push_certificate(certificate.der());
    }
    Ok(message.encode()?)
}

/// Adds a time-stamp token over the signature's value ([`super::Signer::signature_value`]) at this place.
///
/// The token is not judged here: what it is about is asked of it (`qaqpa_x509::tsp::verify`) before it is added.
///
/// # Errors
/// [`SignError`].
///
/// Source: RFC 3161 App. A.
pub fn add_timestamp(
    cms: &[u8],
    position: usize,
    token_der: &[u8],
    bounds: &Bounds,
) -> Result<Vec<u8>, SignError> {
    if !value_of(Tag::Sequence, token_der).is_ok_and(|value| elements(value, 2).is_ok()) {
        return Err(SignError::TokenMalformed);
    }
    let mut message = Message::read(cms, bounds)?;
    let place = signer_at(&mut message, position)?;
    *place = with_unsigned(place, &attribute(SIGNATURE_TIME_STAMP, token_der)?)?;
    Ok(message.encode()?)
}

fn add(
    message: &mut Message,
    content: &[u8],
    signer: &NewSigner<'_>,
    certificates: &[Certificate],
) -> Result<(), SignError> {
    let kind = message.content_type().to_der()?;
    let (info, digest) = signer_info(content, signer, Some(&kind))?;
    message.push_signer(info, digest);
    for certificate in std::iter::once(signer.certificate).chain(certificates) {
        message.push_certificate(certificate.der());
    }
    Ok(())
}

/// The SignerInfo over bytes, and the identifier of its digest. A counter-signature has no content type.
fn signer_info(
    bytes: &[u8],
    signer: &NewSigner<'_>,
    content_type: Option<&[u8]>,
) -> Result<(Vec<u8>, Vec<u8>), SignError> {
    if signer.certificate.spki_der() != signer.key.spki_der() {
        return Err(SignError::CertificateOther);
    }
    let digest = signer.algorithm.digest();
    let digest_der = signer::digest_der(digest)?;
    let value = digest.digest(bytes);
    let mut attributes = vec![attribute(
        oid::ATTRIBUTE_MESSAGE_DIGEST,
        &OctetStringRef::new(&value)?.to_der()?,
    )?];
    if let Some(kind) = content_type {
        attributes.push(attribute(oid::ATTRIBUTE_CONTENT_TYPE, kind)?);
    }
    if let Some(moment) = signer.signing_time {
        attributes.push(attribute(oid::ATTRIBUTE_SIGNING_TIME, &time_of(moment)?)?);
    }
    if let Some(version) = signer.signing_certificate {
        let value = signer::signing_certificate(version, signer.certificate)?;
        attributes.push(attribute(version.oid(), &value)?);
    }
    let attributes = sorted(attributes);
    // RFC 5652 §5.4: the signature is over a SET OF, not over the [0] that stands in its place.
    let signature = signer
        .key
        .sign(signer.algorithm, &tlv(Tag::Set, &attributes)?)?;
    let info = sequence(&[
        // RFC 5652 §5.3: version 1, because the signer is named by issuer and serial number.
        &1_u8.to_der()?,
        &signer::issuer_and_serial(signer.certificate)?,
        &digest_der,
        &tlv(context(0), &attributes)?,
        &signer::algorithm_der(signer.algorithm),
        &OctetStringRef::new(&signature)?.to_der()?,
    ])?;
    Ok((info, digest_der))
}

fn signer_at(message: &mut Message, position: usize) -> Result<&mut Vec<u8>, SignError> {
    message
        .signers_mut()
        .get_mut(position)
        .ok_or(SignError::SignerUnknown { position })
}

fn signature_of(info: &[u8]) -> Result<Vec<u8>, SignError> {
    Ok(SignerInfo::read(info)?.signature.to_vec())
}

/// A SignerInfo with one unsigned attribute more; its other parts stay byte by byte.
fn with_unsigned(info: &[u8], attribute: &[u8]) -> Result<Vec<u8>, SignError> {
    let unsigned = SignerInfo::read(info)?.unsigned;
    let mut all = vec![attribute.to_vec()];
    let mut whole = value_of(Tag::Sequence, info)?;
    if let Some(unsigned) = unsigned {
        let known = Attributes::read_repeated(context(1), unsigned).map_err(CmsError::from)?;
        all.extend(known.elements().iter().map(|element| element.to_vec()));
        // The unsigned attributes are the last part.
        whole = &whole[..whole.len() - unsigned.len()];
    }
    Ok(sequence(&[whole, &tlv(context(1), &sorted(all))?])?)
}
