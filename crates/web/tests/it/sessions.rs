//! Signing in and out.

use super::{CITIZEN, OFFICER, label, stand};

#[tokio::test]
async fn the_session_id_is_new_at_every_login_and_the_old_one_ends() {
    let stand = stand().await;
    let mut browser = stand.signed_in(CITIZEN).await;
    let first = browser.cookie("session").unwrap().to_owned();
    assert_eq!(first.len(), 64);
    assert!(browser.get("/cabinet").await.text().contains("Serikova"));

    let answer = browser.log_in(CITIZEN, "right").await;
    assert_eq!(answer.status, 303);
    let second = browser.cookie("session").unwrap().to_owned();
    assert_ne!(first, second);

    let mut thief = stand.browser();
    let name = browser.cookies[0].0.clone();
    assert!(name.contains("-session"), "{name}");
    thief.cookies.push((name.clone(), first));
    assert_eq!(thief.get("/cabinet").await.status, 303);
    thief.cookies[0].1 = second;
    assert_eq!(thief.get("/cabinet").await.status, 200);
}

#[tokio::test]
async fn a_session_id_that_somebody_else_chose_is_never_used() {
    let stand = stand().await;
    let mut browser = stand.signed_in(CITIZEN).await;
    let name = browser.cookies[0].0.clone();
    let chosen = "0".repeat(64);
    let mut victim = stand.browser();
    victim.cookies.push((name, chosen.clone()));
    victim.log_in(CITIZEN, "right").await;
    let got = victim.cookie("session").unwrap();
    assert_ne!(got, chosen);
    assert_eq!(browser.get("/cabinet").await.status, 200);
}

#[tokio::test]
async fn logging_out_ends_the_session_in_the_store() {
    let stand = stand().await;
    let mut browser = stand.signed_in(CITIZEN).await;
    let stolen = browser.cookies.clone();
    let token = browser.token("/cabinet").await;
    let answer = browser.post("/logout", &format!("_csrf={token}")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, Some("/"))
    );
    assert_eq!(browser.cookie("session"), None);
    let mut thief = stand.browser();
    thief.cookies = stolen;
    assert_eq!(thief.get("/cabinet").await.status, 303);
    // The sentence for the next page is shown there, once.
    assert!(browser.get("/").await.text().contains("Good bye"));
    assert!(!browser.get("/").await.text().contains("Good bye"));
}

#[tokio::test]
async fn wrong_passwords_and_unknown_people_get_the_same_page() {
    let stand = stand().await;
    let mut browser = stand.browser();
    let wrong = browser.log_in(CITIZEN, "wrong").await;
    let unknown = browser.log_in("061211600012", "right").await;
    for answer in [&wrong, &unknown] {
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains("The password is wrong"));
        assert_eq!(answer.header("set-cookie"), None);
    }
    let without_time = |text: String| {
        let (before, after) = text.split_once("<time").unwrap();
        format!("{before}{}", after.split_once("</time>").unwrap().1)
    };
    assert_eq!(without_time(wrong.text()), without_time(unknown.text()));
}

#[tokio::test]
async fn after_ten_failures_the_account_waits() {
    let stand = stand().await;
    let mut browser = stand.browser();
    for _ in 0..10 {
        assert_eq!(browser.log_in(CITIZEN, "wrong").await.status, 200);
    }
    let answer = browser.log_in(CITIZEN, "right").await;
    assert_eq!(label(&answer), (429, "too-many-attempts"));
    assert_eq!(browser.log_in(OFFICER, "right").await.status, 303);
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_the_login_and_back() {
    let stand = stand().await;
    let mut browser = stand.browser();
    let answer = browser.get("/cabinet?x=1").await;
    assert_eq!(answer.status, 303);
    let next = "/login?next=%2Fcabinet%3Fx%3D1";
    assert_eq!(answer.header("location"), Some(next));
    let token = browser.token("/login").await;
    let login = |next: &str| format!("_csrf={token}&iin={CITIZEN}&password=right&next={next}");
    let answer = browser.post("/login", &login("%2Fcabinet%3Fx%3D1")).await;
    assert_eq!(answer.header("location"), Some("/cabinet?x=1"));
    let token = browser.token("/login").await;
    let fields = format!("_csrf={token}&iin={CITIZEN}&password=right&next=%2F%2Fevil.test");
    let answer = browser.post("/login", &fields).await;
    assert_eq!(answer.header("location"), Some("/cabinet"));
}

#[tokio::test]
async fn a_role_opens_its_own_pages_and_no_others() {
    let stand = stand().await;
    let mut citizen = stand.signed_in(CITIZEN).await;
    assert_eq!(citizen.get("/cabinet").await.status, 200);
    assert_eq!(label(&citizen.get("/queue").await), (403, "role-missing"));
    let mut officer = stand.signed_in(OFFICER).await;
    assert_eq!(officer.get("/queue").await.status, 200);
    assert_eq!(label(&officer.get("/cabinet").await), (403, "role-missing"));
}
