//! Several chains of one database: those whose process is gone are kept by the others, and none is gone unseen.

use qaqpa_model::Actor;
use qaqpa_store::{
    Company, Doubted, FindingKind, Indication, JournalEntry, JournalFilter, Pruned, Store, Wish,
    no_judge,
};

use crate::contract::journal::{entry, stamp_all, test_judge};
use crate::postgres::PostgresStand;
use crate::stand::{Stand, at};

fn of(number: i64) -> JournalEntry {
    JournalEntry {
        at: at(number),
        ..entry("sent")
    }
}

/// Two processes write; the second is gone with an open segment.
async fn with_one_gone(stand: &PostgresStand) -> Store {
    let (one, two) = (stand.open().await, stand.open().await);
    for number in 1..=6 {
        one.journal().append(of(number)).await.unwrap();
        two.journal().append(of(number)).await.unwrap();
    }
    two.close().await;
    one
}

async fn chains(store: &Store) -> Vec<String> {
    store.journal().chains().await.unwrap()
}

#[tokio::test]
async fn a_chain_whose_process_is_gone_is_sealed_stamped_and_pruned_by_another() {
    let stand = PostgresStand::fresh();
    let (one, two) = (stand.open().await, stand.open().await);
    for number in 1..=6 {
        two.journal().append(of(number)).await.unwrap();
    }
    let journal = one.journal();
    // While its process lives, nobody else touches it.
    assert_eq!(journal.abandoned().await.unwrap(), [""; 0]);
    let other = journal.of("gateway-2");
    assert_eq!(other.seal_due(at(5000)).await, Ok(None));
    assert_eq!(other.seal(at(5000)).await, Ok(None));
    two.close().await;

    assert_eq!(journal.abandoned().await.unwrap(), ["gateway-2"]);
    assert_eq!(other.seal_due(at(100)).await, Ok(None), "not due yet");
    let sealed = other.seal_due(at(700)).await.unwrap().unwrap();
    assert_eq!(
        (sealed.writer.as_str(), sealed.segment, sealed.last),
        ("gateway-2", 2, 6)
    );
    for seal in other.unstamped(9).await.unwrap() {
        let token = [b"stamp ", seal.octets_to_stamp().unwrap().as_slice()].concat();
        assert_eq!(journal.stamp(&seal, token).await, Ok(true));
    }
    let proof = other.verify(&test_judge).await.unwrap();
    assert_eq!((proof.indication(), proof.entries), (Indication::Proven, 6));

    let wish = Wish {
        before: at(5),
        now: at(1000),
        company: Company::Writers,
        doubted: Doubted::Kept,
    };
    let pruned = other.prune(wish, &test_judge).await.unwrap();
    let Pruned::Removed(removal) = pruned else {
        panic!("{pruned:?}");
    };
    assert_eq!((removal.segments, removal.entries, removal.last), (1, 4, 4));
    let proof = other.verify(&test_judge).await.unwrap();
    assert_eq!((proof.finding, proof.pruned), (None, 4));
    // What tells of it stands in the chain itself; the own one is as it was.
    let told = other.list(&JournalFilter::default(), 1).await.unwrap();
    assert_eq!(told[0].kind, "journal-pruned");
    assert_eq!(journal.list(&JournalFilter::default(), 9).await, Ok(vec![]));
    // Whoever starts next goes on with it.
    let next = stand.open().await;
    assert_eq!(next.journal().name(), "gateway-2");
    next.journal().append(of(8)).await.unwrap();
    let proof = other.verify(&test_judge).await.unwrap();
    assert_eq!(proof.finding, None);
}

#[tokio::test]
async fn everybody_proves_every_chain_also_of_a_store_that_is_only_read() {
    let stand = PostgresStand::fresh();
    let one = with_one_gone(&stand).await;
    stand
        .tamper("UPDATE journal SET kind = 'nothing' WHERE writer = 'gateway-2' AND id = 5")
        .await;
    let reader = Store::open_to_read(&stand.config(), Actor::Gateway)
        .await
        .unwrap();
    for store in [&one, &reader] {
        assert_eq!(chains(store).await, ["gateway", "gateway-2"]);
        let journal = store.journal();
        let own = journal.of("gateway").verify(&no_judge).await.unwrap();
        assert_eq!((own.finding, own.entries), (None, 6));
        let other = journal.of("gateway-2").verify(&no_judge).await.unwrap();
        let finding = other.finding.unwrap();
        assert_eq!((finding.entry, finding.kind), (5, FindingKind::Changed));
    }
    // A damaged chain of another is not sealed either.
    assert_eq!(
        one.journal().of("gateway-2").seal_due(at(5)).await,
        Ok(None)
    );
}

