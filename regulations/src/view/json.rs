//! JSON views.

use qaqpa_model::Lang;
use serde_json::{Value, json};

use crate::catalogue::Catalogue;
use crate::flow::{ActionDef, Branch, Element, Flow};
use crate::form::FieldKind;
use crate::mark::Mark;
use crate::service::{Listing, Note, Service, Statement};
use crate::text::Text;

/// The answer of `qaqpa services`: an array of every service of the acts, played or not.
///
/// Shape: `[{id, act, service, standing, channels: [{channel, variant, pattern, played, elements:
/// [id…], steps: […], actions: […]}], notes: […]}]`; `elements` are the ids alone, `steps` and
/// `actions` say more of them. A service without a flow has no channels, and `why`.
#[must_use]
pub fn services_json(catalogue: &Catalogue) -> Value {
    let services = catalogue.regulated().iter().map(service_json);
    let listings = catalogue.listings().iter().map(listing_json);
    services.chain(listings).collect()
}

/// A service without a flow, as one of [`services_json`].
#[must_use]
pub fn listing_json(listing: &Listing) -> Value {
    json!({
        "id": listing.id.to_string(),
        "act": listing.id.act(),
        "service": listing.id.service(),
        "title": text(&listing.title),
        "standing": listing.standing.as_str(),
        "why": text(&listing.why),
        "channels": [],
        "channelsWithoutSteps": listing.channels.iter().map(|(channel, source)| json!({
            "channel": channel.as_str(),
            "mark": mark(source),
        })).collect::<Value>(),
        "statements": listing.statements.iter().map(statement).collect::<Value>(),
        "notes": [],
        "mark": mark(&listing.mark),
    })
}

/// One service of [`services_json`].
#[must_use]
pub fn service_json(service: &Service) -> Value {
    json!({
        "id": service.id.to_string(),
        "act": service.id.act(),
        "service": service.id.service(),
        "title": text(&service.title),
        "standing": "regulated",
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
            "agrees": field.agrees.as_ref().map(|agrees| json!({
                "with": agrees.with.as_deref().unwrap_or("applicant"),
                "as": agrees.as_to.as_str(),
            })),
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
            "referralTitle": service.result.referral_title.as_ref().map(text),
            "signedBy": service.result.signed_by.as_str(),
            "mark": mark(&service.result.mark),
        },
        "totals": service.totals.iter().map(|total| json!({
            "channel": total.channel.map(|channel| channel.as_str()),
            "period": total.period.to_string(),
            "acceptanceDayCounted": total.acceptance_day_counted,
            "mark": mark(&total.mark),
        })).collect::<Value>(),
        "statements": service.statements.iter().map(statement).collect::<Value>(),
        "discrepancies": service.discrepancies.iter().map(|one| json!({
            "printed": text(&one.printed),
            "reading": text(&one.reading),
            "mark": mark(&one.mark),
        })).collect::<Value>(),
        "notes": service.notes.iter().map(note).collect::<Value>(),
    })
}

fn statement(statement: &Statement) -> Value {
    let mut value = json!({
        "about": statement.about.as_str(),
        "text": text(&statement.text),
        "mark": mark(&statement.mark),
    });
    if !statement.answers.is_empty() {
        value["answers"] = statement.answers.iter().map(text).collect();
    }
    value
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
        "variant": flow.variant.as_ref().map(|variant| json!({
            "id": variant.id,
            "title": text(&variant.title),
        })),
        "pattern": flow.pattern,
        "played": flow.played,
        "elements": ids,
        "steps": flow.elements.iter().map(element).collect::<Value>(),
        "actionsOpenAt": flow.actions_open_at.as_str(),
        "actions": flow.actions.iter().map(action).collect::<Value>(),
        "emptyActions": flow.empty_actions.iter().map(|one| json!({
            "id": one.id.as_str(),
            "unit": one.unit,
            "mark": mark(&one.mark),
        })).collect::<Value>(),
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
        "kind": element.word(),
        "number": element.number,
        "meaning": element.meaning.as_str(),
        "actor": element.actor.name(),
        "performer": element.performer.as_str(),
        "title": text(&element.title),
        "text": text(&element.text),
        "mark": mark(&element.mark),
    });
    if let Some(deadline) = element.deadline {
        value["deadline"] = json!(deadline.to_string());
    }
    if let Some(during) = &element.during {
        value["during"] = json!(during.as_str());
    }
    if element.after_actions {
        value["afterActions"] = json!(true);
    }
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
        "deadlineMin": action.deadline_min.map(|period| period.to_string()),
        "completion": action.completion.as_ref().map(text),
        "nextPrinted": action.next_printed,
        "tells": action.tells.map(|status| status.as_str()),
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

pub(crate) fn text(text: &Text) -> Value {
    Lang::ALL
        .into_iter()
        .map(|lang| (lang.code().to_owned(), json!(text.get(lang))))
        .collect()
}

pub(crate) fn mark(mark: &Mark) -> Value {
    match mark {
        Mark::Printed { act, item, line } => {
            json!({"kind": "printed", "act": act, "item": item, "line": line})
        }
        Mark::Derived { reason } => json!({"kind": "derived", "reason": reason}),
        Mark::Assumed => json!({"kind": "assumed"}),
    }
}
