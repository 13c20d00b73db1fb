//! Retention: what is removed, what is left, and that nobody passes a cut off as retention.

use qaqpa_store::{
    Company, DoubtKind, Doubted, FindingKind, Indication, JournalEntry, JournalFilter, Pruned,
    Removal, StampJudgement, Store, Wish,
};

use crate::contract::journal::{stamp_all, test_judge};
use crate::sqlite::{files_in, rows_of, spoil, tamper};
use crate::stand::{SqliteStand, Stand, at};
use crate::tampering::copied;

fn entry(number: u8) -> JournalEntry {
    JournalEntry {
        raw: Some(vec![number % 7]),
        ..crate::tampering::entry(number)
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
    prune_in(store, before, Company::Nobody).await
}

async fn prune_in(store: &Store, before: i64, company: Company) -> Pruned {
    let wish = Wish {
        company,
        ..wish(before)
    };
    store.journal().prune(wish, &test_judge).await.unwrap()
}

fn wish(before: i64) -> Wish {
    Wish {
        before: at(before),
        now: at(500),
        company: Company::Nobody,
        doubted: Doubted::Kept,
    }
}

const NOTHING: Pruned = Pruned::Nothing { files: 0 };

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
    assert_eq!(prune(&store, 10).await, NOTHING);
    // Segment 4 holds the entry that tells of the removal, of a later moment: only segment 3 goes.
    let Pruned::Removed(removal) = prune(&store, 499).await else {
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
    assert_eq!(prune(&store, 9999).await, NOTHING);
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
        (&copied(9, 3), (1, FindingKind::CheckpointWrong)),
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

async fn files_of(stand: &SqliteStand) -> usize {
    files_in(stand) + rows_of(stand).await
}

#[tokio::test]
async fn files_that_nothing_names_are_swept_even_where_no_segment_is_old_enough() {
    let (stand, store) = journal().await;
    let before = files_of(&stand).await;
    let digest = store.journal().show(1).await.unwrap().unwrap().raw_digest;
    let digest = digest.unwrap();
    let folder = stand.config().dir.join("blobs").join(&digest[..2]);
    std::fs::create_dir_all(&folder).unwrap();
    let other = format!("{}{}", &digest[..2], "0".repeat(62));
    // A file whose row never came, one whose writer was killed half-way, and a row under the name of the first.
    std::fs::write(folder.join(&other), b"x").unwrap();
    std::fs::write(folder.join(format!(".{other}.17.3")), b"x").unwrap();
    assert_eq!(files_of(&stand).await, before + 2);
    let alone = format!("INSERT INTO blobs VALUES ('{other}', x'00', 0)");
    tamper(&stand, &alone).await;
    assert_eq!(prune(&store, 0).await, Pruned::Nothing { files: 2 });
    assert_eq!(files_of(&stand).await, before);
    assert_eq!(finding(&store).await, None);
}

/// Makes all raw bytes look as if they had lain for two hours.
async fn age(stand: &SqliteStand) {
    tamper(stand, "UPDATE blobs SET put_at = put_at - 7200000").await;
    let folders = std::fs::read_dir(stand.config().dir.join("blobs")).unwrap();
    for folder in folders.flatten().filter(|folder| folder.path().is_dir()) {
        for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
            let before = file.metadata().unwrap().modified().unwrap();
            let file = std::fs::File::options()
                .write(true)
                .open(file.path())
                .unwrap();
            file.set_modified(before - std::time::Duration::from_secs(7200))
                .unwrap();
        }
    }
}

#[tokio::test]
async fn beside_writers_a_file_stays_until_it_has_lain_for_an_hour_and_putting_it_again_makes_it_young()
 {
    let (stand, store) = journal().await;
    let before = files_of(&stand).await;
    let Pruned::Removed(removal) = prune_in(&store, 10, Company::Writers).await else {
        panic!("nothing was removed");
    };
    // The entries are gone; the file that only they named is too young.
    assert_eq!((removal.segments, removal.files), (2, 0));
    assert_eq!(files_of(&stand).await, before);
    age(&stand).await;
    // The same bytes come again: those of entries 1 and 8, which nothing named any more.
    let again = store.journal().append(entry(1)).await.unwrap();
    assert_eq!(prune_in(&store, 10, Company::Writers).await, NOTHING);
    assert_eq!(files_of(&stand).await, before);
    assert!(store.journal().raw(again).await.is_ok());
    let proof = store.journal().verify(&test_judge).await.unwrap();
    assert_eq!(proof.finding, None);
}

#[tokio::test]
async fn beside_writers_an_old_file_that_nothing_names_goes() {
    let (stand, store) = journal().await;
    let before = files_of(&stand).await;
    age(&stand).await;
    let Pruned::Removed(removal) = prune_in(&store, 10, Company::Writers).await else {
        panic!("nothing was removed");
    };
    assert_eq!(removal.files, 1);
    assert_eq!(files_of(&stand).await, before - 1);
    assert_eq!(finding(&store).await, None);
}

#[tokio::test]
async fn while_old_segments_are_removed_writers_lose_nothing_and_two_removals_are_one() {
    let (_stand, store) = journal().await;
    let writer = {
        let store = store.clone();
        tokio::spawn(async move {
            for number in 15..=60 {
                store.journal().append(entry(number)).await.unwrap();
            }
        })
    };
    let (one, other) = tokio::join!(
        prune_in(&store, 10, Company::Writers),
        prune_in(&store, 10, Company::Writers)
    );
    writer.await.unwrap();
    let removed = [&one, &other]
        .into_iter()
        .filter(|pruned| matches!(pruned, Pruned::Removed(_)))
        .count();
    assert_eq!(removed, 1, "{one:?} {other:?}");
    let proof = store.journal().verify(&test_judge).await.unwrap();
    assert_eq!(proof.finding, None);
    // 60 entries and the one that tells of the removal; eight are gone.
    assert_eq!((proof.pruned, proof.entries), (8, 53));
}

/// The hourly look of every process: it must cost nothing where nothing is old, however long the journal is.
#[tokio::test]
async fn where_no_seal_is_old_enough_nothing_is_proven_and_no_raw_file_read() {
    let (stand, store) = journal().await;
    let digest = store.journal().show(6).await.unwrap().unwrap().raw_digest;
    let digest = digest.unwrap();
    spoil(&stand, &digest, Some(b"damaged")).await;
    tamper(&stand, "UPDATE journal SET kind = 'x' WHERE id = 7").await;
    let prune_old = async |before| {
        let journal = store.journal();
        journal.prune_old(wish(before), &test_judge).await.unwrap()
    };
    // Entry 4 is as old as that, and so its segment stays.
    assert_eq!(prune_old(4).await, NOTHING);
    // Before anything is removed everything is proven, as ever.
    let Pruned::Broken(finding) = prune_old(10).await else {
        panic!("it was touched");
    };
    assert_eq!(finding.entry, 6);
    let Pruned::Broken(_) = prune(&store, 4).await else {
        panic!("nothing was looked at");
    };
}

#[tokio::test]
async fn the_look_at_the_seals_removes_what_is_old_and_leaves_files_that_were_no_removed_entrys() {
    let (stand, store) = journal().await;
    let before = files_of(&stand).await;
    let stray = "0".repeat(64);
    let folder = stand.config().dir.join("blobs").join("00");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(stray), b"x").unwrap();
    let beside = Wish {
        company: Company::Writers,
        ..wish(10)
    };
    let Pruned::Removed(removal) = store
        .journal()
        .prune_old(beside, &test_judge)
        .await
        .unwrap()
    else {
        panic!("nothing was removed");
    };
    // The file of the removed entries is too young beside writers, and goes with a later look.
    assert_eq!((removal.segments, removal.files), (2, 0));
    age(&stand).await;
    let later = store.journal().prune_old(beside, &test_judge).await;
    assert_eq!(later, Ok(Pruned::Nothing { files: 1 }));
    assert_eq!(files_of(&stand).await, before);
    assert_eq!(
        prune_in(&store, 10, Company::Writers).await,
        Pruned::Nothing { files: 1 }
    );
    assert_eq!(finding(&store).await, None);
}

