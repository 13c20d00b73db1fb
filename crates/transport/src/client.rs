//! The HTTP client: limits on time and bytes, no redirects, no proxies, no far hosts unless allowed.

mod connecting;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use thiserror::Error;
use tokio::time::Instant;

use crate::tls::{ClientTls, TlsError};
use crate::watch::{self, Family, Span, SpanKind, TRACEPARENT};
use crate::{paths, registry};
use connecting::Within;

/// The HTTP client of every actor. Clones share the connections.
///
/// It follows no redirect: an answer of status 302 is an answer.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client<Within<HttpsConnector<HttpConnector>>, Full<Bytes>>,
    limits: ClientLimits,
    actors: Option<Arc<Actors>>,
}

/// The actors of a data folder, who may be called wherever they are: its own, and its neighbours.
#[derive(Debug)]
struct Actors {
    dir: PathBuf,
    known: Mutex<Option<(Instant, Arc<HashSet<String>>)>>,
}

/// How long the actors of a folder are held for known.
const ACTORS_KNOWN: Duration = Duration::from_secs(1);

impl Actors {
    /// Whether one of them has that door.
    async fn have(self: &Arc<Self>, uri: &Uri) -> bool {
        let Some(door) = registry::authority_of(uri) else {
            return false;
        };
        let actors = Arc::clone(self);
        let known = tokio::task::spawn_blocking(move || actors.doors()).await;
        known.is_ok_and(|doors| doors.contains(&door))
    }

    fn doors(&self) -> Arc<HashSet<String>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, doors)) = known.as_ref()
            && at.elapsed() < ACTORS_KNOWN
        {
            return Arc::clone(doors);
        }
        let doors = Arc::new(registry::authorities(&self.dir));
        *known = Some((Instant::now(), Arc::clone(&doors)));
        doors
    }
}

/// What the other side may cost us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientLimits {
    /// Seconds for connecting, TLS included.
    pub connect_seconds_max: u64,
    /// Seconds from the call to the last byte of the answer.
    pub seconds_max: u64,
    /// Bytes of an answer's body.
    pub answer_bytes_max: usize,
    /// Which hosts may be called at all.
    pub reach: Reach,
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self {
            connect_seconds_max: 5,
            seconds_max: 30,
            answer_bytes_max: 32 * 1024 * 1024,
            reach: Reach::Loopback,
        }
    }
}

/// Which hosts a client may call. Addresses come out of certificates too, and those come from strangers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Any host: for a simulator whose actors live on several machines.
    Anywhere,
    /// This machine only: `localhost`, `127.0.0.0/8`, `::1`.
    #[default]
    Loopback,
}

impl Reach {
    /// Whether a client of this reach calls the address at all: to be asked before somebody relies on it.
    ///
    /// # Errors
    /// [`HttpError::Forbidden`]; [`HttpError::Url`] where it is no address with a host.
    pub fn allows(self, url: &str) -> Result<(), HttpError> {
        let uri: Uri = url
            .parse()
            .map_err(|error| HttpError::Url(format!("{url}: {error}")))?;
        self.allows_uri(&uri)
    }

    fn allows_uri(self, uri: &Uri) -> Result<(), HttpError> {
        let host = uri.host().ok_or_else(|| HttpError::Url(uri.to_string()))?;
        if self == Self::Anywhere || is_loopback(host) {
            return Ok(());
        }
        Err(HttpError::Forbidden {
            host: host.to_owned(),
        })
    }
}

/// What the other side answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl HttpAnswer {
    /// The body as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The answer's body is longer than the limit.
    #[error("the answer is longer than {bytes_max} bytes")]
    AnswerTooLarge {
        /// The limit.
        bytes_max: usize,
    },
    /// The host is not one that may be called.
    #[error("{host} is not on this machine, and calling others is not allowed")]
    Forbidden {
        /// The host.
        host: String,
    },
    /// A connection that broke: the request may have been received.
    #[error("{0}")]
    Network(String),
    /// The answer was not there in time.
    #[error("no answer within {seconds} s")]
    Timeout {
        /// The limit.
        seconds: u64,
    },
    /// No connection, or a TLS handshake that failed or was not done in time: nothing of the request was sent.
    #[error("{0}")]
    Unconnected(String),
    /// The address is not one that can be called.
    #[error("not an address that can be called: {0}")]
    Url(String),
}

