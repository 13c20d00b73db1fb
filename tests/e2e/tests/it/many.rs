//! Many processes, killed at random moments under load: what was accepted is delivered and answered, each message once.
//!
//! A round has a load that never rests: two systems that send applications to whichever gateway is there, by both channels in
//! turn, and a citizen who applies through the portal. Each application is answered without a person, by a stub, and the answer goes back: to
//! the one system's mailbox, which it visits, to the other's own endpoint, or to the portal's cabinet. Of every second
//! answer a system says that it wants it once more. The first also asks a register. Meanwhile one process after the other is killed (-9) and started
//! again. At the end everything that was sent is counted in the stores of all actors, and against what each sender and
//! receiver was told.
//!
//! `QAQPA_KILLS=500 cargo test -p qaqpa-e2e --test it many::kills` is the long run; `QAQPA_SEED` repeats one, and
//! `QAQPA_UNDER_TEST` names another build of the program.

mod disk;
mod endpoint;
mod fleet;
mod levels;
mod load;
mod long;
mod machine_clock;
mod questions;
mod receivers;
mod survey;
mod system;
mod weight;

use std::time::{Duration, Instant};

use qaqpa_model::Actor;
use qaqpa_transport::random_bytes;

use crate::server::Server;
use disk::SmallDisk;
use fleet::{Fleet, block_on};
use load::{Load, Sent};
use long::{figures_of, in_outbox_of};
use machine_clock::MachineClock;
use questions::Questions;
use receivers::{OWNER, Receivers, VISITOR};

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// How many kills a round has, unless the environment says another number.
const KILLS: usize = 20;

#[test]
fn kills_at_random_moments_of_two_of_each_over_one_database_lose_nothing_and_double_nothing() {
    let server = Server::start();
    round(Fleet::over(&server.url()));
    drop(server);
}

#[test]
fn kills_at_random_moments_of_five_processes_over_files_lose_nothing_and_double_nothing() {
    round(Fleet::over_files());
}

#[test]
fn a_database_that_fails_and_comes_back_under_load_loses_nothing_and_doubles_nothing() {
    let server = Server::start();
    let fleet = Fleet::over(&server.url());
    let sent = under_load(fleet, |_| {
        for _ in 0..3 {
            std::thread::sleep(Duration::from_secs(3));
            server.fail();
            std::thread::sleep(Duration::from_millis(1500));
            server.begin();
        }
        std::thread::sleep(Duration::from_secs(2));
    });
    assert!(sent >= 10, "{sent} applications are no load");
    drop(server);
}

#[test]
fn a_disk_that_is_full_and_has_room_again_loses_nothing_and_doubles_nothing() {
    under_load(Fleet::over_files(), |fleet| {
        for process in 0..fleet.len() {
            let actor = fleet.actor(process);
            if matches!(actor, Actor::Nca | Actor::Console) {
                continue;
            }
            fleet.stop(process);
            let folder = fleet.data.join(actor.name());
            let size = |name| std::fs::metadata(folder.join(name)).map_or(0, |file| file.len());
            // Room for its start and a few messages.
            let room = size("store.sqlite").max(size("store.sqlite-wal")) + 300_000;
            fleet.start_on_a_full_disk(process, room);
            fleet.wait_for(process);
            let begun = Instant::now();
            while !fleet
                .said_on_a_full_disk(process)
                .contains("disk I/O error")
                && begun.elapsed() < Duration::from_secs(60)
            {
                std::thread::sleep(Duration::from_millis(100));
            }
            let said = fleet.said_on_a_full_disk(process);
            assert!(said.contains("disk I/O error"), "{actor}: {said}");
            // For a while everybody has to do with it; then there is room, and the same process works on.
            std::thread::sleep(Duration::from_secs(2));
            fleet.give_room(process);
        }
    });
}

