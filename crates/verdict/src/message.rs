//! CMS messages: taken apart once, and each of their signatures read for its examination.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_ades::cms::{self, CmsError, CounterSigner, SaidAttributes, Signer, SigningCertificate};
use qaqpa_crypto::SignatureAlgorithm;
use qaqpa_model::{Limits, Moment};
use qaqpa_x509::Certificate;

use crate::border;
use crate::cause::Cause;
use crate::checks::Note;
use crate::checks::message::{cause, passed};
use crate::diagnosis::{self, DiagnosisView};
use crate::examination::{Known, Subject};
use crate::laboratory;
use crate::policy::Policy;
use crate::proven::Proof;
use crate::rules::Rule;
use crate::signature::{Read, answers, idle, unidentified};
use crate::stamps::{Claims, Token};
use crate::verdict::{CheckId, ReferenceView, ScopeView};

/// A signed CMS message (RFC 5652), or bytes that should have been one, with the content where that came beside it.
///
/// Taking it apart proves nothing. Each signer, and each counter-signer of one, is a subject of its own.
#[derive(Debug)]
pub struct SignedMessage<'d> {
    found: Result<cms::Found<'d>, CmsError>,
    /// Whether the bytes are a file of keys, which somebody took for the message.
    is_key: bool,
    places: Vec<Place>,
}

/// Whose signature one is.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The signer's place in the message.
    signer: usize,
    /// Where it is somebody's who counter-signed that signer's.
    counter: Option<Counter>,
}

#[derive(Clone, Copy, Debug)]
struct Counter {
    /// The place among those who counter-signed.
    nth: usize,
    /// The place of the subject whose value is counter-signed.
    of: usize,
}

/// More of a message than its content: attributes, certificates, time stamps.
const OVERHEAD_BYTES_MAX: usize = 1024 * 1024;

impl<'d> SignedMessage<'d> {
    /// Takes a message apart. `content` is what came beside it: the very octets that the recipient reads, which a message with a
    /// content of its own must not have (two contents are a doubt about which one is read).
    #[must_use]
    pub fn read(message: &[u8], content: Option<&'d [u8]>, limits: &Limits) -> Self {
        let bounds = cms::Bounds {
            bytes_max: limits.body_bytes_max.saturating_add(OVERHEAD_BYTES_MAX),
            ..cms::Bounds::default()
        };
        let max = limits.body_bytes_max;
        let found = match content {
            Some(content) if content.len() > max => Err(CmsError::TooMany {
                what: "bytes of the content",
                max,
            }),
            _ => cms::read(message, content, &bounds),
        };
        let mut places = Vec::new();
        for (signer, found) in found.iter().flat_map(cms::Found::signers).enumerate() {
            let of = places.len();
            let place = |counter| Place { signer, counter };
            places.push(place(None));
            // Those that cannot be read make the signer's own part malformed, which its verdict says.
            let counters = found.counter_signers().map_or(0, |counters| counters.len());
            places.extend((0..counters).map(|nth| place(Some(Counter { nth, of }))));
        }
        if places.is_empty() {
            places.push(Place {
                signer: 0,
                counter: None,
            });
        }
        Self {
            is_key: found.is_err() && is_key(message),
            found,
            places,
        }
    }

    /// Each signature as a subject, in the order of the message, every counter-signature after what it counter-signs; at least
    /// one, whose verdict says why where there is none.
    pub fn subjects(&self) -> impl ExactSizeIterator<Item = Subject<'_>> {
        (0..self.places.len()).map(|place| Subject::Cms {
            message: self,
            place,
        })
    }
}

impl SignedMessage<'_> {
    /// Finds out about the digest of one of the signatures, by its place among [`Self::subjects`], where it is not that of the
    /// content; `None` where it is, and of a counter-signature, which is not about the content.
    ///
    /// The search digests the content twice: not for an examination under load.
    #[must_use]
    pub fn diagnose(&self, place: usize) -> Option<DiagnosisView> {
        let found = self.found.as_ref().ok()?;
        let place = self
            .places
            .get(place)
            .filter(|place| place.counter.is_none())?;
        let signer = found.signers().nth(place.signer)?;
        let claimed = signer.said().ok()?.digest;
        if signer.content_digest().ok()? == claimed {
            return None;
        }
        let algorithm = signer.algorithm().ok()?.digest();
        let content = found.unproven_content();
        Some(diagnosis::of_content(content, &claimed, algorithm))
    }
}

