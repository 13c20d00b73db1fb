//! A citizen with a browser on the portal.

use std::collections::BTreeMap;
use std::time::Duration;

use qaqpa_model::{MessageId, ServiceAtAct};
use qaqpa_regulations::Service;

use super::document::spoilt;
use super::{SeenRefusal, Went};
use crate::browser::{Browser, Page, Upload};
use crate::error::RunError;
use crate::sample;
use crate::scenario::Spoil;
use crate::stand::Stand;

/// How long the citizen waits for a status to change.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the page is opened anew meanwhile.
const GLANCE: Duration = Duration::from_millis(150);

/// A citizen, the application in hand and the page that is open.
pub(crate) struct Citizen<'s> {
    stand: &'s Stand,
    browser: Browser,
    page: Option<Page>,
    application: Option<Application>,
}

/// What the page says of the application in hand.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    pub(crate) id: String,
    pub(crate) message: MessageId,
}

/// A document out of the cabinet.
#[derive(Clone, Debug)]
pub(crate) struct CabinetDocument {
    /// `granted` or `refused`.
    pub(crate) outcome: String,
    /// The portal's verdict.
    pub(crate) verdict: String,
    /// The exact signed bytes.
    pub(crate) bytes: Vec<u8>,
}

impl<'s> Citizen<'s> {
    pub(crate) fn new(stand: &'s Stand) -> Self {
        let browser = stand.browser(&stand.endpoints().portal);
        Self {
            stand,
            browser,
            page: None,
            application: None,
        }
    }

    pub(crate) const fn application(&self) -> Option<&Application> {
        self.application.as_ref()
    }

    pub(crate) async fn log_in(
        &mut self,
        who: &str,
        password: Option<&str>,
        service: &ServiceAtAct,
    ) -> Result<Went, RunError> {
        let person = self.stand.person(who)?;
        let password = password
            .or(person.portal_password.as_deref())
            .unwrap_or_default();
        // Who is not logged in comes here from the service.
        let login = format!("/login?next=/services/{service}");
        let page = self.browser.open(&login).await?.expect(200)?;
        let form = page.form_with(&["iin", "password"])?;
        let values = [("iin", person.iin.as_str()), ("password", password)];
        let page = self.browser.submit(&page, &form, &values, &[]).await?;
        if let Some(refusal) = SeenRefusal::on(&page.clone().expect_or(403, 200)?) {
            return Ok(Went::Refused(refusal));
        }
        self.page = Some(page.expect(200)?);
        Ok(Went::On)
    }

    /// Begins an application, fills the form with sample values, attaches sample documents.
    pub(crate) async fn prepare(
        &mut self,
        service: &Service,
        fields: &BTreeMap<String, String>,
        disagree: bool,
    ) -> Result<Went, RunError> {
        let path = format!("/services/{}", service.id);
        let page = self.browser.open(&path).await?.expect(200)?;
        let begin = page.form_to("/applications")?;
        let page = self
            .browser
            .submit(&page, &begin, &[], &[])
            .await?
            .expect(200)?;
        self.application = Some(application_on(&page)?);

        let sample = sample::form(service, self.stand.lang()).into_iter();
        let mut values: Vec<(String, String)> = sample
            // What the register knows of the applicant stands there already.
            .filter(|field| !sample::is_known(service, &field.name))
            .map(|field| (format!("field.{}", field.name), field.value))
            .collect();
        let wrong = disagree.then(|| sample::disagreeing(service)).flatten();
        let wrong = wrong.map(|field| (field.name, field.value));
        for (name, value) in fields.clone().into_iter().chain(wrong) {
            let name = format!("field.{name}");
            values.retain(|(known, _)| *known != name);
            values.push((name, value));
        }
        values.push(("action".to_owned(), "next".to_owned()));
        let values: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let uploads: Vec<Upload> = sample::attachments(service)
            .into_iter()
            .map(|file| Upload {
                field: format!("document.{}", file.document),
                file: file.name,
                media_type: file.media_type,
                bytes: file.bytes,
            })
            .collect();
        let form = page.form_to("/form")?;
        let page = self.browser.submit(&page, &form, &values, &uploads).await?;
        self.turn_to(page.expect(200)?)
    }

    /// Chooses the certificate of a key file; the portal asks condition 2 about it.
    pub(crate) async fn choose(&mut self, key_of: &str) -> Result<Went, RunError> {
        self.with_key_file(key_of, "/certificate").await
    }

    /// Signs on the portal with a key file, and sends.
    pub(crate) async fn sign(&mut self, key_of: &str) -> Result<Went, RunError> {
        let went = self.with_key_file(key_of, "/sign").await?;
        if went == Went::On {
            self.answered().await
        } else {
            Ok(went)
        }
    }

    /// Downloads the document, signs it elsewhere, uploads it.
    pub(crate) async fn upload(&mut self, key_of: &str, spoil: Spoil) -> Result<Went, RunError> {
        let id = self.in_hand()?.id.clone();
        let key = self.stand.key_of(key_of)?;
        let path = format!("/applications/{id}/document.xml");
        let document = self.browser.open(&path).await?.expect(200)?;
        let upload = Upload {
            field: "signed_document".to_owned(),
            file: "signed.xml".to_owned(),
            media_type: "application/xml".to_owned(),
            bytes: spoilt(&document.body, &key, spoil)?,
        };
        let page = self.open_page()?;
        let form = page.form_with(&["signed_document"])?;
        let page = self.browser.submit(&page, &form, &[], &[upload]).await?;
        let went = self.turn_to(page.expect(200)?)?;
        if went == Went::On {
            self.answered().await
        } else {
            Ok(went)
        }
    }

