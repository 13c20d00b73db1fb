//! A gateway that is up, with its neighbours, in a folder of its own.

use std::path::Path;
use std::time::Duration;

use qaqpa_channel::envelope::{bounds, xml_limits};
use qaqpa_gateway::Config;
use qaqpa_model::{Actor, ActorName, Limits, RefusalLabel};
use qaqpa_transport::{
    ActorStart, ClientLimits, Clock, ControlClient, HttpAnswer, HttpClient, Running, TlsAuthority,
};
use qaqpa_wire::{Fault, SendMessageResponse};
use qaqpa_xml::Document;
use qaqpa_xmldsig::find_wsse;
use tempfile::TempDir;

use crate::authority::Authority;
use crate::messages::noon;

pub(crate) struct Stand {
    pub(crate) dir: TempDir,
    pub(crate) clock: Clock,
    pub(crate) authority: Authority,
    pub(crate) gateway: Running,
    pub(crate) limits: Limits,
    pub(crate) outsider: HttpClient,
}

/// What the channel answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) http: HttpAnswer,
    pub(crate) document: Document,
}

impl Reply {
    pub(crate) fn fault(&self) -> Fault {
        Fault::read(&self.document)
            .unwrap()
            .unwrap_or_else(|| panic!("no fault: {}", self.http.text()))
    }

    pub(crate) fn acknowledgement(&self) -> SendMessageResponse {
        SendMessageResponse::read(&self.document)
            .unwrap_or_else(|error| panic!("{error}: {}", self.http.text()))
    }

    pub(crate) fn label(&self) -> Option<RefusalLabel> {
        self.fault().label()
    }
}

impl Stand {
    pub(crate) async fn start() -> Self {
        Self::start_with(Config::default(), Limits::default()).await
    }

    pub(crate) async fn start_with(config: Config, limits: Limits) -> Self {
        Self::begin(config, limits, "").await
    }

    /// A gateway that trusts and knows these, too.
    pub(crate) async fn start_trusting(pem: &str) -> Self {
        Self::begin(Config::default(), Limits::default(), pem).await
    }

    async fn begin(config: Config, limits: Limits, trusted: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::at(noon());
        let authority = Authority::start(dir.path(), &clock).await;
        Authority::trust_too(dir.path(), trusted);
        let gateway = start_gateway(dir.path(), &clock, config, limits).await;
        let outsider = client(dir.path(), None);
        Self {
            dir,
            clock,
            authority,
            gateway,
            limits,
            outsider,
        }
    }

    /// Kills the gateway as a power cut would, and starts it anew on the same folder.
    pub(crate) async fn kill_and_restart(self) -> Self {
        self.kill_and_restart_after(async |_| {}).await
    }

    /// As [`Self::kill_and_restart`]; something is done while the gateway is down.
    pub(crate) async fn kill_and_restart_after(self, work: impl AsyncFnOnce(&Path)) -> Self {
        self.kill_and_restart_with(Config::default(), work).await
    }

    /// As [`Self::kill_and_restart_after`], with other settings.
    pub(crate) async fn kill_and_restart_with(
        self,
        config: Config,
        work: impl AsyncFnOnce(&Path),
    ) -> Self {
        let Self {
            dir,
            clock,
            authority,
            gateway,
            limits,
            outsider,
        } = self;
        gateway.kill().await;
        work(dir.path()).await;
        let gateway = start_gateway(dir.path(), &clock, config, limits).await;
        Self {
            dir,
            clock,
            authority,
            gateway,
            limits,
            outsider,
        }
    }

    pub(crate) fn sync(&self) -> &str {
        self.gateway.address("sync").unwrap()
    }

    /// Posts as an integrator does, without a TLS identity.
    pub(crate) async fn post(&self, envelope: impl Into<bytes::Bytes>) -> Reply {
        self.post_by(&self.outsider, envelope).await
    }

    /// Posts with an actor's TLS identity.
    pub(crate) async fn post_as(&self, actor: Actor, envelope: impl Into<bytes::Bytes>) -> Reply {
        self.post_by(&client(self.dir.path(), Some(actor)), envelope)
            .await
    }

