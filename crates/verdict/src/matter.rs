//! What is examined, as bytes: from a file to the subjects of its examinations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_model::Limits;
use qaqpa_x509::Certificate;
use qaqpa_xml::{Document, Element, XmlError, XmlLimits};
use qaqpa_xmldsig::Profile;

use crate::examination::Subject;
use crate::message::SignedMessage;
use crate::signatures::{self, Signatures, is_signature, only_holds, profile_of};
use crate::verdict::SubjectKind;

/// What is examined, as bytes: nothing in it was looked at yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Matter {
    /// A business document; it need not even be XML.
    Document(Vec<u8>),
    /// An envelope whose Body is under a WS-Security signature.
    Transport(Vec<u8>),
    /// A certificate alone.
    Certificate {
        /// The certificate, DER.
        certificate_der: Vec<u8>,
        /// Certificates that came with it, DER.
        pool_der: Vec<Vec<u8>>,
    },
    /// A CMS message; it need not even be one. Every signer of it, and everybody who counter-signed.
    Cms {
        /// The message, DER or BER.
        message: Vec<u8>,
        /// The content, where it came beside the message.
        content: Option<Vec<u8>>,
    },
    /// Every signature of a document at the places of a profile.
    Signatures {
        /// The document; it need not even be XML.
        document: Vec<u8>,
        /// Where its signatures stand, and what they must be about.
        profile: Profile,
    },
}

impl Matter {
    /// Which kind of subject it is.
    #[must_use]
    pub const fn kind(&self) -> SubjectKind {
        match self {
            Self::Cms { .. } => SubjectKind::Cms,
            Self::Signatures { profile, .. } => signatures::kind(*profile),
            Self::Document(_) => SubjectKind::Document,
            Self::Transport(_) => SubjectKind::Transport,
            Self::Certificate { .. } => SubjectKind::Certificate,
        }
    }

    /// Whether each of its signatures has a verdict, with evidence of its own.
    pub(crate) const fn has_several(&self) -> bool {
        matches!(self, Self::Cms { .. } | Self::Signatures { .. })
    }

    /// What a file seems to be, by its bytes alone; whether it is that, its verdict says.
    ///
    /// - DER that begins like a CMS message, PEM (`CMS`, `PKCS7`), or base64 of one: the message, with `content` beside it.
    /// - A certificate, DER, base64 or PEM (`CERTIFICATE`): the certificate alone.
    /// - XML whose root is an `Envelope`: the envelope, its one signature over the Body.
    /// - Other XML: the profile that its signature's references point at ([`profile_of`]); where it has several signatures,
    ///   each of them. But where they are about parts of it only, and what holds these says something itself (text, an
    ///   attribute other than an Id): a document, as whoever reads all of it does, and its verdict says that it is not covered.
    /// - Anything else: a document, which its verdict says is no XML. PEM is one block and nothing before or after it: a file
    ///   with something besides is anything else, and so is a chain of certificates. But before a certificate may stand what
    ///   openssl writes there (RFC 7468 §2).
    ///
    /// `content` is left aside where the file is no message.
    #[must_use]
    pub fn of_file(bytes: Vec<u8>, content: Option<Vec<u8>>, limits: &Limits) -> Self {
        let alone = |certificate_der| Self::Certificate {
            certificate_der,
            pool_der: Vec::new(),
        };
        let der = match encoded(&bytes) {
            Encoded::Certificate(der) => return alone(der),
            Encoded::Message(message) => return Self::Cms { message, content },
            Encoded::Der(der) => Some(der),
            Encoded::Itself if bytes.first() == Some(&SEQUENCE) => Some(bytes.clone()),
            Encoded::Itself => None,
        };
        if let Some(der) = der {
            return match Certificate::from_der(&der) {
                Ok(_) => alone(der),
                Err(_) => Self::Cms {
                    message: der,
                    content,
                },
            };
        }
        let Ok(document) = Document::parse(&bytes, &xml_limits(limits)) else {
            return Self::Document(bytes);
        };
        let profile = profile_of(&document);
        let root = document.root();
        match profile {
            // Whoever reads envelopes takes one signature.
            Profile::Wsse => Self::Transport(bytes),
            Profile::Enveloped if count(root) <= 1 => Self::Document(bytes),
            Profile::ById | Profile::Detached if !only_holds(root) => Self::Document(bytes),
            _ => Self::Signatures {
                document: bytes,
                profile,
            },
        }
    }

    /// The bytes that are read as XML; of other matters none.
    fn xml(&self) -> &[u8] {
        match self {
            Self::Document(bytes)
            | Self::Signatures {
                document: bytes, ..
            }
            | Self::Transport(bytes) => bytes,
            Self::Certificate { .. } | Self::Cms { .. } => &[],
        }
    }

    /// Reads the bytes once, for all of their signatures.
    #[must_use]
    pub fn open(&self, limits: &Limits) -> Opened<'_> {
        Opened {
            matter: self,
            limits: *limits,
            read: match self {
                Self::Certificate { .. } => Read::Nothing,
                Self::Cms { message, content } => {
                    Read::Message(SignedMessage::read(message, content.as_deref(), limits))
                }
                matter => Read::Xml(Document::parse(matter.xml(), &xml_limits(limits))),
            },
        }
    }
}

