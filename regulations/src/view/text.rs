//! Text views, in one language.

use std::fmt::Write as _;

use qaqpa_model::Lang;

use crate::act::Act;
use crate::flow::{ActionDef, Branch, Element, Flow};
use crate::service::{Listing, Service, Statement};

/// A service with its form, documents, result and all its flows.
#[must_use]
pub fn service_text(service: &Service, lang: Lang) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", service.id);
    let _ = writeln!(out, "  {}", service.title.get(lang));
    let _ = writeln!(out, "  {}", service.form_of_service.text.get(lang));
    let _ = writeln!(out, "  {}", service.provider_title.get(lang));
    for field in &service.form {
        let required = if field.required { "*" } else { " " };
        let kind = field.kind.as_str();
        let label = field.label.get(lang);
        let _ = writeln!(
            out,
            "  field    {required} {} ({kind}) {label} [{}]",
            field.name,
            field.mark.kind()
        );
    }
    for document in &service.documents {
        let required = if document.required { "*" } else { " " };
        let title = document.title.get(lang);
        let _ = writeln!(
            out,
            "  document {required} {} {title} [{}]",
            document.id,
            document.mark.kind()
        );
    }
    for ground in &service.grounds {
        let title = ground.title.get(lang);
        let _ = writeln!(
            out,
            "  refusal    {} {title} [{}]",
            ground.label,
            ground.mark.kind()
        );
    }
    let _ = writeln!(
        out,
        "  result     {} [{}]",
        service.result.title.get(lang),
        service.result.mark.kind()
    );
    for flow in &service.flows {
        out.push('\n');
        out.push_str(&flow_text(service, flow, lang));
    }
    for total in &service.totals {
        let channel = total.channel.map_or("every channel", |one| one.as_str());
        let counted = if total.acceptance_day_counted {
            ""
        } else {
            ", the day of acceptance not counted"
        };
        let _ = writeln!(
            out,
            "\n  in all     {} ({channel}{counted}) [{}]",
            total.period,
            total.mark.kind()
        );
    }
    statements(&mut out, &service.statements, lang);
    for one in &service.discrepancies {
        let _ = writeln!(
            out,
            "\n? {}\n  → {} ({})",
            one.printed.get(lang),
            one.reading.get(lang),
            one.mark
        );
    }
    for note in &service.notes {
        let _ = writeln!(out, "\n! {} ({})", note.text.get(lang), note.mark);
    }
    out
}

fn statements(out: &mut String, statements: &[Statement], lang: Lang) {
    if !statements.is_empty() {
        out.push('\n');
    }
    for one in statements {
        let answers: Vec<&str> = one.answers.iter().map(|answer| answer.get(lang)).collect();
        let answers = if answers.is_empty() {
            String::new()
        } else {
            format!(" ({})", answers.join(" / "))
        };
        let _ = writeln!(
            out,
            "  {:<14} {}{answers} [{}]",
            one.about.as_str(),
            one.text.get(lang),
            one.mark.kind()
        );
    }
}

/// The act that regulates a service: number, date, and that it is repealed.
#[must_use]
pub fn act_text(act: &Act, lang: Lang) -> String {
    let mut out = format!(
        "{} — {}, {} No {}",
        act.id,
        act.body.get(lang),
        act.date,
        act.number
    );
    if let Some(repealed) = &act.repealed {
        let _ = write!(out, "; repealed {repealed}");
    }
    out
}

/// A service without a flow, and why.
#[must_use]
pub fn listing_text(listing: &Listing, lang: Lang) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", listing.id);
    let _ = writeln!(out, "  {}", listing.title.get(lang));
    let _ = writeln!(
        out,
        "  {}: {} ({})",
        listing.standing,
        listing.why.get(lang),
        listing.mark
    );
    for (channel, mark) in &listing.channels {
        let _ = writeln!(out, "  {channel}: named, without steps [{}]", mark.kind());
    }
    statements(&mut out, &listing.statements, lang);
    out
}

/// A flow in a word: channel, variant, pattern, and whether the actors play it.
#[must_use]
pub fn flow_name(flow: &Flow) -> String {
    let variant = flow.variant.as_ref();
    let variant = variant.map_or_else(String::new, |variant| format!(" · {}", variant.id));
    let played = if flow.played { "" } else { " (not played yet)" };
    format!("{}{variant} · {}{played}", flow.channel, flow.pattern)
}

/// One flow: its elements with their branches and causes, and the actions of the staff.
#[must_use]
pub fn flow_text(service: &Service, flow: &Flow, lang: Lang) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} · {}", service.id, flow_name(flow));
    for before in &flow.preliminaries {
        let _ = writeln!(out, "  (before)     {}", before.title.get(lang));
    }
    for element in &flow.elements {
        let _ = writeln!(
            out,
            "  {:<12} {} [{}]{}{}",
            element.spoken(),
            element.title.get(lang),
            element.mark.kind(),
            branch(flow, element),
            timing(element)
        );
        for cause in &element.causes {
            let _ = writeln!(
                out,
                "                 no: {} — {} [{}]",
                cause.label,
                cause.title.get(lang),
                cause.mark.kind()
            );
        }
    }
    for action in &flow.actions {
        let deeds: Vec<_> = action.does.iter().map(|deed| deed.as_str()).collect();
        let unit = action.unit_title.get(lang);
        let _ = writeln!(
            out,
            "  {:<12} {} — {unit}, {}, {} ({}) [{}]",
            action.id.as_str().replace('-', " "),
            action.title.get(lang),
            action.role,
            deadline(action),
            deeds.join(", "),
            action.mark.kind(),
        );
    }
    out
}

fn deadline(action: &ActionDef) -> String {
    match action.deadline_min {
        Some(least) => format!("{least} to {}", action.deadline),
        None => action.deadline.to_string(),
    }
}

fn timing(element: &Element) -> String {
    let mut out = String::new();
    if let Some(deadline) = element.deadline {
        let _ = write!(out, ", within {deadline}");
    }
    if let Some(during) = &element.during {
        let _ = write!(out, ", during {}", during.as_str().replace('-', " "));
    }
    out
}

fn branch(flow: &Flow, element: &Element) -> String {
    let spoken = |id| {
        flow.element(id)
            .map_or_else(|| id.to_string(), Element::spoken)
    };
    match &element.branch {
        Branch::End(end) => format!(" ■ {}", end.as_str()),
        Branch::Next(next) => format!(" → {}", spoken(next)),
        Branch::Question { yes, no } => format!(" → yes: {}, no: {}", spoken(yes), spoken(no)),
    }
}
