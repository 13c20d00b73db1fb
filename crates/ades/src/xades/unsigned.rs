//! Unsigned properties: anybody may have put them there.

use qaqpa_xml::Element;
use qaqpa_xml::c14n::Method;

use super::error::XadesError;
use super::names::{DER, DS, OTHERS_MAX, STAMPS_MAX, XADES};
use super::parts::{algorithm, base64, children, push};

/// A time stamp over the signature's value (clause 5.3), not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureTimeStamp {
    /// How the value's element becomes the octets that are stamped.
    pub canonicalization: Method,
    /// The tokens in DER, each a time stamp of the same octets.
    pub tokens_der: Vec<Vec<u8>>,
}

/// What the unsigned properties hold.
#[derive(Debug, Default)]
pub(super) struct Unsigned {
    pub(super) time_stamps: Vec<SignatureTimeStamp>,
    pub(super) others: Vec<String>,
}

/// Reads `UnsignedProperties`: time stamps of the signature; of all others the names are kept.
pub(super) fn read(element: Element<'_>) -> Result<Unsigned, XadesError> {
    let mut unsigned = Unsigned::default();
    for group in children(element)? {
        let of_signature = group.is(XADES, "UnsignedSignatureProperties");
        if !of_signature && !group.is(XADES, "UnsignedDataObjectProperties") {
            return Err(XadesError::malformed(format!(
                "UnsignedProperties has {}",
                group.name()
            )));
        }
        for property in children(group)? {
            if of_signature && property.is(XADES, "SignatureTimeStamp") {
                let stamp = time_stamp(property)?;
                push(
                    &mut unsigned.time_stamps,
                    stamp,
                    "signature time stamps",
                    STAMPS_MAX,
                )?;
            } else {
                let name = property.name().to_owned();
                push(
                    &mut unsigned.others,
                    name,
                    "unsigned properties",
                    OTHERS_MAX,
                )?;
            }
        }
    }
    Ok(unsigned)
}

/// Clauses 5.1.4.4 and 5.3: what is stamped is implicit, so that `Include` and `ReferenceInfo` do not belong here.
fn time_stamp(element: Element<'_>) -> Result<SignatureTimeStamp, XadesError> {
    // Clause 4.5: where no method is named, it is Canonical XML 1.0.
    let mut canonicalization = Method::Inclusive;
    let mut tokens_der = Vec::new();
    for (place, part) in children(element)?.into_iter().enumerate() {
        if place == 0 && part.is(DS, "CanonicalizationMethod") {
            let uri = algorithm(part)?;
            canonicalization = Method::from_uri(uri).ok_or_else(|| {
                XadesError::malformed(format!("the canonicalization {uri:?} is not known"))
            })?;
        } else if part.is(XADES, "EncapsulatedTimeStamp") {
            if part.attribute(None, "Encoding").is_some_and(|e| e != DER) {
                return Err(XadesError::malformed("a time stamp that is not in DER"));
            }
            let token = base64(part)?;
            push(&mut tokens_der, token, "tokens of a time stamp", STAMPS_MAX)?;
        } else {
            return Err(XadesError::malformed(format!(
                "SignatureTimeStamp has {}",
                part.name()
            )));
        }
    }
    if tokens_der.is_empty() {
        return Err(XadesError::malformed("SignatureTimeStamp without a token"));
    }
    Ok(SignatureTimeStamp {
        canonicalization,
        tokens_der,
    })
}
