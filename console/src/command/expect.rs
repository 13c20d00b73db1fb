//! `qaqpa expect`, `qaqpa history`, `qaqpa reset`: what came to the gateway, counted.

use std::path::Path;
use std::time::{Duration, Instant};

use qaqpa_model::{Actor, ActorName};
use qaqpa_transport::{ControlClient, ControlError, registry};
use serde_json::{Value, json};

use super::clock::read_period;
use super::journal::text;
use crate::cli::{Expect, Format, History, KindChoice, OutcomeChoice, Reset, Which};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{output, running};

/// How often is asked again while is waited.
const ASK_EVERY: Duration = Duration::from_millis(200);

/// Whether what was expected came.
pub(crate) async fn run(settings: &Settings, options: &Expect, format: Format) -> Outcome {
    let gateway = running::control(&settings.data, Actor::Gateway)?;
    let within = options.within.as_deref().map(read_period).transpose()?;
    let within_ms = within.map(|within| u64::try_from(within.as_millis()));
    let wish = json!({
        "when": when(&options.which),
        "exactly": options.exactly,
        "at_least": options.at_least,
        "at_most": options.at_most,
        "since": options.which.since,
        "until": options.which.until,
        "within_ms": within_ms.transpose().map_err(Failure::usage)?,
    });
    let end = Instant::now() + Duration::from_secs(options.wait);
    // What must not come may come until the time is over.
    let is_bounded = options.exactly.is_some() || options.at_most.is_some();
    let verified = loop {
        let verified = verify(&gateway, &wish).await?;
        let may_change = match text(&verified["standing"]) {
            "waiting" => true,
            "met" => is_bounded,
            _ => false,
        };
        if !may_change || Instant::now() >= end {
            break verified;
        }
        tokio::time::sleep(ASK_EVERY).await;
    };
    if format == Format::Json {
        output::say_json(&verified)?;
    } else {
        say(&verified);
    }
    Ok(match text(&verified["standing"]) {
        "met" => Exit::Yes,
        "broken" => Exit::No,
        _ => Exit::Undecided,
    })
}

async fn verify(gateway: &ControlClient, wish: &Value) -> Result<Value, Failure> {
    let verified = gateway.post("/expectations/verify", wish).await;
    verified.map_err(refused)
}

fn say(verified: &Value) {
    output::say(format_args!(
        "{}: expected {}, found {}",
        text(&verified["standing"]),
        text(&verified["expected"]),
        verified["found"],
    ));
    if let Some(untold) = verified["untold"].as_u64().filter(|untold| *untold > 0) {
        output::say(format_args!(
            "{untold} more were turned away in a flood, of which the journal holds a sample: send fewer at once to count them"
        ));
    }
    for message in verified["messages"].as_array().into_iter().flatten() {
        tell(message);
    }
    for near in verified["near"].as_array().into_iter().flatten() {
        output::say("nearly:");
        tell(near);
        for differs in near["differs"].as_array().into_iter().flatten() {
            output::say(format_args!(
                "    {} is {:?}, asked for is {:?}",
                text(&differs["part"]),
                text(&differs["found"]),
                text(&differs["asked_for"]),
            ));
        }
    }
}

fn tell(message: &Value) {
    output::say(format_args!(
        "{}  {:<8} {:<8} {:<24} {:<45} {:<14} {} {}",
        text(&message["at"]),
        text(&message["outcome"]),
        text(&message["type"]),
        text(&message["sender"]),
        text(&message["service"]),
        text(&message["applicant"]),
        text(&message["message"]),
        text(&message["label"]),
    ));
}

/// The messages that came to the gateway.
pub(crate) async fn history(settings: &Settings, options: &History, format: Format) -> Outcome {
    let mut query = vec![format!("limit={}", options.limit)];
    let which = when(&options.which);
    let moments = [
        ("since", &options.which.since),
        ("until", &options.which.until),
    ];
    let pairs = which.as_object().into_iter().flatten();
    let pairs = pairs.filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)));
    let moments = moments
        .iter()
        .filter_map(|(key, value)| Some((*key, value.as_deref()?)));
    for (key, value) in pairs.chain(moments) {
        query.push(format!("{key}={}", escaped(value)));
    }
    let messages: Vec<Value> = running::control(&settings.data, Actor::Gateway)?
        .get(&format!("/history?{}", query.join("&")))
        .await
        .map_err(refused)?;
    if format == Format::Json {
        output::say_json(&messages)?;
    } else {
        messages.iter().for_each(tell);
    }
    Ok(Exit::Yes)
}

/// What a reset has done, and what it could not.
#[derive(Debug, Default)]
struct Cleared {
    done: Vec<Value>,
    failed: Vec<Value>,
    first: Option<ControlError>,
}

impl Cleared {
    fn note<T>(&mut self, actor: &str, what: &str, done: Result<T, ControlError>) {
        match done {
            Ok(_) => self.done.push(json!({ "actor": actor, "what": what })),
            Err(error) => {
                let why = error.to_string();
                let failed = json!({ "actor": actor, "what": what, "why": why });
                self.failed.push(failed);
                self.first.get_or_insert(error);
            }
        }
    }

