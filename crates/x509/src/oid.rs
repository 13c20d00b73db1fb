//! Object identifiers that the profile uses.

use crate::ObjectIdentifier;

macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        $($(#[$doc])* pub const $name: ObjectIdentifier = ObjectIdentifier::new_unwrap($text);)+
    };
}

oids! {
    /// commonName (CN).
    COMMON_NAME = "2.5.4.3",
    /// surname (SN).
    SURNAME = "2.5.4.4",
    /// serialNumber: `IIN############` in the national profile.
    SERIAL_NUMBER = "2.5.4.5",
    /// countryName (C).
    COUNTRY = "2.5.4.6",
    /// localityName (L).
    LOCALITY = "2.5.4.7",
    /// stateOrProvinceName (ST).
    STATE = "2.5.4.8",
    /// organizationName (O).
    ORGANIZATION = "2.5.4.10",
    /// organizationalUnitName (OU): `BIN############` in the national profile.
    ORGANIZATIONAL_UNIT = "2.5.4.11",
    /// givenName (GN): the patronymic in the national profile.
    GIVEN_NAME = "2.5.4.42",
    /// userid (UID): an information system's OID in the national profile.
    USER_ID = "0.9.2342.19200300.100.1.1",
    /// emailAddress (E) of older subjects.
    EMAIL = "1.2.840.113549.1.9.1",
    /// domainComponent (DC).
    DOMAIN_COMPONENT = "0.9.2342.19200300.100.1.25",

    /// Content type data (RFC 5652 §4).
    CONTENT_DATA = "1.2.840.113549.1.7.1",
    /// Content type encryptedData (RFC 5652 §8).
    CONTENT_ENCRYPTED_DATA = "1.2.840.113549.1.7.6",
    /// PKCS#12 bag: a private key (RFC 7292 §4.2.1).
    BAG_KEY = "1.2.840.113549.1.12.10.1.1",
    /// PKCS#12 bag: an encrypted private key.
    BAG_SHROUDED_KEY = "1.2.840.113549.1.12.10.1.2",
    /// PKCS#12 bag: a certificate.
    BAG_CERTIFICATE = "1.2.840.113549.1.12.10.1.3",
    /// The certificate of a bag is of X.509.
    CERTIFICATE_X509 = "1.2.840.113549.1.9.22.1",
    /// Attribute friendlyName of a bag (RFC 2985 §5.5.1).
    FRIENDLY_NAME = "1.2.840.113549.1.9.20",
    /// PKCS#10 attribute extensionRequest (RFC 2985 §5.4.2).
    EXTENSION_REQUEST = "1.2.840.113549.1.9.14",

    /// Extension subjectKeyIdentifier.
    SUBJECT_KEY_IDENTIFIER = "2.5.29.14",
    /// Extension keyUsage.
    KEY_USAGE = "2.5.29.15",
    /// Extension subjectAltName.
    SUBJECT_ALT_NAME = "2.5.29.17",
    /// Extension basicConstraints.
    BASIC_CONSTRAINTS = "2.5.29.19",
    /// Extension cRLNumber.
    CRL_NUMBER = "2.5.29.20",
    /// Entry extension reasonCode.
    REASON_CODE = "2.5.29.21",
    /// Entry extension invalidityDate.
    INVALIDITY_DATE = "2.5.29.24",
    /// Extension deltaCRLIndicator.
    DELTA_CRL_INDICATOR = "2.5.29.27",
    /// Extension issuingDistributionPoint.
    ISSUING_DISTRIBUTION_POINT = "2.5.29.28",
    /// Entry extension certificateIssuer of indirect CRLs.
    CERTIFICATE_ISSUER = "2.5.29.29",
    /// Extension nameConstraints.
    NAME_CONSTRAINTS = "2.5.29.30",
    /// Extension cRLDistributionPoints.
    CRL_DISTRIBUTION_POINTS = "2.5.29.31",
    /// Extension certificatePolicies.
    CERTIFICATE_POLICIES = "2.5.29.32",
    /// The policy that means any policy, in certificatePolicies.
    ANY_POLICY = "2.5.29.32.0",
    /// Extension policyMappings.
    POLICY_MAPPINGS = "2.5.29.33",
    /// Extension authorityKeyIdentifier.
    AUTHORITY_KEY_IDENTIFIER = "2.5.29.35",
    /// Extension policyConstraints.
    POLICY_CONSTRAINTS = "2.5.29.36",
    /// Extension extKeyUsage.
    EXTENDED_KEY_USAGE = "2.5.29.37",
    /// Extension inhibitAnyPolicy.
    INHIBIT_ANY_POLICY = "2.5.29.54",
    /// Extension freshestCRL.
    FRESHEST_CRL = "2.5.29.46",
    /// CRL extension expiredCertsOnCRL (X.509 §8.5.2.12).
    EXPIRED_CERTS_ON_CRL = "2.5.29.60",
    /// Extension authorityInfoAccess.
    AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1",
    /// Access method: an OCSP responder.
    ACCESS_OCSP = "1.3.6.1.5.5.7.48.1",
    /// Access method: the issuer's certificate.
    ACCESS_CA_ISSUERS = "1.3.6.1.5.5.7.48.2",

    /// OCSP response type id-pkix-ocsp-basic.
    OCSP_BASIC = "1.3.6.1.5.5.7.48.1.1",
    /// OCSP extension nonce.
    OCSP_NONCE = "1.3.6.1.5.5.7.48.1.2",
    /// Extension id-pkix-ocsp-nocheck of a responder's certificate.
    OCSP_NOCHECK = "1.3.6.1.5.5.7.48.1.5",
    /// OCSP extension id-pkix-ocsp-archive-cutoff (RFC 6960 §4.4.4).
    OCSP_ARCHIVE_CUTOFF = "1.3.6.1.5.5.7.48.1.6",
    /// OCSP extension id-pkix-ocsp-extended-revoke (RFC 6960 §4.4.8).
    OCSP_EXTENDED_REVOKE = "1.3.6.1.5.5.7.48.1.9",

    /// Extended key usage clientAuth.
    EKU_CLIENT_AUTH = "1.3.6.1.5.5.7.3.2",
    /// Extended key usage emailProtection: signing, in the national profile.
    EKU_EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4",
    /// Extended key usage timeStamping.
    EKU_TIME_STAMPING = "1.3.6.1.5.5.7.3.8",
    /// Extended key usage OCSPSigning.
    EKU_OCSP_SIGNING = "1.3.6.1.5.5.7.3.9",

    /// National extended key usage: an individual.
    EKU_INDIVIDUAL = "1.2.398.3.3.4.1.1",
    /// National extended key usage: a legal entity.
    EKU_LEGAL_ENTITY = "1.2.398.3.3.4.1.2",
    /// National extended key usage: a legal entity's head.
    EKU_HEAD = "1.2.398.3.3.4.1.2.1",
    /// National extended key usage: a person with the right to sign for the entity.
    EKU_RIGHT_TO_SIGN = "1.2.398.3.3.4.1.2.2",
    /// National extended key usage: a person with the right to sign financial documents.
    EKU_FINANCIAL = "1.2.398.3.3.4.1.2.3",
    /// National extended key usage: a person of the entity's personnel department.
    EKU_PERSONNEL = "1.2.398.3.3.4.1.2.4",
    /// National extended key usage: an employee of the entity.
    EKU_EMPLOYEE = "1.2.398.3.3.4.1.2.5",
    /// National extended key usage: an information system of the entity.
    EKU_INFORMATION_SYSTEM = "1.2.398.3.3.4.1.2.6",

    /// National policy: GOST 34.10-2015 keys (the bare arc).
    POLICY_GOST_2015 = "1.2.398.3.3.2",
    /// National policy: GOST 34.310-2004 keys for signing.
    POLICY_GOST_2004_SIGN = "1.2.398.3.3.2.1",
    /// National policy: RSA keys for signing.
    POLICY_RSA_SIGN = "1.2.398.3.3.2.3",
    /// National policy: RSA keys for authentication.
    POLICY_RSA_AUTHENTICATE = "1.2.398.3.3.2.4",

    /// Content type id-signedData of CMS (RFC 5652 §5.1).
    CMS_SIGNED_DATA = "1.2.840.113549.1.7.2",
    /// Content type id-ct-TSTInfo of a time-stamp token (RFC 3161 §2.4.2).
    CMS_TST_INFO = "1.2.840.113549.1.9.16.1.4",
    /// Signed attribute contentType (RFC 5652 §11.1).
    ATTRIBUTE_CONTENT_TYPE = "1.2.840.113549.1.9.3",
    /// Signed attribute messageDigest (RFC 5652 §11.2).
    ATTRIBUTE_MESSAGE_DIGEST = "1.2.840.113549.1.9.4",
    /// Signed attribute signingTime (RFC 5652 §11.3).
    ATTRIBUTE_SIGNING_TIME = "1.2.840.113549.1.9.5",
    /// Signed attribute signingCertificate, which names the signer's certificate by SHA-1 (RFC 2634 §5.4).
    ATTRIBUTE_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12",
    /// Signed attribute signingCertificateV2 (RFC 5035 §3).
    ATTRIBUTE_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47",
    /// National policy: time stamps with GOST 34.310-2004.
    POLICY_TSP_GOST_2004 = "1.2.398.3.3.2.6.1",
    /// National policy: time stamps with RSA.
    POLICY_TSP_RSA = "1.2.398.3.3.2.6.2",
    /// National policy: time stamps with GOST 34.10-2015.
    POLICY_TSP_GOST_2015 = "1.2.398.3.3.2.6.4",
    /// Our own TEST policy: time stamps with ECDSA, which the national authority has not. Below the number that IANA
    /// keeps for examples (RFC 5612), so that it is nobody's.
    POLICY_TSP_TEST_ECDSA = "1.3.6.1.4.1.32473.398.6.3",
}
