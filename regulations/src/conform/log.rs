//! The event log of a real system: cases of events, whatever file they stood in.

use std::collections::{BTreeMap, HashMap};

use qaqpa_model::Moment;
use thiserror::Error;

use super::{csv, xes};

/// What a system logged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventLog {
    /// The cases in the order in which they begin in the file.
    pub cases: Vec<Case>,
    /// Events that tell of no finished step (`lifecycle:transition` other than `complete`), which are not looked at.
    pub passed_over: usize,
}

/// One application, from its first event to its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its name in the log.
    pub id: String,
    /// The line where it begins, from 1.
    pub line: usize,
    /// The service, where the log names it: `SERVICE@ACT`.
    pub service: Option<String>,
    /// The channel, where the log names it.
    pub channel: Option<String>,
    /// The variant of the flow, where the log names it.
    pub variant: Option<String>,
    /// By their moments where each has one (events of one moment as they stand in the file), else as they stand.
    pub events: Vec<LogEvent>,
}

/// Something that was finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    /// What was done, in the log's own words.
    pub activity: String,
    /// What came of it, in the log's own words.
    pub outcome: Option<String>,
    /// When it was finished.
    pub at: Option<Moment>,
    /// Who did it.
    pub who: Option<String>,
    /// The line in the file, from 1.
    pub line: usize,
}

macro_rules! columns {
    ($($(#[$doc:meta])* $variant:ident = $csv:literal, $xes:literal;)+) => {
        /// What a column of CSV, or a key of XES, holds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Column { $($(#[$doc])* $variant,)+ }

        impl Column {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name on the command line, and of the column of CSV unless another is said.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $csv,)+ }
            }

            /// The key of XES unless another is said (IEEE 1849-2016, §7: the standard extensions).
            #[must_use]
            pub const fn xes_key(self) -> &'static str {
                match self { $(Self::$variant => $xes,)+ }
            }
        }
    };
}

columns! {
    /// What was done.
    Activity = "activity", "concept:name";
    /// Which application.
    Case = "case", "concept:name";
    /// The channel of the case.
    Channel = "channel", "channel";
    /// Whether it was begun or finished.
    Lifecycle = "lifecycle", "lifecycle:transition";
    /// What came of it.
    Outcome = "outcome", "outcome";
    /// Who did it.
    Resource = "resource", "org:resource";
    /// The service of the case.
    Service = "service", "service";
    /// When.
    Time = "time", "time:timestamp";
    /// The variant of the case's flow.
    Variant = "variant", "variant";
}

impl Column {
    /// The column of that name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|column| column.as_str() == name)
    }
}

/// How a log is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The file's own names of columns or keys, where they differ.
    pub columns: BTreeMap<Column, String>,
    /// Whether a time of day without an offset is Almaty's; else it is an error, for whose time it is would be a guess.
    pub local_time: bool,
    /// How much is read.
    pub limits: LogLimits,
}

/// How much of a log is read; numbers of ours, far above a year of one executive body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLimits {
    /// Bytes of the file.
    pub bytes_max: usize,
    /// Cases.
    pub cases_max: usize,
    /// Events of all cases.
    pub events_max: usize,
    /// Bytes of one name, outcome or other text.
    pub text_bytes_max: usize,
}

impl Default for LogLimits {
    /// 64 MiB, 100 000 cases, 500 000 events, 2 000 bytes.
    fn default() -> Self {
        Self {
            bytes_max: 64 * 1024 * 1024,
            cases_max: 100_000,
            events_max: 500_000,
            text_bytes_max: 2000,
        }
    }
}

/// Why a log is not read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogError {
    /// The line, from 1; `None` where it is about the whole file.
    pub line: Option<usize>,
    /// The column of CSV or the key of XES.
    pub column: Option<String>,
    /// What is wrong there, and what would be right.
    pub problem: LogProblem,
}

