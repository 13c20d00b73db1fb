//! One defect a case: each rule of the lint, with its exact finding.

use std::path::PathBuf;

use qaqpa_regulations::{Catalogue, CatalogueError, Rule};

/// Files that load without a finding; a case spoils one of them.
struct Files {
    pattern: String,
    act: String,
    service: String,
    calendar: Option<String>,
}

impl Files {
    fn good() -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
        let own = |text: String| {
            text.replace("zhambyl-2019-23", "test-act")
                .replace("pattern = \"P1\"", "pattern = \"test\"")
        };
        Self {
            pattern: read("patterns/p1.toml").replace("id = \"P1\"", "id = \"test\""),
            act: own(read("acts/zhambyl-2019-23/act.toml")),
            service: own(read("acts/zhambyl-2019-23/guardianship-certificate.toml")),
            calendar: None,
        }
    }

    /// `file: place (rule): what`, without the folder.
    fn findings(&self) -> Vec<(Rule, String, String)> {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("pattern.toml", &self.pattern);
        write("act.toml", &self.act);
        write("service.toml", &self.service);
        if let Some(calendar) = &self.calendar {
            write("calendar.toml", calendar);
        }
        match Catalogue::load_with(&[folder.path().to_owned()]) {
            Ok(_) => Vec::new(),
            Err(CatalogueError::Findings(findings)) => findings
                .into_iter()
                .map(|finding| (finding.rule, finding.at, finding.what))
                .collect(),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Replaces exactly one place, so that a case cannot quietly stop to spoil anything.
#[track_caller]
fn once(text: &mut String, from: &str, to: &str) {
    assert!(text.contains(from), "{from:?} is not there");
    *text = text.replacen(from, to, 1);
}

/// The text from the start of `from` on, up to the next blank line, removed.
fn cut(text: &mut String, from: &str) {
    let start = text
        .find(from)
        .unwrap_or_else(|| panic!("{from:?} is not there"));
    let length = text[start..]
        .find("\n\n")
        .map_or(text.len() - start, |length| length + 2);
    text.replace_range(start..start + length, "");
}

#[track_caller]
fn finds(spoil: impl Fn(&mut Files), rule: Rule, at: &str, what: &str) {
    let mut files = Files::good();
    spoil(&mut files);
    let findings = files.findings();
    assert_eq!(findings, [(rule, at.to_owned(), what.to_owned())]);
}

/// As [`finds`], where one defect breaks several rules: this finding is among them.
#[track_caller]
fn finds_among(spoil: impl Fn(&mut Files), rule: Rule, at: &str, what: &str) {
    let mut files = Files::good();
    spoil(&mut files);
    let findings = files.findings();
    let wanted = (rule, at.to_owned(), what.to_owned());
    assert!(findings.contains(&wanted), "{findings:#?}");
}

#[test]
fn the_unspoilt_files_have_no_finding() {
    assert_eq!(Files::good().findings(), []);
}

#[test]
fn an_element_that_is_not_reached_is_found() {
    finds_among(
        |files| {
            once(
                &mut files.pattern,
                "no = \"process-7\"",
                "no = \"process-4\"",
            );
        },
        Rule::UnreachableElement,
        "element process-7",
        "process-7 is not reached from the first element",
    );
}

#[test]
fn a_condition_without_both_branches_is_found() {
    finds(
        |files| once(&mut files.pattern, "yes = \"process-3\"\n", ""),
        Rule::ConditionBranches,
        "element condition-1",
        "a condition has both yes and no, and neither next nor end",
    );
}

#[test]
fn a_condition_whose_branches_meet_is_found() {
    finds_among(
        |files| {
            once(
                &mut files.pattern,
                "no = \"process-2\"",
                "no = \"process-3\"",
            )
        },
        Rule::ConditionBranches,
        "element condition-1",
        "yes and no lead to the same element",
    );
}

#[test]
fn a_process_without_next_or_end_is_found() {
    finds(
        |files| once(&mut files.pattern, "next = \"condition-1\"\n", ""),
        Rule::Ends,
        "element process-1",
        "a process has either next or end",
    );
}

#[test]
fn a_refusal_that_no_condition_said_is_found() {
    finds_among(
        |files| {
            once(
                &mut files.pattern,
                "next = \"process-6\"",
                "next = \"process-4\"",
            )
        },
        Rule::Ends,
        "element process-5",
        "process-4 refuses, but no condition said no",
    );
}

#[test]
fn a_no_that_refuses_nothing_is_found() {
    finds_among(
        |files| {
            once(
                &mut files.pattern,
                "no = \"process-7\"",
                "no = \"process-6\"",
            )
        },
        Rule::Ends,
        "element condition-3",
        "no leads to process-6, which refuses nothing",
    );
}

#[test]
fn a_flow_that_delivers_nothing_is_found() {
    finds_among(
        |files| {
            once(
                &mut files.pattern,
                "end = \"delivered\"",
                "end = \"refused\"",
            )
        },
        Rule::Ends,
        "flow",
        "0 elements deliver the result, not one",
    );
}

#[test]
fn a_circle_without_an_end_is_found() {
    finds_among(
        |files| {
            once(
                &mut files.pattern,
                "end = \"delivered\"",
                "next = \"process-8\"",
            )
        },
        Rule::DeadCycle,
        "element process-8",
        "no end can be reached from here",
    );
}

#[test]
fn a_certificate_condition_that_lacks_a_cause_is_found() {
    finds(
        |files| {
            cut(
                &mut files.pattern,
                "[[element.cause]]\nlabel = \"content-changed\"",
            );
            files.pattern = files.pattern.replace(
                "[[element]]\nid = \"process-4\"",
                "\n[[element]]\nid = \"process-4\"",
            );
        },
        Rule::CertificateCauses,
        "element condition-2",
        "content-changed is missing",
    );
}

#[test]
fn numbers_out_of_order_are_found() {
    finds_among(
        |files| {
            files.pattern = files.pattern.replace("process-8", "process-9");
            once(&mut files.service, "process-8 =", "process-9 =");
        },
        Rule::ElementOrder,
        "element process-9",
        "process-9 stands where process-8 belongs",
    );
    finds(
        |files| once(&mut files.service, "id = \"action-1\"", "id = \"action-2\""),
        Rule::ActionOrder,
        "action action-2",
        "action-2 stands where action-1 belongs",
    );
}

#[test]
fn a_text_that_lacks_a_language_is_found() {
    finds(
        |files| once(&mut files.pattern, "ru = \"Регистрация в АРМ\", ", ""),
        Rule::MissingLanguage,
        "element process-6",
        "the text has no ru",
    );
    finds(
        |files| once(&mut files.service, "kk = \"12 сан\"", "kk = \" \""),
        Rule::MissingLanguage,
        "field child-iin",
        "the text has no kk",
    );
}

#[test]
fn a_statement_without_a_mark_is_found() {
    finds(
        |files| {
            let line =
                "process-6 = { mark.printed = { item = \"annex 1, item 10, 9)\", line = 372 } }\n";
            once(&mut files.service, line, "");
        },
        Rule::MissingMark,
        "element process-6",
        "say printed, derived or assumed",
    );
    finds(
        |files| {
            once(
                &mut files.service,
                "mark.derived.reason = \"item 10, 6) comes before item 10, 8)\"",
                "mark.derived.reason = \"\"",
            )
        },
        Rule::MissingMark,
        "note",
        "a derived statement gives its reason",
    );
}

#[test]
fn a_printed_place_that_the_act_has_not_is_found() {
    finds(
        |files| once(&mut files.service, "line = 372", "line = 1655"),
        Rule::PrintedPlace,
        "element process-6",
        "test-act has no line 1655",
    );
    finds(
        |files| {
            once(
                &mut files.service,
                "line = 372",
                "line = 372, act = \"other-act\"",
            )
        },
        Rule::PrintedPlace,
        "element process-6",
        "there is no act \"other-act\"",
    );
}

#[test]
fn a_reference_into_nothing_is_found() {
    finds(
        |files| {
            once(
                &mut files.service,
                "unit = \"education-department\"",
                "unit = \"harbour\"",
            )
        },
        Rule::UnknownReference,
        "action action-1",
        "test-act has no unit \"harbour\"",
    );
    finds(
        |files| {
            once(
                &mut files.service,
                "provider = \"education-department\"",
                "provider = \"harbour\"",
            )
        },
        Rule::UnknownReference,
        "provider",
        "test-act has no unit \"harbour\"",
    );
    finds_among(
        |files| {
            once(
                &mut files.service,
                "pattern = \"test\"",
                "pattern = \"p99\"",
            )
        },
        Rule::UnknownReference,
        "flow portal",
        "there is no pattern \"p99\"",
    );
    finds(
        |files| {
            once(
                &mut files.service,
                "label = \"grounds-absent\"",
                "label = \"no-grounds\"",
            )
        },
        Rule::UnknownReference,
        "ground not-guardian",
        "\"no-grounds\" is not a refusal label of the model",
    );
    finds(
        |files| {
            once(
                &mut files.service,
                "{ form = \"purpose\" }",
                "{ form = \"porpoise\" }",
            )
        },
        Rule::UnknownReference,
        "result, content purpose",
        "the form has no field \"porpoise\"",
    );
    finds(
        |files| {
            once(
                &mut files.service,
                "id = \"guardianship-certificate@test-act\"",
                "id = \"guardianship-certificate@no-act\"",
            )
        },
        Rule::UnknownReference,
        "id",
        "there is no act \"no-act\"",
    );
    finds(
        |files| {
            once(
                &mut files.pattern,
                "actions_open_at = \"condition-3\"",
                "actions_open_at = \"condition-4\"",
            )
        },
        Rule::UnknownReference,
        "actions_open_at",
        "there is no condition-4",
    );
}

#[test]
fn a_word_that_is_not_known_is_found_with_the_known_ones() {
    finds(
        |files| {
            once(
                &mut files.service,
                "does = [\"accept\",",
                "does = [\"ponder\", \"accept\",",
            )
        },
        Rule::UnknownWord,
        "action action-1",
        "\"ponder\"; known: accept, register, prepare, sign, send, assign, examine, decide, enter, ask, forward, \
         notify, hand-over, work",
    );
    finds(
        |files| {
            once(
                &mut files.service,
                "kind = \"phone\"",
                "kind = \"telegraph\"",
            )
        },
        Rule::UnknownWord,
        "field phone",
        "\"telegraph\"; known: choice, date, iin, long-text, name, phone, text",
    );
    finds(
        |files| {
            once(
                &mut files.service,
                "does = [\"accept\",",
                "tells = \"draft\"\ndoes = [\"accept\",",
            )
        },
        Rule::UnknownWord,
        "action action-1",
        "\"draft\"; known: received, in-work, completed",
    );
    finds(
        |files| {
            once(
                &mut files.service,
                "kind = \"phone\"",
                "kind = \"phone\"\nagrees = { with = \"applicant\", as = \"shoe-size\" }",
            )
        },
        Rule::UnknownWord,
        "field phone",
        "\"shoe-size\"; known: birth-date, given-name, surname",
    );
}

#[test]
fn a_field_agrees_with_what_can_be_known() {
    for (kind, agrees, rule, what) in [
        (
            "phone",
            "{ with = \"applicant\", as = \"surname\" }",
            Rule::FieldRule,
            "a phone does not agree with a surname",
        ),
        (
            "date",
            "{ with = \"nobody\", as = \"birth-date\" }",
            Rule::UnknownReference,
            "\"nobody\" is neither applicant nor a field of the kind iin",
        ),
    ] {
        finds(
            |files| {
                once(
                    &mut files.service,
                    "kind = \"phone\"",
                    &format!("kind = {kind:?}\nagrees = {agrees}"),
                )
            },
            rule,
            "field phone",
            what,
        );
    }
}

#[test]
fn meanings_that_do_not_fit_are_found() {
    finds(
        |files| {
            once(
                &mut files.pattern,
                "meaning = \"register\"",
                "meaning = \"certify\"",
            )
        },
        Rule::Meaning,
        "element process-6",
        "certify is there twice",
    );
    finds_among(
        |files| {
            once(
                &mut files.pattern,
                "meaning = \"check-applicant\"",
                "meaning = \"enrol\"",
            )
        },
        Rule::Meaning,
        "element condition-1",
        "enrol cannot be the meaning of a condition",
    );
}

#[test]
fn things_that_are_there_twice_are_found() {
    finds(
        |files| once(&mut files.service, "name = \"phone\"", "name = \"purpose\""),
        Rule::Duplicate,
        "form",
        "purpose is there twice",
    );
    finds(
        |files| {
            files.calendar = Some(
                "kind = \"calendar\"\nid = \"moon\"\nweekend = [\"monday\"]\nprovisional_from = 2026\nmark = \"assumed\"\n"
                    .into(),
            )
        },
        Rule::Duplicate,
        "calendar",
        "there is one calendar, not 2",
    );
}

#[test]
fn a_moved_day_that_is_none_is_found() {
    for (off, worked, what) in [
        (
            "2024-05-32",
            "2024-05-04",
            "needs off = \"YYYY-MM-DD\" and worked = \"YYYY-MM-DD\"",
        ),
        (
            "2024-05-11",
            "2024-05-04",
            "off is a working day of the week, and worked is another day",
        ),
        (
            "2024-05-08",
            "2024-05-08",
            "off is a working day of the week, and worked is another day",
        ),
    ] {
        let mut files = Files::good();
        let calendar = format!(
            "kind = \"calendar\"\nid = \"moon\"\nweekend = [\"saturday\", \"sunday\"]\nprovisional_from = 2026\n\
             mark = \"assumed\"\n[[moved]]\noff = \"{off}\"\nworked = \"{worked}\"\nmark = \"assumed\"\n"
        );
        files.calendar = Some(calendar);
        let found = files.findings();
        let expected = (Rule::Form, format!("moved {off}"), what.to_owned());
        assert!(found.contains(&expected), "{found:?}");
    }
}

#[test]
fn a_field_whose_rule_does_not_fit_is_found() {
    finds(
        |files| {
            once(
                &mut files.service,
                "characters_min = 3",
                "characters_min = 300",
            )
        },
        Rule::FieldRule,
        "field purpose",
        "no value has so many characters",
    );
}

#[test]
fn a_period_or_date_of_another_form_is_found() {
    finds(
        |files| {
            once(
                &mut files.service,
                "deadline = \"30m\"",
                "deadline = \"half an hour\"",
            )
        },
        Rule::Form,
        "action action-1",
        "not a period: \"half an hour\"; write 30m, 2h, 1wd or 28cd",
    );
    finds(
        |files| {
            once(
                &mut files.act,
                "date = \"2019-02-15\"",
                "date = \"15.02.2019\"",
            )
        },
        Rule::Form,
        "date",
        "\"15.02.2019\" is not a date",
    );
}

#[test]
fn an_unknown_key_is_found_with_its_name() {
    let mut files = Files::good();
    once(
        &mut files.service,
        "provider =",
        "supplier = \"x\"\nprovider =",
    );
    let findings = files.findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].0, Rule::FileShape);
    assert!(
        findings[0].2.contains("unknown field `supplier`"),
        "{}",
        findings[0].2
    );
}

