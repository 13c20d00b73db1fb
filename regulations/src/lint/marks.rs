//! Rules on marks: where a statement says it is printed.

use super::{Findings, Rule};
use crate::mark::Mark;

/// A printed mark cites a known act and a line that its text has. `lines` gives an act's length.
pub(crate) fn printed_places(
    mark: &Mark,
    at: &str,
    lines: impl Fn(&str) -> Option<u32>,
    findings: &mut Findings<'_>,
) {
    let Mark::Printed { act, item, line } = mark else {
        return;
    };
    match lines(act) {
        None => findings.add(Rule::PrintedPlace, at, format!("there is no act {act:?}")),
        Some(lines) if *line == 0 || *line > lines => {
            findings.add(Rule::PrintedPlace, at, format!("{act} has no line {line}"));
        }
        Some(_) => {}
    }
    if item.trim().is_empty() {
        findings.add(Rule::PrintedPlace, at, "a printed statement names its item");
    }
}
