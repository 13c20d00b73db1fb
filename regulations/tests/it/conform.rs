//! Event logs of real systems, held against the regulation.

use proptest::prelude::*;
use qaqpa_model::{Moment, RefusalLabel, ServiceAtAct};
use qaqpa_regulations::conform::{
    ActivityMap, Choice, ChoiceError, Column, ConformError, Conformed, Departure, EventLog,
    Expected, LogError, LogLimits, LogProblem, MapError, Reading, Report, Verdict, Why, conform,
    view,
};
use qaqpa_regulations::{
    Catalogue, Channel, End, Event, Flow, Outcome, Service, State, WalkError, walk,
};
use qaqpa_xml::write::Writer;

use crate::embedded::{catalogue, guardianship};

const SERVICE: &str = "guardianship-certificate@zhambyl-2019-23";
const CSV: &[u8] = include_bytes!("../fixtures/logs/guardianship.csv");
const XES: &[u8] = include_bytes!("../fixtures/logs/guardianship.xes");

fn of(service: &str) -> Choice {
    Choice {
        service: Some(ServiceAtAct::parse(service).unwrap()),
        ..Choice::default()
    }
}

fn read(text: &str) -> Result<EventLog, LogError> {
    EventLog::read(text.as_bytes(), &Reading::default())
}

fn judge<'c>(catalogue: &'c Catalogue, log: &EventLog) -> Report<'c> {
    conform(catalogue, log, &of(SERVICE), &ActivityMap::default()).unwrap()
}

fn departure(case: &Conformed<'_>) -> Departure {
    match &case.verdict {
        Verdict::Leaves(departure) => (**departure).clone(),
        other => panic!("{}: {other:?}", case.id),
    }
}

fn names(expected: &[Expected]) -> Vec<String> {
    let name = |one: &Expected| {
        let outcomes: Vec<_> = one.outcomes.iter().map(|one| one.as_str()).collect();
        format!("{} {}", one.step, outcomes.join("|"))
    };
    expected.iter().map(name).collect()
}

/// One case of guardianship: `activity` or `activity;outcome` lines.
fn one(lines: &[&str]) -> String {
    let rows = lines.iter().map(|line| match line.split_once(';') {
        Some((activity, outcome)) => format!("1;{activity};{outcome}\n"),
        None => format!("1;{line};\n"),
    });
    format!("case;activity;outcome\n{}", rows.collect::<String>())
}

const UNTIL_REGISTERED: [&str; 6] = [
    "process-1",
    "condition-1;yes",
    "process-3",
    "condition-2;yes",
    "process-5",
    "process-6",
];

fn verdict_of(lines: &[&str]) -> Verdict {
    let catalogue = catalogue();
    let report = judge(&catalogue, &read(&one(lines)).unwrap());
    report.cases[0].verdict.clone()
}

#[test]
fn csv_and_xes_of_the_same_events_are_the_same_log() {
    let csv = EventLog::read(CSV, &Reading::default()).unwrap();
    let xes = EventLog::read(XES, &Reading::default()).unwrap();
    let without_lines = |log: &EventLog| {
        let mut log = log.clone();
        for case in &mut log.cases {
            case.line = 0;
            for event in &mut case.events {
                event.line = 0;
            }
        }
        log.cases
    };
    assert_eq!(without_lines(&csv), without_lines(&xes));
    assert_eq!((csv.passed_over, xes.passed_over), (0, 1));
    assert_eq!(
        csv.cases[1].events[3].who.as_deref(),
        Some("Serik, \"the quick\"")
    );
}

#[test]
fn each_case_of_the_log_gets_its_verdict() {
    let catalogue = catalogue();
    for bytes in [CSV, XES] {
        let log = EventLog::read(bytes, &Reading::default()).unwrap();
        let report = judge(&catalogue, &log);
        let [first, second, third, fourth] = &report.cases[..] else {
            panic!("{report:?}");
        };
        let end = End::Delivered;
        assert_eq!(first.verdict, Verdict::Ended { end, label: None });
        let left = departure(second);
        assert_eq!((left.number, left.why), (4, Why::OutOfTurn));
        assert_eq!(left.steps[0].as_str(), "process-5");
        assert_eq!(names(&left.expected), ["condition-2 yes|no"]);
        let label = Some(RefusalLabel::CertificateRevoked);
        let end = End::Refused;
        assert_eq!(third.verdict, Verdict::Ended { end, label });
        let Verdict::Unfinished { waits_for } = &fourth.verdict else {
            panic!("{fourth:?}");
        };
        // The answer of the condition was not logged: both ways are open.
        assert_eq!(names(waits_for), ["process-2 done", "process-3 done"]);
        assert!(!report.ok());
    }
}

