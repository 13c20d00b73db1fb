//! What each process of a fleet holds while it works: looked at every second, and judged at the end.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use qaqpa_model::{Actor, ActorName};
use qaqpa_runner::bench::{Course, Figures, Usage};
use qaqpa_transport::{ControlClient, registry};

use super::fleet::block_on;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// By how much the memory of a process may grow while the second half of a run goes on, in bytes: what an allocator keeps for
/// itself, and no more. Of a thousand messages a leak of 32 KB each is beyond it, of a million one of 32 bytes each.
const GROWTH_BYTES_MAX: f64 = 16e6;

/// By how many the open files of a process may grow meanwhile: connections come and go.
const GROWTH_FILES_MAX: f64 = 16.0;

/// By how many the tasks of all processes of an actor may: a task for each connection, and one for each delivery.
const GROWTH_TASKS_MAX: f64 = 32.0;

/// One run is looked at at a time: another one beside it that begins or ends moves the levels of this one.
static ALONE: Mutex<()> = Mutex::new(());

/// Somebody who looks.
pub(super) struct Watcher {
    _alone: MutexGuard<'static, ()>,
    over: Arc<AtomicBool>,
    looking: JoinHandle<Levels>,
}

/// What was seen.
#[derive(Default)]
pub(super) struct Levels {
    /// Of each process, by its name and number.
    processes: BTreeMap<String, Seen>,
    /// How many tasks the processes of an actor have together, by its name.
    tasks: BTreeMap<String, Course>,
}

#[derive(Default)]
struct Seen {
    memory: Course,
    files: Course,
    peak_bytes: u64,
}

/// What each process holds now, by its name and number.
pub(super) fn now(data: &Path) -> BTreeMap<String, Usage> {
    let mut all = BTreeMap::new();
    for actor in Actor::ALL {
        let name = ActorName::from(actor);
        for record in registry::records(data, &name).unwrap() {
            if let Some(usage) = Usage::of(record.pid) {
                all.insert(format!("{name} ({})", record.pid), usage);
            }
        }
    }
    all
}

/// How many tasks have begun and not ended in all processes of each actor, by their own numbers; without those that do not
/// tell now.
async fn tasks(data: &Path) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    for actor in Actor::ALL {
        let name = ActorName::from(actor);
        let mut tasks = Some(0.0);
        for control in ControlClient::of_each(data, &name).unwrap() {
            let text = control.bytes("/metrics").await.ok();
            let own = text.map(|text| {
                let figures = Figures::read(&String::from_utf8_lossy(&text));
                figures.sum("qaqpa_tasks", None)
            });
            tasks = tasks.zip(own).map(|(tasks, own)| tasks + own);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count"
        )]
        all.extend(tasks.map(|tasks| (name.to_string(), tasks as u64)));
    }
    all
}

impl Watcher {
    /// Looks every second, and tells now and then what `told` says.
    pub(super) fn begin(data: &Path, told: impl Fn() -> String + Send + 'static) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let over = Arc::new(AtomicBool::new(false));
        let (data, hears_end) = (data.to_owned(), Arc::clone(&over));
        let looking = std::thread::spawn(move || look(&data, &hears_end, &told));
        Self {
            _alone: alone,
            over,
            looking,
        }
    }

    pub(super) fn end(self) -> Levels {
        self.over.store(true, Ordering::Relaxed);
        self.looking.join().unwrap()
    }
}

fn look(data: &Path, over: &AtomicBool, told: &impl Fn() -> String) -> Levels {
    let (mut levels, begun) = (Levels::default(), Instant::now());
    let mut told_at = Duration::ZERO;
    while !over.load(Ordering::Relaxed) {
        let after = begun.elapsed();
        for (process, usage) in now(data) {
            let seen = levels.processes.entry(process).or_default();
            seen.memory.add(after, usage.resident_bytes);
            seen.files.add(after, usage.open_files);
            seen.peak_bytes = usage.peak_bytes;
        }
        for (actor, tasks) in block_on(tasks(data)) {
            levels.tasks.entry(actor).or_default().add(after, tasks);
        }
        if after >= told_at {
            eprintln!("{:>6} s: {}", after.as_secs(), told());
            // Ten lines and more for a short run, sixty an hour for a long one.
            told_at = after + (after / 4).clamp(Duration::from_secs(5), Duration::from_secs(60));
        }
        std::thread::sleep(PAUSE);
    }
    levels
}

impl Levels {
    /// One line a process.
    pub(super) fn table(&self) -> String {
        let mut table = format!(
            "{:<28} {:>8} {:>8} {:>8} {:>14} {:>6} {:>10}\n",
            "process", "first MB", "last MB", "peak MB", "2nd half, MB", "files", "2nd half"
        );
        for (process, seen) in &self.processes {
            table += &format!(
                "{process:<28} {:>8.1} {:>8.1} {:>8.1} {:>+14.1} {:>6} {:>+10.1}\n",
                seen.memory.first() / 1e6,
                seen.memory.last() / 1e6,
                megabytes(seen.peak_bytes),
                seen.memory.growth() / 1e6,
                seen.files.most(),
                seen.files.growth(),
            );
        }
        for (actor, tasks) in &self.tasks {
            table += &format!(
                "tasks of {actor:<19} {:>8.0} {:>8.0} {:>8.0} {:>+14.1}\n",
                tasks.first(),
                tasks.last(),
                tasks.most(),
                tasks.growth(),
            );
        }
        table
    }

    /// Neither memory nor files nor tasks of any process grow in the second half, and all of them were there all the time.
    pub(super) fn are_level(&self) {
        assert_eq!(self.tasks.len(), Actor::ALL.len(), "{}", self.table());
        let looks = self.processes.values().map(|seen| seen.memory.looks());
        let (fewest, most) = (looks.clone().min().unwrap(), looks.max().unwrap());
        assert!(fewest + 2 >= most, "a process went away:\n{}", self.table());
        for (process, seen) in &self.processes {
            let (memory, files) = (seen.memory.growth(), seen.files.growth());
            assert!(
                memory <= GROWTH_BYTES_MAX && files <= GROWTH_FILES_MAX,
                "{process} grows:\n{}",
                self.table()
            );
        }
        for (actor, tasks) in &self.tasks {
            let growth = tasks.growth();
            assert!(tasks.last() > 0.0, "{actor} tells of no tasks");
            assert!(
                growth <= GROWTH_TASKS_MAX,
                "tasks of {actor}:\n{}",
                self.table()
            );
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "megabytes for people")]
pub(super) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
