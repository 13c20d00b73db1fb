//! Journals of any length and history, and any one thing done to them.

use proptest::prelude::*;
use qaqpa_store::{DoubtKind, Finding, Indication, StampJudgement};

use super::{entry, proof_after};
use crate::contract::journal::{stamp_all, test_judge};
use crate::stand::{SqliteStand, Stand as _, at};

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

    /// Whatever is written, with moments as much in disorder as those of work that is done at once, and sealed whenever:
    /// an untouched journal that is stamped soon is proven.
    #[test]
    fn an_untouched_journal_of_any_history_is_proven_where_it_is_vouched_for(
        history in proptest::collection::vec((0..60_i64, -30..30_i64, "\\PC{0,12}", any::<bool>(), any::<bool>()), 0..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let stand = SqliteStand::fresh();
            let store = stand.open().await;
            let mut now = 0;
            for (passed, aside, text, raw, seal) in &history {
                now += passed;
                let mut new = entry(1);
                new.at = at(now + aside);
                new.summary = serde_json::json!({ "text": text });
                new.raw = raw.then(|| text.as_bytes().to_vec());
                store.journal().append(new).await.unwrap();
                if *seal {
                    store.journal().seal(at(now)).await.unwrap();
                }
            }
            stamp_all(&store).await;
            let end = at(now + 1);
            let judge = move |octets: &[u8], token: &[u8]| match test_judge(octets, token) {
                StampJudgement::Good(_) => StampJudgement::Good(end),
                other => other,
            };
            let proof = store.journal().verify(&judge).await.unwrap();
            assert_eq!((&proof.finding, proof.entries), (&None, history.len() as u64));
            let doubts: Vec<_> = proof.doubts.iter().map(|doubt| doubt.kind).collect();
            if proof.vouched.is_some() {
                assert_eq!((proof.indication(), doubts), (Indication::Proven, vec![]));
            } else {
                assert_eq!((proof.segments, doubts), (0, vec![DoubtKind::NothingVouched]));
            }
        });
    }
}
