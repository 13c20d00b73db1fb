//! Retention: what is removed, what is left, and that nobody passes a cut off as retention.

use qaqpa_store::{
    Direction, FindingKind, Indication, JournalEntry, JournalFilter, Pruned, Removal, Store,
};

use crate::contract::journal::{stamp_all, test_judge};
use crate::sqlite::tamper;
use crate::stand::{SqliteStand, Stand, at, message_id};

fn entry(number: u8) -> JournalEntry {
    JournalEntry {
        at: at(i64::from(number)),
        kind: "received".to_owned(),
        message_id: Some(message_id("m1")),
        direction: Direction::In,
        label: None,
        raw: Some(vec![number % 7]),
        summary: serde_json::json!({ "n": number }),
    }
}

async fn write(store: &Store, numbers: std::ops::RangeInclusive<u8>) {
    for number in numbers {
        store.journal().append(entry(number)).await.unwrap();
    }
}

/// Segments 1–4, 5–8 and 9–12 stamped, 13 and 14 open.
async fn journal() -> (SqliteStand, Store) {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    write(&store, 1..=14).await;
    stamp_all(&store).await;
    (stand, store)
}

async fn prune(store: &Store, before: i64) -> Pruned {
    store
        .journal()
        .prune(at(before), at(1000), &test_judge)
        .await
        .unwrap()
}

async fn finding(store: &Store) -> Option<(i64, FindingKind)> {
    let proof = store.journal().verify(&test_judge).await.unwrap();
    proof.finding.map(|finding| (finding.entry, finding.kind))
}

#[tokio::test]
async fn whole_stamped_segments_go_and_the_proof_goes_on_from_the_checkpoint() {
    let (_stand, store) = journal().await;
    // Entry 10 is too young, and with it the whole of segment 3 stays.
    let removal = Removal {
        segments: 2,
        entries: 8,
        last: 8,
        // Entries 1–8 had seven different raws; 9–14 have six of them still: that of 8 is also that of 1.
        files: 1,
    };
    assert_eq!(prune(&store, 10).await, Pruned::Removed(removal));
    let left = store
        .journal()
        .list(&JournalFilter::default(), 99)
        .await
        .unwrap();
    let numbers: Vec<_> = left.iter().map(|one| one.id).collect();
    assert_eq!(numbers, [15, 14, 13, 12, 11, 10, 9]);
    assert_eq!(left[0].kind, "journal-pruned");
    assert_eq!(left[0].summary["last"], 8);
    for one in &left[1..] {
        assert!(store.journal().raw(one.id).await.is_ok(), "{}", one.id);
    }
    let proof = store.journal().verify(&test_judge).await.unwrap();
    assert_eq!(proof.indication(), Indication::Proven);
    assert_eq!((proof.pruned, proof.entries, proof.segments), (8, 7, 1));
    // It goes on: more entries, more seals, another removal.
    write(&store, 16..=21).await;
    stamp_all(&store).await;
    assert_eq!(prune(&store, 10).await, Pruned::Nothing);
    // Segment 4 holds the entry that tells of the removal, of a later moment: only segment 3 goes.
    let Pruned::Removed(removal) = prune(&store, 999).await else {
        panic!("nothing was removed");
    };
    assert_eq!(
        (removal.segments, removal.entries, removal.last),
        (1, 4, 12)
    );
    let proof = store.journal().verify(&test_judge).await.unwrap();
    assert_eq!(proof.indication(), Indication::Proven);
    assert_eq!((proof.pruned, proof.entries), (12, 10));
}

#[tokio::test]
async fn what_no_stamp_vouches_for_stays() {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    write(&store, 1..=4).await;
    stamp_all(&store).await;
    write(&store, 5..=10).await;
    let Pruned::Removed(removal) = prune(&store, 9999).await else {
        panic!("nothing was removed");
    };
    assert_eq!((removal.segments, removal.last), (1, 4));
    assert_eq!(prune(&store, 9999).await, Pruned::Nothing);
}

#[tokio::test]
async fn a_journal_that_does_not_hold_is_not_touched() {
    let (stand, store) = journal().await;
    tamper(&stand, "UPDATE journal SET kind = 'x' WHERE id = 6").await;
    let Pruned::Broken(finding) = prune(&store, 9999).await else {
        panic!("it was touched");
    };
    assert_eq!((finding.entry, finding.kind), (6, FindingKind::Changed));
    let left = store
        .journal()
        .list(&JournalFilter::default(), 99)
        .await
        .unwrap();
    assert_eq!(left.len(), 14);
}

