//! What a case makes, and what becomes of it.

use qaqpa_model::{Bin, Iin, Moment, RefusalLabel};
use qaqpa_verdict::{Capsule, Known, Level, Matter, Policy, Received, Rule, RuleOutcome, Verdict};
use qaqpa_x509::{Certificate, TrustAnchors};
use qaqpa_xmldsig::Profile;

use super::evidence::Evidence;
use super::knobs::{Build, EachKnob, SubjectKnob};
use super::{ForgeError, World, policy};

/// What a case makes.
#[derive(Debug)]
pub struct Forged<'w> {
    /// What is sent: a document, an envelope, or a certificate (DER).
    pub bytes: Vec<u8>,
    /// The content beside a CMS message that does not hold it.
    pub beside: Option<Vec<u8>>,
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
    /// The organisation that the request names.
    pub organisation: Option<Bin>,
    pub(super) received: Moment,
    pub(super) build: Build,
    pub(super) world: &'w World,
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
            SubjectKnob::Message => Matter::Cms {
                message: bytes,
                content: self.beside.clone(),
            },
            SubjectKnob::Document | SubjectKnob::Transport if self.build.each.is_some() => {
                Matter::Signatures {
                    document: bytes,
                    profile: self.build.each.map_or(Profile::Enveloped, profile),
                }
            }
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
        if let Some(organisation) = self.organisation {
            capsule = capsule.with_organisation(organisation);
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

const fn profile(each: EachKnob) -> Profile {
    match each {
        EachKnob::ById => Profile::ById,
        EachKnob::Detached => Profile::Detached,
        EachKnob::Enveloped => Profile::Enveloped,
        EachKnob::Wsse => Profile::Wsse,
    }
}
