//! The register of information systems: what is agreed with each holds from its next message on.

use std::time::Duration;

use qaqpa_channel::envelope::xml_limits;
use qaqpa_model::RefusalLabel as L;
use qaqpa_transport::{ClientLimits, ClientTls, HttpClient, paths};
use qaqpa_wire::asynchronous::Request;
use qaqpa_wire::{Property, SendMessageRequest, StatusCode};
use qaqpa_xmldsig::{WsseKeyInfo, sign_wsse};

use crate::authority::Signatory;
use crate::messages::{application, message, new_id, seal, sign};
use crate::stand::{Reply, Stand, eventually};
use crate::visits::get_messages;

/// A valid message of integrator-1.
fn valid(stand: &Stand) -> SendMessageRequest {
    let citizen = stand.authority.signatory("citizen-1");
    message("integrator-1", sign(&application().to_xml(), citizen))
}

async fn send(stand: &Stand, message: &SendMessageRequest) -> Reply {
    let integrator = stand.authority.signatory("system-integrator-1");
    stand.post(seal(&message.write(), integrator)).await
}

/// A message whose id has no braces: one departure from the schema.
fn departing(stand: &Stand) -> SendMessageRequest {
    let bare = new_id().as_str().trim_matches(['{', '}']).to_owned();
    SendMessageRequest {
        message_id: qaqpa_model::MessageId::parse(&bare).unwrap(),
        ..valid(stand)
    }
}

fn accepted(reply: &Reply) {
    assert_eq!(reply.acknowledgement().status, StatusCode::Success);
}

#[tokio::test]
async fn strict_is_agreed_with_a_system_or_asked_for_by_a_request_and_names_every_departure() {
    let stand = Stand::start().await;
    accepted(&send(&stand, &departing(&stand)).await);

    let mut asking = departing(&stand);
    asking.session_id = Some("no-guid".to_owned());
    asking.properties = vec![Property {
        key: "strict".to_owned(),
        value: "true".to_owned(),
    }];
    let named = [
        "<messageId> is not a guid of the form {8-4-4-4-12} with braces",
        "<sessionId> is not a guid of the form {8-4-4-4-12} with braces",
    ];
    assert_departures(&stand, &send(&stand, &asking).await, &named).await;

    stand
        .register("[[system]]\nsender = \"integrator-1\"\nstrict = true\n")
        .await
        .unwrap();
    let reply = send(&stand, &departing(&stand)).await;
    assert_departures(&stand, &reply, &named[..1]).await;
    accepted(&send(&stand, &valid(&stand)).await);

    let mut get = get_messages();
    get.message_id = Some(qaqpa_model::MessageId::parse("bare").unwrap());
    let reply = stand.ask(Request::GetMessages(get)).await;
    assert_departures(&stand, &reply, &named[..1]).await;
}

/// The fault and the journal name these departures, and no other.
async fn assert_departures(stand: &Stand, reply: &Reply, named: &[&str]) {
    let fault = reply.fault();
    assert_eq!(fault.label(), Some(L::EnvelopeMalformed));
    let data = fault.detail.unwrap().error_data.unwrap();
    let told: Vec<_> = data
        .lines()
        .filter_map(|line| line.strip_prefix("departure="))
        .collect();
    assert_eq!(told, named);
    let journal = stand.control("/journal?kind=refused&limit=1").await;
    assert_eq!(
        journal[0]["summary"]["departures"],
        serde_json::json!(named)
    );
}

#[tokio::test]
async fn a_gateway_that_is_strict_with_everybody_names_every_departure_in_the_journal_too() {
    let config = qaqpa_gateway::Config {
        strict: true,
        ..qaqpa_gateway::Config::default()
    };
    let stand = Stand::start_with(config, qaqpa_model::Limits::default()).await;
    let mut message = departing(&stand);
    message.session_id = Some("no-guid".to_owned());
    assert_eq!(
        send(&stand, &message).await.label(),
        Some(L::EnvelopeMalformed)
    );
    let journal = stand.control("/journal?kind=refused&limit=1").await;
    let named = journal[0]["summary"]["departure"].as_array().unwrap();
    assert_eq!(named.len(), 2, "{journal}");
}

