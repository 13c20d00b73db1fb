//! Reading qualifying properties: a claim, until the signature's proof confirms it.

use qaqpa_model::Moment;
use qaqpa_x509::Certificate;
use qaqpa_xml::{Element, NodeId};
use qaqpa_xmldsig::{Covered, FoundSignature, PartKind};

use super::certificate::{self, CertificateReference};
use super::error::XadesError;
use super::names::{FORMATS_MAX, OTHER_SIGNED, OTHERS_MAX, XADES};
use super::parts::{children, leaf, once, push};
use super::unsigned::{self, SignatureTimeStamp};

/// What a signature says about itself.
///
/// Out of [`Claimed::confirm`] the signed ones are proven to be the signer's words; that they are true is not: nobody
/// checks a signing time but a time stamp. Unsigned ones may be anybody's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Properties {
    /// `SigningTime` (clause 5.2.1): when the signer says that it signed.
    pub signing_time: Option<Moment>,
    /// `SigningCertificateV2` (clause 5.2.2): one is the signer's certificate, others may be of its path.
    pub signing_certificates: Vec<CertificateReference>,
    /// `DataObjectFormat` (clause 5.2.4).
    pub data_formats: Vec<DataFormat>,
    /// Names of the other signed properties of the standard, which are not read further.
    pub other_signed: Vec<String>,
    /// Unsigned: `SignatureTimeStamp` (clause 5.3), in the order of the text.
    pub time_stamps: Vec<SignatureTimeStamp>,
    /// Unsigned: names of all other properties. Anybody can add them, and nothing here looks at them.
    pub other_unsigned: Vec<String>,
}

/// Of what format the data of a reference are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFormat {
    /// The Id of the reference.
    pub reference_id: String,
    /// For people.
    pub description: Option<String>,
    /// The media type.
    pub mime_type: Option<String>,
}

/// Properties that were read and are not proven.
#[derive(Clone, Debug)]
pub struct Claimed {
    properties: Properties,
    signed: NodeId,
}

/// Reads the qualifying properties of a signature that was found.
///
/// # Errors
/// [`XadesError::Absent`], [`XadesError::Malformed`], [`XadesError::Limit`], [`XadesError::Weak`].
pub fn read(found: &FoundSignature<'_>) -> Result<Claimed, XadesError> {
    let qualifying = found.qualifying_properties().ok_or(XadesError::Absent)?;
    let mut properties = Properties::default();
    let mut signed = None;
    for part in children(qualifying)? {
        if part.is(XADES, "SignedProperties") {
            once(&mut signed, part, part)?;
            read_signed(part, found, &mut properties)?;
        } else {
            let unsigned = unsigned::read(part)?;
            properties.time_stamps = unsigned.time_stamps;
            properties.other_unsigned = unsigned.others;
        }
    }
    let signed = signed.ok_or_else(|| XadesError::malformed("no SignedProperties"))?;
    Ok(Claimed {
        properties,
        signed: signed.id(),
    })
}

impl Claimed {
    /// What the signature says, without any proof: for reports, and to find time stamps with.
    #[must_use]
    pub fn unproven(&self) -> &Properties {
        &self.properties
    }

    /// The properties, where the signature's proof covers the signed ones and they name the certificate whose key was
    /// asked for that proof.
    ///
    /// # Errors
    /// [`XadesError::NotCovered`], [`XadesError::SigningCertificateMissing`], [`XadesError::SigningCertificateWrong`],
    /// [`XadesError::IssuerSerialWrong`] (case K12).
    pub fn confirm(
        self,
        covered: &Covered<'_>,
        certificate: &Certificate,
    ) -> Result<Properties, XadesError> {
        let is_covered = covered
            .parts()
            .iter()
            .any(|part| part.kind == PartKind::SignedProperties && part.root.id() == self.signed);
        if !is_covered {
            return Err(XadesError::NotCovered);
        }
        // EN 319 102-1, 5.2.3.4 (2): of the references, one that matches; the others are of the path's certificates.
        let named = &self.properties.signing_certificates;
        if named.is_empty() {
            return Err(XadesError::SigningCertificateMissing);
        }
        let matching = named.iter().find(|reference| reference.is_of(certificate));
        matching
            .ok_or(XadesError::SigningCertificateWrong)?
            .check_issuer_serial(certificate)?;
        Ok(self.properties)
    }
}

