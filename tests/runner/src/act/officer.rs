//! An officer with a browser in the workplace.

use std::time::Duration;

use qaqpa_model::{MessageId, RefusalLabel};
use qaqpa_regulations::{GroundDef, Service};

use crate::browser::{Browser, Page, Upload};
use crate::error::RunError;
use crate::stand::Stand;

/// How long the officer waits for a card to arrive.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the queue is opened anew meanwhile.
const GLANCE: Duration = Duration::from_millis(150);

/// An officer and the browser.
pub(crate) struct Officer<'s> {
    stand: &'s Stand,
    browser: Browser,
}

impl<'s> Officer<'s> {
    pub(crate) fn new(stand: &'s Stand) -> Self {
        let browser = stand.browser(&stand.endpoints().workplace);
        Self { stand, browser }
    }

    /// Logs in, opens the card of that message, checks the documents, and grants or refuses with the
    /// officer's own signature.
    pub(crate) async fn decide(
        &mut self,
        who: &str,
        message: &MessageId,
        service: &Service,
        ground: Option<&GroundDef>,
    ) -> Result<(), RunError> {
        self.log_in(who).await?;
        let card = self.card_of(message).await?;
        let result = self.check(&card, service, ground).await?;
        self.finish(who, &result).await
    }

    /// Logs in, opens the card of that message, and ends the open action: signs the result, or completes.
    pub(crate) async fn act(&mut self, who: &str, message: &MessageId) -> Result<(), RunError> {
        self.log_in(who).await?;
        let card = self.card_of(message).await?;
        let result = self
            .browser
            .open(&format!("/cards/{card}/result"))
            .await?
            .expect(200)?;
        self.finish(who, &result).await
    }

    /// Logs in and looks at what is overdue: the action that is, of the message's application.
    pub(crate) async fn overdue(
        &mut self,
        who: &str,
        message: &MessageId,
    ) -> Result<Option<String>, RunError> {
        self.log_in(who).await?;
        // It is in the queue before it can be late.
        self.card_of(message).await?;
        let page = self.browser.open("/queue?show=overdue").await?;
        let page = page.expect(200)?;
        let line = page.tag_with("tr", "data-message-id", message.as_str());
        let late = line.filter(|line| line.attribute("data-overdue") == Some("yes"));
        Ok(late.and_then(|line| line.attribute("data-action").map(str::to_owned)))
    }

    async fn log_in(&mut self, who: &str) -> Result<(), RunError> {
        let person = self.stand.person(who)?;
        let page = self.browser.open("/login").await?.expect(200)?;
        let form = page.form_with(&["iin", "password"])?;
        let password = person.portal_password.as_deref().unwrap_or_default();
        let values = [("iin", person.iin.as_str()), ("password", password)];
        self.browser
            .submit(&page, &form, &values, &[])
            .await?
            .expect(200)?;
        Ok(())
    }

    /// Waits until the queue shows the message's card.
    async fn card_of(&mut self, message: &MessageId) -> Result<String, RunError> {
        let mut glances = PATIENCE.as_millis() / GLANCE.as_millis();
        while glances > 0 {
            let page = self.browser.open("/queue").await?.expect(200)?;
            let line = page.tag_with("tr", "data-message-id", message.as_str());
            if let Some(card) = line.and_then(|line| line.attribute("data-card")) {
                return Ok(card.to_owned());
            }
            glances -= 1;
            tokio::time::sleep(GLANCE).await;
        }
        Err(RunError::TimedOut {
            what: format!("the card of message {message} in the queue of the workplace"),
            seconds: PATIENCE.as_secs(),
        })
    }

    /// Answers the checklist and decides; the page of the result.
    async fn check(
        &mut self,
        card: &str,
        service: &Service,
        ground: Option<&GroundDef>,
    ) -> Result<Page, RunError> {
        let page = self
            .browser
            .open(&format!("/cards/{card}/check"))
            .await?
            .expect(200)?;
        let form = page.form_to("/check")?;
        // A refusal because of the documents finds a fault in the first of them.
        let faulty = ground.is_some_and(|ground| ground.label == RefusalLabel::DocumentsRefused);
        let mut values = Vec::new();
        let required = service
            .documents
            .iter()
            .filter(|document| document.required);
        for (n, document) in required.enumerate() {
            let found = if faulty && n == 0 { "fault" } else { "ok" };
            values.push((format!("document.{}", document.id), found.to_owned()));
        }
        match ground {
            None => values.push(("decision".to_owned(), "grant".to_owned())),
            Some(ground) => {
                values.push(("decision".to_owned(), "refuse".to_owned()));
                values.push(("ground".to_owned(), ground.id.clone()));
            }
        }
        let values: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.browser
            .submit(&page, &form, &values, &[])
            .await?
            .expect(200)
    }

    /// Signs the result, or ends an action that does not sign.
    async fn finish(&mut self, who: &str, result: &Page) -> Result<(), RunError> {
        let page = match result.form_to("/sign") {
            Ok(form) => {
                let upload = Upload {
                    field: "key_file".to_owned(),
                    file: format!("{who}.p12"),
                    media_type: "application/x-pkcs12".to_owned(),
                    bytes: self.stand.key_bytes(who)?,
                };
                let password = self.stand.person(who)?.password.clone();
                let values = [("key_password", password.as_str())];
                self.browser
                    .submit(result, &form, &values, &[upload])
                    .await?
            }
            Err(_) => {
                let form = result.form_to("/complete")?;
                self.browser.submit(result, &form, &[], &[]).await?
            }
        };
        page.expect(200)?;
        Ok(())
    }
}
