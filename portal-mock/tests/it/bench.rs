//! A portal with everything around it, in a folder of its own, on free ports.

use http::StatusCode;
use qaqpa_model::{Iin, Limits, MessageId, Moment, RefusalLabel, ServiceAtAct};
use qaqpa_regulations::{Catalogue, Channel, Flow, Meaning};
use qaqpa_transport::{
    ActorStart, ClientLimits, Clock, ControlClient, ControlToken, HttpClient, Running, TlsAuthority,
};
use qaqpa_wire::result::{Grounds, Titles};
use qaqpa_wire::{FormField, Outcome, Person, ResultDocument};
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{Signer, sign_enveloped};
use tempfile::TempDir;

use crate::authority::{Authority, CITIZEN, Holder, KEY_PASSWORD, OFFICER, PORTAL_PASSWORD};
use crate::browser::{Browser, Seen};
use crate::gateway::Gateway;

pub(crate) const SERVICE: &str = "guardianship-certificate@zhambyl-2019-23";
pub(crate) const PDF: &[u8] = b"%PDF-1.4\n% a document of the test\n";

/// The answers that fit the form.
pub(crate) const ANSWERS: &[(&str, &str)] = &[
    ("field.child-iin", "061211600012"),
    ("field.child-surname", "Тестов"),
    ("field.child-given-name", "Әли"),
    ("field.child-birth-date", "2006-12-11"),
    ("field.district", "taraz"),
    ("field.purpose", "for the <school> & the bank"),
];

pub(crate) struct Bench {
    pub(crate) dir: TempDir,
    pub(crate) clock: Clock,
    pub(crate) authority: Authority,
    pub(crate) gateway: Gateway,
    pub(crate) portal: Running,
    pub(crate) catalogue: Catalogue,
}

impl Bench {
    /// Everything is up.
    pub(crate) async fn up() -> Self {
        let bench = Self::without_gateway().await;
        bench.gateway.up().await;
        bench
    }

