//! What a service has besides form and flows: totals, statements, discrepancies; and listings.

use qaqpa_model::ServiceAtAct;

use super::flow::period;
use super::{Known, mark, text, word};
use crate::act::Act;
use crate::file::{RawDiscrepancy, RawListing, RawStatement, RawTotal};
use crate::lint::{self, Findings, Rule};
use crate::mark::Mark;
use crate::service::{Discrepancy, Listing, Statement, Total};
use crate::vocabulary::{Channel, Standing, Topic};

pub(super) fn listing(
    raw: &RawListing,
    known: &Known<'_>,
    findings: &mut Findings<'_>,
) -> Option<Listing> {
    let Ok(id) = ServiceAtAct::parse(&raw.id) else {
        findings.add(Rule::Form, "id", format!("{:?} is not SERVICE@ACT", raw.id));
        return None;
    };
    let Some((act, _)) = known.acts.get(id.act()) else {
        let what = format!("there is no act {:?}", id.act());
        findings.add(Rule::UnknownReference, "id", what);
        return None;
    };
    let standing = word(
        &raw.standing,
        Standing::parse(&raw.standing),
        Standing::ALL.iter().map(|standing| standing.as_str()),
        "standing",
        findings,
    );
    let channels = raw
        .channel
        .iter()
        .filter_map(|raw| {
            let at = format!("channel {}", raw.channel);
            let mark = mark(raw.mark.as_ref(), None, &act.id, &at, findings);
            Some((channel(&raw.channel, &at, findings)?, mark))
        })
        .collect();
    let listing = Listing {
        title: text(&raw.title, "title", findings),
        standing: standing?,
        why: text(&raw.why, "why", findings),
        channels,
        statements: statements(&raw.statement, act, findings),
        mark: mark(raw.mark.as_ref(), None, &act.id, "listing", findings),
        id,
    };
    let lines = |cited: &str| known.acts.get(cited).map(|(_, lines)| *lines);
    let marks = [("listing".to_owned(), &listing.mark)]
        .into_iter()
        .chain(statement_marks(&listing.statements))
        .chain(
            listing
                .channels
                .iter()
                .map(|(channel, mark)| (format!("channel {channel}"), mark)),
        );
    for (at, mark) in marks {
        lint::printed_places(mark, &at, lines, findings);
    }
    Some(listing)
}

fn channel(name: &str, at: &str, findings: &mut Findings<'_>) -> Option<Channel> {
    let known = Channel::ALL.iter().map(|channel| channel.as_str());
    word(name, Channel::parse(name), known, at, findings)
}

pub(super) fn totals(raw: &[RawTotal], act: &Act, findings: &mut Findings<'_>) -> Vec<Total> {
    raw.iter()
        .filter_map(|raw| {
            let at = format!("total {}", raw.period);
            let mark = mark(raw.mark.as_ref(), None, &act.id, &at, findings);
            let channel = match &raw.channel {
                Some(name) => Some(channel(name, &at, findings)?),
                None => None,
            };
            Some(Total {
                channel,
                period: period(&raw.period, &at, findings)?,
                acceptance_day_counted: raw.acceptance_day_counted,
                mark,
            })
        })
        .collect()
}

pub(super) fn statements(
    raw: &[RawStatement],
    act: &Act,
    findings: &mut Findings<'_>,
) -> Vec<Statement> {
    raw.iter()
        .filter_map(|raw| {
            let at = format!("statement {}", raw.about);
            let known = Topic::ALL.iter().map(|topic| topic.as_str());
            let about = word(&raw.about, Topic::parse(&raw.about), known, &at, findings);
            if (raw.about == Topic::Survey.as_str()) == raw.answers.is_empty() {
                let what = "a question of the survey, and nothing else, has answers";
                findings.add(Rule::Form, at.clone(), what);
            }
            Some(Statement {
                text: text(&raw.text, &at, findings),
                answers: raw
                    .answers
                    .iter()
                    .map(|answer| text(answer, &at, findings))
                    .collect(),
                mark: mark(raw.mark.as_ref(), None, &act.id, &at, findings),
                about: about?,
            })
        })
        .collect()
}

pub(super) fn discrepancies(
    raw: &[RawDiscrepancy],
    act: &Act,
    findings: &mut Findings<'_>,
) -> Vec<Discrepancy> {
    raw.iter()
        .map(|raw| Discrepancy {
            printed: text(&raw.printed, "discrepancy", findings),
            reading: text(&raw.reading, "discrepancy", findings),
            mark: mark(raw.mark.as_ref(), None, &act.id, "discrepancy", findings),
        })
        .collect()
}

pub(super) fn statement_marks(statements: &[Statement]) -> impl Iterator<Item = (String, &Mark)> {
    statements
        .iter()
        .map(|one| (format!("statement {}", one.about), &one.mark))
}
