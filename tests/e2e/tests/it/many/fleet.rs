//! All processes of a simulator, each a process of its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use qaqpa_model::{Actor, ActorName, Moment};
use qaqpa_store::{Store, StoreConfig};
use qaqpa_transport::{ControlClient, paths, registry};
use serde_json::{Value, json};

use super::disk::SmallDisk;
use super::machine_clock::MachineClock;
use crate::stand;

/// Where the settings are, beside the logs.
const SETTINGS: &str = "settings.toml";

/// The processes; dropping them kills them.
pub(super) struct Fleet {
    pub(super) data: PathBuf,
    logs: PathBuf,
    disk: Option<SmallDisk>,
    port_base: String,
    store: Option<String>,
    environment: Vec<(&'static str, OsString)>,
    processes: Vec<Process>,
}

struct Process {
    actor: Actor,
    running: Option<Child>,
}

impl Fleet {
    /// Two gateways, two regional gateways and two portals over one database, with the authority and the console.
    pub(super) fn over(url: &str) -> Self {
        Self::begin("many", Some(url.to_owned()), 2)
    }

    /// Five processes, each with a file of its own.
    pub(super) fn over_files() -> Self {
        Self::begin("many-files", None, 1)
    }

    /// The same on a file system of its own, with these settings. Only the logs are elsewhere.
    pub(super) fn over_files_on(disk: SmallDisk, settings: &str) -> Self {
        let data = disk.folder().join("data");
        std::fs::create_dir(&data).unwrap();
        let logs = stand::fresh_folder(&format!("many-logs-{}", stand::unique()));
        std::fs::write(logs.join(SETTINGS), settings).unwrap();
        Self::begin_in((data, logs), Some(disk), None, 1, Vec::new())
    }

    /// As [`over`](Self::over), or over files, on a machine with this clock.
    pub(super) fn by(clock: &MachineClock, store: Option<&str>) -> Self {
        let data = stand::fresh_folder(&format!("many-clock-{}", stand::unique()));
        let each = if store.is_some() { 2 } else { 1 };
        let store = store.map(str::to_owned);
        Self::begin_in((data.clone(), data), None, store, each, clock.environment())
    }

    fn begin(name: &str, store: Option<String>, each: usize) -> Self {
        let data = stand::fresh_folder(&format!("{name}-{}", stand::unique()));
        Self::begin_in((data.clone(), data), None, store, each, Vec::new())
    }

    fn begin_in(
        (data, logs): (PathBuf, PathBuf),
        disk: Option<SmallDisk>,
        store: Option<String>,
        each: usize,
        environment: Vec<(&'static str, OsString)>,
    ) -> Self {
        let mut fleet = Self {
            data,
            logs,
            disk,
            port_base: stand::free_ports().to_string(),
            store,
            environment,
            processes: Vec::new(),
        };
        for actor in Actor::ALL {
            let several = !matches!(actor, Actor::Nca | Actor::Console);
            for _ in 0..if several { each } else { 1 } {
                fleet.processes.push(Process {
                    actor,
                    running: None,
                });
                fleet.start(fleet.processes.len() - 1);
            }
            // It makes its keys first, which the others wait for no longer than a minute.
            if actor == Actor::Nca {
                fleet.wait_for(fleet.processes.len() - 1);
            }
        }
        stand::wait_for_endpoints(&fleet.data);
        fleet.wait_for_all();
        fleet.answer_without_people();
        fleet
    }

    pub(super) fn len(&self) -> usize {
        self.processes.len()
    }

    pub(super) fn actor(&self, process: usize) -> Actor {
        self.processes[process].actor
    }

    /// Starts a process that does not run.
    pub(super) fn start(&mut self, process: usize) {
        self.run(process, Command::new(stand::program()), "log");
    }

    /// The same as on a full disk: no file of the process can grow beyond so many bytes.
    pub(super) fn start_on_a_full_disk(&mut self, process: usize, bytes: u64) {
        let mut shell = Command::new("/bin/sh");
        // In blocks of 512 bytes. Who is not told by a signal is told by the write.
        let limited = "trap '' XFSZ; ulimit -S -f \"$0\"; exec \"$@\"";
        shell
            .args(["-c", limited, &(bytes / 512).to_string()])
            .arg(stand::program());
        self.run(process, shell, "full.log");
    }

    /// From now on its files may grow again.
    pub(super) fn give_room(&self, process: usize) {
        let pid = self.processes[process].running.as_ref().unwrap().id();
        let whose = pid.to_string();
        let limit = stand::judge("prlimit", &["--pid", &whose, "--fsize=unlimited:"]);
        assert!(limit.status.success(), "{limit:?}");
    }

    /// The file system that is its own.
    pub(super) fn disk(&self) -> &SmallDisk {
        self.disk.as_ref().unwrap()
    }

    /// How often the processes of an actor have said one of these.
    pub(super) fn times_said(&self, actor: Actor, what: &[&str]) -> usize {
        let logs = (0..self.len()).filter(|process| self.actor(*process) == actor);
        logs.map(|process| {
            let log = self.logs.join(format!("{actor}-{process}.log"));
            let log = std::fs::read_to_string(log).unwrap();
            what.iter()
                .map(|part| log.matches(part).count())
                .sum::<usize>()
        })
        .sum()
    }

    /// The lines of the log of when the disk was full.
    pub(super) fn said_on_a_full_disk(&self, process: usize) -> String {
        let actor = self.actor(process);
        std::fs::read_to_string(self.logs.join(format!("{actor}-{process}.full.log"))).unwrap()
    }

    fn run(&mut self, process: usize, mut command: Command, log: &str) {
        let actor = self.actor(process);
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.logs.join(format!("{actor}-{process}.{log}")))
            .unwrap();
        command
            .arg("--data")
            .arg(&self.data)
            .args(["--port-base", &self.port_base]);
        if let Some(url) = &self.store {
            command.args(["--store", url]);
        }
        let settings = self.logs.join(SETTINGS);
        if settings.exists() {
            command.arg("--config").arg(settings);
        }
        let child = command
            .envs(self.environment.iter().cloned())
            .arg(actor.name())
            .stdout(Stdio::from(log.try_clone().unwrap()))
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        self.processes[process].running = Some(child);
    }

