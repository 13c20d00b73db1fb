//! What a verdict shows of the document, of who signed it, and of the evidence.

use qaqpa_model::Moment;
use serde::{Deserialize, Serialize};

use crate::border;
use crate::need::Attempt;

/// What was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeView {
    /// The algorithm of the signature, as its URI.
    pub algorithm: String,
    /// SHA-256 over the octets of SignatureValue, hexadecimal: the same one under another message is a replay.
    pub value_sha256: String,
    /// The octets of SignatureValue, base64; absent in verdicts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// SHA-256 over the octets that the value is over (the canonical SignedInfo, or the signed attributes), hexadecimal; absent where
    /// there are none, and in verdicts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_octets_sha256: Option<String>,
    /// Every reference of SignedInfo.
    pub references: Vec<ReferenceView>,
    /// The place of the signature whose value this one counter-signs: such a one is not about the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter_signs: Option<usize>,
    /// The element that is proven to be covered, with its namespace: `{urn:x}application`; absent where nothing is.
    pub covered: Option<String>,
    /// Where the covered element begins: `line 1, column 39`; absent where nothing is covered.
    pub position: Option<String>,
    /// Whether comments stand in the covered part: nobody signed them, and nobody reads them here.
    pub has_comments: bool,
    /// What of the document is nobody's word, where something is proven to be covered: ways from its root, `/m` (that element's
    /// name), `/m/@a` (an attribute), `/m/text()` and `/m/b` (with all that is in it); at most 16, and `…` where there are more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncovered: Vec<String>,
}

/// One reference of SignedInfo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceView {
    /// The URI: empty for the whole document, `#id` for one element.
    pub uri: String,
    /// The name and the place of the element that it leads to.
    pub target: String,
    /// The digest's algorithm, as its URI.
    pub digest: String,
    /// The digest that was signed, hexadecimal; absent in verdicts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest_value: Option<String>,
    /// The transforms, in order, as their URIs.
    pub transforms: Vec<String>,
}

/// Who signed, as the certificate says. Holding one says nothing about whether the certificate was believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignerView {
    /// The common name.
    pub common_name: String,
    /// The IIN, masked (`93********25`).
    pub iin_masked: Option<String>,
    /// The BIN of the organisation.
    pub bin: Option<String>,
    /// The OID of an information system.
    pub system: Option<String>,
    /// The serial number, hexadecimal.
    pub serial: String,
    /// SHA-256 over the certificate's DER, hexadecimal; absent in verdicts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// One certificate of the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateView {
    /// The common name of the subject.
    pub subject: String,
    /// The serial number, hexadecimal.
    pub serial: String,
    /// Beginning of the validity.
    #[serde(with = "border::moment")]
    pub not_before: Moment,
    /// End of the validity.
    #[serde(with = "border::moment")]
    pub not_after: Moment,
    /// SHA-256 over the DER, hexadecimal.
    pub sha256: String,
}

/// Which kind of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// An answer of a responder (RFC 6960).
    Ocsp,
    /// A list of an authority (RFC 5280).
    Crl,
    /// A delta list, which brings the authority's list up to date (RFC 5280 §5.2.4).
    DeltaCrl,
}

/// One piece of evidence and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// Which kind.
    pub kind: EvidenceKind,
    /// The serial number of the certificate that was asked about, hexadecimal.
    pub about: String,
    /// What it says, or why it counts as none: `good`, `revoked`, `suspended`, `unknown`, `no-evidence`.
    pub standing: String,
    /// Since when the certificate is revoked or suspended, where it says so.
    #[serde(
        default,
        with = "border::moment_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub revoked_since: Option<Moment>,
    /// The reason of that, as RFC 5280 names it (`keyCompromise`, `certificateHold`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_reason: Option<String>,
    /// The sentence for a reader.
    pub why: String,
    /// When it was received.
    #[serde(with = "border::moment")]
    pub received: Moment,
    /// The beginning of the period that it speaks for.
    #[serde(with = "border::moment_option")]
    pub this_update: Option<Moment>,
    /// The end of the period that it speaks for.
    #[serde(with = "border::moment_option")]
    pub next_update: Option<Moment>,
    /// SHA-256 over its bytes, hexadecimal; absent where none came.
    pub sha256: Option<String>,
    /// What was tried to get it.
    pub attempts: Vec<Attempt>,
}

/// A time stamp as it stands in the signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampView {
    /// SHA-256 over the token, hexadecimal.
    pub sha256: String,
    /// Its moment, as it says; absent where it is no token, and in verdicts of before.
    #[serde(
        default,
        with = "border::moment_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub at: Option<Moment>,
    /// The certificate that its signer is identified by, where it is at hand; absent in verdicts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<CertificateView>,
}

/// An element that the consumer read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsumedView {
    /// The way from the root of the document by local names: `/application/form/field[2]`.
    pub path: String,
    /// The number of the reference that covers it, from 1. There is always one: what nothing covers cannot be read.
    pub reference: usize,
}
