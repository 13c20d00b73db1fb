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
mod keys;
pub mod knobs;
mod moments;
mod names;
mod raw_keys;
mod raw_rsa;
mod signer;
mod templates;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use qaqpa_crypto::PrivateKey;
use qaqpa_model::{Iin, Moment, RefusalLabel};
use qaqpa_verdict::{
    Capsule, Known, Level, Matter, Nonce, Policy, Received, Rule, RuleOutcome, Sources, Verdict,
};
use qaqpa_x509::{Certificate, TrustAnchors};

use certificates::Certificates;
use evidence::Evidence;
use keys::Keys;
pub use knobs::Build;
use knobs::{PolicyKnobs, SubjectKnob};
use moments::moment;
use text::Words;

/// The IIN of the person who signs: a published vector that nobody's register holds.
pub const IIN: &str = "931002451325";
/// Somebody else's.
pub const OTHER_IIN: &str = "061211600012";

/// Why a case cannot be built: its own fault, never the verifier's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgeError(String);

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

/// What a case makes.
#[derive(Debug)]
pub struct Forged<'w> {
    /// What is sent: a document, an envelope, or a certificate (DER).
    pub bytes: Vec<u8>,
    /// What is examined.
    pub subject: SubjectKnob,
    /// The trusted roots, DER.
    pub trust: Vec<Vec<u8>>,
    /// What the verifier knows besides, DER.
    pub pool: Vec<Vec<u8>>,
    /// The moment that is judged.
    pub at: Moment,
    /// The submitter whom the request names.
    pub submitter: Option<Iin>,
    received: Moment,
    build: Build,
    world: &'w World,
}

/// What became of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// `TOTAL-PASSED`, `TOTAL-FAILED`, `INDETERMINATE`.
    pub indication: String,
    /// The reason beside it.
    pub sub_indication: Option<String>,
    /// The refusal label; none where every check passed.
    pub label: Option<RefusalLabel>,
    /// The check that decided, as reports name it.
    pub check: Option<String>,
    /// The single checks of that question which were not passed.
    pub rules: Vec<Rule>,
    /// The sentence of that check.
    pub why: String,
}

/// The seed of every examination here: cases are repeatable.
const SEED: [u8; 32] = [0x5e; 32];

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
        let bytes = match build.subject {
            SubjectKnob::Certificate => certificates.der("person")?,
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
        Ok(Forged {
            bytes,
            subject: build.subject,
            trust: all(names(&build.trust, "root"))?,
            pool: all(names(&build.pool, "issuing"))?,
            at,
            submitter: match &build.submitter {
                None => None,
                Some(text) => {
                    Some(Iin::parse(text).map_err(|error| ForgeError::new(error.to_string()))?)
                }
            },
            received: moment_or(&build.received, at)?,
            build: build.clone(),
            world: self,
        })
    }

    fn certificates<'w>(&'w self, build: &'w Build) -> Certificates<'w> {
        Certificates::new(&self.keys, self.noon, &build.certificates, &self.given)
    }

    fn signed(
        &self,
        build: &Build,
        certificates: &Certificates<'_>,
        words: &Words<'_, '_>,
        template: &templates::Template,
    ) -> Result<String, ForgeError> {
        let knobs = &build.signature;
        let shown = match &knobs.shown {
            Some(shown) => shown.clone(),
            None => vec![template.signer.to_owned()],
        };
        let signer = shown.first().map_or(template.signer, String::as_str);
        let key = match &knobs.key {
            Some(name) => certificates.key_named(name)?,
            None => certificates.key(signer)?,
        };
        let key_info = match &knobs.key_info {
            Some(text) => words.expand(text)?,
            None => {
                let shown = shown.iter().map(|name| certificates.der(name));
                templates::key_info(
                    build.subject,
                    &shown.collect::<Result<Vec<_>, _>>()?,
                    knobs.wrapped,
                )
            }
        };
        let mut own = knobs.clone();
        // The key is chosen above; the markup names one only where two signatures have two.
        own.key = None;
        own.object = words.expand(&knobs.object)?;
        let algorithm = key.algorithm();
        let markup = signer::markup(
            &own,
            &template.reference,
            template.canonicalization,
            algorithm,
            &key_info,
        );
        let text = words
            .expand(&template.text)?
            .replace("@SIGNATURE@", &markup);
        let text = words.edit(text, &build.before)?;
        signer::fill(text, knobs, &key, certificates)
    }
}

