//! What the five acts hold: services, channels, patterns, deadlines, discrepancies, listings.

use qaqpa_model::ServiceAtAct;
use qaqpa_regulations::{Answer, Channel, Flow, Mark, Numbering, PeriodUnit, Standing, Topic};

use crate::embedded::catalogue;

fn line(flow: &Flow) -> String {
    let variant = flow.variant.as_ref();
    let variant = variant.map_or_else(String::new, |variant| format!(" ({})", variant.id));
    let deadlines: Vec<String> = flow
        .actions
        .iter()
        .map(|action| action.deadline.to_string())
        .collect();
    format!(
        "{}{variant} {}: {}",
        flow.channel,
        flow.pattern,
        deadlines.join(" ")
    )
}

fn lines(act: &str) -> Vec<(String, Vec<String>)> {
    let catalogue = catalogue();
    let of_act = catalogue
        .regulated()
        .iter()
        .filter(|service| service.id.act() == act);
    of_act
        .map(|service| {
            let lines = service.flows.iter().map(line).collect();
            (service.id.service().to_owned(), lines)
        })
        .collect()
}

fn wanted(table: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    table
        .iter()
        .map(|(service, flows)| {
            let flows = flows.iter().map(|flow| flow.trim().to_owned()).collect();
            ((*service).to_owned(), flows)
        })
        .collect()
}

fn trimmed(lines: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
    lines
        .into_iter()
        .map(|(service, flows)| {
            let flows = flows.iter().map(|flow| flow.trim().to_owned()).collect();
            (service, flows)
        })
        .collect()
}

/// Source: qyzylorda-2014-700, items 6, 11 and 12 of its six regulations.
#[test]
fn qyzylorda_2014_has_six_services_with_their_deadlines() {
    assert_eq!(
        trimmed(lines("qyzylorda-2014-700")),
        wanted(&[
            (
                "education-document-duplicate",
                &[
                    "provider-office P8: 15m 15m 28cd 15m 15m",
                    "service-centre P9: 15m 1wd 15m 15m 28cd 15m 1wd 15m",
                ]
            ),
            (
                "externship-permission",
                &["provider-office P8: 15m 15m 1wd 12wd 1wd 15m 15m"]
            ),
            (
                "family-consultation",
                &["provider-office P8: 10m 10m 20m 10m 10m"]
            ),
            (
                "kindergarten-queue",
                &[
                    "provider-office P7: 30m",
                    "service-centre P7: 30m",
                    "portal P3:"
                ]
            ),
            (
                "rehabilitation",
                &["provider-office P8: 10m 5m 30m 5m 10m 180cd"]
            ),
            (
                "special-needs-examination",
                &[
                    "provider-office (examination) P8: 15m 10m 8wd 10m 10m",
                    "provider-office (consultation) P8: 15m 5m 30m 5m 5m",
                ]
            ),
        ])
    );
}

/// Source: zhambyl-2019-23, item 8 of its regulations.
#[test]
fn zhambyl_2019_has_nine_services_with_flows() {
    assert_eq!(
        trimmed(lines("zhambyl-2019-23")),
        wanted(&[
            ("adoption-lump-sum", &["portal P1: 3wd 1wd 1wd"]),
            ("adoption-registration", &["portal P1: 8wd 1wd 1wd"]),
            (
                "child-opinion",
                &["provider-office P8: 15m 1wd 8wd 1wd 30m"]
            ),
            (
                "foster-family",
                &["provider-office P8: 20m 1wd 8wd 1wd 30m"]
            ),
            (
                "guardian-allowance",
                &[
                    "portal P1: 1h 2h 2h 2h 1h",
                    "state-corporation P9: 1h 2h 2h 2h 1h",
                    "provider-office P8: 1h 2h 2h 2h 1h",
                ]
            ),
            ("guardianship-certificate", &["portal P1: 30m"]),
            (
                "guardianship-establishment",
                &["provider-office P8: 15m 2wd 9wd 8wd 15m"]
            ),
            ("minor-property-certificate", &["portal P1: 1wd 1wd 1wd"]),
            ("patronage-care", &["portal P1: 7wd 2wd 1wd"]),
        ])
    );
}

