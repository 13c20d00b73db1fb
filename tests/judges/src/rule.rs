//! What counts as a difference between us and the other judges.

use crate::judges::{Judge, Question, Says};
use crate::ours::{self, Ours};
use crate::view::View;

/// What everybody says about one document.
#[derive(Clone, Debug)]
pub struct Judged {
    /// We.
    pub ours: Ours,
    /// The others.
    pub others: Vec<(&'static str, Says)>,
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// We accept what this judge refuses, with its reason.
    Alone(&'static str, String),
    /// We accept a document that does not say what was signed. Never listed.
    Changed,
    /// Our verifier fell over. Never listed.
    Panic(String),
    /// We refuse, with our reason, what all others accept.
    Strict(String),
}

impl Difference {
    /// Whether another is of the same kind: the same judge, and a reason that is the same but for numbers and names.
    pub fn is_like(&self, other: &Self) -> bool {
        self.kind() == other.kind()
    }

    /// Its kind.
    pub fn kind(&self) -> String {
        match self {
            Self::Alone(judge, reason) => {
                format!("we accept, {judge} refuses: {}", outline(reason))
            }
            Self::Changed => "we accept changed content".to_owned(),
            Self::Panic(message) => format!("we panic: {}", outline(message)),
            Self::Strict(reason) => format!("we refuse what all accept: {}", outline(reason)),
        }
    }

    /// Who differs from us: a judge's name or `all`.
    pub fn judge(&self) -> &'static str {
        match self {
            Self::Alone(judge, _) => judge,
            Self::Changed | Self::Panic(_) | Self::Strict(_) => "all",
        }
    }

    /// The reason that the refusing side gives.
    pub fn reason(&self) -> &str {
        match self {
            Self::Alone(_, reason) | Self::Panic(reason) | Self::Strict(reason) => reason,
            Self::Changed => "",
        }
    }
}

/// A reason without what differs from document to document.
fn outline(reason: &str) -> String {
    let mut outline = String::new();
    for c in reason.chars().take(70) {
        match c {
            '0'..='9' => {}
            '"' | '\'' => break,
            c => outline.push(c),
        }
    }
    outline
}

/// Asks everybody.
pub fn judge(judges: &mut [Judge], question: Question<'_>, spki: &[u8]) -> Judged {
    for judge in judges.iter_mut() {
        judge.ask(question);
    }
    let ours = ours::judge(question.profile, question.bytes, spki);
    let others = judges
        .iter_mut()
        .map(|judge| (judge.name, judge.answer()))
        .collect();
    Judged { ours, others }
}

/// The differences; `signed` is what the references of the document were about when it was signed, if that is known.
pub fn differences(judged: &Judged, signed: Option<&[View]>) -> Vec<Difference> {
    let mut differences = Vec::new();
    match &judged.ours {
        Ours::Panics(message) => differences.push(Difference::Panic(message.clone())),
        Ours::Accepts(view) => {
            if signed.is_some_and(|signed| !signed.contains(view)) {
                differences.push(Difference::Changed);
            }
            for (judge, says) in &judged.others {
                match says {
                    Says::Accept => {}
                    Says::Refuse(reason) => {
                        differences.push(Difference::Alone(judge, reason.clone()))
                    }
                    Says::Died(how) => {
                        differences.push(Difference::Alone(judge, format!("died {how}")))
                    }
                }
            }
        }
        Ours::Refuses(reason) => {
            if judged.others.iter().all(|(_, says)| *says == Says::Accept) {
                differences.push(Difference::Strict(reason.clone()));
            }
        }
    }
    differences
}