/// New files, too: raw bytes, half written ones, whatever is written beside the stores.
#[test]
fn a_file_system_that_is_full_and_has_room_again_loses_nothing_and_doubles_nothing() {
    let disk = SmallDisk::mount();
    let full = ["No space left on device", "database or disk is full"];
    // However little room there is, messages are accepted.
    let settings = "[gateway]\naccept-free-bytes-min = 0\n";
    let sent = under_load(Fleet::over_files_on(disk, settings), |fleet| {
        for leave in [300_000, 30_000, 0] {
            let before = fleet.times_said(Actor::Gateway, &full);
            fleet.disk().fill(leave);
            let begun = Instant::now();
            while fleet.times_said(Actor::Gateway, &full) == before {
                assert!(
                    begun.elapsed() < Duration::from_secs(60),
                    "nobody saw that it is full"
                );
                std::thread::sleep(Duration::from_millis(100));
            }
            std::thread::sleep(Duration::from_secs(2));
            fleet.disk().empty();
            std::thread::sleep(Duration::from_secs(2));
        }
    });
    assert!(sent >= 5, "{sent} applications are no load");
}

/// The database's own: it may refuse a statement, or end; then it is started again, as its operator does.
#[test]
fn a_database_whose_disk_is_full_and_has_room_again_loses_nothing_and_doubles_nothing() {
    let disk = SmallDisk::mount();
    let server = Server::start_in(disk.folder());
    let felt = [
        "No space left on device",
        "the store could not commit",
        "the store cannot begin to write",
    ];
    let sent = under_load(Fleet::over(&server.url()), |fleet| {
        for leave in [100_000, 0] {
            let before = fleet.times_said(Actor::Gateway, &felt);
            disk.fill(leave);
            let begun = Instant::now();
            while fleet.times_said(Actor::Gateway, &felt) == before {
                assert!(
                    begun.elapsed() < Duration::from_secs(60),
                    "nobody saw that it is full"
                );
                std::thread::sleep(Duration::from_millis(100));
            }
            std::thread::sleep(Duration::from_secs(2));
            disk.empty();
            server.begin();
            std::thread::sleep(Duration::from_secs(3));
        }
    });
    assert!(sent >= 5, "{sent} applications are no load");
    drop(server);
}

/// What is accepted has its room: new messages come later, and nobody ever meets the end of the disk.
#[test]
fn a_file_system_that_is_nearly_full_delivers_what_was_accepted_and_takes_nothing_new() {
    let disk = SmallDisk::mount();
    let settings = "[gateway]\naccept-free-bytes-min = 40000000\n";
    let full = ["No space left on device", "database or disk is full"];
    let sent = under_load(Fleet::over_files_on(disk, settings), |fleet| {
        let turned_away = |fleet: &Fleet| {
            let label = "label=\"limit-exceeded\"";
            let told = figures_of(fleet, Actor::Gateway, "qaqpa_messages_total", label);
            block_on(told).iter().sum::<f64>()
        };
        for _ in 0..3 {
            let before = turned_away(fleet);
            fleet.disk().fill(32_000_000);
            let begun = Instant::now();
            let waiting = |fleet: &Fleet| block_on(in_outbox_of(fleet, Actor::Gateway, "pending"));
            while turned_away(fleet) == before || waiting(fleet) > 0.0 {
                assert!(begun.elapsed() < Duration::from_secs(60), "it goes on");
                std::thread::sleep(Duration::from_millis(100));
            }
            fleet.disk().empty();
            std::thread::sleep(Duration::from_secs(4));
        }
        for actor in Actor::ALL {
            assert_eq!(fleet.times_said(actor, &full), 0, "{actor}");
        }
    });
    assert!(sent >= 5, "{sent} applications are no load");
}

#[test]
fn a_clock_that_jumps_back_and_forth_under_load_loses_nothing_and_doubles_nothing() {
    let server = Server::start();
    let fleet = Fleet::over(&server.url());
    under_load(fleet, |fleet| {
        // Three days are more than an answer of the authority or a login lasts, an hour and ten minutes less.
        for (seconds, by_minutes) in (1..).zip([3 * DAY, -3 * DAY, 70, -70, 10, -10]) {
            std::thread::sleep(Duration::from_secs(2));
            // Never back to the same offset: who compares two sees that it was moved.
            fleet.move_clock(by_minutes * 60_000 + seconds * 1000);
        }
        std::thread::sleep(Duration::from_secs(2));
    });
    drop(server);
}

