//! Small surgery on DER: the signed part of a structure replaced by another of the same length, and signed anew.

use qaqpa_crypto::SignatureAlgorithm;

use super::ForgeError;
use super::keys::ForgeKey;
use super::knobs::Swap;

/// The bytes of a hexadecimal text.
pub(super) fn unhex(text: &str) -> Result<Vec<u8>, ForgeError> {
    hex::decode(text.replace(' ', ""))
        .map_err(|error| ForgeError::new(format!("{text:?} is not hexadecimal: {error}")))
}

/// Every swap, each of which must be found.
pub(super) fn swapped(bytes: &[u8], swaps: &[Swap]) -> Result<Vec<u8>, ForgeError> {
    let mut out = bytes.to_vec();
    for swap in swaps {
        let (find, put) = (unhex(&swap.find)?, unhex(&swap.put)?);
        if find.len() != put.len() || find.is_empty() {
            return Err(ForgeError::new(format!("{swap:?}: not of the same length")));
        }
        let at = position(&out, &find)
            .ok_or_else(|| ForgeError::new(format!("{} is not there", swap.find)))?;
        out[at..at + put.len()].copy_from_slice(&put);
    }
    Ok(out)
}

/// The structure with its signed part swapped and signed anew by the same RSA key (whose signatures are always the same,
/// so that the old one is found by making it again).
pub(super) fn resigned(der: &[u8], swaps: &[Swap], key: &ForgeKey) -> Result<Vec<u8>, ForgeError> {
    if swaps.is_empty() {
        return Ok(der.to_vec());
    }
    let signed = signed_part(der).ok_or_else(|| ForgeError::new("no signed structure"))?;
    let old = key.sign(SignatureAlgorithm::RsaSha256, signed)?;
    let next = swapped(signed, swaps)?;
    let new = key.sign(SignatureAlgorithm::RsaSha256, &next)?;
    let at = position(der, &old).ok_or_else(|| ForgeError::new("not signed by that key"))?;
    let part = position(der, signed).unwrap_or_default();
    let mut out = der.to_vec();
    out[at..at + new.len()].copy_from_slice(&new);
    out[part..part + next.len()].copy_from_slice(&next);
    Ok(out)
}

/// The structure signed anew with SHA-1: its identifiers say so, and so does the value.
pub(super) fn resigned_with_sha1(der: &[u8], key: &ForgeKey) -> Result<Vec<u8>, ForgeError> {
    let signed = signed_part(der).ok_or_else(|| ForgeError::new("no signed structure"))?;
    let old = key.sign(SignatureAlgorithm::RsaSha256, signed)?;
    let at = position(der, &old).ok_or_else(|| ForgeError::new("not signed by that key"))?;
    let part = position(der, signed).unwrap_or_default();
    let end = part + signed.len();
    let mut out = der.to_vec();
    // sha256WithRSAEncryption becomes sha1WithRSAEncryption: wherever it stands in the signed part, and in front of the value.
    // What follows (the certificates of an OCSP answer) is others' and stays as it is.
    let find = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
    while let Some(place) = position(&out[part..end], find) {
        out[part + place + 8] = 5;
    }
    let place = position(&out[end..at], find)
        .ok_or_else(|| ForgeError::new("not signed with RSA and SHA-256"))?;
    out[end + place + 8] = 5;
    let signed = signed_part(&out).ok_or_else(|| ForgeError::new("no signed structure"))?;
    let new = key.sign(SignatureAlgorithm::RsaSha1, signed)?;
    out[at..at + new.len()].copy_from_slice(&new);
    Ok(out)
}

/// The place of the last byte of the signature by an RSA key.
pub(super) fn signature_end(der: &[u8], key: &ForgeKey) -> Option<usize> {
    let value = key
        .sign(SignatureAlgorithm::RsaSha256, signed_part(der)?)
        .ok()?;
    position(der, &value).map(|at| at + value.len() - 1)
}

/// The first part of a signed SEQUENCE; of an OCSP answer that of the basic response inside.
fn signed_part(der: &[u8]) -> Option<&[u8]> {
    let inside = content(der)?;
    if inside.first() != Some(&0x0a) {
        return whole(inside);
    }
    // OCSPResponse: ENUMERATED, [0] { SEQUENCE { OID, OCTET STRING { BasicOCSPResponse } } }.
    let bytes = content(content(rest(inside)?)?)?;
    whole(content(content(rest(bytes)?)?)?)
}

fn header(der: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*der.get(1)?);
    if first < 0x80 {
        return Some((2, first));
    }
    let count = first & 0x7f;
    let length = der.get(2..2 + count)?;
    let length = length
        .iter()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    Some((2 + count, length))
}

fn content(der: &[u8]) -> Option<&[u8]> {
    let (start, length) = header(der)?;
    der.get(start..start + length)
}

fn whole(der: &[u8]) -> Option<&[u8]> {
    let (start, length) = header(der)?;
    der.get(..start + length)
}

fn rest(der: &[u8]) -> Option<&[u8]> {
    let (start, length) = header(der)?;
    der.get(start + length..)
}

pub(super) fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len().max(1))
        .position(|window| window == wanted)
}
