//! Every scenario goes as it says, every branch of the flow is covered, and a service added by one file runs whole.

use qaqpa::simulator::Simulator;
use qaqpa_model::Lang;
use qaqpa_regulations::Catalogue;
use qaqpa_runner::{Scenario, Stand, play};
use serde_json::Value;

use crate::stand;

#[test]
fn every_scenario_goes_as_it_says_and_every_branch_is_covered() {
    // A simulator of its own: some scenarios silence the authority for everybody.
    let data = stand::fresh_folder("scenarios");
    let output = stand::qaqpa(
        &data,
        &[
            "--port-base",
            "0",
            "scenario",
            "run",
            "--all",
            "--format",
            "json",
        ],
    );
    let progress = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{progress}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let scenarios = report["scenarios"].as_array().unwrap();
    assert!(scenarios.len() >= 20 && scenarios.iter().all(|one| one["ok"] == true));
    for figure in ["elements", "branches", "mcdc"] {
        assert_eq!(
            report["coverage"][figure], 100.0,
            "{figure}: {}",
            report["coverage"]["missing"]
        );
    }
}

const MINOR_PROPERTY: &str = r#"
id = "minor-property-happy"
title = { kk = "Тізбек", ru = "Цепочка", en = "Worker, head and worker again make one result" }
service = "minor-property-added@zhambyl-2019-23"
channel = "portal"
step = [
    { do = "log-in", who = "citizen-1" },
    { do = "prepare" },
    { do = "choose", key_of = "citizen-1" },
    { do = "sign", key_of = "citizen-1" },
    { do = "decide", who = "officer-1" },
    { do = "act", who = "head-1" },
    { do = "act", who = "officer-1" },
    { do = "receive" },
]
[expect]
path = ["process-1", "condition-1", "process-3", "condition-2", "process-5", "process-6", "condition-3", "process-8"]
end = "delivered"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_service_added_by_one_file_runs_from_the_portal_to_the_cabinet() {
    let data = stand::fresh_folder("minor-property");
    let folder = crate::clients::top().join("regulations/tests/fixtures/minor-property");
    let mut settings = stand::settings(&data);
    settings.catalogue = vec![folder];
    let simulator = Simulator::start(&settings, |_| {}).await.unwrap();
    let path = data.clone();
    let endpoints = tokio::task::spawn_blocking(move || stand::wait_for_endpoints(&path))
        .await
        .unwrap();
    let catalogue = Catalogue::load_with(&settings.catalogue).unwrap();
    let scenario = Scenario::parse("minor-property-happy.toml", MINOR_PROPERTY, &catalogue);
    let scenario = scenario.unwrap().remove(0);
    let stand = Stand::new(endpoints, catalogue, Lang::En).unwrap();
    let played = play(&stand, &scenario).await;
    assert_eq!(
        played.differences,
        Vec::<String>::new(),
        "{}",
        played.path()
    );
    simulator.stop().await;
}
