//! `qaqpa scenario list|run|replay|conform`: stories of people and systems, played through public pages and channels; and what a
//! real system told.

mod conform;
mod protocol;
mod stage;

use std::path::Path;

use qaqpa_regulations::Catalogue;
use qaqpa_runner::{Endpoints, Played, Report, Scenario, ScenarioError, Stand, play};
use qaqpa_transport::{Clock, ClockState, files, paths};
use qaqpa_verdict::{Indication, Subject};
use qaqpa_xml::{Document, XmlLimits};
use serde_json::json;

use crate::cli::{Format, ScenarioCommand};
use crate::command::verify;
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;
use protocol::Sealed;
use stage::Stage;

/// Lists or plays scenarios.
pub(crate) async fn run(settings: &Settings, command: &ScenarioCommand, format: Format) -> Outcome {
    let catalogue = Catalogue::load_with(&settings.catalogue).map_err(Failure::usage)?;
    if let ScenarioCommand::Conform(options) = command {
        return conform::run(settings, &catalogue, options, format);
    }
    let scenarios = Scenario::embedded(&catalogue).map_err(Failure::own)?;
    match command {
        // Answered above, where no scenario is needed.
        ScenarioCommand::Conform(_) => Ok(Exit::Own),
        ScenarioCommand::Replay(options) => {
            protocol::replay(settings, catalogue, scenarios, options, format).await
        }
        ScenarioCommand::List => list(settings, &scenarios, format),
        ScenarioCommand::Run {
            ids,
            all,
            against,
            out,
        } => {
            let chosen = if *all {
                scenarios
            } else {
                choose(&scenarios, ids, &catalogue)?
            };
            let (stage, report) =
                Stage::play(settings, &catalogue, against.as_deref(), &chosen).await?;
            let sealed = match out {
                Some(_) => Some(protocol::seal(&report, &stage).await?),
                None => None,
            };
            stage.clear().await;
            if let Some((folder, sealed)) = out.as_ref().zip(sealed) {
                keep(&report, sealed, &catalogue, folder, settings)?;
            }
            match format {
                Format::Json => output::say_json(&report.json())?,
                Format::Junit => output::say(report.junit()),
                Format::Html => output::say(report.html(&catalogue, settings.lang)),
                _ => output::say(report.text(settings.lang)),
            }
            Ok(if report.ok() { Exit::Yes } else { Exit::No })
        }
    }
}

fn list(settings: &Settings, scenarios: &[Scenario], format: Format) -> Outcome {
    if format == Format::Json {
        let all: Vec<_> = scenarios
            .iter()
            .map(|one| {
                json!({
                    "id": one.id, "title": one.title.get(settings.lang), "service": one.service.to_string(),
                    "channel": one.channel.as_str(), "path": one.expect.path,
                    "label": one.expect.label.map(|label| label.as_str()),
                })
            })
            .collect();
        output::say_json(&all)?;
        return Ok(Exit::Yes);
    }
    for one in scenarios {
        let label = one.expect.label.map_or("", |label| label.as_str());
        output::say(format_args!(
            "{:<36} {:<28} {}",
            one.id,
            label,
            one.title.get(settings.lang)
        ));
    }
    Ok(Exit::Yes)
}

/// Those that are built in by their ids, and those of files and folders by their paths.
fn choose(
    scenarios: &[Scenario],
    wanted: &[String],
    catalogue: &Catalogue,
) -> Result<Vec<Scenario>, Failure> {
    let mut chosen = Vec::new();
    for one in wanted {
        let path = Path::new(one);
        if let Some(known) = scenarios.iter().find(|known| known.id == *one) {
            chosen.push(known.clone());
        } else if path.is_dir() {
            chosen.extend(Scenario::of_folder(path, catalogue).map_err(malformed)?);
        } else if path.exists() || path.extension().is_some_and(|end| end == "toml") {
            chosen.extend(Scenario::of_file(path, catalogue).map_err(malformed)?);
        } else {
            return Err(Failure::usage(format!("no scenario {one:?}")).remedy(
                "`qaqpa scenario list` shows them; a file or a folder is named by its path",
            ));
        }
    }
    Ok(chosen)
}