/// The envelope of a system that asks for strict reading, with these replaced.
fn asking(stand: &Stand, value: &str, replaced: &[(&str, &str)]) -> String {
    let mut message = valid(stand);
    message.properties = vec![Property {
        key: "strict".to_owned(),
        value: value.to_owned(),
    }];
    let text = String::from_utf8(message.write()).unwrap();
    replaced.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

/// Posts with these headers instead of those of the WSDL.
async fn post_with(stand: &Stand, headers: &[(&str, &str)], envelope: Vec<u8>) -> Reply {
    let mut request = http::Request::post(stand.sync());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(bytes::Bytes::from(envelope)).unwrap();
    let http = stand.outsider.request(request).await.unwrap();
    let document = qaqpa_xml::Document::parse(&http.body, &xml_limits(&stand.limits)).unwrap();
    Reply { http, document }
}

#[tokio::test]
async fn strict_looks_at_the_headers_and_at_the_place_of_the_signature_too() {
    let stand = Stand::start().await;
    let integrator = stand.authority.signatory("system-integrator-1");
    // A way that real stacks have: the signature stands in the Header itself.
    let unwrapped = |text: &str| {
        let envelope = String::from_utf8(seal(text.as_bytes(), integrator)).unwrap();
        let begins = envelope.find("<wsse:Security").unwrap();
        let inside = begins + envelope[begins..].find("<ds:Signature").unwrap();
        let ends = envelope.find("</wsse:Security>").unwrap();
        let signature = &envelope[inside..ends];
        let after = &envelope[ends + "</wsse:Security>".len()..];
        let declared = signature.replacen(
            "<ds:Signature",
            "<ds:Signature xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\" \
             xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\"",
            1,
        );
        format!("{}{declared}{after}", &envelope[..begins]).into_bytes()
    };
    let named = [
        "Content-Type is \"application/xml\": send text/xml; charset=utf-8",
        "SOAPAction is \"SendMessage\": the WSDL says \"\", two quotes with nothing between them",
        "the Signature stands in the Header itself: put it into a wsse:Security",
    ];
    let headers = [
        ("content-type", "application/xml"),
        ("soapaction", "SendMessage"),
    ];
    let lenient = unwrapped(&asking(&stand, "false", &[]));
    accepted(&post_with(&stand, &headers, lenient).await);
    let strict = unwrapped(&asking(&stand, "1", &[]));
    let reply = post_with(&stand, &headers, strict).await;
    assert_departures(&stand, &reply, &named).await;

    let wsdl = [("content-type", "text/xml"), ("soapaction", "\"\"")];
    let strict = seal(asking(&stand, "true", &[]).as_bytes(), integrator);
    accepted(&post_with(&stand, &wsdl, strict).await);
}

#[tokio::test]
async fn a_missing_signature_is_named_beside_departures_and_alone_by_its_own_label() {
    let stand = Stand::start().await;
    let alone = asking(&stand, "true", &[]).into_bytes();
    assert_eq!(
        stand.post(alone).await.label(),
        Some(L::TransportSignatureMissing)
    );
    let without = asking(
        &stand,
        "true",
        &[
            ("<messageId>{", "<messageId>"),
            ("}</messageId>", "</messageId>"),
        ],
    );
    let named = [
        "<messageId> is not a guid of the form {8-4-4-4-12} with braces",
        "the Header holds no wsse:Security with a Signature",
    ];
    let reply = stand.post(without.into_bytes()).await;
    assert_departures(&stand, &reply, &named).await;
}

#[tokio::test]
async fn what_cannot_be_read_is_told_with_every_departure_before_it() {
    let stand = Stand::start().await;
    let replaced = [
        ("<messageId>{", "<messageId>"),
        ("}</messageId>", "</messageId>"),
        ("<messageDate>", "<messageDate>never"),
    ];
    let reply = stand
        .post(asking(&stand, "true", &replaced).into_bytes())
        .await;
    let fault = reply.fault();
    assert_eq!(fault.label(), Some(L::EnvelopeMalformed));
    let data = fault.detail.unwrap().error_data.unwrap();
    let told: Vec<_> = data
        .lines()
        .filter(|line| line.starts_with("departure="))
        .collect();
    let named = "<messageId> is not a guid of the form {8-4-4-4-12} with braces";
    assert_eq!(told, [format!("departure={named}")]);
    let journal = stand.control("/journal?kind=refused&limit=1").await;
    assert_eq!(journal[0]["summary"]["departure"], named);
}

#[tokio::test]
async fn a_system_uses_the_services_that_it_is_registered_for() {
    let stand = Stand::start().await;
    stand
        .register("[[system]]\nsender = \"integrator-1\"\nservices = []\n")
        .await
        .unwrap();
    let reply = send(&stand, &valid(&stand)).await;
    assert_eq!(reply.label(), Some(L::SenderUnknown));
    let reply = stand.ask(Request::GetMessages(get_messages())).await;
    assert_eq!(reply.label(), Some(L::SenderUnknown));
    stand.register("").await.unwrap();
    accepted(&send(&stand, &valid(&stand)).await);
}

#[tokio::test]
async fn no_more_messages_a_minute_and_no_longer_ones_than_agreed() {
    let stand = Stand::start().await;
    stand
        .register("[[system]]\nsender = \"integrator-1\"\nper_minute_max = 0\n")
        .await
        .unwrap();
    let reply = send(&stand, &valid(&stand)).await;
    assert_eq!(reply.label(), Some(L::LimitExceeded));
    assert_eq!(reply.fault().code, qaqpa_wire::FaultCode::Server);
    assert_eq!(reply.http.status, 503);
    assert_eq!(reply.http.header("retry-after"), Some("60"));
    stand
        .register("[[system]]\nsender = \"integrator-1\"\nbody_bytes_max = 1000\n")
        .await
        .unwrap();
    let reply = send(&stand, &valid(&stand)).await;
    assert_eq!(reply.label(), Some(L::BodyTooLarge));
}

#[tokio::test]
async fn a_new_system_with_a_certificate_of_its_own_sends_and_its_password_is_shown_nowhere() {
    let stand = Stand::start().await;
    // A certificate that no ready-made system has: citizen-2's stands for one of the authority's.
    let signatory = stand.authority.signatory("citizen-2");
    let pem = signatory.certificate.to_pem();
    let view = stand
        .register(&format!(
            "[[system]]\nsender = \"clinic-7\"\npassword = \"p-of-clinic\"\ncertificate = '''\n{pem}'''\n"
        ))
        .await
        .unwrap();
    assert_described(&view);
    assert_eq!(view["systems"][0]["sender"], "clinic-7");
    assert_eq!(view["systems"][0]["password"], true);
    assert!(!view.to_string().contains("p-of-clinic"), "{view}");
    let citizen = stand.authority.signatory("citizen-1");
    let mut message = message("clinic-7", sign(&application().to_xml(), citizen));
    let mut send = async |password: &str| {
        message.sender.as_mut().unwrap().password = Some(password.to_owned());
        stand.post(seal(&message.write(), signatory)).await
    };
    assert_eq!(
        send("password-of-clinic-7").await.label(),
        Some(L::SenderPasswordWrong)
    );
    accepted(&send("p-of-clinic").await);
    let by_serial = sign_by_serial(&stand, signatory).await;
    accepted(&by_serial);
    stand.register("").await.unwrap();
    assert_eq!(send("p-of-clinic").await.label(), Some(L::SenderUnknown));
}

#[tokio::test]
async fn a_password_in_the_wrong_shape_is_shown_nowhere_and_the_register_is_refused() {
    let stand = Stand::start().await;
    let register = "[[system]]\nsender = \"integrator-1\"\npassword = 87654321\n";
    let refused = stand.register(register).await.unwrap_err();
    assert!(
        refused.contains("line 4: password: a text in quotes"),
        "{refused}"
    );
    assert!(!refused.contains("87654321"), "{refused}");
    let file = stand.dir.path().join("gateway/systems.toml");
    std::fs::write(&file, format!("version = 1\n{register}")).unwrap();
    let view = stand.control("/systems").await.to_string();
    let journal = eventually("the refusal", async || {
        let journal = stand.control("/journal?kind=systems-refused").await;
        (journal.as_array().unwrap().len() == 1).then(|| journal.to_string())
    })
    .await;
    for told in [view, journal] {
        assert!(
            told.contains("line 4: password: a text in quotes"),
            "{told}"
        );
        assert!(!told.contains("87654321"), "{told}");
    }
}

#[tokio::test]
async fn without_the_key_nobody_learns_whether_a_password_is_right() {
    let stand = Stand::start().await;
    for password in ["wrong", "password-of-integrator-1"] {
        let mut guess = valid(&stand);
        guess.sender.as_mut().unwrap().password = Some(password.to_owned());
        let unsigned = stand.post(guess.write()).await;
        assert_eq!(unsigned.label(), Some(L::TransportSignatureMissing));
        let stranger = stand.authority.signatory("citizen-2");
        let reply = stand.post(seal(&guess.write(), stranger)).await;
        assert_eq!(reply.label(), Some(L::SenderCertificateMismatch));
    }
}

#[tokio::test]
async fn after_so_many_wrong_passwords_in_a_minute_none_is_compared() {
    let stand = Stand::start().await;
    let mut guess = valid(&stand);
    guess.sender.as_mut().unwrap().password = Some("wrong".to_owned());
    for _ in 0..30 {
        let reply = send(&stand, &guess).await;
        assert_eq!(reply.label(), Some(L::SenderPasswordWrong));
    }
    for message in [guess, valid(&stand)] {
        let reply = send(&stand, &message).await;
        assert_eq!(reply.label(), Some(L::LimitExceeded));
        assert_eq!(reply.http.status, 503);
    }
    stand
        .clock
        .set(stand.clock.now().plus(Duration::from_secs(60)))
        .unwrap();
    accepted(&send(&stand, &valid(&stand)).await);
}

#[tokio::test]
async fn a_system_has_its_places_and_is_told_to_come_again_where_they_are_taken() {
    let stand = Stand::start().await;
    let none = "[[system]]\nsender = \"integrator-1\"\nat_once_max = 0\n";
    stand.register(none).await.unwrap();
    let reply = send(&stand, &valid(&stand)).await;
    assert_eq!(reply.label(), Some(L::LimitExceeded));
    assert_eq!(reply.http.status, 503);
    assert_eq!(reply.http.header("retry-after"), Some("1"));
    let one = none.replace('0', "1");
    stand.register(&one).await.unwrap();
    // One after the other they all pass: a place is free again.
    for _ in 0..3 {
        accepted(&send(&stand, &valid(&stand)).await);
    }
}

#[tokio::test]
async fn a_system_with_a_tls_certificate_shows_this_very_one() {
    let stand = Stand::start().await;
    let of = |id: &str| stand.authority.signatory(id);
    let pem = of("citizen-2").certificate.to_pem();
    let agreed = format!("[[system]]\nsender = \"integrator-1\"\ntls = '''\n{pem}'''\n");
    stand.register(&agreed).await.unwrap();
    let trusted = std::fs::read(paths::trust_tls(stand.dir.path())).unwrap();
    let send_as = async |id: Option<&str>| {
        let tls = match id {
            None => ClientTls::trusting_pem(&trusted).unwrap(),
            Some(id) => {
                let key = of(id).key.to_pkcs8_der();
                ClientTls::showing(&trusted, of(id).certificate.der(), &key).unwrap()
            }
        };
        let client = HttpClient::new(&tls, ClientLimits::default());
        let envelope = seal(&valid(&stand).write(), of("system-integrator-1"));
        stand.post_by(&client, envelope).await
    };
    accepted(&send_as(Some("citizen-2")).await);
    for another in [None, Some("officer-1")] {
        let reply = send_as(another).await;
        assert_eq!(reply.label(), Some(L::SenderCertificateMismatch));
    }
    // Without that term, any certificate is as good as none.
    stand.register("").await.unwrap();
    accepted(&send_as(Some("officer-1")).await);
}

/// A message of clinic-7 that names its certificate by issuer and serial number only.
async fn sign_by_serial(stand: &Stand, signatory: &Signatory) -> Reply {
    let citizen = stand.authority.signatory("citizen-1");
    let mut message = message("clinic-7", sign(&application().to_xml(), citizen));
    message.sender.as_mut().unwrap().password = Some("p-of-clinic".to_owned());
    let named = WsseKeyInfo::IssuerSerial {
        issuer_name: signatory.certificate.issuer_name(),
        serial_decimal: signatory.certificate.serial_decimal(),
    };
    let limits = xml_limits(&qaqpa_model::Limits::default());
    let envelope = message.write();
    stand
        .post(sign_wsse(&envelope, &signatory.signer(), named, "x", &limits).unwrap())
        .await
}

/// The view has the members that its schema asks for, and no other.
fn assert_described(view: &serde_json::Value) {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../../docs/schema/systems.schema.json")).unwrap();
    let members = |value: &serde_json::Value| -> Vec<String> {
        let mut names: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    assert_eq!(members(view), members(&schema["properties"]));
    let system = &schema["properties"]["systems"]["items"]["properties"];
    assert_eq!(members(&view["systems"][0]), members(system));
    let certificate = &system["certificate"]["properties"];
    assert_eq!(
        members(&view["systems"][0]["certificate"]),
        members(certificate)
    );
}

#[tokio::test]
async fn a_register_with_a_fault_is_refused_with_its_line_and_the_one_of_before_stays() {
    let stand = Stand::start().await;
    let strict = "[[system]]\nsender = \"integrator-1\"\nstrict = true\n";
    stand.register(strict).await.unwrap();
    let refused = stand.register("[[system]]\nsender = \"portal\"\n").await;
    let why = refused.unwrap_err();
    assert!(
        why.contains("systems.toml, line 3: portal is an actor of the simulator"),
        "{why}"
    );
    let file = stand.dir.path().join("gateway/systems.toml");
    std::fs::write(&file, "version = 1\n[[system]]\nsender = 5\n").unwrap();
    let reply = send(&stand, &departing(&stand)).await;
    assert_eq!(reply.label(), Some(L::EnvelopeMalformed));
    let view = stand.control("/systems").await;
    let refused = view["refused"].as_str().unwrap();
    assert!(refused.contains("line 3:"), "{view}");
    let ready_made = view["ready_made"].as_array().unwrap();
    assert!(ready_made.contains(&serde_json::json!("integrator-1")));
    let journal = stand.control("/journal?kind=systems-refused").await;
    assert_eq!(journal.as_array().unwrap().len(), 1);
    std::fs::remove_file(&file).unwrap();
    accepted(&send(&stand, &departing(&stand)).await);
}