/// Source: zhambyl-2019-23, annex 1, item 8: 30 minutes for the action.
#[test]
fn an_action_after_its_deadline_is_overdue_and_no_departure() {
    let catalogue = catalogue();
    let log = EventLog::read(CSV, &Reading::default()).unwrap();
    let report = judge(&catalogue, &log);
    let [overdue] = &report.cases[0].overdue[..] else {
        panic!("{report:?}");
    };
    let moment = |text| Moment::parse(text).unwrap();
    assert_eq!((overdue.step.as_str(), overdue.number), ("action-1", 8));
    assert_eq!(overdue.deadline.to_string(), "30m");
    assert_eq!(overdue.began, moment("2019-05-06T10:21:30+06:00"));
    assert_eq!(overdue.due, moment("2019-05-06T10:51:30+06:00"));
    assert_eq!(overdue.finished, moment("2019-05-06T11:05:00+06:00"));
    let in_time = String::from_utf8(CSV.to_vec())
        .unwrap()
        .replace("T11:05:00", "T10:51:30");
    assert_eq!(judge(&catalogue, &read(&in_time).unwrap()).overdue(), 0);
}

#[test]
fn working_days_run_by_the_calendar() {
    let catalogue = catalogue();
    let flows = catalogue.regulated().iter().flat_map(|service| {
        let flows = service.flows.iter();
        flows.map(move |flow| (service, flow))
    });
    let in_days = |flow: &Flow| {
        let first = flow.first_action();
        first.is_some_and(|action| action.deadline.to_string() == "1wd")
            && flow
                .start()
                .is_some_and(|start| start.id != flow.actions_open_at)
    };
    let (service, flow) = flows.into_iter().find(|(_, flow)| in_days(flow)).unwrap();
    let steps = walk_of(flow, &[0; 64]);
    let action = flow.first_action().unwrap().id.clone();
    let place = steps.iter().position(|step| step.id == action.as_str());
    let place = place.unwrap();
    // Until the action is finished: Friday, then Monday or Tuesday at the same time and a second later.
    for (finished, overdue) in [("2019-05-13T10:00:00", 0), ("2019-05-13T10:00:01", 1)] {
        let mut text = "case,activity,outcome,time\n".to_owned();
        for (at, step) in steps[..=place].iter().enumerate() {
            let time = if at == place {
                finished
            } else {
                "2019-05-10T10:00:00"
            };
            let outcome = step.outcome.as_str();
            text.push_str(&format!("1,{},{outcome},{time}+06:00\n", step.id));
        }
        let choice = choice(service, flow);
        let log = read(&text).unwrap();
        let report = conform(&catalogue, &log, &choice, &ActivityMap::default()).unwrap();
        assert!(
            report.ok(),
            "{}",
            view::text(&report, qaqpa_model::Lang::En)
        );
        assert_eq!(report.overdue(), overdue, "{text}");
    }
}

