//! A writer of CMS messages (RFC 5652) without scruples, apart from the one under test: any part can be wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::{DigestAlgorithm, SignatureAlgorithm, sha256};
use qaqpa_model::Moment;
use qaqpa_x509::cms::signer::{self, SigningCertificate};
use qaqpa_x509::{ObjectIdentifier, oid};

use super::ForgeError;
use super::certificates::{Certificates, identifier};
use super::der::{swapped, unhex};
use super::keys::ForgeKey;
use super::knobs::{AttributeKnob, DigestKnob, FormKnob, MessageKnobs, SignerKnobs, ValueKnob};
use super::moments::moment;
use super::names::uri;
use super::raw_rsa::tlv;
use super::signer::{hmac, wrapped};
use super::stamps;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const NULL: [u8; 2] = [5, 0];
/// Constructed, context-specific.
const CONTEXT_0: u8 = 0xa0;
const CONTEXT_1: u8 = 0xa1;

const COUNTER_SIGNATURE: &str = "1.2.840.113549.1.9.6";
const TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";

/// A message, and the content that is handed over beside it.
pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    pub(super) beside: Option<Vec<u8>>,
}

/// What a message is made of; the signers' parts are made already.
pub(super) struct Parts<'p> {
    pub(super) version: u8,
    pub(super) content_type: ObjectIdentifier,
    pub(super) content: Option<&'p [u8]>,
    pub(super) certificates: Vec<Vec<u8>>,
    /// Identifiers of digests, and SignerInfos.
    pub(super) signers: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) form: FormKnob,
}

/// Writes a case's message about a content.
pub(super) fn make(
    knobs: &MessageKnobs,
    content: &[u8],
    shown: &[u8],
    noon: Moment,
    certificates: &Certificates<'_>,
) -> Result<Made, ForgeError> {
    let content_type = match &knobs.content_type {
        None => DATA,
        Some(text) => identifier(text)?,
    };
    let person = [SignerKnobs::default()];
    let signers = knobs.signers.as_deref().unwrap_or(&person);
    let mut named = Vec::new();
    let mut infos = Vec::new();
    for knobs in signers {
        for knobs in std::iter::once(knobs).chain(&knobs.counter_signers) {
            let name = knobs.by.clone().unwrap_or_else(|| "person".to_owned());
            if !named.contains(&name) {
                named.push(name);
            }
        }
        let writer = Writer {
            knobs,
            noon,
            certificates,
        };
        infos.push(writer.info(content, Some(content_type))?);
    }
    let held = knobs.certificates.as_ref().unwrap_or(&named);
    let parts = Parts {
        version: knobs.version.unwrap_or(1),
        content_type,
        content: (!knobs.detached).then_some(shown),
        certificates: held
            .iter()
            .map(|name| certificates.der(name))
            .collect::<Result<_, _>>()?,
        signers: infos,
        form: knobs.form,
    };
    let mut bytes = swapped(&compose(&parts), &knobs.spoil)?;
    if let Some(length) = knobs.cut {
        bytes.truncate(length);
    }
    bytes.extend(unhex(&knobs.trailing)?);
    Ok(Made {
        bytes: match knobs.form {
            FormKnob::Pem => {
                let lines = wrapped(&STANDARD.encode(bytes));
                format!("-----BEGIN CMS-----{lines}-----END CMS-----\n").into_bytes()
            }
            FormKnob::Base64 => STANDARD.encode(bytes).into_bytes(),
            FormKnob::Der | FormKnob::Ber | FormKnob::BerWithoutEnd => bytes,
        },
        beside: ((knobs.detached && !knobs.withheld) || knobs.both).then(|| shown.to_vec()),
    })
}

/// id-data (RFC 5652 §4).
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");

/// ContentInfo with SignedData.
pub(super) fn compose(parts: &Parts<'_>) -> Vec<u8> {
    let is_ber = matches!(parts.form, FormKnob::Ber | FormKnob::BerWithoutEnd);
    let wrap = |tag: u8, content: &[u8]| match is_ber {
        false => tlv(tag, content),
        // The length is not said; two zeros end it.
        true => [&[tag, 0x80][..], content, &[0, 0]].concat(),
    };
    let octets = |content: &[u8]| match is_ber {
        false => tlv(OCTETS, content),
        true => {
            let (first, second) = content.split_at(content.len() / 2);
            wrap(
                OCTETS | 0x20,
                &[tlv(OCTETS, first), tlv(OCTETS, second)].concat(),
            )
        }
    };
    let mut content = tlv(OID, parts.content_type.as_bytes());
    if let Some(bytes) = parts.content {
        content.extend(wrap(CONTEXT_0, &octets(bytes)));
    }
    let mut digests: Vec<_> = parts
        .signers
        .iter()
        .map(|(digest, _)| digest.clone())
        .collect();
    digests.sort();
    digests.dedup();
    let mut certificates = parts.certificates.clone();
    certificates.sort();
    let mut infos: Vec<_> = parts.signers.iter().map(|(_, info)| info.clone()).collect();
    infos.sort();
    let certificates = match certificates.is_empty() {
        true => Vec::new(),
        false => tlv(CONTEXT_0, &certificates.concat()),
    };
    let signed_data = [
        tlv(0x02, &[parts.version]),
        tlv(SET, &digests.concat()),
        wrap(SEQUENCE, &content),
        certificates,
        tlv(SET, &infos.concat()),
    ];
    let info = wrap(CONTEXT_0, &wrap(SEQUENCE, &signed_data.concat()));
    let signed = tlv(OID, oid::CMS_SIGNED_DATA.as_bytes());
    let mut whole = wrap(SEQUENCE, &[signed, info].concat());
    if parts.form == FormKnob::BerWithoutEnd {
        whole.truncate(whole.len() - 2);
    }
    whole
}

