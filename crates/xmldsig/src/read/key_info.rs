//! `ds:KeyInfo`: what the signer says about the key. A claim, never a proof.

use qaqpa_xml::Element;

use super::parts::Parts;
use crate::bounds::Bounds;
use crate::error::{SignatureError, SignatureLimit};
use crate::names::{BASE64_BINARY, DS, WSSE, X509_V3};
use crate::{base64, ids};

/// The certificates and the name of one that `KeyInfo` holds, in the order of the text.
///
/// `KeyValue` is read over: a bare key has no owner, and only the certificate's key is ever asked.
#[derive(Debug, Default)]
pub(crate) struct KeyInfo {
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) issuer_serial: Option<(String, String)>,
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
        Ok(key_info)
    }

    fn x509_data(&mut self, element: Element<'_>) -> Result<(), SignatureError> {
        let mut parts = Parts::of(element)?;
        while let Some(part) = parts.next() {
            match (part.namespace(), part.name()) {
                (Some(DS), "X509Certificate") => self.certificate(part)?,
                (Some(DS), "X509IssuerSerial") => self.name(part)?,
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
            (Some(WSSE), "KeyIdentifier") => self.token(part),
            (Some(WSSE), "Reference") => {
                let uri = part.attribute(None, "URI").unwrap_or_default();
                let token = ids::resolve(part.document(), uri)?;
                let beside = token
                    .parent()
                    .is_some_and(|parent| parent.is(WSSE, "Security"))
                    && token.is(WSSE, "BinarySecurityToken");
                if !beside {
                    return Err(SignatureError::ReferenceRefused {
                        uri: uri.to_owned(),
                        why: "not a BinarySecurityToken in wsse:Security",
                    });
                }
                self.token(token)
            }
            _ => Err(unexpected("SecurityTokenReference", part)),
        }
    }

    /// A `KeyIdentifier` or `BinarySecurityToken`, which holds a whole certificate.
    fn token(&mut self, element: Element<'_>) -> Result<(), SignatureError> {
        let value_type = element.attribute(None, "ValueType").unwrap_or_default();
        let encoding = element.attribute(None, "EncodingType");
        if value_type != X509_V3 || encoding.is_some_and(|encoding| encoding != BASE64_BINARY) {
            return Err(SignatureError::malformed(format!(
                "{} is not an X509v3 certificate in base64",
                element.name()
            )));
        }
        self.certificate(element)
    }

    fn certificate(&mut self, element: Element<'_>) -> Result<(), SignatureError> {
        if self.certificates.len() == Bounds::CERTIFICATES_MAX {
            return Err(SignatureError::Limit {
                what: SignatureLimit::Certificates,
                max: Bounds::CERTIFICATES_MAX,
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
