//! Who is claimed for: nobody waits because somebody else's endpoint is slow.

use std::time::{Duration, Instant};

use qaqpa_store::{Claim, Claimed, Conclusion, OutboxState, Room, Store, Word};

use crate::stand::{Stand, at, failure, outgoing, say};

const LEASE: Duration = Duration::from_secs(30);

fn claim(actors: u32, systems: u32) -> Claim {
    Claim {
        actors: Room {
            all: actors,
            each: 8,
        },
        systems: Room {
            all: systems,
            each: 2,
        },
        ..Claim::none(at(100), LEASE)
    }
}

async fn put(store: &Store, id: &str, destination: &str, seconds: i64) {
    let mut message = outgoing(id);
    destination.clone_into(&mut message.destination);
    let exchange = store.exchange();
    let put = exchange.enqueue(message, Vec::new(), at(seconds)).await;
    put.unwrap();
}

async fn claimed(store: &Store, claim: &Claim) -> Vec<Claimed> {
    store.exchange().claim_fairly(claim).await.unwrap().entries
}

fn ids(claimed: &[Claimed]) -> Vec<&str> {
    let ids = claimed.iter();
    ids.map(|one| one.message.message_id.as_str()).collect()
}

pub(crate) async fn an_endpoint_has_no_more_under_way_than_it_may_and_holds_up_nobody(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    // All that is for the slow one is older; results and notices go to the same endpoint.
    for turn in 0..20 {
        put(&store, &format!("slow-{turn}"), "system/slow/a@b", turn).await;
    }
    put(&store, "slow-notice", "status/slow", 20).await;
    put(&store, "quick", "system/quick/a@b", 50).await;
    put(&store, "m1", "regional-gateway", 60).await;
    let first = claimed(&store, &claim(8, 8)).await;
    assert_eq!(ids(&first), ["slow-0", "slow-1", "quick", "m1"]);
    assert_eq!(ids(&claimed(&store, &claim(8, 8)).await), [""; 0]);
    // What ends makes room for as many, whatever the lane they were claimed in by which process.
    let later = at(900);
    let exchange = store.exchange();
    let retried = exchange
        .retry_at(first[0].ticket, failure(later, "slow"))
        .await;
    assert_eq!(retried, Ok(true));
    assert_eq!(ids(&claimed(&store, &claim(8, 8)).await), ["slow-2"]);
}

pub(crate) async fn actors_and_systems_are_claimed_for_apart_and_closed_lanes_not_at_all(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    for (turn, destination) in ["system/a/s@t", "system/b/s@t", "system/c/s@t", "portal"]
        .into_iter()
        .enumerate()
    {
        put(&store, &format!("m{turn}"), destination, 1).await;
    }
    // No room for systems is room for actors all the same.
    assert_eq!(ids(&claimed(&store, &claim(8, 0)).await), ["m3"]);
    let without_a = Claim {
        closed: vec!["/a".to_owned(), "portal".to_owned()],
        ..claim(8, 1)
    };
    assert_eq!(ids(&claimed(&store, &without_a).await), ["m1"]);
    assert_eq!(ids(&claimed(&store, &claim(8, 8)).await), ["m0", "m2"]);
}

pub(crate) async fn slow_endpoints_have_a_few_places_of_their_own_and_none_of_the_others(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    for turn in 0..8 {
        let (id, to) = (
            format!("slow-{turn}"),
            format!("system/slow-{}/s@t", turn % 4),
        );
        put(&store, &id, &to, turn).await;
    }
    put(&store, "quick", "system/quick/s@t", 50).await;
    let with_slow = |all| Claim {
        slow: Room { all, each: 2 },
        slow_lanes: (0..4).map(|turn| format!("/slow-{turn}")).collect(),
        ..claim(0, 2)
    };
    let first = claimed(&store, &with_slow(3)).await;
    assert_eq!(ids(&first), ["slow-0", "slow-1", "slow-2", "quick"]);
    // The oldest of them, but never more than two to one.
    let rest = claimed(&store, &with_slow(9)).await;
    let expected = ["slow-3", "slow-4", "slow-5", "slow-6", "slow-7"];
    assert_eq!(ids(&rest), expected);
}

