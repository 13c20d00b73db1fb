//! The table beside the rooms of the control ports: every route is described, and every label that a room can answer.

use std::collections::BTreeSet;
use std::path::Path;

use qaqpa_model::Actor;

use super::operations;

/// What every control port has.
const COMMON: [&str; 3] = [
    "crates/transport/src/control.rs",
    "crates/transport/src/health.rs",
    "crates/transport/src/watch.rs",
];

/// What every actor with an outbox has.
const STORED: [&str; 3] = [
    "crates/channel/src/keeping/control.rs",
    "crates/channel/src/outbox/control.rs",
    "crates/channel/src/views.rs",
];

/// What the descriptions say of every operation, and of paths that are none.
const OF_ALL: [&str; 5] = [
    "host-refused",
    "not-found",
    "own-fault",
    "token-missing",
    "token-wrong",
];

/// The files of an actor's own rooms: those that name routes, and those that answer for them.
fn own(actor: Actor) -> &'static [&'static str] {
    match actor {
        Actor::Nca => &[
            "pki/src/control.rs",
            "pki/src/control/branches.rs",
            "pki/src/control/issue.rs",
            "pki/src/control/journal.rs",
            "pki/src/control/people.rs",
            "pki/src/control/request.rs",
            "pki/src/mirror.rs",
            "pki/src/respond.rs",
            "crates/mischief/src/routes.rs",
        ],
        Actor::Gateway => &[
            "gateway/src/expectations/control.rs",
            "crates/mischief/src/routes.rs",
            "gateway/src/routing/control.rs",
            "gateway/src/systems/control.rs",
        ],
        Actor::RegionalGateway => &[
            "regional-gateway/src/control.rs",
            "regional-gateway/src/stubs/control.rs",
        ],
        Actor::Portal => &["portal-mock/src/control.rs"],
        Actor::Console => &[
            "console/src/openapi.rs",
            "console/src/server.rs",
            "console/src/snapshot/control.rs",
        ],
    }
}

/// The code of an actor's rooms, without their tests.
fn rooms(actor: Actor) -> impl Iterator<Item = String> {
    let top = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let stored: &[&str] = if actor == Actor::Nca { &[] } else { &STORED };
    let files = COMMON.iter().chain(stored).chain(own(actor));
    files.map(move |room| {
        let text = std::fs::read_to_string(top.join(room)).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next();
        code.unwrap().to_owned()
    })
}

/// Every `.route("…")` of a control port's room is in the table, and nothing else is.
#[test]
fn every_route_of_the_control_ports_is_described() {
    for actor in Actor::ALL {
        let mut there = BTreeSet::new();
        for code in rooms(actor) {
            for route in code.split(".route(").skip(1) {
                // What is made of constants (the mirror's lists) is told of in words.
                if let Some(path) = route.trim_start().strip_prefix('"') {
                    there.insert(path.split('"').next().unwrap().to_owned());
                }
            }
        }
        let described: BTreeSet<String> = operations::of(actor)
            .map(|operation| {
                operation
                    .path
                    .replace("/ocsp/{request}", "/ocsp/{*request}")
            })
            .collect();
        assert_eq!(described, there, "{actor}");
    }
}

#[test]
fn every_label_that_a_control_port_can_answer_is_described_and_no_other() {
    for actor in Actor::ALL {
        let there: BTreeSet<String> = rooms(actor).flat_map(|code| labels(&code)).collect();
        let described: BTreeSet<String> = operations::of(actor)
            .flat_map(|operation| operation.refuses)
            .flat_map(|(_, labels)| labels.split(", "))
            .chain(OF_ALL)
            .filter(|label| is_label(label))
            .map(str::to_owned)
            .collect();
        assert_eq!(described, there, "{actor}");
    }
}

/// What stands where a refusal's label does: after a status, or as the answer of a `match` that chooses one.
fn labels(code: &str) -> BTreeSet<String> {
    let mut labels = BTreeSet::new();
    let mut before = "";
    // Texts are every second piece; none of these rooms has an escaped quotation mark before a label.
    for (n, piece) in code.split('"').enumerate() {
        if n % 2 == 0 {
            before = piece.trim_end();
            continue;
        }
        let after_status = before
            .rsplit(['(', ' ', '\n'])
            .next()
            .is_some_and(|word| word.starts_with("StatusCode::") || word == "status,");
        let named = before.ends_with("unreadable(") || before.ends_with("conflict(");
        let chosen = before.ends_with("=>") && piece.contains('-');
        if (after_status || named || chosen) && is_label(piece) {
            labels.insert(piece.to_owned());
        }
    }
    labels
}

/// Lower-case words with hyphens: what is described in words is none.
fn is_label(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '-')
}

#[test]
fn labels_are_told_from_other_texts_by_where_they_stand() {
    let code = r#"refusal(StatusCode::CONFLICT, "calm", "a-b") (StatusCode::GONE, "x-y") unreadable("p-q", "r-s")
        match e { A => "k-l", B => "in" } conflict(
            "m-n", "o") .route("t-u") refusal(status, "v-w", x)"#;
    let expected = ["calm", "k-l", "m-n", "p-q", "v-w", "x-y"];
    let found: Vec<String> = labels(code).into_iter().collect();
    assert_eq!(found, expected);
}
