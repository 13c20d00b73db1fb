//! The outcome of every check of a question, from the question's answer.

use super::Finding;
use crate::cause::Cause;
use crate::facts::{Account, Said};
use crate::policy::{Nonce, Policy};
use crate::rules::{Held, Level, Rule};
use crate::verdict::{CheckId, EvidenceKind, RuleOutcome, RuleReport, SubjectKind};

/// One line for each check of the question that such a subject is asked, in their order.
pub(super) fn report(
    finding: &Finding,
    kind: SubjectKind,
    policy: &Policy,
    accounts: &[Account],
) -> Vec<RuleReport> {
    let decided = finding.cause().map(Cause::rule);
    let mut reached = finding.answer.is_some();
    Rule::of(finding.id)
        .filter(|rule| rule.is_asked_of(kind))
        .map(|rule| {
            let note = finding.notes.iter().find(|note| note.rule == rule);
            let (outcome, why) = if policy.level(rule) == Level::Ignore {
                (RuleOutcome::Ignored, None)
            } else if rule == Rule::OcspNonce && policy.nonce() == Nonce::Omitted {
                (RuleOutcome::Warned, Some(without_nonces(policy)))
            } else if let Some(note) = note {
                let outcome = match policy.level(rule) {
                    Level::Inform | Level::Ignore => RuleOutcome::Informed,
                    Level::Warn | Level::Fail => RuleOutcome::Warned,
                };
                (outcome, Some(note.why.clone()))
            } else if decided == Some(rule) {
                reached = reached && finding.id == CheckId::Revocation;
                (RuleOutcome::Failed, Some(finding.why.clone()))
            } else if finding.idle.contains(&rule) {
                (RuleOutcome::NotAsked, None)
            } else if let Some(kind) = source(rule) {
                of_evidence(rule, kind, accounts)
            } else if reached {
                (RuleOutcome::Passed, None)
            } else {
                (RuleOutcome::NotAsked, None)
            };
            RuleReport {
                id: rule,
                held_by_types: matches!(rule.held(), Held::Types(_)),
                outcome,
                why,
            }
        })
        .collect()
}

/// A policy without nonces is weaker than the default, and every report by it says so, whatever became of the examination.
fn without_nonces(policy: &Policy) -> String {
    format!(
        "the policy asks for no nonce, which is weaker than the default: an answer of up to {} s may be given again",
        policy.ocsp_age_max().as_secs()
    )
}

/// The kind of evidence that a check is about, where it is about evidence.
fn source(rule: Rule) -> Option<EvidenceKind> {
    if rule.id().starts_with("ocsp-") {
        Some(EvidenceKind::Ocsp)
    } else if rule.id().starts_with("crl-") {
        Some(EvidenceKind::Crl)
    } else {
        None
    }
}

/// A check of evidence fails where some of it was no evidence for that; another source may have answered all the same.
fn of_evidence(
    rule: Rule,
    kind: EvidenceKind,
    accounts: &[Account],
) -> (RuleOutcome, Option<String>) {
    let is_kind = |account: &&Account| {
        account.kind == kind
            || (kind == EvidenceKind::Crl && account.kind == EvidenceKind::DeltaCrl)
    };
    let refused = accounts
        .iter()
        .filter(is_kind)
        .find(|account| account.rule == Some(rule));
    if let Some(account) = refused {
        return (RuleOutcome::Failed, Some(account.sentence()));
    }
    // Bytes that were refused for another reason were not looked at further.
    let looked_at = accounts.iter().filter(is_kind).any(|account| {
        !matches!(account.said, Said::Nothing { .. } | Said::Lost) && !account.idle.contains(&rule)
    });
    let outcome = if looked_at {
        RuleOutcome::Passed
    } else {
        RuleOutcome::NotAsked
    };
    (outcome, None)
}
