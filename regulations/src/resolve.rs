//! From the shapes of the files to the types of the catalogue; every departure becomes a finding.

mod flow;
mod more;
mod omit;
mod service;

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use qaqpa_model::ElementId;
use serde::de::DeserializeOwned;

use crate::act::{Act, Unit};
use crate::calendar::{Calendar, Holiday, HolidayDays, MovedDay};
use crate::catalogue::Catalogue;
use crate::file::{
    RawAct, RawCalendar, RawHead, RawHoliday, RawKind, RawListing, RawMark, RawMoved, RawNote,
    RawPattern, RawService, RawText, SourceFile,
};
use crate::lint::{self, Finding, Findings, Rule};
use crate::mark::Mark;
use crate::service::Note;
use crate::text::Text;

/// What a service may refer to.
pub(super) struct Known<'a> {
    acts: &'a BTreeMap<String, (Act, u32)>,
    patterns: &'a BTreeMap<String, RawPattern>,
}

/// Reads all files as one catalogue.
pub(crate) fn catalogue(files: &[SourceFile]) -> Result<Catalogue, Vec<Finding>> {
    let mut all = Vec::new();
    let sorted = Sorted::read(files, &mut all);

    let mut acts = BTreeMap::new();
    for (file, raw) in &sorted.acts {
        let mut findings = Findings::of(file, &mut all);
        let act = act(raw, &mut findings);
        if acts
            .insert(raw.id.clone(), (act, raw.source_lines))
            .is_some()
        {
            findings.add(Rule::Duplicate, "act", format!("{} is there twice", raw.id));
        }
    }
    let mut patterns = BTreeMap::new();
    for (file, raw) in sorted.patterns {
        let mut findings = Findings::of(&file, &mut all);
        lint::pattern_order(&raw, &mut findings);
        let id = raw.id.clone();
        if patterns.insert(id.clone(), raw).is_some() {
            findings.add(Rule::Duplicate, "pattern", format!("{id} is there twice"));
        }
    }
    let known = Known {
        acts: &acts,
        patterns: &patterns,
    };
    let mut services = BTreeMap::new();
    for (file, raw) in &sorted.services {
        let mut findings = Findings::of(file, &mut all);
        let Some(service) = service::service(raw, &known, &mut findings) else {
            continue;
        };
        let id = service.id.clone();
        if services.insert(id.clone(), service).is_some() {
            findings.add(Rule::Duplicate, "service", format!("{id} is there twice"));
        }
    }
    let mut listings = BTreeMap::new();
    for (file, raw) in &sorted.listings {
        let mut findings = Findings::of(file, &mut all);
        let Some(listing) = more::listing(raw, &known, &mut findings) else {
            continue;
        };
        let id = listing.id.clone();
        if services.contains_key(&id) || listings.insert(id.clone(), listing).is_some() {
            findings.add(Rule::Duplicate, "listing", format!("{id} is there twice"));
        }
    }
    let mut calendars = sorted.calendars.iter().map(|(file, raw)| {
        let mut findings = Findings::of(file, &mut all);
        calendar(raw, &mut findings)
    });
    let calendar = calendars.next();
    let more = calendars.count();
    if more > 0 || calendar.is_none() {
        let what = format!(
            "there is one calendar, not {}",
            if more > 0 { more + 1 } else { 0 }
        );
        Findings::of("catalogue", &mut all).add(Rule::Duplicate, "calendar", what);
    }
    match calendar {
        Some(calendar) if all.is_empty() => Ok(Catalogue::of(
            acts.into_values().map(|(act, _)| act).collect(),
            services.into_values().collect(),
            listings.into_values().collect(),
            calendar,
        )),
        _ => {
            lint::find_lines(&mut all, files);
            Err(all)
        }
    }
}

#[derive(Default)]
struct Sorted {
    acts: Vec<(String, RawAct)>,
    calendars: Vec<(String, RawCalendar)>,
    listings: Vec<(String, RawListing)>,
    patterns: Vec<(String, RawPattern)>,
    services: Vec<(String, RawService)>,
}

