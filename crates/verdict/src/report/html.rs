//! The reports as one page: nothing else is loaded, no script runs, and no meaning hangs on colour alone.

mod difference;
mod tree;

use std::fmt::Write as _;

use qaqpa_model::{Lang, Moment};
use qaqpa_xml::write::{escape_attribute, escape_text};

use self::difference::difference;
use self::tree::scope;
use super::overlay::Overlay;
use super::words::{Text, phrases, terms};
use super::{DetailedCheck, Simple, detailed, simple};
use crate::border;
use crate::indication::Indication;
use crate::signatures::worst;
use crate::text::clean;
use crate::verdict::{Outcome, RuleOutcome, SubjectKind, TrustSource, Verdict};

const STYLE: &str = include_str!("page.css");

/// The page about a document: the verdict on top, who signed and when, the document with what its signatures cover, and each
/// check. `overlay` is the drawing of the document, where there is one to draw.
#[must_use]
pub fn page(verdicts: &[Verdict], overlay: Option<&Overlay>, lang: Lang) -> String {
    let indication = worst(verdicts).map_or(Indication::Indeterminate, |worst| worst.indication);
    let subject = verdicts
        .first()
        .map_or(SubjectKind::Document, |verdict| verdict.subject);
    let trust = verdicts
        .first()
        .map_or(TrustSource::Examiner, |verdict| verdict.trust);
    let title = phrases::verdict(subject, indication, trust).of(lang);
    let mut out = String::new();
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        lang.code(),
        escape_text(title),
    );
    let (class, sign) = look(indication, trust);
    let _ = write!(
        out,
        "<header class=\"verdict {class}\">\n<span class=\"seal\" aria-hidden=\"true\">{sign}</span>\n\
         <div><h1>{}</h1>\n<p><code>{indication}</code></p></div>\n</header>\n<main>\n",
        escape_text(title),
    );
    for (place, verdict) in verdicts.iter().enumerate() {
        let number = (verdicts.len() > 1).then_some(place + 1);
        summary(&mut out, &simple(verdict, lang), number, lang);
        if let Some(diagnosis) = &verdict.diagnosis {
            difference(&mut out, diagnosis, lang);
        }
    }
    if let Some(overlay) = overlay {
        scope(&mut out, overlay, lang);
    }
    for (place, verdict) in verdicts.iter().enumerate() {
        let number = (verdicts.len() > 1).then_some(place + 1);
        checks(&mut out, &detailed(verdict, lang).checks, number, lang);
        materials(&mut out, verdict, lang);
    }
    let _ = write!(
        out,
        "</main>\n<footer><p>{}. {}</p></footer>\n</body>\n</html>\n",
        escape_text(phrases::MADE_BY.of(lang)),
        escape_text(phrases::PERSONAL_DATA.of(lang)),
    );
    out
}

/// A yes that hangs on the anchors of a capsule does not look like one that does not.
const fn look(indication: Indication, trust: TrustSource) -> (&'static str, &'static str) {
    match (indication, trust) {
        (Indication::TotalPassed, TrustSource::Examiner) => ("yes", "✓"),
        (Indication::TotalPassed, TrustSource::Capsule) => ("open", "✓"),
        (Indication::TotalFailed, _) => ("no", "✕"),
        (Indication::Indeterminate, _) => ("open", "?"),
    }
}

/// Who, when, why, and what to do.
fn summary(out: &mut String, simple: &Simple, number: Option<usize>, lang: Lang) {
    let _ = writeln!(out, "<section>");
    heading(out, phrases::SIMPLE_TITLE, number, lang);
    if number.is_some() {
        let (class, sign) = look(simple.indication, simple.trust);
        let _ = writeln!(
            out,
            "<p class=\"lead {class}\"><span aria-hidden=\"true\">{sign}</span> {}</p>",
            escape_text(&simple.verdict)
        );
    }
    let _ = writeln!(out, "<dl>");
    for row in simple.rows(lang) {
        let class = if row.is_detail {
            " class=\"detail\""
        } else {
            ""
        };
        let what = escape_text(row.what.of(lang));
        let _ = write!(out, "<dt{class}>{what}</dt>");
        for value in &row.values {
            let _ = write!(out, "<dd>{}</dd>", prose(value));
        }
        out.push('\n');
    }
    let _ = writeln!(out, "</dl>");
    if let (Some(label), Some(sub)) = (simple.label, simple.sub_indication) {
        let _ = writeln!(
            out,
            "<p class=\"codes\"><code>{label}</code> <code>{sub}</code></p>"
        );
    }
    let _ = writeln!(out, "</section>");
}

/// A text whose words in backticks are code.
fn prose(text: &str) -> String {
    let mut shown = String::new();
    for (place, part) in text.split('`').enumerate() {
        let part = escape_text(part);
        let _ = match place % 2 {
            0 => write!(shown, "{part}"),
            _ => write!(shown, "<code>{part}</code>"),
        };
    }
    shown
}

fn heading(out: &mut String, text: Text, number: Option<usize>, lang: Lang) {
    let text = escape_text(text.of(lang));
    match number {
        None => {
            let _ = writeln!(out, "<h2>{text}</h2>");
        }
        Some(number) => {
            let name = escape_text(phrases::SIGNATURE_OF.of(lang));
            let _ = writeln!(out, "<h2>{name} {number}. {text}</h2>");
        }
    }
}