/// A matter that was read; nothing of it is proven.
#[derive(Debug)]
pub struct Opened<'m> {
    matter: &'m Matter,
    limits: Limits,
    read: Read<'m>,
}

#[derive(Debug)]
enum Read<'m> {
    Message(SignedMessage<'m>),
    Nothing,
    Xml(Result<Document, XmlError>),
}

impl Opened<'_> {
    /// The signatures of the document, found once, where each of them is a subject.
    #[must_use]
    pub fn signatures(&self) -> Option<Signatures<'_>> {
        match (self.matter, &self.read) {
            (Matter::Signatures { profile, .. }, Read::Xml(Ok(document))) => {
                Some(Signatures::find(document, *profile, &self.limits))
            }
            _ => None,
        }
    }

    /// Every subject, in the order of the bytes; at least one. `signatures` are those of [`Self::signatures`].
    #[must_use]
    pub fn subjects<'s>(&'s self, signatures: Option<&'s Signatures<'s>>) -> Vec<Subject<'s>> {
        let kind = self.matter.kind();
        match (self.matter, &self.read, signatures) {
            (_, Read::Message(message), _) => message.subjects().collect(),
            (matter, Read::Xml(Err(error)), _) => vec![Subject::NotXml {
                kind,
                bytes: matter.xml(),
                error,
            }],
            (Matter::Signatures { .. }, _, Some(signatures)) => signatures.subjects().collect(),
            (Matter::Transport(_), Read::Xml(Ok(document)), _) => {
                vec![Subject::Transport(document)]
            }
            (_, Read::Xml(Ok(document)), _) => vec![Subject::Document(document)],
            (matter, Read::Nothing, _) => match matter {
                Matter::Certificate {
                    certificate_der,
                    pool_der,
                } => vec![Subject::Certificate {
                    certificate_der,
                    pool_der,
                }],
                _ => Vec::new(),
            },
        }
    }
}

/// The first octet of a SEQUENCE: of a message, and of a certificate.
const SEQUENCE: u8 = 0x30;

enum Encoded {
    /// PEM that says that these are a certificate.
    Certificate(Vec<u8>),
    /// Base64 for these octets, which does not say what they are.
    Der(Vec<u8>),
    /// PEM that says that these are a message.
    Message(Vec<u8>),
    /// No such text.
    Itself,
}

/// PEM of a message or a certificate, or base64 of what begins as they do: that alone, and nothing else but white space.
fn encoded(bytes: &[u8]) -> Encoded {
    let bytes = without_explanation(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Encoded::Itself;
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    let block = |label: &str| {
        let body = text.strip_prefix(&format!("-----BEGIN {label}-----"))?;
        decoded(body.strip_suffix(&format!("-----END {label}-----"))?)
    };
    block(PEM_CERTIFICATE)
        .map(Encoded::Certificate)
        .or_else(|| {
            let messages = PEM_MESSAGES.iter();
            messages.copied().find_map(block).map(Encoded::Message)
        })
        .or_else(|| decoded(text).map(Encoded::Der))
        .unwrap_or(Encoded::Itself)
}

/// The bytes from the line at which a certificate begins, where nothing stands before it but what openssl writes there: a text
/// that somebody else wrote is something that somebody may read, and then the file is not a certificate alone.
fn without_explanation(bytes: &[u8]) -> &[u8] {
    const EXPLANATION_BYTES_MAX: usize = 16 * 1024;
    let begin = format!("-----BEGIN {PEM_CERTIFICATE}-----");
    let head = &bytes[..bytes.len().min(EXPLANATION_BYTES_MAX)];
    let place = head
        .windows(begin.len())
        .position(|window| window == begin.as_bytes());
    match place.map(|place| bytes.split_at(place)) {
        Some((before, block)) if before.split(|b| *b == b'\n').all(is_explanation) => block,
        _ => bytes,
    }
}

/// A line as `openssl pkcs12` and `openssl x509 -text` write it before a certificate.
fn is_explanation(line: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 5] = [
        b" ",
        b"Bag Attributes",
        b"Certificate:",
        b"issuer=",
        b"subject=",
    ];
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let is_markup = line.iter().any(|b| matches!(b, b'<' | b'{'));
    line.is_empty() || !is_markup && BEGINNINGS.iter().any(|known| line.starts_with(known))
}

/// Base64 on any number of lines. The lines of PEM are none: a second block is no part of the first.
fn decoded(base64: &str) -> Option<Vec<u8>> {
    let base64: Vec<u8> = base64
        .bytes()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    let der = STANDARD.decode(base64).ok()?;
    (der.first() == Some(&SEQUENCE)).then_some(der)
}

/// RFC 7468 §5.
const PEM_CERTIFICATE: &str = "CERTIFICATE";
/// RFC 7468 §8, §9; the label that older tools write last.
const PEM_MESSAGES: [&str; 3] = ["PKCS7", "CMS", "PKCS #7 SIGNED DATA"];

/// The signatures in an element, wherever below it they stand.
fn count(root: Element<'_>) -> usize {
    root.descendants()
        .filter(|element| is_signature(*element))
        .count()
}

/// The XML reader's limits, of the simulator's.
const fn xml_limits(limits: &Limits) -> XmlLimits {
    XmlLimits {
        bytes_max: limits.body_bytes_max,
        depth_max: limits.xml_depth_max,
        elements_max: limits.xml_elements_max,
        attributes_max: limits.xml_attributes_max,
    }
}
