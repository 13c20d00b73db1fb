//! The asynchronous channel: messages are left, asked about, fetched and confirmed.

use qaqpa_model::{Actor, RefusalLabel as L};
use qaqpa_wire::asynchronous::{
    GetMessageStatusRequest, MessageState, MessageType, ReceiveStatus, Request, ResendMessage,
    SendDeliveryNotificationResponse,
};
use qaqpa_wire::{Fault, Operation, Reading};

use crate::authority::password;
use crate::messages::{application, new_id, noon, seal, sign};
use crate::neighbour::Neighbour;
use crate::stand::{Reply, Stand, eventually};
use crate::visits::{get_messages, integrator, left, notification};

#[tokio::test]
async fn an_application_that_is_left_is_carried_and_its_result_waits_until_it_is_confirmed() {
    let stand = Stand::start().await;
    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    let (application, id) = stand.leave().await;

    let arrived = eventually("the letter", async || regional.accepted().pop()).await;
    assert_eq!(arrived.message_id, id);
    eventually("the state", async || {
        let status = stand.status(&id).await;
        (status.message_state == MessageState::Delivered).then_some(())
    })
    .await;
    assert_eq!(stand.fetch().await, []);

    let (result_id, document) = stand.bring_result(&application, &id).await;
    for _ in 0..2 {
        // Fetched and not confirmed, it waits.
        let messages = stand.fetch().await;
        assert_eq!(messages.len(), 1);
        let info = &messages[0].info;
        assert_eq!(info.message_id.as_ref(), Some(&result_id));
        assert_eq!(info.correlation_id.as_ref(), Some(&id));
        assert_eq!(info.message_type, MessageType::Response);
        assert_eq!(info.sender.as_ref().unwrap().id.as_str(), "gateway");
        assert_eq!(info.property("verdict"), Some("TOTAL-PASSED"));
        assert_eq!(messages[0].data.bytes, document);
        let status = stand.status(&result_id).await;
        assert_eq!(status.message_state, MessageState::OnDelivery);
    }
    let (accepted, enough) = (ReceiveStatus::Accepted, ResendMessage::NotResend);
    let first = notified(&stand.say(&result_id, accepted, enough).await);
    let second = notified(&stand.say(&result_id, accepted, enough).await);
    assert_eq!(first.notification_id, second.notification_id);
    assert_eq!(stand.fetch().await, []);
    let status = stand.status(&result_id).await;
    assert_eq!(status.message_state, MessageState::Delivered);
    let verified = stand.control("/journal/verify").await;
    assert_eq!(verified["broken"], serde_json::Value::Null);
    let journal = stand.control("/journal?kind=fetched").await;
    assert_eq!(journal[0]["summary"]["sender"], "integrator-1");
}

fn notified(reply: &Reply) -> SendDeliveryNotificationResponse {
    SendDeliveryNotificationResponse::read_with(&reply.document, Reading::Strict)
        .unwrap_or_else(|error| panic!("{error}: {}", reply.http.text()))
        .0
}

#[tokio::test]
async fn the_result_of_an_application_of_the_synchronous_channel_waits_in_the_same_mailbox() {
    let stand = Stand::start().await;
    let (message, envelope) = crate::messages::valid(&stand.authority);
    let application = application_in(&message.data.bytes);
    stand.post(envelope).await.acknowledgement();
    let (result_id, _) = stand.bring_result(&application, &message.message_id).await;
    let waiting = stand.fetch().await;
    assert_eq!(waiting[0].info.message_id, Some(result_id));
    assert_eq!(waiting[0].info.correlation_id, Some(message.message_id));
}

/// The application of [`crate::messages::valid`]: its id is the one thing that differs.
fn application_in(document: &[u8]) -> qaqpa_wire::Application {
    let text = String::from_utf8(document.to_vec()).unwrap();
    let id = text.split_once("<applicationId>").unwrap().1;
    qaqpa_wire::Application {
        application_id: id.split_once('<').unwrap().0.to_owned(),
        ..application()
    }
}

