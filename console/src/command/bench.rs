//! `qaqpa bench`: how many requests a second, how long each takes, and what it costs beside the bare work.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use qaqpa_model::{Actor, ActorName, Iin, SenderId, ServiceAtAct};
use qaqpa_regulations::Catalogue;
use qaqpa_runner::Endpoints;
use qaqpa_runner::bench::{Figures, Measured, Probe, Supplier, Supply, Terms, cpu, load};
use qaqpa_transport::registry::{self, ActorRecord};
use qaqpa_transport::{Clock, ClockState, ControlClient, ControlToken};
use tokio::time::Instant;

use crate::cli::{Bench, Format};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{key_input, output, running};

/// Requests that find out how many a second there will be.
const TRIED: usize = 200;

/// How long everything may take to be delivered after the last request.
const DRAINING_MAX: Duration = Duration::from_secs(120);

/// How often it is looked at whether everything is delivered.
const LOOKING: Duration = Duration::from_millis(200);

/// Sends, and tells; exit 0 where every request was accepted and delivered.
pub(crate) async fn run(settings: &Settings, options: &Bench, format: Format) -> Outcome {
    let endpoints = running::endpoints(&settings.data)?;
    let supplier = supplier(settings, &endpoints, options)?;
    let actors = Actors::of(&settings.data)?;
    let client = running::http_client(&endpoints.trust.tls)?;
    let urls = Actors::gateways(&settings.data)?;
    let connections = usize::from(options.connections);
    let part = Duration::from_secs(options.seconds) / 2;

    output::progress(format!("trying with {TRIED} requests"));
    let trial = sign(&supplier, TRIED, settings, false)?;
    let tried = load::closed(&client, &urls, trial.requests().to_vec(), connections, part).await;
    if let (0, Some((why, _))) = (tried.accepted, tried.others.first_key_value()) {
        return Err(Failure::no(format!("no request is accepted: {why}"))
            .remedy("`qaqpa sample … | qaqpa send -` shows the whole answer"));
    }
    actors.drained().await?;

    let most = usize::try_from(options.requests).unwrap_or(usize::MAX);
    // What the second part needs is half of what the first sends; the trial began with cold caches.
    let wanted = times(tried.rate() * 2.0, part).clamp(1, most);
    let mut supply = sign(&supplier, wanted, settings, true)?;
    let terms = Terms::measure(&supplier, trial.requests())
        .await
        .map_err(Failure::own)?;

    let before = actors.figures().await?;
    let resident = cpu::resident_bytes(&actors.processes);
    let spent = cpu::spent(&actors.processes);
    output::progress(format!(
        "sending for {} s over {connections} connections",
        part.as_secs_f64()
    ));
    let kept = wanted / 3;
    let first = supply.take(wanted - kept);
    let fast = load::closed(&client, &urls, first, connections, part).await;
    // What the first part left behind is not to be counted with the second.
    output::progress("waiting until everything is delivered");
    let caught_up = actors.drained().await?;
    let between = actors.figures().await?;
    let rate = fast.rate_over(caught_up.unwrap_or_default()) / 2.0;
    let second = supply.take(times(rate, part).min(kept));
    output::progress(format!("sending {rate:.0} a second"));
    let probe = Probe::begin(&settings.data).map_err(cannot_measure);
    let half = load::paced(&client, &urls, second, rate).await;
    let disk = probe.and_then(|probe| probe.end().map_err(cannot_measure));
    output::progress("waiting until everything is delivered");
    let drained = actors.drained().await?;
    let spent = cpu::spent(&actors.processes).saturating_sub(spent);
    let after = actors.figures().await?;
    let measured = Measured {
        connections,
        fast,
        caught_up,
        half,
        spent,
        drained,
        resident: (resident, cpu::resident_bytes(&actors.processes)),
        counted: since(&after, &before),
        counted_at_half: since(&after, &between),
        terms,
        disk: disk.ok(),
    };
    if let Some(table) = &options.table {
        std::fs::write(table, measured.to_markdown()).map_err(|error| {
            Failure::usage(format!("{}: {error}", table.display()))
                .remedy("name a file that can be written")
        })?;
    }
    match format {
        Format::Json => output::say_json(&measured.to_json())?,
        _ => output::say_bytes(measured.to_text().as_bytes()),
    }
    Ok(match measured.is_whole() {
        true => Exit::Yes,
        false => Exit::No,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of requests, from a rate that is not below nought"
)]
fn times(rate: f64, time: Duration) -> usize {
    (rate * time.as_secs_f64()).ceil() as usize
}

/// The load counts without it.
fn cannot_measure(error: std::io::Error) {
    output::progress(format!("the disk is not measured: {error}"));
}

/// What each process counted between two readings.
fn since(
    after: &BTreeMap<String, Figures>,
    before: &BTreeMap<String, Figures>,
) -> BTreeMap<String, Figures> {
    let less = |(process, figures): (&String, &Figures)| {
        let then = before.get(process).cloned().unwrap_or_default();
        (process.clone(), figures.since(&then))
    };
    after.iter().map(less).collect()
}

/// The running actors that a request passes.
struct Actors {
    /// Of each process: several may share a database.
    controls: BTreeMap<String, ControlClient>,
    processes: BTreeSet<u32>,
}

impl Actors {
    fn of(data: &Path) -> Result<Self, Failure> {
        let (mut controls, mut processes) = (BTreeMap::new(), BTreeSet::new());
        let token = ControlToken::read(data).map_err(Failure::own)?;
        for actor in [
            Actor::Nca,
            Actor::Gateway,
            Actor::RegionalGateway,
            Actor::Portal,
        ] {
            for name in registry::names(data, actor).map_err(Failure::own)? {
                for (number, record) in (1..).zip(here(data, &name)?) {
                    processes.insert(record.pid);
                    let process = match number {
                        1 => name.to_string(),
                        _ => format!("{name} {number}"),
                    };
                    controls.insert(process, ControlClient::new(&record.control, token.clone()));
                }
            }
        }
        Ok(Self {
            controls,
            processes,
        })
    }

    /// Where each gateway takes applications.
    fn gateways(data: &Path) -> Result<Vec<String>, Failure> {
        let records = here(data, &Actor::Gateway.into())?.into_iter();
        let urls = records.filter_map(|mut record| record.addresses.remove("sync"));
        let urls: Vec<_> = urls.collect();
        match urls.is_empty() {
            true => Err(Failure::no("no gateway is running here").remedy("start one: `qaqpa up`")),
            false => Ok(urls),
        }
    }

    async fn figures(&self) -> Result<BTreeMap<String, Figures>, Failure> {
        let mut all = BTreeMap::new();
        for (actor, control) in &self.controls {
            let text = control.bytes("/metrics").await.map_err(running::refused)?;
            let figures = Figures::read(&String::from_utf8_lossy(&text));
            all.insert(actor.clone(), figures);
        }
        Ok(all)
    }

    /// Waits until no outbox has anything to deliver; how long that was, unless it was not in time.
    async fn drained(&self) -> Result<Option<Duration>, Failure> {
        let begun = Instant::now();
        while begun.elapsed() < DRAINING_MAX {
            let figures = self.figures().await?;
            let waiting = |figures: &Figures| {
                figures.sum("qaqpa_outbox_entries", Some("state=\"pending\"")) > 0.0
            };
            if !figures.values().any(waiting) {
                return Ok(Some(begun.elapsed()));
            }
            tokio::time::sleep(LOOKING).await;
        }
        Ok(None)
    }
}

/// The processes of that name; records that an earlier run left behind are passed over.
fn here(data: &Path, name: &ActorName) -> Result<Vec<ActorRecord>, Failure> {
    let mut records = registry::records(data, name).map_err(Failure::own)?;
    records.retain(|record| cpu::is_here(record.pid));
    Ok(records)
}

/// Signs on every core, and says how far it is.
fn sign(
    supplier: &Supplier,
    count: usize,
    settings: &Settings,
    loudly: bool,
) -> Result<Supply, Failure> {
    let state = ClockState::load(&settings.data).map_err(Failure::own)?;
    let now = Clock::with_offset(state.offset_ms).now();
    if loudly {
        output::progress(format!("signing {count} requests"));
    }
    let (done, step) = (AtomicUsize::new(0), (count / 10).max(1000));
    let told = |more: usize| {
        let all = done.fetch_add(more, Ordering::Relaxed) + more;
        if loudly && all.is_multiple_of(step) {
            output::progress(format!("  {all} of {count}"));
        }
    };
    supplier.sign(count, now, &told).map_err(Failure::own)
}

fn supplier(
    settings: &Settings,
    endpoints: &Endpoints,
    options: &Bench,
) -> Result<Supplier, Failure> {
    let id = ServiceAtAct::parse(&options.service).map_err(Failure::usage)?;
    let catalogue = Catalogue::load_with(&settings.catalogue).map_err(Failure::usage)?;
    let service = catalogue
        .service(&id)
        .ok_or_else(|| Failure::no(catalogue.answer(&id, None).to_string()))?;
    let sender = endpoints
        .sender(&options.sender)
        .ok_or_else(|| Failure::usage(format!("no sender {:?}", options.sender)))?;
    let people = ["citizen-1", "citizen-2"];
    let people = people.into_iter().filter_map(|id| endpoints.identity(id));
    let applicants = people
        .map(|person| {
            let iin = Iin::parse(&person.iin).map_err(Failure::own)?;
            Ok((iin, key_input::key_file(&person.key, &person.password)?))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    Ok(Supplier {
        service: service.clone(),
        sender: SenderId::parse(&sender.sender_id).map_err(Failure::own)?,
        password: Some(sender.password.clone()),
        sender_key: key_input::key_file(&sender.key, &sender.key_password)?,
        applicants,
    })
}
