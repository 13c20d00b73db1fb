//! Text views, in one language.

use std::fmt::Write as _;

use qaqpa_model::Lang;

use crate::flow::{Branch, Element, Flow};
use crate::service::Service;

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
    for note in &service.notes {
        let _ = writeln!(out, "\n! {} ({})", note.text.get(lang), note.mark);
    }
    out
}

/// One flow: its elements with their branches and causes, and the actions of the staff.
#[must_use]
pub fn flow_text(service: &Service, flow: &Flow, lang: Lang) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} · {} · {}", service.id, flow.channel, flow.pattern);
    for before in &flow.preliminaries {
        let _ = writeln!(out, "  (before)     {}", before.title.get(lang));
    }
    for element in &flow.elements {
        let _ = writeln!(
            out,
            "  {:<12} {} [{}]{}",
            element.spoken(),
            element.title.get(lang),
            element.mark.kind(),
            branch(flow, element)
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
            action.deadline,
            deeds.join(", "),
            action.mark.kind(),
        );
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
