//! Names as text (RFC 4514).

use std::str::FromStr;

use der::Decode;
use x509_cert::name::RdnSequence;

use super::text_of;
use crate::ObjectIdentifier;

/// A name as text by RFC 4514: the last RDN first, `CN=…,C=KZ`.
pub(crate) fn text(name_der: &[u8]) -> String {
    RdnSequence::from_der(name_der)
        .map(|name| name.to_string())
        .unwrap_or_default()
}

/// Whether a text of RFC 2253 or RFC 4514 means the name: attribute by attribute, in either order,
/// whatever the ASN.1 string types and the spaces after commas.
pub(crate) fn text_means(text: &str, name_der: &[u8]) -> bool {
    let parts: Vec<&str> = split_unescaped(text).map(str::trim).collect();
    let (Ok(written), Ok(name)) = (
        RdnSequence::from_str(&parts.join(",")),
        RdnSequence::from_der(name_der),
    ) else {
        return false;
    };
    let (Some(mut written), Some(name)) = (attributes(&written), attributes(&name)) else {
        return false;
    };
    if written == name {
        return true;
    }
    written.reverse();
    written == name
}

fn attributes(name: &RdnSequence) -> Option<Vec<(ObjectIdentifier, String)>> {
    name.iter()
        .flat_map(|rdn| rdn.iter())
        .map(|attribute| Some((attribute.oid, text_of(&attribute.value)?)))
        .collect()
}

fn split_unescaped(text: &str) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |c| {
        let separates = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        separates
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::NameToWrite;
    use crate::oid;

    #[test]
    fn a_text_means_the_name_in_either_order_and_with_spaces() {
        let der = NameToWrite::new()
            .with(oid::COMMON_NAME, "QAQPA, TEST ҚА")
            .with(oid::COUNTRY, "KZ")
            .to_der()
            .unwrap();
        assert_eq!(text(&der), "C=KZ,CN=QAQPA\\, TEST ҚА");
        for good in [
            "C=KZ,CN=QAQPA\\, TEST ҚА",
            "CN=QAQPA\\, TEST ҚА, C=KZ",
            "C=KZ, CN=QAQPA\\, TEST ҚА",
        ] {
            assert!(text_means(good, &der), "{good}");
        }
        for bad in [
            "",
            "C=KZ",
            "CN=QAQPA\\, TEST ҚА,C=KG",
            "CN=\\",
            "=,=",
            "C=KZ,CN=QAQPA",
        ] {
            assert!(!text_means(bad, &der), "{bad}");
        }
    }
}