#[test]
fn each_reason_to_leave_has_its_name() {
    let registered = UNTIL_REGISTERED;
    let with = |more: &[&'static str]| [&registered, more].concat();
    let ended = with(&["condition-3;yes", "action-1", "process-8"]);
    let no = ["process-1", "condition-1;no", "process-2"];
    let open = flow_action(&guardianship());
    for (lines, number, why, expected) in [
        (vec!["process-3"], 1, Why::OutOfTurn, vec!["process-1 done"]),
        (
            vec!["process-1", "dances"],
            2,
            Why::NotInRegulation,
            vec!["condition-1 yes|no"],
        ),
        (
            vec!["process-1", "condition-1;perhaps"],
            2,
            Why::OutcomeUnknown,
            vec!["condition-1 yes|no"],
        ),
        (
            vec!["process-1;no"],
            1,
            Why::OutcomeNotTaken,
            vec!["process-1 done"],
        ),
        (
            with(&["condition-3;yes", "process-8"]),
            8,
            Why::ActionOpen(open),
            vec!["action-1 done"],
        ),
        (
            [&ended[..], &["process-8"]].concat(),
            10,
            Why::Ended(End::Delivered),
            vec![],
        ),
        (
            [&no[..], &["process-3"]].concat(),
            4,
            Why::Ended(End::Refused),
            vec![],
        ),
    ] {
        let verdict = verdict_of(&lines);
        let Verdict::Leaves(departure) = verdict else {
            panic!("{lines:?}: {verdict:?}");
        };
        assert_eq!((departure.number, &departure.why), (number, &why));
        assert_eq!(names(&departure.expected), expected, "{lines:?}");
    }
}

fn flow_action(flow: &Flow) -> qaqpa_model::ElementId {
    flow.first_action().unwrap().id.clone()
}

#[test]
fn the_gateways_no_of_condition_2_comes_after_its_yes() {
    let lines = [
        "process-1",
        "condition-1;yes",
        "process-3",
        "condition-2;yes",
        "condition-2;no:content-changed",
        "process-4",
    ];
    let (end, label) = (End::Refused, Some(RefusalLabel::ContentChanged));
    assert_eq!(verdict_of(&lines), Verdict::Ended { end, label });
}

#[test]
fn a_map_says_what_the_logs_own_words_mean() {
    let catalogue = catalogue();
    let map = "\"Вход\" = \"process 1\"\n\"Checked:  good\" = \"condition-1=yes\"\n\
               \"Checked: bad\" = \"condition-1=no:password-wrong\"\n\"Print cover\" = \"ignore\"\n";
    let map = ActivityMap::read(map).unwrap();
    let verdict = |lines: &[&str]| {
        let log = read(&one(lines)).unwrap();
        let report = conform(&catalogue, &log, &of(SERVICE), &map).unwrap();
        (report.cases[0].verdict.clone(), report.cases[0].passed_over)
    };
    let bad = ["вход", "print cover", "checked: BAD", "process 2"];
    let (end, label) = (End::Refused, Some(RefusalLabel::PasswordWrong));
    assert_eq!(verdict(&bad), (Verdict::Ended { end, label }, 1));
    let (Verdict::Unfinished { waits_for }, 0) = verdict(&["Вход", "Checked: good"]) else {
        panic!("a good check goes on");
    };
    assert_eq!(names(&waits_for), ["process-3 done"]);
}

#[test]
fn a_wrong_map_is_named_with_its_line() {
    let catalogue = catalogue();
    let text = |error: MapError| error.to_string();
    let wrong = |map: &str| text(ActivityMap::read(map).unwrap_err());
    assert_eq!(
        wrong("a = \"process-1\"\n\nb = \"condition-1=maybe\"\n"),
        "line 3, \"b\": not a step: \"condition-1=maybe\"; write process-6, condition-3=yes, condition-3=no, \
         condition-3=no:grounds-absent, or ignore"
    );
    assert_eq!(
        wrong("\"A b\" = \"process-1\"\n\"a  B\" = \"process-2\"\n"),
        "line 2: \"a  B\" a second time: capitals and spaces make no difference"
    );
    assert!(wrong("a = 5\n").starts_with("TOML parse error at line 1, column 5"));
    let map = ActivityMap::read("a = \"process-1\"\nb = \"process-77\"\n").unwrap();
    let log = read("case,activity\n1,process 1\n").unwrap();
    let error = conform(&catalogue, &log, &of(SERVICE), &map).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2, \"b\": no flow of these cases has a step process-77; there are process-1, condition-1, process-2, \
         process-3, condition-2, process-4, process-5, process-6, condition-3, process-7, process-8, action-1"
    );
}

