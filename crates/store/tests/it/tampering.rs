//! Whatever is done to a journal behind the store's back, the proof names the first entry that it was done to.
//!
//! The journal of these tests: entries 1–4 in segment 1, 5–8 in segment 2, both sealed and stamped; 9 and 10 open.

use proptest::prelude::*;
use qaqpa_model::RefusalLabel;
use qaqpa_store::{
    Direction, DoubtKind, Finding, FindingKind, Indication, JournalEntry, JournalProof,
    StampJudgement, Store, Vouched,
};
use sha2::{Digest as _, Sha256};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use crate::contract::journal::{stamp_all, test_judge};
use crate::sqlite::tamper;
use crate::stand::{SqliteStand, Stand, at, message_id};

use FindingKind::{
    Changed, Cut, HeadWrong, Moved, RawChanged, RawMissing, Removed, SealChanged, SealForeign,
    SealMissing, StampWrong,
};

fn entry(number: u8) -> JournalEntry {
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
    store.journal().verify(&test_judge).await.unwrap()
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

#[tokio::test]
async fn an_untouched_journal_is_proven_up_to_its_stamp_and_the_rest_is_said_to_be_open() {
    let (_stand, store) = journal_of(10).await;
    let proof = store.journal().verify(&test_judge).await.unwrap();
    assert_eq!(proof.indication(), Indication::Proven);
    assert_eq!((proof.entries, proof.segments, proof.unsealed), (10, 2, 2));
    let vouched = Vouched {
        segment: 2,
        entry: 8,
        at: at(1000),
    };
    assert_eq!((proof.vouched, proof.waiting), (Some(vouched), 0));
}

#[tokio::test]
async fn a_change_of_any_column_of_an_entry_is_found_at_that_entry() {
    for change in [
        "at = at + 1",
        "at = 'x'",
        "kind = 'x'",
        "kind = kind || ' '",
        "kind = x'ff'",
        "message_id = 'm2'",
        "message_id = NULL",
        "direction = 'out'",
        "label = 'replayed'",
        "label = NULL",
        "raw = NULL",
        "raw = 'none'",
        "raw = upper(raw)",
        "summary = '{}'",
        "summary = x'ff'",
        "previous = hash",
        "previous = x''",
        "previous = 'x'",
        "hash = previous",
        "hash = x'00'",
        "hash = 5",
    ] {
        for (id, segment) in [(1, 1), (4, 1), (6, 2), (8, 2), (10, 3)] {
            let statement = format!("UPDATE journal SET {change} WHERE id = {id}");
            assert_eq!(
                found_after(&statement).await,
                Some(((id, id), segment, Changed)),
                "{statement}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_removed_cut_or_moved_is_found_at_its_place() {
    for (statements, expected) in [
        // Removed from the middle, at a beginning, at the end of a segment.
        ("DELETE FROM journal WHERE id = 6", ((6, 6), 2, Removed)),
        (
            "DELETE FROM journal WHERE id IN (6, 7)",
            ((6, 7), 2, Removed),
        ),
        ("DELETE FROM journal WHERE id = 1", ((1, 1), 1, Removed)),
        ("DELETE FROM journal WHERE id = 5", ((5, 5), 2, Removed)),
        ("DELETE FROM journal WHERE id = 8", ((8, 8), 2, Removed)),
        ("DELETE FROM journal WHERE id = 9", ((9, 9), 3, Removed)),
        // Given to another writer.
        (
            "UPDATE journal SET writer = 'portal' WHERE id = 6",
            ((6, 6), 2, Removed),
        ),
        // Cut at the end.
        ("DELETE FROM journal WHERE id = 10", ((10, 10), 3, Cut)),
        ("DELETE FROM journal WHERE id > 8", ((9, 10), 3, Cut)),
        ("DELETE FROM journal WHERE id > 6", ((7, 8), 2, Removed)),
        // Moved: two changed places, one carried to the end.
        (
            "UPDATE journal SET id = -1 WHERE id = 6; UPDATE journal SET id = 6 WHERE id = 7; UPDATE journal SET id = 7 WHERE id = -1",
            ((6, 6), 2, Moved),
        ),
        (
            "UPDATE journal SET id = -1 WHERE id = 2; UPDATE journal SET id = 2 WHERE id = 9; UPDATE journal SET id = 9 WHERE id = -1",
            ((2, 2), 1, Moved),
        ),
        (
            "UPDATE journal SET id = 60 WHERE id = 6",
            ((6, 6), 2, Moved),
        ),
        // A whole segment, with its seal and without.
        (
            "DELETE FROM journal WHERE id BETWEEN 5 AND 8; DELETE FROM journal_seals WHERE segment = 2",
            ((5, 8), 2, Removed),
        ),
        (
            "DELETE FROM journal WHERE id < 5; DELETE FROM journal_seals WHERE segment = 1",
            ((1, 4), 1, Removed),
        ),
        (
            "DELETE FROM journal WHERE id BETWEEN 5 AND 8",
            ((5, 8), 2, Removed),
        ),
        // A seal alone.
        (
            "DELETE FROM journal_seals WHERE segment = 1",
            ((1, 4), 1, SealMissing),
        ),
        (
            "DELETE FROM journal_seals WHERE segment = 2",
            ((5, 8), 2, SealMissing),
        ),
        ("DELETE FROM journal_seals", ((1, 8), 1, SealMissing)),
        // An entry twice.
        (
            "INSERT INTO journal SELECT writer, 11, at, kind, message_id, direction, label, raw, summary, previous, hash FROM journal WHERE id = 10",
            ((11, 11), 3, Moved),
        ),
    ] {
        assert_eq!(
            found_after(statements).await,
            Some(expected),
            "{statements}"
        );
    }
}

#[tokio::test]
async fn a_change_of_any_column_of_a_seal_is_found_at_its_segment() {
    for (change, expected) in [
        ("first_id = 6", SealChanged),
        ("last_id = 7", SealChanged),
        ("entries = 3", SealChanged),
        ("earliest = earliest - 1", SealChanged),
        ("latest = latest + 1", SealChanged),
        ("latest = 'x'", SealChanged),
        ("sealed_at = sealed_at + 1", SealChanged),
        ("header = root", SealChanged),
        ("last_hash = root", SealChanged),
        ("root = last_hash", SealChanged),
        ("before = root", SealChanged),
        ("frontier = root", SealChanged),
        ("frontier = x''", SealChanged),
        ("hash = root", SealChanged),
        ("journal = x'00'", SealForeign),
        ("stamp = x'00'", StampWrong),
        (
            "stamp = (SELECT stamp FROM journal_seals WHERE segment = 1)",
            StampWrong,
        ),
    ] {
        let statement = format!("UPDATE journal_seals SET {change} WHERE segment = 2");
        let (entries, segment, kind) = found_after(&statement).await.unwrap();
        assert_eq!((entries.0, segment, kind), (5, 2, expected), "{statement}");
    }
    let gone = "UPDATE journal_seals SET segment = 7 WHERE segment = 2";
    assert_eq!(found_after(gone).await, Some(((5, 5), 2, SealMissing)));
}

#[tokio::test]
async fn counters_that_were_reset_are_found() {
    for (statement, expected) in [
        ("DELETE FROM journal_heads", ((1, 10), 1, HeadWrong)),
        (
            "UPDATE journal_heads SET id = 0, segment = 1, first_id = 1",
            ((1, 1), 1, HeadWrong),
        ),
        ("UPDATE journal_heads SET id = 'x'", ((1, 10), 1, HeadWrong)),
        ("UPDATE journal_heads SET id = 9", ((10, 10), 3, HeadWrong)),
        ("UPDATE journal_heads SET id = 12", ((11, 12), 3, Cut)),
        (
            "UPDATE journal_heads SET first_id = 10",
            ((9, 9), 3, HeadWrong),
        ),
        (
            "UPDATE journal_heads SET segment = 2",
            ((5, 5), 2, HeadWrong),
        ),
        (
            "UPDATE journal_heads SET segment = 5",
            ((9, 9), 3, SealMissing),
        ),
        (
            "UPDATE journal_heads SET journal = x'00'",
            ((1, 1), 1, HeadWrong),
        ),
        // The last entry or what is kept beside: which of the two cannot be told.
        (
            "UPDATE journal_heads SET hash = x'00'",
            ((9, 10), 3, Changed),
        ),
    ] {
        assert_eq!(found_after(statement).await, Some(expected), "{statement}");
    }
}

#[tokio::test]
async fn raw_bytes_that_were_changed_or_taken_away_are_found_at_their_entry() {
    for (bytes, kind) in [(Some(b"x"), RawChanged), (None, RawMissing)] {
        let (stand, store) = journal_of(10).await;
        let digest = store.journal().show(6).await.unwrap().unwrap().raw_digest;
        let digest = digest.unwrap();
        let file = stand
            .config()
            .dir
            .join("blobs")
            .join(&digest[..2])
            .join(&digest);
        match bytes {
            Some(bytes) => std::fs::write(&file, bytes).unwrap(),
            None => std::fs::remove_file(&file).unwrap(),
        }
        let proof = store.journal().verify(&test_judge).await.unwrap();
        let finding = proof.finding.unwrap();
        assert_eq!((finding.entry, finding.until, finding.kind), (6, 6, kind));
        assert!(finding.how.contains(&digest), "{}", finding.how);
        assert!(store.journal().raw(6).await.is_err());
    }
}

/// The hash of an entry, written from the description alone: a name and the fields, each with a byte that says
/// whether it is there and its length in eight bytes.
pub(crate) fn entry_hash(row: &sqlx::sqlite::SqliteRow) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut field = |bytes: Option<Vec<u8>>| {
        octets.push(u8::from(bytes.is_some()));
        let bytes = bytes.unwrap_or_default();
        octets.extend((bytes.len() as u64).to_be_bytes());
        octets.extend(bytes);
    };
    let text = |name: &str| row.get::<Option<String>, _>(name).map(String::into_bytes);
    let number = |name: &str| Some(row.get::<i64, _>(name).to_be_bytes().to_vec());
    field(Some(b"qaqpa journal 1".to_vec()));
    field(text("writer"));
    field(number("id"));
    field(number("at"));
    field(text("kind"));
    field(text("message_id"));
    field(text("label"));
    field(text("raw"));
    field(text("direction"));
    field(text("summary"));
    field(row.get::<Option<Vec<u8>>, _>("previous"));
    Sha256::digest(&octets).to_vec()
}

/// Who can write to the database and knows how hashes are made: changes entry 6 and writes it anew with its hash,
/// and the entries up to `until` with theirs.
async fn rewrite(stand: &SqliteStand, until: i64) {
    tamper(
        stand,
        "UPDATE journal SET summary = '{\"n\":7}' WHERE id = 6",
    )
    .await;
    let file = stand.config().dir.join("store.sqlite");
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file)
        .connect()
        .await
        .unwrap();
    for id in 6..=until {
        if id > 6 {
            sqlx::query("UPDATE journal SET previous = (SELECT hash FROM journal WHERE id = $1 - 1) WHERE id = $1")
                .bind(id)
                .execute(&mut connection)
                .await
                .unwrap();
        }
        let row = sqlx::query("SELECT * FROM journal WHERE id = $1")
            .bind(id)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        sqlx::query("UPDATE journal SET hash = $2 WHERE id = $1")
            .bind(id)
            .bind(entry_hash(&row))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn entries_written_anew_with_their_hashes_are_found_by_whoever_holds_the_old_hash() {
    for (until, how) in [
        (6, "entry 7 holds another hash"),
        (7, "entry 8 holds another hash"),
        (8, "the seal of segment 2 holds"),
    ] {
        let (stand, store) = journal_of(10).await;
        rewrite(&stand, until).await;
        let finding = store
            .journal()
            .verify(&test_judge)
            .await
            .unwrap()
            .finding
            .unwrap();
        assert_eq!(
            (finding.entry, finding.until, finding.segment, finding.kind),
            (5, until, 2, Changed)
        );
        assert!(finding.how.contains(how), "{}", finding.how);
    }
}

/// Carries what was written to another journal into this one.
async fn carry(from: &SqliteStand, to: &SqliteStand, statements: &str) {
    let file = from.config().dir.join("store.sqlite");
    let statements = format!("ATTACH '{}' AS other; {statements}", file.display());
    tamper(to, &statements).await;
}

/// A journal that is this one's but for the summary of entry 6, with everything made by the store itself: what
/// somebody could write who can write to the database and knows everything but the authority's key.
async fn forged_twin(of: &SqliteStand) -> SqliteStand {
    let twin = SqliteStand::fresh();
    let store = twin.open().await;
    for number in 1..=10 {
        let mut new = entry(number);
        if number == 6 {
            new.summary = serde_json::json!({ "n": 7 });
        }
        store.journal().append(new).await.unwrap();
        if number == 1 {
            carry(
                of,
                &twin,
                "UPDATE journal_heads SET journal = (SELECT journal FROM other.journal_heads)",
            )
            .await;
        }
    }
    store.close().await;
    twin
}

const WHOLE: &str = "DELETE FROM journal; INSERT INTO journal SELECT * FROM other.journal;
    UPDATE journal_heads SET hash = (SELECT hash FROM other.journal_heads);
    UPDATE journal_seals AS own SET (header, last_hash, root, before, frontier, hash)
        = (SELECT header, last_hash, root, before, frontier, hash FROM other.journal_seals AS new WHERE new.segment = own.segment)";

#[tokio::test]
async fn a_journal_written_anew_with_all_hashes_and_seals_is_found_by_the_authoritys_stamp() {
    let (stand, store) = journal_of(10).await;
    let twin = forged_twin(&stand).await;
    carry(&twin, &stand, WHOLE).await;
    let finding = store
        .journal()
        .verify(&test_judge)
        .await
        .unwrap()
        .finding
        .unwrap();
    // The stamp of segment 1 is good: what was changed is after it.
    assert_eq!(
        (finding.entry, finding.until, finding.segment, finding.kind),
        (5, 8, 2, StampWrong)
    );
}

/// What cannot be seen, said as it is: without the stamp the same forgery holds together. It is not called proven.
#[tokio::test]
async fn without_its_stamp_a_journal_written_anew_is_undecided_and_never_proven() {
    let (stand, store) = journal_of(10).await;
    let twin = forged_twin(&stand).await;
    carry(&twin, &stand, WHOLE).await;
    tamper(
        &stand,
        "UPDATE journal_seals SET stamp = NULL WHERE segment = 2",
    )
    .await;
    let proof = store.journal().verify(&test_judge).await.unwrap();
    assert_eq!((&proof.finding, proof.waiting), (&None, 1));
    assert_eq!(proof.indication(), Indication::Undecided);
    assert_eq!(proof.vouched.map(|vouched| vouched.entry), Some(4));
}

/// The same of the open end: who cuts it and mends the counter is not seen. The proof says how far it does not reach.
#[tokio::test]
async fn the_open_end_can_be_cut_unseen_by_whoever_mends_the_counter_and_the_proof_says_how_much_is_open()
 {
    let proof = proof_after(
        10,
        "DELETE FROM journal WHERE id = 10;
         UPDATE journal_heads SET id = 9, hash = (SELECT hash FROM journal WHERE id = 9)",
    )
    .await;
    assert_eq!(proof.finding, None);
    assert_eq!((proof.entries, proof.unsealed), (9, 1));
}

/// Proves with stamps that are good, of this moment by the seal that they are over.
async fn doubts_of_stamps(moments: [i64; 2]) -> (Indication, Vec<(DoubtKind, i64)>, Option<u64>) {
    let (_stand, store) = journal_of(10).await;
    let first = store.journal().seals(9).await.unwrap().pop().unwrap();
    let first = first.octets_to_stamp().unwrap();
    let judge = move |octets: &[u8], _: &[u8]| {
        StampJudgement::Good(at(moments[usize::from(octets != first)]))
    };
    let proof = store.journal().verify(&judge).await.unwrap();
    assert_eq!(proof.finding, None);
    let doubts = proof.doubts.iter().map(|doubt| (doubt.kind, doubt.segment));
    (proof.indication(), doubts.collect(), proof.lag_ms)
}

/// Who writes the whole journal anew can have it stamped anew, too, but not with moments of then.
#[tokio::test]
async fn a_stamp_that_is_far_from_its_seal_or_runs_backwards_leaves_the_proof_undecided() {
    const DAY: i64 = 24 * 3600;
    let late = DoubtKind::StampLag;
    // The seals are of the fourth and of the eighth second.
    let proven = doubts_of_stamps([5, 9]).await;
    assert_eq!(proven, (Indication::Proven, vec![], Some(1000)));
    let waited = doubts_of_stamps([DAY, DAY]).await;
    assert_eq!((waited.0, waited.1), (Indication::Proven, vec![]));
    let anew = doubts_of_stamps([90 * DAY, 90 * DAY]).await;
    assert_eq!((anew.0, anew.1), (Indication::Undecided, vec![(late, 1)]));
    let from_two = doubts_of_stamps([5, 90 * DAY]).await;
    assert_eq!(
        (from_two.0, from_two.1),
        (Indication::Undecided, vec![(late, 2)])
    );
    let early = doubts_of_stamps([5, -600]).await;
    let expected = vec![(late, 2), (DoubtKind::StampsBackwards, 2)];
    assert_eq!((early.0, early.1), (Indication::Undecided, expected));
    let backwards = doubts_of_stamps([600, 9]).await;
    let expected = vec![(DoubtKind::StampsBackwards, 2)];
    assert_eq!(
        (backwards.0, backwards.1),
        (Indication::Undecided, expected)
    );
}

/// Seals made anew with today's moment fit today's stamps, but not the entries after them.
#[tokio::test]
async fn seals_that_are_much_younger_than_the_entries_after_them_leave_the_proof_undecided() {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    let month = 30 * 24 * 3600;
    for number in 1..=3 {
        store.journal().append(entry(number)).await.unwrap();
    }
    assert!(store.journal().seal(at(month)).await.unwrap().is_some());
    store.journal().append(entry(4)).await.unwrap();
    stamp_all(&store).await;
    let judge = |_: &[u8], _: &[u8]| StampJudgement::Good(at(month));
    let proof = store.journal().verify(&judge).await.unwrap();
    let doubts: Vec<_> = proof
        .doubts
        .iter()
        .map(|one| (one.kind, one.segment))
        .collect();
    assert_eq!(doubts, [(DoubtKind::EntriesBackwards, 2)]);
    assert_eq!(proof.indication(), Indication::Undecided);
}

#[tokio::test]
async fn a_journal_without_its_seals_is_undecided_and_says_that_nobody_vouches_for_it() {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    write(&store, 1..=3).await;
    let (large, sealed) = journal_of(8).await;
    tamper(&large, "DELETE FROM journal_seals").await;
    // The fifth entry holds the seal: written anew, as whoever can write to the database would.
    tamper(
        &large,
        "DELETE FROM journal WHERE id > 4;
         UPDATE journal_heads SET segment = 1, first_id = 1, id = 4, hash = (SELECT hash FROM journal WHERE id = 4)",
    )
    .await;
    for (store, kinds) in [
        (store, &[DoubtKind::NothingVouched][..]),
        (sealed, &[DoubtKind::OpenTooLong, DoubtKind::NothingVouched]),
    ] {
        let proof = store.journal().verify(&test_judge).await.unwrap();
        assert_eq!((&proof.finding, proof.vouched), (&None, None));
        assert_eq!(proof.indication(), Indication::Undecided);
        let found: Vec<_> = proof.doubts.iter().map(|doubt| doubt.kind).collect();
        assert_eq!(found, kinds);
    }
}

#[tokio::test]
async fn an_empty_journal_is_proven_only_where_no_raw_bytes_lie_beside_it() {
    let stand = SqliteStand::fresh();
    let proof = stand
        .open()
        .await
        .journal()
        .verify(&test_judge)
        .await
        .unwrap();
    assert_eq!(proof.indication(), Indication::Proven);
    let proof = proof_after(
        10,
        "DELETE FROM journal_heads; DELETE FROM journal_seals; DELETE FROM journal",
    )
    .await;
    assert_eq!(proof.finding, None);
    assert_eq!(proof.doubts[0].kind, DoubtKind::NothingVouched);
    assert_eq!(proof.indication(), Indication::Undecided);
}

#[tokio::test]
async fn numbers_below_the_first_are_found() {
    let row = |id: i64| {
        format!(
            "INSERT INTO journal SELECT writer, {id}, at, kind, message_id, direction, label, raw, summary, previous, hash FROM journal WHERE id = 1"
        )
    };
    for id in [0, -7] {
        assert_eq!(found_after(&row(id)).await, Some(((id, id), 1, Moved)));
    }
    let seal = "INSERT INTO journal_seals SELECT writer, 0, journal, first_id, last_id, entries, earliest, latest, sealed_at, header, last_hash, root, before, frontier, hash, stamp FROM journal_seals WHERE segment = 1";
    assert_eq!(found_after(seal).await, Some(((1, 1), 1, SealChanged)));
}

/// What was written before segments were known is one open segment of whatever length.
#[tokio::test]
async fn a_segment_of_many_pieces_is_sealed_as_a_whole() {
    let stand = SqliteStand::fresh();
    let mut config = stand.config();
    config.segments.entries_max = u32::MAX;
    let store = Store::open(&config, qaqpa_model::Actor::Gateway)
        .await
        .unwrap();
    for number in 0..2051_i64 {
        let mut new = entry(1);
        new.raw = None;
        new.at = at(number % 1500);
        store.journal().append(new).await.unwrap();
    }
    let seal = store.journal().seal(at(1500)).await.unwrap().unwrap();
    assert_eq!((seal.first, seal.last, seal.entries), (1, 2051, 2051));
    assert_eq!((seal.earliest, seal.latest), (at(0), at(1499)));
    stamp_all(&store).await;
    let proof = store
        .journal()
        .verify(&|_: &[u8], _: &[u8]| StampJudgement::Good(at(1501)))
        .await
        .unwrap();
    assert_eq!(proof.indication(), Indication::Proven);
}

#[tokio::test]
async fn a_seal_of_another_journal_is_found() {
    let (stand, store) = journal_of(10).await;
    let (other, _) = journal_of(10).await;
    carry(
        &other,
        &stand,
        "DELETE FROM journal_seals WHERE segment = 2; INSERT INTO journal_seals SELECT * FROM other.journal_seals WHERE segment = 2",
    )
    .await;
    let finding = store
        .journal()
        .verify(&test_judge)
        .await
        .unwrap()
        .finding
        .unwrap();
    assert_eq!(
        (finding.entry, finding.segment, finding.kind),
        (5, 2, SealForeign)
    );
}

#[tokio::test]
async fn what_is_missing_is_not_sealed_over_and_does_not_keep_the_next_entries_out() {
    let (stand, store) = journal_of(10).await;
    tamper(&stand, "DELETE FROM journal WHERE id = 9").await;
    write(&store, 11..=17).await;
    assert_eq!(store.journal().seals(9).await.unwrap().len(), 2);
    let finding = store
        .journal()
        .verify(&test_judge)
        .await
        .unwrap()
        .finding
        .unwrap();
    assert_eq!(
        (finding.entry, finding.until, finding.kind),
        (9, 9, Removed)
    );
}

/// What somebody does to one place of a journal.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Change(&'static str),
    CutFrom,
    Remove,
    SwapWith(u8),
}

fn deeds() -> impl Strategy<Value = Deed> {
    let change = proptest::sample::select(vec![
        "at = at - 1",
        "kind = kind || 'x'",
        "message_id = 'm3'",
        "direction = 'own'",
        "label = NULL",
        "raw = NULL",
        "summary = summary || ' '",
        "previous = randomblob(32)",
        "hash = randomblob(32)",
    ]);
    prop_oneof![
        4 => change.prop_map(Deed::Change),
        1 => Just(Deed::CutFrom),
        2 => Just(Deed::Remove),
        2 => (1..30_u8).prop_map(Deed::SwapWith),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done to whichever entry of a journal of whatever length: the first entry that it was done to is named.
    #[test]
    fn the_first_entry_that_something_was_done_to_is_named(length in 1..30_u8, place in 0..30_u8, deed in deeds()) {
        let place = place % length + 1;
        let (statements, first) = match deed {
            Deed::Change(change) => (format!("UPDATE journal SET {change} WHERE id = {place}"), place),
            Deed::CutFrom => (format!("DELETE FROM journal WHERE id >= {place}"), place),
            Deed::Remove => (format!("DELETE FROM journal WHERE id = {place}"), place),
            Deed::SwapWith(other) => {
                let other = other % length + 1;
                (
                    format!("UPDATE journal SET id = -1 WHERE id = {place}; UPDATE journal SET id = {place} WHERE id = {other}; UPDATE journal SET id = {other} WHERE id = -1"),
                    place.min(other),
                )
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let proof = runtime.block_on(proof_after(length, &statements));
        let swapped_with_itself = matches!(deed, Deed::SwapWith(other) if other % length + 1 == place);
        if swapped_with_itself {
            prop_assert_eq!(proof.finding, None);
            return Ok(());
        }
        let Some(Finding { entry, .. }) = proof.finding else {
            return Err(TestCaseError::fail("nothing was found"));
        };
        prop_assert_eq!(entry, i64::from(first));
        prop_assert_eq!(proof.entries, u64::from(first) - 1);
    }

    /// Whatever is written, in whatever order of moments, and sealed whenever: an untouched journal is proven.
    #[test]
    fn an_untouched_journal_of_any_history_holds_and_is_proven_where_it_is_vouched_for(
        history in proptest::collection::vec((any::<i16>(), "\\PC{0,12}", any::<bool>(), any::<bool>()), 0..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let stand = SqliteStand::fresh();
            let store = stand.open().await;
            for (moment, text, raw, seal) in &history {
                let mut new = entry(1);
                new.at = at(i64::from(*moment));
                new.summary = serde_json::json!({ "text": text });
                new.raw = raw.then(|| text.as_bytes().to_vec());
                store.journal().append(new).await.unwrap();
                if *seal {
                    assert!(store.journal().seal(at(0)).await.is_ok());
                }
            }
            stamp_all(&store).await;
            let proof = store.journal().verify(&test_judge).await.unwrap();
            assert_eq!(proof.finding, None);
            assert_eq!(proof.entries, history.len() as u64);
            // Proven where somebody vouches for it, unless its own moments do not go with each other.
            assert_eq!(proof.indication() == Indication::Proven, proof.doubts.is_empty());
            let unvouched = proof.doubts.iter().any(|doubt| doubt.kind == DoubtKind::NothingVouched);
            assert_eq!(unvouched, proof.vouched.is_none() && !history.is_empty());
        });
    }
}
