//! The corpus against a running simulator: messages on the synchronous channel, over TLS.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use qaqpa_model::{Iin, MessageId, Moment, SenderId, ServiceAtAct};
use qaqpa_regulations::Service;
use qaqpa_wire::{
    Application, BusinessData, Fault, Person, SendMessageRequest, SendMessageResponse, Sender,
    StatusCode,
};
use qaqpa_x509::pkcs12::KeyFile;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Signer, WsseKeyInfo, sign_enveloped, sign_wsse};

use super::error::AttackError;
use super::report::{Outcome, Ran};
use super::send::{Repeat, Send};
use super::{Case, Expected, Level};
use crate::forge::World;
use crate::forge::knobs::{Build, Edit, SubjectKnob};
use crate::{Stand, sample};

/// Who sends, and who applies, where a case says nothing.
const SENDER: &str = "integrator-1";
const CITIZEN: &str = "citizen-1";
/// The text that edits of the corpus look for.
const ADDRESS: &str = "Тараз қ., Сынақ көшесі, 1";

/// A running simulator with the key files that were opened so far: opening one costs a key derivation.
#[derive(Debug)]
pub struct Target<'s> {
    stand: &'s Stand,
    keys: RefCell<BTreeMap<String, Rc<KeyFile>>>,
}

impl<'s> Target<'s> {
    /// This simulator; nothing is opened yet.
    #[must_use]
    pub fn new(stand: &'s Stand) -> Self {
        Self {
            stand,
            keys: RefCell::default(),
        }
    }

    /// An identity's key, or (`sender:…`) a registered sender's.
    fn key(&self, name: &str) -> Result<Rc<KeyFile>, String> {
        if let Some(key) = self.keys.borrow().get(name) {
            return Ok(Rc::clone(key));
        }
        let key = match name.strip_prefix("sender:") {
            Some(sender) => self.stand.key_of_sender(sender),
            None => self.stand.key_of(name),
        };
        let key = Rc::new(key.map_err(|error| error.to_string())?);
        self.keys
            .borrow_mut()
            .insert(name.to_owned(), Rc::clone(&key));
        Ok(key)
    }
}

/// Runs one case; a document of the corpus is signed by the simulator's own citizen.
///
/// # Errors
/// Where the simulator cannot be asked, or lacks what the case needs.
pub async fn run_against(target: &Target<'_>, case: &Case) -> Result<Ran, AttackError> {
    let outcome = match case.level {
        Level::Gateway => {
            let send = case.send.clone().unwrap_or_default();
            Message::new(target, &send).await?.play(&send).await?
        }
        Level::Verdict => {
            if let Some(why) = passes_over(case) {
                return Ok(Ran::new(case, Outcome::NotRun(why.to_owned())));
            }
            let message = Message::new(target, &Send::default()).await?;
            let document = match message.forged(&case.build) {
                Ok(document) => document,
                Err(AttackError::Forge(error)) if error.found_nothing() => {
                    let why = "its edits are about the corpus's own document";
                    return Ok(Ran::new(case, Outcome::NotRun(why.to_owned())));
                }
                Err(error) => return Err(error),
            };
            message
                .exchange(&Send::default(), document, &message_id()?)
                .await?
        }
    };
    Ok(Ran::with_label(case, outcome))
}

/// Cases that a running simulator cannot be given: it has its own authority, evidence and clock.
fn passes_over(case: &Case) -> Option<&'static str> {
    let build = &case.build;
    let own = Build {
        template: build.template.clone(),
        signature: build.signature.clone(),
        before: build.before.clone(),
        layout: build.layout.clone(),
        after: build.after.clone(),
        ..Build::default()
    };
    if own != *build || build.subject != SubjectKnob::Document {
        return Some("its authority, evidence, moment or bytes cannot be handed to a simulator");
    }
    if build.signature.shown.is_some() || build.signature.key_info.is_some() {
        return Some("its certificates are of the corpus's own authority");
    }
    if !build.signature.stamps.is_empty() {
        return Some("its time stamps are of the corpus's own authority");
    }
    let template = build.template.as_deref();
    if !matches!(template, None | Some("application-with-id")) {
        return Some("it is no application");
    }
    if case.expect.verdict == Expected::Accept && (template.is_some() || !build.before.is_empty()) {
        return Some("it is signed well, and no application of the schema");
    }
    None
}

