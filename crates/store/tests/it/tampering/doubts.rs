//! What an honest journal may show and one that was written anew shows, too: nothing is called proven.

use qaqpa_model::Actor;
use qaqpa_store::{CLOCK_SET_BACK, DoubtKind, Indication, StampJudgement, Store};

use super::{entry, journal_of, proof_after, proof_of, write};
use crate::contract::journal::stamp_all;
use crate::sqlite::tamper;
use crate::stand::{SqliteStand, Stand as _, at};

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
        let proof = proof_of(&store).await;
        assert_eq!((&proof.finding, proof.vouched), (&None, None));
        assert_eq!(proof.indication(), Indication::Undecided);
        let found: Vec<_> = proof.doubts.iter().map(|doubt| doubt.kind).collect();
        assert_eq!(found, kinds);
    }
}

#[tokio::test]
async fn an_empty_journal_is_undecided_and_says_whether_raw_bytes_lie_beside_it() {
    let stand = SqliteStand::fresh();
    let fresh = proof_of(&stand.open().await).await;
    let emptied = proof_after(
        10,
        "DELETE FROM journal_heads; DELETE FROM journal_seals; DELETE FROM journal",
    )
    .await;
    for (proof, how) in [(fresh, "always was"), (emptied, "raw bytes lie beside it")] {
        assert_eq!(proof.finding, None);
        assert_eq!(proof.doubts[0].kind, DoubtKind::NothingVouched);
        assert!(proof.doubts[0].how.contains(how), "{}", proof.doubts[0].how);
        assert_eq!(proof.indication(), Indication::Undecided);
    }
}

/// Two segments of entries, the clock set back by thirty days, and two more; sealed and stamped as the keeper does.
async fn set_back(tells: bool) -> (Indication, Vec<DoubtKind>, u64) {
    const BACK: i64 = 30 * 24 * 3600;
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    let journal = store.journal();
    for seconds in [0, 1] {
        let mut new = entry(1);
        new.at = at(seconds);
        journal.append(new).await.unwrap();
    }
    journal.seal(at(2)).await.unwrap();
    let mut told = entry(1);
    told.at = at(2 - BACK);
    told.kind = if tells { CLOCK_SET_BACK } else { "clock-set" }.to_owned();
    told.summary = serde_json::json!({ "moved_ms": -BACK * 1000 });
    journal.append(told).await.unwrap();
    journal.seal(at(3 - BACK)).await.unwrap();
    stamp_all(&store).await;
    let first = journal.seals(9).await.unwrap().pop().unwrap();
    let first = first.octets_to_stamp().unwrap();
    let judge = move |octets: &[u8], _: &[u8]| {
        StampJudgement::Good(if octets == first { at(2) } else { at(3 - BACK) })
    };
    let proof = journal.verify(&judge).await.unwrap();
    assert_eq!(proof.finding, None);
    let doubts = proof.doubts.iter().map(|doubt| doubt.kind);
    (proof.indication(), doubts.collect(), proof.set_back)
}

#[tokio::test]
async fn a_clock_that_was_set_back_is_no_doubt_where_an_entry_tells_of_it_and_is_counted() {
    assert_eq!(set_back(true).await, (Indication::Proven, vec![], 1));
    let untold = vec![DoubtKind::EntriesBackwards, DoubtKind::StampsBackwards];
    assert_eq!(set_back(false).await, (Indication::Undecided, untold, 0));
}

/// Two sealed segments made into one, sealed and stamped anew at the moment of the second.
#[tokio::test]
async fn segments_that_were_made_into_one_leave_the_proof_undecided() {
    let stand = SqliteStand::fresh();
    let mut config = stand.config();
    config.segments.age_max = std::time::Duration::MAX;
    let store = Store::open(&config, Actor::Gateway).await.unwrap();
    for seconds in [0, 1201] {
        let mut new = entry(1);
        new.at = at(seconds);
        store.journal().append(new).await.unwrap();
    }
    store.journal().seal(at(1201)).await.unwrap();
    stamp_all(&store).await;
    store.close().await;
    let judge = |_: &[u8], _: &[u8]| StampJudgement::Good(at(1202));
    let proof = stand.open().await.journal().verify(&judge).await.unwrap();
    assert_eq!(proof.finding, None);
    let doubts: Vec<_> = proof
        .doubts
        .iter()
        .map(|doubt| (doubt.kind, doubt.segment))
        .collect();
    assert_eq!(doubts, [(DoubtKind::SegmentTooLong, 1)]);
}

