//! A table of fifteen actions, of which three are people's: the systems act with them, and tell what the table prints.

use qaqpa_model::RefusalLabel;
use qaqpa_wire::{Application, FormField, Outcome};

use crate::authority::OFFICER_OF_THE_DEPARTMENT;
use crate::road::result_of;
use crate::stand::{Stand, application, attachment, eventually, message_id};

/// Source: shal-aqyn-2012-238, annex 1, table 3.
const CERTIFICATE: &str = "unemployed-certificate@shal-aqyn-2012-238";
/// Source: shal-aqyn-2012-238, home-schooled, annex 1, table 2.
const SUPPORT: &str = "home-schooled-child-support@shal-aqyn-2012-238";

const DOCUMENTS: [&str; 2] = ["application", "identity"];
const DOCUMENTS_OF_SUPPORT: [&str; 5] = [
    "birth-certificate",
    "residence",
    "consultation-conclusion",
    "disability-certificate",
    "bank-account",
];

fn asked(service: &str, documents: &[&str]) -> Application {
    let mut application = application(service);
    application.form = vec![FormField {
        name: "phone".to_owned(),
        value: "+77015550101".to_owned(),
    }];
    let attached = documents.iter();
    application.attachments = attached
        .map(|document| attachment(document, &format!("{document}.pdf"), b"%PDF-1.4"))
        .collect();
    application
}

/// Goes through the three actions of the officer; what had been told after each, and the result.
async fn told(
    service: &str,
    documents: &[&str],
    actions: [&str; 3],
    decision: &[(&str, &str)],
) -> (Stand, Vec<Vec<String>>, Outcome, Option<RefusalLabel>) {
    let stand = Stand::start().await;
    let gateway = stand.gateway().await;
    let request = stand.request(1, &asked(service, documents));
    stand.send(&request).await.unwrap();
    let path = format!("/cards/{}", stand.card_of(&message_id(1)).await);
    let (check, result) = (format!("{path}/check"), format!("{path}/result"));
    let complete = format!("{path}/complete");
    let mut officer = stand.member("officer-2", OFFICER_OF_THE_DEPARTMENT).await;
    let mut told = Vec::new();
    for (action, next) in actions.into_iter().zip(["complete", "check", "result"]) {
        let page = officer.open("/queue").await.expect(200);
        assert_eq!(page.attribute("data-action"), action);
        let page = officer.open(&path).await.expect(200);
        assert_eq!(page.attribute("data-next"), next);
        match next {
            "complete" => {
                officer.post("/queue", &complete, &[]).await.expect(303);
            }
            "check" => {
                let found = documents
                    .iter()
                    .map(|document| (format!("document.{document}"), "ok"));
                let found: Vec<_> = found.collect();
                let mut answers: Vec<(&str, &str)> = found
                    .iter()
                    .map(|(name, ok)| (name.as_str(), *ok))
                    .collect();
                answers.extend(decision);
                officer.post(&check, &check, &answers).await.expect(303);
                officer.post(&result, &complete, &[]).await.expect(303);
            }
            _ => {
                let key = stand.key_file("officer-2");
                let password = [("key_password", "key-password")];
                let sign = format!("{path}/sign");
                let upload = officer.upload(&result, &sign, &password, Some(("key_file", &key)));
                upload.await.expect(303);
            }
        }
        // What is told is told in its order: the outbox is empty when nothing more comes.
        eventually("an empty outbox", async || {
            let outbox = stand.control("/outbox").await;
            let all = outbox.as_array().unwrap();
            all.iter()
                .all(|entry| entry["state"] == "done")
                .then_some(())
        })
        .await;
        told.push(gateway.told().into_iter().map(|(_, word)| word).collect());
    }
    let (_, document) = result_of(&stand, &gateway, "officer-2").await;
    let label = document.grounds.map(|grounds| grounds.label);
    (stand, told, document.outcome, label)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_officer_takes_it_into_work_decides_and_signs_and_systems_do_the_rest() {
    let actions = ["action-5", "action-6", "action-11"];
    let (stand, told, outcome, _) =
        told(CERTIFICATE, &DOCUMENTS, actions, &[("decision", "grant")]).await;
    // Received by action 3 of the workplace; in work by action 8 of the gateway, after the decision.
    assert_eq!(
        told,
        [
            vec!["received"],
            vec!["received", "in-work"],
            vec!["received", "in-work"]
        ]
    );
    assert_eq!(outcome, Outcome::Granted);
    assert_eq!(
        stand.way(&message_id(1)).await,
        ["process-6:done", "check-2:yes"]
    );
    assert_eq!(stand.control("/cards").await[0]["state"], "granted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_prepared_and_signed_in_the_results_place() {
    let actions = ["action-4", "action-5", "action-9"];
    let decision = [("decision", "refuse"), ("ground", "no-ground")];
    let (stand, told, outcome, label) =
        told(SUPPORT, &DOCUMENTS_OF_SUPPORT, actions, &decision).await;
    // This table prints no status before in work.
    assert_eq!(told, [vec![], vec!["in-work"], vec!["in-work"]]);
    assert_eq!(outcome, Outcome::Refused);
    assert_eq!(label, Some(RefusalLabel::GroundsAbsent));
    assert_eq!(
        stand.way(&message_id(1)).await,
        ["process-6:done", "check-2:no:grounds-absent", "step-2:done"]
    );
    assert_eq!(stand.control("/cards").await[0]["state"], "refused");
}
