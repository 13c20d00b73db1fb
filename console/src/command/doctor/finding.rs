//! What the doctor finds, and how it is told.

use serde::Serialize;

use crate::exit::Exit;
use crate::output;

/// The version of the report's shape (docs/schema/doctor.schema.json).
const VERSION: u16 = 1;

/// How one thing stands. In the order of gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// As it should be.
    Ok,
    /// It works, and somebody should look.
    Warning,
    /// Nobody could tell.
    Unknown,
    /// It does not work.
    Failed,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// The stable name of what was looked at: `up`, `ready`, `clock`, `tls`, `certificates`, …
    pub(super) check: &'static str,
    /// Whose: an actor, an address, a file.
    pub(super) about: String,
    pub(super) state: State,
    /// What was found, in one sentence.
    pub(super) what: String,
    /// What to do about it; none where all is well.
    pub(super) remedy: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, about: impl ToString, what: impl ToString) -> Self {
        Self {
            check,
            about: about.to_string(),
            state: State::Ok,
            what: what.to_string(),
            remedy: None,
        }
    }

    pub(super) fn amiss(
        state: State,
        check: &'static str,
        about: impl ToString,
        what: impl ToString,
        remedy: impl ToString,
    ) -> Self {
        Self {
            check,
            about: about.to_string(),
            state,
            what: what.to_string(),
            remedy: Some(remedy.to_string()),
        }
    }

    pub(super) fn failed(
        check: &'static str,
        about: impl ToString,
        what: impl ToString,
        remedy: impl ToString,
    ) -> Self {
        Self::amiss(State::Failed, check, about, what, remedy)
    }
}

/// Everything that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Report {
    version: u16,
    /// The worst of all.
    state: State,
    findings: Vec<Finding>,
}

impl Report {
    pub(super) fn of(findings: Vec<Finding>) -> Self {
        let states = findings.iter().map(|finding| finding.state);
        Self {
            version: VERSION,
            state: states.max().unwrap_or(State::Unknown),
            findings,
        }
    }

    /// A warning is a yes: everything works.
    pub(super) const fn exit(&self) -> Exit {
        match self.state {
            State::Ok | State::Warning => Exit::Yes,
            State::Unknown => Exit::Undecided,
            State::Failed => Exit::No,
        }
    }

    pub(super) fn say(&self) {
        for finding in &self.findings {
            let state = match finding.state {
                State::Ok => "ok",
                State::Warning => "warning",
                State::Unknown => "unknown",
                State::Failed => "FAILED",
            };
            output::say(format_args!(
                "{state:<8} {:<13} {}: {}",
                finding.check, finding.about, finding.what
            ));
            if let Some(remedy) = &finding.remedy {
                output::say(format_args!("         help: {remedy}"));
            }
        }
        let amiss = self
            .findings
            .iter()
            .filter(|finding| finding.state > State::Warning)
            .count();
        output::say(match (self.state, amiss) {
            (State::Ok, _) => "everything is up and trusted".to_owned(),
            (State::Warning, _) => "everything works; look at the warnings".to_owned(),
            (_, 1) => "one thing is amiss".to_owned(),
            (_, many) => format!("{many} things are amiss"),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_decides_and_a_warning_is_a_yes() {
        let report = |states: &[State]| {
            let finding = |state: &State| Finding::amiss(*state, "up", "gateway", "so", "do");
            Report::of(states.iter().map(finding).collect()).exit()
        };
        use State::{Failed, Ok, Unknown, Warning};
        assert_eq!(report(&[Ok, Warning]), Exit::Yes);
        assert_eq!(report(&[Ok, Unknown, Warning]), Exit::Undecided);
        assert_eq!(report(&[Unknown, Failed]), Exit::No);
        // Who has looked at nothing knows nothing.
        assert_eq!(report(&[]), Exit::Undecided);
    }
}