#[test]
fn a_finding_names_file_line_place_and_rule() {
    let mut files = Files::good();
    let line = 1 + files
        .service
        .lines()
        .position(|line| line == "id = \"action-1\"")
        .unwrap();
    once(
        &mut files.service,
        "deadline = \"30m\"",
        "deadline = \"0m\"",
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("act.toml"), &files.act).unwrap();
    std::fs::write(folder.path().join("pattern.toml"), &files.pattern).unwrap();
    std::fs::write(folder.path().join("service.toml"), &files.service).unwrap();
    let error = Catalogue::load_with(&[folder.path().to_owned()])
        .unwrap_err()
        .to_string();
    let path = folder.path().join("service.toml").display().to_string();
    assert_eq!(
        error,
        format!(
            "{path}:{line}: action action-1 (form): not a period: \"0m\"; write 30m, 2h, 1wd or 28cd"
        )
    );
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let error = Catalogue::load_with(&[PathBuf::from("/no/such/folder")]).unwrap_err();
    assert!(
        error.to_string().starts_with("/no/such/folder: "),
        "{error}"
    );
}

/// The text of the finding, with the line, for a service file with these lines replaced.
fn shown(from: &str, to: &str) -> String {
    let mut files = Files::good();
    once(&mut files.service, from, to);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("act.toml"), &files.act).unwrap();
    std::fs::write(folder.path().join("pattern.toml"), &files.pattern).unwrap();
    std::fs::write(folder.path().join("service.toml"), &files.service).unwrap();
    let error = Catalogue::load_with(&[folder.path().to_owned()]).unwrap_err();
    let folder = format!("{}/", folder.path().display());
    error.to_string().replace(&folder, "")
}

