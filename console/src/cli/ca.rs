//! `qaqpa ca …`: the options of the authority's commands.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use qaqpa_crypto::KeyKind;

/// `ca …`.
#[derive(Debug, Subcommand)]
pub enum CaCommand {
    /// Issue a certificate: with a new key file, or for a PKCS#10 request.
    Issue(Box<Issue>),
    /// Revoke a certificate, for good.
    #[command(after_help = "Examples:\n  \
        qaqpa ca revoke citizen-7\n  \
        qaqpa ca revoke citizen-7 --reason affiliationChanged\n  \
        qaqpa ca revoke 3f09a1…  (a serial number of `qaqpa ca status`)")]
    Revoke {
        /// Identity id or serial number in hexadecimal.
        certificate: String,
        /// A reason of RFC 5280 §5.3.1.
        #[arg(long, default_value = "keyCompromise")]
        reason: String,
    },
    /// Suspend a certificate (certificateHold).
    Suspend {
        /// Identity id or serial number in hexadecimal.
        certificate: String,
    },
    /// Make a suspended certificate good again.
    Resume {
        /// Identity id or serial number in hexadecimal.
        certificate: String,
    },
    /// The state of one certificate, or of all.
    Status {
        /// Identity id or serial number in hexadecimal.
        certificate: Option<String>,
    },
    /// The ready-made people: what packs there are; issue some.
    People(People),
    /// How to trust the TEST authority in OpenSSL, Java, .NET, Node, Python, curl and browsers, and its certificates in PEM.
    Trust(Trust),
}

/// Options of `ca issue`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    qaqpa ca issue citizen-7 --iin 900101490019 --name \"ТЕСТОВА СЫНАҚ\" --password-file pw --out .\n  \
    qaqpa ca issue head-7 --iin 900101490019 --name \"ТЕСТОВА СЫНАҚ\" --role head \\\n    \
    --bin 990140900014 --organization \"TEST ЖШС\" --key gost-2015 --out head-7.p12\n  \
    qaqpa ca issue login-7 --iin 900101490019 --name \"ТЕСТОВА СЫНАҚ\" --purpose authenticate \\\n    \
    --days 30 --out .\n  \
    qaqpa ca issue mine-7 --iin 900101490019 --name \"ТЕСТОВА СЫНАҚ\" --csr request.pem --out mine-7.pem\n\n\
    With --csr the authority checks that whoever made the request has the key, and takes nothing\n\
    else from it: the subject is what the options say. Without --iin and --name the request's own\n\
    subject is used, if it is one of the national profile.\n\
    The TEST range of IINs has the serial digits 9000 to 9099; for other numbers there is a warning.")]