#[tokio::test]
async fn a_chain_that_is_gone_with_everything_in_it_is_missed_by_the_others() {
    let stand = PostgresStand::fresh();
    let one = with_one_gone(&stand).await;
    let journal = one.journal();
    let told = journal.tell_chains(&[], at(7)).await.unwrap().unwrap();
    assert_eq!(told, ["gateway", "gateway-2"]);
    assert_eq!(journal.tell_chains(&told, at(8)).await, Ok(None));
    assert_eq!(journal.missing().await.unwrap(), [""; 0]);
    // The end of it alone is found by its own proof.
    stand
        .tamper("DELETE FROM journal_heads WHERE writer = 'gateway-2'")
        .await;
    assert_eq!(chains(&one).await, ["gateway", "gateway-2"]);
    let proof = journal.of("gateway-2").verify(&no_judge).await.unwrap();
    assert_eq!(proof.finding.unwrap().kind, FindingKind::HeadWrong);
    stand
        .tamper(
            "DELETE FROM journal WHERE writer = 'gateway-2';
             DELETE FROM journal_seals WHERE writer = 'gateway-2'",
        )
        .await;
    assert_eq!(chains(&one).await, ["gateway"]);
    assert_eq!(journal.missing().await.unwrap(), ["gateway-2"]);
}

/// What retention removes must not take with it what it told of the others.
#[tokio::test]
async fn a_chain_is_missed_also_after_the_entries_that_told_of_it_were_removed() {
    let stand = PostgresStand::fresh();
    let one = with_one_gone(&stand).await;
    let journal = one.journal();
    let told = journal.tell_chains(&[], at(7)).await.unwrap().unwrap();
    let prune = async |before| {
        stamp_all(&one).await;
        let wish = Wish {
            before: at(before),
            now: at(before),
            company: Company::Writers,
            doubted: Doubted::Kept,
        };
        let pruned = one.journal().prune(wish, &test_judge).await.unwrap();
        let Pruned::Removed(removal) = pruned else {
            panic!("{pruned:?}");
        };
        removal.last
    };
    journal.append(of(8)).await.unwrap();
    assert_eq!(prune(1000).await, 8);
    assert_eq!(journal.missing().await.unwrap(), [""; 0]);
    stand
        .tamper(
            "DELETE FROM journal_heads WHERE writer = 'gateway-2';
             DELETE FROM journal WHERE writer = 'gateway-2';
             DELETE FROM journal_seals WHERE writer = 'gateway-2'",
        )
        .await;
    assert_eq!(journal.missing().await.unwrap(), ["gateway-2"]);

    // Who still knows of it tells that it is gone, once.
    let told = journal.tell_chains(&told, at(1001)).await.unwrap().unwrap();
    assert_eq!(told, ["gateway"]);
    assert_eq!(journal.tell_chains(&told, at(1002)).await, Ok(None));
    let last = journal.list(&JournalFilter::default(), 1).await.unwrap();
    assert_eq!(last[0].kind, "journal-chain-gone");
    assert_eq!(
        last[0].summary,
        serde_json::json!({ "chains": ["gateway-2"] })
    );

    // The next removal takes the one before with it, and tells on.
    for number in 1003..=1008 {
        journal.append(of(number)).await.unwrap();
    }
    assert_eq!(prune(9000).await, 16);
    assert_eq!(journal.missing().await.unwrap(), ["gateway-2"]);
    let proof = journal.verify(&test_judge).await.unwrap();
    assert_eq!(proof.finding, None);
}

#[tokio::test]
async fn a_process_that_gets_another_name_puts_no_stamp_on_another_chain_and_removes_nothing_of_it()
{
    let stand = PostgresStand::fresh();
    let (one, two) = (stand.open().await, stand.open().await);
    for number in 1..=9 {
        one.journal().append(of(number)).await.unwrap();
        two.journal().append(of(number)).await.unwrap();
    }
    stamp_all(&one).await;
    stamp_all(&two).await;
    // The seal of one chain with the number of one of the other.
    let mut seal = one.journal().seals(1).await.unwrap().remove(0);
    stand.tamper("UPDATE journal_seals SET stamp = NULL").await;
    seal.writer = "gateway-2".to_owned();
    let stamped = two
        .journal()
        .stamp(&seal, b"stamp of another".to_vec())
        .await;
    assert_eq!(stamped, Ok(false));
}
