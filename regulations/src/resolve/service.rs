//! Services: form, documents, grounds, result, flows.

use qaqpa_model::ServiceAtAct;

use super::flow::{flow, label, role};
use super::{Known, mark, more, note, notes, text, unique, word};
use crate::act::Act;
use crate::file::{RawContent, RawContentSource, RawField, RawResult, RawService};
use crate::form::{Agreement, Compared, DocumentDef, FieldDef, FieldKind, FieldOption, FieldRule};
use crate::lint::{self, Findings, Rule};
use crate::mark::Mark;
use crate::service::{ContentField, ContentSource, GroundDef, ResultDef, Service};

/// What the queue registry answers.
const REGISTRY: [&str; 3] = ["kindergarten", "number", "place"];
/// With whom a field agrees that agrees with the applicant.
const APPLICANT: &str = "applicant";
/// Characters of a field whose file names no bound.
const CHARACTERS_MAX: usize = 200;

pub(super) fn service(
    raw: &RawService,
    known: &Known<'_>,
    findings: &mut Findings<'_>,
) -> Option<Service> {
    let Ok(id) = ServiceAtAct::parse(&raw.id) else {
        findings.add(Rule::Form, "id", format!("{:?} is not SERVICE@ACT", raw.id));
        return None;
    };
    let Some((act, _)) = known.acts.get(id.act()) else {
        findings.add(
            Rule::UnknownReference,
            "id",
            format!("there is no act {:?}", id.act()),
        );
        return None;
    };
    let Some(provider) = act.unit(&raw.provider) else {
        let what = format!("{} has no unit {:?}", act.id, raw.provider);
        findings.add(Rule::UnknownReference, "provider", what);
        return None;
    };
    let form: Vec<FieldDef> = raw
        .field
        .iter()
        .filter_map(|field| self::field(field, act, findings))
        .collect();
    unique(
        form.iter().map(|field| field.name.as_str()),
        "form",
        findings,
    );
    agreements(&form, findings);
    let documents = documents(raw, act, findings);
    let grounds = grounds(raw, act, findings);
    let service = Service {
        id,
        title: text(&raw.title, "title", findings),
        form_of_service: note(&raw.form_of_service, &act.id, "form_of_service", findings),
        provider: raw.provider.clone(),
        provider_title: provider.title.clone(),
        result: result(&raw.result, &form, act, findings)?,
        form,
        documents,
        grounds,
        flows: raw
            .flow
            .iter()
            .filter_map(|raw| flow(raw, act, known, findings))
            .collect(),
        totals: more::totals(&raw.total, act, findings),
        statements: more::statements(&raw.statement, act, findings),
        discrepancies: more::discrepancies(&raw.discrepancy, act, findings),
        notes: notes(&raw.note, &act.id, findings),
        mark: mark(raw.mark.as_ref(), None, &act.id, "service", findings),
    };
    let names: Vec<String> = service.flows.iter().map(named).collect();
    unique(names.iter().map(String::as_str), "flow", findings);
    if raw.flow.is_empty() {
        findings.add(Rule::Ends, "flow", "a service has at least one channel");
    }
    let lines = |cited: &str| known.acts.get(cited).map(|(_, lines)| *lines);
    for (at, mark) in marks(&service) {
        lint::printed_places(mark, &at, lines, findings);
    }
    Some(service)
}

/// A channel, with the variant where there are several.
fn named(flow: &crate::flow::Flow) -> String {
    match &flow.variant {
        Some(variant) => format!("{} · {}", flow.channel, variant.id),
        None => flow.channel.to_string(),
    }
}

fn documents(raw: &RawService, act: &Act, findings: &mut Findings<'_>) -> Vec<DocumentDef> {
    let documents: Vec<DocumentDef> = raw
        .document
        .iter()
        .map(|document| {
            let at = format!("document {}", document.id);
            if document.media_types.is_empty() {
                findings.add(
                    Rule::Form,
                    at.clone(),
                    "a document takes at least one media type",
                );
            }
            DocumentDef {
                id: document.id.clone(),
                title: text(&document.title, &at, findings),
                required: document.required,
                media_types: document.media_types.clone(),
                mark: mark(document.mark.as_ref(), None, &act.id, &at, findings),
            }
        })
        .collect();
    unique(
        documents.iter().map(|document| document.id.as_str()),
        "document",
        findings,
    );
    documents
}

