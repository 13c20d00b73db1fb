//! Several regional gateways in one simulator: each with cards, accounts and registers of its own.

use qaqpa_model::{Actor, ActorName, Branch};
use qaqpa_regional_gateway::WorkplaceConfig;
use qaqpa_transport::{ActorStart, ControlClient, registry};
use serde_json::Value;

use crate::stand::{SERVICE, Stand, application};

#[tokio::test]
async fn a_branch_has_cards_and_registers_of_its_own() {
    let stand = Stand::start().await;
    let (dir, taraz) = (stand.dir.path(), Branch::parse("taraz").unwrap());
    let notary = "kind = \"records\"\nservice = \"QAQPA_NotaryRegister\"\nsender = \"TARAZ\"\nasked_by = [\"number\"]\n\
                  [[record]]\nnumber = \"TEST-TARAZ-1\"\n";
    let registers = dir.join("regional-gateway.taraz/registers");
    std::fs::create_dir_all(&registers).unwrap();
    std::fs::write(registers.join("notary.toml"), notary).unwrap();
    let start = ActorStart {
        clock: stand.clock.clone(),
        branch: Some(taraz.clone()),
        ..ActorStart::in_folder(dir)
    };
    let branch = qaqpa_regional_gateway::start_with(start, WorkplaceConfig::default())
        .await
        .unwrap();
    let name = ActorName::regional(Some(taraz));
    let names = registry::names(dir, Actor::RegionalGateway).unwrap();
    assert_eq!(names, [Actor::RegionalGateway.into(), name.clone()]);
    assert!(dir.join("regional-gateway.taraz/store.sqlite").is_file());

    let request = stand.request(1, &application(SERVICE));
    let address = branch.address("channel").unwrap();
    stand
        .send_to_branch(address, &name, &request)
        .await
        .unwrap();
    let whole = ActorName::from(Actor::RegionalGateway);
    let other = stand.send_to_branch(address, &whole, &request).await;
    let why = other.unwrap_err().to_string();
    assert!(why.contains("it names another certificate"), "{why}");
    let control = ControlClient::of_named(dir, &name).unwrap();
    let here: Value = control.get("/cards").await.unwrap();
    assert_eq!(here[0]["message"], request.message_id.as_str());
    assert_eq!(stand.control("/cards").await, serde_json::json!([]));

    let notary = |registers: &Value| {
        let mut all = registers.as_array().unwrap().iter();
        let notary = all.find(|one| one["service"] == "QAQPA_NotaryRegister");
        notary.unwrap()["records"].clone()
    };
    let here: Value = control.get("/registers").await.unwrap();
    assert_eq!(notary(&here), 1);
    assert_eq!(notary(&stand.control("/registers").await), 3);
    branch.stop().await;
}

#[tokio::test]
async fn a_register_with_a_fault_keeps_the_regional_gateway_from_starting_and_names_the_line() {
    let dir = tempfile::tempdir().unwrap();
    let clock = qaqpa_transport::Clock::at(crate::stand::noon());
    let _authority = crate::authority::Authority::start(dir.path(), &clock).await;
    let registers = dir.path().join("regional-gateway/registers");
    std::fs::create_dir_all(&registers).unwrap();
    std::fs::write(
        registers.join("own.toml"),
        "kind = \"records\"\nsender = 7\n",
    )
    .unwrap();
    let start = ActorStart {
        clock,
        ..ActorStart::in_folder(dir.path())
    };
    let refused = qaqpa_regional_gateway::start_with(start, WorkplaceConfig::default()).await;
    let why = refused.unwrap_err().to_string();
    assert!(why.starts_with("configuration: "), "{why}");
    assert!(why.contains("own.toml, line 2: invalid type"), "{why}");
}
