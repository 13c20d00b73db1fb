//! The portal: drafts, attachments, cabinet.

use qaqpa_model::{RefusalLabel, RequestStatus};
use qaqpa_store::{
    Conclusion, Effect, NewAttachment, NewCabinetDocument, NewDraft, NewNotification, OutboxState,
    Resend, ResentAll, StatusChange, Store, Submission, Submitted,
};

use crate::stand::{Stand, at, iin, incoming, message_id, other_iin, outgoing, service, step};

async fn draft(store: &Store) {
    let draft = NewDraft {
        id: "d1".to_owned(),
        owner: iin(),
        message_id: message_id("m1"),
        service: service(),
        form_json: r#"{"child":"1"}"#.to_owned(),
        trace: vec![step("m1", "process-1")],
        at: at(0),
    };
    store.applications().save_draft(draft).await.unwrap();
}

fn submission() -> Submission {
    Submission {
        id: "d1".to_owned(),
        owner: iin(),
        document: b"<application/>".to_vec(),
        outbox: outgoing("m1"),
        trace: vec![step("m1", "process-5")],
        at: at(9),
    }
}

fn change(status: RequestStatus, label: Option<RefusalLabel>) -> StatusChange {
    StatusChange {
        message_id: message_id("m1"),
        status,
        label,
        at: at(20),
    }
}

pub(crate) async fn a_draft_is_changed_only_by_its_owner_and_sent_once(stand: &impl Stand) {
    let store = stand.open().await;
    draft(&store).await;
    let applications = store.applications();
    let update = async |owner: qaqpa_model::Iin| {
        let trace = vec![step("m1", "process-3")];
        applications.update("d1", &owner, "{}", trace, at(5)).await
    };
    assert_eq!(update(other_iin()).await, Ok(false));
    assert_eq!(update(iin()).await, Ok(true));
    let mut stolen = submission();
    stolen.owner = other_iin();
    assert_eq!(applications.submit(stolen).await, Ok(Submitted::Missing));
    assert_eq!(applications.submit(submission()).await, Ok(Submitted::Sent));
    assert_eq!(
        applications.submit(submission()).await,
        Ok(Submitted::Already)
    );
    assert_eq!(update(iin()).await, Ok(false));
    let found = applications.by_id("d1", &iin()).await.unwrap().unwrap();
    assert_eq!(found.status, RequestStatus::Received);
    assert_eq!(found.form_json, "{}");
    assert_eq!((found.submitted_at, found.signed), (Some(at(9)), true));
    assert_eq!(applications.by_id("d1", &other_iin()).await, Ok(None));
    assert_eq!(applications.by_owner(&iin()).await, Ok(vec![found.clone()]));
    assert_eq!(
        applications.by_message(&message_id("m1")).await,
        Ok(Some(found))
    );
    let document = applications.document("d1", &iin()).await.unwrap();
    assert_eq!(document.as_deref(), Some(b"<application/>".as_slice()));
    assert_eq!(applications.document("d1", &other_iin()).await, Ok(None));
    assert_eq!(store.exchange().outbox(9).await.unwrap().len(), 1);
    let steps = store.trace().of(&message_id("m1")).await.unwrap();
    assert_eq!(
        steps,
        [
            step("m1", "process-1"),
            step("m1", "process-3"),
            step("m1", "process-5")
        ]
    );
}

pub(crate) async fn attachments_come_and_go_only_while_it_is_a_draft(stand: &impl Stand) {
    let store = stand.open().await;
    draft(&store).await;
    let applications = store.applications();
    let file = |name: &str| NewAttachment {
        document: "birth-certificate".to_owned(),
        name: name.to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: name.as_bytes().to_vec(),
    };
    let first = applications.attach("d1", &iin(), file("a.pdf")).await;
    let first = first.unwrap().unwrap();
    assert_eq!((first.size, first.name.as_str()), (5, "a.pdf"));
    let second = applications.attach("d1", &iin(), file("b.pdf")).await;
    let second = second.unwrap().unwrap();
    assert_eq!(
        applications.attach("d1", &other_iin(), file("c")).await,
        Ok(None)
    );
    assert_eq!(
        applications.detach("d1", &other_iin(), first.id).await,
        Ok(false)
    );
    assert_eq!(applications.detach("d1", &iin(), first.id).await, Ok(true));
    let content = applications.attachment("d1", second.id).await;
    assert_eq!(content.unwrap().unwrap().bytes, b"b.pdf");
    assert_eq!(applications.submit(submission()).await, Ok(Submitted::Sent));
    assert_eq!(applications.attach("d1", &iin(), file("d")).await, Ok(None));
    assert_eq!(
        applications.detach("d1", &iin(), second.id).await,
        Ok(false)
    );
    assert_eq!(applications.attachments("d1").await, Ok(vec![second]));
}