/// What can be wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LogProblem {
    /// Two events of one case name two services, channels or variants.
    #[error("{now:?}, and {before:?} in an event of the same case before: a case has one")]
    CaseDiffers {
        /// What was said first.
        before: String,
        /// What is said here.
        now: String,
    },
    /// Two traces of XES have one name.
    #[error("a second case {id:?}: each trace has a name of its own")]
    CaseTwice {
        /// The name.
        id: String,
    },
    /// A column that the header has twice.
    #[error("the header has it twice: each column has a name of its own")]
    ColumnTwice,
    /// A column that must be there is not.
    #[error("no such column; the header has {has}; `--column {column}=NAME` says what the file calls it", column = column.as_str())]
    ColumnUnknown {
        /// What it would hold.
        column: Column,
        /// What the header has.
        has: String,
    },
    /// A value that must be there is not.
    #[error("empty: each event has a case and an activity")]
    Empty,
    /// A row has another number of fields than the header.
    #[error("{found} fields where the header has {expected}")]
    Fields {
        /// Of this row.
        found: u64,
        /// Of the header.
        expected: u64,
    },
    /// More than is read.
    #[error("more than {max} {what}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much may be.
        max: usize,
    },
    /// No events at all.
    #[error(
        "no case: a CSV file with a header and a row for each event is wanted, or XES (IEEE 1849)"
    )]
    NoCases,
    /// XML that is not XES.
    #[error("{found}; XES has log > trace > event, with keys and values as IEEE 1849 says")]
    NotXes {
        /// What was found instead.
        found: String,
    },
    /// Bytes that are no text.
    #[error("not UTF-8; save the file as UTF-8 (and unpack it)")]
    NotUtf8,
    /// A field in quotes that is not one.
    #[error("a quotation mark that {why}; RFC 4180 has \"a \"\"quoted\"\" text\"")]
    Quote {
        /// What is wrong.
        why: &'static str,
    },
    /// A time that is none.
    #[error(
        "not a moment: {text:?}; write RFC 3339 with its offset (2019-05-06T10:00:00+06:00) or a date (2019-05-06){}",
        if *.is_local { "; `--local-time` takes it as Almaty's" } else { "" }
    )]
    Time {
        /// What stands there.
        text: String,
        /// Whether it lacks nothing but its offset.
        is_local: bool,
    },
    /// XML that is not read.
    #[error("{why}")]
    Xml {
        /// Why not.
        why: String,
    },
}

impl std::fmt::Display for LogError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.line, &self.column) {
            (Some(line), Some(column)) => write!(f, "line {line}, column {column:?}: ")?,
            (Some(line), None) => write!(f, "line {line}: ")?,
            (None, Some(column)) => write!(f, "column {column:?}: ")?,
            (None, None) => {}
        }
        write!(f, "{}", self.problem)
    }
}

impl std::error::Error for LogError {}

impl LogError {
    pub(super) fn whole(problem: LogProblem) -> Self {
        Self {
            line: None,
            column: None,
            problem,
        }
    }

    pub(super) fn at(line: usize, problem: LogProblem) -> Self {
        Self {
            line: Some(line),
            column: None,
            problem,
        }
    }

    pub(super) fn of(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }
}

impl EventLog {
    /// Reads CSV (RFC 4180, a header; fields part at `,`, `;` or a tab) or XES (IEEE 1849): a text that begins with `<` is
    /// XES. A byte order mark is passed over.
    ///
    /// # Errors
    /// [`LogError`] by the first thing that is wrong.
    ///
    /// ```
    /// use qaqpa_regulations::conform::{EventLog, Reading};
    /// let log = EventLog::read(b"case,activity\n17,process 1\n", &Reading::default()).unwrap();
    /// assert_eq!(log.cases[0].events[0].activity, "process 1");
    /// ```
    pub fn read(bytes: &[u8], reading: &Reading) -> Result<Self, LogError> {
        let max = reading.limits.bytes_max;
        if bytes.len() > max {
            let what = "bytes";
            return Err(LogError::whole(LogProblem::Limit { what, max }));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            LogError::at(line, LogProblem::NotUtf8)
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut gather = Gather::new(reading);
        if text.trim_start().starts_with('<') {
            xes::read(text, &mut gather)?;
        } else {
            csv::read(text, &mut gather)?;
        }
        gather.finish()
    }
}

/// What one row says, before it is looked at.
#[derive(Default)]
pub(super) struct Row<'t> {
    pub(super) line: usize,
    pub(super) activity: &'t str,
    pub(super) outcome: &'t str,
    pub(super) time: &'t str,
    pub(super) resource: &'t str,
    pub(super) lifecycle: &'t str,
}

/// Makes cases of rows, within limits.
pub(super) struct Gather<'r> {
    reading: &'r Reading,
    log: EventLog,
    places: HashMap<String, usize>,
    events: usize,
}

impl<'r> Gather<'r> {
    fn new(reading: &'r Reading) -> Self {
        Self {
            reading,
            log: EventLog::default(),
            places: HashMap::new(),
            events: 0,
        }
    }