/// Reads one of the signatures and asks the first four questions of it.
pub(crate) fn read<'d>(
    message: &'d SignedMessage<'_>,
    place: usize,
    known: &Known,
    policy: &Policy,
) -> Read<'d> {
    let found = match &message.found {
        Ok(found) => found,
        Err(_) if message.is_key => {
            let why = "a file of keys, and no signed message";
            return refused(Cause::MessageIsKey, why.to_owned());
        }
        Err(error) => return refused(cause(error), error.to_string()),
    };
    let parts = message.places.get(place).ok_or(CmsError::SignersMissing);
    let parts = parts.and_then(|place| Parts::of(found, *place));
    match parts {
        Ok(parts) => parts.read(found, known, policy),
        Err(error) => refused(cause(&error), error.to_string()),
    }
}

fn refused<'d>(cause: Cause, why: String) -> Read<'d> {
    Read::only(answers(Some((cause, why)), |id| {
        passed(id, "", "the content")
    }))
}

/// Whether DER begins as a file of keys does: a SEQUENCE whose first part is a version, 3 of PFX (RFC 7292 §4), 0 or 1 of a private
/// key (RFC 5958 §2). In a message an object identifier stands there.
fn is_key(der: &[u8]) -> bool {
    let content = match der {
        [0x30, length, rest @ ..] if *length <= 0x80 => rest,
        [0x30, length, rest @ ..] => rest.get(usize::from(length & 0x7f)..).unwrap_or_default(),
        _ => return false,
    };
    matches!(content, [0x02, 0x01, 0 | 1 | 3, ..])
}

/// What is read of one signature before its certificate is known.
struct Parts<'d> {
    who: Who<'d>,
    algorithm: SignatureAlgorithm,
    value: &'d [u8],
    stamps: Vec<&'d [u8]>,
}

