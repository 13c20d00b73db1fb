//! The journal and its chain.

use qaqpa_model::RefusalLabel;
use qaqpa_store::{ChainReport, Direction, JournalEntry, JournalFilter};
use serde_json::json;

use crate::stand::{IIN, Stand, at, message_id};

fn entry(kind: &str) -> JournalEntry {
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
    assert_eq!(
        journal.verify_chain().await,
        Ok(ChainReport {
            entries: 3,
            head: all[0].hash.clone(),
            broken: None
        })
    );
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
    let report = stand.open().await.journal().verify_chain().await.unwrap();
    assert_eq!((report.entries, report.broken), (100, None));
}
