//! The document as a tree, each element with what covers it.

use std::fmt::Write as _;

use qaqpa_model::Lang;
use qaqpa_xml::write::{escape_attribute, escape_text};

use super::super::overlay::{Line, Mark, Overlay, legend};
use super::super::words::phrases;
use super::heading;
use crate::text::clean;

/// The document with what its signatures cover.
pub(super) fn scope(out: &mut String, overlay: &Overlay, lang: Lang) {
    let _ = writeln!(out, "<section>");
    heading(out, phrases::SCOPE_TITLE, None, lang);
    let _ = writeln!(out, "<ul class=\"counts\">");
    for (what, count) in overlay.counts() {
        let _ = writeln!(
            out,
            "<li>{}: <b>{count}</b></li>",
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