enum Who<'d> {
    Signer(Signer<'d>),
    Counter(CounterSigner<'d>, usize),
}

impl<'d> Parts<'d> {
    fn of(found: &'d cms::Found<'_>, place: Place) -> Result<Self, CmsError> {
        let mut signers = found.signers();
        let signer = signers.nth(place.signer).ok_or(CmsError::SignersMissing)?;
        let counters = signer.counter_signers()?;
        let Some(Counter { nth, of }) = place.counter else {
            return Ok(Self {
                algorithm: signer.algorithm()?,
                value: signer.signature_value()?,
                stamps: signer.timestamps()?,
                who: Who::Signer(signer),
            });
        };
        let mut counters = counters.into_iter();
        let counter = counters.nth(nth).ok_or(CmsError::SignersMissing)?;
        Ok(Self {
            algorithm: counter.algorithm()?,
            value: counter.signature_value(),
            stamps: counter.timestamps()?,
            who: Who::Counter(counter, of),
        })
    }

    fn read(self, found: &'d cms::Found<'_>, known: &Known, policy: &Policy) -> Read<'d> {
        let algorithm = format!("urn:oid:{}", self.algorithm.oid());
        let said = self.said();
        let mut scope = self.scope(found, said.as_ref());
        let candidate = match &self.who {
            Who::Signer(signer) => signer.certificate(&known.pool),
            Who::Counter(counter, _) => counter.certificate(&known.pool),
        };
        let Some(certificate) = candidate.cloned() else {
            let why = "neither the message nor what is known here has the certificate that the signer is identified by";
            return Read {
                scope: Some(scope),
                ..Read::only(unidentified(Cause::CertificateNotAtHand, why.to_owned()))
            };
        };
        let about = scope.references[0].target.clone();
        let mut read = Read::only(Vec::new());
        match self.prove(&certificate, policy) {
            Ok((_, _, None)) if !policy.tolerates(Rule::SigningCertificateStated) => {
                let failed = (Cause::CertificateUnstated, UNSTATED.to_owned());
                read.findings = answers(Some(failed), |id| passed(id, &algorithm, &about));
            }
            Ok((proof, signing_time, named)) => {
                read.findings = answers(None, |id| passed(id, &algorithm, &about));
                if let (None, Some(structure)) = (named, read.findings.first_mut()) {
                    structure.notes.push(unstated());
                }
                scope.covered = Some(about);
                scope.position = Some(where_of(&self.who, found).to_owned());
                read.claims = self.claims(signing_time);
                read.covered = Some((proof, qaqpa_crypto::sha256(self.value)));
            }
            Err(error) => {
                let cause = match (&self.who, cause(&error)) {
                    (Who::Signer(_), Cause::ContentChanged) if found.is_detached() => {
                        Cause::ContentOther
                    }
                    (_, cause) => cause,
                };
                let why = match (&self.who, cause, &said) {
                    (
                        Who::Signer(signer),
                        Cause::ContentChanged | Cause::ContentOther,
                        Some(said),
                    ) => differs(&error, said, *signer),
                    _ => error.to_string(),
                };
                read.findings = answers(Some((cause, why)), |id| passed(id, &algorithm, &about));
            }
        }
        let unsaid = |is_there: fn(&SaidAttributes) -> bool| !said.as_ref().is_some_and(is_there);
        if unsaid(|said| said.name_algorithms) {
            let rules = [Rule::AlgorithmProtection];
            idle(&mut read.findings, CheckId::Structure, rules);
        }
        if unsaid(|said| said.name_certificate) {
            let rules = [Rule::SigningCertificateNamed];
            idle(&mut read.findings, CheckId::Structure, rules);
        }
        if let Who::Counter(..) = self.who {
            // What it is about is the value of another signature, which is in the message.
            idle(&mut read.findings, CheckId::Scope, [Rule::ContentGiven]);
        }
        read.scope = Some(scope);
        // Whoever changes the message on its way can add certificates: they are material for the path, and the search is bounded.
        let others = found.certificates().iter();
        read.companions = others
            .filter(|other| **other != certificate)
            .cloned()
            .collect();
        read.signer = Some(certificate);
        read
    }

    fn prove(
        &self,
        certificate: &Certificate,
        policy: &Policy,
    ) -> Result<(Proof<'d>, Option<Moment>, Option<SigningCertificate>), CmsError> {
        Ok(match &self.who {
            Who::Signer(signer) => {
                let content = laboratory::cover_content(signer, certificate, policy)?;
                let (time, named) = (content.signing_time(), content.names_certificate());
                (Proof::Content(content), time, named)
            }
            Who::Counter(counter, _) => {
                let value = counter.cover(certificate)?;
                (
                    Proof::Value,
                    value.signing_time(),
                    value.names_certificate(),
                )
            }
        })
    }

    fn said(&self) -> Option<SaidAttributes> {
        match &self.who {
            Who::Signer(signer) => signer.said().ok(),
            Who::Counter(counter, _) => counter.said().ok(),
        }
    }

    /// RFC 3161, appendix A: "The value of messageImprint field within TimeStampToken shall be a hash of the value of signature
    /// field within SignerInfo".
    fn claims(&self, signing_time: Option<Moment>) -> Claims {
        let token = |der: &&[u8]| Token {
            octets: self.value.to_vec(),
            der: der.to_vec(),
        };
        Claims {
            signing_time,
            tokens: self.stamps.iter().map(token).collect(),
        }
    }

    fn scope(&self, found: &cms::Found<'_>, said: Option<&SaidAttributes>) -> ScopeView {
        let (target, counter_signs) = match &self.who {
            Who::Counter(_, of) => (format!("the value of signature {}", of + 1), Some(*of)),
            Who::Signer(_) => (
                format!(
                    "the content, {} bytes of type {}",
                    found.unproven_content().len(),
                    found.content_type()
                ),
                None,
            ),
        };
        ScopeView {
            algorithm: format!("urn:oid:{}", self.algorithm.oid()),
            value_sha256: border::hex(&qaqpa_crypto::sha256(self.value)),
            value: Some(STANDARD.encode(self.value)),
            signed_octets_sha256: said
                .map(|said| border::hex(&qaqpa_crypto::sha256(&said.signed_octets))),
            references: vec![ReferenceView {
                uri: String::new(),
                target,
                digest: format!("urn:oid:{}", self.algorithm.digest().oid()),
                digest_value: said.map(|said| border::hex(&said.digest)),
                transforms: Vec::new(),
            }],
            counter_signs,
            covered: None,
            position: None,
            has_comments: false,
            uncovered: Vec::new(),
        }
    }
}

/// Both digests, so that whoever has the file can tell which of them is his.
fn differs(error: &CmsError, said: &SaidAttributes, signer: Signer<'_>) -> String {
    let signed = border::hex(&said.digest);
    match signer.content_digest() {
        Ok(found) => format!("{error}: signed {signed}, found {}", border::hex(&found)),
        Err(_) => format!("{error}: signed {signed}"),
    }
}

/// EN 319 122-1, 5.2.2 demands the attribute; a plain message of RFC 5652 may do without. Then who passes it on can put another
/// certificate of the same key in the signer's place, which the report warns of, or the policy refuses.
const UNSTATED: &str = "the signed attributes name no certificate (signing-certificate): the signature fits every certificate of the same key";

fn unstated() -> Note {
    Note {
        rule: Rule::SigningCertificateStated,
        why: UNSTATED.to_owned(),
    }
}

const fn where_of(who: &Who<'_>, found: &cms::Found<'_>) -> &'static str {
    match who {
        Who::Counter(..) => "its place in the message",
        Who::Signer(_) if found.is_detached() => "the file beside the message",
        Who::Signer(_) => "its place in the message",
    }
}
