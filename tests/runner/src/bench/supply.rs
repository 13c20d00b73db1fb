//! Requests that are signed before they are needed, each by itself and none like another.

use bytes::Bytes;
use qaqpa_model::{Iin, Lang, MessageId, Moment, SenderId};
use qaqpa_regulations::Service;
use qaqpa_wire::{
    Application, Attachment, BusinessData, Organisation, Person, SendMessageRequest, Sender,
};
use qaqpa_x509::pkcs12::KeyFile;
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{Signer, WsseKeyInfo, sign_enveloped, sign_wsse};

use crate::sample;

/// Who signs, what is asked for, and in whose name it is sent.
#[derive(Debug)]
pub struct Supplier {
    /// The service, whose form is filled with valid values.
    pub service: Service,
    /// The information system that sends.
    pub sender: SenderId,
    /// Its password, if it has one.
    pub password: Option<String>,
    /// Its key.
    pub sender_key: KeyFile,
    /// The applicants in turn, each with the key that signs the application.
    pub applicants: Vec<(Iin, KeyFile)>,
}

/// A signed request and the id that its sender chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The id of the message.
    pub id: MessageId,
    /// The envelope.
    pub envelope: Bytes,
}

/// Signed requests.
#[derive(Clone, Debug)]
pub struct Supply(Vec<Bytes>);

impl Supply {
    /// The requests.
    #[must_use]
    pub fn requests(&self) -> &[Bytes] {
        &self.0
    }

    /// Takes so many of them out, fewer where there are fewer.
    #[must_use]
    pub fn take(&mut self, count: usize) -> Vec<Bytes> {
        let left = self.0.len().saturating_sub(count);
        self.0.split_off(left)
    }
}

impl Supplier {
    /// Signs so many requests at this moment, on every core; `told` hears how many are done.
    ///
    /// # Errors
    /// One sentence.
    pub fn sign(
        &self,
        count: usize,
        at: Moment,
        told: &(impl Fn(usize) + Sync),
    ) -> Result<Supply, String> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let share = count.div_ceil(cores).max(1);
        let signed = std::thread::scope(|scope| {
            let begun: Vec<_> = (0..count)
                .step_by(share)
                .map(|first| {
                    scope.spawn(move || {
                        let numbers = first..count.min(first + share);
                        let request = |number| {
                            let signed = self.signed(number, at)?;
                            told(1);
                            Ok(signed.envelope)
                        };
                        numbers.map(request).collect::<Result<Vec<_>, String>>()
                    })
                })
                .collect();
            let joined = begun.into_iter().map(|part| {
                part.join()
                    .unwrap_or_else(|_| Err("a signing thread broke off".to_owned()))
            });
            joined.collect::<Result<Vec<_>, String>>()
        })?;
        Ok(Supply(signed.concat()))
    }

    /// The request of this number: applicants take turns.
    ///
    /// # Errors
    /// One sentence.
    pub fn signed(&self, number: usize, at: Moment) -> Result<Signed, String> {
        self.signed_with(number, at, sample::attachments(&self.service))
    }

    /// The same with these files.
    ///
    /// # Errors
    /// One sentence.
    pub fn signed_with(
        &self,
        number: usize,
        at: Moment,
        attachments: Vec<Attachment>,
    ) -> Result<Signed, String> {
        let (iin, key) = self
            .applicants
            .get(number % self.applicants.len().max(1))
            .ok_or("nobody to sign the applications")?;
        let name = key.certificate.subject();
        let names = name.common_name.as_deref();
        let given = names.and_then(|names| names.split_once(' '));
        let application = Application {
            application_id: uuid::Uuid::new_v4().to_string(),
            service: self.service.id.clone(),
            channel: "portal".to_owned(),
            created_at: at,
            submitter: *iin,
            organisation: name.bin.map(Organisation::of),
            applicant: Person {
                iin: *iin,
                surname: name.surname.clone().unwrap_or_else(|| "TEST".to_owned()),
                given_name: given.map_or("TEST", |(_, given)| given).to_owned(),
                patronymic: None,
            },
            form: sample::form(&self.service, Lang::Kk),
            attachments,
        };
        let limits = XmlLimits::default();
        let signer = Signer::of(&key.key, key.certificate.der());
        let document = sign_enveloped(&application.to_xml(), &signer, &limits)
            .map_err(|error| error.to_string())?;
        let id = format!("{{{}}}", uuid::Uuid::new_v4());
        let id = MessageId::parse(&id).map_err(|error| error.to_string())?;
        let request = SendMessageRequest {
            message_id: id.clone(),
            correlation_id: None,
            service_id: self.service.id.to_string(),
            message_date: at,
            route_id: None,
            sender: Some(self.named()),
            properties: Vec::new(),
            session_id: None,
            data: BusinessData::new(document),
        };
        let envelope = self.sealed(&request.write())?;
        Ok(Signed { id, envelope })
    }

    /// Who sends, as envelopes name him.
    pub(super) fn named(&self) -> Sender {
        Sender {
            id: self.sender.clone(),
            password: self.password.clone(),
        }
    }

    /// The sender's signature over an envelope.
    pub(super) fn sealed(&self, envelope: &[u8]) -> Result<Bytes, String> {
        let signer = Signer::of(&self.sender_key.key, self.sender_key.certificate.der());
        let seed = uuid::Uuid::new_v4().to_string();
        let form = WsseKeyInfo::KeyIdentifier;
        sign_wsse(envelope, &signer, form, &seed, &XmlLimits::default())
            .map(Bytes::from)
            .map_err(|error| error.to_string())
    }
}
