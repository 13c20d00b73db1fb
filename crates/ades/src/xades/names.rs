//! Namespaces and identifiers.

/// XAdES, version 1.3.2 of its schema (clause 4.2).
pub(super) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// XML Signature.
pub(super) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// DER, the default of `Encoding` (clause 5.1.3).
pub(super) const DER: &str = "http://uri.etsi.org/01903/v1.2.2#DER";

/// Signed properties that are known and not read further (clauses 5.2.1 to 5.2.9); any other is refused.
pub(super) const OTHER_SIGNED: [&str; 9] = [
    "AllDataObjectsTimeStamp",
    "CommitmentTypeIndication",
    "IndividualDataObjectsTimeStamp",
    "SignaturePolicyIdentifier",
    "SignatureProductionPlace",
    "SignatureProductionPlaceV2",
    "SignerRole",
    "SignerRoleV2",
    "SigningCertificate",
];

/// Time stamps of one signature that are read, and tokens of one time stamp.
pub(super) const STAMPS_MAX: usize = 8;
/// Certificates that one signature names: chains have three.
pub(super) const CERTIFICATES_MAX: usize = 16;
/// Data formats of one signature: one a reference.
pub(super) const FORMATS_MAX: usize = 64;
/// Properties that are kept by their names.
pub(super) const OTHERS_MAX: usize = 64;
