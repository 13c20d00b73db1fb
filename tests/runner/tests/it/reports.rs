//! What a report of the corpus says, in each of its formats.

use qaqpa_runner::attack::{Case, Outcome, Ran, Report, corpus};

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
        junit.contains("<testsuite name=\"wrapping\" tests=\"2\" failures=\"1\" skipped=\"0\">"),
        "{junit}"
    );
    assert!(
        junit.contains("refused: exit status: 1: no &amp; yes"),
        "{junit}"
    );
    let sarif = report().sarif();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 2);
    assert_eq!(run["results"][0]["ruleId"], "w04-evil-around");
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
}