fn grounds(raw: &RawService, act: &Act, findings: &mut Findings<'_>) -> Vec<GroundDef> {
    let grounds: Vec<GroundDef> = raw
        .ground
        .iter()
        .filter_map(|ground| {
            let at = format!("ground {}", ground.id);
            Some(GroundDef {
                id: ground.id.clone(),
                title: text(&ground.title, &at, findings),
                mark: mark(ground.mark.as_ref(), None, &act.id, &at, findings),
                label: label(&ground.label, &at, findings)?,
            })
        })
        .collect();
    unique(
        grounds.iter().map(|ground| ground.id.as_str()),
        "ground",
        findings,
    );
    grounds
}

fn field(raw: &RawField, act: &Act, findings: &mut Findings<'_>) -> Option<FieldDef> {
    let at = format!("field {}", raw.name);
    let name_is_plain = raw
        .name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if raw.name.is_empty() || !name_is_plain {
        findings.add(
            Rule::Form,
            at.clone(),
            "lower-case ASCII letters, digits and hyphens only",
        );
    }
    let options: Vec<FieldOption> = raw
        .option
        .iter()
        .map(|option| FieldOption {
            value: option.value.clone(),
            label: text(
                &option.label,
                &format!("{at}, option {}", option.value),
                findings,
            ),
        })
        .collect();
    unique(
        options.iter().map(|option| option.value.as_str()),
        &at,
        findings,
    );
    if (raw.kind == "choice") == options.is_empty() {
        findings.add(
            Rule::FieldRule,
            at.clone(),
            "a choice, and nothing else, has options",
        );
    }
    let rule = FieldRule {
        characters_min: raw.characters_min.unwrap_or(1),
        characters_max: raw.characters_max.unwrap_or(CHARACTERS_MAX),
    };
    if rule.characters_min > rule.characters_max || rule.characters_max == 0 {
        findings.add(
            Rule::FieldRule,
            at.clone(),
            "no value has so many characters",
        );
    }
    let label = text(&raw.label, &at, findings);
    let hint = raw.hint.as_ref().map(|hint| text(hint, &at, findings));
    let mark = mark(raw.mark.as_ref(), None, &act.id, &at, findings);
    let kind = match raw.kind.as_str() {
        "choice" => FieldKind::Choice(options),
        "date" => FieldKind::Date,
        "iin" => FieldKind::Iin,
        "long-text" => FieldKind::LongText,
        "name" => FieldKind::Name,
        "phone" => FieldKind::Phone,
        "text" => FieldKind::Text,
        other => {
            let known = "choice, date, iin, long-text, name, phone, text";
            findings.add(Rule::UnknownWord, at, format!("{other:?}; known: {known}"));
            return None;
        }
    };
    let agrees = raw.agrees.as_ref().and_then(|agrees| {
        let known = Compared::ALL.into_iter().map(Compared::as_str);
        let at = format!("field {}", raw.name);
        let as_to = Compared::parse(&agrees.as_to);
        Some(Agreement {
            with: (agrees.with != APPLICANT).then(|| agrees.with.clone()),
            as_to: word(&agrees.as_to, as_to, known, &at, findings)?,
        })
    });
    Some(FieldDef {
        name: raw.name.clone(),
        kind,
        required: raw.required,
        label,
        hint,
        rule,
        agrees,
        mark,
    })
}

/// A field agrees with what can be known: of the applicant what the register has, of others what their IIN says.
fn agreements(form: &[FieldDef], findings: &mut Findings<'_>) {
    for field in form {
        let Some(agrees) = &field.agrees else {
            continue;
        };
        let at = format!("field {}", field.name);
        let fits = match agrees.as_to {
            Compared::BirthDate => field.kind == FieldKind::Date,
            Compared::GivenName | Compared::Surname => field.kind == FieldKind::Name,
        };
        if !fits {
            let what = format!(
                "a {} does not agree with a {}",
                field.kind.as_str(),
                agrees.as_to.as_str()
            );
            findings.add(Rule::FieldRule, at.clone(), what);
        }
        let Some(other) = &agrees.with else { continue };
        match form.iter().find(|one| one.name == *other) {
            Some(one) if one.kind == FieldKind::Iin => {
                if agrees.as_to != Compared::BirthDate {
                    let what = "of whom only the IIN is known, only the birth-date is known";
                    findings.add(Rule::FieldRule, at, what);
                }
            }
            _ => {
                let what = format!("{other:?} is neither applicant nor a field of the kind iin");
                findings.add(Rule::UnknownReference, at, what);
            }
        }
    }
}