/// A good stamp of today vouches for the seals before it, too: that they have none, or one that cannot be judged, does
/// not make them younger.
#[tokio::test]
async fn a_stamp_that_comes_long_after_the_oldest_seal_that_it_vouches_for_leaves_the_proof_undecided()
 {
    const LATE: i64 = 90 * 24 * 3600;
    for unknown in [true, false] {
        let (stand, store) = journal_of(8).await;
        if !unknown {
            tamper(
                &stand,
                "UPDATE journal_seals SET stamp = NULL WHERE segment < 3",
            )
            .await;
        }
        let mut new = entry(9);
        new.at = at(LATE);
        store.journal().append(new).await.unwrap();
        store.journal().seal(at(LATE)).await.unwrap();
        let last = store.journal().unstamped(9).await.unwrap().pop().unwrap();
        let octets = last.octets_to_stamp().unwrap();
        store
            .journal()
            .stamp(&last, b"token".to_vec())
            .await
            .unwrap();
        let judge = move |asked: &[u8], _: &[u8]| {
            if asked == octets {
                StampJudgement::Good(at(LATE + 1))
            } else {
                StampJudgement::Unknown("an authority that nobody knows".to_owned())
            }
        };
        let proof = store.journal().verify(&judge).await.unwrap();
        assert_eq!((&proof.finding, proof.waiting), (&None, 0));
        assert_eq!(proof.indication(), Indication::Undecided);
        let doubts: Vec<_> = proof
            .doubts
            .iter()
            .map(|one| (one.kind, one.segment))
            .collect();
        assert_eq!(doubts, [(DoubtKind::StampLag, 3)]);
    }
}

/// What was under way while the clock was set back: entries of before stand among those of after, on both sides of the
/// entry that tells of it.
#[tokio::test]
async fn entries_that_were_under_way_while_the_clock_was_set_back_are_no_doubt() {
    const BACK: i64 = 30 * 24 * 3600;
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    let journal = store.journal();
    let append = async |seconds: i64, kind: &str| {
        let mut new = entry(1);
        new.at = at(seconds);
        new.kind = kind.to_owned();
        new.summary = serde_json::json!({ "moved_ms": -BACK * 1000 });
        store.journal().append(new).await.unwrap();
    };
    append(0, "sent").await;
    journal.seal(at(1)).await.unwrap();
    append(2, "delivered").await;
    append(3 - BACK, CLOCK_SET_BACK).await;
    append(3, "answered").await;
    append(4 - BACK, "sent").await;
    journal.seal(at(5 - BACK)).await.unwrap();
    append(6 - BACK, "sent").await;
    stamp_all(&store).await;
    let first = journal.seals(9).await.unwrap().pop().unwrap();
    let first = first.octets_to_stamp().unwrap();
    let judge = move |octets: &[u8], _: &[u8]| {
        StampJudgement::Good(if octets == first { at(1) } else { at(6 - BACK) })
    };
    let proof = journal.verify(&judge).await.unwrap();
    assert_eq!((&proof.finding, &proof.doubts), (&None, &vec![]));
    assert_eq!((proof.segments, proof.set_back), (5, 1));
}

/// Whoever writes a journal anew writes what it tells of the clock, too: each segment after the one that he changed
/// begins with an entry that excuses the earlier moments after the seals and stamps of today.
#[tokio::test]
async fn what_a_rewriter_tells_of_the_clock_does_not_excuse_old_entries_below_seals_of_today() {
    const TODAY: i64 = 90 * 24 * 3600;
    let then = (0, vec![(DoubtKind::StampLag, 1)]);
    // The first is late as one of an actor that did not run is; what comes after it is not.
    let today = (TODAY, vec![(DoubtKind::SealedLate, 2)]);
    for (sealed_at, expected) in [then, today] {
        let stand = SqliteStand::fresh();
        let store = stand.open().await;
        let journal = store.journal();
        for segment in 0..3 {
            let mut new = entry(1);
            new.at = at(segment * 60);
            if segment > 0 {
                new.kind = CLOCK_SET_BACK.to_owned();
                new.summary = serde_json::json!({ "moved_ms": -TODAY * 1000 });
            }
            journal.append(new).await.unwrap();
            let sealed = journal.seal(at(sealed_at + segment * 60 + 1)).await;
            assert!(sealed.unwrap().is_some());
        }
        stamp_all(&store).await;
        let judge = |_: &[u8], _: &[u8]| StampJudgement::Good(at(TODAY + 200));
        let proof = journal.verify(&judge).await.unwrap();
        assert_eq!((&proof.finding, proof.set_back), (&None, 2));
        let doubts = proof.doubts.iter().map(|one| (one.kind, one.segment));
        assert_eq!(doubts.collect::<Vec<_>>(), expected);
        assert_eq!(proof.indication(), Indication::Undecided);
    }
}

/// An actor that did not run for a weekend seals when it comes back.
#[tokio::test]
async fn a_segment_that_was_open_while_the_actor_did_not_run_is_no_doubt() {
    const WEEKEND: i64 = 3 * 24 * 3600;
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    let journal = store.journal();
    for seconds in [0, WEEKEND] {
        let mut new = entry(1);
        new.at = at(seconds);
        if seconds > 0 {
            assert!(journal.seal_due(at(WEEKEND)).await.unwrap().is_some());
        }
        journal.append(new).await.unwrap();
    }
    journal.seal(at(WEEKEND + 1)).await.unwrap();
    stamp_all(&store).await;
    let judge = |_: &[u8], _: &[u8]| StampJudgement::Good(at(WEEKEND + 2));
    let proof = journal.verify(&judge).await.unwrap();
    assert_eq!((&proof.finding, &proof.doubts), (&None, &vec![]));
    assert_eq!(proof.indication(), Indication::Proven);
}
