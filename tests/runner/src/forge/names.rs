//! Short names of the URIs that cases use.

pub(super) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

const SHORT: &[(&str, &str)] = &[
    ("c14n", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
    (
        "c14n-comments",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    ),
    ("c14n11", "http://www.w3.org/2006/12/xml-c14n11"),
    (
        "c14n11-comments",
        "http://www.w3.org/2006/12/xml-c14n11#WithComments",
    ),
    ("exc", "http://www.w3.org/2001/10/xml-exc-c14n#"),
    (
        "exc-comments",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    ),
    ("enveloped", ENVELOPED),
    ("rsa-sha1", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
    ("dsa-sha1", "http://www.w3.org/2000/09/xmldsig#dsa-sha1"),
    ("hmac-sha1", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
    (
        "hmac-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    ),
    ("rsa-md5", "http://www.w3.org/2001/04/xmldsig-more#rsa-md5"),
    (
        "rsa-ripemd160",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-ripemd160",
    ),
    (
        "rsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    ),
    (
        "rsa-sha384",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    ),
    (
        "rsa-sha512",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    ),
    (
        "rsa-pss-sha256",
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
    ),
    (
        "rsa-pss-sha384",
        "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1",
    ),
    (
        "rsa-pss-sha512",
        "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1",
    ),
    (
        "ecdsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
    ),
    (
        "ecdsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    ),
    (
        "ecdsa-sha384",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    ),
    (
        "ed25519",
        "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
    ),
    (
        "gost2004",
        "http://www.w3.org/2001/04/xmldsig-more#gost34310-gost34311",
    ),
    (
        "gost2015",
        "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512",
    ),
    ("sha1", "http://www.w3.org/2000/09/xmldsig#sha1"),
    ("md5", "http://www.w3.org/2001/04/xmldsig-more#md5"),
    ("ripemd160", "http://www.w3.org/2001/04/xmlenc#ripemd160"),
    ("sha256", "http://www.w3.org/2001/04/xmlenc#sha256"),
    ("sha384", "http://www.w3.org/2001/04/xmldsig-more#sha384"),
    ("sha512", "http://www.w3.org/2001/04/xmlenc#sha512"),
    ("xpath", "http://www.w3.org/TR/1999/REC-xpath-19991116"),
    ("xpath-filter2", "http://www.w3.org/2002/06/xmldsig-filter2"),
    ("xslt", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
    ("base64", "http://www.w3.org/2000/09/xmldsig#base64"),
    ("manifest", "http://www.w3.org/2000/09/xmldsig#Manifest"),
];

/// The URI of a short name; other texts are what they are.
pub(super) fn uri(name: &str) -> &str {
    SHORT
        .iter()
        .find(|(short, _)| *short == name)
        .map_or(name, |(_, uri)| uri)
}