    fn say(self, format: Format) -> Outcome {
        if self.done.is_empty()
            && let Some(error) = self.first
        {
            return Err(running::refused(error));
        }
        if format == Format::Json {
            output::say_json(&json!({ "reset": self.done, "failed": self.failed }))?;
        } else {
            for one in &self.done {
                let (actor, what) = (text(&one["actor"]), text(&one["what"]));
                output::say(format_args!("{actor}: no {what}"));
            }
            for one in &self.failed {
                output::say(format_args!(
                    "{}: {} as before: {}",
                    text(&one["actor"]),
                    text(&one["what"]),
                    text(&one["why"]),
                ));
            }
        }
        if self.failed.is_empty() {
            return Ok(Exit::Yes);
        }
        output::progress(
            "help: `qaqpa doctor` tells who is not up; start them again, or remove their files in DIR/actors",
        );
        Ok(Exit::No)
    }
}

/// Takes every stub, expectation and deliberate fault away, and counts from now on. Nothing that was received is deleted.
/// Who cannot be reached holds up nobody.
pub(crate) async fn reset(settings: &Settings, options: &Reset, format: Format) -> Outcome {
    let mut cleared = Cleared::default();
    let (data, none) = (settings.data.as_path(), json!({}));
    let posted = match ControlClient::of(data, Actor::Gateway) {
        Ok(gateway) => gateway.post::<_, Value>("/history/reset", &none).await,
        Err(error) => Err(error),
    };
    cleared.note("gateway", "expectations", posted);
    for actor in [Actor::Nca, Actor::Gateway] {
        // A rule is one process's own.
        for port in each(data, &actor.into()) {
            let gone = match port {
                Ok(port) => port.delete::<Value>("/mischief").await,
                Err(error) => Err(error),
            };
            match gone {
                // It knows no deliberate faults.
                Err(ControlError::Refused { label, .. }) if label == "not-found" => {}
                gone => cleared.note(actor.name(), "mischief", gone),
            }
        }
    }
    let regional = registry::names(data, Actor::RegionalGateway);
    for name in regional.map_err(Failure::own)? {
        for port in each(data, &name) {
            let set = match port {
                Ok(port) => without_stubs(&port, options.seed).await,
                Err(error) => Err(error),
            };
            cleared.note(&name.to_string(), "stubs", set);
        }
    }
    cleared.say(format)
}

async fn without_stubs(port: &ControlClient, seed: Option<u64>) -> Result<Value, ControlError> {
    let no_stubs = json!({ "seed": seed, "stubs": [] });
    port.put::<_, Value>("/stubs", &no_stubs).await?;
    port.post("/stubs/reset", &json!({})).await
}

/// The control port of every process of this name, or why there is none.
fn each(data: &Path, name: &ActorName) -> Vec<Result<ControlClient, ControlError>> {
    match ControlClient::of_each(data, name) {
        Ok(all) => all.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    }
}

fn when(which: &Which) -> Value {
    let mut when = json!({
        "type": which.kind.map(|kind| match kind {
            KindChoice::Notification => "NOTIFICATION",
            KindChoice::Request => "REQUEST",
            KindChoice::Response => "RESPONSE",
        }),
        "outcome": which.outcome.map(|outcome| match outcome {
            OutcomeChoice::Accepted => "accepted",
            OutcomeChoice::Any => "any",
            OutcomeChoice::Faulted => "faulted",
            OutcomeChoice::Refused => "refused",
            OutcomeChoice::Repeated => "repeated",
        }),
        "sender": which.sender,
        "service": which.service,
        "applicant": which.applicant,
        "application": which.application,
        "message": which.message,
        "correlation": which.correlation,
        "label": which.label,
    });
    if let Some(when) = when.as_object_mut() {
        when.retain(|_, value| !value.is_null());
    }
    when
}

/// A value as a query or a part of a path holds it (RFC 3986, section 2.1).
pub(super) fn escaped(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// What is malformed is the person's to mend.
fn refused(error: ControlError) -> Failure {
    match &error {
        ControlError::Refused { label, meaning, .. } if label == "expectation-malformed" => {
            Failure::usage(meaning).remedy("`qaqpa expect --help` says what can be asked")
        }
        _ => running::refused(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_that_reached_somebody_tells_both_and_is_a_no() {
        let gone = || Err::<(), _>(ControlError::Unregistered(Actor::Nca));
        let mut cleared = Cleared::default();
        cleared.note("gateway", "stubs", Ok(()));
        assert_eq!(cleared.say(Format::Text), Ok(Exit::Yes));
        let mut cleared = Cleared::default();
        cleared.note("nca", "mischief", gone());
        cleared.note("gateway", "stubs", Ok(()));
        assert_eq!(cleared.failed[0]["actor"], "nca");
        assert_eq!(cleared.say(Format::Text), Ok(Exit::No));
        let mut cleared = Cleared::default();
        cleared.note("nca", "mischief", gone());
        let failure = cleared.say(Format::Text).unwrap_err();
        assert!(
            failure
                .remedy
                .is_some_and(|remedy| remedy.contains("qaqpa up"))
        );
    }

    #[test]
    fn a_value_is_escaped_in_a_query() {
        assert_eq!(escaped("{a-1}@b+c d/ә"), "%7Ba-1%7D%40b%2Bc%20d%2F%D3%99");
    }
}