/// Writes one signer.
pub(super) struct Writer<'w, 'c> {
    pub(super) knobs: &'w SignerKnobs,
    pub(super) noon: Moment,
    pub(super) certificates: &'w Certificates<'c>,
}

impl Writer<'_, '_> {
    /// The identifier of the digest, and SignerInfo over these bytes. A counter-signature has no content type.
    pub(super) fn info(
        &self,
        bytes: &[u8],
        content_type: Option<ObjectIdentifier>,
    ) -> Result<(Vec<u8>, Vec<u8>), ForgeError> {
        let knobs = self.knobs;
        let name = knobs.by.as_deref().unwrap_or("person");
        let key = match &knobs.key {
            Some(key) => self.certificates.key_named(key)?,
            None => self.certificates.key(name)?,
        };
        let (digest, digest_der) = self.digest(&key)?;
        let algorithm = algorithm(&key, digest);
        let named = knobs.named.as_deref().unwrap_or(name);
        let named = self.certificates.certificate(named)?;
        let sid = signer::issuer_and_serial(&named)
            .map_err(|error| ForgeError::new(error.to_string()))?;
        let attributes = self.attributes(bytes, digest, content_type, name)?;
        let (tagged, set) = (tlv(CONTEXT_0, &attributes), tlv(SET, &attributes));
        let value = match knobs.made {
            ValueKnob::ByTheBook | ValueKnob::Flipped => key.sign(algorithm, &set)?,
            ValueKnob::OverContent => key.sign(algorithm, bytes)?,
            ValueKnob::OverTheTag => key.sign(algorithm, &tagged)?,
            ValueKnob::Zeros => vec![0; key.sign(algorithm, &set)?.len()],
            ValueKnob::Empty => Vec::new(),
            ValueKnob::Hmac => hmac(|bytes| sha256(bytes).to_vec(), &key.spki_der(), &set),
        };
        let mut value = value;
        if let (ValueKnob::Flipped, Some(last)) = (knobs.made, value.last_mut()) {
            *last ^= 1;
        }
        let method = match &knobs.method {
            None => signer::algorithm_der(algorithm),
            Some(text) => {
                let oid = tlv(OID, identifier(text)?.as_bytes());
                tlv(SEQUENCE, &[&oid[..], &NULL].concat())
            }
        };
        let tagged = match knobs.made {
            ValueKnob::OverContent => Vec::new(),
            _ => swapped(&tagged, &knobs.spoil)?,
        };
        let unsigned = self.unsigned(&value)?;
        let info = [
            tlv(0x02, &[1]),
            sid,
            digest_der.clone(),
            tagged,
            method,
            tlv(OCTETS, &value),
            unsigned,
        ];
        Ok((digest_der, tlv(SEQUENCE, &info.concat())))
    }

    /// The digest that is made, and the identifier that is written.
    fn digest(&self, key: &ForgeKey) -> Result<(DigestAlgorithm, Vec<u8>), ForgeError> {
        let own = key.algorithm().digest();
        let Some(text) = &self.knobs.digest else {
            return Ok((own, identifier_der(own.oid())));
        };
        if let Some(named) = DigestAlgorithm::from_uri(uri(text)) {
            return Ok((named, identifier_der(named.oid())));
        }
        Ok((own, identifier_der(identifier(text)?)))
    }

