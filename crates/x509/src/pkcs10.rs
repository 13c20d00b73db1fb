//! Requests for certificates (PKCS#10, RFC 2986): reading one, proving that its sender has the key, writing one.

use std::fmt;

use der::asn1::{AnyRef, OctetString, SetOfVec};
use der::pem::LineEnding;
use der::{Decode, Encode, Reader, Sequence, SliceReader, Tag, TagNumber, Tagged};
use qaqpa_crypto::{CryptoError, KeyKind, PrivateKey, SignatureAlgorithm, public, verify};
use thiserror::Error;
use x509_cert::ext::Extension;

use crate::asn1::{sign, split_signed};
use crate::issue::IssueError;
use crate::name::NameToWrite;
use crate::{ObjectIdentifier, SubjectName, oid};

/// A request as it came: nothing says yet that its sender has the private key.
#[derive(Clone)]
pub struct UnprovenRequest {
    request: Request,
    info_der: Vec<u8>,
    algorithm_oid: ObjectIdentifier,
    algorithm: Option<SignatureAlgorithm>,
    signature: Vec<u8>,
}

/// A request whose sender has shown to have the private key of the public key in it.
///
/// Says nothing about who the sender is: the name is what the sender wrote.
#[derive(Clone)]
pub struct ProvenRequest(Request);

#[derive(Clone)]
struct Request {
    subject: SubjectName,
    subject_der: Vec<u8>,
    spki_der: Vec<u8>,
    extensions: Vec<RequestedExtension>,
}

/// An extension that the sender would like to have: OID, criticality, DER of the value; nothing in the value was read.
pub type RequestedExtension = (ObjectIdentifier, bool, Vec<u8>);