    /// SIGKILL, which no process can answer.
    pub(super) fn kill(&mut self, process: usize) {
        if let Some(mut child) = self.processes[process].running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// SIGTERM, and waits until it has ended in order.
    pub(super) fn stop(&mut self, process: usize) {
        if let Some(mut child) = self.processes[process].running.take() {
            let pid = child.id().to_string();
            assert!(stand::judge("kill", &["-TERM", &pid]).status.success());
            assert!(child.wait().unwrap().success());
        }
    }

    /// Waits until the process that was started is registered and answers.
    pub(super) fn wait_for(&self, process: usize) {
        let name = ActorName::from(self.actor(process));
        let pid = self.processes[process].running.as_ref().unwrap().id();
        let up = async || {
            let records = registry::records(&self.data, &name).unwrap();
            let Some(record) = records.iter().find(|record| record.pid == pid) else {
                return false;
            };
            let url = format!("{}/health", record.control);
            qaqpa_transport::HttpClient::plain(Default::default())
                .get(&url)
                .await
                .is_ok()
        };
        let begun = Instant::now();
        while !block_on(up()) {
            assert!(
                begun.elapsed() < Duration::from_secs(120),
                "{name} (process {process}) is not up; its log is in {}",
                self.logs.display()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(super) fn wait_for_all(&self) {
        for process in 0..self.len() {
            self.wait_for(process);
        }
    }

    /// The regional gateways grant what comes, each in the name of whom the act names.
    fn answer_without_people(&self) {
        let name = ActorName::from(Actor::RegionalGateway);
        let stub = json!({ "service": stand::SERVICE, "answer": "grant" });
        let added = block_on(async {
            let control = ControlClient::of_named(&self.data, &name).unwrap();
            control.post::<_, Value>("/stubs", &stub).await
        });
        added.unwrap();
        // The other process looks once a second.
        std::thread::sleep(Duration::from_millis(1500));
    }

    pub(super) fn move_clock(&self, by_ms: i64) {
        block_on(async {
            let control = ControlClient::of(&self.data, Actor::Console).unwrap();
            let now: Value = control.get("/clock").await.unwrap();
            let offset = now["offset_ms"].as_i64().unwrap() + by_ms;
            control.waiting(60).set_clock(offset).await.unwrap();
        });
    }

    /// What the first of an actor's processes shows as the time.
    pub(super) fn time_of(&self, actor: Actor) -> Moment {
        block_on(async {
            let control = ControlClient::of(&self.data, actor).unwrap();
            let shown: Value = control.get("/clock").await.unwrap();
            Moment::parse(shown["now"].as_str().unwrap()).unwrap()
        })
    }

    /// The actor's store, to be read.
    pub(super) async fn store(&self, actor: Actor) -> Store {
        let folder = paths::of_actor(&self.data, actor);
        let config = StoreConfig::by_address(self.store.as_deref(), folder, actor.name());
        Store::open_to_read(&config.unwrap(), actor).await.unwrap()
    }

    /// Every chain of every journal holds: those of processes that are gone, too.
    pub(super) fn journals_hold(&self) {
        let mut arguments = vec!["journal", "verify", "--format", "json"];
        if let Some(url) = &self.store {
            arguments.extend(["--store", url]);
        }
        let output = stand::qaqpa(&self.data, &arguments);
        let shown: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {output:?}"));
        for journal in shown["journals"].as_array().unwrap() {
            assert_eq!(journal["broken"], Value::Null, "{journal}");
        }
        assert_eq!(shown["gone"], json!([]));
        assert_eq!(shown["unread"], json!([]));
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for process in 0..self.len() {
            self.kill(process);
        }
        // What failed is to be looked at.
        if !std::thread::panicking() {
            std::fs::remove_dir_all(&self.data).ok();
            std::fs::remove_dir_all(&self.logs).ok();
        }
    }
}

pub(super) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

/// The address of one of the gateways that are there.
pub(super) fn gateway(data: &Path) -> Option<String> {
    let record = registry::any_named(data, &Actor::Gateway.into()).ok()??;
    record.addresses.get("sync").cloned()
}