impl Sorted {
    fn read(files: &[SourceFile], all: &mut Vec<Finding>) -> Self {
        let mut sorted = Self::default();
        for file in files {
            let mut findings = Findings::of(&file.name, all);
            let name = file.name.clone();
            let Some(head) = parse::<RawHead>(file, &mut findings) else {
                continue;
            };
            match head.kind {
                RawKind::Act => {
                    sorted
                        .acts
                        .extend(parse(file, &mut findings).map(|raw| (name, raw)));
                }
                RawKind::Calendar => {
                    sorted
                        .calendars
                        .extend(parse(file, &mut findings).map(|raw| (name, raw)));
                }
                RawKind::Listing => {
                    sorted
                        .listings
                        .extend(parse(file, &mut findings).map(|raw| (name, raw)));
                }
                RawKind::Pattern => {
                    sorted
                        .patterns
                        .extend(parse(file, &mut findings).map(|raw| (name, raw)));
                }
                RawKind::Service => {
                    sorted
                        .services
                        .extend(parse(file, &mut findings).map(|raw| (name, raw)));
                }
            }
        }
        sorted
    }
}

fn parse<T: DeserializeOwned>(file: &SourceFile, findings: &mut Findings<'_>) -> Option<T> {
    toml::from_str(&file.text)
        .map_err(|error| findings.add(Rule::FileShape, "file", error.to_string().trim()))
        .ok()
}

fn act(raw: &RawAct, findings: &mut Findings<'_>) -> Act {
    let id = raw.id.as_str();
    if raw.date.parse::<jiff::civil::Date>().is_err() {
        findings.add(Rule::Form, "date", format!("{:?} is not a date", raw.date));
    }
    let units: Vec<Unit> = raw
        .unit
        .iter()
        .map(|unit| {
            let at = format!("unit {}", unit.id);
            Unit {
                id: unit.id.clone(),
                title: text(&unit.title, &at, findings),
                mark: mark(unit.mark.as_ref(), None, id, &at, findings),
            }
        })
        .collect();
    unique(units.iter().map(|unit| unit.id.as_str()), "unit", findings);
    let act = Act {
        id: raw.id.clone(),
        title: text(&raw.title, "title", findings),
        body: text(&raw.body, "body", findings),
        date: raw.date.clone(),
        number: raw.number.clone(),
        registered: raw.registered.clone(),
        repealed: raw.repealed.clone(),
        standard: text(&raw.standard, "standard", findings),
        units,
        notes: notes(&raw.note, id, findings),
        mark: mark(raw.mark.as_ref(), None, id, "act", findings),
    };
    let lines = |cited: &str| (cited == id).then_some(raw.source_lines);
    for (at, mark) in [("act".to_owned(), &act.mark)]
        .into_iter()
        .chain(
            act.units
                .iter()
                .map(|unit| (format!("unit {}", unit.id), &unit.mark)),
        )
        .chain(act.notes.iter().map(|note| ("note".to_owned(), &note.mark)))
    {
        lint::printed_places(mark, &at, lines, findings);
    }
    act
}

fn calendar(raw: &RawCalendar, findings: &mut Findings<'_>) -> Calendar {
    let weekend: Vec<Weekday> = raw
        .weekend
        .iter()
        .filter_map(|word| {
            let day = weekday(word);
            if day.is_none() {
                findings.add(
                    Rule::UnknownWord,
                    "weekend",
                    format!("{word:?} is not a weekday"),
                );
            }
            day
        })
        .collect();
    Calendar {
        id: raw.id.clone(),
        holidays: raw
            .holiday
            .iter()
            .filter_map(|holiday| self::holiday(holiday, findings))
            .collect(),
        moved: raw
            .moved
            .iter()
            .filter_map(|moved| self::moved(moved, &weekend, findings))
            .collect(),
        provisional_from: raw.provisional_from,
        weekend,
        mark: mark(raw.mark.as_ref(), None, "", "calendar", findings),
    }
}

fn moved(raw: &RawMoved, weekend: &[Weekday], findings: &mut Findings<'_>) -> Option<MovedDay> {
    let at = format!("moved {}", raw.off);
    let mark = mark(raw.mark.as_ref(), None, "", &at, findings);
    let days = (raw.off.parse(), raw.worked.parse());
    let of_the_week = |day: &Date| !weekend.contains(&day.weekday());
    let (Ok(off), Ok(worked)) = days else {
        let what = "needs off = \"YYYY-MM-DD\" and worked = \"YYYY-MM-DD\"";
        findings.add(Rule::Form, at, what);
        return None;
    };
    if !of_the_week(&off) || off == worked {
        let what = "off is a working day of the week, and worked is another day";
        findings.add(Rule::Form, at, what);
        return None;
    }
    Some(MovedDay { off, worked, mark })
}

