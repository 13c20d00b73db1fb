//! The actors: up, ready, at one moment, behind doors that are trusted, with nothing left lying.

use std::path::Path;
use std::time::Duration;

use qaqpa_model::{Actor, ActorName};
use qaqpa_transport::control::{ClockView, Health};
use qaqpa_transport::health::ReadyView;
use qaqpa_transport::{
    ActorRecord, ClientLimits, Clock, ClockState, ControlClient, HttpClient, paths, registry,
};
use serde_json::Value;

use super::certificates;
use super::disk;
use super::doors::doors;
use super::files;
use super::finding::{Finding, State};
use crate::settings::Settings;

/// What waits longer than this, by the simulator's clock, is overdue: a neighbour has been away for long.
const OVERDUE: Duration = Duration::from_secs(10 * 60);

/// How long the proof of a journal may take: seconds.
const PROOF_SECONDS_MAX: u64 = 120;

const START: &str = "start a simulator with `qaqpa up`, or name its folder with --data DIR";

/// Looks at everything that belongs to the data folder.
pub(super) async fn look(settings: &Settings, quick: bool) -> Vec<Finding> {
    let data = &settings.data;
    let offset_ms = match ClockState::load(data) {
        Ok(state) if data.is_dir() => state.offset_ms,
        Ok(_) => {
            let what = "there is no such folder";
            return vec![Finding::failed("folder", data.display(), what, START)];
        }
        Err(error) => return vec![Finding::failed("folder", data.display(), error, START)],
    };
    let clock = Clock::with_offset(offset_ms);
    let mut found = vec![disk::look(data).await];
    found.extend(certificates::look(data, &clock).await);
    let names = match names(data) {
        Ok(names) => names,
        Err(why) => {
            found.push(Finding::failed("up", data.display(), why, START));
            return found;
        }
    };
    found.extend(files::look(data, &names, &settings.limits));
    for name in names {
        found.extend(of_actor(data, &name, offset_ms, quick).await);
    }
    found.push(certificates::evidence(data, settings.limits, &clock).await);
    found
}

/// Whether an actor takes work: the process at this control port of this machine, or every one that has registered.
pub(super) async fn probe(data: &Path, name: &ActorName, port: Option<u16>) -> Vec<Finding> {
    let http = calling(data);
    if let Some(port) = port {
        return vec![
            ready(
                &http,
                &name.to_string(),
                &format!("http://127.0.0.1:{port}"),
            )
            .await,
        ];
    }
    let processes = match processes(data, name) {
        Ok(processes) => processes,
        Err(missing) => return vec![missing],
    };
    let mut found = Vec::new();
    for (about, record) in processes {
        found.push(ready(&http, &about, &record.control).await);
    }
    found
}

/// A client that may be told to wait as long as a person does.
fn calling(data: &Path) -> HttpClient {
    let limits = ClientLimits {
        seconds_max: 10,
        ..ClientLimits::default()
    };
    HttpClient::of_folder(data, limits).unwrap_or_else(|_| HttpClient::plain(limits))
}

/// Every actor that there should be, and every regional gateway of a region. Where these are all that there ever was, the
/// one without a name is not missed.
fn names(data: &Path) -> Result<Vec<ActorName>, String> {
    let mut names: Vec<ActorName> = Actor::ALL.map(ActorName::from).to_vec();
    let regional =
        registry::names(data, Actor::RegionalGateway).map_err(|error| error.to_string())?;
    let whole = ActorName::from(Actor::RegionalGateway);
    let has_been = paths::of_actor(data, Actor::RegionalGateway).exists();
    if !regional.is_empty() && !regional.contains(&whole) && !has_been {
        names.retain(|name| *name != whole);
    }
    names.extend(regional.into_iter().filter(|name| name.branch().is_some()));
    Ok(names)
}

/// The command that starts this actor alone.
fn command_of(name: &ActorName) -> String {
    match name.branch() {
        Some(branch) => format!("`qaqpa {} --name {}`", name.actor(), branch.as_str()),
        None => format!("`qaqpa {}`", name.actor()),
    }
}

