//! Many messages, and a long time: what is accepted is delivered and done once, and no process holds more and more.
//!
//! A system sends applications without rest, fetches their results and says that it has them. At the end the counts of both ends
//! are one: what the system was acknowledged and has results of, and what the regional gateway has granted. Meanwhile
//! the memory and the open files of each process are looked at every second.
//!
//! `QAQPA_MESSAGES=1000000` and `QAQPA_MINUTES=60` are the long runs; `scripts/check --long` does both, optimized. What is counted
//! is what the gateways take in and keep: of an application the request, its result, and the word that the result has come, each in an
//! envelope of its own that is verified, journalled and on disk before it is acknowledged.

use std::time::Duration;

use qaqpa_model::{Actor, ActorName};
use qaqpa_runner::bench::{Figures, Steady, Until};
use qaqpa_store::{CardFilter, CardState};
use qaqpa_transport::{
    ClientLimits, ClientTls, Clock, ClockState, ControlClient, HttpClient, registry,
};

use super::fleet::{Fleet, block_on};
use super::levels::{Levels, Watcher};
use super::load::supplier;
use crate::server::Server;
use crate::stand;

/// How many messages, unless the environment says another number: what a program that is not optimized does in some minutes.
const MESSAGES: usize = 20_000;

/// What the gateways take in for one application: the request, its result, and the word that the result has come.
const AN_APPLICATION: usize = 3;

/// How long a soak is, unless the environment says another number.
const MINUTES: usize = 1;

/// Connections that send.
const CONNECTIONS: usize = 8;

#[test]
fn many_messages_are_each_done_once_and_no_process_grows() {
    let fleet = Fleet::over_files();
    let messages = asked_for("QAQPA_MESSAGES", MESSAGES);
    let levels = without_rest(&fleet, Until::Sent(messages.div_ceil(AN_APPLICATION)));
    levels.are_level();
}

#[test]
fn a_soak_of_two_of_each_over_one_database_loses_nothing_and_no_process_grows() {
    let server = Server::start();
    let fleet = Fleet::over(&server.url());
    let minutes = asked_for("QAQPA_MINUTES", MINUTES);
    let time = Duration::from_secs(60) * u32::try_from(minutes).unwrap();
    let levels = without_rest(&fleet, Until::Over(time));
    levels.are_level();
    drop(server);
}

/// The number of that name in the environment, or the usual one.
pub(super) fn asked_for(name: &str, usual: usize) -> usize {
    std::env::var(name).map_or(usual, |text| {
        text.parse()
            .unwrap_or_else(|error| panic!("{name}={text}: {error}"))
    })
}

/// Has messages sent until then, and counts them at both ends.
fn without_rest(fleet: &Fleet, until: Until) -> Levels {
    let system = system(fleet);
    let telling = system.clone();
    let watcher = Watcher::begin(&fleet.data, move || {
        let (accepted, answered) = telling.so_far();
        format!("{accepted} accepted, {answered} answered")
    });
    let tally = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(system.run(CONNECTIONS, until));
    let levels = watcher.end();
    eprintln!(
        "{} accepted in {:.0} s: {:.0} a second; p50 {:?}, p99 {:?}; {} done, {} sent again\n{}",
        tally.load.accepted,
        tally.load.lasted.as_secs_f64(),
        tally.load.rate(),
        tally.load.within(0.5),
        tally.load.within(0.99),
        tally.done,
        tally.repeats,
        levels.table()
    );
    assert_eq!(tally.failures, Default::default());
    assert_eq!(tally.load.others, Default::default());
    assert_eq!((tally.unanswered, tally.doubled, tally.strange), (0, 0, 0));
    assert!(
        tally.is_whole(),
        "{} of {}",
        tally.done,
        tally.load.accepted
    );

    let granted = block_on(async {
        let store = fleet.store(Actor::RegionalGateway).await;
        let cards = store.cards();
        let granted = CardFilter {
            state: Some(CardState::Granted),
        };
        let counts = (
            cards.count(granted).await.unwrap(),
            cards.count(CardFilter::default()).await.unwrap(),
        );
        store.close().await;
        counts
    });
    assert_eq!(granted, (tally.load.accepted, tally.load.accepted));
    let messages = block_on(taken_in(fleet, "SendMessage"));
    let words = block_on(taken_in(fleet, "sendDeliveryNotification"));
    eprintln!("taken in by the gateways: {messages} requests and results, {words} words");
    assert_eq!(messages, 2 * tally.load.accepted);
    // A result that is handed out again, because the word about it was not heard in time, has two.
    assert!(words >= tally.load.accepted, "{words}");
    for state in ["pending", "held", "parked"] {
        assert_eq!(block_on(in_outboxes(fleet, state)), 0.0, "{state}");
    }
    fleet.journals_hold();
    levels
}

/// How many messages of this operation the gateways accepted, by their own numbers.
async fn taken_in(fleet: &Fleet, operation: &str) -> u64 {
    let label = format!("operation=\"{operation}\",outcome=\"accepted\"");
    let figures = figures_of(fleet, Actor::Gateway, "qaqpa_messages_total", &label).await;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count"
    )]
    let count = figures.into_iter().sum::<f64>() as u64;
    count
}

/// The system, which sends to each gateway in turn.
fn system(fleet: &Fleet) -> Steady {
    let tls = ClientTls::trusting_file(&fleet.data.join("trust/tls.pem")).unwrap();
    let client = HttpClient::new(&tls, ClientLimits::default());
    let gateways = registry::records(&fleet.data, &ActorName::from(Actor::Gateway)).unwrap();
    let doors = gateways.into_iter().map(|mut gateway| {
        let mut door = |name| gateway.addresses.remove(name).unwrap();
        (door("sync"), door("async"))
    });
    let clock = ClockState::load(&fleet.data).unwrap();
    let supplier = supplier(&stand::wait_for_endpoints(&fleet.data));
    Steady::new(
        supplier,
        client,
        doors.collect(),
        Clock::with_offset(clock.offset_ms),
    )
}

/// What the outboxes hold in this state, by the processes' own numbers: of several over one database each tells the whole.
pub(super) async fn in_outboxes(fleet: &Fleet, state: &str) -> f64 {
    let mut held = 0.0;
    for actor in [Actor::Gateway, Actor::RegionalGateway, Actor::Portal] {
        held += in_outbox_of(fleet, actor, state).await;
    }
    held
}

/// The same of one actor.
pub(super) async fn in_outbox_of(fleet: &Fleet, actor: Actor, state: &str) -> f64 {
    let label = format!("state=\"{state}\"");
    let figures = figures_of(fleet, actor, "qaqpa_outbox_entries", &label).await;
    figures.into_iter().fold(0.0, f64::max)
}

/// A number of each process of an actor: the sum of those with this label.
pub(super) async fn figures_of(fleet: &Fleet, actor: Actor, name: &str, label: &str) -> Vec<f64> {
    let mut figures = Vec::new();
    for control in ControlClient::of_each(&fleet.data, &ActorName::from(actor)).unwrap() {
        let text = control.bytes("/metrics").await.unwrap();
        let told = Figures::read(&String::from_utf8_lossy(&text));
        figures.push(told.sum(name, Some(label)));
    }
    figures
}
