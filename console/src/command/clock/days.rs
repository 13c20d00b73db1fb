//! `qaqpa clock days YEAR`: the calendar that deadlines in working days run by.

use qaqpa_model::Lang;
use qaqpa_regulations::{Calendar, Catalogue, SpecialDay, WhySpecial};
use serde_json::{Value, json};

use crate::cli::Format;
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;

pub(super) fn show(settings: &Settings, year: i16, format: Format) -> Outcome {
    let catalogue = Catalogue::load_with(&settings.catalogue).map_err(Failure::usage)?;
    let calendar = catalogue.calendar();
    let days = calendar.special_days(year);
    if format == Format::Json {
        output::say_json(&json!({
            "year": year,
            "calendar": calendar.id,
            "provisional": calendar.is_provisional(year),
            "working_days": calendar.working_days_of(year),
            "days": days.values().map(view).collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Yes);
    }
    for day in days.values() {
        output::say(format_args!(
            "{}  {:<9}  {:<6}  {}",
            day.date,
            weekday(day),
            if day.is_worked { "worked" } else { "off" },
            why(day, settings.lang),
        ));
    }
    output::say(format_args!(
        "{} working days{}",
        calendar.working_days_of(year),
        provisional(calendar, year),
    ));
    Ok(Exit::Yes)
}

fn provisional(calendar: &Calendar, year: i16) -> &'static str {
    if calendar.is_provisional(year) {
        "; provisional: decrees that move days, and the day of Qurban Ait, may change it"
    } else {
        ""
    }
}

fn weekday(day: &SpecialDay<'_>) -> String {
    format!("{:?}", day.date.weekday())
}

fn why(day: &SpecialDay<'_>, lang: Lang) -> String {
    match &day.why {
        WhySpecial::Holiday(holiday) => holiday.title.get(lang).to_owned(),
        WhySpecial::Instead(holiday) => format!("instead of: {}", holiday.title.get(lang)),
        WhySpecial::Moved(moved) if day.is_worked => format!("instead of {}", moved.off),
        WhySpecial::Moved(moved) => format!("moved from {}", moved.worked),
    }
}

fn view(day: &SpecialDay<'_>) -> Value {
    let (why, title, with) = match &day.why {
        WhySpecial::Holiday(holiday) => ("holiday", Some(&holiday.title), None),
        WhySpecial::Instead(holiday) => ("instead", Some(&holiday.title), None),
        WhySpecial::Moved(moved) if day.is_worked => ("moved", None, Some(moved.off)),
        WhySpecial::Moved(moved) => ("moved", None, Some(moved.worked)),
    };
    let title = title.map(|title| json!({ "kk": title.kk, "ru": title.ru, "en": title.en }));
    json!({
        "date": day.date.to_string(),
        "weekday": weekday(day).to_lowercase(),
        "worked": day.is_worked,
        "why": why,
        "title": title,
        "with": with.map(|date| date.to_string()),
    })
}
