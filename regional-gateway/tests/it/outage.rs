//! Neighbours that are down, and kills: nothing is lost and nothing is doubled.

use qaqpa_model::RefusalLabel;

use crate::authority::OFFICER;
use crate::stand::{GRANT, SERVICE, Stand, application, eventually, message_id};

async fn signed(stand: &Stand, n: u32) -> String {
    let card = stand.card(n).await;
    let path = format!("/cards/{card}");
    let check = format!("{path}/check");
    let mut officer = stand.member("officer-1", OFFICER).await;
    officer.post(&check, &check, &GRANT).await.expect(303);
    officer
        .upload(
            &format!("{path}/result"),
            &format!("{path}/sign"),
            &[("key_password", "key-password")],
            Some(("key_file", &stand.key_file("officer-1"))),
        )
        .await
        .expect(303);
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_waits_for_a_gateway_that_is_down_and_survives_a_kill() {
    let stand = Stand::start().await;
    let path = signed(&stand, 1).await;
    let mut officer = stand.member("officer-1", OFFICER).await;
    let page = officer.open(&path).await.expect(200);
    assert_eq!(page.attribute("data-state"), "granted");
    assert_eq!(page.attribute("data-delivery"), "pending");

    let stand = stand.kill_and_restart().await;
    // Behind the two statuses.
    let outbox = stand.control("/outbox").await;
    let states: Vec<_> = outbox
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["state"].clone())
        .collect();
    assert_eq!(states, ["behind", "behind", "pending"]);
    let gateway = stand.gateway().await;
    eventually("a result at the gateway", async || {
        (!gateway.taken().is_empty()).then_some(())
    })
    .await;
    let mut officer = stand.member("officer-1", OFFICER).await;
    eventually("the delivery on the card", async || {
        let page = officer.open(&path).await;
        (page.attribute("data-delivery") == "done").then_some(())
    })
    .await;
    assert_eq!(gateway.taken().len(), 1);
    assert_eq!(
        stand.way(&message_id(1)).await,
        ["process-6:done", "condition-3:yes"]
    );
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_application_survives_kills_as_one_card() {
    let mut stand = Stand::start().await;
    for n in 1..=3 {
        let mut application = application(SERVICE);
        application.application_id = format!("a-{n}");
        let request = stand.request(n, &application);
        let before = stand.send(&request).await.unwrap();
        stand = stand.kill_and_restart().await;
        // The gateway did not hear the answer and sends again.
        let again = stand.send(&request).await.unwrap();
        assert_eq!(before.response, again.response);
        assert_eq!(stand.way(&message_id(n)).await, ["process-6:done"]);
    }
    let cards = stand.control("/cards").await;
    let numbers: Vec<_> = cards
        .as_array()
        .unwrap()
        .iter()
        .map(|card| card["number"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [3, 2, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_the_gateway_refuses_is_parked_and_shown() {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    gateway.refuse(RefusalLabel::CorrelationUnknown);
    let path = signed(&stand, 1).await;
    let mut officer = stand.member("officer-1", OFFICER).await;
    let page = officer.open(&path).await.expect(200);
    assert_eq!(page.attribute("data-delivery"), "parked");
    assert!(page.has("The gateway has refused the signed result."));
    assert_eq!(stand.control("/outbox").await[0]["state"], "parked");
}
