//! What the process says about itself, on standard error: one line an event, without personal data and without secrets.
//!
//! Numbers of twelve digits are masked in every line, whoever wrote it; fields that are named like a secret are not
//! shown. In the JSON form a line tells the actor and the trace that it belongs to.

mod json;
pub mod mask;

use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::fmt::writer::MakeWriter;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// Lines for people.
    #[default]
    Text,
}

/// How this process logs: there is one standard error.
static ON: OnceLock<LogFormat> = OnceLock::new();

/// How this process logs, where it does: what else it writes to standard error must look the same.
#[must_use]
pub fn format() -> Option<LogFormat> {
    ON.get().copied()
}

/// Starts logging to standard error; `QAQPA_LOG` filters (default `info`), in the form of `RUST_LOG`.
///
/// The first call in a process wins, so that tests may call it as often as they like.
pub fn init(format: LogFormat) {
    let filter = EnvFilter::try_from_env("QAQPA_LOG").unwrap_or_else(|_| {
        EnvFilter::new("info,hyper=warn,hyper_util=warn,rustls=warn,sqlx=warn")
    });
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Colours are for people who look on, not for files.
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(Masking);
    // An error means that logging is on already, which is what was asked for.
    match format {
        LogFormat::Json => {
            let begun = builder.event_format(json::Lines).try_init().is_ok();
            if begun {
                ON.set(format).ok();
                std::panic::set_hook(Box::new(|panic| {
                    let at = panic.location().map(ToString::to_string);
                    let why = panic.payload_as_str().unwrap_or("a panic without words");
                    tracing::error!(at, "panicked: {why}");
                }));
            }
        }
        LogFormat::Text => {
            let fields = debug_fn(|writer: &mut Writer<'_>, field, value| match field.name() {
                "message" => write!(writer, "{value:?}"),
                name if mask::is_secret(name) => write!(writer, "{name}={}", mask::SECRET),
                name => write!(writer, "{name}={value:?}"),
            });
            let begun = builder
                .with_target(false)
                .fmt_fields(fields.delimited(" "))
                .try_init();
            if begun.is_ok() {
                ON.set(format).ok();
            }
        }
    }
}

/// Standard error, line by line and masked.
#[derive(Clone, Copy, Debug)]
struct Masking;

impl MakeWriter<'_> for Masking {
    type Writer = MaskedLine;

    fn make_writer(&self) -> Self::Writer {
        MaskedLine(Vec::new())
    }
}

/// One event's text; written whole when the event ends.
struct MaskedLine(Vec<u8>);

impl Write for MaskedLine {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for MaskedLine {
    fn drop(&mut self) {
        let text = mask::personal(&String::from_utf8_lossy(&self.0));
        // Nobody could be told that standard error is closed.
        io::stderr().lock().write_all(text.as_bytes()).ok();
    }
}
