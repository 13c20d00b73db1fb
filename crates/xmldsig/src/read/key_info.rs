//! `ds:KeyInfo`: what the signer says about the key. A claim, never a proof.

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_xml::Element;

use super::parts::{Parts, algorithm};
use crate::bounds::Bounds;
use crate::error::{SignatureError, SignatureLimit};
use crate::names::{BASE64_BINARY, DS, DS11, THUMBPRINT_SHA1, WSSE, X509_V3};
use crate::{base64, ids};

/// The digest of a whole certificate, which names the one that the recipient has.
///
/// It proves nothing, so that SHA-1 is no weakness here: whoever finds another certificate of the same digest has not
/// its key's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbprint {
    /// The digest algorithm.
    pub algorithm: DigestAlgorithm,
    /// The digest.
    pub octets: Vec<u8>,
}

impl Thumbprint {
    /// Whether it is that of this certificate.
    #[must_use]
    pub fn is_of(&self, certificate_der: &[u8]) -> bool {
        self.algorithm.digest(certificate_der) == self.octets
    }
}

/// The certificates and the name of one that `KeyInfo` holds, in the order of the text.
///
/// `KeyValue` is read over: a bare key has no owner, and only the certificate's key is ever asked.
#[derive(Debug, Default)]
pub(crate) struct KeyInfo {
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) issuer_serial: Option<(String, String)>,
    pub(crate) thumbprint: Option<Thumbprint>,
    /// Whether a token beside the signature was read: a second reference could name the same one, and have it decoded
    /// again and again.
    has_token: bool,
}

impl KeyInfo {
    /// Reads `ds:KeyInfo` (XMLDSig 1.1, §4.5).
    pub(crate) fn read(element: Element<'_>) -> Result<Self, SignatureError> {
        let mut key_info = Self::default();
        let mut parts = Parts::of(element)?;
        while let Some(part) = parts.next() {
            match (part.namespace(), part.name()) {
                (Some(DS), "KeyName" | "KeyValue") => {}
                (Some(DS), "RetrievalMethod") => {
                    return Err(SignatureError::ReferenceRefused {
                        uri: part.attribute(None, "URI").unwrap_or_default().to_owned(),
                        why: "a KeyInfo that leads elsewhere",
                    });
                }
                (Some(DS), "X509Data") => key_info.x509_data(part)?,
                (Some(WSSE), "SecurityTokenReference") => key_info.token_reference(part)?,
                _ => return Err(unexpected("KeyInfo", part)),
            }
        }
        if let (Some(thumbprint), Some(first)) =
            (&key_info.thumbprint, key_info.certificates.first())
            && !thumbprint.is_of(first)
        {
            return Err(SignatureError::malformed(
                "the thumbprint is not of the first certificate",
            ));
        }
        Ok(key_info)
    }

    fn x509_data(&mut self, element: Element<'_>) -> Result<(), SignatureError> {
        let mut parts = Parts::of(element)?;
        while let Some(part) = parts.next() {
            match (part.namespace(), part.name()) {
                (Some(DS), "X509Certificate") => self.certificate(part)?,
                (Some(DS), "X509IssuerSerial") => self.name(part)?,
                (Some(DS11), "X509Digest") => {
                    let uri = algorithm(part)?;
                    let digest = DigestAlgorithm::from_uri(uri).ok_or_else(|| {
                        SignatureError::AlgorithmUnknown {
                            uri: uri.to_owned(),
                        }
                    })?;
                    self.thumbprint(digest, part)?;
                }
                (Some(DS), "X509CRL" | "X509SKI" | "X509SubjectName") => {}
                _ => return Err(unexpected("X509Data", part)),
            }
        }
        Ok(())
    }

