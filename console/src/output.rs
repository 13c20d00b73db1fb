//! The one place that writes to the terminal.

use std::io::Write as _;

use qaqpa_transport::telemetry::{self, LogFormat};
use serde::Serialize;

use crate::exit::Failure;

/// Writes a line to standard output; a closed pipe is not an error.
pub(crate) fn say(line: impl std::fmt::Display) {
    writeln!(std::io::stdout().lock(), "{line}").ok();
}

/// Writes bytes to standard output as they are.
pub(crate) fn say_bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).ok();
}

/// Writes a line of progress to standard error, so that pipes carry results only; as one of the log, where that is for
/// machines.
pub(crate) fn progress(line: impl std::fmt::Display) {
    if telemetry::format() == Some(LogFormat::Json) {
        tracing::info!("{line}");
        return;
    }
    writeln!(std::io::stderr().lock(), "{line}").ok();
}

/// Says why a command did not do its work, and the remedy.
pub(crate) fn complain(failure: &Failure) {
    if telemetry::format() == Some(LogFormat::Json) {
        tracing::error!(remedy = failure.remedy, "{}", failure.message);
        return;
    }
    progress(failure);
}

/// Writes pretty JSON.
///
/// # Errors
/// A failure of our own where the value has no JSON.
pub(crate) fn say_json(value: &impl Serialize) -> Result<(), Failure> {
    say(serde_json::to_string_pretty(value).map_err(Failure::own)?);
    Ok(())
}
