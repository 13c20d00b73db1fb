//! `qaqpa scenario conform --log FILE`: a real system's event log, held against the regulation.

use std::io::Read as _;
use std::path::Path;

use qaqpa_model::ServiceAtAct;
use qaqpa_regulations::Catalogue;
use qaqpa_regulations::conform::{
    ActivityMap, Choice, ConformError, EventLog, LogLimits, Reading, conform, view,
};

use crate::cli::{Conform, Format};
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;

/// Bytes of a map: some hundred names of a log.
const MAP_BYTES_MAX: usize = 1024 * 1024;

pub(super) fn run(
    settings: &Settings,
    catalogue: &Catalogue,
    options: &Conform,
    format: Format,
) -> Outcome {
    if !matches!(format, Format::Text | Format::Json) {
        return Err(Failure::usage(
            "`qaqpa scenario conform` has --format text and json",
        ));
    }
    let choice = Choice {
        service: options.service.as_deref().map(service).transpose()?,
        channel: options.channel,
        variant: options.variant.clone(),
    };
    let map = match &options.map {
        None => ActivityMap::default(),
        Some(path) => read_map(path)?,
    };
    let reading = Reading {
        columns: options.columns.iter().cloned().collect(),
        local_time: options.local_time,
        limits: LogLimits::default(),
    };
    let bytes = read_file(&options.log, reading.limits.bytes_max)?;
    let log = EventLog::read(&bytes, &reading).map_err(|error| in_file(&options.log, &error))?;
    let report = conform(catalogue, &log, &choice, &map).map_err(|error| match &error {
        ConformError::Map(why) => in_file(options.map.as_deref().unwrap_or(&options.log), why),
        _ => in_file(&options.log, &error),
    })?;
    if format == Format::Json {
        output::say_json(&view::json(&report))?;
    } else {
        output::say(view::text(&report, settings.lang));
    }
    Ok(if report.ok() { Exit::Yes } else { Exit::No })
}

fn service(text: &str) -> Result<ServiceAtAct, Failure> {
    ServiceAtAct::parse(text)
        .map_err(|error| Failure::usage(format!("{text:?} is not SERVICE@ACT: {error}")))
}

fn read_map(path: &Path) -> Result<ActivityMap, Failure> {
    let bytes = read_file(path, MAP_BYTES_MAX)?;
    if bytes.len() > MAP_BYTES_MAX {
        let what = format!("more than {MAP_BYTES_MAX} bytes");
        return Err(in_file(path, &what));
    }
    let text = String::from_utf8(bytes).map_err(|_| in_file(path, &"not UTF-8"))?;
    ActivityMap::read(&text).map_err(|error| in_file(path, &error))
}

/// The file's bytes, one more than `max` at most: enough to see that there are too many.
fn read_file(path: &Path, max: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|why| in_file(path, &why))?;
    Ok(bytes)
}

fn in_file(path: &Path, what: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("{}: {what}", path.display()))
}
