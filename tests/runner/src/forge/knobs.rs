//! The knobs of a case: everything has a valid default, and a case turns one.
//!
//! The names are those of the case files (`tests/attacks/README.md`); an unknown one is refused.

use std::collections::BTreeMap;

use serde::Deserialize;

mod message;
mod stamp;

pub use message::{AttributeKnob, DigestKnob, FormKnob, MessageKnobs, SignerKnobs, ValueKnob};
pub use stamp::{InsteadKnob, PropertiesKnobs, StampKnobs};

/// How a case is built.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Build {
    /// What is examined.
    pub subject: SubjectKnob,
    /// The text before signing: `application` (the default of documents), `envelope` (of transports), or a text.
    pub template: Option<String>,
    /// The moment that is judged, from noon: `+1s`, `-10d`, or RFC 3339.
    pub at: Option<String>,
    /// When evidence is received, from noon.
    pub received: Option<String>,
    /// The IIN that the request names as the submitter's; the last question of condition 2 is asked with it.
    pub submitter: Option<String>,
    /// The BIN that the request names as the organisation's; the question for which one the signer signs is asked with it.
    pub organisation: Option<String>,
    /// Every signature has a verdict, and the worst decides.
    pub each: Option<EachKnob>,
    /// The signature.
    pub signature: SignatureKnobs,
    /// Further signatures, after the first.
    pub beside: Vec<SignatureKnobs>,
    /// The CMS message, where one is examined.
    pub message: MessageKnobs,
    /// Edits of the text that is about to be signed.
    pub before: Vec<Edit>,
    /// The whole text anew, after signing, from the parts of the signed one.
    pub layout: Option<String>,
    /// Edits of the signed text.
    pub after: Vec<Edit>,
    /// What is done to the bytes at the very end.
    pub bytes: Option<BytesKnob>,
    /// Certificates with odd fields, by name.
    pub certificates: BTreeMap<String, CertificateKnobs>,
    /// The trusted roots; `root` where nothing is said.
    pub trust: Option<Vec<String>>,
    /// Certificates that the verifier knows besides; `issuing` where nothing is said.
    pub pool: Option<Vec<String>>,
    /// What OCSP says about the signer's certificate.
    pub ocsp: EvidenceKnobs,
    /// What the list says about it.
    pub crl: EvidenceKnobs,
    /// What OCSP says about the authorities above.
    pub authority_ocsp: EvidenceKnobs,
    /// What their lists say.
    pub authority_crl: EvidenceKnobs,
    /// What OCSP says about the authority of a time stamp.
    pub stamp_ocsp: EvidenceKnobs,
    /// What its list says.
    pub stamp_crl: EvidenceKnobs,
    /// Settings of the verifier: only stricter or other ones, never weaker.
    pub policy: PolicyKnobs,
}

/// What is examined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKnob {
    /// A business document with an enveloped signature.
    #[default]
    Document,
    /// A SOAP envelope with a WS-Security signature.
    Transport,
    /// The signer's certificate alone.
    Certificate,
    /// A CMS message.
    Message,
}

/// At the places of which profile all signatures are found, where each has a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EachKnob {
    /// Of one element by its Id.
    ById,
    /// Of several elements by their Ids.
    Detached,
    /// Of the whole document.
    Enveloped,
    /// Of the Body of an envelope.
    Wsse,
}

/// What is done to the bytes at the very end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BytesKnob {
    /// A byte order mark of UTF-8 in front.
    Bom,
    /// CRLF for every LF.
    Crlf,
    /// The first byte only.
    FirstByte,
    /// Nothing at all.
    Empty,
    /// Half of it.
    Half,
    /// Two bytes 0xC0 0xAF (an overlong slash) in the first text.
    Overlong,
    /// A surrogate written as UTF-8 (CESU-8).
    Surrogate,
    /// UTF-16, big endian, with its mark.
    Utf16,
    /// UTF-16, little endian, without a mark.
    Utf16Unmarked,
}

