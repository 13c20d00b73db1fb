//! Sends spans to a collector: OTLP over HTTP, in batches, dropping what is too much.
//!
//! Source: OpenTelemetry Protocol specification 1.5, "OTLP/HTTP": `POST /v1/traces`, `application/x-protobuf`. A collector
//! that is slow or gone costs an actor a bounded queue and nothing else.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::context::TraceContext;
use super::protobuf;
use super::span::SpanKind;
use super::{Family, Metrics};
use crate::client::{ClientLimits, HttpClient, Reach};
use crate::clock::real_unix_ms;
use crate::shutdown::Shutdown;
use crate::start::Watching;
use crate::tls::ClientTls;

/// Spans that may wait for the collector.
const WAITING_MAX: usize = 8192;

/// Spans of one request to it.
const BATCH_MAX: usize = 512;

/// How long the first span of a batch waits for others.
const GATHERING: Duration = Duration::from_millis(500);

/// How long the last spans may take after the wish to stop.
const FAREWELL_MAX: Duration = Duration::from_secs(3);

/// A span that has ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) context: TraceContext,
    pub(crate) parent: Option<TraceContext>,
    pub(crate) name: Cow<'static, str>,
    pub(crate) kind: SpanKind,
    /// Nanoseconds of real time since 1970.
    pub(crate) begun_ns: u64,
    pub(crate) ended_ns: u64,
    pub(crate) facts: Vec<(&'static str, String)>,
    pub(crate) failure: Option<String>,
}

/// Takes spans in.
#[derive(Clone, Debug)]
pub(crate) struct Tracer {
    waiting: mpsc::Sender<Record>,
    /// Two readings of one moment: a span's moments go on steadily from here.
    anchor: (Instant, u64),
}

impl Tracer {
    /// Real time: a collector puts spans of many programs side by side.
    pub(crate) fn now_ns(&self) -> u64 {
        let since = u64::try_from(self.anchor.0.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.anchor.1.saturating_add(since)
    }

    /// Hands a span over; without room it is dropped, and counted.
    pub(crate) fn tell(&self, record: Record, metrics: &Metrics) {
        if self.waiting.try_send(record).is_err() {
            metrics.add(Family::SpansRecorded, &["dropped"], 1);
        }
    }
}

/// The other end: sends what was told.
#[derive(Debug)]
pub(crate) struct Exporter {
    actor: String,
    url: String,
    client: HttpClient,
    waiting: mpsc::Receiver<Record>,
    metrics: Metrics,
}

/// Both ends for an actor's spans; `None` where nobody wants them.
///
/// # Errors
/// One sentence where the collector's address, or what is trusted of it, cannot be used.
pub(crate) fn open(actor: &str, watching: &Watching) -> Result<Option<(Tracer, Exporter)>, String> {
    let Some((url, client)) = collector(watching)? else {
        return Ok(None);
    };
    let (told, waiting) = mpsc::channel(WAITING_MAX);
    let unix_ns = u64::try_from(real_unix_ms())
        .unwrap_or(0)
        .saturating_mul(1_000_000);
    let tracer = Tracer {
        waiting: told,
        anchor: (Instant::now(), unix_ns),
    };
    let exporter = Exporter {
        actor: actor.to_owned(),
        url,
        client,
        waiting,
        metrics: Metrics::default(),
    };
    Ok(Some((tracer, exporter)))
}

/// Where spans are sent, and by whom.
///
/// # Errors
/// As [`open`].
pub(crate) fn collector(watching: &Watching) -> Result<Option<(String, HttpClient)>, String> {
    let trust = watching.traces_trust.as_deref();
    let Some(address) = &watching.traces else {
        return match trust {
            None => Ok(None),
            Some(_) => Err(
                "traces-trust says whom to trust, and not where traces go: say traces = \"https://HOST:PORT\" too"
                    .to_owned(),
            ),
        };
    };
    let url = url_of(address).map_err(|why| format!("traces: {why}"))?;
    // The operator has named the host.
    let limits = ClientLimits {
        seconds_max: 10,
        reach: Reach::Anywhere,
        ..ClientLimits::default()
    };
    let client = match (url.starts_with("https://"), trust) {
        (true, trust) => HttpClient::new(&trusting(trust)?, limits),
        (false, None) => HttpClient::plain(limits),
        (false, Some(_)) => {
            return Err(format!(
                "traces-trust is for a collector over TLS, and {url} is none: write https://, or leave it out"
            ));
        }
    };
    Ok(Some((url, client)))
}

fn trusting(file: Option<&Path>) -> Result<ClientTls, String> {
    let trusted = match file {
        Some(file) => ClientTls::trusting_file(file),
        None => ClientTls::trusting_system(),
    };
    trusted.map_err(|error| {
        format!("traces-trust: {error}; name a PEM file with the collector's authority: traces-trust = \"FILE\"")
    })
}

/// The address of traces below a collector's, as OTEL_EXPORTER_OTLP_ENDPOINT means it.
///
/// # Errors
/// One sentence where it is no `http://` or `https://` address of a host.
pub(crate) fn url_of(address: &str) -> Result<String, String> {
    let wrong = || {
        format!(
            "{address:?} is no address of a collector: write http://HOST:PORT or https://HOST:PORT, such as http://127.0.0.1:4318"
        )
    };
    let uri: http::Uri = address.parse().map_err(|_| wrong())?;
    if !matches!(uri.scheme_str(), Some("http" | "https"))
        || uri.host().is_none_or(str::is_empty)
        || uri.query().is_some()
    {
        return Err(wrong());
    }
    if address.contains('@') {
        return Err("a collector's address must hold no password".to_owned());
    }
    let base = address.trim_end_matches('/');
    Ok(if base.ends_with("/v1/traces") {
        base.to_owned()
    } else {
        format!("{base}/v1/traces")
    })
}

impl Exporter {
    /// What becomes of the spans is counted here.
    pub(crate) fn counting_in(mut self, metrics: &Metrics) -> Self {
        self.metrics = metrics.clone();
        self
    }