/// Why bytes are not a request that can be granted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Pkcs10Error {
    /// The request is signed by an algorithm that is not known.
    #[error("the request is signed by the unknown algorithm {oid}")]
    AlgorithmUnknown {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// An attribute or a requested extension occurs twice.
    #[error("{oid} occurs twice")]
    Duplicate {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// The key in the request cannot be used, or the signature is by too weak an algorithm.
    #[error("the request's key cannot be used: {0}")]
    Key(#[from] CryptoError),
    /// The bytes are not the DER of a request.
    #[error("not the DER of a request: {why}")]
    Malformed {
        /// What the reader said.
        why: String,
    },
    /// The signature is not by the key in the request: nothing shows that the sender has it.
    #[error("the request is not signed by the key that is in it")]
    NotPossessed,
    /// The text holds not exactly one PEM block with a request.
    #[error("not a PEM certificate request")]
    Pem,
    /// More than 32 KiB, or more than 16 attributes, or more than 32 extensions.
    #[error("the request is too long")]
    TooLong,
}

/// Bytes of one request: one with an RSA key of 8192 bits has about 2500.
const REQUEST_BYTES_MAX: usize = 32 * 1024;

/// Attributes of one request: OpenSSL writes one or two.
const ATTRIBUTES_MAX: usize = 16;

/// Extensions that one request asks for.
const EXTENSIONS_MAX: usize = 32;

/// RFC 2986 §4.1: the only version.
const VERSION_1: u8 = 0;

impl UnprovenRequest {
    /// Reads a `CertificationRequest` (RFC 2986 §4.2); nothing may follow it.
    ///
    /// # Errors
    /// [`Pkcs10Error`].
    pub fn from_der(der: &[u8]) -> Result<Self, Pkcs10Error> {
        if der.len() > REQUEST_BYTES_MAX {
            return Err(Pkcs10Error::TooLong);
        }
        let (info_der, algorithm, signature) = split_signed(der)?;
        let info = Info::from_der(info_der)?;
        if info.version != VERSION_1 {
            return Err(malformed("the version is not v1"));
        }
        let subject_der = info.subject.to_der()?;
        Ok(Self {
            request: Request {
                subject: SubjectName::from_der(&subject_der)?,
                subject_der,
                spki_der: info.spki.to_der()?,
                extensions: extensions(info.attributes)?,
            },
            info_der: info_der.to_vec(),
            algorithm_oid: algorithm.oid,
            algorithm: SignatureAlgorithm::from_identifier(&algorithm).ok(),
            signature: signature.to_vec(),
        })
    }

    /// Reads the only `CERTIFICATE REQUEST` block of a PEM text (or `NEW CERTIFICATE REQUEST`, as Java's keytool writes).
    ///
    /// # Errors
    /// [`Pkcs10Error`]; [`Pkcs10Error::Pem`] where there is not exactly one.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Pkcs10Error> {
        if pem.len() > 2 * REQUEST_BYTES_MAX {
            return Err(Pkcs10Error::TooLong);
        }
        let text = std::str::from_utf8(pem).map_err(|_| Pkcs10Error::Pem)?;
        let begin = text.find("-----BEGIN ").ok_or(Pkcs10Error::Pem)?;
        let block = text[begin..].trim_end();
        let (label, der) = der::pem::Decoder::new_detect_wrap(block.as_bytes())
            .and_then(|mut decoder| {
                let mut der = Vec::new();
                decoder.decode_to_end(&mut der)?;
                Ok((decoder.type_label().to_owned(), der))
            })
            .map_err(|_| Pkcs10Error::Pem)?;
        match label.as_str() {
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Self::from_der(&der),
            _ => Err(Pkcs10Error::Pem),
        }
    }

    /// Verifies the request's signature by the key that is in it: proof of possession (RFC 2986 §3).
    ///
    /// # Errors
    /// [`Pkcs10Error::NotPossessed`] where it is by another key; [`Pkcs10Error::Key`] where the key or the algorithm is
    /// weak, malformed or not offered; [`Pkcs10Error::AlgorithmUnknown`].
    pub fn prove(self) -> Result<ProvenRequest, Pkcs10Error> {
        let algorithm = self.algorithm.ok_or(Pkcs10Error::AlgorithmUnknown {
            oid: self.algorithm_oid,
        })?;
        let key = &self.request.spki_der;
        verify(key, algorithm, &self.info_der, &self.signature).map_err(|error| match error {
            CryptoError::BadSignature => Pkcs10Error::NotPossessed,
            other => Pkcs10Error::Key(other),
        })?;
        Ok(ProvenRequest(self.request))
    }
}

impl ProvenRequest {
    /// The name that the sender wrote.
    #[must_use]
    pub fn subject(&self) -> &SubjectName {
        &self.0.subject
    }

    /// The same in DER.
    #[must_use]
    pub fn subject_der(&self) -> &[u8] {
        &self.0.subject_der
    }

    /// The SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki_der
    }

    /// The kind of the key, if the authority has an issuer for it (for P-384, say, it has none).
    #[must_use]
    pub fn kind(&self) -> Option<KeyKind> {
        public::kind_of(&self.0.spki_der)
    }

    /// The extensions that the sender asks for; what is granted is the authority's to say.
    #[must_use]
    pub fn extensions(&self) -> &[RequestedExtension] {
        &self.0.extensions
    }
}

impl fmt::Debug for UnprovenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnprovenRequest").finish_non_exhaustive()
    }
}

impl fmt::Debug for ProvenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvenRequest")
            .field("subject", self.subject())
            .finish_non_exhaustive()
    }
}

/// Writes a request that is signed by the key: its DER.
///
/// # Errors
/// [`IssueError`] where a value has no ASN.1 form, or the key did not sign.
pub fn request(
    subject: &NameToWrite,
    key: &PrivateKey,
    extensions: &[RequestedExtension],
) -> Result<Vec<u8>, IssueError> {
    let subject = subject.to_der()?;
    let attributes = attributes_der(extensions)?;
    let info = Info {
        version: VERSION_1,
        subject: AnyRef::from_der(&subject)?,
        spki: AnyRef::from_der(key.spki_der())?,
        attributes: AnyRef::new(ATTRIBUTES_TAG, &attributes)?,
    };
    sign(&info.to_der()?, key)
}

