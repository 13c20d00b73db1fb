//! Asking for a time stamp (RFC 3161 over HTTP, §3.4).

use std::path::Path;

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_model::Moment;
use qaqpa_transport::{ClientLimits, HttpClient, Reach};
use qaqpa_verdict::SKEW_MAX;
use qaqpa_x509::tsp::{self, Imprint, Response, StampRequest, Stamped, Wanted};

use crate::exit::Failure;
use crate::running;

/// A time-stamping authority at its address.
pub(in crate::command) struct Stamper {
    client: HttpClient,
    url: String,
    at: Moment,
}

impl Stamper {
    /// The one of this address, or the running simulator's.
    pub(in crate::command) fn of(
        data: &Path,
        url: Option<&str>,
        at: Moment,
    ) -> Result<Self, Failure> {
        let (url, reach) = match url {
            // Whoever writes an address on the command line means it, on whatever machine.
            Some(url) => (url.to_owned(), Reach::Anywhere),
            None => (running::endpoints(data)?.nca.tsp, Reach::Loopback),
        };
        let limits = ClientLimits {
            reach,
            ..ClientLimits::default()
        };
        Ok(Self {
            client: HttpClient::plain(limits).reaching_actors_of(data),
            url,
            at,
        })
    }

    /// A token over these octets that holds together. Whether its authority is trusted is for `qaqpa verify` to say.
    pub(in crate::command) async fn stamp(&self, octets: &[u8]) -> Result<Vec<u8>, Failure> {
        let nonce = uuid::Uuid::new_v4();
        let request = StampRequest::new(Imprint::of(DigestAlgorithm::Sha256, octets))
            .with_nonce(nonce.as_bytes());
        let answer = self
            .client
            .post(&self.url, "application/timestamp-query", request.encode())
            .await
            .map_err(|error| self.refused(error))?;
        if !answer.status.is_success() {
            return Err(self.refused(format!("HTTP {}", answer.status)));
        }
        let response = Response::decode(&answer.body).map_err(|error| self.refused(error))?;
        let token = response.token().map_err(|error| self.refused(error))?;
        let wanted = Wanted {
            nonce: request.nonce.as_deref(),
            policy: None,
            not_before: None,
            at: self.at,
            skew_max: SKEW_MAX,
            accuracy_max: tsp::ACCURACY_MAX,
        };
        tsp::verify(token, Stamped::Data(octets), &wanted, &[])
            .map_err(|error| self.refused(error))?;
        Ok(token.to_vec())
    }

    fn refused(&self, error: impl std::fmt::Display) -> Failure {
        Failure::no(format!("no time stamp from {}: {error}", self.url))
    }
}
