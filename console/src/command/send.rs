//! `qaqpa send`: a request over the synchronous channel, and the gateway's answer.

use std::path::Path;

use qaqpa_model::{Lang, MessageId, SenderId};
use qaqpa_runner::Endpoints;
use qaqpa_transport::{Clock, ClockState};
use qaqpa_verdict::report::Advice;
use qaqpa_wire::{BusinessData, Fault, SendMessageRequest, SendMessageResponse, Sender};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Signer, WsseKeyInfo, sign_wsse};
use serde_json::json;

use crate::cli::{Format, Send};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{key_input, output, running};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// Sends the file; exit 0 for SCSS001, 1 for a fault.
pub(crate) async fn run(settings: &Settings, options: &Send, format: Format) -> Outcome {
    let endpoints = running::endpoints(&settings.data)?;
    let bytes = key_input::read_file(&options.file)?;
    let envelope = match Document::parse(&bytes, &XmlLimits::default()) {
        // What is not XML is sent as it is: the gateway's answer to it is what one wants to see.
        Err(_) => bytes,
        Ok(document) if document.root().is(SOAP, "Envelope") => bytes,
        Ok(document) => wrap(&endpoints, options, &document, &bytes, &settings.data)?,
    };
    let client = running::http_client(&endpoints.trust.tls)?;
    let request = http::Request::post(&endpoints.gateway.sync)
        .header(http::header::CONTENT_TYPE, "text/xml; charset=utf-8")
        .header("SOAPAction", "\"\"")
        .body(bytes::Bytes::from(envelope))
        .map_err(Failure::own)?;
    let answer = client.request(request).await.map_err(Failure::no)?;
    show(&answer.body, answer.status.as_u16(), format, settings.lang)
}

/// Wraps a business document as this sender would.
fn wrap(
    endpoints: &Endpoints,
    options: &Send,
    document: &Document,
    bytes: &[u8],
    data: &Path,
) -> Result<Vec<u8>, Failure> {
    let sender = endpoints.sender(&options.sender).ok_or_else(|| {
        let known: Vec<&str> = endpoints
            .senders
            .iter()
            .map(|sender| sender.sender_id.as_str())
            .collect();
        Failure::usage(format!("no sender {:?}", options.sender))
            .remedy(format!("one of {}", known.join(", ")))
    })?;
    let service = match &options.service {
        Some(service) => service.clone(),
        None => document
            .root()
            .children()
            .find(|child| child.name() == "service")
            .map(|child| child.text().trim().to_owned())
            .ok_or_else(|| {
                Failure::usage("the document names no service").remedy("give --service SERVICE@ACT")
            })?,
    };
    let clock = Clock::with_offset(ClockState::load(data).map_err(Failure::own)?.offset_ms);
    let id = format!("{{{}}}", uuid::Uuid::new_v4());
    let request = SendMessageRequest {
        message_id: MessageId::parse(&id).map_err(Failure::own)?,
        correlation_id: None,
        service_id: service,
        message_date: clock.now(),
        route_id: None,
        sender: Some(Sender {
            id: SenderId::parse(&sender.sender_id).map_err(Failure::own)?,
            password: Some(sender.password.clone()),
        }),
        properties: Vec::new(),
        session_id: None,
        data: BusinessData::new(bytes.to_vec()),
    };
    let file = key_input::key_file(&sender.key, &sender.key_password)?;
    let signer = Signer::of(&file.key, file.certificate.der());
    let seed = uuid::Uuid::new_v4().to_string();
    sign_wsse(
        &request.write(),
        &signer,
        WsseKeyInfo::KeyIdentifier,
        &seed,
        &XmlLimits::default(),
    )
    .map_err(Failure::own)
}

fn show(body: &[u8], status: u16, format: Format, lang: Lang) -> Outcome {
    let not_soap = |why: String| {
        Failure::no(format!(
            "HTTP {status}, and the answer is no envelope of the channel: {why}"
        ))
    };
    let document = Document::parse(body, &XmlLimits::default())
        .map_err(|error| not_soap(error.to_string()))?;
    if let Some(fault) = Fault::read(&document).map_err(|error| not_soap(error.to_string()))? {
        return refused(&fault, status, format, lang);
    }
    let response =
        SendMessageResponse::read(&document).map_err(|error| not_soap(error.to_string()))?;
    // The answer is a message of its own: the id of what was sent stands in its correlationId.
    let sent = response
        .correlation_id
        .as_ref()
        .unwrap_or(&response.message_id);
    match format {
        Format::Json => output::say_json(&json!({
            "ok": true, "http": status, "code": response.status.as_str(), "messageId": sent.as_str(),
            "sessionId": response.session_id,
        }))?,
        _ => output::say(format_args!(
            "{} messageId {}",
            response.status.as_str(),
            sent
        )),
    }
    Ok(Exit::Yes)
}

/// Tells of a refusal: what it means and what to do in the language that was asked for, and then the gateway's own words.
fn refused(fault: &Fault, status: u16, format: Format, lang: Lang) -> Outcome {
    let label = fault.label().map_or("", qaqpa_model::RefusalLabel::as_str);
    let detail = fault.detail.as_ref();
    let data = detail.and_then(|info| info.error_data.as_deref());
    let advice = fault.label().map(|label| Advice::of(label, lang));
    let reason = match advice {
        Some(advice) => advice.reason,
        None => line_of(data, lang.code()).unwrap_or(&fault.string),
    };
    let remedy = advice.map(|advice| advice.remedy);
    match format {
        Format::Json => output::say_json(&json!({
            "ok": false, "http": status, "label": label, "fault": fault.string,
            "code": detail.map(|info| &info.error_code),
            "message": detail.map(|info| &info.error_message),
            "data": data, "reason": reason, "remedy": remedy,
        }))?,
        _ => {
            output::say(format_args!("refused: {label}\n  {reason}"));
            if let Some(remedy) = remedy {
                output::say(format_args!("  {}: {remedy}", Advice::what_to_do(lang)));
            }
            if let Some(info) = detail {
                output::say(format_args!(
                    "{}:\n  {} {}",
                    Advice::technical(lang),
                    info.error_code,
                    info.error_message
                ));
            }
            // What it means stands above in one language, and need not stand here in three.
            let is_said = |line: &&str| {
                let key = line.split_once('=').map(|(key, _)| key);
                matches!(key, Some("kk" | "ru" | "en"))
            };
            for line in data
                .iter()
                .flat_map(|data| data.lines())
                .filter(|line| !is_said(line))
            {
                output::say(format_args!("  {line}"));
            }
        }
    }
    Ok(Exit::No)
}

/// The value of one line of a fault's data: `ru=…`.
fn line_of<'d>(data: Option<&'d str>, key: &str) -> Option<&'d str> {
    let mut lines = data?.lines();
    lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn a_line_of_a_faults_data_is_found_by_its_whole_key() {
        let data = Some("label=x\nkk=қ\nru=р=с\n");
        assert_eq!(line_of(data, "ru"), Some("р=с"));
        assert_eq!(line_of(data, "k"), None);
        assert_eq!(line_of(data, "en"), None);
        assert_eq!(line_of(None, "ru"), None);
    }
}
