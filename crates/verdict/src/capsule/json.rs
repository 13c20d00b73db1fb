//! The serialized shape of a capsule (docs/schema/capsule.schema.json). Stored by others: the format has a version.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_model::{Bin, Iin, Limits, Moment};
use qaqpa_x509::{Certificate, TrustAnchors};
use qaqpa_xmldsig::Profile;
use serde::{Deserialize, Serialize};

use super::{CAPSULE_BYTES_MAX, Capsule, CapsuleError, LIMITS_TIMES_MAX};
use crate::border;
use crate::dossier::{Dossier, Fed, KEPT_BYTES_MAX, KeptQuestion};
use crate::examination::Known;
use crate::list::List;
use crate::matter::Matter;
use crate::need::Attempt;
use crate::policy::Policy;

const FORMAT: &str = "qaqpa-capsule/1";

// `deserialize_with` makes an absent field an error: serde alone takes it for null.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    format: String,
    subject: Subject,
    trust: Vec<String>,
    pool: Vec<String>,
    #[serde(with = "border::moment")]
    at: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    policy: Option<String>,
    limits: Bounds,
    #[serde(deserialize_with = "Option::deserialize")]
    submitter: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organisation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<Vec<Evidence>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signatures: Option<Vec<Signature>>,
}

/// What belongs to one of several signatures.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    seed: String,
    path: Vec<String>,
    evidence: Vec<Evidence>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum Subject {
    Certificate {
        content: String,
        companions: Vec<String>,
    },
    Cms {
        message: String,
        #[serde(deserialize_with = "Option::deserialize")]
        content: Option<String>,
    },
    Document {
        content: String,
    },
    Signatures {
        content: String,
        profile: Place,
    },
    Transport {
        content: String,
    },
}

/// Where signatures stand.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Place {
    ById,
    Detached,
    Enveloped,
    Wsse,
}

/// The limits that a verdict hangs on, in their units (`qaqpa_model::Limits`).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounds {
    body_bytes_max: usize,
    xml_depth_max: usize,
    xml_elements_max: usize,
    xml_attributes_max: usize,
    references_max: usize,
    transforms_max: usize,
    path_certificates_max: usize,
    #[serde(default = "attachment_bytes_max")]
    attachment_bytes_max: usize,
    #[serde(default = "attachments_max")]
    attachments_max: usize,
}

/// Of capsules of before, which do not say it: what everybody's was.
const fn attachment_bytes_max() -> usize {
    2 * 1024 * 1024
}

/// The same.
const fn attachments_max() -> usize {
    16
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    need: u16,
    #[serde(with = "border::moment")]
    received: Moment,
    #[serde(deserialize_with = "Option::deserialize")]
    bytes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    question: Option<KeptQuestion>,
    #[serde(deserialize_with = "Option::deserialize")]
    unavailable: Option<String>,
    attempts: Vec<Attempt>,
}

pub(super) fn write(capsule: &Capsule) -> String {
    let anchors = &capsule.known.anchors;
    let ders = |certificates: &[Certificate]| {
        certificates
            .iter()
            .map(|certificate| STANDARD.encode(certificate.der()))
            .collect::<Vec<_>>()
    };
    let evidence = |dossier: &Dossier| {
        let fed = dossier.fed.iter();
        fed.map(|fed| Evidence::of(fed, &capsule.lists))
            .collect::<Vec<_>>()
    };
    let several = capsule.matter.has_several();
    let mut trust = ders(anchors.roots());
    trust.extend(ders(anchors.intermediates()));
    let json = Json {
        format: FORMAT.to_owned(),
        subject: match &capsule.matter {
            Matter::Certificate {
                certificate_der,
                pool_der,
            } => Subject::Certificate {
                content: STANDARD.encode(certificate_der),
                companions: pool_der.iter().map(|der| STANDARD.encode(der)).collect(),
            },
            Matter::Cms { message, content } => Subject::Cms {
                message: STANDARD.encode(message),
                content: content.as_ref().map(|bytes| STANDARD.encode(bytes)),
            },
            Matter::Document(bytes) => Subject::Document {
                content: STANDARD.encode(bytes),
            },
            Matter::Signatures { document, profile } => Subject::Signatures {
                content: STANDARD.encode(document),
                profile: Place::of(*profile),
            },
            Matter::Transport(bytes) => Subject::Transport {
                content: STANDARD.encode(bytes),
            },
        },
        trust,
        pool: ders(&capsule.known.pool),
        at: capsule.at,
        seed: (!several).then(|| capsule.dossiers[0].seed.clone()),
        policy: (capsule.policy != Policy::default()).then(|| capsule.policy.to_toml()),
        limits: Bounds::of(&capsule.limits),
        submitter: capsule.submitter.map(|iin| iin.reveal()),
        organisation: capsule.organisation.map(|bin| bin.reveal()),
        evidence: (!several).then(|| evidence(&capsule.dossiers[0])),
        signatures: several.then(|| {
            let signature = |dossier: &Dossier| Signature {
                seed: dossier.seed.clone(),
                path: dossier
                    .path_der()
                    .iter()
                    .map(|der| STANDARD.encode(der))
                    .collect(),
                evidence: evidence(dossier),
            };
            capsule.dossiers.iter().map(signature).collect()
        }),
    };
    let mut text = serde_json::to_string_pretty(&json)
        .expect("a capsule has only strings, numbers and lists, and no map with other keys");
    text.push('\n');
    text
}

