//! Trace conformance: whether what a real system logged is what the regulation says.
//!
//! The tour: [`EventLog::read`] takes CSV or XES and makes cases of events; [`ActivityMap`] says what the log's own
//! names mean; [`conform`] finds the flow of each case and replays its events through the pure walker; the
//! [`Report`] holds a verdict for each case, and [`view`] shows it.
//!
//! An event that can mean several steps (a title that two steps share, a condition whose answer was not logged) is
//! followed in every way that the flow allows, until what comes after tells which it was.
//!
//! A step finished after its time is [`Overdue`]: a matter of its own, never of order.

mod csv;
mod log;
mod names;
mod replay;
mod report;
pub mod view;
mod xes;

pub use log::{Case, Column, EventLog, LogError, LogEvent, LogLimits, LogProblem, Reading};
pub use names::{ActivityMap, MapError, Target, TargetError};
pub use report::{
    Choice, ChoiceError, ConformError, Conformed, Departure, Expected, Overdue, Report, Verdict,
    Why, conform,
};
