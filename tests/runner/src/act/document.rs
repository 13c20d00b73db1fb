//! Signed documents on their way, whole and spoilt.

use qaqpa_x509::pkcs12::KeyFile;
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{Signer, sign_enveloped};

use crate::error::RunError;
use crate::scenario::Spoil;

/// The document, signed with that key and then spoilt in that way.
pub(crate) fn spoilt(unsigned: &[u8], key: &KeyFile, spoil: Spoil) -> Result<Vec<u8>, RunError> {
    if spoil == Spoil::Unsigned {
        return Ok(unsigned.to_vec());
    }
    let signer = Signer::of(&key.key, key.certificate.der());
    let signed = sign_enveloped(unsigned, &signer, &XmlLimits::default())
        .map_err(|error| RunError::Signing(format!("the document cannot be signed: {error}")))?;
    let text = String::from_utf8(signed).map_err(|error| RunError::Signing(error.to_string()))?;
    let spoilt = match spoil {
        Spoil::Nothing | Spoil::Unsigned => Some(text),
        Spoil::Content => change_first_field(&text),
        Spoil::Doubled => double_signature(&text),
        Spoil::Value => change_signature_value(&text),
    };
    spoilt
        .map(String::into_bytes)
        .ok_or_else(|| RunError::Signing("the document has nothing to spoil".to_owned()))
}

/// Puts a letter into the value of the first field of the form.
fn change_first_field(text: &str) -> Option<String> {
    let field = text.find("<field ")?;
    let value = field + text[field..].find('>')? + 1;
    Some(format!("{}X{}", &text[..value], &text[value..]))
}

/// Changes one letter in the middle of the signature's value: still base64, of the same length.
fn change_signature_value(text: &str) -> Option<String> {
    let (start, end) = element(text, "SignatureValue")?;
    let inside = start + text[start..end].find('>')? + 1;
    let middle = text[inside + 40..end].find(|c: char| c.is_ascii_alphanumeric())? + inside + 40;
    let other = if text[middle..].starts_with('A') {
        'B'
    } else {
        'A'
    };
    Some(format!("{}{other}{}", &text[..middle], &text[middle + 1..]))
}

/// Puts a copy of the signature after the first.
fn double_signature(text: &str) -> Option<String> {
    let (start, end) = element(text, "Signature")?;
    Some(format!(
        "{}{}{}",
        &text[..end],
        &text[start..end],
        &text[end..]
    ))
}

/// Where the first element of that local name begins and ends, whatever its prefix.
fn element(text: &str, local: &str) -> Option<(usize, usize)> {
    for (start, _) in text.match_indices('<') {
        let name_end = text[start + 1..].find(|c: char| c.is_whitespace() || c == '>')?;
        let name = &text[start + 1..start + 1 + name_end];
        if name.rsplit(':').next() == Some(local) && !name.starts_with('/') {
            let closing = format!("</{name}>");
            let end = start + text[start..].find(&closing)? + closing.len();
            return Some((start, end));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str = concat!(
        "<application><form><field name=\"a\">x</field></form><ds:Signature xmlns:ds=\"d\"><ds:SignedInfo/>",
        "<ds:SignatureValue>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABCDE</ds:SignatureValue></ds:Signature></application>"
    );

    #[test]
    fn the_first_field_is_changed_and_nothing_else() {
        let changed = change_first_field(SIGNED).unwrap();
        assert_eq!(changed, SIGNED.replacen(">x<", ">Xx<", 1));
    }

    #[test]
    fn one_letter_of_the_value_is_changed_and_nothing_else() {
        let changed = change_signature_value(SIGNED).unwrap();
        assert_eq!(changed, SIGNED.replacen("ABCDE<", "AACDE<", 1));
    }

    #[test]
    fn the_signature_stands_there_twice() {
        let doubled = double_signature(SIGNED).unwrap();
        assert_eq!(doubled.matches("<ds:Signature ").count(), 2);
        assert!(doubled.ends_with("</ds:Signature></application>"));
    }
}