pub(super) fn parse(bytes: &[u8]) -> Result<Capsule, CapsuleError> {
    if bytes.len() > CAPSULE_BYTES_MAX {
        return Err(CapsuleError::TooLong {
            max: CAPSULE_BYTES_MAX,
        });
    }
    let json: Json = serde_json::from_slice(bytes).map_err(|error| CapsuleError::Shape {
        why: error.to_string(),
    })?;
    if json.format != FORMAT {
        return Err(field(
            "format",
            format!("{:?} is not {FORMAT:?}", json.format),
        ));
    }
    let matter = json.subject.matter()?;
    let mut lists = Vec::new();
    let dossiers = match (
        matter.has_several(),
        json.seed,
        json.evidence,
        json.signatures,
    ) {
        (false, Some(seed), Some(evidence), None) => {
            let of_one = Signature {
                seed,
                path: Vec::new(),
                evidence,
            };
            vec![of_one.dossier("", &mut lists)?]
        }
        (true, None, None, Some(signatures)) if !signatures.is_empty() => signatures
            .into_iter()
            .enumerate()
            .map(|(index, signature)| {
                signature.dossier(&format!("signatures[{index}]."), &mut lists)
            })
            .collect::<Result<_, _>>()?,
        (several, ..) => {
            let why = match several {
                true => {
                    "a subject of several signatures has seed, path and evidence for each, and at least for one"
                }
                false => "a subject of one verdict has seed and evidence, and no signatures",
            };
            return Err(field("signatures", why));
        }
    };
    Ok(Capsule {
        matter,
        known: Known {
            anchors: TrustAnchors::new(certificates("trust", &json.trust)?),
            pool: certificates("pool", &json.pool)?,
        },
        policy: match &json.policy {
            None => Policy::default(),
            Some(text) => {
                Policy::parse(text).map_err(|error| field("policy", error.to_string()))?
            }
        },
        limits: json.limits.limits()?,
        at: json.at,
        submitter: match &json.submitter {
            None => None,
            Some(text) => {
                Some(Iin::parse(text).map_err(|error| field("submitter", error.to_string()))?)
            }
        },
        organisation: match &json.organisation {
            None => None,
            Some(text) => {
                Some(Bin::parse(text).map_err(|error| field("organisation", error.to_string()))?)
            }
        },
        dossiers,
        lists,
    })
}

impl Signature {
    fn dossier(self, at: &str, lists: &mut Vec<List>) -> Result<Dossier, CapsuleError> {
        let path = self.path.iter().enumerate().map(|(index, text)| {
            let der = decoded(&format!("{at}path[{index}]"), text)?;
            Ok(border::hex(&der))
        });
        let path = path.collect::<Result<_, CapsuleError>>()?;
        let evidence = self.evidence.into_iter().enumerate();
        let fed = evidence.map(|(index, evidence)| evidence.fed(at, index, lists));
        let dossier = Dossier {
            seed: self.seed,
            path,
            fed: fed.collect::<Result<_, _>>()?,
        };
        if dossier.seed_bytes().is_none() {
            return Err(field(&format!("{at}seed"), "not 32 bytes in hexadecimal"));
        }
        Ok(dossier)
    }
}

impl Place {
    const fn of(profile: Profile) -> Self {
        match profile {
            Profile::ById => Self::ById,
            Profile::Detached => Self::Detached,
            Profile::Enveloped => Self::Enveloped,
            Profile::Wsse => Self::Wsse,
        }
    }

    const fn profile(self) -> Profile {
        match self {
            Self::ById => Profile::ById,
            Self::Detached => Profile::Detached,
            Self::Enveloped => Profile::Enveloped,
            Self::Wsse => Profile::Wsse,
        }
    }
}

impl Subject {
    fn matter(&self) -> Result<Matter, CapsuleError> {
        Ok(match self {
            Self::Certificate {
                content,
                companions,
            } => Matter::Certificate {
                certificate_der: decoded("subject.content", content)?,
                pool_der: companions
                    .iter()
                    .enumerate()
                    .map(|(index, text)| decoded(&format!("subject.companions[{index}]"), text))
                    .collect::<Result<_, _>>()?,
            },
            Self::Cms { message, content } => Matter::Cms {
                message: decoded("subject.message", message)?,
                content: content
                    .as_ref()
                    .map(|content| decoded("subject.content", content))
                    .transpose()?,
            },
            Self::Signatures { content, profile } => Matter::Signatures {
                document: decoded("subject.content", content)?,
                profile: profile.profile(),
            },
            Self::Document { content } => Matter::Document(decoded("subject.content", content)?),
            Self::Transport { content } => Matter::Transport(decoded("subject.content", content)?),
        })
    }
}

