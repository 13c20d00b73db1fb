//! The questions of a verdict, with their checks and what came of each.

use std::borrow::Cow;

use qaqpa_model::RefusalLabel;
use serde::{Deserialize, Serialize};

use crate::border;
use crate::cause::Cause;
use crate::indication::SubIndication;
use crate::rules::Rule;

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
    /// What was found, as one of a closed list, where the answer is not a pass; absent in verdicts of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
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
    /// Not reached, or there was nothing for it to look at.
    NotAsked,
}