pub struct Issue {
    /// The new identity's id, e.g. citizen-7; not one of the ready-made.
    pub id: String,
    /// The person's IIN.
    #[arg(long)]
    pub iin: Option<String>,
    /// Surname, given name and patronymic, e.g. "ТЕСТОВ ТЕСТ"; a system's name.
    #[arg(long, required_unless_present = "csr")]
    pub name: Option<String>,
    /// What the holder is.
    #[arg(long, value_enum, default_value_t = RoleChoice::Individual)]
    pub role: RoleChoice,
    /// What the key is for.
    #[arg(long, value_enum, default_value_t = PurposeChoice::Sign)]
    pub purpose: PurposeChoice,
    /// The kind of the new key.
    #[arg(long, value_enum, default_value_t = KeyKindChoice::Rsa, conflicts_with = "csr")]
    pub key: KeyKindChoice,
    /// A PKCS#10 request in PEM or DER: a certificate for the key that you have, and no key file.
    #[arg(long, value_name = "FILE", conflicts_with = "password_file")]
    pub csr: Option<PathBuf>,
    /// The organisation's BIN, for the roles that have one.
    #[arg(long)]
    pub bin: Option<String>,
    /// The organisation's name.
    #[arg(long, requires = "bin")]
    pub organization: Option<String>,
    /// The first moment of validity (RFC 3339 or a date); a day ago by default.
    #[arg(long, value_name = "MOMENT")]
    pub not_before: Option<String>,
    /// The last moment of validity.
    #[arg(long, value_name = "MOMENT", conflicts_with = "days")]
    pub not_after: Option<String>,
    /// Days of validity, at most 3650; a year for people and three for systems by default.
    #[arg(long)]
    pub days: Option<u32>,
    /// Allow numbers with a wrong date or check digit, if the authority allows them (`[nca] test-identities = true`).
    #[arg(long)]
    pub test_identity: bool,
    /// A file with the new key file's password on its first line; without it you are asked.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Where to write the key file (with --csr the certificate and its issuers); a folder: there, named as the national authority names them.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Options of `ca people`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    qaqpa ca people                   what packs there are, who is in them, what a verifier must say\n  \
    qaqpa ca people --pack families   issue parents with children, a guardian with wards\n  \
    qaqpa ca people --pack all        issue everybody\n\n\
    Key files come to DIR/identities, their passwords and relations to DIR/identities/index.json\n\
    and endpoints.json.")]
pub struct People {
    /// Issue this pack, or make anew what of it has run out: families, organisations, keys, states, all.
    #[arg(long, value_name = "NAME")]
    pub pack: Vec<String>,
    /// Only list, also what is not issued yet (without --pack this is what happens).
    #[arg(long, conflicts_with = "pack")]
    pub list: bool,
}

/// Options of `ca trust`.
#[derive(Debug, Args)]
#[command(
    after_help = "The text is a guide in comment lines and the certificates: it can be used as a PEM file as it is.\n\n\
    Examples:\n  \
    qaqpa ca trust                the guide and the certificates\n  \
    qaqpa ca trust --format pem > qaqpa-test.pem\n  \
    qaqpa ca trust --key rsa --format json\n  \
    qaqpa ca trust --out trust    one file a certificate, and README.txt with the guide to them\n  \
    qaqpa ca trust --out trust --format der"
)]
pub struct Trust {
    /// Only the authorities of this kind of key.
    #[arg(long, value_enum)]
    pub key: Option<KeyKindChoice>,
    /// Write the certificates and the guide there.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// A kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeyKindChoice {
    /// RSA-2048.
    Rsa,
    /// GOST 34.10-2015, 512 bits.
    #[value(name = "gost-2015")]
    Gost2015,
    /// GOST 34.310-2004.
    #[value(name = "gost-2004")]
    Gost2004,
    /// ECDSA P-256, for tests.
    Ecdsa,
}

impl KeyKindChoice {
    /// The kind.
    #[must_use]
    pub const fn kind(self) -> KeyKind {
        match self {
            Self::Rsa => KeyKind::Rsa,
            Self::Gost2015 => KeyKind::Gost2015,
            Self::Gost2004 => KeyKind::Gost2004,
            Self::Ecdsa => KeyKind::Ecdsa,
        }
    }
}

/// A role of the national profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleChoice {
    /// A natural person.
    Individual,
    /// A legal entity.
    LegalEntity,
    /// The entity's first head.
    Head,
    /// Has the right to sign for the entity.
    RightToSign,
    /// Has the right to sign financial documents.
    Financial,
    /// Of the personnel department.
    Personnel,
    /// An employee.
    Employee,
    /// An information system.
    InformationSystem,
}

impl RoleChoice {
    /// The role's name on the control port.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::LegalEntity => "legal-entity",
            Self::Head => "head",
            Self::RightToSign => "right-to-sign",
            Self::Financial => "financial",
            Self::Personnel => "personnel",
            Self::Employee => "employee",
            Self::InformationSystem => "information-system",
        }
    }
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PurposeChoice {
    /// Signing documents.
    Sign,
    /// Logging in.
    Authenticate,
}

impl PurposeChoice {
    /// The purpose's name on the control port.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Authenticate => "authenticate",
        }
    }
}
