//! Valid messages to begin with; each test puts one defect into one.

use qaqpa_channel::envelope::xml_limits;
use qaqpa_model::{Iin, Limits, MessageId, Moment, SenderId, ServiceAtAct};
use qaqpa_wire::{
    Application, Attachment, BusinessData, FormField, Outcome, Person, ResultDocument,
    SendMessageRequest, Sender, Titles,
};
use qaqpa_xmldsig::{WsseKeyInfo, sign_enveloped, sign_wsse};

use crate::authority::{Authority, CITIZEN_1, OFFICER_1, Signatory, password};

pub(crate) const SERVICE: &str = "guardianship-certificate@zhambyl-2019-23";

pub(crate) fn new_id() -> MessageId {
    MessageId::parse(&format!("{{{}}}", uuid::Uuid::new_v4())).unwrap()
}

pub(crate) fn noon() -> Moment {
    Moment::parse("2026-11-22T12:00:00+05:00").unwrap()
}

pub(crate) fn person(iin: &str) -> Person {
    Person {
        iin: Iin::parse(iin).unwrap(),
        surname: "ТЕСТОВ".to_owned(),
        given_name: "ТЕСТ".to_owned(),
        patronymic: None,
    }
}

/// An application of citizen-1 for themselves.
pub(crate) fn application() -> Application {
    Application {
        application_id: uuid::Uuid::new_v4().to_string(),
        service: ServiceAtAct::parse(SERVICE).unwrap(),
        channel: "portal".to_owned(),
        created_at: noon(),
        submitter: Iin::parse(CITIZEN_1).unwrap(),
        organisation: None,
        applicant: person(CITIZEN_1),
        form: vec![FormField {
            name: "child-surname".to_owned(),
            value: "БАЛА".to_owned(),
        }],
        attachments: vec![Attachment {
            document: "birth-certificate".to_owned(),
            name: "a.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: b"%PDF TEST".to_vec(),
        }],
    }
}

/// The result that answers this application, granted by officer-1.
pub(crate) fn result_of(application: &Application, message_id: &MessageId) -> ResultDocument {
    ResultDocument {
        result_id: uuid::Uuid::new_v4().to_string(),
        application_id: application.application_id.clone(),
        service: application.service.clone(),
        message_id: message_id.clone(),
        issued_at: noon(),
        outcome: Outcome::Granted,
        submitter: Iin::parse(OFFICER_1).unwrap(),
        applicant: application.applicant.clone(),
        issuer: "education-department".to_owned(),
        titles: Titles {
            kk: "Анықтама".to_owned(),
            ru: "Справка".to_owned(),
            en: "Certificate".to_owned(),
        },
        grounds: None,
        content: Vec::new(),
    }
}

pub(crate) fn sign(xml: &[u8], signatory: &Signatory) -> Vec<u8> {
    sign_enveloped(xml, &signatory.signer(), &xml_limits(&Limits::default())).unwrap()
}

/// A message of a sender with this document, not yet signed.
pub(crate) fn message(sender: &str, document: Vec<u8>) -> SendMessageRequest {
    SendMessageRequest {
        message_id: new_id(),
        correlation_id: None,
        service_id: SERVICE.to_owned(),
        message_date: noon(),
        route_id: None,
        sender: Some(Sender {
            id: SenderId::parse(sender).unwrap(),
            password: Some(password(sender)),
        }),
        properties: Vec::new(),
        session_id: None,
        data: BusinessData::new(document),
    }
}

/// The envelope, signed by this system.
pub(crate) fn seal(envelope: &[u8], signatory: &Signatory) -> Vec<u8> {
    sign_wsse(
        envelope,
        &signatory.signer(),
        WsseKeyInfo::KeyIdentifier,
        &uuid::Uuid::new_v4().to_string(),
        &xml_limits(&Limits::default()),
    )
    .unwrap()
}

/// A valid application of citizen-1 from integrator-1: the message and its signed envelope.
pub(crate) fn valid(authority: &Authority) -> (SendMessageRequest, Vec<u8>) {
    let document = sign(&application().to_xml(), authority.signatory("citizen-1"));
    let message = message("integrator-1", document);
    let envelope = seal(&message.write(), authority.signatory("system-integrator-1"));
    (message, envelope)
}
