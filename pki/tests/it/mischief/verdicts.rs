//! THE LIST: every fault of the catalogue, on every service that it can befall, with the other source of revocation
//! answering and silent. A correct relying party must reach exactly the verdict that the catalogue promises.

use qaqpa_pki::mischief::fault::{FaultKind, Service};
use qaqpa_pki::mischief::routes::BoardView;
use qaqpa_pki::mischief::verdict::{Reached, Trial};
use serde_json::{Value, json};

use super::relying::{RelyingParty, reached};
use crate::stand::Stand;

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_the_responder_reaches_its_verdict() {
    hold(Service::Ocsp, &["crl", "delta"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_complete_lists_reaches_its_verdict() {
    hold(Service::Crl, &["ocsp"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_authorities_certificates_reaches_its_verdict() {
    hold(Service::Cert, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_delta_lists_reaches_its_verdict() {
    // Its base was kept; "alone" is a relying party that has none.
    hold(Service::Delta, &["crl"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_time_stamps_reaches_its_verdict() {
    hold(Service::Tsp, &[]).await;
}

/// Tries every fault that can befall the service; `others` fall silent for the second verdict.
async fn hold(service: Service, others: &[&str]) {
    let stand = Stand::new().await;
    let mut party = RelyingParty::of(&stand);
    if service == Service::Delta {
        party.keep_a_base().await;
    }
    let mut wrong = Vec::new();
    for kind in FaultKind::all().filter(|kind| kind.entry().services.contains(&service)) {
        let trial = kind.entry().conduct.trial(service);
        for (is_helped, expected) in [(true, trial.helped), (false, trial.alone)] {
            if !is_helped && others.is_empty() {
                continue;
            }
            let silent = if is_helped { &[] } else { others };
            switch_on(&stand, service, kind, &trial, silent).await;
            let (found, story) = meet(&party, service, &trial, is_helped).await;
            let name = kind.entry().name;
            let helped = if is_helped { "helped" } else { "alone" };
            if found != expected {
                wrong.push(format!(
                    "{name} on {service}, {helped}: expected {expected:?}, found {found:?}\n{story}"
                ));
            }
            let board: BoardView = stand.control().get("/mischief").await.unwrap();
            let fault = board
                .rules
                .iter()
                .find(|rule| rule.rule.id.as_deref() == Some("fault"));
            if fault.is_none_or(|rule| rule.hits == 0) {
                wrong.push(format!("{name} on {service}, {helped}: nobody met it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Exactly this fault is on, for the certificate in question where a rule can say so.
async fn switch_on(
    stand: &Stand,
    service: Service,
    kind: FaultKind,
    trial: &Trial,
    silent: &[&str],
) {
    let is_about_one = match kind {
        FaultKind::List(list) => list.is_about_a_certificate(),
        _ => service == Service::Ocsp,
    };
    let mut rule =
        json!({ "id": "fault", "faults": [shortened(kind)], "service": service.as_str() });
    if is_about_one {
        rule["for"] = json!(trial.about);
    }
    let mut rules = vec![rule];
    if !silent.is_empty() {
        let gone = json!({ "fault": "http-status", "status": 404 });
        rules.push(json!({ "id": "silence", "faults": [gone], "service": silent }));
    }
    let body = json!({ "seed": 1, "rules": rules });
    let _: Value = stand.control().put("/mischief", &body).await.unwrap();
}

/// As the catalogue sets it, but for what would only make the tests slow.
fn shortened(kind: FaultKind) -> Value {
    match kind.entry().name {
        "hang" => json!({ "fault": "hang", "ms": 1_500 }),
        name => json!(name),
    }
}

async fn meet(
    party: &RelyingParty<'_>,
    service: Service,
    trial: &Trial,
    is_helped: bool,
) -> (Reached, String) {
    let verdict = match service {
        Service::Tsp => return (party.stamp().await, String::new()),
        Service::Delta => return (party.look_up(trial.about, is_helped).await, String::new()),
        Service::Cert => party.examine_fetching_issuer(trial.about, trial.asks).await,
        Service::Ocsp | Service::Crl => party.examine(trial.about, trial.asks).await,
    };
    (reached(&verdict), verdict.to_text())
}