#[tokio::test]
async fn the_same_message_has_the_same_id_and_one_effect() {
    let stand = Stand::start().await;
    let document = sign(
        &application().to_xml(),
        stand.authority.signatory("citizen-1"),
    );
    let message = left(document);
    let first = stand.ask(Request::SendMessage(message.clone())).await;
    let second = stand.ask(Request::SendMessage(message.clone())).await;
    stand.assert_signed_by_the_gateway(&first);
    let taken = first.taken();
    assert_eq!(taken, second.taken());
    assert_eq!(taken.correlation_id, taken.message_id);
    let id = taken.message_id.as_str();
    assert!(id.starts_with('{') && id.len() == 38, "{id}");
    let outbox = stand.control("/outbox").await;
    assert_eq!(outbox.as_array().unwrap().len(), 1);

    // Who has not heard the answer writes another moment into the next attempt: the document is the same message.
    let mut later = message.clone();
    later.message.info.message_date = noon().plus(std::time::Duration::from_secs(1));
    let third = stand.ask(Request::SendMessage(later)).await;
    assert_eq!(third.taken(), taken);
    let outbox = stand.control("/outbox").await;
    assert_eq!(outbox.as_array().unwrap().len(), 1);
    let accepted = stand.control("/journal?kind=accepted").await;
    assert_eq!(accepted.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_document_that_was_left_is_a_replay_where_its_sender_or_channel_is_another() {
    let stand = Stand::start().await;
    let citizen = stand.authority.signatory("citizen-1");
    let document = sign(&application().to_xml(), citizen);
    let left = stand
        .ask(Request::SendMessage(left(document.clone())))
        .await;
    let id = left.taken().message_id;
    // The sender itself is told which message was the first; another one is not.
    for (sender, actor, told) in [
        ("integrator-1", None, true),
        ("portal", Some(Actor::Portal), false),
    ] {
        let again = crate::messages::message(sender, document.clone());
        let signatory = stand.authority.signatory(&format!("system-{sender}"));
        let envelope = seal(&again.write(), signatory);
        let reply = match actor {
            Some(actor) => stand.post_as(actor, envelope).await,
            None => stand.post(envelope).await,
        };
        assert_eq!(reply.label(), Some(L::Replayed), "{sender}");
        let earlier = reply.fault().detail.unwrap();
        let earlier = earlier.value("earlier").map(str::to_owned);
        assert_eq!(earlier, told.then(|| id.to_string()), "{sender}");
    }
}

#[tokio::test]
async fn a_receiver_that_refuses_or_wants_it_again_is_heard() {
    let stand = Stand::start().await;
    let (application, id) = stand.leave().await;
    let (result_id, _) = stand.bring_result(&application, &id).await;
    let (refused, again) = (ReceiveStatus::NotAccepted, ResendMessage::Resend);
    notified(&stand.say(&result_id, refused, again).await);
    assert_eq!(stand.fetch().await.len(), 1);
    let enough = ResendMessage::NotResend;
    notified(&stand.say(&result_id, refused, enough).await);
    assert_eq!(stand.fetch().await, []);
    let status = stand.status(&result_id).await;
    assert_eq!(status.message_state, MessageState::DeliveryStopped);
    assert_eq!(
        status.status.message,
        "Not delivered; no more is tried. the receiver says MESSAGE_NOT_ACCTEPTED"
    );
    notified(&stand.say(&result_id, ReceiveStatus::Accepted, again).await);
    assert_eq!(stand.fetch().await.len(), 1);
    // Taken, looked into, and refused: whoever looks at the state learns the last word.
    notified(&stand.say(&result_id, ReceiveStatus::Accepted, enough).await);
    let status = stand.status(&result_id).await;
    assert_eq!(status.message_state, MessageState::Delivered);
    notified(&stand.say(&result_id, refused, enough).await);
    let status = stand.status(&result_id).await;
    assert_eq!(status.message_state, MessageState::DeliveryStopped);
}

#[tokio::test]
async fn a_word_about_a_message_names_its_service_which_the_system_still_has() {
    let stand = Stand::start().await;
    let (application, id) = stand.leave().await;
    let (result_id, _) = stand.bring_result(&application, &id).await;
    let (yes, enough) = (ReceiveStatus::Accepted, ResendMessage::NotResend);
    let mut other = notification(&result_id, yes, enough);
    other.notification.service_id = "parking@almaty-2019-1".to_owned();
    let reply = stand.ask(Request::SendDeliveryNotification(other)).await;
    assert_eq!(reply.label(), Some(L::CorrelationUnknown));
    let none = "[[system]]\nsender = \"integrator-1\"\nservices = []\n";
    stand.register(none).await.unwrap();
    let reply = stand.say(&result_id, yes, enough).await;
    assert_eq!(reply.label(), Some(L::SenderUnknown));
    stand.register("").await.unwrap();
    assert_eq!(stand.fetch().await.len(), 1);
}

#[tokio::test]
async fn what_is_not_a_systems_own_is_neither_shown_nor_settled() {
    let stand = Stand::start().await;
    let authority = &stand.authority;
    // An application of the portal, which is another sender.
    let document = sign(&application().to_xml(), authority.signatory("citizen-1"));
    let portals = crate::messages::message("portal", document);
    let envelope = seal(&portals.write(), authority.signatory("system-portal"));
    stand
        .post_as(Actor::Portal, envelope)
        .await
        .acknowledgement();
    for id in [portals.message_id, new_id()] {
        let status = GetMessageStatusRequest {
            message_id: id.clone(),
            request_date: noon(),
            sender: integrator(),
            properties: Vec::new(),
        };
        let reply = stand.ask(Request::GetMessageStatus(status)).await;
        assert_eq!(reply.label(), Some(L::CorrelationUnknown));
        let (yes, enough) = (ReceiveStatus::Accepted, ResendMessage::NotResend);
        let reply = stand.say(&id, yes, enough).await;
        assert_eq!(reply.label(), Some(L::CorrelationUnknown));
    }
    let mut response = left(b"<a/>".to_vec());
    response.message.info.message_type = MessageType::Response;
    response.message.info.correlation_id = Some(new_id());
    let reply = stand.ask(Request::SendMessage(response.clone())).await;
    assert_eq!(reply.label(), Some(L::CorrelationUnknown));
    let (_, id) = stand.leave().await;
    response.message.info.correlation_id = Some(id);
    let reply = stand.ask(Request::SendMessage(response)).await;
    assert_eq!(reply.label(), Some(L::ServiceNotInSource));
}

#[tokio::test]
async fn a_silent_sender_is_known_by_its_certificate_and_a_stranger_is_not() {
    let stand = Stand::start().await;
    let mut silent = get_messages();
    silent.sender = None;
    let request = Request::GetMessages(silent);
    let pem = stand.authority.signatory("citizen-2").certificate.to_pem();
    let named = |name: &str, more: &str| {
        format!("[[system]]\nsender = \"{name}\"\n{more}\ncertificate = '''\n{pem}'''\n")
    };
    let ask_by = async |signatory: &str| {
        let envelope = seal(&request.write(), stand.authority.signatory(signatory));
        stand.post_async(envelope).await
    };
    // Nothing but the signature is agreed with this one.
    stand.register(&named("clinic-7", "")).await.unwrap();
    assert_eq!(ask_by("citizen-2").await.messages(), []);
    // Who has a password says it: silence is no way round.
    let secret = "password = \"secret\"";
    stand.register(&named("clinic-7", secret)).await.unwrap();
    assert_eq!(
        ask_by("citizen-2").await.label(),
        Some(L::SenderPasswordWrong)
    );
    let ready_made = ask_by("system-integrator-1").await;
    assert_eq!(ready_made.label(), Some(L::SenderPasswordWrong));
    // A certificate of two is nobody's, and both must have something that tells them apart.
    let two = format!("{}{}", named("clinic-7", secret), named("clinic-8", secret));
    stand.register(&two).await.unwrap();
    let reply = ask_by("citizen-2").await;
    assert_eq!(reply.label(), Some(L::SenderUnknown));
    assert!(reply.http.text().contains("of several: name yours"));
    let two = format!("{}{}", named("clinic-7", secret), named("clinic-8", ""));
    let refused = stand.register(&two).await.unwrap_err();
    assert!(
        refused.contains("clinic-8: another system has"),
        "{refused}"
    );
    // A citizen's certificate is good, and no sender's; an actor names itself.
    for signatory in ["citizen-1", "system-portal"] {
        let reply = ask_by(signatory).await;
        assert_eq!(reply.label(), Some(L::SenderUnknown), "{signatory}");
    }
    let unsigned = stand.post_async(request.write()).await;
    assert_eq!(unsigned.label(), Some(L::TransportSignatureMissing));
}

#[tokio::test]
async fn every_operation_refuses_with_its_own_fault() {
    let stand = Stand::start().await;
    let wrong = |mut sender: Option<qaqpa_wire::Sender>| {
        sender.as_mut().unwrap().password = Some("wrong".to_owned());
        sender
    };
    let mut message = left(b"<a/>".to_vec());
    message.message.info.sender = wrong(message.message.info.sender);
    let mut get = get_messages();
    get.sender = wrong(get.sender);
    let mut said = notification(&new_id(), ReceiveStatus::Accepted, ResendMessage::Resend);
    said.sender = wrong(said.sender);
    let status = GetMessageStatusRequest {
        message_id: new_id(),
        request_date: noon(),
        sender: wrong(integrator()),
        properties: Vec::new(),
    };
    for request in [
        Request::SendMessage(message),
        Request::GetMessages(get),
        Request::SendDeliveryNotification(said),
        Request::GetMessageStatus(status),
    ] {
        let operation = request.operation();
        let reply = stand.ask(request).await;
        let (fault, departures) = Fault::read_of(&reply.document, operation).unwrap().unwrap();
        assert_eq!(departures, [], "{}", operation.as_str());
        assert_eq!(fault.label(), Some(L::SenderPasswordWrong));
        stand.assert_signed_by_the_gateway(&reply);
        let journal = stand.control("/journal?limit=1").await;
        assert_eq!(journal[0]["label"], "sender-password-wrong");
        assert!(!journal.to_string().contains(&password("integrator-1")));
    }
    let reply = stand.post_async("<a/>".to_owned()).await;
    let found = Fault::read_of(&reply.document, Operation::SendMessage);
    assert_eq!(found.unwrap().unwrap().1, []);
    assert_eq!(reply.label(), Some(L::EnvelopeMalformed));
}

#[tokio::test]
async fn what_stacks_write_differently_is_read_and_named_and_a_foreign_action_is_refused() {
    let stand = Stand::start().await;
    let text = String::from_utf8(get_messages().write()).unwrap();
    let empty = "<request><messageId/><correlationId/>";
    let text = text.replacen("<request>", empty, 1);
    assert!(text.contains(empty));
    let integrator = stand.authority.signatory("system-integrator-1");
    let envelope = seal(text.as_bytes(), integrator);
    let ask = async |action: &str| {
        let address = stand.gateway.address("async").unwrap();
        let request = http::Request::post(address)
            .header("content-type", "application/xml")
            .header("soapaction", action)
            .body(bytes::Bytes::from(envelope.clone()))
            .unwrap();
        let client = crate::stand::client(stand.dir.path(), None);
        client.request(request).await.unwrap()
    };
    for action in ["\"\"", "getMessages", "\"urn:x#getMessages\""] {
        assert_eq!(ask(action).await.status, 200, "{action}");
    }
    let journal = stand.control("/journal?kind=fetched&limit=1").await;
    let departures = journal[0]["summary"]["departures"].as_array().unwrap();
    assert_eq!(
        departures,
        &[
            "Content-Type is \"application/xml\": send text/xml; charset=utf-8",
            "<messageId> is empty: leave it out or give it a value",
            "<correlationId> is empty: leave it out or give it a value",
        ]
    );
    for action in ["\"sendMessage\"", "DeleteEverything"] {
        let answer = ask(action).await;
        let label = answer.header("x-qaqpa-label");
        assert_eq!(label, Some("envelope-malformed"), "{action}");
        assert!(answer.text().contains("getMessagesFault1_getMessagesFault"));
    }
}

#[tokio::test]
async fn what_was_left_and_fetched_outlives_a_power_cut() {
    let stand = Stand::start().await;
    let (application, id) = stand.leave().await;
    let (result_id, document) = stand.bring_result(&application, &id).await;
    assert_eq!(stand.fetch().await.len(), 1);
    let stand = stand.kill_and_restart().await;
    let waiting = stand.fetch().await;
    assert_eq!(waiting[0].info.message_id.as_ref(), Some(&result_id));
    assert_eq!(waiting[0].data.bytes, document);
    let (yes, enough) = (ReceiveStatus::Accepted, ResendMessage::NotResend);
    notified(&stand.say(&result_id, yes, enough).await);
    let stand = stand.kill_and_restart().await;
    assert_eq!(stand.fetch().await, []);
}