#[tokio::test]
async fn a_cut_that_is_passed_off_as_retention_is_found() {
    // The checkpoint that retention would leave, but no entry tells of it.
    let forged = "DELETE FROM journal WHERE id <= 8; DELETE FROM journal_seals WHERE segment < 2;
         INSERT INTO journal_checkpoints VALUES ('gateway', 2, 0)";
    for (statements, expected) in [
        (forged, (1, FindingKind::CheckpointWrong)),
        (
            "DELETE FROM journal WHERE id <= 8; DELETE FROM journal_seals WHERE segment <= 2;
             INSERT INTO journal_checkpoints VALUES ('gateway', 2, 0)",
            (1, FindingKind::CheckpointWrong),
        ),
        (
            "DELETE FROM journal WHERE id <= 8; DELETE FROM journal_seals WHERE segment < 2",
            (1, FindingKind::Removed),
        ),
    ] {
        let (stand, store) = journal().await;
        tamper(&stand, statements).await;
        assert_eq!(finding(&store).await, Some(expected), "{statements}");
    }
}

#[tokio::test]
async fn what_is_done_to_a_checkpoint_is_found() {
    for (statements, expected) in [
        ("DELETE FROM journal_checkpoints", (1, FindingKind::Removed)),
        (
            "UPDATE journal_checkpoints SET segment = 1",
            (1, FindingKind::CheckpointWrong),
        ),
        (
            "UPDATE journal_checkpoints SET segment = 3",
            (1, FindingKind::CheckpointWrong),
        ),
        (
            "UPDATE journal_checkpoints SET segment = 3; DELETE FROM journal WHERE id <= 12; DELETE FROM journal_seals WHERE segment = 2",
            (1, FindingKind::CheckpointWrong),
        ),
        (
            "UPDATE journal_seals SET root = before WHERE segment = 2",
            (1, FindingKind::CheckpointWrong),
        ),
        (
            "UPDATE journal_seals SET frontier = root WHERE segment = 2",
            (1, FindingKind::CheckpointWrong),
        ),
        (
            "UPDATE journal_seals SET stamp = NULL WHERE segment = 2",
            (1, FindingKind::CheckpointWrong),
        ),
        (
            "UPDATE journal_seals SET stamp = x'00' WHERE segment = 2",
            (1, FindingKind::StampWrong),
        ),
        (
            "INSERT INTO journal SELECT writer, 3, at, kind, message_id, direction, label, raw, summary, previous, hash FROM journal WHERE id = 9",
            (1, FindingKind::CheckpointWrong),
        ),
        // The entry that tells of it.
        (
            "UPDATE journal SET summary = '{}' WHERE kind = 'journal-pruned'",
            (15, FindingKind::Changed),
        ),
        (
            "DELETE FROM journal WHERE id = 9",
            (9, FindingKind::Removed),
        ),
    ] {
        let (stand, store) = journal().await;
        assert!(matches!(prune(&store, 10).await, Pruned::Removed(_)));
        tamper(&stand, statements).await;
        assert_eq!(finding(&store).await, Some(expected), "{statements}");
    }
}

fn files_of(stand: &SqliteStand) -> usize {
    let folders = std::fs::read_dir(stand.config().dir.join("blobs")).unwrap();
    folders
        .flatten()
        .filter(|folder| folder.path().is_dir())
        .map(|folder| std::fs::read_dir(folder.path()).unwrap().count())
        .sum()
}

#[tokio::test]
async fn files_that_nothing_names_are_swept_even_where_no_segment_is_old_enough() {
    let (stand, store) = journal().await;
    let before = files_of(&stand);
    let digest = store.journal().show(1).await.unwrap().unwrap().raw_digest;
    let digest = digest.unwrap();
    let folder = stand.config().dir.join("blobs").join(&digest[..2]);
    let other = format!("{}{}", &digest[..2], "0".repeat(62));
    // A file whose row never came, and one whose writer was killed half-way.
    std::fs::write(folder.join(&other), b"x").unwrap();
    std::fs::write(folder.join(format!(".{other}.17.3")), b"x").unwrap();
    assert_eq!(files_of(&stand), before + 2);
    assert_eq!(prune(&store, 0).await, Pruned::Nothing);
    assert_eq!(files_of(&stand), before);
    assert_eq!(finding(&store).await, None);
}
