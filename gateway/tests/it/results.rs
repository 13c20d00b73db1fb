//! A result must belong to an accepted application, once, and come from the regional gateway.

use qaqpa_model::{Actor, MessageId, RefusalLabel as L};
use qaqpa_wire::{Application, ResultDocument};

use crate::authority::CITIZEN_2;
use crate::messages::{application, message, new_id, person, result_of, seal, sign};
use crate::stand::{Reply, Stand};

/// Has an application of citizen-1 accepted.
async fn accepted(stand: &Stand) -> (Application, MessageId) {
    let application = application();
    let document = sign(
        &application.to_xml(),
        stand.authority.signatory("citizen-1"),
    );
    let message = message("integrator-1", document);
    let envelope = seal(
        &message.write(),
        stand.authority.signatory("system-integrator-1"),
    );
    stand.post(envelope).await.acknowledgement();
    (application, message.message_id)
}

async fn send(stand: &Stand, result: &ResultDocument, correlation: Option<&MessageId>) -> Reply {
    let document = sign(&result.to_xml(), stand.authority.signatory("officer-1"));
    let mut message = message("regional-gateway", document);
    message.correlation_id = correlation.cloned();
    message.service_id = result.service.to_string();
    let envelope = seal(
        &message.write(),
        stand.authority.signatory("system-regional-gateway"),
    );
    stand.post_as(Actor::RegionalGateway, envelope).await
}

#[tokio::test]
async fn a_result_of_another_application_person_or_message_is_refused() {
    let stand = Stand::start().await;
    let (application, first) = accepted(&stand).await;
    let good = result_of(&application, &first);

    assert_eq!(
        send(&stand, &good, None).await.label(),
        Some(L::CorrelationUnknown)
    );
    let other = new_id();
    assert_eq!(
        send(&stand, &good, Some(&other)).await.label(),
        Some(L::CorrelationUnknown)
    );
    let never = result_of(&application, &other);
    assert_eq!(
        send(&stand, &never, Some(&other)).await.label(),
        Some(L::CorrelationUnknown)
    );
    let mut another_person = good.clone();
    another_person.applicant = person(CITIZEN_2);
    assert_eq!(
        send(&stand, &another_person, Some(&first)).await.label(),
        Some(L::CorrelationUnknown)
    );
    let mut another_application = good.clone();
    another_application.application_id = "another".to_owned();
    assert_eq!(
        send(&stand, &another_application, Some(&first))
            .await
            .label(),
        Some(L::CorrelationUnknown)
    );

    send(&stand, &good, Some(&first)).await.acknowledgement();
}

#[tokio::test]
async fn a_second_result_is_refused_and_a_result_is_no_application() {
    let stand = Stand::start().await;
    let (application, first) = accepted(&stand).await;
    let good = result_of(&application, &first);
    let document = sign(&good.to_xml(), stand.authority.signatory("officer-1"));
    let mut message = message("regional-gateway", document);
    message.correlation_id = Some(first.clone());
    let envelope = seal(
        &message.write(),
        stand.authority.signatory("system-regional-gateway"),
    );
    stand
        .post_as(Actor::RegionalGateway, envelope)
        .await
        .acknowledgement();

    let second = result_of(&application, &first);
    let reply = send(&stand, &second, Some(&first)).await;
    assert_eq!(reply.label(), Some(L::CorrelationUnknown));
    assert!(reply.http.text().contains("final answer already"));

    let of_a_result = result_of(&application, &message.message_id);
    let reply = send(&stand, &of_a_result, Some(&message.message_id)).await;
    assert_eq!(reply.label(), Some(L::CorrelationUnknown));
}

#[tokio::test]
async fn only_the_regional_gateway_sends_results_and_it_sends_nothing_else() {
    let stand = Stand::start().await;
    let (first_application, first) = accepted(&stand).await;
    let result = result_of(&first_application, &first);
    let document = sign(&result.to_xml(), stand.authority.signatory("officer-1"));
    let mut by_integrator = message("integrator-1", document.clone());
    by_integrator.correlation_id = Some(first.clone());
    let envelope = seal(
        &by_integrator.write(),
        stand.authority.signatory("system-integrator-1"),
    );
    assert_eq!(stand.post(envelope).await.label(), Some(L::SenderUnknown));
    let mut by_portal = message("portal", document);
    by_portal.correlation_id = Some(first);
    let envelope = seal(
        &by_portal.write(),
        stand.authority.signatory("system-portal"),
    );
    assert_eq!(
        stand.post_as(Actor::Portal, envelope).await.label(),
        Some(L::SenderUnknown)
    );

    let document = sign(
        &application().to_xml(),
        stand.authority.signatory("citizen-1"),
    );
    let by_regional = message("regional-gateway", document);
    let envelope = seal(
        &by_regional.write(),
        stand.authority.signatory("system-regional-gateway"),
    );
    let reply = stand.post_as(Actor::RegionalGateway, envelope).await;
    assert_eq!(reply.label(), Some(L::SenderUnknown));
}

#[tokio::test]
async fn a_result_that_somebody_else_than_its_officer_signed_is_refused() {
    let stand = Stand::start().await;
    let (application, first) = accepted(&stand).await;
    let result = result_of(&application, &first);
    let document = sign(&result.to_xml(), stand.authority.signatory("citizen-2"));
    let mut message = message("regional-gateway", document);
    message.correlation_id = Some(first);
    let envelope = seal(
        &message.write(),
        stand.authority.signatory("system-regional-gateway"),
    );
    let reply = stand.post_as(Actor::RegionalGateway, envelope).await;
    assert_eq!(reply.label(), Some(L::IinMismatch));
}
