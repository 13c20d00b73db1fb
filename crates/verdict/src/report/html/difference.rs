//! Why a digest differs, with the octets that were digested.

use std::fmt::Write as _;

use qaqpa_model::Lang;
use qaqpa_xml::write::escape_text;

use super::super::words::{causes, phrases};
use super::{entry, heading, prose};
use crate::diagnosis::DiagnosisView;
use crate::text::clean;

/// Why the digest differs.
pub(super) fn difference(out: &mut String, diagnosis: &DiagnosisView, lang: Lang) {
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
                    prose(words.reason.of(lang)),
                    prose(words.remedy.of(lang))
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
