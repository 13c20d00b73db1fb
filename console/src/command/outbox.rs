//! `qaqpa outbox …`: what the actors have to deliver, and what of it stopped.

use http::StatusCode;
use qaqpa_channel::outbox::control::ResendOrder;
use qaqpa_model::{Actor, ActorName};
use qaqpa_transport::{ControlError, registry};
use serde_json::{Value, json};

use super::journal::{actor_named, control, text};
use crate::cli::{Format, OutboxCommand, OutboxResend};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{output, running};

/// The actors that send: the others have no outbox.
const SENDERS: [Actor; 3] = [Actor::Gateway, Actor::RegionalGateway, Actor::Portal];

/// Seconds that a resending of everything may take.
const SECONDS_MAX: u64 = 15 * 60;

/// Shows the outboxes of the running simulator, or resends what stopped.
pub(crate) async fn run(settings: &Settings, command: &OutboxCommand, format: Format) -> Outcome {
    match command {
        OutboxCommand::List {
            actor,
            stopped,
            limit,
        } => list(settings, actor.as_deref(), *stopped, *limit, format).await,
        OutboxCommand::Resend(OutboxResend { id: Some(id), .. }) => {
            resend(settings, id, format).await
        }
        OutboxCommand::Resend(options) => resend_all(settings, options, format).await,
    }
}

async fn list(
    settings: &Settings,
    actor: Option<&str>,
    stopped: bool,
    limit: u32,
    format: Format,
) -> Outcome {
    let mut path = format!("/outbox?limit={limit}");
    if stopped {
        path.push_str("&state=stopped");
    }
    let mut entries = Vec::new();
    for actor in senders(settings, actor)? {
        let found: Value = control(settings, &actor)?
            .get(&path)
            .await
            .map_err(running::refused)?;
        entries.extend(named(&actor, &found));
    }
    if format == Format::Json {
        output::say_json(&entries)?;
        return Ok(Exit::Yes);
    }
    for entry in &entries {
        tell(entry);
    }
    Ok(Exit::Yes)
}

async fn resend(settings: &Settings, id: &str, format: Format) -> Outcome {
    let (actor, number) = entry_named(id)?;
    let answer: Value = control(settings, &actor)?
        .post(&format!("/outbox/{number}/resend"), &json!({}))
        .await
        .map_err(|error| match error {
            ControlError::Refused {
                status, meaning, ..
            } if status == StatusCode::NOT_FOUND || status == StatusCode::CONFLICT => {
                Failure::no(format!("{id}: {meaning}"))
                    .remedy("`qaqpa outbox list --stopped` shows what can be resent")
            }
            other => running::refused(other),
        })?;
    let resent = named(&actor, &answer["resent"]);
    say_resent(&resent, &[], &[], format)
}

