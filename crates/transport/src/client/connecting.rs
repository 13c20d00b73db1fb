//! Connecting within a time: name, TCP and TLS together.
//!
//! A system takes connections for a process that is stopped or stuck, so that only the handshake tells whether anybody is
//! there.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use tower::Service;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A connector that gives up after this time.
#[derive(Clone, Debug)]
pub(super) struct Within<C> {
    pub(super) connector: C,
    pub(super) time: Duration,
}

impl<C> Service<Uri> for Within<C>
where
    C: Service<Uri, Error = Failure>,
    C::Response: Send,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, Failure>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.connector.poll_ready(cx)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connecting = tokio::time::timeout(self.time, self.connector.call(to));
        let seconds = self.time.as_secs();
        Box::pin(async move {
            connecting
                .await
                .unwrap_or_else(|_| Err(format!("no connection within {seconds} s").into()))
        })
    }
}