    /// The gateway has not come up yet.
    pub(crate) async fn without_gateway() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::at(Moment::parse("2026-11-20T10:00:00+05:00").unwrap());
        let authority = Authority::make(dir.path(), &clock).await;
        let gateway = Gateway::new(dir.path(), &clock);
        let portal = qaqpa_portal_mock::start(ActorStart {
            clock: clock.clone(),
            ..ActorStart::in_folder(dir.path())
        })
        .await
        .unwrap();
        Self {
            dir,
            clock,
            authority,
            gateway,
            portal,
            catalogue: Catalogue::embedded().unwrap(),
        }
    }

    /// The portal is killed, and comes up again on other ports.
    pub(crate) async fn killed_and_up_again(mut self) -> Self {
        let start = self.start();
        self.portal.kill().await;
        self.portal = qaqpa_portal_mock::start(start).await.unwrap();
        self
    }

    fn start(&self) -> ActorStart {
        ActorStart {
            clock: self.clock.clone(),
            ..ActorStart::in_folder(self.dir.path())
        }
    }

    pub(crate) fn browser(&self) -> Browser {
        let tls = TlsAuthority::open_or_create(self.dir.path()).unwrap();
        let client = HttpClient::new(&tls.client(None).unwrap(), ClientLimits::default());
        Browser::new(client, self.portal.address("pages").unwrap())
    }

    pub(crate) fn channel(&self) -> &str {
        self.portal.address("channel").unwrap()
    }

    pub(crate) async fn control(&self, path: &str) -> serde_json::Value {
        let token = ControlToken::open_or_create(self.dir.path()).unwrap();
        let client = ControlClient::new(self.portal.address("control").unwrap(), token);
        client.get(path).await.unwrap()
    }

    pub(crate) fn flow(&self) -> &Flow {
        let id = ServiceAtAct::parse(SERVICE).unwrap();
        let service = self.catalogue.service(&id).unwrap();
        service.flow(Channel::Portal).unwrap()
    }

    /// The element of that meaning: tests name no numbers either.
    pub(crate) fn element(&self, meaning: Meaning) -> String {
        self.flow().element_for(meaning).unwrap().id.to_string()
    }

    /// A refusal as pages say it.
    pub(crate) fn refused(
        &self,
        refusal: Meaning,
        condition: Meaning,
        label: RefusalLabel,
    ) -> Option<(String, String, String)> {
        Some((
            self.element(refusal),
            self.element(condition),
            label.to_string(),
        ))
    }

    /// The register of persons forgets somebody, or finds them again.
    pub(crate) async fn forget(&self, iin: &str, living: bool) {
        let token = ControlToken::open_or_create(self.dir.path()).unwrap();
        let client = ControlClient::new(self.portal.address("control").unwrap(), token);
        let body = serde_json::json!({ "iin": iin, "living": living });
        let _: serde_json::Value = client.put("/persons", &body).await.unwrap();
    }

    /// Looks at a page until an attribute has this value.
    pub(crate) async fn wait_for(&self, browser: &Browser, path: &str, name: &str, value: &str) {
        let mut last = None;
        for _ in 0..200 {
            last = browser.get(path).await.attribute(name);
            if last.as_deref() == Some(value) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{name} of {path} stayed {last:?}");
    }

    pub(crate) fn holder(&self, id: &str) -> &Holder {
        &self.authority.people[id]
    }

    /// Logs a ready-made person in.
    pub(crate) async fn logged_in(&self, iin: &str) -> Browser {
        let browser = self.browser();
        browser.get("/login").await;
        let seen = browser
            .post("/login", &[("iin", iin), ("password", PORTAL_PASSWORD)])
            .await;
        assert_eq!(seen.redirected_to(), "/cabinet");
        browser
    }

    /// Begins an application and fills the form; gives the application's path.
    pub(crate) async fn filled(&self, browser: &Browser) -> String {
        let (path, _) = begun(browser, SERVICE).await;
        let filled = browser
            .upload(
                &format!("{path}/form"),
                ANSWERS,
                &[
                    (
                        "document.child-birth-certificate",
                        "туу туралы куәлік.pdf",
                        "application/pdf",
                        PDF,
                    ),
                    (
                        "document.guardianship-decision",
                        "decision.pdf",
                        "application/pdf",
                        PDF,
                    ),
                ],
            )
            .await;
        assert_eq!(filled.redirected_to(), format!("{path}/certificate"));
        path
    }

    /// Chooses the certificate of this holder's key file.
    pub(crate) async fn chooses(&self, browser: &Browser, path: &str, holder: &str) -> Seen {
        browser.get(&format!("{path}/certificate")).await;
        let p12 = &self.holder(holder).p12;
        browser
            .upload(
                &format!("{path}/certificate"),
                &[("key_password", KEY_PASSWORD)],
                &[("key_file", "key.p12", "application/x-pkcs12", p12)],
            )
            .await
    }

    /// Signs here with this holder's key file.
    pub(crate) async fn signs(&self, browser: &Browser, path: &str, holder: &str) -> Seen {
        browser.get(&format!("{path}/sign")).await;
        let p12 = &self.holder(holder).p12;
        browser
            .upload(
                &format!("{path}/sign"),
                &[("key_password", KEY_PASSWORD)],
                &[("key_file", "key.p12", "application/x-pkcs12", p12)],
            )
            .await
    }

    /// An application of the citizen that the gateway has accepted: its path and its message id.
    pub(crate) async fn sent(&self, browser: &Browser) -> (String, MessageId) {
        let path = self.filled(browser).await;
        let chosen = self.chooses(browser, &path, "citizen-1").await;
        assert_eq!(chosen.redirected_to(), format!("{path}/sign"));
        let signed = self.signs(browser, &path, "citizen-1").await;
        assert_eq!(signed.redirected_to(), path);
        let status = browser.get(&path).await;
        assert_eq!(status.status, StatusCode::OK);
        assert_eq!(
            status.attribute("data-delivery").as_deref(),
            Some("accepted")
        );
        let message_id = status.attribute("data-message-id").unwrap();
        (path, MessageId::parse(&message_id).unwrap())
    }

    /// A result for an application, not signed yet.
    pub(crate) fn result(
        &self,
        path: &str,
        message_id: &MessageId,
        granted: bool,
    ) -> ResultDocument {
        ResultDocument {
            result_id: "TEST-1".to_owned(),
            application_id: path.rsplit('/').next().unwrap().to_owned(),
            service: ServiceAtAct::parse(SERVICE).unwrap(),
            message_id: message_id.clone(),
            issued_at: self.clock.now(),
            outcome: if granted {
                Outcome::Granted
            } else {
                Outcome::Refused
            },
            submitter: Iin::parse(OFFICER).unwrap(),
            applicant: Person {
                iin: Iin::parse(CITIZEN).unwrap(),
                surname: "ТЕСТОВА".to_owned(),
                given_name: "АЙГҮЛ".to_owned(),
                patronymic: None,
            },
            issuer: "education-department".to_owned(),
            titles: Titles {
                kk: "Анықтама".to_owned(),
                ru: "Справка".to_owned(),
                en: "Certificate <of> guardianship".to_owned(),
            },
            grounds: (!granted).then(|| Grounds {
                label: RefusalLabel::DocumentsRefused,
                text: "the decision is out of date".to_owned(),
            }),
            content: vec![FormField {
                name: "child-surname".to_owned(),
                value: "Тестов".to_owned(),
            }],
        }
    }

    /// The result, signed with this holder's key.
    pub(crate) fn signed(&self, result: &ResultDocument, holder: &str) -> Vec<u8> {
        self.sign(&result.to_xml(), holder)
    }

    pub(crate) fn sign(&self, xml: &[u8], holder: &str) -> Vec<u8> {
        let holder = self.holder(holder);
        let signer = Signer {
            key: &holder.key,
            certificate_der: holder.certificate.der(),
            algorithm: qaqpa_crypto::SignatureAlgorithm::RsaSha256,
        };
        sign_enveloped(xml, &signer, &xml_limits()).unwrap()
    }
}

pub(crate) fn xml_limits() -> XmlLimits {
    qaqpa_channel::envelope::xml_limits(&Limits::default())
}

/// Begins an application for this service; gives its path, and the page of its form.
pub(crate) async fn begun(browser: &Browser, service: &str) -> (String, Seen) {
    browser.get(&format!("/services/{service}")).await;
    let begun = browser
        .post(&format!("/services/{service}/applications"), &[])
        .await;
    let form = begun.redirected_to().to_owned();
    let page = browser.get(&form).await;
    (form.strip_suffix("/form").unwrap().to_owned(), page)
}
