//! CSV (RFC 4180) with a header.

use ::csv::{ErrorKind, Position, ReaderBuilder, StringRecord};

use super::log::{Column, Gather, LogError, LogProblem, Row};

/// What may part fields; the one that stands most often in the header does.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

pub(super) fn read(text: &str, gather: &mut Gather<'_>) -> Result<(), LogError> {
    quotes(text)?;
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|error| wrong(text, &error))?
        .clone();
    if header.iter().all(|name| name.trim().is_empty()) {
        return Err(LogError::whole(LogProblem::NoCases));
    }
    let places = Places::find(&header, gather)?;
    let mut record = StringRecord::new();
    let mut lines = Lines::new(text);
    while reader
        .read_record(&mut record)
        .map_err(|error| wrong(text, &error))?
    {
        let line = lines.of(record.position());
        let get = |column| places.get(&record, column);
        let case = gather
            .case(get(Column::Case), line)
            .map_err(|error| error.of(&places.name(Column::Case)))?;
        for column in [Column::Service, Column::Channel, Column::Variant] {
            gather
                .say(case, column, get(column), line)
                .map_err(|error| error.of(&places.name(column)))?;
        }
        let row = Row {
            line,
            activity: get(Column::Activity),
            outcome: get(Column::Outcome),
            time: get(Column::Time),
            resource: get(Column::Resource),
            lifecycle: get(Column::Lifecycle),
        };
        gather.event(case, &row, |column| places.name(column))?;
    }
    Ok(())
}

/// Where each column stands.
struct Places {
    of: Vec<(Column, usize, String)>,
}

impl Places {
    fn find(header: &StringRecord, gather: &Gather<'_>) -> Result<Self, LogError> {
        let mut of = Vec::new();
        for column in Column::ALL.iter().copied() {
            let said = gather.renamed(column);
            let name = said.unwrap_or(column.as_str());
            let mut found = header
                .iter()
                .enumerate()
                .filter(|(_, has)| has.trim().eq_ignore_ascii_case(name.trim()));
            match (found.next(), found.next()) {
                (Some(_), Some(_)) => {
                    return Err(LogError::at(1, LogProblem::ColumnTwice).of(name));
                }
                (Some((place, _)), None) => of.push((column, place, name.to_owned())),
                // What was named must be there, and so must what every log has.
                (None, _)
                    if said.is_some() || matches!(column, Column::Case | Column::Activity) =>
                {
                    let has: Vec<_> = header.iter().map(|name| format!("{name:?}")).collect();
                    let has = has.join(", ").chars().take(400).collect();
                    let problem = LogProblem::ColumnUnknown { column, has };
                    return Err(LogError::at(1, problem).of(name));
                }
                (None, _) => {}
            }
        }
        Ok(Self { of })
    }

    fn get<'t>(&self, record: &'t StringRecord, column: Column) -> &'t str {
        let place = self.of.iter().find(|(one, ..)| *one == column);
        place
            .and_then(|(_, place, _)| record.get(*place))
            .unwrap_or_default()
    }

    fn name(&self, column: Column) -> String {
        let place = self.of.iter().find(|(one, ..)| *one == column);
        place.map_or_else(|| column.as_str().to_owned(), |(.., name)| name.clone())
    }
}

fn delimiter(text: &str) -> u8 {
    let header = text.trim_start().lines().next().unwrap_or_default();
    let mut in_quotes = false;
    let mut counts = [0_usize; DELIMITERS.len()];
    for byte in header.bytes() {
        in_quotes ^= byte == b'"';
        for (count, delimiter) in counts.iter_mut().zip(DELIMITERS) {
            *count += usize::from(byte == delimiter && !in_quotes);
        }
    }
    let mut best = (0, b',');
    for (count, delimiter) in counts.into_iter().zip(DELIMITERS) {
        if count > best.0 {
            best = (count, delimiter);
        }
    }
    best.1
}

/// The library takes any quotation mark as it comes; one that is never closed would swallow the rest of the file.
fn quotes(text: &str) -> Result<(), LogError> {
    let delimiter = delimiter(text);
    let (mut line, mut opened) = (1, None);
    let mut begins = true;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        line += usize::from(byte == b'\n');
        if let Some(opened_at) = opened {
            if byte != b'"' {
                continue;
            }
            if bytes.next_if_eq(&b'"').is_some() {
                continue;
            }
            opened = None;
            let next = bytes.peek().copied();
            if !next.is_none_or(|next| next == delimiter || matches!(next, b'\r' | b'\n')) {
                let why = "ends a field before its end";
                return Err(LogError::at(opened_at, LogProblem::Quote { why }));
            }
        } else if byte == b'"' {
            if !begins {
                let why = "stands in a field that has none at its beginning";
                return Err(LogError::at(line, LogProblem::Quote { why }));
            }
            opened = Some(line);
        }
        begins = byte == delimiter || matches!(byte, b'\r' | b'\n');
    }
    match opened {
        Some(line) => {
            let why = "is never closed";
            Err(LogError::at(line, LogProblem::Quote { why }))
        }
        None => Ok(()),
    }
}

/// The lines at which records begin, asked for in their order.
///
/// The reader's own are those at which the record before ended: empty lines, and half of a CRLF, may lie between.
struct Lines<'t> {
    bytes: &'t [u8],
    at: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    const fn new(text: &'t str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    fn of(&mut self, position: Option<&Position>) -> usize {
        let byte = position.map_or(0, Position::byte);
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(here) = self.bytes.get(self.at) {
            if self.at >= byte && !matches!(here, b'\r' | b'\n') {
                break;
            }
            self.line += usize::from(*here == b'\n');
            self.at += 1;
        }
        self.line
    }
}

fn wrong(text: &str, error: &::csv::Error) -> LogError {
    let line = Lines::new(text).of(error.position());
    let problem = match error.kind() {
        ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => LogProblem::Fields {
            found: *len,
            expected: *expected_len,
        },
        // The text is UTF-8 and in memory: nothing else is left to go wrong.
        _ => LogProblem::NotUtf8,
    };
    LogError::at(line, problem)
}