/// Source: east-kazakhstan-2016-293, items 5 and 8 of its regulations.
#[test]
fn east_kazakhstan_2016_has_three_services() {
    assert_eq!(
        trimmed(lines("east-kazakhstan-2016-293")),
        wanted(&[
            (
                "education-document-duplicate",
                &[
                    "provider-office P8: 15m 2h 12wd 1h 15m",
                    "state-corporation P9: 15m 2h 12wd 1h 15m",
                ]
            ),
            (
                "externship-permission",
                &[
                    "state-corporation P6: 15m 3h 12wd 15m 15m",
                    "portal P1: 15m 3h 12wd 15m 15m"
                ]
            ),
            (
                "kindergarten-queue",
                &[
                    "provider-office P8: 10m 5m 10m 2m 3m",
                    "state-corporation P9: 10m 5m 10m 2m 3m",
                    "portal P1: 10m 5m 10m 2m 3m",
                ]
            ),
        ])
    );
}

/// Source: qyzylorda-2018-1056, item 6 of its regulations.
#[test]
fn qyzylorda_2018_has_two_services() {
    assert_eq!(
        trimmed(lines("qyzylorda-2018-1056")),
        wanted(&[
            (
                "kindergarten-queue",
                &[
                    "provider-office P7: 30m",
                    "state-corporation P7: 30m",
                    "portal P3:",
                ]
            ),
            ("preschool-admission", &["provider-office P8: 5m 15m 5m 5m"]),
        ])
    );
}

/// Source: shal-aqyn-2012-238, annex 1 of its regulations, row 5 of each table.
#[test]
fn shal_aqyn_2012_has_two_services_with_their_tables() {
    assert_eq!(
        trimmed(lines("shal-aqyn-2012-238")),
        wanted(&[
            (
                "home-schooled-child-support",
                &[
                    "executive-body P4: 15m 1m 1m 10cd 1m 1m 1m",
                    "portal P2: 1m 1m 1m 15m 10cd 1m 1m 1m 1m 1m 1m 1m",
                ]
            ),
            (
                "unemployed-certificate",
                &[
                    "executive-body P4: 10m 1m 1m 1m 10m 1m 1m 1m 1m 1m 1m 1m",
                    "service-centre P5: 10m 1m 1m 1m 5m 3wd 1m 1m 1m 1m 1m 1m 1m 10m",
                    "portal P2: 1m 1m 1m 1m 10m 10m 1m 1m 1m 1m 1m 1m 1m 1m 1m",
                ]
            ),
        ])
    );
}

#[test]
fn every_act_says_when_and_by_what_it_was_repealed() {
    let catalogue = catalogue();
    let repealed: Vec<(&str, &str)> = catalogue
        .acts()
        .iter()
        .map(|act| (act.id.as_str(), act.repealed.as_deref().unwrap_or("")))
        .collect();
    assert_eq!(
        repealed,
        [
            ("east-kazakhstan-2016-293", "2020-03-10, No 69"),
            ("qyzylorda-2014-700", "2014-11-13, No 759"),
            ("qyzylorda-2018-1056", "2020-02-06, No 163"),
            ("shal-aqyn-2012-238", "2013-05-24, No 142"),
            ("zhambyl-2019-23", "2020-08-20, No 189"),
        ]
    );
}

#[test]
fn services_without_a_flow_say_why() {
    let catalogue = catalogue();
    let listed: Vec<(String, Standing)> = catalogue
        .listings()
        .iter()
        .map(|listing| (listing.id.to_string(), listing.standing))
        .collect();
    assert_eq!(
        listed,
        [
            ("camp-referral@zhambyl-2019-23".into(), Standing::NoSteps),
            ("free-meals@zhambyl-2019-23".into(), Standing::NoSteps),
            (
                "parent-meeting-permission@zhambyl-2019-23".into(),
                Standing::TitleOnly
            ),
            (
                "preschool-registration@shal-aqyn-2012-238".into(),
                Standing::StruckOut
            ),
            (
                "school-transport@zhambyl-2019-23".into(),
                Standing::TitleOnly
            ),
            (
                "social-assistance@shal-aqyn-2012-238".into(),
                Standing::StruckOut
            ),
        ]
    );
    let id = ServiceAtAct::parse("social-assistance@shal-aqyn-2012-238").unwrap();
    assert_eq!(
        catalogue.answer(&id, Some(Channel::Portal)).to_string(),
        "social-assistance@shal-aqyn-2012-238 (struck-out): the service was struck out of the act by \
         decree No 358 of 2012-11-27; `qaqpa services` lists what can be walked"
    );
}

