//! A notice that authorisation is refused: the way ends here, nothing was begun.

use qaqpa_model::{Iin, Moment, RefusalLabel};
use qaqpa_regulations::{Event, Flow, Meaning, Position, WalkError};
use qaqpa_store::{Direction, JournalEntry};
use serde_json::json;

/// Draws up the journal's entry for a refused authorisation; the walker says where the way ends.
///
/// There is no message yet whose trace could hold the steps.
///
/// # Errors
/// [`WalkError`] where the flow has no such refusal.
pub fn refuse_authorisation(
    flow: &Flow,
    iin: &Iin,
    label: RefusalLabel,
    at: Moment,
) -> Result<JournalEntry, WalkError> {
    let walked = flow.replay(&[
        Event::Done(Meaning::Authenticate),
        Event::No(Meaning::CheckApplicant, label),
        Event::Done(Meaning::RefuseAuthorisation),
    ])?;
    let path: Vec<String> = walked
        .trace
        .iter()
        .map(|step| step.element.to_string())
        .collect();
    let ended_at = match walked.state.position() {
        Position::Refused { element, .. } => element.to_string(),
        Position::Delivered(element) | Position::Waiting(element) => element.to_string(),
    };
    Ok(JournalEntry {
        at,
        kind: "authorisation-refused".to_owned(),
        message_id: None,
        direction: Direction::Own,
        label: Some(label),
        raw: None,
        summary: json!({ "iin": iin.masked(), "element": ended_at, "path": path }),
    })
}

#[cfg(test)]
mod tests {
    use qaqpa_regulations::{Catalogue, Channel};

    use super::*;

    #[test]
    fn the_walker_names_the_element_that_refuses() {
        let catalogue = Catalogue::embedded().unwrap();
        let flow = catalogue
            .services()
            .iter()
            .find_map(|service| service.flow(Channel::Portal))
            .unwrap();
        let entry = refuse_authorisation(
            flow,
            &Iin::parse("931002451325").unwrap(),
            RefusalLabel::PasswordWrong,
            Moment::from_unix_ms(0),
        )
        .unwrap();
        let refusing = flow.element_for(Meaning::RefuseAuthorisation).unwrap();
        assert_eq!(entry.summary["element"], refusing.id.as_str());
        assert_eq!(entry.label, Some(RefusalLabel::PasswordWrong));
        assert!(!entry.summary.to_string().contains("931002451325"));
    }
}
