//! Scenario files: read, held against the catalogue, and what is wrong with them.

use super::*;

const GOOD: &str = r#"
    id = "x"
    title = { kk = "a", ru = "b", en = "c" }
    service = "guardianship-certificate@zhambyl-2019-23"
    channel = "portal"
    step = [{ do = "log-in", who = "citizen-1" }, { do = "receive" }]
    expect = { path = ["process-1"], end = "waiting" }
"#;

fn read(text: &str) -> Result<Scenario, String> {
    let catalogue = Catalogue::embedded().unwrap();
    let read = Scenario::parse("x.toml", text, &catalogue);
    read.map(|mut all| all.remove(0))
        .map_err(|error| error.to_string())
}

#[test]
fn a_scenario_is_read() {
    let scenario = read(GOOD).unwrap();
    let log_in = Step::LogIn {
        who: "citizen-1".into(),
        password: None,
    };
    assert_eq!(scenario.steps, [log_in, Step::Receive {}]);
    assert_eq!(scenario.expect.end, ExpectedEnd::Waiting);
}

#[test]
fn the_embedded_scenarios_fit_the_catalogue() {
    let catalogue = Catalogue::embedded().unwrap();
    let scenarios = Scenario::embedded(&catalogue).unwrap_or_else(|error| panic!("{error}"));
    let mut files: Vec<&str> = embedded::FILES
        .iter()
        .map(|(file, _)| file.trim_end_matches(".toml"))
        .collect();
    files.sort_unstable();
    let ids: Vec<&str> = scenarios
        .iter()
        .map(|scenario| scenario.id.as_str())
        .filter(|id| !id.contains('.'))
        .collect();
    assert_eq!(ids, files, "a scenario's file has its id as name");
}

/// The happy path, and a scenario for every cause of every condition of every flow.
#[test]
fn every_cause_of_every_condition_has_a_scenario() {
    let catalogue = Catalogue::embedded().unwrap();
    let scenarios = Scenario::embedded(&catalogue).unwrap();
    for service in catalogue.services() {
        for flow in &service.flows {
            let of_flow = || {
                scenarios.iter().filter(|scenario| {
                    scenario.service == service.id && scenario.channel == flow.channel
                })
            };
            assert!(of_flow().any(|scenario| scenario.expect.end == ExpectedEnd::Delivered));
            for element in &flow.elements {
                for cause in &element.causes {
                    let told = of_flow().any(|scenario| {
                        let expect = &scenario.expect;
                        let named = expect.cause.as_ref().unwrap_or(&cause.id) == &cause.id;
                        expect.label == Some(cause.label)
                            && expect.path.contains(&element.id.to_string())
                            && named
                    });
                    assert!(told, "{}: {} no, {}", service.id, element.id, cause.id);
                }
            }
        }
    }
}

#[test]
fn what_does_not_fit_the_catalogue_is_named() {
    for (from, to, what) in [
        (
            "process-1",
            "process-9",
            "x.toml:7: the flow has no process-9; it has process-1, condition-1, process-2, process-3, condition-2, process-4, \
             process-5, process-6, condition-3, process-7, process-8",
        ),
        (
            "\"portal\"",
            "\"provider-office\"",
            "x.toml:4: the catalogue has no guardianship-certificate@zhambyl-2019-23 · provider-office",
        ),
        (
            "guardianship-certificate@zhambyl-2019-23\"\n    channel = \"portal",
            "preschool-admission@qyzylorda-2018-1056\"\n    channel = \"provider-office",
            "x.toml:4: this flow of preschool-admission@qyzylorda-2018-1056 is in the catalogue, the simulator \
             does not play it yet; `qaqpa services` marks what can be played",
        ),
        (
            "\"waiting\"",
            "\"refused\"",
            "x.toml: a refusal, and nothing else, has a label",
        ),
        (
            "kk = \"a\"",
            "kk = \"\"",
            "x.toml: the title lacks a language",
        ),
        (
            "end = \"waiting\"",
            "end = \"refused\", label = \"nope\"",
            "x.toml:7: there is no label \"nope\"; docs/CHECKS.md has them",
        ),
        (
            "end = \"waiting\"",
            "end = \"refused\", label = \"iin-mismatch\", cause = \"certificate-expired\"",
            "x.toml:7: the flow has no cause \"certificate-expired\" with that label; it has iin-mismatch",
        ),
    ] {
        assert_eq!(read(&GOOD.replacen(from, to, 1)), Err(what.to_owned()));
    }
}

#[test]
fn a_story_is_told_of_every_service_with_the_same_flow() {
    let catalogue = Catalogue::embedded().unwrap();
    let text = GOOD
        .replacen("channel =", "also = \"pattern\"\nchannel =", 1)
        .replacen(
            "{ do = \"receive\" }",
            "{ do = \"decide\", who = \"officer-1\", ground = \"not-guardian\" }",
            1,
        );
    let told = Scenario::parse("x.toml", &text, &catalogue).unwrap();
    let ids: Vec<_> = told.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "x",
            "x.adoption-lump-sum@zhambyl-2019-23",
            "x.adoption-registration@zhambyl-2019-23",
            "x.externship-permission@east-kazakhstan-2016-293",
            "x.guardian-allowance@zhambyl-2019-23",
            "x.kindergarten-queue@east-kazakhstan-2016-293",
            "x.minor-property-certificate@zhambyl-2019-23",
            "x.patronage-care@zhambyl-2019-23",
        ]
    );
    // The ground with the same label; then the head signs, and the applicant learns of it.
    let decide = Step::Decide {
        who: None,
        ground: Some("no-ground".into()),
    };
    let act = |action: &str| Step::Act {
        who: None,
        action: Some(action.into()),
    };
    assert_eq!(
        told[1].steps[1..],
        [decide.clone(), act("action-2"), Step::Learn {}]
    );
    // The office and the head have it before the executor; a refusal is not sent by the office.
    assert_eq!(
        told[5].steps[1..],
        [
            act("action-1"),
            act("action-2"),
            decide,
            act("action-4"),
            Step::Learn {}
        ]
    );
    assert_eq!(told[1].expect, told[0].expect);
}

#[test]
fn an_unknown_step_or_key_is_refused() {
    let error = read(&GOOD.replacen("\"receive\"", "\"vanish\"", 1)).unwrap_err();
    assert!(
        error.starts_with("x.toml:6: unknown variant `vanish`"),
        "{error}"
    );
    let error =
        read(&GOOD.replacen("\"receive\" }", "\"receive\", loudly = true }", 1)).unwrap_err();
    assert!(error.contains("loudly"), "{error}");
}
