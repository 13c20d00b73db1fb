//! What became of everything that was sent, counted in the stores of all actors.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use qaqpa_model::{Actor, RequestStatus};
use qaqpa_store::{CardFilter, CardState, JournalFilter, OutboxState};
use qaqpa_transport::ControlClient;
use serde_json::Value;

use super::fleet::{Fleet, block_on};
use super::questions::Asked;
use super::receivers::Said;

/// How long it may take until nothing is under way: a lease (90 s) and more.
const QUIET: Duration = Duration::from_secs(240);

/// Why a good signature is refused while the clock moves and the authority is killed.
const OF_TIME: [&str; 3] = [
    "certificate-expired",
    "certificate-not-yet-valid",
    "revocation-unknown",
];

/// How many messages came how far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Of the system: sent, and acknowledged.
    pub(super) sent: usize,
    /// Stored by the gateway as accepted, each once.
    pub(super) accepted: usize,
    /// Delivered to a regional gateway and registered there, each with its one card.
    pub(super) delivered: usize,
    /// Answered, and the one answer waits in the system's mailbox.
    pub(super) done: usize,
    /// Applications of the portal that were sent.
    pub(super) applied: usize,
    /// Those that have their final status, and whose one answer the portal has accepted.
    pub(super) completed: usize,
}

