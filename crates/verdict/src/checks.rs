//! The questions of an examination, one file each, in the order in which they are asked.
//!
//! Each check is a pure function from facts to a [`Finding`]; the clause that it obeys is quoted above
//! the line that obeys it. The order decides the label: structure → scope → content → value → time stamp → chain →
//! validity → purpose → revocation → IIN → BIN; the verdict is that of the first question that was not passed.

pub(crate) mod bin;
pub(crate) mod chain;
pub(crate) mod content;
pub(crate) mod iin;
pub(crate) mod message;
pub(crate) mod purpose;
pub(crate) mod revocation;
mod rules;
pub(crate) mod scope;
pub(crate) mod structure;
pub(crate) mod validity;
pub(crate) mod value;

use std::borrow::Cow;

use qaqpa_model::Answer;

use crate::cause::Cause;
use crate::facts::Account;
use crate::policy::Policy;
use crate::rules::Rule;
use crate::verdict::{CheckId, CheckReport, Outcome, SubjectKind};

/// What a check found that its level does not let decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) rule: Rule,
    pub(crate) why: String,
}

/// The answer of one check, with what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) id: CheckId,
    /// `None` where an earlier answer left nothing to ask about.
    pub(crate) answer: Option<Answer<Cause>>,
    pub(crate) why: String,
    /// What checks found that is tolerated.
    pub(crate) notes: Vec<Note>,
    /// The checks that had nothing to look at: they stand in the report as not asked, and not as passed.
    pub(crate) idle: Vec<Rule>,
}

impl Finding {
    pub(crate) fn pass(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            id,
            answer: Some(Answer::Pass),
            why: why.into(),
            notes: Vec::new(),
            idle: Vec::new(),
        }
    }

    pub(crate) fn fail(cause: Cause, why: impl Into<String>) -> Self {
        Self {
            id: cause.rule().question(),
            answer: Some(Answer::Fail(cause)),
            why: why.into(),
            notes: Vec::new(),
            idle: Vec::new(),
        }
    }

    pub(crate) fn undecided(cause: Cause, why: impl Into<String>) -> Self {
        Self {
            answer: Some(Answer::Undecided(cause)),
            ..Self::fail(cause, why)
        }
    }

    /// With what was found and is tolerated.
    pub(crate) fn noting(mut self, notes: impl IntoIterator<Item = Note>) -> Self {
        self.notes.extend(notes);
        self
    }

    /// With the checks that had nothing to look at.
    pub(crate) fn idling(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        self.idle.extend(rules);
        self
    }

    /// The same answer, or a pass that notes it where the policy tolerates its check.
    pub(crate) fn under(self, policy: &Policy) -> Self {
        match self.cause() {
            Some(cause) if policy.tolerates(cause.rule()) => {
                let note = Note {
                    rule: cause.rule(),
                    why: self.why.clone(),
                };
                Self::pass(self.id, format!("tolerated: {}", self.why))
                    .noting(self.notes)
                    .noting([note])
                    .idling(self.idle)
            }
            _ => self,
        }
    }

    pub(crate) fn not_asked(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            id,
            answer: None,
            why: why.into(),
            notes: Vec::new(),
            idle: Vec::new(),
        }
    }

    pub(crate) fn is_pass(&self) -> bool {
        self.answer.as_ref().is_some_and(Answer::is_pass)
    }

    /// Why it is no pass, where it is none.
    pub(crate) fn cause(&self) -> Option<Cause> {
        match &self.answer {
            Some(Answer::Fail(cause) | Answer::Undecided(cause)) => Some(*cause),
            Some(Answer::Pass) | None => None,
        }
    }

    pub(crate) fn report(
        &self,
        kind: SubjectKind,
        policy: &Policy,
        accounts: &[Account],
    ) -> CheckReport {
        CheckReport {
            id: self.id,
            clause: Cow::Borrowed(clause(self.id, kind)),
            outcome: match self.answer {
                Some(Answer::Pass) => Outcome::Pass,
                Some(Answer::Fail(_)) => Outcome::Fail,
                Some(Answer::Undecided(_)) => Outcome::Undecided,
                None => Outcome::NotAsked,
            },
            label: self.cause().map(Cause::label),
            sub_indication: self.cause().map(Cause::sub_indication),
            cause: self.cause(),
            why: self.why.clone(),
            rules: rules::report(self, kind, policy, accounts),
        }
    }
}

const TIMESTAMP_CLAUSE: &str =
    "EN 319 102-1 §5.4 (time-stamp validation), §5.5 (best signature time)";

/// The clause that asks this question of such a subject.
pub(crate) const fn clause(id: CheckId, kind: SubjectKind) -> &'static str {
    match id {
        CheckId::Structure if matches!(kind, SubjectKind::Cms) => structure::CLAUSE_OF_MESSAGES,
        CheckId::Scope if matches!(kind, SubjectKind::Cms) => scope::CLAUSE_OF_MESSAGES,
        CheckId::Content if matches!(kind, SubjectKind::Cms) => content::CLAUSE_OF_MESSAGES,
        CheckId::Value if matches!(kind, SubjectKind::Cms) => value::CLAUSE_OF_MESSAGES,
        CheckId::Structure => structure::CLAUSE,
        CheckId::Scope => scope::CLAUSE,
        CheckId::Content => content::CLAUSE,
        CheckId::Value => value::CLAUSE,
        CheckId::Timestamp => TIMESTAMP_CLAUSE,
        CheckId::Chain => chain::CLAUSE,
        CheckId::Validity => validity::CLAUSE,
        CheckId::Purpose => purpose::CLAUSE,
        CheckId::Revocation => revocation::CLAUSE,
        CheckId::Iin => iin::CLAUSE,
        CheckId::Bin => bin::CLAUSE,
    }
}

/// A certificate by its common name; a personal number that stands in it is masked.
pub(crate) fn name(certificate: &qaqpa_x509::Certificate) -> String {
    certificate
        .subject()
        .common_name
        .as_deref()
        .map_or_else(|| "(no common name)".to_owned(), masked)
}

/// The text with every run of twelve or more digits masked but for two at each end, as IINs are.
pub(crate) fn masked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut shown = String::with_capacity(text.len());
    for run in chars.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
        let is_number = run.len() >= 12 && run[0].is_ascii_digit();
        for (index, c) in run.iter().enumerate() {
            let hidden = is_number && index >= 2 && index + 2 < run.len();
            shown.push(if hidden { '*' } else { *c });
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_number_in_a_name_is_masked() {
        assert_eq!(masked("IIN931002451325 X"), "IIN93********25 X");
        assert_eq!(masked("ТЕСТ 2022"), "ТЕСТ 2022");
        assert_eq!(masked("12345678901"), "12345678901");
        assert_eq!(masked(""), "");
    }
}
