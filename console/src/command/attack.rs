//! `qaqpa attack list|run`: the corpus of attacks, against ourselves or another verifier.

use std::path::Path;

use qaqpa_model::Moment;
use qaqpa_regulations::Catalogue;
use qaqpa_runner::attack::{
    self, AttackError, Case, Level, Ran, Report, Target, Verifier, run_against, run_case,
};
use qaqpa_runner::forge::World;
use qaqpa_runner::{Endpoints, Stand};
use qaqpa_transport::{ClientLimits, Clock, HttpClient, files};
use serde_json::json;

use crate::cli::{AttackChoice, AttackCommand, AttackRun, Format};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{laboratory, output};

/// Lists or runs the corpus.
pub(crate) async fn run(settings: &Settings, command: &AttackCommand, format: Format) -> Outcome {
    match command {
        AttackCommand::List(choice) => list(&chosen(choice)?, format),
        AttackCommand::Run(options) => {
            let report = report(settings, options).await?;
            let shown = match format {
                Format::Json => pretty(&report.json())?,
                Format::Sarif => pretty(&report.sarif())?,
                Format::Junit => report.junit(),
                // What is of other commands only was refused before.
                _ => report.text(),
            };
            match &options.out {
                None => output::say(shown.trim_end()),
                Some(file) => std::fs::write(file, shown).map_err(|error| {
                    Failure::usage(format!("--out {}: {error}", file.display()))
                })?,
            }
            Ok(if report.ok() { Exit::Yes } else { Exit::No })
        }
    }
}

fn pretty(value: &serde_json::Value) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map_err(Failure::own)
}

fn list(cases: &[Case], format: Format) -> Outcome {
    if format == Format::Json {
        let all: Vec<_> = cases
            .iter()
            .map(|case| {
                json!({
                    "id": case.id, "family": case.family, "classes": case.classes, "title": case.title,
                    "expected": case.expect.verdict.as_str(), "label": case.expect.label,
                    "level": match case.level { Level::Verdict => "verdict", Level::Gateway => "gateway" },
                })
            })
            .collect();
        output::say_json(&all)?;
        return Ok(Exit::Yes);
    }
    for case in cases {
        let label = case.expect.label.as_deref().unwrap_or("(accepted)");
        output::say(format_args!(
            "{:<17} {:<36} {label:<29} {}",
            case.family, case.id, case.title
        ));
    }
    Ok(Exit::Yes)
}

fn chosen(choice: &AttackChoice) -> Result<Vec<Case>, Failure> {
    let all = match &choice.corpus {
        None => attack::corpus().map_err(Failure::own)?,
        Some(folder) => attack::read(folder).map_err(Failure::usage)?,
    };
    if let Some(unknown) = choice
        .cases
        .iter()
        .find(|id| all.iter().all(|case| case.id != **id))
    {
        return Err(
            Failure::usage(format!("no case {unknown:?}")).remedy("`qaqpa attack list` shows them")
        );
    }
    let cases: Vec<_> = all
        .into_iter()
        .filter(|case| {
            choice
                .family
                .as_ref()
                .is_none_or(|family| *family == case.family)
        })
        .filter(|case| choice.cases.is_empty() || choice.cases.contains(&case.id))
        .collect();
    if cases.is_empty() {
        return Err(
            Failure::usage("no case of that family").remedy("`qaqpa attack list` shows them")
        );
    }
    Ok(cases)
}

