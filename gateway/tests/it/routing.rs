//! Routes as data: by region, reloaded without a restart, refused with the line of a fault.

use qaqpa_model::{Actor, ActorName, RefusalLabel};
use qaqpa_transport::{ControlClient, ControlError};
use qaqpa_wire::{Application, FormField, SendMessageRequest};
use serde_json::{Value, json};

use crate::messages::{application, message, result_of, seal, sign};
use crate::neighbour::Neighbour;
use crate::stand::{Stand, eventually};

const BY_REGION: &str = r#"
version = 1
region_field = "district"
[[actor]]
name = "regional-gateway"
[[actor]]
name = "regional-gateway.taraz"
[[region]]
name = "taraz"
[[route]]
direction = "to-provider"
service = "*"
to = "regional-gateway"
[[route]]
direction = "to-provider"
service = "*"
region = "taraz"
to = "regional-gateway.taraz"
[[route]]
direction = "to-applicant"
service = "*"
to = "sender"
"#;

fn control(stand: &Stand) -> ControlClient {
    ControlClient::of(stand.dir.path(), Actor::Gateway).unwrap()
}

async fn put(stand: &Stand, toml: &str) -> Result<Value, ControlError> {
    control(stand).put("/routes", &json!({"toml": toml})).await
}

/// Sends an application for a district, with whatever route the envelope asks for.
async fn send(stand: &Stand, district: &str, route: Option<&str>) -> SendMessageRequest {
    sent(stand, district, route).await.1
}

async fn sent(
    stand: &Stand,
    district: &str,
    route: Option<&str>,
) -> (Application, SendMessageRequest) {
    let mut application = application();
    application.form.push(FormField {
        name: "district".to_owned(),
        value: district.to_owned(),
    });
    let document = sign(
        &application.to_xml(),
        stand.authority.signatory("citizen-1"),
    );
    let mut message = message("integrator-1", document);
    message.route_id = route.map(str::to_owned);
    let envelope = seal(
        &message.write(),
        stand.authority.signatory("system-integrator-1"),
    );
    stand.post(envelope).await.acknowledgement();
    (application, message)
}

fn ids(of: &[SendMessageRequest]) -> Vec<String> {
    of.iter().map(|one| one.message_id.to_string()).collect()
}

#[tokio::test]
async fn an_application_goes_to_the_regional_gateway_of_its_signed_region_whatever_the_envelope_says()
 {
    let stand = Stand::start().await;
    let (dir, clock) = (stand.dir.path(), &stand.clock);
    let name = ActorName::parse("regional-gateway.taraz").unwrap();
    let whole = Neighbour::start(dir, clock, Actor::RegionalGateway).await;
    let taraz = Neighbour::start_named(dir, clock, &name).await;

    let before = send(&stand, "taraz", None).await;
    eventually("the built-in route", async || whole.accepted().pop()).await;
    let view = put(&stand, BY_REGION).await.unwrap();
    assert_eq!(
        view["actors"][1],
        json!({"name": "regional-gateway.taraz", "registered": true})
    );
    let here = send(&stand, "taraz", Some("regional-gateway")).await;
    eventually("the route of the region", async || taraz.accepted().pop()).await;
    let there = send(&stand, "merki", Some("regional-gateway.taraz")).await;
    eventually("the route of all", async || {
        (whole.accepted().len() == 2).then_some(())
    })
    .await;
    assert_eq!(ids(&taraz.accepted()), [here.message_id.to_string()]);
    assert_eq!(
        ids(&whole.accepted()),
        [before.message_id.to_string(), there.message_id.to_string()]
    );

    let loaded = stand.control("/journal?kind=routes-loaded").await;
    assert_eq!(loaded.as_array().unwrap().len(), 1);
    let accepted = stand.control("/journal?kind=accepted").await;
    assert_eq!(
        accepted[1]["summary"]["route"],
        json!({"to": "regional-gateway.taraz", "region": "taraz", "line": 16})
    );
}

