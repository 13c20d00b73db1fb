//! Registration, login, logout: who comes in and what the others are told.

use http::StatusCode;
use qaqpa_model::RefusalLabel;
use qaqpa_regulations::Meaning;
use serde_json::json;

use crate::authority::{CITIZEN, NEIGHBOUR, PORTAL_PASSWORD};
use crate::bench::Bench;

const OWN_PASSWORD: &str = "my own password";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_of_the_register_registers_logs_in_and_logs_out() {
    let bench = Bench::without_gateway().await;
    let browser = bench.browser();
    assert_eq!(browser.get("/register").await.status, StatusCode::OK);
    let form = [
        ("iin", CITIZEN),
        ("password", OWN_PASSWORD),
        ("password_again", OWN_PASSWORD),
    ];
    let registered = browser.post("/register", &form).await;
    assert_eq!(registered.redirected_to(), "/login");
    let login = browser.get("/login").await;
    assert!(login.text.contains("You are registered."), "{}", login.text);

    let again = browser.post("/register", &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(again.wrong_fields(), ["iin"]);

    let form = [("iin", CITIZEN), ("password", OWN_PASSWORD)];
    let inside = browser.post("/login", &form).await;
    assert_eq!(inside.redirected_to(), "/cabinet");
    let cabinet = browser.get("/cabinet").await;
    assert!(cabinet.text.contains("Good day, АЙГҮЛ"));
    let out = browser.post("/logout", &[]).await;
    assert_eq!(out.redirected_to(), "/");
    let cabinet = browser.get("/cabinet").await;
    assert_eq!(cabinet.redirected_to(), "/login?next=%2Fcabinet");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_is_checked_field_by_field_and_strangers_are_refused() {
    let bench = Bench::without_gateway().await;
    let browser = bench.browser();
    browser.get("/register").await;
    let wrong = browser
        .post(
            "/register",
            &[
                ("iin", "931002451326"),
                ("password", "short"),
                ("password_again", "other"),
            ],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.wrong_fields(), ["iin", "password"]);
    assert!(wrong.text.contains("value=\"931002451326\""));
    assert!(!wrong.text.contains("short"));

    let stranger = browser
        .post(
            "/register",
            &[
                ("iin", "850101350011"),
                ("password", OWN_PASSWORD),
                ("password_again", OWN_PASSWORD),
            ],
        )
        .await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN);
    assert_eq!(stranger.refusal().unwrap().2, "applicant-unknown");
    let named = browser
        .post(
            "/register",
            &[
                ("iin", CITIZEN),
                ("password", OWN_PASSWORD),
                ("password_again", OWN_PASSWORD),
                ("surname", "Somebody"),
            ],
        )
        .await;
    assert_eq!(named.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused_at_the_condition_about_the_applicant() {
    let bench = Bench::without_gateway().await;
    let browser = bench.browser();
    browser.get("/login").await;
    let refused = bench.refused(
        Meaning::RefuseAuthorisation,
        Meaning::CheckApplicant,
        RefusalLabel::PasswordWrong,
    );
    for iin in [CITIZEN, NEIGHBOUR] {
        let seen = browser
            .post("/login", &[("iin", iin), ("password", "wrong")])
            .await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN);
        assert_eq!(seen.refusal(), refused);
        assert!(seen.text.contains(&format!("value=\"{iin}\"")));
    }
    assert_eq!(
        browser.get("/cabinet").await.status,
        StatusCode::SEE_OTHER,
        "nobody was let in"
    );
    let journal = bench.control("/journal?kind=authorisation-refused").await;
    assert_eq!(journal.as_array().unwrap().len(), 2);
    assert_eq!(journal[0]["label"], "password-wrong");
    assert_eq!(
        journal[0]["summary"]["element"],
        json!(bench.element(Meaning::RefuseAuthorisation))
    );
    assert!(!journal.to_string().contains(CITIZEN));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_comes_first_in_several_browsers_at_once_is_let_in_by_each() {
    let bench = Bench::without_gateway().await;
    let browsers = [(); 4].map(|()| bench.browser());
    for browser in &browsers {
        browser.get("/login").await;
    }
    let form = [("iin", CITIZEN), ("password", PORTAL_PASSWORD)];
    let [one, two, three, four] = &browsers;
    let (one, two, three, four) = tokio::join!(
        one.post("/login", &form),
        two.post("/login", &form),
        three.post("/login", &form),
        four.post("/login", &form),
    );
    for seen in [one, two, three, four] {
        assert_eq!(seen.redirected_to(), "/cabinet");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_whom_the_register_lost_is_refused_with_the_right_password() {
    let bench = Bench::without_gateway().await;
    let browser = bench.logged_in(CITIZEN).await;
    browser.post("/logout", &[]).await;
    bench.forget(CITIZEN, false).await;
    browser.get("/login").await;
    let form = [("iin", CITIZEN), ("password", PORTAL_PASSWORD)];
    let seen = browser.post("/login", &form).await;
    assert_eq!(
        seen.refusal(),
        bench.refused(
            Meaning::RefuseAuthorisation,
            Meaning::CheckApplicant,
            RefusalLabel::ApplicantUnknown,
        )
    );
    bench.forget(CITIZEN, true).await;
    let seen = browser.post("/login", &form).await;
    assert_eq!(seen.redirected_to(), "/cabinet");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_leads_to_the_page_that_was_asked_for_and_nowhere_else() {
    let bench = Bench::without_gateway().await;
    let browser = bench.browser();
    let asked = browser.get("/cabinet/history").await;
    assert_eq!(asked.redirected_to(), "/login?next=%2Fcabinet%2Fhistory");
    let page = browser.get("/login?next=%2Fcabinet%2Fhistory").await;
    assert!(page.text.contains("value=\"/cabinet/history\""));
    let form = [
        ("iin", CITIZEN),
        ("password", PORTAL_PASSWORD),
        ("next", "//evil.test/"),
    ];
    let seen = browser.post("/login", &form).await;
    assert_eq!(seen.redirected_to(), "/cabinet");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typing_mistake_in_the_iin_is_shown_at_the_field() {
    let bench = Bench::without_gateway().await;
    let browser = bench.browser();
    browser.get("/login").await;
    let form = [("iin", "931002451326"), ("password", "x")];
    let seen = browser.post("/login", &form).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(seen.wrong_fields(), ["iin"]);
    assert_eq!(seen.refusal(), None);
}
