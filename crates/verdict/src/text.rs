//! The verdict as text: what a reviewer reads first stands first.

use std::fmt::Write as _;

use crate::border;
use crate::verdict::{
    CheckReport, Outcome, RuleOutcome, ScopeView, SubjectKind, TrustSource, Verdict,
};

const WIDTH: usize = 100;

pub(crate) fn render(verdict: &Verdict) -> String {
    let mut out = String::new();
    headline(&mut out, verdict);
    if let Some(scope) = &verdict.scope {
        signed(&mut out, scope);
    }
    signer(&mut out, verdict);
    checks(&mut out, verdict);
    path(&mut out, verdict);
    evidence(&mut out, verdict);
    out
}

/// Text that somebody else wrote, on one line and without characters that move or colour what stands
/// around it: a name in a certificate must not write lines of the report.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            c if c.is_control() => '\u{b7}',
            '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => '\u{b7}',
            c => c,
        })
        .collect()
}

fn headline(out: &mut String, verdict: &Verdict) {
    let _ = write!(out, "{}", verdict.indication);
    if verdict.is_passed() && verdict.trust == TrustSource::Capsule {
        out.push_str(" only by the anchors that the capsule itself brings along");
    }
    if let Some(sub) = verdict.sub_indication {
        let own = if sub.is_own() {
            " (the simulator's own)"
        } else {
            ""
        };
        let _ = write!(out, " / {sub}{own}");
    }
    if let Some(label) = verdict.label {
        let _ = write!(out, "   label: {label}");
    }
    out.push('\n');
    paragraph(out, "", verdict.why());
    let _ = writeln!(
        out,
        "subject {}, {}judged at {}",
        verdict.subject.as_str(),
        verdict
            .profile
            .map(|profile| format!("profile {}, ", profile.as_str()))
            .unwrap_or_default(),
        border::moment::text(verdict.at)
    );
    if verdict.inner_signatures > 0 {
        let _ = writeln!(
            out,
            "signatures in the Body that were not looked at: {}; examine the document that they are about by itself",
            verdict.inner_signatures
        );
    }
    if let Some(best) = verdict.best_signature_time {
        let _ = writeln!(
            out,
            "proven to have existed at {} by its time stamp: the certificate is judged as of then",
            border::moment::text(best)
        );
    }
    if let Some(weakened) = &verdict.laboratory {
        let names: Vec<_> = weakened.iter().map(|rule| rule.id()).collect();
        let names = match names.as_slice() {
            [] => "none".to_owned(),
            names => names.join(", "),
        };
        let _ = writeln!(
            out,
            "LABORATORY: a build that can leave checks out; left out or lowered here: {names}"
        );
    }
    out.push_str(match verdict.trust {
        TrustSource::Capsule => {
            "trust: the capsule's own anchors; whoever made the capsule chose whom to believe. Another's is judged by anchors of your own: --trust FILE\n"
        }
        TrustSource::Examiner => "trust: the examiner's own anchors\n",
    });
}

fn signed(out: &mut String, scope: &ScopeView) {
    out.push_str("\nWhat was signed\n");
    match (&scope.covered, &scope.position) {
        (Some(covered), Some(position)) => {
            let _ = writeln!(out, "  {} at {position}, and nothing else", clean(covered));
        }
        _ => out.push_str("  nothing is proven to be signed\n"),
    }
    if !scope.uncovered.is_empty() {
        let uncovered = clean(&scope.uncovered.join(", "));
        paragraph(
            out,
            "  ",
            &format!("nobody signed {uncovered}: that is nobody's word"),
        );
    }
    if let Some(place) = scope.counter_signs {
        let _ = writeln!(out, "  a counter-signature of signature {}", place + 1);
    }
    if scope.has_comments {
        out.push_str("  comments stand in it: nobody signed them, and nobody reads them here\n");
    }
    let _ = writeln!(
        out,
        "  signature {}, value sha256 {}",
        scope.algorithm, scope.value_sha256
    );
    for reference in &scope.references {
        let _ = writeln!(
            out,
            "  reference {:?} to {}, digest {}",
            clean(&reference.uri),
            clean(&reference.target),
            clean(&reference.digest)
        );
        for transform in &reference.transforms {
            let _ = writeln!(out, "    transform {}", clean(transform));
        }
    }
}

fn signer(out: &mut String, verdict: &Verdict) {
    let Some(signer) = &verdict.signer else {
        return;
    };
    let believed = if verdict.is_passed() {
        "Signed by"
    } else {
        "Signed by (as the certificate says; not believed)"
    };
    let _ = writeln!(out, "\n{believed}\n  {}", clean(&signer.common_name));
    for (what, value) in [
        ("IIN", &signer.iin_masked),
        ("BIN", &signer.bin),
        ("system", &signer.system),
    ] {
        if let Some(value) = value {
            let _ = writeln!(out, "  {what} {}", clean(value));
        }
    }
    let _ = writeln!(out, "  certificate {}", signer.serial);
}

