//! The verdict: one judgement about one signed document, with every check, what was signed and by whom.
//!
//! Stored: the serialized shape stands in journals (docs/schema/verdict.schema.json); changing this
//! needs a migration. Personal numbers are masked in it, but for the certificates in the dossier.

mod asked;
mod views;

use qaqpa_model::{Bin, Iin, Moment, RefusalLabel};
use qaqpa_xmldsig::{ConsumedElement, Covered};
use serde::{Deserialize, Serialize};

use crate::border;
use crate::cause::Cause;
use crate::checks::{Finding, bin, iin};
use crate::diagnosis::DiagnosisView;
use crate::dossier::Dossier;
use crate::indication::{Indication, SubIndication};
use crate::policy::Policy;
use crate::proven::SignerIdentity;
use crate::rules::Rule;

pub use asked::{CheckId, CheckReport, Outcome, RuleOutcome, RuleReport};
pub use views::{
    CertificateView, ConsumedView, EvidenceKind, EvidenceView, ReferenceView, ScopeView,
    SignerView, StampView,
};

/// The version of the serialized shape.
pub const VERSION: u16 = 1;

/// One judgement, with everything that a reviewer needs to follow it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The version of this shape: 1.
    pub version: u16,
    /// What was examined.
    pub subject: SubjectKind,
    /// By which profile; absent of a certificate alone, of bytes that could not be read, and in verdicts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<JudgedAs>,
    /// The main result.
    pub indication: Indication,
    /// The reason, where the indication is not TOTAL-PASSED.
    pub sub_indication: Option<SubIndication>,
    /// The refusal label, where the indication is not TOTAL-PASSED.
    #[serde(with = "border::label")]
    pub label: Option<RefusalLabel>,
    /// The moment that is judged: the signature is taken to have been made then.
    #[serde(with = "border::moment")]
    pub at: Moment,
    /// When the signer says that it signed: nobody vouches for it, and nothing is judged as of then.
    #[serde(
        default,
        with = "border::moment_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub claimed_signing_time: Option<Moment>,
    /// The moment at which a time stamp proves the signature to have existed: the signer's certificate is judged as of then. None of
    /// an envelope: its sender is judged as of [`at`](Self::at), whenever it signed.
    #[serde(
        default,
        with = "border::moment_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub best_signature_time: Option<Moment>,
    /// Whose trust anchors it was judged by.
    #[serde(default)]
    pub trust: TrustSource,
    /// LABORATORY: the checks that were left out or lowered, in a build that can do that; absent in every other build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laboratory: Option<Vec<Rule>>,
    /// What was signed; absent where no signature could be read.
    pub scope: Option<ScopeView>,
    /// Who signed, as the certificate says; absent where no certificate could be read.
    pub signer: Option<SignerView>,
    /// Every check, in the order in which they are asked.
    pub checks: Vec<CheckReport>,
    /// The proven path, signer first, trust anchor last; empty where there is none.
    pub path: Vec<CertificateView>,
    /// Every piece of evidence that was asked for, and what became of it.
    pub evidence: Vec<EvidenceView>,
    /// The time stamps that the signature carries, in the order of the text; believed or not, the check says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stamps: Vec<StampView>,
    /// Every element that the consumer read, with the reference that covers it; empty where nobody read the document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consumed: Vec<ConsumedView>,
    /// Why the digest differs, where it was looked for ([`diagnose`](crate::diagnose)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<DiagnosisView>,
    /// Of an envelope: the signatures in its Body, which nobody looked at here. Its own says who sent them, and nothing of whose they
    /// are; written out as text, several count as one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub inner_signatures: u32,
    /// What is needed to examine the same document again and come to the same verdict. Not masked:
    /// [`Verdict::shown`] leaves it out.
    pub dossier: Dossier,
    /// The signer, where the indication is TOTAL-PASSED; never serialized, so never read from storage.
    #[serde(skip)]
    pub(crate) proven_signer: Option<SignerIdentity>,
    /// The submitter whom a question was about; not stored.
    #[serde(skip)]
    pub(crate) submitter: Option<Iin>,
    /// The organisation that a question was about; not stored.
    #[serde(skip)]
    pub(crate) organisation: Option<Bin>,
    /// The policy that it was reached by; not stored.
    #[serde(skip)]
    pub(crate) policy: Policy,
    /// An examination of this process gave it: whom its questions were about is known. Never serialized, so not of one from storage.
    #[serde(skip)]
    pub(crate) is_own: bool,
}

/// Whose trust anchors a verdict was reached by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustSource {
    /// The examiner's own.
    #[default]
    Examiner,
    /// Those of a capsule: whoever made it chose whom to believe.
    Capsule,
}

impl TrustSource {
    /// The name in reports: `examiner`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Examiner => "examiner",
            Self::Capsule => "capsule",
        }
    }
}