/// The signature before it is made.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignatureKnobs {
    /// The key that signs; that of the shown certificate where nothing is said.
    pub key: Option<String>,
    /// The certificates in KeyInfo, in order; `person` (or `system`) where nothing is said.
    pub shown: Option<Vec<String>>,
    /// What stands inside KeyInfo instead of them; none at all where it is empty.
    pub key_info: Option<String>,
    /// Inside `CanonicalizationMethod`, `SignatureMethod`: short names or URIs.
    pub canonicalization: Option<String>,
    /// The signature method.
    pub method: Option<String>,
    /// What stands inside SignatureMethod.
    pub method_inside: String,
    /// How the value is really made: `hmac-sha1`, `hmac-sha256` (the public key is the secret), `by-the-book`, …
    pub made: MadeKnob,
    /// The references; one to the whole document where nothing is said.
    pub references: Option<Vec<ReferenceKnobs>>,
    /// What stands after KeyInfo.
    pub object: String,
    /// The prefix of the elements; `ds` where nothing is said, the default namespace where it is empty.
    pub prefix: Option<String>,
    /// Attributes of Signature.
    pub attributes: String,
    /// Base64 in lines of 76 instead of one.
    pub wrapped: bool,
    /// The properties of XAdES.
    pub properties: Option<PropertiesKnobs>,
    /// Time stamps over the value, in the order of the text.
    pub stamps: Vec<StampKnobs>,
    /// Made after the others: it may be about their values.
    pub later: bool,
}

/// How the value is really made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MadeKnob {
    /// As the method says.
    #[default]
    ByTheBook,
    /// HMAC-SHA1 with the certificate's public key (DER) as the secret.
    HmacSha1,
    /// HMAC-SHA256 with the same.
    HmacSha256,
    /// HMAC-SHA256 with the PEM of the public key.
    HmacSha256Pem,
    /// An RSA block whose padding is too short and followed by garbage (Bleichenbacher 2006), by a raw key.
    ShortPadding,
    /// A DigestInfo without its NULL, by a raw key.
    NoNull,
    /// The digest alone, without DigestInfo, by a raw key.
    BareDigest,
    /// The form of X.509 (DER) instead of r‖s.
    Der,
    /// Zeros of the right length.
    Zeros,
    /// r‖s with the halves swapped.
    Swapped,
    /// Each half with its bytes reversed.
    Reversed,
    /// One byte more at the end.
    Longer,
    /// The last byte missing.
    Shorter,
    /// r and s with n added, or as large as fits.
    AllOnes,
}

/// One reference.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReferenceKnobs {
    /// The URI; none at all where it says `(none)`.
    pub uri: Option<String>,
    /// Transforms: short names or URIs; a whole element where it begins with `<`.
    pub transforms: Option<Vec<String>>,
    /// The digest method.
    pub digest: Option<String>,
    /// The digest's value, instead of the right one.
    pub value: Option<String>,
    /// Further attributes.
    pub attributes: String,
}

/// One edit: every place, or so many from the front.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Edit {
    /// The text that is found; it must be there.
    pub find: String,
    /// What is put in its place; `{found}` is what was found, and the parts of layouts are known too.
    #[serde(default)]
    pub put: String,
    /// How often `put` is written.
    #[serde(default = "once")]
    pub times: usize,
    /// Only the last place.
    #[serde(default)]
    pub last: bool,
    /// Every place.
    #[serde(default)]
    pub all: bool,
}

const fn once() -> usize {
    1
}

/// A certificate with odd fields; what is not said is as it should be.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CertificateKnobs {
    /// What it is modelled after: `person`, `other`, `system`, `issuing`, `root`, `responder`, …
    pub like: Option<String>,
    /// Who signs it: a certificate's name; itself where it is its own.
    pub issuer: Option<String>,
    /// Its key.
    pub key: Option<String>,
    /// Its key as SubjectPublicKeyInfo in hexadecimal, where no key of ours is in it.
    pub spki: Option<String>,
    /// The key that signs it, where that is not its issuer's.
    pub signed_by: Option<String>,
    /// Beginning of its validity, from noon.
    pub not_before: Option<String>,
    /// End of its validity, from noon.
    pub not_after: Option<String>,
    /// `none`, `end-entity`, `ca`, `ca:0`.
    pub basic: Option<String>,
    /// Names of bits; empty for no extension.
    pub key_usage: Option<Vec<String>>,
    /// OIDs or short names; empty for no extension.
    pub extended_key_usage: Option<Vec<String>>,
    /// Whether that extension is critical.
    pub extended_key_usage_critical: Option<bool>,
    /// The serial number in hexadecimal.
    pub serial: Option<String>,
    /// The subject: pairs of an attribute (`CN`, `SERIALNUMBER`, …, `+CN` for the same RDN, `CN:bmp` for a type) and a text.
    pub subject: Option<Vec<[String; 2]>>,
    /// Certificate policies.
    pub policies: Option<Vec<String>>,
    /// Further extensions.
    pub extensions: Vec<ExtensionKnob>,
    /// id-pkix-ocsp-nocheck.
    pub ocsp_nocheck: Option<bool>,
    /// Bytes of the signed part that are replaced before signing: hexadecimal, of the same length.
    pub swap: Vec<Swap>,
    /// Bytes that are replaced after signing.
    pub spoil: Vec<Swap>,
    /// Signed with SHA-1; the issuer's key is `raw-2048`.
    pub sha1: bool,
    /// The last bit of the signature is flipped.
    pub flip: bool,
    /// Bytes after the end, hexadecimal.
    pub trailing: String,
}

