//! The verdict: one judgement about one signed document, with every check, what was signed and by whom.
//!
//! Stored: the serialized shape stands in journals (docs/schema/verdict.schema.json); changing this
//! needs a migration. Personal numbers are masked in it, but for the certificates in the dossier.

use std::borrow::Cow;

use qaqpa_model::{Bin, Iin, Moment, RefusalLabel};
use qaqpa_xmldsig::{ConsumedElement, Covered};
use serde::{Deserialize, Serialize};

use crate::border;
use crate::checks::{Finding, bin, iin};
use crate::diagnosis::DiagnosisView;
use crate::dossier::Dossier;
use crate::indication::{Indication, SubIndication};
use crate::need::Attempt;
use crate::policy::Policy;
use crate::proven::SignerIdentity;
use crate::rules::Rule;

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
    /// The moment at which a time stamp proves the signature to have existed: the signer's certificate is judged as of then.
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

/// One question of an examination. Each has its own file in `checks/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckId {
    /// Is there exactly one signature, of the structure that the profile asks?
    Structure,
    /// Does it refer to exactly what the recipient reads?
    Scope,
    /// Is the content that which was signed?
    Content,
    /// Was it signed by the key of this certificate?
    Value,
    /// Is the signature stamped, where it claims to be, by a trusted authority? Asked only where it carries a stamp.
    Timestamp,
    /// Does the certificate's chain end at a trusted authority?
    Chain,
    /// Is the moment within the certificate's validity?
    Validity,
    /// Is the certificate one for signing?
    Purpose,
    /// Is the certificate neither revoked nor suspended?
    Revocation,
    /// Is the signer the submitter?
    Iin,
    /// Does the signer sign for the organisation that the request names?
    Bin,
}

impl CheckId {
    /// The name in reports: `revocation`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Scope => "scope",
            Self::Content => "content",
            Self::Value => "value",
            Self::Timestamp => "timestamp",
            Self::Chain => "chain",
            Self::Validity => "validity",
            Self::Purpose => "purpose",
            Self::Revocation => "revocation",
            Self::Iin => "iin",
            Self::Bin => "bin",
        }
    }
}

/// The outcome of one check: the three answers, and the question that was never reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Made and passed.
    Pass,
    /// Made and failed.
    Fail,
    /// Could not be made for want of evidence.
    Undecided,
    /// Not asked, because an earlier answer left nothing to ask about.
    NotAsked,
}

/// One check with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// The question.
    pub id: CheckId,
    /// The clause that asks it.
    pub clause: Cow<'static, str>,
    /// The answer.
    pub outcome: Outcome,
    /// This check's own label, where the answer is not a pass; the verdict's label is that of the first such check.
    #[serde(with = "border::label")]
    pub label: Option<RefusalLabel>,
    /// This check's own reason, where the answer is not a pass.
    pub sub_indication: Option<SubIndication>,
    /// What was found, for a reader.
    pub why: String,
    /// The question's checks, one by one; empty in verdicts of before.
    #[serde(default)]
    pub rules: Vec<RuleReport>,
}

/// One check of a question; its clause and its level by default stand with [`Rule`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleReport {
    /// The check.
    pub id: Rule,
    /// What came of it.
    pub outcome: RuleOutcome,
    /// Whether a type holds it, so that no policy reaches it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held_by_types: bool,
    /// What was found, where it was not simply passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What came of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleOutcome {
    /// Made and passed.
    Passed,
    /// Made and not passed. Of evidence: some was no evidence for that; another source may have answered all the same.
    Failed,
    /// Not passed; by policy a warning and no more.
    Warned,
    /// Not passed; by policy a remark and no more.
    Informed,
    /// Left out by policy.
    Ignored,
    /// Not reached.
    NotAsked,
}

/// What was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeView {
    /// The algorithm of the signature, as its URI.
    pub algorithm: String,
    /// SHA-256 over the octets of SignatureValue, hexadecimal: the same one under another message is a replay.
    pub value_sha256: String,
    /// The octets of SignatureValue, base64; absent in verdicts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// SHA-256 over the octets that the value is over (the canonical SignedInfo, or the signed attributes), hexadecimal; absent where
    /// there are none, and in verdicts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_octets_sha256: Option<String>,
    /// Every reference of SignedInfo.
    pub references: Vec<ReferenceView>,
    /// The place of the signature whose value this one counter-signs: such a one is not about the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter_signs: Option<usize>,
    /// The element that is proven to be covered, with its namespace: `{urn:x}application`; absent where nothing is.
    pub covered: Option<String>,
    /// Where the covered element begins: `line 1, column 39`; absent where nothing is covered.
    pub position: Option<String>,
    /// Whether comments stand in the covered part: nobody signed them, and nobody reads them here.
    pub has_comments: bool,
    /// What of the document is nobody's word, where something is proven to be covered: ways from its root, `/m` (that element's
    /// name), `/m/@a` (an attribute), `/m/text()` and `/m/b` (with all that is in it); at most 16, and `…` where there are more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncovered: Vec<String>,
}

