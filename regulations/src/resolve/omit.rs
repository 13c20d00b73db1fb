//! What remains of a pattern when a flow leaves elements out.

use std::collections::BTreeSet;

use crate::file::{RawElement, RawPattern};

/// Where an element leads to, as the file names it; the same keys as [`RawElement`]'s.
#[derive(Clone, Debug)]
pub(super) struct Leads {
    pub(super) next: Option<String>,
    pub(super) yes: Option<String>,
    pub(super) no: Option<String>,
    pub(super) end: Option<String>,
}

/// The pattern's elements without the omitted ones and without what only they led to, and the element
/// at which the staff's actions open.
///
/// Whoever led to an omitted condition leads on to its yes, and past an omitted process to its next.
pub(super) fn without<'p>(
    pattern: &'p RawPattern,
    omitted: &[String],
) -> (Vec<(&'p RawElement, Leads)>, String) {
    let on = |id: &String| lead_on(pattern, omitted, id);
    let kept: Vec<(&RawElement, Leads)> = pattern
        .element
        .iter()
        .filter(|element| !omitted.contains(&element.id))
        .map(|element| {
            let leads = Leads {
                next: element.next.as_ref().map(on),
                yes: element.yes.as_ref().map(on),
                no: element.no.as_ref().map(on),
                end: element.end.clone(),
            };
            (element, leads)
        })
        .collect();
    let orphans = if omitted.is_empty() {
        BTreeSet::new()
    } else {
        orphans(pattern, &kept)
    };
    let kept = kept
        .into_iter()
        .filter(|(element, _)| !orphans.contains(&element.id))
        .collect();
    (kept, on(&pattern.actions_open_at))
}

fn lead_on(pattern: &RawPattern, omitted: &[String], id: &String) -> String {
    let mut id = id;
    // As many hops as there are elements: a cycle of omitted ones must not hang.
    for _ in 0..pattern.element.len() {
        if !omitted.contains(id) {
            break;
        }
        let element = pattern.element.iter().find(|element| element.id == *id);
        match element.and_then(|element| element.yes.as_ref().or(element.next.as_ref())) {
            Some(after) => id = after,
            None => break,
        }
    }
    id.clone()
}

/// The elements that the pattern reaches and the rest of it does not.
fn orphans(pattern: &RawPattern, kept: &[(&RawElement, Leads)]) -> BTreeSet<String> {
    let whole: Vec<(&str, Vec<&String>)> = pattern
        .element
        .iter()
        .map(|element| {
            let leads = [&element.next, &element.yes, &element.no];
            (element.id.as_str(), leads.into_iter().flatten().collect())
        })
        .collect();
    let rest: Vec<(&str, Vec<&String>)> = kept
        .iter()
        .map(|(element, leads)| {
            let leads = [&leads.next, &leads.yes, &leads.no];
            (element.id.as_str(), leads.into_iter().flatten().collect())
        })
        .collect();
    let after = reached(&rest);
    reached(&whole).difference(&after).cloned().collect()
}

fn reached(graph: &[(&str, Vec<&String>)]) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = graph.first().map(|(id, _)| *id).into_iter().collect();
    while let Some(id) = open.pop() {
        if seen.insert(id.to_owned()) {
            let leads = graph.iter().find(|(one, _)| *one == id);
            open.extend(
                leads
                    .into_iter()
                    .flat_map(|(_, leads)| leads)
                    .map(|id| id.as_str()),
            );
        }
    }
    seen
}