/// Of the machine, not the simulator's own: nobody is told that it was moved.
#[test]
fn a_machine_whose_clock_is_set_back_and_forth_under_load_loses_nothing_and_doubles_nothing() {
    let server = Server::start();
    for store in [Some(server.url()), None] {
        let clock = MachineClock::new();
        let fleet = Fleet::by(&clock, store.as_deref());
        let sent = under_load(fleet, |fleet| {
            for seconds in [7200, 0, -7200, 90, -90, 10, 0] {
                std::thread::sleep(Duration::from_secs(2));
                clock.be_wrong_by(seconds);
                let real = qaqpa_transport::Clock::real().now();
                let ahead = fleet.time_of(Actor::Gateway).unix_ms() - real.unix_ms();
                assert!((ahead - seconds * 1000).abs() < 5000, "{ahead} ms");
            }
            std::thread::sleep(Duration::from_secs(2));
        });
        assert!(sent >= 5, "{sent} applications are no load");
    }
    drop(server);
}

/// Two of an actor go one after the other, as an upgrade does it: orderly, the next when the one before is back.
#[test]
fn a_rolling_restart_of_every_process_under_load_loses_nothing_and_doubles_nothing() {
    let server = Server::start();
    let fleet = Fleet::over(&server.url());
    under_load(fleet, |fleet| {
        for process in 0..fleet.len() {
            if matches!(fleet.actor(process), Actor::Nca | Actor::Console) {
                continue;
            }
            fleet.stop(process);
            fleet.start(process);
            fleet.wait_for(process);
        }
    });
    drop(server);
}

/// As many kills as are asked for.
fn round(fleet: Fleet) {
    let kills = std::env::var("QAQPA_KILLS").map_or(KILLS, |text| text.parse().unwrap());
    let seed = std::env::var("QAQPA_SEED").map_or_else(
        |_| u64::from_le_bytes(random_bytes::<8>()),
        |text| text.parse().unwrap(),
    );
    eprintln!("{kills} kills; QAQPA_SEED={seed}");
    let mut random = Random(seed);
    let sent = under_load(fleet, move |fleet| {
        for _ in 0..kills {
            std::thread::sleep(Duration::from_millis(random.below(1500)));
            let victim = usize::try_from(random.below(fleet.len() as u64)).unwrap();
            fleet.kill(victim);
            // It may be away for a while.
            std::thread::sleep(Duration::from_millis(random.below(400)));
            fleet.start(victim);
        }
    });
    assert!(sent >= kills / 2, "{sent} applications are no load");
}

/// Does this to the fleet while messages are sent, and counts them all when it is quiet again. Gives how many
/// applications the system has sent.
fn under_load(mut fleet: Fleet, what: impl FnOnce(&mut Fleet)) -> usize {
    let receivers = Receivers::begin(&fleet.data);
    let questions = Questions::begin(&fleet.data);
    let load = Load::begin(&fleet.data);
    // The load has begun when the first is through.
    load.wait_for(1);
    what(&mut fleet);
    let Sent {
        by_sender,
        left,
        told,
        refused,
        problems,
    } = load.end();
    assert_eq!(problems, Vec::<String>::new());
    fleet.wait_for_all();
    let asked = questions.end();
    assert_eq!(asked.problems, Vec::<String>::new());
    let by = |sender| by_sender.get(sender).cloned().unwrap_or_default();
    let said = receivers.end(&by(VISITOR), &by(OWNER));
    let by_system = by(VISITOR).union(&by(OWNER)).cloned().collect();
    let counts = survey::quiet(&fleet, &by_system, &told);
    survey::refused(&fleet, &refused);
    survey::words(&fleet, &said);
    survey::questions(&fleet, &asked);
    eprintln!(
        "{counts:?}; {left} by the asynchronous channel, {} refused at signing, {} questions answered, {} results wanted once more",
        refused.len(),
        asked.answered.len(),
        said.again.len()
    );
    assert!(!asked.answered.is_empty(), "no question is no load");
    assert!(left > 0, "nothing came by the asynchronous channel");
    assert!(!said.again.is_empty(), "nothing was wanted once more");
    assert_eq!(counts.sent, counts.accepted);
    assert_eq!(counts.accepted, counts.delivered);
    assert_eq!(counts.delivered, counts.done);
    assert_eq!(counts.applied, counts.completed);
    fleet.journals_hold();
    by_system.len()
}

/// Small, and the same for a seed (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.max(1);
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % limit.max(1)
    }
}
