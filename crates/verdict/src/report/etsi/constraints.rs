//! What was asked, and what came of it: questions, their rules, and whose anchors were believed.

use qaqpa_xml::write::Writer;

use super::{ETSI, OWN_CONSTRAINT, TRUST_OF_CAPSULE, main_indication, plain, sub_indication};
use crate::verdict::{CheckReport, Outcome, RuleOutcome, RuleReport, TrustSource, Verdict};

/// TS 119 102-2, 4.3.5.
pub(super) fn constraints(out: &mut Writer, verdict: &Verdict) {
    let asked = |check: &&CheckReport| check.outcome != Outcome::NotAsked;
    if !verdict.checks.iter().any(|check| asked(&check)) {
        return;
    }
    out.start("ValidationConstraintsEvaluationReport");
    of_trust(out, verdict.trust);
    for check in verdict.checks.iter().filter(asked) {
        of_check(out, check);
        for rule in &check.rules {
            of_rule(out, rule);
        }
    }
    out.end();
}

/// A reader of the indication alone must meet it: whoever made a capsule chose whom to believe.
fn of_trust(out: &mut Writer, trust: TrustSource) {
    if trust != TrustSource::Capsule {
        return;
    }
    constraint(out, "trust", "applied");
    out.start("ValidationStatus");
    main_indication(out, "indeterminate");
    out.end();
    out.start("Indications");
    out.text(TRUST_OF_CAPSULE);
    out.end();
    out.end();
}

fn of_check(out: &mut Writer, check: &CheckReport) {
    constraint(out, &format!("check/{}", check.id.as_str()), "applied");
    out.start("ValidationStatus");
    let indication = match check.outcome {
        Outcome::Pass => "passed",
        Outcome::Fail => "failed",
        Outcome::Undecided | Outcome::NotAsked => "indeterminate",
    };
    main_indication(out, indication);
    if let Some(sub) = check.sub_indication {
        out.leaf("SubIndication", &sub_indication(sub));
    }
    out.end();
    out.start("Indications");
    out.text(&plain(&check.why));
    out.end();
    out.end();
}

fn of_rule(out: &mut Writer, rule: &RuleReport) {
    let (status, indication) = match rule.outcome {
        RuleOutcome::NotAsked => return,
        RuleOutcome::Ignored => ("disabled", None),
        RuleOutcome::Passed => ("applied", Some("passed")),
        RuleOutcome::Failed => ("applied", Some("failed")),
        // Found, and by policy no reason to refuse.
        RuleOutcome::Warned | RuleOutcome::Informed => ("applied", Some("indeterminate")),
    };
    constraint(out, &format!("rule/{}", rule.id), status);
    if let Some(indication) = indication {
        out.start("ValidationStatus");
        main_indication(out, indication);
        out.end();
    }
    if let Some(why) = &rule.why {
        out.start("Indications");
        out.text(&plain(why));
        out.end();
    }
    out.end();
}

/// Begins a constraint; the caller ends it.
fn constraint(out: &mut Writer, name: &str, status: &str) {
    out.start("ValidationConstraint");
    out.leaf(
        "ValidationConstraintIdentifier",
        &format!("{OWN_CONSTRAINT}{name}"),
    );
    out.start("ConstraintStatus");
    out.leaf("Status", &format!("{ETSI}:constraintStatus:{status}"));
    out.end();
}