async fn report(settings: &Settings, options: &AttackRun) -> Result<Report, Failure> {
    let cases = chosen(&options.choice)?;
    if let Some(endpoints) = &options.against {
        return against(settings, endpoints, &cases).await;
    }
    let verifier = match (&options.http, &options.command) {
        (Some(url), _) => {
            let client = HttpClient::plain(ClientLimits::default());
            Verifier::Http(url.clone(), Box::new(client))
        }
        (None, Some(line)) => Verifier::Command {
            line: line.clone(),
            time_max: attack::COMMAND_TIME_MAX,
        },
        (None, None) => return ourselves(options, &cases),
    };
    let now = Clock::with_offset(0).now();
    let world = world(options, now)?;
    let folder = std::env::temp_dir().join(format!("qaqpa-attack-{}", uuid::Uuid::new_v4()));
    files::create_private_dir(&folder).map_err(Failure::own)?;
    let mut ran = Vec::new();
    for case in &cases {
        let one = verifier.run(&world, case, &folder).await;
        ran.push(one.map_err(|error| failed(case, &error, Failure::usage))?);
    }
    std::fs::remove_dir_all(&folder).ok();
    Ok(Report {
        verifier: options
            .http
            .clone()
            .or(options.command.clone())
            .unwrap_or_default(),
        ran,
    })
}

/// A case that cannot be built is our own fault; one that cannot be asked about is the verifier's, or of how it was named.
fn failed(case: &Case, error: &AttackError, asking: fn(String) -> Failure) -> Failure {
    let said = format!("{}: {error}", case.id);
    match error {
        AttackError::Asking(_) => asking(said),
        AttackError::Forge(_) => Failure::own(said),
    }
}

/// The world of the corpus; where its keys are kept, its root is written beside them.
fn world(options: &AttackRun, noon: Moment) -> Result<World, Failure> {
    let Some(folder) = &options.world else {
        return Ok(World::new(noon));
    };
    files::create_private_dir(folder).map_err(Failure::usage)?;
    let world = World::kept_in(folder.clone(), noon);
    let trust = world.trust_pem().map_err(Failure::own)?;
    write(&folder.join("trust.pem"), trust.as_bytes())?;
    Ok(world)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes)
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

fn ourselves(options: &AttackRun, cases: &[Case]) -> Result<Report, Failure> {
    let world = match &options.world {
        None => World::of_the_corpus(),
        Some(_) => world(options, Clock::with_offset(0).now())?,
    };
    let mut ran = Vec::new();
    for case in cases {
        let failed = |error| Failure::own(format!("{}: {error}", case.id));
        if let (Some(folder), Level::Verdict) = (&options.keep, case.level) {
            let forged = world.forge(&case.build).map_err(failed)?;
            std::fs::create_dir_all(folder).map_err(Failure::usage)?;
            let kind = kind_of(&forged.bytes);
            write(&folder.join(format!("{}.{kind}", case.id)), &forged.bytes)?;
            let capsule = forged.capsule().map_err(failed)?.to_json();
            write(
                &folder.join(format!("{}.capsule.json", case.id)),
                capsule.as_bytes(),
            )?;
        }
        ran.push(run_case(&world, case).map_err(failed)?);
    }
    Ok(Report {
        verifier: laboratory::named("qaqpa, in this process"),
        ran,
    })
}

/// The end of a file's name: messages and certificates are DER, and all else was made of a document.
fn kind_of(bytes: &[u8]) -> &'static str {
    const SEQUENCE: u8 = 0x30;
    match bytes.first() {
        Some(&SEQUENCE) => "der",
        _ => "xml",
    }
}

async fn against(settings: &Settings, file: &Path, cases: &[Case]) -> Result<Report, Failure> {
    let endpoints = Endpoints::read(file).map_err(Failure::usage)?;
    let verifier = endpoints.gateway.sync.clone();
    let catalogue = Catalogue::load_with(&settings.catalogue).map_err(Failure::usage)?;
    let stand = Stand::new(endpoints, catalogue, settings.lang).map_err(Failure::no)?;
    let target = Target::new(&stand);
    let mut ran: Vec<Ran> = Vec::new();
    for case in cases {
        let one = run_against(&target, case).await;
        ran.push(one.map_err(|error| failed(case, &error, Failure::no))?);
    }
    Ok(Report { verifier, ran })
}