    /// Sends until the wish to stop, and what is left then.
    pub(crate) async fn run(mut self, shutdown: Shutdown) {
        let mut batch = Vec::new();
        loop {
            tokio::select! {
                biased;
                got = self.waiting.recv_many(&mut batch, BATCH_MAX) => {
                    if got == 0 {
                        return;
                    }
                    self.gather(&mut batch).await;
                    self.send(&mut batch).await;
                }
                () = shutdown.begun() => break,
            }
        }
        let rest = async {
            // Doors and workers end at the same wish: their last spans come within moments.
            tokio::time::sleep(GATHERING).await;
            while !self.waiting.is_empty() {
                self.waiting.recv_many(&mut batch, BATCH_MAX).await;
                self.send(&mut batch).await;
            }
        };
        tokio::time::timeout(FAREWELL_MAX, rest).await.ok();
    }

    async fn gather(&mut self, batch: &mut Vec<Record>) {
        let until = Instant::now() + GATHERING;
        while batch.len() < BATCH_MAX {
            let room = BATCH_MAX - batch.len();
            let more = self.waiting.recv_many(batch, room);
            match tokio::time::timeout_at(until, more).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    async fn send(&self, batch: &mut Vec<Record>) {
        let number = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let body = protobuf::request(&self.actor, batch);
        batch.clear();
        let answer = self
            .client
            .post(&self.url, "application/x-protobuf", body)
            .await;
        let outcome = match answer {
            Ok(answer) if answer.status.is_success() => "sent",
            Ok(answer) => {
                tracing::debug!(status = %answer.status, "the collector of traces refused");
                "lost"
            }
            Err(error) => {
                tracing::debug!(%error, "the collector of traces does not answer");
                "lost"
            }
        };
        self.metrics.add(Family::SpansRecorded, &[outcome], number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collectors_address_is_of_http_and_without_a_password() {
        let secure = url_of("https://collector.example");
        assert_eq!(secure.as_deref(), Ok("https://collector.example/v1/traces"));
        let ours = Ok("http://127.0.0.1:4318/v1/traces".to_owned());
        for address in [
            "http://127.0.0.1:4318",
            "http://127.0.0.1:4318/",
            "http://127.0.0.1:4318/v1/traces",
        ] {
            assert_eq!(url_of(address), ours, "{address}");
        }
        for wrong in [
            "",
            "127.0.0.1:4318",
            "grpc://127.0.0.1:4317",
            "http://",
            "http://a?b=c",
            "http://me:secret@127.0.0.1:4318",
        ] {
            assert!(url_of(wrong).is_err(), "{wrong}");
        }
        let told = url_of("http://me:secret@127.0.0.1:4318").unwrap_err();
        assert!(!told.contains("secret"), "{told}");
    }

    #[test]
    fn whom_to_trust_is_said_of_a_collector_over_tls_alone_and_can_be_read() {
        let of = |traces: Option<&str>, trust: Option<&Path>| {
            collector(&Watching {
                traces: traces.map(str::to_owned),
                traces_trust: trust.map(Path::to_owned),
            })
        };
        let folder = tempfile::tempdir().unwrap();
        let authority = crate::TlsAuthority::open_or_create(folder.path()).unwrap();
        let pem = folder.path().join("collector.pem");
        std::fs::write(&pem, authority.root_pem()).unwrap();
        assert!(of(None, None).unwrap().is_none());
        let (url, _) = of(Some("https://c.example:4318"), Some(&pem))
            .unwrap()
            .unwrap();
        assert_eq!(url, "https://c.example:4318/v1/traces");
        for (traces, trust, remedy) in [
            (None, &*pem, "say traces = \"https://HOST:PORT\" too"),
            (
                Some("http://c.example:4318"),
                &*pem,
                "write https://, or leave it out",
            ),
            (
                Some("https://c.example:4318"),
                Path::new("nowhere.pem"),
                "traces-trust = \"FILE\"",
            ),
        ] {
            let why = of(traces, Some(trust)).map(drop).unwrap_err();
            assert!(why.ends_with(remedy), "{why}");
        }
    }

    #[tokio::test]
    async fn spans_without_room_are_dropped_and_counted() {
        let watching = Watching {
            traces: Some("http://127.0.0.1:9".to_owned()),
            ..Watching::default()
        };
        let (tracer, exporter) = open("gateway", &watching).unwrap().unwrap();
        let metrics = Metrics::default();
        let record = || Record {
            context: TraceContext::below(None),
            parent: None,
            name: "work".into(),
            kind: SpanKind::Internal,
            begun_ns: 1,
            ended_ns: 2,
            facts: Vec::new(),
            failure: None,
        };
        for _ in 0..WAITING_MAX + 3 {
            tracer.tell(record(), &metrics);
        }
        let dropped = metrics.figure(Family::SpansRecorded, &["dropped"]);
        assert_eq!(dropped, Some(super::super::Figure::Count(3)));
        drop(exporter);
    }
}
