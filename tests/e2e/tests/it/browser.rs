//! The whole road in a real browser: headless Chromium, driven as a person would.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;

use crate::stand::{self, Stand};

/// ChromeDriver on a free port, ended with the test.
struct Driver {
    child: Child,
    address: String,
}

impl Driver {
    fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver: {error}; run scripts/setup test"));
        Self {
            child,
            address: format!("http://127.0.0.1:{port}"),
        }
    }

    async fn browser(&self, profile: &Path) -> Client {
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1180,1400",
            "--lang=ru",
        ];
        let mut arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        let mut capabilities = serde_json::Map::new();
        // The TLS certificates are the simulator's own.
        capabilities.insert("acceptInsecureCerts".to_owned(), json!(true));
        capabilities.insert(
            "goog:chromeOptions".to_owned(),
            json!({ "args": arguments }),
        );
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        for _ in 0..100 {
            let connecting = ClientBuilder::rustls()
                .unwrap()
                .capabilities(capabilities.clone())
                .connect(&self.address)
                .await;
            if let Ok(client) = connecting {
                return client;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("chromedriver did not start a browser within 20 s");
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A person with a browser.
struct Person<'a> {
    browser: &'a Client,
    pictures: &'a Path,
}

impl Person<'_> {
    async fn open(&self, url: &str) {
        self.browser.goto(url).await.unwrap();
    }

    async fn fill(&self, name: &str, text: &str) {
        let selector = format!("[name='{name}']");
        let field = self
            .browser
            .find(Locator::Css(&selector))
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        field.send_keys(text).await.unwrap();
    }

    /// Presses the button of the main form.
    async fn press(&self) {
        self.press_in("main form[method='post']").await;
    }

    async fn press_in(&self, form: &str) {
        let selector = format!("{form} button[type='submit'], {form} button:not([type])");
        let button = self
            .browser
            .find(Locator::Css(&selector))
            .await
            .unwrap_or_else(|error| panic!("{form}: {error}"));
        button.click().await.unwrap();
    }

    async fn see(&self, selector: &str) -> fantoccini::elements::Element {
        let waiting = self
            .browser
            .wait()
            .at_most(Duration::from_secs(30))
            .for_element(Locator::Css(selector))
            .await;
        match waiting {
            Ok(element) => element,
            Err(error) => {
                let url = self.browser.current_url().await.unwrap();
                panic!("{selector} at {url}: {error}");
            }
        }
    }

    async fn picture(&self, name: &str) {
        let png = self.browser.screenshot().await.unwrap();
        std::fs::write(self.pictures.join(format!("{name}.png")), png).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_and_an_officer_walk_the_main_road_in_a_browser() {
    let stand: &'static Stand = tokio::task::spawn_blocking(stand::shared).await.unwrap();
    let pictures = stand::fresh_folder("pictures");
    let driver = Driver::start();
    let profile = tempfile::tempdir().unwrap();
    let browser = driver.browser(profile.path()).await;
    let walked = walk(
        stand,
        &Person {
            browser: &browser,
            pictures: &pictures,
        },
        profile.path(),
    )
    .await;
    browser.close().await.unwrap();
    assert_eq!(walked, "TOTAL-PASSED");
}

async fn walk(stand: &Stand, person: &Person<'_>, folder: &Path) -> String {
    let portal = stand.endpoints.portal.trim_end_matches('/').to_owned();
    let citizen = stand.endpoints.identity("citizen-2").unwrap();
    person.open(&format!("{portal}/?lang=ru")).await;
    let banner = person.see("body").await.text().await.unwrap();
    assert!(banner.contains("TEST"), "the page says TEST");
    person.picture("portal-home").await;

    person.open(&format!("{portal}/login")).await;
    person.fill("iin", &citizen.iin).await;
    person
        .fill("password", citizen.portal_password.as_deref().unwrap())
        .await;
    person.press().await;
    person.see("form[action='/logout']").await;

    person
        .open(&format!("{portal}/services/{}", stand::SERVICE))
        .await;
    person.press().await;
    person.see("[name^='document.']").await;
    fill_form(person, folder).await;
    person.picture("portal-form").await;
    person.press_in("main form[action$='/form']").await;
    person.see("[name='key_file']").await;
    let key = citizen.key.to_str().unwrap();
    person.fill("key_file", key).await;
    person.fill("key_password", &citizen.password).await;
    person.press_in("main form:has([name='key_file'])").await;
    person.see("form[action$='/sign']").await;
    person.fill("key_file", key).await;
    person.fill("key_password", &citizen.password).await;
    person.picture("portal-sign").await;
    person.press_in("main form:has([name='key_file'])").await;
    let application = person
        .see("article.application[data-delivery='accepted']")
        .await;
    let message = application.attr("data-message-id").await.unwrap().unwrap();
    let status_page = person.browser.current_url().await.unwrap();

    decide(stand, person, &message).await;

    person.open(status_page.as_str()).await;
    for _ in 0..100 {
        let status = person
            .see("article.application")
            .await
            .attr("data-status")
            .await
            .unwrap()
            .unwrap();
        if status == "completed" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        person.browser.refresh().await.unwrap();
    }
    person.picture("portal-status").await;
    let link = person.see("a[href^='/cabinet/documents/']").await;
    let document = link.attr("href").await.unwrap().unwrap();
    person.open(&format!("{portal}{document}")).await;
    let shown = person.see("article.document").await;
    person.picture("portal-document").await;
    let verdict = shown.attr("data-verdict").await.unwrap().unwrap();
    person.open(&format!("{portal}/cabinet")).await;
    person.picture("portal-cabinet").await;
    verdict
}

/// The form as the catalogue asks it, with the sample's values and files.
async fn fill_form(person: &Person<'_>, folder: &Path) {
    let catalogue = qaqpa_regulations::Catalogue::embedded().unwrap();
    let service = catalogue
        .services()
        .iter()
        .find(|one| one.id.to_string() == stand::SERVICE)
        .unwrap();
    for field in qaqpa_runner::sample::form(service, qaqpa_model::Lang::Ru) {
        let selector = format!("[name='field.{}']", field.name);
        let element = person.see(&selector).await;
        match element.tag_name().await.unwrap().as_str() {
            "select" => element.select_by_value(&field.value).await.unwrap(),
            _ if element.attr("type").await.unwrap().as_deref() == Some("radio") => {
                let selector = format!("{selector}[value='{}']", field.value);
                person.see(&selector).await.click().await.unwrap();
            }
            _ if element.attr("type").await.unwrap().as_deref() == Some("date") => {
                let script = "arguments[0].value = arguments[1];";
                let value = json!(field.value);
                let target = serde_json::to_value(&element).unwrap();
                person
                    .browser
                    .execute(script, vec![target, value])
                    .await
                    .unwrap();
            }
            _ => element.send_keys(&field.value).await.unwrap(),
        }
    }
    for attachment in qaqpa_runner::sample::attachments(service) {
        let file = folder.join(&attachment.name);
        std::fs::write(&file, &attachment.bytes).unwrap();
        person
            .fill(
                &format!("document.{}", attachment.document),
                file.to_str().unwrap(),
            )
            .await;
    }
}

async fn decide(stand: &Stand, person: &Person<'_>, message: &str) {
    let workplace = stand.endpoints.workplace.trim_end_matches('/').to_owned();
    let officer = stand.endpoints.identity("officer-1").unwrap();
    person.open(&format!("{workplace}/login?lang=ru")).await;
    person.fill("iin", &officer.iin).await;
    person
        .fill("password", officer.portal_password.as_deref().unwrap())
        .await;
    person.press().await;
    person.see("form[action='/logout']").await;
    let line = format!("tr[data-message-id='{message}']");
    for _ in 0..100 {
        person.open(&format!("{workplace}/queue")).await;
        if person.browser.find(Locator::Css(&line)).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let card = person
        .see(&line)
        .await
        .attr("data-card")
        .await
        .unwrap()
        .unwrap();
    person.picture("workplace-queue").await;
    person.open(&format!("{workplace}/cards/{card}")).await;
    person.see("article.card-page").await;
    person.picture("workplace-card").await;
    person
        .open(&format!("{workplace}/cards/{card}/check"))
        .await;
    for choice in person
        .browser
        .find_all(Locator::Css(
            "input[type='radio'][value='ok'], input[type='radio'][value='grant']",
        ))
        .await
        .unwrap()
    {
        choice.click().await.unwrap();
    }
    person.picture("workplace-check").await;
    person.press_in("main form[action$='/check']").await;
    person.see("form[action$='/sign']").await;
    person.fill("key_file", officer.key.to_str().unwrap()).await;
    person.fill("key_password", &officer.password).await;
    person.press_in("main form:has([name='key_file'])").await;
    person.see("article.card-page").await;
}
