//! `qaqpa mischief …`: deliberate faults, switched on and off by hand.

mod wanted;

use qaqpa_gateway::mischief::kind::Kind;
use qaqpa_mischief::{Catalogued, Where};
use qaqpa_model::Actor;
use qaqpa_pki::mischief::fault::FaultKind;
use qaqpa_transport::{ControlClient, ControlError};
use serde_json::{Value, json};

use super::journal::text;
use crate::cli::{Format, MischiefAdd, MischiefAt, MischiefCommand, MischiefRemove, Mischievous};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{output, running};

impl Mischievous {
    const ALL: [Self; 2] = [Self::Gateway, Self::Nca];

    const fn actor(self) -> Actor {
        match self {
            Self::Gateway => Actor::Gateway,
            Self::Nca => Actor::Nca,
        }
    }

    /// That one, or both.
    fn of(at: MischiefAt) -> Vec<Self> {
        at.actor
            .map_or_else(|| Self::ALL.to_vec(), |actor| vec![actor])
    }
}

/// Shows or changes the rules that are on.
pub(crate) async fn run(settings: &Settings, command: &MischiefCommand, format: Format) -> Outcome {
    match command {
        MischiefCommand::Add(options) => add(settings, options, format).await,
        MischiefCommand::Catalogue(at) => catalogue(*at, format),
        MischiefCommand::List(at) => list(settings, *at, format).await,
        MischiefCommand::Remove(options) => remove(settings, options, format).await,
    }
}

async fn add(settings: &Settings, options: &MischiefAdd, format: Format) -> Outcome {
    let wanted::Wanted { of, mut rule } = wanted::read(options)?;
    let mut added = Vec::new();
    for process in processes(settings, of)? {
        let on: Value = process.post("/mischief", &rule).await.map_err(refused)?;
        // The others have it under the name that the first has given.
        rule["id"] = on["rule"]["id"].clone();
        added.push(on);
    }
    let actor = of.actor().name();
    if format == Format::Json {
        output::say_json(&json!({ "actor": actor, "processes": added }))?;
        return Ok(Exit::Yes);
    }
    if let Some(on) = added.first() {
        tell(actor, on);
    }
    if added.len() > 1 {
        output::say(format_args!(
            "on in {} processes; each counts for itself",
            added.len()
        ));
    }
    Ok(Exit::Yes)
}

async fn list(settings: &Settings, at: MischiefAt, format: Format) -> Outcome {
    let mut boards = Vec::new();
    for of in Mischievous::of(at) {
        for process in found(processes(settings, of), at)? {
            let board: Value = process.get("/mischief").await.map_err(running::refused)?;
            boards.push(told(of, &board));
        }
    }
    show(boards, format)
}

async fn remove(settings: &Settings, options: &MischiefRemove, format: Format) -> Outcome {
    let mut boards = Vec::new();
    let mut was_on = options.all;
    for of in Mischievous::of(options.at) {
        for process in found(processes(settings, of), options.at)? {
            let path = match &options.id {
                Some(id) => format!("/mischief/{}", super::expect::escaped(id)),
                None => "/mischief".to_owned(),
            };
            match process.delete::<Value>(&path).await {
                Ok(board) => {
                    was_on = true;
                    boards.push(told(of, &board));
                }
                Err(ControlError::Refused { label, .. }) if label == "mischief-unknown" => {
                    let board: Value = process.get("/mischief").await.map_err(running::refused)?;
                    boards.push(told(of, &board));
                }
                Err(error) => return Err(running::refused(error)),
            }
        }
    }
    if !was_on {
        let id = options.id.as_deref().unwrap_or_default();
        return Err(Failure::no(format!("no rule {id:?} is on"))
            .remedy("`qaqpa mischief list` shows those that are"));
    }
    show(boards, format)
}

/// Every process of that actor: a rule is one process's own.
fn processes(settings: &Settings, of: Mischievous) -> Result<Vec<ControlClient>, Failure> {
    let clients = ControlClient::of_each(&settings.data, &of.actor().into());
    clients.map_err(running::refused)
}

/// Where nobody is named, an actor that does not run has no rules.
fn found(
    processes: Result<Vec<ControlClient>, Failure>,
    at: MischiefAt,
) -> Result<Vec<ControlClient>, Failure> {
    match (processes, at.actor) {
        (Err(failure), None) if failure.exit == Exit::No => Ok(Vec::new()),
        (processes, _) => processes,
    }
}

fn told(of: Mischievous, board: &Value) -> Value {
    json!({ "actor": of.actor().name(), "calm": board["calm"], "rules": board["rules"] })
}