fn result(
    raw: &RawResult,
    form: &[FieldDef],
    act: &Act,
    findings: &mut Findings<'_>,
) -> Option<ResultDef> {
    let content: Vec<ContentField> = raw
        .content
        .iter()
        .map(|field| content(field, form, findings))
        .collect();
    unique(
        content.iter().map(|field| field.name.as_str()),
        "result",
        findings,
    );
    Some(ResultDef {
        title: text(&raw.title, "result", findings),
        referral_title: raw
            .referral_title
            .as_ref()
            .map(|title| text(title, "result", findings)),
        refusal_title: text(&raw.refusal_title, "result", findings),
        content,
        mark: mark(raw.mark.as_ref(), None, &act.id, "result", findings),
        signed_by: role(&raw.signed_by, "result", findings)?,
    })
}

fn content(raw: &RawContent, form: &[FieldDef], findings: &mut Findings<'_>) -> ContentField {
    let at = format!("result, content {}", raw.name);
    let source = match &raw.source {
        RawContentSource::ApplicantIin => ContentSource::ApplicantIin,
        RawContentSource::ApplicantName => ContentSource::ApplicantName,
        RawContentSource::Fixed(fixed) => ContentSource::Fixed(text(fixed, &at, findings)),
        RawContentSource::Form(name) => {
            if !form.iter().any(|field| field.name == *name) {
                let what = format!("the form has no field {name:?}");
                findings.add(Rule::UnknownReference, at.clone(), what);
            }
            ContentSource::Form(name.clone())
        }
        RawContentSource::Registry(value) => {
            let known = REGISTRY.into_iter().find(|known| known == value);
            word(value, known, REGISTRY.into_iter(), &at, findings);
            ContentSource::Registry(value.clone())
        }
        RawContentSource::Unit => ContentSource::Unit,
    };
    ContentField {
        name: raw.name.clone(),
        label: text(&raw.label, &at, findings),
        source,
    }
}

/// Every mark of a service with its place.
fn marks(service: &Service) -> Vec<(String, &Mark)> {
    let mut marks = vec![
        ("service".to_owned(), &service.mark),
        ("form_of_service".to_owned(), &service.form_of_service.mark),
        ("result".to_owned(), &service.result.mark),
    ];
    marks.extend(
        service
            .form
            .iter()
            .map(|f| (format!("field {}", f.name), &f.mark)),
    );
    marks.extend(
        service
            .documents
            .iter()
            .map(|d| (format!("document {}", d.id), &d.mark)),
    );
    marks.extend(
        service
            .grounds
            .iter()
            .map(|g| (format!("ground {}", g.id), &g.mark)),
    );
    marks.extend(
        service
            .notes
            .iter()
            .map(|note| ("note".to_owned(), &note.mark)),
    );
    marks.extend(
        service
            .totals
            .iter()
            .map(|total| (format!("total {}", total.period), &total.mark)),
    );
    marks.extend(more::statement_marks(&service.statements));
    marks.extend(
        service
            .discrepancies
            .iter()
            .map(|one| ("discrepancy".to_owned(), &one.mark)),
    );
    for flow in &service.flows {
        marks.extend(
            flow.empty_actions
                .iter()
                .map(|one| (format!("empty {}", one.id), &one.mark)),
        );
        marks.push((format!("flow {}", flow.channel), &flow.mark));
        marks.extend(
            flow.preliminaries
                .iter()
                .map(|p| (format!("preliminary {}", p.meaning), &p.mark)),
        );
        marks.extend(
            flow.actions
                .iter()
                .map(|a| (format!("action {}", a.id), &a.mark)),
        );
        for element in &flow.elements {
            marks.push((format!("element {}", element.id), &element.mark));
            marks.extend(
                element
                    .causes
                    .iter()
                    .map(|c| (format!("element {}, cause {}", element.id, c.id), &c.mark)),
            );
        }
    }
    marks
}