#[test]
fn an_unknown_key_is_found_with_its_line() {
    let found = shown("kind = \"service\"\n", "kind = \"service\"\nfee = 3\n");
    assert!(
        found.starts_with("service.toml:2: file (file-shape): TOML parse error at line 2"),
        "{found}"
    );
}

#[test]
fn a_deadline_without_a_unit_is_found_with_its_line() {
    let found = shown("deadline = \"30m\"", "deadline = \"30\"");
    assert!(
        found.contains("not a period: \"30\"; write 30m, 2h, 1wd or 28cd"),
        "{found}"
    );
    assert!(found.starts_with("service.toml:17"), "{found}");
}

#[test]
fn an_element_that_the_pattern_does_not_have_cannot_be_omitted() {
    finds(
        |files| {
            once(
                &mut files.service,
                "pattern = \"test\"",
                "pattern = \"test\"\nomit = [\"check-9\"]",
            );
        },
        Rule::UnknownReference,
        "flow portal",
        "test has no check-9",
    );
}

#[test]
fn what_is_omitted_and_overridden_is_found() {
    finds_among(
        |files| {
            once(
                &mut files.service,
                "pattern = \"test\"",
                "pattern = \"test\"\nomit = [\"condition-3\"]",
            );
        },
        Rule::Omit,
        "flow portal",
        "process-7 is overridden and omitted",
    );
}

