//! The history: what came, and what became of it.

use qaqpa_model::RefusalLabel;
use qaqpa_store::{Direction, HistoryFilter, JournalEntry, REFUSALS_UNTOLD, Store};
use serde_json::json;

use crate::stand::{Stand, at, incoming, message_id};

fn between(since: i64, until: i64) -> HistoryFilter {
    HistoryFilter {
        since: Some(at(since)),
        until: Some(at(until)),
        limit: 10,
        ..HistoryFilter::default()
    }
}

async fn turned_away(store: &Store, kind: &str, id: Option<&str>, when: i64) {
    let entry = JournalEntry {
        at: at(when),
        kind: kind.to_owned(),
        message_id: id.map(message_id),
        direction: Direction::In,
        label: (kind == "refused").then_some(RefusalLabel::Replayed),
        raw: None,
        summary: json!({ "sender": "integrator-1" }),
    };
    store.journal().append(entry).await.unwrap();
}

pub(crate) async fn the_history_tells_what_came_and_what_became_of_it(stand: &impl Stand) {
    let store = stand.open().await;
    let mut new = incoming("m1");
    new.facts_json = r#"{"kind":"application"}"#.to_owned();
    let _ = store.exchange().accept(new).await.unwrap();
    turned_away(&store, "repeated", Some("m1"), 10).await;
    turned_away(&store, "refused", None, 20).await;
    turned_away(&store, "faulted", Some("m2"), 30).await;
    // What is no message of anybody's is not told.
    turned_away(&store, "clock-set", None, 25).await;

    let exchange = store.exchange();
    let told = exchange.history(&between(0, 100)).await.unwrap();
    let lines: Vec<_> = told
        .iter()
        .map(|one| {
            let id = one.message_id.as_ref().map(ToString::to_string);
            (one.kind.as_str(), id, one.at, one.facts_json.is_some())
        })
        .collect();
    let id = |text: &str| Some(message_id(text).to_string());
    assert_eq!(
        lines,
        [
            ("faulted", id("m2"), at(30), false),
            ("refused", None, at(20), false),
            ("repeated", id("m1"), at(10), true),
            ("accepted", id("m1"), at(0), true),
        ]
    );
    assert_eq!(told[1].label, Some(RefusalLabel::Replayed));
    assert_eq!(told[1].summary["sender"], "integrator-1");
    assert_eq!(
        told[3].sender.as_ref().map(|sender| sender.as_str()),
        Some("portal")
    );

    let some = exchange.history(&between(10, 20)).await.unwrap();
    let kinds: Vec<_> = some.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["refused", "repeated"]);
    let newest = HistoryFilter {
        limit: 1,
        ..between(0, 100)
    };
    let newest = exchange.history(&newest).await.unwrap();
    assert_eq!(newest, told[..1]);

    // The clock was set back after that place: what came since is told, what came before is not.
    let beyond = exchange.journal_place().await.unwrap();
    turned_away(&store, "refused", Some("m3"), 5).await;
    let since = HistoryFilter {
        beyond,
        limit: 10,
        ..HistoryFilter::default()
    };
    let since = store.exchange().history(&since).await.unwrap();
    let ids: Vec<_> = since.iter().map(|one| one.message_id.clone()).collect();
    assert_eq!(ids, [Some(message_id("m3"))]);
}

pub(crate) async fn what_the_history_does_not_tell_is_counted(stand: &impl Stand) {
    let store = stand.open().await;
    let left_out = async |untold: u64, of: &str, when| {
        let entry = JournalEntry {
            at: at(when),
            kind: REFUSALS_UNTOLD.to_owned(),
            message_id: None,
            direction: Direction::Own,
            label: None,
            raw: None,
            summary: json!({ "untold": untold, "of": of }),
        };
        store.journal().append(entry).await.unwrap();
    };
    let untold = async |filter: &HistoryFilter| store.exchange().untold(filter).await.unwrap();
    assert_eq!(untold(&HistoryFilter::default()).await, 0);
    left_out(900, "strangers", 10).await;
    left_out(50, "senders", 20).await;
    // Nobody has read these.
    left_out(7, "door", 20).await;
    turned_away(&store, "refused", None, 20).await;
    assert_eq!(untold(&HistoryFilter::default()).await, 950);
    assert_eq!(untold(&between(11, 20)).await, 50);
    let beyond = store.exchange().journal_place().await.unwrap();
    left_out(3, "strangers", 5).await;
    let since = HistoryFilter {
        beyond,
        ..HistoryFilter::default()
    };
    assert_eq!(untold(&since).await, 3);
}

pub(crate) async fn the_history_is_told_page_by_page_and_by_what_is_asked_for(stand: &impl Stand) {
    let store = stand.open().await;
    let mut new = incoming("{a-1}");
    new.facts_json = r#"{"applicant_iin":"931002451325"}"#.to_owned();
    new.correlation = Some(message_id("{a-0}"));
    let _ = store.exchange().accept(new).await.unwrap();
    for number in 0..6 {
        // Two of each moment.
        turned_away(
            &store,
            "refused",
            Some(&format!("b-{number}")),
            10 + number / 2,
        )
        .await;
    }
    turned_away(&store, "faulted", Some("c"), 20).await;
    let exchange = store.exchange();
    let ids = async |filter: HistoryFilter| {
        let told = exchange.history(&filter).await.unwrap();
        let ids = told.iter().filter_map(|one| one.message_id.clone());
        ids.collect::<Vec<_>>()
    };
    let all = ids(between(0, 100)).await;
    assert_eq!(all.len(), 8);
    let (mut paged, mut before) = (Vec::new(), None);
    loop {
        let page = HistoryFilter {
            before: before.take(),
            limit: 3,
            ..between(0, 100)
        };
        let page = exchange.history(&page).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.mark.clone());
        paged.extend(page.into_iter().filter_map(|one| one.message_id));
    }
    assert_eq!(paged, all);

    let some = || HistoryFilter {
        limit: 10,
        ..HistoryFilter::default()
    };
    let kind = Some("faulted".to_owned());
    assert_eq!(
        ids(HistoryFilter { kind, ..some() }).await,
        [message_id("c")]
    );
    let label = Some(RefusalLabel::Replayed);
    assert_eq!(ids(HistoryFilter { label, ..some() }).await.len(), 6);
    let the_first = [message_id("{a-1}")];
    for id in ["a-1", "{a-1}"] {
        let message_id = Some(message_id(id));
        assert_eq!(
            ids(HistoryFilter {
                message_id,
                ..some()
            })
            .await,
            the_first
        );
    }
    let correlation = Some(message_id("a-0"));
    let answers = HistoryFilter {
        correlation,
        ..some()
    };
    assert_eq!(ids(answers).await, the_first);
    let in_facts = Some("931002451325".to_owned());
    assert_eq!(ids(HistoryFilter { in_facts, ..some() }).await, the_first);
    let in_summary = Some("integrator-1".to_owned());
    assert_eq!(
        ids(HistoryFilter {
            in_summary,
            ..some()
        })
        .await
        .len(),
        7
    );
}
