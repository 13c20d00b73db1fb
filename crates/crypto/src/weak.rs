//! Algorithms that are known and too weak, by the names that documents and certificates have for them.
//!
//! They are recognised so that a refusal can say why; nothing is computed with them.

use der::oid::ObjectIdentifier;

/// What is weak about a digest or signature algorithm that has no place in [`crate::DigestAlgorithm`] or
/// [`crate::SignatureAlgorithm`], by its URI; `None` for all others, the unknown among them.
///
/// Source: XMLDSig §6, RFC 9231 §2.
#[must_use]
pub fn of_uri(uri: &str) -> Option<&'static str> {
    Some(match uri {
        "http://www.w3.org/2001/04/xmldsig-more#md5" => "a digest with MD5",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5" => "a signature with MD5",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1"
        | "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1"
        | "http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1" => "a signature with SHA-1",
        "http://www.w3.org/2007/05/xmldsig-more#md5-rsa-MGF1"
        | "http://www.w3.org/2007/05/xmldsig-more#md2-rsa-MGF1" => "a signature with MD5 or MD2",
        _ => return None,
    })
}

/// The same by OID (RFC 3279 §2.2).
#[must_use]
pub fn of_oid(oid: &ObjectIdentifier) -> Option<&'static str> {
    const fn named(text: &str) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(text)
    }
    const MD5: ObjectIdentifier = named("1.2.840.113549.2.5");
    const MD2: ObjectIdentifier = named("1.2.840.113549.2.2");
    const RSA_MD2: ObjectIdentifier = named("1.2.840.113549.1.1.2");
    const RSA_MD5: ObjectIdentifier = named("1.2.840.113549.1.1.4");
    const RSA_SHA1_OIW: ObjectIdentifier = named("1.3.14.3.2.29");
    const DSA_SHA1: ObjectIdentifier = named("1.2.840.10040.4.3");
    const ECDSA_SHA1: ObjectIdentifier = named("1.2.840.10045.4.1");
    Some(match *oid {
        MD5 => "a digest with MD5",
        MD2 => "a digest with MD2",
        RSA_MD2 => "a signature with MD2",
        RSA_MD5 => "a signature with MD5",
        RSA_SHA1_OIW | DSA_SHA1 | ECDSA_SHA1 => "a signature with SHA-1",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DigestAlgorithm, SignatureAlgorithm};

    #[test]
    fn what_is_weak_is_named_and_what_is_strong_or_unknown_is_not() {
        for (uri, why) in [
            (
                "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
                "a signature with MD5",
            ),
            (
                "http://www.w3.org/2001/04/xmldsig-more#md5",
                "a digest with MD5",
            ),
            (
                "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
                "a signature with SHA-1",
            ),
        ] {
            assert_eq!(of_uri(uri), Some(why));
        }
        let md5 = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.4");
        assert_eq!(of_oid(&md5), Some("a signature with MD5"));
        for algorithm in SignatureAlgorithm::ALL {
            assert_eq!(of_uri(algorithm.uri()), None);
            assert_eq!(of_oid(&algorithm.oid()), None);
        }
        for algorithm in DigestAlgorithm::ALL {
            assert_eq!(of_uri(algorithm.uri()), None);
            assert_eq!(of_oid(&algorithm.oid()), None);
        }
        assert_eq!(of_uri("urn:unknown"), None);
    }
}
