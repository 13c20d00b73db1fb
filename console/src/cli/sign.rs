//! The options of `qaqpa sign`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Options of `sign`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Sign {
    /// The document: XML, or any bytes for cms. `-` reads standard input. The signed document goes to standard output.
    pub file: PathBuf,
    /// The key file (PKCS#12).
    #[arg(long, value_name = "P12")]
    pub key: PathBuf,
    /// A file with the key's password on its first line; without it you are asked.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// The key of that name, where the key file has several.
    #[arg(long, value_name = "NAME")]
    pub alias: Option<String>,
    /// The kind of signature.
    #[arg(long, value_enum, default_value_t = SignProfile::Enveloped)]
    pub profile: SignProfile,
    /// The Id of the element that is signed (by-id: the root's by default; xades: the whole document by default).
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Let other signatures stand beside this one: leave all of them out of what is signed.
    #[arg(long)]
    pub co_sign: bool,
    /// How a transport signature shows its certificate.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = KeyInfoForm::KeyIdentifier)]
    pub key_info: KeyInfoForm,
    /// Write a CMS signature without the content, which is then kept beside it.
    #[arg(long)]
    pub without_content: bool,
    /// Add a time stamp of the running simulator's authority (cms and xades: level B-T).
    #[arg(long)]
    pub timestamp: bool,
    /// Ask this address for the time stamp instead.
    #[arg(long, value_name = "URL", requires = "timestamp")]
    pub tsp: Option<String>,
}

const EXAMPLES: &str = "Examples, with the simulator's own identities (passwords stand in DIR/endpoints.json):\n  \
    qaqpa sign a.xml --key citizen.p12 --password-file pw > signed.xml            as the portal signs\n  \
    qaqpa sign signed.xml --key officer.p12 --password-file pw --co-sign          beside another\n  \
    qaqpa sign env.xml --key system.p12 --password-file pw --profile wsse         as a system sends\n  \
    qaqpa sign a.xml --key citizen.p12 --password-file pw --profile xades --timestamp\n  \
    qaqpa sign a.pdf --key citizen.p12 --password-file pw --profile cms --without-content > a.p7s\n\n\
    Both signatures of one document are made with --co-sign.\n\n\
    What each kind covers: enveloped the whole document; by-id the root, or the only element in it;\n\
    detached every child of the root by its Id; wsse the Body of a SOAP envelope; cms the bytes;\n\
    xades what enveloped (or --id) covers, and when and by which certificate it was signed.\n\
    `qaqpa verify` shows what a signature covers.";

/// The kinds of signature that `sign` makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SignProfile {
    /// Enveloped XMLDSig over the whole document (business data).
    Enveloped,
    /// XMLDSig over the root, or the only element in it, by its Id.
    ById,
    /// XMLDSig beside the elements that it is about: every child of the root, by its Id.
    Detached,
    /// WS-Security over the Body of a SOAP envelope (transport).
    Wsse,
    /// CMS over any bytes (RFC 5652), in DER.
    Cms,
    /// Enveloped XMLDSig with the properties of XAdES-B-B (ETSI EN 319 132-1).
    Xades,
}

/// How a transport signature shows its certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeyInfoForm {
    /// The certificate in a token before the signature.
    BinarySecurityToken,
    /// The name of its issuer and its number.
    IssuerSerial,
    /// The whole certificate in the signature.
    KeyIdentifier,
    /// Its SHA-1 thumbprint.
    Thumbprint,
}
