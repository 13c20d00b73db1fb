//! Why a scenario could not go on: told to the person who reads the report.

use qaqpa_transport::HttpError;
use qaqpa_transport::control::ControlError;
use thiserror::Error;

/// Why a step could not be carried out. What the simulator *refuses* is no error but a result.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// A control port did not do what it was asked.
    #[error("control port of {actor}: {error}")]
    Control {
        /// The actor's name.
        actor: String,
        /// Why.
        #[source]
        error: ControlError,
    },
    /// The endpoints name no such thing.
    #[error("endpoints.json has no {0}")]
    EndpointsLack(String),
    /// A file cannot be read.
    #[error("{path}: {why}")]
    File {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// An address did not answer.
    #[error("{url}: {error}")]
    Http {
        /// The address.
        url: String,
        /// Why.
        #[source]
        error: HttpError,
    },
    /// A page is not what the step expects.
    #[error("{url} ({status}): {what}")]
    Page {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What is missing or wrong.
        what: String,
    },
    /// The scenario itself is wrong.
    #[error("the scenario cannot be played: {0}")]
    Scenario(String),
    /// A document cannot be signed or read.
    #[error("{0}")]
    Signing(String),
    /// What was waited for did not come.
    #[error("{what} did not come within {seconds} s")]
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long.
        seconds: u64,
    },
}
