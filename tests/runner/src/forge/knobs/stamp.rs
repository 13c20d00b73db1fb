//! The knobs of time stamps and of the properties of XAdES.

use serde::Deserialize;

use super::Swap;

/// A time stamp over the signature's value with odd fields; what is not said is as it should be.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct StampKnobs {
    /// The certificate of the authority; `tsa` where nothing is said.
    pub by: Option<String>,
    /// The key that signs, where that is not its certificate's.
    pub key: Option<String>,
    /// genTime, from noon.
    pub at: Option<String>,
    /// What is stamped instead of the signature's value: a text.
    pub about: Option<String>,
    /// The digest of the imprint: `sha256`, `sha384`, `sha512`.
    pub digest: Option<String>,
    /// The OID of the policy.
    pub policy: Option<String>,
    /// The nonce, hexadecimal.
    pub nonce: Option<String>,
    /// How far the true moment may lie from it, in seconds; it does not say where nothing is said.
    pub accuracy_s: Option<u64>,
    /// Whether the authority says that its tokens are in the order of their moments.
    pub ordering: bool,
    /// The certificate whose subject the token names as its authority: nobody where it is empty.
    pub tsa_name: Option<String>,
    /// Certificates in the token; that of the authority where nothing is said.
    pub certificates: Option<Vec<String>>,
    /// The certificate that signingCertificate and signingCertificateV2 name: none of both where it is empty.
    pub named: Option<String>,
    /// What stands in the token's place.
    pub instead: InsteadKnob,
    /// Bytes of the token that are replaced after signing: hexadecimal, of the same length.
    pub spoil: Vec<Swap>,
    /// The last bit of the token's signature is flipped.
    pub flip: bool,
    /// Bytes that are left from the front.
    pub cut: Option<usize>,
    /// Bytes after the end, hexadecimal.
    pub trailing: String,
}

/// What stands in a token's place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InsteadKnob {
    /// The token.
    #[default]
    Token,
    /// The whole response of the authority, with its token.
    Response,
    /// A response: granted, without a token.
    GrantedWithoutToken,
    /// A response: rejected, with failInfo.
    Rejected,
    /// TSTInfo alone, without the CMS around it.
    BareInfo,
}

/// The properties of XAdES, signed with the content; what is not said is as it should be.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PropertiesKnobs {
    /// SigningTime, from noon; noon where nothing is said, none where it is empty.
    pub signing_time: Option<String>,
    /// The certificate that SigningCertificateV2 names: the signer's where nothing is said, none where it is empty.
    pub certificate: Option<String>,
    /// The certificate that IssuerSerialV2 names, where it is there.
    pub issuer_serial: Option<String>,
    /// The digest of the certificate: a short name or a URI.
    pub digest: Option<String>,
    /// What else stands in SignedSignatureProperties.
    pub more: String,
    /// What else stands in UnsignedSignatureProperties, after the stamps.
    pub unsigned: String,
}
