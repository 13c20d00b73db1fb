//! Namespaces and other URIs of the specifications.

/// XML Signature.
pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// Exclusive C14N, for `InclusiveNamespaces`.
pub(crate) const EC: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// SOAP 1.1 envelopes.
pub(crate) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// WS-Security, the extension namespace.
pub(crate) const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// WS-Security, the utility namespace (`wsu:Id`).
pub(crate) const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// The enveloped-signature transform (XMLDSig 1.1, §6.6.4).
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// The encoding of security tokens (SOAP Message Security 1.1.1, §6.3).
pub(crate) const BASE64_BINARY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";
/// A token that is one certificate (X.509 Token Profile 1.1.1, §3.1).
pub(crate) const X509_V3: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
/// A thumbprint of a certificate by SHA-1 (SOAP Message Security 1.1.1, §7.3, table 7; X.509 Token Profile 1.1.1, §3.2.3).
pub(crate) const THUMBPRINT_SHA1: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1";
/// XML Signature 1.1, for `X509Digest` (§4.5.4.1).
pub(crate) const DS11: &str = "http://www.w3.org/2009/xmldsig11#";
/// XPath Filter 2.0: the transform and the namespace of its parameters.
pub(crate) const FILTER2: &str = "http://www.w3.org/2002/06/xmldsig-filter2";
/// XAdES (ETSI EN 319 132-1).
pub(crate) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// The Type of the reference to the signed properties (ETSI EN 319 132-1, clause 4.4.2).
pub(crate) const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
/// The Type of a counter-signature's reference (ETSI EN 319 132-1, clause 5.2.7.1).
pub(crate) const COUNTERSIGNED: &str = "http://uri.etsi.org/01903#CountersignedSignature";