/// Bytes for bytes, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Swap {
    /// What is found; it must be there.
    pub find: String,
    /// What is put there, of the same length.
    pub put: String,
}

/// An extension as it is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionKnob {
    /// Its OID.
    pub oid: String,
    /// Whether it is critical.
    #[serde(default)]
    pub critical: bool,
    /// Its value in DER, hexadecimal.
    pub der: String,
}

/// Evidence with odd fields; what is not said is as it should be.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct EvidenceKnobs {
    /// Only about this certificate: about others everything is as it should be.
    pub only: Option<String>,
    /// Nothing comes, for this reason.
    pub unavailable: Option<String>,
    /// These bytes come: a text.
    pub text: Option<String>,
    /// An OCSP failure by its code.
    pub failure: Option<u8>,
    /// `good`, `revoked`, `unknown`; of lists `revoked` means listed.
    pub status: Option<String>,
    /// The reason of a revocation, as RFC 5280 names it.
    pub reason: Option<String>,
    /// Since when, from noon.
    pub since: Option<String>,
    /// From noon.
    pub this_update: Option<String>,
    /// From noon; `none`.
    pub next_update: Option<String>,
    /// From noon.
    pub produced_at: Option<String>,
    /// The certificate of the signer of this evidence.
    pub by: Option<String>,
    /// The key that signs it, where that is not its certificate's.
    pub key: Option<String>,
    /// `right`, `none`, `wrong`, `short`, `twice`, `empty`, `long`.
    pub nonce: Option<String>,
    /// Whom it is about: certificates' names, in order; `serial:HEX`.
    pub about: Option<Vec<String>>,
    /// The digest of the ids: `sha1`, `sha256`, `sha512`.
    pub hash: Option<String>,
    /// The issuer that the ids name.
    pub issuer: Option<String>,
    /// Whether the responder says that it answers never-issued certificates as revoked.
    pub extended_revoke: Option<bool>,
    /// Of lists: the number; none where it is 0.
    pub number: Option<u64>,
    /// A delta to this base.
    pub delta_of: Option<u64>,
    /// Of lists: how many more entries.
    pub more_entries: usize,
    /// Further extensions.
    pub extensions: Vec<ExtensionKnob>,
    /// Bytes of the signed part that are replaced before signing: hexadecimal, of the same length.
    pub swap: Vec<Swap>,
    /// Signed anew with SHA-1, and its identifiers say so; needs a raw key.
    pub sha1: bool,
    /// Bytes that are replaced after signing.
    pub spoil: Vec<Swap>,
    /// The last bit of the signature is flipped.
    pub flip: bool,
    /// Bytes that are left from the front.
    pub cut: Option<usize>,
    /// Bytes after the end, hexadecimal.
    pub trailing: String,
    /// How far back the source still knows certificates that have expired since, from noon: archiveCutoff of OCSP,
    /// expiredCertsOnCRL of lists.
    pub expired_from: Option<String>,
}

/// Settings of the verifier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PolicyKnobs {
    /// `both`: OCSP and the list are both asked.
    pub sources: Option<String>,
    /// `omitted`: no nonce is sent.
    pub nonce: Option<String>,
    /// Checks that are raised to `fail`.
    pub raised: Vec<String>,
}
