//! `qaqpa stub …`: applications that are answered without a person.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use qaqpa_model::{Actor, ActorName};
use qaqpa_regional_gateway::stubs::written::{AnswerKind, WrittenStub, WrittenWhen};
use qaqpa_transport::ControlClient;
use serde_json::Value;

use super::clock::read_period;
use super::journal::{actor_named, control, text};
use crate::cli::{Format, StubAdd, StubAt, StubCommand};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{output, running};

/// Shows or changes the stubs of a regional gateway.
pub(crate) async fn run(settings: &Settings, command: &StubCommand, format: Format) -> Outcome {
    match command {
        StubCommand::Add(options) => add(settings, options, format).await,
        StubCommand::List(at) => list(settings, at, format).await,
        StubCommand::Misses(at) => misses(settings, at, format).await,
        StubCommand::Places(at) => places(settings, at, format).await,
        StubCommand::Remove(options) => {
            let path = match &options.id {
                Some(id) => format!("/stubs/{id}"),
                None => "/stubs".to_owned(),
            };
            let left = of(settings, &options.at)?.delete(&path).await;
            show(&left.map_err(running::refused)?, format)
        }
    }
}

async fn add(settings: &Settings, options: &StubAdd, format: Format) -> Outcome {
    let stub = match &options.file {
        Some(file) => read(file)?,
        None => written(options)?,
    };
    let added: Value = of(settings, &options.at)?
        .post("/stubs", &stub)
        .await
        .map_err(running::refused)?;
    if format == Format::Json {
        output::say_json(&added)?;
    } else {
        tell(&added);
    }
    Ok(Exit::Yes)
}

async fn list(settings: &Settings, at: &StubAt, format: Format) -> Outcome {
    let stubs = of(settings, at)?.get("/stubs").await;
    show(&stubs.map_err(running::refused)?, format)
}

fn show(stubs: &Value, format: Format) -> Outcome {
    if format == Format::Json {
        output::say_json(stubs)?;
        return Ok(Exit::Yes);
    }
    let all = stubs["stubs"].as_array().map_or(&[][..], Vec::as_slice);
    if all.is_empty() {
        output::say("no stubs: people answer every application");
    }
    all.iter().for_each(tell);
    Ok(Exit::Yes)
}

fn tell(stub: &Value) {
    let mut conditions = Vec::new();
    if let Some(when) = stub["when"].as_object() {
        for (name, value) in when {
            match value {
                Value::Object(pairs) => conditions.extend(
                    pairs
                        .iter()
                        .map(|(key, value)| format!("{name}.{key}={}", text(value))),
                ),
                value => conditions.push(format!("{name}={}", text(value))),
            }
        }
    }
    let times = match stub["times"].as_u64() {
        Some(times) => format!("{} of {times}", stub["answered"]),
        None => stub["answered"].to_string(),
    };
    output::say(format_args!(
        "{:<20} {:<7} {:<45} priority {:<4} answered {times}  {}",
        text(&stub["id"]),
        text(&stub["answer"]),
        stub["service"].as_str().unwrap_or("every service"),
        stub["priority"].as_i64().unwrap_or_default(),
        conditions.join(" "),
    ));
}

async fn misses(settings: &Settings, at: &StubAt, format: Format) -> Outcome {
    let misses: Vec<Value> = of(settings, at)?
        .get("/stubs/misses")
        .await
        .map_err(running::refused)?;
    if format == Format::Json {
        output::say_json(&misses)?;
        return Ok(Exit::Yes);
    }
    if misses.is_empty() {
        output::say("no application has missed the stubs");
    }
    for miss in &misses {
        output::say(format_args!(
            "{}  {}  {}",
            text(&miss["at"]),
            text(&miss["message"]),
            text(&miss["service"])
        ));
        for near in miss["nearest"].as_array().into_iter().flatten() {
            let stub = text(&near["stub"]);
            if near["used_up"] == true {
                output::say(format_args!("  {stub}: has answered as often as it may"));
            }
            for differs in near["differs"].as_array().into_iter().flatten() {
                output::say(format_args!(
                    "  {stub}: {} is {:?}, asked for is {:?}",
                    text(&differs["part"]),
                    text(&differs["found"]),
                    text(&differs["asked_for"])
                ));
            }
        }
    }
    Ok(Exit::Yes)
}

async fn places(settings: &Settings, at: &StubAt, format: Format) -> Outcome {
    let places: Vec<Value> = of(settings, at)?
        .get("/stubs/places")
        .await
        .map_err(running::refused)?;
    if format == Format::Json {
        output::say_json(&places)?;
        return Ok(Exit::Yes);
    }
    for place in &places {
        let name = format!("{{{{{}}}}}", text(&place["place"]));
        output::say(format_args!("{name:<28} {}", text(&place["meaning"])));
    }
    Ok(Exit::Yes)
}

/// The control port of that regional gateway.
fn of(settings: &Settings, at: &StubAt) -> Result<ControlClient, Failure> {
    let actor: ActorName = actor_named(&at.actor)?;
    if actor.actor() != Actor::RegionalGateway {
        return Err(Failure::usage(format!("{actor} answers no applications"))
            .remedy("regional-gateway, or one of a region: regional-gateway.taraz"));
    }
    control(settings, &actor)
}

fn written(options: &StubAdd) -> Result<WrittenStub, Failure> {
    let map = |pairs: &[(String, String)]| pairs.iter().cloned().collect::<BTreeMap<_, _>>();
    let delay = options.delay.as_deref().map(read_period).transpose()?;
    let delay_ms = delay.map(|delay| u64::try_from(delay.as_millis()));
    Ok(WrittenStub {
        id: options.id.clone(),
        service: options.service.clone(),
        when: WrittenWhen {
            channel: options.channel.clone(),
            sender: options.sender.clone(),
            applicant: options.applicant.clone(),
            submitter: options.submitter.clone(),
            organisation: options.organisation.clone(),
            form: map(&options.form),
            property: map(&options.property),
        },
        answer: match (&options.refuse, options.leave) {
            (Some(_), _) => AnswerKind::Refuse,
            (None, true) => AnswerKind::Leave,
            (None, false) => AnswerKind::Grant,
        },
        content: map(&options.set),
        ground: options.refuse.clone().filter(|ground| !ground.is_empty()),
        comment: options.comment.clone(),
        signer: options.signer.clone(),
        priority: options.priority,
        times: options.times,
        delay_ms: delay_ms.transpose().map_err(Failure::usage)?,
    })
}

fn read(file: &Path) -> Result<WrittenStub, Failure> {
    let unreadable = |error: std::io::Error| Failure::usage(format!("{}: {error}", file.display()));
    let text = if file == Path::new("-") {
        let mut text = String::new();
        let read = std::io::stdin().lock().read_to_string(&mut text);
        read.map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    serde_json::from_str(&text.map_err(unreadable)?).map_err(|error| {
        Failure::usage(format!("{}: {error}", file.display()))
            .remedy("docs/schema/stub.schema.json says what a stub is")
    })
}
