//! The forge: documents, certificates and evidence that are valid by default, and spoilt in one place on demand.
//!
//! A [`World`] is a TEST authority in memory with its people (keys are made once; everything else follows from the case).
//! [`World::forge`] takes the knobs of a case ([`Build`]) and makes a [`Forged`]: the bytes, the trust, the moments, and
//! whoever answers for evidence. [`Forged::capsule`] puts it into one file, [`Forged::judge`] gives that to the verifier, exactly
//! as it would come from outside.
//!
//! Written apart from the code that it tries: the signer here signs anything (`signer`), resolves references by any
//! attribute and knows keys that no honest library takes (`raw_rsa`).

mod certificates;
mod der;
mod evidence;
mod forged;
mod keys;
pub mod knobs;
mod message;
mod moments;
mod names;
mod properties;
mod raw_keys;
mod raw_rsa;
mod signer;
mod stamps;
mod templates;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use qaqpa_crypto::PrivateKey;
use qaqpa_model::{Bin, Iin, Moment};
use qaqpa_verdict::{Level, Nonce, Policy, Rule, Sources};

use certificates::Certificates;
use evidence::Evidence;
pub use evidence::Published;
pub use forged::{Forged, Judged};
use keys::Keys;
pub use knobs::Build;
use knobs::{PolicyKnobs, SubjectKnob};
use moments::moment;
use signer::Signing;
use text::Words;

/// The IIN of the person who signs: a published vector that nobody's register holds.
pub const IIN: &str = "931002451325";
/// Somebody else's.
pub const OTHER_IIN: &str = "061211600012";

/// Why a case cannot be built: its own fault, never the verifier's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgeError {
    why: String,
    found_nothing: bool,
}

/// A TEST authority in memory with its people.
#[derive(Debug)]
pub struct World {
    keys: Keys,
    noon: Moment,
    given: BTreeMap<String, Vec<u8>>,
    /// The application as text, where it is not the world's own.
    application: Option<String>,
    iin: String,
}

impl World {
    /// A world whose noon is that moment: everything is valid around it.
    #[must_use]
    pub fn new(noon: Moment) -> Self {
        Self {
            keys: Keys::default(),
            noon,
            given: BTreeMap::new(),
            application: None,
            iin: IIN.to_owned(),
        }
    }

    /// The world of the corpus: noon in Astana on 22 November 2026.
    #[must_use]
    pub fn of_the_corpus() -> Self {
        Self::new(Moment::parse("2026-11-22T12:00:00+05:00").expect("a moment of the calendar"))
    }

    /// A world whose keys are kept in a folder (0600), for verifiers that are told beforehand whom to trust.
    #[must_use]
    pub fn kept_in(folder: PathBuf, noon: Moment) -> Self {
        Self {
            keys: Keys::kept_in(folder),
            ..Self::new(noon)
        }
    }

    /// A world whose person is a real one, of a running simulator, with this application.
    #[must_use]
    pub fn with_person(
        mut self,
        key: &PrivateKey,
        certificate_der: &[u8],
        iin: &str,
        application: String,
    ) -> Self {
        self.keys.set("person", key.clone());
        self.given
            .insert("person".to_owned(), certificate_der.to_vec());
        self.application = Some(application);
        iin.clone_into(&mut self.iin);
        self
    }

    /// The world's trusted root as PEM.
    ///
    /// # Errors
    /// [`ForgeError`] where no key can be made.
    pub fn trust_pem(&self) -> Result<String, ForgeError> {
        let none = BTreeMap::new();
        let certificates = Certificates::new(&self.keys, self.noon, &none, &self.given);
        let pem = |name| Ok(certificates.certificate(name)?.to_pem());
        Ok(format!("{}{}", pem("root")?, pem("issuing")?))
    }