    /// SOAP Message Security 1.1.1, §7: a certificate as such, its issuer and number, or a token beside.
    fn token_reference(&mut self, element: Element<'_>) -> Result<(), SignatureError> {
        let mut parts = Parts::of(element)?;
        let Some(part) = parts.next() else {
            return Err(SignatureError::malformed("SecurityTokenReference is empty"));
        };
        parts.end()?;
        match (part.namespace(), part.name()) {
            (Some(DS), "X509Data") => self.x509_data(part),
            (Some(WSSE), "KeyIdentifier") => {
                if part.attribute(None, "ValueType") == Some(THUMBPRINT_SHA1) {
                    base64_encoded(part)?;
                    return self.thumbprint(DigestAlgorithm::Sha1, part);
                }
                self.token(part)
            }
            (Some(WSSE), "Reference") => {
                let uri = part.attribute(None, "URI").unwrap_or_default();
                if part
                    .attribute(None, "ValueType")
                    .is_some_and(|kind| kind != X509_V3)
                {
                    return Err(not_a_certificate(part));
                }
                let token = ids::resolve(part.document(), uri)?;
                // The same Security that holds the signature, so that nobody takes another of the same Id (K13).
                let security = part
                    .ancestors_and_self()
                    .find(|ancestor| ancestor.is(DS, "Signature"))
                    .and_then(|signature| signature.parent());
                let beside = token.is(WSSE, "BinarySecurityToken")
                    && token.parent() == security
                    && security.is_some_and(|parent| parent.is(WSSE, "Security"));
                if !beside {
                    return Err(SignatureError::ReferenceRefused {
                        uri: uri.to_owned(),
                        why: "not a BinarySecurityToken in wsse:Security",
                    });
                }
                if std::mem::replace(&mut self.has_token, true) {
                    return Err(SignatureError::malformed("two references to tokens"));
                }
                self.token(token)
            }
            _ => Err(unexpected("SecurityTokenReference", part)),
        }
    }

    /// A `KeyIdentifier` or `BinarySecurityToken`, which holds a whole certificate.
    fn token(&mut self, element: Element<'_>) -> Result<(), SignatureError> {
        if element.attribute(None, "ValueType") != Some(X509_V3) {
            return Err(not_a_certificate(element));
        }
        base64_encoded(element)?;
        self.certificate(element)
    }

    fn thumbprint(
        &mut self,
        algorithm: DigestAlgorithm,
        element: Element<'_>,
    ) -> Result<(), SignatureError> {
        let octets = base64::read(element)?;
        if octets.len() != algorithm.value_bytes() {
            return Err(SignatureError::malformed(format!(
                "{} has not the length of its digest",
                element.name()
            )));
        }
        let thumbprint = Thumbprint { algorithm, octets };
        if self.thumbprint.replace(thumbprint).is_some() {
            return Err(SignatureError::malformed("two thumbprints"));
        }
        Ok(())
    }

    fn certificate(&mut self, element: Element<'_>) -> Result<(), SignatureError> {
        if self.certificates.len() == Bounds::CERTIFICATES_MAX {
            return Err(SignatureError::Limit {
                what: SignatureLimit::Certificates,
                max: Bounds::CERTIFICATES_MAX,
            });
        }
        if element.text().len() > Bounds::CERTIFICATE_CHARACTERS_MAX {
            return Err(SignatureError::Limit {
                what: SignatureLimit::CertificateCharacters,
                max: Bounds::CERTIFICATE_CHARACTERS_MAX,
            });
        }
        self.certificates.push(base64::read(element)?);
        Ok(())
    }

    fn name(&mut self, element: Element<'_>) -> Result<(), SignatureError> {
        let mut parts = Parts::of(element)?;
        let issuer = leaf(parts.required(DS, "X509IssuerName")?)?;
        let serial = leaf(parts.required(DS, "X509SerialNumber")?)?;
        parts.end()?;
        if serial.is_empty() || !serial.bytes().all(|b| b.is_ascii_digit()) {
            return Err(SignatureError::malformed(
                "X509SerialNumber is not a number",
            ));
        }
        if self.issuer_serial.replace((issuer, serial)).is_some() {
            return Err(SignatureError::malformed("two X509IssuerSerial"));
        }
        Ok(())
    }
}

/// SOAP Message Security 1.1.1, §6.2, §7.3: base64 is the default.
fn base64_encoded(element: Element<'_>) -> Result<(), SignatureError> {
    match element.attribute(None, "EncodingType") {
        None | Some(BASE64_BINARY) => Ok(()),
        Some(_) => Err(not_a_certificate(element)),
    }
}

fn not_a_certificate(element: Element<'_>) -> SignatureError {
    SignatureError::malformed(format!(
        "{} is not an X509v3 certificate in base64",
        element.name()
    ))
}

fn leaf(element: Element<'_>) -> Result<String, SignatureError> {
    if element.children().next().is_some() {
        return Err(SignatureError::malformed(format!(
            "{} has elements inside",
            element.name()
        )));
    }
    Ok(element.text().trim().to_owned())
}

fn unexpected(parent: &str, part: Element<'_>) -> SignatureError {
    SignatureError::malformed(format!("{parent} has {}", part.name()))
}
