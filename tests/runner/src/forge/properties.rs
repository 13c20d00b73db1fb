//! The qualifying properties of XAdES (ETSI EN 319 132-1), written apart from the code under test.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::DigestAlgorithm;
use qaqpa_model::Moment;

use super::ForgeError;
use super::certificates::Certificates;
use super::knobs::{PropertiesKnobs, ReferenceKnobs, StampKnobs};
use super::moments::moment;
use super::names::uri;
use super::raw_rsa::tlv;

pub(super) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
const TYPE: &str = "http://uri.etsi.org/01903#SignedProperties";

/// `ds:Object` with the properties of the signature with this Id; the tokens come later.
pub(super) fn object(
    knobs: &PropertiesKnobs,
    stamps: &[StampKnobs],
    number: usize,
    id: &str,
    signer: &str,
    noon: Moment,
    certificates: &Certificates<'_>,
) -> Result<String, ForgeError> {
    let time = match knobs.signing_time.as_deref() {
        None => Some(noon),
        Some("") => None,
        Some(text) => Some(moment(noon, text)?),
    };
    let time = time.map_or_else(String::new, |time| {
        let time = time.to_utc_string();
        format!("<xades:SigningTime>{time}</xades:SigningTime>")
    });
    let named = knobs.certificate.as_deref().unwrap_or(signer);
    let certificate = match named {
        "" => String::new(),
        name => signing_certificate(knobs, name, certificates)?,
    };
    let more = &knobs.more;
    let stamps: String = (0..stamps.len())
        .map(|place| {
            let method = uri("exc");
            format!(
                "<xades:SignatureTimeStamp><ds:CanonicalizationMethod Algorithm=\"{method}\"/>\
                 <xades:EncapsulatedTimeStamp>@S.{number}.{place}@</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"
            )
        })
        .collect();
    let unsigned = match (stamps + &knobs.unsigned).as_str() {
        "" => String::new(),
        inside => format!(
            "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>{inside}</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
        ),
    };
    Ok(format!(
        "<ds:Object><xades:QualifyingProperties xmlns:xades=\"{XADES}\" Target=\"#{id}\"><xades:SignedProperties Id=\"{id}-properties\">\
         <xades:SignedSignatureProperties>{time}{certificate}{more}</xades:SignedSignatureProperties></xades:SignedProperties>{unsigned}\
         </xades:QualifyingProperties></ds:Object>"
    ))
}

/// The reference to the signed properties.
pub(super) fn reference(id: &str) -> ReferenceKnobs {
    ReferenceKnobs {
        uri: Some(format!("#{id}-properties")),
        transforms: Some(vec!["exc".to_owned()]),
        attributes: format!("Type=\"{TYPE}\""),
        ..ReferenceKnobs::default()
    }
}

fn signing_certificate(
    knobs: &PropertiesKnobs,
    name: &str,
    certificates: &Certificates<'_>,
) -> Result<String, ForgeError> {
    let digest = uri(knobs.digest.as_deref().unwrap_or("sha256"));
    let algorithm = DigestAlgorithm::from_uri(digest).unwrap_or(DigestAlgorithm::Sha256);
    let value = STANDARD.encode(algorithm.digest(&certificates.der(name)?));
    let serial = match &knobs.issuer_serial {
        None => String::new(),
        Some(name) => {
            let text = STANDARD.encode(issuer_serial(name, certificates)?);
            format!("<xades:IssuerSerialV2>{text}</xades:IssuerSerialV2>")
        }
    };
    Ok(format!(
        "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest><ds:DigestMethod Algorithm=\"{digest}\"/>\
         <ds:DigestValue>{value}</ds:DigestValue></xades:CertDigest>{serial}</xades:Cert></xades:SigningCertificateV2>"
    ))
}

/// IssuerSerial (RFC 5035 §5.4.1).
fn issuer_serial(name: &str, certificates: &Certificates<'_>) -> Result<Vec<u8>, ForgeError> {
    let certificate = certificates.certificate(name)?;
    let issuer = tlv(0x30, &tlv(0xa4, certificate.issuer_der()));
    let mut serial = certificate.serial().to_vec();
    if serial.first().is_none_or(|first| *first >= 0x80) {
        serial.insert(0, 0);
    }
    Ok(tlv(0x30, &[issuer, tlv(0x02, &serial)].concat()))
}