    /// Builds a case.
    ///
    /// # Errors
    /// [`ForgeError`] where the knobs contradict each other, or an edit finds nothing to edit.
    pub fn forge(&self, build: &Build) -> Result<Forged<'_>, ForgeError> {
        let certificates = self.certificates(build);
        let words = |parts| Words {
            certificates: &certificates,
            parts,
            iin: self.iin.clone(),
            created_at: self.noon.to_string(),
        };
        let mut beside = None;
        let bytes = match build.subject {
            SubjectKnob::Certificate => certificates.der("person")?,
            SubjectKnob::Message => {
                let words = words(Vec::new());
                let content = |text: &Option<String>| match text {
                    Some(text) => words.expand(text),
                    None => words.expand(&templates::content(self.application.as_deref())),
                };
                let signed = content(&build.message.content)?;
                let shown = match &build.message.shown {
                    Some(text) => words.expand(text)?,
                    None => signed.clone(),
                };
                let made = message::make(
                    &build.message,
                    signed.as_bytes(),
                    shown.as_bytes(),
                    self.noon,
                    &certificates,
                )?;
                beside = made.beside;
                made.bytes
            }
            SubjectKnob::Document | SubjectKnob::Transport => {
                let template = templates::whole(build, self.application.as_deref());
                let signed = self.signed(build, &certificates, &words(Vec::new()), &template)?;
                let parts = words(text::parts(&signed));
                let laid_out = match &build.layout {
                    None => signed,
                    Some(layout) => parts.expand(layout)?,
                };
                text::bytes(parts.edit(laid_out, &build.after)?, build.bytes)
            }
        };
        let names = |names: &Option<Vec<String>>, default: &str| match names {
            Some(names) => names.clone(),
            None => vec![default.to_owned()],
        };
        let all = |names: Vec<String>| -> Result<Vec<Vec<u8>>, ForgeError> {
            names.iter().map(|name| certificates.der(name)).collect()
        };
        let moment_or = |text: &Option<String>, default| match text {
            Some(text) => moment(self.noon, text),
            None => Ok(default),
        };
        let at = moment_or(&build.at, self.noon)?;
        let wrong = |error: &dyn fmt::Display| ForgeError::new(error.to_string());
        Ok(Forged {
            bytes,
            beside,
            subject: build.subject,
            trust: all(names(&build.trust, "root"))?,
            pool: all(names(&build.pool, "issuing"))?,
            at,
            submitter: match &build.submitter {
                None => None,
                Some(text) => Some(Iin::parse(text).map_err(|error| wrong(&error))?),
            },
            organisation: match &build.organisation {
                None => None,
                Some(text) => Some(Bin::parse(text).map_err(|error| wrong(&error))?),
            },
            received: moment_or(&build.received, at)?,
            build: build.clone(),
            world: self,
        })
    }

    /// The application has this id from now on: of two with one signature a gateway takes one.
    pub fn name_application(&mut self, id: &str) {
        self.application = Some(templates::application_named(id));
    }

    /// What the case's OCSP responder answers to this request at that moment; `None` where it is asked about no
    /// certificate of this world.
    ///
    /// # Errors
    /// [`ForgeError`] where the answer cannot be made.
    pub fn answer_ocsp(
        &self,
        build: &Build,
        received: Moment,
        request_der: &[u8],
    ) -> Result<Option<Published>, ForgeError> {
        let certificates = self.certificates(build);
        self.evidence(build, &certificates, received)
            .answer(request_der)
    }

    /// The list of the issuer of that name (`issuing`, `root`), as the case has it at that moment.
    ///
    /// # Errors
    /// [`ForgeError`] where it cannot be made.
    pub fn list_of(
        &self,
        build: &Build,
        received: Moment,
        issuer: &str,
    ) -> Result<Option<Published>, ForgeError> {
        let certificates = self.certificates(build);
        self.evidence(build, &certificates, received)
            .published_list(issuer)
    }

    fn evidence<'b, 'w>(
        &self,
        build: &'b Build,
        certificates: &'b Certificates<'w>,
        received: Moment,
    ) -> Evidence<'b, 'w> {
        Evidence {
            build,
            certificates,
            noon: self.noon,
            received,
        }
    }

    fn certificates<'w>(&'w self, build: &'w Build) -> Certificates<'w> {
        Certificates::new(&self.keys, self.noon, &build.certificates, &self.given)
    }

    /// The document of a case with its signatures.
    fn signed(
        &self,
        build: &Build,
        certificates: &Certificates<'_>,
        words: &Words<'_, '_>,
        template: &templates::Template,
    ) -> Result<String, ForgeError> {
        let all: Vec<_> = std::iter::once(&build.signature)
            .chain(&build.beside)
            .collect();
        let mut reference = template.reference.clone();
        if all.len() > 1 && build.subject == SubjectKnob::Document {
            // Each leaves all of them out, so that they can be made in any order.
            let transforms = [signer::SUBTRACT, "c14n-comments"].map(str::to_owned);
            reference.transforms = Some(transforms.to_vec());
        }
        let (mut signings, mut markups) = (Vec::new(), Vec::new());
        for (number, knobs) in all.into_iter().enumerate() {
            let by = if number == 0 {
                template.signer
            } else {
                "other"
            };
            let shown = knobs.shown.clone().unwrap_or_else(|| vec![by.to_owned()]);
            let by = shown.first().map_or(by, String::as_str);
            let key = match &knobs.key {
                Some(name) => certificates.key_named(name)?,
                None => certificates.key(by)?,
            };
            let key_info = match &knobs.key_info {
                Some(text) => words.expand(text)?,
                None => {
                    let shown = shown.iter().map(|name| certificates.der(name));
                    let shown = shown.collect::<Result<Vec<_>, _>>()?;
                    templates::key_info(build.subject, &shown, knobs.wrapped)
                }
            };
            let mut own = knobs.clone();
            own.object = words.expand(&knobs.object)?;
            if let Some(properties) = &knobs.properties {
                let id = signer::signature_id(number);
                let mut properties = properties.clone();
                properties.unsigned = words.expand(&properties.unsigned)?;
                let object = properties::object(
                    &properties,
                    &knobs.stamps,
                    number,
                    &id,
                    by,
                    self.noon,
                    certificates,
                )?;
                own.object.push_str(&object);
                let references = own
                    .references
                    .get_or_insert_with(|| vec![reference.clone()]);
                references.push(properties::reference(&id));
                if own.attributes.is_empty() {
                    own.attributes = format!("Id=\"{id}\"");
                }
            }
            markups.push(signer::markup(
                &own,
                number,
                &reference,
                template.canonicalization,
                key.algorithm(),
                &key_info,
            ));
            signings.push(Signing { knobs, key });
        }
        let text = placed(words.expand(&template.text)?, &markups);
        let text = words.edit(text, &build.before)?;
        signer::fill(text, &signings, self.noon, certificates)
    }
}