fn read_signed(
    element: Element<'_>,
    found: &FoundSignature<'_>,
    properties: &mut Properties,
) -> Result<(), XadesError> {
    for group in children(element)? {
        let of_signature = group.is(XADES, "SignedSignatureProperties");
        if !of_signature && !group.is(XADES, "SignedDataObjectProperties") {
            return Err(XadesError::malformed(format!(
                "SignedProperties has {}",
                group.name()
            )));
        }
        let mut certificates = None;
        for property in children(group)? {
            match (of_signature, property.name()) {
                _ if property.namespace() != Some(XADES) => {
                    return Err(unknown(property));
                }
                (true, "SigningTime") => {
                    let text = leaf(property)?;
                    // xsd:dateTime with its offset: without one, or as a date alone, it is no moment.
                    let time = text.split_once('T').map(|(_, time)| time);
                    let has_offset = time.is_some_and(|time| time.contains(['Z', '+', '-']));
                    let moment = Some(&text).filter(|_| has_offset);
                    let moment = moment.and_then(|text| Moment::parse(text).ok());
                    let moment = moment.ok_or_else(|| {
                        XadesError::malformed("SigningTime is no moment with an offset")
                    })?;
                    once(&mut properties.signing_time, moment, property)?;
                }
                (true, "SigningCertificateV2") => {
                    once(&mut certificates, certificate::read(property)?, property)?;
                }
                (false, "DataObjectFormat") => {
                    let format = data_format(property, found)?;
                    push(
                        &mut properties.data_formats,
                        format,
                        "data formats",
                        FORMATS_MAX,
                    )?;
                }
                (_, name) if OTHER_SIGNED.contains(&name) => {
                    let name = name.to_owned();
                    push(
                        &mut properties.other_signed,
                        name,
                        "signed properties",
                        OTHERS_MAX,
                    )?;
                }
                _ => return Err(unknown(property)),
            }
        }
        if let Some(certificates) = certificates {
            if !properties.signing_certificates.is_empty() {
                return Err(XadesError::malformed("two SigningCertificateV2"));
            }
            properties.signing_certificates = certificates;
        }
    }
    Ok(())
}

/// Clause 5.2.4: about one reference of this signature.
fn data_format(element: Element<'_>, found: &FoundSignature<'_>) -> Result<DataFormat, XadesError> {
    let reference_id = element
        .attribute(None, "ObjectReference")
        .and_then(|uri| uri.strip_prefix('#'))
        .filter(|id| found.has_reference_of_id(id))
        .ok_or_else(|| {
            XadesError::malformed("DataObjectFormat of no reference of the signature")
        })?;
    let (mut description, mut mime_type) = (None, None);
    for part in children(element)? {
        match part.name() {
            _ if part.namespace() != Some(XADES) => return Err(unknown(part)),
            "Description" => once(&mut description, leaf(part)?, part)?,
            "MimeType" => once(&mut mime_type, leaf(part)?, part)?,
            // Of no meaning here: the data are XML of this document.
            "ObjectIdentifier" | "Encoding" => {}
            _ => return Err(unknown(part)),
        }
    }
    Ok(DataFormat {
        reference_id: reference_id.to_owned(),
        description,
        mime_type,
    })
}

/// A signed property that nobody here knows could change the meaning of the signature.
fn unknown(element: Element<'_>) -> XadesError {
    XadesError::malformed(format!("{} is not a known property", element.name()))
}