impl Bounds {
    const fn of(limits: &Limits) -> Self {
        Self {
            body_bytes_max: limits.body_bytes_max,
            xml_depth_max: limits.xml_depth_max,
            xml_elements_max: limits.xml_elements_max,
            xml_attributes_max: limits.xml_attributes_max,
            references_max: limits.references_max,
            transforms_max: limits.transforms_max,
            path_certificates_max: limits.path_certificates_max,
            attachment_bytes_max: limits.attachment_bytes_max,
            attachments_max: limits.attachments_max,
        }
    }

    /// The limits, none of them so far above the simulator's own that a capsule could wear out its reader.
    fn limits(&self) -> Result<Limits, CapsuleError> {
        let own = Self::of(&Limits::default());
        for (name, value, own) in [
            ("body_bytes_max", self.body_bytes_max, own.body_bytes_max),
            ("xml_depth_max", self.xml_depth_max, own.xml_depth_max),
            (
                "xml_elements_max",
                self.xml_elements_max,
                own.xml_elements_max,
            ),
            (
                "xml_attributes_max",
                self.xml_attributes_max,
                own.xml_attributes_max,
            ),
            ("references_max", self.references_max, own.references_max),
            ("transforms_max", self.transforms_max, own.transforms_max),
            (
                "path_certificates_max",
                self.path_certificates_max,
                own.path_certificates_max,
            ),
            // An attachment is a part of the request, whose own limit is the one that wears nobody out.
            (
                "attachment_bytes_max",
                self.attachment_bytes_max,
                own.body_bytes_max,
            ),
            ("attachments_max", self.attachments_max, own.attachments_max),
        ] {
            let max = own.saturating_mul(LIMITS_TIMES_MAX);
            if value > max {
                return Err(field(
                    &format!("limits.{name}"),
                    format!("{value} is more than {max}"),
                ));
            }
        }
        Ok(Limits {
            body_bytes_max: self.body_bytes_max,
            xml_depth_max: self.xml_depth_max,
            xml_elements_max: self.xml_elements_max,
            xml_attributes_max: self.xml_attributes_max,
            references_max: self.references_max,
            transforms_max: self.transforms_max,
            path_certificates_max: self.path_certificates_max,
            attachment_bytes_max: self.attachment_bytes_max,
            attachments_max: self.attachments_max,
            ..Limits::default()
        })
    }
}

impl Evidence {
    fn of(fed: &Fed, lists: &[List]) -> Self {
        let shelved = |sha256: &String| lists.iter().find(|list| list.sha256_hex() == *sha256);
        let bytes = match &fed.shelved {
            Some(sha256) => shelved(sha256).map(|list| list.der().to_vec()),
            None => fed.bytes.as_deref().and_then(border::unhex),
        };
        Self {
            need: fed.need,
            received: fed.received,
            bytes: bytes.map(|bytes| STANDARD.encode(bytes)),
            question: fed.question.clone(),
            unavailable: fed.unavailable.clone(),
            attempts: fed.attempts.clone(),
        }
    }

    fn fed(self, at: &str, index: usize, lists: &mut Vec<List>) -> Result<Fed, CapsuleError> {
        let bytes = match &self.bytes {
            None => None,
            Some(text) => Some(decoded(&format!("{at}evidence[{index}].bytes"), text)?),
        };
        let list = bytes
            .as_ref()
            .filter(|bytes| bytes.len() > KEPT_BYTES_MAX)
            .and_then(|bytes| List::read(bytes).ok());
        let bytes = match &list {
            None => bytes.map(|bytes| border::hex(&bytes)),
            Some(_) => None,
        };
        let shelved = list.as_ref().map(List::sha256_hex);
        lists.extend(list);
        Ok(Fed {
            shelved,
            need: self.need,
            received: self.received,
            bytes,
            question: self.question,
            unavailable: self.unavailable,
            attempts: self.attempts,
        })
    }
}

fn certificates(name: &str, texts: &[String]) -> Result<Vec<Certificate>, CapsuleError> {
    texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let name = format!("{name}[{index}]");
            let der = decoded(&name, text)?;
            Certificate::from_der(&der).map_err(|error| field(&name, error.to_string()))
        })
        .collect()
}

fn decoded(name: &str, text: &str) -> Result<Vec<u8>, CapsuleError> {
    STANDARD
        .decode(text)
        .map_err(|error| field(name, format!("not base64: {error}")))
}

fn field(name: &str, why: impl Into<String>) -> CapsuleError {
    CapsuleError::Field {
        field: name.to_owned(),
        why: why.into(),
    }
}