/// A message that is right so far.
struct Message<'s> {
    target: &'s Target<'s>,
    stand: &'s Stand,
    service: &'s Service,
    application: Application,
    now: Moment,
}

impl<'s> Message<'s> {
    async fn new(target: &'s Target<'s>, send: &Send) -> Result<Self, String> {
        let stand = target.stand;
        let wrong = |error: &dyn std::fmt::Display| error.to_string();
        let offered = stand.endpoints().services.iter();
        let service = offered
            .filter_map(|entry| {
                stand
                    .catalogue()
                    .service(&ServiceAtAct::parse(&entry.id).ok()?)
            })
            .find(|service| {
                service
                    .id
                    .to_string()
                    .starts_with("guardianship-certificate@")
            })
            .ok_or("the simulator does not offer guardianship-certificate")?;
        let now = stand.now().await.map_err(|error| wrong(&error))?;
        // Whose application it is: the signer's, so that the certificate has its one defect.
        let citizen = send.signed_by.as_deref().unwrap_or(CITIZEN);
        let person = stand.person(citizen).map_err(|error| wrong(&error))?;
        let iin = Iin::parse(&person.iin).map_err(|error| wrong(&error))?;
        let mut form = sample::form(service, stand.lang());
        if let Some(field) = form.iter_mut().find(|field| field.value.contains(' ')) {
            ADDRESS.clone_into(&mut field.value);
        }
        let application = Application {
            application_id: uuid::Uuid::new_v4().to_string(),
            service: service.id.clone(),
            channel: "portal".to_owned(),
            created_at: now,
            submitter: iin,
            organisation: None,
            applicant: Person {
                iin,
                surname: "Тестова".to_owned(),
                given_name: "Сынақгүл".to_owned(),
                patronymic: None,
            },
            form,
            attachments: sample::attachments(service),
        };
        Ok(Self {
            target,
            stand,
            service,
            application,
            now,
        })
    }

    /// Plays a case of the gateway.
    async fn play(&self, send: &Send) -> Result<Outcome, String> {
        let id = message_id()?;
        let document = self.signed(send)?;
        let Some(repeat) = send.after else {
            return self.exchange(send, document, &id).await;
        };
        let first = self.envelope(send, document.clone(), &id)?;
        match self.post(send, first.clone()).await? {
            Outcome::Accepted => {}
            other => return Err(format!("the message before it was not accepted: {other:?}")),
        }
        match repeat {
            Repeat::SameBytes => self.post(send, first).await,
            Repeat::SameSignature => self.exchange(send, document, &message_id()?).await,
            Repeat::SameId => {
                let mut other = Self::new(self.target, send).await?;
                other.application.created_at = other.now;
                let document = other.signed(send)?;
                self.exchange(send, document, &id).await
            }
        }
    }

    fn signed(&self, send: &Send) -> Result<Vec<u8>, String> {
        let iin = self.application.submitter.reveal();
        let citizen = self
            .stand
            .person(CITIZEN)
            .map_err(|error| error.to_string())?;
        let words = |text: &str| {
            text.replace("{iin}", &iin)
                .replace("{applicant-iin}", &citizen.iin)
        };
        let text =
            String::from_utf8(self.application.to_xml()).map_err(|error| error.to_string())?;
        let text = edited(text, &send.application, words)?;
        let key = self
            .target
            .key(send.signed_by.as_deref().unwrap_or(CITIZEN))?;
        let signer = Signer::of(&key.key, key.certificate.der());
        sign_enveloped(text.as_bytes(), &signer, &XmlLimits::default())
            .map_err(|error| error.to_string())
    }

    /// A document of the corpus with the simulator's citizen.
    fn forged(&self, build: &Build) -> Result<Vec<u8>, AttackError> {
        let key = self.target.key(CITIZEN)?;
        let text = String::from_utf8(self.application.to_xml()).map_err(|error| error.to_string());
        let text = text?.replacen("</application>", "@SIGNATURE@</application>", 1);
        let iin = self.application.submitter.reveal();
        let world = World::new(self.now).with_person(&key.key, key.certificate.der(), &iin, text);
        Ok(world.forge(build)?.bytes)
    }