    /// Waits until the application is refused or the result is there.
    pub(crate) async fn decided(&mut self) -> Result<Went, RunError> {
        let page = self
            .wait(|status, _| matches!(status, "completed" | "refused"))
            .await?;
        self.turn_to(page)
    }

    /// Opens the application's document in the cabinet and downloads it.
    pub(crate) async fn document(&mut self) -> Result<CabinetDocument, RunError> {
        let id = self.in_hand()?.id.clone();
        let page = self
            .browser
            .open(&format!("/applications/{id}"))
            .await?
            .expect(200)?;
        let link = page
            .links()
            .find(|link| link.starts_with("/cabinet/documents/"))
            .map(str::to_owned)
            .ok_or_else(|| page.unlike("no link to a document of the cabinet"))?;
        let page = self.browser.open(&link).await?.expect(200)?;
        let shown = page
            .element("article", "document")
            .ok_or_else(|| page.unlike("no document on the page"))?;
        let read = |name: &str| shown.attribute(name).unwrap_or_default().to_owned();
        if read("data-application") != id {
            return Err(page.unlike("the document of another application"));
        }
        let (outcome, verdict) = (read("data-outcome"), read("data-verdict"));
        let file = self
            .browser
            .open(&format!("{link}/document.xml"))
            .await?
            .expect(200)?;
        Ok(CabinetDocument {
            outcome,
            verdict,
            bytes: file.body.to_vec(),
        })
    }

    async fn with_key_file(&mut self, key_of: &str, ending: &str) -> Result<Went, RunError> {
        let page = self.open_page()?;
        let form = page.form_with(&["key_file", "key_password"])?;
        if !form.action.ends_with(ending) {
            return Err(page.unlike(format!(
                "the form goes to {}, not to …{ending}",
                form.action
            )));
        }
        let upload = Upload {
            field: "key_file".to_owned(),
            file: format!("{key_of}.p12"),
            media_type: "application/x-pkcs12".to_owned(),
            bytes: self.stand.key_bytes(key_of)?,
        };
        let password = self.stand.person(key_of)?.password.clone();
        let values = [("key_password", password.as_str())];
        let page = self
            .browser
            .submit(&page, &form, &values, &[upload])
            .await?;
        self.turn_to(page.expect(200)?)
    }

    /// Waits until the gateway has accepted the message or refused it.
    async fn answered(&mut self) -> Result<Went, RunError> {
        let page = self
            .wait(|status, delivery| {
                delivery == "accepted" || matches!(status, "refused" | "completed")
            })
            .await?;
        self.turn_to(page)
    }

    async fn wait(&mut self, enough: impl Fn(&str, &str) -> bool) -> Result<Page, RunError> {
        let path = format!("/applications/{}", self.in_hand()?.id);
        let mut seen = String::new();
        let mut glances = PATIENCE.as_millis() / GLANCE.as_millis();
        while glances > 0 {
            let page = self.browser.open(&path).await?.expect(200)?;
            let shown = page
                .element("article", "application")
                .ok_or_else(|| page.unlike("no application on the page"))?;
            let status = shown.attribute("data-status").unwrap_or_default();
            let delivery = shown.attribute("data-delivery").unwrap_or_default();
            if enough(status, delivery) {
                return Ok(page);
            }
            seen = format!("status {status}, delivery {delivery}");
            glances -= 1;
            tokio::time::sleep(GLANCE).await;
        }
        Err(RunError::TimedOut {
            what: format!("a change of the application ({seen})"),
            seconds: PATIENCE.as_secs(),
        })
    }

    /// Takes a page as the one that is open; a refusal on it is how the step went.
    fn turn_to(&mut self, page: Page) -> Result<Went, RunError> {
        let refusal = SeenRefusal::on(&page);
        self.page = Some(page);
        Ok(refusal.map_or(Went::On, Went::Refused))
    }

    fn open_page(&self) -> Result<Page, RunError> {
        self.page
            .clone()
            .ok_or_else(|| RunError::Scenario("nobody has logged in yet".to_owned()))
    }

    fn in_hand(&self) -> Result<&Application, RunError> {
        self.application
            .as_ref()
            .ok_or_else(|| RunError::Scenario("no application was begun yet".to_owned()))
    }
}

fn application_on(page: &Page) -> Result<Application, RunError> {
    let shown = page
        .element("article", "application")
        .ok_or_else(|| page.unlike("no application on the page"))?;
    let id = shown
        .attribute("data-application")
        .unwrap_or_default()
        .to_owned();
    let message = shown.attribute("data-message-id").unwrap_or_default();
    let message = MessageId::parse(message)
        .map_err(|error| page.unlike(format!("data-message-id {message:?} is no id: {error}")))?;
    Ok(Application { id, message })
}