/// What the portal, the gateway and the workplace play: patterns P1, P2 and P3 with the ready-made staff.
pub(crate) const PLAYED: [&str; 12] = [
    "adoption-lump-sum@zhambyl-2019-23",
    "adoption-registration@zhambyl-2019-23",
    "externship-permission@east-kazakhstan-2016-293",
    "guardian-allowance@zhambyl-2019-23",
    "guardianship-certificate@zhambyl-2019-23",
    "home-schooled-child-support@shal-aqyn-2012-238",
    "kindergarten-queue@east-kazakhstan-2016-293",
    "kindergarten-queue@qyzylorda-2014-700",
    "kindergarten-queue@qyzylorda-2018-1056",
    "minor-property-certificate@zhambyl-2019-23",
    "patronage-care@zhambyl-2019-23",
    "unemployed-certificate@shal-aqyn-2012-238",
];

#[test]
fn the_actors_are_offered_the_flows_that_they_play() {
    let catalogue = catalogue();
    let played: Vec<(String, usize)> = catalogue
        .services()
        .iter()
        .map(|service| (service.id.to_string(), service.flows.len()))
        .collect();
    assert_eq!(played, PLAYED.map(|id| (id.to_owned(), 1)));

    let answer = |id: &str, channel| {
        let id = ServiceAtAct::parse(id).unwrap();
        catalogue.answer(&id, channel).to_string()
    };
    assert_eq!(
        answer(
            "kindergarten-queue@qyzylorda-2018-1056",
            Some(Channel::StateCorporation)
        ),
        "this flow of kindergarten-queue@qyzylorda-2018-1056 is in the catalogue, the simulator does not play it \
         yet; what can be played: portal"
    );
    assert_eq!(
        answer(
            "patronage-care@zhambyl-2019-23",
            Some(Channel::ServiceCentre)
        ),
        "the act does not offer patronage-care@zhambyl-2019-23 through this channel; it offers portal"
    );
    assert_eq!(
        answer("nothing@zhambyl-2019-23", None),
        "the catalogue has no such service; `qaqpa services` lists what it has"
    );
    let id = ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap();
    assert!(matches!(
        catalogue.answer(&id, Some(Channel::Portal)),
        Answer::Played(_)
    ));
}

#[test]
fn numbers_that_the_act_prints_are_marked_printed_or_say_why_not() {
    for service in catalogue().regulated() {
        for flow in &service.flows {
            for element in &flow.elements {
                if element.numbering == Numbering::Act {
                    assert!(
                        element.mark != Mark::Assumed,
                        "{} · {}: {}",
                        service.id,
                        flow.channel,
                        element.id
                    );
                }
            }
            for action in &flow.actions {
                assert_eq!(
                    action.mark.kind(),
                    "printed",
                    "{} · {}: {}",
                    service.id,
                    flow.channel,
                    action.id
                );
            }
        }
    }
}

#[test]
fn a_printed_mark_lies_in_the_act_of_its_service() {
    for service in catalogue().regulated() {
        for flow in &service.flows {
            for element in &flow.elements {
                if let Mark::Printed { act, .. } = &element.mark {
                    assert_eq!(act, service.id.act(), "{}: {}", service.id, element.id);
                }
            }
        }
    }
}

