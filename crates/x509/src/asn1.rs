//! The ASN.1 that certificates, CRLs and OCSP answers share, and the signing of it.

use der::asn1::{AnyRef, BitStringRef, IntRef, OctetString};
use der::{Decode, Encode, Reader, Sequence, SliceReader};
use qaqpa_crypto::{CryptoError, PrivateKey, SignatureAlgorithm};
use spki::AlgorithmIdentifierRef;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;

use crate::ObjectIdentifier;
use crate::issue::IssueError;

/// `TBSCertificate` (RFC 5280 §4.1), its parts as they came.
#[derive(Sequence)]
pub(crate) struct Tbs<'a> {
    #[asn1(context_specific = "0", default = "Default::default")]
    pub(crate) version: Version,
    pub(crate) serial: IntRef<'a>,
    pub(crate) signature: AlgorithmIdentifierRef<'a>,
    pub(crate) issuer: AnyRef<'a>,
    /// `Validity`; [`crate::time::period`] reads it.
    pub(crate) validity: AnyRef<'a>,
    pub(crate) subject: AnyRef<'a>,
    pub(crate) spki: AnyRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) issuer_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) subject_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) extensions: Option<Vec<Extension>>,
}

/// What is signed, how, and the signature.
#[derive(Sequence)]
pub(crate) struct Signed<'a> {
    pub(crate) content: AnyRef<'a>,
    pub(crate) algorithm: AlgorithmIdentifierRef<'a>,
    pub(crate) signature: BitStringRef<'a>,
}

/// Signs the DER of a content by what the key's kind signs with, and wraps both.
pub(crate) fn sign(content_der: &[u8], key: &PrivateKey) -> Result<Vec<u8>, IssueError> {
    let algorithm = key.signature_algorithm();
    let signature = key.sign(algorithm, content_der)?;
    let algorithm = algorithm.identifier_der();
    let signed = Signed {
        content: AnyRef::from_der(content_der)?,
        algorithm: AlgorithmIdentifierRef::from_der(&algorithm)?,
        signature: BitStringRef::from_bytes(&signature)?,
    };
    Ok(signed.to_der()?)
}

/// The three parts of a signed structure; the first byte by byte as it came.
pub(crate) fn split_signed(der: &[u8]) -> der::Result<(&[u8], AlgorithmIdentifierRef<'_>, &[u8])> {
    let mut reader = SliceReader::new(der)?;
    let parts = reader.sequence(|reader| {
        let content = reader.tlv_bytes()?;
        let algorithm = AlgorithmIdentifierRef::decode(reader)?;
        Ok::<_, der::Error>((content, algorithm, whole_bytes(reader)?))
    })?;
    reader.finish()?;
    Ok(parts)
}

/// Why a signature over a structure was not accepted; each structure's own error says the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignatureFault {
    /// It is not one of this key over these bytes.
    Bad,
    /// The algorithm is not offered.
    Unsupported(String),
    /// The algorithm or the key is too weak.
    Weak(&'static str),
}

impl From<CryptoError> for SignatureFault {
    fn from(error: CryptoError) -> Self {
        match error {
            CryptoError::Weak { why } => Self::Weak(why),
            CryptoError::Unsupported { oid } => Self::Unsupported(oid),
            _ => Self::Bad,
        }
    }
}

/// Verifies the signature over a structure by the algorithm that the structure names.
pub(crate) fn check_signature(
    spki_der: &[u8],
    identifier: &AlgorithmIdentifierRef<'_>,
    content: &[u8],
    signature: &[u8],
) -> Result<(), SignatureFault> {
    let algorithm = SignatureAlgorithm::from_identifier(identifier).map_err(CryptoError::from)?;
    Ok(qaqpa_crypto::verify(
        spki_der, algorithm, content, signature,
    )?)
}

/// The first critical extension that is not known.
pub(crate) fn unknown_critical(
    extensions: Option<&[Extension]>,
    known: &[ObjectIdentifier],
) -> Option<ObjectIdentifier> {
    let mut list = extensions.unwrap_or_default().iter();
    list.find(|extension| extension.critical && !known.contains(&extension.extn_id))
        .map(|extension| extension.extn_id)
}

/// A BIT STRING that is a whole number of bytes.
pub(crate) fn whole_bytes<'a>(reader: &mut SliceReader<'a>) -> der::Result<&'a [u8]> {
    BitStringRef::decode(reader)?
        .as_bytes()
        .ok_or_else(|| der::Tag::BitString.value_error().into())
}

/// The magnitude of a positive integer of at most 20 bytes: a serial number (RFC 5280 §4.1.2.2).
pub(crate) fn positive(integer: &[u8]) -> Option<Vec<u8>> {
    positive_bytes(integer).map(<[u8]>::to_vec)
}

/// [`positive`], where the bytes stay where they are.
pub(crate) fn positive_bytes(integer: &[u8]) -> Option<&[u8]> {
    magnitude(integer).filter(|_| integer.len() <= 20)
}

/// The magnitude of a positive integer of any length.
pub(crate) fn magnitude(integer: &[u8]) -> Option<&[u8]> {
    match integer {
        [] | [0] => None,
        [first, ..] if first & 0x80 != 0 => None,
        [0, rest @ ..] => Some(rest),
        all => Some(all),
    }
}

/// The bytes of an INTEGER with this magnitude: a zero in front where the top bit is set.
pub(crate) fn integer(magnitude: &[u8]) -> Vec<u8> {
    let digits = magnitude
        .iter()
        .position(|byte| *byte != 0)
        .map_or(&[0][..], |start| &magnitude[start..]);
    if digits[0] & 0x80 == 0 {
        digits.to_vec()
    } else {
        [&[0], digits].concat()
    }
}

/// Appends a length in its shortest form (X.690 §10.1).
pub(crate) fn write_length(length: usize, out: &mut Vec<u8>) {
    let bytes = length.to_be_bytes();
    let significant = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
    match significant {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            // At most eight bytes of length.
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            out.extend_from_slice(long);
        }
    }
}

/// An extension with this value.
pub(crate) fn extension(
    oid: ObjectIdentifier,
    critical: bool,
    value: &impl Encode,
) -> der::Result<Extension> {
    Ok(Extension {
        extn_id: oid,
        critical,
        extn_value: OctetString::new(value.to_der()?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_positive_and_at_most_twenty_bytes() {
        assert_eq!(positive(&[0]), None);
        assert_eq!(positive(&[0x80]), None);
        assert_eq!(positive(&[0, 0x80]), Some(vec![0x80]));
        assert_eq!(positive(&[0x7f; 20]), Some(vec![0x7f; 20]));
        assert_eq!(positive(&[0x01; 21]), None);
    }

    #[test]
    fn an_integer_is_written_shortest_and_positive() {
        assert_eq!(integer(&[]), [0]);
        assert_eq!(integer(&[0, 0]), [0]);
        assert_eq!(integer(&[0, 1]), [1]);
        assert_eq!(integer(&[0x80]), [0, 0x80]);
    }
}