impl Forged<'_> {
    /// The trusted roots as PEM.
    ///
    /// # Errors
    /// [`ForgeError`] where one is no certificate.
    pub fn trust_pem(&self) -> Result<String, ForgeError> {
        pem(&self.trust)
    }

    /// What the verifier knows besides, as PEM.
    ///
    /// # Errors
    /// [`ForgeError`] where one is no certificate.
    pub fn pool_pem(&self) -> Result<String, ForgeError> {
        pem(&self.pool)
    }

    /// The list of the signer's issuer, DER, as the case has it.
    ///
    /// # Errors
    /// [`ForgeError`] where it cannot be made.
    pub fn list_der(&self) -> Result<Vec<u8>, ForgeError> {
        let certificates = self.world.certificates(&self.build);
        let signer = if self.subject == SubjectKnob::Transport {
            "system"
        } else {
            "person"
        };
        let evidence = Evidence {
            build: &self.build,
            certificates: &certificates,
            noon: self.world.noon,
            received: self.received,
        };
        evidence.list(signer)
    }

    /// The case with all of its evidence as one file, which anybody can judge offline.
    ///
    /// # Errors
    /// [`ForgeError`] where a certificate that must be one is none, or evidence cannot be made.
    pub fn capsule(&self) -> Result<Capsule, ForgeError> {
        self.capsule_under(policy(&self.build.policy)?)
    }

    fn capsule_under(&self, policy: Policy) -> Result<Capsule, ForgeError> {
        let bytes = self.bytes.clone();
        let matter = match self.subject {
            SubjectKnob::Document => Matter::Document(bytes),
            SubjectKnob::Transport => Matter::Transport(bytes),
            SubjectKnob::Certificate => Matter::Certificate {
                certificate_der: bytes,
                pool_der: Vec::new(),
            },
        };
        let certificates = self.world.certificates(&self.build);
        let evidence = Evidence {
            build: &self.build,
            certificates: &certificates,
            noon: self.world.noon,
            received: self.received,
        };
        let mut capsule = Capsule::new(matter, self.known()?, self.at, SEED).with_policy(policy);
        if let Some(submitter) = self.submitter {
            capsule = capsule.with_submitter(submitter);
        }
        let mut failed = None;
        let capsule = capsule.fed_by(|need| match evidence.meet(need) {
            Ok(received) => received,
            Err(error) => {
                failed = Some(error);
                Received::unavailable("the forge failed", self.received)
            }
        });
        failed.map_or(Ok(capsule), Err)
    }

    /// What the verifier makes of it.
    ///
    /// # Errors
    /// As [`Forged::capsule`].
    pub fn judge(&self) -> Result<Judged, ForgeError> {
        Ok(Judged::of(&self.capsule()?.judge()))
    }

    /// What a verifier without these checks makes of it: only a laboratory has one.
    ///
    /// # Errors
    /// As [`Forged::capsule`]; and where this build is no laboratory, or a type holds one of the checks.
    pub fn judge_without(&self, rules: &[Rule]) -> Result<Judged, ForgeError> {
        let mut weaker = policy(&self.build.policy)?;
        for rule in rules {
            weaker = weaker
                .with_level(*rule, Level::Ignore)
                .map_err(|error| ForgeError::new(error.to_string()))?;
        }
        Ok(Judged::of(&self.capsule_under(weaker)?.judge()))
    }

    fn known(&self) -> Result<Known, ForgeError> {
        let read = |ders: &[Vec<u8>]| -> Result<Vec<Certificate>, ForgeError> {
            let read = ders.iter().map(|der| Certificate::from_der(der));
            read.collect::<Result<_, _>>()
                .map_err(|error| ForgeError::new(error.to_string()))
        };
        Ok(Known {
            anchors: TrustAnchors::new(read(&self.trust)?),
            pool: read(&self.pool)?,
        })
    }
}

impl Judged {
    fn of(verdict: &Verdict) -> Self {
        let decided = verdict.checks.iter().find(|check| check.label.is_some());
        Self {
            indication: verdict.indication.as_str().to_owned(),
            sub_indication: verdict.sub_indication.map(|sub| sub.as_str().to_owned()),
            label: verdict.label,
            check: decided.map(|check| check.id.as_str().to_owned()),
            rules: decided
                .iter()
                .flat_map(|check| &check.rules)
                .filter(|rule| rule.outcome == RuleOutcome::Failed)
                .map(|rule| rule.id)
                .collect(),
            why: verdict.why().to_owned(),
        }
    }
}

fn pem(ders: &[Vec<u8>]) -> Result<String, ForgeError> {
    let read = ders.iter().map(|der| Certificate::from_der(der));
    let read = read.collect::<Result<Vec<_>, _>>();
    let read = read.map_err(|error| ForgeError::new(error.to_string()))?;
    Ok(read.iter().map(Certificate::to_pem).collect())
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
    Ok(policy)
}

impl ForgeError {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }

    fn key(error: qaqpa_crypto::CryptoError) -> Self {
        Self(error.to_string())
    }

    fn issue(error: qaqpa_x509::issue::IssueError) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for ForgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the case cannot be built: {}", self.0)
    }
}

impl std::error::Error for ForgeError {}
