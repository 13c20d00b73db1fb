//! The journal and its chain.

use qaqpa_model::RefusalLabel;
use qaqpa_store::{
    Direction, DoubtKind, Indication, JournalEntry, JournalFilter, MISCHIEF, StampJudgement, Store,
    Vouched, no_judge,
};
use serde_json::json;

use crate::stand::{IIN, Stand, at, message_id};

pub(crate) fn entry(kind: &str) -> JournalEntry {
    JournalEntry {
        at: at(0),
        kind: kind.to_owned(),
        message_id: Some(message_id("m1")),
        direction: Direction::In,
        label: Some(RefusalLabel::IinMismatch),
        raw: None,
        summary: json!({ "iin": IIN, "password": "Qwerty12" }),
    }
}

pub(crate) async fn entries_are_chained_masked_and_listed_newest_first(stand: &impl Stand) {
    let store = stand.open().await;
    let journal = store.journal();
    for (number, kind) in [(1, "refused"), (2, "sent"), (3, "refused")] {
        assert_eq!(journal.append(entry(kind)).await, Ok(number));
    }
    let all = journal.list(&JournalFilter::default(), 10).await.unwrap();
    assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(all[0].previous, all[1].hash);
    assert_eq!(all[2].previous, "0".repeat(64));
    assert_eq!(all[0].writer, "gateway");
    assert_eq!(all[0].label, Some(RefusalLabel::IinMismatch));
    assert_eq!(
        all[0].summary,
        json!({ "iin": "93********25", "password": "***" })
    );
    let filter = JournalFilter {
        kind: Some("refused".to_owned()),
        before: Some(3),
        message_id: Some(message_id("m1")),
    };
    let some = journal.list(&filter, 10).await.unwrap();
    assert_eq!(some.iter().map(|one| one.id).collect::<Vec<_>>(), [1]);
    assert_eq!(journal.show(2).await.unwrap().unwrap(), all[1]);
    assert_eq!(journal.show(4).await, Ok(None));
    let proof = journal.verify(&no_judge).await.unwrap();
    assert_eq!(proof.finding, None);
    assert_eq!((proof.entries, proof.unsealed), (3, 3));
    assert_eq!(proof.head, all[0].hash);
    // It holds together, but nobody vouches for any of it.
    assert_eq!(proof.indication(), Indication::Undecided);
    assert_eq!(proof.doubts[0].kind, DoubtKind::NothingVouched);
}

pub(crate) async fn raw_bytes_are_kept_by_content(stand: &impl Stand) {
    let store = stand.open().await;
    let mut with_raw = entry("received");
    with_raw.raw = Some(b"abc".to_vec());
    let id = store.journal().append(with_raw).await.unwrap();
    let shown = store.journal().show(id).await.unwrap().unwrap();
    assert_eq!(
        shown.raw_digest.as_deref(),
        Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    );
    let raw = store.journal().raw(id).await.unwrap();
    assert_eq!(raw.as_deref(), Some(b"abc".as_slice()));
}

pub(crate) async fn the_chain_of_many_writers_at_once_is_whole(stand: &impl Stand) {
    let store = stand.open().await;
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.journal().append(entry("sent")).await.unwrap() })
        })
        .collect();
    let mut numbers = Vec::new();
    for task in tasks {
        numbers.push(task.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=100).collect::<Vec<_>>());
    store.close().await;
    let store = stand.open().await;
    let proof = store.journal().verify(&no_judge).await.unwrap();
    assert_eq!((proof.entries, proof.finding), (100, None));
}

pub(crate) async fn the_entry_that_fills_a_segment_seals_it_and_the_next_holds_the_seal(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let journal = store.journal();
    for second in 0..9 {
        let mut new = entry("sent");
        // The clock is set back once: moments are not in the order of numbers.
        new.at = at(if second == 5 { -60 } else { second });
        journal.append(new).await.unwrap();
    }
    let seals = journal.seals(9).await.unwrap();
    let numbers: Vec<_> = seals
        .iter()
        .map(|seal| (seal.segment, seal.first, seal.last, seal.entries))
        .collect();
    assert_eq!(numbers, [(2, 5, 8, 4), (1, 1, 4, 4)]);
    assert_eq!((seals[0].earliest, seals[0].latest), (at(-60), at(7)));
    assert_eq!((seals[1].earliest, seals[1].latest), (at(0), at(3)));
    assert_eq!(seals[0].header, seals[1].hash);
    assert_eq!(seals[1].header, [0; 32]);
    let ninth = journal.show(9).await.unwrap().unwrap();
    assert_eq!(
        ninth.previous,
        seals[0]
            .hash
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    );
    let proof = journal.verify(&no_judge).await.unwrap();
    assert_eq!(proof.finding, None);
    assert_eq!(
        (proof.entries, proof.segments, proof.waiting, proof.unsealed),
        (9, 2, 2, 1)
    );
    assert_eq!(proof.indication(), Indication::Undecided);
}

