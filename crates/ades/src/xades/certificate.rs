//! `SigningCertificateV2`: which certificate the signer meant (clause 5.2.2).

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_x509::Certificate;
use qaqpa_xml::Element;
use qaqpa_xml::write::Writer;

use super::error::XadesError;
use super::names::{CERTIFICATES_MAX, DS, XADES};
use super::parts::{algorithm, base64, children, exactly, push, to_base64};

/// A certificate that the signed properties name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateReference {
    /// The digest algorithm.
    pub algorithm: DigestAlgorithm,
    /// The digest of the whole certificate.
    pub digest: Vec<u8>,
    /// DER of `IssuerSerial` (RFC 5035 §5.4.1), if it is given.
    pub issuer_serial_der: Option<Vec<u8>>,
}

impl CertificateReference {
    /// Whether the digest is that of this certificate.
    pub(super) fn is_of(&self, certificate: &Certificate) -> bool {
        self.algorithm.digest(certificate.der()) == self.digest
    }

    /// Checks the name and number, where they are given.
    ///
    /// # Errors
    /// [`XadesError::IssuerSerialWrong`].
    pub(super) fn check_issuer_serial(&self, certificate: &Certificate) -> Result<(), XadesError> {
        // DER has one form: what is not this one is of another name or number.
        match &self.issuer_serial_der {
            Some(der) if *der != issuer_serial(certificate) => Err(XadesError::IssuerSerialWrong),
            _ => Ok(()),
        }
    }
}

/// Reads `SigningCertificateV2`: one of the certificates is the signer's.
pub(super) fn read(element: Element<'_>) -> Result<Vec<CertificateReference>, XadesError> {
    let mut certificates = Vec::new();
    for cert in children(element)? {
        if !cert.is(XADES, "Cert") {
            return Err(XadesError::malformed(format!(
                "SigningCertificateV2 has {}",
                cert.name()
            )));
        }
        push(
            &mut certificates,
            one(cert)?,
            "certificates of SigningCertificateV2",
            CERTIFICATES_MAX,
        )?;
    }
    if certificates.is_empty() {
        return Err(XadesError::malformed("SigningCertificateV2 is empty"));
    }
    Ok(certificates)
}

fn one(cert: Element<'_>) -> Result<CertificateReference, XadesError> {
    let (digest, issuer_serial) = match children(cert)?.as_slice() {
        [digest] => (*digest, None),
        [digest, serial] if serial.is(XADES, "IssuerSerialV2") => (*digest, Some(*serial)),
        _ => {
            return Err(XadesError::malformed(
                "Cert has not exactly CertDigest and perhaps IssuerSerialV2",
            ));
        }
    };
    if !digest.is(XADES, "CertDigest") {
        return Err(XadesError::malformed("Cert without CertDigest"));
    }
    let [method, value] = exactly(digest, [(DS, "DigestMethod"), (DS, "DigestValue")])?;
    let uri = algorithm(method)?;
    let algorithm = DigestAlgorithm::from_uri(uri)
        .ok_or_else(|| XadesError::malformed(format!("the digest {uri:?} is not known")))?;
    if algorithm.is_weak() {
        return Err(XadesError::Weak {
            uri: uri.to_owned(),
        });
    }
    Ok(CertificateReference {
        algorithm,
        digest: base64(value)?,
        issuer_serial_der: issuer_serial.map(base64).transpose()?,
    })
}

/// Writes `SigningCertificateV2` of one certificate.
pub(super) fn write(xml: &mut Writer, certificate: &Certificate, algorithm: DigestAlgorithm) {
    xml.start("xades:SigningCertificateV2").start("xades:Cert");
    xml.start("xades:CertDigest");
    xml.start("ds:DigestMethod")
        .attribute("Algorithm", algorithm.uri())
        .end();
    let digest = algorithm.digest(certificate.der());
    xml.leaf("ds:DigestValue", &to_base64(&digest)).end();
    let serial = issuer_serial(certificate);
    xml.leaf("xades:IssuerSerialV2", &to_base64(&serial));
    xml.end().end();
}

/// `IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber CertificateSerialNumber }` (RFC 5035 §5.4.1), the
/// issuer as one directoryName.
fn issuer_serial(certificate: &Certificate) -> Vec<u8> {
    /// SEQUENCE, and directoryName \[4\], explicit because a Name is a CHOICE.
    const SEQUENCE: u8 = 0x30;
    const DIRECTORY_NAME: u8 = 0xA4;
    const INTEGER: u8 = 0x02;
    let name = tlv(DIRECTORY_NAME, certificate.issuer_der());
    let mut serial = certificate.serial().to_vec();
    if serial.first().is_none_or(|first| *first >= 0x80) {
        serial.insert(0, 0);
    }
    let parts = [tlv(SEQUENCE, &name), tlv(INTEGER, &serial)].concat();
    tlv(SEQUENCE, &parts)
}

/// One value in DER: tag, length in its shortest form, octets.
fn tlv(tag: u8, octets: &[u8]) -> Vec<u8> {
    let length = octets.len().to_be_bytes();
    let significant = length.iter().position(|byte| *byte != 0);
    let significant = &length[significant.unwrap_or(length.len() - 1)..];
    let mut out = vec![tag];
    if octets.len() >= 0x80 {
        // At most eight octets of length.
        out.push(0x80 | significant.len() as u8);
    }
    out.extend_from_slice(significant);
    out.extend_from_slice(octets);
    out
}
