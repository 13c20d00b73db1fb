//! The simulator under test, as an outsider reaches it: addresses, key files, control ports.

use qaqpa_model::{Actor, Lang, MessageId, Moment, RefusalLabel};
use qaqpa_regulations::{Catalogue, Period, Role};
use qaqpa_transport::control::{ClockView, ControlClient, ControlToken};
use qaqpa_transport::{ClientLimits, ClientTls, HttpClient, Reach};
use qaqpa_x509::pkcs12::{self, KeyFile};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::endpoints::{Endpoints, IdentityEntry};
use crate::error::RunError;
use crate::scenario::Mischief;

/// A running simulator. Cheap to share between scenarios.
#[derive(Clone, Debug)]
pub struct Stand {
    endpoints: Endpoints,
    catalogue: Catalogue,
    client: HttpClient,
    token: ControlToken,
    lang: Lang,
}

/// A step that an actor recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The actor that recorded it.
    pub actor: Actor,
    /// When, with the resolution of a second.
    pub at: Moment,
    /// The element's id.
    pub element: String,
    /// `done`, `yes` or `no`.
    pub outcome: String,
    /// Of a "no": the reason.
    pub label: Option<RefusalLabel>,
}

#[derive(Deserialize)]
struct TraceLine {
    at: String,
    element: String,
    outcome: String,
    #[serde(default)]
    label: Option<String>,
}

impl Stand {
    /// Takes the addresses; nothing is called yet.
    ///
    /// # Errors
    /// [`RunError::File`] where the trusted TLS certificates or the control token cannot be read.
    pub fn new(endpoints: Endpoints, catalogue: Catalogue, lang: Lang) -> Result<Self, RunError> {
        let file = |path: &std::path::Path, why: String| RunError::File {
            path: path.display().to_string(),
            why,
        };
        let trust = &endpoints.trust.tls;
        let tls = ClientTls::trusting_file(trust).map_err(|why| file(trust, why.to_string()))?;
        let token_file = &endpoints.control.token_file;
        let folder = token_file.parent().unwrap_or(token_file);
        let token = ControlToken::read(folder).map_err(|why| file(token_file, why.to_string()))?;
        // The addresses are of whoever runs the simulator, on whatever machines.
        let limits = ClientLimits {
            reach: Reach::Anywhere,
            ..ClientLimits::default()
        };
        let client = HttpClient::new(&tls, limits);
        Ok(Self {
            client,
            endpoints,
            catalogue,
            token,
            lang,
        })
    }

    /// The addresses.
    #[must_use]
    pub const fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The catalogue that the scenarios are held against.
    #[must_use]
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(crate) const fn client(&self) -> &HttpClient {
        &self.client
    }

    pub(crate) const fn lang(&self) -> Lang {
        self.lang
    }

    pub(crate) fn browser(&self, site: &str) -> Browser {
        Browser::new(self.client.clone(), site, self.lang)
    }

    pub(crate) fn person(&self, id: &str) -> Result<&IdentityEntry, RunError> {
        self.endpoints
            .identity(id)
            .ok_or_else(|| RunError::EndpointsLack(format!("identity {id:?}")))
    }

    /// The ready-made member of a provider's staff who is of that unit and role.
    pub(crate) fn member_of(&self, unit: &str, role: Role) -> Result<&str, RunError> {
        let of_it = |one: &&IdentityEntry| {
            one.unit.as_deref() == Some(unit) && one.post.as_deref() == Some(role.as_str())
        };
        let found = self.endpoints.identities.iter().find(of_it);
        found
            .map(|one| one.id.as_str())
            .ok_or_else(|| RunError::EndpointsLack(format!("an identity that is {role} of {unit}")))
    }

    /// Opens the key file of a person.
    pub(crate) fn key_of(&self, id: &str) -> Result<KeyFile, RunError> {
        let person = self.person(id)?;
        open(&person.key, &person.password)
    }

    /// The bytes of a person's key file, for a form that asks for it.
    pub(crate) fn key_bytes(&self, id: &str) -> Result<Vec<u8>, RunError> {
        let path = &self.person(id)?.key;
        std::fs::read(path).map_err(|why| RunError::File {
            path: path.display().to_string(),
            why: why.to_string(),
        })
    }

    /// Opens the key file of an information system.
    pub(crate) fn key_of_sender(&self, id: &str) -> Result<KeyFile, RunError> {
        let sender = self
            .endpoints
            .sender(id)
            .ok_or_else(|| RunError::EndpointsLack(format!("sender {id:?}")))?;
        open(&sender.key, &sender.key_password)
    }

    pub(crate) fn control(&self, actor: Actor) -> Result<ControlClient, RunError> {
        let address = self
            .endpoints
            .control
            .actors
            .get(actor.name())
            .ok_or_else(|| RunError::EndpointsLack(format!("control port of {actor}")))?;
        let control = ControlClient::new(address, self.token.clone());
        Ok(control.calling_by(&self.client))
    }

    /// The simulated moment, as the portal's control port says it.
    pub(crate) async fn now(&self) -> Result<Moment, RunError> {
        let control = self.control(Actor::Portal)?;
        let view: ClockView = control
            .get("/clock")
            .await
            .map_err(|error| asked(Actor::Portal, error))?;
        Moment::parse(&view.now).map_err(|error| RunError::Scenario(error.to_string()))
    }

