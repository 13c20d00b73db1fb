//! `qaqpa snapshot …`: the whole state of the simulator under a name.

use std::path::Path;
use std::time::Duration;

use crate::cli::{Format, SnapshotCommand};
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;
use crate::snapshot::folder::{self, Volatile};
use crate::snapshot::keeper::blocking;
use crate::snapshot::order::{self, Act, Order};
use crate::snapshot::shelf::{self, Listed, Manifest};
use crate::snapshot::still::Still;
use crate::snapshot::stores::can_start;
use crate::snapshot::{Name, SnapshotError, change};

/// How long a running simulator may take to stop, copy and come up again.
const LONGEST: Duration = Duration::from_secs(600);

/// How long another process may take to finish what was cut short, and how often is looked.
const FINISHED_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Makes, brings back, lists or deletes snapshots.
pub(crate) async fn run(settings: &Settings, command: &SnapshotCommand, format: Format) -> Outcome {
    let data = settings.data.as_path();
    if !data.is_dir() {
        return Err(
            Failure::no(format!("there is no folder {}", data.display()))
                .remedy("start a simulator with `qaqpa up`, or name its folder with --data DIR"),
        );
    }
    match command {
        SnapshotCommand::Save { name } => {
            let manifest = work(data, Act::Save, name).await?;
            say(&[Listed::Whole(manifest)], format)
        }
        SnapshotCommand::Restore { name } => {
            let manifest = work(data, Act::Restore, name).await?;
            say(&[Listed::Whole(manifest)], format)
        }
        SnapshotCommand::List => say(&shelf::list(data).map_err(failure)?, format),
        SnapshotCommand::Remove { name } => {
            remove(data, name)?;
            if format == Format::Json {
                output::say_json(&serde_json::json!({ "removed": name }))?;
            } else {
                output::say(format_args!("{name}: removed"));
            }
            Ok(Exit::Yes)
        }
    }
}

/// Keeps the whole state of the simulator of this folder under a name; one that runs stops for it, and comes up again.
pub(in crate::command) async fn save(data: &Path, name: &str) -> Result<(), Failure> {
    work(data, Act::Save, name).await.map(drop)
}

/// Brings it back to that state, likewise.
pub(in crate::command) async fn restore(data: &Path, name: &str) -> Result<(), Failure> {
    work(data, Act::Restore, name).await.map(drop)
}

/// Deletes what was kept under a name.
pub(in crate::command) fn remove(data: &Path, name: &str) -> Result<(), Failure> {
    let name = Name::parse(name).map_err(failure)?;
    shelf::remove(data, &name).map_err(failure)
}

async fn work(data: &Path, act: Act, name: &str) -> Result<Manifest, Failure> {
    let name = Name::parse(name).map_err(failure)?;
    let (folder, named) = (data.to_owned(), name.clone());
    let done = blocking(move || {
        let still = Still::of(&folder)?;
        change::finish(&folder, &still)?;
        change::sweep(&folder);
        match act {
            // Nobody is up: nothing is set by hand.
            Act::Save => folder::save(&folder, &named, Volatile::default(), &still),
            Act::Restore => {
                let manifest = folder::restore(&folder, &named, can_start, &still)?;
                change::keep(&folder)?;
                Ok(manifest)
            }
        }
    });
    match done.await {
        Err(SnapshotError::Running(_)) if order::is_served(data) => ask(data, act, &name).await,
        done => done.map_err(failure),
    }
}

/// Finishes the change of state that was killed in the midst of it, before anybody starts with half of it.
///
/// # Errors
/// Why it cannot be finished, with the remedy.
pub(crate) async fn finish_what_was_cut_short(data: &Path) -> Result<(), Failure> {
    let end = tokio::time::Instant::now() + FINISHED_WITHIN;
    while change::is_cut_short(data) {
        let folder = data.to_owned();
        let finished = blocking(move || {
            let still = Still::of(&folder)?;
            change::finish(&folder, &still)
        });
        match finished.await {
            Ok(Some(name)) => output::progress(format_args!(
                "==> the way back to the snapshot {name} was cut short, and is finished now"
            )),
            Ok(None) => {}
            // Another one that starts finishes it.
            Err(SnapshotError::Running(_)) if tokio::time::Instant::now() < end => {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            Err(error) => return Err(failure(error)),
        }
    }
    Ok(())
}

/// Asks the simulator that runs.
async fn ask(data: &Path, act: Act, name: &Name) -> Result<Manifest, Failure> {
    output::progress("==> the simulator stops for it, and comes up again");
    let order = Order::new(act, name);
    if !order::place(data, &order).map_err(failure)? {
        return Err(Failure::no("another order for a snapshot waits already")
            .remedy("wait until it is done, and ask again"));
    }
    let done = order::wait(data, &order.id, LONGEST)
        .await
        .map_err(failure)?;
    let done = done.ok_or_else(|| {
        Failure::own(format!(
            "the simulator has not come up again within {} s",
            LONGEST.as_secs()
        ))
        .remedy("look at what `qaqpa up` writes")
    })?;
    for one in &done.missing {
        output::progress(format_args!("not as it was: {one}"));
    }
    match (done.snapshot, done.why) {
        (Some(manifest), None) => Ok(manifest),
        (_, why) => Err(
            Failure::no(why.unwrap_or_else(|| "it was not done".to_owned()))
                .remedy("`qaqpa snapshot list` shows what there is"),
        ),
    }
}

fn say(all: &[Listed], format: Format) -> Outcome {
    if format == Format::Json {
        output::say_json(&all)?;
        return Ok(Exit::Yes);
    }
    if all.is_empty() {
        output::say("no snapshots");
    }
    for one in all {
        match one {
            Listed::Whole(manifest) => output::say(format_args!(
                "{:<24} {}  {:>8} files {:>12} bytes{}",
                manifest.name,
                manifest.at,
                manifest.files,
                manifest.bytes,
                if manifest
                    .mischief
                    .values()
                    .any(|rules| rules["rules"] != serde_json::json!([]))
                {
                    "  with mischief"
                } else {
                    ""
                },
            )),
            Listed::Damaged { name, why } => output::say(format_args!(
                "{name:<24} cannot be used: {why}; `qaqpa snapshot remove {name}` removes it"
            )),
        }
    }
    Ok(Exit::Yes)
}

fn failure(error: SnapshotError) -> Failure {
    let failure = match &error {
        SnapshotError::Name(_) => Failure::usage(&error),
        SnapshotError::File(_) | SnapshotError::Io { .. } => Failure::own(&error),
        _ => Failure::no(&error),
    };
    match error.remedy() {
        Some(remedy) => failure.remedy(remedy),
        None => failure,
    }
}