/// One reference of SignedInfo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceView {
    /// The URI: empty for the whole document, `#id` for one element.
    pub uri: String,
    /// The name and the place of the element that it leads to.
    pub target: String,
    /// The digest's algorithm, as its URI.
    pub digest: String,
    /// The digest that was signed, hexadecimal; absent in verdicts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest_value: Option<String>,
    /// The transforms, in order, as their URIs.
    pub transforms: Vec<String>,
}

/// Who signed, as the certificate says. Holding one says nothing about whether the certificate was believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignerView {
    /// The common name.
    pub common_name: String,
    /// The IIN, masked (`93********25`).
    pub iin_masked: Option<String>,
    /// The BIN of the organisation.
    pub bin: Option<String>,
    /// The OID of an information system.
    pub system: Option<String>,
    /// The serial number, hexadecimal.
    pub serial: String,
    /// SHA-256 over the certificate's DER, hexadecimal; absent in verdicts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// One certificate of the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateView {
    /// The common name of the subject.
    pub subject: String,
    /// The serial number, hexadecimal.
    pub serial: String,
    /// Beginning of the validity.
    #[serde(with = "border::moment")]
    pub not_before: Moment,
    /// End of the validity.
    #[serde(with = "border::moment")]
    pub not_after: Moment,
    /// SHA-256 over the DER, hexadecimal.
    pub sha256: String,
}

/// Which kind of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// An answer of a responder (RFC 6960).
    Ocsp,
    /// A list of an authority (RFC 5280).
    Crl,
    /// A delta list, which brings the authority's list up to date (RFC 5280 §5.2.4).
    DeltaCrl,
}

/// One piece of evidence and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// Which kind.
    pub kind: EvidenceKind,
    /// The serial number of the certificate that was asked about, hexadecimal.
    pub about: String,
    /// What it says, or why it counts as none: `good`, `revoked`, `suspended`, `unknown`, `no-evidence`.
    pub standing: String,
    /// Since when the certificate is revoked or suspended, where it says so.
    #[serde(
        default,
        with = "border::moment_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub revoked_since: Option<Moment>,
    /// The reason of that, as RFC 5280 names it (`keyCompromise`, `certificateHold`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_reason: Option<String>,
    /// The sentence for a reader.
    pub why: String,
    /// When it was received.
    #[serde(with = "border::moment")]
    pub received: Moment,
    /// The beginning of the period that it speaks for.
    #[serde(with = "border::moment_option")]
    pub this_update: Option<Moment>,
    /// The end of the period that it speaks for.
    #[serde(with = "border::moment_option")]
    pub next_update: Option<Moment>,
    /// SHA-256 over its bytes, hexadecimal; absent where none came.
    pub sha256: Option<String>,
    /// What was tried to get it.
    pub attempts: Vec<Attempt>,
}

/// A time stamp as it stands in the signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampView {
    /// SHA-256 over the token, hexadecimal.
    pub sha256: String,
}

/// An element that the consumer read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsumedView {
    /// The way from the root of the document by local names: `/application/form/field[2]`.
    pub path: String,
    /// The number of the reference that covers it, from 1. There is always one: what nothing covers cannot be read.
    pub reference: usize,
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
    /// stays that of the check that decided. A mismatch makes the verdict TOTAL-FAILED.
    #[must_use]
    pub fn with_submitter(self, submitter: &Iin) -> Self {
        let finding = iin::judge(self.proven_signer.as_ref(), submitter);
        // Of two, the one that decided.
        let decided = self.submitter.filter(|_| self.proven_signer.is_none());
        let submitter = decided.or(Some(*submitter));
        Self { submitter, ..self }.with(finding)
    }

    /// The verdict with the question added whether the signer signs for this organisation.
    ///
    /// As [`Self::with_submitter`]; a certificate of no organisation is a mismatch.
    #[must_use]
    pub fn with_organisation(self, organisation: &Bin) -> Self {
        let finding = bin::judge(self.proven_signer.as_ref(), organisation);
        let decided = self.organisation.filter(|_| self.proven_signer.is_none());
        let organisation = decided.or(Some(*organisation));
        Self {
            organisation,
            ..self
        }
        .with(finding)
    }

    fn with(mut self, finding: Finding) -> Self {
        let finding = finding.under(&self.policy);
        if let Some(reason) = finding.reason() {
            self.indication = reason.sub.indication();
            self.sub_indication = Some(reason.sub);
            self.label = Some(reason.label);
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

    /// The sentence of the check that decided: for people, beside the label.
    #[must_use]
    pub fn why(&self) -> &str {
        self.checks
            .iter()
            .find(|check| matches!(check.outcome, Outcome::Fail | Outcome::Undecided))
            .map_or("every check passed", |check| check.why.as_str())
    }

    /// The verdict as JSON (docs/schema/verdict.schema.json), on several lines.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self)
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
