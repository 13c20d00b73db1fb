//! Whatever is done to a journal behind the store's back, the proof names the first entry that it was done to.
//!
//! The journal of these tests: entries 1–4 in segment 1, 5–8 in segment 2, both sealed and stamped; 9 and 10 open.

mod anew;
mod chain;
mod doubts;
mod histories;
mod seals;

use qaqpa_model::RefusalLabel;
use qaqpa_store::{Direction, FindingKind, Indication, JournalEntry, JournalProof, Store};

use crate::contract::journal::{stamp_all, test_judge};
use crate::sqlite::tamper;
use crate::stand::{SqliteStand, Stand, at, message_id};

pub(crate) use anew::entry_hash;

pub(crate) fn entry(number: u8) -> JournalEntry {
    JournalEntry {
        at: at(i64::from(number)),
        kind: "received".to_owned(),
        message_id: Some(message_id("m1")),
        direction: Direction::In,
        label: Some(RefusalLabel::IinMismatch),
        raw: Some(vec![number]),
        summary: serde_json::json!({ "n": number }),
    }
}

async fn write(store: &Store, numbers: std::ops::RangeInclusive<u8>) {
    for number in numbers {
        store.journal().append(entry(number)).await.unwrap();
    }
    stamp_all(store).await;
}

async fn journal_of(numbers: u8) -> (SqliteStand, Store) {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    write(&store, 1..=numbers).await;
    (stand, store)
}

async fn proof_after(numbers: u8, statements: &str) -> JournalProof {
    let (stand, store) = journal_of(numbers).await;
    tamper(&stand, statements).await;
    proof_of(&store).await
}

/// What the proof names: the entries, the segment and the kind.
async fn found_after(statements: &str) -> Option<((i64, i64), i64, FindingKind)> {
    let proof = proof_after(10, statements).await;
    proof.finding.as_ref().map(|finding| {
        assert_eq!(proof.indication(), Indication::Broken);
        assert!(!finding.how.is_empty());
        (
            (finding.entry, finding.until),
            finding.segment,
            finding.kind,
        )
    })
}

/// The proof of a journal as it is now.
async fn proof_of(store: &Store) -> JournalProof {
    store.journal().verify(&test_judge).await.unwrap()
}

/// A statement that puts a copy of an entry under another number.
pub(crate) fn copied(id: i64, to: i64) -> String {
    format!(
        "INSERT INTO journal SELECT writer, {to}, at, kind, message_id, direction, label, raw, summary, previous, hash, withheld FROM journal WHERE id = {id}"
    )
}