async fn of_actor(data: &Path, name: &ActorName, offset_ms: i64, quick: bool) -> Vec<Finding> {
    let processes = match processes(data, name) {
        Ok(processes) => processes,
        Err(missing) => return vec![missing],
    };
    let mut found = Vec::new();
    for (about, record) in &processes {
        let process = Process {
            about,
            command: command_of(name),
            record,
        };
        found.extend(of_process(data, &process, offset_ms, quick).await);
    }
    found
}

/// Every process of an actor that has registered, each with how it is called in what is found.
fn processes(data: &Path, name: &ActorName) -> Result<Vec<(String, ActorRecord)>, Finding> {
    let records =
        registry::records(data, name).map_err(|error| Finding::failed("up", name, error, START))?;
    if records.is_empty() {
        let remedy = format!("start it: `qaqpa up`, or {} alone", command_of(name));
        return Err(Finding::failed("up", name, "is not registered", remedy));
    }
    // Several processes may share the work over one database.
    let several = records.len() > 1;
    let called = |record: ActorRecord| match several {
        true => (format!("{name} (process {})", record.pid), record),
        false => (name.to_string(), record),
    };
    Ok(records.into_iter().map(called).collect())
}

/// One process of an actor, as it has registered.
struct Process<'p> {
    /// How it is called in what is found.
    about: &'p str,
    /// What starts it.
    command: String,
    record: &'p ActorRecord,
}

async fn of_process(
    data: &Path,
    process: &Process<'_>,
    offset_ms: i64,
    quick: bool,
) -> Vec<Finding> {
    let (name, record) = (process.about, process.record);
    if record.control.is_empty() {
        // On another machine, whose doctor asks there: here its doors are looked at.
        return doors(data, name, record).await;
    }
    let http = calling(data);
    let up = is_up(&http, process).await;
    let is_up = up.state == State::Ok;
    let mut found = vec![up];
    if !is_up {
        return found;
    }
    found.push(ready(&http, name, &record.control).await);
    found.extend(doors(data, name, record).await);
    let control = match ControlClient::of_record(data, record) {
        Ok(control) => control,
        Err(error) => {
            let remedy = "the token is in DIR/control-token: may you read it?";
            found.push(Finding::amiss(
                State::Unknown,
                "control",
                name,
                error,
                remedy,
            ));
            return found;
        }
    };
    found.push(moment(&control, name, offset_ms).await);
    found.extend(outbox(&control, name).await);
    if !quick {
        found.push(journal(control, name).await);
    }
    found
}

/// Whether it answers, and is the one that registered.
async fn is_up(http: &HttpClient, process: &Process<'_>) -> Finding {
    let (name, record) = (process.about, process.record);
    let remedy = format!(
        "it has ended without a word: start it again, {}",
        process.command
    );
    let answer = match http.get(&format!("{}/health", record.control)).await {
        Ok(answer) => answer,
        Err(error) => {
            let what = format!("does not answer at {}: {error}", record.control);
            return Finding::failed("up", name, what, remedy);
        }
    };
    let health: Option<Health> = serde_json::from_slice(&answer.body).ok();
    match health {
        Some(health) if record.is_far() || health.instance == record.instance => {
            let who = match record.is_far() {
                true => "on another machine".to_owned(),
                false => format!("process {}", record.pid),
            };
            let what = format!("answers at {}, {who}", record.control);
            Finding::ok("up", name, what)
        }
        _ => {
            let what = format!("somebody else answers at {}", record.control);
            Finding::failed("up", name, what, remedy)
        }
    }
}

async fn ready(http: &HttpClient, name: &str, control: &str) -> Finding {
    let answer = http.get(&format!("{control}/health/ready")).await;
    let view = answer
        .map_err(|error| error.to_string())
        .and_then(|answer| {
            serde_json::from_slice::<ReadyView>(&answer.body).map_err(|error| error.to_string())
        });
    match view {
        Ok(view) => judged(name, &view),
        Err(why) => {
            let remedy = "is it of another version? start it again";
            Finding::amiss(State::Unknown, "ready", name, why, remedy)
        }
    }
}

