//! The questions of an examination, one file each, in the order in which they are asked.
//!
//! Each check is a pure function from facts to a [`Finding`]; the clause that it obeys is quoted above
//! the line that obeys it. The order decides the label: structure → scope → content → value → chain →
//! validity → purpose → revocation → IIN; the verdict is that of the first question that was not passed.

pub(crate) mod chain;
pub(crate) mod content;
pub(crate) mod iin;
pub(crate) mod purpose;
pub(crate) mod revocation;
pub(crate) mod scope;
pub(crate) mod structure;
pub(crate) mod validity;
pub(crate) mod value;

use std::borrow::Cow;

use qaqpa_model::{Answer, RefusalLabel};

use crate::indication::SubIndication;
use crate::verdict::{CheckId, CheckReport, Outcome};

/// Why a check did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) label: RefusalLabel,
    pub(crate) sub: SubIndication,
}

/// The answer of one check, with what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) id: CheckId,
    /// `None` where an earlier answer left nothing to ask about.
    pub(crate) answer: Option<Answer<Reason>>,
    pub(crate) why: String,
}

impl Finding {
    pub(crate) fn pass(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            id,
            answer: Some(Answer::Pass),
            why: why.into(),
        }
    }

    pub(crate) fn fail(
        id: CheckId,
        label: RefusalLabel,
        sub: SubIndication,
        why: impl Into<String>,
    ) -> Self {
        Self {
            id,
            answer: Some(Answer::Fail(Reason { label, sub })),
            why: why.into(),
        }
    }

    pub(crate) fn undecided(
        id: CheckId,
        label: RefusalLabel,
        sub: SubIndication,
        why: impl Into<String>,
    ) -> Self {
        Self {
            id,
            answer: Some(Answer::Undecided(Reason { label, sub })),
            why: why.into(),
        }
    }

    pub(crate) fn not_asked(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            id,
            answer: None,
            why: why.into(),
        }
    }

    pub(crate) fn is_pass(&self) -> bool {
        self.answer.as_ref().is_some_and(Answer::is_pass)
    }

    pub(crate) fn reason(&self) -> Option<Reason> {
        match &self.answer {
            Some(Answer::Fail(reason) | Answer::Undecided(reason)) => Some(*reason),
            Some(Answer::Pass) | None => None,
        }
    }

    pub(crate) fn report(&self) -> CheckReport {
        CheckReport {
            id: self.id,
            clause: Cow::Borrowed(clause(self.id)),
            outcome: match self.answer {
                Some(Answer::Pass) => Outcome::Pass,
                Some(Answer::Fail(_)) => Outcome::Fail,
                Some(Answer::Undecided(_)) => Outcome::Undecided,
                None => Outcome::NotAsked,
            },
            label: self.reason().map(|reason| reason.label),
            sub_indication: self.reason().map(|reason| reason.sub),
            why: self.why.clone(),
        }
    }
}

/// The clause that asks this question.
pub(crate) const fn clause(id: CheckId) -> &'static str {
    match id {
        CheckId::Structure => structure::CLAUSE,
        CheckId::Scope => scope::CLAUSE,
        CheckId::Content => content::CLAUSE,
        CheckId::Value => value::CLAUSE,
        CheckId::Chain => chain::CLAUSE,
        CheckId::Validity => validity::CLAUSE,
        CheckId::Purpose => purpose::CLAUSE,
        CheckId::Revocation => revocation::CLAUSE,
        CheckId::Iin => iin::CLAUSE,
    }
}

/// A certificate by its common name, or by its whole name where it has none.
pub(crate) fn name(certificate: &qaqpa_x509::Certificate) -> String {
    let subject = certificate.subject();
    subject
        .common_name
        .clone()
        .unwrap_or_else(|| subject.to_string())
}
