//! The client of control ports: for the command line, the console, and actors that ask the authority.

use std::path::Path;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use qaqpa_model::{Actor, ActorName};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::{ClockSet, ClockView, ControlRefusal, ControlToken};
use crate::client::{ClientLimits, HttpAnswer, HttpClient, HttpError};
use crate::files::FileError;
use crate::registry::{self, ActorRecord};
use crate::tls::TlsError;

/// A client of one control port.
#[derive(Clone, Debug)]
pub struct ControlClient {
    client: HttpClient,
    address: String,
    token: ControlToken,
}

/// Why a control port did not do what it was asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ControlError {
    /// A file of the data folder could not be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The answer was not the JSON that was expected.
    #[error("the control port's answer cannot be read: {0}")]
    Malformed(String),
    /// The port refused.
    #[error("{label}: {meaning}")]
    Refused {
        /// The status.
        status: StatusCode,
        /// The stable name.
        label: String,
        /// One sentence for the person.
        meaning: String,
    },
    /// What is trusted of TLS could not be read.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The actor is on another machine, and its control port is not told to this one.
    #[error(
        "the control port of {0} is on another machine and stays there; ask on that machine, or start the actor with --listen-control and copy its registration again"
    )]
    Untold(Actor),
    /// The actor is not registered in this data folder.
    #[error("{0} is not running here")]
    Unregistered(Actor),
    /// The port did not answer.
    #[error("the control port of {address} does not answer: {error}")]
    Unreachable {
        /// The port.
        address: String,
        /// Why.
        error: HttpError,
    },
}

impl ControlClient {
    /// A client of the port at this address (`http://127.0.0.1:14505`).
    #[must_use]
    pub fn new(address: &str, token: ControlToken) -> Self {
        Self {
            client: HttpClient::plain(ClientLimits::default()),
            address: address.trim_end_matches('/').to_owned(),
            token,
        }
    }

    /// A client of the port of this registration, which was found in this data folder: over TLS where it says so.
    ///
    /// # Errors
    /// [`ControlError::Untold`], [`ControlError::Tls`], [`ControlError::File`].
    pub fn of_record(dir: &Path, record: &ActorRecord) -> Result<Self, ControlError> {
        if record.control.is_empty() {
            return Err(ControlError::Untold(record.actor));
        }
        let client = Self::new(&record.control, ControlToken::read(dir)?);
        if record.control.starts_with("http://") {
            return Ok(client);
        }
        let http = HttpClient::of_folder(dir, ClientLimits::default())?;
        Ok(client.calling_by(&http))
    }

    /// A client of an actor that is registered in this data folder, or a neighbour.
    ///
    /// # Errors
    /// [`ControlError::Unregistered`], and as [`Self::of_record`].
    pub fn of(dir: &Path, actor: Actor) -> Result<Self, ControlError> {
        let record = registry::read(dir, actor)?.ok_or(ControlError::Unregistered(actor))?;
        Self::of_record(dir, &record)
    }

    /// A client of one of several of a kind.
    ///
    /// # Errors
    /// [`ControlError::Unregistered`], and as [`Self::of_record`].
    pub fn of_named(dir: &Path, name: &ActorName) -> Result<Self, ControlError> {
        let record =
            registry::read_named(dir, name)?.ok_or(ControlError::Unregistered(name.actor()))?;
        Self::of_record(dir, &record)
    }

    /// A client of each process of that name, where several share a database.
    ///
    /// # Errors
    /// [`ControlError::Unregistered`] where there is none, and as [`Self::of_record`].
    pub fn of_each(dir: &Path, name: &ActorName) -> Result<Vec<Self>, ControlError> {
        let records = registry::records(dir, name)?;
        if records.is_empty() {
            return Err(ControlError::Unregistered(name.actor()));
        }
        let client = |record| Self::of_record(dir, record);
        records.iter().map(client).collect()
    }

    /// The same client, which calls by this one: with its trust, where the port speaks TLS, and within its reach.
    #[must_use]
    pub fn calling_by(self, client: &HttpClient) -> Self {
        Self {
            client: client.clone(),
            ..self
        }
    }

    /// The same client, which waits so many seconds for an answer: some work takes its time.
    #[must_use]
    pub fn waiting(mut self, seconds_max: u64) -> Self {
        self.client = self.client.with_limits(ClientLimits {
            seconds_max,
            ..*self.client.limits()
        });
        self
    }

    /// Asks: `get("/trace/…")`.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ControlError> {
        self.exchange(Method::GET, path, None::<&()>).await
    }

    /// Sends a command with a JSON body. The answer may be `()` where there is none.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, ControlError> {
        self.exchange(Method::POST, path, Some(body)).await
    }

    /// Puts a JSON body.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn put<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, ControlError> {
        self.exchange(Method::PUT, path, Some(body)).await
    }

    /// Takes something away.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, ControlError> {
        self.exchange(Method::DELETE, path, None::<&()>).await
    }

    /// Sets the actor's clock and waits until it has adapted.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn set_clock(&self, offset_ms: i64) -> Result<ClockView, ControlError> {
        self.put("/clock", &ClockSet { offset_ms }).await
    }

    /// Asks for bytes as they are: a raw message of the journal.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn bytes(&self, path: &str) -> Result<Bytes, ControlError> {
        Ok(self.send(Method::GET, path, Bytes::new()).await?.body)
    }

    async fn exchange<B: Serialize, T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
    ) -> Result<T, ControlError> {
        let malformed = |error: serde_json::Error| ControlError::Malformed(error.to_string());
        let body = match body {
            None => Bytes::new(),
            Some(body) => serde_json::to_vec(body).map_err(malformed)?.into(),
        };
        let answer = self.send(method, path, body).await?;
        // "No content" reads as JSON's null, so that the caller may ask for ().
        let json: &[u8] = if answer.body.is_empty() {
            b"null"
        } else {
            &answer.body
        };
        serde_json::from_slice(json).map_err(malformed)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<HttpAnswer, ControlError> {
        let unreachable = |error| ControlError::Unreachable {
            address: self.address.clone(),
            error,
        };
        let url = format!("{}{path}", self.address);
        let mut request = Request::new(body);
        *request.uri_mut() = url
            .parse()
            .map_err(|error| unreachable(HttpError::Url(format!("{url}: {error}"))))?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", self.token.reveal()));
        let mut bearer = bearer.map_err(|error| ControlError::Malformed(error.to_string()))?;
        bearer.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        if method != Method::GET {
            request.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
        }
        *request.method_mut() = method;
        let answer = self.client.request(request).await.map_err(unreachable)?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        let refusal = serde_json::from_slice(&answer.body).unwrap_or_else(|_| ControlRefusal {
            label: answer
                .header("x-qaqpa-label")
                .unwrap_or("unknown")
                .to_owned(),
            meaning: format!("{}: {}", answer.status, answer.text().trim()),
        });
        Err(ControlError::Refused {
            status: answer.status,
            label: refusal.label,
            meaning: refusal.meaning,
        })
    }
}