fn judged(name: &str, view: &ReadyView) -> Finding {
    let amiss: Vec<_> = view.checks.iter().filter(|check| !check.ok).collect();
    if amiss.is_empty() {
        let checks: Vec<_> = view
            .checks
            .iter()
            .map(|check| check.check.as_str())
            .collect();
        return Finding::ok("ready", name, format!("takes work ({})", checks.join(", ")));
    }
    let told = |pick: fn(&qaqpa_transport::health::CheckView) -> Option<&str>| {
        let told: Vec<_> = amiss
            .iter()
            .map(|check| {
                format!(
                    "{}: {}",
                    check.check,
                    pick(check).unwrap_or("no reason told")
                )
            })
            .collect();
        told.join("; ")
    };
    Finding::failed(
        "ready",
        name,
        told(|check| check.why.as_deref()),
        told(|check| check.remedy.as_deref()),
    )
}

async fn moment(control: &ControlClient, name: &str, offset_ms: i64) -> Finding {
    let remedy = "set the clock once more: `qaqpa clock set …`";
    match control.get::<ClockView>("/clock").await {
        Ok(view) if view.offset_ms == offset_ms => {
            Finding::ok("clock", name, format!("shows {}", view.now))
        }
        Ok(view) => {
            let what = format!(
                "shows {}, which is {} ms ahead of what the console has set",
                view.now,
                view.offset_ms.saturating_sub(offset_ms)
            );
            Finding::failed("clock", name, what, remedy)
        }
        Err(error) => Finding::amiss(State::Unknown, "clock", name, error, remedy),
    }
}

/// What lies in its outbox, as it tells in its numbers; nothing of an actor that sends nothing.
async fn outbox(control: &ControlClient, name: &str) -> Vec<Finding> {
    let numbers = match control.bytes("/metrics").await {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            let remedy = "is it of another version? start it again";
            return vec![Finding::amiss(
                State::Unknown,
                "outbox",
                name,
                error,
                remedy,
            )];
        }
    };
    let of =
        |family: &str, state: &str| number(&numbers, &format!("{family}{{state=\"{state}\"}}"));
    let (Some(stopped), Some(pending)) = (
        of("qaqpa_outbox_entries", "parked"),
        of("qaqpa_outbox_entries", "pending"),
    ) else {
        return Vec::new();
    };
    let oldest = of("qaqpa_outbox_oldest_seconds", "pending").unwrap_or(0.0);
    vec![lying(name, stopped, pending, oldest)]
}

fn lying(name: &str, stopped: f64, pending: f64, oldest: f64) -> Finding {
    if stopped > 0.0 {
        let what = format!("{stopped} have stopped, and nothing more is tried");
        let remedy =
            "`qaqpa outbox list --stopped` tells why; `qaqpa outbox resend` sends them again";
        return Finding::amiss(State::Warning, "outbox", name, what, remedy);
    }
    if oldest > OVERDUE.as_secs_f64() {
        let what = format!(
            "{pending} wait, the oldest for {} min",
            (oldest / 60.0).floor()
        );
        let remedy = "`qaqpa outbox list` tells why; is whoever they are for up?";
        return Finding::amiss(State::Warning, "outbox", name, what, remedy);
    }
    Finding::ok("outbox", name, format!("{pending} wait, none has stopped"))
}

/// The number of a series in Prometheus' text.
fn number(text: &str, series: &str) -> Option<f64> {
    text.lines()
        .find_map(|line| line.strip_prefix(series)?.trim().parse().ok())
}

async fn journal(control: ControlClient, name: &str) -> Finding {
    let proof = control
        .waiting(PROOF_SECONDS_MAX)
        .get::<Value>("/journal/verify")
        .await;
    match proof {
        Ok(proof) => proven(name, &proof),
        Err(error) => Finding::amiss(State::Unknown, "journal", name, error, PROOF_REMEDY),
    }
}

const PROOF_REMEDY: &str = "`qaqpa journal verify` names what it is, entry by entry";

fn proven(name: &str, proof: &Value) -> Finding {
    let remedy = PROOF_REMEDY;
    let entries = proof["entries"].as_u64().unwrap_or_default();
    match proof["indication"].as_str() {
        Some("proven") => {
            let what = format!("proven: nothing of {entries} entries was changed or cut");
            Finding::ok("journal", name, what)
        }
        // A young journal: the first segment is still open, and a stamp stands over closed ones.
        Some("undecided") if proof["segments"] == 0 && proof["waiting"] == 0 => {
            let what = format!("{entries} entries hold together; none is sealed yet");
            Finding::ok("journal", name, what)
        }
        Some("undecided") => {
            let what =
                format!("{entries} entries hold together, and not every seal is vouched for");
            Finding::amiss(State::Warning, "journal", name, what, remedy)
        }
        _ => {
            let what = "something was changed, cut, moved or removed";
            Finding::failed("journal", name, what, remedy)
        }
    }
}