impl HttpClient {
    /// A client with this trust and identity.
    #[must_use]
    pub fn new(tls: &ClientTls, limits: ClientLimits) -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(limits.connect_seconds_max)));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config((*tls.config).clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let connector = Within {
            connector,
            time: Duration::from_secs(limits.connect_seconds_max),
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            // Shorter than the listener keeps idle connections, so that we are the first to let go.
            .pool_idle_timeout(Duration::from_secs(5))
            .pool_max_idle_per_host(16)
            .build(connector);
        Self {
            client,
            limits,
            actors: None,
        }
    }

    /// A client for plain HTTP: control ports, OCSP, CRL. HTTPS fails, since nothing is trusted.
    ///
    /// # Panics
    /// Never: the configuration is fixed.
    #[must_use]
    pub fn plain(limits: ClientLimits) -> Self {
        let tls: Result<ClientTls, TlsError> = ClientTls::trusting_nothing();
        Self::new(&tls.expect("the provider speaks TLS 1.2 and 1.3"), limits)
    }

    /// A client that trusts the TLS authority of this data folder, has no identity, and calls its actors wherever they are.
    ///
    /// # Errors
    /// [`TlsError::File`], [`TlsError::Trust`] where the folder has no such authority.
    pub fn of_folder(dir: &Path, limits: ClientLimits) -> Result<Self, TlsError> {
        let tls = ClientTls::trusting_file(&paths::trust_tls(dir))?;
        Ok(Self::new(&tls, limits).reaching_actors_of(dir))
    }

    /// The same client, which calls also the actors of this data folder that are on other machines: at the very hosts and
    /// ports that they have announced, whatever its reach.
    #[must_use]
    pub fn reaching_actors_of(self, dir: impl Into<PathBuf>) -> Self {
        let actors = Actors {
            dir: dir.into(),
            known: Mutex::new(None),
        };
        Self {
            actors: Some(Arc::new(actors)),
            ..self
        }
    }

    /// The limits of this client.
    #[must_use]
    pub const fn limits(&self) -> &ClientLimits {
        &self.limits
    }

    /// The same client (and connections) with other limits of time and bytes.
    #[must_use]
    pub fn with_limits(&self, limits: ClientLimits) -> Self {
        Self {
            client: self.client.clone(),
            limits,
            actors: self.actors.clone(),
        }
    }

    /// Asks for this address.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn get(&self, url: &str) -> Result<HttpAnswer, HttpError> {
        self.request(build(Method::GET, url, None, Bytes::new())?)
            .await
    }

    /// Posts a body of this media type.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn post(
        &self,
        url: &str,
        media_type: &str,
        body: impl Into<Bytes>,
    ) -> Result<HttpAnswer, HttpError> {
        self.request(build(Method::POST, url, Some(media_type), body.into())?)
            .await
    }

    /// Sends a request that was built by hand.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn request(&self, request: Request<Bytes>) -> Result<HttpAnswer, HttpError> {
        self.allows(request.uri()).await?;
        let begun = Instant::now();
        let span = span_of(&request);
        let answer = span.around(self.call(request)).await;
        let outcome = outcome(&answer);
        watch::count(Family::Calls, &[outcome]);
        watch::observe(Family::CallSeconds, &[outcome], begun.elapsed());
        answer
    }

    async fn allows(&self, uri: &Uri) -> Result<(), HttpError> {
        let allowed = self.limits.reach.allows_uri(uri);
        match &self.actors {
            Some(actors) if allowed.is_err() && actors.have(uri).await => Ok(()),
            _ => allowed,
        }
    }

    /// Calls within the limit of time; whoever is called is told of the trace.
    async fn call(&self, mut request: Request<Bytes>) -> Result<HttpAnswer, HttpError> {
        let context = watch::context().map(|context| context.to_string());
        if let Some(value) = context.and_then(|text| HeaderValue::try_from(text).ok()) {
            request.headers_mut().insert(TRACEPARENT, value);
        }
        let seconds = self.limits.seconds_max;
        let answer = tokio::time::timeout(Duration::from_secs(seconds), self.exchange(request))
            .await
            .unwrap_or(Err(HttpError::Timeout { seconds }));
        match &answer {
            Ok(answer) => watch::note("http.response.status_code", answer.status.as_str()),
            Err(error) => watch::failed(error.to_string()),
        }
        answer
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<HttpAnswer, HttpError> {
        let answer =
            self.client
                .request(request.map(Full::new))
                .await
                .map_err(|error| match error.is_connect() {
                    true => HttpError::Unconnected(with_causes(&error)),
                    false => HttpError::Network(with_causes(&error)),
                })?;
        let (parts, body) = answer.into_parts();
        let bytes_max = self.limits.answer_bytes_max;
        let body = Limited::new(body, bytes_max)
            .collect()
            .await
            .map_err(|error| {
                if error.is::<LengthLimitError>() {
                    HttpError::AnswerTooLarge { bytes_max }
                } else {
                    HttpError::Network(with_causes(&*error))
                }
            })?
            .to_bytes();
        Ok(HttpAnswer {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }
}

/// The span of a call.
fn span_of(request: &Request<Bytes>) -> Span {
    if !watch::is_recorded() {
        return Span::new("call", SpanKind::Client);
    }
    let uri = request.uri();
    let name = format!("{} /{}", request.method(), first_segment(uri));
    Span::new(name, SpanKind::Client)
        .with("server.address", uri.host().unwrap_or_default())
        .with("url.path", uri.path())
}

/// A span is named by what is called and not by whom it is about: ids stand further behind.
fn first_segment(uri: &Uri) -> &str {
    uri.path().split('/').nth(1).unwrap_or_default()
}

/// How a call ended, in a word for the numbers.
fn outcome(answer: &Result<HttpAnswer, HttpError>) -> &'static str {
    match answer {
        Ok(answer) => match answer.status.as_u16() / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        },
        Err(HttpError::AnswerTooLarge { .. }) => "answer-too-large",
        Err(HttpError::Forbidden { .. } | HttpError::Url(_)) => "not-called",
        Err(HttpError::Network(_) | HttpError::Unconnected(_)) => "no-connection",
        Err(HttpError::Timeout { .. }) => "timeout",
    }
}