/// Waits until nothing is under way, and counts.
///
/// `told` are those messages of the portal of which a citizen was told that they are sent.
pub(super) fn quiet(
    fleet: &Fleet,
    by_system: &BTreeSet<String>,
    told: &BTreeSet<String>,
) -> Counts {
    let begun = Instant::now();
    loop {
        let counts = block_on(count(fleet, by_system, told));
        match counts {
            Ok(counts) => return counts,
            Err(why) => assert!(
                begun.elapsed() < QUIET,
                "not quiet after {QUIET:?}: {why}; logs are in {}",
                fleet.data.display()
            ),
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

async fn count(
    fleet: &Fleet,
    by_system: &BTreeSet<String>,
    told: &BTreeSet<String>,
) -> Result<Counts, String> {
    let mut counts = Counts {
        sent: by_system.len(),
        ..Counts::default()
    };
    for actor in [Actor::Gateway, Actor::RegionalGateway, Actor::Portal] {
        let store = fleet.store(actor).await;
        let entries = store.exchange().outbox(1_000_000).await.unwrap();
        store.close().await;
        for entry in entries {
            if !matches!(entry.state, OutboxState::Done | OutboxState::Held) {
                return Err(format!("{actor}: {entry:?}"));
            }
        }
    }
    let applications = applications(fleet).await?;
    let lost: Vec<_> = told.difference(&applications).collect();
    assert!(lost.is_empty(), "citizens were told of {lost:?}");

    let gateway = fleet.store(Actor::Gateway).await;
    let regional = fleet.store(Actor::RegionalGateway).await;
    let portal = fleet.store(Actor::Portal).await;
    let mut answers: BTreeMap<String, usize> = BTreeMap::new();
    let mut to_mailbox: BTreeMap<String, usize> = BTreeMap::new();
    let mut onward: BTreeMap<String, usize> = BTreeMap::new();
    for entry in gateway.exchange().outbox(1_000_000).await.unwrap() {
        let id = entry.message_id.as_str().to_owned();
        if entry.destination.starts_with("system/") {
            let about = entry.correlation.unwrap().as_str().to_owned();
            *to_mailbox.entry(about).or_default() += 1;
        } else if entry.destination.starts_with("regional-gateway") {
            *onward.entry(id).or_default() += 1;
        } else if entry.destination == "portal" {
            let about = entry.correlation.unwrap().as_str().to_owned();
            *answers.entry(about).or_default() += 1;
        }
    }
    let mut cards: BTreeMap<String, usize> = BTreeMap::new();
    let room = regional.cards();
    for card in room.list(CardFilter::default(), 1_000_000).await.unwrap() {
        assert_eq!(card.state, CardState::Granted, "{card:?}");
        *cards
            .entry(card.message_id.as_str().to_owned())
            .or_default() += 1;
    }
    let once = |of: &BTreeMap<String, usize>, id: &str| match of.get(id) {
        None => false,
        Some(1) => true,
        Some(times) => panic!("{id}: {times} times"),
    };
    for id in by_system {
        let message = qaqpa_model::MessageId::parse(id).unwrap();
        let accepted = gateway.exchange().message(&message).await.unwrap();
        counts.accepted += usize::from(accepted.is_some() && once(&onward, id));
        counts.delivered += usize::from(once(&cards, id));
        counts.done += usize::from(once(&to_mailbox, id));
    }
    for id in &applications {
        counts.applied += 1;
        let whole = once(&onward, id) && once(&cards, id) && once(&answers, id);
        counts.completed += usize::from(whole);
    }
    // Nothing else is anywhere: each card and each answer is of a message that somebody has sent.
    let known = |id: &String| by_system.contains(id) || applications.contains(id);
    for of in [&cards, &onward, &to_mailbox, &answers] {
        let stray: Vec<_> = of.keys().filter(|id| !known(id)).collect();
        assert!(stray.is_empty(), "{stray:?}");
    }
    // What the portal has accepted is as many answers as it has applications.
    let mut accepted = 0;
    for chain in portal.journal().chains().await.unwrap() {
        let filter = JournalFilter {
            kind: Some("accepted".to_owned()),
            ..JournalFilter::default()
        };
        let entries = portal.journal().of(&chain).list(&filter, 1_000_000).await;
        accepted += entries.unwrap().len();
    }
    assert_eq!(accepted, counts.applied, "answers that the portal accepted");
    for store in [gateway, regional, portal] {
        store.close().await;
    }
    Ok(counts)
}

/// What the systems were given and have said, against what the gateway has stored: each word counted once, and nothing
/// came that is not concluded.
pub(super) fn words(fleet: &Fleet, said: &Said) {
    let (notifications, again, open) = block_on(async {
        let gateway = fleet.store(Actor::Gateway).await;
        let (mut notifications, mut again) = (0, BTreeMap::<String, usize>::new());
        for chain in gateway.journal().chains().await.unwrap() {
            let journal = gateway.journal().of(&chain);
            let of = async |kind: &str| {
                let filter = JournalFilter {
                    kind: Some(kind.to_owned()),
                    ..JournalFilter::default()
                };
                journal.list(&filter, 1_000_000).await.unwrap()
            };
            notifications += of("delivery-notification").await.len();
            for entry in of("asked-again").await {
                let id = entry.message_id.unwrap().as_str().to_owned();
                *again.entry(id).or_default() += 1;
            }
        }
        let mut open = gateway.exchange().outbox(1_000_000).await.unwrap();
        open.retain(|entry| {
            entry.destination.starts_with("system/") && entry.state != OutboxState::Done
        });
        gateway.close().await;
        (notifications, again, open)
    });
    assert_eq!(open, [], "results that nobody has");
    let once: BTreeMap<_, _> = said.again.iter().map(|id| (id.clone(), 1)).collect();
    assert_eq!(again, once, "how often each was asked for again");
    assert_eq!(notifications, said.again.len() + said.taken.len());
    assert_eq!(said.problems, Vec::<String>::new());
}

/// What a register was asked: each question that was answered is stored once, and nothing goes anywhere because of it.
pub(super) fn questions(fleet: &Fleet, asked: &Asked) {
    let strays = block_on(async {
        let gateway = fleet.store(Actor::Gateway).await;
        let mut strays = Vec::new();
        for id in asked.answered.keys() {
            let id = qaqpa_model::MessageId::parse(id).unwrap();
            let kept = gateway.exchange().message(&id).await.unwrap();
            let is_kept = kept.is_some_and(|kept| kept.facts_json.contains("question"));
            let onward = gateway.exchange().outbox_of(&id).await.unwrap();
            if !is_kept || onward.is_some() {
                strays.push(id);
            }
        }
        gateway.close().await;
        strays
    });
    assert_eq!(strays, []);
}

/// What a citizen was told is refused, the portal has refused, by name, and has sent to nobody.
pub(super) fn refused(fleet: &Fleet, refused: &BTreeSet<String>) {
    let known = block_on(async {
        let client = ControlClient::of(&fleet.data, Actor::Portal).unwrap();
        client.get::<Vec<Value>>("/applications").await.unwrap()
    });
    for id in refused {
        let of = known.iter().find(|one| one["message"] == id.as_str());
        let of = of.unwrap_or_else(|| panic!("{id} is nowhere"));
        assert_eq!(of["status"], RequestStatus::Refused.as_str(), "{of}");
        assert_eq!(of["submitted"], Value::Null, "{of}");
        // The clock moves, and the signature is good: only its time can be in question.
        let label = of["label"].as_str().unwrap_or_default();
        assert!(OF_TIME.contains(&label), "{of}");
    }
}

/// The ids of the portal's applications that were sent; all of them have their final status.
async fn applications(fleet: &Fleet) -> Result<BTreeSet<String>, String> {
    let control =
        ControlClient::of(&fleet.data, Actor::Portal).map_err(|error| error.to_string())?;
    let all: Vec<Value> = control
        .get("/applications")
        .await
        .map_err(|error| error.to_string())?;
    let mut sent = BTreeSet::new();
    for application in all {
        if application["submitted"].is_null() {
            continue;
        }
        if application["status"] != RequestStatus::Completed.as_str() {
            return Err(application.to_string());
        }
        sent.insert(application["message"].as_str().unwrap().to_owned());
    }
    Ok(sent)
}