    /// The file's own name of a column, if one was said.
    pub(super) fn renamed(&self, column: Column) -> Option<&'r str> {
        self.reading.columns.get(&column).map(String::as_str)
    }

    /// The case of that name, which begins here if there was none.
    pub(super) fn case(&mut self, id: &str, line: usize) -> Result<usize, LogError> {
        let id = id.trim();
        if id.is_empty() {
            return Err(LogError::at(line, LogProblem::Empty));
        }
        if let Some(place) = self.places.get(id) {
            return Ok(*place);
        }
        let id = self.text(id, line)?;
        let max = self.reading.limits.cases_max;
        if self.log.cases.len() >= max {
            let what = "cases";
            return Err(LogError::at(line, LogProblem::Limit { what, max }));
        }
        let place = self.log.cases.len();
        self.places.insert(id.clone(), place);
        self.log.cases.push(Case {
            id,
            line,
            service: None,
            channel: None,
            variant: None,
            events: Vec::new(),
        });
        Ok(place)
    }

    pub(super) fn has_case(&self, id: &str) -> bool {
        self.places.contains_key(id.trim())
    }

    /// What a case is a case of.
    pub(super) fn say(
        &mut self,
        place: usize,
        column: Column,
        value: &str,
        line: usize,
    ) -> Result<(), LogError> {
        if value.trim().is_empty() {
            return Ok(());
        }
        let now = self.text(value, line)?;
        let Some(case) = self.log.cases.get_mut(place) else {
            return Ok(());
        };
        let said = match column {
            Column::Service => &mut case.service,
            Column::Channel => &mut case.channel,
            Column::Variant => &mut case.variant,
            _ => return Ok(()),
        };
        match said {
            Some(before) if *before != now => Err(LogError::at(
                line,
                LogProblem::CaseDiffers {
                    before: before.clone(),
                    now,
                },
            )),
            _ => {
                *said = Some(now);
                Ok(())
            }
        }
    }

    /// One more event of a case; what tells of no finished step is counted only.
    pub(super) fn event(
        &mut self,
        place: usize,
        row: &Row<'_>,
        name: impl Fn(Column) -> String,
    ) -> Result<(), LogError> {
        let line = row.line;
        let of = |column: String| move |error: LogError| error.of(&column);
        self.events += 1;
        let max = self.reading.limits.events_max;
        if self.events > max {
            let what = "events";
            return Err(LogError::at(line, LogProblem::Limit { what, max }));
        }
        let lifecycle = row.lifecycle.trim();
        if !lifecycle.is_empty() && !lifecycle.eq_ignore_ascii_case("complete") {
            self.log.passed_over += 1;
            return Ok(());
        }
        if row.activity.trim().is_empty() {
            let error = LogError::at(line, LogProblem::Empty);
            return Err(error.of(&name(Column::Activity)));
        }
        let activity = self
            .text(row.activity, line)
            .map_err(of(name(Column::Activity)))?;
        let outcome = self
            .some_text(row.outcome, line)
            .map_err(of(name(Column::Outcome)))?;
        let who = self
            .some_text(row.resource, line)
            .map_err(of(name(Column::Resource)))?;
        let at = self
            .moment(row.time, line)
            .map_err(of(name(Column::Time)))?;
        if let Some(case) = self.log.cases.get_mut(place) {
            case.events.push(LogEvent {
                activity,
                outcome,
                at,
                who,
                line,
            });
        }
        Ok(())
    }

    fn some_text(&self, text: &str, line: usize) -> Result<Option<String>, LogError> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        self.text(text, line).map(Some)
    }

    fn text(&self, text: &str, line: usize) -> Result<String, LogError> {
        let text = text.trim();
        let max = self.reading.limits.text_bytes_max;
        if text.len() > max {
            let what = "bytes in one text";
            return Err(LogError::at(line, LogProblem::Limit { what, max }));
        }
        Ok(text.to_owned())
    }

    fn moment(&self, text: &str, line: usize) -> Result<Option<Moment>, LogError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if let Ok(moment) = Moment::parse(text) {
            return Ok(Some(moment));
        }
        let local = local_moment(text);
        if self.reading.local_time && local.is_some() {
            return Ok(local);
        }
        let problem = LogProblem::Time {
            text: text.chars().take(64).collect(),
            is_local: local.is_some(),
        };
        Err(LogError::at(line, problem))
    }

    fn finish(mut self) -> Result<EventLog, LogError> {
        if self.log.cases.is_empty() {
            return Err(LogError::whole(LogProblem::NoCases));
        }
        for case in &mut self.log.cases {
            if case.events.iter().all(|event| event.at.is_some()) {
                case.events.sort_by_key(|event| event.at);
            }
        }
        Ok(self.log)
    }
}

/// A date and a time of day in Almaty: `2019-05-06T10:00:00` or with a space between.
fn local_moment(text: &str) -> Option<Moment> {
    let begins_as_date = text.len() > 10 && text.is_char_boundary(10);
    let date = begins_as_date.then(|| &text[..10])?;
    let midnight = Moment::parse(date).ok()?;
    let there: jiff::civil::DateTime = text.parse().ok()?;
    let zone = midnight.in_almaty().time_zone().clone();
    let then = there.to_zoned(zone).ok()?;
    Some(Moment::from_unix_ms(then.timestamp().as_millisecond()))
}
