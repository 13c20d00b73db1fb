//! What came is told at once, however long the journal is.

use std::time::{Duration, Instant};

use qaqpa_model::Moment;
use qaqpa_store::HistoryFilter;

use crate::sqlite::tamper;
use crate::stand::{SqliteStand, Stand};

#[tokio::test]
async fn the_newest_of_a_long_journal_is_told_without_reading_the_rest() {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    // Two hundred thousand, not in the order of their moments.
    tamper(
        &stand,
        r#"WITH RECURSIVE numbers (n) AS (
             SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 199999
           )
           INSERT INTO journal (writer, id, at, kind, direction, summary, previous, hash)
           SELECT 'gateway', n, n * 7919 % 200000, 'accepted', 'in', '{"sender":"s"}',
             zeroblob(32), zeroblob(32)
           FROM numbers"#,
    )
    .await;
    let newest = HistoryFilter {
        limit: 1,
        ..HistoryFilter::default()
    };
    let begun = Instant::now();
    for _ in 0..20 {
        let told = store.exchange().history(&newest).await.unwrap();
        assert_eq!(told[0].at, Moment::from_unix_ms(199_999));
    }
    let took = begun.elapsed();
    // A hundred times what it takes on a quiet machine, and less than reading all of it once.
    assert!(took < Duration::from_millis(800), "{took:?}");

    // Page by page each is told once.
    let (mut seen, mut last) = (0, None);
    let mut page = HistoryFilter {
        limit: 20_000,
        ..HistoryFilter::default()
    };
    loop {
        let told = store.exchange().history(&page).await.unwrap();
        let Some(end) = told.last() else { break };
        page.before = Some(end.mark.clone());
        for one in &told {
            assert!(last.is_none_or(|last| one.at < last));
            last = Some(one.at);
        }
        seen += told.len();
    }
    assert_eq!(seen, 200_000);
}