    async fn exchange(
        &self,
        send: &Send,
        document: Vec<u8>,
        id: &MessageId,
    ) -> Result<Outcome, String> {
        let envelope = self.envelope(send, document, id)?;
        self.post(send, envelope).await
    }

    fn envelope(&self, send: &Send, document: Vec<u8>, id: &MessageId) -> Result<Vec<u8>, String> {
        let wrong = |error: &dyn std::fmt::Display| error.to_string();
        let sender = send.sender.as_deref().unwrap_or(SENDER);
        let registered = self.stand.endpoints().sender(sender);
        let registered =
            registered.ok_or_else(|| format!("the simulator has no sender {sender}"))?;
        let request = SendMessageRequest {
            message_id: id.clone(),
            correlation_id: None,
            service_id: self.service.id.to_string(),
            message_date: self.now,
            route_id: None,
            sender: Some(Sender {
                id: SenderId::parse(sender).map_err(|error| wrong(&error))?,
                password: Some(registered.password.clone()),
            }),
            properties: Vec::new(),
            session_id: None,
            data: BusinessData::new(document),
        };
        let text = String::from_utf8(request.write()).map_err(|error| wrong(&error))?;
        let text = edited(text, &send.request, str::to_owned)?;
        let signed = match (&send.envelope_by, send.unsigned) {
            (_, true) => text.into_bytes(),
            (by, false) => {
                let own = format!("sender:{sender}");
                let key = self.target.key(by.as_deref().unwrap_or(&own))?;
                let signer = Signer::of(&key.key, key.certificate.der());
                let seed = uuid::Uuid::new_v4().to_string();
                let limits = XmlLimits::default();
                sign_wsse(
                    text.as_bytes(),
                    &signer,
                    WsseKeyInfo::KeyIdentifier,
                    &seed,
                    &limits,
                )
                .map_err(|error| wrong(&error))?
            }
        };
        let text = String::from_utf8(signed).map_err(|error| wrong(&error))?;
        Ok(edited(text, &send.envelope, str::to_owned)?.into_bytes())
    }

    async fn post(&self, send: &Send, envelope: Vec<u8>) -> Result<Outcome, String> {
        let url = &self.stand.endpoints().gateway.sync;
        let mut request = http::Request::post(url)
            .header(CONTENT_TYPE, "text/xml; charset=utf-8")
            .header("SOAPAction", "\"\"")
            .body(bytes::Bytes::from(envelope))
            .map_err(|error| error.to_string())?;
        for [name, value] in &send.headers {
            let name = HeaderName::try_from(name.as_str()).map_err(|error| error.to_string())?;
            let value = HeaderValue::try_from(value.as_str()).map_err(|error| error.to_string())?;
            request.headers_mut().insert(name, value);
        }
        let answer = self.stand.client().request(request).await;
        let answer = answer.map_err(|error| format!("{url}: {error}"))?;
        let unlike = |why: String| format!("{url}: HTTP {}, {why}", answer.status.as_u16());
        let document = Document::parse(&answer.body, &XmlLimits::default())
            .map_err(|error| unlike(error.to_string()))?;
        if let Some(fault) = Fault::read(&document).map_err(|error| unlike(error.to_string()))? {
            let label = fault.label().map_or("", |label| label.as_str());
            return Ok(Outcome::Refused(label.to_owned()));
        }
        let response =
            SendMessageResponse::read(&document).map_err(|error| unlike(error.to_string()))?;
        match response.status {
            StatusCode::Success => Ok(Outcome::Accepted),
            other => Ok(Outcome::Refused(other.as_str().to_owned())),
        }
    }
}

fn edited(
    mut text: String,
    edits: &[Edit],
    words: impl Fn(&str) -> String,
) -> Result<String, String> {
    for edit in edits {
        let find = words(&edit.find);
        if !text.contains(&find) {
            return Err(format!("{find:?} is not in the message"));
        }
        let put = words(&edit.put)
            .replace("{found}", &find)
            .repeat(edit.times);
        text = match edit.all {
            true => text.replace(&find, &put),
            false => text.replacen(&find, &put, 1),
        };
    }
    Ok(text)
}

fn message_id() -> Result<MessageId, String> {
    let id = format!("{{{}}}", uuid::Uuid::new_v4());
    MessageId::parse(&id).map_err(|error| error.to_string())
}
