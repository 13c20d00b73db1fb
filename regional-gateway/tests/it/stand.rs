//! A regional gateway that is up, with its neighbours, in a folder of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use qaqpa_channel::{ChannelClient, SendError, Sent, SystemKeys};
use qaqpa_model::{Actor, ActorName, Iin, Limits, MessageId, Moment, SenderId, ServiceAtAct};
use qaqpa_regional_gateway::WorkplaceConfig;
use qaqpa_transport::{
    ActorStart, ClientLimits, Clock, ControlClient, HttpClient, Running, TlsAuthority,
};
use qaqpa_wire::{
    Application, Attachment, BusinessData, FormField, Person, Property, SendMessageRequest,
};
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::sign_enveloped;
use tempfile::TempDir;

use crate::authority::{Authority, CITIZEN, password};
use crate::browser::Browser;
use crate::gateway::Gateway;

pub(crate) const SERVICE: &str = "guardianship-certificate@zhambyl-2019-23";

pub(crate) struct Stand {
    pub(crate) dir: TempDir,
    pub(crate) clock: Clock,
    pub(crate) authority: Authority,
    pub(crate) regional: Running,
    catalogue_dirs: Vec<PathBuf>,
}

pub(crate) fn noon() -> Moment {
    Moment::parse("2026-11-20T12:00:00+05:00").unwrap()
}

pub(crate) fn message_id(n: u32) -> MessageId {
    MessageId::parse(&format!("{{3f2504e0-4f89-41d3-9a0c-{n:012}}}")).unwrap()
}

impl Stand {
    pub(crate) async fn start() -> Self {
        Self::start_with(Vec::new()).await
    }

    pub(crate) async fn start_with(catalogue_dirs: Vec<PathBuf>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::at(noon());
        let authority = Authority::start(dir.path(), &clock).await;
        let regional = start_regional(dir.path(), &clock, &catalogue_dirs).await;
        Self {
            dir,
            clock,
            authority,
            regional,
            catalogue_dirs,
        }
    }

    /// Kills the regional gateway as a power cut would, and starts it anew on the same folder.
    pub(crate) async fn kill_and_restart(self) -> Self {
        let Self {
            dir,
            clock,
            authority,
            regional,
            catalogue_dirs,
        } = self;
        regional.kill().await;
        let regional = start_regional(dir.path(), &clock, &catalogue_dirs).await;
        Self {
            dir,
            clock,
            authority,
            regional,
            catalogue_dirs,
        }
    }

    pub(crate) async fn gateway(&self) -> Gateway {
        Gateway::start(self.dir.path(), &self.clock).await
    }

    /// Sends an application over the channel as the gateway does.
    pub(crate) async fn send(&self, request: &SendMessageRequest) -> Result<Sent, SendError> {
        self.send_as(Actor::Gateway, "system-gateway", request)
            .await
    }

    pub(crate) async fn send_as(
        &self,
        tls: Actor,
        system: &str,
        request: &SendMessageRequest,
    ) -> Result<Sent, SendError> {
        let address = self.regional.address("channel").unwrap();
        self.send_to(address, tls, system, request).await
    }

    pub(crate) async fn send_to(
        &self,
        address: &str,
        tls: Actor,
        system: &str,
        request: &SendMessageRequest,
    ) -> Result<Sent, SendError> {
        let client = ChannelClient::new(
            self.client(Some(tls)),
            SystemKeys::new(self.dir.path(), system),
            Limits::default(),
        );
        let peer = SenderId::parse("regional-gateway").unwrap();
        client.send(address, &peer, request).await
    }

    /// Sends as the gateway does to one of several regional gateways, whose own key must sign the answer.
    pub(crate) async fn send_to_branch(
        &self,
        address: &str,
        name: &ActorName,
        request: &SendMessageRequest,
    ) -> Result<Sent, SendError> {
        let client = ChannelClient::new(
            self.client(Some(Actor::Gateway)),
            SystemKeys::new(self.dir.path(), "system-gateway"),
            Limits::default(),
        );
        let peer = SenderId::parse(&name.to_string()).unwrap();
        client.send(address, &peer, request).await
    }

    pub(crate) fn client(&self, actor: Option<Actor>) -> HttpClient {
        let tls = TlsAuthority::open_or_create(self.dir.path()).unwrap();
        HttpClient::new(&tls.client(actor).unwrap(), ClientLimits::default())
    }

    /// A browser on the workplace, nobody logged in.
    pub(crate) fn visitor(&self) -> Browser {
        let base = self.regional.address("workplace").unwrap();
        Browser::new(self.client(None), base)
    }

    /// A browser with this member of the staff logged in.
    pub(crate) async fn member(&self, id: &str, iin: &str) -> Browser {
        let mut browser = self.visitor();
        let fields = [("iin", iin), ("password", &*password(id))];
        let page = browser.post("/login", "/login", &fields).await.expect(303);
        assert_eq!(page.location(), "/queue");
        browser
    }