/// A request's DER as a PEM block with a line end.
#[must_use]
pub fn to_pem(request_der: &[u8]) -> String {
    der::pem::encode_string("CERTIFICATE REQUEST", LineEnding::LF, request_der).unwrap_or_default()
}

/// `CertificationRequestInfo` (RFC 2986 §4.1), its parts as they came.
#[derive(Sequence)]
struct Info<'a> {
    version: u8,
    subject: AnyRef<'a>,
    spki: AnyRef<'a>,
    /// `[0] IMPLICIT SET OF Attribute`, which is never absent.
    attributes: AnyRef<'a>,
}

const ATTRIBUTES_TAG: Tag = Tag::ContextSpecific {
    constructed: true,
    number: TagNumber(0),
};

/// `Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET SIZE(1..MAX) OF ANY }`.
#[derive(Sequence)]
struct Attribute<'a> {
    kind: ObjectIdentifier,
    values: SetOfVec<AnyRef<'a>>,
}

/// The extensions that the attributes ask for; other attributes (challengePassword) are passed over.
fn extensions(attributes: AnyRef<'_>) -> Result<Vec<RequestedExtension>, Pkcs10Error> {
    if attributes.tag() != ATTRIBUTES_TAG {
        return Err(malformed("the attributes are not [0]"));
    }
    let mut reader = SliceReader::new(attributes.value())?;
    let mut seen = Vec::new();
    let mut wanted = Vec::new();
    while !reader.is_finished() {
        let attribute = Attribute::decode(&mut reader)?;
        if seen.len() == ATTRIBUTES_MAX {
            return Err(Pkcs10Error::TooLong);
        }
        if seen.contains(&attribute.kind) {
            return Err(Pkcs10Error::Duplicate {
                oid: attribute.kind,
            });
        }
        seen.push(attribute.kind);
        if attribute.kind == oid::EXTENSION_REQUEST {
            wanted = requested(&attribute)?;
        }
    }
    Ok(wanted)
}

fn requested(attribute: &Attribute<'_>) -> Result<Vec<RequestedExtension>, Pkcs10Error> {
    let [list] = attribute.values.as_slice() else {
        return Err(malformed("extensionRequest has not exactly one value"));
    };
    let list: Vec<Extension> = list.decode_as()?;
    if list.len() > EXTENSIONS_MAX {
        return Err(Pkcs10Error::TooLong);
    }
    let mut wanted: Vec<RequestedExtension> = Vec::with_capacity(list.len());
    for extension in list {
        let oid = extension.extn_id;
        if wanted.iter().any(|(earlier, ..)| *earlier == oid) {
            return Err(Pkcs10Error::Duplicate { oid });
        }
        let value = extension.extn_value.into_bytes().into_vec();
        wanted.push((oid, extension.critical, value));
    }
    Ok(wanted)
}

/// The content of the attributes: extensionRequest, or nothing.
fn attributes_der(extensions: &[RequestedExtension]) -> der::Result<Vec<u8>> {
    if extensions.is_empty() {
        return Ok(Vec::new());
    }
    let list = extensions
        .iter()
        .map(|(oid, critical, value)| {
            Ok(Extension {
                extn_id: *oid,
                critical: *critical,
                extn_value: OctetString::new(value.as_slice())?,
            })
        })
        .collect::<der::Result<Vec<_>>>()?
        .to_der()?;
    let mut values = SetOfVec::new();
    values.insert(AnyRef::from_der(&list)?)?;
    Attribute {
        kind: oid::EXTENSION_REQUEST,
        values,
    }
    .to_der()
}

fn malformed(why: &str) -> Pkcs10Error {
    Pkcs10Error::Malformed {
        why: why.to_owned(),
    }
}

impl From<der::Error> for Pkcs10Error {
    fn from(error: der::Error) -> Self {
        malformed(&error.to_string())
    }
}
