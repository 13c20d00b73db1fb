//! What no handler can forget: tokens, origins, headers, limits.

use http::StatusCode;

use super::{CITIZEN, label, stand};

#[tokio::test]
async fn a_form_without_its_token_is_refused_and_nothing_is_done() {
    let stand = stand().await;
    let mut browser = stand.signed_in(CITIZEN).await;
    let other = stand.signed_in(CITIZEN).await.token("/cabinet").await;
    for fields in [
        String::new(),
        "_csrf=".to_owned(),
        format!("_csrf={}", "0".repeat(64)),
        format!("_csrf={other}"),
    ] {
        let answer = browser.post("/logout", &fields).await;
        assert_eq!(label(&answer), (403, "form-expired"), "{fields}");
    }
    assert_eq!(browser.get("/cabinet").await.status, 200);
    // Before the login, too: nobody may be signed in by somebody else's form.
    let mut stranger = stand.browser();
    let fields = format!("iin={CITIZEN}&password=right");
    let answer = stranger.post("/login", &fields).await;
    assert_eq!(label(&answer), (403, "form-expired"));
    assert_eq!(stranger.cookie("session"), None);
}

#[tokio::test]
async fn a_form_from_another_origin_is_refused_even_with_its_token() {
    let stand = stand().await;
    let mut browser = stand.signed_in(CITIZEN).await;
    let token = browser.token("/cabinet").await;
    let fields = format!("_csrf={token}");
    for (name, value) in [
        ("origin", "https://evil.test".to_owned()),
        ("origin", "null".to_owned()),
        ("origin", format!("http://{}", stand.host)),
        ("sec-fetch-site", "cross-site".to_owned()),
    ] {
        browser.headers = vec![(name, value)];
        let answer = browser.post("/logout", &fields).await;
        assert_eq!(label(&answer), (403, "foreign-origin"));
    }
    browser.headers = vec![("origin", format!("https://{}", stand.host))];
    assert_eq!(browser.post("/logout", &fields).await.status, 303);
}

#[tokio::test]
async fn the_token_of_before_the_login_is_worth_nothing_after_it() {
    let stand = stand().await;
    let mut browser = stand.browser();
    let before = browser.token("/login").await;
    browser.log_in(CITIZEN, "right").await;
    let answer = browser.post("/logout", &format!("_csrf={before}")).await;
    assert_eq!(label(&answer), (403, "form-expired"));
}

#[tokio::test]
async fn a_form_with_a_file_arrives_and_needs_its_token_as_well() {
    let stand = stand().await;
    let mut browser = stand.signed_in(CITIZEN).await;
    let token = browser.token("/cabinet").await;
    let body = |token: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{token}\r\n--b\r\nContent-Disposition: form-data; name=\"key\"; filename=\"a.p12\"\r\n\r\n12345\r\n--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nabc\r\n--b--\r\n"
        )
        .into_bytes()
    };
    let kind = Some("multipart/form-data; boundary=b");
    let answer = browser.send("POST", "/upload", kind, body(&token)).await;
    assert_eq!(answer.text(), "Serikova 5 3");
    let answer = browser.send("POST", "/upload", kind, body("0")).await;
    assert_eq!(label(&answer), (403, "form-expired"));
    let mut stranger = stand.browser();
    let token = stranger.token("/login").await;
    let answer = stranger.send("POST", "/upload", kind, body(&token)).await;
    assert_eq!(label(&answer), (401, "sign-in-needed"));
}

#[tokio::test]
async fn a_body_over_the_limit_is_an_error_page_with_its_label() {
    let stand = stand().await;
    let mut browser = stand.browser();
    browser.headers = vec![("accept-language", "ru".to_owned())];
    let answer = browser.post("/login", &"a".repeat(70_000)).await;
    assert_eq!(label(&answer), (413, "body-too-large"));
    assert!(answer.text().contains("Слишком много за один раз"));
    assert!(answer.header("content-security-policy").is_some());
}

#[tokio::test]
async fn a_route_that_asks_nobody_who_they_are_answers_500() {
    let stand = stand().await;
    let answer = stand.browser().get("/forgot").await;
    assert_eq!(label(&answer), (500, "own-fault"));
    assert!(!answer.text().contains("a page that asks nobody"));
}

#[tokio::test]
async fn every_refusal_of_the_framework_is_a_page_in_the_visitors_language() {
    let stand = stand().await;
    let mut browser = stand.signed_in(CITIZEN).await;
    browser.headers = vec![("accept-language", "kk".to_owned())];
    let answer = browser.get("/no-such-page").await;
    assert_eq!(label(&answer), (404, "not-found"));
    assert!(answer.text().contains("Мұндай бет жоқ"));
    let answer = browser.get("/logout").await;
    assert_eq!(label(&answer), (405, "method-not-allowed"));
    let token = browser.token("/cabinet").await;
    let answer = browser
        .post("/login", &format!("_csrf={token}&iin=1"))
        .await;
    assert_eq!(label(&answer), (422, "form-malformed"));
    let answer = browser.get("/broken").await;
    assert_eq!(label(&answer), (500, "own-fault"));
    assert!(
        !answer.text().contains("disk"),
        "the reason stays in the log"
    );
}

#[tokio::test]
async fn every_answer_carries_the_strict_headers() {
    let stand = stand().await;
    let mut browser = stand.browser();
    for path in ["/", "/no-such-page", "/cabinet", "/assets/x/style.css"] {
        let answer = browser.get(path).await;
        assert_eq!(
            answer.header("content-security-policy"),
            Some(
                "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            )
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
    }
    let answer = browser.get("/").await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let text = answer.text();
    for inline in ["<script", "<style", " style=", "javascript:", " onclick="] {
        assert!(!text.contains(inline), "{inline}");
    }
}

#[tokio::test]
async fn everything_that_a_page_links_in_its_head_is_there_and_may_be_kept() {
    let stand = stand().await;
    let mut browser = stand.browser();
    let text = browser.get("/").await.text();
    let mut seen = 0;
    for part in text.split("\"/assets/").skip(1) {
        let path = format!("/assets/{}", part.split('"').next().unwrap());
        let answer = browser.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(
            answer.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        seen += 1;
    }
    assert_eq!(seen, 3, "stylesheet, favicon, emblem");
    assert_eq!(browser.get("/favicon.ico").await.status, StatusCode::OK);
}