pub(crate) async fn a_final_status_stays(stand: &impl Stand) {
    let store = stand.open().await;
    draft(&store).await;
    let applications = store.applications();
    assert_eq!(applications.submit(submission()).await, Ok(Submitted::Sent));
    let label = Some(RefusalLabel::DocumentsRefused);
    for (status, label, expected) in [
        (RequestStatus::InWork, None, true),
        (RequestStatus::Received, None, false),
        (RequestStatus::Refused, label, true),
        (RequestStatus::Completed, None, false),
        (RequestStatus::InWork, None, false),
    ] {
        let trace = vec![step("m1", "process-7")];
        let changed = applications
            .set_status(change(status, label), None, trace)
            .await;
        assert_eq!(changed, Ok(expected), "{status}");
    }
    let found = applications.by_id("d1", &iin()).await.unwrap().unwrap();
    assert_eq!((found.status, found.label), (RequestStatus::Refused, label));
    assert_eq!(store.trace().of(&message_id("m1")).await.unwrap().len(), 4);
}

pub(crate) async fn what_stopped_of_an_application_that_has_ended_is_not_sent_again(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    draft(&store).await;
    let sent = store.applications().submit(submission()).await;
    assert_eq!(sent, Ok(Submitted::Sent));
    let exchange = store.exchange();
    let lease = std::time::Duration::from_secs(30);
    let parked = async |effects, seconds| {
        let ticket = exchange.claim(at(seconds), 1, lease).await.unwrap()[0].ticket;
        let conclusion = Conclusion {
            effects,
            ..Conclusion::at(at(seconds))
        };
        assert_eq!(exchange.park(ticket, "why", conclusion).await, Ok(true));
        exchange.outbox(1).await.unwrap().remove(0)
    };
    // Given up only: the applicant still waits.
    let entry = parked(Vec::new(), 10).await;
    let resent = exchange.resend(entry.id, at(11)).await;
    assert!(matches!(resent, Ok(Resend::Resent(_))), "{resent:?}");
    // Refused for good: the applicant was told.
    let refused = change(
        RequestStatus::Refused,
        Some(RefusalLabel::SignatureValueWrong),
    );
    let entry = parked(vec![Effect::StatusChange(refused)], 20).await;
    assert_eq!(entry.state, OutboxState::Parked);
    assert_eq!(exchange.resend(entry.id, at(21)).await, Ok(Resend::Ended));
    let all = exchange.resend_all(None, at(21)).await;
    let ended = vec![entry.clone()];
    assert_eq!(
        all,
        Ok(ResentAll {
            ended,
            ..ResentAll::default()
        })
    );
    assert_eq!(exchange.outbox(1).await, Ok(vec![entry]));
}

pub(crate) async fn a_document_arrives_with_its_notification_and_is_opened_by_its_owner(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    draft(&store).await;
    let _ = store.applications().submit(submission()).await.unwrap();
    let mut result = incoming("r1");
    result.correlation = Some(message_id("m1"));
    result.effects = vec![
        Effect::CabinetDocument(NewCabinetDocument {
            owner: iin(),
            message_id: message_id("m1"),
            service: service(),
            outcome: "granted".to_owned(),
            title_json: "{}".to_owned(),
            verdict_json: "{}".to_owned(),
            document: b"<result/>".to_vec(),
            at: at(20),
        }),
        Effect::Notification(NewNotification {
            owner: iin(),
            message_id: Some(message_id("m1")),
            key: "notification-result".to_owned(),
            args_json: "{}".to_owned(),
            at: at(20),
        }),
        Effect::StatusChange(change(RequestStatus::Completed, None)),
    ];
    let _ = store.exchange().accept(result.clone()).await.unwrap();
    let _ = store.exchange().accept(result).await.unwrap();
    let cabinet = store.cabinet();
    let list = cabinet.list(&iin()).await.unwrap();
    assert_eq!((list.len(), list[0].opened_at), (1, None));
    assert_eq!(
        cabinet.of_message(&message_id("m1")).await,
        Ok(list.clone())
    );
    assert_eq!(cabinet.list(&other_iin()).await, Ok(vec![]));
    assert_eq!(
        cabinet.open(list[0].id, &other_iin(), at(30)).await,
        Ok(None)
    );
    for moment in [at(31), at(32)] {
        let opened = cabinet.open(list[0].id, &iin(), moment).await;
        let opened = opened.unwrap().unwrap();
        assert_eq!(opened.bytes, b"<result/>");
        assert_eq!(opened.document.opened_at, Some(at(31)));
    }
    assert_eq!(cabinet.unread(&iin()).await, Ok(1));
    assert_eq!(cabinet.mark_read(&other_iin(), at(33)).await, Ok(0));
    assert_eq!(cabinet.mark_read(&iin(), at(33)).await, Ok(1));
    assert_eq!(cabinet.unread(&iin()).await, Ok(0));
    let notifications = cabinet.notifications(&iin(), 9).await.unwrap();
    assert_eq!(notifications[0].key, "notification-result");
    assert_eq!(notifications[0].read_at, Some(at(33)));
    let application = store.applications().by_id("d1", &iin()).await;
    assert_eq!(
        application.unwrap().unwrap().status,
        RequestStatus::Completed
    );
}
