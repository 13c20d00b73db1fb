//! Public pages, languages, ownership, form tokens, the control port.

use http::StatusCode;
use qaqpa_transport::{ClientLimits, HttpClient};

use crate::authority::{CITIZEN, NEIGHBOUR};
use crate::bench::{Bench, SERVICE};
use crate::browser::between;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_answers_in_the_language_that_was_asked_for() {
    let bench = Bench::without_gateway().await;
    let browser = bench.browser();
    for (lang, words) in [
        ("kk-KZ,kk;q=0.9,en;q=0.1", "Мемлекеттік қызметтер"),
        ("ru", "Государственные услуги"),
        ("en-GB", "State services"),
    ] {
        *browser.lang.borrow_mut() = Some(lang);
        for path in ["/", "/centre", "/services", "/login", "/register"] {
            let seen = browser.get(path).await;
            assert_eq!(seen.status, StatusCode::OK, "{path} {lang}");
            let code = &lang[..2];
            assert!(
                seen.text.contains(&format!("<html lang=\"{code}\">")),
                "{path}"
            );
            assert!(seen.text.contains("TEST"), "{path}");
            assert!(!seen.text.contains("[nav-"), "{path}");
        }
        assert!(browser.get("/").await.text.contains(words));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_explained_and_unknown_ones_are_not_found() {
    let bench = Bench::without_gateway().await;
    let browser = bench.browser();
    let seen = browser.get(&format!("/services/{SERVICE}")).await;
    assert_eq!(seen.status, StatusCode::OK);
    for element in &bench.flow().elements {
        assert!(
            seen.text
                .contains(&format!("data-element=\"{}\"", element.id))
        );
    }
    for unknown in ["/services/x", "/services/x@y", "/nothing"] {
        assert_eq!(browser.get(unknown).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_somebody_else_is_not_found() {
    let bench = Bench::up().await;
    let citizen = bench.logged_in(CITIZEN).await;
    let (path, message_id) = bench.sent(&citizen).await;
    let signed = bench.signed(&bench.result(&path, &message_id, true), "officer-1");
    let now = bench.clock.now();
    bench
        .gateway
        .sends(bench.channel(), Some(&message_id), signed, now)
        .await
        .unwrap();
    let cabinet = citizen.get("/cabinet").await;
    let document = between(&cabinet.text, "href=\"/cabinet/documents/", "\"").unwrap();
    let document = format!("/cabinet/documents/{document}");

    let neighbour = bench.logged_in(NEIGHBOUR).await;
    let own = neighbour.get("/cabinet").await;
    assert!(!own.text.contains("/cabinet/documents/"));
    for page in [
        "",
        "/form",
        "/certificate",
        "/sign",
        "/document.xml",
        "/signed.xml",
        "/way.svg",
    ] {
        let seen = neighbour.get(&format!("{path}{page}")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{page}");
    }
    for page in ["", "/document.xml"] {
        let seen = neighbour.get(&format!("{document}{page}")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{page}");
    }
    neighbour.get("/cabinet").await;
    for action in [format!("{path}/repeat"), format!("{document}/verify")] {
        let seen = neighbour.post(&action, &[]).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{action}");
    }
    for action in ["form", "certificate", "sign"] {
        let seen = neighbour
            .upload(&format!("{path}/{action}"), &[], &[])
            .await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_its_token_does_nothing() {
    let bench = Bench::without_gateway().await;
    let browser = bench.logged_in(CITIZEN).await;
    let begin = format!("/services/{SERVICE}/applications");
    let seen = browser.post_with(&begin, &[], "0000").await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    let applications = bench.control("/applications").await;
    assert_eq!(applications.as_array().unwrap().len(), 0);
    let nobody = bench.browser();
    nobody.get("/login").await;
    let seen = nobody.post(&begin, &[]).await;
    assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_control_port_asks_for_its_token_and_shows_no_numbers_of_people() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    bench.sent(&browser).await;
    let applications = bench.control("/applications").await;
    assert_eq!(applications[0]["status"], "received");
    assert_eq!(applications[0]["service"], SERVICE);
    assert!(!applications.to_string().contains(CITIZEN));
    let journal = bench.control("/journal").await;
    assert!(!journal.to_string().contains(CITIZEN), "{journal}");
    let control = bench.portal.address("control").unwrap();
    let client = HttpClient::plain(ClientLimits::default());
    for path in ["/applications", "/journal", "/persons", "/clock"] {
        let answer = client.get(&format!("{control}{path}")).await.unwrap();
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let health = client.get(&format!("{control}/health")).await.unwrap();
    assert_eq!(health.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_for_this_host_only_and_pages_forbid_scripts_and_frames() {
    let bench = Bench::without_gateway().await;
    let browser = bench.logged_in(CITIZEN).await;
    assert!(
        browser
            .cookies()
            .keys()
            .all(|name| name.starts_with("__Host-"))
    );
    let seen = browser.get("/cabinet").await;
    let policy = seen.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert!(!seen.text.contains("<script") && !seen.text.contains("style=\""));
}