fn malformed(error: ScenarioError) -> Failure {
    Failure::usage(error).remedy("docs/schema/scenario-file.schema.json says what a scenario may have; an editor that knows it helps to write one")
}

/// Writes the reports, and the protocol with its seal. Without a seal they are written all the same, and that is told.
fn keep(
    report: &Report,
    sealed: Sealed,
    catalogue: &Catalogue,
    folder: &Path,
    settings: &Settings,
) -> Result<(), Failure> {
    let wrong =
        |error: std::io::Error| Failure::usage(format!("--out {}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(wrong)?;
    let json = serde_json::to_string_pretty(&report.json()).map_err(Failure::own)?;
    for (name, text) in [
        ("report.txt", report.text(settings.lang)),
        ("report.json", json),
        ("report.junit.xml", report.junit()),
        ("report.html", report.html(catalogue, settings.lang)),
    ] {
        std::fs::write(folder.join(name), text).map_err(wrong)?;
    }
    let seal = folder.join(protocol::SEAL);
    std::fs::write(folder.join(protocol::FILE), sealed.protocol.bytes()).map_err(wrong)?;
    match sealed.token {
        Ok(token) => std::fs::write(seal, token).map_err(wrong),
        Err(failure) => {
            // One of an earlier run would be over other bytes.
            std::fs::remove_file(seal).ok();
            Err(failure)
        }
    }
}

/// Plays one scenario for `up --play`: shows the path, keeps the signed document, and verifies it.
pub(crate) async fn play_and_keep_document(
    settings: &Settings,
    endpoints: &Endpoints,
    id: &str,
    format: Format,
) -> Outcome {
    let catalogue = Catalogue::load_with(&settings.catalogue).map_err(Failure::usage)?;
    let scenarios = Scenario::embedded(&catalogue).map_err(Failure::own)?;
    let scenario = choose(&scenarios, std::slice::from_ref(&id.to_owned()), &catalogue)?.remove(0);
    let stand = Stand::new(endpoints.clone(), catalogue, settings.lang).map_err(Failure::no)?;
    let played = play(&stand, &scenario).await;
    if format == Format::Json {
        output::say_json(&Report::new(stand.catalogue(), vec![played.clone()]).json())?;
    }
    for difference in &played.differences {
        output::progress(format_args!("    {difference}"));
    }
    output::say(played.path());
    let verified = match &played.document {
        None => true,
        Some(document) => keep_document(settings, &played, document).await?,
    };
    Ok(if played.ok() && verified {
        Exit::Yes
    } else {
        Exit::No
    })
}

async fn keep_document(
    settings: &Settings,
    played: &Played,
    document: &[u8],
) -> Result<bool, Failure> {
    let name: String = played
        .seen
        .message
        .as_ref()
        .map(|id| {
            id.as_str()
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
                .collect()
        })
        .unwrap_or_else(|| "document".to_owned());
    let folder = paths::documents(&settings.data);
    files::create_private_dir(&folder).map_err(Failure::own)?;
    let path = folder.join(format!("{name}.xml"));
    files::write_private(&path, document).map_err(Failure::own)?;
    let clock = Clock::with_offset(
        ClockState::load(&settings.data)
            .map_err(Failure::own)?
            .offset_ms,
    );
    let now = clock.now();
    let trust = paths::trust_signature(&settings.data);
    let examiner = verify::examiner(&settings.data, &trust, settings.limits, clock)?;
    let tree = Document::parse(document, &XmlLimits::default()).map_err(Failure::no)?;
    let (verdict, _) = examiner.examine(Subject::Document(&tree), now).await;
    output::say(format_args!("document: {}", path.display()));
    let passed = verdict.indication == Indication::TotalPassed;
    output::say(format_args!(
        "verdict: {}",
        if passed {
            "TOTAL-PASSED".to_owned()
        } else {
            verdict.to_text()
        }
    ));
    Ok(passed)
}
