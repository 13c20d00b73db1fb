//! What a report of the corpus says, in each of its formats.

use qaqpa_runner::attack::{Case, Outcome, Ran, Report, corpus};
use qaqpa_xml::{Document, XmlLimits};

fn case(id: &str) -> Case {
    let mut cases = corpus().unwrap();
    let at = cases.iter().position(|case| case.id == id).unwrap();
    cases.swap_remove(at)
}

/// A verifier that takes an attack, refuses another, refuses a control, and is not asked a third.
fn report() -> Report {
    let refused = |how: &str| Outcome::Refused(how.to_owned());
    let ran = vec![
        Ran::new(&case("w04-evil-around"), Outcome::Accepted),
        Ran::new(&case("w02-sibling-before"), refused("exit status: 1")),
        Ran::new(&case("ok00-plain"), refused("exit status: 1: no & yes")),
        Ran::new(&case("r07-revoked"), Outcome::NotRun("no OCSP".to_owned())),
    ];
    Report {
        verifier: "a command".to_owned(),
        ran,
    }
}

#[test]
fn people_read_what_an_accepted_attack_means() {
    let text = report().text();
    let case = case("w04-evil-around");
    assert!(
        text.starts_with(&format!(
            "FAIL wrapping/w04-evil-around — {}\n     done: {}\n     accepted: {}\n",
            case.title, case.done, case.means
        )),
        "{text}"
    );
    assert!(
        text.contains("wrapping                         1/2                0/0        0\n"),
        "{text}"
    );
    assert!(text.contains("\nnot run, 1: no OCSP\n"), "{text}");
    assert!(text.contains("accepted none of the controls"), "{text}");
    assert!(!report().ok());
}

#[test]
fn programs_read_the_shape_of_the_contract() {
    let json = report().json();
    let read: Vec<_> = json["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| {
            (
                case["id"].as_str().unwrap(),
                case["expected"].as_str().unwrap(),
                case["ok"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            ("w04-evil-around", "refuse", false),
            ("w02-sibling-before", "refuse", true),
            ("ok00-plain", "accept", false)
        ]
    );
    assert_eq!(json["notRun"][0]["id"], "r07-revoked");
    assert_eq!(json["families"]["wrapping"]["refused"], 1);
    assert_eq!(json["ok"], false);
}

#[test]
fn a_simulator_must_refuse_with_the_label_of_the_case() {
    let case = case("w04-evil-around");
    let refused = |label: &str| Ran::with_label(&case, Outcome::Refused(label.to_owned()));
    assert!(refused("signature-scope").ok());
    assert_eq!(
        refused("content-changed").difference.as_deref(),
        Some("refused with content-changed, not signature-scope")
    );
}

#[test]
fn ci_servers_and_scanners_read_the_failures() {
    let junit = report().junit();
    assert!(
        junit.contains(
            "<testsuite name=\"wrapping\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\">"
        ),
        "{junit}"
    );
    assert!(
        junit.contains("refused: exit status: 1: no &amp; yes"),
        "{junit}"
    );
}

/// A verifier that gave no answer to one case, and took another.
fn broken() -> Report {
    Report {
        verifier: "a command".to_owned(),
        ran: vec![
            Ran::new(
                &case("w04-evil-around"),
                Outcome::Died("it did not end in time".to_owned()),
            ),
            Ran::new(&case("ok00-plain"), Outcome::Accepted),
        ],
    }
}

#[test]
fn who_gives_no_answer_has_refused_nothing() {
    let report = broken();
    assert!(!report.ok());
    let json = report.json();
    assert_eq!(json["cases"][0]["seen"], "no-answer");
    assert_eq!(json["cases"][0]["ok"], false);
    assert_eq!(json["families"]["wrapping"]["refused"], 0);
    assert_eq!(json["families"]["controls"]["accepted"], 1);
    assert!(report.text().contains("no answer: it did not end in time"));
    let junit = report.junit();
    assert!(junit.contains("<error message=\"no answer: it did not end in time\">"));
}

#[test]
fn a_run_of_nothing_is_no_success() {
    let nothing = |ran| Report {
        verifier: "a command".to_owned(),
        ran,
    };
    let not_run = Ran::new(&case("r07-revoked"), Outcome::NotRun("no OCSP".to_owned()));
    assert!(!nothing(Vec::new()).ok());
    assert!(!nothing(vec![not_run.clone()]).ok());
    let sarif = nothing(vec![not_run]).sarif();
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
}

/// Each suite counts what stands in it, and each case has one outcome.
///
/// Source: the JUnit schema of the Jenkins xUnit plugin (testsuite: tests, failures, errors, skipped).
#[test]
fn the_numbers_of_junit_are_those_of_its_elements() {
    for report in [report(), broken()] {
        let junit = report.junit();
        let document = Document::parse(junit.as_bytes(), &XmlLimits::default()).unwrap();
        let root = document.root();
        assert_eq!(root.name(), "testsuites");
        let mut cases = 0;
        for suite in root.children() {
            assert_eq!(suite.name(), "testsuite");
            let counted = |name: &str| {
                let inside = suite.children().flat_map(|case| case.children());
                inside.filter(|element| element.name() == name).count()
            };
            let said =
                |name: &str| -> usize { suite.attribute(None, name).unwrap().parse().unwrap() };
            assert_eq!(said("tests"), suite.children().count());
            assert_eq!(said("failures"), counted("failure"));
            assert_eq!(said("errors"), counted("error"));
            assert_eq!(said("skipped"), counted("skipped"));
            for case in suite.children() {
                cases += 1;
                assert_eq!(case.name(), "testcase");
                assert_eq!(
                    case.attribute(None, "classname"),
                    suite.attribute(None, "name")
                );
                assert!(case.attribute(None, "name").is_some());
                assert!(case.children().count() <= 1);
            }
        }
        assert_eq!(cases, report.ran.len());
    }
}

/// Source: OASIS SARIF 2.1.0 §3.13 (log), §3.14 (run), §3.18 and §3.19 (tool), §3.20 (invocation), §3.27 (result), §3.49 (rule).
#[test]
fn a_sarif_log_has_the_structure_of_the_standard() {
    let sarif = report().sarif();
    let schema = "https://json.schemastore.org/sarif-2.1.0.json";
    assert_eq!(sarif["$schema"], schema);
    assert_eq!(sarif["version"], "2.1.0");
    let runs = sarif["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    let driver = &runs[0]["tool"]["driver"];
    assert_eq!(driver["name"], "qaqpa attack");
    let rules = driver["rules"].as_array().unwrap();
    let mut ids: Vec<_> = rules
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{rule}");
        }
        assert!(rule["properties"]["tags"].as_array().is_some());
    }
    assert_eq!(runs[0]["invocations"][0]["executionSuccessful"], true);
    let results = runs[0]["results"].as_array().unwrap();
    let failed: Vec<_> = results
        .iter()
        .map(|one| one["ruleId"].as_str().unwrap())
        .collect();
    assert_eq!(failed, ["w04-evil-around", "ok00-plain"]);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["level"], "error");
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        let place = place.as_str().unwrap();
        assert!(
            !place.starts_with('/') && place.ends_with("/case.toml"),
            "{place}"
        );
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(place);
        assert!(file.is_file(), "{place}");
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), rules.len());
}