    /// Posts with the TLS identity of one of several of a kind.
    pub(crate) async fn post_as_named(
        &self,
        name: &ActorName,
        envelope: impl Into<bytes::Bytes>,
    ) -> Reply {
        let tls = TlsAuthority::open_or_create(self.dir.path()).unwrap();
        let client = HttpClient::new(&tls.client_named(name).unwrap(), ClientLimits::default());
        self.post_by(&client, envelope).await
    }

    /// Posts to the asynchronous channel, without a TLS identity.
    pub(crate) async fn post_async(&self, envelope: impl Into<bytes::Bytes>) -> Reply {
        self.post_async_by(&self.outsider, envelope).await
    }

    /// Posts to the asynchronous channel through this client.
    pub(crate) async fn post_async_by(
        &self,
        client: &HttpClient,
        envelope: impl Into<bytes::Bytes>,
    ) -> Reply {
        let address = self.gateway.address("async").unwrap();
        self.post_to(address, client, envelope).await
    }

    pub(crate) async fn post_by(
        &self,
        client: &HttpClient,
        envelope: impl Into<bytes::Bytes>,
    ) -> Reply {
        self.post_to(self.sync(), client, envelope).await
    }

    async fn post_to(
        &self,
        address: &str,
        client: &HttpClient,
        envelope: impl Into<bytes::Bytes>,
    ) -> Reply {
        let request = http::Request::post(address)
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", "\"\"")
            .body(envelope.into())
            .unwrap();
        let http = client.request(request).await.unwrap();
        let document = Document::parse(&http.body, &xml_limits(&self.limits))
            .unwrap_or_else(|error| panic!("{error}: {}", http.text()));
        Reply { http, document }
    }

    pub(crate) async fn get(&self, url: &str) -> HttpAnswer {
        self.outsider.get(url).await.unwrap()
    }

    /// Every answer of a handler is signed by the gateway: over this Body, with this key.
    pub(crate) fn assert_signed_by_the_gateway(&self, reply: &Reply) {
        let gateway = &self.authority.signatory("system-gateway").certificate;
        let found = find_wsse(&reply.document, &bounds(&self.limits)).unwrap();
        let (issuer, serial) = found.issuer_serial().unwrap();
        assert!(gateway.matches_issuer_serial(issuer, serial));
        assert!(found.certificates().is_empty());
        found.cover(gateway.spki_der()).unwrap();
    }

    /// Registers what this text of a register says, and gives what the control port answers.
    pub(crate) async fn register(&self, toml: &str) -> Result<serde_json::Value, String> {
        let toml = format!("version = 1\n{toml}");
        ControlClient::of(self.dir.path(), Actor::Gateway)
            .unwrap()
            .put("/systems", &serde_json::json!({ "toml": toml }))
            .await
            .map_err(|error| error.to_string())
    }

    /// The gateway forgets the evidence that it has kept: the clock is set, to where it is.
    pub(crate) async fn order_to_forget(&self) {
        let control = ControlClient::of(self.dir.path(), Actor::Gateway).unwrap();
        control.set_clock(self.clock.offset_ms()).await.unwrap();
    }

    /// Tells the control port to do something that takes no words.
    pub(crate) async fn order(&self, path: &str) -> serde_json::Value {
        ControlClient::of(self.dir.path(), Actor::Gateway)
            .unwrap()
            .post(path, &serde_json::json!({}))
            .await
            .unwrap()
    }

    pub(crate) async fn control(&self, path: &str) -> serde_json::Value {
        ControlClient::of(self.dir.path(), Actor::Gateway)
            .unwrap()
            .get(path)
            .await
            .unwrap()
    }
}

pub(crate) fn client(dir: &Path, actor: Option<Actor>) -> HttpClient {
    let tls = TlsAuthority::open_or_create(dir).unwrap();
    HttpClient::new(&tls.client(actor).unwrap(), ClientLimits::default())
}

async fn start_gateway(dir: &Path, clock: &Clock, config: Config, limits: Limits) -> Running {
    let start = ActorStart {
        clock: clock.clone(),
        limits,
        ..ActorStart::in_folder(dir)
    };
    qaqpa_gateway::start_with(start, config).await.unwrap()
}

/// Waits until something is there, at most twenty seconds.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..800 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("not within twenty seconds: {what}");
}