#[test]
fn a_wrong_log_is_named_with_line_and_column_and_what_would_be_right() {
    for (text, said) in [
        (
            "",
            "no case: a CSV file with a header and a row for each event is wanted, or XES (IEEE 1849)",
        ),
        (
            "case,activity\n",
            "no case: a CSV file with a header and a row for each event is wanted, or XES (IEEE 1849)",
        ),
        (
            "CaseID;activity\n1;a\n",
            "line 1, column \"case\": no such column; the header has \"CaseID\", \"activity\"; `--column case=NAME` \
             says what the file calls it",
        ),
        (
            "case,activity,Case\n1,a,b\n",
            "line 1, column \"case\": the header has it twice: each column has a name of its own",
        ),
        (
            "case,activity\n1,a\n1\n",
            "line 3: 1 fields where the header has 2",
        ),
        (
            "case,activity\n1,a\n,b\n",
            "line 3, column \"case\": empty: each event has a case and an activity",
        ),
        (
            "case,activity\n\n1,\n",
            "line 3, column \"activity\": empty: each event has a case and an activity",
        ),
        (
            "case,activity,time\n1,a,2019-05-06 10:00\n",
            "line 2, column \"time\": not a moment: \"2019-05-06 10:00\"; write RFC 3339 with its offset \
             (2019-05-06T10:00:00+06:00) or a date (2019-05-06); `--local-time` takes it as Almaty's",
        ),
        (
            "case,activity,time\n1,a,yesterday\n",
            "line 2, column \"time\": not a moment: \"yesterday\"; write RFC 3339 with its offset \
             (2019-05-06T10:00:00+06:00) or a date (2019-05-06)",
        ),
        (
            "case,activity,service\n1,a,x\n1,b,y\n",
            "line 3, column \"service\": \"y\", and \"x\" in an event of the same case before: a case has one",
        ),
        (
            "case,activity\n1,\"a\n1,b\n",
            "line 2: a quotation mark that is never closed; RFC 4180 has \"a \"\"quoted\"\" text\"",
        ),
        (
            "case,activity\n1,\"a\"b\n",
            "line 2: a quotation mark that ends a field before its end; RFC 4180 has \"a \"\"quoted\"\" text\"",
        ),
        (
            "case,activity\n1,a\"b\n",
            "line 2: a quotation mark that stands in a field that has none at its beginning; RFC 4180 has \"a \
             \"\"quoted\"\" text\"",
        ),
        ("<log><trace></log>", "line 1: not well-formed: "),
        (
            "<!DOCTYPE log><log/>",
            "line 1: a document type declaration (DTD) is refused, at line 1, column 1",
        ),
        (
            "<html/>",
            "line 1: the root is \"html\"; XES has log > trace > event, with keys and values as IEEE 1849 says",
        ),
        (
            "<log>\n<event/></log>",
            "line 2: an event outside a trace belongs to no case; XES has log > trace > event, with keys and values \
             as IEEE 1849 says",
        ),
        (
            "<log>\n<trace/></log>",
            "line 2, column \"concept:name\": empty: each event has a case and an activity",
        ),
        (
            "<log><trace><string key=\"concept:name\" value=\"1\"/></trace>\n\
             <trace><string key=\"concept:name\" value=\"1\"/></trace></log>",
            "line 2, column \"concept:name\": a second case \"1\": each trace has a name of its own",
        ),
        (
            "<log><trace><string key=\"concept:name\" value=\"1\"/><event>\n</event></trace></log>",
            "line 1, column \"concept:name\": empty: each event has a case and an activity",
        ),
    ] {
        let error = read(text).unwrap_err().to_string();
        assert!(
            error == said || (said.ends_with(": ") && error.starts_with(said)),
            "{text:?}: {error}"
        );
    }
    let utf16 = EventLog::read(b"case,activity\n\xff\xfe1", &Reading::default()).unwrap_err();
    assert_eq!((utf16.line, utf16.problem), (Some(2), LogProblem::NotUtf8));
}