fn show(boards: Vec<Value>, format: Format) -> Outcome {
    if boards.is_empty() {
        return Err(
            Failure::no("neither the gateway nor the authority runs here")
                .remedy("start a simulator with `qaqpa up`, or name its folder with --data DIR"),
        );
    }
    if format == Format::Json {
        output::say_json(&json!({ "processes": boards }))?;
        return Ok(Exit::Yes);
    }
    let mut any = false;
    for board in &boards {
        for rule in board["rules"].as_array().into_iter().flatten() {
            tell(text(&board["actor"]), rule);
            any = true;
        }
    }
    if !any {
        output::say("no deliberate faults are on");
    }
    Ok(Exit::Yes)
}

/// One line: the rule as it could be written again, without what is said before.
fn tell(actor: &str, on: &Value) {
    let rule = &on["rule"];
    let mut conditions = Vec::new();
    for (key, value) in rule.as_object().into_iter().flatten() {
        match (key.as_str(), value) {
            ("id" | "faults", _) => {}
            ("seed", value) if value == 0 => {}
            (key, Value::Array(names)) => {
                let names: Vec<_> = names.iter().map(plain).collect();
                conditions.push(format!("{key}={}", names.join(",")));
            }
            (key, value) => conditions.push(format!("{key}={}", plain(value))),
        }
    }
    let faults: Vec<_> = rule["faults"]
        .as_array()
        .into_iter()
        .flatten()
        .map(plain)
        .collect();
    output::say(format_args!(
        "{actor:<8} {:<20} {:<30} hit {} of {}  {}",
        text(&rule["id"]),
        faults.join(", "),
        on["hits"],
        on["asked"],
        conditions.join(" "),
    ));
}

/// `close`; `delay=250` of `{"fault": "delay", "ms": 250}`; `trial=3` of `{"key": "trial", "value": "3"}`.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(pair) => {
            let named = ["fault", "key", "name"];
            let name = named.iter().find_map(|key| pair.get(*key)).map(plain);
            let rest = pair
                .iter()
                .find(|(key, _)| !named.contains(&key.as_str()))
                .map(|(_, value)| plain(value));
            format!("{}={}", name.unwrap_or_default(), rest.unwrap_or_default())
        }
        other => other.to_string(),
    }
}

/// A fault as both catalogues tell it.
fn fault_of<K: Catalogued>(of: Mischievous, kind: K, does: &str, purpose: &str) -> Value {
    let at: Vec<_> = kind.places().iter().map(|place| place.name()).collect();
    let mut fault = json!({
        "actor": of.actor().name(),
        "fault": kind.name(),
        "at": at,
        "does": does,
        "purpose": purpose,
    });
    if let Some(dial) = kind.dial() {
        fault["dial"] =
            json!({"name": dial.name, "default": dial.default, "min": dial.min, "max": dial.max});
    }
    fault
}

fn catalogue(at: MischiefAt, format: Format) -> Outcome {
    let mut faults = Vec::new();
    for of in Mischievous::of(at) {
        match of {
            Mischievous::Gateway => faults.extend(Kind::every().map(|kind| {
                let row = kind.row();
                fault_of(of, kind, row.does, row.purpose)
            })),
            Mischievous::Nca => faults.extend(FaultKind::every().map(|kind| {
                let entry = kind.entry();
                fault_of(of, kind, entry.does, entry.purpose)
            })),
        }
    }
    if format == Format::Json {
        output::say_json(&faults)?;
        return Ok(Exit::Yes);
    }
    for fault in &faults {
        let number = match &fault["dial"] {
            Value::Null => String::new(),
            dial => format!("={}", dial["default"]),
        };
        let at: Vec<_> = fault["at"]
            .as_array()
            .into_iter()
            .flatten()
            .map(plain)
            .collect();
        output::say(format_args!(
            "{:<8} {:<32} {}\n{:9}{} {}",
            text(&fault["actor"]),
            format!("{}{number}", text(&fault["fault"])),
            at.join(", "),
            "",
            text(&fault["does"]),
            text(&fault["purpose"]),
        ));
    }
    Ok(Exit::Yes)
}

/// What is malformed is the person's to mend.
fn refused(error: ControlError) -> Failure {
    match &error {
        ControlError::Refused { label, meaning, .. } if label == "mischief-malformed" => {
            Failure::usage(meaning).remedy("`qaqpa mischief add --help` says what a rule can be")
        }
        ControlError::Refused { label, .. } if label == "mischief-id-taken" => {
            Failure::no(&error).remedy("choose another --id, or `qaqpa mischief remove` it first")
        }
        _ => running::refused(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_a_rule_can_be_typed_again() {
        for (value, shown) in [
            (json!("close"), "close"),
            (json!({"fault": "delay", "ms": 250}), "delay=250"),
            (json!({"key": "trial", "value": "3"}), "trial=3"),
            (json!({"name": "user-agent", "value": "x"}), "user-agent=x"),
            (json!(7), "7"),
        ] {
            assert_eq!(plain(&value), shown);
        }
    }
}