/// A machine that slept finds all its leases over at once, while its deliveries go on.
pub(crate) async fn what_is_in_hand_is_not_claimed_beside_that_though_its_lease_is_over(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    for turn in 0..4 {
        put(&store, &format!("m{turn}"), "system/x/s@t", turn).await;
    }
    let short = Claim {
        lease: Duration::from_millis(1),
        ..claim(8, 1)
    };
    let first = claimed(&store, &short).await;
    assert_eq!(ids(&first), ["m0"]);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let beside = Claim {
        in_hand: vec![first[0].ticket],
        ..claim(8, 8)
    };
    // It has its place in the lane all the same.
    assert_eq!(ids(&claimed(&store, &beside).await), ["m1"]);
    assert_eq!(ids(&claimed(&store, &claim(8, 8)).await), ["m0"]);
}

pub(crate) async fn what_is_begun_anew_while_it_is_under_way_goes_out_again_after_that_and_not_beside_it(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let exchange = store.exchange();
    let again = || Word::Again {
        push: true,
        why: "lost it".to_owned(),
    };
    put(&store, "m1", "system/x/s@t", 1).await;
    for turn in 0..3 {
        let under_way = claimed(&store, &claim(8, 8)).await;
        assert_eq!((ids(&under_way), under_way[0].attempt), (vec!["m1"], 1));
        assert!(say(&store, "system/x/s@t", "m1", again()).await);
        assert_eq!(ids(&claimed(&store, &claim(8, 8)).await), [""; 0]);
        let ticket = under_way[0].ticket;
        let concluded = match turn {
            0 => exchange.complete(ticket, Conclusion::at(at(101))).await,
            1 => exchange.retry_at(ticket, failure(at(900), "down")).await,
            _ => exchange.hold(ticket, at(1), "no endpoint").await,
        };
        assert_eq!(concluded, Ok(false), "it is asked for again");
    }
    let ticket = claimed(&store, &claim(8, 8)).await[0].ticket;
    let done = exchange.complete(ticket, Conclusion::at(at(102))).await;
    assert_eq!(done, Ok(true));
}

pub(crate) async fn the_ticket_of_before_is_void_after_a_fresh_count_though_the_attempts_are_the_same(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let exchange = store.exchange();
    put(&store, "m1", "portal", 1).await;
    let short = Claim {
        lease: Duration::from_millis(1),
        ..claim(8, 8)
    };
    let before = claimed(&store, &short).await[0].ticket;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let parked = exchange.park(before, "no", Conclusion::at(at(100))).await;
    assert_eq!(parked, Ok(true));
    let id = exchange.outbox(1).await.unwrap()[0].id;
    let _ = exchange.resend(id, at(100)).await.unwrap();
    let now = claimed(&store, &claim(8, 8)).await;
    assert_eq!(now[0].attempt, 1);
    let conclusion = Conclusion::at(at(101));
    let late = exchange.park(before, "late", conclusion.clone()).await;
    assert_eq!(late, Ok(false));
    assert_eq!(
        exchange.retry_at(before, failure(at(900), "late")).await,
        Ok(false)
    );
    assert_eq!(exchange.hold(before, at(1), "late").await, Ok(false));
    assert_eq!(exchange.complete(now[0].ticket, conclusion).await, Ok(true));
    let state = exchange.outbox(1).await.unwrap()[0].state;
    assert_eq!(state, OutboxState::Done);
}

pub(crate) async fn the_oldest_of_many_lanes_are_found_quickly(stand: &impl Stand) {
    let store = stand.open().await;
    let putting = (0..3000).map(|turn| {
        let store = store.clone();
        async move {
            let destination = format!("system/s{}/a@b", turn % 100);
            put(&store, &format!("m{turn}"), &destination, turn % 90).await;
        }
    });
    futures_of(putting).await;
    let begun = Instant::now();
    let first = claimed(&store, &claim(8, 32)).await;
    let took = begun.elapsed();
    assert_eq!(first.len(), 32);
    assert!(first.is_sorted_by_key(|one| one.queued_at));
    // A hundred times what it takes on a quiet machine.
    assert!(took < Duration::from_secs(2), "{took:?}");
}

/// All of them, a hundred at a time.
async fn futures_of(work: impl Iterator<Item = impl Future<Output = ()> + Send + 'static>) {
    let mut running = tokio::task::JoinSet::new();
    for one in work {
        if running.len() >= 100 {
            running.join_next().await.unwrap().unwrap();
        }
        running.spawn(one);
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
}