/// What was examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// A certificate alone (condition 2, asked before anything is signed).
    Certificate,
    /// A CMS message, its content in it or beside it.
    Cms,
    /// A business document with an enveloped signature.
    Document,
    /// An envelope with a WS-Security signature over its Body.
    Transport,
}

impl SubjectKind {
    /// The name in reports: `document`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Cms => "cms",
            Self::Document => "document",
            Self::Transport => "transport",
        }
    }
}

/// By which profile a signature was judged: where it stands, and what it must be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JudgedAs {
    /// One element beside the signature, named by its Id. The rest of the file is nobody's word.
    ById,
    /// A CMS message: its content.
    Cms,
    /// Every element beside the signature, named by their Ids. What holds them is nobody's word.
    Detached,
    /// The whole document.
    Enveloped,
    /// The Body of an envelope.
    Wsse,
}

impl JudgedAs {
    /// The name in reports: `by-id`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ById => "by-id",
            Self::Cms => "cms",
            Self::Detached => "detached",
            Self::Enveloped => "enveloped",
            Self::Wsse => "wsse",
        }
    }
}

impl Verdict {
    /// Whether every check passed.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.indication == Indication::TotalPassed
    }

    /// The signer, where every check passed.
    ///
    /// For an examination of a certificate alone: nothing was signed, so there is nothing `Proven`.
    #[must_use]
    pub fn proven_signer(&self) -> Option<&SignerIdentity> {
        self.proven_signer.as_ref()
    }

    /// The verdict with the last question of condition 2 added: is the signer this submitter?
    ///
    /// Asked where every check passed; elsewhere it stands in the report as not asked, and the label
    /// stays that of the check that decided. A mismatch makes the verdict TOTAL-FAILED. Asking the same twice changes nothing.
    #[must_use]
    pub fn with_submitter(self, submitter: &Iin) -> Self {
        if self.submitter == Some(*submitter) {
            return self;
        }
        let finding = iin::judge(self.proven_signer.as_ref(), submitter);
        // Of two, the one that decided.
        let decided = self.submitter.filter(|_| self.proven_signer.is_none());
        let submitter = decided.or(Some(*submitter));
        Self { submitter, ..self }.with_asked(finding, Cause::SubmitterUnread)
    }

    /// The verdict with the question added whether the signer signs for this organisation.
    ///
    /// As [`Self::with_submitter`]; a certificate of no organisation is a mismatch.
    #[must_use]
    pub fn with_organisation(self, organisation: &Bin) -> Self {
        if self.organisation == Some(*organisation) {
            return self;
        }
        let finding = bin::judge(self.proven_signer.as_ref(), organisation);
        let decided = self.organisation.filter(|_| self.proven_signer.is_none());
        let organisation = decided.or(Some(*organisation));
        Self {
            organisation,
            ..self
        }
        .with_asked(finding, Cause::OrganisationUnread)
    }

    /// The verdict with the question added whether the signer signs for himself: of a request that names no organisation. The
    /// certificate of one is a mismatch.
    #[must_use]
    pub fn with_no_organisation(self) -> Self {
        let finding = bin::judge_own(self.proven_signer.as_ref());
        self.with_asked(finding, Cause::OrganisationUnread)
    }

    /// The verdict with the question added whether the signer's certificate gives this role (`employee`, `head`, …), by the name
    /// that [`Role`](qaqpa_x509::profile::Role) has.
    #[must_use]
    pub fn with_role(self, role: &str) -> Self {
        let finding = bin::judge_role(self.proven_signer.as_ref(), role);
        self.with_asked(finding, Cause::OrganisationUnread)
    }

    /// The verdict about a document that should name its submitter and does not read: undecided, whomever the caller had it compared
    /// with, because who takes it in will not take it. `label` is that with which they refuse it, and `why` the reader's word; what the
    /// caller had asked stays answered.
    #[must_use]
    pub fn with_fields_unread(self, label: RefusalLabel, why: &str) -> Self {
        if !self.is_passed() {
            return self;
        }
        let cause = match label {
            RefusalLabel::IinInvalid => Cause::FieldsIin,
            RefusalLabel::LimitExceeded => Cause::FieldsLimit,
            _ => Cause::FieldsUnread,
        };
        let why = format!(
            "the document does not read: {why}; whom it names was not compared with the signer"
        );
        let is_asked_for = self.check(CheckId::Bin).is_some();
        let unread = self.with(Finding::undecided(cause, why.clone()));
        match is_asked_for {
            true => unread,
            false => unread.with(Finding::not_asked(CheckId::Bin, why)),
        }
    }

    /// The verdict with the questions of whom the signer is and signs for in its list, as not asked, where nobody asked them:
    /// a reader then sees what the answer does not say. An envelope's sender is another question.
    #[must_use]
    pub fn with_unasked(mut self) -> Self {
        if self.subject == SubjectKind::Transport {
            return self;
        }
        let why = match self.is_passed() {
            true => "nobody was named to compare the certificate with",
            false => "an earlier question was answered with no",
        };
        for id in [CheckId::Iin, CheckId::Bin] {
            if self.check(id).is_none() {
                self = self.with(Finding::not_asked(id, why));
            }
        }
        self
    }

    /// With the answer to a question about the signer. A verdict that was read from storage has no proven signer to ask about: what was
    /// not asked is no pass.
    fn with_asked(self, finding: Finding, unread: Cause) -> Self {
        let finding = match finding.answer {
            None if self.is_passed() => Finding::undecided(
                unread,
                "the verdict was read from storage, which keeps no proven signer: examine the file again",
            ),
            _ => finding,
        };
        self.with(finding)
    }

    fn with(mut self, finding: Finding) -> Self {
        let finding = finding.under(&self.policy);
        if let Some(cause) = finding.cause() {
            self.indication = cause.sub_indication().indication();
            self.sub_indication = Some(cause.sub_indication());
            self.label = Some(cause.label());
            self.proven_signer = None;
        }
        self.checks
            .push(finding.report(self.subject, &self.policy, &[]));
        self
    }

    /// The verdict with what the consumer read of the document: of a proof whose readings were
    /// [noted](qaqpa_xmldsig::Covered::noted_in).
    #[must_use]
    pub fn with_consumed(mut self, covered: &Covered<'_>) -> Self {
        let view = |element: ConsumedElement| ConsumedView {
            path: element.path,
            reference: element.reference + 1,
        };
        self.consumed = covered.consumed().into_iter().map(view).collect();
        self
    }

    /// The verdict with what was found out about the digest that differs.
    #[must_use]
    pub fn with_diagnosis(self, diagnosis: Option<DiagnosisView>) -> Self {
        Self { diagnosis, ..self }
    }

    /// The verdict for views: without the dossier, whose certificates hold personal numbers.
    #[must_use]
    pub fn shown(&self) -> Self {
        Self {
            dossier: Dossier::default(),
            ..self.clone()
        }
    }

    /// What of the document is nobody's word ([`ScopeView::uncovered`]).
    #[must_use]
    pub fn uncovered(&self) -> &[String] {
        let scope = self.scope.as_ref();
        scope.map_or(&[], |scope| scope.uncovered.as_slice())
    }

    /// The report of one check.
    #[must_use]
    pub fn check(&self, id: CheckId) -> Option<&CheckReport> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// The first check that was not passed: it decided. A time stamp that nobody vouches for gives way to a signer who is known to
    /// be revoked.
    #[must_use]
    pub fn decisive(&self) -> Option<&CheckReport> {
        let mut bad = self
            .checks
            .iter()
            .filter(|check| matches!(check.outcome, Outcome::Fail | Outcome::Undecided));
        let first = bad.next()?;
        let is_open = first.id == CheckId::Timestamp && first.outcome == Outcome::Undecided;
        let graver = bad.find(|check| {
            is_open && check.id == CheckId::Revocation && check.outcome == Outcome::Fail
        });
        Some(graver.unwrap_or(first))
    }

    /// What was found that decided, where the indication is not TOTAL-PASSED; a verdict of before has none.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.decisive()?.cause
    }

    /// The sentence of the check that decided: for people, beside the label.
    #[must_use]
    pub fn why(&self) -> &str {
        self.decisive()
            .map_or_else(|| self.passed(), |check| check.why.as_str())
    }

    /// The sentence where no check decided.
    fn passed(&self) -> &'static str {
        let is_asked = |check: &CheckReport| check.outcome != Outcome::NotAsked;
        match (self.inner_signatures, self.checks.iter().all(is_asked)) {
            (0, true) => "every check passed",
            (0, false) => "every check that was asked passed",
            _ => {
                "every check of the envelope passed; the signatures in its Body were not looked at"
            }
        }
    }

    /// The verdict as JSON (docs/schema/verdict.schema.json), on several lines.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self)
            .expect("a verdict has only strings, numbers and lists, and no map with other keys")
    }

    /// The same JSON on one line, as it is stored with each message.
    #[must_use]
    pub fn to_stored(&self) -> String {
        serde_json::to_string(self)
            .expect("a verdict has only strings, numbers and lists, and no map with other keys")
    }

    /// Reads a stored verdict. Its proven signer is not stored: examine again by the dossier to get one.
    ///
    /// # Errors
    /// [`serde_json::Error`] where the text is not a verdict of this version's shape.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The verdict as text for a reviewer.
    #[must_use]
    pub fn to_text(&self) -> String {
        crate::text::render(self)
    }
}

/// Whether there are none: what is not there is not written.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
pub(crate) const fn is_zero(count: &u32) -> bool {
    *count == 0
}
