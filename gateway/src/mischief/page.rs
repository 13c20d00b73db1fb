//! docs/GATEWAY-MISCHIEF.md: the catalogue of faults, for people.

use std::fmt::Write as _;

use qaqpa_mischief::Catalogued;

use super::kind::Kind;

/// The whole page.
#[must_use]
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    let _ = writeln!(page, "\n## The {} faults\n", Kind::ALL.len());
    let _ = writeln!(
        page,
        "| fault | where | what is done | purpose | what becomes of the message |\n|---|---|---|---|---|"
    );
    for kind in Kind::ALL {
        let entry = kind.row();
        let name = kind.title();
        let places: Vec<_> = entry.places.iter().map(|place| place.as_str()).collect();
        let _ = writeln!(
            page,
            "| {name} | {} | {} | {} | {} |",
            places.join(", "),
            entry.does,
            entry.purpose,
            entry.said
        );
    }
    page
}

const HEAD: &str = r#"# Deliberate faults of the gateway

This page is written from the catalogue in `gateway/src/mischief/kind.rs`; a test holds it true (`QAQPA_WRITE_MISCHIEF=1 cargo test -p qaqpa-gateway`
writes it anew). Each row is tested over sockets: what a client sees, and what becomes of the message. The authority has faults of its own: [MISCHIEF.md](MISCHIEF.md).

Nothing is on unless asked: `qaqpa up --mischief FILE`, `qaqpa gateway --mischief FILE`, or the control port. `--calm` forbids it. Every fault is marked
in the journal (kind `mischief`, with the rule, the fault, its number and the message that it befell) before it is done, once for each rule that has it, and what cannot be marked is not done;
`changed: false` says that the envelope had nothing that the fault changes, and left as it was. Nothing outlives the process. What the gateway stores stays honest:
asked again without the rule, it says the truth.

## The grammar

```toml
seed = 7                                  # what chances follow from; 0 where it is not said

[[gateway]]                               # the authority's rules are [[rule]]s of the same file
id = "lost-answers"                       # rule-1, rule-2, … where it is not said
faults = ["close", { fault = "delay", ms = 250 }]
at = "answer"                             # answer, delivery, register; a list of them; all that the faults can befall where it is not said
service = "guardianship-certificate@zhambyl-2019-23"   # one or a list, as all names below
sender = "integrator-1"                   # as the envelope says; of a delivery whoever sent the message
to = "regional-gateway"                   # of deliveries and questions: an actor's name or a system's
operation = "getMessages"                 # of requests at the door: such a rule is for answers alone
message = "{3f2504e0-4f89-41d3-9a0c-0305e82c3301}"     # this message, or one of its exchange
property = { key = "trial", value = "3" } # of the message, or of the one that began its exchange
nth = [1, 3]                              # or first = 2, after = 5, every = 3, probability = 0.1; all that is said must hold
times = 10                                # at most
until = "2026-12-01"                      # of the simulated clock
```

An unknown key, fault, number or operation, or what can never hold (`after` not below `first`), refuses to start (exit 64, file and line); `POST /mischief`
refuses a rule whose `until` is over, too. A rule counts the messages that it fits, from 1; each attempt of a delivery counts.
The same seed, id and count give the same chance. Where several rules hit one message, all their faults befall it. What is said in an envelope is changed first and then signed;
then bytes are changed, then the way of the answer.

| control port of the gateway | takes | gives |
|---|---|---|
| `GET /mischief` | – | the rules that are on, with how often they were asked and hit |
| `POST /mischief` | a rule in JSON, the same keys | 201 and the rule; 409 `calm`, 409 `mischief-id-taken`, 409 `mischief-full`, 422 `mischief-malformed` |
| `PUT /mischief` | `{"seed": 7, "rules": […]}` | exactly these are on, counting from nothing |
| `PUT /mischief/counts` | `{"ID": {"asked": 3, "hits": 1}}` | these rules count on from there |
| `DELETE /mischief`, `DELETE /mischief/ID` | – | all, or one, are off |
| `GET /mischief/catalogue` | – | this page's table in JSON |
"#;