#[test]
fn a_log_beyond_a_limit_is_refused() {
    let two = "case,activity\n1,a\n1,b\n2,c\n";
    let most = LogLimits::default();
    for (limits, what, line) in [
        (
            LogLimits {
                bytes_max: 25,
                ..most
            },
            "25 bytes",
            None,
        ),
        (
            LogLimits {
                cases_max: 1,
                ..most
            },
            "1 cases",
            Some(4),
        ),
        (
            LogLimits {
                events_max: 2,
                ..most
            },
            "2 events",
            Some(4),
        ),
        (
            LogLimits {
                text_bytes_max: 0,
                ..most
            },
            "0 bytes in one text",
            Some(2),
        ),
    ] {
        let reading = Reading {
            limits,
            ..Reading::default()
        };
        let error = EventLog::read(two.as_bytes(), &reading).unwrap_err();
        assert_eq!(error.problem.to_string(), format!("more than {what}"));
        assert_eq!(error.line, line, "{what}");
    }
}

#[test]
fn columns_have_the_names_that_were_said_whatever_parts_them() {
    let columns = [
        (Column::Case, "ID"),
        (Column::Activity, "Действие"),
        (Column::Time, "Когда"),
    ];
    let reading = Reading {
        columns: columns
            .map(|(column, name)| (column, name.to_owned()))
            .into(),
        local_time: true,
        ..Reading::default()
    };
    let text = "\u{feff}Когда;\"ID\";Действие;lifecycle\r\n2024-03-01 10:00:00;7;\"a;\r\nb\";Complete\r\n\
                2024-02-29T10:00;7;c;complete\r\n;8;d;start\r\n";
    for text in [text.to_owned(), text.replace(';', "\t")] {
        let log = EventLog::read(text.as_bytes(), &reading).unwrap();
        assert_eq!((log.cases.len(), log.passed_over), (2, 1));
        let events = &log.cases[0].events;
        // By their moments: and each with Almaty's offset of its day.
        assert_eq!(events[0].activity, "c");
        assert_eq!(events[0].line, 4);
        assert_eq!(
            events[0].at.unwrap().to_string(),
            "2024-02-29T10:00:00+06:00"
        );
        assert!(events[1].activity.ends_with("\r\nb"));
        assert_eq!(
            events[1].at.unwrap().to_string(),
            "2024-03-01T10:00:00+05:00"
        );
    }
}

#[test]
fn a_case_whose_flow_is_not_known_is_named() {
    let catalogue = catalogue();
    let error = |text: &str, choice: &Choice| {
        let log = read(text).unwrap();
        match conform(&catalogue, &log, choice, &ActivityMap::default()) {
            Err(ConformError::Choice { line, case, error }) => (line, case, *error),
            other => panic!("{other:?}"),
        }
    };
    let nothing = Choice::default();
    let plain = "case,activity\n5,process 1\n";
    let silent = (2, "5".to_owned(), ChoiceError::Silent);
    assert_eq!(error(plain, &nothing), silent);
    let (_, _, unreadable) = error("case,activity,service\n5,a,portal\n", &nothing);
    assert!(matches!(unreadable, ChoiceError::Unreadable { .. }));
    let (_, _, unknown) = error("case,activity,service\n5,a,tea@nowhere\n", &nothing);
    assert!(matches!(unknown, ChoiceError::NoService { .. }));
    let centre = Choice {
        channel: Some(Channel::ServiceCentre),
        ..of(SERVICE)
    };
    let (_, _, no_flow) = error(plain, &centre);
    assert!(
        no_flow.to_string().starts_with(
            "guardianship-certificate@zhambyl-2019-23 has no flow service-centre; it has "
        ),
        "{no_flow}"
    );
    let several = catalogue.regulated().iter().find(|one| one.flows.len() > 1);
    let several = of(&several.unwrap().id.to_string());
    assert!(matches!(
        error(plain, &several).2,
        ChoiceError::Several { .. }
    ));
}

/// One step of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Taken {
    id: String,
    outcome: Outcome,
    label: Option<RefusalLabel>,
}

