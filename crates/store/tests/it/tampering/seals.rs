//! Seals, counters and stamps that were changed, removed or carried elsewhere.

use qaqpa_store::{Indication, StampJudgement, Store};

use super::anew::carry;
use super::{entry, found_after, journal_of, proof_of};
use crate::contract::journal::stamp_all;
use crate::stand::{SqliteStand, Stand as _, at};

use qaqpa_store::FindingKind::{
    Changed, Cut, HeadWrong, SealChanged, SealForeign, SealMissing, StampWrong,
};

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

/// What was written before segments were known is one open segment of whatever length.
#[tokio::test]
async fn a_segment_of_many_pieces_is_sealed_as_a_whole() {
    let stand = SqliteStand::fresh();
    let mut config = stand.config();
    config.segments.entries_max = u32::MAX;
    config.segments.age_max = std::time::Duration::MAX;
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
    let finding = proof_of(&store).await.finding.unwrap();
    assert_eq!(
        (finding.entry, finding.segment, finding.kind),
        (5, 2, SealForeign)
    );
}