fn entry(out: &mut String, what: Text, value: &str, lang: Lang) {
    let _ = writeln!(
        out,
        "<dt>{}</dt><dd>{}</dd>",
        escape_text(what.of(lang)),
        escape_text(value)
    );
}

/// Each check, its rules behind a fold that opens without a script.
fn checks(out: &mut String, checks: &[DetailedCheck], number: Option<usize>, lang: Lang) {
    let _ = writeln!(out, "<section>");
    heading(out, phrases::DETAILED_TITLE, number, lang);
    if let Some(note) = phrases::in_english(lang) {
        let _ = writeln!(out, "<p class=\"clause\">{}</p>", escape_text(note));
    }
    let _ = writeln!(out, "<ol class=\"checks\">");
    for check in checks {
        let (class, sign) = match check.outcome {
            Outcome::Pass => ("yes", "✓"),
            Outcome::Fail => ("no", "✕"),
            Outcome::Undecided => ("open", "?"),
            Outcome::NotAsked => ("none", "–"),
        };
        let _ = writeln!(
            out,
            "<li class=\"{class}\"><p><span class=\"answer\"><span aria-hidden=\"true\">{sign}</span> {}</span> \
             <strong>{}</strong></p>",
            escape_text(&check.answer),
            escape_text(&check.question),
        );
        if let Some(reason) = &check.reason {
            let _ = writeln!(out, "<p>{}</p>", prose(reason));
        }
        for (what, english) in [
            (phrases::FOUND, &check.found),
            (phrases::CLAUSE, &check.clause),
        ] {
            let _ = writeln!(
                out,
                "<p class=\"clause\">{}: <span lang=\"en\">{}</span></p>",
                escape_text(what.of(lang)),
                escape_text(&clean(english)),
            );
        }
        let notes = !check.evidence.is_empty() || !check.rules.is_empty();
        if notes {
            let _ = writeln!(
                out,
                "<details><summary>{}: {} · {}: {}</summary>",
                escape_text(phrases::EVIDENCE.of(lang)),
                check.evidence.len(),
                escape_text(phrases::RULES.of(lang)),
                check.rules.len()
            );
            folded(out, check);
            let _ = writeln!(out, "</details>");
        }
        let _ = writeln!(out, "</li>");
    }
    let _ = writeln!(out, "</ol>\n</section>");
}

fn folded(out: &mut String, check: &DetailedCheck) {
    let _ = writeln!(out, "<ul>");
    for item in &check.evidence {
        let digest = item.digest.as_deref().unwrap_or_default();
        let what = escape_text(&clean(&item.what));
        let _ = writeln!(out, "<li>{what} <code>{digest}</code></li>");
    }
    let _ = writeln!(out, "</ul>\n<ul class=\"rules\">");
    for rule in &check.rules {
        let class = match rule.outcome {
            RuleOutcome::Passed => "yes",
            RuleOutcome::NotAsked | RuleOutcome::Ignored => "none",
            RuleOutcome::Failed => "no",
            RuleOutcome::Warned | RuleOutcome::Informed => "open",
        };
        let _ = write!(
            out,
            "<li class=\"{class}\"><code>{}</code> {} <span class=\"clause\" lang=\"en\">{}</span>",
            rule.id,
            escape_text(&rule.answer),
            escape_text(rule.clause)
        );
        if let Some(found) = &rule.found {
            let _ = write!(
                out,
                " <span lang=\"en\">{}</span>",
                escape_text(&clean(found))
            );
        }
        let _ = writeln!(out, "</li>");
    }
    let _ = writeln!(out, "</ul>");
}

/// Certificates and evidence with their times and digests.
fn materials(out: &mut String, verdict: &Verdict, lang: Lang) {
    if verdict.path.is_empty() && verdict.evidence.is_empty() {
        return;
    }
    let _ = writeln!(out, "<section>");
    heading(out, phrases::FACTS_TITLE, None, lang);
    let _ = writeln!(
        out,
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table>",
        escape_attribute(phrases::FACTS_TITLE.of(lang))
    );
    for certificate in &verdict.path {
        let (from, until) = (certificate.not_before, certificate.not_after);
        row(
            out,
            phrases::CERTIFICATE.of(lang),
            &certificate.subject,
            Some(from),
            Some(until),
            Some(&certificate.sha256),
        );
    }
    for item in &verdict.evidence {
        let what = format!("{}: {}", item.about, terms::standing(&item.standing, lang));
        row(
            out,
            phrases::evidence(item.kind).of(lang),
            &what,
            item.this_update,
            item.next_update,
            item.sha256.as_deref(),
        );
    }
    let _ = writeln!(out, "</table></div>\n</section>");
}

fn row(
    out: &mut String,
    kind: &str,
    what: &str,
    from: Option<Moment>,
    until: Option<Moment>,
    sha256: Option<&str>,
) {
    let time = |moment: Option<Moment>| moment.map_or_else(|| "…".to_owned(), border::moment::text);
    let _ = writeln!(
        out,
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{} – {}</td><td><code>{}</code></td></tr>",
        escape_text(kind),
        escape_text(&clean(what)),
        time(from),
        time(until),
        sha256.unwrap_or("–")
    );
}
