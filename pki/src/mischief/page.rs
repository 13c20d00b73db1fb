//! docs/MISCHIEF.md: the catalogue of faults, for people.

use std::fmt::Write as _;

use qaqpa_mischief::Catalogued;

use super::fault::{Entry, FaultKind, Level, Service};
use super::verdict::{Asks, Conduct, Reached, Trial};

/// The whole page.
#[must_use]
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    let rows: Vec<FaultKind> = FaultKind::all().collect();
    let _ = writeln!(page, "\nThere are {} faults.", rows.len());
    for (title, level, services) in SECTIONS {
        let _ = writeln!(page, "\n## {title}\n");
        let with_services = services.is_empty();
        let mut header = "| fault | what is done | purpose |".to_owned();
        if with_services {
            header += " services |";
        }
        header += " with the other source | alone |";
        let columns = header.matches('|').count() - 1;
        let _ = writeln!(page, "{header}\n|{}", "---|".repeat(columns));
        for kind in &rows {
            let entry = kind.entry();
            if entry.level == *level && (with_services || services.contains(&entry.services[0])) {
                row(&mut page, &kind.title(), &entry, with_services);
            }
        }
    }
    page
}

const SECTIONS: &[(&str, Level, &[Service])] = &[
    ("Meaning: OCSP answers", Level::Meaning, &[Service::Ocsp]),
    (
        "Meaning: revocation lists",
        Level::Meaning,
        &[Service::Crl, Service::Delta],
    ),
    (
        "Meaning: certificates of authorities",
        Level::Meaning,
        &[Service::Cert],
    ),
    ("Meaning: time stamps", Level::Meaning, &[Service::Tsp]),
    ("Encoding (DER)", Level::Der, &[]),
    ("On the way (HTTP)", Level::Http, &[]),
    ("In time", Level::Latency, &[]),
];

fn row(page: &mut String, name: &str, entry: &Entry, with_services: bool) {
    let only = match entry.services {
        [Service::Crl] => " Complete lists only.",
        [Service::Delta] => " Delta lists only.",
        _ => "",
    };
    let _ = write!(
        page,
        "| {name} | {}{only} | {} |",
        entry.does, entry.purpose
    );
    if with_services {
        let names: Vec<_> = entry.services.iter().map(|one| one.as_str()).collect();
        let _ = write!(page, " {} |", names.join(", "));
        let word = match entry.conduct {
            Conduct::Takes => "taken | taken |",
            Conduct::Drops => "dropped | dropped |",
            Conduct::Says(_) => "see the other tables |",
        };
        let _ = writeln!(page, " {word}");
        return;
    }
    let trial = entry.conduct.trial(entry.services[0]);
    let _ = writeln!(page, " {} | {} |", helped(&trial), spoken(trial.alone));
}

fn helped(trial: &Trial) -> String {
    let both = match trial.asks {
        Asks::Both if trial.helped != trial.alone => " (where both are asked)",
        _ => "",
    };
    spoken(trial.helped) + both
}

fn spoken(reached: Reached) -> String {
    let mut words = reached.indication.to_owned();
    if let Some(sub) = reached.sub {
        let _ = write!(words, " / {sub}");
    }
    if let Some(label) = reached.label {
        let _ = write!(words, ", `{label}`");
    }
    words
}

const HEAD: &str = r#"# Deliberate faults of the authority

This page is written from the catalogue in `pki/src/mischief/fault`; a test holds it true (`QAQPA_WRITE_MISCHIEF=1 cargo test -p qaqpa-pki`
writes it anew). Each row is a test too: an authority runs with the fault on, and a correct relying party must reach exactly what stands here. For
OCSP answers and complete lists that is this simulator's own examiner; its examinations consult no delta lists and no time stamps, and fetch no
issuers, so that for `delta`, `tsp` and `cert` the test judges what it fetched by `crates/x509`, as a relying party that does would.

Nothing is on unless asked: `qaqpa up --mischief FILE`, `qaqpa nca --mischief FILE`, the control port, or a scenario's step. `--calm` forbids
it. Every hit is logged; nothing outlives the process. What is changed is the honest answer on its way out, so what the authority keeps stays honest.

## The grammar

```toml
seed = 7                                  # what chances follow from; 0 where it is not said

[[rule]]
id = "old-news"                           # rule-1, rule-2, … where it is not said
faults = ["stale-next-update", { fault = "delay", ms = 250 }]
service = "ocsp"                          # ocsp, crl, delta, tsp, cert; a list of them; all that the faults can befall where it is not said
for = "citizen-1"                         # an identity or a serial number in hexadecimal; "*", or nothing, is everybody
nth = [1, 3]                              # or first = 2, after = 5, every = 3, probability = 0.1; all that is said must hold
times = 10                                # at most
until = "2026-12-01"                      # of the simulated clock
header = { name = "user-agent", value = "my-client/1" }
```

An unknown key, fault or number, or what can never hold (`after` not below `first`), refuses to start (exit 64, file and line); `POST /mischief`
refuses a rule whose `until` is over, too. A rule counts the requests that are for its services and its certificate, from 1;
the same seed, rule and request give the same chance. Where several rules hit one request, all their faults befall the answer. The levels act in
the order meaning, encoding, HTTP, time; within a level faults compose in the order in which they are written. A rule for a certificate meets OCSP requests about it; in lists
only the faults of entries are about somebody.

| control port | takes | gives |
|---|---|---|
| `GET /mischief` | – | the rules that are on, with how often they were asked and hit |
| `POST /mischief` | a rule in JSON, the same keys | 201 and the rule; 409 `calm`, 409 `mischief-id-taken`, 409 `mischief-full`, 422 `mischief-malformed` |
| `PUT /mischief` | `{"seed": 7, "rules": […]}` | exactly these are on, counting from nothing |
| `PUT /mischief/counts` | `{"ID": {"asked": 3, "hits": 1}}` | these rules count on from there |
| `DELETE /mischief`, `DELETE /mischief/ID` | – | all, or one, are off |
| `GET /mischief/catalogue` | – | this page's tables in JSON |

## What a correct relying party makes of it

*Taken*: the fault harms nothing that is relied on; refusing would be too much: TOTAL-PASSED. *Dropped*: the answer counts as none. Then revocation is decided by the
other source (the list beside OCSP, OCSP beside the list), and with that one silent the verdict is INDETERMINATE / TRY_LATER, `revocation-unknown`; a fetched issuer's
certificate that is dropped leaves no chain (INDETERMINATE / NO_CERTIFICATE_CHAIN_FOUND, `issuer-untrusted`), a dropped time stamp no proof of existence. Where the
columns differ from that, the answer is believed for what it says. The verdicts are those for a certificate that is good in truth, but for the lies in a
revoked one's favour.
"#;
