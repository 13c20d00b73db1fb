//! The ASN.1 that certificates, CRLs and OCSP answers share, and the signing of it.

use der::asn1::{AnyRef, BitStringRef, IntRef, OctetString};
use der::{Decode, Encode, Reader, Sequence, SliceReader};
use qaqpa_crypto::{PrivateKey, SignatureAlgorithm};
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

/// The identifier of a signature algorithm: parameters NULL for RSA (RFC 4055 §5) and for GOST (the national profile),
/// absent for ECDSA (RFC 5758 §3.2).
pub(crate) fn identifier(algorithm: SignatureAlgorithm) -> AlgorithmIdentifierRef<'static> {
    AlgorithmIdentifierRef {
        oid: algorithm.oid(),
        parameters: (!algorithm.has_no_parameters()).then_some(AnyRef::NULL),
    }
}

/// The algorithm that an identifier means, if it is one that is recognised.
///
/// RFC 4055 §5: the parameters of RSA signatures are NULL; absent ones must be accepted, others are no identifier. Those
/// of ECDSA must be absent (RFC 5758 §3.2).
pub(crate) fn signature_algorithm(
    identifier: &AlgorithmIdentifierRef<'_>,
) -> Option<SignatureAlgorithm> {
    let algorithm = SignatureAlgorithm::from_oid(&identifier.oid)?;
    let plain = match identifier.parameters {
        None => true,
        Some(parameters) => parameters.is_null() && !algorithm.has_no_parameters(),
    };
    plain.then_some(algorithm)
}

/// Signs the DER of a content by what the key's kind signs with, and wraps both.
pub(crate) fn sign(content_der: &[u8], key: &PrivateKey) -> Result<Vec<u8>, IssueError> {
    let algorithm = key.kind().signature_algorithm();
    let signature = key.sign(algorithm, content_der)?;
    let signed = Signed {
        content: AnyRef::from_der(content_der)?,
        algorithm: identifier(algorithm),
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
    let magnitude = match integer {
        [] | [0] => return None,
        [first, ..] if first & 0x80 != 0 => return None,
        [0, rest @ ..] => rest,
        all => all,
    };
    (integer.len() <= 20).then_some(magnitude)
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