/// Source: shal-aqyn-2012-238, annex 1: columns without a text; the numbers of the next actions.
#[test]
fn empty_columns_and_next_numbers_are_kept_as_printed() {
    let catalogue = catalogue();
    let id = ServiceAtAct::parse("home-schooled-child-support@shal-aqyn-2012-238").unwrap();
    let service = catalogue.regulation(&id).unwrap();
    let body = service.flow(Channel::ExecutiveBody).unwrap();
    let empty: Vec<&str> = body
        .empty_actions
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    assert_eq!(empty, ["action-6", "action-9"]);
    let next = |flow: &Flow| -> Vec<(String, u32)> {
        let printed = flow.actions.iter();
        printed
            .filter_map(|action| Some((action.id.to_string(), action.next_printed?)))
            .collect()
    };
    assert_eq!(
        next(body),
        [
            ("action-4".into(), 6),
            ("action-5".into(), 7),
            ("action-7".into(), 8),
            ("action-8".into(), 9),
        ]
    );
    let portal = service.flow(Channel::Portal).unwrap();
    assert_eq!(
        next(portal),
        [
            ("action-5".into(), 7),
            ("action-6".into(), 8),
            ("action-7".into(), 9),
            ("action-8".into(), 10),
        ]
    );
}

/// Source: qyzylorda-2014-700, rehabilitation, item 6, 7): 90 to 180 calendar days.
#[test]
fn the_range_of_the_rehabilitation_is_kept() {
    let catalogue = catalogue();
    let id = ServiceAtAct::parse("rehabilitation@qyzylorda-2014-700").unwrap();
    let service = catalogue.regulation(&id).unwrap();
    let work = service.flows[0].actions.last().unwrap();
    assert_eq!(work.deadline_min.unwrap().to_string(), "90cd");
    assert_eq!(work.deadline.to_string(), "180cd");
}

/// Source: east-kazakhstan-2016-293, annex 1, items 5 and 10.
#[test]
fn both_printed_totals_of_the_east_kazakhstan_queue_are_kept_and_flagged() {
    let catalogue = catalogue();
    let id = ServiceAtAct::parse("kindergarten-queue@east-kazakhstan-2016-293").unwrap();
    let service = catalogue.regulation(&id).unwrap();
    let totals: Vec<(Option<Channel>, String)> = service
        .totals
        .iter()
        .map(|total| (total.channel, total.period.to_string()))
        .collect();
    assert_eq!(
        totals,
        [
            (None, "30m".into()),
            (Some(Channel::StateCorporation), "15wd".into())
        ]
    );
    assert_eq!(service.discrepancies.len(), 3);

    let id = ServiceAtAct::parse("externship-permission@east-kazakhstan-2016-293").unwrap();
    let total = &catalogue.regulation(&id).unwrap().totals[0];
    assert_eq!(total.period.unit(), PeriodUnit::WorkingDays);
    assert!(!total.acceptance_day_counted);
}

/// Source: shal-aqyn-2012-238, annex 3: two questions, three answers each.
#[test]
fn the_survey_has_two_questions_with_three_answers() {
    for service in catalogue().regulated() {
        let questions: Vec<usize> = service
            .statements
            .iter()
            .filter(|statement| statement.about == Topic::Survey)
            .map(|statement| statement.answers.len())
            .collect();
        let wanted: &[usize] = if service.id.act() == "shal-aqyn-2012-238" {
            &[3, 3]
        } else {
            &[]
        };
        assert_eq!(questions, wanted, "{}", service.id);
    }
}

/// Source: shal-aqyn-2012-238, home-schooled, annex 4.
#[test]
fn the_printed_list_of_attachments_is_the_one_of_the_act() {
    let catalogue = catalogue();
    let id = ServiceAtAct::parse("home-schooled-child-support@shal-aqyn-2012-238").unwrap();
    let service = catalogue.regulation(&id).unwrap();
    let documents: Vec<(&str, &str)> = service
        .documents
        .iter()
        .map(|document| (document.id.as_str(), document.mark.kind()))
        .collect();
    assert_eq!(
        documents,
        [
            ("birth-certificate", "printed"),
            ("residence", "printed"),
            ("consultation-conclusion", "printed"),
            ("disability-certificate", "printed"),
            ("bank-account", "printed"),
        ]
    );
}
