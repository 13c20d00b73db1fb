//! A service is added by one file.

use std::path::PathBuf;

use qaqpa_model::{Moment, ServiceAtAct};
use qaqpa_regulations::{Catalogue, Channel, End, Event, Meaning, Role, WalkError, walk};

use crate::acts::PLAYED;

const SERVICE: &str = "minor-property-added@zhambyl-2019-23";

fn catalogue() -> Catalogue {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/minor-property");
    Catalogue::load_with(&[folder]).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn one_file_adds_a_service() {
    let ids: Vec<_> = catalogue()
        .services()
        .iter()
        .map(|service| service.id.to_string())
        .collect();
    let mut expected = [&PLAYED[..], &[SERVICE]].concat();
    expected.sort_unstable();
    assert_eq!(ids, expected);
}

/// Source: zhambyl-2019-23, annex 3, item 8: worker 1wd, head 1wd, sent 1wd.
#[test]
fn the_added_service_walks_its_three_actions_to_the_delivery() {
    let catalogue = catalogue();
    let service = catalogue
        .service(&ServiceAtAct::parse(SERVICE).unwrap())
        .unwrap();
    let flow = service.flow(Channel::Portal).unwrap();
    let walked = flow
        .replay(&[
            Event::Done(Meaning::Authenticate),
            Event::Yes(Meaning::CheckApplicant),
            Event::Done(Meaning::Prepare),
            Event::Yes(Meaning::CheckCertificate),
            Event::Done(Meaning::Certify),
            Event::Done(Meaning::Register),
        ])
        .unwrap();
    // Friday before a weekend: the next working day is Monday.
    let friday = Moment::parse("2019-02-22T11:00:00+06:00").unwrap();
    let mut now = friday;
    let mut state = walked.state;
    let mut tasks = walked.tasks;
    let mut seen = Vec::new();
    state = walk(flow, &state, &Event::Yes(Meaning::CheckDocuments))
        .unwrap()
        .state;
    while let Some(task) = tasks.pop() {
        assert!(tasks.is_empty());
        let early = walk(flow, &state, &Event::Done(Meaning::DeliverResult));
        assert_eq!(
            early,
            Err(WalkError::ActionOpen {
                action: task.id.clone()
            })
        );
        now = task.deadline.due(now, catalogue.calendar());
        seen.push((
            task.id.to_string(),
            task.unit.clone(),
            task.role,
            now.to_string(),
        ));
        let walked = walk(flow, &state, &Event::ActionDone(task.id)).unwrap();
        state = walked.state;
        tasks = walked.tasks;
    }
    let unit = || "education-department".to_owned();
    assert_eq!(
        seen,
        [
            (
                "action-1".into(),
                unit(),
                Role::Officer,
                "2019-02-25T11:00:00+06:00".into()
            ),
            (
                "action-2".into(),
                unit(),
                Role::Head,
                "2019-02-26T11:00:00+06:00".into()
            ),
            (
                "action-3".into(),
                unit(),
                Role::Officer,
                "2019-02-27T11:00:00+06:00".into()
            ),
        ]
    );
    let end = walk(flow, &state, &Event::Done(Meaning::DeliverResult))
        .unwrap()
        .state;
    assert_eq!(end.end(), Some(End::Delivered));
}