fn build(
    method: Method,
    url: &str,
    media_type: Option<&str>,
    body: Bytes,
) -> Result<Request<Bytes>, HttpError> {
    let malformed = |error: &dyn std::fmt::Display| HttpError::Url(format!("{url}: {error}"));
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = url.parse().map_err(|error| malformed(&error))?;
    if let Some(media_type) = media_type {
        let value = HeaderValue::from_str(media_type).map_err(|error| malformed(&error))?;
        request.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    Ok(request)
}

/// Whether the host of an address is this machine's loopback (names other than `localhost` are not looked up).
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "10.0.0.1",
            "example.com",
            "localhost.evil.test",
            "127.1",
            "[::2]",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[tokio::test]
    async fn far_hosts_are_refused_before_a_packet_leaves() {
        let client = HttpClient::plain(ClientLimits::default());
        assert_eq!(
            client.get("http://192.0.2.1/ocsp/").await,
            Err(HttpError::Forbidden {
                host: "192.0.2.1".to_owned()
            })
        );
        assert!(matches!(
            client.get("/no-host").await,
            Err(HttpError::Url(_))
        ));
    }

    #[tokio::test]
    async fn an_actor_of_the_folder_is_called_wherever_it_is_at_its_own_doors_alone() {
        let dir = tempfile::tempdir().unwrap();
        let limits = ClientLimits {
            connect_seconds_max: 1,
            seconds_max: 1,
            ..ClientLimits::default()
        };
        let neighbour = paths::neighbours(dir.path()).join("nca.json");
        let text = r#"{"actor": "nca", "addresses": {"ocsp": "http://192.0.2.1:14502/ocsp/"}}"#;
        crate::files::write_private(&neighbour, text.as_bytes()).unwrap();
        let client = HttpClient::plain(limits).reaching_actors_of(dir.path());
        let forbidden = |answer: Result<HttpAnswer, HttpError>| {
            matches!(answer, Err(HttpError::Forbidden { .. }))
        };
        // An address of documentation (RFC 5737) answers nobody, but it is called.
        assert!(!forbidden(client.get("http://192.0.2.1:14502/crl/").await));
        assert!(forbidden(client.get("http://192.0.2.1:5432/").await));
        assert!(forbidden(client.get("http://192.0.2.2:14502/").await));
        let stricter = client.with_limits(limits);
        assert!(!forbidden(stricter.get("http://192.0.2.1:14502/").await));
    }
}