    /// Set-up: the clock of all actors goes on by this, by the catalogue's calendar.
    pub(crate) async fn advance(&self, by: Period) -> Result<(), RunError> {
        let console = ControlClient::new(&self.endpoints.control.url, self.token.clone());
        let console = console.calling_by(&self.client);
        let says = |error| asked(Actor::Console, error);
        let now: ClockView = console.get("/clock").await.map_err(says)?;
        let begin =
            Moment::parse(&now.now).map_err(|error| RunError::Scenario(error.to_string()))?;
        let end = by.due(begin, self.catalogue.calendar());
        let by_ms = end.unix_ms().saturating_sub(begin.unix_ms());
        let offset_ms = now.offset_ms.saturating_add(by_ms);
        console.set_clock(offset_ms).await.map_err(says)?;
        Ok(())
    }

    /// Set-up: the person register forgets a ready-made person, or knows them again.
    pub(crate) async fn set_living(&self, person: &str, living: bool) -> Result<(), RunError> {
        let body = json!({ "iin": self.person(person)?.iin, "living": living });
        let control = self.control(Actor::Portal)?;
        let _: Value = control
            .put("/persons", &body)
            .await
            .map_err(|error| asked(Actor::Portal, error))?;
        Ok(())
    }

    /// Set-up: the rule's actor makes mistakes on purpose; gives back the rule's id.
    pub(crate) async fn switch_mischief_on(&self, rule: &Mischief) -> Result<String, RunError> {
        let actor = rule.actor.actor();
        let on = self.control(actor)?.post("/mischief", rule).await;
        let view: Value = on.map_err(|error| asked(actor, error))?;
        if actor == Actor::Nca {
            self.forget_answers().await?;
        }
        let id = view.pointer("/rule/id").and_then(Value::as_str);
        Ok(id.unwrap_or_default().to_owned())
    }

    /// Set-up: these mistakes are made no more.
    pub(crate) async fn switch_mischief_off(
        &self,
        rules: &[(Actor, String)],
    ) -> Result<(), RunError> {
        for (actor, id) in rules {
            let control = self.control(*actor)?;
            let off = control.delete(&format!("/mischief/{id}")).await;
            let _: Value = off.map_err(|error| asked(*actor, error))?;
        }
        if rules.iter().all(|(actor, _)| *actor != Actor::Nca) {
            return Ok(());
        }
        self.forget_answers().await
    }

    /// Set-up: the authority suspends a certificate.
    pub(crate) async fn suspend(&self, certificate: &str) -> Result<(), RunError> {
        self.change(certificate, "suspend").await
    }

    /// Set-up: the authority ends a suspension.
    pub(crate) async fn resume(&self, certificate: &str) -> Result<(), RunError> {
        self.change(certificate, "resume").await
    }

    async fn change(&self, certificate: &str, change: &str) -> Result<(), RunError> {
        let nca = Actor::Nca;
        let path = format!("/certificates/{}/{change}", escaped(certificate));
        let changed = self.control(nca)?.post(&path, &json!({})).await;
        let _: Value = changed.map_err(|error| asked(nca, error))?;
        self.forget_answers().await
    }

    /// What the others keep of the authority's earlier answers is forgotten: they forget when their clock is set, and
    /// it is set to what it is.
    async fn forget_answers(&self) -> Result<(), RunError> {
        for actor in [Actor::Portal, Actor::Gateway, Actor::RegionalGateway] {
            let control = self.control(actor)?;
            let now: ClockView = control
                .get("/clock")
                .await
                .map_err(|error| asked(actor, error))?;
            control
                .set_clock(now.offset_ms)
                .await
                .map_err(|error| asked(actor, error))?;
        }
        Ok(())
    }

    /// Observation: what all actors recorded about a message, each actor's steps in its own order.
    pub(crate) async fn trace(&self, message: &MessageId) -> Result<Vec<Vec<Recorded>>, RunError> {
        let mut traces = Vec::new();
        for actor in [Actor::Portal, Actor::Gateway, Actor::RegionalGateway] {
            let control = self.control(actor)?;
            let path = format!("/trace/{}", escaped(message.as_str()));
            let lines: Vec<TraceLine> = control
                .get(&path)
                .await
                .map_err(|error| asked(actor, error))?;
            let recorded = lines.into_iter().map(|line| {
                Ok(Recorded {
                    actor,
                    at: Moment::parse(&line.at)
                        .map_err(|error| RunError::Scenario(error.to_string()))?,
                    element: line.element,
                    outcome: line.outcome,
                    label: line.label.as_deref().and_then(RefusalLabel::parse),
                })
            });
            traces.push(recorded.collect::<Result<Vec<_>, RunError>>()?);
        }
        Ok(traces)
    }
}

fn open(path: &std::path::Path, password: &str) -> Result<KeyFile, RunError> {
    let file = |why: String| RunError::File {
        path: path.display().to_string(),
        why,
    };
    let bytes = std::fs::read(path).map_err(|why| file(why.to_string()))?;
    pkcs12::read(&bytes, password).map_err(|why| file(why.to_string()))
}

fn asked(actor: Actor, error: qaqpa_transport::ControlError) -> RunError {
    RunError::Control {
        actor: actor.to_string(),
        error,
    }
}

/// The braces of message ids may not stand in a path.
fn escaped(text: &str) -> String {
    text.replace('{', "%7B").replace('}', "%7D")
}
