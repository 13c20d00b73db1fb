//! What an examination proves, as values that only it can make.

use qaqpa_ades::cms::CoveredContent;
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

/// The content of a CMS message whose examination was passed: the only way to read it.
///
/// Proves as much as [`Proven`], of a message's content.
#[derive(Debug)]
#[non_exhaustive]
pub struct ProvenContent<'d> {
    /// The octets that are proven to be signed, and what they were signed as.
    pub content: CoveredContent<'d>,
    /// Who signed.
    pub signer: SignerIdentity,
    /// SHA-256 over the octets of the signature: the same one under another message is a replay.
    pub signature_digest: [u8; 32],
}

/// What the signer's key is proven to have signed, while the certificate is still asked about.
#[derive(Debug)]
pub(crate) enum Proof<'d> {
    /// A part of a document.
    Xml(Covered<'d>),
    /// The content of a message.
    Content(CoveredContent<'d>),
    /// The value of another's signature in a message: nothing is read through it.
    Value,
}

/// A proof, by a signer whose examination was passed.
pub(crate) struct Passed<'d> {
    pub(crate) proof: Proof<'d>,
    pub(crate) signer: SignerIdentity,
    pub(crate) signature_digest: [u8; 32],
}

impl<'d> Passed<'d> {
    pub(crate) fn document(self) -> Option<Proven<'d>> {
        let Proof::Xml(covered) = self.proof else {
            return None;
        };
        Some(Proven {
            covered,
            signer: self.signer,
            signature_digest: self.signature_digest,
        })
    }

    pub(crate) fn content(self) -> Option<ProvenContent<'d>> {
        let Proof::Content(content) = self.proof else {
            return None;
        };
        Some(ProvenContent {
            content,
            signer: self.signer,
            signature_digest: self.signature_digest,
        })
    }
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