    pub(crate) fn key_file(&self, id: &str) -> Vec<u8> {
        std::fs::read(self.dir.path().join(format!("identities/{id}.p12"))).unwrap()
    }

    pub(crate) async fn control(&self, path: &str) -> serde_json::Value {
        ControlClient::of(self.dir.path(), Actor::RegionalGateway)
            .unwrap()
            .get(path)
            .await
            .unwrap()
    }

    /// The elements of a message's way, with outcomes and labels: `condition-3:no:documents-refused`.
    pub(crate) async fn way(&self, message: &MessageId) -> Vec<String> {
        let trace = self.control(&format!("/trace/{message}")).await;
        let entries = trace.as_array().unwrap();
        entries
            .iter()
            .map(|entry| {
                let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
                let way = format!("{}:{}:{}", text("element"), text("outcome"), text("label"));
                way.trim_end_matches(':').to_owned()
            })
            .collect()
    }

    /// Registers the usual application, and gives the card's id.
    pub(crate) async fn card(&self, n: u32) -> String {
        let request = self.request(n, &application(SERVICE));
        self.send(&request).await.unwrap();
        self.card_of(&message_id(n)).await
    }

    pub(crate) async fn card_of(&self, message: &MessageId) -> String {
        let cards = self.control("/cards").await;
        let card = cards
            .as_array()
            .unwrap()
            .iter()
            .find(|card| card["message"] == message.as_str())
            .unwrap_or_else(|| panic!("no card of {message} in {cards}"));
        card["id"].as_str().unwrap().to_owned()
    }

    /// The message with a document signed by citizen-1.
    pub(crate) fn request(&self, n: u32, application: &Application) -> SendMessageRequest {
        let signer = self.authority.signatory("citizen-1").signer();
        let document =
            sign_enveloped(&application.to_xml(), &signer, &XmlLimits::default()).unwrap();
        self.request_with(n, &application.service, document)
    }

    pub(crate) fn request_with(
        &self,
        n: u32,
        service: &ServiceAtAct,
        document: Vec<u8>,
    ) -> SendMessageRequest {
        let property = |key: &str, value: String| Property {
            key: key.to_owned(),
            value,
        };
        SendMessageRequest {
            message_id: message_id(n),
            correlation_id: None,
            service_id: service.to_string(),
            message_date: self.clock.now(),
            route_id: None,
            sender: None,
            properties: vec![
                property("judged-at", self.clock.now().to_string()),
                property("verdict", "TOTAL-PASSED".to_owned()),
            ],
            session_id: None,
            data: BusinessData::new(document),
        }
    }
}

async fn start_regional(dir: &Path, clock: &Clock, catalogue_dirs: &[PathBuf]) -> Running {
    let start = ActorStart {
        clock: clock.clone(),
        catalogue_dirs: catalogue_dirs.to_vec(),
        ..ActorStart::in_folder(dir)
    };
    let config = WorkplaceConfig {
        answer_wait: Duration::from_secs(2),
        ..WorkplaceConfig::default()
    };
    qaqpa_regional_gateway::start_with(start, config)
        .await
        .unwrap()
}

/// An application with everything that the service asks for.
pub(crate) fn application(service: &str) -> Application {
    let iin = Iin::parse(CITIZEN).unwrap();
    let field = |name: &str, value: &str| FormField {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    Application {
        application_id: "a-1".to_owned(),
        service: ServiceAtAct::parse(service).unwrap(),
        channel: "portal".to_owned(),
        created_at: noon(),
        submitter: iin,
        organisation: None,
        applicant: Person {
            iin,
            surname: "ТЕСТОВА".to_owned(),
            given_name: "АЙГҮЛ".to_owned(),
            patronymic: Some("СЫНАҚҚЫЗЫ".to_owned()),
        },
        form: vec![
            field("child-iin", "061211600012"),
            field("child-surname", "ТЕСТОВ"),
            field("child-given-name", "ДАНИЯР <&>"),
            field("child-birth-date", "2006-12-11"),
            field("district", "taraz"),
            field("purpose", "мектеп"),
        ],
        attachments: vec![
            attachment("child-birth-certificate", "туу.pdf", b"%PDF-1.4 birth"),
            attachment(
                "guardianship-decision",
                "order.png",
                b"\x89PNG\r\n\x1a\n...",
            ),
            attachment("other", "page.html", b"<script>alert(1)</script>"),
        ],
    }
}

pub(crate) fn attachment(document: &str, name: &str, bytes: &[u8]) -> Attachment {
    Attachment {
        document: document.to_owned(),
        name: name.to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: bytes.to_vec(),
    }
}

/// The answers of an officer who finds everything in order.
pub(crate) const GRANT: [(&str, &str); 4] = [
    ("document.child-birth-certificate", "ok"),
    ("document.guardianship-decision", "ok"),
    ("document.other", "fault"),
    ("decision", "grant"),
];

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