fn holiday(raw: &RawHoliday, findings: &mut Findings<'_>) -> Option<Holiday> {
    let at = format!("holiday {}", raw.title.en);
    let title = text(&raw.title, &at, findings);
    let mark = mark(raw.mark.as_ref(), None, "", &at, findings);
    let days = match (&raw.day, raw.dates.is_empty()) {
        (Some(day), true) => yearly(day, raw),
        (None, false) => raw
            .dates
            .iter()
            .map(|date| date.parse().ok())
            .collect::<Option<Vec<_>>>()
            .map(HolidayDays::Listed),
        _ => None,
    };
    if days.is_none() {
        findings.add(
            Rule::Form,
            at,
            "needs either day = \"MM-DD\" or dates = [\"YYYY-MM-DD\"]",
        );
    }
    Some(Holiday {
        title,
        days: days?,
        moves: raw.moves,
        mark,
    })
}

fn yearly(day: &str, raw: &RawHoliday) -> Option<HolidayDays> {
    // A leap year, so that 02-29 would be a day.
    let date: Date = format!("2024-{day}").parse().ok()?;
    Some(HolidayDays::Yearly {
        month: date.month(),
        day: date.day(),
        from_year: raw.from_year,
        to_year: raw.to_year,
    })
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

pub(super) fn text(raw: &RawText, at: &str, findings: &mut Findings<'_>) -> Text {
    for (lang, text) in [("kk", &raw.kk), ("ru", &raw.ru), ("en", &raw.en)] {
        if text.trim().is_empty() {
            findings.add(Rule::MissingLanguage, at, format!("the text has no {lang}"));
        }
    }
    Text {
        kk: raw.kk.clone(),
        ru: raw.ru.clone(),
        en: raw.en.clone(),
    }
}

/// The mark; a missing one is a finding. `element` is the mark that `as-element` stands for.
pub(super) fn mark(
    raw: Option<&RawMark>,
    element: Option<&Mark>,
    own_act: &str,
    at: &str,
    findings: &mut Findings<'_>,
) -> Mark {
    match (raw, element) {
        (Some(RawMark::Assumed), _) => Mark::Assumed,
        (Some(RawMark::Derived { reason }), _) => {
            if reason.trim().is_empty() {
                findings.add(
                    Rule::MissingMark,
                    at,
                    "a derived statement gives its reason",
                );
            }
            Mark::Derived {
                reason: reason.clone(),
            }
        }
        (Some(RawMark::Printed { act, item, line }), _) => Mark::Printed {
            act: act.clone().unwrap_or_else(|| own_act.to_owned()),
            item: item.clone(),
            line: *line,
        },
        (Some(RawMark::AsElement), Some(element)) => element.clone(),
        (Some(RawMark::AsElement), None) => {
            findings.add(
                Rule::MissingMark,
                at,
                "as-element is for the causes of an element only",
            );
            Mark::Assumed
        }
        (None, _) => {
            findings.add(Rule::MissingMark, at, "say printed, derived or assumed");
            Mark::Assumed
        }
    }
}

pub(super) fn notes(raw: &[RawNote], own_act: &str, findings: &mut Findings<'_>) -> Vec<Note> {
    raw.iter()
        .map(|note| self::note(note, own_act, "note", findings))
        .collect()
}

pub(super) fn note(raw: &RawNote, own_act: &str, at: &str, findings: &mut Findings<'_>) -> Note {
    Note {
        text: text(&raw.text, at, findings),
        mark: mark(raw.mark.as_ref(), None, own_act, at, findings),
    }
}

pub(super) fn element_id(id: &str, at: &str, findings: &mut Findings<'_>) -> Option<ElementId> {
    let parsed = ElementId::parse(id).ok();
    if parsed.is_none() {
        findings.add(Rule::Form, at, format!("{id:?} is not an id"));
    }
    parsed
}

pub(super) fn unique<'a>(
    ids: impl Iterator<Item = &'a str>,
    what: &str,
    findings: &mut Findings<'_>,
) {
    let mut seen = std::collections::BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            findings.add(Rule::Duplicate, what, format!("{id} is there twice"));
        }
    }
}

/// A word of a closed vocabulary; an unknown one is a finding that lists the known ones.
pub(super) fn word<T: Copy + 'static>(
    text: &str,
    value: Option<T>,
    known: impl Iterator<Item = &'static str>,
    at: &str,
    findings: &mut Findings<'_>,
) -> Option<T> {
    if value.is_none() {
        let known: Vec<_> = known.collect();
        findings.add(
            Rule::UnknownWord,
            at,
            format!("{text:?}; known: {}", known.join(", ")),
        );
    }
    value
}
