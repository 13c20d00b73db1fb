//! JSON views.

use qaqpa_model::Lang;
use serde_json::{Value, json};

use crate::catalogue::Catalogue;
use crate::flow::{ActionDef, Branch, Element, Flow};
use crate::form::FieldKind;
use crate::mark::Mark;
use crate::service::{Note, Service};
use crate::text::Text;

/// The answer of `qaqpa services`: an array of services.
///
/// Shape: `[{id, act, service, channels: [{channel, pattern, elements: [id…], steps: […], actions:
/// […]}], notes: […]}]`; `elements` are the ids alone, `steps` and `actions` say more of them.
#[must_use]
pub fn services_json(catalogue: &Catalogue) -> Value {
    catalogue.services().iter().map(service_json).collect()
}

/// One service of [`services_json`].
#[must_use]
pub fn service_json(service: &Service) -> Value {
    json!({
        "id": service.id.to_string(),
        "act": service.id.act(),
        "service": service.id.service(),
        "title": text(&service.title),
        "form": text(&service.form_of_service.text),
        "provider": {"id": service.provider, "title": text(&service.provider_title)},
        "mark": mark(&service.mark),
        "channels": service.flows.iter().map(flow).collect::<Value>(),
        "fields": service.form.iter().map(|field| json!({
            "name": field.name,
            "kind": field.kind.as_str(),
            "required": field.required,
            "label": text(&field.label),
            "options": options(&field.kind),
            "characters": [field.rule.characters_min, field.rule.characters_max],
            "mark": mark(&field.mark),
        })).collect::<Value>(),
        "documents": service.documents.iter().map(|document| json!({
            "id": document.id,
            "title": text(&document.title),
            "required": document.required,
            "mediaTypes": document.media_types,
            "mark": mark(&document.mark),
        })).collect::<Value>(),
        "grounds": service.grounds.iter().map(|ground| json!({
            "id": ground.id,
            "label": ground.label.as_str(),
            "title": text(&ground.title),
            "mark": mark(&ground.mark),
        })).collect::<Value>(),
        "result": {
            "title": text(&service.result.title),
            "refusalTitle": text(&service.result.refusal_title),
            "signedBy": service.result.signed_by.as_str(),
            "mark": mark(&service.result.mark),
        },
        "notes": service.notes.iter().map(note).collect::<Value>(),
    })
}

fn flow(flow: &Flow) -> Value {
    let ids: Vec<&str> = flow
        .elements
        .iter()
        .map(|element| element.id.as_str())
        .chain(flow.actions.iter().map(|action| action.id.as_str()))
        .collect();
    json!({
        "channel": flow.channel.as_str(),
        "pattern": flow.pattern,
        "elements": ids,
        "steps": flow.elements.iter().map(element).collect::<Value>(),
        "actions": flow.actions.iter().map(action).collect::<Value>(),
        "before": flow.preliminaries.iter().map(|before| json!({
            "meaning": before.meaning.as_str(),
            "title": text(&before.title),
            "mark": mark(&before.mark),
        })).collect::<Value>(),
        "mark": mark(&flow.mark),
    })
}

fn element(element: &Element) -> Value {
    let mut value = json!({
        "id": element.id.as_str(),
        "kind": element.kind.as_str(),
        "number": element.number,
        "meaning": element.meaning.as_str(),
        "actor": element.actor.name(),
        "performer": element.performer.as_str(),
        "title": text(&element.title),
        "text": text(&element.text),
        "mark": mark(&element.mark),
    });
    match &element.branch {
        Branch::End(end) => value["end"] = json!(end.as_str()),
        Branch::Next(next) => value["next"] = json!(next.as_str()),
        Branch::Question { yes, no } => {
            value["yes"] = json!(yes.as_str());
            value["no"] = json!(no.as_str());
            value["causes"] = element
                .causes
                .iter()
                .map(|cause| {
                    json!({
                        "id": cause.id,
                        "label": cause.label.as_str(),
                        "title": text(&cause.title),
                        "mark": mark(&cause.mark),
                    })
                })
                .collect();
        }
    }
    value
}

fn action(action: &ActionDef) -> Value {
    json!({
        "id": action.id.as_str(),
        "unit": action.unit,
        "unitTitle": text(&action.unit_title),
        "role": action.role.as_str(),
        "does": action.does.iter().map(|deed| deed.as_str()).collect::<Vec<_>>(),
        "deadline": action.deadline.to_string(),
        "title": text(&action.title),
        "mark": mark(&action.mark),
    })
}

fn options(kind: &FieldKind) -> Value {
    match kind {
        FieldKind::Choice(options) => options
            .iter()
            .map(|option| json!({"value": option.value, "label": text(&option.label)}))
            .collect(),
        _ => Value::Null,
    }
}

fn note(note: &Note) -> Value {
    json!({"text": text(&note.text), "mark": mark(&note.mark)})
}

fn text(text: &Text) -> Value {
    Lang::ALL
        .into_iter()
        .map(|lang| (lang.code().to_owned(), json!(text.get(lang))))
        .collect()
}

fn mark(mark: &Mark) -> Value {
    match mark {
        Mark::Printed { act, item, line } => {
            json!({"kind": "printed", "act": act, "item": item, "line": line})
        }
        Mark::Derived { reason } => json!({"kind": "derived", "reason": reason}),
        Mark::Assumed => json!({"kind": "assumed"}),
    }
}
