//! The simulators that scenarios are played against.
//!
//! Stories are played one after the other, and give the stage back as they found it. A clock that went on cannot be given back: such a
//! story has a simulator of its own, or, with `--against`, that one between a snapshot and its return.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use qaqpa_model::Lang;
use qaqpa_regulations::Catalogue;
use qaqpa_runner::{Endpoints, Played, Report, Scenario, Stand, play, report};
use qaqpa_transport::{StoreChoice, files, paths};

use crate::command::{one_actor, snapshot, up};
use crate::exit::Failure;
use crate::output;
use crate::settings::Settings;
use crate::simulator::Simulator;

/// A simulator that scenarios are played against.
pub(super) struct Stage {
    pub(super) stand: Stand,
    /// The data folder in which it runs.
    pub(super) data: PathBuf,
    lang: Lang,
    /// The one that was started for this.
    own: Option<Simulator>,
}

impl Stage {
    /// Plays these, each where it may be played, and tells of each. Gives back the simulator of those that need none of their own: it
    /// is the one that is named, or runs in the data folder; else one is started.
    pub(super) async fn play(
        settings: &Settings,
        catalogue: &Catalogue,
        against: Option<&Path>,
        scenarios: &[Scenario],
    ) -> Result<(Self, Report), Failure> {
        let mut played = BTreeMap::new();
        let of = |apart: bool| {
            let all = scenarios.iter().enumerate();
            all.filter(move |(_, one)| one.moves_the_clock() == apart)
        };
        for (place, scenario) in of(true) {
            let one = match against {
                None => aside(settings, catalogue, scenario).await?,
                Some(file) => between(settings, catalogue, file, scenario).await?,
            };
            played.insert(place, told(one, settings.lang));
        }
        let stage = Self::set(settings, catalogue, against).await?;
        for (place, scenario) in of(false) {
            let one = play(&stage.stand, scenario).await;
            played.insert(place, told(one, stage.lang));
        }
        let report = Report::new(stage.stand.catalogue(), played.into_values().collect());
        Ok((stage, report))
    }

    async fn set(
        settings: &Settings,
        catalogue: &Catalogue,
        against: Option<&Path>,
    ) -> Result<Self, Failure> {
        let file = against.map_or_else(|| paths::endpoints(&settings.data), PathBuf::from);
        let (endpoints, own) = match Endpoints::read(&file) {
            Ok(endpoints) => (endpoints, None),
            Err(error) if against.is_some() => return Err(Failure::usage(error)),
            Err(_) => {
                output::progress(
                    "==> nothing runs in this data folder: starting a simulator for this run",
                );
                let (endpoints, simulator) = started(settings).await?;
                (endpoints, Some(simulator))
            }
        };
        let stand = Stand::new(endpoints, catalogue.clone(), settings.lang);
        Ok(Self {
            stand: stand.map_err(Failure::no)?,
            data: folder_of(&file),
            lang: settings.lang,
            own,
        })
    }

    /// Stops what was started for this.
    pub(super) async fn clear(self) {
        if let Some(simulator) = self.own {
            simulator.stop().await;
        }
    }
}

/// Shows what came of a story.
fn told(one: Played, lang: Lang) -> Played {
    output::progress(report::story(&one, lang).trim_end());
    one
}

async fn started(settings: &Settings) -> Result<(Endpoints, Simulator), Failure> {
    let simulator = Simulator::start(settings, |_| {})
        .await
        .map_err(one_actor::could_not_start)?;
    match up::wait_for_endpoints(settings).await {
        Ok(endpoints) => Ok((endpoints, simulator)),
        Err(failure) => {
            simulator.stop().await;
            Err(failure)
        }
    }
}

/// Plays one story against a simulator of its own, of which nothing is left.
async fn aside(
    settings: &Settings,
    catalogue: &Catalogue,
    scenario: &Scenario,
) -> Result<Played, Failure> {
    output::progress(format_args!(
        "==> {} moves the clock: starting a simulator of its own",
        scenario.id
    ));
    let name = format!("qaqpa-scenario-{}", uuid::Uuid::new_v4().simple());
    let folder = std::env::temp_dir().join(name);
    files::create_private_dir(&folder).map_err(Failure::own)?;
    let own = Settings {
        data: folder.clone(),
        port_base: 0,
        store: StoreChoice::default(),
        ..settings.clone()
    };
    let played = match started(&own).await {
        Ok((endpoints, simulator)) => {
            let played = on(endpoints, settings, catalogue, scenario).await;
            simulator.stop().await;
            played
        }
        Err(failure) => Err(failure),
    };
    std::fs::remove_dir_all(&folder).ok();
    played
}

/// Plays one story against a running simulator, and brings it back to where it was before.
async fn between(
    settings: &Settings,
    catalogue: &Catalogue,
    file: &Path,
    scenario: &Scenario,
) -> Result<Played, Failure> {
    output::progress(format_args!(
        "==> {} moves the clock: the simulator is brought back to where it is now afterwards",
        scenario.id
    ));
    let data = folder_of(file);
    let name = format!("scenario-{}", uuid::Uuid::new_v4().simple());
    snapshot::save(&data, &name).await?;
    let endpoints = Endpoints::read(file).map_err(Failure::usage)?;
    let played = on(endpoints, settings, catalogue, scenario).await;
    snapshot::restore(&data, &name).await?;
    snapshot::remove(&data, &name)?;
    played
}

/// Plays one story against the simulator of these addresses.
async fn on(
    endpoints: Endpoints,
    settings: &Settings,
    catalogue: &Catalogue,
    scenario: &Scenario,
) -> Result<Played, Failure> {
    let stand = Stand::new(endpoints, catalogue.clone(), settings.lang).map_err(Failure::no)?;
    Ok(play(&stand, scenario).await)
}

fn folder_of(endpoints: &Path) -> PathBuf {
    endpoints.parent().map_or_else(PathBuf::new, Path::to_owned)
}
