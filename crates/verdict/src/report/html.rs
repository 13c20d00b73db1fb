//! The reports as one page: nothing else is loaded, no script runs, and no meaning hangs on colour alone.

use std::fmt::Write as _;

use qaqpa_model::{Lang, Moment};
use qaqpa_xml::write::{escape_attribute, escape_text};

use super::overlay::{Line, Mark, Overlay, legend};
use super::words::{Text, causes, phrases};
use super::{DetailedCheck, Simple, detailed, simple};
use crate::border;
use crate::diagnosis::DiagnosisView;
use crate::indication::Indication;
use crate::signatures::worst;
use crate::text::clean;
use crate::verdict::{Outcome, RuleOutcome, SubjectKind, Verdict};

const STYLE: &str = include_str!("page.css");

/// The page about a document: the verdict on top, who signed and when, the document with what its signatures cover, and each
/// check. `overlay` is the drawing of the document, where there is one to draw.
#[must_use]
pub fn page(verdicts: &[Verdict], overlay: Option<&Overlay>, lang: Lang) -> String {
    let indication = worst(verdicts).map_or(Indication::Indeterminate, |worst| worst.indication);
    let subject = verdicts
        .first()
        .map_or(SubjectKind::Document, |verdict| verdict.subject);
    let title = phrases::verdict(subject, indication).of(lang);
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
    let (class, sign) = look(indication);
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

const fn look(indication: Indication) -> (&'static str, &'static str) {
    match indication {
        Indication::TotalPassed => ("yes", "✓"),
        Indication::TotalFailed => ("no", "✕"),
        Indication::Indeterminate => ("open", "?"),
    }
}

/// Who, when, why, and what to do.
fn summary(out: &mut String, simple: &Simple, number: Option<usize>, lang: Lang) {
    let _ = writeln!(out, "<section>");
    heading(out, phrases::SIMPLE_TITLE, number, lang);
    if number.is_some() {
        let (class, sign) = look(simple.indication);
        let _ = writeln!(
            out,
            "<p class=\"lead {class}\"><span aria-hidden=\"true\">{sign}</span> {}</p>",
            escape_text(&simple.verdict)
        );
    }
    let _ = writeln!(out, "<dl>");
    let who = match simple.subject {
        SubjectKind::Certificate => phrases::CERTIFICATE_HOLDER,
        _ => phrases::SIGNED_BY,
    };
    match &simple.signer {
        None => entry(out, who, phrases::NOBODY.of(lang), lang),
        Some(signer) => {
            let mut name = clean(&signer.name);
            if !signer.proven {
                let _ = write!(name, " ({})", phrases::NOT_BELIEVED.of(lang));
            }
            entry(out, who, &name, lang);
            for (what, value) in [
                (phrases::IIN, &signer.iin),
                (phrases::BIN, &signer.bin),
                (phrases::SYSTEM, &signer.system),
            ] {
                if let Some(value) = value {
                    entry(out, what, value, lang);
                }
            }
        }
    }
    let time = |moment: Option<Moment>, absent: Text| {
        moment.map_or_else(|| absent.of(lang).to_owned(), border::moment::text)
    };
    if simple.subject != SubjectKind::Certificate {
        let claimed = time(simple.claimed_signing_time, phrases::NOT_CLAIMED);
        entry(out, phrases::CLAIMED_TIME, &claimed, lang);
        let best = time(simple.best_signature_time, phrases::NOT_STAMPED);
        entry(out, phrases::BEST_TIME, &best, lang);
    }
    entry(
        out,
        phrases::JUDGED_AT,
        &border::moment::text(simple.judged_at),
        lang,
    );
    if let Some(profile) = simple.profile {
        let profile = phrases::profile(profile).of(lang);
        entry(out, phrases::JUDGED_AS, profile, lang);
    }
    let trust = phrases::trust(simple.trust).of(lang);
    entry(out, phrases::TRUST, trust, lang);
    match simple.reasons.is_empty() {
        true => entry(out, phrases::RESULT, phrases::ALL_PASSED.of(lang), lang),
        false => entry(out, phrases::REASON, &simple.reasons.join(" "), lang),
    }
    match simple.remedies.is_empty() {
        true => entry(out, phrases::REMEDY, phrases::NOTHING_TO_DO.of(lang), lang),
        false => entry(out, phrases::REMEDY, &simple.remedies.join(" "), lang),
    }
    if !simple.remarks.is_empty() {
        entry(out, phrases::REMARKS, &simple.remarks.join(" "), lang);
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

/// Why the digest differs.
fn difference(out: &mut String, diagnosis: &DiagnosisView, lang: Lang) {
    let _ = writeln!(out, "<section>");
    heading(out, phrases::DIAGNOSIS, None, lang);
    match diagnosis.causes.as_slice() {
        [] => {
            let _ = writeln!(
                out,
                "<p>{}</p>",
                escape_text(phrases::DIAGNOSIS_UNKNOWN.of(lang))
            );
        }
        found => {
            for cause in found {
                let words = causes::of(*cause);
                let _ = writeln!(
                    out,
                    "<p><code>{}</code> {} <strong>{}</strong></p>",
                    cause.as_str(),
                    escape_text(words.reason.of(lang)),
                    escape_text(words.remedy.of(lang))
                );
            }
        }
    }
    let _ = writeln!(out, "<dl>");
    let reference = format!(
        "{} (URI=\"{}\")",
        diagnosis.reference,
        clean(&diagnosis.uri)
    );
    entry(out, phrases::REFERENCE, &reference, lang);
    let digest = phrases::DIGEST.of(lang);
    for (what, value) in [
        (phrases::CLAIMED, &diagnosis.claimed),
        (phrases::COMPUTED, &diagnosis.computed),
    ] {
        let what = escape_text(what.of(lang));
        let _ = writeln!(
            out,
            "<dt>{digest} ({what})</dt><dd><code>{value}</code></dd>"
        );
    }
    if let Some(place) = diagnosis.first_difference {
        entry(out, phrases::FIRST_DIFFERENCE, &place.to_string(), lang);
    }
    let _ = writeln!(out, "</dl>");
    let octets = [
        (phrases::CANONICAL, Some(&diagnosis.canonical)),
        (phrases::SIGNED_OCTETS, diagnosis.signed.as_ref()),
    ];
    for (what, text) in octets {
        if let Some(text) = text {
            let _ = writeln!(
                out,
                "<figure><figcaption>{}</figcaption><pre tabindex=\"0\">{}</pre></figure>",
                escape_text(what.of(lang)),
                visible(text)
            );
        }
    }
    let _ = writeln!(out, "</section>");
}

/// Octets as text, with signs for what cannot be seen.
fn visible(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("<i>↵</i>\n"),
            '\t' => shown.push_str("<i>→</i>"),
            ' ' => shown.push_str("<i>·</i>"),
            c => shown.push_str(&escape_text(&clean(c.encode_utf8(&mut [0; 4])))),
        }
    }
    shown
}

/// The document with what its signatures cover.
fn scope(out: &mut String, overlay: &Overlay, lang: Lang) {
    let _ = writeln!(out, "<section>");
    heading(out, phrases::SCOPE_TITLE, None, lang);
    let _ = writeln!(out, "<ul class=\"counts\">");
    for (what, count) in overlay.counts() {
        let _ = writeln!(
            out,
            "<li><b>{count}</b> {}</li>",
            escape_text(what.of(lang))
        );
    }
    let _ = writeln!(
        out,
        "</ul>\n<ul class=\"legend\" aria-label=\"{}\">",
        escape_attribute(phrases::LEGEND.of(lang))
    );
    for ((sign, meaning), class) in legend().into_iter().zip(["c", "p", "u", "s", "r"]) {
        let meaning = escape_text(meaning.of(lang));
        let _ = writeln!(
            out,
            "<li><span class=\"mark {class}\">{sign}</span> {meaning}</li>"
        );
    }
    let _ = writeln!(
        out,
        "</ul>\n<div class=\"tree\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">",
        escape_attribute(phrases::DOCUMENT.of(lang))
    );
    let mut depth = None;
    for line in &overlay.lines {
        let (close, open) = nesting(depth, line.depth);
        out.push_str(&close);
        out.push_str(open);
        depth = Some(line.depth);
        drawn(out, line, lang);
    }
    if let Some(depth) = depth {
        out.push_str(&"</li></ul>".repeat(depth + 1));
    }
    if overlay.more > 0 {
        let _ = write!(out, "<p>… +{}</p>", overlay.more);
    }
    let _ = writeln!(out, "</div>\n</section>");
}

/// The ends and beginnings of lists between two lines.
fn nesting(before: Option<usize>, depth: usize) -> (String, &'static str) {
    match before {
        None => (String::new(), "<ul>"),
        Some(before) if depth > before => (String::new(), "<ul>"),
        Some(before) => {
            let mut close = "</li></ul>".repeat(before - depth);
            close.push_str("</li>\n");
            (close, "")
        }
    }
}

/// One element; its list item stays open for what is inside.
fn drawn(out: &mut String, line: &Line, lang: Lang) {
    let (class, meaning) = match &line.mark {
        Mark::Covered(_) => ("c", phrases::MARK_COVERED),
        Mark::Signature => ("s", phrases::MARK_SIGNATURE),
        Mark::Uncovered => ("u", phrases::MARK_UNCOVERED),
        Mark::Unproven(_) => ("p", phrases::MARK_UNPROVEN),
    };
    let sign = line.mark.sign();
    let mut told = format!("{sign}: {}", meaning.of(lang));
    if line.is_consumed {
        let _ = write!(told, "; {}", phrases::MARK_CONSUMED.of(lang));
    }
    let read = if line.is_consumed { " r" } else { "" };
    let title = match line.path.is_empty() {
        true => told.clone(),
        false => format!("{}\n{told}", clean(&line.path)),
    };
    let _ = write!(
        out,
        "<li><div class=\"line {class}{read}\" title=\"{}\"><span class=\"mark {class}\" aria-hidden=\"true\">{}</span>\
         <span class=\"read\" aria-hidden=\"true\">{}</span><span class=\"told\">{} </span>\
         <span class=\"content\">",
        escape_attribute(&title),
        escape_text(&sign),
        if line.is_consumed { "=" } else { "" },
        escape_text(&told),
    );
    if line.name.is_empty() {
        let _ = write!(
            out,
            "<span class=\"comment\">&lt;!-- {} --&gt;</span></span></div>",
            escape_text(&line.text)
        );
        return;
    }
    let _ = write!(out, "<b>{}</b>", escape_text(&line.name));
    for (name, value) in &line.attributes {
        let _ = write!(
            out,
            " <span class=\"attribute\">{}=<q>{}</q></span>",
            escape_text(name),
            escape_text(value)
        );
    }
    if !line.text.is_empty() {
        let _ = write!(
            out,
            " <span class=\"text\">{}</span>",
            escape_text(&line.text)
        );
    }
    out.push_str("</span></div>");
}

/// Each check, its rules behind a fold that opens without a script.
fn checks(out: &mut String, checks: &[DetailedCheck], number: Option<usize>, lang: Lang) {
    let _ = writeln!(out, "<section>");
    heading(out, phrases::DETAILED_TITLE, number, lang);
    let _ = writeln!(out, "<ol class=\"checks\">");
    for check in checks {
        let (class, sign) = match check.outcome {
            Outcome::Pass => ("yes", "✓"),
            Outcome::Fail => ("no", "✕"),
            Outcome::Undecided => ("open", "?"),
            Outcome::NotAsked => ("none", "–"),
        };
        let _ = write!(
            out,
            "<li class=\"{class}\"><p><span class=\"answer\"><span aria-hidden=\"true\">{sign}</span> {}</span> \
             <strong>{}</strong></p>\n<p lang=\"en\">{}</p>\n<p class=\"clause\" lang=\"en\">{}</p>\n",
            escape_text(&check.answer),
            escape_text(&check.question),
            escape_text(&clean(&check.found)),
            escape_text(&check.clause),
        );
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
            phrases::CERTIFICATES.of(lang),
            &certificate.subject,
            Some(from),
            Some(until),
            Some(&certificate.sha256),
        );
    }
    for item in &verdict.evidence {
        let what = format!("{}: {}", item.about, item.standing);
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
