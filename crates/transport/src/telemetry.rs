//! What the process says about itself, on standard error.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// Lines for people.
    #[default]
    Text,
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
        .with_writer(std::io::stderr);
    // An error means that logging is on already, which is what was asked for.
    match format {
        LogFormat::Json => builder.json().try_init().ok(),
        LogFormat::Text => builder.with_target(false).try_init().ok(),
    };
}
