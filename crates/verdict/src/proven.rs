//! What an examination proves, as values that only it can make.

use qaqpa_model::{Bin, Iin};
use qaqpa_x509::Certificate;
use qaqpa_xmldsig::Covered;

/// The covered part of a document whose examination was passed: the only way to read an application.
///
/// Proves that the content is what this signer signed, and that the certificate was good at the moment
/// judged. Says nothing about who the submitter is: that is [`confirm_iin`](crate::confirm_iin).
#[derive(Debug)]
#[non_exhaustive]
pub struct Proven<'d> {
    /// The part that is proven to be under the signature.
    pub covered: Covered<'d>,
    /// Who signed.
    pub signer: SignerIdentity,
    /// SHA-256 over the octets of SignatureValue: the same one under another message is a replay.
    pub signature_digest: [u8; 32],
}

/// Who signed, read from a certificate that passed every check.
///
/// Holding one says nothing about whether such a person exists.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SignerIdentity {
    /// The individual identification number; an information system has none.
    pub iin: Option<Iin>,
    /// The business identification number of the organisation, where there is one.
    pub bin: Option<Bin>,
    /// The OID of an information system.
    pub uid: Option<String>,
    /// The common name.
    pub common_name: String,
    /// The certificate itself.
    pub certificate: Certificate,
}
