//! The queue registry answers by itself: numbers, places, referrals, and a refusal; nobody of the staff acts.

use std::collections::BTreeSet;

use qaqpa_model::RefusalLabel;
use qaqpa_wire::{FormField, Outcome, ResultDocument};

use crate::gateway::Gateway;
use crate::road::read_result;
use crate::stand::{Stand, application, eventually, message_id};

const SERVICE: &str = "kindergarten-queue@qyzylorda-2018-1056";

/// Children under seven in November 2026, of whom no record is kept.
const CHILDREN: [&str; 4] = [
    "240514690602",
    "240514690612",
    "240514690622",
    "240514690632",
];

/// Sends the application for a child.
async fn ask(stand: &Stand, n: u32, child: &str) {
    let mut application = application(SERVICE);
    application.application_id = format!("a-{n}");
    application.attachments.clear();
    application.form = vec![FormField {
        name: "child-iin".to_owned(),
        value: child.to_owned(),
    }];
    stand.send(&stand.request(n, &application)).await.unwrap();
}

/// The answer to that application, signed with the key of the head of the department.
async fn answer(stand: &Stand, gateway: &Gateway, n: u32) -> ResultDocument {
    let taken = eventually("the registry's answer", async || {
        let mut taken = gateway.taken().into_iter();
        taken.find(|one| one.correlation_id == Some(message_id(n)))
    })
    .await;
    read_result(stand, &taken, "head-1")
}

fn value<'d>(document: &'d ResultDocument, name: &str) -> &'d str {
    let field = document.content.iter().find(|field| field.name == name);
    field.map_or("", |field| field.value.as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_gets_the_next_number_and_keeps_it() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    // The last number of the register is 17.
    for (n, child, number) in [
        (1, CHILDREN[0], "18"),
        (2, CHILDREN[1], "19"),
        (3, CHILDREN[0], "18"),
    ] {
        ask(&stand, n, child).await;
        let document = answer(&stand, &gateway, n).await;
        assert_eq!(document.outcome, Outcome::Granted);
        assert_eq!(
            value(&document, "queue-number"),
            format!("TEST-Q-0000{number}")
        );
        assert_eq!(value(&document, "queue-place"), number);
        assert!(document.titles.en.starts_with("Notice of the place"));
    }
    assert_eq!(
        stand.way(&message_id(1)).await,
        ["step-6:done", "check-3:yes"]
    );
    // It is answered, and nobody's task; no status is told of what is answered at once.
    let cards = stand.control("/cards").await;
    assert_eq!(cards[0]["state"], "granted");
    assert!(gateway.told().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_of_the_register_keeps_its_record_and_is_referred_where_there_is_a_place() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    ask(&stand, 1, "210312690847").await;
    let document = answer(&stand, &gateway, 1).await;
    assert_eq!(value(&document, "queue-number"), "TEST-Q-000017");
    assert_eq!(value(&document, "queue-place"), "17");
    ask(&stand, 2, "200905590862").await;
    let document = answer(&stand, &gateway, 2).await;
    assert_eq!(document.titles.en, "Referral to a kindergarten");
    assert_eq!(value(&document, "kindergarten"), "TEST БАЛАБАҚША 1");
    assert_eq!(value(&document, "queue-place"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_of_seven_is_refused_with_reasons() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    ask(&stand, 1, "061211600012").await;
    let document = answer(&stand, &gateway, 1).await;
    assert_eq!(document.outcome, Outcome::Refused);
    let label = document.grounds.map(|grounds| grounds.label);
    assert_eq!(label, Some(RefusalLabel::GroundsAbsent));
    assert_eq!(
        stand.way(&message_id(1)).await,
        ["step-6:done", "check-3:no:grounds-absent", "step-7:done"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_come_at_once_get_a_number_each() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let [first, second, third, fourth] = CHILDREN;
    tokio::join!(
        ask(&stand, 1, first),
        ask(&stand, 2, second),
        ask(&stand, 3, third),
        ask(&stand, 4, fourth)
    );
    let mut numbers = BTreeSet::new();
    for n in 1..=4 {
        let document = answer(&stand, &gateway, n).await;
        numbers.insert(value(&document, "queue-place").to_owned());
    }
    let wanted = ["18", "19", "20", "21"].map(str::to_owned);
    assert_eq!(numbers, BTreeSet::from(wanted));
}
