//! Files of routes, good and bad: each fault with its line.

use super::*;

fn served() -> Vec<Served> {
    Served::all(&Catalogue::embedded().unwrap())
}

fn faults(text: &str) -> Vec<String> {
    let error = read("routes.toml", text, &served()).unwrap_err();
    error.to_string().lines().map(str::to_owned).collect()
}

const HEAD: &str =
    "version = 1\nregion_field = \"district\"\n[[actor]]\nname = \"regional-gateway\"\n";
const BACK: &str = "[[route]]\ndirection = \"to-applicant\"\nservice = \"*\"\nto = \"sender\"\n";
const ALL: &str =
    "[[route]]\ndirection = \"to-provider\"\nservice = \"*\"\nto = \"regional-gateway\"\n";

#[test]
fn the_built_in_file_is_without_fault_and_takes_everything_to_the_regional_gateway() {
    let text = include_str!("../../routes.toml");
    let routes = read("routes.toml", text, &served()).unwrap();
    let regional = Target::Actor(Actor::RegionalGateway.into());
    for (direction, service, region, to) in [
        (
            Direction::Provider,
            "guardianship-certificate@zhambyl-2019-23",
            Some("taraz"),
            &regional,
        ),
        (
            Direction::Applicant,
            "guardianship-certificate@zhambyl-2019-23",
            None,
            &Target::Sender,
        ),
        (
            Direction::Register,
            "GBDFL_UniversalServiceSync",
            None,
            &regional,
        ),
    ] {
        let question = Question {
            direction,
            service,
            region,
        };
        assert_eq!(&routes.find(question).unwrap().to, to);
    }
}

/// A line of the same fault for each service that is played, with the regions that its form names, where it names any.
fn of_each(line: u32, what: &str, regions: &str) -> Vec<String> {
    let all = served();
    assert_eq!(all.len(), 12);
    all.iter()
        .map(|one| {
            let regions = match regions {
                "" => "",
                regions if one.choices.contains_key("district") => regions,
                _ => " (no region)",
            };
            format!(
                "routes.toml, line {line}: a service without a route: {what} {}{regions}",
                one.id
            )
        })
        .collect()
}

#[test]
fn a_service_without_a_route_is_refused_with_the_regions_that_go_nowhere() {
    let everywhere =
        " (baizak, korday, merki, moiynkum, ryskulov, sarysu, shu, talas, taraz, zhambyl, zhualy)";
    assert_eq!(
        faults(&format!("{HEAD}{BACK}")),
        of_each(8, "applications for", everywhere)
    );
    let one = ALL.replace("service", "region = \"taraz\"\nservice");
    let only_taraz = format!("{HEAD}[[region]]\nname = \"taraz\"\n{one}{BACK}");
    assert!(faults(&only_taraz)[0].ends_with(
        "(baizak, korday, merki, moiynkum, ryskulov, sarysu, shu, talas, zhambyl, zhualy)"
    ));
    assert_eq!(
        faults(&format!("{HEAD}{ALL}")),
        of_each(8, "results of", "")
    );
}

#[test]
fn a_route_without_an_actor_is_refused_with_its_line() {
    let route = |to: &str| {
        format!(
            "{HEAD}{BACK}{}",
            ALL.replace("to = \"regional-gateway\"", to)
        )
    };
    assert_eq!(
        faults(&route("")),
        ["routes.toml, line 11: a route without an actor: it has no `to`"]
    );
    assert_eq!(
        faults(&route("to = \"regional-gateway.taraz\"")),
        [
            "routes.toml, line 12: a route without an actor: no [[actor]] of this file is \
             regional-gateway.taraz"
        ]
    );
    assert_eq!(
        faults(&route("to = \"post-office\"")),
        ["routes.toml, line 12: a route without an actor: there is no actor \"post-office\""]
    );
}

#[test]
fn loops_are_refused_whether_of_regions_or_of_messages() {
    let regions =
        "[[region]]\nname = \"a\"\nwithin = \"b\"\n[[region]]\nname = \"b\"\nwithin = \"a\"\n";
    assert_eq!(
        faults(&format!("{HEAD}{regions}{ALL}{BACK}")),
        [
            "routes.toml, line 7: a loop: a lies within b lies within a",
            "routes.toml, line 10: a loop: b lies within a lies within b"
        ]
    );
    for (to, why) in [
        ("sender", "a loop: it would go back to who sent it"),
        ("gateway", "a loop: the gateway would send it to itself"),
        (
            "portal",
            "a loop: it would go back to portal, which sends such messages",
        ),
    ] {
        let route = ALL.replace("\"regional-gateway\"", &format!("{to:?}"));
        assert_eq!(
            faults(&format!("{HEAD}{BACK}{route}")),
            [format!("routes.toml, line 12: {why}")]
        );
    }
    let back = BACK.replace("sender", "regional-gateway");
    assert_eq!(
        faults(&format!("{HEAD}{ALL}{back}")),
        ["routes.toml, line 12: a loop: results come from regional-gateway"]
    );
}

#[test]
fn every_other_fault_has_its_line_too() {
    let text = |more: &str| format!("{HEAD}{ALL}{BACK}{more}");
    for (more, why) in [
        ("[[rout]]\n", "line 13: unknown field `rout`"),
        (
            "[[route]]\ndirection = \"upwards\"\nservice = \"*\"\nto = \"sender\"\n",
            "line 14: unknown variant `upwards`",
        ),
        (
            "[[route]]\ndirection = \"to-provider\"\nservice = \"*\"\nto = \"regional-gateway\"\n",
            "line 15: the same messages as the route of line 7",
        ),
        (
            "[[route]]\ndirection = \"to-provider\"\nservice = \"birth@nowhere\"\nto = \"regional-gateway\"\n",
            "line 15: the catalogue has no service \"birth@nowhere\"",
        ),
        (
            "[[route]]\ndirection = \"to-provider\"\nservice = \"*@nowhere\"\nto = \"regional-gateway\"\n",
            "line 15: the catalogue has no service of the act \"nowhere\"",
        ),
        (
            "[[route]]\ndirection = \"to-provider\"\nservice = \"*@zhambyl-2019-23\"\nregion = \"mars\"\nto = \"regional-gateway\"\n",
            "line 16: there is no region \"mars\"",
        ),
        (
            "[[route]]\ndirection = \"to-register\"\nservice = \"*\"\nto = \"regional-gateway\"\n",
            "line 15: a register is asked by its own serviceId, not by \"*\"",
        ),
        (
            "[[actor]]\nname = \"regional-gateway\"\n",
            "line 14: regional-gateway is named twice",
        ),
        (
            "[[region]]\nname = \"taraz\"\nwithin = \"mars\"\n",
            "line 15: there is no region \"mars\"",
        ),
    ] {
        let found = faults(&text(more));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with(&format!("routes.toml, {why}")),
            "{found:?}"
        );
    }
    let version = text("").replace("version = 1", "version = 2");
    assert_eq!(
        faults(&version),
        ["routes.toml, line 1: the version is 2, not 1"]
    );
}
