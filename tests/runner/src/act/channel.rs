//! An information system that calls the gateway's synchronous channel.

use qaqpa_model::{Iin, MessageId, SenderId};
use qaqpa_wire::{
    Application, BusinessData, Fault, Organisation, Person, SendMessageRequest,
    SendMessageResponse, Sender, StatusCode,
};
use qaqpa_x509::pkcs12::KeyFile;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Signer, WsseKeyInfo, sign_wsse};

use super::document::spoilt;
use super::{SeenRefusal, Went};
use crate::error::RunError;
use crate::sample;
use crate::scenario::{Scenario, Spoil};
use crate::stand::Stand;

/// Sends a sample application of `who`, signed by `key_of`, as `sender`; the message's id and the answer.
pub(crate) async fn send(
    stand: &Stand,
    scenario: &Scenario,
    sender: &str,
    who: &str,
    key_of: &str,
    spoil: Spoil,
) -> Result<(MessageId, Went), RunError> {
    let application = application(stand, scenario, who).await?;
    let document = spoilt(&application.to_xml(), &stand.key_of(key_of)?, spoil)?;
    let message = message_id()?;
    let password = stand
        .endpoints()
        .sender(sender)
        .map(|sender| sender.password.clone());
    let request = SendMessageRequest {
        message_id: message.clone(),
        correlation_id: None,
        service_id: scenario.service.to_string(),
        message_date: application.created_at,
        route_id: None,
        sender: Some(Sender {
            id: SenderId::parse(sender).map_err(|error| scenario_error(&error))?,
            password,
        }),
        properties: Vec::new(),
        session_id: None,
        data: BusinessData::new(document),
    };
    let envelope = transport_signed(&request.write(), &stand.key_of_sender(sender)?)?;
    let url = &stand.endpoints().gateway.sync;
    let answer = stand
        .client()
        .post(url, "text/xml; charset=utf-8", envelope)
        .await
        .map_err(|error| RunError::Http {
            url: url.clone(),
            error,
        })?;
    let unlike = |what: String| RunError::Page {
        url: url.clone(),
        status: answer.status.as_u16(),
        what,
    };
    let envelope = Document::parse(&answer.body, &XmlLimits::default())
        .map_err(|error| unlike(format!("the answer is not XML: {error}")))?;
    let fault = Fault::read(&envelope).map_err(|error| unlike(error.to_string()))?;
    if let Some(fault) = fault {
        let info = fault.detail.as_ref();
        let read = |key: &str| {
            info.and_then(|info| info.value(key))
                .unwrap_or_default()
                .to_owned()
        };
        let refusal = SeenRefusal {
            condition: read("condition"),
            element: read("element"),
            label: read("label"),
        };
        return Ok((message, Went::Refused(refusal)));
    }
    let response =
        SendMessageResponse::read(&envelope).map_err(|error| unlike(error.to_string()))?;
    if response.status == StatusCode::Success {
        Ok((message, Went::On))
    } else {
        Err(unlike(format!(
            "status {} and no fault",
            response.status.as_str()
        )))
    }
}

async fn application(
    stand: &Stand,
    scenario: &Scenario,
    who: &str,
) -> Result<Application, RunError> {
    let service = stand
        .catalogue()
        .service(&scenario.service)
        .ok_or_else(|| RunError::Scenario(format!("the catalogue has no {}", scenario.service)))?;
    let iin = Iin::parse(&stand.person(who)?.iin).map_err(|error| scenario_error(&error))?;
    // A person's names as their certificate has them: an integrator knows its customers.
    let certificate = stand.key_of(who)?.certificate;
    let name = certificate.subject();
    let given_name = name
        .common_name
        .as_deref()
        .and_then(|names| names.split_once(' '))
        .map_or("TEST", |(_, given)| given);
    let applicant = Person {
        iin,
        surname: name.surname.clone().unwrap_or_else(|| "TEST".to_owned()),
        given_name: given_name.to_owned(),
        patronymic: None,
    };
    Ok(Application {
        application_id: uuid::Uuid::new_v4().to_string(),
        service: scenario.service.clone(),
        channel: scenario.channel.as_str().to_owned(),
        created_at: stand.now().await?,
        submitter: iin,
        organisation: name.bin.map(Organisation::of),
        form: sample::form_of(service, stand.lang(), &applicant),
        applicant,
        attachments: sample::attachments(service),
    })
}

fn transport_signed(envelope: &[u8], key: &KeyFile) -> Result<Vec<u8>, RunError> {
    let signer = Signer::of(&key.key, key.certificate.der());
    let seed = uuid::Uuid::new_v4().to_string();
    sign_wsse(
        envelope,
        &signer,
        WsseKeyInfo::KeyIdentifier,
        &seed,
        &XmlLimits::default(),
    )
    .map_err(|error| RunError::Signing(format!("the envelope cannot be signed: {error}")))
}

fn message_id() -> Result<MessageId, RunError> {
    MessageId::parse(&format!("{{{}}}", uuid::Uuid::new_v4()))
        .map_err(|error| scenario_error(&error))
}

fn scenario_error(error: &dyn std::fmt::Display) -> RunError {
    RunError::Scenario(error.to_string())
}