#[cfg(test)]
mod tests {
    use qaqpa_transport::health::CheckView;

    use super::*;

    const GATEWAY: &str = "gateway";

    #[test]
    fn a_journal_that_holds_nothing_sealed_yet_is_young_and_a_broken_one_is_a_no() {
        let found = |indication: &str, segments: u8| {
            let proof = serde_json::json!({
                "indication": indication, "segments": segments, "waiting": 0, "entries": 7,
            });
            super::proven(GATEWAY, &proof).state
        };
        assert_eq!(found("proven", 1), State::Ok);
        assert_eq!(found("undecided", 0), State::Ok);
        assert_eq!(found("undecided", 1), State::Warning);
        assert_eq!(found("broken", 0), State::Failed);
        assert_eq!(found("", 0), State::Failed);
    }

    #[test]
    fn what_stopped_comes_before_what_waits_for_long() {
        let found = |stopped, pending, oldest| {
            let found = lying(GATEWAY, stopped, pending, oldest);
            (found.state, found.what)
        };
        let wait = |text: &str| (State::Ok, text.to_owned());
        assert_eq!(found(0.0, 3.0, 600.0), wait("3 wait, none has stopped"));
        let overdue = "3 wait, the oldest for 11 min".to_owned();
        assert_eq!(found(0.0, 3.0, 660.0), (State::Warning, overdue));
        let stopped = "2 have stopped, and nothing more is tried".to_owned();
        assert_eq!(found(2.0, 3.0, 9000.0), (State::Warning, stopped));
    }

    #[test]
    fn who_is_not_ready_is_told_with_every_reason_and_remedy() {
        let check = |name: &str, why: Option<&str>| CheckView {
            check: name.to_owned(),
            ok: why.is_none(),
            why: why.map(str::to_owned),
            remedy: why.map(|_| "make room".to_owned()),
        };
        let view = ReadyView {
            status: "not-ready".to_owned(),
            checks: vec![
                check("doors", None),
                check("store", Some("the disk is full")),
            ],
        };
        let found = judged(GATEWAY, &view);
        assert_eq!(
            (found.state, found.what.as_str(), found.remedy.as_deref()),
            (
                State::Failed,
                "store: the disk is full",
                Some("store: make room")
            )
        );
    }

    #[test]
    fn who_is_gone_is_started_by_his_own_command() {
        let command = |name: &str| command_of(&ActorName::parse(name).unwrap());
        assert_eq!(command("gateway"), "`qaqpa gateway`");
        assert_eq!(
            command("regional-gateway.taraz"),
            "`qaqpa regional-gateway --name taraz`"
        );
    }

    #[test]
    fn the_regional_gateway_without_a_name_is_missed_only_where_it_has_been_or_no_other_is() {
        let dir = tempfile::tempdir().unwrap();
        let looked_at = || {
            let names = names(dir.path()).unwrap();
            let names: Vec<_> = names.iter().map(ToString::to_string).collect();
            names
                .into_iter()
                .filter(|name| name.starts_with("regional"))
                .collect::<Vec<_>>()
        };
        assert_eq!(looked_at(), ["regional-gateway"]);
        let actors = paths::actors(dir.path());
        std::fs::create_dir_all(&actors).unwrap();
        std::fs::write(actors.join("regional-gateway.taraz.json"), "{}").unwrap();
        assert_eq!(looked_at(), ["regional-gateway.taraz"]);
        std::fs::create_dir(dir.path().join("regional-gateway")).unwrap();
        assert_eq!(looked_at(), ["regional-gateway", "regional-gateway.taraz"]);
    }

    #[test]
    fn a_series_is_found_by_its_whole_name() {
        let text = "# TYPE a gauge\na{state=\"held\"} 1\na{state=\"parked\"} 2.5\nb 3\n";
        assert_eq!(number(text, "a{state=\"parked\"}"), Some(2.5));
        assert_eq!(number(text, "a{state=\"pending\"}"), None);
    }
}