    fn attributes(
        &self,
        bytes: &[u8],
        digest: DigestAlgorithm,
        content_type: Option<ObjectIdentifier>,
        name: &str,
    ) -> Result<Vec<u8>, ForgeError> {
        let knobs = self.knobs;
        let mut all = Vec::new();
        let kind = match knobs.content_type.as_deref() {
            None => content_type,
            Some("") => None,
            Some(text) => Some(identifier(text)?),
        };
        if let Some(kind) = kind {
            all.push(attribute(
                oid::ATTRIBUTE_CONTENT_TYPE,
                &tlv(OID, kind.as_bytes()),
            ));
        }
        let right = tlv(OCTETS, &digest.digest(bytes));
        let wrong = tlv(OCTETS, &digest.digest(b"something else"));
        let kind = oid::ATTRIBUTE_MESSAGE_DIGEST;
        match knobs.message_digest {
            DigestKnob::None => {}
            DigestKnob::Right => all.push(attribute(kind, &right)),
            DigestKnob::OfNothing => {
                all.push(attribute(kind, &tlv(OCTETS, &digest.digest(b""))));
            }
            DigestKnob::Wrong => all.push(attribute(kind, &wrong)),
            DigestKnob::TwoAttributes => {
                all.extend([attribute(kind, &right), attribute(kind, &wrong)]);
            }
            DigestKnob::TwoValues => all.push(attribute(kind, &[right, wrong].concat())),
        }
        let time = match knobs.signing_time.as_deref() {
            None => Some(self.noon),
            Some("") => None,
            Some(text) => Some(moment(self.noon, text)?),
        };
        if let Some(time) = time {
            all.push(attribute(oid::ATTRIBUTE_SIGNING_TIME, &utc_time(time)));
        }
        let named = knobs.signing_certificate.as_deref().unwrap_or(name);
        if !named.is_empty() {
            let certificate = self.certificates.certificate(named)?;
            let value = signer::signing_certificate(SigningCertificate::V2, &certificate);
            let value = value.map_err(|error| ForgeError::new(error.to_string()))?;
            all.push(attribute(oid::ATTRIBUTE_SIGNING_CERTIFICATE_V2, &value));
        }
        all.extend(written(&knobs.signed)?);
        all.sort();
        if knobs.disordered {
            all.reverse();
        }
        Ok(all.concat())
    }

    fn unsigned(&self, value: &[u8]) -> Result<Vec<u8>, ForgeError> {
        let mut all = written(&self.knobs.unsigned)?;
        for stamp in &self.knobs.stamps {
            let token = stamps::token(stamp, value, self.noon, self.certificates)?;
            all.push(attribute(identifier(TIME_STAMP)?, &token));
        }
        for knobs in &self.knobs.counter_signers {
            let writer = Writer {
                knobs,
                noon: self.noon,
                certificates: self.certificates,
            };
            let (_, info) = writer.info(value, None)?;
            all.push(attribute(identifier(COUNTER_SIGNATURE)?, &info));
        }
        all.sort();
        Ok(match all.is_empty() {
            true => Vec::new(),
            false => tlv(CONTEXT_1, &all.concat()),
        })
    }
}

/// The algorithm that this key signs with over this digest.
fn algorithm(key: &ForgeKey, digest: DigestAlgorithm) -> SignatureAlgorithm {
    let own = key.algorithm();
    match (own, digest) {
        (SignatureAlgorithm::RsaSha256, DigestAlgorithm::Sha1) => SignatureAlgorithm::RsaSha1,
        (SignatureAlgorithm::RsaSha256, DigestAlgorithm::Sha384) => SignatureAlgorithm::RsaSha384,
        (SignatureAlgorithm::RsaSha256, DigestAlgorithm::Sha512) => SignatureAlgorithm::RsaSha512,
        _ => own,
    }
}

/// An attribute with one value (or several in a row).
pub(super) fn attribute(kind: ObjectIdentifier, values: &[u8]) -> Vec<u8> {
    let kind = tlv(OID, kind.as_bytes());
    tlv(SEQUENCE, &[kind, tlv(SET, values)].concat())
}

fn written(knobs: &[AttributeKnob]) -> Result<Vec<Vec<u8>>, ForgeError> {
    let one = |knob: &AttributeKnob| Ok(attribute(identifier(&knob.oid)?, &unhex(&knob.der)?));
    knobs.iter().map(one).collect()
}

/// An AlgorithmIdentifier with NULL.
pub(super) fn identifier_der(oid: ObjectIdentifier) -> Vec<u8> {
    tlv(SEQUENCE, &[&tlv(OID, oid.as_bytes())[..], &NULL].concat())
}

/// `20261122070000Z`: GeneralizedTime in whole seconds.
pub(super) fn generalized_time(at: Moment) -> Vec<u8> {
    tlv(0x18, digits(at).as_bytes())
}

/// UTCTime in whole seconds.
fn utc_time(at: Moment) -> Vec<u8> {
    tlv(0x17, &digits(at).as_bytes()[2..])
}

fn digits(at: Moment) -> String {
    let text = at.to_utc_string();
    let digits: String = text
        .split(['.', 'Z'])
        .next()
        .into_iter()
        .flat_map(str::chars)
        .filter(char::is_ascii_digit)
        .collect();
    format!("{digits}Z")
}
