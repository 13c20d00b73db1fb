//! The HTTP client: limits on time and bytes, no redirects, no proxies, no far hosts unless allowed.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use thiserror::Error;

use crate::tls::{ClientTls, TlsError};

/// The HTTP client of every actor. Clones share the connections.
///
/// It follows no redirect: an answer of status 302 is an answer.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    limits: ClientLimits,
}

/// What the other side may cost us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientLimits {
    /// Seconds for connecting, TLS included in `seconds_max`.
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
    /// No connection, a broken TLS handshake, or a connection that broke.
    #[error("{0}")]
    Network(String),
    /// The answer was not there in time.
    #[error("no answer within {seconds} s")]
    Timeout {
        /// The limit.
        seconds: u64,
    },
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
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            // Shorter than the listener keeps idle connections, so that we are the first to let go.
            .pool_idle_timeout(Duration::from_secs(5))
            .pool_max_idle_per_host(16)
            .build(connector);
        Self { client, limits }
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
        self.allowed(request.uri())?;
        let seconds = self.limits.seconds_max;
        tokio::time::timeout(Duration::from_secs(seconds), self.exchange(request))
            .await
            .unwrap_or(Err(HttpError::Timeout { seconds }))
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<HttpAnswer, HttpError> {
        let answer = self
            .client
            .request(request.map(Full::new))
            .await
            .map_err(|error| HttpError::Network(with_causes(&error)))?;
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

    fn allowed(&self, uri: &Uri) -> Result<(), HttpError> {
        let host = uri.host().ok_or_else(|| HttpError::Url(uri.to_string()))?;
        if self.limits.reach == Reach::Anywhere || is_loopback(host) {
            return Ok(());
        }
        Err(HttpError::Forbidden {
            host: host.to_owned(),
        })
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
}