#[tokio::test]
async fn a_result_is_taken_only_from_the_regional_gateway_that_the_application_went_to_or_would_go_to_today()
 {
    let stand = Stand::start().await;
    let whole = ActorName::parse("regional-gateway").unwrap();
    let taraz = ActorName::parse("regional-gateway.taraz").unwrap();
    put(&stand, BY_REGION).await.unwrap();
    let (first, second) = (
        sent(&stand, "taraz", None).await,
        sent(&stand, "taraz", None).await,
    );
    let result = async |of: &(Application, SendMessageRequest), by: &ActorName, tls: &ActorName| {
        let (application, asked) = of;
        let document = sign(
            &result_of(application, &asked.message_id).to_xml(),
            stand.authority.signatory("officer-1"),
        );
        let mut answer = message(&by.to_string(), document);
        answer.correlation_id = Some(asked.message_id.clone());
        let key = stand.authority.signatory(&format!("system-{by}"));
        stand.post_as_named(tls, seal(&answer.write(), key)).await
    };
    let wrong = result(&first, &whole, &whole).await;
    assert_eq!(wrong.label(), Some(RefusalLabel::SenderUnknown));
    let why = wrong.http.text();
    assert!(
        why.contains("went to regional-gateway.taraz: regional-gateway does not decide it"),
        "{why}"
    );
    // In the other's name, with its own TLS certificate.
    for (by, tls) in [(&taraz, &whole), (&whole, &taraz)] {
        let borrowed = result(&first, by, tls).await;
        let label = Some(RefusalLabel::SenderCertificateMismatch);
        assert_eq!(borrowed.label(), label);
    }
    result(&first, &taraz, &taraz).await.acknowledgement();

    // The district is handed over: both may end what went to the one and is the other's now.
    let handed = BY_REGION.replace(
        "region = \"taraz\"\nto = \"regional-gateway.taraz\"",
        "region = \"taraz\"\nto = \"regional-gateway\"",
    );
    put(&stand, &handed).await.unwrap();
    result(&second, &whole, &whole).await.acknowledgement();
}

#[tokio::test]
async fn a_file_with_a_fault_is_refused_with_its_line_and_the_routes_of_before_stay() {
    let stand = Stand::start().await;
    let refused = put(
        &stand,
        &BY_REGION.replace("[[actor]]\nname = \"regional-gateway.taraz\"", ""),
    )
    .await
    .unwrap_err();
    let ControlError::Refused { label, meaning, .. } = refused else {
        panic!("{refused}")
    };
    assert_eq!(label, "routes-refused");
    assert_eq!(
        meaning,
        "routes.toml, line 17: a route without an actor: no [[actor]] of this file is regional-gateway.taraz"
    );
    let shown = stand.control("/routes").await;
    assert_eq!(shown["origin"], "built-in");
    assert_eq!(shown["refused"], Value::Null);

    // Somebody edits the file by hand, and makes a mistake.
    let path = stand.dir.path().join("gateway/routes.toml");
    std::fs::write(&path, format!("{BY_REGION}[[rout]]\n")).unwrap();
    let shown = stand.control("/routes").await;
    assert_eq!(shown["origin"], "built-in");
    let why = shown["refused"].as_str().unwrap();
    assert!(why.ends_with("line 23: unknown field `rout`, expected one of `version`, `region_field`, `actor`, `region`, `route`"), "{why}");
    let told = stand.control("/journal?kind=routes-refused").await;
    assert_eq!(told.as_array().unwrap().len(), 1);

    // The mistake is mended, and taken away again.
    std::fs::write(&path, BY_REGION).unwrap();
    let shown = stand.control("/routes").await;
    assert_eq!(shown["refused"], Value::Null);
    assert_eq!(shown["routes"].as_array().unwrap().len(), 3);
    let back: Value = control(&stand).delete("/routes").await.unwrap();
    assert_eq!(back["origin"], "built-in");
    assert!(!path.exists());
}

#[tokio::test]
async fn a_region_that_no_route_is_for_is_refused() {
    let stand = Stand::start().await;
    let districts = [
        "taraz", "baizak", "zhambyl", "zhualy", "korday", "merki", "moiynkum", "ryskulov",
        "sarysu", "talas", "shu",
    ];
    let mut only = BY_REGION.replacen(
        "service = \"*\"\nto = \"regional-gateway\"\n",
        "service = \"*\"\nregion = \"oblast\"\nto = \"regional-gateway\"\n",
        1,
    );
    // The forms of the other acts name no region.
    for act in [
        "east-kazakhstan-2016-293",
        "qyzylorda-2014-700",
        "qyzylorda-2018-1056",
        "shal-aqyn-2012-238",
    ] {
        only.push_str(&format!(
            "[[route]]\ndirection = \"to-provider\"\nservice = \"*@{act}\"\nto = \"regional-gateway\"\n"
        ));
    }
    only.push_str("[[region]]\nname = \"oblast\"\n");
    for district in &districts[1..] {
        only.push_str(&format!(
            "[[region]]\nname = \"{district}\"\nwithin = \"oblast\"\n"
        ));
    }
    put(&stand, &only).await.unwrap();
    let document = sign(
        &application().to_xml(),
        stand.authority.signatory("citizen-1"),
    );
    let message = message("integrator-1", document);
    let envelope = seal(
        &message.write(),
        stand.authority.signatory("system-integrator-1"),
    );
    let reply = stand.post(envelope).await;
    assert_eq!(reply.label(), Some(RefusalLabel::ApplicationMalformed));
    assert!(
        reply
            .http
            .text()
            .contains("for the region in \"district\": none"),
        "{}",
        reply.http.text()
    );
}