pub(crate) async fn an_old_segment_is_sealed_when_it_is_due_and_an_empty_one_never(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let journal = store.journal();
    assert_eq!(journal.seal_due(at(9999)).await, Ok(None));
    assert_eq!(journal.seal(at(9999)).await, Ok(None));
    journal.append(entry("sent")).await.unwrap();
    assert_eq!(journal.seal_due(at(599)).await, Ok(None));
    let seal = journal.seal_due(at(600)).await.unwrap().unwrap();
    assert_eq!((seal.segment, seal.first, seal.last), (1, 1, 1));
    assert_eq!(journal.seal_due(at(9999)).await, Ok(None));
    journal.append(entry("sent")).await.unwrap();
    // The clock was set back by more than the age.
    let seal = journal.seal_due(at(-600)).await.unwrap().unwrap();
    assert_eq!((seal.segment, seal.first, seal.last), (2, 2, 2));
    let proof = journal.verify(&no_judge).await.unwrap();
    assert_eq!(
        (proof.finding, proof.segments, proof.unsealed),
        (None, 2, 0)
    );
    store.close().await;
    let store = stand.open().await;
    assert_eq!(store.journal().append(entry("sent")).await, Ok(3));
    let proof = store.journal().verify(&no_judge).await.unwrap();
    assert_eq!((proof.finding, proof.entries, proof.unsealed), (None, 3, 1));
}

/// The judge of the tests: a stamp is the octets with a word before them.
pub(crate) fn test_judge(octets: &[u8], token: &[u8]) -> StampJudgement {
    if token.strip_prefix(b"stamp ") == Some(octets) {
        StampJudgement::Good(at(1000))
    } else {
        StampJudgement::Wrong("it is over something else".to_owned())
    }
}

/// Stamps whatever waits.
pub(crate) async fn stamp_all(store: &Store) {
    for seal in store.journal().unstamped(99).await.unwrap() {
        let token = [b"stamp ", seal.octets_to_stamp().unwrap().as_slice()].concat();
        assert_eq!(store.journal().stamp(&seal, token).await, Ok(true));
    }
}

pub(crate) async fn a_seal_waits_for_its_stamp_and_a_later_stamp_vouches_for_it(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let journal = store.journal();
    for _ in 0..9 {
        journal.append(entry("sent")).await.unwrap();
    }
    let waiting = journal.unstamped(9).await.unwrap();
    assert_eq!(
        waiting.iter().map(|seal| seal.segment).collect::<Vec<_>>(),
        [1, 2]
    );
    let token = [b"stamp ", waiting[1].octets_to_stamp().unwrap().as_slice()].concat();
    let mut another = waiting[1].clone();
    another.hash = vec![7; 32];
    assert_eq!(journal.stamp(&another, token.clone()).await, Ok(false));
    assert_eq!(journal.stamp(&waiting[1], token.clone()).await, Ok(true));
    assert_eq!(journal.stamp(&waiting[1], token).await, Ok(false));
    let proof = journal.verify(&test_judge).await.unwrap();
    let vouched = Vouched {
        segment: 2,
        entry: 8,
        at: at(1000),
    };
    assert_eq!((proof.vouched, proof.waiting), (Some(vouched), 0));
    assert_eq!(proof.indication(), Indication::Proven);
    let proof = journal.verify(&no_judge).await.unwrap();
    assert_eq!((proof.vouched, proof.waiting), (None, 2));
    assert!(proof.unjudged.is_some());
    assert_eq!(proof.indication(), Indication::Undecided);
}

pub(crate) async fn a_deliberate_fault_is_marked_beside_its_message(stand: &impl Stand) {
    let store = stand.open().await;
    let journal = store.journal();
    journal.append(entry("sent")).await.unwrap();
    let detail = json!({ "byte": 17, "iin": IIN });
    let mark = JournalEntry::mischief(at(1), Some(message_id("m1")), "corrupt-one-byte", detail);
    journal.append(mark).await.unwrap();
    let marks = JournalFilter {
        kind: Some(MISCHIEF.to_owned()),
        message_id: Some(message_id("m1")),
        before: None,
    };
    let found = journal.list(&marks, 9).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].id, found[0].direction), (2, Direction::Own));
    assert_eq!(
        found[0].summary,
        json!({ "fault": "corrupt-one-byte", "detail": { "byte": 17, "iin": "93********25" } })
    );
}

pub(crate) async fn an_entry_that_comes_when_the_segment_is_due_begins_a_new_one(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let journal = store.journal();
    // Ten minutes are the age; the clock is set forward once and back once.
    for seconds in [0, 599, 600, 601, -600, -599] {
        let mut new = entry("sent");
        new.at = at(seconds);
        journal.append(new).await.unwrap();
    }
    let seals = journal.seals(9).await.unwrap();
    let seals: Vec<_> = seals
        .iter()
        .map(|seal| (seal.segment, seal.first, seal.last, seal.sealed_at))
        .collect();
    // As of their latest entries: what comes next may be of another time.
    assert_eq!(seals, [(2, 3, 4, at(601)), (1, 1, 2, at(599))]);
    let proof = journal.verify(&no_judge).await.unwrap();
    assert_eq!((proof.finding, proof.unsealed), (None, 2));
}