#[test]
fn a_condition_that_is_asked_during_no_action_is_found() {
    finds(
        |files| {
            once(
                &mut files.service,
                "condition-3 = { ",
                "condition-3 = { during = \"action-7\", ",
            );
        },
        Rule::UnknownReference,
        "element condition-3",
        "there is no action-7",
    );
}

#[test]
fn a_process_cannot_be_asked_during_an_action() {
    finds(
        |files| {
            once(
                &mut files.service,
                "process-6 = { ",
                "process-6 = { during = \"action-1\", ",
            );
        },
        Rule::ConditionBranches,
        "element process-6",
        "only a condition is asked during an action",
    );
}

#[test]
fn only_a_refusal_comes_after_the_actions_by_its_own_word() {
    finds(
        |files| {
            once(
                &mut files.pattern,
                "id = \"process-6\"\n",
                "id = \"process-6\"\nafter_actions = true\n",
            );
        },
        Rule::Ends,
        "element process-6",
        "only a process that refuses comes after the actions by its own word",
    );
}

#[test]
fn an_element_that_is_no_kind_of_step_is_found() {
    finds_among(
        |files| {
            once(&mut files.pattern, "id = \"process-6\"", "id = \"stage-6\"");
        },
        Rule::Form,
        "element stage-6",
        "\"stage-6\" is not process-N, condition-N, step-N or check-N",
    );
}