/// Exit 0, or 2 where an actor could not be asked: what was resent of the others is told all the same.
async fn resend_all(settings: &Settings, options: &OutboxResend, format: Format) -> Outcome {
    let order = ResendOrder {
        destination: options.destination.clone(),
    };
    let (mut resent, mut ended, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for actor in senders(settings, options.actor.as_deref())? {
        let asked = match control(settings, &actor) {
            Ok(control) => {
                let control = control.waiting(SECONDS_MAX);
                let answer = control.post::<_, Value>("/outbox/resend", &order).await;
                answer.map_err(running::refused)
            }
            Err(failure) => Err(failure),
        };
        match asked {
            Ok(answer) => {
                resent.extend(named(&actor, &answer["resent"]));
                ended.extend(named(&actor, &answer["ended"]));
            }
            Err(failure) => {
                failed.push(json!({ "actor": actor.to_string(), "why": failure.message }));
            }
        }
    }
    say_resent(&resent, &ended, &failed, format)
}

fn say_resent(resent: &[Value], ended: &[Value], failed: &[Value], format: Format) -> Outcome {
    if format == Format::Json {
        output::say_json(&json!({ "resent": resent, "ended": ended, "failed": failed }))?;
    } else {
        for entry in resent {
            output::say(format_args!(
                "{}: on its way again to {}: {}",
                text(&entry["id"]),
                text(&entry["destination"]),
                text(&entry["message"]),
            ));
        }
        for entry in ended {
            output::say(format_args!(
                "{}: not resent: the application has its final status, and its applicant was told",
                text(&entry["id"]),
            ));
        }
        for actor in failed {
            output::say(format_args!(
                "{}: not asked: {}",
                text(&actor["actor"]),
                text(&actor["why"]),
            ));
        }
        if resent.is_empty() && ended.is_empty() && failed.is_empty() {
            output::say("nothing has stopped");
        }
    }
    Ok(if failed.is_empty() {
        Exit::Yes
    } else {
        Exit::Undecided
    })
}

fn tell(entry: &Value) {
    output::say(format_args!(
        "{:<20} {:<8} {:>5}  {}  {:<30} {:<40} {}",
        text(&entry["id"]),
        match text(&entry["state"]) {
            "parked" => "stopped",
            other => other,
        },
        entry["attempts"],
        entry["concluded"]
            .as_str()
            .unwrap_or_else(|| text(&entry["due"])),
        text(&entry["destination"]),
        text(&entry["message"]),
        text(&entry["why"]),
    ));
}

/// The entries with `ACTOR:NUMBER` for their number.
fn named(actor: &ActorName, entries: &Value) -> Vec<Value> {
    let entries = entries.as_array().into_iter().flatten();
    entries
        .map(|entry| {
            let mut entry = entry.clone();
            entry["id"] = json!(format!("{actor}:{}", entry["id"]));
            entry
        })
        .collect()
}

/// `ACTOR:NUMBER`.
fn entry_named(id: &str) -> Result<(ActorName, u32), Failure> {
    let wrong = || {
        Failure::usage(format!("{id:?} is not ACTOR:NUMBER"))
            .remedy("`qaqpa outbox list --stopped` shows the ids")
    };
    let (actor, number) = id.split_once(':').ok_or_else(wrong)?;
    let number = number.parse().map_err(|_| wrong())?;
    Ok((sender_named(actor)?, number))
}

fn sender_named(name: &str) -> Result<ActorName, Failure> {
    let actor = actor_named(name)?;
    if SENDERS.contains(&actor.actor()) {
        return Ok(actor);
    }
    Err(Failure::usage(format!("{actor} has no outbox"))
        .remedy("gateway, regional-gateway (or one of a region: regional-gateway.taraz), portal"))
}

/// That actor, or all that are registered.
fn senders(settings: &Settings, name: Option<&str>) -> Result<Vec<ActorName>, Failure> {
    if let Some(name) = name {
        return Ok(vec![sender_named(name)?]);
    }
    let mut senders = Vec::new();
    for actor in SENDERS {
        senders.extend(registry::names(&settings.data, actor).map_err(Failure::own)?);
    }
    if senders.is_empty() {
        return Err(
            Failure::no(format!("no actor runs in {}", settings.data.display()))
                .remedy("start a simulator with `qaqpa up`, or name its folder with --data DIR"),
        );
    }
    Ok(senders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_named_by_an_actor_that_sends_and_a_number() {
        let (actor, number) = entry_named("gateway:7").unwrap();
        assert_eq!((actor.actor(), number), (Actor::Gateway, 7));
        let (actor, number) = entry_named("regional-gateway.taraz:12").unwrap();
        assert_eq!(
            (actor.to_string().as_str(), number),
            ("regional-gateway.taraz", 12)
        );
        for wrong in [
            "7",
            "gateway",
            "gateway:",
            "gateway:-1",
            "nobody:1",
            "nca:1",
            "console:1",
        ] {
            assert_eq!(entry_named(wrong).unwrap_err().exit, Exit::Usage, "{wrong}");
        }
    }
}