/// All that the walker takes in a state, with its event.
fn taken_in(flow: &Flow, state: &State) -> Vec<(Taken, Event)> {
    let mut all = Vec::new();
    for element in &flow.elements {
        let id = element.id.to_string();
        let meaning = element.meaning;
        let mut push = |outcome, label, event| {
            let id = id.clone();
            all.push((Taken { id, outcome, label }, event));
        };
        push(Outcome::Done, None, Event::Done(meaning));
        push(Outcome::Yes, None, Event::Yes(meaning));
        for cause in &element.causes {
            push(
                Outcome::No,
                Some(cause.label),
                Event::No(meaning, cause.label),
            );
        }
    }
    for action in &flow.actions {
        let (id, outcome) = (action.id.to_string(), Outcome::Done);
        let label = None;
        let event = Event::ActionDone(action.id.clone());
        all.push((Taken { id, outcome, label }, event));
    }
    all.retain(|(_, event)| walk(flow, state, event).is_ok());
    all
}

/// A walk of that flow, chosen by these bytes, to its end or as far as they last.
fn walk_of(flow: &Flow, bytes: &[u8]) -> Vec<Taken> {
    let mut state = flow.begin().unwrap();
    let mut steps = Vec::new();
    for byte in bytes {
        let mut all = taken_in(flow, &state);
        if all.is_empty() {
            break;
        }
        // Most noes would end at once: three of four choices take the way of the act.
        if byte % 4 > 0 || *byte == 0 {
            all.retain(|(taken, _)| taken.outcome != Outcome::No);
        }
        let (taken, event) = all.swap_remove(usize::from(*byte) / 4 % all.len());
        state = walk(flow, &state, &event).unwrap().state;
        steps.push(taken);
    }
    steps
}