fn checks(out: &mut String, verdict: &Verdict) {
    out.push_str("\nChecks\n");
    for check in &verdict.checks {
        let mark = match check.outcome {
            Outcome::Pass => "yes",
            Outcome::Fail => "NO",
            Outcome::Undecided => "?",
            Outcome::NotAsked => "-",
        };
        let _ = write!(out, "  {mark:<4}{:<12}", check.id.as_str());
        if let (Some(label), Some(sub)) = (check.label, check.sub_indication) {
            let _ = write!(out, "{label} ({sub})");
        }
        while out.ends_with(' ') {
            out.pop();
        }
        out.push('\n');
        paragraph(out, "      ", &check.why);
        let _ = writeln!(out, "      [{}]", check.clause);
        rules(out, check, verdict.subject);
    }
}

/// The checks of a question that were not simply passed or not reached.
fn rules(out: &mut String, check: &CheckReport, kind: SubjectKind) {
    for rule in &check.rules {
        let mark = match rule.outcome {
            RuleOutcome::Passed | RuleOutcome::NotAsked => continue,
            RuleOutcome::Failed => "NO",
            RuleOutcome::Warned => "warning",
            RuleOutcome::Informed => "remark",
            RuleOutcome::Ignored => "left out",
        };
        let _ = writeln!(
            out,
            "      {mark}: {} [{}]",
            rule.id,
            rule.id.clause_of(kind)
        );
        if let Some(why) = rule.why.as_deref().filter(|why| *why != check.why) {
            paragraph(out, "        ", why);
        }
    }
}

fn path(out: &mut String, verdict: &Verdict) {
    if verdict.path.is_empty() {
        return;
    }
    out.push_str("\nPath (signer first, trust anchor last)\n");
    for certificate in &verdict.path {
        let _ = writeln!(
            out,
            "  {} ({} to {})\n    serial {}\n    sha256 {}",
            clean(&certificate.subject),
            certificate.not_before.to_utc_string(),
            certificate.not_after.to_utc_string(),
            certificate.serial,
            certificate.sha256
        );
    }
}

fn evidence(out: &mut String, verdict: &Verdict) {
    if verdict.evidence.is_empty() {
        out.push_str("\nEvidence\n  none was asked for\n");
        return;
    }
    out.push_str("\nEvidence\n");
    for item in &verdict.evidence {
        let kind = match item.kind {
            crate::EvidenceKind::Ocsp => "OCSP",
            crate::EvidenceKind::Crl => "CRL",
            crate::EvidenceKind::DeltaCrl => "delta CRL",
        };
        let _ = writeln!(out, "  {kind} about {}: {}", item.about, item.standing);
        paragraph(out, "    ", &item.why);
        if let Some(this_update) = item.this_update {
            let until = item.next_update.map_or_else(
                || "no end".to_owned(),
                |end| format!("until {}", border::moment::text(end)),
            );
            let _ = writeln!(
                out,
                "    speaks from {}, {until}",
                border::moment::text(this_update)
            );
        }
        if let Some(sha256) = &item.sha256 {
            let _ = writeln!(out, "    sha256 {sha256}");
        }
        for attempt in &item.attempts {
            let _ = writeln!(
                out,
                "    tried {}: {}",
                clean(&attempt.from),
                clean(&attempt.outcome)
            );
        }
    }
}

/// Words on lines of at most [`WIDTH`] characters, where a word allows it, each line indented alike.
pub(crate) fn paragraph(out: &mut String, indent: &str, text: &str) {
    wrapped(out, indent, indent, text);
}

/// As [`paragraph`], of one item: what leads it stands once, and the lines after the first are indented below its words (by two
/// where nothing leads it).
pub(crate) fn item(out: &mut String, lead: &str, text: &str) {
    let is_bare = lead.trim().is_empty();
    let hanging = lead.chars().count() + if is_bare { 2 } else { 0 };
    wrapped(out, lead, &" ".repeat(hanging), text);
}

fn wrapped(out: &mut String, first: &str, others: &str, text: &str) {
    let mut line = String::new();
    let mut indent = first;
    for word in clean(&text.replace(['\n', '\t'], " ")).split_whitespace() {
        let longer = indent.chars().count() + line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && longer > WIDTH {
            let _ = writeln!(out, "{indent}{line}");
            line.clear();
            indent = others;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        let _ = writeln!(out, "{indent}{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_an_item_stands_on_its_first_line_alone() {
        let mut out = String::new();
        item(&mut out, " · ", &"word ".repeat(30));
        let lines: Vec<_> = out.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with(" · word") && lines[1].starts_with("   word"));
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
    }

    #[test]
    fn a_bare_item_goes_on_below_its_first_line() {
        let mut out = String::new();
        item(&mut out, "", &"word ".repeat(30));
        assert!(out.lines().nth(1).unwrap().starts_with("  word"), "{out}");
        out.clear();
        paragraph(&mut out, "  ", "a b");
        assert_eq!(out, "  a b\n");
    }
}
