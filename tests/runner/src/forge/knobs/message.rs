//! The knobs of CMS messages.

use serde::Deserialize;

use super::{StampKnobs, Swap};

/// A CMS message with odd fields; what is not said is as it should be: attached data, one signer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MessageKnobs {
    /// The content that is signed; the application where nothing is said.
    pub content: Option<String>,
    /// Whether the content stands beside the message.
    pub detached: bool,
    /// The content that is handed over: in the message, or beside it. The signed one where nothing is said.
    pub shown: Option<String>,
    /// Whether a content is handed over beside a message that has one.
    pub both: bool,
    /// The content of a detached message is not handed over.
    pub withheld: bool,
    /// eContentType: an OID; id-data where nothing is said.
    pub content_type: Option<String>,
    /// The certificates in the message; those of the signers where nothing is said.
    pub certificates: Option<Vec<String>>,
    /// Who signs; one person where nothing is said.
    pub signers: Option<Vec<SignerKnobs>>,
    /// The version of SignedData.
    pub version: Option<u8>,
    /// Lengths and octets.
    pub form: FormKnob,
    /// Bytes that are replaced after signing: hexadecimal, of the same length.
    pub spoil: Vec<Swap>,
    /// Bytes that are left from the front.
    pub cut: Option<usize>,
    /// Bytes after the end, hexadecimal.
    pub trailing: String,
}

/// How a message is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormKnob {
    /// DER.
    #[default]
    Der,
    /// BER: the outer lengths indefinite, the content in pieces.
    Ber,
    /// BER whose end is missing.
    BerWithoutEnd,
    /// PEM.
    Pem,
    /// base64 alone.
    Base64,
}

/// A signer of a message.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignerKnobs {
    /// The signer's certificate; `person` where nothing is said.
    pub by: Option<String>,
    /// The key that signs, where that is not its certificate's.
    pub key: Option<String>,
    /// The certificate that issuer and serial number name, where that is another.
    pub named: Option<String>,
    /// The digest that SignerInfo names: `sha1`, `sha256`, …, or an OID; that of the key where nothing is said.
    pub digest: Option<String>,
    /// The OID of the signature's algorithm, where it is not the key's.
    pub method: Option<String>,
    /// How the value is really made.
    pub made: ValueKnob,
    /// The attribute messageDigest.
    pub message_digest: DigestKnob,
    /// The attribute contentType: an OID; none where it is empty.
    pub content_type: Option<String>,
    /// The attribute signingTime, from noon; none where it is empty.
    pub signing_time: Option<String>,
    /// The certificate that signingCertificateV2 names; none where it is empty.
    pub signing_certificate: Option<String>,
    /// The order of the signed attributes is not DER's.
    pub disordered: bool,
    /// Further signed attributes.
    pub signed: Vec<AttributeKnob>,
    /// Unsigned attributes.
    pub unsigned: Vec<AttributeKnob>,
    /// Time stamps over the value.
    pub stamps: Vec<StampKnobs>,
    /// Counter-signers of the value.
    pub counter_signers: Vec<SignerKnobs>,
    /// Bytes of the signed attributes that are replaced after signing.
    pub spoil: Vec<Swap>,
}

/// How the value of a signer is really made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueKnob {
    /// Over the signed attributes, as a SET OF.
    #[default]
    ByTheBook,
    /// Over the content, and no signed attributes stand there.
    OverContent,
    /// Over the signed attributes with the tag that they have in the message.
    OverTheTag,
    /// The last bit flipped.
    Flipped,
    /// Zeros of the right length.
    Zeros,
    /// Nothing at all.
    Empty,
    /// HMAC-SHA256 with the public key as the secret.
    Hmac,
}

/// The attribute messageDigest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DigestKnob {
    /// Of the content.
    #[default]
    Right,
    /// Absent.
    None,
    /// Of nothing.
    OfNothing,
    /// Of something else.
    Wrong,
    /// Twice: as two attributes.
    TwoAttributes,
    /// Twice: as two values of one.
    TwoValues,
}

/// An attribute as it is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeKnob {
    /// Its OID.
    pub oid: String,
    /// Its one value in DER, hexadecimal.
    pub der: String,
}