/// What the walker itself says of these steps: the first that it does not take, and what it would have taken.
fn oracle(flow: &Flow, steps: &[Taken]) -> Option<(usize, Vec<String>)> {
    let mut state = flow.begin().unwrap();
    for (place, step) in steps.iter().enumerate() {
        let all = taken_in(flow, &state);
        let Some((_, event)) = all.iter().find(|(taken, _)| taken == step) else {
            let mut names: Vec<String> = Vec::new();
            for (taken, _) in &all {
                let name = format!("{} {}", taken.id, taken.outcome);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            return Some((place + 1, names));
        };
        let walked: Result<_, WalkError> = walk(flow, &state, event);
        state = walked.unwrap().state;
    }
    None
}

fn choice(service: &Service, flow: &Flow) -> Choice {
    Choice {
        service: Some(service.id.clone()),
        channel: Some(flow.channel),
        variant: flow.variant.as_ref().map(|variant| variant.id.clone()),
    }
}

/// A name of the step that this byte chooses, and the outcome's words; the last step's are always told.
fn words(flow: &Flow, step: &Taken, byte: u8, is_last: bool) -> (String, String) {
    let id = qaqpa_model::ElementId::parse(&step.id).unwrap();
    let (spoken, title) = match (flow.element(&id), flow.action(&id)) {
        (Some(element), _) => (element.spoken(), &element.title),
        (None, Some(action)) => (action.spoken(), &action.title),
        (None, None) => panic!("{id}"),
    };
    let name = match byte % 5 {
        0 => step.id.clone(),
        1 => spoken.to_uppercase(),
        2 => title.kk.clone(),
        3 => title.ru.clone(),
        _ => format!("  {}", title.en),
    };
    let outcome = match (step.outcome, step.label, byte / 5 % 4) {
        (Outcome::Done, ..) => String::new(),
        (_, _, 0) if !is_last => String::new(),
        (Outcome::Yes, ..) => "иә".to_owned(),
        (Outcome::No, Some(label), 1) => label.to_string(),
        (Outcome::No, Some(label), 2) => format!("no:{label}"),
        (Outcome::No, ..) => "жоқ".to_owned(),
    };
    (name, outcome)
}

fn csv_of(rows: &[(String, String)]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let rows = rows.iter().map(|(activity, outcome)| {
        format!("\"case, 1\",{},{}\n", quoted(activity), quoted(outcome))
    });
    format!("case,activity,outcome\n{}", rows.collect::<String>())
}

fn xes_of(rows: &[(String, String)]) -> String {
    let mut xml = Writer::with_declaration();
    let string = |xml: &mut Writer, key: &str, value: &str| {
        xml.start("string");
        xml.attribute("key", key).attribute("value", value).end();
    };
    xml.start("log").start("trace");
    string(&mut xml, "concept:name", "case, 1");
    for (activity, outcome) in rows {
        xml.start("event");
        string(&mut xml, "concept:name", activity);
        string(&mut xml, "outcome", outcome);
        xml.end();
    }
    xml.end().end();
    xml.finish()
}

fn told(catalogue: &Catalogue, text: &str, choice: &Choice) -> Verdict {
    let log = read(text).unwrap();
    let report = conform(catalogue, &log, choice, &ActivityMap::default()).unwrap();
    report.cases[0].verdict.clone()
}

fn flows(catalogue: &Catalogue) -> impl Iterator<Item = (&Service, &Flow)> {
    let services = catalogue.regulated().iter();
    services.flat_map(|service| service.flows.iter().map(move |flow| (service, flow)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_a_flow_allows_conforms_by_whatever_names(
        choices in prop::collection::vec(any::<u8>(), 1..64),
        styles in prop::collection::vec(any::<u8>(), 64),
    ) {
        let catalogue = catalogue();
        for (service, flow) in flows(&catalogue) {
            let steps = walk_of(flow, &choices);
            let rows: Vec<_> = steps
                .iter()
                .zip(&styles)
                .enumerate()
                .map(|(place, (step, byte))| words(flow, step, *byte, place + 1 == steps.len()))
                .collect();
            let mut state = flow.begin().unwrap();
            for step in &steps {
                let all = taken_in(flow, &state);
                let (_, event) = all.iter().find(|(taken, _)| taken == step).unwrap();
                state = walk(flow, &state, event).unwrap().state;
            }
            for text in [csv_of(&rows), xes_of(&rows)] {
                let verdict = told(&catalogue, &text, &choice(service, flow));
                let end = match &verdict {
                    Verdict::Ended { end, .. } => Some(*end),
                    Verdict::Unfinished { .. } => None,
                    Verdict::Leaves(departure) => panic!("{}: {departure:?}\n{text}", service.id),
                };
                prop_assert_eq!(end, state.end(), "{}", text);
            }
        }
    }

    #[test]
    fn what_was_changed_is_found_where_the_walker_stops(
        choices in prop::collection::vec(any::<u8>(), 1..64),
        place in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let catalogue = catalogue();
        for (service, flow) in flows(&catalogue) {
            let steps = walk_of(flow, &choices);
            let place = place.index(steps.len());
            let mut removed = steps.clone();
            removed.remove(place);
            let mut swapped = steps.clone();
            swapped.swap(place, (place + 1).min(steps.len() - 1));
            let mut replaced = steps.clone();
            replaced[place] = steps[other.index(steps.len())].clone();
            for changed in [removed, swapped, replaced] {
                if changed.is_empty() {
                    continue;
                }
                let rows: Vec<_> = changed
                    .iter()
                    .map(|step| {
                        let label = step.label.map(|label| label.to_string());
                        (step.id.clone(), label.unwrap_or_else(|| step.outcome.to_string()))
                    })
                    .collect();
                let found = match told(&catalogue, &csv_of(&rows), &choice(service, flow)) {
                    Verdict::Leaves(departure) => {
                        let mut all = Vec::new();
                        for one in &departure.expected {
                            let step = &one.step;
                            all.extend(one.outcomes.iter().map(|it| format!("{step} {it}")));
                        }
                        Some((departure.number, all))
                    }
                    _ => None,
                };
                let right = oracle(flow, &changed);
                prop_assert!(right.as_ref().is_none_or(|(number, _)| *number > place));
                prop_assert_eq!(found, right, "{} {:?}", service.id, rows);
            }
            // A step that nobody knows is found at its very place.
            let mut rows: Vec<_> = steps
                .iter()
                .map(|step| (step.id.clone(), step.label.map_or_else(|| step.outcome.to_string(), |it| it.to_string())))
                .collect();
            rows[place] = ("tea".to_owned(), String::new());
            let verdict = told(&catalogue, &xes_of(&rows), &choice(service, flow));
            let Verdict::Leaves(departure) = verdict else {
                panic!("{verdict:?}");
            };
            prop_assert_eq!((departure.number, departure.why), (place + 1, Why::NotInRegulation));
        }
    }
}