/// What is removed can no longer show whether a doubt was right.
#[tokio::test]
async fn against_a_doubt_nothing_is_removed_unless_that_is_asked_for_and_then_an_entry_names_it() {
    let (stand, store) = journal().await;
    let before = files_of(&stand).await;
    // Every stamp is of ninety days after its seal.
    let late = |_: &[u8], _: &[u8]| StampJudgement::Good(at(90 * 24 * 3600));
    let Pruned::Doubtful(doubts) = store.journal().prune(wish(10), &late).await.unwrap() else {
        panic!("it was removed");
    };
    assert_eq!(doubts[0].kind, DoubtKind::StampLag);
    assert_eq!(files_of(&stand).await, before);
    let despite = Wish {
        doubted: Doubted::Removed,
        ..wish(10)
    };
    let Pruned::Removed(removal) = store.journal().prune(despite, &late).await.unwrap() else {
        panic!("nothing was removed");
    };
    assert_eq!((removal.segments, removal.files), (2, 1));
    let told = &store
        .journal()
        .list(&JournalFilter::default(), 1)
        .await
        .unwrap()[0];
    assert_eq!(told.summary["doubts"][0]["kind"], "stamp-lag");
    // What was removed stays in doubt, also where nothing that is left shows why, and through later removals.
    write(&store, 16..=21).await;
    stamp_all(&store).await;
    for last in [8, 12] {
        let proof = store.journal().verify(&test_judge).await.unwrap();
        assert_eq!((&proof.finding, proof.pruned), (&None, last));
        let doubts: Vec<_> = proof.doubts.iter().map(|doubt| doubt.kind).collect();
        assert_eq!(doubts, [DoubtKind::PrunedInDoubt]);
        assert_eq!(
            proof.doubts[0].how,
            "entries up to 8 were removed despite stamp-lag"
        );
        assert_eq!(proof.indication(), Indication::Undecided);
        // No longer a reason to keep the rest.
        if last == 8 {
            assert!(matches!(prune(&store, 499).await, Pruned::Removed(_)));
        }
    }
}

/// Raw files may be all that is left of entries that somebody cut.
#[tokio::test]
async fn of_a_journal_that_is_not_proven_no_file_is_swept_that_was_not_a_removed_entrys() {
    let (stand, store) = journal().await;
    let before = files_of(&stand).await;
    tamper(
        &stand,
        "DELETE FROM journal; DELETE FROM journal_seals; DELETE FROM journal_heads",
    )
    .await;
    assert_eq!(prune(&store, 9999).await, NOTHING);
    assert_eq!(files_of(&stand).await, before);
}
