//! Messages put together part by part, so that a case holds one defect and its signature is right all the same.

use der::asn1::OctetStringRef;
use der::{Encode, Tag};
use qaqpa_ades::cms::SigningCertificate;
use qaqpa_crypto::{DigestAlgorithm, SignatureAlgorithm};
use qaqpa_x509::cms::attributes::attribute;
use qaqpa_x509::cms::parts::{context, sequence, sorted, time_of, tlv};
use qaqpa_x509::cms::signer;
use qaqpa_x509::{ObjectIdentifier, oid};

use super::stand::{CONTENT, Person, at};

/// One signer's part; the default is right.
pub(super) struct Draft<'a> {
    pub(super) person: &'a Person,
    pub(super) version: u8,
    pub(super) sid: Vec<u8>,
    pub(super) digest: Vec<u8>,
    /// `None` for a signature directly over the content.
    pub(super) signed: Option<Vec<Vec<u8>>>,
    pub(super) algorithm: Vec<u8>,
    pub(super) signs_with: SignatureAlgorithm,
    pub(super) unsigned: Vec<Vec<u8>>,
}

pub(super) fn content_type(kind: ObjectIdentifier) -> Vec<u8> {
    attribute(oid::ATTRIBUTE_CONTENT_TYPE, &kind.to_der().unwrap()).unwrap()
}

pub(super) fn message_digest(value: &[u8]) -> Vec<u8> {
    let value = OctetStringRef::new(value).unwrap().to_der().unwrap();
    attribute(oid::ATTRIBUTE_MESSAGE_DIGEST, &value).unwrap()
}

pub(super) fn signing_time() -> Vec<u8> {
    attribute(oid::ATTRIBUTE_SIGNING_TIME, &time_of(at()).unwrap()).unwrap()
}

pub(super) fn signing_certificate(version: SigningCertificate, of: &Person) -> Vec<u8> {
    let value = signer::signing_certificate(version, &of.certificate).unwrap();
    attribute(version.oid(), &value).unwrap()
}

impl<'a> Draft<'a> {
    /// A right one over bytes.
    pub(super) fn over(person: &'a Person, bytes: &[u8]) -> Self {
        let algorithm = person.key.signature_algorithm();
        let digest = algorithm.digest();
        Self {
            person,
            version: 1,
            sid: signer::issuer_and_serial(&person.certificate).unwrap(),
            digest: signer::digest_der(digest).unwrap(),
            signed: Some(vec![
                content_type(oid::CONTENT_DATA),
                message_digest(&digest.digest(bytes)),
                signing_time(),
                signing_certificate(SigningCertificate::V2, person),
            ]),
            algorithm: signer::algorithm_der(algorithm),
            signs_with: algorithm,
            unsigned: Vec::new(),
        }
    }

    pub(super) fn of(person: &'a Person) -> Self {
        Self::over(person, CONTENT)
    }

    /// With other signed attributes.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Self {
        change(self.signed.as_mut().unwrap());
        self
    }

    pub(super) fn digest(&self) -> DigestAlgorithm {
        self.signs_with.digest()
    }

    pub(super) fn signer_info(&self) -> Vec<u8> {
        let attributes = self.signed.clone().map(sorted);
        let over = match &attributes {
            Some(attributes) => tlv(Tag::Set, attributes).unwrap(),
            None => CONTENT.to_vec(),
        };
        let signature = self.person.key.sign(self.signs_with, &over).unwrap();
        let optional = |number, value: Option<Vec<u8>>| {
            value.map_or(Vec::new(), |value| tlv(context(number), &value).unwrap())
        };
        let unsigned = (!self.unsigned.is_empty()).then(|| sorted(self.unsigned.clone()));
        sequence(&[
            &self.version.to_der().unwrap(),
            &self.sid,
            &self.digest,
            &optional(0, attributes),
            &self.algorithm,
            &OctetStringRef::new(&signature).unwrap().to_der().unwrap(),
            &optional(1, unsigned),
        ])
        .unwrap()
    }

    /// The message of this signer alone, its content attached.
    pub(super) fn message(&self) -> Vec<u8> {
        Whole::default().of(&[self.signer_info()])
    }
}

/// What is around the signers.
pub(super) struct Whole {
    pub(super) kind: ObjectIdentifier,
    pub(super) version: u8,
    pub(super) content_type: ObjectIdentifier,
    /// The element inside `[0]`, if there is one.
    pub(super) content: Option<Vec<u8>>,
    /// What stands between the content and the signers.
    pub(super) between: Vec<u8>,
}

impl Default for Whole {
    fn default() -> Self {
        Self {
            kind: oid::CMS_SIGNED_DATA,
            version: 1,
            content_type: oid::CONTENT_DATA,
            content: Some(OctetStringRef::new(CONTENT).unwrap().to_der().unwrap()),
            between: Vec::new(),
        }
    }
}

impl Whole {
    pub(super) fn of(&self, signers: &[Vec<u8>]) -> Vec<u8> {
        let kind = self.content_type.to_der().unwrap();
        let content = match &self.content {
            Some(content) => sequence(&[&kind, &tlv(context(0), content).unwrap()]).unwrap(),
            None => sequence(&[&kind]).unwrap(),
        };
        let signed_data = sequence(&[
            &self.version.to_der().unwrap(),
            &tlv(Tag::Set, &[]).unwrap(),
            &content,
            &self.between,
            &tlv(Tag::Set, &sorted(signers.to_vec())).unwrap(),
        ])
        .unwrap();
        sequence(&[
            &self.kind.to_der().unwrap(),
            &tlv(context(0), &signed_data).unwrap(),
        ])
        .unwrap()
    }
}