#[test]
fn two_flows_through_one_channel_are_two_variants_or_a_finding() {
    finds(
        |files| {
            let flow = files.service[files.service.find("[[flow]]").unwrap()..].to_owned();
            files.service.push('\n');
            files
                .service
                .push_str(&flow[..flow.find("[[note]]").unwrap()]);
        },
        Rule::Duplicate,
        "flow",
        "portal is there twice",
    );
}

#[test]
fn a_statement_of_no_known_topic_is_found() {
    finds_among(
        |files| {
            files.service.push_str(
                "\n[[statement]]\nabout = \"weather\"\nmark = \"assumed\"\n\
                 text = { kk = \"а\", ru = \"а\", en = \"a\" }\n",
            );
        },
        Rule::UnknownWord,
        "statement weather",
        "\"weather\"; known: basis, complaint, contact, definition, fee, notification, issue, receipt, \
         representative, requirement, status, survey, systems, units",
    );
}

#[test]
fn a_question_of_the_survey_without_answers_is_found() {
    finds(
        |files| {
            files.service.push_str(
                "\n[[statement]]\nabout = \"survey\"\nmark = \"assumed\"\n\
                 text = { kk = \"а\", ru = \"а\", en = \"a\" }\n",
            );
        },
        Rule::Form,
        "statement survey",
        "a question of the survey, and nothing else, has answers",
    );
}

#[test]
fn a_discrepancy_without_a_mark_is_found() {
    finds(
        |files| {
            files.service.push_str(
                "\n[[discrepancy]]\nprinted = { kk = \"а\", ru = \"а\", en = \"a\" }\n\
                 reading = { kk = \"а\", ru = \"а\", en = \"a\" }\n",
            );
        },
        Rule::MissingMark,
        "discrepancy",
        "say printed, derived or assumed",
    );
}

#[test]
fn a_total_without_a_unit_is_found() {
    finds(
        |files| {
            files
                .service
                .push_str("\n[[total]]\nperiod = \"15\"\nmark = \"assumed\"\n");
        },
        Rule::Form,
        "total 15",
        "not a period: \"15\"; write 30m, 2h, 1wd or 28cd",
    );
}

#[test]
fn a_listing_of_no_known_standing_is_found() {
    finds(
        |files| {
            files.service = "kind = \"listing\"\nid = \"free-meals@test-act\"\n\
                standing = \"lost\"\nmark = \"assumed\"\n\
                title = { kk = \"а\", ru = \"а\", en = \"a\" }\n\
                why = { kk = \"а\", ru = \"а\", en = \"a\" }\n"
                .to_owned();
        },
        Rule::UnknownWord,
        "standing",
        "\"lost\"; known: no-steps, title-only, struck-out",
    );
}