/// The text with its signatures: each at its own mark, else one after the other at the first's.
fn placed(text: String, markups: &[String]) -> String {
    let mark = |number: usize| match number {
        0 => "@SIGNATURE@".to_owned(),
        number => format!("@SIGNATURE.{number}@"),
    };
    let has_place = |number| {
        let mark = mark(number);
        text.contains(&mark) || markups.iter().any(|markup| markup.contains(&mark))
    };
    let (apart, together): (Vec<_>, Vec<_>) =
        (1..markups.len()).partition(|number| has_place(*number));
    let mut first = markups.first().cloned().unwrap_or_default();
    for number in together {
        first.push_str(&markups[number]);
    }
    let mut text = text.replace(&mark(0), &first);
    for number in apart {
        text = text.replace(&mark(number), &markups[number]);
    }
    text
}

fn policy(knobs: &PolicyKnobs) -> Result<Policy, ForgeError> {
    let mut policy = Policy::default();
    match knobs.sources.as_deref() {
        None => {}
        Some("both") => policy = policy.with_sources(Sources::OcspAndCrl),
        Some(other) => return Err(ForgeError::new(format!("no sources {other:?}"))),
    }
    match knobs.nonce.as_deref() {
        None => {}
        Some("omitted") => policy = policy.with_nonce(Nonce::Omitted),
        Some(other) => return Err(ForgeError::new(format!("no nonce {other:?}"))),
    }
    for id in &knobs.raised {
        let rule = Rule::parse(id).ok_or_else(|| ForgeError::new(format!("no check {id:?}")))?;
        policy = policy
            .with_level(rule, Level::Fail)
            .map_err(|error| ForgeError::new(error.to_string()))?;
    }
    Ok(policy)
}

impl ForgeError {
    /// Whether an edit found nothing to edit: it is about another text than the one at hand.
    #[must_use]
    pub const fn found_nothing(&self) -> bool {
        self.found_nothing
    }

    fn new(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            found_nothing: false,
        }
    }

    fn nothing_found(text: &str) -> Self {
        Self {
            why: format!("{text:?} is not there"),
            found_nothing: true,
        }
    }

    fn key(error: qaqpa_crypto::CryptoError) -> Self {
        Self::new(error.to_string())
    }

    fn issue(error: qaqpa_x509::issue::IssueError) -> Self {
        Self::new(error.to_string())
    }
}

impl fmt::Display for ForgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the case cannot be built: {}", self.why)
    }
}

impl std::error::Error for ForgeError {}
