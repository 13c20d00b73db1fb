//! A disk that is nearly full: what is new comes later, what was accepted goes its way to the end.

use qaqpa_channel::answer::LABEL_HEADER;
use qaqpa_gateway::Config;
use qaqpa_model::{Actor, RefusalLabel};
use qaqpa_transport::ControlClient;
use qaqpa_wire::asynchronous::Request;

use crate::messages::{application, sign, valid};
use crate::stand::{Reply, Stand};
use crate::visits::left;

/// Turned away for now, by the gateway, and with nothing accepted.
fn is_to_come_later(stand: &Stand, reply: &Reply) {
    assert_eq!(reply.http.status, 503);
    assert_eq!(reply.http.header("retry-after"), Some("30"));
    assert_eq!(reply.http.header(LABEL_HEADER), Some("limit-exceeded"));
    assert_eq!(reply.label(), Some(RefusalLabel::LimitExceeded));
    assert!(
        reply
            .http
            .text()
            .contains("the disk of the gateway is nearly full")
    );
    stand.assert_signed_by_the_gateway(reply);
}

#[tokio::test]
async fn with_little_room_nothing_new_is_accepted_and_what_was_accepted_goes_on() {
    let stand = Stand::start().await;
    let (_, accepted) = valid(&stand.authority);
    let acknowledged = stand.post(accepted.clone()).await.acknowledgement();
    let (applied, id) = stand.leave().await;

    let full = Config {
        accept_free_bytes_min: Some(u64::MAX),
        ..Config::default()
    };
    let stand = stand.kill_and_restart_with(full, async |_| {}).await;
    let (_, new) = valid(&stand.authority);
    is_to_come_later(&stand, &stand.post(new.clone()).await);
    let citizen = stand.authority.signatory("citizen-1");
    let document = sign(&application().to_xml(), citizen);
    let reply = stand.ask(Request::SendMessage(left(document))).await;
    is_to_come_later(&stand, &reply);
    // A repeat, a result of a regional gateway, and a visit.
    let again = stand.post(accepted).await.acknowledgement();
    assert_eq!(again, acknowledged);
    let (result, _) = stand.bring_result(&applied, &id).await;
    let waiting = stand.fetch().await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].info.message_id.as_ref(), Some(&result));

    let control = ControlClient::of(stand.dir.path(), Actor::Gateway).unwrap();
    let metrics = String::from_utf8(control.bytes("/metrics").await.unwrap().to_vec()).unwrap();
    let shown = |name: &str| {
        let mut lines = metrics.lines().filter(|line| line.starts_with(name));
        let figure = lines.next().unwrap_or_default().rsplit(' ').next().unwrap();
        figure.parse::<f64>().ok()
    };
    assert!(shown("qaqpa_store_free_bytes").is_some_and(|free| free > 0.0));

    let stand = stand.kill_and_restart().await;
    stand.post(new).await.acknowledgement();
}
